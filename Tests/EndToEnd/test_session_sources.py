# SPDX-License-Identifier: MIT
"""Other sources of SDP: URLs of valid and hostile servers, and compressed announcements."""

import json
import pathlib
import socket
import struct
import time
import zlib

import pytest

from harness.control import run_command
from harness.daemon import Daemon, configuration, runs
from harness.network import wait_for
from test_sessions import announce, expect_sound, heard, sessions, stage

pytestmark = pytest.mark.calm

PAGES = pathlib.Path(__file__).resolve().parent / "harness" / "pages.py"
# A port on host a, from which host b fetches.
URL = "http://10.67.0.1:8090"


def serve(host, sdp, port=8090):
    host.path("stage.sdp").write_text(sdp, newline="")
    server = host.spawn("/usr/bin/python3", PAGES, port, host.path("stage.sdp"), name="pages")
    wait_for(lambda: "ready" in server.output, "the server")
    return server


def receive(host, install, *targets):
    receivers = [{"name": target, "sdp-url": f"{URL}/{target}" if "/" not in target else target, "channels": 2,
                  "first-channel": 1 + 2 * index} for index, target in enumerate(targets)]
    return Daemon(host, install, configuration(host=2, senders=[], receivers=receivers, ptp={"mode": "off"})).start()


def own_description(daemon, address="239.69.5.1"):
    return heard(daemon, "Stage", lambda s: s["streams"][0]["address"] == address)["sdp"]


def test_subscription_by_url(network, install):
    """The SDP is fetched by http through a redirect, and again when no packets arrive; the receiver then follows its new address."""
    a, b = network.a, network.b
    announce(a, install).settle()
    server = serve(a, own_description(a.daemon))
    listener = receive(b, install, "elsewhere")
    def at(address):
        return lambda s: (s.receiver("elsewhere")["address"], runs(s.receiver("elsewhere"))) == (address, True)
    listener.wait_status(at("239.69.5.1"), "the stream", 10)
    expect_sound(a, b)
    asked = server.output.count("GET /stage")
    a.daemon.kill()
    announce(a, install, stage("239.69.5.7")).settle()
    a.path("stage.sdp").write_text(own_description(a.daemon, "239.69.5.7"), newline="")
    listener.wait_status(at("239.69.5.7"), "the stream at its new address", 15)
    assert server.output.count("GET /stage") > asked
    expect_sound(a, b)


def test_an_unreceivable_session_is_logged_once(network, install):
    """A session that this host cannot receive is logged with the reason, again only if the reason changes."""
    a, b = network.a, network.b
    announce(a, install).settle()
    described = own_description(a.daemon)
    server = serve(a, described.replace("/48000", "/96000"))
    listener = receive(b, install, "elsewhere")
    words = "receiver elsewhere: "
    wait_for(lambda: words in listener.log and "96000 Hz" in listener.log.split(words)[1].splitlines()[0], "the reason", 10)
    asked = server.output.count("GET /stage")
    a.path("stage.sdp").write_text(described.replace("/48000", "/88200"), newline="")
    for _ in range(10):
        listener.fresh_status()
    wait_for(lambda: server.output.count("GET /stage") > asked, "another request", 10)
    wait_for(lambda: "88200 Hz" in listener.log, "the other reason", 10)
    assert listener.log.count(words) == 2, listener.log
    # `subscribe` reports the reason as well, by its output and exit status.
    done = run_command(b, install, "subscribe", "--sdp-url", f"{URL}/stage", "--to", "33", check=False)
    assert done.returncode == 1 and "not receivable" in done.stdout and "88200 Hz" in done.stdout, done


def test_hostile_servers(network, install):
    """Each hostile server gets an error in its receiver. Memory stays bounded, and another stream continues without loss."""
    a, b = network.a, network.b
    announce(a, install).settle()
    serve(a, own_description(a.daemon))
    reasons = {
        "endless": "more than 16384 bytes", "endless-header": "/endless-header: ", "slow": "no complete answer within 5",
        "short": "ended at an unexpected time", "loop": "more than 3 redirects", "secure": "https is not supported",
        "nonsense": "line 5:", "absent": "404", "http://10.67.0.1:9/x": "does not answer on port 9",
    }
    listener = receive(b, install, "stage", *reasons)
    def said(status):
        return {name: status.receiver(name).get("error") or "" for name in reasons}
    def all_said():
        return all(words in said(listener.status())[name] for name, words in reasons.items())
    try:
        wait_for(all_said, "an error in each receiver", 15)
    except AssertionError as error:
        raise AssertionError(f"{error}: {said(listener.status())}") from None
    status = listener.status()
    assert all(status.receiver(name)["state"] in ("waiting", "notReceivable") for name in reasons)
    assert runs(status.receiver("stage"))
    before = listener.fresh_status().receiver("stage")
    with open(f"/proc/{listener.pid}/status") as file:
        resident = next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
    time.sleep(3)  # the servers are asked again meanwhile
    after = listener.fresh_status().receiver("stage")
    with open(f"/proc/{listener.pid}/status") as file:
        assert next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) - resident < 20_000
    assert after["inTime"] > before["inTime"]
    assert [after[count] - before[count] for count in ("lost", "late", "resyncs")] == [0, 0, 0]


SEND = """
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.67.0.1"))
for line in sys.argv[1:]:
    s.sendto(bytes.fromhex(line), ("239.255.255.255", 9875))
"""


def test_compressed_announcements(network, install):
    """SAP-05: compressed announcements with and without a payload type, and one that expands to megabytes."""
    a, b = network.a, network.b
    listener = receive(b, install)
    assert sessions(listener) == []  # waits until the daemon listens
    def sdp(number):
        return (f"v=0\r\no=- {number} 1 IN IP4 10.67.0.77\r\ns=Packed {number}\r\nt=0 0\r\nm=audio 5004 RTP/AVP 98\r\n"
                "c=IN IP4 239.70.0.1/32\r\na=rtpmap:98 L24/48000/2\r\na=ptime:1\r\n").encode()
    def packet(number, body):
        return (struct.pack(">BBH4s", 0x21, 0, number, socket.inet_aton("10.67.0.77")) + body).hex()
    kind = b"application/sdp\0"
    a.spawn("/usr/bin/python3", "-c", SEND,
            packet(1, zlib.compress(kind + sdp(1))), packet(2, kind + zlib.compress(sdp(2))),
            packet(3, zlib.compress(sdp(3) + b"a=x\r\n" * 1_000_000)[:1400]),
            packet(4, zlib.compress(b"v=0\r\n" * 2_000)), packet(5, b"no zlib")).wait()
    assert heard(listener, "Packed 1")["streams"][0]["address"] == "239.70.0.1"
    assert heard(listener, "Packed 2")["sdp"] == sdp(2).decode()
    def counted():
        return json.loads((listener.runtime / "sessions.json").read_text())["counts"] if sessions(listener) else {}
    wait_for(lambda: (counted().get("compressed"), counted().get("malformed")) == (5, 3), "the counts", 10)
    assert {s["name"] for s in sessions(listener)} == {"Packed 1", "Packed 2"}
