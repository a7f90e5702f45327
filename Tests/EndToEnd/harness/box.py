# SPDX-License-Identifier: MIT
"""A fresh Debian (12 by default) with systemd as PID 1, booted in the network namespace of a host, without Docker and without systemd on
the host.

The tree is made once by mmdebstrap and kept in ${XDG_CACHE_HOME:-~/.cache}/aes67-vsc. Each box, that is, container, is an overlay on it in
memory, so that no file remains.

Differences from a plain `systemd-nspawn --boot`: an own cgroup, entered before, because with --keep-unit two boxes would share one; unified
cgroups and a wider system call filter, so that the sandbox of units works as on a real Debian; no CAP_SYS_TIME, because the clock is not
namespaced and a box must not set the machine's.
"""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import time

from .daemon import read_status
from .network import Process, sh, wait_for

SUITE = "bookworm"
PACKAGES = ["systemd-sysv", "dbus", "iproute2", "procps", "init-system-helpers", "alsa-utils", "libstdc++6", "libyaml-0-2", "libsndfile1"]
NEEDED = ["mmdebstrap", "systemd-nspawn", "nsenter", "dpkg-deb"]
CLEAN = ["env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8"]


class CannotBoot(Exception):
    """This machine cannot boot a container."""


def base(*more, suite=SUITE):
    """Returns the directory with the tree of a Debian release and these additional packages, which is made if necessary."""
    packages = [*PACKAGES, *more]
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing or os.geteuid() != 0:
        raise CannotBoot(f"needs root and {', '.join(NEEDED)}; missing: {', '.join(missing) or 'root'}")
    key = hashlib.sha256(" ".join([suite, *packages]).encode()).hexdigest()[:12]
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "aes67-vsc"
    tree = cache / f"{suite}-{key}"
    if not tree.exists():
        cache.mkdir(parents=True, exist_ok=True)
        draft = cache / f"{suite}-{key}.{os.getpid()}"
        done = subprocess.run(
            ["mmdebstrap", "--quiet", "--mode=root", "--variant=minbase", f"--include={','.join(packages)}",
             *[f"--dpkgopt=path-exclude=/usr/share/{each}/*" for each in ("doc", "locale")],
             suite, str(draft)], capture_output=True, text=True)
        if done.returncode != 0:
            shutil.rmtree(draft, ignore_errors=True)
            raise CannotBoot(f"mmdebstrap: {done.stderr[-500:]}")
        # The package under test must contain the files that the tree leaves out.
        for file in (draft / "etc/dpkg/dpkg.cfg.d").glob("*mmdebstrap*"):
            file.unlink()
        draft.rename(tree)
    return tree


