# SPDX-License-Identifier: MIT
"""State files, runtime files and the start: assault findings F8, F9, F11, F13 and F15."""

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
from test_assault import answers, group, host, start_again  # noqa: F401  (fixtures)

pytestmark = pytest.mark.calm


# F9 and F15: the state file.

NAMES = {"marks": "a" + "\u0301" * 20_000, "emoji": "\U0001F469\u200d\U0001F467" * 64, "direction": "left\u202eright",
         "separator": "one\u2028two", "65": "x" * 65}


@pytest.mark.parametrize("kind", NAMES)
def test_long_or_unprintable_names_are_refused(host, kind):
    """F9, F11: a name with too many bytes or with control characters is refused."""
    body = json.dumps({"name": NAMES[kind], "channels": 1}, ensure_ascii=False).encode()
    refused = host.control.ask("POST", "/v1/senders", raw=body)
    assert refused.status == 400 and "255 bytes" in refused.json["reason"], refused.text[:300]


def test_a_receiver_beyond_the_state_limit_is_refused_and_undone(host):
    """F9: receivers with long SDP texts are added until the state file would exceed 1 MiB.

    The last one is refused, and the others survive a restart.
    """
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
    start_again(host)
    assert {r["name"] for r in host.control.get("/v1/receivers")} == names


@pytest.mark.parametrize("kind", ["oversized", "damaged", "directory"])
def test_an_unreadable_state_file_is_set_aside(host, kind):
    """F9: an unreadable state file is renamed and never overwritten, and later changes are kept."""
    assert host.control.ask("PATCH", "/v1/configuration", {"settings": {"ptp.domain": "3"}}).status == 200
    host.daemon.stop()
    kept = host.daemon.state / "overrides.json"
    if kind == "directory":
        kept.unlink()
        kept.mkdir()
    else:
        kept.write_text(" " * (2 << 20) if kind == "oversized" else "{")
    start_again(host)
    assert "overrides.json.damaged" in host.daemon.log
    assert host.control.ask("PATCH", "/v1/configuration", {"settings": {"ptp.domain": "5"}}).json["kept"] is True
    aside = host.daemon.state / "overrides.json.damaged"
    assert aside.is_dir() if kind == "directory" else aside.stat().st_size == (2 << 20 if kind == "oversized" else 1)
    host.daemon.stop()
    start_again(host)
    assert host.control.get("/v1/configuration")["settings"] == {"ptp.domain": "5"}


def test_changes_that_cannot_be_saved_are_reported(host, install):
    """F15: without a state directory, every reply to a change says that it was not saved, and so does the command.

    The first change after the directory is back saves all of them.
    """
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
    start_again(host)
    names = {s["name"] for s in host.control.get("/v1/senders")}
    assert {"lost", "lost too"} <= names and "host 1 stream 8" not in names


def test_runtime_files_are_readable_by_the_group_only(host):
    """F15: status.json and sessions.json can be read by the control group only, the state file by its owner only."""
    wait_for((host.daemon.runtime / "sessions.json").exists, "sessions.json", timeout=10)
    for name in ("status.json", "sessions.json"):
        found = (host.daemon.runtime / name).stat()
        assert (stat.S_IMODE(found.st_mode), found.st_gid) == (0o640, 60), name
    host.control.ask("PATCH", "/v1/configuration", {"settings": {"ptp.domain": "3"}})
    assert stat.S_IMODE((host.daemon.state / "overrides.json").stat().st_mode) == 0o600


# F8 and F13: runtime directory and limits at the start.

@pytest.mark.parametrize("kind", ["foreign", "writable", "link"])
def test_an_unsafe_runtime_directory_is_refused(host, kind):
    """F8: a directory that is another user's, writable by all, or a symbolic link is refused, and no link in it is followed."""
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


