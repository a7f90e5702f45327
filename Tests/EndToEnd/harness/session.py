# SPDX-License-Identifier: MIT
"""Steps that most tests share: record on one host while playing on another, and compare."""

import dataclasses

from . import pattern, peers
from .network import wait_for

LENGTH = 48_000  # frames: one second, which is shorter than the period of a 16-bit pattern


@dataclasses.dataclass
class Transfer:
    """A finished transfer: the recording, and both starts in frames of the media clock."""

    recorded: object
    play_start: int
    record_start: int

    def offset(self, index, frame=0):
        """Returns the delay from a frame's playback to its capture, in frames."""
        return self.record_start + index - self.play_start - frame


def transfer(a, b, play, record, file, form, channels):
    """Records on b while a plays to its end; returns the recording and both starts."""
    recorder = b.spawn(*record, urgent=True)
    record_start = b.daemon.client(recorder)["startMediaFrame"]
    player = a.spawn(*play, urgent=True)
    play_start = a.daemon.client(player)["startMediaFrame"]
    player.wait(timeout=30)
    hear_out(b, recorder, file, form)
    finish(recorder)
    return Transfer(pattern.read(file, form, channels), play_start, record_start)


def hear_out(host, recorder, file, form="S32_LE"):
    """Waits until all that was played is in the recording: for the link offset and two periods."""
    client, status = host.daemon.client(recorder), host.daemon.status()
    frames = max(receiver["linkOffsetFrames"] for receiver in status["receivers"]) + 2 * client["periodFrames"]
    seconds = frames / 48_000 * status["clock"]["rateDivisor"]
    grow(file, frames * client["channels"] * pattern.FORMATS[form], timeout=5 + 3 * seconds)


def finish(recorder):
    """Ends a recording by SIGTERM."""
    recorder.send(15)
    recorder.wait(5, expect=None)


def play_pattern(host, samples, form="S32_LE", channels=64, name="play.raw", **options):
    """Starts aplay with these samples."""
    file = host.path(name)
    pattern.write(file, samples, form)
    return host.spawn(*peers.aplay(file, form=form, channels=channels, **options), urgent=True)


def start_recording(host, name="recorded.raw", **options):
    """Starts arecord, waits until it runs, and returns it with its file."""
    file = host.path(name)
    recorder = host.spawn(*peers.arecord(file, **options), urgent=True)
    host.daemon.client(recorder)
    return recorder, file


def frames_in(file, frame_bytes):
    return file.stat().st_size // frame_bytes if file.exists() else 0


def grow(file, more_bytes, timeout=5.0):
    """Waits until a recording has grown by this many bytes, that is, for time on the device's clock."""
    size = file.stat().st_size if file.exists() else 0
    wait_for(lambda: file.exists() and file.stat().st_size >= size + more_bytes, f"{file.name} to grow", timeout)


def no_xruns(*programs):
    """Checks that the programs of client.c had no xrun."""
    for program in programs:
        assert "xruns 0\n" in program.output, f"{program}: {program.output.strip()}"
