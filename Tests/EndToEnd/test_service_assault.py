# SPDX-License-Identifier: MIT
"""The package under systemd while another user of the host attacks the daemon: other programs' audio must not be affected."""

import json
import pathlib
import re
import signal

import pytest

from harness import pattern, rawclient, session
from harness.network import wait_for
from test_assault import memory_group, shared_bytes
from test_service import STEREO, bare, box, peer, play, ready  # noqa: F401  (fixtures)

ATTACKER, OTHER = 2001, 2002
SECONDS = 30  # of compared audio
AUDIO = 29  # Debian's static number


def attack(box, user, group, socket, *words):
    """Runs rawclient.py as another user among the container's processes, with access to the daemon's directory."""
    run = f"cd /proc/{box.leader}/root/run/aes67 && exec nsenter -t {box.leader} --pid --ipc --uts setpriv --reuid={user}" \
          f" --regid={group} --clear-groups /usr/bin/python3 {rawclient.__file__} {words[0]} {socket} {words[1]}"
    program = box.host.spawn("sh", "-c", run, name=f"{words[0]}-{user}")
    wait_for(lambda: "got" in program.output or not program.running, "the attack", timeout=40)
    assert program.running, program.output
    return program, json.loads(program.output)


def group_of(box, name):
    return int(re.search(rf"^{name}:[^:]*:(\d+):", (box.root / "etc/group").read_text(), re.M)[1])


def keeps_memory(box):
    """F2: a user who is only in the group audio takes and keeps more memory than the unit may have."""
    group = memory_group("aes67-box")
    pid = int(wait_for(lambda: daemon_pid(box), "the daemon's process"))
    if group:
        (group / "memory.limit_in_bytes").write_text(str(1 << 30))
        (group / "cgroup.procs").write_text(str(pid))
    try:
        _, taken = attack(box, ATTACKER, AUDIO, "clients.sock", "keep", 15)
        assert taken["bytes"] > 2 << 30, taken
        assert not group or shared_bytes(group) < 200_000_000, shared_bytes(group)
    finally:
        if group:
            (group.parent / "cgroup.procs").write_text(str(pid))
            wait_for(lambda: not (group / "cgroup.procs").read_text(), "the control group to be empty")
            group.rmdir()


def daemon_pid(box):
    """Returns the daemon's process id on this host."""
    shared = box.look("systemctl", "show", "aes67d", "-pControlGroup", "--value").stdout.strip()
    found = [p for group in box.cgroups for file in group.rglob(f"*{shared}/cgroup.procs") for p in file.read_text().split()]
    return next((p for p in found if pathlib.Path(f"/proc/{p}/comm").read_text().strip() == "aes67d"), None)


def takes_all_streams(box):
    """F4: a stopped program holds as many streams as one user may have; another user still gets streams."""
    greedy, taken = attack(box, ATTACKER, AUDIO, "clients.sock", "clients", 16)
    assert 0 < taken["got"] < 32 and taken["refusals"], taken
    greedy.send(signal.SIGSTOP)
    _, other = attack(box, OTHER, AUDIO, "clients.sock", "clients", 1)
    assert other["got"] == 2, other
    greedy.send(signal.SIGCONT)


def holds_connections(box):
    """F5: a member of the group aes67 opens as many connections as allowed and sends nothing; root is still answered."""
    attack(box, ATTACKER, group_of(box, "aes67"), "control.sock", "idle", 200)
    assert "senders" in box.look("aes67", "stats", "--json", timeout=5).stdout


@pytest.mark.long
@pytest.mark.parametrize("what", [keeps_memory, takes_all_streams, holds_connections])
def test_attacks_do_not_affect_other_programs(box, peer, what):
    """F2, F4, F5: during the attack a program plays, and the peer's recording has all frames. The daemon is not restarted."""
    ready(box)
    before = box.show("aes67d", "MainPID")
    recorder, sink = session.start_recording(peer, **STEREO)
    signal_ = play(box, "player", SECONDS * 48_000)
    what(box)
    assert box.runs("player"), "the attack was over before the sound"
    assert "opened" not in box.run("aplay", "-q", "-D", "aes67:CH=2", "-c", 2, "-f", "S32_LE", "-r", 48000, "-d", 1, "/dev/zero").stderr
    box.ended_well("player", timeout=SECONDS + 10)
    session.hear_out(peer, recorder, sink)
    session.finish(recorder)
    assert pattern.expect_whole(signal_, pattern.read(sink, "S32_LE", 2), SECONDS * 48_000) >= 0
    assert box.show("aes67d", "MainPID", "NRestarts") == {"MainPID": before, "NRestarts": "0"}
