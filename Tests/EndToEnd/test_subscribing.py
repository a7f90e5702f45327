# SPDX-License-Identifier: MIT
"""Sessions on the command line and in the API: listing, subscribing, SDP, measurements."""

import json
import re

import pytest

from harness.control import Control, part, run_command
from harness.network import wait_for

pytestmark = pytest.mark.calm


@pytest.fixture
def hosts(network, lone, install):
    """Host a sends two streams, host b has no receiver yet."""
    stage = {"name": "Stage left", "address": "239.69.7.1", "channels": 2, "channel-names": "Left, Right"}
    hall = {"name": "Hall", "address": "239.69.7.2", "channels": 8, "first-channel": 9}
    a = lone(senders=[stage, hall], receivers=[], control={"socket-group": "root"})
    b = lone(host=network.b, senders=[], receivers=[], control={"socket-group": "root"})
    for host in (a, b):
        host.control = Control(host.daemon)
        wait_for(host.control.path.exists, "the control socket")
        wait_for(lambda: len(host.control.get("/v1/sessions")["sessions"]) == 2, "both sessions", timeout=8)
    a.other = b
    return a, b


def test_list_and_sdp(hosts, install):
    a, b = hosts
    sessions = {s["name"]: s for s in b.control.get("/v1/sessions")["sessions"]}
    assert sessions["Stage left"]["streams"][0]["verdict"]["receivable"], sessions
    text = run_command(b, install, "list").stdout
    assert re.search(r"^Stage left +2 +L24/48000 1.00 ms +10.67.0.1 +yes$", text, re.M), text
    assert re.search(r"^Hall +8 .* our own$", run_command(a, install, "list").stdout, re.M)
    verbose = run_command(b, install, "list", "--verbose").stdout
    for word in ("239.69.7.1:5004", "Left, Right", "dante", "ravenna", "origin"):
        assert word in verbose, f"{word}:\n{verbose}"
    assert json.loads(run_command(b, install, "list", "--json").stdout)["sessions"][0]["sdp"].startswith("v=0")
    sdp = run_command(a, install, "sdp", "Stage left").stdout
    assert sdp.splitlines() == sessions["Stage left"]["sdp"].splitlines() and a.control.ask("GET", "/v1/senders/by-name/Hall/sdp").status == 200
    refused = run_command(a, install, "sdp", "Nobody", check=False)
    assert refused.returncode == 1 and "Stage left, Hall" in refused.stderr
    run_command(a, install, "stream", "disable", "Hall")
    wait_for(lambda: a.control.ask("GET", "/v1/senders/by-name/Hall/sdp").status == 409, "Hall to be withdrawn")


def test_subscribe_by_name_and_by_file(hosts, install):
    a, b = hosts
    line = run_command(b, install, "subscribe", "Stage left", "--to", "3").stdout
    assert line.startswith("Stage left: 239.69.7.1:5004, channels 3 to 4, receiving"), line
    wait_for(lambda: b.control.get("/v1/receivers")[0]["inTime"] > 0, "packets")
    file = b.path("hall.sdp")
    file.write_text(run_command(a, install, "sdp", "Hall").stdout)
    receiver = json.loads(run_command(b, install, "subscribe", "--sdp", file, "--link-offset", "auto", "--json").stdout)
    assert (receiver["firstChannel"], receiver["channels"], receiver["timing"]["isAutomatic"]) == (9, 8, True), receiver
    wait_for(lambda: b.control.get("/v1/receivers/by-name/Hall")["inTime"] > 0, "packets of the file's stream")
    assert run_command(b, install, "unsubscribe", "Stage left").stdout == "Stage left: no longer received\n"
    assert [r["name"] for r in b.control.get("/v1/receivers")] == ["Hall"]
    away = run_command(b, install, "subscribe", "Nowhere", "--wait").stdout
    assert "waiting" in away and "no session" in away, away


def test_refused_subscriptions(hosts, install):
    a, b = hosts
    run_command(b, install, "subscribe", "Hall", "--to", "1")
    cases = [
        (b, ["subscribe", "Hall"], 1, "already"),
        (b, ["subscribe", "Stage left", "--to", "8"], 1, "--replace"),
        (b, ["subscribe", "Stage left", "--to", "64"], 1, "65"),
        (b, ["subscribe", "--sdp", b.path("missing.sdp")], 66, "missing.sdp"),
        (b, ["subscribe", "--sdp", b.daemon.config_file], 1, "sdp-text:1"),
        (b, ["subscribe"], 64, "--sdp"),
        (b, ["subscribe", "Stage lift"], 1, 'did you mean "Stage left"?'),
        (b, ["subscribe", "Choir"], 1, "--wait"),
        (b, ["unsubscribe", "Nobody"], 1, "Hall"),
        (a, ["subscribe", "Hall"], 1, "sent by this host itself"),
    ]
    for host, words, status, said in cases:
        refused = run_command(host, install, *words, check=False)
        assert refused.returncode == status and said in refused.stderr, f"{words}: {refused}"
    assert [r["name"] for r in b.control.get("/v1/receivers")] == ["Hall"]
    run_command(b, install, "subscribe", "Stage left", "--to", "8", "--replace")
    assert [r["name"] for r in b.control.get("/v1/receivers")] == ["Stage left"]


