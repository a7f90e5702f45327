# SPDX-License-Identifier: MIT
"""The daemon is killed and started again: programs continue, with one gap."""

import time

import pytest

from harness import pattern, peers, session
from harness.network import wait_for

STEREO = {"pcm": "aes67:CH=2", "channels": 2}
FRAME = 8  # bytes of a stereo S32_LE frame
DEAD = 0.8  # seconds without a daemon


def kill_and_restart(daemon):
    """Kills and restarts the daemon; returns the seconds until the new one was ready."""
    begin = time.monotonic()
    daemon.kill()
    time.sleep(DEAD)
    daemon.start()
    return time.monotonic() - begin


def expect_one_gap(runs, dead_seconds):
    """Checks that sound returns within a second after the daemon, and that no audio is repeated; returns the runs around the gap."""
    pattern.expect_never_backwards(runs)
    sounding = [r for r in runs if r.kind == "intact"]
    assert len(sounding) >= 2, pattern.describe(runs)
    silences = [q.start - p.end for p, q in zip(sounding, sounding[1:])]
    silence, before = max((s, i) for i, s in enumerate(silences))
    assert silence <= (dead_seconds + 1) * 48_000, f"sound came back too late:\n{pattern.describe(runs)}"
    first, second = sounding[before], sounding[before + 1]
    assert second.length > 12_000, f"no lasting sound after the restart:\n{pattern.describe(runs)}"
    return first, second


def test_player_survives(pair):
    a, b = pair()
    signal = pattern.Pattern(2)
    recorder, sink = session.start_recording(b, **STEREO)
    player = session.play_pattern(a, signal.frames(6 * 48_000), **STEREO)
    a.daemon.client(player)
    session.grow(sink, FRAME * 36_000)
    dead = kill_and_restart(a.daemon)
    player.wait(10)
    session.hear_out(b, recorder, sink)
    session.finish(recorder)
    runs = signal.runs(pattern.read(sink, "S32_LE", 2))
    first, second = expect_one_gap(runs, dead)
    assert second.frame + second.length == 6 * 48_000, "the end of the file is missing"
    # The new daemon reads the time again, which may differ by some frames.
    assert abs((second.start - second.frame) - (first.start - first.frame)) < 96, pattern.describe(runs)


def test_recorder_survives(pair):
    a, b = pair()
    signal = pattern.Pattern(2)
    recorder, sink = session.start_recording(b, **STEREO)
    player = session.play_pattern(a, signal.frames(6 * 48_000), **STEREO)
    a.daemon.client(player)
    session.grow(sink, FRAME * 36_000)
    dead = kill_and_restart(b.daemon)
    session.grow(sink, FRAME * 72_000)
    session.finish(recorder)
    player.stop()
    expect_one_gap(signal.runs(pattern.read(sink, "S32_LE", 2)), dead)


def test_ffmpeg_survives_on_both_sides(pair):
    a, b = pair()
    signal = pattern.Pattern(2)
    source, sink = a.path("play.raw"), b.path("recorded.raw")
    pattern.write(source, signal.frames(7 * 48_000), "S32_LE")
    recorder = b.spawn(*peers.ffmpeg_record(sink, 8, "aes67:CH=2", 2))
    b.daemon.client(recorder)
    player = a.spawn(*peers.ffmpeg_play(source, "aes67:CH=2", 2))
    a.daemon.client(player)
    time.sleep(1.5)
    dead = kill_and_restart(a.daemon)
    time.sleep(1.0)
    dead += kill_and_restart(b.daemon)
    player.wait(12)
    recorder.wait(12)
    pattern.expect_never_backwards([r for r in signal.runs(pattern.read(sink, "S32_LE", 2))])
    sounding = [r for r in signal.runs(pattern.read(sink, "S32_LE", 2)) if r.kind == "intact"]
    assert sounding[-1].length > 12_000 and len(sounding) >= 3, pattern.describe(sounding)
    assert sounding[-1].end - sounding[0].start < 7.5 * 48_000


