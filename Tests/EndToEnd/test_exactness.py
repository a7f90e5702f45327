# SPDX-License-Identifier: MIT
"""One host plays and the other records: 64 channels bit for bit, at the configured link offset."""

import os
import pathlib
import time

import pytest

from harness import pattern, peers, session
from harness.daemon import Daemon, configuration

FORMATS = ["S32_LE", "S24_LE", "S24_3LE", "S16_LE", "FLOAT_LE"]
ACCESSES = ["rw", "rwn", "mmap", "mmapn"]
SHORT = 4_800  # frames; they take two seconds on the slowed clock
SMALL = {"period": 256, "buffer": 1024}


def bits_of(form):
    return 16 if form == "S16_LE" else 24


def expect_exact(signal, done, receiver, count=session.LENGTH):
    """Checks that all frames are recorded in one piece, exactly the link offset after their playback time."""
    index = pattern.expect_whole(signal, done.recorded, count)
    assert done.offset(index) == receiver["linkOffsetFrames"]


def slow_pair(pair, packet_time, slowness=20, **streams):
    """Starts both daemons at a twentieth of real time, at which the machine's stalls are too short to matter."""
    return pair(streams={"packet-time": packet_time, "link-offset": "20ms", "max-lateness": "17ms", **streams},
                clock={"rate-divisor": slowness, "anchor": time.monotonic_ns()})


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("packet_time", ["125us", "250us", "1ms"])
def test_formats(pair, packet_time, form):
    a, b = slow_pair(pair, packet_time)
    signal = pattern.Pattern(64, bits_of(form))
    source, sink = a.path("played.raw"), b.path("recorded.raw")
    pattern.write(source, signal.frames(SHORT), form)
    done = session.transfer(a, b, peers.aplay(source, form=form, **SMALL), peers.arecord(sink, form=form, **SMALL),
                            sink, form, 64)
    expect_exact(signal, done, b.daemon.status()["receivers"][0], SHORT)


@pytest.mark.parametrize("access", ACCESSES)
@pytest.mark.parametrize("packet_time", ["125us", "250us", "1ms"])
def test_accesses(pair, tools, packet_time, access):
    a, b = slow_pair(pair, packet_time)
    signal = pattern.Pattern(64)
    source, sink = a.path("played.raw"), b.path("recorded.raw")
    pattern.write(source, signal.frames(SHORT), "S32_LE")
    shape = ["aes67", "S32_LE", access, 64, SMALL["period"], SMALL["buffer"]]
    recorder = b.spawn(tools.client, "record", *shape, sink, 3 * SHORT)
    record_start = b.daemon.client(recorder)["startMediaFrame"]
    player = a.spawn(tools.client, "play", *shape, source)
    play_start = a.daemon.client(player)["startMediaFrame"]
    player.wait()
    recorder.wait()
    session.no_xruns(player, recorder)
    done = session.Transfer(pattern.read(sink, "S32_LE", 64), play_start, record_start)
    expect_exact(signal, done, b.daemon.status()["receivers"][0], SHORT)


@pytest.mark.parametrize("packet_time,channels", [("333us", 8), ("4ms", 2)])
def test_other_packet_times(pair, packet_time, channels):
    a, b = pair(streams={"packet-time": packet_time}, layout={"channels": channels})
    count = 8 * channels
    signal = pattern.Pattern(count)
    source, sink = a.path("played.raw"), b.path("recorded.raw")
    pattern.write(source, signal.frames(session.LENGTH), "S32_LE")
    pcm = f"aes67:CH={count}"
    done = session.transfer(a, b, peers.aplay(source, pcm, channels=count), peers.arecord(sink, pcm, channels=count),
                            sink, "S32_LE", count)
    expect_exact(signal, done, b.daemon.status()["receivers"][0])


