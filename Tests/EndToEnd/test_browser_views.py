# SPDX-License-Identifier: MIT
"""The views of streams, discovery, clock, programs, events and settings in a real browser: each control must take effect in the API."""

import json
import re
import shutil

import pytest

from harness import browser, sap
from harness import daemon as daemons
from harness.control import Control, run_command
from harness.network import wait_for
from test_browser import HOSTILE, panel_host, picture, tone  # noqa: F401  (a fixture)
from test_panel import token


def show(page, name, what):
    page.value(f"location.hash = '#/{name}'")
    page.wait(what, f"the view {name}")


def field(page, label):
    """Returns a selector of the field with this label."""
    page.wait(f"[...document.querySelectorAll('.field label')].some(one => one.textContent === {json.dumps(label)})", f"the field {label}")
    found = page.value(f"""(() => {{
        document.querySelectorAll('[data-marked]').forEach(one => one.removeAttribute('data-marked'));
        const label = [...document.querySelectorAll('.field label')].find(one => one.textContent === {json.dumps(label)});
        label?.control.setAttribute('data-marked', '');
        return Boolean(label);
    }})()""")
    assert found, f"no field {label}:\n{page.text()[:2000]}"
    return "[data-marked]"


def enter(page, label, value):
    """Types or selects a value in the field with this label, and submits its form."""
    selector = field(page, label)
    if page.value(f"document.querySelector('{selector}').tagName") == "SELECT":
        page.value(f"(() => {{ const one = document.querySelector('{selector}'); one.value = {json.dumps(value)}; one.dispatchEvent(new Event('input')); }})()")
    else:
        page.write(selector, value)
    page.value(f"document.querySelector('{selector}').form.requestSubmit()")


def press(page, text, within="main"):
    done = page.value(f"""(() => {{
        const button = [...document.querySelectorAll('{within} button')].find(one => !one.hidden && one.checkVisibility() && (one.textContent === {json.dumps(text)} || one.getAttribute('aria-label') === {json.dumps(text)}));
        button?.click();
        return Boolean(button && !button.disabled);
    }})()""")
    assert done, f"no button {text}:\n{page.text(within)[:2000]}"


def choose(page, name):
    page.wait(f"[...document.querySelectorAll('.picker button')].some(one => one.textContent.includes({json.dumps(name)}))", name)
    page.value(f"[...document.querySelectorAll('.picker button')].find(one => one.textContent.includes({json.dumps(name)})).click()")
    page.wait("document.querySelectorAll('.field').length > 5", "the attributes of the stream")


def note(panel_host):  # noqa: F811
    """Returns the text of the note about a refused request. The browser reports the refusal on its console as well, which is expected."""
    text = panel_host.page.wait("document.querySelector('#note span')?.textContent", "a note")
    wait_for(lambda: panel_host.page.faults, "the refusal on the console")
    panel_host.page.faults.clear()
    press(panel_host.page, "Dismiss", "#note")
    return text


