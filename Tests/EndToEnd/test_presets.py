# SPDX-License-Identifier: MIT
"""Settings are shown, dropped and reset; presets save and restore all settings that can change at run time."""

import json
import os
import pty
import re
import select

import pytest

from harness.control import Control, run_command
from harness.network import wait_for

pytestmark = pytest.mark.calm

STAGE = {"name": "Stage left", "address": "239.69.7.1", "channels": 2}


@pytest.fixture
def host(lone):
    a = lone(senders=[STAGE], receivers=[{**STAGE, "address": "239.69.8.1"}, {"name": "Hall", "address": "239.69.8.2", "channels": 8, "first-channel": 9}],
             streams={"link-offset": "5ms"}, control={"socket-group": "root"})
    a.control = Control(a.daemon)
    wait_for(a.control.path.exists, "the control socket")
    return a


def names(host):
    return [[one["name"] for one in host.control.get(f"/v1/{kind}")] for kind in ("senders", "receivers")]


def test_values_are_shown_with_their_source(host, install):
    """Trial F13: effective settings and single values are printed with their source."""
    def shown(key):
        return run_command(host, install, "configure", key).stdout.strip()

    assert shown("streams.link-offset") == "5ms  (from the configuration file)"
    assert shown("network.ttl") == "32  (default)" and shown("profile") == "interop  (default)"
    run_command(host, install, "configure", "network.ttl", "7", "log.level", "debug")
    assert shown("network.ttl") == "7  (set at run time)"
    run_command(host, install, "configure", "--unset", "network.ttl")
    assert shown("network.ttl") == "32  (default)" and host.control.get("/v1/configuration")["settings"] == {"log.level": "debug"}
    restart = next(one for one in host.control.get("/v1/settings") if one["needsRestart"] and one["isSettable"] and one["value"] in ("true", "false"))
    other = "false" if restart["value"] == "true" else "true"
    run_command(host, install, "configure", restart["key"], other)
    assert shown(restart["key"]) == f"{other}  (set at run time; {restart['value']} until a restart)"
    everything = run_command(host, install, "configure", "--list").stdout
    assert re.search(r"^streams\.link-offset +5ms +from the configuration file$", everything, re.M), everything
    listed = json.loads(run_command(host, install, "configure", "--list", "--json").stdout)
    assert [one["key"] for one in listed] == [one["key"] for one in host.control.get("/v1/settings")] and len(listed) > 30


def test_unknown_keys_are_refused(host, install):
    for words, said in ((["link-offset"], "did you mean streams.link-offset"), (["streams.link-ofset"], "did you mean streams.link-offset"),
                        (["nonsense"], "--list"), (["--unset", "nonsense"], 'no key "nonsense"'),
                        (["--unset", "network.ttl"], "not set at run time"), (["--unset", "network.ttl", "--unset", "x.y"], "not set at run time")):
        done = run_command(host, install, "configure", *words, check=False)
        assert done.returncode == 1 and said in done.stderr, done
    for words in (["a", "b", "c"], ["--list", "--reset"], ["streams.link-offset", "--reload"], ["--yes"]):
        assert run_command(host, install, "configure", *words, check=False).returncode == 64, words


def test_reset_lists_what_it_drops(host, install):
    """Trial F6: without a terminal, the reset asks no question and lists what it drops."""
    run_command(host, install, "configure", "network.ttl", "7")
    run_command(host, install, "senders", "add", "Choir", "--channels", "1")
    said = run_command(host, install, "configure", "--reset").stdout
    assert "drops      network.ttl 7" in said and "drops      sender Choir" in said, said
    assert names(host) == [["Stage left"], ["Stage left", "Hall"]]
    assert "drops" not in run_command(host, install, "configure", "--reset", "--yes").stdout


@pytest.mark.parametrize("answer, dropped", [("y", True), ("", False), ("no", False)])
def test_reset_asks_on_a_terminal(host, install, answer, dropped):
    run_command(host, install, "configure", "network.ttl", "7")
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp("nsenter", host.inside([install.directory / "aes67", "configure", "--reset", "--socket", host.control.path]))
    said, asked = "", False
    while select.select([terminal], [], [], 10)[0]:
        try:
            said += os.read(terminal, 4096).decode()
        except OSError:
            break
        if not asked and "[y/N]" in said:
            asked = True
            os.write(terminal, f"{answer}\n".encode())
    os.close(terminal)
    assert asked and os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == (0 if dropped else 1), said
    assert host.control.get("/v1/configuration")["settings"] == ({} if dropped else {"network.ttl": "7"})