def test_links_in_the_runtime_directory_are_replaced(host):
    """F8: symbolic links and files with the names of the daemon's drafts are replaced; the status file appears, and the link's target is
    unchanged.
    """
    host.daemon.stop()
    victim = host.path("victim")
    victim.write_text("precious")
    for name in ("status.json.new", "sessions.json.new"):
        (host.daemon.runtime / name).symlink_to(victim)
    (host.daemon.runtime / "control.sock.new").write_text("in the way")
    start_again(host)
    assert not host.daemon.status_file.is_symlink() and victim.read_text() == "precious"


def test_too_few_descriptors_are_reported(host):
    """F13: a hard limit that is too low ends the daemon with a message instead of a trap; a soft limit is raised."""
    host.daemon.stop()
    for limit in (12, 20, 45, 63):
        done = host.run("prlimit", f"--nofile={limit}:{limit}", *host.daemon.command(), check=False)
        assert done.returncode == 1 and "file descriptors" in done.stderr, f"{limit}: {done}"
    host.daemon.process = host.spawn("prlimit", "--nofile=32:4096", *host.daemon.command(), name="few")
    wait_for(lambda: answers(host.control), "the control socket: the soft limit is raised")
    assert "file descriptors" not in host.daemon.log


def test_the_daemon_survives_running_out_of_descriptors(host):
    """F13: the daemon keeps running when no file descriptor is free, and answers again afterwards.

    libdispatch would end the process: each second in which tasks wait, it opens a file for each of its threads. Tasks wait here because the
    daemon is stopped for longer than that.
    """
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
    wait_for(lambda: "Too many open files" in host.daemon.log, "the error of the limit in the log")
    resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
    for connection in asking:
        connection.close()
    wait_for(lambda: answers(host.control), "the answer to a new connection", timeout=10)


REQUEST = b"GET /v1/senders HTTP/1.1\r\nHost: aes67\r\n\r\n"


def connected(host):
    """Returns a connection to the control socket on which one request was answered."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(5)
    connection.connect(str(host.control.path))
    connection.sendall(REQUEST)
    assert connection.recv(12) == b"HTTP/1.1 200"
    return connection


FILES = {"clients.sock", "control.sock", "panel", "ptp", "sessions.json", "status.json"}


@pytest.mark.parametrize("kind", ["files", "directory", "foreign"])
def test_a_removed_runtime_directory_is_restored(lone, kind):
    """F15: the runtime files, or their directory, are removed, or replaced by a FIFO and by another user's directory.

    Senders keep sending, the loss is logged once, and all files are restored once the place is free. Nothing is written into another user's
    directory.
    """
    a = lone(control={"socket-group": "games", "port": 7067}, device={"socket-group": "games"}, ptp={"mode": "auto"})
    runtime = a.daemon.runtime
    wait_for(lambda: {f.name for f in runtime.iterdir()} == FILES, "all files", timeout=10)
    address = (runtime / "panel").read_text()
    packets = a.daemon.fresh_status().total("senders", "packets")
    if kind == "files":
        for file in runtime.iterdir():
            file.unlink()
    else:
        if kind == "foreign":
            # With a FIFO in place of the directory, no file is written and no thread blocks.
            runtime.rename(runtime.with_name("away"))
            os.mkfifo(runtime)
            wait_for(lambda: "the status cannot be written" in a.daemon.log, "the error in the log")
            os.unlink(runtime)
            runtime.mkdir()
            os.chown(runtime, 2001, 2001)
            wait_for(lambda: "has been removed" in a.daemon.log, "the log line about the removed directory")
            assert not list(runtime.iterdir())
            runtime.rmdir()
        else:
            shutil.rmtree(runtime)
    control = Control(a.daemon)
    wait_for(lambda: runtime.is_dir() and {f.name for f in runtime.iterdir()} == FILES and answers(control), "all files to be restored", timeout=10)
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
    wait_for(lambda: a.daemon.log.count("has been removed") == a.daemon.log.count("is back: programs find") <= 1, "one log line each for removal and return")
    assert a.daemon.process.stop() == 0 and not list(runtime.iterdir())
