# SPDX-License-Identifier: MIT
"""The soak: 64 channels in each direction between two hosts for hours, with PTP and random faults, all frames compared.

Each missing frame must belong to a fault, or to a stall of the machine that the witness saw, and each received frame must be the one that
was played. The program prints a line a minute, and a report with a plot at its end, also if it is stopped early.
"""

import argparse
import collections
import json
import os
import pathlib
import platform
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import types

from harness import daemon as daemons
from harness import pattern, peers, soakplot
from harness.network import URGENT, Network, wait_for
from harness.ptp import FAST
from harness.soakfaults import FAULTS, RECOVERY
from harness.witness import Witness, drop_ms, spare_ms

LISTENER = pathlib.Path(__file__).resolve().parent / "harness" / "listener.py"
CHANNELS, GROUP, PERIOD = 64, 8, 262_143
BEHIND = 1.5  # maximum seconds from a sample's transport over the network to the end of its comparison
PAUSE = (20, 45)  # seconds between faults
MAXIMUM_GROWTH = 16 << 20  # of a daemon's memory in bytes, after its first minute


class Pipe:
    """Two programs connected by a pipe, which can be restarted."""

    def __init__(self, host, first, second):
        self.host, self.commands, self.parts = host, (first, second), []
        self.start()

    def start(self):
        log = open(self.host.path("programs.log"), "ab")  # noqa: SIM115 (the programs keep it open)
        feeder = subprocess.Popen(self.host.inside([*URGENT, *self.commands[0]]), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                                  env=self.host.environment)
        taker = subprocess.Popen(self.host.inside([*URGENT, *self.commands[1]]), stdin=feeder.stdout, stdout=log, stderr=log, env=self.host.environment)
        feeder.stdout.close()
        log.close()
        self.parts = [feeder, taker]

    @property
    def running(self):
        return all(part.poll() is None for part in self.parts)

    def stop(self, number=signal.SIGTERM):
        for part in self.parts:
            if part.poll() is None:
                part.send_signal(number)
        for part in self.parts:
            try:
                part.wait(5)
            except subprocess.TimeoutExpired:
                part.kill()
                part.wait(5)

    def restart(self, number):
        self.stop(number)
        time.sleep(0.5)  # until queued frames are played, which would be mixed with the next player's
        self.start()


