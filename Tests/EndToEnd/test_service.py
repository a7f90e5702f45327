# SPDX-License-Identifier: MIT
"""The package on a fresh Debian 12 with systemd: installation, playback and recording, journal, watchdog, upgrade, purge.

The container is on host a; host b, outside, runs the daemon under test as its peer.
"""

import os
import pathlib
import re
import time

import pytest

from harness import box as boxes
from harness import daemon as daemons
from harness import pattern, peers, session
from harness.network import wait_for

ROOT = daemons.ROOT
STEREO = {"pcm": "aes67:CH=2", "channels": 2}
FRAME = 8  # bytes of a stereo S32_LE frame
EVENTS = {name: identifier for name, identifier in re.findall(
    r'case \.(\w+): "([0-9a-f]{32})"', (ROOT / "Sources/EventLog/EventClass.swift").read_text())}
# For machines that do not allow LimitRTPRIO and LimitMEMLOCK, such as a container.
ALLOW = "[Service]\nAmbientCapabilities=CAP_SYS_NICE CAP_IPC_LOCK\nCapabilityBoundingSet=CAP_SYS_NICE CAP_IPC_LOCK\n"
RING_KILOBYTES = 64 * 32768 * 4 // 1024  # of 64 channels
SETTINGS = {"streams": {"link-offset": "200ms", "max-lateness": "100ms"}}


@pytest.fixture
def bare(network, debian):
    """A booted Debian on host a, without the package."""
    box = boxes.Box(network.a, debian)
    try:
        box.boot()
        yield box
    finally:
        box.down()


@pytest.fixture
def box(bare, packages):
    """The same with the package, and with link offset and maximum lateness so large that stalls of the machine lose nothing."""
    bare.install(packages[0])
    configure(bare, daemons.configuration(**SETTINGS))
    bare.look("systemctl", "restart", "aes67d")
    return bare


def configure(box, value):
    (box.root / "etc/aes67/aes67d.yaml").write_text(daemons.json.dumps(value))
    for unit in ("aes67d.service.d", "aes67d@.service.d"):
        folder = box.root / "etc/systemd/system" / unit
        folder.mkdir(exist_ok=True)
        (folder / "test.conf").write_text(ALLOW)
    box.look("systemctl", "daemon-reload")


@pytest.fixture
def peer(network, install):
    """Host b with a daemon."""
    daemons.Daemon(network.b, install, daemons.configuration(host=2, **SETTINGS)).start()
    network.b.daemon.settle()
    return network.b


def play(box, unit, frames, channels=2, name="play.raw"):
    """Starts aplay in the container with a pattern of this many frames, and returns the pattern."""
    signal = pattern.Pattern(channels)
    pattern.write(box.root / "root" / name, signal.frames(frames), "S32_LE")
    box.start(unit, *peers.aplay(f"/root/{name}", pcm=f"aes67:CH={channels}", channels=channels))
    client_runs(box, "playback")
    return signal


def client_runs(box, direction, count=1):
    wait_for(lambda: sum(c["running"] and c["direction"] == direction for c in box.status()["clients"]) >= count,
             f"{count} {direction} clients in the container", timeout=10, interval=0.05)


def ready(box):
    """Waits until all streams of the daemon in the container run."""
    def good():
        try:
            status = box.status()
        except (OSError, ValueError):
            return False
        return status["senders"] and all(daemons.runs(s) for s in status["senders"] + status["receivers"])
    wait_for(good, "the streams of the container", timeout=10, interval=0.05)


def sounding(signal, recorded):
    """Returns the intact runs of the recording; fails on torn or repeated audio."""
    runs = signal.runs(recorded)
    pattern.expect_never_backwards(runs)
    return [run for run in runs if run.kind == "intact"]


