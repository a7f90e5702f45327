# SPDX-License-Identifier: MIT
"""The names that ALSA lists: players and desktops find one that works for them first, and each channel of a file leaves on
its own channel of the card, and on no other (trial F2, lab 1, 5 and 6)."""

import re
import time

import numpy
import pytest

from harness import pattern, players, programs, session

LEVEL = 12_345  # of 16 bits


def names(host):
    return [line for line in host.run("aplay", "-L").stdout.splitlines() if line.startswith("aes67")]


def test_the_list_says_which_to_choose(lone):
    host = lone()
    assert names(host) == ["aes67_stereo", "aes67_plug", "aes67"], "players' names first"
    for program in ("aplay", "arecord"):
        listing = host.run(program, "-L").stdout
        said = dict(zip(names(host), re.split(r"^aes67\w*\n", listing, flags=re.M)[1:]))
        assert "players" in said["aes67_stereo"] and "desktops" in said["aes67_stereo"], listing
        assert "DAWs" in said["aes67"] and "64 channels" in said["aes67"], listing


@pytest.fixture
def echo(lone):
    """A host whose own 64 channels come back to it."""
    return lone(**programs.LOOP)


def wav(host, channels, rate=48_000, seconds=0.5, name="played.wav"):
    """A file of which channel n has n times the level of the last one's share: constant, so that any rate keeps it."""
    levels = [LEVEL * (channel + 1) // channels for channel in range(channels)]
    samples = numpy.tile(numpy.array(levels, "<i2"), (int(rate * seconds), 1))
    raw, file = host.path("levels.raw"), host.path(name)
    raw.write_bytes(samples.tobytes())
    host.run("ffmpeg", "-v", "error", "-y", "-f", "s16le", "-ar", rate, "-ac", channels, "-i", raw, file)
    return file, levels


def heard(host, play):
    """The levels, in 16 bits, on the 64 channels while something played; without the overshoot with which a rate converter begins, which is
    larger or smaller by the converter that the host has (libasound2-plugins brings others)."""
    recorder, sink = session.start_recording(host)
    play()
    session.hear_out(host, recorder, sink)
    session.finish(recorder)
    recorded = pattern.read(sink, "S32_LE", 64) >> 16
    sizes = numpy.abs(recorded.astype(numpy.int64))
    sounding = [channel for channel in range(64) if sizes[:, channel].any()]
    return {channel + 1: int(numpy.median(sizes[sizes[:, channel] > sizes[:, channel].max() / 2, channel])) for channel in sounding}


FILES = [  # the name, the file's channels and rate, and the card's channels on which it must be heard
    ("aes67_plug", 1, 48_000, [1]), ("aes67_plug", 1, 44_100, [1]), ("aes67_plug:CH=8,FIRST=9", 1, 22_050, [9]),
    ("aes67_plug", 2, 44_100, [1, 2]), ("aes67_plug", 6, 48_000, [1, 2, 3, 4, 5, 6]), ("aes67_plug:CH=2", 1, 48_000, [1]),
    ("aes67_stereo", 2, 44_100, [1, 2]), ("aes67_stereo", 1, 48_000, [1, 2]), ("aes67_stereo:FIRST=9", 1, 8_000, [9, 10]),
    ("aes67_stereo:FIRST=63", 2, 96_000, [63, 64]), ("plug:aes67", 2, 44_100, [1, 2])]


def test_each_channel_stays_where_it_belongs(echo):
    """A mono file through aes67_plug leaves on one channel, not on all 64; the stereo name plays it on both of its sides."""
    for device, channels, rate, expected in FILES:
        file, levels = wav(echo, channels, rate)
        found = heard(echo, lambda: echo.run("aplay", "-q", "-D", device, file))
        assert sorted(found) == expected, (device, channels, found)
        levels = levels * 2 if channels == 1 and "stereo" in device else levels
        for channel, level in zip(expected, levels):
            assert abs(found[channel] - level) <= level * 0.15, f"{found}, played {levels}"  # a resampler overshoots


def test_a_mono_recording_is_the_first_channel(echo):
    """Not the mean of all 64, 36 dB below it."""
    signal = pattern.Pattern(64)
    for device, source in (("aes67_plug", 1), ("aes67_plug:CH=8,FIRST=9", 9), ("aes67_stereo", 1), ("aes67_stereo:FIRST=9", 9)):
        recorder, sink = session.start_recording(echo, name=f"{device}.raw", pcm=device, channels=1)
        session.play_pattern(echo, signal.frames(session.LENGTH)).wait()
        session.grow(sink, 4 * 19_200)  # twice the link offset
        session.finish(recorder)
        recorded = pattern.read(sink, "S32_LE", 1)[:, 0]
        expected = signal.frames(session.LENGTH)[:, source - 1]
        begin = numpy.flatnonzero(recorded)[0] - numpy.flatnonzero(expected)[0]
        assert (recorded[begin:begin + session.LENGTH] == expected).all(), device


@pytest.mark.parametrize("player", players.PLAYERS)
def test_players_with_the_names_that_are_listed(echo, player):
    file, levels = wav(echo, 2, 44_100, seconds=1.5, name="played.mp3" if player == "mpg123" else "played.wav")
    for device in ("aes67_stereo", "aes67_plug"):
        found = heard(echo, lambda: players.play(player, echo, file, device))
        assert sorted(found) == [1, 2], (device, found)
        for channel, level in zip((1, 2), levels):
            assert abs(found[channel] - level) <= level * 0.15, (device, found)


# ---------------------------------------------------------------------------------------------
# Limits: what a program is offered when it opens the device is what it gets


@pytest.mark.parametrize("minimum", [64, 32, 128, None])
def test_the_smallest_period_that_is_offered_is_the_one_that_is_allowed(lone, minimum):
    host = lone(device={"minimum-period": minimum or 16})
    if minimum is None:
        host.daemon.stop()
    expected = minimum or 64
    for program in ("aplay", "arecord"):
        for device, channels in (("aes67:CH=2", 2), ("aes67", 64)):
            words = [program, "-q", "-D", device, "-t", "raw", "-f", "S32_LE", "-c", channels, "-r", 48000, "-s", 4_800]
            file = "/dev/zero" if program == "aplay" else "/dev/null"
            limits = host.run(*words, "--dump-hw-params", file).stderr
            # Before a format is chosen, samples of two bytes count: twice as many of them fit.
            assert f"PERIOD_SIZE: [{expected} 8640]" in limits and f"BUFFER_SIZE: [{2 * expected} 17280]" in limits, limits
            for choice in ("--period-size=1", "--period-size=37", "--period-time=333", "--buffer-size=1"):
                host.run(*words, choice, file)


def test_programs_that_choose_by_time_get_round_numbers(lone):
    """aplay's own choice is the greatest buffer below half a second, and a quarter of it."""
    host = lone()
    for form, buffer in (("S32_LE", 8_640), ("S24_3LE", 11_520), ("S16_LE", 17_280)):
        said = host.run("aplay", "-v", "-D", "aes67:CH=2", "-t", "raw", "-f", form, "-c", 2, "-r", 48000, "-s", 480,
                        "/dev/zero").stderr
        assert re.search(rf"buffer_size +: {buffer}\n", said) and re.search(rf"period_size +: {buffer // 4}\n", said), said


def test_speaker_test_may_ask_for_less_than_there_is(lone):
    lone(device={"minimum-period": 64}).run("speaker-test", "-D", "aes67:CH=2", "-c", 2, "-p", 1000, "-b", 8000, "-l", 1, "-t", "pink",
                                           timeout=40)


# ---------------------------------------------------------------------------------------------
# Messages on the terminal


def test_an_underrun_is_told_in_milliseconds(lone):
    """An underrun is measured by the clock that aplay asked for; it printed 1,795,870,612,516 ms (trial F15, lab 13)."""
    host = lone()
    player = host.spawn("aplay", "-D", "aes67:CH=2", "-t", "raw", "-f", "S32_LE", "-c", 2, "-r", 48000, "-d", 4, "/dev/zero")
    host.daemon.client(player)
    player.send(19)  # SIGSTOP
    time.sleep(0.6)
    player.send(18)
    player.wait(15)
    printed = [float(each) for each in re.findall(r"underrun!!! \(at least (-?[\d.]+) ms long\)", player.output)]
    assert printed and all(0 < each < 5000 for each in printed), player.output


@pytest.mark.parametrize("program,file", [("aplay", "/dev/zero"), ("arecord", "/dev/null")])
def test_silence_for_want_of_a_daemon_is_told_once(lone, program, file):
    host = lone()
    words = [program, "-q", "-D", "aes67:CH=2", "-t", "raw", "-f", "S32_LE", "-c", 2, "-r", 48000, "-s", 4_800, file]
    assert "aes67d" not in host.run(*words).stderr
    host.daemon.stop()
    printed = host.run(*words).stderr
    assert printed.count("\n") == 1 and f"no aes67d runs at {host.daemon.runtime}: the device is silent" in printed, printed


def test_an_unknown_instance_is_told(lone):
    """Of the shipped configuration, which leads to /run/aes67-NAME."""
    host = lone()
    config = host.path("shipped.conf")
    text = (host.path("alsa.conf")).read_text()
    config.write_text("".join(line for line in text.splitlines(True) if "runtime_directory" not in line))
    for device in ("aes67:CH=2,INSTANCE=nope", "aes67_stereo:INSTANCE=nope"):
        printed = host.run("env", f"ALSA_CONFIG_PATH={config}", "aplay", "-q", "-D", device, "-t", "raw", "-f", "S32_LE", "-c", 2,
                        "-r", 48000, "-s", 480, "/dev/zero").stderr
        assert "/run/aes67-nope" in printed and "aes67d@nope" in printed, printed
