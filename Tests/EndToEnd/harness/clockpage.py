# SPDX-License-Identifier: MIT
"""The clock that a running aes67d publishes, read from its shared memory as an ALSA client reads it."""

import mmap
import os
import pathlib
import struct

CLOCK = 120  # offset of aes67_clock in aes67_device
LAYOUT = struct.Struct("<IIqqQQqI")  # sequence, state, base, frame, fraction, rate, media offset, generation
HERTZ = 48_000


class ClockPage:
    """Maps the device page of a daemon for reading."""

    def __init__(self, daemon):
        for link in pathlib.Path(f"/proc/{daemon.pid}/fd").iterdir():
            if "memfd:aes67-device" in os.readlink(link):
                with open(link, "rb") as file:
                    self.page = mmap.mmap(file.fileno(), 4096, prot=mmap.PROT_READ)
                return
        raise RuntimeError(f"aes67d {daemon.pid} has no device page")

    def read(self):
        """Returns one consistent reading: state, base, frame, fraction, rate, media offset, generation."""
        while True:
            before = LAYOUT.unpack_from(self.page, CLOCK)
            again = LAYOUT.unpack_from(self.page, CLOCK)
            if before == again and before[0] % 2 == 0:
                return before[1:]

    def nanoseconds(self, monotonic_ns):
        """Returns the network's time that the clock shows at a time of CLOCK_MONOTONIC."""
        _, base, frame, fraction, rate, media_offset, _ = self.read()
        frames = ((monotonic_ns - base) * rate + fraction) + ((frame + media_offset) << 64)
        return frames * 1_000_000_000 // HERTZ >> 64

    def monotonic(self, frame):
        """Returns the time of CLOCK_MONOTONIC, in ns, at which a device frame begins."""
        _, base, at, fraction, rate, _, _ = self.read()
        return base + (((frame - at) << 64) - fraction) // rate
