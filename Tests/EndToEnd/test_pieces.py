# SPDX-License-Identifier: MIT
"""The changes that a step of the network's time may make in a recording: the rule that test_ptp_audio.py applies."""

import pytest

from harness import pattern
from harness.pieces import expect_pieces

pytestmark = pytest.mark.calm

LONG = 200_000


@pytest.mark.parametrize("pieces,good", [
    ([(0, 410_000, 0)], True),  # both jumps were taken together
    ([(0, LONG, 0), (201_000, 410_000, 0)], True),
    ([(0, LONG, 0), (LONG, 410_000, 2)], True),
    ([(0, LONG, 0), (201_000, 300_000, 1), (302_000, 410_000, -1)], True),
    ([(0, LONG, 0), (203_000, 209_000, 2), (209_026, 212_000, 4), (212_000, 410_000, 0)], True),
    ([(0, LONG, 0), (201_000, 410_000, 3)], False),  # elsewhere
    ([(0, LONG, 0), (201_000, 260_000, 0), (262_000, 320_000, 0), (321_000, 410_000, 0)], False),  # a gap of no jump
    ([(0, LONG, 0), (201_000, 203_000, 0)], False),  # nothing is heard after the last
    ([(0, LONG, 0), (201_000, 390_000, 0)], False),  # no more at the end
    ([(0, 100_000, 0), (101_000, 410_000, 0)], False),  # it was silent before the first
    ([(0, LONG, 0), (249_000, 410_000, 0)], False),  # for a second
    ([], False),
], ids=str)
def test_the_pieces_that_jumps_may_leave(pieces, good):
    """`pieces` of a recording: begin, end, and by how many frames each is out of place."""
    edges = [0, *(edge for begin, end, _ in pieces for edge in (begin, end)), 411_000]
    silences = [pattern.Run("silence", a, b - a) for a, b in zip(edges[::2], edges[1::2]) if b > a]
    runs = [pattern.Run("intact", begin, end - begin, begin - moved) for begin, end, moved in pieces]
    try:
        expect_pieces(sorted([*silences, *runs], key=lambda run: run.start), jumps=2)
    except AssertionError:
        assert not good
    else:
        assert good
