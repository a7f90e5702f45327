# SPDX-License-Identifier: MIT
"""Programs with windows, set up as README says, on a display that nobody sees."""

import os
import signal
import wave

import numpy
import pytest

from harness import pattern, peers, programs, session
from harness.audacity import Audacity
from harness.control import Control
from harness.network import wait_for

# What QjackCtl's Setup writes for README's settings. No machine of the tests needs to have an ALSA sequencer or a message bus.
QJACKCTL = """
[Options]
AlsaSeqEnabled=false
DBusEnabled=false
JackDBusEnabled=false

[Settings]
Server=env JACK_NO_AUDIO_RESERVATION=1 jackd
Driver=alsa
Interface=aes67
SampleRate=48000
Frames=128
Periods=2
Realtime=true
"""

SHORT_AND_LONG = pytest.mark.parametrize("seconds", [2, pytest.param(60, marks=pytest.mark.long)])


@pytest.fixture
def desktop(lone):
    """A host whose streams come back to it, with a display."""
    host = lone(**programs.LOOP, streams={"link-offset": "20ms"})
    home = host.path("home")
    home.mkdir(mode=0o700)
    server = {"JACK_DEFAULT_SERVER": peers.jack_environment(home)["JACK_DEFAULT_SERVER"]}
    host.environment.update(HOME=str(home), XDG_CONFIG_HOME=str(home / ".config"), XDG_RUNTIME_DIR=str(home), QT_QPA_PLATFORM="xcb", **server)
    screen = host.path("display")
    display = host.spawn("bash", "-c", f"exec 3>{screen}; exec Xvfb -displayfd 3 -screen 0 1280x900x24 -nolisten tcp", name="Xvfb")
    host.environment["DISPLAY"] = ":" + wait_for(lambda: screen.exists() and screen.read_text().strip() or not display.running, "a display", timeout=15)
    host.home = home
    return host


@SHORT_AND_LONG
def test_qjackctl(desktop, seconds):
    """It starts a JACK server on the device with README's period, in real time, which goes on."""
    file = desktop.home / ".config" / "rncbc.org" / "QjackCtl.conf"
    file.parent.mkdir(parents=True)
    file.write_text(QJACKCTL)
    program = desktop.spawn("qjackctl", "--start", name="qjackctl")

    def server():
        assert program.running, program.output
        clients = [one for one in desktop.daemon.status()["clients"] if one["program"] == "jackd" and one["running"]]
        return clients if len(clients) == 2 else None

    clients = wait_for(server, "its JACK server", timeout=30)
    pid = clients[0]["pid"]
    try:
        assert {(one["periodFrames"], one["bufferFrames"], one["channels"], one["pid"]) for one in clients} == {(128, 256, 64, pid)}
        assert {one["direction"] for one in clients} == {"playback", "capture"}
        ports = wait_for(lambda: (found := desktop.run("jack_lsp", check=False).stdout.split()) and len(found) >= 128 and found, "its ports", timeout=10)
        assert {"system:capture_64", "system:playback_64"} <= set(ports)
        assert "FF" in desktop.run("ps", "-p", pid, "-L", "-o", "cls=").stdout.split(), "its thread is a real-time one"
        # Its own count begins again at each xrun, which a machine that stands still gives it.
        until = desktop.daemon.status()["clock"]["deviceFrame"] + seconds * 48_000
        desktop.daemon.wait_status(lambda status: status["clock"]["deviceFrame"] > until, "that time", timeout=seconds + 10)
        before = desktop.daemon.status().client(pid)
        assert before["running"], before
        desktop.daemon.wait_status(lambda status: status.client(pid)["frames"] not in (0, before["frames"]), "it to go on")
    finally:
        # QjackCtl leaves its server running when it is ended from outside.
        program.stop()
        os.kill(pid, signal.SIGTERM)
        wait_for(lambda: not desktop.daemon.status()["clients"], "the end of the server", timeout=15)


@pytest.fixture
def audacity(desktop):
    """Starts Audacity with a window of that title."""
    programs = []

    def start(*files, title):
        programs.append(Audacity(desktop, *files, title=title))
        return programs[-1]

    yield start
    for each in programs:
        each.program.stop()
        each.remove_pipes()


def client_of(control, direction):
    """Audacity's stream in that direction, if it runs."""
    found = [one for one in control.get("/v1/clients") if one["program"] == "audacity" and one["direction"] == direction and one["running"]]
    return found[0] if found else None


@SHORT_AND_LONG
def test_audacity_plays(desktop, audacity, seconds):
    """What it plays on `aes67_stereo` leaves on channels 1 and 2 as loud as it is in the file."""
    sine = (2**15 * 0.1 * numpy.sin(2 * numpy.pi * 1000 * numpy.arange((seconds + 60) * 48_000) / 48_000)).astype("<i2")
    with wave.open(str(desktop.path("tone.wav")), "wb") as out:
        out.setparams((2, 2, 48_000, 0, "NONE", ""))
        out.writeframes(numpy.column_stack([sine, sine]).tobytes())
    program = audacity(desktop.path("tone.wav"), title="tone")
    control = Control(desktop.daemon)
    program.press("space")
    playing = wait_for(lambda: client_of(control, "playback"), "it to play", timeout=15)
    assert (playing["channels"], playing["firstChannel"]) == (2, 1)

    def is_loud():
        return all(abs(one["peakDecibels"] + 20) < 0.5 for one in control.get("/v1/meters")["playback"][:2])
    wait_for(is_loud, "-20 dBFS on both channels", timeout=10)
    wait_for(lambda: client_of(control, "playback")["frames"] >= playing["frames"] + seconds * 48_000, "it to go on", timeout=seconds + 20, interval=0.1)
    assert is_loud(), control.get("/v1/meters")["playback"][:2]
    program.press("space")
    wait_for(lambda: client_of(control, "playback") is None, "it to stop", timeout=10)


@SHORT_AND_LONG
def test_audacity_records(desktop, audacity, seconds):
    """What another program plays on channels 1 and 2 is in its recording from `aes67_stereo`, bit for bit and without a gap."""
    program = audacity(title="Audacity")
    control = Control(desktop.daemon)
    signal = pattern.Pattern(2)
    program.command("Record1stChoice:")
    recording = wait_for(lambda: client_of(control, "capture"), "it to record", timeout=15)
    assert (recording["channels"], recording["firstChannel"]) == (2, 1)
    # Its latency compensation cuts off the first 130 ms.
    wait_for(lambda: client_of(control, "capture")["frames"] >= 48_000, "it to record for a second", timeout=10)
    count = seconds * 48_000
    player = session.play_pattern(desktop, signal.frames(count), channels=2, pcm="aes67:CH=2")
    player.wait(seconds + 20)
    until = client_of(control, "capture")["frames"] + 48_000
    wait_for(lambda: client_of(control, "capture")["frames"] >= until, "all of it to arrive", timeout=10)
    program.command("Stop:")
    wait_for(lambda: client_of(control, "capture") is None, "it to stop", timeout=10)
    pattern.expect_whole(signal, program.export(desktop.path("take.wav")), count)
