# SPDX-License-Identifier: MIT
"""Sound servers and VoIP phones on the sound card, set up as described in README's table of programs."""

import itertools
import pathlib
import re

import numpy
import pytest

from harness import pattern, programs, session
from harness import daemon as daemons
from harness.network import wait_for

README = (daemons.ROOT / "README.md").read_text()
BARESIP = pathlib.Path("/usr/lib/baresip/modules")


@pytest.fixture
def echo(lone):
    """A host that receives its own 64 channels."""
    return lone(**programs.LOOP, streams={"link-offset": "20ms"})


def tone(host, seconds, rate=48_000, channels=2):
    file = host.path("tone.wav")
    host.run("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", f"sine=f=440:r={rate}:d={seconds}", "-ac", channels, file)
    return file


def loud(sink, level):
    """Returns the longest time in seconds during which each tenth of a second was loud on both channels."""
    samples = numpy.abs(pattern.read(sink, "S32_LE", 2).astype(numpy.int64))
    tenths = samples[:len(samples) // 4_800 * 4_800].reshape(-1, 4_800, 2).max(axis=1).min(axis=1) > level
    return max((sum(1 for _ in run) for is_loud, run in itertools.groupby(tenths) if is_loud), default=0) / 10


SHORT_AND_LONG = pytest.mark.parametrize("seconds", [2, pytest.param(40, marks=pytest.mark.long)])


@SHORT_AND_LONG
def test_pulseaudio(echo, seconds):
    """PulseAudio's sink and source, made with README's lines: parecord records what paplay plays."""
    home = echo.path("pulse")
    home.mkdir(mode=0o700)
    echo.environment.update(HOME=str(home), XDG_RUNTIME_DIR=str(home), PULSE_RUNTIME_PATH=str(home), PULSE_STATE_PATH=str(home),
                            DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent")
    lines = re.findall(r"`(load-module module-alsa-[^`]+)`", README)
    assert len(lines) == 2, lines
    (home / "default.pa").write_text("\n".join(["load-module module-native-protocol-unix", *lines]) + "\n")
    server = echo.spawn("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--disable-shm=yes", "-F", home / "default.pa", name="pulseaudio")
    wait_for(lambda: len(echo.run("pactl", "list", "short", "sinks", check=False).stdout.splitlines()) == 1, "PulseAudio's sink", 10, 0.1)
    heard = echo.path("heard.raw")
    recorder = echo.spawn("parecord", "--raw", "--format=s32le", "--channels=2", "--rate=48000", "--device=aes67_in", heard)
    session.grow(heard, 8 * 4_800, timeout=10)
    echo.run("paplay", "--device=aes67_out", tone(echo, seconds), timeout=seconds + 30)
    recorder.stop(2)
    assert loud(heard, 2**27) >= seconds - 0.5 and server.running, server.output[-2000:]


@SHORT_AND_LONG
def test_baresip(network, echo, seconds):
    """A baresip phone uses the sound card for a call, in which another phone sends a tone."""
    a, b = echo, network.b
    lines = re.findall(r"`(audio_(?:player|source) alsa,aes67_stereo)`", README)
    assert len(lines) == 2, lines
    modules = "".join(f"module {name}.so\n" for name in ("g711", "alsa", "aufile", "account", "menu", "ctrl_tcp") if (BARESIP / f"{name}.so").exists())

    def phone(host, account, more):
        home = host.path("baresip")
        home.mkdir()
        (home / "config").write_text(f"module_path {BARESIP}\nsip_listen {host.address}:5060\nnet_interface net0\n{modules}{more}\n")
        (home / "accounts").write_text(f"<sip:{account}@{host.address};transport=udp>;regint=0;answermode=auto\n")
        (home / "contacts").write_text("")
        return host.spawn("baresip", "-f", home, "-v", *(["-e", f"/dial sip:called@{a.address}"] if host is b else []), name="baresip")

    called = phone(a, "called", "\n".join(lines))
    wait_for(lambda: "ready" in called.output or not called.running, "the called phone to be ready", 10)
    recorder, sink = session.start_recording(a, pcm="aes67_stereo", channels=2)
    caller = phone(b, "caller", f"audio_player alsa,null\naudio_source aufile,{tone(b, seconds + 6, 8_000, 1)}")
    wait_for(lambda: any(c["program"] == "baresip" and c["running"] and c["frames"] > (seconds + 1) * 48_000 for c in a.daemon.status()["clients"]),
             "the audio of the call", seconds + 15, 0.1)
    session.finish(recorder)
    assert loud(sink, 2**26) >= seconds - 0.5, (called.output[-1500:], caller.output[-1500:])
