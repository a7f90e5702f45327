# SPDX-License-Identifier: MIT
"""What a latency test found, as a dictionary for programs and as text for people."""

import os
import platform

import numpy

import analysis

COUNTERS = {"receivers": ("late", "lost", "early"), "senders": ("dropped", "sendErrors")}
MOST_EXPLAINED = 0.01  # of all periods: more, and the machine is no place to measure
MS = 1000 / analysis.RATE


def machine():
    model = "unknown"
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
    return f"{platform.release()}, {os.cpu_count()} x {model}"


def counted(before, after):
    """What the daemons' counters rose by, of those that should stand still."""
    found = {}
    for host, old, new in zip(("near", "far"), before, after):
        for kind, names in COUNTERS.items():
            for name in names:
                rise = sum(s[name] for s in new[kind]) - sum(s[name] for s in old[kind])
                found.setdefault(name, {})[host] = rise
    return found


def histogram(values):
    """Counts by whole microsecond, without the empty ones."""
    buckets, counts = numpy.unique(numpy.asarray(values) // 1000, return_counts=True)
    return [[int(b), int(c)] for b, c in zip(buckets, counts)]


def split(setup):
    """Where the time goes, in milliseconds of the whole round trip."""
    packet = analysis.RATE * setup.packet_us // 1_000_000 if setup.packet_us != 333 else 16
    rest = setup.link_offset - packet
    return {"clientBuffers": setup.buffers * MS, "linkOffsets": 2 * setup.link_offset * MS,
            "ofWhichPacketTime": 2 * packet * MS, "ofWhichNetworkSchedulingAndMargin": 2 * rest * MS}


def dropouts(setup, near, xruns, stalls, counters):
    own, after_xrun, bad_periods = analysis.gaps(near, xruns)
    # A gap without an xrun is a packet that came too late on either way: its deadline lies a round trip before, at most.
    way_ns = int((2 * setup.link_offset + setup.buffers) * 1e9 / analysis.RATE)
    packets = [analysis.Dropout("gap", begin - way_ns, begin - way_ns, end) for begin, end, _ in own]
    explained = [x for x in xruns if x.explained(stalls)]
    explained_gaps = [g for g in packets if any(s.begin < g.seen and s.end > g.due and s.end - s.begin >= setup.spare_ns
                                                for s in stalls)]
    return {
        "xruns": {"near": sum(x.what == "near" for x in xruns), "far": sum(x.what == "far" for x in xruns),
                  "explained": len(explained), "unexplained": len(xruns) - len(explained)},
        "gaps": {"count": len(own), "explained": len(explained_gaps), "unexplained": len(own) - len(explained_gaps),
                 "afterXruns": after_xrun, "samples": sum(g[2] for g in own)},
        "wrongPeriods": bad_periods, "counters": counters,
        "events": [{"what": d.what, "at": d.seen, "lateUs": (d.seen - d.deadline) / 1000,
                    "explained": d in explained or d in explained_gaps} for d in [*xruns, *packets]][:1000]}


def make(setup, near, far, xruns, stalls, summaries, before, after, begin):
    trips = analysis.round_trip_frames(near)
    heard = near[near["heard"] >= 0]
    delay = int(numpy.median((heard["read"] - heard["heard"]) % analysis.CYCLE)) if len(heard) else -1
    median = float(numpy.median(trips)) if len(trips) else None
    walls = analysis.round_trip_ns(near, delay)
    lost = dropouts(setup, near, xruns, stalls, counted(before, after))
    stalls = [s for s in stalls if s.end >= begin]
    share = lost["wrongPeriods"] / max(len(near), 1)
    unexplained = lost["xruns"]["unexplained"] + lost["gaps"]["unexplained"]
    exact = median is not None and abs(median - setup.expected) <= 1
    verdict = "failed" if not exact or unexplained else "inconclusive" if share > MOST_EXPLAINED else "passed"
    frames, counts = numpy.unique(trips, return_counts=True)
    result = {
        "verdict": verdict, "machine": machine(),
        "setup": {"period": setup.period, "periods": setup.periods, "packetTimeUs": setup.packet_us,
                  "linkOffsetFrames": setup.link_offset, "reflect": setup.reflect, "seconds": setup.seconds,
                  "streams": setup.streams, "channels": setup.channels},
        "expected": {"frames": setup.expected, "ms": setup.expected * MS},
        "roundTrip": {"medianFrames": median, "medianMs": median * MS if median is not None else None,
                      "frames": [[int(f), int(c)] for f, c in zip(frames, counts)],
                      "wallUs": analysis.distribution(walls, 1000), "wallHistogramUs": histogram(walls)},
        "split": split(setup), "dropouts": lost,
        "wakeLatenessUs": {"near": analysis.distribution(analysis.wake_lateness_ns(near), 1000)},
        "witness": {"stalls": len(stalls), "longestUs": max((s.end - s.begin for s in stalls), default=0) / 1000,
                    "threads": summaries,
                    "longest": [[s.processor, s.begin, (s.end - s.begin) / 1000] for s in
                                sorted(stalls, key=lambda s: s.begin - s.end)[:200]]},
        "began": begin, "ended": int(near["woke"][-1]), "wakeHistogramUs": histogram(analysis.wake_lateness_ns(near)),
    }
    if far is not None:
        one_way = analysis.one_way_ns(near, far, delay)
        result["oneWay"] = {"wallUs": analysis.distribution(one_way, 1000), "wallHistogramUs": histogram(one_way)}
        result["wakeLatenessUs"]["far"] = analysis.distribution(analysis.wake_lateness_ns(far), 1000)
    return result


def line(name, values):
    if values is None:
        return f"  {name:<22} nothing was measured"
    return (f"  {name:<22} min {values['min']:8.0f}  p1 {values['p1']:8.0f}  median {values['p50']:8.0f}  "
            f"p99 {values['p99']:8.0f}  p99.9 {values['p99.9']:8.0f}  max {values['max']:8.0f} us")


def text(result):
    setup, trip, lost, parts = result["setup"], result["roundTrip"], result["dropouts"], result["split"]
    lines = [
        f"{setup['channels']} x {setup['channels']} channels in {setup['streams']} streams each way, packets of "
        f"{setup['packetTimeUs']} us, link offset {setup['linkOffsetFrames']} frames, {setup['periods']} periods of "
        f"{setup['period']} frames, reflected by the {setup['reflect']}, {setup['seconds']:g} s",
        f"on {result['machine']}", "",
        f"round trip  median {trip['medianFrames']} frames = {trip['medianMs']:.3f} ms;  expected "
        f"{result['expected']['frames']} frames = {result['expected']['ms']:.3f} ms" if trip["medianFrames"] is not None
        else "round trip  nothing came back",
        f"  client buffers {parts['clientBuffers']:.3f} ms + link offsets {parts['linkOffsets']:.3f} ms, of which packet "
        f"time {parts['ofWhichPacketTime']:.3f} and network, scheduling and margin "
        f"{parts['ofWhichNetworkSchedulingAndMargin']:.3f}",
        line("by the clock", trip["wallUs"]),
    ]
    if "oneWay" in result:
        lines.append(line("one way", result["oneWay"]["wallUs"]))
    for end, values in result["wakeLatenessUs"].items():
        lines.append(line(f"{end} program woke late", values))
    counters = "; ".join(f"{name} {values['near']} near, {values['far']} far" for name, values in lost["counters"].items())
    lines += [
        "",
        f"xruns  {lost['xruns']['near']} near, {lost['xruns']['far']} far: {lost['xruns']['explained']} explained by the "
        f"witness, {lost['xruns']['unexplained']} not",
        f"gaps   {lost['gaps']['count']} beside xruns ({lost['gaps']['samples']} samples): {lost['gaps']['explained']} "
        f"explained, {lost['gaps']['unexplained']} not; {lost['gaps']['afterXruns']} in the wake of xruns",
        f"packets  {counters}",
        f"witness  {result['witness']['stalls']} stalls of 0.1 ms or more, the longest {result['witness']['longestUs']:.0f} us",
        *[f"  processor {each}" for each in result["witness"]["threads"]],
        "", f"{result['verdict'].upper()}",
    ]
    return "\n".join(lines)
