# SPDX-License-Identifier: MIT
"""Dropouts, the machine's stalls, and which of those explain which."""

import collections
import dataclasses

import numpy

OURS_NS = 120_000  # longer than any kernel call of our own, on a kernel that preempts none
WITNESS_NS = 250_000  # from one of the witness's wake-ups to the next (witness.c)
WORKED_OFF = 2  # times as long as it stood still, a processor may be busy with what was left undone meanwhile


@dataclasses.dataclass(frozen=True)
class Stall:
    """A processor stood still: from when its watcher should have woken to when it did."""

    processor: int
    begin: int
    end: int


@dataclasses.dataclass(frozen=True)
class Dropout:
    """Something that was due came after its deadline: at `seen`."""

    what: str
    due: int
    deadline: int
    seen: int

    @property
    def lateness(self):
        return self.seen - self.deadline


class Stalls:
    """Those that count, for the question how long one processor stood still between two moments. Pauses as short as a
    kernel call of our own explain nothing."""

    def __init__(self, stalls):
        by_processor = collections.defaultdict(list)
        for stall in stalls:
            if stall.end - stall.begin >= OURS_NS:
                by_processor[stall.processor].append((stall.begin, stall.end))
        self.edges = [numpy.array(edges).T for edges in by_processor.values()]

    def longest_still(self, begin, end):
        """In ns, of the processor that stood still longest; those of different ones do not add up."""
        inside = [numpy.clip(numpy.minimum(ends, end) - numpy.maximum(begins, begin), 0, None).sum()
                  for begins, ends in self.edges]
        return int(max(inside, default=0))


def explain(dropouts, stalls):
    """Those dropouts that would have been in time without the stalls, as a set.

    While it was due, one processor stood still for no shorter than it came late. What was not yet done when this one became
    due was done before it: then the time counts from when that was due. But a machine that is not overloaded catches up: who
    is late for much longer than the stall was, is late by itself.
    """
    known = Stalls(stalls)
    explained, open_ones = set(), []  # those explained so far which were not done yet, and since when they count
    for dropout in sorted(dropouts, key=lambda each: (each.due, each.seen)):
        open_ones = [(seen, since) for seen, since in open_ones if seen > dropout.due]
        for since in (dropout.due, *sorted((since for _, since in open_ones), reverse=True)):
            still = known.longest_still(since, dropout.seen)
            if still and still >= dropout.lateness and dropout.due - since <= WORKED_OFF * still:
                explained.add(dropout)
                open_ones.append((dropout.seen, since))
                break
    return explained


def late_like_the_witness(stalls, processors, margin_ns, packet_ns):
    """How many packets of a stream would have been late if a thread on one of the processors had handled them that is as late as the
    witness, and does nothing else. It may be late by `margin_ns`.

    The witness is due every 250 us: each stall that it saw lasted from one of those moments on, and delayed whatever became due within.
    """
    due = sum(-(-(stall.end - stall.begin - margin_ns) // WITNESS_NS) for stall in stalls if stall.end - stall.begin > margin_ns)
    return due * WITNESS_NS / packet_ns / processors
