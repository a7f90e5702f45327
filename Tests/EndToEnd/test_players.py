# SPDX-License-Identifier: MIT
"""The device names that ALSA lists: names suitable for players come first, and each channel of a file is played on its own channel only
(trial F2, lab 1, 5 and 6).
"""

import re
import time

import numpy
import pytest

from harness import pattern, players, programs, session

LEVEL = 12_345  # of 16 bits


def names(host):
    return [line for line in host.run("aplay", "-L").stdout.splitlines() if line.startswith("aes67")]


def test_the_list_describes_the_names(lone):
    host = lone()
    assert names(host) == ["aes67_stereo", "aes67_plug", "aes67"], "names for players must come first"
    for program in ("aplay", "arecord"):
        listing = host.run(program, "-L").stdout
        said = dict(zip(names(host), re.split(r"^aes67\w*\n", listing, flags=re.M)[1:]))
        assert "players" in said["aes67_stereo"] and "desktops" in said["aes67_stereo"], listing
        assert "DAWs" in said["aes67"] and "64 channels" in said["aes67"], listing


@pytest.fixture
def loopback(lone):
    """A host that receives its own 64 channels."""
    return lone(**programs.LOOP)


def wav(host, channels, rate=48_000, seconds=0.5, name="played.wav"):
    """Makes a file whose channels have constant, ascending levels, which survive any rate conversion."""
    levels = [LEVEL * (channel + 1) // channels for channel in range(channels)]
    samples = numpy.tile(numpy.array(levels, "<i2"), (int(rate * seconds), 1))
    raw, file = host.path("levels.raw"), host.path(name)
    raw.write_bytes(samples.tobytes())
    host.run("ffmpeg", "-v", "error", "-y", "-f", "s16le", "-ar", rate, "-ac", channels, "-i", raw, file)
    return file, levels


def heard(host, play):
    """Returns the level, in 16 bits, of each of the 64 channels on which something was played.

    The median excludes the overshoot at the start of a rate conversion, which depends on the converters of the host (libasound2-plugins has
    some).
    """
    recorder, sink = session.start_recording(host)
    play()
    session.hear_out(host, recorder, sink)
    session.finish(recorder)
    recorded = pattern.read(sink, "S32_LE", 64) >> 16
    sizes = numpy.abs(recorded.astype(numpy.int64))
    sounding = [channel for channel in range(64) if sizes[:, channel].any()]
    return {channel + 1: int(numpy.median(sizes[sizes[:, channel] > sizes[:, channel].max() / 2, channel])) for channel in sounding}


FILES = [  # device name, channels and rate of the file, and the device channels on which it must be played
    ("aes67_plug", 1, 48_000, [1]), ("aes67_plug", 1, 44_100, [1]), ("aes67_plug:CH=8,FIRST=9", 1, 22_050, [9]),
    ("aes67_plug", 2, 44_100, [1, 2]), ("aes67_plug", 6, 48_000, [1, 2, 3, 4, 5, 6]), ("aes67_plug:CH=2", 1, 48_000, [1]),
    ("aes67_stereo", 2, 44_100, [1, 2]), ("aes67_stereo", 1, 48_000, [1, 2]), ("aes67_stereo:FIRST=9", 1, 8_000, [9, 10]),
    ("aes67_stereo:FIRST=63", 2, 96_000, [63, 64]), ("plug:aes67", 2, 44_100, [1, 2])]


def test_each_channel_is_played_on_its_own_channel(loopback):
    """A mono file is played on one channel by aes67_plug, not on all 64, and on both channels by aes67_stereo."""
    for device, channels, rate, expected in FILES:
        file, levels = wav(loopback, channels, rate)
        found = heard(loopback, lambda: loopback.run("aplay", "-q", "-D", device, file))
        assert sorted(found) == expected, (device, channels, found)
        levels = levels * 2 if channels == 1 and "stereo" in device else levels
        for channel, level in zip(expected, levels):
            assert abs(found[channel] - level) <= level * 0.15, f"{found}, played {levels}"  # allows for a resampler's overshoot


def test_a_mono_recording_is_the_first_channel(loopback):
    """A mono recording has the first channel, not the mean of all 64 channels, which is 36 dB lower."""
    signal = pattern.Pattern(64)
    for device, source in (("aes67_plug", 1), ("aes67_plug:CH=8,FIRST=9", 9), ("aes67_stereo", 1), ("aes67_stereo:FIRST=9", 9)):
        recorder, sink = session.start_recording(loopback, name=f"{device}.raw", pcm=device, channels=1)
        session.play_pattern(loopback, signal.frames(session.LENGTH)).wait()
        session.grow(sink, 4 * 19_200)  # twice the link offset
        session.finish(recorder)
        recorded = pattern.read(sink, "S32_LE", 1)[:, 0]
        expected = signal.frames(session.LENGTH)[:, source - 1]
        begin = numpy.flatnonzero(recorded)[0] - numpy.flatnonzero(expected)[0]
        assert (recorded[begin:begin + session.LENGTH] == expected).all(), device


@pytest.mark.parametrize("player", players.PLAYERS)
def test_players_with_the_listed_names(loopback, player):
    file, levels = wav(loopback, 2, 44_100, seconds=1.5, name="played.mp3" if player == "mpg123" else "played.wav")
    for device in ("aes67_stereo", "aes67_plug"):
        found = heard(loopback, lambda: players.play(player, loopback, file, device))
        assert sorted(found) == [1, 2], (device, found)
        for channel, level in zip((1, 2), levels):
            assert abs(found[channel] - level) <= level * 0.15, (device, found)


# ---------------------------------------------------------------------------------------------
# Limits: a program gets the values that it was offered when it opened the device


@pytest.mark.parametrize("minimum", [64, 32, 128, None])
def test_the_offered_minimum_period_is_allowed(lone, minimum):
    host = lone(device={"minimum-period": minimum or 16})
    if minimum is None:
        host.daemon.stop()
    expected = minimum or 64
    for program in ("aplay", "arecord"):
        for device, channels in (("aes67:CH=2", 2), ("aes67", 64)):
            words = [program, "-q", "-D", device, "-t", "raw", "-f", "S32_LE", "-c", channels, "-r", 48000, "-s", 4_800]
            file = "/dev/zero" if program == "aplay" else "/dev/null"
            limits = host.run(*words, "--dump-hw-params", file).stderr
            # Before a format is chosen, the limits are those of samples of two bytes, of which twice as many fit.
            assert f"PERIOD_SIZE: [{expected} 8640]" in limits and f"BUFFER_SIZE: [{2 * expected} 17280]" in limits, limits
            for choice in ("--period-size=1", "--period-size=37", "--period-time=333", "--buffer-size=1"):
                host.run(*words, choice, file)


def test_buffer_sizes_chosen_by_time(lone):
    """aplay requests the largest buffer below half a second, and a quarter of it as period."""
    host = lone()
    for form, buffer in (("S32_LE", 8_640), ("S24_3LE", 11_520), ("S16_LE", 17_280)):
        said = host.run("aplay", "-v", "-D", "aes67:CH=2", "-t", "raw", "-f", form, "-c", 2, "-r", 48000, "-s", 480,
                        "/dev/zero").stderr
        assert re.search(rf"buffer_size +: {buffer}\n", said) and re.search(rf"period_size +: {buffer // 4}\n", said), said


def test_speaker_test_with_small_buffers(lone):
    lone(device={"minimum-period": 64}).run("speaker-test", "-D", "aes67:CH=2", "-c", 2, "-p", 1000, "-b", 8000, "-l", 1, "-t", "pink",
                                           timeout=40)


# ---------------------------------------------------------------------------------------------
# Messages on the terminal


def test_an_underrun_is_printed_in_milliseconds(lone):
    """aplay prints the length of an underrun from the timestamps that it requested; it once printed 1,795,870,612,516 ms (trial F15, lab 13)."""
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
def test_a_missing_daemon_is_reported_once(lone, program, file):
    host = lone()
    words = [program, "-q", "-D", "aes67:CH=2", "-t", "raw", "-f", "S32_LE", "-c", 2, "-r", 48000, "-s", 4_800, file]
    assert "aes67d" not in host.run(*words).stderr
    host.daemon.stop()
    printed = host.run(*words).stderr
    assert printed.count("\n") == 1 and f"no aes67d runs at {host.daemon.runtime}: the device is silent" in printed, printed


def test_an_unknown_instance_is_reported(lone):
    """With the shipped configuration, which uses /run/aes67-NAME, the message names the directory and the unit of the instance."""
    host = lone()
    config = host.path("shipped.conf")
    text = (host.path("alsa.conf")).read_text()
    config.write_text("".join(line for line in text.splitlines(True) if "runtime_directory" not in line))
    for device in ("aes67:CH=2,INSTANCE=nope", "aes67_stereo:INSTANCE=nope"):
        printed = host.run("env", f"ALSA_CONFIG_PATH={config}", "aplay", "-q", "-D", device, "-t", "raw", "-f", "S32_LE", "-c", 2,
                        "-r", 48000, "-s", 480, "/dev/zero").stderr
        assert "/run/aes67-nope" in printed and "aes67d@nope" in printed, printed
