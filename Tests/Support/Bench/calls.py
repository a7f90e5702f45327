# SPDX-License-Identifier: MIT
"""Counts the media threads' system calls, wake-ups and page faults for each packet, and compares them with a golden table.

A daemon sends to another one in real time while a program plays on all channels. The kernel's tracepoints in the two threads are counted in
short slices. When the machine delays a thread, the packets of several packet times are handled together, which only lowers the counts.
Therefore the lower quartile of the slices is judged, and the upper one becomes a figure of the table. Counts are divided by the packets
that the transmit thread sent.

Two counts depend on the machine and are not judged: how often a thread was preempted, and the costs of eight streams at the receiver while
they do not share a wake-up, because delayed packets have no regular pattern.
"""

import os
import pathlib
import statistics
import time

import thread_counters
from golden import Table, row_name
from harness import peers
from harness.daemon import Daemon, configuration
from harness.network import Network
from thread_counters import ThreadCounters

PACKET_TIMES = ("1ms", "250us", "125us")
STREAMS = (1, 8)
CHANNELS = 8
SLICES, SECONDS = 40, 0.05
JUDGED, FIGURE = 0, 2  # quartiles
SETTLE = 0.5  # seconds in which the program plays and the receive thread learns the order of arrivals
GOLDEN = pathlib.Path(__file__).resolve().parent / "calls.golden"
COLUMNS = ("system calls", "wake-ups", "page faults")
ROWS = [(packet_time, streams) for streams in STREAMS for packet_time in PACKET_TIMES]
# For each thread, the calls that make up its system calls.
CALLS = {"sending": ("clock_nanosleep", "sendmmsg"), "receiving": ("epoll_wait", "recvmmsg", "recvfrom", "timerfd_settime", "epoll_ctl")}


def start(network, install, packet_time, streams, environment=None):
    """Starts the daemon on host a sending to that on host b; returns the ids of the two threads, each bound to one processor."""
    senders = [{"name": f"s{n}", "address": f"239.69.1.{n}", "channels": CHANNELS, "first-channel": 1 + (n - 1) * CHANNELS}
               for n in range(1, streams + 1)]
    receivers = [{**sender, "name": f"r{n}", "link-offset": "20ms"} for n, sender in enumerate(senders, start=1)]
    settings = {"packet-time": packet_time, "max-lateness": "17ms"}
    for number, (host, mine) in enumerate(((network.a, {"senders": senders, "receivers": []}),
                                           (network.b, {"senders": [], "receivers": receivers})), start=1):
        Daemon(host, install, configuration(host=number, streams=settings, log={"level": "info"}, **mine)).start(env=environment)
    for host in (network.a, network.b):
        host.daemon.settle()
    network.a.daemon.client(network.a.spawn(*peers.aplay("/dev/zero")))
    threads = {"sending": network.a.daemon.process.thread("media-tx"), "receiving": network.b.daemon.process.thread("media-rx")}
    for thread, processor in zip(threads.values(), sorted(os.sched_getaffinity(0))):
        os.sched_setaffinity(thread, {processor})
    time.sleep(SETTLE)
    return threads


def count(threads, quartile=JUDGED):
    """Returns a quartile of the counts a packet by direction: system calls, wake-ups, page faults, switches, and each system call."""
    counters = {}
    for direction, thread in threads.items():
        counters[direction] = ThreadCounters(thread, [
            thread_counters.SYSTEM_CALLS, thread_counters.WAKE_UPS, thread_counters.PAGE_FAULTS, thread_counters.SWITCHES,
            *map(thread_counters.call, CALLS[direction]), thread_counters.SENT])
    slices = {direction: [] for direction in threads}
    last = {direction: each.read() for direction, each in counters.items()}
    for _ in range(SLICES):
        time.sleep(SECONDS)
        now = {direction: each.read() for direction, each in counters.items()}
        change = {direction: [b - a for a, b in zip(last[direction], now[direction])] for direction in threads}
        packets = change["sending"][-1]
        last = now
        if packets:
            for direction, values in change.items():
                slices[direction].append([value / packets for value in values[:-1]])
    for each in counters.values():
        each.close()
    assert len(slices["sending"]) > SLICES // 2, "the sending daemon did not send"
    return {direction: [statistics.quantiles(column)[quartile] for column in zip(*rows)] for direction, rows in slices.items()}


def sharing(host):
    """Returns true if all streams of a receiving host wake its thread together."""
    receivers = host.daemon.fresh_status()["receivers"]
    return sum(receiver["timing"]["sharesWakeUp"] for receiver in receivers) == len(receivers) - 1


def measure(network, install, packet_time, streams, environment=None, quartile=JUDGED):
    """Prints a line for each direction; returns the judged values by row."""
    counts = count(start(network, install, packet_time, streams, environment), quartile)
    judged = {}
    for direction, values in counts.items():
        row = row_name(direction, packet_time, streams)
        calls, wake_ups, faults, switches = values[:4]
        note = ""
        if direction == "sending" or sharing(network.b):
            judged[row] = calls, wake_ups, faults
        else:
            note = "; not judged: the streams do not share a wake-up, as on a busy machine"
        each = ", ".join(f"{call} {value:.4f}" for call, value in zip(CALLS[direction], values[4:]))
        print(f"{Table.line(row, (calls, wake_ups, faults))} {switches - wake_ups:10.4f}   {each}{note}", flush=True)
    return judged


def measure_all(install, directory, quartile=JUDGED):
    """Prints the table; returns the judged values by row."""
    print(f"Of the media threads, a packet:\n{Table(GOLDEN, COLUMNS).head()}  preempted   of the system calls")
    rows = {}
    for packet_time, streams in ROWS:
        with Network(directory / f"{packet_time}-{streams}") as network:
            rows.update(measure(network, install, packet_time, streams, quartile=quartile))
    return rows


def excesses(rows):
    """Returns the values of `rows` that exceed their figures, as text."""
    return Table(GOLDEN, COLUMNS).excesses(rows)


def write(rows):
    """Writes `rows` as the figures of the golden table."""
    if len(rows) < 2 * len(ROWS):
        raise SystemExit("no figures were written, since not all rows are judged: the machine is too busy")
    by_direction = dict(sorted(rows.items(), key=lambda row: row[0].split()[0], reverse=True))
    Table(GOLDEN, COLUMNS).write(by_direction, f"Linux {os.uname().release.split('-')[0]}")
