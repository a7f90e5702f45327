# SPDX-License-Identifier: MIT
"""Clients that stop, crash, are suspended, or play at the same time: what they queued is played once, without repeated audio."""

import contextlib
import os
import pathlib
import signal as signals
import time

import numpy
import pytest

from harness import pattern, peers, session
from harness.network import wait_for

STEREO = {"pcm": "aes67:CH=2", "channels": 2}
FRAME = 8  # bytes of a stereo S32_LE frame


def record_and_play(pair, count=10 * 48_000, **options):
    """Starts a recording on b and aplay with a long stereo pattern on a; returns once half a second of it has been recorded."""
    a, b = pair()
    signal = pattern.Pattern(2)
    recorder, sink = session.start_recording(b, **STEREO)
    player = session.play_pattern(a, signal.frames(count), **STEREO, **options)
    a.daemon.client(player)
    session.grow(sink, FRAME * 24_000)
    return a, b, signal, recorder, sink, player


def finish(b, recorder, sink, signal):
    session.finish(recorder)
    return signal.runs(pattern.read(sink, "S32_LE", 2))


@pytest.mark.parametrize("number", [signals.SIGTERM, signals.SIGKILL], ids=["stopped", "killed"])
def test_player_ends_in_the_middle_of_its_file(pair, number):
    a, b, signal, recorder, sink, player = record_and_play(pair)
    player.send(number)
    player.wait(2, expect=None)
    session.grow(sink, FRAME * 36_000)
    again = session.play_pattern(a, signal.frames(12_000, first=1_000_000), name="again.raw", **STEREO)
    again.wait(5)
    session.grow(sink, FRAME * 24_000)
    runs = finish(b, recorder, sink, signal)
    pattern.expect_never_backwards(runs)
    sounding = [r for r in runs if r.kind == "intact"]
    assert len(sounding) == 2, pattern.describe(runs)
    assert sounding[0].frame == 0 and (sounding[1].frame, sounding[1].length) == (1_000_000, 12_000)
    assert not [c for c in a.daemon.fresh_status()["clients"] if c["direction"] == "playback"]


def test_player_is_suspended(pair):
    """A suspended player has one xrun and one gap, and then continues its file."""
    a, b, signal, recorder, sink, player = record_and_play(pair)
    player.send(signals.SIGSTOP)
    session.grow(sink, FRAME * 36_000)
    player.send(signals.SIGCONT)
    session.grow(sink, FRAME * 48_000)
    client = a.daemon.fresh_status().client(player.pid)
    runs = finish(b, recorder, sink, signal)
    player.stop()
    pattern.expect_never_backwards(runs)
    sounding = [r for r in runs if r.kind == "intact"]
    assert client["xruns"] == 1
    assert len(sounding) == 2, pattern.describe(runs)
    assert sounding[1].length > 12_000, "less than a quarter of a second after the gap"


def test_recorder_is_suspended(pair):
    a, b, signal, recorder, sink, player = record_and_play(pair)
    recorder.send(signals.SIGSTOP)
    time.sleep(0.7)
    recorder.send(signals.SIGCONT)
    session.grow(sink, FRAME * 24_000)
    client = b.daemon.fresh_status().client(recorder.pid)
    runs = finish(b, recorder, sink, signal)
    player.stop()
    pattern.expect_never_backwards(runs)
    assert client["xruns"] == 1
    sounding = [r for r in runs if r.kind == "intact"]
    assert len(sounding) == 2 and sounding[1].length >= 20_000, pattern.describe(runs)


def test_a_killed_recorder_does_not_disturb_others(pair):
    a, b, signal, recorder, sink, player = record_and_play(pair, count=3 * 48_000)
    other, _ = session.start_recording(b, name="other.raw", **STEREO)
    other.send(signals.SIGKILL)
    other.wait(2, expect=None)
    player.wait(10)
    time.sleep(0.4)
    runs = finish(b, recorder, sink, signal)
    assert [(r.kind, r.frame, r.length) for r in runs if r.kind != "silence"] == [("intact", 0, 3 * 48_000)]
    wait_for(lambda: not b.daemon.fresh_status()["clients"], "the slots to be free")


def has_socket(program):
    """Returns true if the program has an open socket."""
    with contextlib.suppress(OSError):  # the descriptor may be closed meanwhile
        return any(os.readlink(file).startswith("socket:") for file in pathlib.Path(f"/proc/{program.pid}/fd").iterdir())
    return False


