# SPDX-License-Identifier: MIT
"""The routing grid in a real browser: connections made by click, drag or key must appear in the API and in a recording."""

import json
import re

import numpy
import pytest

from harness import access, browser, pattern, sap
from harness.network import wait_for
from harness.session import finish, hear_out, play_pattern, start_recording
from test_browser import panel_host, picture  # noqa: F401  (a fixture)

ROWS = "[...document.querySelectorAll('.grid-body [role=row]')].filter(row => row.line)"


@pytest.fixture
def grid(panel_host):  # noqa: F811
    panel_host.page.press("2")
    wait_for(lambda: "Stage" in panel_host.page.text(".grid-body"), "the sessions of host b", timeout=10)
    return panel_host


def mark(page, name, column, channel=None):
    """Marks the cell of a stream, or of one of its channels, and a column, and returns its selector. Column 0 is the row's head."""
    place = f"row.line.row.stream?.name === {json.dumps(name)} && (row.line.row.kind === 'stream' ? null : row.line.row.index + 1) === {json.dumps(channel)}"
    found = page.value(f"""(() => {{
        document.querySelectorAll('[data-marked]').forEach(one => one.removeAttribute('data-marked'));
        const row = {ROWS}.find(row => {place});
        row?.children[{column}].setAttribute('data-marked', '');
        return Boolean(row);
    }})()""")
    assert found, f"{name} {channel} has no row:\n{page.text('.grid-body')}"
    return "[data-marked]"


def unfold(page, name, channels):
    page.click(mark(page, name, 0))
    page.wait(f"{ROWS}.filter(row => row.line.row.kind === 'channel').length === {channels}", "the channels")


def connected(page, name):
    """Returns the device channel of each channel of a stream, as the grid shows them."""
    return page.value(f"{ROWS}.find(row => row.line.row.kind === 'stream' && row.line.row.stream.name === {json.dumps(name)}).line.row.stream.map")


def route(host, name, kind="receivers"):
    """Returns the device channel of each channel of a stream, as the API has them; None if the stream is missing or disabled."""
    for stream in host.control.get(f"/v1/{kind}"):
        if stream["name"] == name and stream["state"] != "disabled":
            return stream.get("map") or list(range(stream["firstChannel"], stream["firstChannel"] + stream["channels"]))
    return None


def becomes(host, name, expected, kind="receivers"):
    wait_for(lambda: route(host, name, kind) == expected, f"{name} on {expected}; it is on {route(host, name, kind)}")
    if expected:
        wait_for(lambda: connected(host.page, name) == expected, f"{name} on {expected} in the grid; there it is on {connected(host.page, name)}")


def layout(host):
    """Returns the name of host a's receiver for the layout's first stream, which host b calls Stage."""
    return next(stream["name"] for stream in host.control.get("/v1/receivers") if stream["address"] == "239.69.2.1")


def test_connected_channels_are_received(grid):
    """Channels of a stream are connected by click, drag and keys.

    A recording of host a must then have each of host b's channels on its new device channel, bit for bit.
    """
    page, far = grid.page, "Aux"
    grid.other.control.ask("POST", "/v1/senders", {"name": far, "address": "239.69.9.1", "channels": [17, 18, 19, 20]})
    wait_for(lambda: far in page.text(".grid-body"), "the session", timeout=10)
    page.click(mark(page, far, 33))
    becomes(grid, far, [33, 34, 35, 36])
    unfold(page, far, 4)
    page.click(mark(page, far, 40, channel=2))
    becomes(grid, far, [33, 40, 35, 36])
    page.press("Delete")
    becomes(grid, far, [33, 0, 35, 36])
    first, last = page.middle(mark(page, far, 50, channel=2)), page.middle(mark(page, far, 52, channel=4))
    page.drag(first, last)
    becomes(grid, far, [33, 50, 51, 52])
    # By keys: from the last cell up to the first channel's row and two columns to the right.
    for key in ("ArrowUp", "ArrowRight", "ArrowRight", "Enter"):
        page.press(key)
    becomes(grid, far, [52, 50, 51, 0])
    page.press("Delete")
    becomes(grid, far, [0, 50, 51, 0])
    page.click(".tools button:last-child")  # undo
    becomes(grid, far, [52, 50, 51, 0])
    grid.daemon.wait_status(lambda s: s.receiver(far)["state"] == "receiving", "the stream")
    expect_heard(grid, {52: 17, 50: 18, 51: 19}, range(33, 65))


