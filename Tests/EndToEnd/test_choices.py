# SPDX-License-Identifier: MIT
"""Settings made at run time override the configuration file, survive restarts, and are removed on request."""

import json
import signal
import threading
import time

import pytest

from harness.control import Control, part, run_command
from harness.daemon import ROOT
from harness.network import wait_for

pytestmark = pytest.mark.calm


@pytest.fixture
def host(lone):
    a = lone(control={"socket-group": "root"})
    a.control = Control(a.daemon)
    profiles = a.daemon.config_file.parent / "profiles"
    profiles.mkdir()
    (profiles / "low-latency.yaml").write_bytes((ROOT / "configs" / "profiles" / "low-latency.yaml").read_bytes())
    wait_for(a.control.path.exists, "the control socket")
    return a


def start_again(host):
    """Starts the daemon again, and waits for its control socket."""
    host.daemon.start()

    def answers():
        try:
            return host.control.ask("GET", "/v1/log-level").status == 200
        except OSError:
            return False

    wait_for(answers, "the control socket")


def test_settings_survive_a_restart_and_the_file_is_unchanged(host, install):
    written = host.daemon.config_file.read_bytes()
    run_command(host, install, "stream", "publish", "extra", "--channels", "2", "--address", "239.69.9.9")
    run_command(host, install, "stream", "edit", "host 1 stream 2", "--rename", "renamed")
    run_command(host, install, "stream", "remove", "host 1 stream 3")
    run_command(host, install, "unsubscribe", "host 2 stream 1")
    run_command(host, install, "subscribe", "Far away", "--wait", "--to", "3", "--channels", "2")
    text = run_command(host, install, "configure", "--ptp-domain", "5", "--profile", "low-latency", "--log-level", "notice",
                       "streams.link-offset", "150ms").stdout
    assert "profile low-latency" in text and "ptp.domain changed" in text and "restart" not in text, text
    before = {kind: {s["name"]: s for s in host.control.get(f"/v1/{kind}")} for kind in ("senders", "receivers")}
    assert {"extra", "renamed", "host 1 stream 1"} <= set(before["senders"]) and "Far away" in before["receivers"]
    host.daemon.stop()
    start_again(host)
    after = {kind: {s["name"]: s for s in host.control.get(f"/v1/{kind}")} for kind in ("senders", "receivers")}
    for kind in before:
        assert set(after[kind]) == set(before[kind])
        for name, stream in after[kind].items():
            for key in ("address", "port", "channels", "firstChannel", "packetTimeMicroseconds", "linkOffsetFrames", "session"):
                assert stream.get(key) == before[kind][name].get(key), f"{name}: {key}"
    shown = run_command(host, install, "configure").stdout
    for word in ("low-latency", "notice", "override   ptp.domain 5", "sender extra", "receiver host 2 stream 1"):
        assert word in shown, f"{word}:\n{shown}"
    assert host.daemon.config_file.read_bytes() == written
    run_command(host, install, "configure", "--reset")
    names = [s["name"] for s in host.control.get("/v1/senders")]
    assert sorted(names) == [f"host 1 stream {n}" for n in range(1, 9)]
    assert sorted(r["name"] for r in host.control.get("/v1/receivers")) == [f"host 2 stream {n}" for n in range(1, 9)]
    report = host.control.get("/v1/configuration")
    assert report["settings"] == {} and report["senders"] == report["receivers"] == [] and report["profile"] == "interop"


def test_names_are_unique_and_ids_are_permanent(host):
    """POST and PATCH refuse the name of another stream of the same direction. Ids survive a restart and a new name."""
    control = host.control
    ids = {s["name"]: s["id"] for s in control.get("/v1/senders")}
    one, two = part("host 1 stream 1"), ids["host 1 stream 2"]
    for kind, own in (("senders", "host 1 stream 2"), ("receivers", "host 2 stream 2")):
        other = own.replace("stream 2", "stream 1")
        for method, path, body in (("POST", f"/v1/{kind}", {"name": own, "address": "239.7.7.7", "channels": 1, "first-channel": 1}),
                                   ("PATCH", f"/v1/{kind}/by-name/{part(other)}", {"name": own})):
            answer = control.ask(method, path + ("?replace=true" if kind == "receivers" else ""), body)
            assert answer.status == 409 and own in answer.json["reason"] and answer.json["hint"], answer.text
    assert control.ask("PATCH", f"/v1/senders/by-name/{one}", {"name": "3"}).status == 200
    assert control.get("/v1/senders/by-name/3")["id"] == ids["host 1 stream 1"]
    assert control.get("/v1/senders/3")["name"] == "host 1 stream 3", "a name of digits was taken for an id"
    made = [control.ask("POST", "/v1/senders", {"channels": 1}).json["id"] for _ in range(2)]
    assert control.ask("DELETE", f"/v1/senders/{made[1]}").status == 204
    before = {s["id"]: s["name"] for s in control.get("/v1/senders")}
    host.daemon.stop()
    start_again(host)
    assert {s["id"]: s["name"] for s in control.get("/v1/senders")} == before and before[two] == "host 1 stream 2"
    assert control.ask("POST", "/v1/senders", {"channels": 1}).json["id"] > made[1], "an id was used twice"