def test_from_installation_to_purge(bare, peer, packages):
    """Issue 8, first line: installation on a fresh Debian, playback, recording, status, journal, stop, reboot and purge."""
    before = everything(bare)
    said = bare.install(packages[0])
    assert "rror" not in said, said
    assert bare.look("systemctl", "is-active", "aes67d").stdout == "active\n", "the daemon does not run after the installation"
    assert bare.look("systemctl", "is-enabled", "aes67d").stdout == "enabled\n"
    assert not bare.look("sh", "-c", "ls /usr/lib/swift /usr/libexec/swift 2>/dev/null", check=False).stdout
    configure(bare, daemons.configuration(**SETTINGS))
    bare.look("systemctl", "restart", "aes67d")
    ready(bare)

    signal = pattern.Pattern(2)
    recorder, sink = session.start_recording(peer, **STEREO)
    play(bare, "player", 96_000)
    player = session.play_pattern(peer, signal.frames(96_000), **STEREO)
    bare.start("recorder", *peers.arecord("/root/recorded.raw", **STEREO, more=["-d", "4"]))
    bare.ended_well("player")
    player.wait(10)
    bare.ended_well("recorder")
    session.finish(recorder)
    assert pattern.expect_whole(signal, pattern.read(sink, "S32_LE", 2), 96_000) > 0, "from the container to the peer"
    heard = sounding(signal, pattern.read(bare.root / "root/recorded.raw", "S32_LE", 2))
    assert len(heard) == 1 and heard[0].length > 48_000, "from the peer to the container"

    def status_line():
        return bare.look("systemctl", "status", "aes67d").stdout

    wait_for(lambda: re.search(r'Status: ".*; 8 senders, 8 receivers; no programs"', status_line()), "the status line")
    expect_journal(bare)

    begin = time.monotonic()
    bare.look("systemctl", "stop", "aes67d")
    assert time.monotonic() - begin < 1, "the stop took longer than a second"
    assert bare.show("aes67d", "Result") == "success"

    bare.reboot()
    assert bare.look("systemctl", "is-active", "aes67d").stdout == "active\n", "the daemon does not run after a reboot without a login"
    assert bare.look("loginctl", "--no-legend", "list-users", check=False).stdout == ""

    (bare.root / "etc/systemd/system/aes67d@eth1.service.d").mkdir()  # as `systemctl edit aes67d@eth1` does
    said = bare.look("dpkg", "--purge", "aes67-vsc").stdout
    assert "rror" not in said and "not empty" not in said, said
    left = [name for name in everything(bare) - before if "aes67" in name.lower()]
    assert not left, left
    assert "aes67" not in (bare.root / "etc/passwd").read_text() + (bare.root / "etc/group").read_text()
    assert bare.show("aes67d", "LoadState") == "not-found"


def everything(box):
    """Returns all paths on the disk and in /run of the container, except the journal, /root and /run/systemd."""
    found = box.look("find", "/", "-xdev", "-path", "/var/log/journal", "-prune", "-o", "-path", "/root", "-prune", "-o", "-print")
    running = box.look("find", "/run", "-path", "/run/systemd", "-prune", "-o", "-print", check=False)
    return set(found.stdout.splitlines() + running.stdout.splitlines())


def expect_journal(box):
    entries = box.journal("-u", "aes67d")
    started = [e for e in entries if e.get("MESSAGE_ID") == EVENTS["started"]]
    assert started and started[-1]["PRIORITY"] == "5" and started[-1]["AES67_VERSION"], entries[-5:]
    assert started[-1]["_SYSTEMD_UNIT"] == "aes67d.service" and "CODE_FILE" in started[-1]
    opened = box.journal("-u", "aes67d", "CLIENT=aplay", f"MESSAGE_ID={EVENTS['clientOpened']}")
    assert len(opened) == 1 and opened[0]["DIRECTION"] == "playback" and int(opened[0]["CLIENT_PID"]) > 1, opened
    explained = box.look("journalctl", "-x", "--no-pager", "-u", "aes67d").stdout
    assert "Subject: The AES67 sound card runs" in explained and "Subject: A program opened the device" in explained
    assert "@" not in "".join(line for line in explained.splitlines() if line.startswith("░░ Subject")), "a field of the catalog is not filled in"
    assert len(entries) < 60, "too many lines in the journal:\n" + "\n".join(str(e["MESSAGE"]) for e in entries)


def test_a_wrong_configuration_is_logged_without_a_restart(box):
    configure(box, {"streams": {"packet-tiem": "1ms"}})
    box.look("systemctl", "restart", "aes67d", check=False)
    state = box.show("aes67d", "ActiveState", "ExecMainStatus", "NRestarts")
    assert state == {"ActiveState": "failed", "ExecMainStatus": "78", "NRestarts": "0"}, state
    said = box.journal("-u", "aes67d", f"MESSAGE_ID={EVENTS['configurationWrong']}")
    assert len(said) == 1 and "packet-tiem" in said[0]["REASON"], said
    configure(box, daemons.configuration(**SETTINGS))
    box.look("systemctl", "start", "aes67d")
    ready(box)


