# SPDX-License-Identifier: MIT
"""Dropouts, stalls of the machine, and which stall explains which dropout."""

import collections
import dataclasses

import numpy

OURS_NS = 120_000  # longer than any kernel call of the daemon, on a kernel without preemption
WITNESS_NS = 250_000  # from one wake-up of the witness to the next (witness.c)
WORKED_OFF = 2  # multiple of a stall's length for which a processor may be busy with the backlog


@dataclasses.dataclass(frozen=True)
class Stall:
    """A stall of a processor: from when its watcher should have woken to when it did."""

    processor: int
    begin: int
    end: int


@dataclasses.dataclass(frozen=True)
class Dropout:
    """Data that came after its deadline, at `seen`."""

    what: str
    due: int
    deadline: int
    seen: int

    @property
    def lateness(self):
        return self.seen - self.deadline


class Stalls:
    """The stalls that count: those longer than a kernel call of the daemon."""

    def __init__(self, stalls):
        by_processor = collections.defaultdict(list)
        for stall in stalls:
            if stall.end - stall.begin >= OURS_NS:
                by_processor[stall.processor].append((stall.begin, stall.end))
        self.edges = [numpy.array(edges).T for edges in by_processor.values()]

    def longest_still(self, begin, end):
        """Returns the stalled time in ns of the processor with the most, within an interval; those of different processors are not added."""
        inside = [numpy.clip(numpy.minimum(ends, end) - numpy.maximum(begins, begin), 0, None).sum()
                  for begins, ends in self.edges]
        return int(max(inside, default=0))


def explain(dropouts, stalls):
    """Returns the set of dropouts that would have been in time without the stalls.

    While the data was due, one processor must have stalled for at least as long as the data was late. If earlier dropouts were not finished
    when it became due, their data was handled first, and the time counts from when the first of them was due. This applies for WORKED_OFF
    times the stall's length at most, because a machine that is not overloaded catches up.
    """
    known = Stalls(stalls)
    explained, open_ones = set(), []  # explained dropouts that are not finished, each with the time from which they count
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
    """Returns how many packets of a stream would have been late if a thread of one processor, as late as the witness and with no other
    work, had handled them.

    A packet may be late by `margin_ns`.

    The witness is due every 250 us: each stall that it saw began at one of its times, and delayed all data that became due during the
    stall.
    """
    due = sum(-(-(stall.end - stall.begin - margin_ns) // WITNESS_NS) for stall in stalls if stall.end - stall.begin > margin_ns)
    return due * WITNESS_NS / packet_ns / processors