def expect_heard(grid, sources, channels=range(1, 65)):
    """Checks a recording of host a while host b plays a pattern.

    `sources` gives the source channel of each device channel, which must have all its frames. The others of `channels` must be silent.
    """
    recorder, sink = start_recording(grid, name=f"heard-{len(grid.processes)}.raw")
    signal = pattern.Pattern(64).frames(48_000)
    play_pattern(grid.other, signal, channels=64).wait(20)
    hear_out(grid, recorder, sink)
    finish(recorder)
    recorded = pattern.read(sink, "S32_LE", 64)
    assert [channel for channel in channels if recorded[:, channel - 1].any()] == sorted(sources)
    for device, source in sources.items():
        wanted = signal[:, source - 1]
        begin = int(numpy.flatnonzero(recorded[:, device - 1] == wanted[0])[0])
        assert numpy.array_equal(recorded[begin:begin + len(wanted), device - 1], wanted), (device, source)


def test_all_streams_are_disconnected_moved_and_received(grid):
    """Eight streams of eight channels are disconnected, and connected again eight device channels further. Then one is disconnected again."""
    page, names = grid.page, {1: "Stage", **{number: f"Part {number}" for number in range(2, 9)}}
    for number in range(2, 9):
        channels = [*range(8 * number - 7, 8 * number + 1)]
        answer = grid.other.control.ask("POST", "/v1/senders", {"name": names[number], "address": f"239.69.2.{number}", "channels": channels})
        assert answer.status == 201, answer.text
    wait_for(lambda: all(name in page.text(".grid-body") for name in names.values()), "the sessions", timeout=10)
    receivers = {number: next(one["name"] for one in grid.control.get("/v1/receivers") if one["address"] == f"239.69.2.{number}") for number in names}

    def shows(number, expected):
        wait_for(lambda: route(grid, receivers[number]) == expected, f"{names[number]} on {expected}; it is on {route(grid, receivers[number])}")
        wait_for(lambda: connected(page, names[number]) == (expected or [0] * 8), f"{names[number]} on {expected} in the grid")

    def disconnect(number):
        for _ in range(2):  # unfolds and folds the channels, so that the row has the focus
            page.click(mark(page, names[number], 0))
        page.press("Delete")
        shows(number, None)

    for number in names:
        disconnect(number)
    for number in names:
        column = 8 * number % 64 + 1
        page.click(mark(page, names[number], column))
        shows(number, [*range(column, column + 8)])
    grid.daemon.wait_status(lambda s: all(one["state"] == "receiving" for one in s["receivers"]), "all streams", timeout=10)
    moved = {(8 * number + index) % 64 + 1: 8 * number - 7 + index for number in names for index in range(8)}
    expect_heard(grid, moved)
    disconnect(3)
    expect_heard(grid, {device: source for device, source in moved.items() if source not in range(17, 25)})


def test_block_switches_presets_and_the_playback_grid(grid):
    page, stage = grid.page, layout(grid)
    shown = "Stage"
    block = "[role=switch][aria-label='capture 1–8']"
    page.click(block)
    wait_for(lambda: route(grid, stage) is None, "the block to be off")
    page.wait(f"document.querySelector(\"{block}\").getAttribute('aria-checked') === 'false'", "the switch")
    page.click(block)
    wait_for(lambda: route(grid, stage) == [*range(1, 9)], "the block to be on")
    page.write("[aria-label='Name of a new preset']", "Sunday")
    page.press("Enter")
    wait_for(lambda: [preset["name"] for preset in grid.control.get("/v1/presets")] == ["Sunday"], "the preset")
    page.click(mark(page, shown, 25))
    wait_for(lambda: route(grid, stage) == [*range(25, 33)], "the stream on 25 to 32")
    page.wait("document.querySelector('.tools select').value === 'Sunday'", "the preset in the list")
    page.click(".tools button")
    wait_for(lambda: route(grid, stage) == [*range(1, 9)], "the preset to be loaded")
    # Playback: one device channel may feed two senders.
    page.click("[data-way=playback]")
    page.wait(f"{ROWS}.some(row => row.line.row.stream?.name === 'host 1 stream 2')", "the senders")
    unfold(page, "host 1 stream 2", 8)
    page.click(mark(page, "host 1 stream 2", 1, channel=1))
    becomes(grid, "host 1 stream 2", [1, *range(10, 17)], "senders")
    assert route(grid, "host 1 stream 1", "senders") == [*range(1, 9)]
    assert page.value(access.RULES) == []


