# SPDX-License-Identifier: MIT
"""The nouns and verbs of the command: senders, receivers, rename, route, play, logs."""

import json
import re
import subprocess

import pytest

from harness.control import Control, run_command
from harness.network import wait_for

pytestmark = pytest.mark.calm

STAGE = {"name": "Stage left", "address": "239.69.7.1", "channels": 2}


@pytest.fixture
def host(network, lone):
    """A host with a sender and a receiver of the same name, and a second receiver."""
    a = lone(host=network.a, senders=[STAGE], control={"socket-group": "root"},
             receivers=[{**STAGE, "address": "239.69.8.1"}, {"name": "Hall", "address": "239.69.8.2", "channels": 8, "first-channel": 9}])
    a.control = Control(a.daemon)
    wait_for(a.control.path.exists, "the control socket")
    return a


def channels(host, name):
    receiver = host.control.get(f"/v1/receivers/by-name/{name.replace(' ', '%20')}")
    return receiver.get("map") or list(range(receiver["firstChannel"], receiver["firstChannel"] + receiver["channels"]))


def refused(host, install, *words):
    done = run_command(host, install, *words, check=False)
    assert done.returncode == 1, done
    return done.stderr


def test_one_channel_is_routed_to_another(host, install):
    """Trial F13: one channel is routed, by its device channel or by receiver and number; all others stay."""
    assert "channels 17, 2, " in run_command(host, install, "route", "1", "--to", "17").stdout
    assert channels(host, "Stage left") == [17, 2]
    run_command(host, install, "route", "17", "--to", "3")
    run_command(host, install, "route", "Stage left:2", "--to", "64")
    assert channels(host, "Stage left") == [3, 64] and channels(host, "Hall") == list(range(9, 17))
    run_command(host, install, "route", "Hall:8", "--to", "none")
    assert channels(host, "Hall") == [9, 10, 11, 12, 13, 14, 15, 0]


def test_a_channel_in_use(host, install):
    """The command names the stream that uses the channel. With --replace, that stream loses only this channel."""
    said = refused(host, install, "route", "Stage left:1", "--to", "12")
    assert '"Hall"' in said and "--replace" in said and channels(host, "Stage left") == [1, 2]
    run_command(host, install, "route", "Stage left:1", "--to", "12", "--replace")
    assert channels(host, "Stage left") == [12, 2] and channels(host, "Hall") == [9, 10, 11, 0, 13, 14, 15, 16]
    run_command(host, install, "route", "Stage left:1", "--to", "2", "--replace")
    assert channels(host, "Stage left") == [2, 0], "a channel of the same stream must be replaced as well"
    assert "no channel left" in refused(host, install, "route", "2", "--to", "none")


def test_invalid_routes_are_refused(host, install):
    for words, said in ((("route", "40", "--to", "3"), "no receiver fills channel 40"), (("route", "Choir:1", "--to", "3"), '"Hall"'),
                        (("route", "Stage left:3", "--to", "3"), "it has 2")):
        assert said in refused(host, install, *words)
    for words in (("route", "1", "--to", "65"), ("route", "1", "--to", "+3"), ("route", "Stage left", "--to", "3"), ("route", "1")):
        assert run_command(host, install, *words, check=False).returncode == 64, words


def test_routes_are_listed(host, install):
    text = run_command(host, install, "routes").stdout
    assert re.search(r"^ +2  Stage left:2 +Stage left:2$", text, re.M) and re.search(r"^ +16  Hall:8$", text, re.M), text
    rows = json.loads(run_command(host, install, "routes", "--json").stdout)
    assert [row["channel"] for row in rows] == [1, 2, *range(9, 17)] and rows[0] == {"channel": 1, "received": "Stage left:1", "sent": ["Stage left:1"]}


def test_nouns_list_and_change(host, install):
    assert re.search(r"^Stage left +239.69.7.1:5004", run_command(host, install, "senders").stdout, re.M)
    assert re.search(r"^Hall +239.69.8.2:5004 +9-16", run_command(host, install, "receivers").stdout, re.M)
    assert [r["name"] for r in json.loads(run_command(host, install, "receivers", "list", "--json").stdout)] == ["Stage left", "Hall"]
    assert "channels 17, 3" in run_command(host, install, "receivers", "edit", "Stage left", "--channels", "17,3").stdout
    assert "disabled" in run_command(host, install, "receivers", "disable", "Hall").stdout
    run_command(host, install, "receivers", "enable", "Hall")
    run_command(host, install, "receivers", "remove", "Hall")
    assert [r["name"] for r in host.control.get("/v1/receivers")] == ["Stage left"]
    for verb in (("senders", "add"), ("stream", "publish")):
        run_command(host, install, *verb, f"by {verb[0]}", "--channels", "1")
    assert [s["name"] for s in host.control.get("/v1/senders")] == ["Stage left", "by senders", "by stream"]
    assert "channel 1, " in run_command(host, install, "senders", "edit", "by stream", "--first-channel", "1").stdout
    assert run_command(host, install, "sessions").stdout == run_command(host, install, "list").stdout


def test_rename_refuses_ambiguous_names(host, install):
    said = refused(host, install, "rename", "Stage left", "Drums")
    assert "--sender" in said and "--receiver" in said
    run_command(host, install, "rename", "--receiver", "Stage left", "Drums")
    run_command(host, install, "rename", "Stage left", "Choir")
    assert (host.control.get("/v1/senders")[0]["name"], host.control.get("/v1/receivers")[0]["name"]) == ("Choir", "Drums")
    assert "Drums, Hall" in refused(host, install, "rename", "Nobody", "Somebody")


def test_sessions_are_completed_and_suggested(network, host, lone, install):
    """Trial F12: the beginning of a name suffices if it is unique. An unknown name is refused with a suggestion, except with --wait."""
    lone(host=network.b, receivers=[], senders=[{"name": "Stage left – Drums & Perc", "address": "239.69.9.1", "channels": 2},
                                                {"name": "Choir", "address": "239.69.9.2", "channels": 1}])
    wait_for(lambda: len(host.control.get("/v1/sessions")["sessions"]) == 3, "the sessions", timeout=8)
    assert "Drums & Perc: 239.69.9.1" in run_command(host, install, "subscribe", "stage left –", "--to", "17").stdout
    assert 'did you mean "Choir"' in refused(host, install, "subscribe", "Chior")
    assert "aes67 list" in refused(host, install, "subscribe", "Orchestra")
    assert "channel 20, waiting" in run_command(host, install, "subscribe", "Orchestra", "--wait", "--to", "20", "--channels", "1").stdout


def test_play_needs_one_file(install):
    for words in (("play",), ("play", "a.wav", "--file", "b.wav")):
        done = subprocess.run([install.directory / "aes67", *words], capture_output=True, text=True, check=False)
        assert done.returncode == 64 and "one WAV file" in done.stderr, done


def test_logs_without_systemd_name_the_missing_file(install):
    done = subprocess.run([install.directory / "aes67", "logs", "--instance", "nobody-has-this"], capture_output=True, text=True, check=False)
    assert done.returncode == 66 and "/var/log/aes67d-nobody-has-this.log" in done.stderr, done
