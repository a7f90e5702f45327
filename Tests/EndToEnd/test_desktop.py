# SPDX-License-Identifier: MIT
"""`aes67 integrate pipewire`: the sound card in PipeWire and WirePlumber, for PipeWire, PulseAudio and JACK programs."""

import shutil

import numpy
import pytest

from harness import pattern, session
from harness.control import run_command
from harness.desktop import NEEDED, Desktop
from harness.network import wait_for

NAMED = {"name": "Choir", "address": "239.69.5.1", "channels": 2, "first-channel": 1, "channel-names": "Soprano, Alto: 1"}


@pytest.fixture(autouse=True)
def required_programs():
    missing = [name for name in NEEDED if not shutil.which(name)]
    assert not missing, f"scripts/dependencies.sh --test installs {missing}"


@pytest.fixture
def desktop(lone, install):
    """Starts a host that receives its own streams, with a PipeWire session set up by `aes67 integrate pipewire` with these options."""
    def start(*options):
        host = lone(streams={"packet-time": "1ms", "link-offset": "100ms"}, layout={"host": 1, "remote-host": 1},
                    network={"interface": "net0", "loopback": True}, senders=[NAMED],
                    receivers=[{"name": "Back", "address": "239.69.5.1", "channels": 2, "first-channel": 9}])
        wait_for(lambda: "Choir" in run_command(host, install, "list").stdout, "the session of the host itself", 8)
        return host, Desktop(host, run_command(host, install, "integrate", "pipewire", "--print", *options).stdout).start()
    return start


@pytest.mark.calm
def test_all_channels_with_names(desktop):
    """One sink and one source of 64 channels, whose ports have the channel names of the streams; JACK programs see the same names."""
    host, session_of = desktop()
    assert [each["description"] for each in session_of.sinks()] == ["AES67 out 1-64"]
    assert [each["description"] for each in session_of.sources()] == ["AES67 in 1-64"]
    ports = wait_for(lambda: [p for p in session_of.ports() if "monitor" not in p] if len(session_of.ports()) >= 192 else None, "the ports", 10, 0.1)
    assert [p for p in ports if p.startswith("aes67-out-1-64:playback_")][:3] == [
        f"aes67-out-1-64:playback_{name}" for name in ("1 Soprano", "2 Alto  1", "3")]
    assert [p for p in ports if p.startswith("aes67-in-1-64:capture_")][8:11] == [
        f"aes67-in-1-64:capture_{name}" for name in ("9 Soprano", "10 Alto  1", "11")]
    jack = host.run("pw-jack", "jack_lsp").stdout.splitlines()
    assert "AES67 out 1-64:playback_1 Soprano" in jack and "AES67 in 1-64:capture_9 Soprano" in jack


def test_playback_through_pipewire_is_recorded(desktop):
    """pw-play plays a pattern through PipeWire to the network. arecord, without PipeWire, must record more than two of its three seconds
    bit for bit.
    """
    host, _ = desktop("--channels", "2")
    signal = pattern.Pattern(2)
    samples = signal.frames(3 * 48_000)
    sound, heard = host.path("played.wav"), host.path("heard.raw")
    pattern.write(host.path("played.raw"), samples, "S32_LE")
    host.run("sox", "-D", "-t", "raw", "-e", "signed", "-b", 32, "-c", 2, "-r", 48000, host.path("played.raw"), "-b", 24, sound)
    recorder = host.spawn("arecord", "-q", "-D", "aes67:CH=2,FIRST=9", "-t", "raw", "-f", "S32_LE", "-c", 2, "-r", 48000, heard)
    session.grow(heard, 8 * 4_800)
    host.run("pw-play", "--target", "aes67-out-1-2", sound)
    session.finish(recorder)
    runs = [r for r in signal.runs(pattern.read(heard, "S32_LE", 2)) if r.kind == "intact"]
    assert sum(r.length for r in runs) > 2 * 48_000, pattern.describe(runs)


def test_blocks_survive_a_restart_of_the_session(desktop, install):
    """With `--blocks 8` there are eight sinks and eight sources of eight channels, also after a restart of the session.

    The first sink is the default, and a mono file plays on its first two channels.
    """
    host, session_of = desktop("--blocks", "8")
    expected = [f"{first}-{first + 7}" for first in range(1, 64, 8)]
    for _ in range(2):
        wait_for(lambda: [each["description"] for each in session_of.sinks()] == [f"AES67 out {block}" for block in expected], "eight sinks", 10, 0.1)
        wait_for(lambda: [each["description"] for each in session_of.sources()] == [f"AES67 in {block}" for block in expected], "eight sources", 10, 0.1)
        wait_for(lambda: "Default Sink: aes67-out-1-8" in host.run("pactl", "info").stdout, "the default sink", 10, 0.1)
        session_of.stop()
        session_of.start()
    host.run("sox", "-n", "-r", 48000, "-b", 16, host.path("mono.wav"), "synth", 2, "sine", 440)
    heard = host.path("heard.raw")
    recorder = host.spawn("arecord", "-q", "-D", "aes67:CH=2,FIRST=9", "-t", "raw", "-f", "S32_LE", "-c", 2, "-r", 48000, heard)
    player = host.spawn("pw-play", host.path("mono.wav"))
    client = host.daemon.client(session_of.programs[0])
    assert client["channels"] == 8 and client["firstChannel"] == 1, client
    player.wait(10)
    session.finish(recorder)
    levels = numpy.abs(pattern.read(heard, "S32_LE", 2).astype(numpy.int64)).max(axis=0)
    assert levels.min() > 2**28, levels


@pytest.mark.calm
def test_without_the_plug_in(network, install):
    """Without the plug-in and without a daemon, the configuration is written without channel names, and PipeWire starts without a sink of
    the sound card.
    """
    host = network.a
    done = run_command(host, install, "integrate", "pipewire", "--print", "--socket", host.path("none.sock"))
    assert "numbers instead of the channels' names" in done.stderr, done.stderr
    assert '"64" ]' in done.stdout, done.stdout
    assert [each["name"] for each in Desktop(host, done.stdout).start().sinks()] == ["auto_null"]


@pytest.mark.calm
@pytest.mark.parametrize("options", [["--channels", 65], ["--channels", 0], ["--blocks", 4], ["--blocks", 9, "--channels", 8]], ids=str)
def test_invalid_channel_options(lone, install, options):
    done = run_command(lone(), install, "integrate", "pipewire", "--print", *options, check=False)
    assert done.returncode == 64
    assert "--channels takes" in done.stderr or "--blocks takes" in done.stderr or "use larger blocks" in done.stderr, done.stderr
