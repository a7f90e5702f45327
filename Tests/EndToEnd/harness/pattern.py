# SPDX-License-Identifier: MIT
"""Test signals in which each sample identifies its channel and frame.

Frame k of channel c has a number that is unique among all samples of the file. An invertible multiplication scatters it over the whole
24-bit range. No frame of a pattern is all zero, because that is silence.
"""

import dataclasses
import pathlib

import numpy

SCATTER = {24: 0x9E3779B1 & 0xFFFFFF, 16: 0x9E37}  # odd, and therefore invertible modulo a power of two

# ALSA's names of the sample formats, with the bytes of one sample in a file.
FORMATS = {"S32_LE": 4, "S24_LE": 4, "S24_3LE": 3, "S16_LE": 2, "FLOAT_LE": 4, "S24_3BE": 3, "S16_BE": 2}


@dataclasses.dataclass(frozen=True)
class Run:
    """Consecutive recorded frames of one kind: `silence`, `torn`, or `intact` with the first pattern frame."""

    kind: str
    start: int
    length: int
    frame: int = -1

    @property
    def end(self):
        return self.start + self.length


class Pattern:
    """The signal of `channels` channels. With 16 bits it repeats after 65,536 frames, otherwise much later."""

    def __init__(self, channels, bits=24):
        self.channels = channels
        self.bits = bits
        self.mask = (1 << bits) - 1
        if bits == 24:
            self.period = (1 << 24) >> (channels - 1).bit_length()
            self.stride = self.period
        else:
            self.period = 1 << 16
            self.stride = 1021
        self.scatter = SCATTER[bits] | 1
        self.gather = pow(self.scatter, -1, 1 << bits)

    def frames(self, count, first=0):
        """Returns frames [first, first + count) as left-justified int32, one row a frame."""
        if count + first >= self.period:
            raise ValueError(f"a pattern of {self.channels} channels has {self.period - 1} frames, not {first + count}")
        number = numpy.arange(first + 1, first + count + 1, dtype=numpy.int64)[:, None]
        number = number + self.stride * numpy.arange(self.channels, dtype=numpy.int64)[None, :]
        value = (number * self.scatter) & self.mask
        return (value << (32 - self.bits)).astype(numpy.uint32).view(numpy.int32)

    def numbers(self, recorded, first_channel=0):
        """Returns the pattern's frame for each recorded frame; -1 for silence, -2 if channels contradict each other.

        The recording may have only some of the channels, from `first_channel` on.
        """
        channel = numpy.arange(first_channel, first_channel + recorded.shape[1], dtype=numpy.int64)
        value = (recorded.view(numpy.uint32) >> (32 - self.bits)).astype(numpy.int64)
        number = (value * self.gather) & self.mask
        number = (number - self.stride * channel[None, :]) & self.mask
        first = number[:, 0]
        whole = (number == first[:, None]).all(axis=1) & (first > 0) & (first < self.period)
        low = (recorded.view(numpy.uint32) & ((1 << (32 - self.bits)) - 1)).any(axis=1)
        silent = ~recorded.any(axis=1)
        return numpy.where(silent, -1, numpy.where(whole & ~low, first - 1, -2))

    def runs(self, recorded, first_channel=0):
        """Returns the recording as a list of runs. Two adjacent intact runs are a jump."""
        return runs_of(self.numbers(recorded, first_channel))


def runs_of(numbers):
    """Groups frame numbers into runs: constants for silence and torn frames, ascending ones for intact frames."""
    if len(numbers) == 0:
        return []
    step = numpy.where(numbers[1:] >= 0, numbers[:-1] + 1, numbers[:-1])
    breaks = numpy.flatnonzero((numbers[1:] != step) | ((numbers[:-1] < 0) != (numbers[1:] < 0))) + 1
    edges = [0, *breaks.tolist(), len(numbers)]
    runs = []
    for start, end in zip(edges, edges[1:]):
        number = int(numbers[start])
        kind = "intact" if number >= 0 else "silence" if number == -1 else "torn"
        runs.append(Run(kind, start, end - start, max(number, -1)))
    return runs


