# SPDX-License-Identifier: MIT
"""The clock in a real browser, while its master's time steps: what the graph shows, and how soon."""

import json
import re
import time

import pytest

from harness import browser, timeshift
from harness.control import Control, run_command
from harness.network import wait_for
from harness.ptp import FAST, FAST_PEER, identity, locked, ptp4l
from test_panel import token

STEP = 50_000  # nanoseconds


@pytest.fixture
def stepped(network, lone, install):
    """Host a follows ptp4l on host b, whose time of day `step` shifts."""
    b = network.b
    shift = timeshift.shift_file(b.path("shift"))
    ptp4l(b, priority1=50, env={"LD_PRELOAD": str(timeshift.library(b.directory)), "TIMESHIFT": str(b.path("shift"))}, **FAST_PEER)
    a = lone(control={"socket-group": "games"}, ptp={"mode": "slave", **FAST}, receivers=[], senders=[])
    a.control, a.other, a.step = Control(a.daemon), b, lambda nanoseconds: timeshift.shift_time(shift, nanoseconds)
    token(a)
    a.address = run_command(a, install, "panel", "--print").stdout.splitlines()[0]
    a.daemon.wait_status(locked, "the lock", timeout=40)
    a.browser = browser.Browser(a)
    a.page = a.browser.page(a.address)
    a.page.wait("document.querySelectorAll('.meter').length === 128", "the meters")
    yield a
    assert a.page.faults == [] and a.page.elsewhere(a.address) == []


def extent(page):
    """The least and the greatest offset that the graph shows, in nanoseconds."""
    label = page.value("document.querySelector('svg.graph').getAttribute('aria-label')")
    sizes = {"ns": 1, "µs": 1_000, "ms": 1_000_000}
    found = re.search(r": (\S+) (ns|µs|ms) to (\S+) (ns|µs|ms), now", label)
    return [float(found[index].replace("\u2212", "-")) * sizes[found[index + 1]] for index in (1, 3)] if found else [0, 0]


def test_a_step_of_the_master_is_in_the_graph(stepped):
    """50 µs more on the master's clock are in the graph within 2 s, and the master in the list of clocks."""
    page = stepped.page
    page.value("location.hash = '#/clock'")
    page.wait("document.querySelector('.graph .line')?.getAttribute('d')", "the graph")
    page.value("document.querySelector('[data-seconds=\"60\"]').click()")
    page.wait(f"[...document.querySelectorAll('tbody tr')].some(row => row.innerText.includes({json.dumps(identity(stepped.other))}) && row.innerText.includes('followed'))", "the master")
    wait_for(lambda: stepped.control.get("/v1/clock")["ptp"]["accuracyNanoseconds"] < 20_000, "a steady clock", timeout=20)
    before = extent(page)
    began = time.monotonic()
    stepped.step(STEP)
    wait_for(lambda: extent(page)[0] < before[0] - STEP / 2, f"the step in the graph, which showed {before}", timeout=5, interval=0.02)
    took = time.monotonic() - began
    print(f"seen after {took:.2f} s")
    assert took <= 2
