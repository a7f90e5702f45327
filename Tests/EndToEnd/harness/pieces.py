# SPDX-License-Identifier: MIT
"""The parts of a signal that may be missing after steps of the network's time."""

from . import pattern


def offsets(runs):
    """The position of the pattern in the recording, for each piece."""
    return [run.start - run.frame for run in runs if run.kind == "intact"]


def expect_pieces(runs, jumps, dropped=False):
    """One pattern, disturbed for less than a second by each jump at the most; before, between and after at the same place, to the
    frame or two that rounding takes.

    What a sender stamps after its jump, a receiver that has not jumped yet refuses: silence. There is none where both hosts take
    the jump in the same packet, which is theirs to choose; and there may be several places where frames are left out while both
    agree anew. Packets that the sender dropped leave gaps, too.
    """
    assert all(run.kind != "torn" for run in runs), pattern.describe(runs)
    pieces = [run for run in runs if run.kind == "intact"]
    steady = [run for run in pieces if run.length > 48_000]
    assert steady and max(offsets(steady)) - min(offsets(steady)) <= 2, pattern.describe(runs)
    assert pieces[-1].end > runs[-1].end - 4_800, pattern.describe(runs)
    if dropped:
        return
    assert steady[0] is pieces[0] and steady[0].length > 3 * 48_000 and steady[-1] is pieces[-1], pattern.describe(runs)
    disturbed = [after.start - before.end for before, after in zip(steady, steady[1:])]
    assert len(disturbed) <= jumps and max(disturbed, default=0) < 48_000, pattern.describe(runs)
