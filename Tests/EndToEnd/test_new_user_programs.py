# SPDX-License-Identifier: MIT
"""A new user's programs on a fresh Debian 12 and 13: from the installation of the package to sound on a second host within ten minutes, by
README's instructions.

aplay, JACK and PipeWire play to the second host, and Ardour records from it. The user is in the group audio, as the first user of a Debian
desktop is. The time to download packages or to build them does not count; test_new_user.py builds them.
"""

import re
import shutil
import time

import numpy
import pytest

from harness import box as boxes
from harness import daemon as daemons
from harness import programs, session
from harness.network import wait_for
from test_debian import DESKTOP, MUSICIAN, musician, restart
from test_readme import run, section, the
from test_service import ALLOW

pytestmark = pytest.mark.long

RATE, TONE, LEVEL = 48_000, 440, 0.1  # -20 dBFS
TIME = 600  # seconds for all steps
SUITES = {"bookworm": ["jackd2", "ardour"], "trixie": ["jackd2", "jack-example-tools", "ardour"]}
HOME = "home/musician"


class Clock:
    """Prints the duration of each step."""

    def __init__(self):
        self.began = self.last = time.monotonic()

    def done(self, what):
        now = time.monotonic()
        print(f"{now - self.began:6.1f} s ({now - self.last:5.1f} s)  {what}")
        self.last = now


@pytest.fixture(params=SUITES)
def studio(request, network, packages, install):
    """A booted Debian with desktop programs and a user; host b runs a daemon with the default configuration."""
    box = boxes.Box(network.a, boxes.base(*DESKTOP, *SUITES[request.param], "sndfile-tools", suite=request.param))
    try:
        box.boot()
        box.look("useradd", "--create-home", "--uid", MUSICIAN, "--groups", "audio", "musician")
        box.look("systemctl", "start", f"user@{MUSICIAN}")
        tone(box.root / HOME / "tone.wav")
        tone(network.b.path("tone.wav"))
        daemons.Daemon(network.b, install, text=(daemons.ROOT / "configs/aes67d.yaml").read_text()).start()
        box.package = packages[0]
        yield box
    finally:
        box.down()


def tone(file):
    """Writes a minute of the tone, stereo with 16 bits."""
    samples = numpy.sin(2 * numpy.pi * TONE * numpy.arange(60 * RATE) / RATE) * LEVEL
    words = numpy.repeat(numpy.rint(samples * 32_767).astype("<i2"), 2).tobytes()
    header = b"RIFF" + (36 + len(words)).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    header += b"".join(number.to_bytes(size, "little") for number, size in ((1, 2), (2, 2), (RATE, 4), (4 * RATE, 4), (4, 2), (16, 2)))
    file.write_bytes(header + b"data" + len(words).to_bytes(4, "little") + words)


def is_tone(samples):
    """Returns true if the last second of these samples is the tone, with its level within a decibel."""
    spectrum = numpy.abs(numpy.fft.rfft(samples[-RATE:] * numpy.hanning(RATE)))
    peak = numpy.sqrt(2 * numpy.mean(samples[-RATE:] ** 2))
    return int(spectrum.argmax()) == TONE and abs(20 * numpy.log10(peak / LEVEL)) < 1


