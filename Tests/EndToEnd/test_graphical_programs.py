# SPDX-License-Identifier: MIT
"""Graphical programs, set up as described in README, on a virtual display."""

import os
import signal
import wave

import numpy
import pytest

from harness import pattern, peers, programs, session
from harness.audacity import ALONE, Audacity
from harness.control import Control
from harness.network import wait_for

# The file that QjackCtl's Setup writes with README's settings. ALSA sequencer and message bus are off, because the test machine may lack
# them.
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

# The file that Mixxx's Preferences, Sound Hardware, write with README's settings; latency 5 is the buffer of 21.3 ms.
MIXXX_SOUND = """<!DOCTYPE SoundManagerConfig>
<SoundManagerConfig api="ALSA" samplerate="48000" latency="5" sync_buffers="2" force_network_clock="0" deck_count="2">
 <SoundDevice name="aes67_stereo" portAudioIndex="-1">
  <output type="Master" index="0" channel="0" channel_count="2"/>
 </SoundDevice>
</SoundManagerConfig>
"""
MIXXX = """
[ReplayGain]
ReplayGainEnabled 0
"""


SHORT_AND_LONG = pytest.mark.parametrize("seconds", [2, pytest.param(60, marks=pytest.mark.long)])


@pytest.fixture
def desktop(lone):
    """A host that receives its own streams, with a virtual display."""
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


def run_for(host, seconds):
    """Waits for this time by the device's clock."""
    until = host.daemon.status()["clock"]["deviceFrame"] + seconds * 48_000
    host.daemon.wait_status(lambda status: status["clock"]["deviceFrame"] > until, "the end of this time", timeout=seconds + 10)


@SHORT_AND_LONG
def test_qjackctl(desktop, seconds):
    """QjackCtl starts a JACK server on the device with README's period and a real-time thread, and the server keeps running."""
    file = desktop.home / ".config" / "rncbc.org" / "QjackCtl.conf"
    file.parent.mkdir(parents=True)
    file.write_text(QJACKCTL)
    program = desktop.spawn("qjackctl", "--start", name="qjackctl")

    def server():
        assert program.running, program.output
        clients = [one for one in desktop.daemon.status()["clients"] if one["program"] == "jackd" and one["running"]]
        return clients if len(clients) == 2 else None

    clients = wait_for(server, "the JACK server", timeout=30)
    pid = clients[0]["pid"]
    try:
        assert {(one["periodFrames"], one["bufferFrames"], one["channels"], one["pid"]) for one in clients} == {(128, 256, 64, pid)}
        assert {one["direction"] for one in clients} == {"playback", "capture"}
        ports = wait_for(lambda: (found := desktop.run("jack_lsp", check=False).stdout.split()) and len(found) >= 128 and found, "the ports of the JACK server", timeout=10)
        assert {"system:capture_64", "system:playback_64"} <= set(ports)
        assert "FF" in desktop.run("ps", "-p", pid, "-L", "-o", "cls=").stdout.split(), "the JACK server has no real-time thread"
        # The client's frame count restarts at each xrun, which a stall of the machine can cause.
        run_for(desktop, seconds)
        before = desktop.daemon.status().client(pid)
        assert before["running"], before
        desktop.daemon.wait_status(lambda status: status.client(pid)["frames"] not in (0, before["frames"]), "the JACK server to run on")
    finally:
        # QjackCtl leaves its server running when it gets a signal.
        program.stop()
        os.kill(pid, signal.SIGTERM)
        wait_for(lambda: not desktop.daemon.status()["clients"], "the end of the server", timeout=15)


@pytest.fixture
def audacity(desktop):
    """Starts Audacity, whose window must have this title."""
    programs = []

    def start(*files, title):
        programs.append(Audacity(desktop, *files, title=title))
        return programs[-1]

    yield start
    for each in programs:
        each.stop()


def client_of(control, direction, program="audacity"):
    """Returns the program's running stream in this direction; None if there is none."""
    found = [one for one in control.get("/v1/clients") if one["program"] == program and one["direction"] == direction and one["running"]]
    return found[0] if found else None


def tone(host, seconds):
    """Makes a file with a sine wave of -20 dBFS on both channels."""
    sine = (2**15 * 0.1 * numpy.sin(2 * numpy.pi * 1000 * numpy.arange(seconds * 48_000) / 48_000)).astype("<i2")
    with wave.open(str(host.path("tone.wav")), "wb") as out:
        out.setparams((2, 2, 48_000, 0, "NONE", ""))
        out.writeframes(numpy.column_stack([sine, sine]).tobytes())
    return host.path("tone.wav")