def test_a_preset_restores_everything(host, install):
    """One request restores senders, receivers, routes and settings. Unchanged streams continue."""
    run_command(host, install, "route", "1", "--to", "17")
    run_command(host, install, "configure", "streams.max-lateness", "7ms")
    run_command(host, install, "senders", "add", "Choir", "--channels", "1")
    assert "2 senders, 2 receivers, 1 settings" in run_command(host, install, "preset", "save", "Sunday / 9:00").stdout
    before = {kind: [{key: one[key] for key in ("id", "name", "address", "channels", "firstChannel", "map") if key in one}
                     for one in host.control.get(f"/v1/{kind}")] for kind in ("senders", "receivers")}
    ssrc = host.control.get("/v1/senders")[0]["ssrc"]
    run_command(host, install, "route", "17", "--to", "3")
    run_command(host, install, "rename", "--receiver", "Hall", "Foyer")
    run_command(host, install, "senders", "remove", "Choir")
    run_command(host, install, "senders", "add", "Organ", "--channels", "1")
    run_command(host, install, "configure", "--unset", "streams.max-lateness")
    said = run_command(host, install, "preset", "load", "Sunday / 9:00").stdout
    for line in ("streams.max-lateness changed", "sender Organ removed", "sender Choir added", "receiver Hall changed", "receiver Stage left changed"):
        assert line in said, said
    after = {kind: [{key: one[key] for key in ("id", "name", "address", "channels", "firstChannel", "map") if key in one}
                    for one in host.control.get(f"/v1/{kind}")] for kind in ("senders", "receivers")}
    del before["senders"][1]["id"], after["senders"][1]["id"]  # the removed sender comes back with another id
    assert after == before and host.control.get("/v1/senders")[0]["ssrc"] == ssrc
    assert host.control.get("/v1/configuration")["settings"] == {"streams.max-lateness": "7ms"}
    assert "no changes" in run_command(host, install, "preset", "load", "Sunday / 9:00").stdout
    assert re.search(r"^Sunday / 9:00 +2 +2 +streams.max-lateness 7ms$", run_command(host, install, "preset").stdout, re.M)
    lines = [line for line in host.daemon.log.splitlines() if "preset Sunday / 9:00 loaded" in line]
    assert len(lines) == 1 and "sender Choir added" in lines[0], "the change is not logged once"
    run_command(host, install, "preset", "delete", "Sunday / 9:00")
    assert host.control.get("/v1/presets") == []


def test_invalid_presets_are_refused(host, install):
    for words, said in ((["load", "nothing"], "there are none"), (["delete", "nothing"], "there are none"), (["save", "a\nb"], "not allowed"),
                        (["save", "x" * 65], "64 characters"), (["save", " "], "not allowed")):
        done = run_command(host, install, "preset", *words, check=False)
        assert done.returncode == 1 and said in done.stderr, done
    run_command(host, install, "preset", "save", "one")
    assert 'available: one' in run_command(host, install, "preset", "load", "two", check=False).stderr


def test_a_loaded_preset_is_undone_in_one_step(host, install):
    """`undo` after loading a preset restores streams, routes and settings in one step. The next `undo` reverts the change before it."""
    def everything():
        streams = [[{key: one.get(key) for key in ("name", "address", "channels", "firstChannel", "map")} for one in host.control.get(f"/v1/{kind}")]
                   for kind in ("senders", "receivers")]
        return streams, host.control.get("/v1/configuration")["settings"]
    start = everything()
    run_command(host, install, "preset", "save", "rehearsal")
    run_command(host, install, "route", "1", "--to", "17")
    run_command(host, install, "configure", "streams.max-lateness", "7ms")
    run_command(host, install, "senders", "add", "Organ", "--channels", "1")
    show = everything()
    run_command(host, install, "preset", "load", "rehearsal")
    assert everything() == start
    latest = run_command(host, install, "undo", "--list").stdout.splitlines()[0]
    assert latest.startswith("preset rehearsal loaded: ") and "sender Organ removed" in latest
    assert "undone: " in run_command(host, install, "undo").stdout
    assert everything() == show
    run_command(host, install, "undo")
    assert [s["name"] for s in host.control.get("/v1/senders")] == ["Stage left"], "the sender added before was not removed"
    assert host.control.get("/v1/presets")[0]["name"] == "rehearsal", "the preset was deleted"
