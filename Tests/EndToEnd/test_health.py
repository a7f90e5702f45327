# SPDX-License-Identifier: MIT
"""Stream faults are reported everywhere within three seconds, and cleared when they are over (trial F1, F8, F9)."""

import json
import re
import threading
import time

import pytest

from harness.control import Control, run_command
from harness.daemon import Daemon, configuration
from harness.network import wait_for
from harness.ptp import FAST, FAST_PEER, ptp4l

pytestmark = pytest.mark.calm

STREAMS = [{"name": f"s{number}", "address": f"239.69.7.{number}", "channels": 2, "first-channel": 2 * number - 1} for number in (1, 2, 3)]
WITHIN = 3.0


class Watcher:
    """Collects the alarms of the event stream, with their times of arrival."""

    def __init__(self, daemon):
        self.alarms, self.heard, self.ended = [], {}, None
        self.control = Control(daemon)
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        try:
            for name, data in self.control.events():
                if name == "alarm":
                    self.alarms.append(data)
                    self.heard[data["number"]] = time.time()
            self.ended = "by the daemon"
        except OSError as error:
            self.ended = str(error)  # the daemon has ended


@pytest.fixture
def streams(network, install):
    """Three streams from host a to host b, all of them received."""
    a, b = network.a, network.b
    Daemon(a, install, configuration(senders=STREAMS, receivers=[])).start().settle()
    Daemon(b, install, configuration(host=2, senders=[{**STREAMS[0], "name": "own", "address": "239.69.8.1"}], receivers=STREAMS)).start()
    b.daemon.wait_status(lambda s: all(r["state"] == "receiving" for r in s["receivers"]), "all streams to be received")
    b.watcher = Watcher(b.daemon)
    time.sleep(2.2)  # until the start no longer explains missing packets
    return a, b


def expect_trouble(host, kind, state, words, count=3, together=True):
    """Checks that the trouble's state, reason, alarm, event, log line and metric appear within three seconds.

    Streams that were changed one after the other may be reported in several alarms: together=False.
    """
    began, control = time.time(), Control(host.daemon)
    direction = kind[:-1]

    def alarms():
        return [x for x in control.get("/v1/alarms") if x["direction"] == direction and x["kind"] == "began" and x["state"] == state]

    def places():
        streams = [s for s in control.get(f"/v1/{kind}") if s["name"] != "own"]
        file = [s for s in host.daemon.status()[kind] if s["name"] != "own"]
        found = alarms()
        return {
            "API": all(s["state"] == state and words in (s.get("error") or "") for s in streams),
            "health": all(s["health"]["level"] in ("unhealthy", "partiallyHealthy") for s in streams),
            "status.json": all(s["state"] == state for s in file),
            "alarm": sum(len(x["streams"]) for x in found) == count and (len(found) == 1 or not together),
            "event": bool(found) and all(x["number"] in host.watcher.heard for x in found),
            "journal": bool(found) and all(x["text"] in host.daemon.log for x in found),
            "metric": control.ask("GET", "/metrics").text.count(f'state="{state}",health=') >= count,
        }

    missing = {}

    def look():
        missing.clear()
        missing.update({place: ok for place, ok in places().items() if not ok})
        return not missing

    try:
        wait_for(look, f"{state} in all places", WITHIN, interval=0.05)
    except AssertionError as error:
        raise AssertionError(f"{error}; missing: {list(missing)}; watching ended {host.watcher.ended}; {control.get('/v1/alarms')}; {control.get(f'/v1/{kind}')}") from None
    for alarm in alarms():
        assert alarm["unixMilliseconds"] / 1000 - began < WITHIN and host.watcher.heard[alarm["number"]] - began < WITHIN
    assert not together or f"{count} of" in run_command(host, host.daemon.install, "status", check=False).stdout


