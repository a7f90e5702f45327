# SPDX-License-Identifier: MIT
"""State files, the places that are written, and the start: findings F8, F9, F11, F13 and F15 of the assault."""

import json
import os
import resource
import select
import shutil
import signal
import socket
import stat
import time

import pytest

from harness import rawclient
from harness.control import Control, run_command
from harness.network import wait_for
from test_assault import again, answers, group, host  # noqa: F401  (fixtures)

pytestmark = pytest.mark.calm


# F9 and F15: what is kept.

NAMES = {"marks": "a" + "\u0301" * 20_000, "emoji": "\U0001F469\u200d\U0001F467" * 64, "direction": "left\u202eright",
         "separator": "one\u2028two", "65": "x" * 65}


@pytest.mark.parametrize("kind", NAMES)
def test_names_have_bytes_too(host, kind):
    """F9, F11: what cannot be announced, kept or shown is refused."""
    body = json.dumps({"name": NAMES[kind], "channels": 1}, ensure_ascii=False).encode()
    refused = host.control.ask("POST", "/v1/senders", raw=body)
    assert refused.status == 400 and "255 bytes" in refused.json["reason"], refused.text[:300]


def test_more_than_can_be_kept_is_refused_and_undone(host):
    """F9: descriptions until the state would be too long to be read again."""
    for number in range(1, 9):
        assert host.control.ask("DELETE", f"/v1/receivers/by-name/host%202%20stream%20{number}").status == 204
    sdp = ("v=0\r\no=- {0} 1 IN IP4 10.0.0.1\r\ns=s{0}{1}\r\nt=0 0\r\nm=audio 5004 RTP/AVP 98\r\nc=IN IP4 239.1.1.{0}/32\r\n"
           "a=rtpmap:98 L24/48000/1\r\na=ptime:1\r\n")
    kept = 0
    for number in range(1, 61):
        answer = host.control.ask("POST", "/v1/receivers", {"name": f"r{number}", "sdp-text": sdp.format(number, "y" * 28_000), "channels": 1})
        if answer.status != 201:
            break
        kept += 1
    names = {r["name"] for r in host.control.get("/v1/receivers")}
    assert answer.status == 400 and "more than 1 MiB" in answer.json["reason"], answer.text[:500]
    assert len(names) == kept > 30
    host.daemon.stop()
    assert (host.daemon.state / "overrides.json").stat().st_size <= 1 << 20
    again(host)
    assert {r["name"] for r in host.control.get("/v1/receivers")} == names


@pytest.mark.parametrize("kind", ["oversized", "damaged", "directory"])
def test_what_cannot_be_read_is_set_aside(host, kind):
    """F9: it is never written over, and what follows is kept."""
    assert host.control.ask("PATCH", "/v1/configuration", {"settings": {"ptp.domain": "3"}}).status == 200
    host.daemon.stop()
    kept = host.daemon.state / "overrides.json"
    if kind == "directory":
        kept.unlink()
        kept.mkdir()
    else:
        kept.write_text(" " * (2 << 20) if kind == "oversized" else "{")
    again(host)
    assert "overrides.json.damaged" in host.daemon.log
    assert host.control.ask("PATCH", "/v1/configuration", {"settings": {"ptp.domain": "5"}}).json["kept"] is True
    aside = host.daemon.state / "overrides.json.damaged"
    assert aside.is_dir() if kind == "directory" else aside.stat().st_size == (2 << 20 if kind == "oversized" else 1)
    host.daemon.stop()
    again(host)
    assert host.control.get("/v1/configuration")["settings"] == {"ptp.domain": "5"}


