# SPDX-License-Identifier: MIT
"""The campaign: one attack after another on two daemons that play to each other, with the conditions that must hold.

In each round one host plays and the other records, all frames are compared, and one attack or fault happens. After the round both daemons
must still run, without further descriptors and memory, with a log of bounded length, and with free streams for other clients. A round with
dropouts that a stall of the machine explains is inconclusive.
"""

import argparse
import contextlib
import os
import pathlib
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import types

from harness import daemon as daemons
from harness import pattern, rawclient, session
from harness.control import Control
from harness.faults import FAULTS, daemon_is_killed, memory_limit
from harness.network import Network, sh, wait_for
from harness.ptp import FAST, locked
from harness.timeshift import library, shift_file
from harness.witness import Witness, disturbances

HERE = pathlib.Path(__file__).resolve().parent
ATTACKS = HERE / "harness" / "attacks.py"
ROUND = 4  # seconds of compared audio
RESTART = 15  # the same for a killed daemon, because the next one must lock to the network's clock first
ATTACKER, GROUP = 2001, 60  # a user, and Debian's static group games, which owns the sockets here
AREAS = {"network": ["rtp", "rtcp", "sap", "sdp", "ptp"], "control": ["http", "idle", "watchers", "schemathesis"],
         "clients": ["streams", "hostile", "keep"], "faults": [fault.__name__ for fault in FAULTS]}
MAXIMUM_LINES = 300  # log lines in a round
MAXIMUM_BYTES = 64 << 20  # by which a daemon's memory may grow: 4,096 sessions, a client's rings
UNIT_MEMORY = 1 << 30  # MemoryMax of the unit
MAXIMUM_CASES = 3  # of schemathesis, for each operation


class Stalled(Exception):
    """A stall of the machine explains the dropouts of a round."""