def describe(runs, limit=12):
    """Returns a readable description of a recording, in a few lines."""
    lines = [f"{r.kind} [{r.start}, {r.end})" + (f" = pattern from {r.frame}" if r.frame >= 0 else "") for r in runs]
    return "\n".join(lines[:limit] + ([f"... {len(lines) - limit} more"] if len(lines) > limit else []))


def expect_whole(pattern, recorded, count):
    """Checks that frames [0, count) are recorded in one piece with silence around it, and returns their index."""
    runs = pattern.runs(recorded)
    sounding = [r for r in runs if r.kind != "silence"]
    assert len(sounding) == 1 and sounding[0].kind == "intact", f"not in one piece:\n{describe(runs)}"
    assert (sounding[0].frame, sounding[0].length) == (0, count), f"not all of it:\n{describe(runs)}"
    return sounding[0].start


def expect_part(pattern, recorded, least):
    """Checks that the recording has one intact run of at least so many frames, and returns it; it may begin or end within the pattern."""
    runs = pattern.runs(recorded)
    sounding = [r for r in runs if r.kind != "silence"]
    assert len(sounding) == 1 and sounding[0].kind == "intact", f"not in one piece:\n{describe(runs)}"
    assert sounding[0].length >= least, f"only {sounding[0].length} frames of {least}:\n{describe(runs)}"
    return sounding[0]


def expect_never_backwards(runs):
    """Checks that no frame is torn or repeated; silence and jumps forward are allowed."""
    heard = -1
    for run in runs:
        assert run.kind != "torn", f"torn frames:\n{describe(runs)}"
        if run.kind == "intact":
            assert run.frame > heard, f"repeated audio at {run.start}:\n{describe(runs)}"
            heard = run.frame + run.length - 1


def encode(samples, form):
    """Returns left-justified int32 samples as the bytes of an ALSA format."""
    if form == "S32_LE":
        return samples.astype("<i4").tobytes()
    if form == "S24_LE":
        return (samples >> 8).astype("<i4").tobytes()
    if form == "FLOAT_LE":
        return (samples.astype(numpy.float64) / 2**31).astype("<f4").tobytes()
    octets = numpy.ascontiguousarray(samples.astype("<i4")).view(numpy.uint8).reshape(*samples.shape, 4)
    kept = octets[..., 4 - FORMATS[form]:]
    return numpy.ascontiguousarray(kept[..., ::-1] if form.endswith("BE") else kept).tobytes()


def decode(data, form, channels):
    """The reverse of `encode`; an incomplete last frame is dropped."""
    width = FORMATS[form]
    count = len(data) // (width * channels)
    data = data[: count * width * channels]
    if form == "S32_LE":
        return numpy.frombuffer(data, "<i4").astype(numpy.int32).reshape(count, channels)
    if form == "S24_LE":
        return (numpy.frombuffer(data, "<i4").astype(numpy.int32) << 8).reshape(count, channels)
    if form == "FLOAT_LE":
        exact = numpy.frombuffer(data, "<f4").astype(numpy.float64) * 2**31
        return exact.astype(numpy.int64).clip(-(2**31), 2**31 - 1).astype(numpy.int32).reshape(count, channels)
    octets = numpy.zeros((count * channels, 4), numpy.uint8)
    packed = numpy.frombuffer(data, numpy.uint8).reshape(count * channels, width)
    octets[:, 4 - width:] = packed[:, ::-1] if form.endswith("BE") else packed
    return octets.view("<i4").astype(numpy.int32).reshape(count, channels)


def write(path, samples, form):
    pathlib.Path(path).write_bytes(encode(samples, form))


def read(path, form, channels):
    return decode(pathlib.Path(path).read_bytes(), form, channels)
