# SPDX-License-Identifier: MIT
"""Common parts of the benchmarks: processor time of threads and processes, and the turns of the contenders."""

import os
import pathlib
import signal
import statistics
import subprocess
import time

import numpy

from harness.network import wait_for

HERE = pathlib.Path(__file__).resolve().parent
SETTLE = 0.4  # seconds at the start of a slice that are not counted, because of packets queued during other turns
NOTE = numpy.dtype([("arrived", "<i8"), ("timestamp", "<u4"), ("ssrc", "<u4")])
RATE = 48_000


def compile_tools(directory):
    """Compiles the C programs of this directory."""
    for name in ("bare", "listen", "uring"):
        subprocess.run(["cc", "-std=gnu11", "-O2", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-o", directory / name,
                        HERE / f"{name}.c"], check=True)


def spent_ns(pid, thread=None):
    """Returns the nanoseconds that one thread, or all threads, have spent on a processor."""
    tasks = [pathlib.Path(f"/proc/{pid}/task/{thread}")] if thread else pathlib.Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks)


def packets(pid):
    """Returns the number of packets that net0 has received and sent in the process's network namespace."""
    for line in pathlib.Path(f"/proc/{pid}/net/dev").read_text().splitlines():
        name, _, numbers = line.strip().partition(":")
        if name == "net0":
            return int(numbers.split()[1]) + int(numbers.split()[9])
    raise RuntimeError("no net0")


class Contender:
    """Processes that take turns together, and the measured part: a thread of the first process, or all processes."""

    def __init__(self, processes, thread_name=None, stopped=True):
        self.processes = processes
        self.thread = None
        if thread_name:
            self.thread = wait_for(lambda: processes[0].thread(thread_name), f"thread {thread_name}")
        self.slices, self.per_packet, self.spans = [], [], []
        self.used_ns = self.moved = 0
        if stopped:
            self.signal(signal.SIGSTOP)

    def signal(self, number):
        for process in self.processes:
            process.send(number)

    def spent(self):
        if self.thread:
            return spent_ns(self.processes[0].pid, self.thread)
        return sum(spent_ns(process.pid) for process in self.processes)

    def turn(self, seconds, settle):
        """Runs one slice and stores its results."""
        self.signal(signal.SIGCONT)
        time.sleep(settle)
        begin, real, passed = time.monotonic_ns(), time.time_ns(), packets(self.processes[0].pid)
        spent = self.spent()
        time.sleep(seconds)
        used = self.spent() - spent
        elapsed, moved = time.monotonic_ns() - begin, packets(self.processes[0].pid) - passed
        self.slices.append(100 * used / elapsed)
        self.per_packet.append(used / max(moved, 1))
        self.used_ns, self.moved = self.used_ns + used, self.moved + moved
        self.spans.append((real, time.time_ns()))
        self.signal(signal.SIGSTOP)

    def check(self):
        assert all(process.running for process in self.processes), "a contender has ended"

    def medians(self):
        """Returns the medians of per cent of a processor and of nanoseconds a packet."""
        self.check()
        return statistics.median(self.slices), statistics.median(self.per_packet)


def keep_apart(sender, contenders):
    """Binds the sending process to the first processor, and the measured parts of the contenders to the second."""
    first, second = sorted(os.sched_getaffinity(0))[:2]
    os.sched_setaffinity(sender.pid, {first})
    for contender in contenders:
        os.sched_setaffinity(contender.thread or contender.processes[0].pid, {second})


def take_turns(contenders, slices, seconds, settle=SETTLE):
    """Runs each contender once a round, in changing order, so that all run under the same conditions."""
    for number in range(slices):
        for contender in contenders[number % len(contenders):] + contenders[:number % len(contenders)]:
            contender.turn(seconds, settle)


def lateness_us(notes, spans):
    """Returns how much later than an even grid packets arrived, in microseconds, relative to the earliest of each slice."""
    late = []
    for begin, end in spans:
        part = notes[(notes["arrived"] > begin) & (notes["arrived"] < end)]
        if len(part) < 2:
            continue
        frames = (part["timestamp"] - part["timestamp"][0]).astype(numpy.int32).astype(numpy.int64)  # without wraps
        even = part["arrived"] - frames * 1_000_000_000 // RATE
        late.append((even - even.min()) / 1000)
    return numpy.concatenate(late) if late else numpy.zeros(0)


def percentiles(values):
    """Returns median, 99 % and 99.9 %."""
    return tuple(float(numpy.percentile(values, share)) for share in (50, 99, 99.9)) if len(values) else (0.0, 0.0, 0.0)
