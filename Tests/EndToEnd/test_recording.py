# SPDX-License-Identifier: MIT
"""`aes67 record`: files with bit-exact audio and the time of their first frame."""

import re
import signal as signal_numbers
import struct
import subprocess

import numpy

from harness import pattern, peers, session
from harness.control import run_command
from harness.network import wait_for
from test_exactness import SMALL, slow_pair

SHORT = 4_800


def record(host, install, *words):
    return host.spawn(install.directory / "aes67", "record", *words, "--socket", host.daemon.runtime / "control.sock", name="record")


def time_reference(file):
    """Returns date and time reference of the chunk bext (EBU Tech 3285), the latter from its low and high word after 338 bytes of text."""
    data = file.read_bytes()
    start = data.index(b"bext") + 8
    low, high = struct.unpack_from("<II", data, start + 338)
    return data[start + 320:start + 330].decode(), high << 32 | low


def samples(file, channels):
    """Returns the samples of a 24-bit WAV file as 32-bit, with as many frames as the header gives."""
    data = file.read_bytes()
    place, found = 12, {}
    while place + 8 <= len(data):
        name, size = data[place:place + 4], struct.unpack_from("<I", data, place + 4)[0]
        found[name] = (place + 8, size)
        place += 8 + size + size % 2
    form = struct.unpack_from("<HHIIHH", data, found[b"fmt "][0])
    assert (form[1], form[2], form[5]) == (channels, 48_000, 24), form
    start, size = found[b"data"]
    frames = size // (3 * channels)
    raw = numpy.frombuffer(data, numpy.uint8, frames * 3 * channels, start).reshape(-1, 3)
    return numpy.pad(raw, ((0, 0), (1, 0))).copy().view("<i4").reshape(-1, channels)


def test_recording_is_exact_with_its_time_reference(pair, install):
    """The time reference is the media time of the first frame: the played signal is in the file one link offset after its playback time."""
    a, b = slow_pair(pair, "1ms")
    signal = pattern.Pattern(64)
    source, take = a.path("played.raw"), b.path("take.wav")
    pattern.write(source, signal.frames(SHORT), "S32_LE")
    recorder = record(b, install, "1-64", take)
    b.daemon.client(recorder)
    player = a.spawn(*peers.aplay(source, **SMALL))
    play_start = a.daemon.client(player)["startMediaFrame"]
    player.wait(timeout=60)
    session.hear_out(b, recorder, take)
    recorder.send(2)
    recorder.wait(10)
    date, reference = time_reference(take)
    assert re.search(rf"frame {reference} of that day", recorder.output) and date in recorder.output, recorder.output
    recorded = samples(take, 64)
    index = pattern.expect_whole(signal, recorded, SHORT)
    link_offset = b.daemon.status()["receivers"][0]["linkOffsetFrames"]
    assert reference + index == (play_start + link_offset) % (86_400 * 48_000)


def test_lost_frames_are_replaced_by_silence(pair, install):
    """A recorder is suspended for longer than the device's buffer. The audio after the lost frames is at its correct position."""
    a, b = slow_pair(pair, "1ms", slowness=4)
    signal = pattern.Pattern(64)
    source, take = a.path("played.raw"), b.path("take.wav")
    pattern.write(source, signal.frames(48_000), "S32_LE")
    recorder = record(b, install, "1-64", take)
    b.daemon.client(recorder)
    player = a.spawn(*peers.aplay(source, **SMALL))
    session.grow(take, 12_000 * 192, timeout=20)
    recorder.send(signal_numbers.SIGSTOP)
    held = b.daemon.fresh_status()["clock"]["deviceFrame"]
    wait_for(lambda: b.daemon.status()["clock"]["deviceFrame"] > held + 12_000, "more time than the device's buffer", 10)
    recorder.send(signal_numbers.SIGCONT)
    player.wait(timeout=60)
    session.hear_out(b, recorder, take)
    recorder.send(signal_numbers.SIGINT)
    recorder.wait(10)
    assert re.search(r"of which [\d ]+ frames were lost", recorder.output), recorder.output
    runs = [run for run in signal.runs(samples(take, 64)) if run.kind != "silence"]
    assert len(runs) >= 2 and all(run.kind == "intact" for run in runs), pattern.describe(runs)
    assert len({run.start - run.frame for run in runs}) == 1, pattern.describe(runs)


