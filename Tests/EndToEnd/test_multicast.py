# SPDX-License-Identifier: MIT
"""Multicast groups: joined, joined again, filtered by source, with IGMPv2 and IGMPv3, behind a snooping switch (NET-08 to NET-11)."""

import time

import pytest

from harness import peers, rtp
from harness.bridge import Switch
from harness.daemon import Daemon, configuration, runs
from harness.network import wait_for

STREAM = {"name": "one", "address": "239.69.5.1", "channels": 2}
GOOD = bytes(48 * 2 * 3)


def start(network, install, receivers=(STREAM,), senders=(STREAM,)):
    if senders:
        Daemon(network.a, install, configuration(senders=list(senders), receivers=[])).start().settle()
    Daemon(network.b, install, configuration(host=2, senders=[], receivers=list(receivers))).start()
    return network.b.daemon


def count(daemon):
    return daemon.fresh_status()["receivers"][0]["inTime"]


def wait_for_packets(daemon, more=200, timeout=5.0):
    """Waits until `more` further packets have arrived in time."""
    before = count(daemon)
    daemon.wait_status(lambda s: s["receivers"][0]["inTime"] >= before + more, "packets in time", timeout)


def igmp(host, fields):
    """Starts to capture IGMP, and returns a function that ends the capture and returns the given fields of its packets."""
    file = host.path(f"{time.monotonic_ns()}.pcapng")
    dump = peers.start_capture(host, file, expression="igmp")

    def end():
        time.sleep(0.3)
        dump.stop(2)
        return peers.dissect(file, fields, only="igmp")

    return end


def test_membership_is_renewed_by_queries(wired, install):
    """Behind a snooping switch, no packet is lost for more than twice the time after which the switch forgets a member."""
    switch = Switch(wired)
    daemon = start(wired, install)
    switch.await_member(STREAM["address"], "right")
    wait_for_packets(daemon)
    before = daemon.fresh_status()["receivers"][0]
    dropped = wired.a.daemon.fresh_status()["senders"][0]["dropped"]
    time.sleep(7)
    after = daemon.fresh_status()["receivers"][0]
    lost = after["lost"] - before["lost"]
    assert lost <= wired.a.daemon.fresh_status()["senders"][0]["dropped"] - dropped
    assert after["inTime"] > before["inTime"] + 6000 - lost and after["resyncs"] == before["resyncs"]


def test_snooping_switch_filters_groups(wired, install):
    """The switch forwards no group to host b that it has not joined, so the other tests do not run on a flooding switch."""
    switch = Switch(wired)
    other = {**STREAM, "address": "239.69.5.9"}
    daemon = start(wired, install, senders=(STREAM, {**other, "name": "other", "first-channel": 3}))
    switch.await_member(STREAM["address"], "right")
    wait_for_packets(daemon)
    file = wired.b.path("c.pcapng")
    dump = peers.start_capture(wired.b, file, expression="udp port 5004")
    time.sleep(1.5)
    dump.stop(2)
    assert {row for row, in peers.dissect(file, ["ip.dst"])} == {STREAM["address"]}


def test_switch_that_lost_the_membership(wired, install):
    """The switch has lost the membership, and its querier would not ask for minutes; the receiver joins again by itself."""
    switch = Switch(wired, mcast_query_interval=12500, mcast_membership_interval=26000,
                    mcast_startup_query_count=1)
    daemon = start(wired, install)
    switch.await_member(STREAM["address"], "right")
    # A new member repeats its report within a second or two (RFC 3376, 8.11), without a query.
    wait_for_packets(daemon, more=2500)
    switch.forget(STREAM["address"], "right")
    # The receiver joins again after three seconds. With a flooding switch there would be no second without packets.
    daemon.wait_status(lambda s: (s["receivers"][0]["health"].get("lastPacketAgeMilliseconds") or 0) > 1000, "a second without packets")
    wait_for_packets(daemon, timeout=8)


def test_querier_changes_its_version(wired, install):
    """The querier changes from IGMPv3 to IGMPv2 and back; the host answers in the querier's version, and the stream continues."""
    switch = Switch(wired)
    daemon = start(wired, install)
    switch.await_member(STREAM["address"], "right")
    for version, report in ((2, "0x16"), (3, "0x22")):
        # Hosts remember an older querier for some time (RFC 3376, 8.12).
        seen = igmp(wired.b, ["igmp.type"])
        switch.version(version)
        wait_for_packets(daemon, 1500, timeout=8)
        kinds = [kind for kind, in seen()]
        if version == 2:
            assert report in kinds, kinds
    receiver = daemon.fresh_status()["receivers"][0]
    assert receiver["resyncs"] == 0


