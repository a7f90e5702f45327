# SPDX-License-Identifier: MIT
"""The attacks of the campaign scripts/assault.sh, one for each run:

    python3 attacks.py NAME SECONDS SEED PATH       PATH: the runtime directory of the attacked daemon

It prints the number of attempts. The seed determines all random choices.
"""

import json
import os
import pathlib
import random
import socket
import struct
import subprocess
import sys
import time
import zlib

import masters
import rawclient

# The groups of the attacked streams. The attacker's address differs from their sender's.
GROUPS = [f"239.69.1.{n}" for n in range(1, 9)]
ADDRESS = "10.67.0.66"
PACED = 20  # datagrams before each pause, because the streams use the same links


def datagrams():
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    out.bind((ADDRESS, 0))
    out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(ADDRESS))
    out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 32)
    return out


def mutated(chance, data):
    """Returns the data with some bits inverted, cut or lengthened."""
    data = bytearray(data)
    for _ in range(chance.randrange(8)):
        if data:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    end = chance.choice([None, None, chance.randrange(len(data) + 1)])
    return bytes(data[:end]) + chance.randbytes(chance.choice([0, 0, 1, 4, 300]))


class Attacks:
    """Each method is an attack, and each call one attempt."""

    def __init__(self, name, seed, path):
        self.chance = random.Random(f"{name} {seed}")
        self.path = path
        self.held = []
        self.out = datagrams() if name in ("rtp", "rtcp", "sap", "sdp") else None

    # The network.

    def rtp(self):
        """RTP packets of another sender to the groups of received streams."""
        c = self.chance
        head = struct.pack(">BBHII", 0x80, c.choice([98, 98, 96, 0, 127]), c.getrandbits(16), c.getrandbits(32), c.getrandbits(32))
        self.out.sendto(mutated(c, head + c.randbytes(1152)), (c.choice(GROUPS), 5004))

    def rtcp(self):
        c = self.chance
        head = struct.pack(">BBHI", 0x80 | c.randrange(32), c.choice([200, 201, 202, 203, 204, 205]), c.randrange(64), c.getrandbits(32))
        self.out.sendto(mutated(c, head + c.randbytes(c.randrange(200))), (c.choice(GROUPS), 5005))

    def announcement(self, sdp, kinds=(0x20,)):
        head = struct.pack(">BBH4s", self.chance.choice(kinds), 0, self.chance.getrandbits(16), socket.inet_aton(ADDRESS))
        return head + b"application/sdp\0" + sdp

    def sap(self):
        """Thousands of announcements, deletions, compressed and invalid ones."""
        c, number = self.chance, self.chance.randrange(4000)
        sdp = (f"v=0\r\no=- {number} {c.randrange(9)} IN IP4 {ADDRESS}\r\ns=odd {number}\r\nc=IN IP4 239.70.0.{number % 256}/32\r\nt=0 0\r\n"
               f"m=audio 5004 RTP/AVP 98\r\na=rtpmap:98 L24/48000/{c.randrange(70)}\r\na=ptime:1\r\n").encode()
        data = self.announcement(sdp, (0x20, 0x24, 0x21, 0x30))
        if c.random() < 0.1:
            data = data[:8] + zlib.compress(b"application/sdp\0" + sdp + b"a=x\r\n" * c.choice([1, 100_000]))[:1400]
        self.out.sendto(mutated(c, data) if c.random() < 0.7 else data, ("239.255.255.255", 9875))

    def sdp(self):
        """Valid announcements in the name of a received session, whose SDP has impossible values."""
        c = self.chance
        lines = ["v=0", f"o=- {c.randrange(4)} {c.randrange(2**63)} IN IP4 10.67.0.1", f"s=host 1 stream {c.randrange(1, 9)}", "t=0 0",
                 f"c=IN IP4 {c.choice(['239.69.1.1', '127.0.0.1', '255.255.255.255', '0.0.0.0', 'localhost'])}/32",
                 f"m=audio {c.choice([0, 5004, 65535, 99999])} RTP/AVP {c.choice([98, 0, 128])}",
                 f"a=rtpmap:98 L{c.choice([16, 24, 64])}/{c.choice([48000, 0, 2**31, 1])}/{c.choice([1, 64, 0, 2**16])}",
                 f"a=ptime:{c.choice(['1', '0', '-1', '1e308', '0.0001'])}", f"a=mediaclk:direct={c.choice([0, 2**32, -1])}",
                 "a=group:DUP 1 1", f"a={'x' * c.choice([1, 900])}"]
        kept, rest = lines[:4], lines[4:]
        c.shuffle(rest)
        self.out.sendto(self.announcement("\r\n".join(kept + rest).encode()), ("239.255.255.255", 9875))

    def ptp(self):
        """Announcements of worse masters, other domains, versions and profiles, invalid messages, and floods of delay requests."""
        if not self.held:
            self.held = [masters.port(masters.GENERAL, bound=False), masters.port(masters.EVENT, bound=False)]
        c, number = self.chance, self.chance.getrandbits(16)
        identity = 0x060000FFFE000000 + c.randrange(600)
        worse = masters.announce(identity, number, priority1=255, quality=(250, 0xFE, 0xFFFF), log=c.choice([-128, 127, 0, -3]))
        elsewhere = masters.announce(identity, number, priority1=0, **c.choice([{"domain": 77}, {"version": 1}, {"sdo": 1}, {"steps": 255}]))
        self.held[0].sendto(c.choice([worse, elsewhere, mutated(c, worse)[:40]]), (masters.GROUP, masters.GENERAL))
        question = masters.message(masters.DELAY_REQ, identity, number, bytes(10))
        sync = masters.message(masters.SYNC, identity, number, bytes(10), log=c.choice([-128, 127, -3]))
        self.held[1].sendto(c.choice([question, sync, mutated(c, sync)[:30]]), (masters.GROUP, masters.EVENT))

    # Control.

    def connect(self):
        peer = socket.socket(socket.AF_UNIX)
        peer.settimeout(0.2)
        peer.connect(f"{self.path}/control.sock")
        return peer

    def http(self):
        """Malformed requests, and requests for resources that do not exist or are not allowed; none changes a stream."""
        c = self.chance
        targets = ["/v1/status", "/v1/events", "/v1/senders/999999", "/v1/receivers/by-name/%00", "/v1/configuration", "/metrics",
                   "/../etc/passwd", "/v1/" + "x" * 9_000]
        bodies = [{"settings": {".layout.sdp": "/etc/passwd"}}, {"settings": {"ptp.domain": "x" * 99}}, {"x": 1}, [], None, "[" * 5_000]
        body = json.dumps(c.choice(bodies)).encode()
        head = f"{c.choice(['GET', 'PATCH', 'PUT', 'OPTIONS', 'BREW'])} {c.choice(targets)} HTTP/1.1\r\nHost: a\r\n".encode()
        head += c.choice([b"", b"Transfer-Encoding: xchunked\r\n", b"Content-Length: %d\r\n" % len(body), b"Content-Length: 99999\r\n"])
        with self.connect() as peer:
            data = head + b"\r\n" + body
            peer.sendall(c.choice([data, mutated(c, data), data[:c.randrange(len(data))]]))
            if c.random() < 0.5:
                peer.recv(4096)

    def idle(self):
        """Connections that stay open and send nothing, or part of a request line one byte at a time."""
        if len(self.held) < 200:
            self.held.append(self.connect())
        peer = self.chance.choice(self.held)
        try:
            if self.chance.random() < 0.3:
                peer.send(b"G")
        except OSError:
            self.held.remove(peer)
        time.sleep(0.003)

    def watchers(self):
        """Event clients that disconnect before the reply, or stay and read nothing."""
        peer = self.connect()
        peer.sendall(b"GET /v1/events HTTP/1.1\r\nHost: a\r\n\r\n")
        self.held.append(peer)
        if self.chance.random() < 0.7 or len(self.held) > 20:
            self.held.pop(self.chance.randrange(len(self.held))).close()

    # Clients of the shared memory.

    def streams(self):
        """Streams on the last channels whose rings get random data and are kept, and invalid requests."""
        c = self.chance
        peer, error, _, _, descriptors = rawclient.attach(
            f"{self.path}/clients.sock", c.choice([0, 1, 7]), c.choice([0, 1, 2, 8, 24]), c.choice([40, 40, 2**31]), c.randbytes(31))
        self.held.append((peer, descriptors))
        if error == 0 and len(descriptors) == 2:
            size = os.fstat(descriptors[1]).st_size
            for _ in range(c.randrange(20)):
                os.pwrite(descriptors[1], c.randbytes(64), c.randrange(32, size))
        while len(self.held) > 12:
            peer, descriptors = self.held.pop(0)
            peer.close()
            for descriptor in descriptors:
                os.close(descriptor)

    def hostile(self):
        """The program hostile.c in all its modes."""
        mode = self.chance.choice(["garbage", "wild", "memory", "foreign", "silent"])
        subprocess.run([pathlib.Path(os.environ["HOSTILE"]), f"{self.path}/clients.sock", mode], timeout=20, capture_output=True, check=False)

    def keep(self):
        """Silent streams of 64 channels whose memory is kept after they are closed."""
        peer, _, _, _, descriptors = rawclient.attach(f"{self.path}/clients.sock", rawclient.PLAYBACK, channels=64)
        peer.close()
        self.held += descriptors
        for _ in range(max(0, len(self.held) - 2_000)):
            os.close(self.held.pop(0))


def main(name, seconds, seed, path):
    attacks, count, until = Attacks(name, seed, path), 0, time.monotonic() + float(seconds)
    attempt = getattr(attacks, name)
    while time.monotonic() < until:
        try:
            attempt()
        except OSError:
            pass  # refused or closed, as expected
        count += 1
        if name in ("rtp", "rtcp", "sap", "sdp", "ptp") and count % PACED == 0:
            time.sleep(0.01)
    print(count, flush=True)
    os._exit(0)  # without closing all kept descriptors one by one


if __name__ == "__main__":
    main(*sys.argv[1:])
