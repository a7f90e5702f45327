# SPDX-License-Identifier: MIT
"""Interoperability with GStreamer and ffmpeg: both decode the daemon's streams, and the daemon receives GStreamer's."""

import time

import pytest

from harness import pattern, peers, session


def receivers_of(encoding, **more):
    """Returns one receiver of a GStreamer pipeline. It is aligned by arrival, because the pipeline has a clock of its own."""
    return {"receivers": [{"name": "peer", "address": "239.69.9.1", "encoding": encoding, "channels": 8,
                           "alignment": "arrival", **more}], "senders": []}


@pytest.mark.parametrize("packet_time,slowness", [("125us", 8), ("1ms", 1)], ids=["125us", "1ms"])
def test_gstreamer_receives_our_stream(lone, network, packet_time, slowness):
    """GStreamer's recording of a stream is bit-exact.

    Packets of 125 us are sent on a slowed clock, so that stalls of the machine are as short beside 17 packets as at 1 ms.
    """
    clock = {"rate-divisor": slowness, "anchor": time.monotonic_ns()} if slowness > 1 else {}
    a, b = lone(streams={"packet-time": packet_time}, clock=clock), network.b
    signal = pattern.Pattern(8)
    sink = b.path("decoded.raw")
    decoder = b.spawn(*peers.gst_receive(sink, "239.69.1.3", 8, "net0"))
    session.grow(sink, 8 * 3 * 4_800)
    session.play_pattern(a, signal.frames(session.LENGTH), channels=8, pcm="aes67:CH=8,FIRST=17").wait()
    time.sleep(0.3)
    decoder.stop(2)
    pattern.expect_whole(signal, peers.read_gst(sink, 8), session.LENGTH)


def test_ffmpeg_receives_our_stream(lone, network):
    a, b = lone(), network.b
    signal = pattern.Pattern(8)
    sink = b.path("decoded.raw")
    b.path("stream.sdp").write_text(peers.sdp("239.69.1.8", 8))
    decoder = b.spawn(*peers.ffmpeg_receive(b.path("stream.sdp"), sink, 6))
    session.grow(sink, 8 * 4 * 4_800, timeout=20)  # ffmpeg detects the format before it writes
    session.play_pattern(a, signal.frames(session.LENGTH), channels=8, pcm="aes67:CH=8,FIRST=57").wait()
    decoder.wait(20)
    pattern.expect_whole(signal, pattern.read(sink, "S32_LE", 8), session.LENGTH)


@pytest.mark.parametrize("offset", [0, 2911906980])
@pytest.mark.parametrize("encoding", ["L24", "L16"])
def test_gstreamer_stream_is_received(lone, network, encoding, offset):
    b, a = lone(host=network.b, **receivers_of(encoding)), network.a
    signal = pattern.Pattern(8, 24 if encoding == "L24" else 16)
    source = a.path("sent.raw")
    pattern.write(source, signal.frames(session.LENGTH), "S24_3BE" if encoding == "L24" else "S16_BE")
    recorder, sink = session.start_recording(b)
    a.spawn(*peers.gst_send(source, "239.69.9.1", 8, "net0", encoding=encoding, timestamp_offset=offset)).wait()
    session.hear_out(b, recorder, sink)
    session.finish(recorder)
    recorded = pattern.read(sink, "S32_LE", 64)
    assert not recorded[:, 8:].any()
    pattern.expect_whole(signal, recorded[:, :8], session.LENGTH)
    status = b.daemon.fresh_status()["receivers"][0]
    assert status["inTime"] == session.LENGTH // 48 == status["packets"]
    assert (status["lost"], status["malformed"], status["foreign"]) == (0, 0, 0)


def test_gstreamer_restarts_with_another_offset(lone, network):
    """A sender that restarts with another SSRC and other timestamps is received at once."""
    b, a = lone(host=network.b, **receivers_of("L24")), network.a
    signal = pattern.Pattern(8)
    source = a.path("sent.raw")
    pattern.write(source, signal.frames(session.LENGTH), "S24_3BE")
    recorder, sink = session.start_recording(b)
    for offset in (77, 3_000_000_000):
        a.spawn(*peers.gst_send(source, "239.69.9.1", 8, "net0", timestamp_offset=offset)).wait()
        time.sleep(0.5)
    session.finish(recorder)
    runs = [r for r in signal.runs(pattern.read(sink, "S32_LE", 64)[:, :8].copy()) if r.kind != "silence"]
    assert [(r.kind, r.frame, r.length) for r in runs] == [("intact", 0, session.LENGTH)] * 2, pattern.describe(runs)


def test_unicast(network, install):
    from harness.daemon import Daemon, configuration
    stream = {"name": "direct", "address": "10.67.0.2", "port": 5010, "channels": 8}
    # The receiver starts first, because a refused sender stops sending for some seconds.
    Daemon(network.b, install, configuration(host=2, senders=[], receivers=[stream])).start().settle()
    Daemon(network.a, install, configuration(senders=[stream], receivers=[])).start().settle()
    a, b = network.a, network.b
    signal = pattern.Pattern(8)
    source, sink = a.path("played.raw"), b.path("recorded.raw")
    pattern.write(source, signal.frames(session.LENGTH), "S32_LE")
    done = session.transfer(a, b, peers.aplay(source, "aes67:CH=8", channels=8),
                            peers.arecord(sink, "aes67:CH=8", channels=8), sink, "S32_LE", 8)
    index = pattern.expect_whole(signal, done.recorded, session.LENGTH)
    assert done.offset(index) == b.daemon.status()["receivers"][0]["linkOffsetFrames"]


def test_unicast_from_gstreamer(lone, network):
    b = lone(host=network.b, receivers=[{"name": "peer", "address": "10.67.0.2", "port": 5010, "channels": 2,
                                         "alignment": "arrival", "source": "10.67.0.1"}], senders=[])
    a, signal = network.a, pattern.Pattern(2)
    pattern.write(a.path("sent.raw"), signal.frames(session.LENGTH), "S24_3BE")
    recorder, sink = session.start_recording(b, pcm="aes67:CH=2", channels=2)
    a.spawn(*peers.gst_send(a.path("sent.raw"), "10.67.0.2", 2, "net0", port=5010)).wait()
    session.hear_out(b, recorder, sink)
    session.finish(recorder)
    pattern.expect_whole(signal, pattern.read(sink, "S32_LE", 2), session.LENGTH)
