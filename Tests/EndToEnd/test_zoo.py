# SPDX-License-Identifier: MIT
"""Real programs that send without our clock, heard in one piece (field case 21).

For half a minute, at a link offset that outlasts the machine's stalls.
"""

import numpy
import pytest

from harness import pattern, session
from harness.daemon import Daemon, configuration
from zoo import senders

RATE = 48_000
SETTLED = RATE * 3 // 2  # frames: until then a stream may move once
ZOO = senders()


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


def play(sender, install, network, seconds, **streams):
    """Plays that long and returns the receiver's status, and the pieces that were heard once it had settled."""
    b = network.b
    Daemon(b, install, configuration(senders=[], receivers=[{"name": "zoo", **sender.receiver}], streams=streams)).start()
    each, samples = signal(sender.bits, seconds)
    recorder, sink = session.start_recording(b, pcm="aes67:CH=2", channels=2)
    sender.start(network.a, samples).wait(seconds + 30)
    status = b.daemon.fresh_status().receiver("zoo")
    session.hear_out(b, recorder, sink)
    session.finish(recorder)
    runs = each.runs(pattern.read(sink, "S32_LE", 2))
    pieces = unwrapped(runs, each.period)
    assert pieces, pattern.describe(runs)
    first = pieces[0][0]
    settled = [piece for piece in pieces if piece[1] > first + SETTLED]
    heard = f"{pattern.describe(runs)}\n{status}"
    assert len(settled) == 1 and settled[0][0] <= first + SETTLED, f"not in one piece:\n{heard}"
    assert settled[0][1] - first >= (seconds - 1) * RATE, f"it broke off:\n{heard}"
    assert status["resyncs"] == 0, heard
    assert status["late"] == status["lost"] == status["early"] == 0, heard
    assert "rateOffsetPartsPerMillion" not in status["timing"], heard
    return status


@pytest.mark.parametrize("sender", ZOO, ids=lambda sender: sender.name)
def test_heard_in_one_piece(sender, install, network):
    status = play(sender, install, network, 30, **{"link-offset": "200ms"})
    assert 15_000 < status["timing"]["burstMicroseconds"] < 60_000, status
