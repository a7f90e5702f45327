# SPDX-License-Identifier: MIT
"""Leaps of the time of day as one program sees them, by timeshift.c; the machine's clock is never touched."""

import mmap
import pathlib
import struct
import subprocess
import time

SOURCE = pathlib.Path(__file__).resolve().parents[1] / "timeshift.c"


def library(directory):
    """The library, compiled into that directory; loaded by LD_PRELOAD, it reads the file that TIMESHIFT names."""
    made = pathlib.Path(directory) / "timeshift.so"
    subprocess.run(["cc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", made, SOURCE, "-ldl"], check=True)
    return made


def shift_file(path):
    """A file for TIMESHIFT that shifts nothing yet, as memory."""
    path.write_bytes(bytes(24))
    with open(path, "r+b") as file:
        return mmap.mmap(file.fileno(), 24)


def shift_time(shift, nanoseconds):
    """Shifts the time of day by so much, in all, from now on; programs see a single step."""
    before = struct.unpack_from("<q", shift, 16)[0]
    struct.pack_into("<q", shift, 0, before)
    struct.pack_into("<q", shift, 8, time.time_ns() + 5_000_000)
    struct.pack_into("<q", shift, 16, nanoseconds)
    time.sleep(0.01)
