# SPDX-License-Identifier: MIT
"""A PipeWire server on a host with one module of its RTP family, a driver without hardware, and manual links."""

import json

from .network import wait_for

SERVER = """
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
    { name = libpipewire-module-%s args = { %s } }
]
context.objects = [ { factory = adapter args = { factory.name = support.null-audio-sink  node.name = zoo-middle
    media.class = Audio/Sink  audio.position = [ FL FR ]  audio.rate = 48000  node.group = zoo  priority.driver = 2000
    adapter.auto-port-config = { mode = dsp monitor = true position = preserve } } } ]
"""
# Properties of a stream: its ports exist without a session manager, and it runs without links.
STREAM = "node.group = zoo  node.always-process = true  adapter.auto-port-config = { mode = dsp position = preserve }"


def begin(host, module, arguments):
    """Starts the server with this module; its multicast packets go through net0."""
    runtime = host.directory / "pipewire"
    runtime.mkdir(mode=0o700, exist_ok=True)
    configuration = runtime / "pipewire.conf"
    configuration.write_text(SERVER % (module, arguments))
    host.environment.update({"XDG_RUNTIME_DIR": str(runtime), "PIPEWIRE_RUNTIME_DIR": str(runtime), "HOME": str(runtime),
                             "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"})
    host.run("ip", "route", "replace", "224.0.0.0/4", "dev", "net0")
    server = host.spawn("pipewire", "-c", configuration, name="pipewire", urgent=True)
    wait_for(lambda: host.run("pw-dump", check=False).stdout, "the PipeWire server", timeout=10)
    return server


def ports(host, node, direction):
    """Returns the ids of a node's ports, in order."""
    dump = json.loads(host.run("pw-dump", check=False).stdout or "[]")
    nodes = {each["id"] for each in dump if each["type"].endswith(":Node") and each["info"]["props"].get("node.name") == node}
    return [each["id"] for each in dump if each["type"].endswith(":Port") and each["info"]["direction"] == direction
            and each["info"]["props"]["node.id"] in nodes]


def link(host, source, target):
    """Links the ports of two nodes in order. A stream makes its ports again while it negotiates its format, so failures are tried again."""
    def joined():
        pairs = list(zip(ports(host, source, "output"), ports(host, target, "input")))
        done = [host.run("pw-link", *pair, check=False) for pair in pairs]
        return len(pairs) >= 2 and all(each.returncode == 0 or "File exists" in each.stderr for each in done)
    wait_for(joined, f"{source} to be linked to {target}", timeout=15, interval=0.1)


def cat(host, direction, node, file, *more):
    """Starts `pw-cat` that plays (`-p`) or records (`-r`) a file, without links."""
    return host.spawn("pw-cat", direction, "--target", "0", *more, "-P", f"{{ node.name = {node} {STREAM} }}", file, urgent=True)
