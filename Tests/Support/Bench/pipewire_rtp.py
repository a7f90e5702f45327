# SPDX-License-Identifier: MIT
"""PipeWire's RTP modules with a null sink in its graph as clock, source and sink of all channels."""

import ctypes
import json
import socket
import struct
import threading
import time

from harness import peers
from harness.network import wait_for

CONFIGURATION = """
context.properties = {{ core.daemon = true  core.name = pipewire-0  default.clock.rate = 48000  default.clock.quantum = 48
    default.clock.min-quantum = 16  link.max-buffers = 64  log.level = 1  mem.warn-mlock = false }}
context.spa-libs = {{ audio.convert.* = audioconvert/libspa-audioconvert  support.* = support/libspa-support }}
context.modules = [
    {{ name = libpipewire-module-rt args = {{ nice.level = -11 rt.prio = 70 }} flags = [ ifexists nofail ] }}
    {{ name = libpipewire-module-protocol-native }}
    {{ name = libpipewire-module-metadata }}
    {{ name = libpipewire-module-spa-node-factory }}
    {{ name = libpipewire-module-client-node }}
    {{ name = libpipewire-module-access args = {{}} }}
    {{ name = libpipewire-module-adapter }}
    {{ name = libpipewire-module-link-factory }}
{modules}
]
context.objects = [ {{ factory = adapter args = {{ factory.name = support.null-audio-sink  node.name = middle
    media.class = Audio/Sink  audio.channels = 64  audio.rate = 48000  node.group = bench  priority.driver = 2000
    adapter.auto-port-config = {{ mode = dsp monitor = true position = unknown }} }} }} ]
"""
PROPERTIES = ("node.always-process = true  node.group = bench  "
              "adapter.auto-port-config = {{ mode = dsp position = unknown }}")
SINK = """    {{ name = libpipewire-module-rtp-sink args = {{ destination.ip = "{group}"  destination.port = 5004
        source.ip = "{address}"  local.ifname = net0  net.mtu = 1280  net.ttl = 32  sess.min-ptime = 1  sess.max-ptime = 1
        sess.name = "{group}"  audio.format = S24BE  audio.rate = 48000  audio.channels = {channels}
        stream.props = {{ node.name = "rtp{number}"  media.class = Audio/Sink  """ + PROPERTIES + " }} }} }}"
SOURCE = """    {{ name = libpipewire-module-rtp-source args = {{ local.ifname = net0  sess.latency.msec = 10
        stream.rules = [ {{ matches = [ {{ rtp.session = "~.*" }} ]  actions = {{ create-stream = {{
            node.name = rtp  media.class = Audio/Source  """ + PROPERTIES + " }} }} }} ] }} }}"


def start(host, modules):
    runtime = host.directory / "pipewire"
    runtime.mkdir(mode=0o700)
    config = runtime / "pipewire.conf"
    config.write_text(CONFIGURATION.format(modules=modules))
    host.environment.update({"XDG_RUNTIME_DIR": str(runtime), "PIPEWIRE_RUNTIME_DIR": str(runtime), "HOME": str(runtime),
                             "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"})
    return host.spawn("pipewire", "-c", config, name="pipewire")


def ports(host):
    """Returns the ports of the null sink and of all RTP nodes: [(id, direction)]."""
    dump = json.loads(host.run("pw-dump", check=False).stdout or "[]")
    names = {each["id"]: each["info"]["props"].get("node.name") for each in dump if each["type"].endswith(":Node")}
    found = {"middle": [], "rtp": []}
    for each in dump:
        if each["type"].endswith(":Port"):
            name = names.get(each["info"]["props"]["node.id"])
            found["rtp" if name and name.startswith("rtp") else "middle"].append((each["id"], each["info"]["direction"]))
    return found


def link(host, direction):
    """Links the RTP nodes' ports of this direction to those of the null sink, one to one."""
    other = {"input": "output", "output": "input"}[direction]
    wait_for(lambda: sum(d == direction for _, d in ports(host)["rtp"]) >= 64, "PipeWire's 64 ports", timeout=15)
    found = ports(host)
    ours = [number for number, way in found["middle"] if way == other]
    theirs = [number for number, way in found["rtp"] if way == direction]
    for one, two in zip(ours, theirs):
        host.run("pw-link", *((one, two) if direction == "input" else (two, one)))


def sending(host, groups, channels):
    server = start(host, "\n".join(SINK.format(group=group, address=host.address, channels=channels, number=number)
                                   for number, group in enumerate(groups)))
    link(host, "input")
    return server


def announce(namespace, address, groups, channels, ended):
    """Announces the streams by SAP, from a thread that runs in the sender's network namespace."""
    with open(f"/run/netns/{namespace}", "rb") as network:
        assert ctypes.CDLL(None).setns(network.fileno(), 0x40000000) == 0  # CLONE_NEWNET, this thread alone
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
        while not ended.is_set():
            for number, group in enumerate(groups):
                head = struct.pack("!BBH4s", 0x20, 0, number + 1, socket.inet_aton(address))
                text = peers.sdp(group, channels).replace("o=- 1 1", f"o=- {number + 1} 1").replace("s=bench", f"s={group}")
                out.sendto(head + b"application/sdp\0" + text.encode() + b"a=ptime:1\r\n", ("224.0.0.56", 9875))
            time.sleep(0.5)


def receiving(host, sender, groups, channels):
    ended = threading.Event()
    threading.Thread(target=announce, args=(sender.namespace, sender.address, groups, channels, ended), daemon=True).start()
    server = start(host, SOURCE.format())
    try:
        link(host, "output")
    finally:
        ended.set()
    return server
