# SPDX-License-Identifier: MIT
"""The true error of the published PTP clock, beside the offsets that a free-running ptp4l measures.

One daemon is master on host a. On host b another daemon follows it, and so does `ptp4l -S` with free_running 1 and another clock identity.
Both hosts share the kernel's clock. Both daemons publish their maps from CLOCK_MONOTONIC to frames, so the true error is the difference of
the two maps at one moment, without a measurement in between. Median, 99 % and maximum of its magnitude and its mean are printed, and the
same for the raw offsets in ptp4l's log, whose true value is 0 as well, on an idle machine and with both processors busy.
"""

import re
import statistics
import subprocess
import time

from harness.clockpage import ClockPage
from harness.daemon import Daemon, configuration
from harness.network import Network

PROFILE = {"profile": "r16"}
EVERY = 0.02  # seconds between two readings of both clocks


def daemon(host, install, number, **ptp):
    return Daemon(host, install, configuration(host=number, senders=[], receivers=[], log={"level": "info"},
                                               ptp={**PROFILE, **ptp})).start()


def slave_of_linuxptp(host):
    """Starts a ptp4l that steers no clock, with another clock identity than the daemon's."""
    file = host.path("ptp4l.conf")
    file.write_text(f"[global]\nfree_running 1\nslaveOnly 1\nuds_address {host.path('ptp4l')}\nlogAnnounceInterval 0\n"
                    "logSyncInterval -3\nlogMinDelayReqInterval -3\nsummary_interval -4\n"
                    "clockIdentity 020202.0000.020202\n")
    return host.spawn("ptp4l", "-S", "-i", "net0", "-f", file, "-m", name="ptp4l")


def raw_offsets(text):
    return [int(found) for found in re.findall(r"master offset\s+(-?\d+)", text)]


def watch(leader, follower, seconds):
    """Returns the true errors in nanoseconds: the follower's time minus the leader's."""
    errors, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        errors.append(follower.nanoseconds(now) - leader.nanoseconds(now))
        time.sleep(EVERY)
    return errors


def row(name, values):
    sizes = sorted(abs(value) for value in values)
    print(f"{name:<34} {len(sizes):>6} {statistics.median(sizes):>9.0f} {sizes[len(sizes) * 99 // 100]:>9.0f} "
          f"{sizes[-1]:>9.0f} {statistics.fmean(values):>9.0f}", flush=True)


def busy_processors(count):
    return [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(count)]


def run(install, directory, options):
    seconds = max(options.slices * options.seconds * 6, 10.0)
    print(f"nanoseconds, {seconds:g} s a row, 8 Sync/s, software stamps over a veth\n"
          f"{'':<34} {'values':>6} {'median':>9} {'p99':>9} {'worst':>9} {'mean':>9}")
    with Network(directory / "ptp") as network:
        lead = daemon(network.a, install, 1, mode="master", priority1=10)
        follow = daemon(network.b, install, 2, mode="slave")
        theirs = slave_of_linuxptp(network.b)
        follow.wait_status(lambda s: s["ptp"] and s["ptp"]["locked"], "the lock", timeout=60)
        leader, follower = ClockPage(lead), ClockPage(follow)
        time.sleep(20)  # until the filter of the locked clock has settled
        for load, count in (("idle", 0), ("both processors busy", 2)):
            busy = busy_processors(count)
            try:
                before = len(raw_offsets(theirs.output))
                ours = watch(leader, follower, seconds)
            finally:
                for process in busy:
                    process.kill()
                    process.wait()
            raw = raw_offsets(theirs.output)[before:]
            row(f"{load}: aes67d, true error", ours)
            if raw:
                row(f"{load}: ptp4l, raw offsets", raw)
            else:
                print(f"{load}: ptp4l measured nothing")
        assert follow.status()["ptp"]["locked"], "the lock was lost"
