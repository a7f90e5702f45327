# SPDX-License-Identifier: MIT
"""The clock view in a real browser: a step of the master's time, and a history of an hour."""

import json
import pathlib
import re
import time

import pytest

from harness import browser, timeshift
from harness.control import Control, run_command
from harness.network import wait_for
from harness.ptp import FAST, FAST_PEER, identity, locked, ptp4l
from test_browser import panel_host, picture  # noqa: F401  (a fixture)
from test_panel import token

# The daemon's clock history after an hour; ClockHistoryTests verifies this content in virtual time.
HOUR = pathlib.Path(__file__).parent / "harness" / "clock_hour.json"

STEP = 50_000  # nanoseconds


@pytest.fixture
def stepped(network, lone, install):
    """Host a follows ptp4l on host b, whose clock `step` shifts."""
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
    """Returns the smallest and the largest offset in the graph, in nanoseconds."""
    label = page.value("document.querySelector('svg.graph').getAttribute('aria-label')")
    sizes = {"ns": 1, "µs": 1_000, "ms": 1_000_000}
    found = re.search(r": (\S+) (ns|µs|ms) to (\S+) (ns|µs|ms), now", label)
    return [float(found[index].replace("\u2212", "-")) * sizes[found[index + 1]] for index in (1, 3)] if found else [0, 0]


def test_the_graph_shows_a_step_of_the_master(stepped):
    """A step of 50 us of the master's clock appears in the graph within 2 s. The list of clocks has the master, marked as followed."""
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
    print(f"shown after {took:.2f} s")
    assert took <= 2


def test_a_new_page_shows_the_past_hour(panel_host):  # noqa: F811
    """The daemon's clock history of an hour of virtual time, served to the page: the graph must show all points, the gap, the step and the
    marks in their places.
    """
    page, past = panel_host.page, json.loads(HOUR.read_text())
    shift = panel_host.control.get("/v1/clock/history?seconds=60")["endUnixMilliseconds"] - past["endUnixMilliseconds"]
    past["endUnixMilliseconds"] += shift
    for mark in past["marks"]:
        mark["unixMilliseconds"] += shift
    page.value(f"""(() => {{
        const [real, past] = [window.fetch, {json.dumps(past)}];
        window.fetch = (path, options) => String(path).endsWith('/v1/clock/history?seconds=3600') ? Promise.resolve(Response.json(past)) : real(path, options);
    }})()""")
    page.value("location.hash = '#/clock'")
    # Answers that are still missing would move the ranges while the mouse is pressed.
    page.wait("['PTP is off, or has no network.', 'nothing measured'].every(text => document.querySelector('main').innerText.includes(text))", "all answers")
    page.click("[data-seconds='3600']")
    wait_for(lambda: extent(page)[1] > 50_000, "the step in minute 40", timeout=8)
    known = [value for value in past["offset"] if value is not None]
    least, greatest = (kind([value for value in past[key] if value is not None]) for kind, key in ((min, "offsetLeast"), (max, "offsetGreatest")))
    assert (least, greatest) == (-400, 50_400) and all(abs(shown - true) < 100 for shown, true in zip(extent(page), (least, greatest)))
    line = page.value("document.querySelector('svg.graph .line').getAttribute('d')")
    points = [float(x) for x in re.findall(r"[ML]([0-9.]+) ", line)]
    assert len(points) == len(known) == 708 and line.count("M") == 2, "one point each five seconds, with one gap"
    # The oldest point is at the left end, the latest at the right, and each mark at its minute.
    left, right = points[0], points[-1]
    width = page.value("document.querySelector('svg.graph').viewBox.baseVal.width")
    assert left == 62 and right == width - 8
    marks = page.value("[...document.querySelector('svg.graph').querySelectorAll('.mark')].map(one => [one.textContent, Number(one.getAttribute('x1'))])")
    assert [text for text, _ in marks] == ["state: holdover", "state: locked", "grandmaster: C", "rebase: by 48 frames: epoch"]
    for (text, place), minute in zip(marks, (20, 21, 21, 40)):
        assert abs((place - left) / (right - left) - minute / 60) < 0.005, (text, place)
    gap = max(b - a for a, b in zip(points, points[1:])) / (right - left)
    assert abs(gap - 65 / 3600) < 0.002, "the gap is not the minute without a master"
    times = page.value("[...document.querySelector('svg.graph').querySelectorAll('.axis')].map(one => one.textContent).filter(text => /^\\d\\d:\\d\\d$/.test(text))")
    minutes = [int(text[:2]) * 60 + int(text[3:]) for text in times]
    assert (max(minutes) - min(minutes)) % 1440 >= 45 or (min(minutes) - max(minutes)) % 1440 >= 45, times
    wait_for(lambda: "the grandmaster became C" in page.text("main"), "the changes")
    picture(panel_host, "clock-hour")
