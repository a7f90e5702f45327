# SPDX-License-Identifier: MIT
"""Clocks that other programs keep, and reports about the host's own clock.

The library clocks.c changes the kernel's answers in the daemon's process, because the test machine has no hardware clock, and the state of
its own clock cannot be chosen. No clock is set.
"""

import re
import subprocess
import time
import types

import pytest

from harness import daemon as daemons
from harness.network import wait_for
from harness.ptp import middle

HERE = daemons.ROOT / "Tests" / "EndToEnd"


@pytest.fixture(scope="session")
def clocks_library(tmp_path_factory):
    library = tmp_path_factory.mktemp("clocks") / "clocks.so"
    subprocess.run(["cc", "-std=gnu11", "-O2", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o",
                    library, HERE / "clocks.c"], check=True)
    return library


@pytest.fixture
def with_answers(network, install, clocks_library):
    """Starts a daemon in which a library replaces the kernel's answers: `a = with_answers({"tai": 37}, clock=...)`, then `a.answer(tai=0)`."""
    def start(answers, **sections):
        file = network.a.path("clocks")

        def answer(**more):
            answers.update(more)
            new = network.a.path("clocks.new")
            new.write_text("".join(f"{k.replace('_', '-')} {v}\n" for k, v in answers.items() if v is not None))
            new.rename(file)

        answer()
        daemon = daemons.Daemon(network.a, install, daemons.configuration(**sections))
        daemon.start(env={"LD_PRELOAD": str(clocks_library), "AES67_CLOCKS": str(file)})
        return types.SimpleNamespace(daemon=daemon, answer=answer)
    return start


def locked(status):
    external = status["clock"].get("external")
    return external is not None and external["locked"]


def seconds_from(status, file):
    """Returns the media clock minus this machine's UTC, in seconds, at the time the status was written."""
    clock = status["clock"]
    return (clock["deviceFrame"] + clock["mediaOffset"]) / 48_000 - file.stat().st_mtime


def test_system_tai(with_answers):
    a = with_answers({"tai": 0, "synchronized": 0}, clock={"source": "system-tai"})
    status = a.daemon.wait_status(lambda s: s["clock"].get("external"), "the state of the external clock")
    assert status["clock"]["state"] == "free-running" and status["clock"]["source"] == "system-tai"
    assert "leapsectz right/UTC" in status["clock"]["external"]["problem"]
    assert all(not daemons.runs(sender) for sender in status["senders"]), "a sender runs without the clock"
    assert a.daemon.log.count("CLOCK_TAI still shows UTC") == 1
    a.answer(tai=40)
    status = a.daemon.wait_status(locked, "the lock", timeout=10)
    assert status["ptp"] is None, "the daemon's own PTP port is on"
    assert "not synchronized" in status["clock"]["external"]["problem"]
    # Without an answer of the kernel, 37 s are assumed. The kernel then says 40 s, so the media clock moves by 3 s.
    moved = [int(n) for n in re.findall(r"system-tai is (-?\d+) frames from", a.daemon.log)]
    assert abs(sum(moved) - 3 * 48_000) <= 1, moved
    a.answer(synchronized=1)
    status = a.daemon.wait_status(lambda s: "problem" not in s["clock"]["external"], "the warning to disappear")
    assert abs(seconds_from(status, a.daemon.status_file) - 40) < 0.3
    assert status["clock"]["state"] == "locked"
    assert abs(middle(lambda s: s["clock"]["external"]["offsetNanoseconds"], a.daemon)) < 1_000
    a.daemon.settle()


