# SPDX-License-Identifier: MIT
"""An audio engineer's first steps in the panel of a fresh installation, and the pictures of the README."""

import numpy

from harness import browser, pattern, sap
from harness.network import wait_for
from harness.session import finish, hear_out, play_pattern, start_recording
from test_browser import panel_host, picture, tone  # noqa: F401  (a fixture)
from test_browser_routing import ROWS, mark


def test_first_steps_of_an_engineer(panel_host):  # noqa: F811
    """Finds a stream, receives it on channels 17 and 18, sends channels 1 to 8, and reads why a third stream cannot be received."""
    page, other = panel_host.page, panel_host.other
    other.control.ask("POST", "/v1/senders", {"name": "Choir", "address": "239.69.9.40", "channels": [33, 34]})
    sap.announce(other, "Lobby music", "239.69.8.8", rate=44100)

    # Find the stream by a part of its name.
    page.click("nav a[href='#/discovery']")
    page.wait("document.querySelector('[data-search]')", "the view Discovery")
    page.write("[data-search]", "choi")
    wait_for(lambda: "Choir" in page.text(".sessions") and "Stage" not in page.text(".sessions"), "the stream", timeout=10)

    # Receive it on channels 17 and 18: the cell of the stream and column 17.
    page.click("nav a[href='#/routing']")
    page.wait(f"{ROWS}.some(row => row.line.row.stream?.name === 'Choir')", "the row of the stream")
    page.click(mark(page, "Choir", 17))
    wait_for(lambda: any(one["name"] == "Choir" and one["firstChannel"] == 17 and one["state"] == "receiving" for one in panel_host.control.get("/v1/receivers")), "the receiver", timeout=8)
    recorder, sink = start_recording(panel_host)
    signal = pattern.Pattern(64)
    player = play_pattern(other, signal.frames(48_000), channels=64)
    player.wait(20)
    hear_out(panel_host, recorder, sink)
    finish(recorder)
    heard = pattern.read(sink, "S32_LE", 64)
    for device, source in ((17, 33), (18, 34)):
        wanted = signal.frames(48_000)[:, source - 1]
        begin = int(numpy.flatnonzero(heard[:, device - 1] == wanted[0])[0])
        assert numpy.array_equal(heard[begin:begin + 48_000, device - 1], wanted), (device, source)

    # Send channels 1 to 8 by a new sender, whose form sets the channels.
    page.click("nav a[href='#/streams']")
    page.wait("[...document.querySelectorAll('button')].some(one => one.textContent === 'New sender')", "the button")
    page.value("[...document.querySelectorAll('button')].find(one => one.textContent === 'New sender').click()")
    made = wait_for(lambda: next((one for one in panel_host.control.get("/v1/senders") if one["name"].startswith("sender ")), None), "the sender")
    page.wait(f"document.querySelector('.stack h2')?.textContent === {made['name']!r}", "the view of the new sender")
    page.wait("[...document.querySelectorAll('.field label')].some(one => one.textContent === 'first-channel')", "the form of the new sender")
    for key, value in (("channels", "8"), ("first-channel", "1")):
        page.value(f"[...document.querySelectorAll('.field label')].find(one => one.textContent === {key!r}).control.setAttribute('data-wanted', '')")
        page.write("[data-wanted]", value)
        page.value("(() => { const one = document.querySelector('[data-wanted]'); one.removeAttribute('data-wanted'); one.form.requestSubmit(); })()")
    wait_for(lambda: (now := panel_host.control.get(f"/v1/senders/{made['id']}"))["channels"] == 8 and now["firstChannel"] == 1 and now["state"] == "sending", "channels 1 to 8", timeout=8)
    wait_for(lambda: any(one["name"] == made["name"] and one["streams"][0]["channels"] == 8 for one in other.control.get("/v1/sessions")["sessions"]), "the new session on host b", timeout=8)

    page.click("nav a[href='#/discovery']")
    page.write("[data-search]", "lobby")
    wait_for(lambda: "44100 Hz" in page.text(".sessions .verdict"), "the reason", timeout=8)
    assert page.value("document.querySelector('.sessions button[aria-label^=Subscribe]').disabled")


def test_pictures(panel_host):  # noqa: F811
    """The pictures of overview and routing in the README, with levels on the meters."""
    page = panel_host.page
    panel_host.other.control.ask("PATCH", "/v1/senders/by-name/Stage", {"channel-names": "Kick, Snare, Bass, Guitar, Keys L, Keys R, Vocal 1, Vocal 2"})
    panel_host.other.control.ask("DELETE", "/v1/senders/" + str(next(one["id"] for one in panel_host.other.control.get("/v1/senders") if one["address"] == "239.69.9.9")))
    tone(panel_host.other, [-20, -14, -9, -24, -30, -31, -12, -18], 1)
    tone(panel_host, [-6, -6.5], 1)
    page.wait("document.querySelector('[role=meter][aria-label=\"Capture 8\"]').getAttribute('aria-valuetext').startsWith('\u221218')", "the levels", timeout=10)
    wait_for(lambda: not page.value("document.title").startswith("!"), "a title without alarm", timeout=10)
    picture(panel_host, "panel-overview")
    page.press("2")
    wait_for(lambda: "Stage" in page.text(".grid-body"), "the sessions", timeout=10)
    page.click(mark(page, "Stage", 0))
    page.wait(f"{ROWS}.some(row => row.line.row.kind === 'channel')", "the channels of the stream")
    picture(panel_host, "panel-routing")
    assert page.value("document.documentElement.scrollWidth") <= browser.DESKTOP[0]
