# SPDX-License-Identifier: MIT
"""`aes67 monitor` on terminals of two sizes, controlled by keys. The terminal is restored, however the program ends."""

import os
import pathlib
import re
import signal as signals

import pytest

from harness import peers
from harness.control import Control, run_command
from harness.network import wait_for
from harness.screen import ENTER, LEAVE, Screen, cells
from test_browser import tone

pytestmark = pytest.mark.calm

NAMES = ["舞台左 – ドラム", "Cafe\u0301", "Stage left"]


@pytest.fixture
def host(lone):
    a = lone(senders=[{"name": name, "address": f"239.69.7.{n}", "channels": 2} for n, name in enumerate(NAMES, 1)], control={"socket-group": "root"},
             receivers=[{"name": f"receiver {n}", "address": f"239.69.8.{n}", "channels": 1, "first-channel": n} for n in range(1, 31)])
    a.control = Control(a.daemon)
    wait_for(a.control.path.exists, "the control socket")
    return a


@pytest.fixture
def monitor(host, install):
    opened = []

    def start(*words, **options):
        opened.append(Screen(host, install.directory / "aes67", "monitor", "--socket", host.daemon.runtime / "control.sock", *words, **options))
        return opened[-1]
    yield start
    for each in opened:
        each.close()


@pytest.mark.parametrize("columns,rows", [(80, 24), (200, 60)])
def test_pages_and_keys(host, monitor, columns, rows):
    player = host.spawn(*peers.aplay("/dev/urandom", pcm="aes67:CH=2", channels=2))
    host.daemon.client(player)
    screen = monitor(columns=columns, rows=rows)
    lines = screen.wait_for(lambda text: re.search(r"PLAYBACK +-?\d+\.\d dBFS on channel [12]", text), "the level of noise")
    assert lines[0].startswith("[1 overview]") and any("3 of 3 healthy" in line for line in lines)
    assert any(re.match(r" +-\d\d ", line) for line in lines) and "57" in "\n".join(lines), "no scale, or not all channels"
    screen.type("2")
    lines = screen.wait_for(lambda text: text.splitlines()[1].startswith("RECEIVER"), "receivers")
    assert ("JITTER" in lines[1]) == (columns == 200) and "STATE" in lines[1]
    assert ("of 30" in lines[-1]) == (rows == 24) and any(line.startswith("receiver 30 ") for line in lines) == (rows == 60)
    screen.type("\x1b[F")
    screen.wait_for(lambda text: "\nreceiver 30 " in text, "the last receiver")
    screen.type("\t")
    lines = screen.wait_for(lambda text: text.splitlines()[1].startswith("SENDER"), "senders")
    places = {cells_before(line, "239.69.7.") for line in lines[2:5]}
    assert len(places) == 1, f"the addresses are not aligned: {lines[1:5]}"
    screen.type("4")
    screen.wait_for(lambda text: re.search(rf"^aplay +{player.pid} ", text, re.M), "the program")
    screen.type("5")
    screen.wait_for(lambda text: "media-rx" in text and "media-tx" in text, "the threads")
    screen.type("6")
    screen.wait_for(lambda text: "[6 events]" in text, "the events")
    player.stop()
    screen.wait_for(lambda text: "client aplay" in text and "closed playback" in text, "the events of the program")
    screen.type("\x1b[D\x1b[D\x1b[D")
    screen.wait_for(lambda text: "[3 senders]" in text, "three pages back")
    screen.resize(100, 30)
    screen.wait_for(lambda text: "[3 senders]" in text, "the new size")
    screen.type("q")
    assert screen.wait() == 0 and screen.is_restored(), screen.text[-300:]


def cells_before(line, text):
    return cells(line[:line.index(text)])


@pytest.mark.parametrize("environment,coloured", [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)], ids=["default", "NO_COLOR", "dumb"])
def test_colours(monitor, environment, coloured):
    screen = monitor(**environment)
    screen.wait_for(lambda text: "3 of 3 healthy" in text, "the overview")
    assert bool(re.search(r"\x1b\[[0-9;]+m", screen.coloured)) == coloured


@pytest.mark.parametrize("end,status", [("q", 0), ("\x03", 130), ("\x1c", 131), (signals.SIGTERM, 143), (signals.SIGHUP, 129), (signals.SIGABRT, -6),
                                        (signals.SIGSEGV, -11)])
def test_the_terminal_is_restored(monitor, end, status):
    screen = monitor()
    screen.wait_for(lambda text: "[1 overview]" in text and "PLAYBACK" in text, "the overview")
    screen.type(end) if isinstance(end, str) else screen.send(end)
    assert screen.wait() == status and screen.is_restored(), screen.text[-300:]


def test_the_terminal_is_restored_when_the_daemon_ends(host, monitor):
    screen = monitor()
    screen.wait_for(lambda text: "PLAYBACK" in text, "the overview")
    host.daemon.kill()
    assert screen.wait() != 0
    assert screen.text.count(ENTER) == screen.text.count(LEAVE) == 1


def test_suspended_and_resumed(monitor):
    """Ctrl-Z restores the terminal for the shell, and `fg` shows the monitor again."""
    screen = monitor()
    screen.wait_for(lambda text: "PLAYBACK" in text, "the overview")
    screen.suspend()
    wait_for(lambda: screen.read(0.05) and LEAVE in screen.text, "the terminal to be restored")
    screen.send(signals.SIGCONT)
    wait_for(lambda: screen.read(0.05) and screen.text.count(ENTER) == 2, "the monitor's screen again")
    screen.type("q")
    assert screen.wait() == 0 and screen.is_restored()


def test_picture_of_the_readme(network, lone, install):
    """Two hosts with levels on the meters. If AES67_PICTURES is set, the screen is saved there for scripts/pictures.sh."""
    instruments = "Kick, Snare, Bass, Guitar, Keys L, Keys R, Vocal 1, Vocal 2"
    b = lone(host=network.b, layout={"host": 2}, ptp={"mode": "master"}, receivers=[],
             senders=[{"name": "Stage left", "address": "239.69.2.1", "channels": 8, "channel-names": instruments}])
    a = lone(control={"socket-group": "games"}, ptp={"mode": "slave"}, senders=[{"name": "Monitor mix", "address": "239.69.1.1", "channels": 8}],
             receivers=[{"name": "Stage left", "address": "239.69.2.1", "channels": 8}])
    screen = Screen(a, install.directory / "aes67", "monitor", "--socket", a.daemon.runtime / "control.sock", columns=100, rows=32)
    try:
        tone(b, [-20, -14, -9, -24, -30, -31, -12, -18], 1)
        tone(a, [-6, -6.5, -18, -20, -33, -41, -25, -26], 1)
        run_command(a, install, "rename", "Monitor mix", "Stage monitors")
        screen.wait_for(lambda text: re.search(r"PLAYBACK +-6\.\d dBFS on channel 1", text) and re.search(r"CAPTURE +-9\.\d dBFS on channel 3", text)
                        and text.count("1 of 1 healthy") == 2 and "locked" in text and "Stage monitors" in text, "levels of both hosts, and the locked clock", timeout=40)
        if place := os.environ.get("AES67_PICTURES"):
            lines = [re.sub(r"\x1b\[K", "", line).rstrip() for line in re.split(r"\r+\n", screen.coloured)]
            pathlib.Path(place).mkdir(parents=True, exist_ok=True)
            pathlib.Path(place, "monitor.screen").write_text("\n".join(["aes67 monitor: clock, streams, levels of all channels, and events", *lines]) + "\n")
    finally:
        screen.close()