class Campaign:
    def __init__(self, network, install, witness, seed):
        self.network, self.install, self.witness, self.seed = network, install, witness, seed
        self.hosts = (network.a, network.b)
        self.rows, self.failures, self.stalls, self.shifts = {}, [], 0, {}
        shift = library(network.directory)
        hostile = network.directory / "hostile"
        subprocess.run(["cc", "-std=gnu11", "-O2", f"-I{daemons.ROOT}/Sources/CSharedMemory/include", "-o", hostile, HERE / "hostile.c"], check=True)
        network.directory.chmod(0o755)
        for number, host in enumerate(self.hosts, start=1):
            sh("ip", "-n", host.namespace, "addr", "add", "10.67.0.66/24", "dev", "net0")
            self.shifts[host] = shift_file(host.path("shift"))
            host.environment["HOSTILE"] = str(hostile)
            daemons.Daemon(host, install, daemons.configuration(
                host=number, log={"level": "info"}, control={"socket-group": "games"}, device={"socket-group": "games"},
                ptp={**FAST, "mode": "master" if number == 1 else "slave"}))
            host.daemon.start = types.MethodType(start_shifted(shift, host.path("shift")), host.daemon)
            host.daemon.start()
            for directory in (host.directory, host.daemon.runtime):
                directory.chmod(0o755)
        for host in self.hosts:
            host.daemon.settle()
        network.b.daemon.wait_status(locked, "the lock", timeout=20)
        self.set_reference()
        self.round("faults", "nothing", 0, checks=False)  # the first playback opens files and uses memory that are not the attacks'
        self.set_reference()

    def set_reference(self):
        """Makes the present state the reference for later rounds, so that each excess is reported once."""
        self.first = {host: measure(host) for host in self.hosts}

    def attack(self, area, name, number, target):
        """Starts the attacking program: on the target, or for attacks by network on the other host."""
        words = ["/usr/bin/python3", ATTACKS, name, ROUND + 1, f"{self.seed}-{number}", target.daemon.runtime]
        if area == "network":
            return next(host for host in self.hosts if host is not target).spawn(*words, name=name)
        return target.spawn("setpriv", f"--reuid={ATTACKER}", f"--regid={GROUP}", f"--groups={GROUP}", *words, name=name)

    def round(self, area, name, number, checks=True):
        """Runs one round against one host, and returns the number of attempts."""
        target = self.hosts[number % 2] if area == "network" or number % 2 else self.network.a
        begin = time.monotonic_ns()
        sound = pattern.Pattern(2)
        a, b = (target, *[host for host in self.hosts if host is not target]) if area != "network" else (
            next(host for host in self.hosts if host is not target), target)
        seconds = RESTART if name == daemon_is_killed.__name__ else ROUND
        recorder, file = session.start_recording(b, name="heard.raw", pcm="aes67:CH=2", channels=2)
        attack = self.attack(area, name, number, target) if area != "faults" else None
        player = session.play_pattern(a, sound.frames(seconds * 48_000), pcm="aes67:CH=2", channels=2)
        a.daemon.client(player)
        tried = 0
        try:
            if attack is None:
                tried = next((fault for fault in FAULTS if fault.__name__ == name), lambda *_: 0)(self, target)
            player.wait(seconds + 10)
            session.hear_out(b, recorder, file)
        finally:
            session.finish(recorder)
            if attack:
                attack.wait(seconds + 30)
                tried = int(attack.output.split()[-1])
        try:
            self.judge(name, sound, pattern.read(file, "S32_LE", 2))
        except AssertionError as error:
            if reason := self.disturbed(begin):
                raise Stalled(f"{reason}; {error}") from None
            raise
        if checks:
            self.check(target if name == daemon_is_killed.__name__ else None)
        return tried

    @staticmethod
    def judge(name, sound, heard):
        if name != daemon_is_killed.__name__:
            pattern.expect_whole(sound, heard, ROUND * 48_000)
            return
        runs = sound.runs(heard)
        pattern.expect_never_backwards(runs)
        sounding = [run for run in runs if run.kind == "intact"]
        assert sounding and sounding[-1].frame + sounding[-1].length == RESTART * 48_000, f"no sound after the restart:\n{pattern.describe(runs)}"

    def disturbed(self, begin):
        for fact, needs_ms in disturbances(self.hosts):
            if self.witness.still_ms(2 * needs_ms, begin, time.monotonic_ns()) >= needs_ms:
                return f"{fact}, and the machine stalled for {self.witness.longest_ms(begin, time.monotonic_ns()):.0f} ms"
        return None

    def facts(self, begin):
        """Yields facts that may explain a failed round."""
        yield f"the machine stalled for {self.witness.longest_ms(begin, time.monotonic_ns()):.1f} ms at most"
        for host in self.hosts:
            yield f"{host.namespace}: {host.daemon.counters()}"

    def check(self, killed):
        """Checks the conditions that must hold after a round."""
        for host in self.hosts:
            wait_for(lambda: not host.daemon.fresh_status()["clients"], f"the slots of {host.namespace} to be free")
            first = self.first[host]
            with contextlib.suppress(AssertionError):
                wait_for(lambda: measure(host).descriptors <= first.descriptors + 8, "descriptors to be closed", timeout=12)
            now = measure(host)
            assert now.descriptors <= first.descriptors + 8, f"{now.descriptors} descriptors on {host.namespace}, {first.descriptors} at first"
            assert host.daemon.process.running and (now.pid == first.pid or host is killed), f"the daemon of {host.namespace} has ended or restarted"
            assert now.resident < first.resident + MAXIMUM_BYTES, f"{now.resident - first.resident:,} more bytes are resident"
            assert host is killed or now.lines - first.lines < MAXIMUM_LINES, f"{now.lines - first.lines} lines of log in a round"
            self.first[host] = types.SimpleNamespace(**{**vars(first), "lines": now.lines, "pid": now.pid})
            assert Control(host.daemon).ask("GET", "/v1/log-level").status == 200
            for direction in (rawclient.PLAYBACK, rawclient.CAPTURE):
                peer, error, reason, _, found = rawclient.attach(host.daemon.socket, direction)
                assert error == 0, reason
                for descriptor in found:
                    os.close(descriptor)
                peer.close()
        self.network.b.daemon.wait_status(locked, "the lock", timeout=20)
        for host in self.hosts:
            host.daemon.settle()

    def schemathesis(self):
        """Tests the API against its OpenAPI document, over TCP with the token, on a separate daemon whose streams may be changed."""
        host = self.network.a
        with separate_daemon(self.network, self.install) as (inside, address, token, description):
            done = subprocess.run([*inside, shutil.which("schemathesis"), "run", description, "--url", address, "-H", f"Authorization: Bearer {token}",
                                   "--checks", "not_a_server_error", "--phases", "examples,fuzzing", "--max-examples", str(MAXIMUM_CASES), "--seed", str(self.seed)],
                                  capture_output=True, text=True, timeout=300, check=False, cwd=host.directory)
        cases = re.findall(r"(\d+) generated", done.stdout)
        assert done.returncode == 0 and cases, done.stdout[-3000:] + done.stderr[-1000:]
        return int(cases[-1])

    def run(self, areas, until):
        number = 0
        while number == 0 or time.monotonic() < until:
            for area in areas:
                for name in AREAS[area]:
                    if number and time.monotonic() >= until:
                        return
                    self.attempt(area, name, number)
                    if not all(host.daemon.process.running for host in self.hosts):
                        return
            number += 1

    def attempt(self, area, name, number):
        row = self.rows.setdefault((area, name), types.SimpleNamespace(rounds=0, tried=0, problem=""))
        if name == "schemathesis" and (number or not shutil.which(name)):
            row.problem = row.problem or ("" if number else "not tried: schemathesis is not in PATH")
            return
        print(f"{time.strftime('%T')} {area} {name}", file=sys.stderr, flush=True)
        begin = time.monotonic_ns()
        try:
            with contextlib.ExitStack() as stack:
                if name == "keep":
                    for host in self.hosts:
                        stack.enter_context(memory_limit(host, UNIT_MEMORY))
                row.tried += self.schemathesis() if name == "schemathesis" else self.round(area, name, number)
            row.rounds += 1
        except Stalled as stalled:
            self.stalls += 1
            print(f"  inconclusive: {stalled}", file=sys.stderr)
        except (AssertionError, OSError, RuntimeError, ValueError, subprocess.TimeoutExpired) as error:
            row.problem = str(error).splitlines()[0][:120]
            self.failures.append(name)
            print(f"  FAILED: {error}", *self.facts(begin), sep="\n    ", file=sys.stderr)
            with contextlib.suppress(AssertionError, OSError):
                self.network.b.daemon.wait_status(locked, "the lock", timeout=20)
                self.set_reference()

    def table(self):
        yield "| area | attack | rounds | times | passed |"
        yield "|---|---|---|---|---|"
        for (area, name), row in self.rows.items():
            yield f"| {area} | {name.replace('_', ' ')} | {row.rounds} | {row.tried:,} | {row.problem or ('yes' if row.rounds else 'no round without a stall')} |"


