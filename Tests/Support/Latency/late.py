# SPDX-License-Identifier: MIT
"""Late packets at either host, from the daemons' glitch recorders, collected during the test."""

import dataclasses
import threading

import blame

INTERVAL = 0.5  # seconds; a daemon keeps its last 256 glitches


@dataclasses.dataclass(frozen=True)
class LatePackets:
    """Late packets of one receiver that came close together: their number, and those that the recorder still had."""

    count: int
    known: tuple

    @property
    def seen(self):
        return self.known[-1].seen

    def all_among(self, explained):
        """Returns true if all known packets are among the explained ones."""
        return all(packet in explained for packet in self.known)


class LateWatch(threading.Thread):
    """Requests the hosts' glitches until it is stopped; `found` is complete after that.

    `hosts` is a list: the near one, and the far one if the witness runs there as well. They have `glitches(after)`, and `monotonic(frame)`:
    CLOCK_MONOTONIC in ns at the start of a device frame. `spare_ns` is the time from a packet's last frame until its first frame is due.
    """

    def __init__(self, hosts, spare_ns):
        super().__init__(daemon=True)
        self.hosts, self.spare_ns = hosts, spare_ns
        self.events = {}
        self.done = threading.Event()
        # Only new glitches are requested, because hundreds in each reply would disturb the measurement.
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
        """Converts a packet of a glitch. Its margin counts from the frame after that of its arrival, the first one not yet played."""
        first = packet["arrivalFrame"] + 1 + packet["marginFrames"]
        deadline = host.monotonic(first)
        return blame.Dropout("late", deadline - self.spare_ns, deadline, host.monotonic(packet["arrivalFrame"]))

    @property
    def found(self):
        return sorted(self.events.values(), key=lambda event: event.seen)
