# SPDX-License-Identifier: MIT
"""PipeWire's rtp-sink with its defaults at a quantum of 1,024 frames: L16 in packets of a few milliseconds, 21 ms at once."""

import json
import wave

from harness import pattern
from harness.network import wait_for

from . import Sender

ADDRESS = "239.69.9.3"
CONFIGURATION = """
context.properties = { core.daemon = true  core.name = pipewire-0  default.clock.rate = 48000  default.clock.quantum = 1024
    default.clock.min-quantum = 1024  default.clock.max-quantum = 1024  log.level = 1  mem.warn-mlock = false }
context.spa-libs = { audio.convert.* = audioconvert/libspa-audioconvert  support.* = support/libspa-support }
context.modules = [
    { name = libpipewire-module-rt args = { nice.level = -11 rt.prio = 70 } flags = [ ifexists nofail ] }
    { name = libpipewire-module-protocol-native }
    { name = libpipewire-module-metadata }
    { name = libpipewire-module-spa-node-factory }
    { name = libpipewire-module-client-node }
    { name = libpipewire-module-access args = {} }
    { name = libpipewire-module-adapter }
    { name = libpipewire-module-link-factory }
    { name = libpipewire-module-rtp-sink args = { destination.ip = "%s"  destination.port = 5004  local.ifname = net0
        stream.props = { node.name = zoo-rtp  media.class = Audio/Sink  node.group = zoo  node.always-process = true
            adapter.auto-port-config = { mode = dsp position = preserve } } } }
]
context.objects = [ { factory = adapter args = { factory.name = support.null-audio-sink  node.name = zoo-middle
    media.class = Audio/Sink  audio.position = [ FL FR ]  audio.rate = 48000  node.group = zoo  priority.driver = 2000
    adapter.auto-port-config = { mode = dsp monitor = true position = preserve } } } ]
"""


def ports(host, node, direction):
    """The numbers of a node's ports, in order."""
    dump = json.loads(host.run("pw-dump", check=False).stdout or "[]")
    nodes = {each["id"] for each in dump if each["type"].endswith(":Node") and each["info"]["props"].get("node.name") == node}
    return [each["id"] for each in dump if each["type"].endswith(":Port") and each["info"]["direction"] == direction
            and each["info"]["props"]["node.id"] in nodes]


def link(host, source, target):
    for node, direction in ((source, "output"), (target, "input")):
        wait_for(lambda: len(ports(host, node, direction)) >= 2, f"the ports of {node}", timeout=15)
    for one, two in zip(ports(host, source, "output"), ports(host, target, "input")):
        host.run("pw-link", one, two)


def start(host, samples):
    runtime = host.directory / "pipewire"
    runtime.mkdir(mode=0o700, exist_ok=True)
    configuration = runtime / "pipewire.conf"
    configuration.write_text(CONFIGURATION % ADDRESS)
    host.environment.update({"XDG_RUNTIME_DIR": str(runtime), "PIPEWIRE_RUNTIME_DIR": str(runtime), "HOME": str(runtime),
                             "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"})
    host.run("ip", "route", "replace", "224.0.0.0/4", "dev", "net0")
    host.spawn("pipewire", "-c", configuration, name="pipewire")
    link(host, "zoo-middle", "zoo-rtp")
    source = host.path("pipewire.wav")
    with wave.open(str(source), "wb") as file:
        file.setparams((samples.shape[1], 2, 48_000, 0, "NONE", ""))
        file.writeframes(pattern.encode(samples, "S16_LE"))
    player = host.spawn("pw-cat", "-p", "--target", "0", "-P",
                        "{ node.name = zoo-cat node.group = zoo adapter.auto-port-config = { mode = dsp position = preserve } }",
                        source)
    link(host, "zoo-cat", "zoo-middle")
    return player


SENDERS = [
    Sender("PipeWire's rtp-sink", 16, {"address": ADDRESS, "encoding": "L16", "channels": 2, "alignment": "arrival"}, start),
]
