# SPDX-License-Identifier: MIT
"""Announcements and SDP files of other devices, as found in the field: each is listed and received, or refused with a reason."""

import re
import socket
import struct
import subprocess

import pytest

from harness.control import Control, run_command
from harness.daemon import Daemon, configuration
from harness.network import wait_for
from test_sessions import heard, sessions

pytestmark = pytest.mark.calm

GROUPS = ["239.255.255.255", "224.2.127.254", "239.195.255.255", "224.0.0.56"]
OFF = {"mode": "off"}


def listening(host, install, **sections):
    config = configuration(host=2, senders=[], receivers=[], ptp=OFF, **{"control": {"socket-group": "root"}, **sections})
    Daemon(host, install, config).start()
    host.control = Control(host.daemon)
    wait_for(host.control.path.exists, "the control socket")
    wait_for(lambda: "224.0.0.56" in host.run("ip", "maddr", "show", "dev", "net0").stdout, "the announcement groups")
    return host


def described(number, group, name="Stage", rate=48_000, extra="", origin=None, transport="RTP/AVP", port=5004):
    origin = origin or f"- {number} 1 IN IP4 10.67.0.1"
    return (f"v=0\r\no={origin}\r\ns={name}\r\nc=IN IP4 {group}/32\r\nt=0 0\r\nm=audio {port} {transport} 98\r\n"
            f"a=rtpmap:98 L24/{rate}/2\r\na=ptime:1\r\n{extra}")


SEND = """
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.67.0.1"))
for word in sys.argv[1:]:
    group, packet = word.split("=")
    s.sendto(bytes.fromhex(packet), (group, 9875))
"""


def send(host, *packets):
    """Sends announcements (group, identifier, text) one after the other."""
    words = [f"{group}={(struct.pack('>BBH4s', 0x20, 0, identifier, socket.inet_aton('10.67.0.1')) + b'application/sdp' + bytes(1) + text.encode()).hex()}"
             for group, identifier, text in packets]
    host.spawn("/usr/bin/python3", "-c", SEND, *words, name="announcer").wait()


def test_two_ffmpegs_on_one_host(network, install):
    """Field case 1: two ffmpegs on one host and a third on another, all with the origin `o=- 0 0 IN IP4 127.0.0.1`."""
    a, b = network.a, listening(network.b, install)
    groups = {"239.70.8.1": a, "239.70.8.2": a, "239.70.8.3": b}
    for group, host in groups.items():
        host.run("ip", "route", "replace", "224.0.0.0/4", "dev", "net0")
        host.spawn("ffmpeg", "-nostdin", "-loglevel", "error", "-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-ac", 2,
                   "-c:a", "pcm_s24be", "-f", "sap", f"sap://{group}:5004?ttl=4", name=f"ffmpeg-{group}")
    def listed():
        return {stream["address"]: session for session in sessions(b.daemon) for stream in session["streams"]}
    wait_for(lambda: set(listed()) == set(groups), "all three sessions", 15)
    # Each is announced every 5 s; no announcement may replace another session.
    for _ in range(60):
        b.daemon.fresh_status()
        assert set(listed()) == set(groups)
    assert len({session["origin"] for session in listed().values()}) == 3
    assert b.daemon.log.count("is announced") == 3 and "no longer announced" not in b.daemon.log
    text = run_command(b, install, "list").stdout
    for group, host in groups.items():
        assert re.search(rf"^No Name \({group}:5004\) +2 +L24/48000 +{host.address} +yes$", text, re.M), text
    for group in list(groups)[:2]:
        line = run_command(b, install, "subscribe", f"{group}:5004").stdout
        assert f": {group}:5004, channels " in line, line
    made = b.control.ask("POST", "/v1/receivers", {"session": listed()["239.70.8.3"]["origin"]})
    assert made.status == 201, made.text
    wait_for(lambda: all(r["packets"] > 0 for r in b.control.get("/v1/receivers")), "packets of all three", 10)


def test_announcements_on_all_groups_are_received(network, install):
    """Field case 7: announcements on the groups of other programs are received, and the daemon's own groups can be configured."""
    a, b = network.a, listening(network.b, install)
    a.run("ip", "route", "replace", "224.0.0.0/4", "dev", "net0")
    send(a, *((group, number + 1, described(number + 1, f"239.70.7.{number + 1}", name=f"on {group}"))
              for number, group in enumerate(GROUPS)))
    for group in GROUPS:
        assert heard(b.daemon, f"on {group}")
    # Two sessions with one message identifier are both listed, and logged once each (field case 13).
    for _ in range(5):
        send(a, *((GROUPS[0], 0xFFFF, described(number, f"239.70.7.{number}", name=f"Twin {number}")) for number in (21, 22)))
    assert heard(b.daemon, "Twin 21") and heard(b.daemon, "Twin 22")
    assert b.daemon.log.count("Twin 21") == b.daemon.log.count("Twin 22") == 1, b.daemon.log
    config = configuration(senders=[{"name": "Own", "address": "239.70.7.9", "channels": 2}], receivers=[], ptp=OFF,
                           network={"sap-groups": "224.0.0.56, 239.70.99.99"})
    dump = b.spawn("tshark", "-n", "-i", "net0", "-a", "duration:6", "-T", "fields", "-e", "ip.dst", "udp port 9875 and src 10.67.0.1", name="tshark")
    wait_for(lambda: "Capturing" in dump.output or not dump.running, "tshark", 10)
    Daemon(a, install, config).start()
    assert heard(b.daemon, "Own")
    dump.wait(20)
    assert set(re.findall(r"^[0-9.]+$", dump.output, re.M)) == {"224.0.0.56", "239.70.99.99"}, dump.output


