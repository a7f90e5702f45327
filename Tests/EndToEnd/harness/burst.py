# SPDX-License-Identifier: MIT
"""Sends the announcements of COUNT sessions at once, each three times, as announcers do: `burst.py COUNT`."""

import socket
import struct
import sys
import time


def packet(number):
    sdp = (f"v=0\r\no=- {number + 1} 1 IN IP4 10.67.0.1\r\ns=Session {number}\r\nt=0 0\r\nm=audio 5004 RTP/AVP 98\r\n"
           f"i=8 channels: A, B, C, D, E, F, G, H\r\nc=IN IP4 239.70.{number >> 8}.{number & 255}/32\r\n"
           "a=rtpmap:98 L24/48000/8\r\na=ptime:1\r\na=ts-refclk:ptp=IEEE1588-2008:00-1D-C1-FF-FE-12-00-A4:0\r\n"
           "a=mediaclk:direct=0\r\n")
    # Not the daemon's address, because two programs with one address would have to agree on identifiers.
    head = struct.pack(">BBH4s", 0x20, 0, number + 1, socket.inet_aton("10.67.0.77"))
    return head + b"application/sdp\0" + sdp.encode()


def main():
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.67.0.1"))
    for number in [*range(int(sys.argv[1]))] * 3:
        out.sendto(packet(number), ("239.255.255.255", 9875))
        time.sleep(0.0002)


if __name__ == "__main__":
    main()
