# SPDX-License-Identifier: MIT
"""Receiving as it is measured: a link offset that finds itself, one for a group, and what is heard where packets were lost."""

import re
import time

from harness import pattern, session
from harness.daemon import Daemon, configuration
from test_harness import loss_rule

STREAMS = [{"name": f"s{n}", "address": f"239.69.5.{n}", "channels": 8, "first-channel": 8 * n - 7} for n in (1, 2)]


def test_automatic_link_offset(network, install):
    """Two receivers of one group settle together; a third that stands alone keeps its fixed offset."""
    a, b = network.a, network.b
    third = {"name": "s3", "address": "239.69.5.3", "channels": 8, "first-channel": 17}
    Daemon(a, install, configuration(senders=STREAMS + [third], receivers=[])).start().settle()
    receivers = STREAMS + [{**third, "group": "none", "link-offset": "50ms"}]
    streams = {"link-offset": "auto", "least-packets": 2, "greatest-packets": 40}
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


def test_single_losses_are_bridged(network, install):
    """Each lost packet is made up from its neighbours; all that came is exact."""
    a, b = network.a, network.b
    Daemon(a, install, configuration(senders=STREAMS[:1], receivers=[])).start().settle()
    Daemon(b, install, configuration(host=2, streams={"concealment": "fade"}, senders=[],
                                     receivers=STREAMS[:1])).start()
    b.daemon.wait_status(lambda s: s["receivers"][0]["inTime"] > 50, "the stream to arrive")
    b.run("nft", loss_rule(32, 5))
    signal = pattern.Pattern(8)
    recorder, sink = session.start_recording(b, pcm="aes67:CH=8", channels=8)
    session.play_pattern(a, signal.frames(48_000), pcm="aes67:CH=8", channels=8).wait()
    time.sleep(0.4)
    session.finish(recorder)
    # Losses go on while they are counted.
    before = injected(b)
    receiver = b.daemon.fresh_status()["receivers"][0]
    assert before - 1 <= receiver["timing"]["concealed"] <= injected(b)
    runs = signal.runs(pattern.read(sink, "S32_LE", 8))
    intact = [r for r in runs if r.kind == "intact"]
    assert len({r.start - r.frame for r in intact}) == 1, pattern.describe(runs)
    between = [r for r in runs if intact[0].start < r.start < intact[-1].start and r.kind != "intact"]
    assert between and all(r.kind != "silence" and r.length <= 48 for r in between), pattern.describe(runs)