def test_unreadable_lines_are_skipped_and_reported(network, install):
    """Field case 2, lab 8 and 9: a session with an unreadable line is received if the line is not essential.

    The line is reported by `list`, in the receiver and by the doctor.
    """
    a, b = network.a, listening(network.b, install)
    a.run("ip", "route", "replace", "224.0.0.0/4", "dev", "net0")
    odd = described(1, "239.70.6.1", name="Odd", extra="a=source-filter: incl IN IP4 224.0.0.0\r\n")
    lost = described(2, "239.70.6.2", name="Lost").replace("98 L24", "96")
    many = described(3, "239.70.6.3", name="Many", rate=44_100, transport="RTP/SAVP")
    send(a, *((GROUPS[0], number + 1, text) for number, text in enumerate((odd, lost, many))))
    for name in ("Odd", "Lost", "Many"):
        heard(b.daemon, name)
    text = run_command(b, install, "list").stdout
    assert re.search(r"^Odd .* yes, but not read: line 9: a=source-filter", text, re.M), text
    assert re.search(r"^Lost .* no: line 7: a=rtpmap", text, re.M), text
    verbose = run_command(b, install, "list", "--verbose").stdout
    here = verbose.split("\nMany\n")[-1].split("\n  here")[1] if "\nMany\n" in "\n" + verbose else verbose
    said = [line.strip() for line in here.splitlines()]
    assert said[0] == "no" and said[1].startswith("It is encrypted (RTP/SAVP)") and said[1].endswith("."), verbose
    assert said[2].startswith("Its rate is 44100 Hz") and said[2].endswith("."), verbose
    found = run_command(b, install, "doctor", check=False).stdout
    assert re.search(r'description of "Lost" from 10.67.0.1: line 7: a=rtpmap .*, and 1 more', found), found
    assert ": 239.70.6.1:5004," in run_command(b, install, "subscribe", "Odd").stdout
    odd_receiver = wait_for(lambda: [r for r in b.control.get("/v1/receivers") if r["address"] == "239.70.6.1"], "the receiver of the session Odd")[0]
    assert "line 9: a=source-filter" in odd_receiver["error"]
    run_command(b, install, "subscribe", "Lost", check=False)
    reason = wait_for(lambda: (b.control.get("/v1/receivers/by-name/Lost").get("error") or "").replace("starting", ""), "a reason")
    assert "line 7: a=rtpmap" in reason and "no session" not in reason, reason


NEVER = {
    "rate": ({"rate": 96_000}, "its rate is 96000 Hz"),
    "savp": ({"transport": "RTP/SAVP"}, "encrypted"),
    "dtls": ({"transport": "UDP/TLS/RTP/SAVPF"}, "encrypted"),
    "port": ({"port": 0}, "port 0"),
}


def test_unreceivable_sdp_files_are_refused(network, install):
    """Lab 3 and 4, field case 15:

    `subscribe --sdp` and `--check` refuse SDP files that can never be received. The daemon still starts, and gives the reason in each
    receiver.
    """
    b = listening(network.b, install)
    files, receivers = {}, []
    for number, (name, (changes, _)) in enumerate(NEVER.items()):
        files[name] = b.path(f"{name}.sdp")
        files[name].write_text(described(number + 1, f"239.70.5.{number + 1}", name=name, **changes), newline="")
        receivers.append({"name": name, "sdp": str(files[name]), "channels": 2, "first-channel": 1 + 2 * number})
    big = described(9, "239.70.5.9", name="big").replace("48000/2", "48000/16")
    b.path("big.sdp").write_text(big, newline="")
    b.path("html.sdp").write_text("<html>not found</html>")
    for name, said in [(name, said) for name, (_, said) in NEVER.items()] + [("big", "2304 bytes"), ("html", "first line must be v=0")]:
        refused = run_command(b, install, "subscribe", "--sdp", b.path(f"{name}.sdp"), check=False)
        assert refused.returncode == 1 and said in refused.stderr, f"{name}: {refused}"
    assert b.control.get("/v1/receivers") == []
    b.daemon.stop()
    receivers.append({"name": "html", "sdp": str(b.path("html.sdp")), "channels": 2, "first-channel": 40})
    receivers.append({"name": "good", "sdp": str(b.path("good.sdp")), "channels": 2, "first-channel": 50})
    b.path("good.sdp").write_bytes(described(50, "239.70.5.50", name="Bühne").encode("utf-16"))
    config = configuration(host=2, senders=[], receivers=receivers, ptp=OFF)
    daemon = Daemon(b, install, config)
    checked = b.run(install.daemon, "--check", "--config", daemon.config_file, check=False)
    assert checked.returncode == 78 and all(f'receiver "{name}"' in checked.stdout + checked.stderr for name in [*NEVER, "html"])
    assert 'receiver "good"' not in checked.stdout + checked.stderr
    daemon.start()
    status = daemon.wait_status(lambda s: s.receiver("good")["state"] not in ("waiting", "disabled"), "the receiver of the valid file")
    reasons = {name: words for name, (_, words) in NEVER.items()} | {"html": "first line must be v=0"}
    def have_reasons(status):
        return all(words in (status.receiver(name)["error"] or "") for name, words in reasons.items())
    status = daemon.wait_status(have_reasons, "the reason in each refused receiver")
    assert {name: status.receiver(name)["packets"] for name in reasons} == dict.fromkeys(reasons, 0)
    assert all(status.receiver(name)["state"] not in ("running", "receiving", "silent") for name in reasons)


