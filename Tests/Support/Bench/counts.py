# SPDX-License-Identifier: MIT
"""Counts that do not depend on other load of the machine: system calls and wake-ups a packet, and instructions."""

import calls
import instructions
from thread_counters import CannotCount


def run(install, directory, options):
    """Returns the values that exceed their figures in the two golden tables, as text."""
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
