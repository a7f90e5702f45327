#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""PTP messages for tests: masters with arbitrary announcements, and floods of invalid messages.

Run as a program on a host: `masters.py NAME`, for one of the functions run_*; the result is printed as a line of JSON.
"""

import itertools
import json
import random
import socket
import struct
import sys
import time

GROUP, EVENT, GENERAL = "224.0.1.129", 319, 320
SYNC, DELAY_REQ, FOLLOW_UP, ANNOUNCE, MANAGEMENT = 0, 1, 8, 11, 13
CONTROL = {SYNC: 0, DELAY_REQ: 1, FOLLOW_UP: 2, MANAGEMENT: 4}


def port(number, bound, interface="net0"):
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    udp.setsockopt(socket.SOL_SOCKET, 25, interface.encode())  # SO_BINDTODEVICE
    index = socket.if_nametoindex(interface)
    if bound:
        udp.bind(("", number))
        udp.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                       socket.inet_aton(GROUP) + struct.pack("@4xi", index))
    udp.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("@8xi", index))
    udp.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
    udp.settimeout(0.5)
    return udp


def message(kind, identity, sequence, body, log=0x7F, flags=0, domain=0, version=2, sdo=0, number=1):
    return struct.pack("!BBHBxHq4xQHHBb", sdo << 4 | kind, version, 34 + len(body), domain, flags, 0, identity, number,
                       sequence & 0xFFFF, CONTROL.get(kind, 5), struct.unpack("b", struct.pack("B", log & 0xFF))[0]) + body


def announce(identity, sequence, priority1=128, quality=(248, 0xFE, 0xFFFF), priority2=128, grandmaster=None, steps=0,
             log=-3, **options):
    body = struct.pack("!10xhxBBBHBQHB", 37, priority1, *quality, priority2, grandmaster or identity, steps, 0xA0)
    return message(ANNOUNCE, identity, sequence, body, log, **options)


def timestamp(seconds, nanoseconds=0):
    return struct.pack("!HII", seconds >> 32, seconds & 0xFFFFFFFF, nanoseconds)


def get(number, identity, sequence):
    body = struct.pack("!QHBBBxHHH", 2**64 - 1, 0xFFFF, 1, 1, 0, 1, 2, number)
    return message(MANAGEMENT, identity, sequence, body)


PRETENDER = 0x020000FFFE00CCCC

# Each attribute is tried in both directions; lower values are better.
CHOICES = [("priority1", (1, 100, 128, 254)), ("clockClass", (6, 13, 135, 187, 248)), ("clockAccuracy", (0x20, 0x21, 0x31, 0xFE)),
           ("offsetScaledLogVariance", (0x0001, 0x4E5D, 0x8000, 0xFFFF)), ("priority2", (1, 127, 128, 255))]


def contests():
    """Yields all 3^5 combinations in which one master is better, equal or worse than another, in both orders of identities; then two paths
    to one grandmaster.
    """
    dice = random.Random(1588)
    for swapped in (False, True):
        for relation in itertools.product((-1, 0, 1), repeat=len(CHOICES)):
            x, y = [], []
            for way, (_, values) in zip(relation, CHOICES):
                low, high = sorted(dice.sample(values, 2))
                x.append(low if way < 0 else high)
                y.append(low if way > 0 else high)
            yield [dict(priority1=v[0], quality=tuple(v[1:4]), priority2=v[4]) for v in ((y, x) if swapped else (x, y))]
    for steps in itertools.product((0, 1, 2, 3), repeat=2):
        yield [dict(priority1=50, grandmaster=0xABCDEF, steps=s) for s in steps]


def run_contests():
    """Two masters change their attributes. After each change, all slaves are asked which master they follow."""
    general = port(GENERAL, bound=True)
    masters, manager = (0x020000FFFE000010, 0x020000FFFE000020), 0x020000FFFE0000FF
    sequence, outcomes = 0, []
    for _ in range(8):  # until both masters qualify
        sequence += 1
        for master in masters:
            general.sendto(announce(master, sequence), (GROUP, GENERAL))
        time.sleep(0.1)
    for number, contest in enumerate(contests()):
        for _ in range(3):  # ptp4l forgets a loser's Announces at once, and needs two
            sequence += 1
            for master, values in zip(masters, contest):
                general.sendto(announce(master, sequence, **values), (GROUP, GENERAL))
        general.sendto(get(0x2002, manager, number), (GROUP, GENERAL))
        answers, deadline = {}, time.monotonic() + 0.5
        while len(answers) < 2 and time.monotonic() < deadline:
            try:
                data = general.recv(256)
            except TimeoutError:
                break
            if data[0] & 15 == MANAGEMENT and data[46] & 15 == 2 and struct.unpack_from("!H", data, 30)[0] == number:
                answers[data[20:28].hex()] = data[54:62].hex()  # the followed master by slave
        outcomes.append([contest, answers])
        time.sleep(0.013)  # the daemon refuses more than 64 requests a second
    return outcomes


def run_noise(seconds=3):
    """Dante's PTPv1, IEEE 802.1AS, other domains, alternate masters, and messages of wrong length."""
    general, event = port(GENERAL, bound=False), port(EVENT, bound=False)
    end, sequence = time.monotonic() + seconds, 0
    best = dict(priority1=0, quality=(6, 0x20, 1), priority2=0)
    while time.monotonic() < end:
        sequence += 1
        master = 0x020000FFFE00AAAA
        for data in (announce(master, sequence, version=1, **best), announce(master, sequence, sdo=1, **best),
                     announce(master, sequence, domain=77, **best), announce(master, sequence, flags=0x0100, **best),
                     announce(master, sequence, steps=255, **best), announce(master, sequence, **best)[:50], b"\x0b", b""):
            general.sendto(data, (GROUP, GENERAL))
        for data in (message(SYNC, master, sequence, bytes(10), version=1), message(SYNC, master, sequence, bytes(10), sdo=1)):
            event.sendto(data, (GROUP, EVENT))
        time.sleep(0.01)
    return sequence


