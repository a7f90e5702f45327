# SPDX-License-Identifier: MIT
"""Invalid configurations, and a host that does not match a valid one: each gets an error with place and reason."""

import time

import pytest

from harness import pattern, session
from harness.daemon import Daemon, configuration, runs
from harness.network import wait_for

STEREO = {"pcm": "aes67:CH=2", "channels": 2}

REFUSED = {
    "unknown key": ("senders:\n  - address: 239.69.1.1\n    chanels: 8\n", [":3:5: ", "chanels", "unknown key", "channels"]),
    "unknown section": ("sender: []\n", [":1:1: ", "sender", "unknown key", "senders"]),
    "channel 65": ("senders:\n  - address: 239.69.1.1\n    first-channel: 58\n    channels: 8\n", [":", "65", "64"]),
    "two senders on one group": (
        "senders:\n  - {name: a, address: 239.69.1.1}\n  - {name: b, address: 239.69.1.1, first-channel: 9}\n",
        [":3:", "239.69.1.1:5004"]),
    "payload too large": ("senders:\n  - {address: 239.69.1.1, channels: 16, packet-time: 1ms}\n", [":2:", "1440", "10"]),
    "link offset too short": ("streams:\n  packet-time: 1ms\n  link-offset: 1ms\n", [":3:", "link-offset", "1250us to 200ms"]),
    "not a packet time": ("streams:\n  packet-time: 2ms\n", [":2:", "packet-time", "125us"]),
    "text for a number": ("network:\n  ttl: many\n", [":2:", "network.ttl", "255"]),
    "out of range": ("network:\n  dscp: 64\n", [":2:", "network.dscp", "63"]),
    "not YAML": ("network: [\n", [":2:"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_configuration_is_refused(tmp_path, install, network, name):
    text, words = REFUSED[name]
    file = tmp_path / "wrong.yaml"
    file.write_text(text)
    refused = network.a.run(install.daemon, "--check", "--config", file, check=False)
    output = refused.stdout + refused.stderr
    assert refused.returncode != 0, output
    assert f"{file}:" in output or "wrong.yaml:" in output, output
    for word in words:
        assert word in output, f"{word!r} is missing in: {output}"


def test_missing_file_is_named(install, network):
    refused = network.a.run(install.daemon, "--check", "--config", "/nowhere/aes67d.yaml", check=False)
    assert refused.returncode != 0 and "/nowhere/aes67d.yaml" in refused.stdout + refused.stderr


def test_interface_that_comes_later(network, install):
    """A named interface that is missing is logged once. The daemon waits for it, and then uses it."""
    host = network.a
    Daemon(host, install, configuration(network={"interface": "net7"})).start()
    wait_for(lambda: "net7" in host.daemon.log, "the warning")
    assert "net0" in host.daemon.log, "the warning does not list the existing interfaces"
    time.sleep(1)
    assert host.daemon.log.count("net7 does not exist") == 1
    host.run("ip", "link", "set", "net0", "down")
    host.run("ip", "link", "set", "net0", "name", "net7")
    host.run("ip", "link", "set", "net7", "up")
    host.daemon.settle()


def test_port_in_use(network, install):
    """If another program uses the port of a stream, that stream fails with a message, and the others play."""
    holder = ("import socket, time\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
              "s.bind(('10.67.0.2', 5010))\nprint('held', flush=True)\ntime.sleep(60)\n")
    squatter = network.b.spawn("/usr/bin/python3", "-c", holder)
    wait_for(lambda: "held" in squatter.output, "the port to be taken")
    streams = [{"name": "taken", "address": "10.67.0.2", "port": 5010, "channels": 2},
               {"name": "free", "address": "239.69.4.1", "channels": 2, "first-channel": 3}]
    Daemon(network.a, install, configuration(senders=streams, receivers=[])).start().settle()
    Daemon(network.b, install, configuration(host=2, senders=[], receivers=streams)).start()
    daemon = network.b.daemon
    status = daemon.wait_status(lambda s: "another program" in (s.receiver("taken")["error"] or ""), "the reason")
    assert status.receiver("taken")["state"] == "waiting"
    assert "10.67.0.2:5010: another program uses the port" in daemon.log
    assert runs(status.receiver("free"))
    signal = pattern.Pattern(2)
    recorder, sink = session.start_recording(network.b, pcm="aes67:CH=2,FIRST=3", channels=2)
    session.play_pattern(network.a, signal.frames(48_000), pcm="aes67:CH=2,FIRST=3", channels=2).wait()
    session.hear_out(network.b, recorder, sink)
    session.finish(recorder)
    pattern.expect_whole(signal, pattern.read(sink, "S32_LE", 2), 48_000)
    squatter.stop()
    daemon.wait_status(lambda s: runs(s.receiver("taken")), "another try after the port was freed", 10)


def test_a_second_daemon_on_the_same_instance_is_refused(lone):
    a = lone()
    second = a.run(*a.daemon.command(), check=False, timeout=10)
    assert second.returncode != 0
    assert "another aes67d" in second.stdout + second.stderr
    player = session.play_pattern(a, pattern.Pattern(2).frames(24_000), **STEREO)
    a.daemon.client(player)
    player.wait(5)


def test_link_is_lost_and_returns(pair):
    a, b = pair()
    signal = pattern.Pattern(2)
    recorder, sink = session.start_recording(b, **STEREO)
    player = session.play_pattern(a, signal.frames(8 * 48_000), **STEREO)
    a.daemon.client(player)
    session.grow(sink, 8 * 48_000)
    b.run("ip", "link", "set", "net0", "down")
    session.grow(sink, 8 * 36_000)
    b.run("ip", "link", "set", "net0", "up")
    b.run("ip", "route", "replace", "239.0.0.0/8", "dev", "net0")
    session.grow(sink, 8 * 96_000)
    session.finish(recorder)
    player.stop()
    runs = signal.runs(pattern.read(sink, "S32_LE", 2))
    pattern.expect_never_backwards(runs)
    sounding = [r for r in runs if r.kind == "intact"]
    assert sounding[-1].length > 24_000, f"sound does not come back:\n{pattern.describe(runs)}"