def test_a_player_waits_for_a_busy_daemon(pair):
    """The daemon is stopped for 0.3 s while a player opens the device; the recording has all frames from the first on."""
    a, b = pair()
    signal = pattern.Pattern(2)
    recorder, sink = session.start_recording(b, **STEREO)
    a.daemon.process.send(signals.SIGSTOP)
    player = session.play_pattern(a, signal.frames(48_000), **STEREO)
    wait_for(lambda: has_socket(player), "the player to connect to the daemon")
    time.sleep(0.3)  # the delay of the reply
    a.daemon.process.send(signals.SIGCONT)
    player.wait(10)
    session.hear_out(b, recorder, sink)
    runs = finish(b, recorder, sink, signal)
    assert [(r.kind, r.frame, r.length) for r in runs if r.kind != "silence"] == [("intact", 0, 48_000)], pattern.describe(runs)


def saturated_sum(*samples):
    total = sum(s.astype(numpy.int64) >> 8 for s in samples)
    return (total.clip(-(2**23), 2**23 - 1) << 8).astype(numpy.int32)


def test_two_players_are_mixed(pair):
    """The recording is the saturated sum of two players, bit for bit, and each one alone where the other is silent."""
    a, b = pair()
    signal = pattern.Pattern(2)
    recorder, sink = session.start_recording(b, **STEREO)
    record_start = b.daemon.client(recorder)["startMediaFrame"]
    parts = [signal.frames(96_000), signal.frames(96_000, first=500_000)]
    starts, players = [], []
    for number, part in enumerate(parts):
        players.append(session.play_pattern(a, part, name=f"part{number}.raw", **STEREO))
        starts.append(a.daemon.client(players[-1])["startMediaFrame"])
    for player in players:
        player.wait(10)
    session.hear_out(b, recorder, sink)
    session.finish(recorder)
    recorded = pattern.read(sink, "S32_LE", 2)
    link_offset = b.daemon.status()["receivers"][0]["linkOffsetFrames"]
    layers = []
    for part, start in zip(parts, starts):
        layer = numpy.zeros_like(recorded)
        at = start + link_offset - record_start
        layer[at:at + len(part)] = part
        layers.append(layer)
    overlap = (layers[0].any(axis=1) & layers[1].any(axis=1)).sum()
    assert overlap > 24_000, "the players overlapped for less than half a second"
    wrong = numpy.flatnonzero((recorded != saturated_sum(*layers)).any(axis=1))
    assert len(wrong) == 0, f"{len(wrong)} frames differ from the sum, the first at {wrong[0]}"


def test_a_seventeenth_player_is_refused(lone):
    a = lone()
    signal = pattern.Pattern(2)
    players = []
    for number in range(16):
        players.append(session.play_pattern(a, signal.frames(8 * 48_000), name=f"{number}.raw", **STEREO))
    for player in players:
        a.daemon.client(player)
    one_more = session.play_pattern(a, signal.frames(4_800), name="more.raw", **STEREO)
    assert one_more.wait(5, expect=None) != 0
    assert "all 16 playback streams of the device are in use" in one_more.output, one_more.output
    assert all(player.running for player in players)


def test_a_forked_child_does_not_disturb_its_parent(pair):
    """A program that forks, as desktop players do, keeps playing after its child ends."""
    a, b = pair()
    signal = pattern.Pattern(2)
    pattern.write(a.path("play.raw"), signal.frames(96_000), "S32_LE")
    recorder, sink = session.start_recording(b, **STEREO)
    program = a.spawn("/usr/bin/python3", __file__.replace("test_clients", "forking_player"), a.path("play.raw"))
    program.wait(10)
    time.sleep(0.4)
    runs = finish(b, recorder, sink, signal)
    assert [(r.kind, r.frame, r.length) for r in runs if r.kind != "silence"] == [("intact", 0, 96_000)], \
        pattern.describe(runs)


def test_any_file_through_plug(pair):
    """A file of 44.1 kHz, 16 bits and two channels is converted by `plug` and received on the first two channels."""
    a, b = pair()
    tone = (numpy.sin(numpy.arange(44_100) * 2 * numpy.pi * 1000 / 44_100) * 16_000).astype("<i2")
    a.path("tone.raw").write_bytes(numpy.column_stack([tone, tone]).tobytes())
    recorder, sink = session.start_recording(b)
    a.spawn("aplay", "-q", "-D", "plug:aes67", "-t", "raw", "-f", "S16_LE", "-c", 2, "-r", 44100,
            a.path("tone.raw")).wait(10)
    session.hear_out(b, recorder, sink)
    session.finish(recorder)
    recorded = pattern.read(sink, "S32_LE", 64)
    heard = numpy.flatnonzero(numpy.abs(recorded[:, :2]).max(axis=1) > 2**20)
    assert 47_000 < heard[-1] - heard[0] < 49_500, "not one second of audio"
    spectrum = numpy.abs(numpy.fft.rfft(recorded[heard[0]:heard[0] + 38_400, 0].astype(float)))
    assert abs(int(spectrum.argmax()) * 48_000 / 38_400 - 1000) < 3
