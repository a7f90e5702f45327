# SPDX-License-Identifier: MIT
"""What other users of this host, members of the groups and everyday accidents can do to the daemon: findings F1, F2, F4, F5 and F7 of the assault."""

import json
import os
import pathlib
import re
import time

import pytest

from harness import rawclient
from harness.control import Control
from harness.network import wait_for

RAW = pathlib.Path(rawclient.__file__)


@pytest.fixture
def host(lone):
    a = lone(control={"socket-group": "games"}, device={"socket-group": "games"})
    a.control = Control(a.daemon)
    wait_for(a.control.path.exists, "the control socket")
    return a


def open_to_others(host):
    """pytest's directories are root's alone: lets others walk to the daemon's sockets, whose own modes then count."""
    for directory in [host.daemon.runtime, *host.daemon.runtime.parents]:
        if directory == pathlib.Path("/tmp"):
            break
        directory.chmod(0o755)


def as_user(host, user, *words):
    """A program as another user in the sockets' group."""
    return host.spawn("setpriv", f"--reuid={user}", "--regid=60", "--groups=60", "/usr/bin/python3", *words, name=f"user{user}")


@pytest.fixture(autouse=True)
def group():
    assert "games:x:60:" in pathlib.Path("/etc/group").read_text(), "Debian's static group games"


def answers(control):
    try:
        return control.ask("GET", "/v1/log-level").status == 200
    except OSError:
        return False


def again(host):
    host.daemon.start()
    wait_for(lambda: answers(host.control), "the control socket")


# F1 and F7: which files are named.

@pytest.mark.parametrize("key,value,status", [
    ("layout.sdp", "/etc/passwd", 403), (".layout.sdp", "/etc/passwd", 400), ("layout..sdp", "/etc/passwd", 400),
    (".control.socket-group", "audio", 400), ("control.socket-group", "audio", 403), (".control.port", "9999", 400),
    ("device.socket-group.", "root", 400), ("clock.source", "phc:/etc/shadow", 403), ("clock.source", "phc:/dev/ptp0/../zero", 403)])
def test_who_controls_and_what_is_opened_is_for_the_file(host, key, value, status):
    """F1, F7: refused by the parsed key, and nothing of it is kept."""
    answer = host.control.ask("PATCH", "/v1/configuration", {"settings": {key: value, "ptp.domain": "3"}})
    assert answer.status == status, answer.text
    assert "passwd" not in answer.json["reason"] and "root:" not in answer.text
    assert host.control.get("/v1/configuration")["settings"] == {}
    assert not (host.daemon.state / "overrides.json").exists() or value not in (host.daemon.state / "overrides.json").read_text()


def test_kept_settings_pass_the_same_guard(host):
    """F1, F7: whoever edits the kept state, or kept it with an earlier version, gets no further."""
    assert host.control.ask("PATCH", "/v1/configuration", {"settings": {"ptp.domain": "3"}}).status == 200
    host.daemon.stop()
    kept = host.daemon.state / "overrides.json"
    text = json.loads(kept.read_text())
    fifo = host.path("fifo")
    os.mkfifo(fifo)
    text["content"]["settings"].update({"layout.sdp": str(fifo), "control.port": "9999", "clock.source": f"phc:{fifo}"})
    kept.write_text(json.dumps(text))
    again(host)
    assert host.control.get("/v1/configuration")["settings"] == {"ptp.domain": "3"}
    assert host.daemon.log.count("can only be set in the configuration file") == 3
    assert host.daemon.process.stop() == 0


@pytest.mark.parametrize("kind", ["fifo", "device"])
def test_a_file_that_is_none_holds_up_nobody(lone, host, kind):
    """F1, F7: what the administrator's file names by mistake is refused or waited for, and the daemon stops as ever."""
    name = host.path("other")
    if kind == "fifo":
        os.mkfifo(name)
    else:
        name = pathlib.Path("/dev/zero")
    host.daemon.stop()
    text = json.loads(host.daemon.config_file.read_text())
    host.daemon.config_file.write_text(json.dumps({**text, "layout": {"sdp": str(name)}}))
    done = host.run(*host.daemon.command("--check"), check=False)
    assert done.returncode == 78 and "not a regular file" in done.stderr, done
    host.daemon.config_file.write_text(json.dumps({**text, "clock": {"source": f"phc:{name}"}}))
    again(host)
    wait_for(lambda: "phc:" in host.daemon.log, "what it says of the clock")
    begin = time.monotonic()
    assert host.daemon.process.stop() == 0 and time.monotonic() - begin < 3


# F4 and F5: shares.

