# SPDX-License-Identifier: MIT
"""Settings of clock, network and sessions change while the daemons run: nothing restarts, and the media clock continues."""

import re

import numpy
import pytest

from harness import daemon as daemons
from harness import pattern, session
from harness.control import Control
from harness.daemon import ROOT, runs
from harness.network import sh, wait_for
from harness.ptp import FAST, locked

pytestmark = pytest.mark.calm

STREAM = {"name": "Stage", "address": "239.69.5.1", "channels": 2}


def change(host, **settings):
    """Changes settings at run time, named as `ptp__domain`; fails if one of them needs a restart."""
    named = {key.replace("__", ".").replace("_", "-"): value for key, value in settings.items()}
    answer = Control(host.daemon).ask("PATCH", "/v1/configuration", {"settings": named})
    assert answer.status == 200, answer.text
    assert not answer.json["needsRestart"], answer.text


def elected(hosts, domain, timeout=20):
    """Waits until one host is grandmaster in this domain and the other follows it."""
    def done():
        clocks = [host.daemon.status()["ptp"] for host in hosts]
        return (all(clock and clock["domain"] == domain for clock in clocks)
                and sorted(clock["state"] for clock in clocks) == ["master", "slave"]
                and all(clock["locked"] for clock in clocks if clock["state"] == "slave")
                and len({clock["grandmaster"] for clock in clocks}) == 1)
    wait_for(done, f"an election in domain {domain}", timeout)
    return [host.daemon.fresh_status() for host in hosts]


def offsets(statuses):
    return [status["clock"]["mediaOffset"] for status in statuses]


@pytest.fixture
def pair(network, install):
    """Two hosts of which one has been elected grandmaster, each with one sender."""
    hosts = (network.a, network.b)
    for number, host in enumerate(hosts, 1):
        stream = {**STREAM, "name": f"Stage {number}", "address": f"239.69.5.{number}"}
        daemons.Daemon(host, install, daemons.configuration(
            host=number, ptp={**FAST, "mode": "auto"}, senders=[stream], receivers=[])).start()
    elected(hosts, 0)
    for host in hosts:
        host.daemon.wait_status(lambda s: runs(s["senders"][0]), "the sender")
    return hosts


def sending(host, more=200):
    packets = host.daemon.fresh_status()["senders"][0]["packets"]
    host.daemon.wait_status(lambda s: s["senders"][0]["packets"] >= packets + more, "packets")


def own(host, says=r"v=0"):
    """Returns the session that this host announces, once its SDP matches this pattern."""
    def matching():
        sessions = Control(host.daemon).get("/v1/sessions")["sessions"]
        return [s for s in sessions if s["isOwn"] and re.search(says, s["sdp"])]
    wait_for(matching, f"an own session whose SDP matches {says}", 10)
    return matching()[0]


def test_ptp_domain_is_changed(pair):
    """Both hosts change to another PTP domain and elect a grandmaster there. No media clock steps, and no stream gets another SSRC."""
    before = [host.daemon.fresh_status() for host in pair]
    versions = [own(host, r"ts-refclk:ptp=\S+:0\s")["version"] for host in pair]
    for host in pair:
        change(host, ptp__domain="5")
        assert host.daemon.fresh_status()["ptp"] is None or host.daemon.fresh_status()["ptp"]["domain"] == 5
    after = elected(pair, 5)
    assert offsets(after) == offsets(before)
    assert [status["ptp"]["rebases"] for status in after] == [0, 0]
    for host, status, first, number in zip(pair, after, before, versions):
        assert status["senders"][0]["ssrc"] == first["senders"][0]["ssrc"]
        assert status["clock"]["deviceFrame"] > first["clock"]["deviceFrame"]
        announced = own(host, rf"ts-refclk:ptp=\S+:{status['ptp']['grandmaster']}:5")
        assert announced["version"] > number
        sending(host)


def test_ptp_is_disabled_and_enabled(pair):
    """Without PTP, the media clock continues at its last rate and the status has no PTP. With PTP enabled again, one host follows the other."""
    before = [host.daemon.fresh_status() for host in pair]
    for host in pair:
        change(host, ptp__mode="off")
    for host, status in zip(pair, before):
        now = host.daemon.fresh_status()
        assert now["ptp"] is None and now["clock"]["state"] == "free-running", now["clock"]
        assert now["clock"]["mediaOffset"] == status["clock"]["mediaOffset"]
        own(host, "ts-refclk:localmac=")
        sending(host)
    for host in pair:
        change(host, ptp__mode="auto")
    after = elected(pair, 0)
    assert offsets(after) == offsets(before)
    assert [s["senders"][0]["ssrc"] for s in after] == [s["senders"][0]["ssrc"] for s in before]


