# SPDX-License-Identifier: MIT
"""What the daemon's media threads cost beside a bare loop of the same packets, in alternating slices of one run.

The two take turns by SIGSTOP and SIGCONT, so that both meet the same machine. Printed are the medians over all slices:
per cent of one processor, and nanoseconds for each packet that the interface has seen. The ratio is that of the latter,
since whoever drops packets would look cheap by the former.
"""

import argparse
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import types

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "Tests/EndToEnd"))

from harness.daemon import Daemon, configuration  # noqa: E402
from harness.network import Network, wait_for  # noqa: E402
from harness import peers  # noqa: E402

STREAMS, CHANNELS = 8, 8
PACKET_TIMES = {"1ms": 1_000_000, "250us": 250_000, "125us": 125_000}
SETTLE = 0.4  # seconds of a slice that are not counted: what piled up while the other had its turn


def thread_of(pid, name):
    """The id of the process's thread of that name."""
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        if (task / "comm").read_text().strip() == name:
            return int(task.name)
    return None


def spent_ns(pid, thread):
    """Nanoseconds on a processor so far."""
    return int(pathlib.Path(f"/proc/{pid}/task/{thread}/schedstat").read_text().split()[0])


def packets(pid):
    """Packets that net0 has received and sent so far, in the process's network namespace."""
    for line in pathlib.Path(f"/proc/{pid}/net/dev").read_text().splitlines():
        name, _, numbers = line.strip().partition(":")
        if name == "net0":
            return int(numbers.split()[1]) + int(numbers.split()[9])
    raise RuntimeError("no net0")


class Contender:
    """A process that takes turns, and the one thread of it that is measured."""

    def __init__(self, process, thread_name=None):
        self.process = process
        self.per_packet = []
        self.thread = process.pid
        if thread_name:
            self.thread = wait_for(lambda: thread_of(process.pid, thread_name), f"thread {thread_name}")
        self.slices = []
        process.send(signal.SIGSTOP)

    def turn(self, seconds):
        """One slice: per cent of one processor."""
        self.process.send(signal.SIGCONT)
        time.sleep(SETTLE)
        begin, passed = time.monotonic_ns(), packets(self.process.pid)
        spent = spent_ns(self.process.pid, self.thread)
        time.sleep(seconds)
        used = spent_ns(self.process.pid, self.thread) - spent
        self.slices.append(100 * used / (time.monotonic_ns() - begin))
        self.per_packet.append(used / (packets(self.process.pid) - passed))
        self.process.send(signal.SIGSTOP)

    def medians(self):
        return statistics.median(self.slices), statistics.median(self.per_packet)


def compare(ours, bare, slices, seconds):
    for number in range(slices):
        for contender in (ours, bare) if number % 2 else (bare, ours):
            contender.turn(seconds)
    assert ours.process.running and bare.process.running, "a contender died"
    return ours.medians(), bare.medians()


def bare_sender(network, bare, packet_ns):
    payload = packet_ns * 48 // 1_000_000 * CHANNELS * 3
    return network.a.spawn(bare, "send", STREAMS, 12 + payload, packet_ns, network.a.address, "239.69.1.")


def measure_sending(network, install, bare, packet_time, options):
    """A bare receiver hears both; a player keeps all 64 channels of ours busy."""
    network.b.spawn(bare, "receive", STREAMS, network.b.address, "239.69.1.")
    Daemon(network.a, install, configuration(streams={"packet-time": packet_time, "max-lateness": "17ms"},
                                             receivers=[], log={"level": "info"})).start().settle()
    network.a.spawn(*peers.aplay("/dev/urandom"))
    ours = Contender(network.a.daemon.process, "media-tx")
    theirs = Contender(bare_sender(network, bare, PACKET_TIMES[packet_time]))
    return compare(ours, theirs, options.slices, options.seconds)


def measure_receiving(network, install, bare, packet_time, options):
    """A bare sender feeds both; aligned by arrival, since its timestamps mean nothing."""
    bare_sender(network, bare, PACKET_TIMES[packet_time])
    receivers = [{"name": f"r{n}", "address": f"239.69.1.{n}", "channels": CHANNELS,
                  "first-channel": 1 + (n - 1) * CHANNELS, "alignment": "arrival"} for n in range(1, STREAMS + 1)]
    Daemon(network.b, install, configuration(host=2, senders=[], receivers=receivers, log={"level": "info"})).start()
    network.b.daemon.wait_status(lambda s: all(r["inTime"] > 0 for r in s["receivers"]), "all streams to be heard")
    ours = Contender(network.b.daemon.process, "media-rx")
    theirs = Contender(network.b.spawn(bare, "receive", STREAMS, network.b.address, "239.69.1."))
    return compare(ours, theirs, options.slices, options.seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("install", type=pathlib.Path, help="directory that scripts/build.sh made")
    parser.add_argument("--slices", type=int, default=10, help="of each contender in each row")
    parser.add_argument("--seconds", type=float, default=1.0, help="of each slice")
    options = parser.parse_args()
    install = types.SimpleNamespace(directory=options.install.absolute(), daemon=options.install.absolute() / "aes67d")
    print(f"{STREAMS} streams of {CHANNELS} channels, {options.slices} slices of {options.seconds} s each; "
          "medians of per cent of one processor and of ns a packet")
    print(f"{'packet time':<12} {'direction':<10} {'aes67d':>18} {'bare':>18} {'ratio':>7}")
    with tempfile.TemporaryDirectory() as directory:
        bare = pathlib.Path(directory) / "bare"
        subprocess.run(["cc", "-std=gnu11", "-O2", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-o", bare,
                        pathlib.Path(__file__).with_name("bare.c")], check=True)
        for packet_time in PACKET_TIMES:
            for direction, measure in (("send", measure_sending), ("receive", measure_receiving)):
                with Network(pathlib.Path(directory) / f"{packet_time}-{direction}") as network:
                    ours, theirs = measure(network, install, bare, packet_time, options)
                print(f"{packet_time:<12} {direction:<10} {ours[0]:7.2f}% {ours[1]:6.0f} ns {theirs[0]:7.2f}% "
                      f"{theirs[1]:6.0f} ns {ours[1] / theirs[1]:7.2f}", flush=True)


if __name__ == "__main__":
    main()