def expect_recovery(host, kind="receivers", state="receiving", timeout=14):
    """Checks that all streams recover and that their alarms end."""
    host.daemon.wait_status(lambda s: all(r["state"] == state for r in s[kind]), "all streams to recover", timeout)
    control, direction = Control(host.daemon), kind[:-1]

    def alarms():
        return [x for x in control.get("/v1/alarms") if x["direction"] == direction]

    def ended():
        return [x for x in alarms() if x["kind"] == "ended"]
    # A trouble that changes into another one ends as well. The last alarm of each stream must be an end.
    wait_for(lambda: set({name: x["kind"] for x in alarms() for name in x["streams"]}.values()) == {"ended"}, "the end of all alarms", 3)
    assert f"{state} again, after " in host.daemon.log
    for alarm in ended():
        assert alarm in host.watcher.alarms or wait_for(lambda a=alarm: a in host.watcher.alarms, "the event", 2)


def rules(host, *lines):
    """Replaces the firewall rules of a host; no lines remove all rules."""
    file = host.path("rules.nft")
    file.write_text("flush ruleset\n" + ("" if not lines else "table inet filter {\nchain input {\ntype filter hook input priority 0;\n"
                                         + "\n".join(lines) + "\n}\n}\n"))
    host.run("nft", "-f", file)


def change_senders(host, change):
    """Changes all senders of a host one after the other, as fast as the API allows."""
    for stream in STREAMS:
        answer = Control(host.daemon).ask("PATCH", f"/v1/senders/by-name/{stream['name']}", change(stream))
        assert answer.status == 200, answer.text


def killed(a, b, install):
    a.daemon.kill()
    return "silent", "the last came from 10.67.0.1", lambda: a.daemon.start()


def stopped(a, b, install):
    a.daemon.stop()
    return "silent", "the last came from 10.67.0.1", lambda: a.daemon.start()


def cable_out(a, b, install):
    a.run("ip", "link", "set", "net0", "down")
    return "noNetwork", "interface net0 has no carrier", lambda: a.run("ip", "link", "set", "net0", "up")


def own_interface_down(a, b, install):
    b.run("ip", "link", "set", "net0", "down")
    return "noNetwork", "interface net0 is down", lambda: b.run("ip", "link", "set", "net0", "up")


def disabled(a, b, install):
    change_senders(a, lambda stream: {"enabled": False})
    return "silent", "the last came from 10.67.0.1", lambda: change_senders(a, lambda stream: {"enabled": True})


def wrong_group(a, b, install):
    change_senders(a, lambda stream: {"address": stream["address"].replace("239.69.7", "239.69.9")})
    return "silent", "the last came from 10.67.0.1", lambda: change_senders(a, lambda stream: {"address": stream["address"]})


def filtered(a, b, install):
    """Drops the packets on host b, as a switch does that has lost the group membership."""
    rules(b, "udp dport 5004 drop")
    return "silent", "the last came from 10.67.0.1", lambda: rules(b)


def format_changed(a, b, install):
    change_senders(a, lambda stream: {"channels": 4, "first-channel": 1})
    return "notReceivable", "L24, 2 channels", lambda: change_senders(a, lambda stream: {"channels": 2, "first-channel": stream["first-channel"]})


def half_lost(a, b, install):
    rules(b, "udp dport 5004 numgen random mod 2 < 1 drop")
    return "lossy", "packets are lost on the way", lambda: rules(b)


