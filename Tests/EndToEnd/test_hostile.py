# SPDX-License-Identifier: MIT
"""Hostile programs and packets: they are refused with a reason and counted, and do not disturb others."""

import re
import time

import pytest

from harness import pattern, rtp, session
from harness.network import wait_for

STEREO = {"pcm": "aes67:CH=2", "channels": 2}


@pytest.mark.parametrize("mode", ["garbage", "wild", "memory", "foreign", "silent"])
def test_hostile_client(pair, tools, mode):
    """While a hostile client is connected, another player's audio is exact, and the daemon keeps running."""
    a, b = pair()
    signal = pattern.Pattern(2)
    recorder, sink = session.start_recording(b, **STEREO)
    hostile = a.spawn(tools.hostile, a.daemon.socket, mode)
    time.sleep(0.2)
    # Channels 9 and 10, because the hostile client may play on channels 1 and 2.
    player = session.play_pattern(a, signal.frames(48_000), pcm="aes67:CH=2,FIRST=9", channels=2)
    listener, file = session.start_recording(b, name="listened.raw", pcm="aes67:CH=2,FIRST=9", channels=2)
    a.daemon.client(player)
    player.wait(10)
    hostile.wait(10)
    session.hear_out(b, recorder, sink)
    session.finish(recorder)
    session.finish(listener)
    part = pattern.expect_part(signal, pattern.read(file, "S32_LE", 2), 12_000)
    assert part.frame + part.length == 48_000
    status = a.daemon.fresh_status()
    wait_for(lambda: not a.daemon.fresh_status()["clients"], "the slots to be free")
    assert all(-2**63 <= s["packets"] < 2**63 for s in status["senders"])
    assert not re.search(r"(?i)fatal|crash|trap", a.daemon.log)


def test_a_flood_of_silent_connections(lone, tools):
    """After a flood of connections that send nothing, a program can connect and play."""
    a = lone()
    flood = [a.spawn(tools.hostile, a.daemon.socket, "silent") for _ in range(3)]
    for program in flood:
        program.wait(10)
    player = session.play_pattern(a, pattern.Pattern(2).frames(24_000), **STEREO)
    a.daemon.client(player)
    player.wait(5)


STREAM = {"name": "one", "address": "239.69.6.1", "channels": 2, "alignment": "arrival", "payload-type": 98,
          "source": "10.67.0.1"}
GOOD = pattern.encode(pattern.Pattern(2).frames(48), "S24_3BE")


def send(network, packets, name="script"):
    script = rtp.script(network.a.path(name), packets)
    network.a.spawn("/usr/bin/python3", rtp.__file__, STREAM["address"], 5004, "10.67.0.1", script).wait(20)
    time.sleep(0.3)


def receiver(network, lone, **more):
    b = lone(host=network.b, senders=[], receivers=[{**STREAM, **more}])
    return lambda: b.daemon.fresh_status()["receivers"][0]


