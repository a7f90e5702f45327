# SPDX-License-Identifier: MIT
"""Packets that came late at either host: from the daemons' glitch recorders, while the test runs."""

import dataclasses
import threading

import blame

INTERVAL = 0.5  # seconds; a daemon keeps its last 256 glitches


@dataclasses.dataclass(frozen=True)
class LatePackets:
    """Those that one receiver had close together: how many, and each that its recorder still knew."""

    count: int
    known: tuple

    @property
    def seen(self):
        return self.known[-1].seen

    def all_among(self, explained):
        """Whether each that is known is one of the explained."""
        return all(packet in explained for packet in self.known)


class LateWatch(threading.Thread):
    """Asks the hosts until it is told to stop; `found` is right after that.

    `hosts` are a list: the near one, and the far one where the witness watches it, too. They have `glitches(after)`, and
    `monotonic(frame)`: CLOCK_MONOTONIC in ns when a device frame began. `spare_ns` is how long a packet may be on its way
    from when its last frame has passed until its first one is due.
    """

    def __init__(self, hosts, spare_ns):
        super().__init__(daemon=True)
        self.hosts, self.spare_ns = hosts, spare_ns
        self.events = {}
        self.done = threading.Event()
        # Only what is new is asked for: hundreds of glitches in each answer would disturb what is measured.
        self.known = [max((glitch["number"] for glitch in host.glitches()), default=0) for host in hosts]

    def run(self):
        while not self.done.wait(INTERVAL):
            self.ask()

    def stop(self):
        self.done.set()
        self.join()
        self.ask()

    def ask(self):
        for number, host in enumerate(self.hosts):
            for glitch in host.glitches(self.known[number]):
                self.known[number] = max(self.known[number], glitch["number"])
                late = [packet for packet in glitch["packets"] if packet["verdict"] == "late"]
                if late:
                    self.events[number, glitch["number"]] = LatePackets(
                        glitch["count"], tuple(self.dropout(host, packet) for packet in late))

    def dropout(self, host, packet):
        """The margin counts from the frame after that of the arrival, which is the first one not yet played."""
        first = packet["arrivalFrame"] + 1 + packet["marginFrames"]
        deadline = host.monotonic(first)
        return blame.Dropout("late", deadline - self.spare_ns, deadline, host.monotonic(packet["arrivalFrame"]))

    @property
    def found(self):
        return sorted(self.events.values(), key=lambda event: event.seen)
