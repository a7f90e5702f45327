# SPDX-License-Identifier: MIT
"""Interfaces and addresses that appear, disappear and change under running streams: only the affected sockets are opened again (NET-09)."""

import json

import pytest

from harness import peers
from harness.control import run_command
from harness import daemon as daemons
from harness.daemon import Daemon, configuration
from harness.network import sh, wait_for

pytestmark = pytest.mark.calm

STREAM = {"name": "one", "address": "239.69.5.1", "channels": 2}


@pytest.fixture
def stream(network, install):
    """One stream from host a to host b, which is received."""
    Daemon(network.a, install, configuration(senders=[STREAM], receivers=[])).start().settle()
    Daemon(network.b, install, configuration(host=2, senders=[], receivers=[STREAM])).start()
    wait_for_packets(network.b)
    return network.a, network.b


def wait_for_packets(host, more=100, timeout=8.0):
    """Waits until `more` further packets have arrived in time."""
    receiver = host.daemon.fresh_status()["receivers"][0]
    return host.daemon.wait_status(lambda s: s["receivers"][0]["inTime"] >= receiver["inTime"] + more,
                                   "packets in time", timeout)["receivers"][0]


def faults(receiver):
    return {name: receiver[name] for name in ("late", "lost", "resyncs", "foreign", "malformed")}


def expect_waiting(host, kind, words, timeout=5.0):
    """Waits until the only sender or receiver reports that it has no network, with these words."""
    stream = host.daemon.wait_status(lambda s: words in (s[kind][0].get("error") or ""), f"'{words}'", timeout)[kind][0]
    assert stream["state"] == "noNetwork"
    return stream


def runs(host, kind, timeout=8.0):
    return host.daemon.wait_status(lambda s: daemons.runs(s[kind][0]), f"{kind} to run", timeout)[kind][0]


def test_a_second_address_does_not_interrupt(stream):
    a, b = stream
    before, sent = wait_for_packets(b), a.daemon.fresh_status()["senders"][0]
    for host, address in ((a, "10.67.0.11/24"), (b, "10.67.0.12/24"), (a, "172.31.0.1/16")):
        host.run("ip", "addr", "add", address, "dev", "net0")
        wait_for_packets(b)
        host.run("ip", "addr", "del", address, "dev", "net0")
    after, now = wait_for_packets(b), a.daemon.fresh_status()["senders"][0]
    assert faults(after) == faults(before)
    assert (now["ssrc"], now["withheld"], now["sendErrors"]) == (sent["ssrc"], sent["withheld"], sent["sendErrors"])


def test_another_address(stream):
    """The sender's address is replaced, as by DHCP. Packets then have the new source address, and the stream continues."""
    a, b = stream
    b.run("ip", "addr", "replace", "10.67.0.12/24", "dev", "net0")
    file = b.path("c.pcapng")
    dump = peers.start_capture(b, file, expression="udp port 5004")
    before = wait_for_packets(b)
    a.run("ip", "addr", "del", "10.67.0.1/24", "dev", "net0")
    expect_waiting(a, "senders", "no IPv4 address")
    a.run("ip", "addr", "add", "10.67.0.31/24", "dev", "net0")
    after = wait_for_packets(b, 200)
    dump.stop(2)
    sources = [row for row, in peers.dissect(file, ["ip.src"])]
    assert sources[0] == "10.67.0.1" and sources[-1] == "10.67.0.31"
    assert after["ssrc"] == before["ssrc"] and after["resyncs"] <= before["resyncs"] + 1
    assert a.daemon.fresh_status()["interface"]["address"] == "10.67.0.31"


def test_new_dscp_and_ttl_keep_the_sender(stream, install):
    """DSCP, TTL and maximum lateness change during a stream: the socket is kept, and no packet is lost."""
    a, b = stream
    file = b.path("marked.pcapng")
    dump = b.spawn(*peers.capture(file, "net0", "udp port 5004"))
    wait_for(lambda: "File:" in dump.output, "the capture")
    before = wait_for_packets(b)
    run_command(a, install, "configure", "network.dscp", "46", "network.ttl", "7", "streams.max-lateness", "20ms")
    after = wait_for_packets(b, 200)
    dump.stop(2)
    rows = peers.dissect(file, ["ip.dsfield.dscp", "ip.ttl", "udp.srcport", "rtp.ssrc", "rtp.seq"])
    assert rows[0][:2] == ("34", "32") and rows[-1][:2] == ("46", "7")
    assert len({row[2:4] for row in rows}) == 1, "source port or SSRC has changed"
    numbers = [int(row[4]) for row in rows]
    assert all((right - left) % 65536 == 1 for left, right in zip(numbers, numbers[1:]))
    assert faults(after) == faults(before)