def test_upgrade_under_load(box, peer, packages):
    """A program plays and another one records during an upgrade of the package; both continue with a gap of less than 2.5 s."""
    ready(box)
    recorder, sink = session.start_recording(peer, **STEREO)
    box.start("recorder", *peers.arecord("/root/recorded.raw", **STEREO))
    signal = play(box, "player", 90 * 48_000)
    player = session.play_pattern(peer, signal.frames(90 * 48_000), **STEREO)
    session.grow(sink, FRAME * 48_000)
    before = box.show("aes67d", "MainPID")
    said = box.install(packages[1])
    assert "rror" not in said, said
    assert box.show("aes67d", "MainPID") != before, "the old daemon still runs"
    assert box.look("dpkg-query", "-W", "-f", "${Version}", "aes67-vsc").stdout == "0.1.0~test2"
    client_runs(box, "playback")
    client_runs(box, "capture")
    session.grow(sink, FRAME * 96_000)
    assert box.runs("player") and box.runs("recorder"), "a program has ended"
    box.look("systemctl", "stop", "player", "recorder")
    session.finish(recorder)
    player.stop()
    for what, recorded in (("played", pattern.read(sink, "S32_LE", 2)),
                           ("recorded", pattern.read(box.root / "root/recorded.raw", "S32_LE", 2))):
        heard = sounding(signal, recorded)
        gaps = [b.start - a.end for a, b in zip(heard, heard[1:])]
        assert len(heard) >= 2 and heard[-1].length > 12_000, f"{what} after the upgrade:\n{pattern.describe(heard)}"
        assert max(gaps) < 2.5 * 48_000, f"{what}: silent for {max(gaps) / 48_000:.2f} s"


def test_watchdog(box, peer):
    """A media thread that a debugger holds is detected and logged, and the daemon is restarted; the playing program continues."""
    ready(box)
    recorder, sink = session.start_recording(peer, **STEREO)
    signal = play(box, "player", 20 * 48_000)
    session.grow(sink, FRAME * 24_000)
    first = box.show("aes67d", "MainPID")
    begin = time.monotonic()
    holder = hold(box, "media-tx")
    wait_for(lambda: box.show("aes67d", "MainPID") not in (first, "0"), "the restarted daemon", timeout=15, interval=0.05)
    took = time.monotonic() - begin
    holder.stop()
    ready(box)
    client_runs(box, "playback")
    session.grow(sink, FRAME * 96_000)
    assert box.runs("player"), box.journal("-u", "player")
    box.look("systemctl", "stop", "player")
    session.finish(recorder)
    assert 3 < took < 12, f"restarted after {took:.1f} s"
    assert box.show("aes67d", "NRestarts") == "1"
    said = box.journal("-u", "aes67d", f"MESSAGE_ID={EVENTS['threadStalled']}")
    assert [e["THREAD"] for e in said] == ["media-tx"], said
    heard = sounding(signal, pattern.read(sink, "S32_LE", 2))
    assert len(heard) >= 2 and heard[-1].length > 24_000, pattern.describe(heard)


def hold(box, name):
    """Stops a thread of the daemon as a debugger does, by a process that ends with the test."""
    shared = box.look("systemctl", "show", "aes67d", "-pControlGroup", "--value").stdout.strip()
    threads = [task for group in box.cgroups for task in group.rglob(f"*{shared}/cgroup.threads") for task in task.read_text().split()]
    held = [t for t in dict.fromkeys(threads) if pathlib.Path(f"/proc/{t}/comm").read_text().strip() == name]
    assert len(held) == 1, (name, threads)
    script = ("import ctypes, os, sys\n"
              "libc = ctypes.CDLL(None, use_errno=True)\n"
              "assert libc.ptrace(16, int(sys.argv[1]), None, None) == 0, ctypes.get_errno()\n"  # PTRACE_ATTACH
              "print('held', flush=True)\n"
              # A debugger also waits for the end of the thread; otherwise the process would not disappear.
              "while os.WIFSTOPPED(os.waitpid(int(sys.argv[1]), 0x40000000)[1]): pass\n")
    holder = box.host.spawn("/usr/bin/python3", "-c", script, held[0], name="hold")
    wait_for(lambda: "held" in holder.output or not holder.running, "the thread to be held")
    assert holder.running, holder.output
    return holder


