# SPDX-License-Identifier: MIT
"""The PTP clock on a failing network: links, interfaces and addresses that disappear and return, and refused sends.

The daemon must recover by itself in all cases.
"""

import time

import pytest

from harness.bridge import Switch
from harness.control import run_command
from harness.daemon import runs
from harness.network import INTERFACE, sh, wait_for
from harness.ptp import FAST, FAST_PEER, daemon, identity, locked, ptp4l


def address(host):
    sh("ip", "-n", host.namespace, "addr", "add", f"{host.address}/24", "dev", INTERFACE)


def link(network):
    for host in (network.a, network.b):
        address(host)
        sh("ip", "-n", host.namespace, "link", "set", INTERFACE, "up")


def carrier(network):
    """Sets the other end of the link down and up again."""
    sh("ip", "-n", network.b.namespace, "link", "set", INTERFACE, "down")
    yield "faulty"
    sh("ip", "-n", network.b.namespace, "link", "set", INTERFACE, "up")


def renumbered(network):
    """Removes the last address, and thereby all memberships, and adds another one."""
    sh("ip", "-n", network.a.namespace, "addr", "flush", "dev", INTERFACE)
    yield "faulty"
    sh("ip", "-n", network.a.namespace, "addr", "add", "10.67.0.77/24", "dev", INTERFACE)


def removed(network):
    """Deletes both interfaces and creates others with the same names."""
    sh("ip", "-n", network.a.namespace, "link", "del", INTERFACE)
    yield "faulty"
    sh("ip", "-n", network.a.namespace, "link", "add", INTERFACE, "type", "veth", "peer", "name", INTERFACE,
       "netns", network.b.namespace)
    link(network)


@pytest.mark.parametrize("fault", [carrier, renumbered, removed])
def test_recovers_by_itself(network, install, fault):
    """BMC-12: the port becomes faulty, then listens and follows the same master again, while the media clock continues."""
    b = daemon(network.b, install, number=2, profile=FAST, mode="master")
    master = identity(network.b)
    a = daemon(network.a, install, profile=FAST, mode="slave")
    before = a.wait_status(locked, "the lock", timeout=20)
    assert before["ptp"]["grandmaster"] == master
    steps = fault(network)
    state = next(steps)
    a.wait_status(lambda s: s["ptp"] and s["ptp"]["state"] == state, state, timeout=3)
    held = a.fresh_status()
    assert held["clock"]["state"] == "holdover" and not held["ptp"]["locked"]
    time.sleep(0.5)
    next(steps, None)
    after = a.wait_status(locked, "the lock again", timeout=15)
    assert after["ptp"]["state"] == "slave"
    # b's clock has continued, so nothing steps (BMC-10).
    assert after["clock"]["mediaOffset"] == before["clock"]["mediaOffset"]
    assert after["ptp"]["rebases"] == before["ptp"]["rebases"]
    frames = after["clock"]["deviceFrame"] - before["clock"]["deviceFrame"]
    assert frames > 0
    assert b.status()["ptp"]["grandmaster"] == master


@pytest.mark.parametrize("extra", ["10.67.0.11/24", "10.67.0.11/32", "172.31.0.1/16"])
def test_a_second_address_does_not_interrupt_a_master(network, install, extra):
    """A virtual address that is added and removed (VRRP) causes no election; the master's port stays master."""
    a = daemon(network.a, install, profile=FAST, mode="master")
    b = daemon(network.b, install, number=2, profile=FAST, mode="slave")
    b.wait_status(locked, "the lock", timeout=20)
    master = a.fresh_status()["ptp"]
    assert master["state"] == "master"
    marks = len(a.log), len(b.log)
    for host in (network.a, network.b, network.a):
        for verb in ("add", "del"):
            host.run("ip", "addr", verb, extra, "dev", INTERFACE)
            sent = a.fresh_status()["ptp"]["counters"]["sent"]["sync"]
            a.wait_status(lambda s: s["ptp"]["counters"]["sent"]["sync"] > sent + 4, "more Sync")
    now = a.fresh_status()["ptp"]
    assert now["state"] == "master" and now["counters"]["rejoins"] == master["counters"]["rejoins"]
    assert b.fresh_status()["ptp"]["locked"]
    for lines in (a.log[marks[0]:], b.log[marks[1]:]):
        assert "PTP has lost" not in lines and "PTP port is" not in lines and "PTP grandmaster is" not in lines, lines


def test_refused_sends_do_not_shift_timestamps(network, install):
    """TS-04: sends that a firewall drops increase the kernel's counter without a timestamp; later timestamps must still be assigned correctly."""
    a = daemon(network.a, install, profile=FAST, mode="master")
    ptp4l(network.b, slaveOnly=1, **FAST_PEER)
    a.wait_status(lambda s: s["ptp"] and s["ptp"]["state"] == "master", "a master", timeout=10)

    def sent(name):
        return a.fresh_status()["ptp"]["counters"]["sent"].get(name, 0)

    network.a.run("nft", "add table inet shut")
    network.a.run("nft", "add chain inet shut out { type filter hook output priority 0; }")
    network.a.run("nft", "add rule inet shut out udp dport 319 drop")
    wait_for(lambda: a.status()["ptp"]["counters"]["refusedSends"] >= 6, "refused Syncs", timeout=5)
    network.a.run("nft", "delete table inet shut")
    before = a.fresh_status()["ptp"]["counters"]
    time.sleep(2)
    after = a.fresh_status()["ptp"]["counters"]
    syncs = after["sent"]["sync"] - before["sent"]["sync"]
    # One Sync may be on its way at each status; all others have a Follow_Up.
    assert syncs >= 12 and abs(after["sent"]["followUp"] - before["sent"]["followUp"] - syncs) <= 1, (before, after)
    assert after["missingTransmitStamps"] - before["missingTransmitStamps"] <= 1, (before, after)
    assert "stamps" not in a.log.split("PTP port is master", 1)[1], a.log