def test_interface_is_changed_during_a_stream(stream, install):
    """A missing interface interrupts the stream. Back on the previous one, the stream continues with a counted gap and the same SSRC."""
    a, b = stream
    before = wait_for_packets(b)
    run_command(a, install, "configure", "network.interface", "absent0", "--force")
    expect_waiting(a, "senders", "interface absent0 does not exist")
    run_command(a, install, "configure", "network.interface", "net0")
    after = wait_for_packets(b, 200)
    assert after["ssrc"] == before["ssrc"] and after["resyncs"] == before["resyncs"], (before, after)
    assert after["lost"] > before["lost"], "the gap is not counted"
    # The same change at the receiver.
    run_command(b, install, "configure", "network.interface", "absent0", "--force")
    expect_waiting(b, "receivers", "interface absent0 does not exist")
    run_command(b, install, "configure", "network.interface", "net0")
    wait_for_packets(b)


@pytest.mark.parametrize("side", ["sender", "receiver"])
def test_link_flap(stream, side):
    """A link that was down causes a counted gap, and the stream continues.

    The receiver joins the group again, because the link may lead to another switch now.
    """
    a, b = stream
    before = wait_for_packets(b)
    host, far = (a, b) if side == "sender" else (b, a)
    file = far.path("igmp.pcapng")
    host.run("ip", "link", "set", "net0", "down")
    expect_waiting(host, side + "s", "interface net0 is down")
    wait_for(lambda: "state DOWN" in sh("ip", "-n", far.namespace, "link", "show", "net0"), "the far end to notice")
    dump = peers.start_capture(far, file, "any", "igmp")
    host.run("ip", "link", "set", "net0", "up")
    after = wait_for_packets(b, 200)
    assert after["ssrc"] == before["ssrc"] and after["resyncs"] == before["resyncs"], (before, after)
    assert after["lost"] > before["lost"], "the gap is not counted"
    dump.stop(2)
    if side == "receiver":
        groups = [row[0] for row in peers.dissect(file, ["igmp.maddr"], only="igmp.type == 0x22")]
        assert any(STREAM["address"] in row for row in groups), groups


def test_interface_is_renamed(stream):
    """A configured interface that is renamed is not used until it has its name again."""
    a, b = stream

    def rename(old, new):
        b.run("ip", "link", "set", old, "down")
        b.run("ip", "link", "set", old, "name", new)
        b.run("ip", "link", "set", new, "up")

    rename("net0", "net9")
    expect_waiting(b, "receivers", "interface net0 does not exist; available: lo, net9")
    rename("net9", "net0")
    runs(b, "receivers")
    wait_for_packets(b)


def test_interface_is_deleted_and_created_again(network, stream):
    """Sender and receiver find an interface that was deleted and created again with the same name."""
    a, b = stream
    sh("ip", "-n", a.namespace, "link", "del", "net0")
    for host in (a, b):
        expect_waiting(host, "senders" if host is a else "receivers", "interface net0 does not exist")
    network.join()
    wait_for_packets(b, 200, timeout=10)
    runs(a, "senders")


def test_automatic_choice_is_kept(network, install):
    """With `auto`, an interface that appears later is not used, although it would have been the first choice at the start."""
    a, b = network.a, network.b
    sh("ip", "-n", a.namespace, "link", "del", "net0")
    b.run("ip", "link", "add", "late0", "type", "veth", "peer", "name", "late1")
    network.join()
    auto = {"network": {"interface": "auto"}}
    Daemon(a, install, configuration(senders=[STREAM], receivers=[], **auto)).start().settle()
    Daemon(b, install, configuration(host=2, senders=[], receivers=[STREAM], **auto)).start()
    before = wait_for_packets(b)
    b.run("ip", "addr", "add", "10.68.0.1/24", "dev", "late0")
    for name in ("late0", "late1"):
        b.run("ip", "link", "set", name, "up")
    after = wait_for_packets(b, 500)
    assert faults(after) == faults(before)
    assert b.daemon.fresh_status()["interface"]["name"] == "net0"


