# SPDX-License-Identifier: MIT
"""Sessions that a host announces by SAP (RFC 2974), without streams.

    python3 sap.py ADDRESS COUNT FILE     announces the SDP in FILE, COUNT times with the names `many 0`, `many 1` ... and their own addresses
"""

import pathlib
import socket
import struct
import sys
import time

SDP = ("v=0\r\no=- {number} 1 IN IP4 {origin}\r\ns={name}\r\nc=IN IP4 {address}/32\r\nt=0 0\r\nm=audio 5004 RTP/AVP 98\r\n"
       "a=rtpmap:98 L24/{rate}/{channels}\r\na=ptime:1\r\na=ts-refclk:ptp=traceable\r\na=mediaclk:direct=0\r\n")
NUMBERS = iter(range(7_000_000, 8_000_000))


def announce(host, name, address, rate=48_000, channels=2):
    """Announces one session, once."""
    text = SDP.format(number=next(NUMBERS), origin=host.address, name=name, address=address, rate=rate, channels=channels)
    run(host, text, 1)


def announce_many(host, count):
    run(host, SDP.format(number="NUMBER", origin=host.address, name="NAME", address="ADDRESS", rate=48_000, channels=2), count)


def run(host, text, count):
    file = host.path("sap.sdp")
    file.write_bytes(text.encode())
    host.run("/usr/bin/python3", pathlib.Path(__file__), host.address, count, file)


def main(source, count, file):
    text = pathlib.Path(file).read_bytes()
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(source))
    for index in range(int(count)):
        sdp = text.replace(b"NUMBER", str(900_000 + index).encode()).replace(b"NAME", f"many {index}".encode())
        sdp = sdp.replace(b"ADDRESS", f"239.80.{index // 250}.{index % 250 + 1}".encode())
        head = struct.pack("!BBH4s", 0x20, 0, (hash(sdp) & 0xFFFF) or 1, socket.inet_aton(source))
        sender.sendto(head + b"application/sdp\0" + sdp, ("239.255.255.255", 9875))
        if index % 20 == 19:
            time.sleep(0.005)  # about 4,000 packets a second, which a switch forwards without loss


if __name__ == "__main__":
    main(*sys.argv[1:])