def test_what_could_not_be_kept_is_said(host, install):
    """F15: every answer to a change says so, and the command too; once the disk takes it again, all of it is kept."""
    gone = host.daemon.state.with_name("gone")
    host.daemon.state.rename(gone)
    answer = host.control.ask("PATCH", "/v1/configuration", {"settings": {"ptp.domain": "7"}})
    assert answer.status == 200 and answer.json["kept"] is False, answer.text
    made = host.control.ask("POST", "/v1/senders", {"name": "lost", "channels": 1})
    assert made.status == 201 and made.json["kept"] is False, made.text
    assert host.control.ask("PATCH", f"/v1/senders/{made.json['id']}", {"port": 6000}).json["kept"] is False
    removed = host.control.ask("DELETE", "/v1/senders/by-name/host%201%20stream%208")
    assert removed.status == 200 and removed.json == {"kept": False}
    printed = run_command(host, install, "stream", "publish", "lost too", "--channels", "1", "--first-channel", "1")
    assert "could not be saved" in printed.stderr, printed
    gone.rename(host.daemon.state)
    answer = host.control.ask("PATCH", f"/v1/senders/{made.json['id']}", {"port": 6001})
    assert answer.status == 200 and "kept" not in answer.json, answer.text
    host.daemon.stop()
    again(host)
    names = {s["name"] for s in host.control.get("/v1/senders")}
    assert {"lost", "lost too"} <= names and "host 1 stream 8" not in names


def test_only_the_group_reads_what_the_daemon_writes(host):
    """F15: programs of all users, sessions, URLs: for whoever may control the daemon."""
    wait_for((host.daemon.runtime / "sessions.json").exists, "sessions.json", timeout=10)
    for name in ("status.json", "sessions.json"):
        found = (host.daemon.runtime / name).stat()
        assert (stat.S_IMODE(found.st_mode), found.st_gid) == (0o640, 60), name
    host.control.ask("PATCH", "/v1/configuration", {"settings": {"ptp.domain": "3"}})
    assert stat.S_IMODE((host.daemon.state / "overrides.json").stat().st_mode) == 0o600


# F8 and F13: where it is started.

@pytest.mark.parametrize("kind", ["foreign", "writable", "link"])
def test_somebody_elses_runtime_directory_is_refused(host, kind):
    """F8: nothing is written there, and no link of somebody else's is followed."""
    host.daemon.stop()
    victim = host.path("victim")
    victim.write_text("precious")
    victim.chmod(0o600)
    place = host.path("place")
    place.mkdir()
    for name in ("status.json.new", "panel.new", "sessions.json.new", "status.json"):
        (place / name).symlink_to(victim)
    runtime = place
    if kind == "foreign":
        os.chown(place, 2001, 2001)
    elif kind == "writable":
        place.chmod(0o777)
    else:
        runtime = host.path("link")
        runtime.symlink_to(place)
    done = host.run(host.install.daemon if hasattr(host, "install") else host.daemon.install.daemon, "--config", host.daemon.config_file,
                    "--runtime-directory", runtime, "--state-directory", host.daemon.state, check=False)
    assert done.returncode == 1 and "cannot run" in done.stderr and str(runtime) in done.stderr, done
    assert victim.read_text() == "precious" and stat.S_IMODE(victim.stat().st_mode) == 0o600


def test_links_in_its_own_directory_are_replaced(host):
    """F8: a draft is a new file whatever lies there; the status appears, and the victim stays."""
    host.daemon.stop()
    victim = host.path("victim")
    victim.write_text("precious")
    for name in ("status.json.new", "sessions.json.new"):
        (host.daemon.runtime / name).symlink_to(victim)
    (host.daemon.runtime / "control.sock.new").write_text("in the way")
    again(host)
    assert not host.daemon.status_file.is_symlink() and victim.read_text() == "precious"


def test_too_few_descriptors_are_a_sentence(host):
    """F13: instead of a trap."""
    host.daemon.stop()
    for limit in (12, 20, 45, 63):
        done = host.run("prlimit", f"--nofile={limit}:{limit}", *host.daemon.command(), check=False)
        assert done.returncode == 1 and "file descriptors" in done.stderr, f"{limit}: {done}"
    host.daemon.process = host.spawn("prlimit", "--nofile=32:4096", *host.daemon.command(), name="few")
    wait_for(lambda: answers(host.control), "the control socket: the soft limit is raised")
    assert "file descriptors" not in host.daemon.log


