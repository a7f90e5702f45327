# SPDX-License-Identifier: MIT
"""Clocks that other programs keep, and what is said of this host's own.

The kernel's answers are changed by clocks.c in the daemon's process: this machine has no hardware clock, and what state
its own clock is in is not a test's to choose. Nothing is set anywhere.
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
    """Starts a daemon to which a library gives `answers` in place of the kernel: `a = with_answers({"tai": 37}, clock=...)`, `a.answer(tai=0)`."""
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
    """The difference between the media clock and this machine's UTC, when the status was written."""
    clock = status["clock"]
    return (clock["deviceFrame"] + clock["mediaOffset"]) / 48_000 - file.stat().st_mtime


def test_system_tai(with_answers):
    a = with_answers({"tai": 0, "synchronized": 0}, clock={"source": "system-tai"})
    status = a.daemon.wait_status(lambda s: s["clock"].get("external"), "a look at the clock")
    assert status["clock"]["state"] == "free-running" and status["clock"]["source"] == "system-tai"
    assert "leapsectz right/UTC" in status["clock"]["external"]["problem"]
    assert all(not daemons.runs(sender) for sender in status["senders"]), "senders wait for the clock"
    assert a.daemon.log.count("CLOCK_TAI still shows UTC") == 1
    a.answer(tai=40)
    status = a.daemon.wait_status(locked, "the lock", timeout=10)
    assert status["ptp"] is None, "our own port is off"
    assert "not synchronized" in status["clock"]["external"]["problem"]
    # 40 s instead of the 37 s that are assumed without a word from the kernel: three frames' seconds moved.
    moved = [int(n) for n in re.findall(r"system-tai is (-?\d+) frames from", a.daemon.log)]
    assert abs(sum(moved) - 3 * 48_000) <= 1, moved
    a.answer(synchronized=1)
    status = a.daemon.wait_status(lambda s: "problem" not in s["clock"]["external"], "the reservation to go")
    assert abs(seconds_from(status, a.daemon.status_file) - 40) < 0.3
    assert status["clock"]["state"] == "locked"
    assert abs(middle(lambda s: s["clock"]["external"]["offsetNanoseconds"], a.daemon)) < 1_000
    a.daemon.settle()


def test_hardware_clock_goes_and_comes_back(with_answers):
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
    status = a.daemon.wait_status(lambda s: s["clock"]["state"] == "holdover", "the clock to be missed")
    problem = status["clock"]["external"]["problem"]
    assert "phc:/dev/ptp0" in problem and "no driver offers that clock now" in problem, problem
    assert all(daemons.runs(sender) for sender in status["senders"]), "what runs goes on"
    offset, rebases = status["clock"]["mediaOffset"], status["clock"]["external"]["rebases"]
    a.answer(phc=1_000_000_000_000 - monotonic)
    status = a.daemon.wait_status(locked, "the lock again", timeout=10)
    # It kept its rate meanwhile: back on the same time, nothing steps.
    assert status["clock"]["mediaOffset"] == offset and status["clock"]["external"]["rebases"] == rebases


def test_missing_hardware_clock(lone):
    a = lone(text='{"network": {"interface": "net0"}, "clock": {"source": "phc:/dev/ptp77"}}')
    status = a.daemon.wait_status(lambda s: s["clock"].get("external"), "a look at the clock")
    assert "open /dev/ptp77: No such file or directory" in status["clock"]["external"]["problem"]
    assert status["clock"]["state"] == "free-running" and "/dev/ptp77" in a.daemon.log


def ask(a, request, *options):
    """By ptp4l's local socket (MGT-02)."""
    host = a.host
    return host.run("pmc", "-u", "-b", "0", "-s", a.runtime / "ptp", "-i", host.path("pmc"), *options, request,
                    timeout=15).stdout


def test_announced_quality_is_honest(with_answers):
    """GM-08: what NTP vouches for, and no longer when it does not."""
    a = with_answers({"synchronized": 1, "maxerror": 700, "tai": 37}, ptp={"mode": "master", "profile": "r16"})
    a.daemon.wait_status(lambda s: s["ptp"] and s["ptp"]["state"] == "master", "a master", timeout=15)
    wait_for(lambda: re.search(r"timeSource\s+0x50", ask(a.daemon, "GET TIME_PROPERTIES_DATA_SET")), "NTP's time")
    properties = ask(a.daemon, "GET TIME_PROPERTIES_DATA_SET")
    assert re.search(r"currentUtcOffset\s+37", properties) and re.search(r"currentUtcOffsetValid\s+1", properties)
    # 700 us and the distance of the two clocks: within a millisecond.
    default = ask(a.daemon, "GET DEFAULT_DATA_SET")
    assert re.search(r"clockAccuracy\s+0x29", default) and re.search(r"clockClass\s+248", default), default
    assert a.daemon.status()["clock"]["host"].startswith("synchronized within")
    a.answer(synchronized=0)
    wait_for(lambda: re.search(r"timeSource\s+0xa0", ask(a.daemon, "GET TIME_PROPERTIES_DATA_SET")), "the oscillator's")
    assert re.search(r"clockAccuracy\s+0xfe", ask(a.daemon, "GET DEFAULT_DATA_SET"))
    assert a.daemon.fresh_status()["clock"]["host"] == "free-running"
    assert "own clock is now free-running" in a.daemon.log


def test_without_transmit_stamps(with_answers, network):
    """TS-09: an interface that stamps nothing is led and followed by stamps of our own, and that is said."""
    a = with_answers({"stamps": 0}, ptp={"mode": "auto", "profile": "r16"})
    file = network.b.path("ptp4l.conf")
    file.write_text(f"[global]\nfree_running 1\nuds_address {network.b.path('ptp4l')}\npriority1 100\n"
                    "logAnnounceInterval 0\nlogSyncInterval -3\nlogMinDelayReqInterval -3\n")
    network.b.spawn("ptp4l", "-S", "-i", "net0", "-f", file, "-m", name="ptp4l")
    status = a.daemon.wait_status(lambda s: s["ptp"] and s["ptp"]["locked"], "the lock", timeout=40)
    assert status["ptp"]["timestamps"] == "user-space"
    assert abs(middle(lambda s: s["ptp"]["offsetNanoseconds"], a.daemon)) < 100_000
    assert "gives no transmit timestamps" in a.daemon.log
