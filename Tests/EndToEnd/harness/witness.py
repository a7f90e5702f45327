# SPDX-License-Identifier: MIT
"""A witness of the machine's stalls: a thread on each processor sleeps at a higher priority than all programs under test, and records late
wake-ups.

It is the latency test's witness (Tests/Support/Latency/witness.c) with a longer interval.
"""

import pathlib
import re
import subprocess
import time

from .daemon import Status

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "Support" / "Latency" / "witness.c"
INTERVAL_US = 1_000
NOTEWORTHY_US = 1_500
FLUSH = 0.1  # maximum seconds until a stall is written to the file


def disturbances(hosts):
    """Returns the faults on these hosts that a stall may have caused: (description, duration of the shortest such stall in ms)."""
    found = []
    for host in hosts:
        for process in host.processes:
            if re.search(r"xruns [1-9]|(under|over)run", process.output):
                found.append((f"xrun of {process.command[2]}", 30.0))
        for where, status in statuses(host):
            if dropped := status.total("senders", "dropped"):
                found.append((f"{dropped} packets dropped by {where}", drop_ms(status)))
            if late := status.total("receivers", "late"):
                found.append((f"{late} packets late at {where}", spare_ms(status, host.burst_ms)))
            for client in status["clients"]:
                if xruns := client["xruns"]:
                    spare = (client["bufferFrames"] - client["periodFrames"]) / 48 * status["clock"]["rateDivisor"]
                    found.append((f"{xruns} xruns of {client['program']} on {where}", min(30.0, 0.8 * spare)))
    return found


def statuses(host):
    """Yields the statuses of the host's daemon and of the one in its container."""
    for where, source in ((host.namespace, host.daemon), (f"the box on {host.namespace}", host.box)):
        try:
            yield where, Status(source.status())
        except (AttributeError, OSError, ValueError):
            continue


def drop_ms(status):
    """Returns the shortest stall after which a sender drops packets:

    17 packets or 17 ms (streams.max-lateness) in real time, less a fifth for the rounds before and after.
    """
    packet = min(sender["packetTimeMicroseconds"] for sender in status["senders"]) / 1000
    return 0.8 * min(17 * packet, 17) * status["clock"]["rateDivisor"]


def spare_ms(status, burst_ms=0):
    """Returns the shortest stall after which a packet is late: the link offset in real time less the packet or burst, less a fifth for the
    usual transit.
    """
    offset = min(receiver["linkOffsetFrames"] for receiver in status["receivers"]) / 48
    packet = max([sender["packetTimeMicroseconds"] for sender in status["senders"]], default=0) / 1000
    return 0.8 * (offset - max(packet, burst_ms)) * status["clock"]["rateDivisor"]


class Witness:
    """The process of the witness, and its records."""

    def __init__(self, directory):
        directory = pathlib.Path(directory)
        self.log = directory / "stalls"
        program = directory / "witness"
        subprocess.run(["cc", "-std=gnu11", "-O2", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-o", program, SOURCE,
                        "-lpthread"], check=True)
        self.process = subprocess.Popen([program, self.log, str(INTERVAL_US), str(NOTEWORTHY_US)], stdin=subprocess.DEVNULL)

    def stalls(self, since_ns, until_ns):
        """Returns the stalls that overlap the interval: (processor, begin, end), in ns of CLOCK_MONOTONIC."""
        assert self.process.poll() is None, "the witness has ended"
        time.sleep(FLUSH)
        found = []
        for line in self.log.read_text().splitlines():
            if not line.startswith("#"):
                processor, begin, length = (int(word) for word in line.split())
                if begin < until_ns and begin + length > since_ns:
                    found.append((processor, begin, begin + length))
        return found

    def longest_ms(self, since_ns, until_ns):
        """Returns the longest stall of a processor that overlaps the interval."""
        return max((end - begin for _, begin, end in self.stalls(since_ns, until_ns)), default=0) / 1e6

    def still_ms(self, window_ms, since_ns, until_ns):
        """Returns the longest time for which one processor stalled within any window of this length. Stalls of different processors are not added."""
        return longest_within(self.stalls(since_ns, until_ns), round(window_ms * 1e6)) / 1e6

    def stop(self):
        self.process.terminate()
        self.process.wait(5)


def longest_within(stalls, window):
    """Returns the largest sum of one processor's stalls within a window of this length that begins with one of them."""
    longest = 0
    for processor, start, _ in stalls:
        inside = (min(end, start + window) - begin for other, begin, end in stalls
                  if other == processor and start <= begin < start + window)
        longest = max(longest, sum(inside))
    return longest