def test_streams_are_edited(panel_host):  # noqa: F811
    page = panel_host.page
    show(page, "streams", "document.querySelector('.picker')")
    choose(page, "host 1 stream 3")
    sender = next(one for one in panel_host.control.get("/v1/senders") if one["name"] == "host 1 stream 3")
    path = f"/v1/senders/{sender['id']}"
    shown = page.value("Object.fromEntries([...document.querySelectorAll('.field')].map(one => [one.querySelector('label').textContent, one.querySelector('input, select').value]))")
    assert shown == {one["key"]: one["value"] for one in panel_host.control.get(f"{path}/attributes")}
    enter(page, "packet-time", "250us")
    wait_for(lambda: panel_host.control.get(path)["packetTimeMicroseconds"] == 250, "the packet time")
    enter(page, "dscp", "99")
    assert "dscp" in note(panel_host) and "0 to 63" in page.text(".fields")
    page.value("document.querySelector('[role=switch][aria-label=Enabled]').click()")
    wait_for(lambda: panel_host.control.get(path)["state"] == "disabled", "the switch")
    page.wait("document.querySelector('[role=switch][aria-label=Enabled]').getAttribute('aria-checked') === 'false'", "the switch on the page")
    # The receiver: its histogram, and the smallest link offset that would have sufficed.
    name = next(one["name"] for one in panel_host.control.get("/v1/receivers") if one["address"] == "239.69.2.1")
    choose(page, name)
    page.wait("document.querySelectorAll('.graph rect').length > 0", "the histogram")
    picture(panel_host, "streams")
    before = next(one for one in panel_host.control.get("/v1/histograms")["receivers"] if one["name"] == name)
    assert before["linkOffsetFrames"] == 9600 and page.value("[...document.querySelectorAll('.graph rect title')].length") == len(before["arrivals"]["bins"])
    def link_offset():
        return next(one["value"] for one in panel_host.control.get(f"/v1/receivers/{before['id']}/attributes") if one["key"] == "link-offset")
    assert link_offset() == "200ms"
    page.wait("[...document.querySelectorAll('main button')].some(one => one.textContent.startsWith('Use ') && !one.hidden)", "the button")
    page.value("[...document.querySelectorAll('main button')].find(one => one.textContent.startsWith('Use ')).click()")
    wait_for(lambda: link_offset() != "200ms", f"the smaller offset; {page.text('.advice')} {page.text('#note')}")
    assert float(link_offset().removesuffix("us").removesuffix("ms")) > 0
    # The other receivers of the group need a larger offset, which applies to all of them; the page gives this reason.
    page.wait("document.getElementById('shared-offset').textContent.includes('200.00 ms are in force')", "the reason why the smaller offset is not used")
    assert "group “clock”" in page.text("#shared-offset")
    # Once no packets arrive, each bar must show the count of the API.
    panel_host.other.control.ask("PATCH", "/v1/senders/by-name/Stage", {"enabled": False})
    def bars():
        one = next(one for one in panel_host.control.get("/v1/histograms")["receivers"] if one["name"] == name)
        return [f"{bin['from']} to {bin['through']} frames: {bin['count']} packets" for bin in one["arrivals"]["bins"]]
    titles = "[...document.querySelectorAll('.graph rect title')].map(title => title.textContent)"
    wait_for(lambda: page.value(titles) == bars(), f"the counts {bars()}")
    assert bars()
    # The packets of the last minute only.
    press(page, "Last minute")
    page.wait("/packets? in the last minute/.test(document.getElementById('card-packets').parentElement.innerText)", "the last minute")
    recent = next(one for one in panel_host.control.get("/v1/histograms")["receivers"] if one["name"] == name)["recentArrivals"]["bins"]
    assert recent and page.value("document.querySelectorAll('.graph rect').length") > 0
    press(page, "Since the start")


def test_sdp_of_streams_is_edited(panel_host, install):  # noqa: F811
    """A wrong SDP line is refused with its number and reason, by the page and by the command.

    A correct text changes a running sender and receiver.
    """
    page, box = panel_host.page, ".sdp-box textarea"
    show(page, "streams", "document.querySelector('.picker')")

    def put(text):
        page.value("document.querySelector('.sdp-box [role=status]').textContent = ''")
        page.write(box, text)
        page.wait("document.querySelector('.sdp-box [role=status]').textContent && !document.querySelector('.sdp-box button').disabled", "the check")
        press(page, "Apply", ".sdp-box")

    def refused(old, new, *words):
        put(page.value(f"document.querySelector('{box}').value").replace(old, new))
        page.wait("document.querySelector('.sdp-box [role=status]').textContent.includes('refused')", "the refusal")
        assert all(word in page.text(".sdp-problems") for word in words), page.text(".sdp-problems")
        wait_for(lambda: panel_host.page.faults, "the refusal on the console")
        panel_host.page.faults.clear()

    choose(page, "host 1 stream 4")
    sender = next(one for one in panel_host.control.get("/v1/senders") if one["name"] == "host 1 stream 4")
    text = page.wait(f"document.querySelector('{box}').value.includes('s=host 1 stream 4') && document.querySelector('{box}').value", "the SDP of the sender")
    refused("L24/48000", "L16/48000", "line 10", "a=rtpmap:98 L24/48000/8")
    assert panel_host.control.get(f"/v1/senders/{sender['id']}")["packets"] > 0
    put(text.replace("a=ptime:1\n", "a=ptime:0.25\n").replace("framecount:48", "framecount:12").replace("s=host 1 stream 4", "s=Hall"))
    wait_for(lambda: (now := panel_host.control.get(f"/v1/senders/{sender['id']}"))["packetTimeMicroseconds"] == 250 and now["name"] == "Hall", "the change")
    # The same change by the command.
    announced = wait_for(lambda: (answer := panel_host.control.ask("GET", "/v1/senders/by-name/Hall/sdp")).status == 200 and answer.text, "the SDP of the renamed sender")
    file = panel_host.path("hall.sdp")
    file.write_text(announced.replace("m=audio 5004", "m=audio 5006"))
    assert "239.69.1.4:5006" in run_command(panel_host, install, "senders", "edit", "Hall", "--sdp", file).stdout
    file.write_text(announced.replace("t=0 0", "t=1 2"))
    printed = run_command(panel_host, install, "senders", "edit", "Hall", "--sdp", file, check=False)
    assert printed.returncode == 1 and "line 5: " in printed.stderr, printed.stderr

    name = next(one["name"] for one in panel_host.control.get("/v1/receivers") if one["address"] == "239.69.2.1")
    choose(page, name)
    text = page.wait(f"document.querySelector('{box}').value.includes('239.69.2.1') && document.querySelector('{box}').value", "the session's SDP")
    refused("L24/48000", "L24/44100", "line 10", "44100 Hz")
    put(text.replace("239.69.2.1", "239.69.2.99"))
    receiver = wait_for(lambda: next((one for one in panel_host.control.get("/v1/receivers") if one["name"] == name and one["address"] == "239.69.2.99"), None), "the receiver on the other multicast group")
    assert "239.69.2.99" in panel_host.control.ask("GET", f"/v1/receivers/{receiver['id']}/sdp").text


