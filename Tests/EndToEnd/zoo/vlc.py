# SPDX-License-Identifier: MIT
"""VLC's stream output: L16, 50 ms at once, in packets as large as the network allows.

VLC announces only addresses in 239.192.0.0/14 and 239.255.0.0/16 by SAP. For others in 239/8 it reports "out of scope" and sends without an
announcement.
"""

import wave

from harness import pattern

from . import Sender

ADDRESS, ANNOUNCED, NAME = "239.69.9.7", "239.255.9.7", "VLC of the zoo"
BURST_MS = 50


def play(host, samples, address, more=""):
    source = host.path("vlc.wav")
    with wave.open(str(source), "wb") as file:
        file.setparams((samples.shape[1], 2, 48_000, 0, "NONE", ""))
        file.writeframes(pattern.encode(samples, "S16_LE"))
    output = f"#transcode{{acodec=s16b,channels={samples.shape[1]},samplerate=48000}}:rtp{{dst={address},port=5004,ttl=32{more}}}"
    # VLC does not start as root.
    return host.spawn("unshare", "--map-user=1000", "cvlc", "-q", "--play-and-exit", "--miface=net0", "--ttl=32", f"--sout={output}", source,
                      urgent=True)


def by_address(host, samples):
    return play(host, samples, ADDRESS)


def by_name(host, samples):
    """The stream is announced according to the kernel's routes."""
    host.run("ip", "route", "replace", "224.0.0.0/4", "dev", "net0")
    return play(host, samples, ANNOUNCED, f",sap,name={NAME}")


SENDERS = [
    Sender("VLC by address", 16, lambda _: {"address": ADDRESS, "encoding": "L16", "channels": 2, "alignment": "arrival"}, by_address,
           BURST_MS, long=True),
    Sender("VLC by name", 16, lambda _: {"session": NAME, "channels": 2}, by_name, BURST_MS, long=True),
]
