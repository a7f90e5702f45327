# SPDX-License-Identifier: MIT
"""Loss, duplication, reordering and delay on the network: the counters equal the number of injected faults, and all other audio is exact."""

import re
import time

from harness import pattern, session
from harness.daemon import Daemon, configuration
from test_harness import loss_rule

STREAM = {"name": "one", "address": "239.69.5.1", "channels": 8}
COUNT = 96_000  # frames: two seconds
PACKET = 48


def start(network, install, link_offset="100ms"):
    """One stream of eight channels from a to b."""
    streams = {"link-offset": link_offset}
    Daemon(network.a, install, configuration(streams=streams, senders=[STREAM], receivers=[])).start().settle()
    Daemon(network.b, install, configuration(host=2, streams=streams, senders=[], receivers=[STREAM])).start()
    network.b.daemon.wait_status(lambda s: s["receivers"][0]["inTime"] > 50, "the stream to arrive")
    return network.a, network.b


def play_through(a, b):
    """Plays the pattern and returns the runs of the recording."""
    signal = pattern.Pattern(8)
    recorder, sink = session.start_recording(b, pcm="aes67:CH=8", channels=8)
    session.play_pattern(a, signal.frames(COUNT), pcm="aes67:CH=8", channels=8).wait()
    session.hear_out(b, recorder, sink)
    session.finish(recorder)
    return signal.runs(pattern.read(sink, "S32_LE", 8))


def expect_holes(runs, modulus):
    """Checks that the recording has gaps of one packet, `modulus` packets apart, and no other change."""
    sounding = [r for r in runs if r.kind != "silence"]
    assert all(r.kind == "intact" for r in sounding), pattern.describe(runs)
    assert len({r.start - r.frame for r in sounding}) == 1, f"the offset moved:\n{pattern.describe(runs)}"
    holes = [r for r in runs if r.kind == "silence" and sounding[0].start < r.start < sounding[-1].start]
    assert holes and {r.length for r in holes} == {PACKET}, pattern.describe(runs)
    assert {q.start - p.start for p, q in zip(holes, holes[1:])} == {modulus * PACKET}, pattern.describe(runs)
    return holes


def test_loss(network, install):
    a, b = start(network, install)
    b.run("nft", loss_rule(32, 5))
    runs = play_through(a, b)
    # Drop no more packets, so that the counter does not change while it is read.
    b.run("nft", "insert", "rule", "netdev", "bench", "loss", "accept")
    listing = b.run("nft", "list", "ruleset").stdout
    injected = int(re.search(r"packets (\d+) ", listing).group(1))
    time.sleep(0.3)
    holes = expect_holes(runs, 32)
    assert len(holes) in (COUNT // PACKET // 32, COUNT // PACKET // 32 + 1)
    dropped = a.daemon.fresh_status()["senders"][0]["dropped"]
    assert b.daemon.fresh_status()["receivers"][0]["lost"] == injected + dropped


def test_counters_of_two_daemons(network, install):
    """One stream in each direction with an exact loss: each receiver's lost packets are those that the firewall and the sender dropped."""
    streams = [{"name": f"{n}", "address": f"239.69.5.{n}", "channels": 8, "first-channel": 1 + 8 * (n - 1)} for n in (1, 2)]
    for number, host in enumerate((network.a, network.b)):
        Daemon(host, install, configuration(senders=[streams[number]], receivers=[streams[1 - number]])).start()
    hosts = [network.a, network.b]
    for host in hosts:
        host.daemon.wait_status(lambda s: s["receivers"][0]["inTime"] > 50, "the stream to arrive")
    for host, modulus in zip(hosts, (16, 64)):
        host.run("nft", loss_rule(modulus, 3))
    time.sleep(5)
    injected = []
    for host in hosts:
        host.run("nft", "insert", "rule", "netdev", "bench", "loss", "accept")
        injected.append(int(re.search(r"packets (\d+) ", host.run("nft", "list", "ruleset").stdout).group(1)))
    time.sleep(0.5)
    status = [host.daemon.fresh_status() for host in hosts]
    for here, far in ((0, 1), (1, 0)):
        receiver, sender = status[here]["receivers"][0], status[far]["senders"][0]
        expect_counters(receiver, lost=injected[here] + sender["dropped"])
        assert injected[here] > 60 and sender["sendErrors"] == sender["withheld"] == 0


def expect_counters(receiver, **expected):
    names = ["late", "early", "duplicate", "foreign", "malformed", "reordered", "lost", "resyncs"]
    seen = {name: receiver[name] for name in names}
    assert seen == {**dict.fromkeys(names, 0), **expected}
    classes = ["inTime", "late", "early", "duplicate", "foreign", "malformed"]
    assert receiver["packets"] == sum(receiver[name] for name in classes), "the classes do not add up to the packets"


def test_duplicates(wired, install, misbehave):
    wire = misbehave("double:64:7")
    a, b = start(wired, install)
    wire.begin()
    runs = play_through(a, b)
    applied = wire.end()[0]
    time.sleep(0.3)
    expect_one_piece(runs)
    expect_counters(b.daemon.fresh_status()["receivers"][0], duplicate=applied)


def test_reordering(wired, install, misbehave):
    wire = misbehave("overtake:64:9:5")
    a, b = start(wired, install)
    wire.begin()
    runs = play_through(a, b)
    applied = wire.end()[0]
    time.sleep(0.3)
    expect_one_piece(runs)
    expect_counters(b.daemon.fresh_status()["receivers"][0], reordered=applied)


def test_late_packets(wired, install, misbehave):
    """Packets that arrive after their playout time are discarded, and leave a gap."""
    wire = misbehave("delay:64:9:90")
    a, b = start(wired, install, link_offset="50ms")
    wire.begin()
    runs = play_through(a, b)
    applied = wire.end()[0]
    time.sleep(0.4)
    expect_holes(runs, 64)
    expect_counters(b.daemon.fresh_status()["receivers"][0], late=applied, lost=applied, reordered=applied)


def test_wire_losses(wired, install, misbehave):
    wire = misbehave("lose:16:3", "double:16:4", "overtake:16:11:5")
    a, b = start(wired, install)
    wire.begin()
    runs = play_through(a, b)
    lost, doubled, delayed = wire.end()
    time.sleep(0.4)
    expect_holes(runs, 16)
    expect_counters(b.daemon.fresh_status()["receivers"][0], lost=lost, duplicate=doubled, reordered=delayed)


def expect_one_piece(runs):
    sounding = [r for r in runs if r.kind != "silence"]
    assert [(r.kind, r.frame, r.length) for r in sounding] == [("intact", 0, COUNT)], pattern.describe(runs)
