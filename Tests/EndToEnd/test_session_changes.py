# SPDX-License-Identifier: MIT
"""Changes of an announced session while other hosts receive it, and other programs that read its SDP."""

import pathlib
import time

from harness import control, gst_sdp, masters, pattern, peers, session
from harness.daemon import Daemon, configuration, runs
from harness.network import wait_for
from harness.ptp import FAST
from test_sessions import STEREO, announce, expect_sound, heard, receiver_when, stage, subscribe

MASTERS = pathlib.Path(masters.__file__)


def plays_on(listener, before, least=300):
    """Waits for further packets of the same stream; fails if packets were lost or the stream restarted. Returns the receiver."""
    after = receiver_when(listener, lambda r: r["inTime"] >= before["inTime"] + least, "more of the same stream")
    assert runs(after) and after["ssrc"] == before["ssrc"]
    assert [after[count] - before[count] for count in ("lost", "late", "resyncs")] == [0, 0, 0], (before, after)
    return after


def test_a_sender_is_renamed(network, install):
    """SAP-09: a new name of a sender is announced at once as the same session, and receivers continue."""
    a, b = network.a, network.b
    announce(a, install).settle()
    listener = subscribe(b, install)
    receiver_when(listener, lambda r: runs(r) and r["inTime"] > 100, "the session")
    first = heard(listener, "Stage")
    before, began = listener.fresh_status().receiver("from stage"), time.monotonic()
    answer = control.Control(a.daemon).ask("PATCH", "/v1/senders/by-name/Stage", {"name": "Stage right"})
    assert answer.status == 200, answer.text
    renamed = heard(listener, "Stage right")
    assert time.monotonic() - began < 3, "the announcement took more than 3 s"
    assert (renamed["origin"], renamed["version"]) == (first["origin"], first["version"] + 1)
    after = plays_on(listener, before)
    assert "no longer announced" in after["error"], "the receiver must report that its session, by the old name, is gone"


def test_another_grandmaster(network, install):
    """SDP-07, SAP-09: the SDP names a new grandmaster at once, and receivers continue."""
    a, b = network.a, network.b
    fast = {**FAST, "mode": "master"}
    Daemon(a, install, configuration(senders=[stage()], receivers=[], ptp=fast)).start()
    a.daemon.wait_status(lambda s: runs(s["senders"][0]) and s["senders"][0]["packets"] > 0, "the sender", 20)
    own = a.daemon.status()["ptp"]["grandmaster"]
    listener = subscribe(b, install)
    receiver_when(listener, lambda r: runs(r) and r["inTime"] > 100, "the session")
    first = heard(listener, "Stage")
    assert f"ts-refclk:ptp=IEEE1588-2008:{own}:0" in first["sdp"]
    other = "-".join(f"{masters.PRETENDER:016X}"[index:index + 2] for index in range(0, 16, 2))
    before = listener.fresh_status().receiver("from stage")
    b.spawn("/usr/bin/python3", MASTERS, "pretender")
    a.daemon.wait_status(lambda s: (s["ptp"] or {}).get("grandmaster") == other, "the other grandmaster", 10)
    began = time.monotonic()
    changed = heard(listener, "Stage", lambda s: f"ts-refclk:ptp=IEEE1588-2008:{other}:0" in s["sdp"])
    assert time.monotonic() - began < 3
    assert (changed["origin"], changed["version"]) == (first["origin"], first["version"] + 1)
    plays_on(listener, before)
    back = heard(listener, "Stage", lambda s: s["version"] == first["version"] + 2, timeout=20)
    assert f"ts-refclk:ptp=IEEE1588-2008:{own}:0" in back["sdp"]


def test_announcements_return(network, install):
    """NET-09: after a lost link and after a change of the address, the session is announced and received again."""
    a, b = network.a, network.b
    announce(a, install).settle()
    listener = subscribe(b, install)
    receiver_when(listener, lambda r: runs(r) and r["inTime"] > 100, "the session")
    for host in (a, b):
        host.run("ip", "link", "set", "net0", "down")
        wait_for(lambda: "net0 is down" in str(host.daemon.status()), "the link to be down")
        host.run("ip", "link", "set", "net0", "up")
        before = listener.fresh_status().receiver("from stage")
        receiver_when(listener, lambda r: r["inTime"] > before["inTime"] + 300, "the stream again", 10)
    # Hosts that were absent must learn of the session at once, so it is announced again.
    b.daemon.stop()
    listener = subscribe(b, install)
    receiver_when(listener, lambda r: runs(r), "the session of a new listener")
    a.run("ip", "addr", "del", "10.67.0.1/24", "dev", "net0")
    a.run("ip", "addr", "add", "10.67.0.31/24", "dev", "net0")
    moved = heard(listener, "Stage", lambda s: s["announcer"] == "10.67.0.31", timeout=10)
    assert "a=source-filter: incl IN IP4 239.69.5.1 10.67.0.31" in moved["sdp"]
    before = listener.fresh_status().receiver("from stage")
    receiver_when(listener, lambda r: r["inTime"] > before["inTime"] + 300, "the stream from the new address", 10)
    expect_sound(a, b)


def test_gstreamer_plays_our_sdp(network, install):
    """SDP-17: GStreamer's SDP library reads address and format from the announced SDP, and GStreamer plays the stream."""
    a, b = network.a, network.b
    announce(a, install).settle()
    listener = subscribe(b, install)
    address, port, caps = gst_sdp.stream(heard(listener, "Stage")["sdp"], 98)
    assert (address, port) == ("239.69.5.1", 5004)
    listener.stop()
    signal, sink = pattern.Pattern(2), b.path("decoded.raw")
    decoder = b.spawn("gst-launch-1.0", "-q", "-e", "udpsrc", f"address={address}", f"port={port}", "multicast-iface=net0",
                      f"caps={caps.replace('application/x-unknown', 'application/x-rtp')}", "!", "rtpL24depay", "!", "filesink",
                      f"location={sink}", "buffer-mode=2")
    session.grow(sink, 2 * 3 * 4_800)
    session.play_pattern(a, signal.frames(24_000), **STEREO).wait()
    time.sleep(0.3)
    decoder.stop(2)
    pattern.expect_whole(signal, peers.read_gst(sink, 2), 24_000)
