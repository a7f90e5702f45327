# SPDX-License-Identifier: MIT
"""Changes at run time: streams by the API, the configuration file reloaded, profiles. Unchanged streams continue."""

import json
import signal
import socket
import time
import wave

import pytest

from harness import pattern, session
from harness.control import Control, run_command
from harness.daemon import ROOT, Daemon, configuration
from harness.network import wait_for

STREAM = {"name": "steady", "address": "239.69.9.1", "channels": 2, "first-channel": 1}


def start(network, install, host=1, **sections):
    place = network.a if host == 1 else network.b
    daemon = Daemon(place, install, configuration(host=host, control={"socket-group": "root"}, **sections)).start()
    return place


def rewrite(host, **sections):
    host.daemon.config_file.write_text(json.dumps(configuration(control={"socket-group": "root"}, **sections)))


def test_a_thousand_changes_during_playback(network, install):
    """While another stream is added, changed and removed a thousand times, the recorded stream is bit-exact."""
    a = start(network, install, senders=[STREAM], receivers=[])
    b = start(network, install, host=2, senders=[], receivers=[STREAM])
    a.daemon.settle()
    b.daemon.settle()
    signal_ = pattern.Pattern(2)
    recorder, sink = session.start_recording(b, pcm="aes67:CH=2", channels=2)
    player = session.play_pattern(a, signal_.frames(12 * 48_000), pcm="aes67:CH=2", channels=2)
    a.daemon.client(player)
    sending, receiving = Control(a.daemon), Control(b.daemon)
    done, begin = 0, time.monotonic()
    while done < 1000 and player.running:
        for control, kind in ((sending, "senders"), (receiving, "receivers")):
            made = control.ask("POST", f"/v1/{kind}", {"name": "passing", "address": "239.69.9.2", "channels": 8, "first-channel": 9})
            assert made.status == 201, made.text
            changed = control.ask("PATCH", f"/v1/{kind}/by-name/passing", {"first-channel": 17})
            assert changed.status == 200 and changed.json["firstChannel"] == 17, changed.text
            assert control.ask("DELETE", f"/v1/{kind}/by-name/passing").status == 204
            done += 3
    assert done >= 1000, f"only {done} changes in {time.monotonic() - begin:.1f} s"
    player.wait(20)
    session.hear_out(b, recorder, sink)
    session.finish(recorder)
    pattern.expect_whole(signal_, pattern.read(sink, "S32_LE", 2), 12 * 48_000)
    steady = b.daemon.fresh_status().receiver("steady")
    assert steady["late"] == steady["lost"] == steady["resyncs"] == 0, steady


WRONG = [
    ("POST", "senders", {"channels": 65}, 400, "channels"),
    ("POST", "senders", {"address": "300.1.1.1"}, 400, "address"),
    ("POST", "senders", {"chanels": 2}, 400, "chanels"),
    ("POST", "senders", {"channels": 16}, 400, "1440"),
    ("POST", "senders", {"name": "steady"}, 409, "steady"),
    ("POST", "senders", {"address": "239.69.9.1"}, 409, "239.69.9.1"),
    ("POST", "receivers", {"name": "x"}, 400, "address"),
    ("POST", "receivers", {"address": "239.1.1.1", "link-offset": "1us"}, 400, "link-offset"),
    ("PATCH", "senders/by-name/nobody", {"port": 5}, 404, "nobody"),
    ("PATCH", "senders/by-name/steady", {"packet-time": "2ms"}, 400, "packet-time"),
    ("DELETE", "senders/by-name/nobody", None, 404, "nobody"),
]


@pytest.mark.parametrize("method, path, body, status, word", WRONG, ids=range(len(WRONG)))
def test_wrong_streams_are_refused(network, install, method, path, body, status, word):
    a = start(network, install, senders=[STREAM], receivers=[])
    before = [(s["name"], s["address"]) for s in a.daemon.status()["senders"]]
    answer = Control(a.daemon).ask(method, f"/v1/{path}", body)
    assert answer.status == status and word in answer.json["reason"] and answer.json["hint"], answer.text
    assert [(s["name"], s["address"]) for s in a.daemon.fresh_status()["senders"]] == before


