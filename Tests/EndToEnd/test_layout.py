# SPDX-License-Identifier: MIT
"""Fresh installations without changed files: the hosts choose different numbers, receive each other, and keep their numbers (trial F7)."""

import json
import time

import pytest

from harness import pattern, session
from harness.bridge import Switch
from harness.control import Control, run_command
from harness.daemon import Daemon, configuration, runs
from harness.network import INTERFACE, Host, sh, wait_for


def fresh(host, install, **sections):
    """Makes a daemon that was never started before, with an automatic layout number."""
    return Daemon(host, install, configuration(host="auto", **sections))


def kept(host):
    return json.loads((host.daemon.state / "layout.json").read_text())["content"]["number"]


def number(host):
    """Returns the layout number by the addresses of the senders; None while senders wait or change one by one."""
    prefixes = {s["address"].rsplit(".", 1)[0] for s in host.daemon.status()["senders"]}
    return None if len(prefixes) > 1 or prefixes == {"0.0.0"} else int(prefixes.pop().rsplit(".", 1)[1])


def numbered(*hosts):
    """Waits until all hosts send with different numbers, and returns the numbers."""
    def look():
        found = [number(host) for host in hosts]
        sending = all(s["state"] == "sending" and s["packets"] > 0 for host in hosts for s in host.daemon.status()["senders"])
        return found if None not in found and len(set(found)) == len(hosts) and sending else None
    return wait_for(look, "a number for each host", 20, 0.1)


def hears(host, other):
    host.daemon.wait_status(
        lambda s: all(r["state"] == "receiving" and r["health"]["lastSource"] == other.address and r["inTime"] > 500 for r in s["receivers"]),
        f"{host.address} to receive from {other.address}", 20)


def expect_sound(*hosts):
    """Checks 64 channels in both directions between two hosts at the same time."""
    signal = pattern.Pattern(64)
    recordings = [session.start_recording(host) for host in hosts]
    players = [session.play_pattern(host, signal.frames(session.LENGTH)) for host in hosts]
    for player in players:
        player.wait(30)
    for host, (recorder, file) in zip(hosts, recordings):
        session.hear_out(host, recorder, file)
        session.finish(recorder)
        pattern.expect_whole(signal, pattern.read(file, "S32_LE", 64), session.LENGTH)


@pytest.mark.parametrize("when", ["together", "after"])
def test_two_fresh_machines(network, install, when):
    a, b = network.a, network.b
    for host in (a, b):
        fresh(host, install).start()
        if when == "after":
            numbered(*[h for h in (a, b) if h.daemon])
    assert sorted(numbered(a, b)) == [1, 2]
    assert when == "together" or number(a) == 1
    hears(a, b)
    hears(b, a)
    expect_sound(a, b)
    for host in (a, b):
        status = host.daemon.status()
        name = status["senders"][0]["name"].removesuffix(" 1")
        assert [s["name"] for s in status["senders"]] == [f"{name} {n}" for n in range(1, 9)] and name == sh("hostname", "-s").strip()
        assert [s["address"] for s in status["senders"]] == [f"239.69.{number(host)}.{n}" for n in range(1, 9)]
        assert f"this host is number {number(host)} of the layout" in host.daemon.log
        assert "also sends to" not in host.daemon.log and kept(host) == number(host)
    ids = {host: [s["id"] for s in host.daemon.status()["senders"]] for host in (a, b)}
    before = {host: number(host) for host in (a, b)}
    for host in (a, b):
        host.daemon.kill()
    for host in (a, b):
        host.daemon.start()
    numbered(a, b)
    assert {host: number(host) for host in (a, b)} == before
    assert {host: [s["id"] for s in host.daemon.status()["senders"]] for host in (a, b)} == ids
    hears(a, b)


@pytest.fixture
def crowd(wired, tmp_path):
    """Makes `count` hosts, including `a` and `b`, on a switch with IGMP snooping."""
    Switch(wired)
    others = []

    def make(count):
        for index in range(3, count + 1):
            others.append(Host(f"{wired.prefix}-{index}", f"10.67.0.{index}", tmp_path / str(index)))
            plug_in(wired, others[-1], f"port{index}")
        return [wired.a, wired.b, *others]
    try:
        yield make
    finally:
        for host in others:
            host.stop_all()
            sh("ip", "netns", "del", host.namespace, check=False)


def plug_in(wired, host, port):
    sh("ip", "netns", "add", host.namespace)
    for command in ("link set lo up multicast on", f"link add {INTERFACE} type veth peer name {port} netns {wired.w.namespace}",
                    f"addr add {host.address}/24 dev {INTERFACE}", f"link set {INTERFACE} up", f"route add 239.0.0.0/8 dev {INTERFACE}"):
        sh("ip", "-n", host.namespace, *command.split())
    for command in (f"link set {port} up", f"link set {port} master br0"):
        wired.w.run("ip", *command.split())


