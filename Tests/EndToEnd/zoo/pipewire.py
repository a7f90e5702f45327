# SPDX-License-Identifier: MIT
"""PipeWire's rtp-sink with its defaults and a quantum of 1,024 frames: L16 in packets of a few milliseconds, 21 ms at once."""

import wave

from harness import pattern, pipewire

from . import Sender

ADDRESS, NAME = "239.69.9.3", "PipeWire of the zoo"
ARGUMENTS = f"""destination.ip = "{ADDRESS}"  destination.port = 5004  local.ifname = net0  sess.name = "{NAME}"
    stream.props = {{ node.name = zoo-rtp  media.class = Audio/Sink  {pipewire.STREAM} }}"""


def start(host, samples):
    pipewire.begin(host, "rtp-sink", ARGUMENTS)
    pipewire.link(host, "zoo-middle", "zoo-rtp")
    source = host.path("pipewire.wav")
    with wave.open(str(source), "wb") as file:
        file.setparams((samples.shape[1], 2, 48_000, 0, "NONE", ""))
        file.writeframes(pattern.encode(samples, "S16_LE"))
    player = pipewire.cat(host, "-p", "zoo-cat", source)
    pipewire.link(host, "zoo-cat", "zoo-middle")
    return player


BURST_MS = 1024 / 48

SENDERS = [
    Sender("PipeWire's rtp-sink", 16, lambda _: {"address": ADDRESS, "encoding": "L16", "channels": 2, "alignment": "arrival"}, start,
           BURST_MS),
    Sender("PipeWire's rtp-sink by name", 16, lambda _: {"session": NAME, "channels": 2}, start, BURST_MS, long=True),
]
