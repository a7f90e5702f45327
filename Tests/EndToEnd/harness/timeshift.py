# SPDX-License-Identifier: MIT
"""Steps of the time of day as seen by one program, made by timeshift.c; the machine's clock is not changed."""

import mmap
import pathlib
import struct
import subprocess
import time

SOURCE = pathlib.Path(__file__).resolve().parents[1] / "timeshift.c"


def library(directory):
    """Compiles the library into a directory, and returns its path. It is loaded by LD_PRELOAD, and reads the file that TIMESHIFT names."""
    made = pathlib.Path(directory) / "timeshift.so"
    subprocess.run(["cc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", made, SOURCE, "-ldl"], check=True)
    return made


def shift_file(path):
    """Makes a file for TIMESHIFT without a shift, and returns it as a memory map."""
    path.write_bytes(bytes(24))
    with open(path, "r+b") as file:
        return mmap.mmap(file.fileno(), 24)


def shift_time(shift, nanoseconds):
    """Shifts the time of day by this much in total; programs see a single step."""
    before = struct.unpack_from("<q", shift, 16)[0]
    struct.pack_into("<q", shift, 0, before)
    struct.pack_into("<q", shift, 8, time.time_ns() + 5_000_000)
    struct.pack_into("<q", shift, 16, nanoseconds)
    time.sleep(0.01)
