#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""double.py INTERFACE SECONDS: sends each PTP message that leaves through the interface a second time, with this delay."""

import collections
import heapq
import socket
import struct
import sys
import time

interface, delay = sys.argv[1], float(sys.argv[2])
end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))  # ETH_P_ALL
end.bind((interface, 0))
own = collections.Counter()  # copies, which will be seen leaving as well
waiting, order = [], 0
print("ready", flush=True)
while True:
    end.settimeout(max(waiting[0][0] - time.monotonic(), 0.0001) if waiting else None)
    try:
        frame, (_, _, direction, *_) = end.recvfrom(2048)
    except TimeoutError:
        frame = b""
    if len(frame) > 42 and direction == socket.PACKET_OUTGOING and frame[12:14] == b"\x08\x00" and frame[23] == 17:
        if struct.unpack_from("!H", frame, 14 + (frame[14] & 15) * 4 + 2)[0] in (319, 320):
            if own[frame]:
                own[frame] -= 1
            else:
                order += 1
                heapq.heappush(waiting, (time.monotonic() + delay, order, frame))
    while waiting and waiting[0][0] <= time.monotonic():
        frame = heapq.heappop(waiting)[2]
        own[frame] += 1
        end.send(frame)