@pytest.mark.parametrize("trouble", [killed, stopped, cable_out, own_interface_down, disabled, wrong_group, filtered, format_changed, half_lost])
def test_receivers_report_troubles(streams, install, trouble):
    a, b = streams
    state, words, undo = trouble(a, b, install)
    expect_trouble(b, "receivers", state, words, together=trouble not in (disabled, wrong_group, format_changed))
    if state == "silent":
        metrics = Control(b.daemon).ask("GET", "/metrics").text
        silent = [float(line.split()[-1]) for line in metrics.splitlines() if line.startswith("aes67_receiver_silent_seconds{")]
        assert len(silent) == 3 and all(0 < seconds < 10 for seconds in silent), silent
        receiver = b.daemon.fresh_status()["receivers"][0]["health"]
        assert receiver["lastSource"] == "10.67.0.1" and receiver["packetsPerSecond"] == 0 and receiver["lastPacketAgeMilliseconds"] > 100
    status = run_command(b, install, "status", check=False)
    assert status.returncode == (1 if state == "lossy" else 2), status.stdout
    undo()
    # After timestamps that did not count samples, they are trusted again after ten seconds at the earliest, and later each time.
    expect_recovery(b, timeout=45 if trouble is format_changed else 14)


def test_senders_report_a_missing_carrier(streams, install):
    """F8: without a carrier, the daemon does not use the loopback interface; the senders report the reason."""
    a, b = streams
    a.watcher = Watcher(a.daemon)
    time.sleep(0.5)
    b.run("ip", "link", "set", "net0", "down")
    expect_trouble(a, "senders", "noNetwork", "interface net0 has no carrier")
    assert "warning" in a.daemon.log.split("net0 has no carrier")[0].splitlines()[-1].lower(), a.daemon.log[-500:]
    doctor = run_command(a, install, "doctor", check=False).stdout
    assert "plug the cable in" in doctor and "name the network" not in doctor, doctor
    b.run("ip", "link", "set", "net0", "up")
    expect_recovery(a, "senders", "sending")


def test_automatic_choice_never_falls_back_to_loopback(network, install):
    """F8: with `auto`, an interface that is down or has no carrier, also at the start, is waited for; the loopback interface is not used."""
    a, b = network.a, network.b
    auto = configuration(senders=STREAMS, receivers=[], network={"interface": "auto"})
    Daemon(a, install, auto).start().settle()
    for host, words in ((b, "has no carrier"), (a, "is down")):
        host.run("ip", "link", "set", "net0", "down")
        down = a.daemon.wait_status(lambda s, w=words: w in s.get("interfaceProblem", ""), words)
        assert down["interface"] is None and all(s["state"] == "noNetwork" for s in down["senders"])
        assert re.search(f"interface  none usable: .*{words}", run_command(a, install, "stats").stdout)
        host.run("ip", "link", "set", "net0", "up")
        a.daemon.wait_status(lambda s: s["interface"] is not None and s["interface"]["name"] == "net0", "net0 again")
    a.daemon.stop()
    b.run("ip", "link", "set", "net0", "down")
    Daemon(a, install, auto).start()
    a.daemon.wait_status(lambda s: "net0 has no carrier" in s.get("interfaceProblem", ""), "the report of the missing carrier")
    b.run("ip", "link", "set", "net0", "up")
    a.daemon.settle()
    assert "uses interface lo" not in a.daemon.log and "use interface lo" not in a.daemon.log


def test_an_unknown_interface_is_refused(lone, install):
    """F9: an unknown interface is refused with the list of available ones. --force accepts it; status, doctor and stats then report that it
    does not exist.
    """
    a = lone()
    for words in (["--interface", "eth9"], ["network.interface", "wlan7"]):
        refused = run_command(a, install, "configure", *words, check=False)
        assert refused.returncode == 1 and "available: lo, net0" in refused.stderr and "--force" in refused.stderr, refused.stderr
    assert a.daemon.fresh_status()["interface"]["name"] == "net0"
    assert Control(a.daemon).ask("PATCH", "/v1/configuration", {"settings": {"network.interface": "eth9"}}).status == 400
    run_command(a, install, "configure", "--interface", "eth9", "--force")
    words = "interface eth9 does not exist; available: lo, net0"
    a.daemon.wait_status(lambda s: words in s.get("interfaceProblem", ""), words)
    for verb in ("status", "doctor", "stats"):
        assert words in run_command(a, install, verb, check=False).stdout, verb


