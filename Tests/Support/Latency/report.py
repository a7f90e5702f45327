# SPDX-License-Identifier: MIT
"""The result of a latency test, as a dictionary for programs and as text for people."""

import os
import platform

import numpy

import analysis
import blame

COUNTERS = {"receivers": ("late", "lost", "early"), "senders": ("dropped", "sendErrors")}
MAXIMUM_EXPLAINED = 0.01  # of all periods; with more, the machine is not suitable for a measurement
MS = 1000 / analysis.RATE


def machine():
    model = "unknown"
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
    return f"{platform.release()}, {os.cpu_count()} x {model}"


def counted(before, after):
    """Returns the increase of the daemons' fault counters, by name and host."""
    found = {}
    for host, old, new in zip(("near", "far"), before, after):
        for kind, names in COUNTERS.items():
            for name in names:
                rise = sum(s[name] for s in new[kind]) - sum(s[name] for s in old[kind])
                found.setdefault(name, {})[host] = rise
    return found


def histogram(values):
    """Returns the counts by whole microsecond, without empty ones."""
    buckets, counts = numpy.unique(numpy.asarray(values) // 1000, return_counts=True)
    return [[int(b), int(c)] for b, c in zip(buckets, counts)]


def split(setup, arrivals):
    """Returns the parts of the round trip in milliseconds.

    The link offsets consist of the packet time, the time for network and scheduling after which 99.9 % of the packets had arrived, and the
    margin.
    """
    packet = setup.link_offset - round(setup.spare_ns * analysis.RATE / 1e9)
    way = setup.link_offset - packet - arrivals["p0.1"] if arrivals else None
    return {"clientBuffers": setup.buffers * MS, "linkOffsets": 2 * setup.link_offset * MS,
            "ofWhichPacketTime": 2 * packet * MS,
            "ofWhichNetworkAndScheduling": 2 * way * MS if arrivals else None,
            "ofWhichMargin": 2 * arrivals["p0.1"] * MS if arrivals else None}


def counts_between(before, after, kind, name):
    """Returns the increase of all histograms of a kind: {the bin's first value: count}."""
    total = {}
    for sign, hosts in ((1, after), (-1, before)):
        for host in hosts:
            for stream in host[kind]:
                for each in stream[name]["bins"]:
                    total[each["from"]] = total.get(each["from"], 0) + sign * each["count"]
    return {value: count for value, count in sorted(total.items()) if count > 0}


def quantiles(counts, shares=analysis.PERCENTILES):
    """Returns count, minimum, maximum and percentiles of counted values."""
    if not counts:
        return None
    values, numbers = list(counts), numpy.cumsum(list(counts.values()))
    result = {"count": int(numbers[-1]), "min": values[0], "max": values[-1]}
    for share in shares:
        result[f"p{share}"] = values[int(numpy.searchsorted(numbers, share / 100 * numbers[-1]))]
    return result


def judge_late(late, begin, explained, counted):
    """Returns the numbers of late packets that the witness explains and does not explain.

    A recorder keeps sixteen packets of an event. The counters include the others.
    """
    starting = sum(len(event.known) for event in late if event.seen < begin)
    reasons = [(event, event.all_among(explained)) for event in late if event.seen >= begin]
    count = max(counted - starting, sum(len(event.known) for event, _ in reasons))
    good_ones = min(sum(event.count for event, good in reasons if good), count)
    unexplained = max(sum(len(event.known) for event, good in reasons if not good), count - good_ones)
    return {"count": count, "explained": count - unexplained, "unexplained": unexplained}, reasons


def dropouts(setup, near, xruns, late, stalls, counters, judged, begin):
    own, after_xrun, bad_periods = analysis.gaps(near, xruns)
    explained = blame.explain([*xruns, *(packet for event in late for packet in event.known)], stalls)
    late_counts, reasons = judge_late(late, begin, explained, sum(counters["late"][host] for host in judged))
    # A gap without an xrun was caused by a late packet on one of its ways, at most a round trip earlier.
    way_ns = int((2 * setup.link_offset + 2 * setup.buffers) * 1e9 / analysis.RATE)

    def is_explained(gap):
        causes = [good for event, good in reasons if gap[0] - way_ns <= event.seen <= gap[1]]
        return bool(causes) and all(causes)

    good_xruns = sum(x in explained for x in xruns)
    explained_gaps = sum(is_explained(gap) for gap in own)
    events = [(x, x in explained) for x in xruns] + [(p, good) for event, good in reasons for p in event.known]
    return {
        "xruns": {"near": sum(x.what == "near" for x in xruns), "far": sum(x.what == "far" for x in xruns),
                  "explained": good_xruns, "unexplained": len(xruns) - good_xruns},
        "late": late_counts,
        "gaps": {"count": len(own), "explained": explained_gaps, "unexplained": len(own) - explained_gaps,
                 "afterXruns": after_xrun, "samples": sum(g[2] for g in own)},
        "wrongPeriods": bad_periods, "counters": counters,
        "events": [{"what": d.what, "at": d.seen, "lateUs": d.lateness / 1000, "explained": good}
                   for d, good in events][:1000]}


def make(setup, near, far, xruns, late, stalls, summaries, before, after, measured, begin, judged):
    trips = analysis.round_trip_frames(near)
    heard = near[near["heard"] >= 0]
    delay = int(numpy.median((heard["read"] - heard["heard"]) % analysis.CYCLE)) if len(heard) else -1
    median = float(numpy.median(trips)) if len(trips) else None
    arrivals = quantiles(counts_between(*measured, "receivers", "arrivals"))
    departures = quantiles(counts_between(*measured, "senders", "departures"))
    walls = analysis.round_trip_ns(near, delay)
    lost = dropouts(setup, near, xruns, late, stalls, counted(before, after), judged, begin)
    stalls = [s for s in stalls if s.end >= begin]
    if arrivals:
        usual_ns = int(arrivals["p50"] * 1e9 / analysis.RATE)
        lost["late"]["likeTheWitness"] = round(len(judged) * setup.streams * blame.late_like_the_witness(
            stalls, len(summaries), usual_ns, setup.packet_us * 1000))
    share = lost["wrongPeriods"] / max(len(near), 1)
    unexplained = sum(lost[kind]["unexplained"] for kind in ("xruns", "late", "gaps"))
    exact = median is not None and abs(median - setup.expected) <= 1
    verdict = "failed" if not exact or unexplained else "inconclusive" if share > MAXIMUM_EXPLAINED else "passed"
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
        "split": split(setup, arrivals), "arrivalMarginFrames": arrivals, "departuresUs": departures,
        "dropouts": lost,
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
        f"time {parts['ofWhichPacketTime']:.3f}, network and scheduling {parts['ofWhichNetworkAndScheduling']:.3f} and "
        f"margin {parts['ofWhichMargin']:.3f}" if parts["ofWhichMargin"] is not None else "time and the rest",
        line("by the clock", trip["wallUs"]),
    ]
    if "oneWay" in result:
        lines.append(line("one way", result["oneWay"]["wallUs"]))
    for end, values in result["wakeLatenessUs"].items():
        lines.append(line(f"{end} program woke late", values))
    lines.append(line("packets left late", result["departuresUs"]))
    like = lost["late"].get("likeTheWitness")
    witness_late = "" if like is None else f"; {like} if all threads had been as late as the witness"
    counters = "; ".join(f"{name} {values['near']} near, {values['far']} far" for name, values in lost["counters"].items())
    lines += [
        "",
        f"xruns  {lost['xruns']['near']} near, {lost['xruns']['far']} far: {lost['xruns']['explained']} explained by the "
        f"witness, {lost['xruns']['unexplained']} not",
        f"late   {lost['late']['count']} packets where the witness was: {lost['late']['explained']} explained, "
        f"{lost['late']['unexplained']} not{witness_late}",
        f"gaps   {lost['gaps']['count']} beside xruns ({lost['gaps']['samples']} samples): {lost['gaps']['explained']} "
        f"explained, {lost['gaps']['unexplained']} not; {lost['gaps']['afterXruns']} in the wake of xruns",
        f"packets  {counters}",
        f"witness  {result['witness']['stalls']} stalls of 0.1 ms or more, the longest {result['witness']['longestUs']:.0f} us",
        *[f"  processor {each}" for each in result["witness"]["threads"]],
        "", f"{result['verdict'].upper()}",
    ]
    return "\n".join(lines)