def test_switch_that_lost_the_membership(wired, install):
    """NET-09: the switch has lost the membership in PTP's group, and there are no queries. The slave joins again and locks."""
    switch = Switch(wired, mcast_query_interval=12500, mcast_membership_interval=26000, mcast_startup_query_count=1)
    daemon(wired.b, install, number=2, profile=FAST, mode="master")
    a = daemon(wired.a, install, profile=FAST, mode="slave")
    before = a.wait_status(locked, "the lock", timeout=20)["ptp"]["counters"]
    switch.await_member("224.0.1.129", "left")
    assert before["rejoins"] <= 2, before  # joined while b had not started yet
    switch.forget("224.0.1.129", "left")
    a.wait_status(lambda s: not locked(s), "the loss of the lock", timeout=10)
    after = a.wait_status(locked, "the lock again", timeout=20)["ptp"]
    assert after["counters"]["rejoins"] > before["rejoins"] and after["state"] == "slave"
    assert "left" in switch.members("224.0.1.129")


HOLDER = """
import socket, sys, time
held = []
for port in (319, 320):
    held.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    if sys.argv[1] == "shared":
        held[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held[-1].bind(("", port))
open("/proc/self/comm", "w").write("otherptpd")
print("held", flush=True)
time.sleep(60)
"""


def hold(host, how):
    """Starts another program that uses PTP's ports, exclusively or shared as ptp4l does."""
    holder = host.spawn("/usr/bin/python3", "-c", HOLDER, how, name="holder")
    wait_for(lambda: "held" in holder.output, "the ports to be held")
    return holder


def test_ptp_ports_in_exclusive_use(network, install):
    """PTP-08: the message names the other program and the remedies. Streams run on the daemon's own clock, and PTP starts when the ports are free."""
    holder = hold(network.a, "alone")
    a = daemon(network.a, install, profile=FAST, mode="auto")
    said = wait_for(lambda: next((line for line in a.log.splitlines() if "PTP cannot use net0" in line), None), "a reason")
    assert f"otherptpd (process {holder.pid}, user root) uses PTP's ports exclusively" in said, said
    assert "stop it" in said and "clock.source" in said and "ptp.mode: off" in said, said
    status = a.wait_status(lambda s: all(runs(x) for x in s["senders"]), "the senders")
    assert status["ptp"] is None and status["clock"]["state"] == "free-running"
    before = status["senders"][0]["packets"]
    holder.stop()
    after = a.wait_status(lambda s: s["ptp"] and s["ptp"]["state"] == "master", "PTP to become master", timeout=10)
    assert after["senders"][0]["packets"] > before
    assert a.log.count("PTP cannot use net0") == 1 and "PTP can use net0 now" in a.log, a.log


def test_ptp_ports_in_shared_use(network, install):
    """PTP-08: if another program shares the ports, a warning says that both may have one clock identity, unless the daemon's was configured."""
    hold(network.a, "shared")
    a = daemon(network.a, install, profile=FAST, mode="master")
    a.wait_status(lambda s: s["ptp"] and s["ptp"]["state"] == "master", "a master", timeout=10)
    said = next(line for line in a.log.splitlines() if "also uses PTP's ports on net0" in line)
    assert "otherptpd" in said and "ptp.clock-identity" in said, said
    a.stop()
    b = daemon(network.a, install, profile=FAST, mode="master", **{"clock-identity": "02-00-00-FF-FE-00-00-77"})
    b.wait_status(lambda s: s["ptp"] and s["ptp"]["state"] == "master", "a master", timeout=10)
    assert "PTP's ports" not in b.log, b.log


def test_two_hosts_with_one_identity(network, install):
    """Field case 18: each of two hosts with one clock identity names the other's address in log, status and doctor."""
    twin = {"clock-identity": "02-00-00-FF-FE-00-00-77"}
    a = daemon(network.a, install, profile=FAST, mode="auto", **twin)
    b = daemon(network.b, install, number=2, profile=FAST, mode="auto", **twin)
    for card, other in ((a, network.b), (b, network.a)):
        def named(status):
            return next((p for p in status["clock"]["problems"] if p["cause"] == "sameIdentity"), None)

        found = named(card.wait_status(named, "the other host", timeout=15))
        assert other.address in found["sentence"] and "ptp.clock-identity" in found["remedy"], found
        assert other.address in card.log and "has the same clock identity as this one" in card.log, card.log
    answer = run_command(network.a, install, "doctor", check=False).stdout
    assert "has the same clock identity as this one" in answer and "warning" in answer, answer


@pytest.mark.parametrize("extra", ["10.67.0.11/24", "172.31.0.1/16", "fd00::7/64"])
def test_a_second_address_does_not_interrupt_a_slave(network, install, extra):
    """Field case 3: an address that is added or removed on either side costs a slave neither its lock nor its sockets."""
    daemon(network.b, install, number=2, profile=FAST, mode="master")
    a = daemon(network.a, install, profile=FAST, mode="slave")
    a.wait_status(locked, "the lock", timeout=20)
    mark = len(a.log)
    for host in (network.a, network.b):
        for verb in ("add", "del"):
            host.run("ip", "addr", verb, extra, "dev", INTERFACE)
            heard = a.fresh_status()["ptp"]["counters"]["received"]["sync"]
            a.wait_status(lambda s: s["ptp"]["counters"]["received"]["sync"] > heard + 8, "more Sync")
            assert a.fresh_status()["ptp"]["locked"]
    assert "PTP port is" not in a.log[mark:] and "PTP has lost" not in a.log[mark:], a.log[mark:]