def test_sdp_is_checked_and_received(panel_host):  # noqa: F811
    """A wrong SDP line is reported with its number and reason, and cannot be received; a correct text makes a receiver."""
    page = panel_host.page
    show(page, "discovery", "document.querySelector('textarea')")
    text = sap.SDP.format(number=1, origin="10.67.0.2", name="By hand", address="239.69.9.77", rate=48000, channels=2)
    page.write("textarea", text.replace("L24/48000", "L24/nonsense"))
    page.wait("document.querySelector('.sdp-problems').textContent.includes('line 7')", "the wrong line")
    checked = panel_host.control.ask("POST", "/v1/sdp/check", {"sdp": text.replace("L24/48000", "L24/nonsense")}).json
    assert checked["problems"][0]["line"] == 7 and not checked["receivable"] and checked["problems"][0]["sentence"] in page.text(".sdp-problems")
    assert page.value("[...document.querySelectorAll('button')].find(one => one.textContent === 'Receive').disabled")
    page.write("textarea", text)
    page.wait("![...document.querySelectorAll('button')].find(one => one.textContent === 'Receive').disabled", "the right text")
    press(page, "Receive")
    wait_for(lambda: any(one["address"] == "239.69.9.77" for one in panel_host.control.get("/v1/receivers")), "the receiver")


def test_sessions_are_subscribed(panel_host):  # noqa: F811
    page = panel_host.page
    show(page, "discovery", "document.querySelector('.session')")
    wait_for(lambda: HOSTILE in page.text(".sessions"), "a name with markup, as text", timeout=10)
    assert "Dante" in page.text(".badges") and page.value("document.querySelectorAll('.sessions img').length") == 0
    page.press("/")
    page.ask("Input.insertText", text="onerror")
    page.wait("document.querySelectorAll('.session').length === 1", "the search")
    press(page, f"Subscribe {HOSTILE}")
    made = wait_for(lambda: next((one for one in panel_host.control.get("/v1/receivers") if one["address"] == "239.69.9.9"), None), "the receiver")
    assert made["name"] == HOSTILE and made["session"]
    page.wait("[...document.querySelectorAll('.session button')].some(one => one.textContent === 'Unsubscribe')", "the button")
    picture(panel_host, "discovery")
    press(page, f"Unsubscribe {HOSTILE}")
    wait_for(lambda: not any(one["address"] == "239.69.9.9" for one in panel_host.control.get("/v1/receivers")), "the receiver to be removed")


# For each view: the element that shows that it is loaded, and the maximum of requests and of kilobytes for each status (one a second).
ASKED = {"overview": ("document.querySelectorAll('.meter').length === 128", 1.5, 16), "routing": ("document.querySelector('.grid-body [role=row]')", 1, 15),
         "streams": ("document.querySelector('.picker button')", 2, 22), "discovery": ("document.querySelector('.session')", 1, 15)}


