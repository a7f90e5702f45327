# SPDX-License-Identifier: MIT
"""Counts the instructions of the engines for each packet, and of the meters for each frame, and compares them with a golden table.

Tests/Support/EngineCost runs under valgrind. It uses no clock, network or kernel call while it is counted, so two runs of one build agree
within 0.01 %. The counts of two run lengths are subtracted, which removes start and end. Another compiler, processor or C library gives
other counts; the table names the ones it was made with. Virtual machines rarely have the processor's own counter.

    python3 Tests/Support/Bench/instructions.py [--write]
"""

import argparse
import concurrent.futures
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys

from golden import Table, row_name
from thread_counters import CannotCount

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
GOLDEN = HERE / "instructions.golden"
PACKET_TIMES = {"1ms": 1000, "250us": 250, "125us": 125}
STREAMS = (1, 8)
SHORT, LONG = 200, 1200  # packet times
METERED = ("silence", "sound")  # on all channels in both directions
SHORT_METERED, LONG_METERED, METERED_FRAMES = 10, 60, 2400  # blocks of this many frames
NOT_HERE = 77  # exit status if it cannot be measured on this machine


def build():
    """Builds the program without packages and optimised; returns its path and the compiler's version."""
    command = ". scripts/swift.sh && find_swift && swift build -q -c release --scratch-path .build-core --product EngineCost && swift --version"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, env={**os.environ, "AES67_CORE": "1"}, check=True, capture_output=True, text=True)
    return ROOT / ".build-core/release/EngineCost", re.search(r"Swift version (\S+)", done.stdout)[1]


def executed(program, *words):
    """Returns the instructions of a whole run."""
    done = subprocess.run(["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", program, *map(str, words)],
                          capture_output=True, text=True)
    found = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    if done.returncode or not found:
        raise CannotCount(f"valgrind: {done.stderr[-1000:]}")
    return int(found[1].replace(",", ""))


def measure():
    """Returns the instructions a packet or frame by row, and the compiler's version."""
    if not shutil.which("valgrind"):
        raise CannotCount("valgrind is missing: scripts/dependencies.sh --test installs it")
    program, compiler = build()
    runs = {row_name(direction, packet_time, streams): ((direction, PACKET_TIMES[packet_time], streams), SHORT, LONG, streams)
            for direction in ("sending", "receiving") for streams in STREAMS for packet_time in PACKET_TIMES}
    runs |= {f"metering {sound}": (("metering", sound), SHORT_METERED, LONG_METERED, METERED_FRAMES) for sound in METERED}

    def of_each(run):
        words, *rounds, parts = run
        short, long = (executed(program, *words, count) for count in rounds)
        return (long - short) / (rounds[1] - rounds[0]) / parts

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as several:
        counts = several.map(of_each, runs.values())
        return {row: (count,) for row, count in zip(runs, counts)}, compiler


def run(write=False):
    """Prints the table; returns the values that exceed their figures, as text."""
    table = Table(GOLDEN, ("instructions",))
    rows, compiler = measure()
    conditions = f"Swift {compiler}, {platform.machine()}"
    print(f"Instructions of the engine a packet of 8 channels, and of the meters a frame of 64 channels each way; {conditions}\n{table.head()}")
    for row, values in rows.items():
        print(table.line(row, values))
    if write:
        table.write(rows, conditions)
    if table.conditions != conditions:
        print(f"Not judged: the figures are those of {table.conditions}.")
        return []
    return table.excesses(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="make these the figures of the golden table")
    try:
        found = run(parser.parse_args().write)
    except CannotCount as error:
        print(error)
        sys.exit(NOT_HERE)
    sys.exit("\n".join(found) or None)


if __name__ == "__main__":
    main()