def measure(host):
    """Returns process id, descriptors, resident bytes and log lines of a daemon."""
    pid = host.daemon.pid
    return types.SimpleNamespace(pid=pid, descriptors=len(os.listdir(f"/proc/{pid}/fd")), lines=host.daemon.log.count("\n"),
                                 resident=int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096)


def start_shifted(shift, file):
    """Returns `Daemon.start` with a time of day that can be shifted."""
    return lambda daemon: daemons.Daemon.start(daemon, env={"LD_PRELOAD": str(shift), "TIMESHIFT": str(file)})


@contextlib.contextmanager
def separate_daemon(network, install):
    """A daemon in a namespace without a network: yields the prefix of commands there, the panel's address, its token and the OpenAPI document."""
    name = f"{network.prefix}-c"
    sh("ip", "netns", "add", name)
    try:
        for words in (["link", "set", "lo", "up"], ["link", "add", "net0", "type", "veth", "peer", "name", "far0"], ["addr", "add", "10.67.0.9/24", "dev", "net0"],
                      ["link", "set", "net0", "up"], ["link", "set", "far0", "up"]):
            sh("ip", "-n", name, *words)
        host = type(network.a)(name, "10.67.0.9", network.directory / "c")
        try:
            daemons.Daemon(host, install, daemons.configuration(host=3, layout={"remote-host": 4}, log={"level": "info"}, control={"port": 7067})).start()
            file = host.daemon.runtime / "panel"
            address, token = wait_for(lambda: file.exists() and file.read_text().strip(), "the panel").split("/#token=")
            yield host.inside([]), address, token, daemons.ROOT / "Sources/Control/openapi.yaml"
            assert host.daemon.process.running and host.daemon.process.stop() == 0, host.daemon.log[-2000:]
        finally:
            host.stop_all()
    finally:
        sh("ip", "netns", "del", name, check=False)


def main():
    parser = argparse.ArgumentParser(prog="scripts/assault.sh", description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--minutes", type=float, default=5, help="at least one round of each is run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("areas", nargs="*", metavar="AREA", help=f"one of {', '.join(AREAS)}")
    options = parser.parse_args()
    if unknown := set(options.areas) - set(AREAS):
        parser.error(f"there is no area {' '.join(unknown)}; there are {', '.join(AREAS)}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    directory = pathlib.Path(os.environ.get("AES67_INSTALL", daemons.ROOT / ".build-install")).absolute()
    install = types.SimpleNamespace(directory=directory, daemon=directory / "aes67d")
    with tempfile.TemporaryDirectory(prefix="aes67-assault-") as place, Network(place) as network:
        witness = Witness(place)
        try:
            campaign = Campaign(network, install, witness, options.seed)
            begin = time.monotonic()
            with contextlib.suppress(KeyboardInterrupt):  # prints the table also after an interrupt
                campaign.run(options.areas or list(AREAS), begin + options.minutes * 60)
        finally:
            witness.stop()
        print("\n".join(campaign.table()))
        print(f"\n{time.strftime('%F')}, {os.cpu_count()} processors, Linux {platform.release()}: {time.monotonic() - begin:.0f} s with seed"
              f" {options.seed}; {len(campaign.failures)} rounds failed, {campaign.stalls} were inconclusive because of stalls")
        for host in campaign.hosts if campaign.failures else ():
            print(f"\n{host.namespace}:\n{host.daemon.log[-3000:]}", file=sys.stderr)
    return 1 if campaign.failures else 0


if __name__ == "__main__":
    sys.exit(main())
