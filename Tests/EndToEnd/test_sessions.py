# SPDX-License-Identifier: MIT
"""Sessions: announced, discovered, subscribed to by name, and followed when they change."""

import json
import shutil
import subprocess
import time

import pytest

from harness import burst, pattern, peers, session
from harness.control import run_command
from harness.daemon import Daemon, ROOT, configuration, runs
from harness.network import wait_for

STEREO = {"pcm": "aes67:CH=2", "channels": 2}


def stage(address="239.69.5.1", **more):
    return {"name": "Stage", "address": address, "channels": 2, **more}


def announce(host, install, *senders, base="239.69.0.0"):
    config = configuration(senders=list(senders) or [stage()], receivers=[], ptp={"mode": "off"}, layout={"base": base})
    return Daemon(host, install, config).start()


def subscribe(host, install, **more):
    receiver = {"name": "from stage", "session": "Stage", "channels": 2, **more}
    config = configuration(host=2, senders=[], receivers=[receiver], ptp={"mode": "off"})
    return Daemon(host, install, config).start()


def receiver_when(daemon, condition, what, timeout=5.0):
    def holds(status):
        return condition(status.receiver("from stage"))
    return daemon.wait_status(holds, what, timeout).receiver("from stage")


def sessions(daemon):
    file = daemon.runtime / "sessions.json"
    wait_for(file.exists, "sessions.json")
    return json.loads(file.read_text())["sessions"]


def heard(daemon, name, condition=lambda found: True, timeout=5.0):
    """Waits for a session of this name that satisfies the condition, and returns it."""
    def look():
        return [s for s in sessions(daemon) if s["name"] == name and condition(s)]
    return wait_for(look, f"session {name}", timeout)[0]


def expect_sound(a, b):
    """Checks that the signal played on a is recorded on b bit for bit."""
    signal = pattern.Pattern(2)
    recorder, sink = session.start_recording(b, **STEREO)
    session.play_pattern(a, signal.frames(24_000), **STEREO).wait()
    session.hear_out(b, recorder, sink)
    session.finish(recorder)
    pattern.expect_whole(signal, pattern.read(sink, "S32_LE", 2), 24_000)


def test_subscription_by_name_within_two_seconds(network, install):
    """SAP-03: a late subscriber need not wait for the announcement interval of 30 s."""
    announce(network.a, install).settle()
    time.sleep(3)  # until the frequent announcements of the start are over
    b = subscribe(network.b, install)
    began = time.monotonic()
    found = receiver_when(b, lambda r: runs(r), "the subscription", timeout=10)
    assert time.monotonic() - began < 2, "the subscription took too long"
    assert (found["address"], found["channels"], found["session"]) == ("239.69.5.1", 2, "Stage")
    expect_sound(network.a, network.b)
    known = heard(b, "Stage")
    assert known["announcer"] == "10.67.0.1" and not known["isOwn"]
    assert known["streams"][0]["verdict"]["receivable"], known["streams"][0]["verdict"]
    assert set(known["streams"][0]["presets"]) == {"dante", "ravenna", "st2110-30", "livewire"}


def test_any_channel_to_any_channel(network, install):
    """AES-13: device channels 17 and 5 leave in one stream, and are received on channels 3 and 64."""
    a, b = network.a, network.b
    announce(a, install, stage(channels=[17, "none", 5])).settle()
    listener = subscribe(b, install, channels=[3, 2, 64])
    found = receiver_when(listener, lambda r: runs(r), "the session")
    assert (found["channels"], found["map"]) == (3, [3, 2, 64])
    assert a.daemon.status().sender("Stage")["map"] == [17, 0, 5]
    signal = pattern.Pattern(64)
    recorder, sink = session.start_recording(b, channels=64)
    session.play_pattern(a, signal.frames(24_000)).wait()
    session.hear_out(b, recorder, sink)
    session.finish(recorder)
    recorded = pattern.read(sink, "S32_LE", 64)
    silent = [channel for channel in range(64) if channel not in (2, 63)]
    assert not recorded[:, silent].any(), "another channel is not silent"
    expected = signal.frames(24_000)[:, [16, 4]]
    start = int(recorded.any(axis=1).argmax())
    assert (recorded[start:start + 24_000][:, [2, 63]] == expected).all()