def add_bridge(network, host, name="docker0"):
    """Makes a bridge as a container engine does, with one container: up, with an address and a carrier."""
    other = network.b if host is network.a else network.a
    host.run("ip", "link", "add", name, "type", "bridge")
    host.run("ip", "link", "add", "vethc", "master", name, "type", "veth", "peer", "name", "container", "netns", other.namespace)
    host.run("ip", "addr", "add", "172.17.0.1/16", "dev", name)
    for each in ("vethc", name):
        host.run("ip", "link", "set", each, "up")
    other.run("ip", "link", "set", "container", "up")


def doctor(host, install, check):
    return next(f for f in json.loads(run_command(host, install, "doctor", "--json", check=False).stdout) if f["check"] == check)


@pytest.mark.parametrize("name", ["docker0", "virbr0"])
def test_automatic_choice_waits_for_a_cable(network, install, name):
    """Field case 14: a container bridge is not used although it is up first. The wired interface is used as soon as it has a carrier."""
    a, b = network.a, network.b
    b.run("ip", "link", "set", "net0", "down")
    add_bridge(network, a, name)
    daemon = Daemon(a, install, configuration(senders=[STREAM], receivers=[], network={"interface": "auto"})).start()
    status = daemon.wait_status(lambda s: "net0 has no carrier" in s.get("interfaceProblem", ""), "the report of the missing carrier")
    assert status["interface"] is None and f"{name} is virtual" in status["interfaceProblem"], "an interface is used: neither bridge nor lo may be (trial F8)"
    assert doctor(a, install, "interface")["verdict"] == "fail"
    b.run("ip", "link", "set", "net0", "up")
    status = daemon.wait_status(lambda s: s["interface"] and s["interface"]["name"] == "net0", "the use of net0")
    assert status["interface"]["kind"] == "wired"
    # The cable is unplugged; nothing may be sent to the container bridge.
    b.run("ip", "link", "set", "net0", "down")
    daemon.wait_status(lambda s: s["interface"] is None, "no interface in use")
    expect_waiting(a, "senders", "interface net0 has no carrier")
    b.run("ip", "link", "set", "net0", "up")
    daemon.wait_status(lambda s: s["interface"] and s["interface"]["name"] == "net0", "the use of net0 again")


def test_a_wired_interface_replaces_a_virtual_one(network, install):
    """Field case 14: a host with only a bridge uses it with a warning, and changes to a wired interface as soon as there is one."""
    a = network.a
    sh("ip", "-n", a.namespace, "link", "del", "net0")
    add_bridge(network, a)
    daemon = Daemon(a, install, configuration(senders=[STREAM], receivers=[], network={"interface": "auto"})).start()
    daemon.wait_status(lambda s: s["interface"] and s["interface"]["name"] == "docker0", "the bridge")
    found = doctor(a, install, "interface")
    assert found["verdict"] == "warning" and "virtual" in found["seen"] and "network.interface" in found["fix"], found
    network.join()
    daemon.wait_status(lambda s: s["interface"] and s["interface"]["name"] == "net0" and s["senders"][0]["packets"] > 0, "packets on net0")
    assert doctor(a, install, "interface")["verdict"] == "ok"


@pytest.mark.parametrize("order", ["label last", "label first", "labels alone"])
def test_labelled_addresses(network, install, order):
    """A labelled address (`net0:1`) counts as an address of its interface, which `auto` chooses at each start. The first address is used."""
    a = network.a
    labelled = [("10.67.0.41/24", "net0:1"), ("10.67.0.42/24", "net0:av")]
    a.run("ip", "addr", "flush", "dev", "net0")
    plain = [("10.67.0.1/24", "net0")]
    addresses = {"label last": plain + labelled, "label first": labelled + plain, "labels alone": labelled}[order]
    for address, label in addresses:
        a.run("ip", "addr", "add", address, "dev", "net0", "label", label)
    for _ in range(4):
        daemon = Daemon(a, install, configuration(senders=[STREAM], receivers=[], network={"interface": "auto"})).start()
        daemon.settle()
        status = daemon.fresh_status()
        assert status["interface"]["name"] == "net0"
        assert status["interface"]["address"] == addresses[0][0].split("/")[0]
        assert "net0:" not in daemon.log
        daemon.stop()


def test_a_label_is_refused_as_interface(network, install):
    """A label in the configuration is reported as an interface that does not exist, and labels are not listed as available."""
    network.a.run("ip", "addr", "add", "10.67.0.41/24", "dev", "net0", "label", "net0:1")
    Daemon(network.a, install, configuration(senders=[STREAM], receivers=[], network={"interface": "net0:1"})).start()
    wait_for(lambda: "interface net0:1 does not exist; available: lo, net0;" in network.a.daemon.log, "the refusal")