def run_crowd(seconds=4, masters=600):
    """Hundreds of qualified masters, all worse than any other, some with impossible intervals."""
    general = port(GENERAL, bound=False)
    end, sequence = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        sequence += 1
        for master in range(masters):
            data = announce(0x060000FFFE000000 + master, sequence, priority1=255, quality=(250, 0xFE, 0xFFFF),
                            log=(-128, 127, 0, -3)[master % 4])
            general.sendto(data, (GROUP, GENERAL))
        time.sleep(0.05)
    return sequence * masters


def run_questions(seconds=3):
    """More Delay_Req messages than a master may answer."""
    event = port(EVENT, bound=False)
    end, sequence = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        for _ in range(200):
            sequence += 1
            event.sendto(message(DELAY_REQ, 0x060000FFFE000000 + sequence % 1000, sequence, bytes(10)), (GROUP, EVENT))
        time.sleep(0.01)
    return sequence


def run_pretender(seconds=4):
    """The best master, which announces itself without sending time; then it stops."""
    general = port(GENERAL, bound=False)
    end, sequence = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        sequence += 1
        general.sendto(announce(PRETENDER, sequence, priority1=0), (GROUP, GENERAL))
        time.sleep(0.1)
    return sequence


def run_liar(seconds=4):
    """The best master, with impossible intervals and times; then it stops."""
    general, event = port(GENERAL, bound=False), port(EVENT, bound=False)
    end, sequence = time.monotonic() + seconds, 0
    times = [timestamp(2**48 - 1, 999_999_999), timestamp(2**34, 5), timestamp(7, 2**32 - 1), timestamp(0), timestamp(2**33)]
    while time.monotonic() < end:
        sequence += 1
        master, log = 0x020000FFFE00BBBB, (-128, 127, -3, 22)[sequence % 4]
        general.sendto(announce(master, sequence, priority1=0, log=log), (GROUP, GENERAL))
        event.sendto(message(SYNC, master, sequence, bytes(10), log=log, flags=0x0200), (GROUP, EVENT))
        general.sendto(message(FOLLOW_UP, master, sequence, times[sequence % len(times)], log=log), (GROUP, GENERAL))
        time.sleep(0.03)
    return sequence


if __name__ == "__main__":
    print(json.dumps(globals()[f"run_{sys.argv[1]}"]()))