def test_requests_and_bytes_of_a_view(panel_host):  # noqa: F811
    """Each view stays within its requests and kilobytes for each status, and unchanged levels are not sent again."""
    page = panel_host.page
    for view, (there, requests, kilobytes) in ASKED.items():
        show(page, view, there)
        begin = page.messages["status"] + 2
        wait_for(lambda: page.messages["status"] >= begin, "the page to settle", timeout=10)
        before, meters = (page.messages["status"], len(page.requests), page.received), page.messages["meters"]
        wait_for(lambda: page.messages["status"] >= before[0] + 6, "six statuses", timeout=20)
        statuses, asked, received = (now - then for now, then in zip((page.messages["status"], len(page.requests), page.received), before))
        assert page.messages["meters"] == meters, f"{view}: levels of silence"
        assert asked <= requests * statuses, f"{view}: {page.requests[-asked:]}"
        assert received <= 1000 * kilobytes * statuses, view


@pytest.fixture
def followed(network, lone, install):
    """Host a follows the PTP master on host b."""
    lone(host=network.b, layout={"host": 2}, ptp={"mode": "master"}, receivers=[])
    a = lone(control={"socket-group": "games"}, ptp={"mode": "slave"})
    a.control, a.other = Control(a.daemon), network.b
    token(a)
    a.address = run_command(a, install, "panel", "--print").stdout.splitlines()[0]
    a.daemon.wait_status(lambda s: s["ptp"] and s["ptp"]["locked"], "the lock", timeout=40)
    a.browser = browser.Browser(a)
    a.page = a.browser.page(a.address)
    a.page.wait("document.querySelectorAll('.meter').length === 128", "the meters")
    yield a
    assert a.page.faults == [] and a.page.elsewhere(a.address) == []


def test_clock_view(followed, install):
    """The clock view lists the clocks on the network with the one that wins, shows the history from before the page was opened, and changes
    settings.
    """
    page = followed.page
    show(page, "clock", "document.querySelector('.graph .line')?.getAttribute('d')")
    heard = followed.control.get("/v1/clocks")
    assert [one["isOwn"] for one in heard["clocks"]] == [False, True] and [one["wins"] for one in heard["clocks"]] == [True, False] and heard["domain"] == 0
    best = heard["clocks"][0]
    assert best["clockIdentity"] == followed.control.get("/v1/clock")["ptp"]["grandmaster"] and best["isFollowed"] and best["lastHeardMilliseconds"] < 5000 and best["port"] == 1
    rows = "[...document.querySelectorAll('#card-clocks-on-the-network ~ *, section tbody tr')].map(row => row.innerText)"
    page.wait(f"{rows}.some(text => text.includes({json.dumps(best['clockIdentity'])}) && text.includes('wins, followed'))", "the winner")
    printed = run_command(followed, install, "clocks").stdout.splitlines()
    assert best["clockIdentity"] in printed[2] and "wins, followed" in printed[2] and "this host, follows only" in printed[3]
    past = followed.control.get("/v1/clock/history?seconds=60")
    known = [value for value in past["offset"] if value is not None]
    assert past["stepMilliseconds"] == 1000 and len(past["offset"]) == 60 and len(known) >= 2
    assert any(mark["kind"] == "state" and mark["text"] == "locked" for mark in past["marks"])
    assert "locked" in page.text("main").lower() and page.value("document.querySelector('.strip [aria-current=step]').textContent") == "Locked"
    page.wait("document.querySelectorAll('.graph .mark').length > 0", "the marks")
    assert re.search(r"(ns|µs) to .*, now ", page.value("document.querySelector('svg.graph').getAttribute('aria-label')"))
    press(page, "24 h")
    page.wait("document.querySelector('[data-seconds=\"86400\"]').getAttribute('aria-pressed') === 'true'", "the range")
    press(page, "1 min")
    picture(followed, "clock")
    enter(page, "domain", "5")
    wait_for(lambda: next(one for one in followed.control.get("/v1/settings") if one["key"] == "ptp.domain")["value"] == "5", "the domain")
    page.wait("document.querySelector('.pill').dataset.level !== 'ok'", "the pill of the clock", timeout=10)
    press(page, "Reset")
    wait_for(lambda: next(one for one in followed.control.get("/v1/settings") if one["key"] == "ptp.domain")["value"] == "0", "the domain as it was")


