# SPDX-License-Identifier: MIT
"""The daemon's RTP packets on the network, as dissected by tshark: header fields and timing."""

import statistics
import time

import pytest

from harness import peers

FIELDS = ["ip.dst", "rtp.seq", "rtp.timestamp", "ip.ttl", "ip.dsfield.dscp", "ip.flags.df", "ip.flags.mf",
          "ip.frag_offset", "rtp.p_type", "rtp.ssrc", "udp.length", "rtp.version", "rtp.padding", "rtp.ext", "rtp.cc",
          "rtp.marker", "frame.time_epoch"]
TAI_MINUS_UTC = 37


@pytest.mark.parametrize("packet_time,frames,network_keys,ttl,dscp", [
    ("1ms", 48, {}, 32, 34),
    ("250us", 12, {"ttl": 17, "dscp": 46}, 17, 46),
])
def test_all_packets_of_all_streams(lone, network, witness, packet_time, frames, network_keys, ttl, dscp):
    file = network.b.path("c.pcapng")
    a = lone(streams={"packet-time": packet_time}, network=network_keys)
    dump, began = peers.start_capture(network.b, file), time.monotonic_ns()
    time.sleep(2.5)
    dump.stop(2)
    unseen = peers.capture_lost(dump)
    ended = time.monotonic_ns()
    status = a.daemon.fresh_status()
    # Without the first 0.1 s: packets are missing in the capture while the kernel installs its filter.
    rows = [dict(zip(FIELDS, row)) for row in peers.dissect(file, FIELDS, only="rtp and frame.time_relative > 0.1")]
    streams = {}
    for row in rows:
        streams.setdefault(row["ip.dst"], []).append(row)
    assert sorted(streams) == [f"239.69.1.{n}" for n in range(1, 9)]
    lateness, absent = [], {}
    for address, packets in streams.items():
        assert len(packets) > 1.5 * 48_000 / frames, f"{address}: only {len(packets)} packets"
        expect_constant(address, packets, {
            "ip.ttl": str(ttl), "ip.dsfield.dscp": str(dscp), "ip.flags.df": "1", "ip.flags.mf": "0",
            "ip.frag_offset": "0", "rtp.p_type": "98", "udp.length": str(8 + 12 + frames * 8 * 3), "rtp.version": "2",
            "rtp.padding": "0", "rtp.ext": "0", "rtp.cc": "0", "rtp.marker": "0"})
        assert len({packet["rtp.ssrc"] for packet in packets}) == 1
        absent[address] = []
        for earlier, later in zip(packets, packets[1:]):
            step = (int(later["rtp.seq"]) - int(earlier["rtp.seq"])) % 2**16
            assert (int(later["rtp.timestamp"]) - int(earlier["rtp.timestamp"])) % 2**32 == step * frames, address
            absent[address] += [(int(earlier["rtp.seq"]) + more) % 2**16 for more in range(1, step)]
        assert int(packets[0]["rtp.timestamp"]) % frames == first_timestamp_rest(packets[0], frames)
        lateness += [lateness_frames(packet, frames) for packet in packets]
    # Packets that a stall made too late are dropped and counted; sequence numbers and timestamps advance as if they were sent.
    dropped = {address: status.sender(address)["dropped"] for address in streams}
    unexplained = sum(max(0, len(numbers) - dropped[address]) for address, numbers in absent.items())
    assert unexplained <= unseen, f"packets are missing: {absent}, dropped: {dropped}, not seen by the capture: {unseen}"
    ssrcs = {packets[0]["rtp.ssrc"] for packets in streams.values()}
    assert len(ssrcs) == len(streams), "two streams have one SSRC"
    # A packet must not leave before its samples exist; one frame is allowed for the capture's clock.
    assert min(lateness) >= -1, f"sent {-min(lateness):.1f} frames before its last sample"
    assert statistics.median(lateness) <= frames, "the median packet leaves later than a packet time"
    # Packets older than the allowed lateness are dropped. A stall after the check can delay one round, which is at most 17 packets of each
    # stream.
    belated = sum(late > 17 * min(48, frames) + 48 for late in lateness)
    stalls = len(witness.stalls(began, ended)) if belated else 0
    assert belated <= 17 * len(streams) * stalls, f"{belated} packets left too late, and the machine stalled {stalls} times"


def expect_constant(address, packets, expected):
    for key, value in expected.items():
        seen = {packet[key].replace("True", "1").replace("False", "0").removeprefix("0x") for packet in packets}
        assert seen == {value}, f"{address}: {key} is {seen}, not {value}"


def first_timestamp_rest(packet, frames):
    """Returns the expected remainder of a timestamp by the packet length.

    Packets begin at multiples of their length in media frames, which are 2^32 k more than the timestamp.
    """
    media = (float(packet["frame.time_epoch"]) + TAI_MINUS_UTC) * 48_000
    wraps = round((media - int(packet["rtp.timestamp"])) / 2**32)
    return -(wraps * 2**32) % frames


def lateness_frames(packet, frames):
    """Returns the frames between the end of the packet's last sample and the time of the packet."""
    media = (float(packet["frame.time_epoch"]) + TAI_MINUS_UTC) * 48_000
    late = (media - int(packet["rtp.timestamp"]) - frames) % 2**32
    return late - 2**32 if late > 2**31 else late
