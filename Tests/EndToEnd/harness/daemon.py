# SPDX-License-Identifier: MIT
"""aes67d under test: its configuration, runtime directory, ALSA configuration and status file."""

import json
import os
import pathlib
import signal
import socket
import time

from .network import wait_for

ROOT = pathlib.Path(__file__).resolve().parents[3]


def configuration(host=1, **sections):
    """Returns a configuration in which no frame is lost if the machine stalls for a tenth of a second.

    Sections given as keywords are merged into it, key by key: `streams={"packet-time": "125us"}`.
    """
    value = {
        "layout": {"host": host},
        "network": {"interface": "net0"},
        "streams": {"link-offset": "200ms", "max-lateness": "100ms", "concealment": "silence"},
        "ptp": {"mode": "off"},  # both hosts have one kernel clock, so senders start at once and agree in time
        "log": {"level": "debug"},
        "device": {"minimum-period": 16},
    }
    for section, keys in sections.items():
        section = section.replace("_", "-")
        if isinstance(keys, dict):
            value.setdefault(section, {}).update(keys)
        else:
            value[section] = keys
    return value


PACE_NS = 250_000_000  # the minimum between two writes of status.json
RUNNING = {"sending", "addressConflict", "receiving", "silent", "late", "lossy", "unsynchronised", "notReceivable"}


def runs(stream):
    """Returns true if a sender or receiver runs; a receiver may still get no packets."""
    return stream["state"] in RUNNING or stream.get("error") == "waiting for the first packet"


WRITTEN_EVERY = 0.3  # the maximum in seconds while a program reads the status file


def read_status(path):
    """Returns the content of a daemon's status file. The daemon rewrites the file soon after a read; if it is older, the next write is waited for."""
    deadline = time.monotonic() + 2 * WRITTEN_EVERY
    while True:
        with open(path, encoding="utf-8") as file:
            text, written = file.read(), os.fstat(file.fileno()).st_mtime
        if time.time() - written < WRITTEN_EVERY or time.monotonic() > deadline:
            return json.loads(text)
        time.sleep(0.02)


class Status(dict):
    """One content of status.json."""

    def sender(self, name_or_address):
        return self._one("senders", name_or_address)

    def receiver(self, name_or_address):
        return self._one("receivers", name_or_address)

    def _one(self, kind, key):
        found = [s for s in self[kind] if key in (s["name"], s["address"])]
        assert len(found) == 1, f"{kind} called {key}: {found}"
        return found[0]

    def total(self, kind, counter):
        return sum(stream[counter] for stream in self[kind])

    def client(self, pid):
        for client in self["clients"]:
            if client["pid"] == pid:
                return client
        return None


