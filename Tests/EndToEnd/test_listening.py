# SPDX-License-Identifier: MIT
"""`aes67 listen`: received audio is played on a sound card with another clock, without a click, and its subscription is removed afterwards.

The sound card is the device of a second daemon, which follows a hardware clock with the test's frequency error.
"""

import json
import signal as signal_numbers
import time

import numpy
import pytest

from harness import peers, programs, session
from harness.control import Control, run_command
from harness.daemon import Daemon, configuration
from harness.desktop import Desktop
from harness.network import wait_for
from test_clock_sources import clocks_library, locked  # noqa: F401  (a fixture)

TONE = 997.0
CHOIR = {"name": "Choir", "address": "239.69.9.2", "channels": 3}


@pytest.fixture
def card(network, install, clocks_library):  # noqa: F811
    """Starts a daemon on host b whose clock is fast by this many ppm, and which receives its own streams."""
    def start(ppm):
        host = network.b
        host.path("clocks").write_text(f"phc {1_000_000_000_000 - time.clock_gettime_ns(time.CLOCK_MONOTONIC)}\nphc-rate {int(ppm * 1000)}\n")
        loop = {**programs.LOOP, "layout": {"host": 2, "remote-host": 2}}
        Daemon(host, install, configuration(**loop, clock={"source": "phc:/dev/ptp0"})).start(
            env={"LD_PRELOAD": str(clocks_library), "AES67_CLOCKS": str(host.path("clocks"))})
        host.daemon.wait_status(locked, "the card's clock", timeout=15)
        host.daemon.settle()
        return host
    return start


def listen(host, install, *words, **options):
    return host.spawn(install.directory / "aes67", "listen", *words, "--socket", host.daemon.runtime / "control.sock", name="listen", **options)


def tone(file, seconds):
    """Writes a file with two channels of a tone at -6 dBFS."""
    samples = numpy.round(numpy.sin(numpy.arange(seconds * 48_000) * TONE * 2 * numpy.pi / 48_000) * 2**30).astype("<i4")
    numpy.repeat(samples, 2).tofile(file)


def heard(lone, card, install, ppm, seconds):
    """Plays a tone through `listen` for so many seconds; returns the recording of the card and the output of `listen`."""
    other = card(ppm)
    host = lone(**programs.LOOP, control={"socket-group": "root"})
    host.environment["ALSA_CONFIG_PATH"] = str(host.daemon.write_alsa_configuration(extra=other.daemon.as_card("card")))
    tone(host.path("tone.raw"), seconds + 5)
    player = host.spawn(*peers.aplay(host.path("tone.raw"), pcm="aes67:CH=2", channels=2))
    host.daemon.client(player)
    listener = listen(host, install, "1-2", "--device", "card", "--duration", f"{seconds}s")
    other.daemon.client(listener)
    recorder, file = session.start_recording(other, pcm="aes67:CH=2", channels=2)
    listener.wait(seconds + 10)
    session.finish(recorder)
    return numpy.fromfile(file, "<i4").reshape(-1, 2) / 2**31, listener.output