def test_settings_programs_and_events(panel_host):  # noqa: F811
    page = panel_host.page
    show(page, "settings", "document.querySelectorAll('.field').length > 20")
    enter(page, "level", "warning")
    wait_for(lambda: panel_host.control.get("/v1/log-level")["level"] == "warning", "the log level")
    enter(page, "ttl", "999")
    assert "ttl" in note(panel_host)
    page.wait("document.querySelector('tbody')?.innerText.includes('10.67.0.1')", "the interface")
    page.value("document.activeElement.blur()")
    page.press("/")
    page.ask("Input.insertText", text="concealment")
    page.wait("document.querySelectorAll('.columns .field').length === 1", "the search")
    player = tone(panel_host, [-20, -20], 3)
    show(page, "programs", "document.querySelector('tbody')?.innerText.includes('aplay')")
    assert "3–4" in page.text("tbody") and "✓ running" in page.text("tbody")
    player.stop()
    page.wait("!document.querySelector('tbody')?.innerText.includes('aplay')", "the end of the program")
    show(page, "events", "document.querySelector('.timeline')")
    page.wait("document.querySelector('.timeline').innerText.includes('aplay')", "the program's start and end")
    panel_host.other.control = Control(panel_host.other.daemon)
    panel_host.other.control.ask("PATCH", "/v1/senders/by-name/Stage", {"enabled": False})
    page.wait("document.querySelector('.timeline').innerText.includes('silent')", "the alarm", timeout=10)
    picture(panel_host, "events")


def test_profile_and_interface_are_chosen(panel_host):  # noqa: F811
    """A new profile and a new interface take effect on running streams, and can be undone.

    An interface without an address cannot be selected, with a reason.
    """
    page = panel_host.page
    profiles = panel_host.daemon.config_file.parent / "profiles"
    profiles.mkdir()
    shutil.copy(daemons.ROOT / "configs/profiles/low-latency.yaml", profiles)
    for command in ("link add net1 type veth peer name net2", "addr add 10.68.0.1/24 dev net1", "link set net1 up", "link set net2 up"):
        panel_host.run("ip", *command.split())
    show(page, "settings", "document.querySelector('#profile option[value=low-latency]')")

    def packet_times():
        return {one["packetTimeMicroseconds"] for one in panel_host.control.get("/v1/senders")}
    assert packet_times() == {1000}
    page.value("document.getElementById('profile').value = 'low-latency'")
    press(page, "Use")
    wait_for(lambda: panel_host.control.get("/v1/configuration")["profile"] == "low-latency" and packet_times() == {250}, "the profile")
    panel_host.daemon.wait_status(lambda s: s.receiver("239.69.2.1")["state"] == "receiving", "the stream in the new profile", timeout=10)
    page.wait("[...document.querySelectorAll('main button')].some(one => one.textContent === 'Undo' && !one.disabled)", "the button Undo")
    press(page, "Undo")
    wait_for(lambda: panel_host.control.get("/v1/configuration")["profile"] == "interop" and packet_times() == {1000}, "the profile to be undone")

    page.wait("[...document.querySelectorAll('main button')].some(one => one.getAttribute('aria-label') === 'Use net1')", "the interface", timeout=8)
    without = "[...document.querySelectorAll('tbody tr')].find(row => row.innerText.includes('net2'))"
    assert page.value(f"{without}.querySelector('button').disabled") and "address" in page.value(f"{without}.innerText")
    press(page, "Use net1")
    panel_host.daemon.wait_status(lambda s: s["interface"]["name"] == "net1" and s.receiver("239.69.2.1")["state"] == "silent", "net1 with a silent receiver", timeout=10)
    page.wait("[...document.querySelectorAll('main button')].some(one => one.getAttribute('aria-label') === 'net1 is in use')", "net1 to be in use", timeout=8)
    press(page, "Use net0")
    panel_host.daemon.wait_status(lambda s: s["interface"]["name"] == "net0" and s.receiver("239.69.2.1")["state"] == "receiving", "net0 with a stream", timeout=10)


def test_a_list_with_duplicate_keys_does_not_grow(panel_host):  # noqa: F811
    """A list with duplicate keys, such as a session that describes the same stream twice, shows each item once however often it is updated."""
    shown = panel_host.page.value("""(async () => {
        const {keep, h} = await import('/panel/dom.js');
        const list = h('ul');
        const item = text => Object.assign(h('li'), {update(now) { this.textContent = now; }});
        return ['aab', 'aab', 'baa', 'aaa', 'b', ''].map(items => [keep(list, [...items], one => one, item), list.textContent][1]);
    })()""")
    assert shown == ["aab", "aab", "baa", "aaa", "b", ""], shown