class Daemon:
    """One aes67d on a host. `text` replaces the generated configuration with literal YAML."""

    def __init__(self, host, install, config=None, text=None):
        self.host = host
        self.install = install  # has the directory with the daemon and the plug-ins under test
        self.runtime = host.directory / "run"
        self.state = host.directory / "state"
        self.config_file = host.directory / "aes67d.yaml"
        # JSON is valid YAML, so no YAML writer is needed.
        self.config_file.write_text(text if text is not None else json.dumps(config, indent=2) + "\n")
        self.process = None
        host.daemon = self
        host.environment["ALSA_CONFIG_PATH"] = str(self.write_alsa_configuration())

    def write_alsa_configuration(self, name="alsa.conf", extra=""):
        """Writes an ALSA configuration that includes the shipped one, with the test's plug-ins and daemon."""
        path = self.host.directory / name
        path.write_text(
            "</usr/share/alsa/alsa.conf>\n"
            f'pcm_type.aes67 {{ lib "{self.install.directory}/libasound_module_pcm_aes67.so" }}\n'
            f'ctl_type.aes67 {{ lib "{self.install.directory}/libasound_module_ctl_aes67.so" }}\n'
            f"<{ROOT}/configs/60-aes67.conf>\n"
            f'pcm.aes67.runtime_directory "{self.runtime}"\n'
            f'pcm.aes67_plug.slave.pcm.runtime_directory "{self.runtime}"\n'
            f'pcm.aes67_stereo.playback.pcm.slave.pcm.runtime_directory "{self.runtime}"\n'
            f'pcm.aes67_stereo.capture.pcm.slave.pcm.runtime_directory "{self.runtime}"\n'
            f'ctl.aes67.runtime_directory "{self.runtime}"\n' + extra)
        return path

    def as_card(self, name):
        """Returns a line for another host's ALSA configuration: this host's device as a card of that name, with its own clock."""
        return f'pcm.{name} {{ type plug slave.pcm {{ type aes67 channels 2 first_channel 1 runtime_directory "{self.runtime}" }} }}\n'

    def command(self, *more):
        return [self.install.daemon, "--config", self.config_file, "--runtime-directory", self.runtime,
                "--state-directory", self.state, *more]

    def start(self, wait=True, env=None):
        self.runtime.mkdir(exist_ok=True)
        self.status_file.unlink(missing_ok=True)  # from a daemon that was killed
        self.process = self.host.spawn(*self.command(), name="aes67d", env=env)
        if wait:
            wait_for(lambda: self.ready() or not self.process.running, "aes67d to be ready", timeout=10)
            assert self.process.running, f"aes67d ended at once:\n{self.log}"
        return self

    def ready(self):
        """Returns true if the status is written and both sockets accept connections."""
        return self.status_file.exists() and self.listens(self.socket, socket.SOCK_SEQPACKET) and self.listens(
            self.runtime / "control.sock", socket.SOCK_STREAM)

    @staticmethod
    def listens(path, kind):
        with socket.socket(socket.AF_UNIX, kind) as probe:
            return probe.connect_ex(str(path)) == 0

    @property
    def status_file(self):
        return self.runtime / "status.json"

    @property
    def socket(self):
        return self.runtime / "clients.sock"

    @property
    def log(self):
        return self.process.output if self.process else ""

    @property
    def pid(self):
        return self.process.pid

    def status(self):
        return Status(read_status(self.status_file))

    def counters(self):
        """Returns the integer values in the status of all streams that are not all 0, as one line of text."""
        if not self.status_file.exists():
            return "no status"
        counters = {}
        for stream in [*self.status()["senders"], *self.status()["receivers"]]:
            for name, value in stream.items():
                if isinstance(value, int) and name not in ("port", "channels", "ssrc", "payloadType"):
                    counters.setdefault(name, []).append(value)
        return "; ".join(f"{name} {' '.join(map(str, values))}" for name, values in counters.items() if any(values))

    def fresh_status(self):
        """Returns a status that the daemon has read after this call.

        The daemon reads its state a quarter of a second or more after the last write, and writes it a moment later. If it may have read the
        state before this call, that write is skipped, and the next one is returned.
        """
        def written_at():
            self.status_file.read_text()  # a read makes the daemon write again soon
            return self.status_file.stat().st_mtime_ns

        written = self.status_file.stat().st_mtime_ns
        may_be_read = time.time_ns() > written + PACE_NS
        for _ in range(2 if may_be_read else 1):
            written = wait_for(lambda: (now := written_at()) > written and now, "a new status.json", timeout=3)
        return self.status()

    def wait_status(self, condition, what, timeout=5.0):
        """Waits for the first status for which `condition` holds, and returns it."""
        last = {}

        def look():
            last["status"] = self.status()
            return condition(last["status"])

        try:
            wait_for(look, what, timeout=timeout, interval=0.05)
        except AssertionError as error:
            raise AssertionError(f"{error}; status: {json.dumps(last.get('status'))[:3000]}") from None
        return last["status"]

    def client(self, process, timeout=5.0):
        """Waits until this client runs, and returns its status."""
        def running(status):
            assert process.running, f"ended early, exit status {process.popen.returncode}: {process}\n{process.output[-2000:]}"
            client = status.client(process.pid)
            return client is not None and client["running"]

        return self.wait_status(running, f"client {process.pid} to run", timeout).client(process.pid)

    def settle(self):
        """Waits until all streams run and all senders have sent packets."""
        def good(status):
            return (all(runs(s) and s["packets"] > 0 for s in status["senders"])
                    and all(runs(r) for r in status["receivers"]))

        return self.wait_status(good, "all streams to run", timeout=10)

    def kill(self):
        self.process.send(signal.SIGKILL)
        self.process.wait(5, expect=-signal.SIGKILL)

    def stop(self):
        assert self.process.stop() == 0, f"aes67d ended with an error:\n{self.log[-3000:]}"