def test_stream_verbs(network, install):
    a = start(network, install, senders=[STREAM], receivers=[])

    def aes67(*words, check=True):
        return run_command(a, install, *words, check=check)

    line = aes67("stream", "publish", "Stage left", "--channels", "2").stdout
    assert "Stage left: 239.69.1.1:5004, channels 3 to 4" in line, line
    assert "channels 5 to 6" in aes67("stream", "edit", "Stage left", "--first-channel", "5").stdout
    assert json.loads(aes67("stream", "edit", "Stage left", "--rename", "Left", "--json").stdout)["name"] == "Left"
    assert "disabled" in aes67("stream", "disable", "Left").stdout
    assert "sending" in aes67("stream", "enable", "Left").stdout
    assert aes67("stream", "remove", "Left").stdout == "Left: removed\n"
    assert [s["name"] for s in a.daemon.fresh_status()["senders"]] == ["steady"]
    gone = aes67("stream", "remove", "Left", check=False)
    assert gone.returncode == 1 and 'no sender "Left"' in gone.stderr and "steady" in gone.stderr
    taken = aes67("stream", "publish", "--address", "239.69.9.1", check=False)
    assert taken.returncode == 1 and "239.69.9.1:5004" in taken.stderr
    odd = aes67("stream", "publish", "--packet-time", "2 s", check=False)
    assert odd.returncode == 64 and "packet-time" in odd.stderr and "250us" in odd.stderr, odd
    names = [json.loads(aes67("stream", "publish", "--channels", "1", "--json").stdout)["name"] for _ in range(2)]
    assert names == ["sender 1", "sender 2"]


def test_stream_plays_a_file(network, install, tmp_path):
    """`aes67 stream --file` plays a file's channels on the given device channels, bit for bit."""
    stream = {**STREAM, "channels": 4}
    a = start(network, install, senders=[stream], receivers=[])
    b = start(network, install, host=2, senders=[], receivers=[stream])
    a.daemon.settle()
    b.daemon.settle()
    file = tmp_path / "song.wav"
    with wave.open(str(file), "wb") as song:
        song.setnchannels(2)
        song.setsampwidth(2)
        song.setframerate(48_000)
        song.writeframes(b"".join(int(i % 3000 - 1500).to_bytes(2, "little", signed=True) * 2 for i in range(48_000)))
    recorder, sink = session.start_recording(b, pcm="aes67:CH=4", channels=4)
    played = a.run(install.directory / "aes67", "stream", "--file", file, "--to", "3")
    assert "2 channels of 48000 Hz into channels 3\u20134" in played.stdout
    session.hear_out(b, recorder, sink)
    session.finish(recorder)
    recorded = pattern.read(sink, "S32_LE", 4)
    assert not recorded[:, :2].any(), "channels 1 and 2 are not silent"
    heard = recorded[recorded[:, 2].nonzero()[0][0]:, 2:4]
    assert len(heard) > 40_000 and (heard[:, 0] == heard[:, 1]).all()
    ramp = (heard[:1000, 0] >> 16)
    assert (ramp == list(range(-1500, -500))).all(), ramp[:10]
    for words, status in ((["--file", "/nowhere.wav"], 66), (["--file", __file__], 66), (["--file", file, "--to", "64"], 1),
                          (["--file", file, "--to", "65"], 64)):
        refused = a.run(install.directory / "aes67", "stream", *words, check=False)
        assert refused.returncode == status, (words, refused.stderr)


def test_reload_changes_only_differences(network, install):
    other = {"name": "other", "address": "239.69.9.2", "channels": 2, "first-channel": 3}
    a = start(network, install, senders=[STREAM, other], receivers=[])
    before = a.daemon.settle()
    rewrite(a, senders=[STREAM, {**other, "first-channel": 5}, {**other, "name": "new", "address": "239.69.9.3"}], receivers=[],
            log={"level": "notice"}, network={"interface": "net0", "ttl": 7})
    a.daemon.process.send(signal.SIGHUP)
    wait_for(lambda: "configuration was read again" in a.daemon.log, "the reload")
    after = a.daemon.wait_status(lambda s: len(s["senders"]) == 3, "the new sender")
    assert after.sender("steady")["ssrc"] == before.sender("steady")["ssrc"]
    assert after.sender("other")["firstChannel"] == 5 and after.sender("other")["ssrc"] != before.sender("other")["ssrc"]
    assert Control(a.daemon).get("/v1/log-level") == {"level": "notice"}
    assert "restart" not in a.daemon.log.split("read again")[1].splitlines()[0]
    assert a.daemon.process.running