def test_an_edited_file_is_read_only_by_reload(host, install):
    """While the file is edited and invalid, run-time settings can be changed and no change of the file takes effect.

    Reload refuses the invalid file and applies the corrected one.
    """
    text = json.loads(host.daemon.config_file.read_text())
    host.daemon.config_file.write_text(json.dumps({**text, "senders": [{"name": "edited", "address": "239.9.9.9"}]}) + "\nbroken: [")
    for words in (["--log-level", "debug"], ["ptp.domain", "3"], ["--profile", "low-latency"]):
        run_command(host, install, "configure", *words)
    names = [s["name"] for s in host.control.get("/v1/senders")]
    assert sorted(names) == [f"host 1 stream {n}" for n in range(1, 9)]
    refused = run_command(host, install, "configure", "--reload", check=False)
    assert refused.returncode == 1 and "not YAML" in refused.stderr, refused
    host.daemon.config_file.write_text(json.dumps({**text, "senders": [{"name": "edited", "address": "239.9.9.9"}]}))
    run_command(host, install, "configure", "--reload")
    assert [s["name"] for s in host.control.get("/v1/senders")] == ["edited"]


def test_wrong_settings_change_nothing(host, install):
    cases = [(["network.interfase", "eth0"], "no key"), (["streams.link-offset", "soon"], "auto or a time"),
             (["nothing", "1"], "section"), (["network..port", "1"], "no key"), ([".network.port", "1"], "no key"), (["control.socket-group", "users"], "can only be set in the configuration file"),
             (["layout.sdp", "/etc/shadow"], "can only be set in the configuration file"), ([".layout.sdp", "/etc/shadow"], "no key"), (["--ptp-domain", "200"], "0 to 127"),
             (["--profile", "nosuch"], "low-latency")]
    for words, said in cases:
        refused = run_command(host, install, "configure", *words, check=False)
        assert refused.returncode == 1 and said in refused.stderr, f"{words}: {refused}"
    shown = run_command(host, install, "configure", "log.level")  # A key without a value is shown, not set.
    assert shown.stdout.startswith("debug"), shown
    assert host.control.get("/v1/configuration")["settings"] == {}


def test_settings_that_no_longer_apply_are_logged_and_ignored(host, install):
    profiles = host.daemon.config_file.parent / "profiles"
    (profiles / "own.yaml").write_text("network: {ttl: 3}\n")
    run_command(host, install, "configure", "--profile", "own")
    host.daemon.stop()
    (profiles / "own.yaml").unlink()
    start_again(host)
    assert "settings made at run time are ignored" in host.daemon.log and '"own"' in host.daemon.log
    assert host.control.get("/v1/configuration")["profile"] == "interop"


def test_killed_in_the_middle_of_a_change(host):
    """After SIGKILL at different moments of a series of changes, the saved state has all changes that were answered, and at most one more."""
    name = part("host 1 stream 1")
    done = 0
    for attempt in range(6):
        def change():
            nonlocal done
            try:
                while host.control.ask("PATCH", f"/v1/senders/by-name/{name}", {"port": 6000 + done + 1}).status == 200:
                    done += 1
            except (OSError, ValueError, EOFError):
                pass
        worker = threading.Thread(target=change)
        before = done
        worker.start()
        wait_for(lambda: done > before, "a change that is answered")
        time.sleep(0.037 * attempt)
        host.daemon.process.send(signal.SIGKILL)
        host.daemon.process.wait(5, expect=-signal.SIGKILL)
        worker.join()
        start_again(host)
        port = host.control.get(f"/v1/senders/by-name/{name}")["port"]
        assert port in (6000 + done, 6000 + done + 1), f"{port} after {done} changes"
        done = port - 6000
        assert json.loads((host.daemon.state / "overrides.json").read_text())["version"] == 1
        assert not list(host.daemon.state.glob("*.damaged"))
