# SPDX-License-Identifier: MIT
"""The rules for repeating a test: a failure without a stall counts at once, and only a good run passes."""

import subprocess
import sys
import types
import xml.etree.ElementTree

import pytest

from harness import daemon as daemons
from harness import witness
from harness.repeats import MAXIMUM_RUNS

pytestmark = pytest.mark.calm

CONFTEST = """
import pathlib, sys
sys.path.insert(0, {here!r})
from harness.repeats import Repeats

def pytest_configure(config):
    config.pluginmanager.register(Repeats(lambda item: "stalled for 42.0 ms" if "stalled" in item.keywords else ""))
    config.addinivalue_line("markers", "stalled: a stall explains each failure")
"""
CASES = """
import pathlib, pytest
from harness.repeats import Inconclusive

def run_number():
    file = pathlib.Path(__file__).with_name("runs")
    with open(file, "a") as runs:
        runs.write("x")
    return len(file.read_text())

@pytest.fixture
def broken():
    yield
    raise AssertionError("the fixture is broken")

{body}
"""
GOOD_AT_THE_SECOND = """
@pytest.mark.stalled
def test_it():
    assert run_number() >= 2, "no audio"
"""
NEVER_CONCLUSIVE = """
@pytest.mark.stalled
def test_it():
    run_number()
    assert False, "no audio"
"""
WITHOUT_A_REASON = """
def test_it():
    assert run_number() >= 2, "no audio"
"""
OTHER_ERROR = """
@pytest.mark.stalled
def test_it():
    run_number()
    raise KeyError("status")
"""
RED_AFTER_A_STALL = """
def test_it(request):
    if run_number() == 1:
        raise Inconclusive("its own witness saw 7 ms")
    assert False, "no audio"
"""
BROKEN_FIXTURE = """
@pytest.mark.stalled
def test_it(broken):
    assert run_number() >= 2
"""


@pytest.mark.parametrize("body,runs,last,said", [
    (GOOD_AT_THE_SECOND, 2, "1 passed, 1 repeated", ["REPEATED", "stalled for 42.0 ms; error: no audio"]),
    (NEVER_CONCLUSIVE, MAXIMUM_RUNS, f"1 failed, {MAXIMUM_RUNS - 1} repeated", ["INCONCLUSIVE", "counts as failed"]),
    (WITHOUT_A_REASON, 1, "1 failed", []),
    (OTHER_ERROR, 1, "1 failed", []),
    (RED_AFTER_A_STALL, 2, "1 failed, 1 repeated", ["its own witness saw 7 ms"]),
    (BROKEN_FIXTURE, 1, "1 failed, 1 error", ["the fixture is broken"]),
], ids=["good in the second run", "never conclusive", "without a reason", "other error", "failed after a stall", "broken fixture"])
@pytest.mark.parametrize("processes", ([], ["-n", "2"]), ids=["in one process", "in two processes"])
def test_repeats_and_their_result(tmp_path, processes, body, runs, last, said):
    (tmp_path / "conftest.py").write_text(CONFTEST.format(here=str(daemons.ROOT / "Tests/EndToEnd")))
    (tmp_path / "test_it.py").write_text(CASES.format(body=body))
    report = tmp_path / "report.xml"
    done = subprocess.run([sys.executable, "-m", "pytest", *processes, "-p", "no:cacheprovider", "--rootdir", tmp_path, "--junitxml", report, tmp_path],
                          capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert len((tmp_path / "runs").read_text()) == runs, done.stdout
    assert f" {last} in " in done.stdout.splitlines()[-1], done.stdout
    assert (done.returncode == 0) == last.startswith("1 passed"), done.stdout
    assert all(words in done.stdout for words in said), done.stdout
    tree = xml.etree.ElementTree.parse(report)
    kinds = [child.tag for case in tree.iter("testcase") for child in case if child.tag in ("failure", "error", "skipped")]
    assert bool(kinds) == (done.returncode != 0), kinds
    assert [p.get("value") for p in tree.iter("property") if p.get("name") == "repeated"] == [str(last.count("repeated") and int(
        last.split(" repeated")[0].split()[-1]))]


MS = 1_000_000


@pytest.mark.parametrize("stalls,window,expected", [
    ([], 10, 0),
    ([(0, 100, 105)], 10, 5),
    ([(0, 100, 105)], 3, 3),
    ([(0, 100, 104), (0, 106, 109), (0, 200, 205)], 10, 7),
    ([(0, 100, 104), (1, 101, 105)], 10, 4),
], ids=["none", "one", "longer than the window", "two close together", "two processors"])
def test_stalls_within_a_time(stalls, window, expected):
    assert witness.longest_within([(cpu, a * MS, b * MS) for cpu, a, b in stalls], window * MS) == expected * MS


def host(**status):
    value = {"senders": [], "receivers": [], "clients": [], "clock": {"rateDivisor": 1}, **status}
    source = types.SimpleNamespace(status=lambda: value)
    return types.SimpleNamespace(namespace="a", processes=[], daemon=source, box=None, burst_ms=0)


def test_minimum_stalls():
    """The shortest stall that explains a fault:

    17 packets for a dropped packet, the link offset for a late one, and the buffer less a period for an xrun.
    """
    sender = {"dropped": 3, "packetTimeMicroseconds": 250}
    assert witness.disturbances([host(senders=[sender])]) == [("3 packets dropped by a", pytest.approx(0.8 * 17 * 0.25))]
    slow = host(senders=[{**sender, "packetTimeMicroseconds": 4000}], clock={"rateDivisor": 10})
    assert witness.disturbances([slow])[0][1] == pytest.approx(0.8 * 17 * 10)
    late = host(receivers=[{"late": 1, "linkOffsetFrames": 480}])
    assert witness.disturbances([late]) == [("1 packets late at a", pytest.approx(8.0))]
    client = {"xruns": 2, "bufferFrames": 1024, "periodFrames": 544, "program": "aplay"}
    assert witness.disturbances([host(clients=[client])]) == [("2 xruns of aplay on a", pytest.approx(8.0))]
    boxed = host()
    boxed.daemon, boxed.box = None, host(senders=[sender]).daemon
    assert witness.disturbances([boxed])[0][0] == "3 packets dropped by the box on a"
    assert witness.disturbances([host()]) == []
