# SPDX-License-Identifier: MIT
"""64 channels in each direction while the network's clock changes, is lost, returns and jumps, and while the link is down.

Host w is between a and b. It forwards the streams and is grandmaster on both links: a ptp4l with two ports, whose time is the machine's own
or that of `timeshift.c`. The true time is therefore known. The packets of one stream are captured on their way to b, and its eight channels
are recorded there; the counters cover the other seven streams.
"""

import bisect
import dataclasses
import mmap
import struct
import threading
import time

import numpy
import pytest

from harness import pattern, peers, pieces, session
from harness import timeshift as timeshifts
from harness.clockpage import ClockPage
from harness.network import sh
from harness.ptp import FAST, FAST_PEER, daemon, locked, ptp4l
from harness.timeshift import shift_file, shift_time

STREAM = "239.69.1.1"
PACKET = 48
LOCK_NS = 10_000  # SRV-04, software stamps
SECONDS = 43  # of audio, which is longer than the events
CHANNELS = 8  # of the pattern; recording all 64, 12 MB a second, causes stalls of virtual machines


@dataclasses.dataclass
class Grandmaster:
    """ptp4l on w with a clock that can be shifted."""

    process: object
    identity: str
    shift: mmap.mmap

    def set(self, nanoseconds):
        """Shifts the time of day by this much in total; programs see a single step."""
        shift_time(self.shift, nanoseconds)


@pytest.fixture(scope="module")
def timeshift(tmp_path_factory):
    return timeshifts.library(tmp_path_factory.mktemp("timeshift"))


