# SPDX-License-Identifier: MIT
"""Hosts: network namespaces joined by a veth, or by two veths with a user-space wire between them that impairs packets."""

import os
import pathlib
import signal
import subprocess
import time

INTERFACE = "net0"  # the same name on all hosts
# A priority above ordinary programs and below the media threads, so that other load of the machine does not affect the test.
URGENT = ["chrt", "--fifo", "5"]


class CannotMakeNamespaces(Exception):
    """This machine or user may not make network namespaces."""


def sh(*command, check=True):
    """Runs a short command and returns its standard output."""
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=30)
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(str(c) for c in command)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def wait_for(condition, what, timeout=5.0, interval=0.01):
    """Polls until `condition` returns a true value, and returns that value."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout} s in vain for {what}")
        time.sleep(interval)


class Process:
    """A program started by a test, with its output in a file. It is stopped by its process id."""

    def __init__(self, command, log, env=None, cwd=None, pass_fds=()):
        self.command = [str(c) for c in command]
        self.log = pathlib.Path(log)
        with open(self.log, "ab") as out:
            self.popen = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, env=env, cwd=cwd, pass_fds=pass_fds)
        self.pid = self.popen.pid

    @property
    def output(self):
        return self.log.read_text(errors="replace")

    @property
    def running(self):
        return self.popen.poll() is None

    def thread(self, name):
        """Returns the id of the thread of this name; None if there is none."""
        for task in pathlib.Path(f"/proc/{self.pid}/task").iterdir():
            if (task / "comm").read_text().strip() == name:
                return int(task.name)
        return None

    def send(self, number):
        if self.running:
            self.popen.send_signal(number)

    def wait(self, timeout=30.0, expect=0):
        """Waits for the end; `expect` is the expected exit status, None for any."""
        try:
            status = self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still runs after {timeout} s: {self}\n{self.output[-2000:]}") from None
        assert expect is None or status == expect, f"exit status {status}: {self}\n{self.output[-2000:]}"
        return status

    def stop(self, number=signal.SIGTERM, timeout=5.0):
        """Ends the program, finally by SIGKILL, and returns its exit status."""
        for each in (number, signal.SIGKILL):
            self.send(signal.SIGCONT)
            self.send(each)
            try:
                return self.popen.wait(timeout)
            except subprocess.TimeoutExpired:
                continue
        raise AssertionError(f"does not die: {self}")

    def __str__(self):
        return " ".join(self.command)


class Host:
    """One network namespace with an address, and the processes that run in it."""

    def __init__(self, namespace, address, directory):
        self.namespace = namespace
        self.address = address
        self.interface = INTERFACE
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.environment = dict(os.environ, LC_ALL="C.UTF-8")
        self.processes = []
        self.processors = None  # the processors on which its programs may run; None for all
        self.daemon = None
        self.box = None  # the Debian container that was booted here
        self.burst_ms = 0  # the burst of senders received here, if it is longer than a packet and the test knows it

    def inside(self, command):
        # nsenter instead of `ip netns exec`, which makes a mount namespace for each command.
        where = ["taskset", "--cpu-list", ",".join(map(str, self.processors))] if self.processors else []
        return [*where, "nsenter", f"--net=/run/netns/{self.namespace}", *[str(c) for c in command]]

    def run(self, *command, check=True, timeout=30, pass_fds=()):
        done = subprocess.run(self.inside(command), capture_output=True, text=True, timeout=timeout,
                              env=self.environment, stdin=subprocess.DEVNULL, pass_fds=pass_fds)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(str(c) for c in command)}: exit status {done.returncode}\n"
                                 f"{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done

    def spawn(self, *command, name=None, env=None, pass_fds=(), urgent=False):
        """Starts a program that ends with the test. An urgent one has a priority above the machine's other load."""
        number = len(self.processes)
        log = self.directory / f"{number:02d}-{name or pathlib.Path(str(command[0])).name}.log"
        process = Process(self.inside([*URGENT, *command] if urgent else command), log, env={**self.environment, **(env or {})}, pass_fds=pass_fds)
        self.processes.append(process)
        return process

    def path(self, name):
        return self.directory / name

    def stop_all(self):
        for process in reversed(self.processes):
            if process.running:
                process.stop(timeout=3)
        self.processes.clear()


class Network:
    """Hosts `a` and `b`; with `wire`, a third namespace `w` between them whose interfaces are left and right."""

    def __init__(self, directory, wire=False):
        self.prefix = f"aes67-{os.getpid()}"
        self.wired = wire
        self.names = ["a", "b"] + (["w"] if wire else [])
        self.directory = pathlib.Path(directory)

    def namespace(self, name):
        return f"{self.prefix}-{name}"

    def __enter__(self):
        try:
            for name in self.names:
                sh("ip", "netns", "add", self.namespace(name))
        except (RuntimeError, FileNotFoundError) as error:
            self.__exit__()
            raise CannotMakeNamespaces(str(error)) from None
        try:
            self.connect()
        except Exception:
            self.__exit__()
            raise
        return self

    def connect(self):
        for name in self.names:
            sh("ip", "-n", self.namespace(name), "link", "set", "lo", "up", "multicast", "on")
        self.join()
        self.a = Host(self.namespace("a"), "10.67.0.1", self.directory / "a")
        self.b = Host(self.namespace("b"), "10.67.0.2", self.directory / "b")
        if self.wired:
            self.w = Host(self.namespace("w"), None, self.directory / "w")
        for host in (self.a, self.b):
            wait_for(lambda: "state UP" in sh("ip", "-n", host.namespace, "link", "show", INTERFACE),
                     f"the link of {host.namespace} to be up")

    def join(self):
        """Makes the interfaces between the hosts, also again after a test has removed them."""
        a, b = self.namespace("a"), self.namespace("b")
        if self.wired:
            w = self.namespace("w")
            sh("ip", "-n", a, "link", "add", INTERFACE, "type", "veth", "peer", "name", "left", "netns", w)
            sh("ip", "-n", b, "link", "add", INTERFACE, "type", "veth", "peer", "name", "right", "netns", w)
            for end in ("left", "right"):
                sh("ip", "-n", w, "link", "set", end, "up", "promisc", "on", "arp", "off")
        else:
            sh("ip", "-n", a, "link", "add", INTERFACE, "type", "veth", "peer", "name", INTERFACE, "netns", b)
        for number, namespace in enumerate((a, b), start=1):
            sh("ip", "-n", namespace, "addr", "add", f"10.67.0.{number}/24", "dev", INTERFACE)
            sh("ip", "-n", namespace, "link", "set", INTERFACE, "up")
            sh("ip", "-n", namespace, "route", "add", "239.0.0.0/8", "dev", INTERFACE)
            if self.wired:  # a user-space wire forwards frames unchanged, so their checksums must be complete
                sh("ip", "netns", "exec", namespace, "ethtool", "-K", INTERFACE, "tx", "off")

    def hosts(self):
        return [host for host in (getattr(self, name, None) for name in self.names) if host]

    def __exit__(self, *_):
        for host in self.hosts():
            host.stop_all()
        for name in self.names:
            sh("ip", "netns", "del", self.namespace(name), check=False)
