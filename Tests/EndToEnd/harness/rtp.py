# SPDX-License-Identifier: MIT
"""RTP from Python: packets of any shape and at any time, also invalid ones.

Run as a program in a host's namespace: `rtp.py ADDRESS PORT INTERFACE-ADDRESS FILE [START]`. Each line of FILE is a packet: seconds after
the start, the UDP payload in hexadecimal, and its destination if it is not ADDRESS. START is the monotonic second of the start, by default
now.
"""

import pathlib
import socket
import struct
import sys
import time


def packet(sequence, timestamp, payload, payload_type=98, ssrc=0x67676767, version=2, marker=0, csrcs=(),
           extension=None, padding=0):
    first = (version << 6) | (0x20 if padding else 0) | (0x10 if extension is not None else 0) | len(csrcs)
    data = struct.pack(">BBHII", first, (marker << 7) | payload_type, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
    data += b"".join(struct.pack(">I", csrc) for csrc in csrcs)
    if extension is not None:
        data += struct.pack(">HH", 0xBEDE, len(extension) // 4) + extension
    return data + payload + (bytes(padding - 1) + bytes([padding]) if padding else b"")


def script(path, packets):
    """Writes a file for this program from (seconds, payload) pairs, or from triples with a destination."""
    pathlib.Path(path).write_text("".join(
        f"{at:.6f} {data.hex() or '-'}{''.join(f' {address}' for address in more)}\n" for at, data, *more in packets))
    return path


def main(address, port, interface_address, file, start=None):
    lines = [line.split() for line in pathlib.Path(file).read_text().splitlines()]
    packets = [(float(at), b"" if data == "-" else bytes.fromhex(data), more[0] if more else address)
               for at, data, *more in lines]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(interface_address))
        out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 32)
        start = time.monotonic() if start is None else float(start)
        for at, data, where in packets:
            wait = start + at - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            out.sendto(data, (where, int(port)))


if __name__ == "__main__":
    main(*sys.argv[1:])