class Scene:
    """Daemons on a and b that play to each other, and the grandmaster on w."""

    def __init__(self, network, install, timeshift, witness):
        self.witness = witness
        self.network, self.a, self.b, self.w = network, network.a, network.b, network.w
        self.timeshift = timeshift
        # Written before the daemons start, because writing so much data causes stalls of virtual machines.
        self.signal = pattern.Pattern(CHANNELS)
        self.sound = self.a.path("play.raw")
        pattern.write(self.sound, self.signal.frames(SECONDS * 48_000), "S32_LE")
        for number, end in enumerate(("left", "right")):
            sh("ip", "-n", self.w.namespace, "addr", "add", f"10.68.{number}.1/24", "dev", end)
        self.w.run("nft", "add table netdev hub")
        for here, there in (("left", "right"), ("right", "left")):
            self.w.run("nft", f"add chain netdev hub {here} {{ type filter hook ingress device {here} priority 0; }}")
            self.w.run("nft", f"add rule netdev hub {here} udp dport 5004 fwd to {there}")
        self.first = self.grandmaster("first", 20)
        self.stepper = shift_file(self.a.path("shift"))
        self.a.environment.update(LD_PRELOAD=str(timeshift), TIMESHIFT=str(self.a.path("shift")))
        daemon(self.a, install, profile=FAST, mode="auto")
        del self.a.environment["LD_PRELOAD"]
        daemon(self.b, install, number=2, profile=FAST, mode="auto")
        self.follow(self.first)
        for host in (self.a, self.b):
            host.daemon.settle()
        self.rebases = self.count("rebases")

    def grandmaster(self, name, priority, shift=0):
        file = self.w.path(f"{name}.shift")
        memory = shift_file(file)
        shift_time(memory, shift)
        identity = f"0200{'%02X' % priority}FFFE000001"
        process = ptp4l(self.w, name, ("left", "right"), priority1=priority, **FAST_PEER,
                        clockIdentity=f"{identity[:6]}.{identity[6:10]}.{identity[10:]}".lower(),
                        env={"LD_PRELOAD": str(self.timeshift), "TIMESHIFT": str(file)})
        return Grandmaster(process, "-".join(identity[i:i + 2] for i in range(0, 16, 2)), memory)

    def follow(self, master):
        """Waits until both hosts are locked to this master."""
        for host in (self.a, self.b):
            host.daemon.wait_status(lambda s: locked(s) and s["ptp"]["grandmaster"] == master.identity,
                                    f"{host.namespace} to be locked to {master.identity}", timeout=20)

    def count(self, name):
        return [host.daemon.fresh_status()["ptp"][name] for host in (self.a, self.b)]

    def rebased(self):
        """Returns the number of steps of each media clock since the last call."""
        before, self.rebases = self.rebases, self.count("rebases")
        return [after - old for after, old in zip(self.rebases, before)]

    def troubles(self):
        """Returns the lost, late and early packets of all 64 channels on both hosts.

        Packets that a sender counted as dropped are not lost on the way; ``excuse_drops`` asks the witness for their cause.
        """
        lost = [host.daemon.fresh_status() for host in (self.a, self.b)]
        dropped = self.dropped()
        return [status.total("receivers", key) - (dropped[1 - index] if key == "lost" else 0)
                for index, status in enumerate(lost) for key in ("lost", "late", "early")]

    def untimely(self):
        """Returns the late and early packets on b since ``begin``.

        Before that, the hosts adopted the first grandmaster's epoch one after the other, and packets in between had timestamps in b's past
        or future.
        """
        return self.untimely_in_all() - self.untimely_before

    def untimely_in_all(self):
        status = self.b.daemon.fresh_status()
        return status.total("receivers", "late") + status.total("receivers", "early")

    def dropped(self):
        return [host.daemon.fresh_status().total("senders", "dropped") for host in (self.a, self.b)]

    def excuse_drops(self):
        """Fails if packets were dropped without a stall of most of 17 ms."""
        if self.dropped() != self.dropped_before:
            assert self.witness.still_ms(26, self.began_ns, time.monotonic_ns()) > 13, self.dropped()

    def begin(self):
        self.dropped_before, self.began_ns = self.dropped(), time.monotonic_ns()
        self.untimely_before = self.untimely_in_all()
        self.clock = ClockWatch(self.a.daemon)
        self.capture = self.b.path("stream.pcap")
        self.catcher = peers.start_capture(self.b, self.capture, expression=f"udp port 5004 and dst {STREAM}", more=["-s", "64"])
        pcm = {"pcm": f"aes67:CH={CHANNELS}", "channels": CHANNELS}
        self.recorder, self.sink = session.start_recording(self.b, **pcm)
        self.player = self.a.spawn(*peers.aplay(self.sound, **pcm))
        self.a.daemon.client(self.player)
        time.sleep(1)
        self.began = time.time_ns()

    def end(self):
        """Ends the recording; returns the packets as (arrival in ns, sequence number, timestamp) and the runs of the recording."""
        assert self.player.running, "the events took longer than the sound"
        session.finish(self.recorder)
        session.finish(self.player)
        self.catcher.stop(2)
        self.readings = self.clock.end()
        packets = caught(self.capture)
        assert len(packets) > 10_000
        return packets, self.signal.runs(pattern.read(self.sink, "S32_LE", CHANNELS))


@pytest.fixture
def scene(wired, install, timeshift, witness):
    return Scene(wired, install, timeshift, witness)


def caught(file):
    """Returns the RTP packets of a capture: arrival in ns, sequence number, timestamp. tshark would take a millisecond for each."""
    data, packets, at = file.read_bytes(), [], 24
    unit = {0xA1B2C3D4: 1_000, 0xA1B23C4D: 1}[struct.unpack_from("<I", data)[0]]
    while at + 16 <= len(data):
        seconds, fraction, length = struct.unpack_from("<III", data, at)
        if at + 16 + length <= len(data):
            _, _, sequence, stamp = struct.unpack_from(">BBHI", data, at + 16 + 14 + 20 + 8)
            packets.append((seconds * 1_000_000_000 + fraction * unit, sequence, stamp))
        at += 16 + length
    return packets