class Soak:
    def __init__(self, network, install, witness, memory, options):
        self.hosts, self.witness, self.options = (network.a, network.b), witness, options
        self.chance, self.leads, self.faults, self.samples = random.Random(options.seed), True, [], []
        self.positions, self.unexplained, self.torn = collections.Counter(), [], 0
        self.lost = collections.Counter()  # stream frames by cause
        self.compared = {}  # stream frames by host and listener process, because each restarted recorder has its own count
        self.minutes = []
        self.begin = time.monotonic_ns()
        # In memory, because a player that waits for a disk would cause gaps.
        sound = memory / "pattern.raw"
        pattern.write(sound, pattern.Pattern(CHANNELS).frames(PERIOD), "S32_LE")
        slow = {"clock": {"rate-divisor": options.speed, "anchor": time.monotonic_ns()}} if options.speed > 1 else {}
        for number, host in enumerate(self.hosts, start=1):
            ptp = {"mode": "off"} if slow else {**FAST, "mode": "auto", "priority1": 100 if number == 1 else 110}
            daemons.Daemon(host, install, daemons.configuration(host=number, log={"level": "info"}, streams={"packet-time": "1ms"}, ptp=ptp, **slow))
            profiles = host.daemon.config_file.parent / "profiles"
            profiles.mkdir()
            shutil.copy(daemons.ROOT / "configs/profiles/low-latency.yaml", profiles)
            host.daemon.start()
        for host in self.hosts:
            host.daemon.settle()
        # The shortest stall that makes a packet late or dropped, within twice that time.
        self.needs_ms = min(least(host.daemon.fresh_status()) for host in self.hosts for least in (drop_ms, spare_ms))
        loop = ["sh", "-c", 'while cat "$0"; do :; done', sound]
        self.players = [Pipe(host, loop, peers.aplay("-")) for host in self.hosts]
        self.recorders = [Pipe(host, peers.arecord("-"), ["/usr/bin/python3", LISTENER, CHANNELS, GROUP, sound, host.path("events")]) for host in self.hosts]
        for host in self.hosts:
            wait_for(lambda: host.path("events").exists() and '"counts"' in host.path("events").read_text(), f"sound on {host.namespace}", timeout=20)
        # The start counts as a fault.
        self.faults.append((self.begin, time.monotonic_ns() + 3 * 10**9, "start"))
        self.begin = time.monotonic_ns()

    def run(self, until):
        """Runs until the time is over or the end is requested."""
        next_fault, next_minute = time.monotonic() + self.chance.uniform(*PAUSE), time.monotonic() + 60
        while time.monotonic() < until and not stopping:
            time.sleep(0.2)
            assert all(pipe.running for pipe in self.players + self.recorders), "a program has ended: " + self.programs()
            if time.monotonic() >= next_fault:
                kind = self.chance.choice([kind for kind in FAULTS if self.options.speed == 1 or kind not in ("grandmaster change",)])
                begin = time.monotonic_ns()
                FAULTS[kind](self, self.chance)
                self.faults.append((begin, time.monotonic_ns() + RECOVERY[kind] * self.options.speed * 10**9, kind))
                next_fault = time.monotonic() + RECOVERY[kind] * self.options.speed + self.chance.uniform(*PAUSE)
            if time.monotonic() >= next_minute:
                next_minute += 60
                self.minute()
        time.sleep(1.5)
        self.minute()

    def programs(self):
        return " ".join(host.path("programs.log").read_text()[-300:] for host in self.hosts)

    def minute(self):
        """Checks the events since the last call, and prints a line."""
        missing, new = 0, len(self.unexplained)
        for host in self.hosts:
            lines = host.path("events").read_text().splitlines()
            for line in map(json.loads, lines[self.positions[host]:]):
                if wrong := line.get("wrong"):
                    missing += sum(wrong.values())
                    self.explain(host, line["at"], wrong)
                if counts := line.get("counts"):
                    self.compared[host, line["process"]] = sum(counts.values())
            self.positions[host] = len(lines)
            self.samples.append((time.monotonic_ns(), host, host.daemon.pid, resident(host.daemon.pid), len(os.listdir(f"/proc/{host.daemon.pid}/fd"))))
        seconds = (time.monotonic_ns() - self.begin) / 1e9
        self.minutes.append((seconds, missing))
        faults = [kind for begin, _, kind in self.faults if begin > time.monotonic_ns() - 61 * 10**9]
        memory = ", ".join(f"{sample[3] / 1e6:.0f} MB {sample[4]} fd" for sample in self.samples[-2:])
        print(f"{time.strftime('%T')} {seconds / 60:6.1f} min  {missing / (CHANNELS // GROUP) / 48_000:7.2f} s of 64 channels missing, {len(self.unexplained) - new} unexplained"
              f"  {memory}  {', '.join(faults)}", *self.unexplained[new:], sep="\n  ", flush=True)

    def explain(self, host, at, wrong):
        """Attributes a faulty block to its cause."""
        causes = [kind for begin, end, kind in self.faults if begin - BEHIND * 1e9 < at < end + BEHIND * 1e9]
        still = self.witness.still_ms(2 * self.needs_ms, at - int(BEHIND * 1e9 * self.options.speed), at)
        cause = causes[-1] if causes else "stall of the machine" if still >= self.needs_ms else None
        self.lost[cause or "unexplained"] += sum(wrong.values())
        self.torn += wrong["torn"]
        if cause is None or (wrong["torn"] and not causes):
            self.unexplained.append(f"{host.namespace} after {(at - self.begin) / 1e9:.1f} s: {wrong}; the machine stalled for {still:.1f} ms at most"
                                    f" within {2 * self.needs_ms:.1f}; {'; '.join(map(counted, self.hosts))}")

    def growth(self):
        """Returns (bytes, descriptors) from the second sample to the last, for each daemon process with more than two samples."""
        runs = collections.defaultdict(list)
        for _, host, pid, size, descriptors in self.samples:
            runs[host.namespace, pid].append((size, descriptors))
        return {key: (run[-1][0] - run[1][0], run[-1][1] - run[1][1]) for key, run in runs.items() if len(run) > 2}

    def problems(self):
        found = list(self.unexplained)
        for (name, pid), (size, descriptors) in self.growth().items():
            if size > MAXIMUM_GROWTH or descriptors > 8:
                found.append(f"aes67d {pid} on {name}: {size:,} more bytes and {descriptors} more descriptors")
        return found

    def report(self, directory):
        directory.mkdir(parents=True, exist_ok=True)
        seconds = (time.monotonic_ns() - self.begin) / 1e9
        counts = collections.Counter(kind for _, _, kind in self.faults)
        compared = sum(self.compared.values())
        rows = [f"| {kind} | {counts[kind] or '-'} | {self.lost[kind] / 48_000:.2f} |"
                for kind in sorted(set(counts) | set(self.lost))]
        growth = max((size for size, _ in self.growth().values()), default=0)
        text = [f"{time.strftime('%F')}, {os.cpu_count()} processors, Linux {platform.release()}: scripts/soak.sh --hours {self.options.hours:g} --speed"
                f" {self.options.speed} --seed {self.options.seed}, {'stopped' if stopping else 'ended'} after {seconds / 60:.1f} minutes.", "",
                f"{compared / (CHANNELS / GROUP) / 48_000 / 60:.1f} minutes of 64 channels were compared, both directions together; {len(self.unexplained)} blocks"
                f" were not explained, {self.torn:,} stream frames were torn, {growth / 1e6:.1f} MB is the largest growth of a daemon's memory.", "",
                "| cause | times | missing, in seconds of a stream of eight channels |", "|---|---|---|", *rows, ""]
        text += [f"- {problem}" for problem in self.problems()[:50]]
        (directory / "soak.md").write_text("\n".join(text) + "\n")
        minutes = [(second, 100 * missing / max(1, 2 * 8 * 48_000 * 60)) for second, missing in self.minutes]

        def series(column, scale):
            return [(host.namespace[-1], [((s[0] - self.begin) / 1e9, s[column] / scale) for s in self.samples if s[1] is host]) for host in self.hosts]
        faults = [((begin - self.begin) / 1e9, kind) for begin, _, kind in self.faults if kind != "start"]
        (directory / "soak.svg").write_text(soakplot.draw(seconds, minutes, faults, series(3, 1e6), series(4, 1)))
        print("\n".join(text))
        print(f"{directory}/soak.md and soak.svg")

    def stop(self):
        for pipe in self.recorders + self.players:
            pipe.stop()


