# SPDX-License-Identifier: MIT
"""What the media threads ask of the kernel for each packet: system calls, wake-ups and page faults, beside a golden table.

A daemon sends to another one, at true speed, while a program plays on all channels. Counted are the kernel's own tracepoints in
the two threads, in short slices. Where the machine holds a thread up, packets of several packet times are handled at once, which only ever lowers the
counts: so the lower quartile of the slices is judged, and the upper one makes a figure. A packet is one that the transmit thread has
sent.

Not judged, because the machine decides over it: how often a thread was preempted; and what eight streams cost at the receiver
while they do not share a wake-up, since packets that are held up all the time have no rhythm.
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
SETTLE = 0.5  # seconds: the program plays, and the receive thread has learned the order of arrivals
GOLDEN = pathlib.Path(__file__).resolve().parent / "calls.golden"
COLUMNS = ("system calls", "wake-ups", "page faults")
ROWS = [(packet_time, streams) for streams in STREAMS for packet_time in PACKET_TIMES]
# Of each thread: those that make up its system calls.
CALLS = {"sending": ("clock_nanosleep", "sendmmsg"), "receiving": ("epoll_wait", "recvmmsg", "timerfd_settime", "epoll_ctl")}


def start(network, install, packet_time, streams, environment=None):
    """Host a's daemon sends to host b's; returns the ids of the two threads, each on a processor of its own."""
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
    """By direction, a quartile of the counts a packet: system calls, wake-ups, page faults, switches, and each system call."""
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
    assert len(slices["sending"]) > SLICES // 2, "the sending daemon stood still"
    return {direction: [statistics.quantiles(column)[quartile] for column in zip(*rows)] for direction, rows in slices.items()}


def sharing(host):
    """Returns true if all streams of a receiving host wake its thread together."""
    receivers = host.daemon.fresh_status()["receivers"]
    return sum(receiver["timing"]["sharesWakeUp"] for receiver in receivers) == len(receivers) - 1


def measure(network, install, packet_time, streams, environment=None, quartile=JUDGED):
    """Prints a line for each direction. Returns what is judged of it, by the rows' names."""
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
    """Prints the table; returns what is judged of it, by the rows' names."""
    print(f"Of the media threads, a packet:\n{Table(GOLDEN, COLUMNS).head()}  preempted   of the system calls")
    rows = {}
    for packet_time, streams in ROWS:
        with Network(directory / f"{packet_time}-{streams}") as network:
            rows.update(measure(network, install, packet_time, streams, quartile=quartile))
    return rows


def excesses(rows):
    """What of `rows` is over its figure, in words."""
    return Table(GOLDEN, COLUMNS).excesses(rows)


def write(rows):
    """Makes `rows` the figures from now on."""
    if len(rows) < 2 * len(ROWS):
        raise SystemExit("no figures were written, since not all rows are judged: the machine is too busy")
    by_direction = dict(sorted(rows.items(), key=lambda row: row[0].split()[0], reverse=True))
    Table(GOLDEN, COLUMNS).write(by_direction, f"Linux {os.uname().release.split('-')[0]}")