def test_one_user_does_not_take_all_streams(host):
    """F4: sixteen streams each way are asked for; others find some, are told who holds the rest, and root always can."""
    open_to_others(host)
    greedy = as_user(host, 2001, RAW, "clients", host.daemon.socket, "16")
    wait_for(lambda: "got" in greedy.output, "the greedy one")
    got = json.loads(greedy.output)
    assert got["got"] == 20 and "user 2001 has 10 playback streams already" in got["refusals"][0], got
    second = as_user(host, 2002, RAW, "clients", host.daemon.socket, "16")
    wait_for(lambda: "got" in second.output, "the second one")
    answer = json.loads(second.output)
    assert answer["got"] == 8 and "user 2001 has 10, such as rawclient (" in answer["refusals"][0], answer
    peers = [rawclient.attach(host.daemon.socket) for _ in range(3)]
    assert [p[1] for p in peers][:2] == [0, 0] and peers[2][1] != 0, peers


def test_idle_connections_lock_out_nobody_and_end(host):
    """F5: a hundred connections that say nothing: root is answered at once, another user too, and in 5 s they are gone."""
    open_to_others(host)
    crowd = as_user(host, 2001, RAW, "idle", host.control.path, "100")
    wait_for(lambda: "got" in crowd.output, "the crowd")
    begin = time.monotonic()
    assert answers(host.control) and time.monotonic() - begin < 2
    probe = ("import socket, sys; s = socket.socket(socket.AF_UNIX); s.settimeout(3); s.connect(sys.argv[1]);"
             "s.sendall(b'GET /v1/log-level HTTP/1.0\\r\\n\\r\\n'); print(s.recv(4096).decode())")
    other = as_user(host, 2002, "-c", probe, host.control.path)
    other.wait(5)
    assert "200 OK" in other.output, other.output
    last = as_user(host, 2001, "-c", probe, host.control.path)
    last.wait(5)
    assert "503" in last.output and "the maximum for one user" in last.output, last.output

    def connections():
        rows = pathlib.Path(f"/proc/{host.daemon.pid}/net/unix").read_text().splitlines()
        return sum(1 for row in rows if row.endswith("control.sock.new/s") and row.split()[5] == "03")
    wait_for(lambda: connections() == 0, "the end of the idle connections", timeout=8)


def test_without_the_token_nobody_holds_the_panel(lone):
    """F5: a crowd on the TCP port; the page is answered all the same."""
    a = lone(control={"socket-group": "root", "port": 7067})
    wait_for((a.daemon.runtime / "panel").exists, "the panel's address")
    crowd = a.spawn("/usr/bin/python3", "-c", "import socket, time\ncrowd = [socket.create_connection(('127.0.0.1', 7067)) for _ in range(200)]\nprint('there', flush=True)\ntime.sleep(30)")
    wait_for(lambda: "there" in crowd.output, "the crowd")
    page = a.run("/usr/bin/python3", "-c", "import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:7067/', timeout=3).status)")
    assert page.stdout.strip() == "200", page


# F2: who pays for memory.

def memory_group(name):
    """A memory control group of its own; None where version 1 is not there to be used."""
    group = pathlib.Path("/sys/fs/cgroup/memory") / name
    try:
        group.mkdir()
    except OSError:
        return None
    return group


def shared_bytes(group):
    return int(re.search(r"^total_shmem (\d+)", (group / "memory.stat").read_text(), re.M)[1])


def test_what_a_client_keeps_costs_the_daemon_nothing(host):
    """F2: ten rounds of fifteen streams of 64 channels, each left with its descriptors kept: a gigabyte once, nothing now."""
    group = memory_group(f"aes67-{os.getpid()}")
    try:
        if group:
            (group / "cgroup.procs").write_text(str(host.daemon.pid))
        rings, kept, costs = 15, [], []
        for _ in range(10):
            peers = [rawclient.attach(host.daemon.socket, channels=64) for _ in range(rings)]
            assert all(error == 0 for _, error, *_ in peers), [p[2] for p in peers]
            sizes = [os.fstat(descriptors[1]) for *_, descriptors in peers]
            # F14: every page is there before a media thread wants it, and in the daemon's account.
            assert all(size.st_blocks * 512 >= size.st_size > 8_000_000 for size in sizes)
            for peer, _, _, _, descriptors in peers:
                kept.append(descriptors[1])
                os.close(descriptors[0])
                peer.close()
            wait_for(lambda: not host.daemon.fresh_status()["clients"], "the slots to be free")
            wait_for(lambda: all(os.fstat(d).st_blocks == 0 for d in kept), "the pages to be given back", timeout=3)
            costs.append(shared_bytes(group) if group else 0)
        assert max(costs) < 20_000_000, costs
        # Who touches again what was given back pays himself.
        assert os.pwrite(kept[0], b"mine", 4096) == 4 and os.fstat(kept[0]).st_blocks == 8
        if group:
            assert shared_bytes(group) < 20_000_000
        assert host.daemon.process.running
    finally:
        for descriptor in kept:
            os.close(descriptor)
        if group:
            (group.parent / "cgroup.procs").write_text(str(host.daemon.pid))
            wait_for(lambda: not (group / "cgroup.procs").read_text(), "the group to be empty")
            group.rmdir()
