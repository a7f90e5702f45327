# SPDX-License-Identifier: MIT
"""What one host plays, the other records: every bit of 64 channels, at the offset that was configured."""

import time

import pytest

from harness import pattern, peers, session

FORMATS = ["S32_LE", "S24_LE", "S24_3LE", "S16_LE", "FLOAT_LE"]
ACCESSES = ["rw", "rwn", "mmap", "mmapn"]


def bits_of(form):
    return 16 if form == "S16_LE" else 24


def expect_exact(signal, done, receiver, count=session.LENGTH):
    """All frames, in one piece, exactly the link offset after their playback instant."""
    index = pattern.expect_whole(signal, done.recorded, count)
    assert done.offset(index) == receiver["linkOffsetFrames"]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("packet_time", ["125us", "250us", "1ms"])
def test_formats(pair, packet_time, form):
    a, b = pair(streams={"packet-time": packet_time})
    signal = pattern.Pattern(64, bits_of(form))
    source, sink = a.path("played.raw"), b.path("recorded.raw")
    pattern.write(source, signal.frames(session.LENGTH), form)
    done = session.transfer(a, b, peers.aplay(source, form=form), peers.arecord(sink, form=form), sink, form, 64)
    expect_exact(signal, done, b.daemon.status()["receivers"][0])


@pytest.mark.parametrize("access", ACCESSES)
@pytest.mark.parametrize("packet_time", ["125us", "250us", "1ms"])
def test_accesses(pair, tools, packet_time, access):
    a, b = pair(streams={"packet-time": packet_time})
    signal = pattern.Pattern(64)
    source, sink = a.path("played.raw"), b.path("recorded.raw")
    pattern.write(source, signal.frames(session.LENGTH), "S32_LE")
    shape = ["aes67", "S32_LE", access, 64, peers.PERIOD, peers.BUFFER]
    recorder = b.spawn(tools.client, "record", *shape, sink, 3 * 48_000)
    record_start = b.daemon.client(recorder)["startMediaFrame"]
    player = a.spawn(tools.client, "play", *shape, source)
    play_start = a.daemon.client(player)["startMediaFrame"]
    player.wait()
    recorder.wait()
    session.no_xruns(player, recorder)
    session.undisturbed(a, b)
    done = session.Transfer(pattern.read(sink, "S32_LE", 64), play_start, record_start)
    expect_exact(signal, done, b.daemon.status()["receivers"][0])


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


@pytest.mark.parametrize("packet_time,link_offset", [("125us", "500us"), ("1ms", "3ms")])
def test_short_link_offset_on_a_slowed_clock(pair, packet_time, link_offset):
    """At a twentieth of real time the machine's stalls are too short to matter, even to an offset of half a millisecond."""
    a, b = pair(streams={"packet-time": packet_time, "link-offset": link_offset, "max-lateness": "17ms"},
                clock={"rate-divisor": 20, "anchor": time.monotonic_ns()})
    signal = pattern.Pattern(64)
    source, sink = a.path("played.raw"), b.path("recorded.raw")
    pattern.write(source, signal.frames(9_600), "S32_LE")
    done = session.transfer(a, b, peers.aplay(source, period=128, buffer=512), peers.arecord(sink, period=128, buffer=512),
                            sink, "S32_LE", 64, tail=1.5)
    expect_exact(signal, done, b.daemon.status()["receivers"][0], 9_600)


def test_some_channels_from_any_channel(pair):
    a, b = pair()
    signal = pattern.Pattern(2)
    source, sink = a.path("played.raw"), b.path("recorded.raw")
    pattern.write(source, signal.frames(session.LENGTH), "S32_LE")
    done = session.transfer(a, b, peers.aplay(source, "aes67:CH=2,FIRST=9", channels=2), peers.arecord(sink),
                            sink, "S32_LE", 64)
    ours = done.recorded[:, 8:10].copy()
    done.recorded[:, 8:10] = 0
    assert not done.recorded.any(), "the other channels stay silent"
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
    session.undisturbed(a, b)
    for recorder, file in recordings:
        pattern.expect_whole(signal, pattern.read(file, "S32_LE", 64), session.LENGTH)
