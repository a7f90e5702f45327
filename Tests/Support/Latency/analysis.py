# SPDX-License-Identifier: MIT
"""Evaluates the records of both ends of a latency test: latencies, their parts, and dropouts."""

import numpy

import blame

RATE = 48_000
CYCLE = (1 << 18) - 1  # frames after which the signal repeats
AFTERMATH_NS = 50_000_000  # a restarted program is silent for some time, and so is its signal after a round trip
APART_FRAMES = 2_400  # wrong periods closer than this are one gap
RECORD = numpy.dtype([("woke", "<i8"), ("wrote", "<i8"), ("read", "<i8"), ("written", "<i8"), ("heard", "<i4"),
                      ("wrong", "<i4")])
PERCENTILES = (0.1, 1, 50, 99, 99.9)


def read_records(path):
    return numpy.fromfile(path, RECORD)


def read_xruns(path, what, records, period_ns, periods):
    """Returns the xruns of one program: due a period after its last service, too late when all periods had passed.

    The time counts from when that service should have been, by the even grid of the periods around it, because its own lateness shortens
    the time until the next one.
    """
    found = []
    for line in path.read_text().splitlines():
        served, noticed, _ = (int(word) for word in line.split())
        last = int(numpy.searchsorted(records["wrote"], served))
        near = records[max(last - 500, 0):last + 1]
        if len(near) and near["wrote"][-1] == served:
            even = near["woke"] - near["read"] * 1_000_000_000 // RATE
            same = even[near["read"] == near["read"][-1] - (len(near) - 1 - numpy.arange(len(near))) * period_of(near)]
            served = int(same.min() + near["read"][-1] * 1_000_000_000 // RATE)
        found.append(blame.Dropout(what, served + period_ns, min(served + periods * period_ns, noticed), noticed))
    return found


def period_of(records):
    """Returns the frames of a period, from the positions of consecutive records."""
    return int(numpy.median(numpy.diff(records["read"]))) if len(records) > 1 else 0


def read_stalls(path):
    """Returns the stalls, and the summaries of all watchers."""
    stalls, summaries = [], []
    for line in path.read_text().splitlines():
        if line.startswith("#"):
            summaries.append(line[2:])
        else:
            processor, begin, late = (int(word) for word in line.split())
            stalls.append(blame.Stall(processor, begin, begin + late))
    return stalls, summaries


def segments(records):
    """Returns the index ranges without an xrun, in which positions rise by one period, and the period."""
    period = period_of(records)
    breaks = numpy.flatnonzero(numpy.diff(records["read"]) != period) + 1
    edges = [0, *breaks.tolist(), len(records)]
    return [(a, b) for a, b in zip(edges, edges[1:]) if b - a > 1], period


def round_trip_frames(records):
    """Returns the frames from writing a sample to reading it, by the positions, for each period whose first frame was received.

    The program had written `written - read` frames ahead of what it read, and the sample was on its way for `read - heard` frames.
    """
    heard = records[records["heard"] >= 0]
    way = (heard["read"] - heard["heard"]) % CYCLE
    return way + heard["written"] - heard["read"]


def round_trip_ns(records, delay):
    """Returns the nanoseconds from the end of a sample's write to the end of its read, for each received sample."""
    times = []
    for begin, end in segments(records)[0]:
        part = records[begin:end]
        period = int(part["read"][1] - part["read"][0])
        for offset in range(period):
            frame = part["read"] + offset - delay  # the sample's position at its playback
            index = (frame - part["written"][0]) // period
            good = (index >= 0) & (index < len(part)) & (part["heard"] >= 0)
            times.append((part["woke"][good] - part["wrote"][index[good]]))
    return numpy.concatenate(times) if times else numpy.zeros(0, numpy.int64)


def one_way_ns(near, far, delay):
    """Returns the nanoseconds from the near program's write to the far program's read, for the first sample of each period."""
    times = []
    for begin, end in segments(near)[0]:
        part = near[begin:end]
        period = int(part["written"][1] - part["written"][0])
        inside = far[(far["woke"] > part["wrote"][0]) & (far["woke"] < part["woke"][-1]) & (far["heard"] >= 0)]
        # The cycle is that of the sample which was written last at that time.
        last = part["written"][numpy.searchsorted(part["wrote"], inside["woke"]) - 1] + period - 1
        frame = last - (last - inside["heard"]) % CYCLE
        index = (frame - part["written"][0]) // period
        good = (index >= 0) & (index < len(part))
        times.append(inside["woke"][good] - part["wrote"][index[good]])
    return numpy.concatenate(times) if times else numpy.zeros(0, numpy.int64)


def wake_lateness_ns(records):
    """Returns how much later than an even grid each period was read, relative to the earliest of its neighbours."""
    late = []
    for begin, end in segments(records)[0]:
        part = records[begin:end]
        even = part["woke"] - part["read"] * 1_000_000_000 // RATE
        for block in range(0, len(even), 4096):  # restarts every few seconds, because the media clock is not the system's
            late.append(even[block:block + 4096] - even[block:block + 4096].min())
    return numpy.concatenate(late) if late else numpy.zeros(0, numpy.int64)


def gaps(records, dropouts):
    """Finds runs of periods with wrong samples.

    Returns (begin in ns, end in ns, samples) of those that follow no xrun, the number of runs that follow one, and the number of all wrong
    periods.
    """
    bad = records[records["wrong"] > 0]
    if len(bad) == 0:
        return [], 0, 0
    breaks = numpy.flatnonzero(numpy.diff(bad["read"]) > APART_FRAMES) + 1
    own, after = [], 0
    for run in numpy.split(bad, breaks):
        begin, end = int(run["woke"][0]), int(run["woke"][-1])
        if any(d.due - AFTERMATH_NS <= begin <= d.seen + AFTERMATH_NS for d in dropouts):
            after += 1
        else:
            own.append((begin, end, int(run["wrong"].sum())))
    return own, after, len(bad)


def distribution(values, unit=1.0):
    """Returns count, minimum, maximum, mean and percentiles, in `unit`."""
    if len(values) == 0:
        return None
    values = numpy.asarray(values)
    result = {"count": int(len(values)), "min": float(values.min() / unit), "max": float(values.max() / unit),
              "mean": float(values.mean() / unit)}
    for percentile in PERCENTILES:
        result[f"p{percentile}"] = float(numpy.percentile(values, percentile) / unit)
    return result