def test_channels_by_name_by_list_and_in_flac(lone, network, install):
    host = lone(host=network.a, senders=[], receivers=[{"name": "Stage", "address": "239.69.5.1", "channels": [17, "none", 3]}],
                network={"loopback": True})
    named = host.path("named.wav")
    done = run_command(host, install, "record", "Stage", named, "--duration", "0.2s")
    assert "0.200 s" in done.stdout and samples(named, 3).shape == (9_600, 3), done
    for what, count in (("5", 1), ("1-2", 2), ("64,1-7", 8)):
        file = host.path(f"{what}.flac")
        run_command(host, install, "record", what, file, "--duration", "0.1s")
        seen = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=channels,sample_rate,bits_per_raw_sample,duration_ts",
                               "-of", "csv=p=0", file], capture_output=True, text=True, check=True).stdout
        assert seen.strip() == f"48000,{count},4800,24", seen


def test_invalid_recordings_are_refused(lone, network, install):
    host = lone(host=network.a, senders=[], receivers=[{"name": "Stage", "address": "239.69.5.1", "channels": 2}])
    there = host.path("there.wav")
    there.write_bytes(b"precious")
    cases = [(("Nobody", "x.wav"), 1, '"Stage"'), (("0-3", "x.wav"), 1, '"Stage"'), (("1-65", "x.wav"), 1, "1-8"), (("1-9", "x.flac"), 1, "8 channels"),
             (("1", "x.mp3"), 64, ".wav"), (("1", there), 1, "--force"), (("1", "/nowhere/x.wav"), 1, "/nowhere/x.wav"),
             (("1", "x.wav", "--duration", "-3s"), 64, "10m")]
    for words, status, said in cases:
        words = [host.path(word) if str(word) in ("x.wav", "x.flac") else word for word in words]
        done = run_command(host, install, "record", *words, check=False)
        assert done.returncode == status and said in done.stderr, done
    assert there.read_bytes() == b"precious"
    run_command(host, install, "record", "1", there, "--duration", "0.1s", "--force")
    assert samples(there, 1).shape == (4_800, 1)


def test_a_full_disk_keeps_the_recording(lone, network, install):
    host = lone(host=network.a, senders=[], receivers=[{"name": "Stage", "address": "239.69.5.1", "channels": 64}])
    disk = host.path("disk")
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", disk], check=True)
    try:
        done = run_command(host, install, "record", "1-64", disk / "take.wav", check=False)
        assert done.returncode == 1 and "free some disk space" in done.stderr and "No space left" in done.stderr, done
        frames = samples(disk / "take.wav", 64).shape[0]
        assert 2_000_000 // 192 - 2_048 < frames <= 2 * 1024 * 1024 // 192, frames
    finally:
        subprocess.run(["umount", disk], check=True)


def test_without_a_daemon_nothing_is_recorded(network, install):
    done = network.a.run(install.directory / "aes67", "record", "1", network.a.path("x.wav"), "--socket", network.a.path("none.sock"), check=False)
    assert done.returncode == 69 and not network.a.path("x.wav").exists(), done


def test_killed_recording_can_be_played(lone, network, install):
    """The header is kept up to date: after SIGKILL, at most the last block is missing from it."""
    host = lone(host=network.a, senders=[], receivers=[{"name": "Stage", "address": "239.69.5.1", "channels": 2}])
    take = host.path("take.wav")
    recorder = record(host, install, "Stage", take)
    host.daemon.client(recorder)
    wait_for(lambda: take.exists() and take.stat().st_size > 2 * 3 * 24_000, "half a second of recording")
    recorder.send(9)
    recorder.wait(5, expect=None)
    frames = samples(take, 2).shape[0]
    assert take.stat().st_size - frames * 6 < 2_048 + 6 * 1_024, frames


