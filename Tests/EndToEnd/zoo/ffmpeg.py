# SPDX-License-Identifier: MIT
"""ffmpeg -re: sends 1,024 frames at once, in packets of 243, 243, 243, 243 and 52 frames, by its own clock."""

from harness import pattern

from . import Sender

ADDRESS, ANNOUNCED, DESCRIBED = "239.69.9.1", "239.69.9.2", "239.69.9.4"
NAME = "ffmpeg of the zoo"
BURST_MS = 1024 / 48


def play(host, samples, *output):
    source = host.path("ffmpeg.raw")
    pattern.write(source, samples, "S24_3BE")
    return host.spawn("ffmpeg", "-nostdin", "-loglevel", "error", "-re", "-f", "s24be", "-ar", "48000", "-ac", samples.shape[1],
                      "-i", source, "-metadata", f"title={NAME}", "-c:a", "pcm_s24be", *output, urgent=True)


def rtp(host, address):
    return "-f", "rtp", f"rtp://{address}:5004?localaddr={host.address}&ttl=32"


def by_address(host, samples):
    return play(host, samples, *rtp(host, ADDRESS))


def by_file(host, samples):
    return play(host, samples, *rtp(host, DESCRIBED))


def describe(host):
    """Writes the SDP of the stream by ffmpeg, and returns the receiver's keys."""
    file = host.path("ffmpeg.sdp")
    host.run("ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "anullsrc=r=48000:cl=stereo", "-t", "0.01",
             "-c:a", "pcm_s24be", "-sdp_file", file, *rtp(host, DESCRIBED))
    return {"sdp": str(file)}


def by_name(host, samples):
    """The stream is announced by SAP, which ffmpeg sends according to the kernel's routes."""
    host.run("ip", "route", "replace", "224.0.0.0/4", "dev", "net0")
    return play(host, samples, "-f", "sap", f"sap://{ANNOUNCED}:5004?ttl=32")


SENDERS = [
    Sender("ffmpeg by address", 24, lambda _: {"address": ADDRESS, "channels": 2, "alignment": "arrival"}, by_address, BURST_MS),
    Sender("ffmpeg by name", 24, lambda _: {"session": NAME, "channels": 2}, by_name, BURST_MS, long=True),
    Sender("ffmpeg by file", 24, describe, by_file, BURST_MS, long=True),
]