def is_loud(control):
    """Returns true if that sine wave is on channels 1 and 2 and on no other channel."""
    levels = [one["peakDecibels"] for one in control.get("/v1/meters")["playback"]]
    return all(abs(level + 20) < 0.5 for level in levels[:2]) and max(levels[2:]) < -100


@SHORT_AND_LONG
def test_audacity_plays(desktop, audacity, seconds):
    """A file that Audacity plays on `aes67_stereo` reaches channels 1 and 2 at its own level, and no other channel."""
    program = audacity(tone(desktop, seconds + 60), title="tone")
    control = Control(desktop.daemon)
    program.press("space")
    playing = wait_for(lambda: client_of(control, "playback"), "Audacity to play", timeout=15)
    assert (playing["channels"], playing["firstChannel"]) == (2, 1)
    wait_for(lambda: is_loud(control), "-20 dBFS on both channels", timeout=10)
    run_for(desktop, seconds)
    wait_for(lambda: is_loud(control), "-20 dBFS on both channels", timeout=1)
    program.press("space")
    wait_for(lambda: client_of(control, "playback") is None, "Audacity to stop", timeout=10)


@SHORT_AND_LONG
def test_audacity_records(desktop, audacity, seconds):
    """Audacity's recording from `aes67_stereo` has another program's signal on channels 1 and 2, bit for bit and without a gap."""
    program = audacity(title="Audacity")
    control = Control(desktop.daemon)
    signal = pattern.Pattern(2)
    program.command("Record1stChoice:")
    recording = wait_for(lambda: client_of(control, "capture"), "Audacity to record", timeout=15)
    assert (recording["channels"], recording["firstChannel"]) == (2, 1)
    # Audacity's latency compensation cuts off the first 130 ms.
    wait_for(lambda: client_of(control, "capture")["frames"] >= 48_000, "a second of recording", timeout=10)
    count = seconds * 48_000
    player = session.play_pattern(desktop, signal.frames(count), channels=2, pcm="aes67:CH=2")
    player.wait(seconds + 20)
    until = client_of(control, "capture")["frames"] + 48_000
    wait_for(lambda: client_of(control, "capture")["frames"] >= until, "the whole signal to arrive", timeout=10)
    program.command("Stop:")
    wait_for(lambda: client_of(control, "capture") is None, "Audacity to stop", timeout=10)
    pattern.expect_whole(signal, program.export(desktop.path("take.wav")), count)


@SHORT_AND_LONG
def test_mixxx(desktop, seconds):
    """Mixxx opens `aes67_stereo` by PortAudio with its own period of 1,024 frames, and the signal of a deck leaves on channels 1 and 2."""
    settings = desktop.path("mixxx")
    settings.mkdir()
    (settings / "soundconfig.xml").write_text(MIXXX_SOUND)
    (settings / "mixxx.cfg").write_text(MIXXX)
    program = desktop.spawn("mixxx", "--settingsPath", f"{settings}/", "--logLevel", "debug", tone(desktop, seconds + 60), name="mixxx",
                            env=ALONE, urgent=True)
    control = Control(desktop.daemon)

    def library_dialog():
        assert program.running, program.output
        return desktop.run("xdotool", "search", "--onlyvisible", "--name", "^Choose music library directory$", check=False).stdout.split()

    # At its first start, Mixxx asks for a library and can run without one.
    desktop.run("xdotool", "windowfocus", "--sync", wait_for(library_dialog, "the library dialog", timeout=40)[0], "key", "Escape")
    playing = wait_for(lambda: client_of(control, "playback", "mixxx"), "Mixxx to open the device", timeout=40)
    assert (playing["channels"], playing["firstChannel"], playing["periodFrames"]) == (2, 1, 1024)

    # The key "l" plays the right deck, on which the file is. Mixxx must have analysed its beats first.
    wait_for(lambda: all(words in program.output for words in ("Running Mixxx", "AnalyzerBeats plugin detected")), "the file on its deck", timeout=40)
    desktop.run("xdotool", "key", "l")
    wait_for(lambda: is_loud(control), "-20 dBFS on both channels", timeout=10)
    run_for(desktop, seconds)
    wait_for(lambda: is_loud(control), "-20 dBFS on both channels", timeout=1)
