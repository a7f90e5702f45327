# SPDX-License-Identifier: MIT
"""From what both ends of a latency test wrote down to figures: latencies, their split, and dropouts."""

import numpy

import blame

RATE = 48_000
CYCLE = (1 << 18) - 1  # frames after which the signal repeats
AFTERMATH_NS = 50_000_000  # a restarted program is silent for a while, and so is what comes back from it
APART_FRAMES = 2_400  # wrong periods that are closer are one gap
RECORD = numpy.dtype([("woke", "<i8"), ("wrote", "<i8"), ("read", "<i8"), ("written", "<i8"), ("heard", "<i4"),
                      ("wrong", "<i4")])
PERCENTILES = (0.1, 1, 50, 99, 99.9)


def read_records(path):
    return numpy.fromfile(path, RECORD)


def read_xruns(path, what, records, period_ns, periods):
    """The xruns of one program: due a period after its last service, too late when all periods had passed.

    Counted from when that service should have been, by the even grid of the periods around it: what it was late already
    is missing at the next one.
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
    """Frames of a period, from the positions of consecutive records."""
    return int(numpy.median(numpy.diff(records["read"]))) if len(records) > 1 else 0


def read_stalls(path):
    """The stalls, and each watcher's own summary."""
    stalls, summaries = [], []
    for line in path.read_text().splitlines():
        if line.startswith("#"):
            summaries.append(line[2:])
        else:
            processor, begin, late = (int(word) for word in line.split())
            stalls.append(blame.Stall(processor, begin, begin + late))
    return stalls, summaries


def segments(records):
    """Index ranges without an xrun in between: positions rise by one period."""
    period = period_of(records)
    breaks = numpy.flatnonzero(numpy.diff(records["read"]) != period) + 1
    edges = [0, *breaks.tolist(), len(records)]
    return [(a, b) for a, b in zip(edges, edges[1:]) if b - a > 1], period


def round_trip_frames(records):
    """For each period whose first frame was heard: frames from writing a sample to reading it, by the positions.

    The program had written `written - read` frames ahead of what it read, and the sample was `read - heard` on its way.
    """
    heard = records[records["heard"] >= 0]
    way = (heard["read"] - heard["heard"]) % CYCLE
    return way + heard["written"] - heard["read"]


def round_trip_ns(records, delay):
    """For every sample that was heard: nanoseconds from the end of its write to the end of its read."""
    times = []
    for begin, end in segments(records)[0]:
        part = records[begin:end]
        period = int(part["read"][1] - part["read"][0])
        for offset in range(period):
            frame = part["read"] + offset - delay  # the sample's position when it was played
            index = (frame - part["written"][0]) // period
            good = (index >= 0) & (index < len(part)) & (part["heard"] >= 0)
            times.append((part["woke"][good] - part["wrote"][index[good]]))
    return numpy.concatenate(times) if times else numpy.zeros(0, numpy.int64)


def one_way_ns(near, far, delay):
    """For the first sample of each period that the far program read: nanoseconds since the near one had written it."""
    times = []
    for begin, end in segments(near)[0]:
        part = near[begin:end]
        period = int(part["written"][1] - part["written"][0])
        inside = far[(far["woke"] > part["wrote"][0]) & (far["woke"] < part["woke"][-1]) & (far["heard"] >= 0)]
        # Which cycle it was: that of the sample which was last written then.
        last = part["written"][numpy.searchsorted(part["wrote"], inside["woke"]) - 1] + period - 1
        frame = last - (last - inside["heard"]) % CYCLE
        index = (frame - part["written"][0]) // period
        good = (index >= 0) & (index < len(part))
        times.append(inside["woke"][good] - part["wrote"][index[good]])
    return numpy.concatenate(times) if times else numpy.zeros(0, numpy.int64)


def wake_lateness_ns(records):
    """How much later than the earliest of its neighbours each period was read, against an even grid."""
    late = []
    for begin, end in segments(records)[0]:
        part = records[begin:end]
        even = part["woke"] - part["read"] * 1_000_000_000 // RATE
        for block in range(0, len(even), 4096):  # anew every few seconds: the media clock is not the system's
            late.append(even[block:block + 4096] - even[block:block + 4096].min())
    return numpy.concatenate(late) if late else numpy.zeros(0, numpy.int64)


def gaps(records, dropouts):
    """Runs of periods with wrong samples: (begin ns, end ns, samples) of those that follow no xrun, how many runs follow
    one, and how many periods they have in all."""
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
    """Least, percentiles and greatest, in `unit`."""
    if len(values) == 0:
        return None
    values = numpy.asarray(values)
    result = {"count": int(len(values)), "min": float(values.min() / unit), "max": float(values.max() / unit),
              "mean": float(values.mean() / unit)}
    for percentile in PERCENTILES:
        result[f"p{percentile}"] = float(numpy.percentile(values, percentile) / unit)
    return result
