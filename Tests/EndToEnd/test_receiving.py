# SPDX-License-Identifier: MIT
"""Receivers: automatic link offsets, groups with a common link offset, concealment of lost packets, and resampling."""

import re
import time

import numpy as np

from harness import pattern, rtp, session
from harness.daemon import Daemon, configuration
from test_harness import loss_rule

STREAMS = [{"name": f"s{n}", "address": f"239.69.5.{n}", "channels": 8, "first-channel": 8 * n - 7} for n in (1, 2)]


def test_automatic_link_offset(network, install):
    """Two receivers of one group get the same automatic link offset; a receiver without a group keeps its fixed one."""
    a, b = network.a, network.b
    third = {"name": "s3", "address": "239.69.5.3", "channels": 8, "first-channel": 17}
    Daemon(a, install, configuration(senders=STREAMS + [third], receivers=[])).start().settle()
    receivers = STREAMS + [{**third, "group": "none", "link-offset": "50ms"}]
    streams = {"link-offset": "auto", "min-packets": 2, "max-packets": 40}
    Daemon(b, install, configuration(host=2, streams=streams, senders=[], receivers=receivers)).start()
    first = b.daemon.wait_status(lambda s: all(r["inTime"] > 50 for r in s["receivers"]), "the streams to arrive")
    assert first["receivers"][2]["linkOffsetFrames"] == 2400
    settled = b.daemon.wait_status(lambda s: s["receivers"][0]["timing"]["linkOffsetChanges"] >= 1,
                                   "the link offset to settle", timeout=10)
    one, two, alone = settled["receivers"]
    assert one["linkOffsetFrames"] == two["linkOffsetFrames"] < 40 * 48
    assert one["linkOffsetFrames"] % 48 == 0
    assert [r["timing"].get("group") for r in (one, two, alone)] == ["clock", "clock", None]
    assert [r["timing"]["isAutomatic"] for r in (one, two, alone)] == [True, True, False]
    assert alone["linkOffsetFrames"] == 2400 and not alone["timing"]["isUnsynchronised"]


def injected(host):
    return int(re.search(r"packets (\d+) ", host.run("nft", "list", "ruleset").stdout).group(1))


def test_single_losses_are_concealed(network, install):
    """Each lost packet is replaced by a signal made from its neighbours, and all received audio is exact."""
    a, b = network.a, network.b
    Daemon(a, install, configuration(senders=STREAMS[:1], receivers=[])).start().settle()
    Daemon(b, install, configuration(host=2, streams={"concealment": "fade"}, senders=[],
                                     receivers=STREAMS[:1])).start()
    b.daemon.wait_status(lambda s: s["receivers"][0]["inTime"] > 50, "the stream to arrive")
    b.run("nft", loss_rule(32, 5))
    signal = pattern.Pattern(8)
    recorder, sink = session.start_recording(b, pcm="aes67:CH=8", channels=8)
    session.play_pattern(a, signal.frames(48_000), pcm="aes67:CH=8", channels=8).wait()
    session.hear_out(b, recorder, sink)
    session.finish(recorder)
    # Packets are still being dropped while the counters are read.
    before = injected(b)
    receiver = b.daemon.fresh_status()["receivers"][0]
    assert before - 1 <= receiver["timing"]["concealed"] <= injected(b)
    runs = signal.runs(pattern.read(sink, "S32_LE", 8))
    intact = [r for r in runs if r.kind == "intact"]
    assert len({r.start - r.frame for r in intact}) == 1, pattern.describe(runs)
    between = [r for r in runs if intact[0].start < r.start < intact[-1].start and r.kind != "intact"]
    assert between and all(r.kind != "silence" and r.length <= 48 for r in between), pattern.describe(runs)


def tone(frames):
    """Returns 500 Hz at half of full scale as L24 of one channel, with a period of 96 frames."""
    samples = (2 ** 22 * np.sin(2 * np.pi * np.arange(frames) / 96)).astype(int)
    return b"".join(int(s).to_bytes(3, "big", signed=True) for s in samples)


def test_a_sender_with_a_fast_clock_is_resampled(network, install):
    """A sender with a clock 500 ppm fast is resampled before its packets arrive too early, without an audible artefact (CLK-05)."""
    a, b = network.a, network.b
    slow, seconds, packet = 4, 4, 192
    receiver = {"name": "fast", "address": "239.69.9.1", "channels": 1, "alignment": "arrival"}
    Daemon(b, install, configuration(host=2, clock={"rate-divisor": slow, "anchor": time.monotonic_ns()},
                                     streams={"link-offset": "100ms"}, senders=[], receivers=[receiver])).start().settle()
    recorder, sink = session.start_recording(b, pcm="aes67:CH=1", channels=1)
    payload = tone(packet)
    packets = [((n + 1) * packet / 48_000 * slow / 1.0005, rtp.packet(n, 4_294_000_000 + n * packet, payload))
               for n in range(int(seconds * 48_000 / packet))]
    script = rtp.script(a.path("fast"), packets)
    sender = a.spawn("/usr/bin/python3", rtp.__file__, "239.69.9.1", 5004, "10.67.0.1", script)
    sender.wait(40)
    status = b.daemon.fresh_status()["receivers"][0]
    assert status["timing"]["isUnsynchronised"]
    assert 300 < status["timing"]["rateOffsetPartsPerMillion"] < 700, status
    assert status["inTime"] == status["packets"] == len(packets) and status["resyncs"] == 0
    time.sleep(0.2 * slow)
    session.finish(recorder)
    heard = np.fromfile(sink, dtype="<i4").astype(float) / 2 ** 30
    sounding = np.flatnonzero(np.abs(heard) > 0.01)
    heard = heard[sounding[0]:sounding[-1] - 100]  # without the fade-out
    assert len(heard) > 0.98 * seconds * 48_000
    # Each sample of a tone follows from the two before it, except at a gap or step.
    rest = heard[2:] - 2 * np.cos(2 * np.pi / 96) * heard[1:-1] + heard[:-2]
    assert np.abs(rest).max() < 2e-3, (np.abs(rest).argmax(), np.abs(rest).max())