def test_unrelated_settings_do_not_affect_ptp(pair):
    """Changes of TTL and log level neither restart the PTP port nor disturb the lock."""
    marks = [len(host.daemon.log) for host in pair]
    for host in pair:
        change(host, network__ttl="7", log__level="info", ptp__domain="0")
        own(host, r"c=IN IP4 239\.69\.5\.\d/7\s")
    elected(pair, 0, timeout=3)
    for host, mark in zip(pair, marks):
        assert "PTP port is" not in host.daemon.log[mark:] and "PTP clock" not in host.daemon.log[mark:]


def test_clock_source_is_changed(pair):
    """The clock source changes to system-tai, which locks or gives a reason why not, and back to PTP."""
    a, b = pair
    refused = Control(a.daemon).ask("PATCH", "/v1/configuration", {"settings": {"clock.source": "system-tai"}})
    assert refused.status == 400 and "ptp.mode" in refused.text.replace("ptp: mode", "ptp.mode"), refused.text
    change(a, clock__source="system-tai", ptp__mode="off")
    status = a.daemon.wait_status(
        lambda s: s["clock"]["source"] == "system-tai" and (s["clock"].get("external") or {}).get("manner"), "the clock system-tai")
    assert status["ptp"] is None
    a.daemon.wait_status(lambda s: s["clock"]["external"]["locked"] or s["clock"]["external"]["problem"], "a lock, or the reason for none")
    change(a, clock__source="ptp", ptp__mode="auto")
    for status in elected(pair, 0):
        assert status["clock"]["source"] == "ptp" and status["clock"].get("external") is None
    assert locked(a.daemon.status()) or locked(b.daemon.status())


def test_layout_base_and_loopback_are_changed(network, install):
    """Automatic addresses change with layout.base while the sessions keep their origin and get a later version.

    Senders continue with loopback enabled.
    """
    a = network.a
    free = {"name": "Free", "address": "auto", "channels": 2}
    sections = {"senders": [free, STREAM], "receivers": []}
    daemons.Daemon(a, install, daemons.configuration(**sections)).start()
    a.daemon.wait_status(lambda s: s.sender("Free")["address"].startswith("239.69.")
                         and runs(s.sender("Free")), "an address", 10)
    fixed = a.daemon.status().sender("Stage")
    first = own(a, "s=Free")
    change(a, layout__base="239.71.0.0")
    a.daemon.wait_status(lambda s: s.sender("Free")["address"].startswith("239.71.")
                         and runs(s.sender("Free")), "another address", 10)
    moved = own(a, r"s=Free[\s\S]*239\.71\.")
    assert moved["version"] > first["version"] and moved["origin"] == first["origin"]
    change(a, network__loopback="true")
    sending(a)
    now = a.daemon.fresh_status().sender("Stage")
    assert (now["ssrc"], now["address"]) == (fixed["ssrc"], STREAM["address"])


def test_a_session_keeps_its_origin(network, install):
    """SDP-01: with another name and address, and after a restart, the session keeps its origin and its version does not decrease."""
    a = network.a
    daemons.Daemon(a, install, daemons.configuration(senders=[STREAM], receivers=[])).start().settle()
    first = own(a, "s=Stage")
    answer = Control(a.daemon).ask("PATCH", "/v1/senders/by-name/Stage", {"name": "Hall", "address": "239.69.8.8"})
    assert answer.status == 200, answer.text
    second = own(a, r"s=Hall[\s\S]*239\.69\.8\.8")
    assert second["origin"] == first["origin"] and second["version"] > first["version"]
    a.daemon.stop()
    daemons.Daemon(a, install, daemons.configuration(senders=[STREAM], receivers=[])).start().settle()
    third = own(a, r"s=Hall[\s\S]*239\.69\.8\.8")
    assert third["origin"] == first["origin"] and third["version"] >= second["version"]