def test_killed_twenty_times(box, peer):
    """Programs with 64 channels in each direction continue while the daemon is killed twenty times; neither descriptors nor memory grow."""
    ready(box)
    box.start("player", *peers.aplay("/dev/zero"))
    box.start("recorder", *peers.arecord("/dev/null"))
    client_runs(box, "playback")
    client_runs(box, "capture")
    kill_and_wait(box)
    before = uses(box)
    for _ in range(19):
        kill_and_wait(box)
    after = uses(box)
    assert box.show("aes67d", "NRestarts") == "20"
    assert box.runs("player") and box.runs("recorder"), "a program has ended"
    for unit, (descriptors, own, shared) in after.items():
        assert descriptors <= before[unit][0], f"{unit}: {before} to {after}"
        assert own < before[unit][1] + 2048, f"{unit}: {before} to {after}"
        # The pages of a ring are used one after the other; the daemon has those of both programs. Nineteen rings that were not freed would
        # exceed this.
        rings = 2 if unit == "aes67d" else 1
        assert shared < before[unit][2] + rings * RING_KILOBYTES, f"{unit}: {before} to {after}"
    for unit in ("player", "recorder"):
        box.look("systemctl", "stop", unit)


def kill_and_wait(box):
    first = box.show("aes67d", "MainPID")
    box.look("systemctl", "kill", "-s", "KILL", "aes67d")
    wait_for(lambda: box.show("aes67d", "MainPID", "ActiveState") not in
             ({"MainPID": first, "ActiveState": "active"},) and box.show("aes67d", "ActiveState") == "active",
             "the restarted daemon", timeout=10, interval=0.02)
    client_runs(box, "playback")
    client_runs(box, "capture")


def uses(box):
    """Returns the descriptors of daemon and programs, and their private and shared memory in kilobytes."""
    found = {}
    for unit in ("aes67d", "player", "recorder"):
        pid = box.show(unit, "MainPID")
        status = box.look("cat", f"/proc/{pid}/status").stdout
        own, shared = (int(re.search(rf"{name}:\s+(\d+)", status)[1]) for name in ("RssAnon", "RssShmem"))
        found[unit] = (len(box.look("ls", f"/proc/{pid}/fd").stdout.split()), own, shared)
    return found


def test_network_is_lost_and_returns(box, network, peer):
    """Audio returns after the link was down, the address has changed, the interface was deleted, and the container was frozen."""
    ready(box)
    a = network.a

    def ip(*words):
        a.run("ip", *words)

    def heard():
        """Waits until the peer has received half a second of packets from the container."""
        def packets():
            return peer.daemon.status().total("receivers", "inTime")
        start = packets()
        wait_for(lambda: packets() > start + 8 * 400, "packets from the container", timeout=15, interval=0.1)

    signal = play(box, "player", 45 * 48_000)
    heard()
    ip("link", "set", "net0", "down")
    wait_for(lambda: box.status()["interface"] is None, "the loss of the interface in the status", timeout=5)
    ip("link", "set", "net0", "up")
    ip("route", "replace", "239.0.0.0/8", "dev", "net0")
    heard()
    ip("addr", "del", "10.67.0.1/24", "dev", "net0")
    ip("addr", "add", "10.67.0.77/24", "dev", "net0")
    wait_for(lambda: (box.status()["interface"] or {}).get("address") == "10.67.0.77", "the new address", timeout=10)
    heard()
    ip("link", "del", "net0")
    wait_for(lambda: box.status()["interface"] is None, "the interface to be gone", timeout=5)
    ip("link", "add", "net0", "type", "veth", "peer", "name", "net0", "netns", network.b.namespace)
    network.b.run("ip", "addr", "add", "10.67.0.2/24", "dev", "net0")
    network.b.run("ip", "link", "set", "net0", "up")
    ip("addr", "add", "10.67.0.1/24", "dev", "net0")
    ip("link", "set", "net0", "up")
    heard()
    # The closest to suspend in a container: all its processes are frozen for three seconds.
    frozen = [g / "cgroup.freeze" for g in box.cgroups if (g / "cgroup.freeze").exists()]
    assert frozen, "no cgroup freezer on this machine"
    frozen[0].write_text("1")
    time.sleep(3)
    frozen[0].write_text("0")
    heard()
    assert box.runs("player"), "the program has ended"
    assert box.show("aes67d", "NRestarts") == "0"
    assert signal