def clicks(samples):
    """Returns the frames at which the tone is discontinuous, without the first and the last eighth of the samples."""
    middle = samples[len(samples) // 8:-len(samples) // 8]
    angle = 2 * numpy.cos(2 * numpy.pi * TONE / 48_000)
    return numpy.flatnonzero(numpy.abs(middle[2:] - angle * middle[1:-1] + middle[:-2]) > 1e-4)


def frequency(samples):
    """Returns the tone's frequency in the second half of the samples, from its phase."""
    part = samples[len(samples) // 2:-4_800]
    turned = part * numpy.exp(-2j * numpy.pi * TONE / 48_000 * numpy.arange(len(part)))
    piece = 4_800
    phases = numpy.unwrap([numpy.angle(turned[at:at + piece].sum()) for at in range(0, len(part) - piece, piece)])
    return TONE + (phases[-1] - phases[0]) / (2 * numpy.pi) / ((len(phases) - 1) * piece / 48_000)


@pytest.mark.parametrize("ppm,seconds", [(300, 8), pytest.param(-100, 300, marks=pytest.mark.long)])
def test_listen_on_a_card_with_its_own_clock(lone, card, install, ppm, seconds):
    samples, said = heard(lone, card, install, ppm, seconds)
    assert "no dropout" in said, said
    for channel in samples.T:
        sounding = numpy.flatnonzero(numpy.abs(channel) > 0.1)
        part = channel[sounding[0]:sounding[-1]]
        assert len(part) > (seconds - 2) * 48_000
        assert not len(clicks(part)), f"{len(clicks(part))} clicks, the first at {clicks(part)[0]}"
        assert abs(numpy.abs(part[len(part) // 2:]).max() - 0.5) < 0.002
    # A faster card plays the same sound in more frames of its own.
    if seconds > 60:
        assert abs(frequency(samples[:, 0]) / TONE - 1 + ppm / 1e6) < 2e-6
        assert f"clock {ppm}." in said or f"clock {ppm + 1}." in said or f"clock {ppm - 1}." in said, said


def start_pulseaudio(host):
    home = host.path("pulse")
    home.mkdir(mode=0o700)
    host.environment.update(HOME=str(home), XDG_RUNTIME_DIR=str(home), PULSE_RUNTIME_PATH=str(home), PULSE_STATE_PATH=str(home),
                            DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent")
    (home / "default.pa").write_text("load-module module-native-protocol-unix\n")
    host.spawn("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--disable-shm=yes", "-F", home / "default.pa", name="pulseaudio")
    wait_for(lambda: host.run("pactl", "info", check=False).returncode == 0, "PulseAudio", 10, 0.1)


@pytest.mark.parametrize("seconds", [8, pytest.param(60, marks=pytest.mark.long)])
@pytest.mark.parametrize("start", [start_pulseaudio, lambda host: Desktop(host, "").start()], ids=["PulseAudio", "PipeWire"])
def test_listen_through_a_sound_server(lone, install, start, seconds):
    """Through ALSA's plug-in for the sound server, which requests data at irregular times, the tone is played in one piece and at its level."""
    host = lone(**programs.LOOP, control={"socket-group": "root"})
    start(host)
    host.run("pactl", "load-module", "module-null-sink", "sink_name=card", "rate=48000", "channels=2", "format=float32le")
    host.run("pactl", "set-default-sink", "card")
    tone(host.path("tone.raw"), seconds + 8)
    host.daemon.client(host.spawn(*peers.aplay(host.path("tone.raw"), pcm="aes67:CH=2", channels=2)))
    file = host.path("heard.raw")
    recorder = host.spawn("parecord", "--raw", "--format=s32le", "--channels=2", "--rate=48000", "--device=card.monitor", file)
    session.grow(file, 8 * 4_800, timeout=10)
    listener = listen(host, install, "1-2", "--device", "pulse", "--duration", f"{seconds}s")
    listener.wait(seconds + 15)
    recorder.stop(2)
    assert "no dropout" in listener.output, listener.output
    samples = numpy.fromfile(file, "<i4")
    for channel in (samples[:len(samples) // 2 * 2].reshape(-1, 2) / 2**31).T:
        sounding = numpy.flatnonzero(numpy.abs(channel) > 0.1)
        part = channel[sounding[0]:sounding[-1]]
        # A server may need two seconds to start. A gap after that is a click.
        assert len(part) > (seconds - 4) * 48_000
        assert not len(clicks(part)), f"{len(clicks(part))} clicks, the first at {clicks(part)[0]} of {len(part)}"
        assert abs(numpy.abs(part[len(part) // 2:]).max() - 0.5) < 0.002


@pytest.fixture
def host(network, lone):
    """A host that does not yet receive the session Choir, and another host that sends it."""
    other = lone(host=network.b, layout={"host": 2}, receivers=[], senders=[CHOIR])
    a = lone(layout={"host": 1}, senders=[{"name": "out", "address": "239.69.9.3", "channels": 8}], control={"socket-group": "root"}, receivers=[
        {"name": "Hall", "address": "239.69.8.2", "channels": 8}])
    a.control, a.other = Control(a.daemon), other
    wait_for(lambda: any(s["name"] == "Choir" for s in a.control.get("/v1/sessions")["sessions"]), "the session", timeout=8)
    return a


def names(host):
    return [receiver["name"] for receiver in host.control.get("/v1/receivers")]


@pytest.mark.parametrize("ending", [signal_numbers.SIGINT, signal_numbers.SIGTERM, signal_numbers.SIGHUP])
def test_a_session_is_subscribed_while_listening(host, install, ending):
    """The third channel of a session is played on both channels of a card. Afterwards the host has its previous receivers."""
    tone(host.path("tone.raw"), 6)
    player = host.other.spawn(*peers.aplay(host.path("tone.raw"), pcm="aes67:CH=1,FIRST=3", channels=1))
    host.other.daemon.client(player)
    listener = listen(host, install, "choir", "--channels", "3", "--device", "aes67:CH=2,FIRST=7")

    def level():
        return [channel["peakDecibels"] for channel in host.control.get("/v1/meters")["playback"][:8]]
    wait_for(lambda: min(level()[6:]) > -7, "both sides of the card", timeout=8, interval=0.1)
    assert max(level()[:6]) < -100 and names(host) == ["Hall", "Choir"]
    listener.send(ending)
    listener.wait(5)
    assert names(host) == ["Hall"] and "Choir: " in listener.output, listener.output


def test_invalid_arguments_of_listen(host, install):
    for words, said in ((["Chor"], 'did you mean "Choir"'), (["Hall", "--channels", "9"], "Hall has 8"), (["1-2", "--device", "nothing-of-that-name"], "--device")):
        done = run_command(host, install, "listen", *words, check=False)
        assert done.returncode == 1 and said in done.stderr, done
    done = run_command(host, install, "listen", "Choir", "--device", "nothing-of-that-name", check=False)
    assert done.returncode == 1 and names(host) == ["Hall"], "the subscription was not removed after the card failed to open"
    for words in (["Hall", "--channels", "0"], ["Hall", "--latency", "1ms"], ["Hall", "--duration", "5"]):
        assert run_command(host, install, "listen", *words, check=False).returncode == 64
    report = json.loads(run_command(host, install, "undo", "--list", "--json").stdout)
    assert len(report) <= 2, report
