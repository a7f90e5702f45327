# SPDX-License-Identifier: MIT
"""The faults of the campaign scripts/assault.sh: what goes wrong around a daemon while it plays, and is over a moment later.

Each takes the campaign and the host whose daemon it befalls, and returns how often it happened. What must hold meanwhile is the
campaign's to say; what a fault itself must lead to is asserted here.
"""

import contextlib
import os
import pathlib
import resource
import signal

from .control import Control
from .network import INTERFACE, sh, wait_for
from .timeshift import shift_time

PCM = ("-t", "raw", "-f", "S32_LE", "-r", "48000", "-q")


def player(host, first=33):
    """A program that plays silence on channels that nobody compares."""
    program = host.spawn("aplay", "-D", f"aes67:CH=8,FIRST={first}", "-c", 8, *PCM, "/dev/zero")
    host.daemon.client(program)
    return program


def stopped_programs(_, host):
    """A program stands still with the device open, and is killed so."""
    programs = [player(host, first) for first in (33, 41)]
    for program in programs:
        program.send(signal.SIGSTOP)
    host.daemon.fresh_status()
    for program in programs:
        program.send(signal.SIGKILL)
        program.wait(5, expect=None)
    return len(programs)


def killed_programs(_, host):
    """Programs are killed while they play and record."""
    for _ in range(5):
        recorder = host.spawn("arecord", "-D", "aes67:CH=64", "-c", 64, *PCM, "/dev/null")
        for program in (player(host), recorder):
            program.send(signal.SIGKILL)
            program.wait(5, expect=None)
    return 10


def change(host, kept):
    """A change of the settings is in force; the answer says whether it is kept."""
    answer = Control(host.daemon).ask("PATCH", "/v1/configuration", {"settings": {"log.level": "notice"}})
    assert answer.status == 200 and answer.json.get("kept", True) is kept, f"{answer.status} {answer.text}"


def restore(host):
    assert Control(host.daemon).ask("DELETE", "/v1/configuration").status in (200, 204)


def state_is_gone(_, host):
    """The state directory is moved away, and back."""
    away = host.daemon.state.with_name("away")
    host.daemon.state.rename(away)
    change(host, kept=False)
    away.rename(host.daemon.state)
    restore(host)
    return 1


def state_is_damaged(_, host):
    """Overwrites the kept state with invalid content."""
    for text in ("{", "", "null", '{"version": 99}'):
        (host.daemon.state / "overrides.json").write_text(text)
        change(host, kept=True)
        restore(host)
    return 4


def disk_is_full(_, host):
    """No byte is left where the state is; afterwards it is read-only, and then as it was."""
    sh("mount", "-t", "tmpfs", "-o", "size=16k,mode=700", "full", host.daemon.state)
    try:
        with open(host.daemon.state / "filler", "wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(4096))
            except OSError:
                pass
        change(host, kept=False)
        (host.daemon.state / "filler").unlink()
        sh("mount", "-o", "remount,ro", host.daemon.state)
        change(host, kept=False)
    finally:
        sh("umount", "-l", host.daemon.state)
    restore(host)
    return 2


def descriptors_run_out(_, host):
    """The daemon may open nothing more for a while: nobody new is served, and those who are do not notice."""
    pid = host.daemon.pid
    limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (len(os.listdir(f"/proc/{pid}/fd")), limits[1]))
    programs = [host.spawn("aplay", "-D", "aes67:CH=2,FIRST=33", "-c", 2, *PCM, "-d", 1, "/dev/zero") for _ in range(5)]
    for program in programs:
        program.wait(10, expect=None)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
    return len(programs)


def interfaces(_, host):
    """Interfaces and addresses come and go, none of them ours."""
    for number in range(40):
        sh("ip", "-n", host.namespace, "link", "add", f"odd{number}", "type", "veth", "peer", "name", f"even{number}")
        sh("ip", "-n", host.namespace, "addr", "add", f"10.99.{number}.1/24", "dev", f"odd{number}")
        sh("ip", "-n", host.namespace, "link", "set", f"odd{number}", "up")
    for extra in ("10.67.0.99/24", "172.31.0.1/16"):
        for verb in ("add", "del"):
            sh("ip", "-n", host.namespace, "addr", verb, extra, "dev", INTERFACE)
    for number in range(40):
        sh("ip", "-n", host.namespace, "link", "del", f"odd{number}")
    return 40


def time_leaps(campaign, host):
    """The daemon sees the time of day set: by an hour, a day, to the past, by a leap second's worth, and back."""
    leaps = [3_600, 86_400, -86_400, 1, -1, 0]
    for seconds in leaps:
        shift_time(campaign.shifts[host], seconds * 10**9)
        host.daemon.fresh_status()
    return len(leaps)


def runtime_directory_is_removed(_, host):
    """Sockets and files of the daemon are removed; they come back, and who has the device open goes on."""
    for file in host.daemon.runtime.iterdir():
        file.unlink()
    wait_for(host.daemon.ready, "the sockets", timeout=5)
    wait_for(lambda: pathlib.Path(Control(host.daemon).path).exists(), "the control socket", timeout=5)
    return 1


def daemon_is_killed(_, host):
    """SIGKILL, and a new daemon at once, as under systemd."""
    host.daemon.kill()
    host.daemon.start()
    return 1


@contextlib.contextmanager
def memory_limit(host, limit):
    """Puts the daemon into a memory control group that ends it when what it is charged exceeds the limit, as its unit does. Where
    groups of version 1 are not there to be used, nothing is limited."""
    group = pathlib.Path("/sys/fs/cgroup/memory") / host.namespace
    try:
        group.mkdir()
    except OSError:
        yield
        return
    try:
        (group / "memory.limit_in_bytes").write_text(str(limit))
        (group / "cgroup.procs").write_text(str(host.daemon.pid))
        yield
    finally:
        for pid in (group / "cgroup.procs").read_text().split():
            (group.parent / "cgroup.procs").write_text(pid)
        group.rmdir()


FAULTS = [stopped_programs, killed_programs, state_is_gone, state_is_damaged, disk_is_full, descriptors_run_out, interfaces,
          time_leaps, runtime_directory_is_removed, daemon_is_killed]