@pytest.mark.long
@pytest.mark.parametrize("count", [3, 10])
def test_fresh_machines_and_a_power_cut(crowd, install, count):
    """All hosts get different numbers.

    The first host receives the second, and all others receive the first. After a simultaneous restart all hosts keep their numbers.
    """
    hosts = crowd(count)
    for host in hosts:
        fresh(host, install).start()
    numbers = numbered(*hosts)
    assert sorted(numbers) == list(range(1, count + 1))

    def expect_reception():
        by_number = dict(zip(numbers, hosts))
        for own, host in by_number.items():
            hears(host, by_number[1 if own > 1 else 2])
    expect_reception()
    for host in hosts:
        assert "also sends to" not in host.daemon.log
        host.daemon.kill()
    for host in hosts:
        host.daemon.start(wait=False)
    wait_for(lambda: all(host.daemon.ready() for host in hosts), "all daemons to be ready", 10)
    assert numbered(*hosts) == numbers
    expect_reception()


@pytest.mark.long
def test_two_networks_are_joined(wired, install):
    """Two hosts on separate networks are both number 1. When the networks are joined, one host changes its number, and both receive each other."""
    switch = Switch(wired)
    switch.host.run("ip", "link", "set", "right", "nomaster")
    for host in (wired.a, wired.b):
        fresh(host, install).start()
    wait_for(lambda: [number(host) for host in (wired.a, wired.b)] == [1, 1], "both to be host 1", 10)
    switch.host.run("ip", "link", "set", "right", "master", "br0")
    numbered(wired.a, wired.b)
    assert [number(host) for host in (wired.a, wired.b)] == [1, 2], "the host with the lower address must keep its number"
    hears(wired.a, wired.b)
    hears(wired.b, wired.a)
    assert "host 10.67.0.1 has the same number and keeps it" in wired.b.daemon.log
    assert wired.a.daemon.log.count("of the layout") == 1


@pytest.mark.long
def test_an_automatic_host_avoids_groups_in_use(network, install):
    """A device without automatic numbers sends to groups of the layout; the automatic host chooses another number."""
    stream = {"name": "theirs", "address": "239.69.1.3", "channels": 2}
    Daemon(network.a, install, configuration(senders=[stream], receivers=[])).start().settle()
    fresh(network.b, install).start()
    numbered(network.b)
    assert number(network.b) == 2
    # The device changes to a group of the new number as well.
    Control(network.a.daemon).ask("PATCH", "/v1/senders/by-name/theirs", {"address": "239.69.2.8"})
    network.b.daemon.wait_status(lambda s: s["senders"][7]["address"] == "239.69.3.8" and s["senders"][7]["state"] == "sending",
                                  "number 3, because number 1 may still be in use", 15)
    assert "10.67.0.1 sends to its groups" in network.b.daemon.log


def test_a_fixed_number_on_two_hosts_is_a_conflict(pair, install):
    """Two hosts with the same number in their configuration keep it, and status and doctor fail on both."""
    a, b = pair(layout={"host": 1})
    for host in (a, b):
        status = host.daemon.wait_status(lambda s: all(x["state"] == "addressConflict" for x in s["senders"]), "the conflict", 10)
        assert {s["health"]["level"] for s in status["senders"]} == {"unhealthy"}
        assert run_command(host, install, "status", check=False).returncode == 2
        doctor = run_command(host, install, "doctor", "--json", check=False)
        found = {f["verdict"] for f in json.loads(doctor.stdout) if "address conflict" in f["seen"]}
        assert doctor.returncode == 1 and found == {"fail"}, doctor.stdout


@pytest.mark.long
def test_a_saved_number_is_used_sooner(network, install):
    """With a saved number a host listens for 0.25 s before its first packet; with a new number it listens for 1 s."""
    a = network.a
    fresh(a, install)
    times = []
    for _ in range(2):
        begin = time.monotonic()
        a.daemon.start()
        a.daemon.wait_status(lambda s: all(s["packets"] > 0 for s in s["senders"]) if s["senders"] else False, "packets", 10)
        times.append(time.monotonic() - begin)
        a.daemon.stop()
    assert times[1] < times[0], times


def test_layout_number_is_changed_at_run_time(network, install):
    a = network.a
    fresh(a, install, control={"socket-group": "root"}).start()
    numbered(a)
    run_command(a, install, "configure", "layout.host", "7")
    a.daemon.wait_status(lambda s: s["senders"][0]["address"] == "239.69.7.1" and runs(s["senders"][0]), "number 7")
    run_command(a, install, "configure", "layout.host", "auto")
    a.daemon.wait_status(lambda s: s["senders"][0]["address"] == "239.69.7.1" and s["senders"][0]["name"] != "host 7 stream 1", "the automatic number to be the previous one, 7")
