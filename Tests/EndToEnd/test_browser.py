# SPDX-License-Identifier: MIT
"""The control panel in a real browser: it must show the API's values, and its controls must take effect."""

import os
import pathlib
import shutil
import time

import numpy
import pytest

from harness import access, browser
from harness import daemon as daemons
from harness.control import Control, run_command
from harness.network import wait_for
from test_panel import token

TONE = 1000  # hertz
SECONDS = 60


@pytest.fixture
def panel_host(network, lone, install):
    """Host a with its panel open in a browser.

    Host b sends two streams, one with markup in its name. Neither configuration file is changed for the panel.
    """
    lone(host=network.b, layout={"host": 2}, receivers=[], senders=STREAMS)
    a = lone(control={"socket-group": "games"})
    a.control, a.other = Control(a.daemon), network.b
    a.other.control = Control(network.b.daemon)
    token(a)
    a.address = run_command(a, install, "panel", "--print").stdout.splitlines()[0]
    a.browser = browser.Browser(a)
    a.page = a.browser.page(a.address)
    a.page.wait("document.querySelectorAll('.meter').length === 128", "the meters")
    yield a
    picture(a, "last")
    assert a.page.faults == [], "errors on the console, or violations of the content security policy"
    assert a.page.elsewhere(a.address) == []


HOSTILE = "<img src=x onerror=alert(1)></script>"
# The layout of host a has a receiver for the first stream, and none for the second.
STREAMS = [{"name": "Stage", "address": "239.69.2.1", "channels": 8}, {"name": HOSTILE, "address": "239.69.9.9", "channels": 2, "first-channel": 9}]


def picture(host, name):
    """Saves a screenshot, also to the directory AES67_PICTURES if it is set."""
    place = os.environ.get("AES67_PICTURES")
    file = host.page.picture(host.path(f"{name}.png"))
    if place:
        pathlib.Path(place).mkdir(parents=True, exist_ok=True)
        shutil.copy(file, pathlib.Path(place) / f"{name}.png")


