# SPDX-License-Identifier: MIT
"""Real programs that send without our clock are received in one piece (field case 21).

The recordings take half a minute with a link offset longer than the machine's stalls, and a minute with the offset that the daemon proposes
after measuring the sender.
"""

import numpy
import pytest

from harness import pattern, session
from harness.control import run_command
from harness.daemon import Daemon, configuration
from zoo import senders

RATE = 48_000
SETTLED = RATE * 3 // 2  # frames at the start in which a stream may be placed again once
ZOO = senders()


def each_of(zoo):
    return pytest.mark.parametrize("sender", zoo, ids=lambda sender: sender.name)


def signal(bits, seconds):
    """Returns a pattern and its samples, repeated to this length."""
    each = pattern.Pattern(2, bits)
    whole = each.frames(min(each.period - 1, seconds * RATE))
    return each, numpy.tile(whole, (-(-seconds * RATE // len(whole)), 1))[:seconds * RATE]


def unwrapped(runs, period):
    """Joins runs of which one ends with the pattern's last frame and the next starts directly behind it with the first; returns [(start, end)]."""
    pieces = []
    for run in runs:
        if run.kind != "intact":
            continue
        if pieces and pieces[-1][1] == run.start and run.frame == 0 and pieces[-1][2] == period - 1:
            pieces[-1] = (pieces[-1][0], run.end, run.frame + run.length)
        else:
            pieces.append((run.start, run.end, run.frame + run.length))
    return [(start, end) for start, end, _ in pieces]


def expect_one_piece(runs, period, begin, frames, heard):
    """Checks that the recording has one piece that starts at or before frame `begin` and has this many frames behind it."""
    pieces = [piece for piece in unwrapped(runs, period) if piece[1] > begin]
    assert len(pieces) == 1 and pieces[0][0] <= begin, f"not in one piece:\n{heard}"
    assert pieces[0][1] - begin >= frames, f"it ended too early:\n{heard}"


def start(sender, install, network, seconds, **streams):
    """Starts the receiver, a recording on host b, and the sender on host a; returns (pattern, recorder, its file, player)."""
    b = network.b
    b.burst_ms = sender.burst_ms
    Daemon(b, install, configuration(senders=[], receivers=[{"name": "zoo", **sender.receiver(network.a)}], streams=streams)).start()
    each, samples = signal(sender.bits, seconds)
    recorder, sink = session.start_recording(b, pcm="aes67:CH=2", channels=2)
    return each, recorder, sink, sender.start(network.a, samples)


def finish(host, each, recorder, sink):
    """Returns the receiver's status and the runs of the recording."""
    status = host.daemon.fresh_status().receiver("zoo")
    session.hear_out(host, recorder, sink)
    session.finish(recorder)
    return status, each.runs(pattern.read(sink, "S32_LE", 2))


@each_of([sender for sender in ZOO if not sender.long])
def test_received_in_one_piece(sender, install, network):
    seconds = 30
    each, recorder, sink, player = start(sender, install, network, seconds, **{"link-offset": "200ms"})
    player.wait(seconds + 30)
    status, runs = finish(network.b, each, recorder, sink)
    heard = f"{pattern.describe(runs)}\n{status}"
    first = next(run.start for run in runs if run.kind == "intact")
    expect_one_piece(runs, each.period, first + SETTLED, (seconds - 1) * RATE - SETTLED, heard)
    assert status["resyncs"] == 0, heard
    assert status["late"] == status["lost"] == status["early"] == 0, heard
    assert "rateOffsetPartsPerMillion" not in status["timing"], heard
    assert 15_000 < status["timing"]["burstMicroseconds"] < 60_000, status


@pytest.mark.long
@each_of(ZOO)
def test_a_minute_at_the_proposed_link_offset(sender, install, network):
    """The stream is received with the default link offset until `aes67 histogram --take` sets the proposed one; then a minute has no late
    packet and no gap.
    """
    b, learns, seconds = network.b, 20, 60
    each, recorder, sink, player = start(sender, install, network, learns + seconds + 5, **{"link-offset": "3ms"})
    b.daemon.wait_status(lambda status: status.receiver("zoo")["packets"] > 0, "the first packets", timeout=20)
    session.grow(sink, learns * RATE * 8, timeout=learns + 10)
    printed = run_command(b, install, "histogram", "zoo", "--take").stdout
    session.grow(sink, SETTLED * 8)
    before, begin = b.daemon.fresh_status().receiver("zoo"), session.frames_in(sink, 8)
    player.wait(seconds + 60)
    status, runs = finish(b, each, recorder, sink)
    heard = f"{printed}{pattern.describe(runs)}\n{status}"
    expect_one_piece(runs, each.period, begin, seconds * RATE, heard)
    assert {key: status[key] - before[key] for key in ("resyncs", "late", "lost", "early")} == dict.fromkeys(
        ("resyncs", "late", "lost", "early"), 0), heard
    assert "rateOffsetPartsPerMillion" not in status["timing"], heard
