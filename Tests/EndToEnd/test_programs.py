# SPDX-License-Identifier: MIT
"""Audio programs with their usual settings: all play and record bit-exactly or with the expected delay."""

import json
import signal as signals
import time

import numpy
import pytest

from harness import pattern, peers, programs, session
from harness.network import wait_for

def loop(lone, period, offset="20ms", slow=None):
    """A host that receives its own streams, on a clock so slow that a period takes 12.5 ms or more.

    Small periods then meet few stalls of the machine; JACK does not run on a much slower clock.
    """
    slow = slow or -(-600 // period)
    clock = {"rate-divisor": slow, "anchor": time.monotonic_ns()} if slow > 1 else {}
    return lone(**programs.LOOP, streams={"packet-time": "250us", "link-offset": offset, "max-lateness": "17ms"},
                clock=clock)


def link_offset(host):
    return host.daemon.status()["receivers"][0]["linkOffsetFrames"]


@pytest.mark.parametrize("period,synchronous", [(64, False), (32, False), (32, True)],
                         ids=["64", "32", "32-synchronous"])
def test_jack(lone, period, synchronous):
    """jackd with 64 channels in each direction: the round trip is its buffer, the plug-in's period and the link offset."""
    host = loop(lone, period)
    programs.start_jackd(host, period, synchronous=synchronous)
    meter = programs.start_iodelay(host)
    expected = period * (2 if synchronous else 3) + link_offset(host)
    measured = programs.settled_delay(meter, timeout=30)
    assert measured == expected, programs.delays(meter)


@pytest.mark.parametrize("period", [64, 32])
def test_portaudio_duplex(lone, period):
    """One callback for both directions, as in a digital audio workstation: the delay is the same at each start.

    A negative delay comes from impulses of the previous run that are still on their way. A callback in Python needs a period of 25 ms.
    """
    host = loop(lone, period, slow=1200 // period)
    command = ["chrt", "-f", 70, "/usr/bin/python3", programs.HERE / "portaudio_duplex.py", "aes67", 64, period, 0.3]
    found = [json.loads(host.run(*command, timeout=40).stdout.split("DUPLEX ")[1]) for _ in range(2)]
    for result in found:
        assert result["flags"] == 0 and result["delays"], found
        assert {delay for delay, _ in result["delays"] if delay >= 0} == {2 * period + link_offset(host)}, found


@pytest.mark.parametrize("period", [512])
def test_pipewire_sink_and_source(lone, period):
    """The sound card as a PipeWire sink and source of 64 ports each, in one graph on the card's clock.

    There is no resampling, so the round trip is a whole number of frames.
    """
    host = loop(lone, period, slow=1)
    programs.start_pipewire(host, period)
    out, back = programs.first_ports(host)
    meter = programs.start_iodelay(host, ("pw-link",), out, back, prefix=("pw-jack",))
    delay = programs.settled_delay(meter, times=5)
    assert delay == int(delay), programs.delays(meter)
    assert link_offset(host) + period < delay < link_offset(host) + 6 * period, programs.delays(meter)


def test_ardour_records_64_tracks(pair):
    """Ardour's ALSA backend without a window: all 64 tracks are whole and start at the same sample."""
    a, b = pair(streams={"packet-time": "1ms", "link-offset": "100ms"})
    signal = pattern.Pattern(64, 16)  # Ardour's float samples are scaled slightly; 16 bits survive that
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
    """64 channels from one program to another are bit-exact."""
    a, b = pair()
    signal = pattern.Pattern(64)
    source, sink = a.path("played.raw"), b.path("recorded.raw")
    samples = signal.frames(session.LENGTH)
    # GStreamer's sink may drop its first frames, so the file begins with silence.
    pattern.write(source, numpy.concatenate([numpy.zeros((4_800, 64), numpy.int32), samples]), "S32_LE")
    taking = b.spawn(*programs.record(recorder, sink, peers.PERIOD, seconds=3))
    b.daemon.client(taking)
    a.spawn(*programs.play(player, source, peers.PERIOD)).wait(20)
    time.sleep(1.2)
    taking.stop(2)
    pattern.expect_whole(signal, pattern.read(sink, "S32_LE", 64), session.LENGTH)


def test_alsaloop(lone):
    """alsaloop copies capture to playback (field cases, row "held"): the signal of channels 1 and 2 leaves on channels 9 and 10."""
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
    """zita-ajbridge and JACK's own bridges, beside a JACK server on another card (field cases, row "held"): all run and keep running."""
    host = loop(lone, 1024, slow=1)
    host.environment.update(peers.jack_environment(host.directory))
    server = host.spawn("jackd", "-r", "-d", "dummy", "-r", 48000, "-p", 1024)
    wait_for(lambda: "system:capture_1" in host.run("jack_lsp", check=False).stdout, "jackd", 10)
    shape = ["-d", "aes67:CH=2", "-r", 48000, "-p", 1024, "-n", 4, "-c", 2]
    bridges = [host.spawn(name, *shape) for name in ("zita-a2j", "zita-j2a", "alsa_in", "alsa_out")]
    for bridge in bridges:
        before = host.daemon.client(bridge)["frames"]

        def keeps_running(status):
            assert bridge.running, bridge.output[-2000:]
            return status.client(bridge.pid)["frames"] > before + 48_000

        host.daemon.wait_status(keeps_running, f"{bridge} to keep running")
    assert server.running and all(bridge.running for bridge in bridges), [bridge.output for bridge in bridges]
    # Stop the bridges and the server by signals that let them clean up: a killed server occupies one of JACK's eight places.
    for bridge in bridges:
        bridge.stop(signals.SIGINT)
    server.stop(timeout=15)
