# SPDX-License-Identifier: MIT
"""The programs that people use, with the settings that musicians choose: every one plays and records exactly."""

import json
import signal as signals
import time

import numpy
import pytest

from harness import pattern, peers, programs, session
from harness.network import wait_for

def loop(lone, period, offset="20ms", slow=None):
    """A host whose own streams come back to it, so many times slower than real time that a period is 12.5 ms: small
    ones meet few stalls of the machine then. JACK gives up much slower ones."""
    slow = slow or -(-600 // period)
    clock = {"rate-divisor": slow, "anchor": time.monotonic_ns()} if slow > 1 else {}
    return lone(**programs.LOOP, streams={"packet-time": "250us", "link-offset": offset, "max-lateness": "17ms"},
                clock=clock)


def link_offset(host):
    return host.daemon.status()["receivers"][0]["linkOffsetFrames"]


@pytest.mark.parametrize("period,synchronous", [(64, False), (32, False), (32, True)],
                         ids=["64", "32", "32-synchronous"])
def test_jack(lone, period, synchronous):
    """jackd with all 64 channels each way: the round trip is its buffer, its own period and the link offset."""
    host = loop(lone, period)
    programs.start_jackd(host, period, synchronous=synchronous)
    meter = programs.start_iodelay(host)
    expected = period * (2 if synchronous else 3) + link_offset(host)
    measured = programs.settled_delay(meter, timeout=30)
    assert measured == expected, programs.delays(meter)


@pytest.mark.parametrize("period", [64, 32])
def test_portaudio_duplex(lone, period):
    """A callback for both directions, as a digital audio workstation has it: the same delay at every start.

    A negative delay is the program before, whose last impulses are still on their way. A callback in Python needs a
    period of 25 ms."""
    host = loop(lone, period, slow=1200 // period)
    command = ["chrt", "-f", 70, "/usr/bin/python3", programs.HERE / "portaudio_duplex.py", "aes67", 64, period, 0.3]
    found = [json.loads(host.run(*command, timeout=40).stdout.split("DUPLEX ")[1]) for _ in range(2)]
    for result in found:
        assert result["flags"] == 0 and result["delays"], found
        assert {delay for delay, _ in result["delays"] if delay >= 0} == {2 * period + link_offset(host)}, found


@pytest.mark.parametrize("period", [512])
def test_pipewire_sink_and_source(lone, period):
    """The sound card as a sink and a source of 64 ports each, in one graph that runs on the card's clock: nothing is
    resampled, so that the round trip is a whole number of frames."""
    host = loop(lone, period, slow=1)
    programs.start_pipewire(host, period)
    out, back = programs.first_ports(host)
    meter = programs.start_iodelay(host, ("pw-link",), out, back, prefix=("pw-jack",))
    delay = programs.settled_delay(meter, times=5)
    assert delay == int(delay), programs.delays(meter)
    assert link_offset(host) + period < delay < link_offset(host) + 6 * period, programs.delays(meter)


def test_ardour_records_64_tracks(pair):
    """Ardour's own ALSA backend, headless: every track is whole, and all 64 begin at the same sample."""
    a, b = pair(streams={"packet-time": "1ms", "link-offset": "100ms"})
    signal = pattern.Pattern(64, 16)  # Ardour's floats scale by a hair: sixteen bits survive it
    take, stop = b.path("take"), b.path("stop")
    recorder = b.spawn(*programs.ardour(b, take, stop, period=1024, tracks=64), name="ardour")
    wait_for(lambda: "RECORDING true" in recorder.output or not recorder.running, "Ardour to record", timeout=25)
    session.play_pattern(a, signal.frames(session.LENGTH)).wait()
    time.sleep(0.5)
    stop.touch()
    recorder.wait(20, expect=None)
    assert "PORTS 64" in recorder.output and "SAVED" in recorder.output, recorder.output[-2000:]
    recorded = programs.ardour_tracks(take)
    assert recorded.shape[1] == 64
    pattern.expect_whole(signal, recorded, session.LENGTH)


@pytest.mark.parametrize("player,recorder", [("ffmpeg", "sox"), ("sox", "gstreamer"), ("gstreamer", "ffmpeg")])
def test_players_and_recorders(pair, player, recorder):
    """All 64 channels out of one program and into another: every bit."""
    a, b = pair()
    signal = pattern.Pattern(64)
    source, sink = a.path("played.raw"), b.path("recorded.raw")
    samples = signal.frames(session.LENGTH)
    # GStreamer's sink may leave out a first frame, so that silence comes first.
    pattern.write(source, numpy.concatenate([numpy.zeros((4_800, 64), numpy.int32), samples]), "S32_LE")
    taking = b.spawn(*programs.record(recorder, sink, peers.PERIOD, seconds=3))
    b.daemon.client(taking)
    a.spawn(*programs.play(player, source, peers.PERIOD)).wait(20)
    time.sleep(1.2)
    taking.stop(2)
    pattern.expect_whole(signal, pattern.read(sink, "S32_LE", 64), session.LENGTH)


def test_alsaloop(lone):
    """Capture to playback in one program (field cases, row "held"): what is captured on channels 1 and 2 leaves on 9 and 10."""
    host = loop(lone, 1024, slow=1)
    bridge = host.spawn("alsaloop", "-C", "aes67:CH=2", "-P", "aes67:CH=2,FIRST=9", "-r", 48000, "-c", 2, "-f", "S32_LE",
                        "-S", "none", "-t", 100000)
    wait_for(lambda: len([c for c in host.daemon.status()["clients"] if c["running"]]) == 2, "alsaloop to play and record")
    recorder, sink = session.start_recording(host, pcm="aes67:CH=2,FIRST=9", channels=2)
    signal = pattern.Pattern(2)
    session.play_pattern(host, signal.frames(session.LENGTH), pcm="aes67:CH=2", channels=2).wait()
    session.grow(sink, 8 * 24_000)
    session.finish(recorder)
    assert bridge.running, bridge.output
    runs = [r for r in signal.runs(pattern.read(sink, "S32_LE", 2)) if r.kind == "intact"]
    assert sum(r.length for r in runs) > session.LENGTH // 2, pattern.describe(runs)


def test_bridges_between_alsa_and_jack(lone):
    """zita-ajbridge and JACK's own, beside a server with another card (field cases, row "held"): all run, and go on."""
    host = loop(lone, 1024, slow=1)
    host.environment.update(peers.jack_environment(host.directory))
    server = host.spawn("jackd", "-r", "-d", "dummy", "-r", 48000, "-p", 1024)
    wait_for(lambda: "system:capture_1" in host.run("jack_lsp", check=False).stdout, "jackd", 10)
    shape = ["-d", "aes67:CH=2", "-r", 48000, "-p", 1024, "-n", 4, "-c", 2]
    bridges = [host.spawn(name, *shape) for name in ("zita-a2j", "zita-j2a", "alsa_in", "alsa_out")]
    for bridge in bridges:
        before = host.daemon.client(bridge)["frames"]

        def goes_on(status):
            assert bridge.running, bridge.output[-2000:]
            return status.client(bridge.pid)["frames"] > before + 48_000

        host.daemon.wait_status(goes_on, f"{bridge} to go on")
    assert server.running and all(bridge.running for bridge in bridges), [bridge.output for bridge in bridges]
    # A server that is killed leaves its place in JACK's table of eight taken.
    for bridge in bridges:
        bridge.stop(signals.SIGINT)
    server.stop(timeout=15)
