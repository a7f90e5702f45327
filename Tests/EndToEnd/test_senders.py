# SPDX-License-Identifier: MIT
"""Senders of all kinds, standard and non-standard: the frames of each must be at their exact position.

All senders send at the same time, each to a receiver of its own. Their timestamps are the media clock, so the position of each frame in the
recording is known: media frame + link offset. The clock is slowed down, because Python is slow.
"""

import time

import numpy

from harness import pattern, peers, rtp, session
from harness.daemon import Daemon, configuration

LENGTH = 9_600  # frames
LINK_OFFSET = 9_600
SLOWLY = 8  # times slower than real time
SIGNAL = pattern.Pattern(2)
PACKED = pattern.encode(SIGNAL.frames(LENGTH), "S24_3BE")
MEDIA_OFFSET = 2911906980  # a real device's offset


class Kind:
    """The packets of one sender, and the settings of its receiver."""

    def __init__(self, frames=48, offset=0, receiver_settings=None, sequence=100, silence=None, resyncs=0, lost=0,
                 **shape):
        self.frames = frames            # frames a packet
        self.offset = offset            # added to the media clock
        self.receiver_settings = receiver_settings or {}  # further keys of the receiver
        self.sequence = sequence        # the first sequence number
        self.silence = silence          # frames [begin, end) are not sent
        self.again = {}                 # changes after the silence
        self.resyncs, self.lost = resyncs, lost
        self.shape = shape

    def then(self, **again):
        self.again = again
        return self

    def packets(self, base):
        """Yields (real seconds after media frame `base`, packet), each sent after its last frame.

        Lost packets use sequence numbers, packets that a pausing sender does not send use none.
        """
        sequence, ssrc = self.sequence, 0x1000 + self.frames
        begin, end = self.silence or (LENGTH, LENGTH)
        for first in range(0, LENGTH, self.frames):
            if begin <= first < end:
                sequence += bool(self.lost)
                continue
            again = self.again if first >= end else {}
            if first == end or (first > end > first - self.frames):
                sequence = again.get("sequence", sequence)
            payload = PACKED[first * 6:(first + self.frames) * 6]
            stamp = base + first + self.offset
            yield ((first + self.frames) / 48_000 * SLOWLY,
                   rtp.packet(sequence, stamp, payload, ssrc=again.get("ssrc", ssrc), **self.shape))
            sequence += 1


def kinds(base):
    """Returns the senders by name; `base` is the media frame at which all start."""
    to_wrap = (2**32 - 100 * 48 - base) % 2**32
    return {
        "plain": Kind(),
        "offset": Kind(offset=MEDIA_OFFSET, receiver_settings={"timestamp-offset": MEDIA_OFFSET}),
        "packets of 125 us": Kind(frames=6),
        "packets of 4 ms": Kind(frames=192),
        "extension": Kind(extension=bytes(12), marker=1),
        "sources and padding": Kind(csrcs=(1, 2, 3), padding=7),
        "both wrap": Kind(offset=to_wrap, receiver_settings={"timestamp-offset": to_wrap}, sequence=65_436),
        "filtered": Kind(receiver_settings={"source": "10.67.0.1"}),
        "restarts": Kind(silence=(4_800, 4_800), resyncs=1).then(ssrc=0xABCD, sequence=7),
        "gap": Kind(silence=(2_400, 4_800), lost=50),
        "pause": Kind(silence=(2_400, 4_800)),
        "absent and back": Kind(silence=(2_400, 7_200), resyncs=1).then(ssrc=0xBEEF, sequence=40_000),
    }


def intruder(base):
    """Returns noise packets of another host in the group of the sender "plain", at the same time, with their own SSRC."""
    noise = numpy.random.default_rng(1).bytes(48 * 6)
    return [(at, rtp.packet(900 + n, base + n * 48, noise, ssrc=0xBAD)) for n, at in enumerate(
        0.1 + n * 0.006 for n in range(200))]


def group(number):
    return f"239.69.8.{number}"