@pytest.mark.parametrize("form", ["bom", "utf-16", "crcrlf", "blanks", "cr"])
def test_encodings_of_sdp_files(network, install, form):
    """Field case 15: an SDP file that an editor or mail program has re-encoded is received."""
    b = listening(network.b, install)
    text = described(1, "239.70.4.1", name="Bühne links")
    data = {"bom": lambda: b"\xef\xbb\xbf" + text.encode(), "utf-16": lambda: text.encode("utf-16"),
            "crcrlf": lambda: text.replace("\r\n", "\r\r\n").encode(), "cr": lambda: text.replace("\r\n", "\r").encode(),
            "blanks": lambda: ("\r\n " + text.replace("\r\n", "\r\n  ") + "\r\n   ").encode("latin-1")}[form]()
    b.path("stage.sdp").write_bytes(data)
    line = run_command(b, install, "subscribe", "--sdp", b.path("stage.sdp")).stdout
    assert line.startswith("Bühne links: 239.70.4.1:5004, channels 1 to 2"), line


def test_sdp_files_have_the_line_ends_of_the_standard(network, install):
    """Lab 7, RFC 4566, section 5: `aes67 sdp NAME > x.sdp` writes CRLF, and the file can be received."""
    a, b = network.a, listening(network.b, install)
    config = configuration(senders=[{"name": "Stage", "address": "239.69.5.1", "channels": 2}], receivers=[], ptp=OFF,
                           control={"socket-group": "root"})
    Daemon(a, install, config).start()
    wait_for(lambda: run_command(a, install, "sdp", "Stage", check=False).returncode == 0, "the SDP of the sender")
    with open(a.path("stage.sdp"), "wb") as file:
        command = a.inside([install.directory / "aes67", "sdp", "Stage", "--socket", a.daemon.runtime / "control.sock"])
        subprocess.run(command, stdout=file, check=True, env=a.environment, timeout=30)
    data = a.path("stage.sdp").read_bytes()
    assert data.startswith(b"v=0\r\n") and data.endswith(b"\r\n") and data.count(b"\n") == data.count(b"\r\n") > 8, data
    b.path("stage.sdp").write_bytes(data)
    assert ": 239.69.5.1:5004," in run_command(b, install, "subscribe", "--sdp", b.path("stage.sdp")).stdout
    wait_for(lambda: b.control.get("/v1/receivers")[0]["inTime"] > 0, "packets")


def test_sdp_is_edited_before_the_last_edit_is_announced(network, install):
    """An edit of the SDP is compared with the previous edit even if that is not announced yet: the first text undoes it, and the new name is kept."""
    a = network.a
    Daemon(a, install, configuration(senders=[{"name": "Stage", "address": "239.69.1.9", "channels": 2}], receivers=[],
                                     **{"control": {"socket-group": "root"}})).start().settle()
    control = Control(a.daemon)
    number = control.get("/v1/senders")[0]["id"]
    first = wait_for(lambda: (answer := control.ask("GET", f"/v1/senders/{number}/sdp")).status == 200 and answer.text, "the SDP of the sender")
    other = first.replace("a=ptime:1\n", "a=ptime:0.25\n").replace("a=ptime:1\r\n", "a=ptime:0.25\r\n").replace("framecount:48", "framecount:12").replace("s=Stage", "s=Hall")
    assert other != first
    for text, name, microseconds in ((other, "Hall", 250), (first, "Stage", 1000), (other, "Hall", 250)):
        answer = control.ask("PUT", f"/v1/senders/{number}/sdp", {"sdp": text})
        assert answer.status == 200 and (answer.json["name"], answer.json["packetTimeMicroseconds"]) == (name, microseconds), answer.text
    said = wait_for(lambda: (answer := control.ask("GET", f"/v1/senders/{number}/sdp")).status == 200 and "s=Hall" in answer.text and answer.text, "the announcement of the last edit")
    assert "a=ptime:0.25" in said
