# SPDX-License-Identifier: MIT
"""Memory and start time of a daemon, in a network namespace and without PTP: `footprint.py INSTALL`.

Prints a line of JSON: resident and locked memory in kB (proc(5), VmRSS and VmLck) when all streams run and no program is connected, and the
milliseconds from the start to the first RTP packet on the network, the least of three starts.
"""

import json
import pathlib
import re
import struct
import sys
import tempfile
import time
import types

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "EndToEnd"))

from harness import peers  # noqa: E402
from harness.daemon import Daemon, configuration  # noqa: E402
from harness.network import Network, wait_for  # noqa: E402

STARTS = 3
FILE_HEADER = 24  # bytes of a pcap file before its first packet
UNITS = {0xA1B2C3D4: 1_000, 0xA1B23C4D: 1}  # ns of the second half of a timestamp, by the file's first word


def first_packet_ns(file):
    """Returns the time of the first packet of a capture, in ns of the time of day; None if there is none yet."""
    data = file.read_bytes()
    if len(data) < FILE_HEADER + 16:
        return None
    seconds, fraction = struct.unpack_from("<II", data, FILE_HEADER)
    return seconds * 1_000_000_000 + fraction * UNITS[struct.unpack_from("<I", data)[0]]


def memory(pid):
    """Returns resident and locked memory in kB."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return {name: int(re.search(rf"{name}:\s+(\d+)", status)[1]) for name in ("VmRSS", "VmLck")}


def measure(install):
    found = []
    for _ in range(STARTS):
        with tempfile.TemporaryDirectory(prefix="aes67-footprint-") as scratch, Network(scratch) as network:
            daemon = Daemon(network.a, install, configuration(log={"level": "info"}))
            file = network.b.path("first.pcap")
            peers.start_capture(network.b, file, expression="udp dst port 5004")
            began = time.time_ns()
            daemon.start(wait=False)
            wait_for(lambda: first_packet_ns(file), "the first packet", timeout=20)
            daemon.settle()
            time.sleep(1)
            found.append({**memory(daemon.pid), "firstPacketMs": (first_packet_ns(file) - began) / 1e6})
    return {"residentKB": max(each["VmRSS"] for each in found), "lockedKB": max(each["VmLck"] for each in found),
            "firstPacketMs": min(each["firstPacketMs"] for each in found)}


if __name__ == "__main__":
    print(json.dumps(measure(types.SimpleNamespace(directory=pathlib.Path(sys.argv[1]).absolute(),
                                                   daemon=pathlib.Path(sys.argv[1]).absolute() / "aes67d"))))
