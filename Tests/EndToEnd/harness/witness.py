# SPDX-License-Identifier: MIT
"""A witness of the machine's own stalls: it only sleeps, at the highest priority in use, and notes when it overslept.

Run as a program it prints one line a stall: monotonic nanosecond of its begin, and its length.
"""

import ctypes
import os
import pathlib
import re
import subprocess
import sys
import time

INTERVAL_NS = 1_000_000
NOTEWORTHY_NS = 1_500_000


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

    def __init__(self, log):
        self.log = pathlib.Path(log)
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen([sys.executable, __file__], stdin=subprocess.DEVNULL, stdout=out)

    def longest_ms(self, since_ns, until_ns):
        """The longest stall that touches the interval."""
        longest = 0
        for line in self.log.read_text().splitlines():
            begin, length = (int(word) for word in line.split())
            if begin < until_ns and begin + length > since_ns:
                longest = max(longest, length)
        return longest / 1e6

    def stop(self):
        self.process.terminate()
        self.process.wait(5)


def watch():
    ctypes.CDLL(None).mlockall(3)
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(95))
    except PermissionError:
        print("witness: no SCHED_FIFO: stalls of this process alone count too", file=sys.stderr)
    last = time.monotonic_ns()
    while True:
        time.sleep(INTERVAL_NS / 1e9)
        now = time.monotonic_ns()
        if now - last > INTERVAL_NS + NOTEWORTHY_NS:
            print(last, now - last, flush=True)
        last = now


if __name__ == "__main__":
    watch()
