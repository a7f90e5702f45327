# SPDX-License-Identifier: MIT
"""The latency from application to application and back, to the sample: its parts, and the causes of dropouts.

See scripts/latency-test.sh.
"""

import argparse
import dataclasses
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "EndToEnd"))
sys.path.insert(0, str(HERE))

import analysis  # noqa: E402
import late  # noqa: E402
import places  # noqa: E402
import plot  # noqa: E402
import report  # noqa: E402

FRAMES = {125: 6, 250: 12, 333: 16, 1000: 48, 4000: 192}  # frames of a packet, by packet time
SHORTEST = {125: 12, 250: 24, 333: 28, 1000: 72, 4000: 240}  # default link offsets in frames: two packets, or more if that is the minimum
SETTLE = 1.0  # seconds at the start that are not judged, because the programs start one after the other


@dataclasses.dataclass
class Setup:
    """The parameters of a test."""

    period: int
    periods: int
    packet_us: int
    link_offset: int
    reflect: str
    seconds: float
    streams: int
    channels: int

    @property
    def buffers(self):
        """The frames in the programs' buffers: those of the near one, and those of the far one if there is one."""
        return self.period * self.periods * (2 if self.reflect == "app" else 1)

    @property
    def spare_ns(self):
        """The time from a packet's last frame until its first frame is due, in ns."""
        return (self.link_offset - FRAMES[self.packet_us]) * 1_000_000_000 // analysis.RATE

    @property
    def expected(self):
        """The expected frames from writing a sample to reading it (LNK-01: twice the link offset)."""
        return self.buffers + 2 * self.link_offset


def parse(arguments):
    parser = argparse.ArgumentParser(prog="scripts/latency-test.sh", description=__doc__.splitlines()[0])
    parser.add_argument("--period", type=int, default=32, metavar="F", help="frames of the programs' periods (32)")
    parser.add_argument("--periods", type=int, default=2, metavar="K", help="periods of their buffers (2)")
    parser.add_argument("--ptime", type=int, default=250, choices=FRAMES, metavar="US",
                        help="packet time in microseconds: 125, 250, 333, 1000 or 4000 (250)")
    parser.add_argument("--link-offset", type=int, metavar="F", help="in frames (two packets; 72 at 1 ms)")
    parser.add_argument("--streams", type=int, default=8, help="streams that carry the channels evenly (8)")
    parser.add_argument("--channels", type=int, default=64, help="total number of channels (64)")
    parser.add_argument("--duration", type=float, default=10.0, metavar="S", help="seconds (10)")
    parser.add_argument("--samples", type=int, metavar="N", help="measure this many periods instead")
    parser.add_argument("--reflect", choices=("app", "engine"), default="app",
                        help="the part that returns the signal: an ALSA program (app), or the far daemon itself (engine)")
    parser.add_argument("--remote", metavar="HOST", help="the second machine, by ssh; see scripts/latency-test.sh")
    parser.add_argument("--report", type=pathlib.Path, metavar="FILE.json", help="report file; the plot is written next to it as .svg")
    parser.add_argument("--keep", type=pathlib.Path, metavar="DIRECTORY", help="directory that keeps the raw records")
    parser.add_argument("--install", type=pathlib.Path, default=pathlib.Path(".build-install"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.channels % options.streams:
        parser.error(f"{options.channels} channels do not fill {options.streams} streams evenly")
    if options.channels // options.streams * FRAMES[options.ptime] * 3 > 1440:
        parser.error(f"{options.channels // options.streams} channels of {options.ptime} us do not fit in a packet")
    seconds = options.samples * options.period / analysis.RATE + 2 * SETTLE if options.samples else options.duration
    link_offset = options.link_offset or SHORTEST[options.ptime]
    return options, Setup(options.period, options.periods, options.ptime, link_offset, options.reflect, seconds,
                          options.streams, options.channels)


def build_tools(directory):
    for name, library in (("latency_client", "-lasound"), ("witness", "-lpthread")):
        subprocess.run(["cc", "-std=gnu11", "-O3", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror",
                        "-o", directory / name, HERE / f"{name}.c", library], check=True)


def measure(setup, place, directory):
    """Runs both programs for the duration; returns the daemons' statuses before and after, late packets, and histograms."""
    with open(directory / "witness.log", "wb") as log:
        witness = subprocess.Popen([directory / "witness", directory / "stalls"], stdout=log, stderr=log)
    try:
        if setup.reflect == "app":
            place.start_far()
        hosts = place.hosts()
        watch = late.LateWatch(hosts, setup.spare_ns)
        before, measured = place.status(), [host.measurements() for host in hosts]
        watch.start()
        place.run_near()
        watch.stop()
        after = place.status()
        if setup.reflect == "app":
            place.stop_far()
    finally:
        witness.send_signal(signal.SIGTERM)
        witness.wait(5)
    return before, after, watch.found, (measured, [host.measurements() for host in hosts])


def judge(setup, directory, before, after, late_packets, measured, far_clock):
    """Returns the report as a dictionary. `far_clock` is true if both ends read the same CLOCK_MONOTONIC."""
    near = analysis.read_records(directory / "near.records")
    if len(near) == 0:
        raise SystemExit("no period was recorded; see the log above")
    begin = int(near["woke"][0]) + int(SETTLE * 1e9)
    stalls, summaries = analysis.read_stalls(directory / "stalls")
    period_ns = setup.period * 1_000_000_000 // analysis.RATE
    xruns = analysis.read_xruns(directory / "near.events", "near", near, period_ns, setup.periods)
    near = near[near["woke"] >= begin]
    far = None
    if setup.reflect == "app":
        far = analysis.read_records(directory / "far.records")
        far_xruns = analysis.read_xruns(directory / "far.events", "far", far, period_ns, setup.periods)
        far = far[far["woke"] >= begin]
        xruns += far_xruns if far_clock else []
    xruns = [x for x in xruns if x.seen >= begin]
    return report.make(setup, near, far if far_clock else None, xruns, late_packets, stalls, summaries, before,
                       after, measured, begin, ("near", "far") if far_clock else ("near",))


def end(*_):
    """Ends the process by an exception, so that hosts and programs are ended; a second signal does not interrupt that."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(143)


def main():
    options, setup = parse(sys.argv[1:])
    signal.signal(signal.SIGTERM, end)
    with tempfile.TemporaryDirectory(prefix="aes67-latency-") as scratch:
        directory = options.keep or pathlib.Path(scratch)
        directory.mkdir(parents=True, exist_ok=True)
        build_tools(directory)
        make = places.Remote(options.remote, setup, directory) if options.remote else \
            places.Namespaces(options.install.absolute(), setup, directory)
        with make as place:
            started = time.time()
            before, after, late_packets, measured = measure(setup, place, directory)
            result = judge(setup, directory, before, after, late_packets, measured, place.same_clock)
        result["when"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started))
        if options.report:
            options.report.write_text(json.dumps(result, indent=2) + "\n")
            options.report.with_suffix(".svg").write_text(plot.draw(result))
    print(report.text(result))
    return {"passed": 0, "failed": 1, "inconclusive": 3}[result["verdict"]]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except AssertionError as error:  # a daemon or program failed, so there is no measurement
        sys.exit(f"latency-test: {str(error)[:500]}")
