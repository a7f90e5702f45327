# SPDX-License-Identifier: MIT
"""RTCP: sender reports, received receiver reports, and BYE (RTP-07)."""

import struct
import time

from harness import peers
from harness.daemon import Daemon, configuration, runs
from harness.network import wait_for

STREAM = {"name": "one", "address": "239.69.5.1", "channels": 2}
DIRECT = {"name": "direct", "address": "10.67.0.2", "port": 5010, "channels": 2, "first-channel": 3}
EPOCH = 2_208_988_800  # seconds from 1900 to 1970
FIELDS = ["ip.src", "ip.dst", "ip.dsfield.dscp", "ip.ttl", "rtcp.senderssrc", "rtcp.timestamp.ntp.msw",
          "rtcp.timestamp.ntp.lsw", "rtcp.timestamp.rtp", "rtcp.sender.packetcount", "rtcp.sender.octetcount",
          "rtcp.sdes.text", "rtcp.pt", "frame.time_epoch"]
REPORT = """
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.67.0.2"))
s.bind(("10.67.0.2", int(sys.argv[2])))
for data in sys.argv[3:]:
    s.sendto(bytes.fromhex(data), (sys.argv[1], int(sys.argv[2])))
"""


def receiver_report(about, reporter=0x22222222):
    """Returns an RR with one report block (RFC 3550, 6.4.2)."""
    return struct.pack(">BBHIIIIIII", 0x81, 201, 7, reporter, about, 0, 1000, 3, 0, 0).hex()


def capture(host, port):
    file = host.path(f"rtcp-{port}.pcapng")
    dump = peers.start_capture(host, file, expression=f"udp port {port}")

    def look(only="rtcp"):
        return [dict(zip(FIELDS, row)) for row in peers.dissect(file, FIELDS, port, only, "rtcp")]

    return dump, look


def number(text):
    return int(text.split(",")[0], 0)


def test_sender_reports(network, install):
    """Both timestamps of a sender report give the same time, its counts and names are correct, and the end of the stream sends a BYE."""
    dump, look = capture(network.b, 5005)
    Daemon(network.a, install, configuration(senders=[STREAM], receivers=[])).start().settle()
    # The first report is sent after half to one and a half of half the interval.
    wait_for(lambda: any(row["rtcp.pt"].startswith("200,") for row in look()), "a report", timeout=10, interval=0.5)
    asked = time.time()
    sender = network.a.daemon.fresh_status()["senders"][0]
    network.a.daemon.stop()
    time.sleep(0.3)
    dump.stop(2)
    packets = look()
    rows = [row for row in packets if row["rtcp.pt"].startswith("200,")]
    assert rows
    for row in rows:
        seconds, fraction = number(row["rtcp.timestamp.ntp.msw"]), number(row["rtcp.timestamp.ntp.lsw"])
        frames = (seconds - EPOCH) * 48_000 + round(fraction * 48_000 / 2**32)
        assert number(row["rtcp.timestamp.rtp"]) == frames % 2**32
        # PTP's time scale is TAI, which is 37 s ahead of UTC, independent of the machine's setting.
        assert abs(seconds - EPOCH + fraction / 2**32 - 37 - float(row["frame.time_epoch"])) < 0.5
        assert number(row["rtcp.senderssrc"]) == sender["ssrc"]
        assert number(row["rtcp.sender.octetcount"]) == number(row["rtcp.sender.packetcount"]) * 48 * 2 * 3
        assert 0 < number(row["rtcp.sender.packetcount"])
        assert number(row["rtcp.sender.packetcount"]) <= sender["packets"] or float(row["frame.time_epoch"]) > asked
        assert "aes67d@10.67.0.1" in row["rtcp.sdes.text"]
        assert (row["ip.src"], row["ip.dst"]) == ("10.67.0.1", "239.69.5.1")
        assert (row["ip.dsfield.dscp"], row["ip.ttl"]) == ("34", "32")
    parting = [row for row in packets if "203" in row["rtcp.pt"].split(",")]
    assert len(parting) == 1 and number(parting[0]["rtcp.senderssrc"]) == sender["ssrc"]
    assert look("_ws.malformed") == []


def test_receiver_reports_are_counted(network, install):
    """Receiver reports about a stream are counted, from the group and from a unicast receiver; other packets are ignored."""
    a, b = network.a, network.b
    # A socket on the unicast stream's port keeps the stream from being refused.
    listener = b.spawn("/usr/bin/python3", "-c", "import socket, time\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                       "s.bind(('10.67.0.2', 5010))\nprint('bound', flush=True)\ntime.sleep(60)\n")
    wait_for(lambda: "bound" in listener.output, "the listener to bind its port")
    Daemon(a, install, configuration(senders=[STREAM, DIRECT], receivers=[])).start().settle()
    time.sleep(0.5)
    status = a.daemon.fresh_status()
    ssrcs = {name: status.sender(name)["ssrc"] for name in ("one", "direct")}
    odd = ["00", "ff" * 40, receiver_report(1), receiver_report(ssrcs["one"])[:20]]
    b.run("/usr/bin/python3", "-c", REPORT, "239.69.5.1", 5005, *odd, *[receiver_report(ssrcs["one"])] * 3)
    b.run("/usr/bin/python3", "-c", REPORT, "10.67.0.1", 5011, *odd, receiver_report(ssrcs["direct"]))
    a.daemon.wait_status(lambda s: s.sender("one")["receiverReports"] >= 3, "the reports")
    time.sleep(0.3)
    status = a.daemon.fresh_status()
    assert {name: status.sender(name)["receiverReports"] for name in ssrcs} == {"one": 3, "direct": 1}
    assert all(runs(s) and s["sendErrors"] == 0 for s in status["senders"])


def test_streams_run_without_rtcp(network, install):
    """If RTCP's port is used by another program, or does not exist, the streams run without an error."""
    squatter = network.a.spawn("/usr/bin/python3", "-c", "import socket, time\n"
                               "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.bind(('', 5005))\n"
                               "print('bound', flush=True)\ntime.sleep(60)\n")
    wait_for(lambda: "bound" in squatter.output, "the other program to bind RTCP's port")
    last = {**STREAM, "name": "last port", "address": "239.69.5.2", "port": 65535, "first-channel": 3}
    Daemon(network.a, install, configuration(senders=[STREAM, last], receivers=[])).start().settle()
    Daemon(network.b, install, configuration(host=2, senders=[], receivers=[STREAM, last])).start()
    network.b.daemon.wait_status(lambda s: all(r["inTime"] > 100 for r in s["receivers"]), "both streams")
    status = network.a.daemon.fresh_status()
    assert all(runs(s) and "error" not in s for s in status["senders"])