@pytest.fixture
def two_links(network, install):
    """Two hosts with two links between them. Eight streams with explicit settings carry 64 channels from a to b."""
    sh("ip", "-n", network.a.namespace, "link", "add", "net1", "type", "veth", "peer", "name", "net1", "netns", network.b.namespace)
    streams = [{"name": f"block {n}", "address": f"239.69.6.{n}", "channels": 8, "first-channel": 8 * n - 7} for n in range(1, 9)]
    senders = [{**s, "packet-time": "1ms"} for s in streams]
    receivers = [{**s, "link-offset": "100ms"} for s in streams]
    for number, host in enumerate((network.a, network.b), 1):
        sh("ip", "-n", host.namespace, "addr", "add", f"10.68.0.{number}/24", "dev", "net1")
        sh("ip", "-n", host.namespace, "link", "set", "net1", "up")
        daemons.Daemon(host, install, daemons.configuration(
            host=number, ptp={**FAST, "mode": "auto"}, streams={"link-offset": "100ms", "max-lateness": "100ms"},
            senders=senders if number == 1 else [], receivers=receivers if number == 2 else [])).start()
        profiles = host.daemon.config_file.parent / "profiles"
        profiles.mkdir()
        (profiles / "low-latency.yaml").write_bytes((ROOT / "configs/profiles/low-latency.yaml").read_bytes())
    elected((network.a, network.b), 0)
    network.b.daemon.wait_status(lambda s: all(r["inTime"] > 100 for r in s["receivers"]), "packets in time on all receivers")
    return network.a, network.b


def expect_reception(host):
    """Waits until all receivers have received further packets in time."""
    before = {r["id"]: r["inTime"] for r in host.daemon.status()["receivers"]}
    wait_for(lambda: all(r["inTime"] > before[r["id"]] + 20 for r in host.daemon.status()["receivers"]), "packets", 10)


@pytest.mark.long
def test_a_hundred_changes_during_playback(two_links):
    """Interface, PTP domain, profile and DSCP change in turn while four programs have the device open.

    No program reports an error. Each change of the interface costs at most one second; all other changes cost no sample.
    """
    a, b = two_links
    signal = pattern.Pattern(64)
    once = signal.period - 1
    player = session.play_pattern(a, numpy.tile(signal.frames(once), (40, 1)))
    recorder, sink = session.start_recording(b)
    others = [session.start_recording(a, name="a.raw", pcm="aes67:CH=2", channels=2)[0],
              b.spawn("aplay", "-q", "-D", "aes67:CH=2", "-t", "raw", "-f", "S32_LE", "-c2", "-r48000", "/dev/zero")]
    a.daemon.client(player)
    stays, moves = [], []
    for number in range(100):
        kind = ("interface", "domain", "profile", "dscp")[number % 4]
        begin = session.frames_in(sink, 256)
        value = {"interface": ("net1", "net0"), "domain": ("3", "0"), "profile": ("low-latency", "interop"), "dscp": ("46", "34")}[kind][number // 4 % 2]
        key = {"interface": "network.interface", "domain": "ptp.domain", "profile": "profile", "dscp": "network.dscp"}[kind]
        for host in (a, b):
            answer = Control(host.daemon).ask("PATCH", "/v1/configuration", {"settings": {key: value}})
            assert answer.status == 200 and not answer.json["needsRestart"], answer.text
        expect_reception(b)
        session.grow(sink, 256 * 24_000)
        (moves if kind == "interface" else stays).append((begin, session.frames_in(sink, 256)))
    for program in (player, recorder, *others):
        assert program.running, f"{program}: {program.output[-500:]}"
    session.finish(recorder)
    assert all("xrun" not in p.output.lower() and "error" not in p.output.lower() for p in (player, recorder, *others))
    recorded = numpy.memmap(sink, dtype="<i4", mode="r").reshape(-1, 64)
    numbers = numpy.concatenate([signal.numbers(numpy.array(recorded[i:i + 48_000])) for i in range(0, len(recorded), 48_000)])
    # The eight streams stop and start one after the other, so some frames have only some of the channels.
    incomplete = numbers < 0
    first = int(numpy.argmin(incomplete))
    for begin, end in stays:
        # The first 9,600 frames are left out: the link offset of 100 ms and a period.
        part = numbers[max(begin, first + 9_600):end]
        steps = (part[1:] - part[:-1]) % once
        assert (part >= 0).all() and (steps == 1).all(), f"frames {begin} to {end}: {pattern.describe(pattern.runs_of(part))}"
    for begin, end in moves:
        missing = int(incomplete[max(begin, first):end].sum())
        assert missing <= 48_000, f"{missing} frames are silent or incomplete"