class Box:
    """One booted Debian. `run` and `start` use its own units; `look` runs commands for the test, with all capabilities."""

    def __init__(self, host, tree):
        self.host = host
        host.box = self
        self.name = host.namespace
        self.directory = pathlib.Path("/run") / f"box-{self.name}"
        self.root = self.directory / "root"
        unified = os.path.exists("/sys/fs/cgroup/cgroup.controllers")
        places = ["/sys/fs/cgroup"] if unified else ["/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd"]
        self.cgroups = [pathlib.Path(place) / f"box-{self.name}" for place in places]
        self.supervisor = None
        self.leader = None
        self.directory.mkdir()
        sh("mount", "-t", "tmpfs", "-o", "size=2G,mode=755", "box", self.directory)
        for part in ("upper", "work", "root"):
            (self.directory / part).mkdir()
        sh("mount", "-t", "overlay", "box", "-o",
           f"lowerdir={tree},upperdir={self.directory}/upper,workdir={self.directory}/work", self.root)
        (self.root / "etc/machine-id").write_text("")  # empty: gives it an ID of its own, without the presets of a first boot
        (self.root / "etc/hostname").write_text("box\n")
        (self.root / "etc/hosts").write_text("127.0.0.1 localhost box\n")

    def boot(self):
        for group in self.cgroups:
            group.mkdir(exist_ok=True)
        enter = "".join(f"echo $$ >{group}/cgroup.procs; " for group in self.cgroups)
        nspawn = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", f"--directory={self.root}",
                  "--machine=box", f"--network-namespace-path=/run/netns/{self.name}", "--resolv-conf=off",
                  "--timezone=off", "--link-journal=no", "--console=pipe", "--boot",
                  "--capability=CAP_NET_ADMIN,CAP_SYS_RESOURCE,CAP_SYS_NICE,CAP_IPC_LOCK,CAP_SYSLOG",
                  "--system-call-filter=bpf @keyring @memlock perf_event_open"]
        environment = dict(os.environ, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY="1", SYSTEMD_NSPAWN_API_VFS_WRITABLE="network")
        self.supervisor = Process(["setsid", "sh", "-c", enter + 'exec "$@"', "box", *nspawn],
                                  self.directory / "console.log", env=environment)
        self.leader = wait_for(self._find_leader, "the box's PID 1", timeout=20)
        state = wait_for(self._state, "the box to boot", timeout=40, interval=0.05)
        assert state == "running", f"the box is {state}:\n{self.look('systemctl', '--failed').stdout}"

    def _find_leader(self):
        assert self.supervisor.running, f"the box did not start:\n{self.supervisor.output}"
        for child in _children(self.supervisor.pid):
            if _comm(child) == "systemd":
                return child
        return None

    def _state(self):
        done = self.look("systemctl", "is-system-running", check=False)
        return done.stdout.strip() if done.stdout.strip() in ("running", "degraded") else None

    def inside(self, *command):
        return ["nsenter", "-t", str(self.leader), "-a", "--", *CLEAN, *[str(c) for c in command]]

    def look(self, *command, check=True, timeout=30):
        """Runs a command in the container's namespaces, with the test's capabilities and cgroup."""
        done = subprocess.run(self.inside(*command), capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)
        assert not check or done.returncode == 0, (
            f"{' '.join(map(str, command))}: exit status {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done

    def run(self, *command, check=True, timeout=60):
        """Runs a command as a transient unit, with the permissions of the container's programs."""
        return self.look("systemd-run", "--quiet", "--pipe", "--wait", "--collect", "--service-type=exec", "--",
                         *command, check=check, timeout=timeout)

    def start(self, unit, *command, properties=()):
        """Starts a program as a unit with these systemd properties; `ended_well` waits for its end."""
        self.look("systemd-run", "--quiet", f"--unit={unit}", "--service-type=exec", "-p", "RemainAfterExit=yes",
                  "-p", "StandardOutput=journal", "-p", "LimitMEMLOCK=infinity", *[word for each in properties for word in ("-p", each)],
                  "--", *command)

    def show(self, unit, *properties):
        lines = self.look("systemctl", "show", unit, *[f"-p{name}" for name in properties]).stdout.splitlines()
        values = dict(line.split("=", 1) for line in lines if "=" in line)
        return values[properties[0]] if len(properties) == 1 else values

    def ended_well(self, unit, timeout=30):
        """Waits for the end of a program that `start` started; fails if it ended with an error."""
        wait_for(lambda: self.show(unit, "SubState") in ("exited", "failed", "dead"), f"{unit} to end", timeout, 0.1)
        state = self.show(unit, "Result", "ExecMainStatus", "SubState")
        text = self.look("journalctl", "-u", unit, "-o", "cat", "--no-pager").stdout
        assert (state["Result"], state["ExecMainStatus"]) == ("success", "0"), f"{unit}: {state}\n{text}"

    def runs(self, unit):
        return self.show(unit, "SubState") == "running"

    def journal(self, *options):
        """Returns the journal's entries as dictionaries, the oldest first."""
        text = self.look("journalctl", "--no-pager", "-o", "json", *options).stdout
        return [json.loads(line) for line in text.splitlines()]

    def status(self, instance=""):
        """Returns the present content of status.json."""
        path = pathlib.Path(f"/proc/{self.leader}/root/run/aes67{'-' + instance if instance else ''}/status.json")
        return read_status(path)

    def install(self, package):
        """Copies a package into the container and installs it; returns dpkg's output."""
        shutil.copy(package, self.root / "root")
        done = self.look("env", "DEBIAN_FRONTEND=noninteractive", "dpkg", "-i", f"/root/{package.name}", timeout=60)
        return done.stdout + done.stderr

    def reboot(self):
        self.look("systemctl", "reboot", check=False)
        self._gone()
        self.boot()

    def _gone(self):
        self.supervisor.wait(20, expect=None)
        wait_for(lambda: not _alive(self.leader), "the box to be gone", 10)

    def down(self):
        """Powers off and removes the container, whatever its state."""
        try:
            if self.leader and _alive(self.leader):
                sh("kill", "-s", "RTMIN+4", self.leader, check=False)  # systemctl poweroff
                self._gone()
        except AssertionError:
            sh("kill", "-9", self.leader, check=False)
            time.sleep(0.5)
        if self.supervisor and self.supervisor.running:
            self.supervisor.stop()
        for place in (self.root, self.directory):
            sh("umount", "-l", place, check=False)
        if self.directory.exists():
            self.directory.rmdir()
        for group in self.cgroups:
            sh("find", group, "-depth", "-type", "d", "-exec", "rmdir", "{}", "+", check=False)


def _children(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []


def _comm(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _alive(pid):
    """Returns false for a zombie as well, because its parent may take seconds to collect it."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False