def test_an_invalid_file_changes_nothing(network, install):
    a = start(network, install, senders=[STREAM], receivers=[])
    before = a.daemon.settle()
    a.daemon.config_file.write_text("senders:\n  - {address: 239.69.1.1, chanels: 2}\n")
    refused = run_command(a, install, "configure", "--reload", check=False)
    assert refused.returncode == 1 and ":2:" in refused.stderr and "chanels" in refused.stderr, refused.stderr
    a.daemon.process.send(signal.SIGHUP)
    wait_for(lambda: "configuration was not changed" in a.daemon.log, "the refusal")
    assert a.daemon.fresh_status().sender("steady")["ssrc"] == before.sender("steady")["ssrc"]


def test_profiles_are_changed_at_run_time(network, install):
    a = start(network, install, layout={"host": 1, "streams": 2}, streams={})
    profiles = a.daemon.config_file.parent / "profiles"
    profiles.mkdir()
    (profiles / "low-latency.yaml").write_bytes((ROOT / "configs" / "profiles" / "low-latency.yaml").read_bytes())
    (profiles / "own-1.yaml").write_text("streams: {packet-time: 125us}\n")
    (profiles / "bad.yaml").write_text("senders: []\n")
    rewrite(a, layout={"host": 1, "streams": 2}, streams={"link-offset": "200ms"})
    listed = json.loads(run_command(a, install, "configure", "--json").stdout)["configuration"]
    assert listed["profile"] == "interop" and {"low-latency", "own-1"} <= set(listed["profiles"])
    text = run_command(a, install, "configure", "--profile", "low-latency").stdout
    assert "profile low-latency" in text and "sender host 1 stream 1 changed" in text and "streams.packet-time changed" in text
    status = a.daemon.fresh_status()
    assert {s["packetTimeMicroseconds"] for s in status["senders"]} == {250}
    assert {r["linkOffsetFrames"] for r in status["receivers"]} == {9600}, "the file must override the profile"
    run_command(a, install, "configure", "--profile", "own-1")
    assert {s["packetTimeMicroseconds"] for s in a.daemon.fresh_status()["senders"]} == {125}
    for name, word in (("bad", "senders"), ("nosuch", "own-1"), ("../x", "no profile")):
        refused = run_command(a, install, "configure", "--profile", name, check=False)
        assert refused.returncode == 1 and word in refused.stderr, refused.stderr
    assert {s["packetTimeMicroseconds"] for s in a.daemon.fresh_status()["senders"]} == {125}
    run_command(a, install, "configure", "--profile", "none")
    assert {s["packetTimeMicroseconds"] for s in a.daemon.fresh_status()["senders"]} == {1000}


def test_systemd_is_notified_of_reloads(network, install, tmp_path):
    """A reload sends RELOADING=1 with its time, then READY=1 (sd_notify(3)), whether the configuration is accepted or refused."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices:
        notices.bind(str(tmp_path / "notify"))
        notices.settimeout(5)
        network.a.environment["NOTIFY_SOCKET"] = str(tmp_path / "notify")
        a = start(network, install)

        def until(line):
            """Returns the notifications up to the one with this line, without those for status and watchdog."""
            heard = []
            while not heard or line not in heard[-1]:
                words = notices.recv(4096).decode().splitlines()
                heard += [words] if words[0].split("=")[0] in ("RELOADING", "READY") else []
            return heard

        until("READY=1")
        for change, said in (({"senders": []}, "read again"), ({"streams": {"packet-tiem": "1ms"}}, "packet-tiem")):
            rewrite(a, **change)
            before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
            a.daemon.process.send(signal.SIGHUP)
            (begin, stamp), end = until("READY=1")
            assert begin == "RELOADING=1" and end == ["READY=1"]
            name, at = stamp.split("=")
            assert name == "MONOTONIC_USEC" and before <= int(at) <= time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
            wait_for(lambda: said in a.daemon.log, said)