def tone(host, levels, first):
    """Plays a sine wave of each of these levels in dBFS, on adjacent channels from `first` up."""
    time = numpy.arange(SECONDS * 48_000 // 100) / 48_000
    wave = numpy.sin(2 * numpy.pi * TONE * time)[:, None] * 10 ** (numpy.array(levels) / 20)[None, :]
    file = host.path(f"tone-{first}.raw")
    file.write_bytes(numpy.tile((wave * (2**31 - 1)).astype("<i4"), (100, 1)).tobytes())
    return host.spawn("aplay", "-q", "-D", f"aes67:CH={len(levels)},FIRST={first}", "-t", "raw", "-f", "S32_LE", "-c", len(levels), "-r", 48000, file)


def level(page, name):
    """Returns the value of a meter in dBFS; None for silence."""
    text = page.value(f"document.querySelector('[role=meter][aria-label=\"{name}\"]').getAttribute('aria-valuetext')")
    return None if text == "silence" else float(text.split(" ")[0].replace("\u2212", "-"))


def test_the_overview_shows_levels_streams_and_programs(panel_host):
    """The printed address works without changes to the configuration file, its token does not stay in the browser's address, and the meters
    show the levels that are played.
    """
    page = panel_host.page
    assert page.value("location.href") == "http://127.0.0.1:8067/#/overview" and page.value("document.cookie") == "" and page.value("history.length") <= 2
    assert page.value("document.title").endswith("Overview · AES67")
    tone(panel_host.other, [-20, -6], 1)
    player = tone(panel_host, [-40, -3], 9)
    wait_for(lambda: level(page, "Capture 1") is not None and level(page, "Playback 9") is not None, "both tones", timeout=8)
    wait_for(lambda: abs(level(page, "Capture 1") + 20) <= 0.5, "a tone of -20 dBFS", timeout=4)
    expected = {"Capture 1": -20, "Capture 2": -6, "Capture 3": None, "Playback 9": -40, "Playback 10": -3, "Playback 11": None}
    for name, wanted in expected.items():
        shown = level(page, name)
        assert shown is None if wanted is None else abs(shown - wanted) <= 0.5, (name, shown)
    # The stream's level and the number of programs are shown as well.
    page.wait("[...document.querySelectorAll('section')].find(s => s.querySelector('h2').textContent === 'Receivers')?.innerText.includes('\u22126.0')", "the level of the stream")
    page.wait("document.getElementById('pills').innerText.includes('1 program')", "the program")
    for scheme, size, name in (("dark", browser.DESKTOP, "overview"), ("light", browser.PHONE, "overview-phone")):
        page.scheme(scheme)
        page.resize(*size)
        assert page.value("document.documentElement.scrollWidth") <= size[0], "the page is wider than the window"
        picture(panel_host, name)
    page.scheme("dark")
    player.stop()
    page.wait("document.getElementById('pills').innerText.includes('0 programs')", "the end of the program")


def test_a_network_failure_is_shown_at_the_top(panel_host):
    """While the link is down, the page has an alarm in its title, a pill with a sign, and a message."""
    page = panel_host.page
    wait_for(lambda: not page.value("document.title").startswith("!"), "a title without alarm", timeout=8)
    panel_host.run("ip", "link", "set", "net0", "down")
    page.wait("document.title.startsWith('!')", "the alarm in the title", timeout=8)
    page.wait("document.querySelector('.pill[data-level=bad] .sign')?.textContent === '✕'", "a pill with a sign")
    assert "no network" in page.text(".troubles").lower() or "net0" in page.text(".troubles")
    panel_host.run("ip", "link", "set", "net0", "up")
    panel_host.run("ip", "route", "add", "239.0.0.0/8", "dev", "net0")
    page.wait("!document.title.startsWith('!')", "the end of the alarm", timeout=15)


def test_counters_are_reset(panel_host, install):
    page = panel_host.page
    faults = page.wait("document.querySelector('[data-fault=late]')?.textContent && [...document.querySelectorAll('[data-fault]')].map(one => one.textContent)", "the counters")
    assert len(faults) == 4
    before = panel_host.control.get("/v1/faults")
    page.value("[...document.querySelectorAll('button')].find(one => one.textContent === 'Reset').click()")
    after = wait_for(lambda: (now := panel_host.control.get("/v1/faults"))["sinceUnixMilliseconds"] > before["sinceUnixMilliseconds"] and now, "the reset")
    assert all(after[key] == 0 for key in ("late", "lost", "dropped", "xruns")), after
    assert run_command(panel_host, install, "stats", "--reset").stdout.startswith("counts reset; there were 0 late, 0 lost, 0 dropped packets and 0 xruns")
    assert panel_host.control.get("/v1/faults")["sinceUnixMilliseconds"] > after["sinceUnixMilliseconds"]


def test_the_panel_is_accessible(panel_host):
    """Roles, names, landmarks, focus and contrast, in both schemes and at both sizes."""
    page = panel_host.page
    for view in page.value("[...document.querySelectorAll('nav a')].map(one => one.hash)"):
        page.value(f"location.hash = {view!r}")
        for scheme, size in (("dark", browser.DESKTOP), ("light", browser.PHONE)):
            page.scheme(scheme)
            page.resize(*size)
            page.wait("document.querySelector('main h2')", "the view")
            assert page.value(access.RULES) == [], (view, scheme)
    page.resize(*browser.DESKTOP)


def test_keys_and_the_address(panel_host):
    page = panel_host.page
    page.press("?", text="?")
    page.wait("document.getElementById('help').open", "the help")
    page.press("Escape")
    page.wait("!document.getElementById('help').open", "the help to be closed")
    views = page.value("document.querySelectorAll('nav a').length")
    for number in range(views, 0, -1):
        page.press(str(number))
        page.wait(f"document.querySelectorAll('nav a')[{number - 1}].getAttribute('aria-current') === 'page'", f"view {number}")
    page.press("Tab")
    assert page.value("document.activeElement !== document.body && getComputedStyle(document.activeElement).outlineStyle !== 'none'"), "the focus is not visible"


def test_a_hidden_page_sends_no_requests(panel_host):
    page = panel_host.page
    page.value("Object.defineProperty(document, 'hidden', {value: true, configurable: true}); document.dispatchEvent(new Event('visibilitychange'))")
    browser.settle(0.5)
    asked = len(page.requests)
    browser.settle(2.5)
    assert len(page.requests) == asked, page.requests[asked:]
    page.value("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    wait_for(lambda: any("/v1/events" in url for url in page.requests[asked:]), "the request for events")


def test_the_panel_needs_the_token(panel_host, install):
    stranger = browser.Browser(panel_host)
    page = stranger.page("http://127.0.0.1:8067/#/overview")
    page.wait("document.querySelector('.locked')", "the page without a token")
    assert "aes67 panel" in page.text() and not page.value("document.querySelector('.meter')")
    panel_host.daemon.stop()
    panel_host.page.wait("document.getElementById('note').textContent.includes('does not answer')", "the note")
    daemons.Daemon.start(panel_host.daemon)
    token(panel_host)
    panel_host.page.wait("document.querySelector('.locked')?.textContent.includes('restarted')", "the end of the session", timeout=10)
    # Opening the new address in the same browser also restores the old page.
    panel_host.browser.page(run_command(panel_host, install, "panel", "--print").stdout.splitlines()[0]).wait("document.querySelector('.meter')", "the new page")
    panel_host.page.wait("document.querySelectorAll('.meter').length === 128", "the old page", timeout=10)
    panel_host.page.faults.clear()  # the requests that were refused


def test_meters_fall_while_the_daemon_is_away(panel_host):
    page = panel_host.page
    tone(panel_host.other, [-20], 1)
    wait_for(lambda: level(page, "Capture 1") is not None, "the tone", timeout=8)
    panel_host.daemon.stop()
    wait_for(lambda: level(page, "Capture 1") is None, "silence", timeout=8)
    # A hidden page sends no further requests, which fail without the daemon and are refused after its restart.
    page.value("Object.defineProperty(document, 'hidden', {value: true, configurable: true}); document.dispatchEvent(new Event('visibilitychange'))")
    browser.settle(0.5)
    page.faults.clear()
    daemons.Daemon.start(panel_host.daemon)


@pytest.mark.long
def test_an_open_page_costs_little(panel_host):
    """With an open page and moving meters, the daemon uses at most 4 % of a core more than without; `scripts/bench.sh panel` measures how much."""
    def used(seconds):
        """Returns the part of a core that the daemon uses over some seconds."""
        tasks = pathlib.Path(f"/proc/{panel_host.daemon.process.pid}/task")
        total = lambda: sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir())  # noqa: E731
        begin, at = total(), time.monotonic()
        browser.settle(seconds)
        return (total() - begin) / (time.monotonic() - at) / 1e9
    shown = used(7)
    assert panel_host.page.value("document.querySelectorAll('.meter').length") == 128
    panel_host.page.go("about:blank")
    wait_for(lambda: not panel_host.page.value("document.querySelector('.meter') !== null"), "the empty page")
    hidden = used(7)
    panel_host.page.go(panel_host.address.split("#")[0])
    print(f"{100 * shown:.2f} % with the page, {100 * hidden:.2f} % without")
    assert shown - hidden <= 0.04, (shown, hidden)
