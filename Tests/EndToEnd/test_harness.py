# SPDX-License-Identifier: MIT
"""The test bench without the daemon: signal generators, receivers and impairments work as the other tests assume."""

import json
import threading
import time

import pytest

from harness import daemon as daemons
from harness import pattern, peers, rtp
from harness.network import wait_for


def send_and_decode(network, decoder, sender):
    receiver = network.b.spawn(*decoder)
    time.sleep(0.7)
    network.a.spawn(*sender).wait(30)
    time.sleep(0.3)
    receiver.stop(2)


@pytest.mark.parametrize("packet_ns", [125_000, 1_000_000])
@pytest.mark.parametrize("channels", [2, 8])
def test_gstreamer_to_gstreamer(network, channels, packet_ns):
    signal = pattern.Pattern(channels)
    source, sink = network.a.path("out.raw"), network.b.path("in.raw")
    pattern.write(source, signal.frames(24_000), "S24_3BE")
    send_and_decode(
        network, peers.gst_receive(sink, "239.69.1.1", channels, "net0"),
        peers.gst_send(source, "239.69.1.1", channels, "net0", packet_ns))
    assert pattern.expect_whole(signal, peers.read_gst(sink, channels), 24_000) == 0


@pytest.mark.parametrize("encoding,bits", [("L24", 24), ("L16", 16)])
def test_gstreamer_to_ffmpeg(network, encoding, bits):
    signal = pattern.Pattern(8, bits)
    source, sink = network.a.path("out.raw"), network.b.path("in.raw")
    pattern.write(source, signal.frames(48_000), "S24_3BE" if bits == 24 else "S16_BE")
    network.b.path("x.sdp").write_text(peers.sdp("239.69.1.1", 8, encoding=encoding))
    send_and_decode(
        network, peers.ffmpeg_receive(network.b.path("x.sdp"), sink, 3),
        peers.gst_send(source, "239.69.1.1", 8, "net0", encoding=encoding))
    # ffmpeg discards the packets from which it has detected the format.
    pattern.expect_part(signal, pattern.read(sink, "S32_LE", 8), 12_000)


def test_tshark_captures_sent_packets(network):
    signal = pattern.Pattern(8)
    source, capture = network.a.path("out.raw"), network.b.path("c.pcapng")
    pattern.write(source, signal.frames(4_800), "S24_3BE")
    dump = peers.start_capture(network.b, capture)
    network.a.spawn(*peers.gst_send(source, "239.69.1.1", 8, "net0", timestamp_offset=2911906980)).wait()
    time.sleep(0.5)
    dump.stop(2)
    packets = peers.dissect(capture, ["rtp.seq", "rtp.timestamp", "ip.ttl", "rtp.p_type"])
    assert len(packets) == 100
    assert packets[0] == ("65000", "2911906980", "32", "98")
    assert all(int(q[0]) - int(p[0]) == 1 and int(q[1]) - int(p[1]) == 48 for p, q in zip(packets, packets[1:]))


def test_wire_drops_duplicates_and_delays(wired, misbehave):
    wire = misbehave("lose:10:3", "double:10:5", "delay:10:7:5")
    wire.begin()
    capture = wired.b.path("c.pcapng")
    dump = peers.start_capture(wired.b, capture)
    packets = [(n / 1000, rtp.packet(n, n * 48, bytes(48))) for n in range(1000)]
    script = rtp.script(wired.a.path("script"), packets)
    wired.a.spawn("/usr/bin/python3", rtp.__file__, "239.69.1.1", 5004, "10.67.0.1", script).wait()
    time.sleep(0.3)
    assert wire.end() == [100, 100, 100]
    dump.stop(2)
    arrived = [int(p[0]) for p in peers.dissect(capture, ["rtp.seq"])]
    assert sorted(arrived) == sorted([n for n in range(1000) if n % 10 != 3] + [n for n in range(1000) if n % 10 == 5])
    late = [n for n, following in zip(arrived, arrived[1:]) if following < n]
    assert len(late) >= 90, "too few delayed packets arrived after later ones"


def test_nft_drops_by_sequence_number(network):
    network.b.run("nft", loss_rule(32, 5))
    capture = network.b.path("c.pcapng")
    dump = peers.start_capture(network.b, capture)
    script = rtp.script(network.a.path("script"), [(n / 1000, rtp.packet(n, n * 48, bytes(48))) for n in range(320)])
    network.a.spawn("/usr/bin/python3", rtp.__file__, "239.69.1.1", 5004, "10.67.0.1", script).wait()
    dump.stop(2)
    assert "packets 10 " in network.b.run("nft", "list", "ruleset").stdout


def loss_rule(modulus, rest, interface="net0"):
    """Returns an nft rule set that drops received RTP packets by their sequence number."""
    return ("table netdev bench { chain loss { type filter hook ingress device " + f'"{interface}"' + " priority 0 ;\n"
            f"udp dport 5004 @th,80,16 & {modulus - 1} == {rest} counter drop\n" + "}\n}\n")


def test_a_fresh_status_is_newer_than_the_request(tmp_path):
    """`fresh_status` returns a state that was read after the call, even if the daemon is writing an older one at that moment."""
    daemon = daemons.Daemon.__new__(daemons.Daemon)
    daemon.runtime = tmp_path
    state, ended = {"number": 0}, threading.Event()

    def write():
        while not ended.is_set():
            text = json.dumps(state)
            time.sleep(0.1)
            draft = tmp_path / "draft"
            draft.write_text(text)
            draft.rename(daemon.status_file)
            time.sleep(daemons.PACE_NS / 1e9)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        wait_for(daemon.status_file.exists, "the first status")
        for number in range(1, 15):
            time.sleep(0.025 * number)  # calls at different moments of the writer's cycle
            state["number"] = number
            assert daemon.fresh_status()["number"] == number
    finally:
        ended.set()
        writer.join()