MALFORMED = {
    "nothing": b"",
    "one byte": b"\x80",
    "no whole header": rtp.packet(0, 0, b"")[:11],
    "version 1": rtp.packet(0, 0, GOOD, version=1),
    "no samples": rtp.packet(0, 0, b""),
    "half a sample": rtp.packet(0, 0, GOOD[:-1]),
    "half a frame": rtp.packet(0, 0, GOOD[:-3]),
    "fifteen CSRCs that are not there": rtp.packet(0, 0, b"\0" * 8)[:1].replace(b"\x80", b"\x8f") + rtp.packet(0, 0, b"\0" * 8)[1:],
    "an extension beyond the end": b"\x90" + rtp.packet(0, 0, b"")[1:] + b"\xbe\xde\xff\xff" + bytes(12),
    "padding longer than the packet": b"\xa0" + rtp.packet(0, 0, b"")[1:] + GOOD[:-1] + b"\xff",
    "padding of nothing": b"\xa0" + rtp.packet(0, 0, b"")[1:] + GOOD[:-1] + b"\x00",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_packets_are_counted(lone, network, name):
    look = receiver(network, lone)
    send(network, [(n / 100, MALFORMED[name]) for n in range(10)])
    seen = look()
    assert (seen["malformed"], seen["packets"], seen["inTime"]) == (10, 10, 0), seen


def test_unusual_valid_packets_are_played(lone, network):
    """Packets with CSRCs, header extensions, padding and markers are valid and are played (RTP-01)."""
    look = receiver(network, lone)
    shapes = [{}, {"csrcs": (1, 2)}, {"extension": bytes(8)}, {"padding": 5}, {"marker": 1},
              {"csrcs": (7,), "extension": bytes(4), "padding": 1, "marker": 1}]
    send(network, [(n / 1000, rtp.packet(n, n * 48, GOOD, **shapes[n % len(shapes)])) for n in range(120)])
    seen = look()
    assert (seen["inTime"], seen["packets"], seen["malformed"], seen["lost"]) == (120, 120, 0, 0), seen


def test_another_payload_type_is_malformed(lone, network):
    look = receiver(network, lone)
    send(network, [(n / 1000, rtp.packet(n, n * 48, GOOD, payload_type=111)) for n in range(20)])
    seen = look()
    assert (seen["malformed"], seen["packets"], seen["inTime"]) == (20, 20, 0), seen


@pytest.mark.parametrize("source,counted", [("any", 30), ("10.67.0.1", 0)])
def test_packets_of_a_second_sender_are_foreign(lone, network, source, counted):
    """A second sender on the same group does not disturb the first. With a source in the receiver's settings, the kernel discards its packets."""
    network.a.run("ip", "addr", "add", "10.67.0.77/24", "dev", "net0")
    look = receiver(network, lone, source=source)
    good = rtp.script(network.a.path("good"), [(n / 1000, rtp.packet(n, n * 48, GOOD)) for n in range(3000)])
    first = network.a.spawn("/usr/bin/python3", rtp.__file__, STREAM["address"], 5004, "10.67.0.1", good)
    wait_for(lambda: look()["inTime"] > 50, "the first sender")
    other = rtp.script(network.a.path("other"), [(0, rtp.packet(n, n * 48 + 77, GOOD, ssrc=1)) for n in range(30)])
    network.a.run("/usr/bin/python3", "-c", FROM_ELSEWHERE, STREAM["address"], other)
    first.wait(10)
    time.sleep(0.3)
    seen = look()
    assert (seen["foreign"], seen["inTime"], seen["packets"]) == (counted, 3000, 3000 + counted), seen


FROM_ELSEWHERE = """
import pathlib, socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("10.67.0.77", 0))
for line in pathlib.Path(sys.argv[2]).read_text().splitlines():
    s.sendto(bytes.fromhex(line.split()[1]), (sys.argv[1], 5004))
"""


def test_wild_timestamps(lone, network):
    """After jumps of the RTP timestamp, each packet is counted in one class, and the next valid stream is played."""
    look = receiver(network, lone)
    wild = [0, 2**31, 2**32 - 1, 2**31 - 1, 2**31 + 1, 123, 4_000_000_000, 48_000 * 3]
    send(network, [(n / 1000, rtp.packet(n, wild[n % len(wild)] + n * 48, GOOD)) for n in range(400)])
    before = look()
    send(network, [(n / 1000, rtp.packet(n, n * 48, GOOD, ssrc=99)) for n in range(1000)], "good")
    seen = look()
    classes = ["inTime", "late", "early", "duplicate", "foreign", "malformed"]
    assert seen["packets"] == sum(seen[c] for c in classes) == 1400, seen
    assert seen["inTime"] - before["inTime"] >= 900, (before, seen)


def test_timestamp_and_sequence_wrap(lone, network):
    """RTP timestamps wrap at 2^32 and sequence numbers at 2^16 without a dropout (RTP-02, RTP-03)."""
    look = receiver(network, lone)
    send(network, [(n / 1000, rtp.packet(65_536 - 100 + n, 2**32 - 100 * 48 + n * 48, GOOD)) for n in range(300)])
    seen = look()
    assert (seen["inTime"], seen["lost"], seen["reordered"], seen["resyncs"]) == (300, 0, 0, 0), seen