def test_no_descriptor_is_left(host):
    """F13: the daemon goes on. libdispatch would end it: each second it opens a file for each of its threads if tasks wait for them, as
    they do when the daemon has stood still for longer than that."""
    asking = [connected(host) for _ in range(16)]
    pid = host.daemon.pid
    limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (len(os.listdir(f"/proc/{pid}/fd")), limits[1]))
    for _ in range(4):
        host.daemon.process.send(signal.SIGSTOP)
        for connection in asking:
            connection.send(20 * REQUEST)
        time.sleep(1.2)
        host.daemon.process.send(signal.SIGCONT)
        wait_for(lambda: select.select(asking, [], [], 0)[0] or not host.daemon.process.running, "an answer")
        assert host.daemon.process.running, host.daemon.log[-1000:]
    wait_for(lambda: "Too many open files" in host.daemon.log, "the limit to be felt")
    resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
    for connection in asking:
        connection.close()
    wait_for(lambda: answers(host.control), "an answer to somebody new", timeout=10)


REQUEST = b"GET /v1/senders HTTP/1.1\r\nHost: aes67\r\n\r\n"


def connected(host):
    """A connection to the control socket that has had one answer."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(5)
    connection.connect(str(host.control.path))
    connection.sendall(REQUEST)
    assert connection.recv(12) == b"HTTP/1.1 200"
    return connection


FILES = {"clients.sock", "control.sock", "panel", "ptp", "sessions.json", "status.json"}


@pytest.mark.parametrize("kind", ["files", "directory", "foreign"])
def test_a_runtime_directory_that_is_removed_comes_back(lone, kind):
    """F15: what plays goes on, it is said once, and everything is back a second after its directory; never in a stranger's."""
    a = lone(control={"socket-group": "games", "port": 7067}, device={"socket-group": "games"}, ptp={"mode": "auto"})
    runtime = a.daemon.runtime
    wait_for(lambda: {f.name for f in runtime.iterdir()} == FILES, "all files", timeout=10)
    address = (runtime / "panel").read_text()
    packets = a.daemon.fresh_status().total("senders", "packets")
    if kind == "files":
        for file in runtime.iterdir():
            file.unlink()
    else:
        if kind == "foreign":  # a FIFO is in its place: nothing is written there, and nobody is stopped
            runtime.rename(runtime.with_name("away"))
            os.mkfifo(runtime)
            wait_for(lambda: "the status cannot be written" in a.daemon.log, "the reason")
            os.unlink(runtime)
            runtime.mkdir()
            os.chown(runtime, 2001, 2001)
            wait_for(lambda: "has been removed" in a.daemon.log, "the sentence")
            assert not list(runtime.iterdir())
            runtime.rmdir()
        else:
            shutil.rmtree(runtime)
    control = Control(a.daemon)
    wait_for(lambda: runtime.is_dir() and {f.name for f in runtime.iterdir()} == FILES and answers(control), "everything", timeout=10)
    assert (runtime / "panel").read_text() == address
    peer, error, reason, _, descriptors = rawclient.attach(a.daemon.socket)
    assert error == 0, reason
    peer.close()
    for descriptor in descriptors:
        os.close(descriptor)
    for name in FILES - {"ptp"}:
        found = (runtime / name).stat()
        assert (stat.S_IMODE(found.st_mode), found.st_gid) == (0o660 if name.endswith(".sock") else 0o640, 60), name
    assert a.daemon.fresh_status().total("senders", "packets") > packets
    wait_for(lambda: a.daemon.log.count("has been removed") == a.daemon.log.count("is back: programs find") <= 1, "both sentences, once")
    assert a.daemon.process.stop() == 0 and not list(runtime.iterdir())