def test_hardware_clock_is_lost_and_returns(with_answers):
    monotonic = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    a = with_answers({"phc": 1_000_000_000_000 - monotonic, "phc_rate": 30_000}, clock={"source": "phc:/dev/ptp0"})
    status = a.daemon.wait_status(locked, "the lock", timeout=10)
    external = status["clock"]["external"]
    assert external["manner"] == "compared by driver" and "problem" not in external
    assert abs(middle(lambda s: s["clock"]["external"]["ratePartsPerBillion"], a.daemon) - 30_000) < 500
    assert middle(lambda s: s["clock"]["external"]["readingNanoseconds"], a.daemon) < 100_000
    assert abs((status["clock"]["deviceFrame"] + status["clock"]["mediaOffset"]) / 48_000 - 1_000) < 40
    a.daemon.settle()
    a.answer(phc=None)
    status = a.daemon.wait_status(lambda s: s["clock"]["state"] == "holdover", "the holdover")
    problem = status["clock"]["external"]["problem"]
    assert "phc:/dev/ptp0" in problem and "no driver offers that clock now" in problem, problem
    assert all(daemons.runs(sender) for sender in status["senders"]), "a sender stopped without the clock"
    offset, rebases = status["clock"]["mediaOffset"], status["clock"]["external"]["rebases"]
    a.answer(phc=1_000_000_000_000 - monotonic)
    status = a.daemon.wait_status(locked, "the lock again", timeout=10)
    # The clock kept its rate meanwhile and returns with the same time, so nothing steps.
    assert status["clock"]["mediaOffset"] == offset and status["clock"]["external"]["rebases"] == rebases


def test_missing_hardware_clock(lone):
    a = lone(text='{"network": {"interface": "net0"}, "clock": {"source": "phc:/dev/ptp77"}}')
    status = a.daemon.wait_status(lambda s: s["clock"].get("external"), "the state of the external clock")
    assert "open /dev/ptp77: No such file or directory" in status["clock"]["external"]["problem"]
    assert status["clock"]["state"] == "free-running" and "/dev/ptp77" in a.daemon.log


def ask(a, request, *options):
    """Sends a management request to the daemon's local socket, which is compatible with ptp4l's (MGT-02)."""
    host = a.host
    return host.run("pmc", "-u", "-b", "0", "-s", a.runtime / "ptp", "-i", host.path("pmc"), *options, request,
                    timeout=15).stdout


def test_announced_quality_follows_ntp(with_answers):
    """GM-08: a master announces NTP as its time source, with its accuracy, only while the clock is synchronized."""
    a = with_answers({"synchronized": 1, "maxerror": 700, "tai": 37}, ptp={"mode": "master", "profile": "r16"})
    a.daemon.wait_status(lambda s: s["ptp"] and s["ptp"]["state"] == "master", "a master", timeout=15)
    wait_for(lambda: re.search(r"timeSource\s+0x50", ask(a.daemon, "GET TIME_PROPERTIES_DATA_SET")), "NTP as the time source")
    properties = ask(a.daemon, "GET TIME_PROPERTIES_DATA_SET")
    assert re.search(r"currentUtcOffset\s+37", properties) and re.search(r"currentUtcOffsetValid\s+1", properties)
    # 700 us and the difference of the two clocks: accurate within 1 ms (0x29).
    default = ask(a.daemon, "GET DEFAULT_DATA_SET")
    assert re.search(r"clockAccuracy\s+0x29", default) and re.search(r"clockClass\s+248", default), default
    assert a.daemon.status()["clock"]["host"].startswith("synchronized within")
    a.answer(synchronized=0)
    wait_for(lambda: re.search(r"timeSource\s+0xa0", ask(a.daemon, "GET TIME_PROPERTIES_DATA_SET")), "the internal oscillator as the time source")
    assert re.search(r"clockAccuracy\s+0xfe", ask(a.daemon, "GET DEFAULT_DATA_SET"))
    assert a.daemon.fresh_status()["clock"]["host"] == "free-running"
    assert "own clock is now free-running" in a.daemon.log


def test_without_transmit_stamps(with_answers, network):
    """TS-09: on an interface without transmit timestamps the daemon uses its own timestamps and logs a warning."""
    a = with_answers({"stamps": 0}, ptp={"mode": "auto", "profile": "r16"})
    file = network.b.path("ptp4l.conf")
    file.write_text(f"[global]\nfree_running 1\nuds_address {network.b.path('ptp4l')}\npriority1 100\n"
                    "logAnnounceInterval 0\nlogSyncInterval -3\nlogMinDelayReqInterval -3\n")
    network.b.spawn("ptp4l", "-S", "-i", "net0", "-f", file, "-m", name="ptp4l")
    status = a.daemon.wait_status(lambda s: s["ptp"] and s["ptp"]["locked"], "the lock", timeout=40)
    assert status["ptp"]["timestamps"] == "user-space"
    assert abs(middle(lambda s: s["ptp"]["offsetNanoseconds"], a.daemon)) < 100_000
    assert "gives no transmit timestamps" in a.daemon.log