def test_senders_continue_without_a_grandmaster(network, install):
    """If the grandmaster is lost, senders continue and report a warning."""
    a, b = network.a, network.b
    master = ptp4l(a, **FAST_PEER)
    Daemon(b, install, configuration(host=2, senders=[STREAMS[0]], receivers=[], ptp={"mode": "slave", **FAST})).start()
    b.daemon.wait_status(lambda s: s["clock"]["state"] == "locked" and s["senders"][0]["state"] == "sending", "a lock", 60)
    master.stop()
    b.daemon.wait_status(lambda s: s["clock"]["state"] != "locked", "the loss of the lock", 20)
    sender = b.daemon.wait_status(lambda s: "grandmaster" in (s["senders"][0].get("error") or ""), "the warning in the sender", 3)["senders"][0]
    assert (sender["state"], sender["health"]["level"]) == ("sending", "partiallyHealthy")


HOOK = """#!/bin/sh
cat >>{file}
sleep {seconds}
"""


@pytest.mark.parametrize("seconds", [0, 60])
def test_alarm_command(network, install, seconds):
    """`alarms.command` gets each alarm as one line of JSON. A command that hangs is ended and does not delay later alarms."""
    a, b = network.a, network.b
    hook, alarms = b.path("hook"), b.path("alarms")
    hook.write_text(HOOK.format(file=alarms, seconds=seconds))
    hook.chmod(0o755)
    Daemon(a, install, configuration(senders=STREAMS, receivers=[])).start().settle()
    Daemon(b, install, configuration(host=2, senders=[], receivers=STREAMS, alarms={"command": str(hook)})).start()
    b.daemon.wait_status(lambda s: all(r["state"] == "receiving" for r in s["receivers"]), "all streams to be received")
    a.daemon.kill()
    wait_for(lambda: alarms.exists() and alarms.read_text().endswith("\n"), "the alarm in the command's file", 5)
    alarm = json.loads(alarms.read_text().splitlines()[0])
    assert alarm == Control(b.daemon).get("/v1/alarms")[0]
    assert (alarm["state"], alarm["kind"], sorted(alarm["streams"])) == ("silent", "began", ["s1", "s2", "s3"])
    assert alarm["text"].startswith("3 receivers: no packets for ") and alarm["text"].endswith(", last from 10.67.0.1")
    a.daemon.start()
    if seconds:
        wait_for(lambda: "it was ended after" in b.daemon.log, "the end of the program", 15)
    wait_for(lambda: len(alarms.read_text().splitlines()) == 2, "the end of the alarm", 15)
    assert json.loads(alarms.read_text().splitlines()[1])["kind"] == "ended"


def test_alarm_command_can_only_be_set_in_the_file(lone, install):
    a = lone()
    refused = run_command(a, install, "configure", "alarms.command", "/bin/true", check=False)
    assert refused.returncode == 1 and "file" in refused.stderr, refused.stderr


def test_status_for_monitoring_systems(streams, install):
    """`aes67 status` exits with 0 for ok, 1 for warning and 2 for critical, also without a daemon, and prints no colours into a pipe."""
    a, b = streams
    well = run_command(b, install, "status", check=False)
    report = json.loads(run_command(b, install, "status", "--json", check=False).stdout)
    worst = report["verdict"]
    assert well.returncode == {"ok": 0, "unknown": 1, "warning": 1, "fail": 2}[worst], well.stdout
    assert "\033" not in well.stdout and "3 receiving" in well.stdout
    a.daemon.kill()
    b.daemon.wait_status(lambda s: all(r["state"] == "silent" for r in s["receivers"]), "all receivers to be silent")
    bad = run_command(b, install, "status", check=False)
    assert bad.returncode == 2 and bad.stdout.startswith("FAIL"), bad.stdout
    assert "3 of 3" in bad.stdout.splitlines()[0], bad.stdout
    b.daemon.stop()
    gone = run_command(b, install, "status", check=False)
    assert gone.returncode == 2 and "is not running" in gone.stderr