def test_all_kinds_of_senders(network, install):
    a, b = network.a, network.b
    a.run("ip", "addr", "add", "10.67.0.77/24", "dev", "net0")
    anchor = time.monotonic_ns()
    base = 10 * 48_000 // SLOWLY // 192 * 192
    begin = anchor / 1e9 + base * SLOWLY / 48_000
    all_kinds = kinds(base)
    receivers = [{"name": name, "address": group(n), "channels": 2, "first-channel": 1 + 2 * n, **kind.receiver_settings}
                 for n, (name, kind) in enumerate(all_kinds.items())]
    Daemon(b, install, configuration(host=2, senders=[], receivers=receivers, clock={
        "rate-divisor": SLOWLY, "anchor": anchor})).start().settle()
    channels = 2 * len(all_kinds)
    recorder, sink = session.start_recording(b, pcm=f"aes67:CH={channels}", channels=channels)
    start = b.daemon.client(recorder)["startMediaFrame"]
    lines = sorted((at, data, group(n)) for n, kind in enumerate(all_kinds.values()) for at, data in kind.packets(base))
    senders = [(lines, "10.67.0.1"), ([(at, data, group(0)) for at, data in intruder(base)], "10.67.0.77")]
    programs = [a.spawn("/usr/bin/python3", rtp.__file__, group(0), 5004, address,
                        rtp.script(a.path(address), packets), begin) for packets, address in senders]
    assert time.monotonic() < begin, "the machine was too slow to start in time"
    for program in programs:
        program.wait(20)
    time.sleep((LINK_OFFSET + 2_048) / 48_000 * SLOWLY)
    session.finish(recorder)
    recorded = pattern.read(sink, "S32_LE", channels)
    status = b.daemon.fresh_status()
    problems = []
    for n, (name, kind) in enumerate(all_kinds.items()):
        runs = SIGNAL.runs(numpy.ascontiguousarray(recorded[:, 2 * n:2 * n + 2]))
        problems += [f"{name}: {problem}" for problem in judge(kind, runs, base + LINK_OFFSET - start)]
        problems += [f"{name}: {problem}" for problem in judge_counters(kind, status.receiver(name), name == "plain")]
    assert not problems, "\n".join(problems)


def judge(kind, runs, place):
    """Yields an error unless each sent frame is at its position, and nothing else is there."""
    intact = [r for r in runs if r.kind == "intact"]
    begin, end = kind.silence or (LENGTH, LENGTH)
    expected = [(0, LENGTH)] if begin == end else [(0, begin), (end, LENGTH - end)]
    if [(r.frame, r.length) for r in intact] != expected:
        yield f"frames {expected} were sent, recorded were\n{pattern.describe(runs)}"
    elif any(r.start - r.frame != place for r in intact):
        yield f"begins at {[r.start - r.frame for r in intact]}, not at {place}"


def judge_counters(kind, receiver, has_intruder):
    packets = sum(1 for _ in kind.packets(0))
    seen = {name: receiver[name] for name in ("inTime", "foreign", "malformed", "late", "early", "duplicate", "resyncs",
                                                 "lost")}
    wanted = {"inTime": packets, "foreign": 200 if has_intruder else 0, "malformed": 0, "late": 0, "early": 0,
              "duplicate": 0, "resyncs": kind.resyncs, "lost": kind.lost}
    if seen != wanted:
        yield f"counted {seen}, not {wanted}"


def test_ffmpeg_as_sender(lone, network):
    """ffmpeg's packets are as long as possible, and their duration is not a whole number of microseconds."""
    b = lone(host=network.b, senders=[], receivers=[{"name": "ffmpeg", "address": "239.69.9.1", "channels": 2,
                                                     "alignment": "arrival"}])
    source = network.a.path("sent.raw")
    pattern.write(source, SIGNAL.frames(LENGTH), "S24_3BE")
    recorder, sink = session.start_recording(b, pcm="aes67:CH=2", channels=2)
    network.a.spawn(*peers.ffmpeg_send(source, "239.69.9.1", 2, "10.67.0.1")).wait(20)
    session.hear_out(b, recorder, sink)
    session.finish(recorder)
    pattern.expect_whole(SIGNAL, pattern.read(sink, "S32_LE", 2), LENGTH)
    receiver = b.daemon.fresh_status()["receivers"][0]
    assert receiver["inTime"] == receiver["packets"] > 0


def test_a_stream_returns_after_hours(lone, network):
    """A stream without a PTP clock that returns with timestamps of five hours later is received at once."""
    b = lone(host=network.b, senders=[], receivers=[{"name": "one", "address": "239.69.9.1", "channels": 2,
                                                     "alignment": "arrival"}])
    recorder, sink = session.start_recording(b, pcm="aes67:CH=2", channels=2)
    hours = 5 * 3600 * 48_000
    for name, stamp, sequence in (("first", 77, 60_000), ("second", 77 + hours, 31_000)):
        packets = [((n + 1) / 1000, rtp.packet(sequence + n, stamp + n * 48, PACKED[n * 288:(n + 1) * 288]))
                   for n in range(LENGTH // 48)]
        script = rtp.script(network.a.path(name), packets)
        network.a.spawn("/usr/bin/python3", rtp.__file__, "239.69.9.1", 5004, "10.67.0.1", script).wait(10)
        time.sleep(0.5)
    session.finish(recorder)
    runs = [r for r in SIGNAL.runs(pattern.read(sink, "S32_LE", 2)) if r.kind != "silence"]
    assert [(r.kind, r.frame, r.length) for r in runs] == [("intact", 0, LENGTH)] * 2, pattern.describe(runs)
