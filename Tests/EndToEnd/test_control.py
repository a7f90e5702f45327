# SPDX-License-Identifier: MIT
"""The control API: its replies, its permissions, and its load, which must not disturb the streams."""

import os
import pwd
import re
import socket
import stat
import subprocess
import threading
import time

import pytest

from harness.control import Control, part
from harness.network import wait_for


@pytest.fixture
def control(lone):
    a = lone(control={"socket-group": "root"})
    control = Control(a.daemon)
    wait_for(control.path.exists, "the control socket")
    control.host = a
    return control


def test_every_part_of_the_status(control):
    status = control.get("/v1/status")
    assert set(status) == set(control.host.daemon.fresh_status())
    for path, key in (("/v1/senders", "senders"), ("/v1/receivers", "receivers"), ("/v1/clients", "clients")):
        assert [s.get("name") for s in control.get(path)] == [s.get("name") for s in status[key]]
    assert control.get("/v1/clock")["clock"]["state"] == status["clock"]["state"]
    for kind in ("senders", "receivers"):
        name = status[kind][3]["name"]
        assert control.get(f"/v1/{kind}/by-name/{part(name)}")["address"] == status[kind][3]["address"]
        assert control.get(f"/v1/{kind}/{status[kind][3]['id']}")["name"] == name
    assert {"media-tx", "media-rx"} <= {t["name"] for t in control.get("/v1/threads")}
    assert all(t["processorNanoseconds"] <= t["ageNanoseconds"] + 20_000_000 for t in control.get("/v1/threads"))


def test_the_status_file_is_written_more_often_when_read(control):
    """The status file is written once a second without a reader and four times a second with one, and again if it was removed."""
    file = control.host.daemon.status_file

    def written(read):
        """Returns how often the file was written in four seconds."""
        times, end = set(), time.monotonic() + 4
        while time.monotonic() < end:
            times.add(file.stat().st_mtime_ns)
            if read:
                file.read_text()
            time.sleep(0.05)
        return len(times)

    alone, read = written(read=False), written(read=True)
    assert alone <= 6 and read >= 2 * alone, f"written {alone} times without a reader, {read} times with one"
    file.unlink()
    wait_for(file.exists, "the status file", timeout=2)


