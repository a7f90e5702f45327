# SPDX-License-Identifier: MIT
"""Real programs that send without our clock, heard in one piece (field case 21): for half a minute at a link offset that outlasts
the machine's stalls, and for a minute at the one that the daemon proposes once it has heard the sender."""

import numpy
import pytest

from harness import pattern, session
from harness.control import run_command
from harness.daemon import Daemon, configuration
from zoo import senders

RATE = 48_000
SETTLED = RATE * 3 // 2  # frames: until then a stream may move once
ZOO = senders()


def each_of(zoo):
    return pytest.mark.parametrize("sender", zoo, ids=lambda sender: sender.name)


def signal(bits, seconds):
    """A pattern of that length, as often as it fits: `(pattern, its samples)`."""
    each = pattern.Pattern(2, bits)
    whole = each.frames(min(each.period - 1, seconds * RATE))
    return each, numpy.tile(whole, (-(-seconds * RATE // len(whole)), 1))[:seconds * RATE]


def unwrapped(runs, period):
    """Joins pieces of which one ends where the pattern ends and the next begins anew behind it: [(start, end)]."""
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
    """From the frame `begin` of the recording on, or soon after, that many frames are there, one after the other."""
    pieces = [piece for piece in unwrapped(runs, period) if piece[1] > begin]
    assert len(pieces) == 1 and pieces[0][0] <= begin, f"not in one piece:\n{heard}"
    assert pieces[0][1] - begin >= frames, f"it broke off:\n{heard}"


def start(sender, install, network, seconds, **streams):
    """Host b records what the sender plays: `(its pattern, the recorder, its file, the player)`."""
    b = network.b
    b.burst_ms = sender.burst_ms
    Daemon(b, install, configuration(senders=[], receivers=[{"name": "zoo", **sender.receiver(network.a)}], streams=streams)).start()
    each, samples = signal(sender.bits, seconds)
    recorder, sink = session.start_recording(b, pcm="aes67:CH=2", channels=2)
    return each, recorder, sink, sender.start(network.a, samples)


def finish(host, each, recorder, sink):
    """The receiver's status, and the runs of what was heard."""
    status = host.daemon.fresh_status().receiver("zoo")
    session.hear_out(host, recorder, sink)
    session.finish(recorder)
    return status, each.runs(pattern.read(sink, "S32_LE", 2))


@each_of([sender for sender in ZOO if not sender.long])
def test_heard_in_one_piece(sender, install, network):
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
def test_a_minute_at_the_offset_that_is_proposed(sender, install, network):
    """Subscribed with the defaults, heard for a while, then `aes67 histogram --take`: a minute without a late packet or a break."""
    b, learns, seconds = network.b, 20, 60
    each, recorder, sink, player = start(sender, install, network, learns + seconds + 5, **{"link-offset": "3ms"})
    b.daemon.wait_status(lambda status: status.receiver("zoo")["packets"] > 0, "the sender to be heard", timeout=20)
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
