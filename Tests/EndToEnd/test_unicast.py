# SPDX-License-Identifier: MIT
"""Unicast streams whose destination refuses packets, starts to listen, or does not exist. Other streams must not be affected."""

import time

from harness import pattern, peers, session
from harness.daemon import Daemon, configuration, runs
from harness.network import wait_for

DIRECT = {"name": "direct", "address": "10.67.0.2", "port": 5010, "channels": 2}
OTHER = {"name": "other", "address": "239.69.5.2", "channels": 2, "first-channel": 3}
LISTENER = """
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("10.67.0.2", 5010))
s.settimeout(20)
s.recv(2000)
print("heard", time.monotonic(), flush=True)
while True:
    s.recv(2000)
"""


def start(network, install, *senders):
    """Starts a daemon on a with these senders and the stream OTHER, and one on b that receives OTHER."""
    Daemon(network.a, install, configuration(senders=[*senders, OTHER], receivers=[])).start()
    Daemon(network.b, install, configuration(host=2, senders=[], receivers=[OTHER])).start()
    network.b.daemon.wait_status(lambda s: s["receivers"][0]["inTime"] > 50, "the other stream")


def expect_no_disturbance(network):
    other = network.b.daemon.fresh_status()["receivers"][0]
    assert (other["lost"], other["late"], other["resyncs"]) == (0, 0, 0), other
    sender = network.a.daemon.fresh_status().sender("other")
    assert (sender["sendErrors"], sender["withheld"], sender["state"]) == (0, 0, "sending"), sender


def sent(network, seconds):
    """Returns the number of packets sent to the unicast port in this time."""
    file = network.b.path(f"{time.monotonic_ns()}.pcapng")
    dump = peers.start_capture(network.b, file, expression="udp dst port 5010")
    time.sleep(seconds)
    dump.stop(2)
    return len(peers.dissect(file, ["udp.srcport"], port=5010))


def test_a_refused_stream_pauses_until_the_port_is_open(network, install):
    """SND-04: a refused stream pauses with a reason, is tried again every five seconds, and continues when a program listens."""
    start(network, install, DIRECT)
    daemon = network.a.daemon
    refused = daemon.wait_status(lambda s: "refuses" in (s.sender("direct").get("error") or ""), "the refusal")
    assert "10.67.0.2:5010 refuses the stream" in refused.sender("direct")["error"]
    assert refused.sender("direct")["state"] == "refused"
    assert sent(network, 1.5) == 0
    assert daemon.log.count("10.67.0.2:5010 refuses") == 1
    expect_no_disturbance(network)
    listener = network.b.spawn("/usr/bin/python3", "-c", LISTENER)
    wait_for(lambda: "heard" in listener.output, "the stream to be tried again", 8)
    daemon.wait_status(lambda s: runs(s.sender("direct")), "the sender to run", 9)
    before = daemon.fresh_status().sender("direct")
    listener.stop()
    daemon.wait_status(lambda s: "refuses" in (s.sender("direct").get("error") or ""), "the second refusal")
    assert before["withheld"] > 1000, "packets that were not sent must be counted"
    expect_no_disturbance(network)


def test_a_receiver_started_later_gets_the_stream(network, install):
    """A receiver that starts after the stream was refused receives it, and the audio is exact."""
    start(network, install, DIRECT)
    network.a.daemon.wait_status(lambda s: "refuses" in (s.sender("direct").get("error") or ""), "the refusal")
    network.b.daemon.stop()
    Daemon(network.b, install, configuration(host=2, senders=[], receivers=[DIRECT])).start()
    network.a.daemon.wait_status(lambda s: runs(s.sender("direct")), "the sender to run", 13)
    signal = pattern.Pattern(2)
    recorder, sink = session.start_recording(network.b, pcm="aes67:CH=2", channels=2)
    session.play_pattern(network.a, signal.frames(24_000), pcm="aes67:CH=2", channels=2).wait()
    session.hear_out(network.b, recorder, sink)
    session.finish(recorder)
    pattern.expect_whole(signal, pattern.read(sink, "S32_LE", 2), 24_000)


def test_a_destination_without_a_host(network, install):
    """If no host answers to ARP, the stream reports it and continues; other streams are not affected."""
    start(network, install, {**DIRECT, "address": "10.67.0.99"}, {**DIRECT, "name": "far", "address": "10.99.0.1"})
    daemon = network.a.daemon
    status = daemon.wait_status(lambda s: "does not answer" in (s.sender("direct").get("error") or ""), "the error about the missing host", 8)
    assert "10.67.0.99 does not answer (No route to host); still sending" in status.sender("direct")["error"]
    assert "Network is unreachable" in status.sender("far")["error"]
    expect_no_disturbance(network)
    # Once a host has the address, the stream arrives there and the error is cleared.
    network.b.run("ip", "addr", "add", "10.67.0.99/24", "dev", "net0")
    listener = network.b.spawn("/usr/bin/python3", "-c", LISTENER.replace("10.67.0.2", "10.67.0.99"))
    wait_for(lambda: "heard" in listener.output, "the stream", 8)
    daemon.wait_status(lambda s: runs(s.sender("direct")), "the sender to run", 17)
    expect_no_disturbance(network)


def test_a_receiver_whose_address_is_removed(network, install):
    """A unicast receiver whose address is removed reports it, and runs again when the address is back."""
    network.b.run("ip", "addr", "add", "10.67.0.77/24", "dev", "net0")
    there = {**DIRECT, "address": "10.67.0.77"}
    Daemon(network.b, install, configuration(host=2, senders=[], receivers=[there])).start()
    Daemon(network.a, install, configuration(senders=[there], receivers=[])).start()
    daemon = network.b.daemon
    daemon.wait_status(lambda s: s["receivers"][0]["inTime"] > 50, "the stream")
    network.b.run("ip", "addr", "del", "10.67.0.77/24", "dev", "net0")
    words = "this host does not have that address"
    daemon.wait_status(lambda s: words in (s["receivers"][0].get("error") or ""), words)
    network.b.run("ip", "addr", "add", "10.67.0.77/24", "dev", "net0")
    heard = daemon.wait_status(lambda s: runs(s["receivers"][0]), "the receiver to run")["receivers"][0]
    daemon.wait_status(lambda s: s["receivers"][0]["inTime"] > heard["inTime"] + 50, "the stream again", 12)
