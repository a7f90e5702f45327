# SPDX-License-Identifier: MIT
"""The faults of the campaign scripts/assault.sh: short failures in the surroundings of a playing daemon.

Each function takes the campaign and the host, causes the fault, and returns how often. It checks the fault's own consequences; the campaign
checks the audio.
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
    """Starts a program that plays silence on channels that are not compared."""
    program = host.spawn("aplay", "-D", f"aes67:CH=8,FIRST={first}", "-c", 8, *PCM, "/dev/zero")
    host.daemon.client(program)
    return program


def stopped_programs(_, host):
    """Programs are stopped with the device open, and then killed."""
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
    """Changes a setting, and checks whether the reply says that it is saved."""
    answer = Control(host.daemon).ask("PATCH", "/v1/configuration", {"settings": {"log.level": "notice"}})
    assert answer.status == 200 and answer.json.get("kept", True) is kept, f"{answer.status} {answer.text}"


def restore(host):
    assert Control(host.daemon).ask("DELETE", "/v1/configuration").status in (200, 204)


def state_is_gone(_, host):
    """The state directory is moved away and back."""
    away = host.daemon.state.with_name("away")
    host.daemon.state.rename(away)
    change(host, kept=False)
    away.rename(host.daemon.state)
    restore(host)
    return 1


def state_is_damaged(_, host):
    """The state file is overwritten with invalid content."""
    for text in ("{", "", "null", '{"version": 99}'):
        (host.daemon.state / "overrides.json").write_text(text)
        change(host, kept=True)
        restore(host)
    return 4


def disk_is_full(_, host):
    """The state directory is on a full disk, then on a read-only one, and then as before."""
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
    """The daemon cannot open file descriptors for a while: new clients are not served, existing ones continue."""
    pid = host.daemon.pid
    limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (len(os.listdir(f"/proc/{pid}/fd")), limits[1]))
    programs = [host.spawn("aplay", "-D", "aes67:CH=2,FIRST=33", "-c", 2, *PCM, "-d", 1, "/dev/zero") for _ in range(5)]
    for program in programs:
        program.wait(10, expect=None)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
    return len(programs)


def interfaces(_, host):
    """Interfaces and addresses other than the daemon's are added and removed."""
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
    """The daemon's time of day is set by an hour, a day, to the past, by a second, and back."""
    leaps = [3_600, 86_400, -86_400, 1, -1, 0]
    for seconds in leaps:
        shift_time(campaign.shifts[host], seconds * 10**9)
        host.daemon.fresh_status()
    return len(leaps)


def runtime_directory_is_removed(_, host):
    """The daemon's sockets and runtime files are removed; the daemon must restore them."""
    for file in host.daemon.runtime.iterdir():
        file.unlink()
    wait_for(host.daemon.ready, "the sockets", timeout=5)
    wait_for(lambda: pathlib.Path(Control(host.daemon).path).exists(), "the control socket", timeout=5)
    return 1


def daemon_is_killed(_, host):
    """The daemon is killed and started again at once, as by systemd."""
    host.daemon.kill()
    host.daemon.start()
    return 1


@contextlib.contextmanager
def memory_limit(host, limit):
    """Puts the daemon into a memory control group with this limit, as its unit does; without a limit if cgroup version 1 is not available."""
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