@pytest.mark.parametrize("packet_time,link_offset", [("125us", "500us"), ("250us", "750us"), ("1ms", "1.25ms")])
def test_shortest_link_offsets(pair, packet_time, link_offset):
    a, b = slow_pair(pair, packet_time, slowness=100, **{"link-offset": link_offset})
    signal = pattern.Pattern(64)
    source, sink = a.path("played.raw"), b.path("recorded.raw")
    pattern.write(source, signal.frames(SHORT // 2), "S32_LE")
    done = session.transfer(a, b, peers.aplay(source, **SMALL), peers.arecord(sink, **SMALL), sink, "S32_LE", 64)
    expect_exact(signal, done, b.daemon.status()["receivers"][0], SHORT // 2)


@pytest.mark.parametrize("packet_time", ["125us", "250us", "1ms"])
def test_in_real_time(network, install, packet_time):
    """The machine's stalls that last longer than 17 packets cause silence; all other frames are exact and at the link offset.

    Audio runs in one direction only, because two processors cannot send and receive 64,000 packets a second in both directions.
    """
    a, b = network.a, network.b
    streams = {"packet-time": packet_time}
    Daemon(a, install, configuration(streams=streams, receivers=[])).start().settle()
    Daemon(b, install, configuration(host=2, streams=streams, senders=[])).start().settle()
    signal = pattern.Pattern(64)
    source, sink = a.path("played.raw"), b.path("recorded.raw")
    pattern.write(source, signal.frames(2 * session.LENGTH), "S32_LE")
    done = session.transfer(a, b, peers.aplay(source), peers.arecord(sink), sink, "S32_LE", 64)
    status = b.daemon.fresh_status()
    dropped = a.daemon.fresh_status().total("senders", "dropped")
    for stream in range(8):
        runs = signal.runs(done.recorded[:, 8 * stream:8 * stream + 8].copy(), 8 * stream)
        sounding = [r for r in runs if r.kind != "silence"]
        assert all(r.kind == "intact" for r in sounding), pattern.describe(runs)
        assert {done.offset(r.start, r.frame) for r in sounding} == {status["receivers"][stream]["linkOffsetFrames"]}
        heard = sum(r.length for r in sounding)
        assert heard >= 1.5 * session.LENGTH, pattern.describe(runs)
        assert heard == 2 * session.LENGTH or dropped or status.total("receivers", "late"), pattern.describe(runs)


def test_media_threads_have_no_major_faults(network, install):
    """The media threads' code and data stay in memory even after the kernel has dropped the programs' files from its cache."""
    a, b = network.a, network.b
    Daemon(a, install, configuration(receivers=[])).start().settle()
    Daemon(b, install, configuration(host=2, senders=[])).start().settle()
    for host in (a, b):
        maps = pathlib.Path(f"/proc/{host.daemon.pid}/maps").read_text()
        for file in {fields[5] for fields in map(str.split, maps.splitlines()) if len(fields) == 6 and fields[5].startswith("/")}:
            if os.path.isfile(file):
                with open(file, "rb") as opened:
                    os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    signal = pattern.Pattern(64)
    source, sink = a.path("played.raw"), b.path("recorded.raw")
    pattern.write(source, signal.frames(session.LENGTH), "S32_LE")
    session.transfer(a, b, peers.aplay(source), peers.arecord(sink), sink, "S32_LE", 64)
    for host, thread in ((a, "media-tx"), (b, "media-rx")):
        assert major_faults(host.daemon.pid)[thread] == 0, major_faults(host.daemon.pid)


def major_faults(pid):
    """Returns the page faults that needed the disk, by thread name (proc(5), field 12 of stat)."""
    found = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        name, _, numbers = (task / "stat").read_text().partition("(")[2].rpartition(")")
        found[name] = int(numbers.split()[9])
    return found


def test_some_channels_from_any_channel(pair):
    a, b = pair()
    signal = pattern.Pattern(2)
    source, sink = a.path("played.raw"), b.path("recorded.raw")
    pattern.write(source, signal.frames(session.LENGTH), "S32_LE")
    done = session.transfer(a, b, peers.aplay(source, "aes67:CH=2,FIRST=9", channels=2), peers.arecord(sink),
                            sink, "S32_LE", 64)
    ours = done.recorded[:, 8:10].copy()
    done.recorded[:, 8:10] = 0
    assert not done.recorded.any(), "another channel is not silent"
    done.recorded = ours
    expect_exact(signal, done, b.daemon.status()["receivers"][0])


def test_both_directions_at_once(pair):
    a, b = pair()
    signal = pattern.Pattern(64)
    recordings = [session.start_recording(host) for host in (a, b)]
    players = [session.play_pattern(host, signal.frames(session.LENGTH)) for host in (a, b)]
    for player in players:
        player.wait()
    time.sleep(0.5)
    for recorder, file in recordings:
        session.finish(recorder)
    for recorder, file in recordings:
        pattern.expect_whole(signal, pattern.read(file, "S32_LE", 64), session.LENGTH)
