# SPDX-License-Identifier: MIT
"""The hosts of a latency test: two namespaces of this machine, or this machine and a second one."""

import json
import os
import pathlib
import shlex
import socket
import struct
import subprocess
import time
import types

from harness.clockpage import ClockPage
from harness.control import Control
from harness.daemon import Daemon, configuration
from harness.network import Network, wait_for

HERE = pathlib.Path(__file__).resolve().parent
GRACE = 20  # seconds that a program may take longer than its duration


def arguments(setup, end, pcm, directory):
    return [end, pcm, setup.channels, setup.period, setup.periods, setup.seconds + (2 if end == "far" else 0),
            f"{directory}/{end}.records", f"{directory}/{end}.events"]


class LocalHost:
    """A daemon on this machine, whose clock page can be mapped."""

    def __init__(self, runtime):
        self.control = Control(types.SimpleNamespace(runtime=pathlib.Path(runtime)))
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asked:
            asked.connect(str(self.control.path))
            pid, _, _ = struct.unpack("3i", asked.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        self.clock = ClockPage(types.SimpleNamespace(pid=pid))

    def glitches(self, after=0):
        return self.control.get(f"/v1/glitches?after={after}")

    def measurements(self):
        return self.control.get("/v1/histograms")

    def monotonic(self, frame):
        return self.clock.monotonic(frame)


class Namespaces:
    """Both hosts on this machine, joined by a virtual link, with a daemon each.

    Each host has half of the processors for its programs. The receiver of a stream runs on the sender's processor, because a packet that
    wakes a thread on another processor costs several times as much, especially in a virtual machine.
    """

    same_clock = True

    def __init__(self, install, setup, directory):
        self.install = types.SimpleNamespace(directory=install, daemon=install / "aes67d")
        self.setup, self.directory = setup, directory
        self.network = Network(directory / "hosts")

    def __enter__(self):
        self.network.__enter__()
        try:
            processors = sorted(os.sched_getaffinity(0))
            half = len(processors) // 2
            self.network.a.processors, self.network.b.processors = processors[:half], processors[half:]
            for number, host in enumerate((self.network.a, self.network.b), start=1):
                self.daemon(number, host)
            for host in (self.network.a, self.network.b):
                host.daemon.settle()
            self.divide_processors()
        except BaseException:
            self.network.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.network.__exit__()

    def divide_processors(self):
        for host, other in ((self.network.a, self.network.b), (self.network.b, self.network.a)):
            if other.processors:
                os.sched_setaffinity(host.daemon.process.thread("media-rx"), other.processors)

    def daemon(self, number, host):
        setup = self.setup
        offset_us = (setup.link_offset * 1_000_000 + 24_000) // 48_000
        config = configuration(
            host=number, log={"level": "info"},
            layout={"streams": setup.streams, "channels": setup.channels // setup.streams},
            streams={"packet-time": f"{setup.packet_us}us", "link-offset": f"{offset_us}us",
                     # Sending packets later than the link offset would only delay the next ones.
                     "max-lateness": f"{max(1000, offset_us)}us"},
            device={"echo": number == 2 and setup.reflect == "engine"})
        Daemon(host, self.install, config).start()

    def client(self, host, end):
        pcm = f"aes67:CH={self.setup.channels}"
        return host.spawn(self.directory / "latency_client", *arguments(self.setup, end, pcm, self.directory), name=end)

    def start_far(self):
        self.far = self.client(self.network.b, "far")
        self.network.b.daemon.client(self.far)

    def run_near(self):
        self.client(self.network.a, "near").wait(self.setup.seconds + GRACE)

    def stop_far(self):
        self.far.stop(timeout=10)

    def hosts(self):
        return [LocalHost(host.daemon.runtime) for host in (self.network.a, self.network.b)]

    def status(self):
        return [host.daemon.fresh_status() for host in (self.network.a, self.network.b)]


class Remote:
    """This machine and another one, both with the sound card installed and running, as host 1 and host 2 of the default layout.

    AES67_REMOTE_SHELL replaces ssh, as RSYNC_RSH does for rsync; host "-" means that it needs no host name.
    """

    same_clock = False

    def __init__(self, host, setup, directory):
        self.shell = [*shlex.split(os.environ.get("AES67_REMOTE_SHELL", "ssh")), *([] if host == "-" else [host])]
        self.setup, self.directory = setup, directory
        self.pcm = f"aes67:CH={setup.channels}"
        self.runtime = os.environ.get("AES67_RUNTIME_DIRECTORY", "/run/aes67")

    def there(self, command, data=None):
        done = subprocess.run([*self.shell, command], input=data, capture_output=True, timeout=60, check=False)
        if done.returncode != 0:
            raise SystemExit(f"on the second machine: {command}: {done.stderr.decode().strip()}")
        return done.stdout

    def __enter__(self):
        self.remote = self.there("mktemp -d").decode().strip()
        if self.setup.reflect == "app":
            self.there(f"cat >{self.remote}/latency_client.c", (HERE / "latency_client.c").read_bytes())
            self.there(f"cc -std=gnu11 -O3 -D_GNU_SOURCE -o {self.remote}/latency_client "
                       f"{self.remote}/latency_client.c -lasound")
        self.adopt(self.status())
        return self

    def __exit__(self, *_):
        self.there(f"rm -rf {shlex.quote(self.remote)}")

    def adopt(self, statuses):
        """Adopts packet time and link offset from the daemons, which are configured already."""
        senders, receivers = statuses[0]["senders"], statuses[0]["receivers"]
        if not senders or not receivers or not statuses[1]["senders"]:
            raise SystemExit("both machines need senders and receivers; the default layout with host 1 and 2 will do")
        self.setup.packet_us = senders[0]["packetTimeMicroseconds"]
        offsets = {stream["linkOffsetFrames"] for status in statuses for stream in status["receivers"]}
        if len(offsets) != 1:
            raise SystemExit(f"all receivers need the same link offset for this test; there are {sorted(offsets)} frames")
        self.setup.link_offset = offsets.pop()

    def start_far(self):
        command = " ".join(["exec", f"{self.remote}/latency_client",
                            *(shlex.quote(str(a)) for a in arguments(self.setup, "far", self.pcm, self.remote))])
        self.far = subprocess.Popen([*self.shell, command], stdin=subprocess.DEVNULL)
        time.sleep(1.5)
        if self.far.poll() is not None:
            raise SystemExit("the program on the second machine ended at once")

    def run_near(self):
        near = arguments(self.setup, "near", self.pcm, self.directory)
        subprocess.run([str(self.directory / "latency_client"), *(str(a) for a in near)], check=True,
                       timeout=self.setup.seconds + GRACE)

    def stop_far(self):
        self.far.wait(GRACE)
        for name in ("far.records", "far.events"):
            (self.directory / name).write_bytes(self.there(f"cat {self.remote}/{name}"))

    def hosts(self):
        return [LocalHost(self.runtime)]

    def status(self):
        self.written_status()
        time.sleep(0.6)  # the daemons write the status again a quarter of a second after a read
        return self.written_status()

    def written_status(self):
        return [json.loads(pathlib.Path(f"{self.runtime}/status.json").read_text()),
                json.loads(self.there("cat ${AES67_RUNTIME_DIRECTORY:-/run/aes67}/status.json"))]