def heard(box, host, name):
    """Waits until the second host has received two seconds of the tone on channels 1 and 2."""
    recorder, file = session.start_recording(host, name=f"{name}.raw", pcm="aes67:CH=2", channels=2)
    try:
        def sounds():
            samples = numpy.fromfile(file, "<i4", file.stat().st_size // 8 * 2).reshape(-1, 2) / 2**31
            return len(samples) > 2 * RATE and all(is_tone(samples[-2 * RATE:-RATE, channel]) and is_tone(samples[:, channel]) for channel in (0, 1))
        wait_for(sounds, f"the tone of {name}", timeout=30, interval=0.5)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{run(box, 'journalctl -u jack -u player -o cat --no-pager').stdout[-4000:]}") from None
    finally:
        session.finish(recorder)


def as_musician(box, unit, command):
    """Starts a shell command as the user. Capabilities replace the real-time limits of the group audio, which a container cannot grant."""
    box.start(unit, "sh", "-c", command, properties=[
        "User=musician", f"WorkingDirectory=/{HOME}", "AmbientCapabilities=CAP_SYS_NICE CAP_IPC_LOCK",
        f"Environment=HOME=/{HOME} XDG_RUNTIME_DIR=/run/user/{MUSICIAN}"])


def row(program):
    """Returns the first command in the program's row of README's table."""
    line, = (line for line in section("Your programs").splitlines() if line.startswith(f"| {program} |"))
    return re.search(r"`([^`]+)`", line)[1]


def stop(box, *units):
    for unit in units:
        box.look("systemctl", "stop", unit)


def test_programs_play_to_a_second_host_within_ten_minutes(studio, network):
    clock, far = Clock(), network.b
    studio.install(studio.package)
    allowed = studio.root / "etc/systemd/system/aes67d.service.d/test.conf"
    allowed.parent.mkdir()
    allowed.write_text(ALLOW)
    run(studio, "systemctl daemon-reload; systemctl restart aes67d")
    far.daemon.wait_status(lambda status: any(each["state"] == "receiving" for each in status["receivers"]), "the stream of the first host", timeout=60)
    clock.done("the package is installed, and the second host receives the first")

    as_musician(studio, "player", the("aplay -D aes67_plug", "First sound").replace("/usr/share/sounds/alsa/Front_Center.wav", "tone.wav"))
    heard(studio, far, "aplay")
    stop(studio, "player")
    clock.done("aplay")

    as_musician(studio, "jack", row("JACK"))
    as_musician(studio, "player", "jack_wait -w -t 20; exec sndfile-jackplay --autoconnect=system:playback_%d tone.wav")
    heard(studio, far, "JACK")
    stop(studio, "player", "jack")
    clock.done("JACK")

    restart(studio, run(studio, next(line.strip().removeprefix("sudo ") for line in section("Your programs").splitlines() if "integrate pipewire" in line)).stdout)
    wait_for(lambda: "AES67" in musician(studio, "pactl", "list", "sinks", check=False).stdout, "the sink", 20, 0.2)
    as_musician(studio, "player", "pw-play tone.wav")
    heard(studio, far, "PipeWire")
    stop(studio, "player")
    clock.done("PipeWire")

    ardour(studio, far)
    clock.done("Ardour records from the second host")
    assert time.monotonic() - clock.began < TIME


def ardour(box, far):
    """Records with Ardour's ALSA backend, without a window, with the environment that the menu entry sets."""
    shutil.copy(programs.HERE / "ardour_record.lua", box.root / HOME)
    program, = (box.root / "usr/bin").glob("ardour*-lua")
    player = far.spawn("aplay", "-q", "-D", "aes67_plug", far.path("tone.wav"), urgent=True)
    settings = {"ARDOUR_ALSA_DEVICE": "aes67", "DEVICE": "aes67", "PERIOD": 1024, "TRACKS": 2, "STOP": f"/{HOME}/stop", "DIRECTORY": f"/{HOME}/take"}
    as_musician(box, "ardour", f"env {' '.join(f'{key}={value}' for key, value in settings.items())} {program.name} ardour_record.lua")
    wait_for(lambda: "RECORDING true" in run(box, "journalctl -u ardour -o cat --no-pager").stdout, "Ardour to record", timeout=60)
    files = box.root / HOME / "take/interchange/take/audiofiles"
    wait_for(lambda: sum(file.stat().st_size > 5 * RATE * 4 for file in files.glob("*.wav")) == 2, "five seconds of sound", timeout=20, interval=0.2)
    (box.root / HOME / "stop").touch()
    box.ended_well("ardour", timeout=30)
    player.stop()
    tracks = programs.ardour_tracks(box.root / HOME / "take")
    assert all(is_tone(tracks[RATE:4 * RATE, track] / 2**31) for track in (0, 1)), "Ardour's recording is not the tone"
