# SPDX-License-Identifier: MIT
"""Programs with windows, set up as README says, on a display that nobody sees."""

import os
import signal
import wave

import numpy
import pytest

from harness import peers, programs
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

# What Audacity's Audio Setup writes for README's row, and that it shall not greet.
AUDACITY = """
PrefsVersion=1.1.1r1
NewPrefsInitialized=1
[GUI]
ShowSplashScreen=0
[AudioIO]
Host=ALSA
PlaybackDevice=aes67_stereo
RecordingDevice=aes67_stereo
[SamplingRate]
DefaultProjectSampleRate=48000
[Directories]
TempDir={temporary}
"""


@pytest.fixture
def desktop(lone):
    """A host whose streams come back to it, with a display."""
    host = lone(**programs.LOOP)
    home = host.path("home")
    home.mkdir(mode=0o700)
    server = {"JACK_DEFAULT_SERVER": peers.jack_environment(home)["JACK_DEFAULT_SERVER"]}
    host.environment.update(HOME=str(home), XDG_CONFIG_HOME=str(home / ".config"), XDG_RUNTIME_DIR=str(home), QT_QPA_PLATFORM="xcb", **server)
    screen = host.path("display")
    display = host.spawn("bash", "-c", f"exec 3>{screen}; exec Xvfb -displayfd 3 -screen 0 1280x900x24 -nolisten tcp", name="Xvfb")
    host.environment["DISPLAY"] = ":" + wait_for(lambda: screen.exists() and screen.read_text().strip() or not display.running, "a display", timeout=15)
    host.home = home
    return host


def test_qjackctl(desktop):
    """It starts a JACK server on the device with README's period, in real time."""
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
        before = clients[0]["frames"]
        desktop.daemon.wait_status(lambda status: status.client(pid)["frames"] > before + 48_000, "it to go on")
    finally:
        # QjackCtl leaves its server running when it is ended from outside.
        program.stop()
        os.kill(pid, signal.SIGTERM)
        wait_for(lambda: not desktop.daemon.status()["clients"], "the end of the server", timeout=15)


def test_audacity(desktop):
    """What it plays on `aes67_stereo` leaves on channels 1 and 2 as loud as it is in the file."""
    file = desktop.home / ".config" / "audacity" / "audacity.cfg"
    file.parent.mkdir(parents=True)
    file.write_text(AUDACITY.format(temporary=desktop.path("temporary")))
    sine = (2**15 * 0.1 * numpy.sin(2 * numpy.pi * 1000 * numpy.arange(60 * 48_000) / 48_000)).astype("<i2")
    with wave.open(str(desktop.path("tone.wav")), "wb") as out:
        out.setparams((2, 2, 48_000, 0, "NONE", ""))
        out.writeframes(numpy.column_stack([sine, sine]).tobytes())
    program = desktop.spawn("audacity", desktop.path("tone.wav"), name="audacity", env={"NO_AT_BRIDGE": "1", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"})
    control = Control(desktop.daemon)

    def window():
        assert program.running, program.output
        return desktop.run("xdotool", "search", "--onlyvisible", "--name", "^tone$", check=False).stdout.split()

    def press(key):
        desktop.run("xdotool", "windowfocus", "--sync", window()[0], "key", key)

    def client(direction):
        found = [one for one in control.get("/v1/clients") if one["program"] == "audacity" and one["direction"] == direction and one["running"]]
        return found[0] if found else None

    wait_for(window, "its window", timeout=40)
    press("space")
    playing = wait_for(lambda: client("playback"), "it to play", timeout=15)
    assert (playing["channels"], playing["firstChannel"]) == (2, 1)
    wait_for(lambda: all(abs(one["peakDecibels"] + 20) < 0.5 for one in control.get("/v1/meters")["playback"][:2]), "-20 dBFS on both channels", timeout=10)
    press("space")
    wait_for(lambda: client("playback") is None, "it to stop", timeout=10)
