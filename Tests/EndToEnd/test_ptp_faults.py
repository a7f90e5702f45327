# SPDX-License-Identifier: MIT
"""The ordinary clock on a network that fails: links, interfaces and addresses that go and come, sends that are refused.

Nobody restarts anything here: what comes back by itself is the point.
"""

import time

import pytest

from harness.network import INTERFACE, sh, wait_for
from harness.ptp import FAST, FAST_PEER, daemon, identity, locked, ptp4l


def address(host):
    sh("ip", "-n", host.namespace, "addr", "add", f"{host.address}/24", "dev", INTERFACE)


def link(network):
    for host in (network.a, network.b):
        address(host)
        sh("ip", "-n", host.namespace, "link", "set", INTERFACE, "up")


def carrier(network):
    """The far side's port goes down, and up again."""
    sh("ip", "-n", network.b.namespace, "link", "set", INTERFACE, "down")
    yield "faulty"
    sh("ip", "-n", network.b.namespace, "link", "set", INTERFACE, "up")


def renumbered(network):
    """The last address goes, and every membership with it; another one comes."""
    sh("ip", "-n", network.a.namespace, "addr", "flush", "dev", INTERFACE)
    yield "faulty"
    sh("ip", "-n", network.a.namespace, "addr", "add", "10.67.0.77/24", "dev", INTERFACE)


def removed(network):
    """Both interfaces cease to exist, and others of the same name come."""
    sh("ip", "-n", network.a.namespace, "link", "del", INTERFACE)
    yield "faulty"
    sh("ip", "-n", network.a.namespace, "link", "add", INTERFACE, "type", "veth", "peer", "name", INTERFACE,
       "netns", network.b.namespace)
    link(network)


@pytest.mark.parametrize("fault", [carrier, renumbered, removed])
def test_comes_back_by_itself(network, install, fault):
    """BMC-12: faulty, listening, and the same master again; the media clock goes on throughout."""
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
    # The clock that b keeps is the one of before, and so nothing steps (BMC-10).
    assert after["clock"]["mediaOffset"] == before["clock"]["mediaOffset"]
    assert after["ptp"]["rebases"] == before["ptp"]["rebases"]
    frames = after["clock"]["deviceFrame"] - before["clock"]["deviceFrame"]
    assert frames > 0
    assert b.status()["ptp"]["grandmaster"] == master


def test_refused_sends_cost_no_later_stamp(network, install):
    """TS-04: a firewall that drops what we send takes numbers of the kernel's, and gives none back."""
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
    # One Sync may be on its way when either status is taken; every other one has its Follow_Up.
    assert syncs >= 12 and abs(after["sent"]["followUp"] - before["sent"]["followUp"] - syncs) <= 1, (before, after)
    assert after["missingTransmitStamps"] - before["missingTransmitStamps"] <= 1, (before, after)
    assert "stamps" not in a.log.split("PTP port is master", 1)[1], a.log