def test_channels_between_those_of_a_receiver_are_free(hosts):
    """A receiver on device channels 1 and 64 uses only these two.

    The channels between them are free, and `replace` removes only overlapping receivers.
    """
    control = hosts[1].control
    assert control.ask("POST", "/v1/receivers", {"name": "ends", "address": "239.69.7.9", "channels": [1, 64]}).status == 201
    made = control.ask("POST", "/v1/receivers", {"session": "Stage left", "first-channel": 9})
    assert made.status == 201 and made.json["firstChannel"] == 9, made.text
    last = 9 + made.json["channels"] - 1
    for channels, removed in (([2, 63], set()), ([64, 40], {"ends"}), ([last, 41], {"Stage left"})):
        before = {r["name"] for r in control.get("/v1/receivers")}
        name = f"on {channels}"
        answer = control.ask("POST", "/v1/receivers", {"name": name, "address": f"239.69.7.{channels[0] + 10}", "channels": channels})
        assert answer.status == (409 if removed else 201), answer.text
        assert not removed or next(iter(removed)) in answer.json["reason"], answer.text
        if removed:
            answer = control.ask("POST", "/v1/receivers?replace=true",
                                 {"name": name, "address": f"239.69.7.{channels[0] + 10}", "channels": channels})
            assert answer.status == 201, answer.text
        assert {r["name"] for r in control.get("/v1/receivers")} == before - removed | {name}


def test_contradictory_requests_are_refused(hosts):
    control = hosts[1].control
    for body, word in (({}, "address"), ({"session": "Hall", "address": "239.69.7.2"}, "address"), ({"session": ""}, "session"),
                       ({"session": "Hall", "sdp": "v=0"}, "sdp"), ({"sdp": "v=0"}, "sdp"), ({"session": "Hall", "name": "a\u001bb"}, "name")):
        answer = control.ask("POST", "/v1/receivers", body)
        assert answer.status == 400 and word in answer.json["reason"] and answer.json["hint"], answer.text
    made = control.ask("POST", "/v1/receivers", {"address": "239.69.7.2", "name": "by address"})
    assert made.status == 201, made.text
    answer = control.ask("PATCH", f"/v1/receivers/by-name/{part('by address')}", {"session": "Stage left"})
    assert answer.status == 200 and answer.json["session"] == "Stage left", answer.text
    wait_for(lambda: control.get("/v1/receivers")[0]["address"] == "239.69.7.1", "the session's address")


def test_measurements_and_meters(hosts, install):
    a, b = hosts
    run_command(b, install, "subscribe", "Stage left")
    wait_for(lambda: b.control.get("/v1/receivers")[0]["inTime"] > 100, "packets")
    histograms = b.control.get("/v1/histograms")
    assert sum(bin["count"] for bin in histograms["receivers"][0]["arrivals"]["bins"]) > 100, histograms
    assert a.control.get("/v1/histograms")["senders"][0]["departures"]["unit"] == "microseconds"
    meters = a.control.get("/v1/meters")
    assert len(meters["playback"]) == len(meters["capture"]) == 64
    assert run_command(b, install, "glitches").stdout == "no packet was late or lost\n"
    # A restarted sender is an audible event.
    run_command(a, install, "stream", "disable", "Stage left")
    run_command(a, install, "stream", "enable", "Stage left")
    wait_for(lambda: b.control.get("/v1/glitches"), "the new start to be recorded", timeout=8)
    text = run_command(b, install, "glitches", "--verbose").stdout
    assert "Stage left" in text and "10.67.0.1:" in text, text
    known = json.loads(run_command(b, install, "glitches", "--json").stdout)
    assert known[0]["receiver"] == "Stage left"
    assert b.control.get(f"/v1/glitches?after={known[0]['number'] - 1}")[0]["number"] == known[0]["number"]
    assert known[-1]["number"] not in [glitch["number"] for glitch in b.control.get(f"/v1/glitches?after={known[-1]['number']}")]


def test_names_are_printed_without_control_characters(hosts, install):
    """Session names with control characters are printed as text."""
    a, b = hosts
    sdp = run_command(a, install, "sdp", "Hall").stdout.replace("s=Hall", "s=\x1b[2Jev\u202eil\x9b")
    file = b.path("evil.sdp")
    file.write_text(sdp, encoding="utf-8")
    texts = [run_command(b, install, "subscribe", "--sdp", file, check=False)]
    texts += [run_command(b, install, *words, check=False) for words in (["stats"], ["list", "--verbose"], ["unsubscribe", "\x1b[2Jno"])]
    for answer in texts:
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", answer.stdout + answer.stderr), repr(answer)
