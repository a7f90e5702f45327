# SPDX-License-Identifier: MIT
"""A user-space wire between two interfaces, which drops, duplicates and delays RTP packets by their sequence numbers.

Run in the namespace `w`: `wire.py left right RULE...`. A RULE is `lose:N:R`, `double:N:R`, `overtake:N:R:PACKETS` (held until this many
later packets have passed) or `delay:N:R:MILLISECONDS`. It applies to packets from left to right whose sequence number modulo N is R. The
rules apply from the first SIGUSR1 to the second, at which the program prints one line of JSON: the number of packets for each rule.
"""

import heapq
import json
import select
import signal
import socket
import struct
import sys
import time

ETH_P_ALL = 3
SOL_PACKET, PACKET_IGNORE_OUTGOING = 263, 23
RTP_PORT = 5004


def open_end(name):
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    end.bind((name, 0))
    end.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    end.setblocking(False)
    return end


def sequence_number(frame):
    """Returns the RTP sequence number of an IPv4/UDP frame to the RTP port; None for all others."""
    if frame[12:14] != b"\x08\x00" or frame[23] != 17:
        return None
    udp = 14 + (frame[14] & 15) * 4
    if struct.unpack_from(">H", frame, udp + 2)[0] != RTP_PORT:
        return None
    return struct.unpack_from(">H", frame, udp + 10)[0]


class Wire:
    def __init__(self, left, right, rules):
        self.ends = [open_end(left), open_end(right)]
        self.rules = [rule.split(":") for rule in rules]
        self.met = [0] * len(rules)
        self.waiting = []
        self.held = []  # [number of packets still to pass, frame]
        self.order = 0
        self.active = False

    def forward(self, side, frame):
        number = sequence_number(frame) if side == 0 else None
        copies, delay, passed = 1, 0.0, 0
        for index, (kind, modulus, rest, *more) in enumerate(self.rules if self.active and number is not None else ()):
            if number % int(modulus) != int(rest):
                continue
            self.met[index] += 1
            copies = {"lose": 0, "double": 2}.get(kind, copies)
            delay = float(more[0]) / 1e3 if kind == "delay" else delay
            passed = int(more[0]) if kind == "overtake" else passed
        if passed:
            self.held.append([passed, frame])
            return
        for _ in range(copies):
            if delay:
                self.order += 1
                heapq.heappush(self.waiting, (time.monotonic() + delay, self.order, side, frame))
            else:
                self.ends[1 - side].send(frame)
        if number is not None and copies and not delay:
            self.passed()

    def passed(self):
        """Counts a packet that has passed the held ones, and releases those whose number is reached."""
        for each in self.held:
            each[0] -= 1
        while self.held and self.held[0][0] <= 0:
            self.ends[1].send(self.held.pop(0)[1])

    def toggle(self, *_):
        self.active = not self.active
        if not self.active:
            print(json.dumps(self.met), flush=True)

    def run(self):
        poller = select.epoll()
        sides = {end.fileno(): side for side, end in enumerate(self.ends)}
        for descriptor in sides:
            poller.register(descriptor, select.EPOLLIN)
        print("ready", flush=True)
        while True:
            until_next = max(0.0, self.waiting[0][0] - time.monotonic()) if self.waiting else 1.0
            for descriptor, _ in poller.poll(until_next):
                for _ in range(64):
                    try:
                        frame = self.ends[sides[descriptor]].recv(65535)
                    except BlockingIOError:
                        break
                    self.forward(sides[descriptor], frame)
            while self.waiting and self.waiting[0][0] <= time.monotonic():
                _, _, side, frame = heapq.heappop(self.waiting)
                self.ends[1 - side].send(frame)


if __name__ == "__main__":
    wire = Wire(*sys.argv[1:3], sys.argv[3:])
    signal.signal(signal.SIGUSR1, wire.toggle)
    wire.run()
