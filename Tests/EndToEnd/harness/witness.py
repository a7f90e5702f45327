# SPDX-License-Identifier: MIT
"""A witness of the machine's own stalls: it only sleeps, at the highest priority in use, and notes when it overslept.

Run as a program it prints one line a stall: monotonic nanosecond of its begin, and its length.
"""

import ctypes
import os
import pathlib
import subprocess
import sys
import time

INTERVAL_NS = 1_000_000
NOTEWORTHY_NS = 3_000_000


class Disturbed(AssertionError):
    """Frames were late, dropped or overrun. Excused when the machine itself stood still for long enough."""

    def __init__(self, message, needs_ms=5.0):
        super().__init__(message)
        self.needs_ms = needs_ms  # the shortest stall that explains it


class Witness:
    """The process that watches, and what it saw."""

    def __init__(self, log):
        self.log = pathlib.Path(log)
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen([sys.executable, __file__], stdin=subprocess.DEVNULL, stdout=out)

    def longest_ms(self, since_ns, until_ns):
        """The longest stall that touches the interval."""
        longest = 0
        for line in self.log.read_text().splitlines():
            begin, length = (int(word) for word in line.split())
            if begin < until_ns and begin + length > since_ns:
                longest = max(longest, length)
        return longest / 1e6

    def stop(self):
        self.process.terminate()
        self.process.wait(5)


def watch():
    ctypes.CDLL(None).mlockall(3)
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(95))
    except PermissionError:
        print("witness: no SCHED_FIFO: stalls of this process alone count too", file=sys.stderr)
    last = time.monotonic_ns()
    while True:
        time.sleep(INTERVAL_NS / 1e9)
        now = time.monotonic_ns()
        if now - last > INTERVAL_NS + NOTEWORTHY_NS:
            print(last, now - last, flush=True)
        last = now


if __name__ == "__main__":
    watch()
