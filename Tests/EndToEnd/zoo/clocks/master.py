#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""master.py NAME=VALUE...: a PTP grandmaster in software, with optional faults, until it is ended.

rate: Sync messages a second, 0 for none. jitter: maximum error of each Sync's time in seconds, to either side, evenly distributed.
one-step: 1. log: the announced interval. deaf: 1 answers no Delay_Req. no-follow-up: 1. Its time is CLOCK_REALTIME. It uses kernel
timestamps for received messages and its own for sent ones.
"""

import pathlib
import random
import select
import struct
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from harness.masters import EVENT, FOLLOW_UP, GENERAL, GROUP, SYNC, announce, message, port, timestamp

DELAY_RESP, TWO_STEP, SO_TIMESTAMPNS = 9, 0x0200, 35
values = {"rate": 8.0, "jitter": 0.0, "one-step": 0, "log": -3, "deaf": 0, "no-follow-up": 0}
values.update((name, float(value)) for name, value in (word.split("=") for word in sys.argv[1:]))
rate, log, one_step = values["rate"], int(values["log"]), values["one-step"]
identity, dice = 0x020000FFFE00ABCD, random.Random(1588)
event, general = port(EVENT, bound=True), port(GENERAL, bound=False)
event.setsockopt(1, SO_TIMESTAMPNS, 1)


def stamp(nanoseconds):
    return timestamp(nanoseconds // 10**9, nanoseconds % 10**9)


def sync(sequence):
    error = int(dice.uniform(-values["jitter"], values["jitter"]) * 1e9)
    flags = 0 if one_step else TWO_STEP
    now = time.clock_gettime_ns(time.CLOCK_REALTIME)
    event.sendto(message(SYNC, identity, sequence, stamp(now + error) if one_step else bytes(10), log, flags), (GROUP, EVENT))
    left = (now + time.clock_gettime_ns(time.CLOCK_REALTIME)) // 2
    if not one_step and not values["no-follow-up"]:
        general.sendto(message(FOLLOW_UP, identity, sequence, stamp(left + error), log), (GROUP, GENERAL))


def answer():
    data, control, *_ = event.recvmsg(256, 256)
    if data[0] & 15 != 1 or values["deaf"]:
        return
    seconds, nanoseconds = struct.unpack("qq", control[0][2][:16])
    body = timestamp(seconds, nanoseconds) + data[20:30]
    general.sendto(message(DELAY_RESP, identity, struct.unpack_from("!H", data, 30)[0], body, 0 if log != 127 else 127),
                   (GROUP, GENERAL))


print("ready", flush=True)
sequence, next_announce, next_sync = 0, 0.0, time.monotonic()
while True:
    now = time.monotonic()
    if now >= next_announce:
        sequence += 1
        general.sendto(announce(identity, sequence, priority1=10, log=0), (GROUP, GENERAL))
        next_announce = now + 1
    if rate and now >= next_sync:
        sequence += 1
        sync(sequence)
        next_sync = max(next_sync + 1 / rate, now)
    wait = min(next_announce, next_sync if rate else next_announce) - time.monotonic()
    if select.select([event], [], [], max(wait, 0))[0]:
        answer()
