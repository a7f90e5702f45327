# SPDX-License-Identifier: MIT
"""Compares all frames that a program records with the pattern that another program plays repeatedly, and reports differences:

    arecord ... | python3 listener.py CHANNELS GROUP SOUND EVENTS

CHANNELS of S32_LE come by standard input, and GROUP of them are one stream. The file SOUND has the pattern. The file EVENTS gets a line of
JSON for each block that was not the pattern's next frames, and one each second: monotonic time in ns, frames read, and the totals of
intact, silent, torn and jumped frames over all streams.
"""

import json
import os
import sys
import time

import numpy
import pattern

BLOCK = 4_800  # frames


class Listener:
    def __init__(self, channels, group, table):
        self.signal = pattern.Pattern(channels)
        self.channels, self.group, self.table, self.period = channels, group, table, len(table)
        self.next = None  # expected frame of the pattern
        self.frames = 0
        self.counts = {"intact": 0, "silent": 0, "torn": 0, "jumped": 0}

    def take(self, block):
        """Counts the frames of a block; returns the numbers of silent, torn and jumped frames over all streams, or None if there are none."""
        streams, count = self.channels // self.group, len(block)
        self.frames += count
        if self.next is not None and self.follows(block):
            self.next = (self.next + count) % self.period
            self.counts["intact"] += streams * count
            return None
        found = {"silent": 0, "torn": 0, "jumped": 0}
        following = None
        for first in range(0, self.channels, self.group):
            numbers = self.signal.numbers(numpy.ascontiguousarray(block[:, first:first + self.group]), first)
            silent, torn = numbers == -1, numbers == -2
            # A frame is in order if it follows the one before it, in this block or the last one.
            before = numpy.concatenate(([-1 if self.next is None else (self.next - 1) % self.period], numbers[:-1]))
            jumped = ~silent & ~torn & (before >= 0) & (numbers != (before + 1) % self.period)
            found["silent"] += int(silent.sum())
            found["torn"] += int(torn.sum())
            found["jumped"] += int(jumped.sum())
            self.counts["intact"] += int((~silent & ~torn).sum())
            if numbers[-1] >= 0:
                following = (int(numbers[-1]) + 1) % self.period
        self.next = following
        for kind, number in found.items():
            self.counts[kind] += number
        return found if any(found.values()) else None

    def follows(self, block):
        """Returns true if the block is the pattern from the expected frame on."""
        first = min(len(block), self.period - self.next)
        return (numpy.array_equal(block[:first], self.table[self.next:self.next + first])
                and numpy.array_equal(block[first:], self.table[:len(block) - first]))


def main(channels, group, sound, events):
    # A memory map, because computing the pattern would take time at the start.
    listener = Listener(channels, group, numpy.memmap(sound, "<i4", "r").reshape(-1, channels))
    size, printed_ns = BLOCK * channels * 4, 0
    with open(events, "a", buffering=1) as out:
        while data := sys.stdin.buffer.read(size):
            block = numpy.frombuffer(data[:len(data) // (channels * 4) * channels * 4], "<i4").reshape(-1, channels)
            wrong, now = listener.take(block), time.monotonic_ns()
            if wrong:
                out.write(json.dumps({"at": now, "frame": listener.frames, "wrong": wrong}) + "\n")
            if now - printed_ns > 1_000_000_000:
                out.write(json.dumps({"at": now, "frame": listener.frames, "process": os.getpid(), "counts": listener.counts}) + "\n")
                printed_ns = now


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), *sys.argv[3:])
