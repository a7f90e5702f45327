# SPDX-License-Identifier: MIT
"""`aes67 doctor`: findings about firewall, link and receivers. Only the last minutes count (trial, small ones)."""

import json

import pytest

from harness.control import run_command
from harness.daemon import Daemon, configuration
from harness.network import wait_for

pytestmark = pytest.mark.calm

STREAM = {"name": "one", "address": "239.69.5.1", "channels": 2}
NEEDED = "319, 320, 5004, 5005, 9875"


@pytest.fixture
def host(lone):
    return lone(receivers=[STREAM], senders=[])


def look(host, install, check):
    """Returns the findings of one check."""
    report = json.loads(run_command(host, install, "doctor", "--json", check=False).stdout)
    return [finding for finding in report if finding["check"] == check]


def ruleset(host, *rules, policy="accept", more=()):
    file = host.path("rules.nft")
    chain = "\n".join(["type filter hook input priority 0", f"policy {policy}", *rules])
    file.write_text(f"flush ruleset\ntable inet filter {{\n{''.join(more)}\nchain input {{\n{chain}\n}}\n}}\n")
    host.run("nft", "-f", file)


@pytest.mark.parametrize("rules, policy, more, dropped", [
    ((), "drop", (), ["UDP 5004", "UDP 319", "UDP 9875", "IGMP"]),
    (("ct state established,related accept", 'iifname "lo" accept', "tcp dport 22 accept"), "drop", (), ["UDP 5004", "IGMP"]),
    (("udp dport 319-320 drop",), "accept", (), ["UDP 319", "UDP 320"]),
    (("jump more",), "accept", ("chain more {\nudp dport 5004 counter reject\n}\n",), ["UDP 5004"]),
    ((f"udp dport {{ {NEEDED} }} accept",), "drop", (), ["IGMP"]),
])
def test_a_firewall_that_drops_needed_packets(host, install, rules, policy, more, dropped):
    """The finding names the chain and the dropped packets. The printed fix, run unchanged, resolves it."""
    ruleset(host, *rules, policy=policy, more=more)
    found, = look(host, install, "firewall")
    assert found["verdict"] == "fail" and "inet filter input" in found["seen"] and "net0" in found["seen"], found
    for what in ("UDP 319", "UDP 320", "UDP 5004", "UDP 5005", "UDP 9875", "IGMP"):
        if what in dropped:
            assert what in found["seen"], found
        elif len(dropped) < 4 and policy == "accept":
            assert what not in found["seen"], found
    host.run("sh", "-c", found["fix"])
    fixed, = look(host, install, "firewall")
    assert fixed["verdict"] == "ok", fixed


@pytest.mark.parametrize("rules, policy", [
    (("ct state established accept", f"udp dport {{ {NEEDED} }} accept", "ip protocol igmp accept"), "drop"),
    (("tcp dport 80 drop", "udp dport 53 drop", 'iifname "wlan0" drop'), "accept"),
    (('iifname "net0" accept',), "drop"),
    (("meta l4proto udp accept", "meta l4proto igmp accept"), "drop"),
])
def test_a_firewall_that_accepts_needed_packets(host, install, rules, policy):
    ruleset(host, *rules, policy=policy)
    found, = look(host, install, "firewall")
    assert found["verdict"] == "ok", found


def test_an_unknown_firewall_rule_gives_the_verdict_unknown(host, install):
    ruleset(host, "ip saddr 10.0.0.0/8 accept", policy="drop")
    found, = look(host, install, "firewall")
    assert found["verdict"] == "unknown" and "UDP 5004" in found["seen"], found


@pytest.mark.parametrize("lines, verdict", [
    ([":INPUT DROP [0:0]", "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"], "fail"),
    ([":INPUT DROP [0:0]", "-A INPUT -p udp -m multiport --dports 319,320,5004:5005,9875 -j ACCEPT", "-A INPUT -p igmp -j ACCEPT"], "ok"),
    ([":INPUT ACCEPT [0:0]", ":guard - [0:0]", "-A INPUT -j guard", "-A guard -i net0 -p udp -m udp --dport 5004 -j REJECT --reject-with x"], "fail"),
    ([":INPUT ACCEPT [0:0]", "-A INPUT -i eth9 -j DROP"], "ok"),
])
def test_iptables(host, install, lines, verdict):
    programs = host.path("programs")
    programs.mkdir()
    save = programs / "iptables-save"
    save.write_text("#!/bin/sh\ncat <<END\n*filter\n" + "\n".join(lines) + "\nCOMMIT\nEND\n")
    save.chmod(0o755)
    host.environment["PATH"] = f"{programs}:{host.environment['PATH']}"
    found, = look(host, install, "firewall")
    assert found["verdict"] == verdict, found
    if verdict == "fail":
        assert found["fix"].startswith("iptables -I "), found


def test_link_speed(host, install):
    """The link speed is read from the namespace's own /sys. The machine's /sys does not show the interface; then the verdict is unknown."""
    words = f"mount -t sysfs none /sys && {install.directory}/aes67 doctor --json --socket {host.daemon.runtime}/control.sock"
    report = {f["check"]: f for f in json.loads(host.run("unshare", "-m", "sh", "-c", words, check=False).stdout)}
    assert report["link speed"]["verdict"] == "ok" and "10000 Mbit/s, full duplex" in report["link speed"]["seen"], report["link speed"]
    assert look(host, install, "link speed")[0]["verdict"] == "unknown"


def test_past_faults_are_dropped_and_failures_come_first(network, install):
    """Failures come before warnings, with their time. A receiver whose stream is back is ok again although it lost packets."""
    a, b = network.a, network.b
    Daemon(a, install, configuration(senders=[STREAM], receivers=[])).start().settle()
    Daemon(b, install, configuration(host=2, senders=[], receivers=[STREAM])).start()
    b.daemon.wait_status(lambda s: s["receivers"][0]["state"] == "receiving", "the stream")
    a.daemon.kill()
    b.daemon.wait_status(lambda s: s["receivers"][0]["state"] == "silent", "the receiver to be silent")
    lines = run_command(b, install, "doctor", check=False).stdout.splitlines()
    ranks = [["FAIL", "warning", "unknown", "ok"].index(line.split()[0]) for line in lines[1:lines.index("")]]
    assert ranks == sorted(ranks) and lines[1].startswith("FAIL"), lines
    receiver, = look(b, install, "receivers")
    assert receiver["verdict"] == "fail" and "no packets for" in receiver["seen"] and ", since " in receiver["seen"] and receiver["fix"], receiver
    a.daemon.start()
    b.daemon.wait_status(lambda s: s["receivers"][0]["state"] == "receiving", "the stream again", 12)
    lost = b.daemon.fresh_status()["receivers"][0]
    wait_for(lambda: look(b, install, "receivers")[0]["verdict"] == "ok", f"the verdict ok after {lost['lost']} lost packets", 12)