@pytest.mark.parametrize("version,kind", [(2, "0x16"), (3, "0x22")])
def test_version_of_igmp(network, install, version, kind):
    """NET-08: the receiver's reports have the IGMP version that the system is set to, and the stream is received."""
    network.b.run("sysctl", "-qw", f"net.ipv4.conf.net0.force_igmp_version={version}")
    seen = igmp(network.a, ["igmp.type", "igmp.maddr"])
    daemon = start(network, install)
    wait_for_packets(daemon)
    assert any(row[0] == kind and STREAM["address"] in row[1] for row in seen())


def test_source_filter_reaches_the_network(network, install):
    """A receiver with a source joins only that source (RFC 3376, ALLOW_NEW_SOURCES), and receives no packets from another."""
    network.a.run("ip", "addr", "add", "10.67.0.77/24", "dev", "net0")
    seen = igmp(network.a, ["igmp.type", "igmp.saddr", "igmp.record_type"])
    daemon = start(network, install, receivers=[{**STREAM, "alignment": "arrival", "source": "10.67.0.77"}], senders=())
    daemon.wait_status(lambda s: runs(s["receivers"][0]), "the receiver to run")
    rows = seen()
    assert any(row[0] == "0x22" and "10.67.0.77" in row[1] for row in rows), rows
    for interface in ("10.67.0.1", "10.67.0.77"):
        packets = [(n / 1000, rtp.packet(n, n * 48, GOOD)) for n in range(200)]
        script = rtp.script(network.a.path(interface), packets)
        network.a.spawn("/usr/bin/python3", rtp.__file__, STREAM["address"], 5004, interface, script).wait(10)
    time.sleep(0.3)
    receiver = daemon.fresh_status()["receivers"][0]
    assert (receiver["packets"], receiver["foreign"]) == (200, 0), receiver


def test_more_groups_than_a_socket_may_join(network, install):
    """NET-11: thirty receivers work with the kernel's limit of twenty groups a socket."""
    network.b.run("sysctl", "-qw", "net.ipv4.igmp_max_memberships=20")
    receivers = [{"name": f"r{n}", "address": f"239.69.6.{n}", "channels": 2, "first-channel": 1 + 2 * (n - 1)}
                 for n in range(1, 31)]
    daemon = start(network, install, receivers, senders=())
    daemon.wait_status(lambda s: all(runs(r) for r in s["receivers"]), "all thirty receivers to run")


def test_a_limit_that_is_too_small_is_reported(network, install):
    network.b.run("sysctl", "-qw", "net.ipv4.igmp_max_memberships=0")
    daemon = start(network, install, senders=())
    waiting = daemon.wait_status(lambda s: "igmp_max_memberships" in (s["receivers"][0].get("error") or ""), "the reason")
    assert waiting["receivers"][0]["state"] == "waiting"
    network.b.run("sysctl", "-qw", "net.ipv4.igmp_max_memberships=20")
    daemon.wait_status(lambda s: runs(s["receivers"][0]), "the receiver to run")


def test_streams_do_not_receive_each_other(network, install):
    """NET-10: with all sockets of a daemon open, each packet reaches the one receiver of its group and port, or none."""
    def stream(name, address, port, first):
        return {"name": name, "address": address, "port": port, "channels": 2, "first-channel": first, "alignment": "arrival"}

    receivers = [stream("one", "239.69.5.1", 5004, 1), stream("same group", "239.69.5.1", 5006, 3),
                 stream("same port", "239.69.5.2", 5004, 5), stream("unicast", "10.67.0.2", 5004, 7)]
    daemon = start(network, install, receivers, senders=())
    daemon.wait_status(lambda s: all(runs(r) for r in s["receivers"]), "the receivers to run")
    # A member of a group for which the daemon has no receiver; packets to it must reach no receiver.
    joined = network.b.spawn("/usr/bin/python3", "-c", MEMBER, "239.69.5.3")
    wait_for(lambda: "joined" in joined.output, "the other member to join")
    sent = {("239.69.5.1", 5004): 11, ("239.69.5.1", 5006): 22, ("239.69.5.2", 5004): 33, ("10.67.0.2", 5004): 44,
            ("239.69.5.3", 5004): 55}
    for (address, port), number in sent.items():
        packets = [(n / 1000, rtp.packet(n, n * 48, GOOD)) for n in range(number)]
        script = rtp.script(network.a.path(f"{address}-{port}"), packets)
        network.a.spawn("/usr/bin/python3", rtp.__file__, address, port, "10.67.0.1", script).wait(10)
    time.sleep(0.3)
    status = daemon.fresh_status()
    assert [r["packets"] for r in status["receivers"]] == [11, 22, 33, 44]


MEMBER = """
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 0))
s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(sys.argv[1]) + socket.inet_aton("10.67.0.2"))
print("joined", flush=True)
time.sleep(60)
"""
