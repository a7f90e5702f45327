# SPDX-License-Identifier: MIT
"""A witness of the machine's own stalls: on each processor it only sleeps, at a higher priority than anything of ours, and
notes when it overslept. It is the latency test's (Tests/Support/Latency/witness.c), told to look less often."""

import pathlib
import re
import subprocess
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "Support" / "Latency" / "witness.c"
INTERVAL_US = 1_000
NOTEWORTHY_US = 1_500
FLUSH = 0.1  # seconds until what was noted is in the file, at most


def disturbances(hosts):
    """What the machine may have spoilt on these hosts: pairs of a fact, and the shortest stall that explains it."""
    found = []
    for host in hosts:
        for process in host.processes:
            if re.search(r"xruns [1-9]|(under|over)run", process.output):
                found.append((f"xrun of {process.command[2]}", 30.0))
        try:
            status = host.daemon.status()
        except (AttributeError, OSError, ValueError):
            continue
        if dropped := status.total("senders", "dropped"):
            found.append((f"{dropped} packets dropped by {host.namespace}", 2.0))  # 17 packets of 125 us
        if late := status.total("receivers", "late"):
            found.append((f"{late} packets late at {host.namespace}", patience_ms(status)))
        for client in status["clients"]:
            if xruns := client["xruns"]:
                spare_ms = (client["bufferFrames"] - client["periodFrames"]) / 48 * status["clock"]["rateDivisor"]
                found.append((f"{xruns} xruns of {client['program']} on {host.namespace}", min(30.0, 0.8 * spare_ms)))
    return found


def patience_ms(status):
    """How long the machine may stand still before a packet is late: the link offset less the packet itself, in real
    time, less a fifth for what a packet's way takes anyway."""
    offset = min(receiver["linkOffsetFrames"] for receiver in status["receivers"]) / 48
    packet = max([sender["packetTimeMicroseconds"] for sender in status["senders"]], default=0) / 1000
    return 0.8 * (offset - packet) * status["clock"]["rateDivisor"]


class Witness:
    """The process that watches, and what it saw."""

    def __init__(self, directory):
        directory = pathlib.Path(directory)
        self.log = directory / "stalls"
        program = directory / "witness"
        subprocess.run(["cc", "-std=gnu11", "-O2", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-o", program, SOURCE,
                        "-lpthread"], check=True)
        self.process = subprocess.Popen([program, self.log, str(INTERVAL_US), str(NOTEWORTHY_US)], stdin=subprocess.DEVNULL)

    def longest_ms(self, since_ns, until_ns):
        """The longest stall of a processor that touches the interval."""
        assert self.process.poll() is None, "the witness has died"
        time.sleep(FLUSH)
        longest = 0
        for line in self.log.read_text().splitlines():
            if line.startswith("#"):
                continue
            _, begin, length = (int(word) for word in line.split())
            if begin < until_ns and begin + length > since_ns:
                longest = max(longest, length)
        return longest / 1e6

    def stop(self):
        self.process.terminate()
        self.process.wait(5)
