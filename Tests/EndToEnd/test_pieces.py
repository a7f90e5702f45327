# SPDX-License-Identifier: MIT
"""The rule of test_ptp_audio.py about the changes that a step of the network's time may make in a recording."""

import pytest

from harness import pattern
from harness.pieces import expect_pieces

pytestmark = pytest.mark.calm

LONG = 200_000


@pytest.mark.parametrize("pieces,good", [
    ([(0, 410_000, 0)], True),  # both jumps in one gap
    ([(0, LONG, 0), (201_000, 410_000, 0)], True),
    ([(0, LONG, 0), (LONG, 410_000, 2)], True),
    ([(0, LONG, 0), (201_000, 300_000, 1), (302_000, 410_000, -1)], True),
    ([(0, LONG, 0), (203_000, 209_000, 2), (209_026, 212_000, 4), (212_000, 410_000, 0)], True),
    ([(0, LONG, 0), (201_000, 410_000, 3)], False),  # continues at a wrong position
    ([(0, LONG, 0), (201_000, 260_000, 0), (262_000, 320_000, 0), (321_000, 410_000, 0)], False),  # a gap without a jump
    ([(0, LONG, 0), (201_000, 203_000, 0)], False),  # no audio after the last gap
    ([(0, LONG, 0), (201_000, 390_000, 0)], False),  # the end is missing
    ([(0, 100_000, 0), (101_000, 410_000, 0)], False),  # silence before the first jump
    ([(0, LONG, 0), (249_000, 410_000, 0)], False),  # a gap of a second
    ([], False),
], ids=str)
def test_pieces_allowed_by_jumps(pieces, good):
    """`pieces` of a recording: begin, end, and the displacement in frames."""
    edges = [0, *(edge for begin, end, _ in pieces for edge in (begin, end)), 411_000]
    silences = [pattern.Run("silence", a, b - a) for a, b in zip(edges[::2], edges[1::2]) if b > a]
    runs = [pattern.Run("intact", begin, end - begin, begin - moved) for begin, end, moved in pieces]
    try:
        expect_pieces(sorted([*silences, *runs], key=lambda run: run.start), jumps=2)
    except AssertionError:
        assert not good
    else:
        assert good