def test_a_subscription_waits_with_a_reason_and_follows_changes(network, install):
    """SDP-01, SAP-06: a subscription waits with a reason, and follows its session to another address, after kill -9 and after a deletion."""
    a, b = network.a, network.b
    listener = subscribe(b, install)
    waiting = receiver_when(listener, lambda r: 'no session "Stage"' in (r.get("error") or ""), "the reason")
    assert waiting["state"] == "waiting"
    announce(a, install).settle()
    receiver_when(listener, lambda r: runs(r), "the session")
    first = heard(listener, "Stage")

    a.daemon.kill()
    announce(a, install, stage("239.69.5.2", **{"packet-time": "4ms"})).settle()
    receiver_when(listener, lambda r: r["address"] == "239.69.5.2" and runs(r), "the move")
    moved = heard(listener, "Stage", lambda s: s["version"] > first["version"])
    assert (moved["origin"], moved["version"]) == (first["origin"], first["version"] + 1)
    expect_sound(a, b)

    a.daemon.stop()
    gone = receiver_when(listener, lambda r: r["state"] == "waiting", "the end of a deleted session")
    assert '"Stage"' in gone["error"] and "announced" in gone["error"]
    announce(a, install, stage("239.69.5.2", **{"packet-time": "4ms"})).settle()
    receiver_when(listener, lambda r: runs(r), "the session to return")
    again = heard(listener, "Stage")
    assert (again["origin"], again["version"]) == (moved["origin"], moved["version"]), "the session is the same"


def test_returns_with_a_new_identity(network, install):
    """A session disappears without a deletion, and returns with another origin and the same name (pain 12 of the field)."""
    a, b = network.a, network.b
    announce(a, install).settle()
    listener = subscribe(b, install)
    receiver_when(listener, lambda r: runs(r) and r["inTime"] > 0, "the session")
    a.daemon.kill()
    receiver_when(listener, lambda r: "no packets of" in (r.get("error") or ""), "the error about missing packets")
    shutil.rmtree(a.daemon.state)
    announce(a, install, stage("239.69.5.9")).settle()
    receiver_when(listener, lambda r: r["address"] == "239.69.5.9" and runs(r), "the new session")
    expect_sound(a, b)


def test_announcements_are_read_by_other_programs(network, install):
    """SAP-01 to SAP-04, SDP-17: tshark finds no error in the announcements, ffprobe reads them, and deletions are sent at the end."""
    a, b = network.a, network.b
    capture = b.path("sap.pcap")
    dump = peers.start_capture(b, capture, expression="udp port 9875")
    probe = b.spawn("ffprobe", "-hide_banner", "-v", "error", "-show_entries", "stream=codec_name,channels,sample_rate",
                    "-of", "csv=p=0", "sap://239.255.255.255", name="ffprobe")
    wait_for(lambda: "239.255.255.255" in b.run("ip", "maddr", "show", "dev", "net0").stdout, "ffprobe to listen")
    announce(a, install).settle()
    wait_for(lambda: not probe.running, "ffprobe to end", timeout=20)
    assert "pcm_s24be,48000,2" in probe.output, probe.output
    a.daemon.stop()
    time.sleep(0.5)
    dump.stop(2)
    fields = ["sap.flags.t", "ip.dst", "ip.ttl", "sap.message_identifier_hash", "sdp.version", "_ws.malformed", "_ws.expert"]
    command = ["tshark", "-n", "-r", str(capture), "-T", "fields", *[w for f in fields for w in ("-e", f)]]
    rows = [tuple(line.split("\t")) for line in
            subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()]
    assert {row[1] for row in rows} == {"239.255.255.255", "224.2.127.254"} and {row[2] for row in rows} == {"255"}
    assert not any(row[5] or row[6] for row in rows), rows
    [identifier] = {row[3] for row in rows if row[0] not in ("1", "True")}
    deletions = [row for row in rows if row[0] in ("1", "True") and row[3] == identifier]
    assert len(deletions) == 6, "three deletions to each group"
    assert all(row[4] == "0" for row in rows if row[0] not in ("1", "True")), "SDP must begin with v=0"


def test_ffmpeg_plays_our_sdp(network, install):
    """ffmpeg plays the SDP of a stream from sessions.json."""
    a, b = network.a, network.b
    announce(a, install).settle()
    listener = subscribe(b, install)
    signal, sink = pattern.Pattern(2), b.path("decoded.raw")
    b.path("stage.sdp").write_text(heard(listener, "Stage")["sdp"], newline="")
    decoder = b.spawn(*peers.ffmpeg_receive(b.path("stage.sdp"), sink, 5))
    session.grow(sink, 2 * 4 * 4_800, timeout=20)  # ffmpeg detects the format before it writes
    session.play_pattern(a, signal.frames(24_000), **STEREO).wait()
    decoder.wait(20)
    pattern.expect_whole(signal, pattern.read(sink, "S32_LE", 2), 24_000)


@pytest.mark.parametrize("wrong, words", [
    (("rtpmap:98 L24/48000/8", "rtpmap:98 L24"), [":9: ", "rtpmap"]),
    (("L24/48000/8", "L16/48000/8"), ["L16 cannot be sent; only L24 can"]),
    (None, ["8 senders"]),
])
def test_default_sdp_configures_senders(network, install, tmp_path, wrong, words):
    text = (ROOT / "configs" / "default.sdp").read_text()
    (tmp_path / "own.sdp").write_text(text.replace(*wrong, 1) if wrong else text)
    config = tmp_path / "sdp.yaml"
    config.write_text(f"layout: {{ sdp: {tmp_path}/own.sdp }}\n")
    done = network.a.run(install.daemon, "--check", "--config", config, check=False)
    assert (done.returncode == 0) == (wrong is None), done.stdout + done.stderr
    for word in words:
        assert word in done.stdout + done.stderr