def test_metrics_are_prometheus_text(control):
    answer = control.ask("GET", "/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    kinds, samples = {}, {}
    for line in answer.text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            assert name not in kinds, f"{name} is declared twice"
            kinds[name] = kind
        elif not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            samples[name] = float(value)
            family = name.split("{")[0]
            assert family in kinds or kinds[family.rsplit("_", 1)[0]] == "histogram", line
    assert samples['aes67_sender_packets_total{sender="host 1 stream 1"}'] > 0
    assert all(kind == ("histogram" if name.endswith(("_arrival_seconds", "_departure_seconds")) else "counter" if name.endswith("_total") else "gauge")
               for name, kind in kinds.items())


def test_prometheus_and_api_have_the_same_histograms(control):
    """Prometheus and API give the same histogram, bucket by bucket. The sender is disabled, so that no packet is counted between the two requests."""
    name = "host 1 stream 2"
    wait_for(lambda: control.get("/v1/senders/by-name/host%201%20stream%202")["packets"] > 100, "some packets")
    control.ask("PATCH", "/v1/senders/by-name/host%201%20stream%202", {"enabled": False})
    measured = next(one for one in control.get("/v1/histograms")["senders"] if one["name"] == name)
    alone = [control.get(f"/v1/senders/{path}/histogram") for path in (measured["id"], "by-name/host%201%20stream%202")]
    assert [one["departures"] for one in alone] == 2 * [measured["departures"]] and alone[0]["name"] == name
    receiver = control.get("/v1/histograms")["receivers"][0]
    assert control.get(f"/v1/receivers/{receiver['id']}/histogram").keys() == receiver.keys()
    bins = measured["departures"]["bins"]
    lines = [line for line in control.ask("GET", "/metrics").text.splitlines() if f'sender="{name}"' in line]
    buckets = [(float(found[1]), int(found[2])) for line in lines if (found := re.match(r'aes67_sender_departure_seconds_bucket\{.*le="(.*)"\} (\d+)$', line))]
    assert len(buckets) > 30 and buckets[-1] == (float("inf"), sum(one["count"] for one in bins)) and buckets[-1][1] > 0
    for edge, count in buckets[:-1]:
        assert count == sum(one["count"] for one in bins if one["through"] <= round(edge * 1e6)), edge
    assert f'aes67_sender_departure_seconds_count{{sender="{name}"}} {buckets[-1][1]}' in lines


REFUSED = [
    ("GET", "/v1/nothing", None, 404, "/v1/nothing"),
    ("POST", "/v1/status", "{}", 405, "POST"),
    ("GET", "/v1/senders/nobody", None, 404, "nobody"),
    ("GET", "/v1/senders/99/histogram", None, 404, "99"),
    ("GET", "/v1/receivers/by-name/nobody/histogram", None, 404, "nobody"),
    ("GET", "/v1/receivers/%zz", None, 404, "%zz"),
    ("PUT", "/v1/log-level", '{"level": "loud"}', 400, "loud"),
    ("PUT", "/v1/log-level", '{"level": 7}', 400, ""),
    ("PUT", "/v1/log-level", "{", 400, ""),
    ("PUT", "/v1/log-level", "[" * 2000, 400, ""),
    ("PUT", "/v1/log-level", " " * 70_000, 413, "long"),
    ("GET", "/v1/events?status=7", None, 400, "status=7"),
    ("GET", "/v1/glitches?after=-1", None, 400, "after=-1"),
]


@pytest.mark.parametrize("method, path, body, status, word", REFUSED, ids=range(len(REFUSED)))
def test_refusals_have_a_reason_and_a_hint(control, method, path, body, status, word):
    answer = control.ask(method, path, raw=body)
    assert answer.status == status, answer.text
    assert set(answer.json) == {"reason", "hint"}
    assert word in answer.json["reason"] and answer.json["reason"] and answer.json["hint"], answer.text
    control.get("/v1/status")


def test_invalid_http_does_no_harm(control):
    for junk in (b"\0" * 100, b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 5000, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"):
        with socket.socket(socket.AF_UNIX) as peer:
            peer.connect(str(control.path))
            try:
                peer.sendall(junk)
                peer.shutdown(socket.SHUT_WR)
                peer.settimeout(5)
                while peer.recv(65536):
                    pass
            except (BrokenPipeError, ConnectionResetError):
                pass
    control.get("/v1/status")


def test_log_level_is_changed(control):
    assert control.get("/v1/log-level") == {"level": "debug"}
    assert control.ask("PUT", "/v1/log-level", {"level": "error"}).json == {"level": "error"}
    assert control.get("/v1/log-level") == {"level": "error"}


def test_events_report_programs(control):
    a = control.host
    seen = []

    def watch():
        for event in control.events("/v1/events?status=500"):
            seen.append(event)
            if event[0] == "change" and "closed" in event[1]["text"]:
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    wait_for(lambda: seen, "the first event")
    assert seen[0][0] == "status" and seen[0][1]["senders"]
    a.run("aplay", "-q", "-D", "aes67:CH=2", "-t", "raw", "-f", "S32_LE", "-c2", "-r48000", "-d1", "/dev/zero")
    watcher.join(5)
    assert not watcher.is_alive(), seen
    changes = [e[1] for e in seen if e[0] == "change" and e[1]["kind"] == "client"]
    texts = [c["text"] for c in changes]
    assert [t for t in texts if "xruns" not in t] == ["opened playback", "started", "closed playback"] or \
        [t for t in texts if "xruns" not in t][-1] == "closed playback", texts
    assert all("aplay" in c["name"] for c in changes)


def test_event_clients_are_limited_and_do_not_delay_the_stop(control):
    streams = [control.events() for _ in range(16)]
    for stream in streams:
        next(stream)
    refused = control.ask("GET", "/v1/events")
    assert refused.status == 503 and "16" in refused.json["reason"]
    begin = time.monotonic()
    assert control.host.daemon.process.stop() == 0
    assert time.monotonic() - begin < 3
    assert not control.path.exists()
    for stream in streams:
        stream.close()


def test_only_the_group_has_access(lone, install, tmp_path):
    """A local user outside the group cannot connect; a member of the group can."""
    a = lone(control={"socket-group": "games"})
    path = a.daemon.runtime / "control.sock"
    wait_for(path.exists, "the control socket")
    mode = path.stat()
    assert stat.S_IMODE(mode.st_mode) == 0o660
    assert not (a.daemon.runtime / "control.sock.new").exists()
    nobody = pwd.getpwnam("nobody")
    probe = ("import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]);"
             "s.sendall(b'GET /v1/log-level HTTP/1.0\\r\\n\\r\\n'); print(s.recv(4096).decode())")

    def as_nobody(*groups):
        directory = os.open(path.parent, os.O_PATH)
        try:  # Only root may enter pytest's directories, so the socket is reached through an open descriptor.
            return subprocess.run(
                ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", *groups, "/usr/bin/python3", "-c", probe,
                 f"/proc/self/fd/{directory}/control.sock"],
                capture_output=True, text=True, pass_fds=(directory,), check=False)
        finally:
            os.close(directory)

    outsider = as_nobody("--clear-groups")
    assert outsider.returncode != 0 and "PermissionError" in outsider.stderr, outsider
    member = as_nobody("--groups=games")
    assert "200 OK" in member.stdout, member


def test_a_missing_group_is_logged_and_the_api_works(lone):
    a = lone(control={"socket-group": "nosuchgroup"})
    wait_for(lambda: "groupadd --system nosuchgroup" in a.daemon.log, "the warning")
    assert Control(a.daemon).get("/v1/status")["senders"]


def test_disconnected_event_clients_free_their_places(control):
    """A thousand clients request events and disconnect before or during the reply. All sixteen places must be free afterwards."""
    def watch(read):
        peer = socket.socket(socket.AF_UNIX)
        peer.settimeout(5)
        peer.connect(str(control.path))
        peer.sendall(b"GET /v1/events HTTP/1.1\r\nHost: a\r\n\r\n")
        if read:
            peer.recv(read)
        return peer

    for number in range(1000):
        watch(read=0 if number % 4 else 64).close()

    def first_event(peer):
        data = b""
        while b"\ndata: " not in data:
            more = peer.recv(4096)
            data += more
            if not more or data.startswith(b"HTTP/1.1 503"):
                return data
        return re.search(rb"event: (\w+)\ndata: ", data)[1]

    def sixteen():
        watchers = [watch(read=0) for _ in range(16)]
        try:
            events = [first_event(watcher) for watcher in watchers]
            # If one of the sixteen were refused, this request would be accepted, and its reply would never end.
            return events, control.ask("GET", "/v1/events").status if events == [b"status"] * 16 else None
        except (TimeoutError, OSError) as error:
            return repr(error)
        finally:
            for watcher in watchers:
                watcher.close()

    seen = []

    def all_free():
        seen.append(sixteen())
        return seen[-1] == ([b"status"] * 16, 503)

    try:
        # A place is free a quarter of a second after its client has disconnected; this includes the clients of the previous attempt.
        wait_for(all_free, "sixteen free places", timeout=10, interval=0.5)
    except AssertionError as error:
        raise AssertionError(f"{error}: {seen}") from None


def test_thirty_simultaneous_requests_for_one_name(control):
    """Of thirty simultaneous requests for the same sender name, one succeeds and the others are refused."""
    answers = []

    def post(number):
        answers.append(control.ask("POST", "/v1/senders", {"name": "wanted", "address": f"239.69.77.{number}", "channels": 1}))

    threads = [threading.Thread(target=post, args=(number,)) for number in range(1, 31)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = sorted(answer.status for answer in answers)
    assert statuses == [201] + [409] * 29, statuses
    assert [s["name"] for s in control.get("/v1/senders")].count("wanted") == 1


def test_the_daemon_stops_during_requests(lone):
    """The daemon stops within 4 s while requests arrive, and its libraries log no error."""
    a = lone(control={"socket-group": "root"})
    for number in range(12):
        peers = []
        for request in (b"GET /v1/events?status=250 HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /v1/status HTTP/1.1\r\nHost: a\r\n\r\n") * 6:
            peer = socket.socket(socket.AF_UNIX)
            peer.connect(str(a.daemon.runtime / "control.sock"))
            peer.sendall(request)
            peers.append(peer)
        if number % 3 == 0:
            peers[0].recv(1)
        begin = time.monotonic()
        a.daemon.stop()
        assert time.monotonic() - begin < 4, "systemd kills the daemon after five seconds"
        assert "shut down" not in a.daemon.log and "ERROR" not in a.daemon.log, a.daemon.log[-2000:]
        for peer in peers:
            peer.close()
        a.daemon.start()


@pytest.mark.long
def test_a_hundred_requests_a_second_disturb_no_stream(pair, witness):
    """64 by 64 channels at 250 us for a minute, with a link offset of 100 ms and a hundred requests a second to host b.

    No packet is late. A packet may be lost only if host a, which gets no requests, dropped it, and only if the witness saw a stall.
    """
    a, b = pair(streams={"packet-time": "250us", "link-offset": "100ms"}, control={"socket-group": "root"})
    control = Control(b.daemon)
    wait_for(control.path.exists, "the control socket")
    wait_for(lambda: all(r["inTime"] > 0 for r in control.get("/v1/receivers")), "packets on all receivers")
    dropped, began = a.daemon.fresh_status().total("senders", "dropped"), time.monotonic_ns()
    begin, before, asked = time.monotonic(), control.get("/v1/receivers"), 0
    paths = ("/v1/status", "/v1/meters", "/v1/histograms", "/v1/sessions", "/metrics")
    while time.monotonic() < begin + 60:
        assert control.ask("GET", paths[asked % len(paths)]).status == 200
        asked += 1
        time.sleep(max(0.0, begin + asked / 100 - time.monotonic()))
    after = control.get("/v1/receivers")
    assert asked > 5400, f"only {asked} requests were answered in a minute"
    lost = 0
    for old, new in zip(before, after, strict=True):
        assert new["inTime"] - old["inTime"] > 200_000 and new["late"] == old["late"], new
        lost += new["lost"] - old["lost"]
    assert lost <= a.daemon.fresh_status().total("senders", "dropped") - dropped
    assert lost == 0 or witness.still_ms(6.8, began, time.monotonic_ns()) > 3.4  # 3.4 ms are most of 17 packets