def counted(host):
    """Returns the faults that a host's present daemon has counted, as text."""
    status = host.daemon.status()
    found = {"packets dropped": status.total("senders", "dropped")}
    found |= {f"packets {what}": status.total("receivers", what) for what in ("late", "lost")}
    found |= {f"xruns of {client['program']}": client["xruns"] for client in status["clients"]}
    return f"{host.namespace}: {', '.join(f'{what} {number}' for what, number in found.items())}"


def resident(pid):
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


stopping = []


def apart(body):
    """Runs `body` in a separate session, so that Ctrl-C does not end its programs before the report is written."""
    child = os.fork()
    if child == 0:
        os.setsid()
        sys.exit(body())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os.kill(child, signal.SIGTERM))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main():
    parser = argparse.ArgumentParser(prog="scripts/soak.sh", description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--hours", type=float, default=2)
    parser.add_argument("--speed", type=int, default=1, help="N: run at 1/N of real time, for slow machines, without PTP")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--report", type=pathlib.Path, default=pathlib.Path("soak-report"), help="directory of the report (default: soak-report)")
    options = parser.parse_args()
    return apart(lambda: soak(options))


def soak(options):
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: stopping.append(number))
    directory = pathlib.Path(os.environ.get("AES67_INSTALL", daemons.ROOT / ".build-install")).absolute()
    install = types.SimpleNamespace(directory=directory, daemon=directory / "aes67d")
    with (tempfile.TemporaryDirectory(prefix="aes67-soak-") as place, tempfile.TemporaryDirectory(prefix="aes67-soak-", dir="/dev/shm") as memory,
          Network(place) as network):
        witness = Witness(place)
        run = Soak(network, install, witness, pathlib.Path(memory), options)
        try:
            run.run(time.monotonic() + options.hours * 3600)
        except (AssertionError, OSError, RuntimeError) as error:
            run.unexplained.append(str(error))
        finally:
            run.stop()
            run.report(options.report)
            witness.stop()
        return 1 if run.problems() else 0


if __name__ == "__main__":
    sys.exit(main())
