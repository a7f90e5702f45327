# SPDX-License-Identifier: MIT
"""A client of the daemon's sockets that follows no rules: raw requests for streams, and raw connections.

    python3 rawclient.py clients SOCKET COUNT      opens COUNT playback and COUNT capture streams, and keeps them
    python3 rawclient.py idle SOCKET COUNT         opens COUNT connections to the control socket, and sends nothing
    python3 rawclient.py keep SOCKET SECONDS       opens streams of 64 channels one after another, and keeps the memory of each

It prints the result as a line of JSON, and waits for its end.
"""

import array
import json
import os
import pathlib
import re
import socket
import struct
import sys
import time

HEADER = pathlib.Path(__file__).resolve().parents[3] / "Sources/CSharedMemory/include/aes67_shm.h"
REQUEST = struct.Struct("<8I32s")
REPLY = struct.Struct("<IIiI160s")
PLAYBACK, CAPTURE = 0, 1


def constant(name):
    return int(re.search(rf"\b{name} = (\w+)", HEADER.read_text())[1].rstrip("uU"), 0)


def attach(path, direction=PLAYBACK, channels=2, first=0, name=b"rawclient", memory=None):
    """Requests a stream; returns socket, error, reason, slot and descriptors of the reply."""
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    peer.settimeout(5)
    peer.connect(str(path))
    request = REQUEST.pack(constant("AES67_MAGIC"), constant("AES67_ABI"), 1, direction, channels, first, 480, 960, name)
    rights = [] if memory is None else [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [memory]))]
    peer.sendmsg([request], rights)
    data, control, _, _ = peer.recvmsg(REPLY.size, 1024)
    if not data:
        return peer, None, "hung up", -1, []
    descriptors = array.array("i")
    for _, _, payload in control:
        descriptors.frombytes(payload[:len(payload) // 4 * 4])
    _, _, error, slot, reason = REPLY.unpack(data)
    return peer, error, reason.split(b"\0")[0].decode(), slot, list(descriptors)


def keep(path, seconds):
    """Opens and closes streams of the largest size, and keeps their descriptors; returns these and their total size in bytes."""
    kept, until = [], time.monotonic() + seconds
    while time.monotonic() < until and len(kept) < 4_000:
        peers = [attach(path, channels=64) for _ in range(8)]
        for peer, _, _, _, descriptors in peers:
            kept += descriptors[1:]
            for descriptor in descriptors[:1]:
                os.close(descriptor)
            peer.close()
    return kept, sum(os.fstat(descriptor).st_size for descriptor in kept)


def main(kind, path, count):
    held, got, refusals = [], 0, []
    if kind == "keep":
        held, size = keep(path, count)
        print(json.dumps({"got": len(held), "bytes": size}), flush=True)
        time.sleep(120)
    for number in range(count):
        if kind == "idle":
            peer = socket.socket(socket.AF_UNIX)
            peer.connect(path)
            held.append(peer)
            got += 1
            continue
        for direction in (PLAYBACK, CAPTURE):
            peer, error, reason, _, descriptors = attach(path, direction)
            held.append((peer, descriptors))
            if error == 0:
                got += 1
            else:
                refusals.append(reason)
    print(json.dumps({"got": got, "refusals": refusals}), flush=True)
    time.sleep(120)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
