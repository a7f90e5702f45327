# SPDX-License-Identifier: MIT
"""ffmpeg -re: 1,024 frames at once, in packets of 243, 243, 243, 243 and 52 frames; no clock of ours."""

from harness import pattern

from . import Sender

ADDRESS, ANNOUNCED = "239.69.9.1", "239.69.9.2"
NAME = "ffmpeg of the zoo"


def play(host, samples, *output):
    source = host.path("ffmpeg.raw")
    pattern.write(source, samples, "S24_3BE")
    return host.spawn("ffmpeg", "-nostdin", "-loglevel", "error", "-re", "-f", "s24be", "-ar", "48000", "-ac", samples.shape[1],
                      "-i", source, "-metadata", f"title={NAME}", "-c:a", "pcm_s24be", *output)


def by_address(host, samples):
    return play(host, samples, "-f", "rtp", f"rtp://{ADDRESS}:5004?localaddr={host.address}&ttl=32")


def by_name(host, samples):
    """Announced by SAP, which it sends where the kernel's routes lead."""
    host.run("ip", "route", "replace", "224.0.0.0/4", "dev", "net0")
    return play(host, samples, "-f", "sap", f"sap://{ANNOUNCED}:5004?ttl=32")


SENDERS = [
    Sender("ffmpeg by address", 24, {"address": ADDRESS, "channels": 2, "alignment": "arrival"}, by_address),
    Sender("ffmpeg by name", 24, {"session": NAME, "channels": 2}, by_name),
]
