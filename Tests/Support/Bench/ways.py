# SPDX-License-Identifier: MIT
"""Ways to receive the same 64 channels: the daemon, and bare loops with epoll and io_uring.

They take turns. The medians of the receiving thread's nanoseconds a packet and wake-ups a packet time are printed, and the daemon's cost
relative to each. The bare loops only receive packets; the daemon also writes their samples to its ring.
"""

import pathlib

from contenders import Contender, compile_tools, keep_apart, take_turns
from costs import PACKET_TIMES, STREAMS, bare_sender, receiving_daemon
from harness.network import Network


class Sleeper(Contender):
    """A contender that also counts how often its thread slept."""

    def __init__(self, *arguments):
        self.sleeps = []
        super().__init__(*arguments)

    def slept(self):
        pid = self.processes[0].pid
        lines = pathlib.Path(f"/proc/{pid}/task/{self.thread or pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches"))

    def spent(self):
        self.sleeps.append(self.slept())
        return super().spent()

    def wake_ups(self):
        """Returns the wake-ups a packet time: sleeps during the measured slices, divided by the packets in them."""
        pairs = zip(self.sleeps[::2], self.sleeps[1::2])
        return sum(after - before for before, after in pairs) / max(self.moved, 1) * STREAMS


def measure(network, install, tools, packet_time, options):
    sender = bare_sender(network, tools, PACKET_TIMES[packet_time])
    where = (STREAMS, network.b.address, "239.69.1.")
    contenders = {
        "aes67d": Sleeper([receiving_daemon(network, install).process], "media-rx"),
        "epoll": Sleeper([network.b.spawn(tools / "bare", "receive", *where)]),
        "epoll, waits for the last": Sleeper([network.b.spawn(tools / "bare", "last", *where)]),
        "io_uring, waits for one": Sleeper([network.b.spawn(tools / "uring", 1, *where)]),
        f"io_uring, waits for {STREAMS}": Sleeper([network.b.spawn(tools / "uring", STREAMS, *where)]),
    }
    keep_apart(sender, contenders.values())
    take_turns(list(contenders.values()), options.slices, options.seconds)
    return contenders


def run(install, directory, options):
    compile_tools(directory)
    print(f"{STREAMS} streams of 8 channels, {options.slices} slices of {options.seconds} s each")
    print(f"{'packet time':<12} {'way':<26} {'a packet':>10} {'wake-ups':>9} {'aes67d is':>10}")
    for packet_time in PACKET_TIMES:
        with Network(directory / packet_time) as network:
            contenders = measure(network, install, directory, packet_time, options)
            costs = {name: each.medians()[1] for name, each in contenders.items()}
        for name, cost in costs.items():
            print(f"{packet_time:<12} {name:<26} {cost:7.0f} ns {contenders[name].wake_ups():9.2f} {costs['aes67d'] / cost:10.2f}", flush=True)