def resident_kilobytes(daemon):
    with open(f"/proc/{daemon.pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def test_two_thousand_sessions_at_once(network, install):
    """All sessions are listed, memory stays bounded, and a stream loses nothing meanwhile."""
    a, b = network.a, network.b
    announce(a, install).settle()
    listener = subscribe(b, install)
    receiver_when(listener, lambda r: runs(r) and r["inTime"] > 100, "the session")
    before, memory = listener.fresh_status().receiver("from stage"), resident_kilobytes(listener)
    began = time.monotonic()
    a.spawn("/usr/bin/python3", burst.__file__, 2000, name="burst").wait()
    sent = time.monotonic() - began
    def listed():
        return sum(s["name"].startswith("Session ") for s in sessions(listener))
    try:
        wait_for(lambda: listed() == 2000, "2,000 sessions", timeout=25, interval=0.2)
    except AssertionError:
        raise AssertionError(f"{listed()} of 2,000 sessions; {(listener.runtime / 'sessions.json').read_text()[:400]}") from None
    took, more = time.monotonic() - began, resident_kilobytes(listener) - memory
    after = listener.fresh_status().receiver("from stage")
    print(f"sent in {sent:.1f} s, listed after {took:.1f} s, {more} kB more, {after['inTime'] - before['inTime']} packets")
    assert more < 100_000
    for count in ("lost", "late", "resyncs", "early"):
        assert after[count] == before[count], (before, after)
    assert after["inTime"] - before["inTime"] > 900 * sent


def test_another_host_on_our_group(network, install):
    """NET-03: a conflict is detected by announcement and by packets, reported, and avoided by senders with automatic addresses."""
    a, b = network.a, network.b
    free = stage("auto", name="Free", **{"first-channel": 3})
    announce(a, install, stage(), free, base="239.70.0.0").settle()
    first = a.daemon.status().sender("Free")["address"]
    assert first.startswith("239.70.")
    rival = announce(b, install, stage(name="Rival"), stage(first, name="Other rival", **{"first-channel": 3}))
    a.daemon.wait_status(lambda s: "10.67.0.2" in (s.sender("Stage").get("error") or ""), "the error about the conflict", 10)
    a.daemon.wait_status(lambda s: s.sender("Free")["address"] != first and runs(s.sender("Free")),
                         "another address", 10)
    wait_for(lambda: "239.69.5.1:5004" in a.daemon.log, "the conflict in the log", 5)
    moved = a.daemon.status().sender("Free")["address"]
    assert moved.startswith("239.70.")
    a.daemon.stop()
    announce(a, install, stage(), free, base="239.70.0.0").settle()
    assert a.daemon.status().sender("Free")["address"] == moved, "the address must survive the restart"
    a.daemon.wait_status(lambda s: "10.67.0.2" in (s.sender("Stage").get("error") or ""), "the error about the conflict", 10)
    rival.stop()
    a.daemon.wait_status(lambda s: not s.sender("Stage").get("error"), "the end of the conflict", 10)


HOLDER = "import signal, socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('', 9875)); print('holds', flush=True); signal.pause()"


def test_announcement_port_in_use(network, lone, install):
    """If another program holds the port of announcements, streams run, also with an automatic number that could not be checked.

    It is logged once, and sessions appear when the port is free.
    """
    holder = network.a.spawn("/usr/bin/python3", "-u", "-c", HOLDER, name="holder")
    wait_for(lambda: "holds" in holder.output, "the port to be held")
    lone(host=network.b, layout={"host": 7}, receivers=[], senders=[{"name": "Choir", "address": "239.69.9.2", "channels": 1}])
    a = lone(layout={"host": "auto"}, control={"socket-group": "root"})
    listed = run_command(a, install, "list")
    assert "sessions are neither announced nor received" in listed.stderr and "Choir" not in listed.stdout, listed
    found = {f["check"]: f for f in json.loads(run_command(a, install, "doctor", "--json", check=False).stdout)}
    assert found["sessions"]["verdict"] == "fail" and "9875" in found["sessions"]["seen"] and "ss -ulpn" in found["sessions"]["fix"], found["sessions"]
    assert all(sender["packets"] for sender in a.daemon.status()["senders"])
    assert a.daemon.log.count("sessions are neither announced nor received") == 1
    assert "whether another host has the same number is unknown" in a.daemon.log
    holder.stop()
    wait_for(lambda: "Choir" in run_command(a, install, "list").stdout, "the session, once the port is free", timeout=8, interval=0.2)
    assert not run_command(a, install, "list").stderr