def test_jackd_survives(pair):
    """A metronome plays through jackd before and again within a second after the daemon's return."""
    a, b = pair()
    environment = peers.jack_environment(a.directory)
    server = a.spawn(*peers.jackd(pcm="aes67:CH=2"), env=environment)
    a.daemon.client(server)
    a.environment.update(environment)
    metronome = a.spawn("jack_metro", "--bpm", 600, "--duration", 90, "--amplitude", "0.5")
    wait_for(lambda: "metro" in a.run("jack_lsp", check=False).stdout, "the metronome's port")
    a.run("jack_connect", "metro:600_bpm", "system:playback_1")
    recorder, sink = session.start_recording(b, **STEREO)
    session.grow(sink, FRAME * 48_000)
    before = session.frames_in(sink, FRAME)
    dead = kill_and_restart(a.daemon)
    after = session.frames_in(sink, FRAME)
    session.grow(sink, FRAME * 96_000)
    session.finish(recorder)
    assert server.running and metronome.running
    assert a.run("jack_lsp").stdout.count("system:") == 4
    heard = pattern.read(sink, "S32_LE", 2)[:, 0] != 0
    assert heard[before - 24_000:before].any(), "no sound before the restart"
    assert not heard[before + 24_000:after - 14_400].any(), "sound without a daemon"
    assert heard[after + 48_000:after + 62_400].any(), f"no sound within a second after the daemon's return ({dead:.1f} s)"
    metronome.stop()
    server.stop()


@pytest.mark.parametrize("restart", [False, True], ids=["gone", "restarted"])
def test_drain_ends_after_the_daemon_was_killed(lone, tools, restart):
    """The daemon is killed during a drain of 8,192 frames, which takes 3.4 s on the slowed clock; the drain ends in time."""
    a = lone(clock={"rate-divisor": 20, "anchor": time.monotonic_ns()})
    signal = pattern.Pattern(2)
    pattern.write(a.path("play.raw"), signal.frames(8_192), "S32_LE")
    begin = time.monotonic()
    player = a.spawn(tools.client, "play", "aes67:CH=2", "S32_LE", "rw", 2, 1024, 8192, a.path("play.raw"))
    a.daemon.client(player)
    time.sleep(0.5)
    a.daemon.kill()
    if restart:
        time.sleep(0.3)
        a.daemon.start()
    player.wait(10)
    took = time.monotonic() - begin
    assert 3 < took < 3.4 + 1.5 + 0.5, f"took {took:.2f} s"


@pytest.mark.parametrize("delay", [0.02, 0.06, 0.12])
def test_drain_in_real_time(lone, tools, delay):
    """Whether the daemon is killed during the start, playback or the drain, the program ends in time."""
    a = lone()
    signal = pattern.Pattern(2)
    pattern.write(a.path("play.raw"), signal.frames(16_384), "S32_LE")
    player = a.spawn(tools.client, "play", "aes67:CH=2", "S32_LE", "rw", 2, 1024, 8192, a.path("play.raw"))
    time.sleep(0.17 + delay)
    a.daemon.kill()
    player.wait(2)


def test_a_program_started_without_a_daemon_plays_when_it_starts(pair):
    a, b = pair()
    signal = pattern.Pattern(2)
    recorder, sink = session.start_recording(b, **STEREO)
    a.daemon.kill()
    player = session.play_pattern(a, signal.frames(5 * 48_000), **STEREO)
    time.sleep(1)
    assert player.running, player.output
    a.daemon.start()
    ready = session.frames_in(sink, FRAME)
    player.wait(10)
    session.hear_out(b, recorder, sink)
    session.finish(recorder)
    runs = signal.runs(pattern.read(sink, "S32_LE", 2))
    sounding = [r for r in runs if r.kind == "intact"]
    pattern.expect_never_backwards(runs)
    assert sounding and sounding[0].start < ready + 48_000 + 9_600, pattern.describe(runs)
    assert sounding[-1].frame + sounding[-1].length == 5 * 48_000


def test_clean_stop(lone):
    a = lone()
    player = session.play_pattern(a, pattern.Pattern(2).frames(96_000), **STEREO)
    a.daemon.client(player)
    begin = time.monotonic()
    a.daemon.stop()
    assert time.monotonic() - begin < 1
    assert not a.daemon.socket.exists()
    player.wait(5)
