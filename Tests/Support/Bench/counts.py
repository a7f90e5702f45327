# SPDX-License-Identifier: MIT
"""Figures that do not depend on the neighbours: what a packet takes in system calls and wake-ups, and in instructions."""

import calls
import instructions
from thread_counters import CannotCount


def run(install, directory, options):
    """Returns what is over its figure in one of the two golden tables, in words."""
    try:
        return both(install, directory, options)
    except CannotCount as error:
        return [f"counts: {error}"]


def both(install, directory, options):
    rows = calls.measure_all(install, directory, calls.FIGURE if options.write else calls.JUDGED)
    if options.write:
        calls.write(rows)
    print()
    return calls.excesses(rows) + instructions.run(options.write)