def test_the_grid_shows_the_state_of_streams(grid):
    """A stream that cannot be received shows the reason and cannot be connected. The cell of a stream that ends turns red, with the reason."""
    page, stage = grid.page, layout(grid)
    sap.announce(grid.other, "Odd", "239.69.8.8", rate=44100)
    wait_for(lambda: "Odd" in page.text(".grid-body"), "the session", timeout=10)
    x, y = page.middle(mark(page, "Odd", 9))
    page.mouse("mouseMoved", x, y)
    page.wait("document.querySelector('.readout').textContent.includes('not receivable')", "the reason")
    assert "44" in page.text(".readout")
    page.click(mark(page, "Odd", 9))
    assert not any(stream["address"] == "239.69.8.8" for stream in grid.control.get("/v1/receivers"))
    kinds = f"{ROWS}.find(row => row.line.row.stream?.name === 'Stage').children[1].className"
    page.wait(f"{kinds}.includes('ok')", "green", timeout=8)
    grid.other.control.ask("PATCH", "/v1/senders/by-name/Stage", {"enabled": False})
    wait_for(lambda: page.value(f"{ROWS}.some(row => row.children[1].className.includes('bad'))"), "red", timeout=10)
    assert "silent" in page.value(f"{ROWS}.find(row => row.children[1].className.includes('bad')).firstElementChild.title"), stage


def test_two_thousand_sessions(grid):
    """2,000 announced sessions beside 64 senders: the grid has rows for all but few elements, scrolls at 30 frames a second or more, and
    finds one session by search.
    """
    page = grid.page
    for number in range(9, 65):
        answer = grid.control.ask("POST", "/v1/senders", {"name": f"Own {number}", "address": f"239.69.30.{number}", "channels": [number], "packet-time": "4ms"})
        assert answer.status == 201, answer.text
    sap.announce_many(grid.other, 2000)
    wait_for(lambda: len(grid.control.get("/v1/sessions")["sessions"]) >= 2000, "the sessions", timeout=20)
    page.wait("Number(document.querySelector('[role=grid]').getAttribute('aria-rowcount')) >= 2000", "the rows", timeout=10)
    assert page.value("document.querySelectorAll('.grid-body [role=row]').length") < 80
    times = page.value("""new Promise(done => {
        const scroller = document.querySelector('.grid-scroll'), times = [];
        let last = performance.now();
        const step = now => {
            times.push(now - last);
            last = now;
            scroller.scrollTop += 240;
            times.length < 90 ? requestAnimationFrame(step) : done(times.slice(2));
        };
        requestAnimationFrame(step);
    })""")
    median = sorted(times)[len(times) // 2]
    assert median <= 1000 / 30, f"{median:.1f} ms a frame"
    page.press("/")
    page.ask("Input.insertText", text="many 1234")
    page.wait("Number(document.querySelector('[role=grid]').getAttribute('aria-rowcount')) === 4", "one session", timeout=8)
    assert re.search(r"many 1234\b", page.text(".grid-body"))


def test_markup_in_names_is_shown_as_text(grid):
    """Session names with markup, right-to-left marks or 4 kB of text add no elements to the page. A description that is too long is reported."""
    page = grid.page
    before = page.value("document.querySelectorAll('img, script, iframe').length")
    sap.announce(grid.other, "<script>alert(1)</script>\u202e<img src=x onerror=alert(2)>", "239.69.8.1")
    sap.announce(grid.other, "long " + "<b>x</b>" * 100, "239.69.8.2")
    sap.announce(grid.other, "4 kB " + "<b>y</b>" * 512, "239.69.8.3")
    sap.announce(grid.other, "over " + "<b>z</b>" * 1024, "239.69.8.4")
    def are_shown(*words):
        return all(word in page.text(".grid-body") for word in words)
    wait_for(lambda: are_shown("alert(2)", "long <b>x</b>", "4 kB <b>y</b>"), "the names", timeout=10)
    assert page.value("document.querySelectorAll('img, script, iframe').length") == before and page.value("document.querySelectorAll('.grid-body b').length") == 0
    assert page.value("document.documentElement.scrollWidth") <= browser.DESKTOP[0]
    shown = next(one["name"] for one in grid.control.get("/v1/sessions")["sessions"] if "alert(2)" in one["name"])
    page.click(mark(page, shown, 60))
    wait_for(lambda: any(stream["address"] == "239.69.8.1" or "alert(1)" in stream["name"] for stream in grid.control.get("/v1/receivers")), "the receiver")
    picture(grid, "hostile")
    sessions = grid.control.get("/v1/sessions")
    long = next(one for one in sessions["sessions"] if one["name"].startswith("4 kB"))
    assert len(long["name"]) == 64 and "<b>y</b>" * 512 in long["sdp"]
    assert sessions["counts"]["malformed"] == 1 and "more than 8192 bytes" in sessions["unreadable"]
    page.value("location.hash = '#/discovery'")
    page.wait("document.getElementById('unread')?.textContent.includes('more than 8192 bytes')", "the note about the description that is too long")
    assert page.value("document.querySelectorAll('.sessions b').length") == 0 and page.value("document.documentElement.scrollWidth") <= browser.DESKTOP[0]
