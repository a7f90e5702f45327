# SPDX-License-Identifier: MIT
"""System calls and faults a packet stay within the golden table, and one more system call is detected."""

import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Support" / "Bench"))

import calls  # noqa: E402
import golden  # noqa: E402
from harness.network import CannotMakeNamespaces  # noqa: E402
from thread_counters import CannotCount  # noqa: E402

# The row whose streams share a wake-up on a busy machine as well.
STEADY = ("1ms", 8)


@pytest.fixture
def countable():
    """Skips the test if the kernel offers no such counters here."""
    try:
        calls.ThreadCounters(0, [calls.thread_counters.SYSTEM_CALLS]).close()
    except CannotCount as error:
        pytest.skip(f"NOTHING CAN BE COUNTED HERE: {error}")


def test_an_excess_of_three_per_cent_is_reported(tmp_path):
    table = golden.Table(tmp_path / "x.golden", ("calls", "faults"))
    table.write({"a row": (2.0, 0.0)}, "any machine")
    assert table.excesses({"a row": (2.05, 0.0)}) == table.excesses({"a row": (1.0, 0.0)}) == []
    assert [len(table.excesses({"a row": values})) for values in ((2.07, 0.0), (2.0, 0.001), (3.0, 1.0))] == [1, 1, 2]
    assert table.excesses({"another": (1.0, 0.0)}) == ["another: x.golden has no figures for it"]


def test_the_daemon_stays_within_the_table(countable, install, tmp_path):
    try:
        rows = calls.measure_all(install, tmp_path)
    except CannotMakeNamespaces as error:
        pytest.skip(f"NO NETWORK NAMESPACES HERE: {error}; run as root on a machine that allows them")
    assert calls.excesses(rows) == []
    assert calls.row_name("receiving", *STEADY) in rows, "eight streams of one host do not share a wake-up"
    assert all(value > 0.1 for calls_made, wake_ups, _ in rows.values() for value in (calls_made, wake_ups)), rows


def test_an_additional_system_call_is_reported(countable, network, install, tmp_path):
    planted = tmp_path / "planted_call.so"
    subprocess.run(["cc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", planted, HERE / "planted_call.c"], check=True)
    rows = calls.measure(network, install, *STEADY, environment={"LD_PRELOAD": str(planted)})
    found = calls.excesses(rows)
    assert len(rows) == len(found) == 2 and all("system calls" in excess for excess in found), (rows, found)
