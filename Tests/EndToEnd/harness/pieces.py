# SPDX-License-Identifier: MIT
"""The rule about gaps in a recording after steps of the network's time."""

from . import pattern


def offsets(runs):
    """Returns the position of the pattern in the recording, for each intact run."""
    return [run.start - run.frame for run in runs if run.kind == "intact"]


def expect_pieces(runs, jumps, dropped=False):
    """Checks that a pattern has gaps of less than a second, at most one for each jump, and otherwise an offset that is constant within two
    frames.

    A receiver that has not jumped yet refuses packets that its sender has stamped after the jump, which causes silence. There is none if
    both hosts jump at the same packet. While both hosts synchronise again, frames may be missing at several positions. Packets that the
    sender dropped leave gaps as well.
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