def signed(number, bits):
    return (number + (1 << bits - 1)) % (1 << bits) - (1 << bits - 1)


def jumps(packets):
    """Returns the differences of timestamps that did not advance by 48 a packet."""
    found = []
    for (_, sequence, stamp), (_, next_sequence, next_stamp) in zip(packets, packets[1:]):
        ahead = signed(next_sequence - sequence, 16)
        more = signed(next_stamp - stamp - ahead * PACKET, 32)
        if more:
            found.append(more)
    return found


def signed_frames(instant, stamp):
    """Returns how many frames a time of the media clock, in nanoseconds, lies after the end of the packet with this timestamp."""
    whole, part = divmod(instant * 48_000, 1_000_000_000)
    return signed(whole - stamp - PACKET, 32) + part / 1e9


class ClockWatch:
    """Reads a daemon's published clock every 20 ms, to know its time at each packet afterwards."""

    def __init__(self, daemon):
        self.page = ClockPage(daemon)
        self.readings = []  # CLOCK_REALTIME, and the published clock minus CLOCK_REALTIME, in ns
        self.going = True
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        while self.going:
            # The narrowest of five readings: the first one may have cache misses, and a stall would spoil any of them.
            width, before, real = min(self.at_once() for _ in range(5))
            if width < 5_000:
                self.readings.append((real, self.page.nanoseconds(before + width // 2) - real))
            time.sleep(0.02)

    @staticmethod
    def at_once():
        """Returns a reading of both system clocks: its duration in ns, the monotonic time at its start, and the time of day."""
        before = time.monotonic_ns()
        real = time.time_ns()
        return time.monotonic_ns() - before, before, real

    def end(self):
        self.going = False
        self.thread.join()
        return self.readings


def window(packets, begin, end=None):
    """Returns the packets that arrived between two times of day in nanoseconds."""
    return [packet for packet in packets if packet[0] >= begin and (end is None or packet[0] < end)]


def expect_time_of_master(readings, *windows):
    """Checks that the timestamps are the master's media clock, within the lock threshold (SRV-04).

    The arrival of a packet is later than its last frame by the time for wake-up, write and transport. This delay is measured with the
    sender's published clock, from which the timestamps are counted, and subtracted from the packet's distance to the master's time. The
    remainder is the error of the timestamps. No packet may arrive before its time.
    """
    for packets, shift in windows:
        times = [real for real, _ in readings]
        errors, ways = [], []
        for at, _, stamp in packets[::10]:
            near = bisect.bisect(times, at)
            if not 0 < near < len(times) or times[near] - times[near - 1] > 200_000_000:
                continue
            ahead = readings[near][1] if times[near] - at < at - times[near - 1] else readings[near - 1][1]
            way = signed_frames(at + ahead, stamp) / 48_000 * 1e9
            ways.append(way)
            errors.append(signed_frames(at + shift, stamp) / 48_000 * 1e9 - way)
        assert len(errors) > 50, "too few packets"
        middle, worst = numpy.median(errors), numpy.percentile(numpy.abs(errors), 95)
        print(f"stamps against the master's clock: median {middle / 1000:+.1f} us, 95 % within {worst / 1000:.1f} us; "
              f"delay at least {min(ways) / 1000:.1f} us, median {numpy.median(ways) / 1000:.1f} us")
        assert abs(middle) < LOCK_NS and worst < LOCK_NS, (middle, worst)
        # Timestamps are multiples of 16 frames, so a wrong one would be wrong by at least 333 us.
        assert -1_000 < min(ways) < 300_000, min(ways)
        assert all(stamp % 16 == 0 for _, _, stamp in packets)  # 2^32 is a multiple of 16, not of 48


def test_grandmasters_change(scene):
    """A better grandmaster appears and is lost, the first one is lost and returns, and then a's link is down. Only the link failure causes a gap."""
    scene.begin()
    begun = scene.troubles()
    second = scene.grandmaster("second", 10)
    scene.follow(second)
    second.process.stop(9)
    scene.follow(scene.first)
    scene.first.process.stop(9)
    for host in (scene.a, scene.b):
        host.daemon.wait_status(lambda s: s["ptp"]["state"] == "master", "both hosts to be masters", timeout=5)
    back = scene.grandmaster("again", 20)
    scene.follow(back)
    assert scene.rebased() == [0, 0]
    assert all(now <= before for now, before in zip(scene.troubles(), begun))
    scene.excuse_drops()
    sh("ip", "-n", scene.w.namespace, "link", "set", "left", "down")
    time.sleep(0.6)
    sh("ip", "-n", scene.w.namespace, "link", "set", "left", "up")
    scene.follow(back)
    locked_at = time.time_ns()
    time.sleep(1)
    untimely = scene.untimely()
    packets, runs = scene.end()
    assert scene.rebased() == [0, 0]
    assert jumps(packets) == []
    expect_time_of_master(scene.readings, (window(packets, 0, scene.began), 0), (window(packets, locked_at), 0))
    assert untimely == 0
    # All of the pattern has the same offset, before and after the gap.
    assert len(set(pieces.offsets(runs))) == 1, pattern.describe(runs)
    assert all(run.kind != "torn" for run in runs), pattern.describe(runs)
    sounding = [run for run in runs if run.kind == "intact"]
    gaps = [after.start - before.end for before, after in zip(sounding, sounding[1:])]
    assert sum(gap >= 0.5 * 48_000 for gap in gaps) == 1, pattern.describe(runs)
    assert len(gaps) == 1 or scene.dropped()[0] > 0, pattern.describe(runs)


def test_steps_of_time(scene):
    """Two steps of the machine's time of day have no effect.

    A step of the grandmaster's time causes one counted jump. A grandmaster with another epoch, such as a Dante device, causes another one.
    """
    scene.begin()
    begun = scene.troubles()
    for step in (5_000_000_000, -3_600_000_000_000):
        shift_time(scene.stepper, step)
        time.sleep(1.5)
    assert scene.rebased() == [0, 0]
    assert all(locked(host.daemon.fresh_status()) for host in (scene.a, scene.b))
    assert all(now <= before for now, before in zip(scene.troubles(), begun))
    scene.excuse_drops()

    far = -1_000_000_000_000
    scene.first.set(far)
    for host in (scene.a, scene.b):
        host.daemon.wait_status(lambda s: s["ptp"]["lastRebase"]["cause"] == "epoch" and locked(s), "the new epoch", timeout=15)
    assert scene.rebased() == [1, 1]
    first = time.time_ns()
    time.sleep(1)
    second_at = time.time_ns()
    uptime = -time.time_ns() + 4_000_000_000_000
    second = scene.grandmaster("second", 10, shift=uptime)
    scene.follow(second)
    assert scene.rebased() == [1, 1]
    assert {host.daemon.status()["ptp"]["lastRebase"]["cause"] for host in (scene.a, scene.b)} == {"master"}
    third = time.time_ns()
    time.sleep(1.5)
    scene.excuse_drops()
    dropped = scene.dropped()[0] > scene.dropped_before[0]
    packets, runs = scene.end()
    found = jumps(packets)
    frames = [far * 48 // 1_000_000, (uptime - far) * 48 // 1_000_000]
    assert len(found) == 2, found
    # Packets begin at multiples of their length before and after a step (CLK-06), so a jump is exact to less than a packet.
    for jump, expected in zip(found, frames):
        assert abs(signed(jump - expected, 32)) <= PACKET, (found, frames)
    expect_time_of_master(scene.readings, (window(packets, 0, scene.began), 0), (window(packets, first, second_at), far),
                          (window(packets, third), uptime))
    pieces.expect_pieces(runs, jumps=len(frames), dropped=dropped)
