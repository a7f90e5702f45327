# SPDX-License-Identifier: MIT
"""Daemon and plug-in of different releases: both refuse each other with a message, and no program hangs or crashes."""

import os
import socket
import struct
import threading
import time

import pytest

from harness import pattern, peers, session
from harness.network import wait_for

pytestmark = pytest.mark.calm

MAGIC = 0x41363753
REQUEST, REPLY = 64, struct.Struct("<IIiI160s")  # aes67_shm.h
EPROTONOSUPPORT = 93


class OtherRelease:
    """A daemon with the next version of the interface, which answers each request with an error."""

    def __init__(self, path):
        path.unlink(missing_ok=True)
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(str(path))
        self.listener.listen(8)
        self.asked = 0
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                if len(connection.recv(256)) == REQUEST:
                    self.asked += 1
                    connection.send(REPLY.pack(MAGIC, 2, EPROTONOSUPPORT, 0, b"another version"))

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(2)


@pytest.fixture
def replaced(lone):
    """Host a, and a function that replaces its daemon with one of another release."""
    host = lone()
    others = []

    def replace():
        host.daemon.kill()
        others.append(OtherRelease(host.daemon.socket))
        return others[-1]
    yield host, replace
    for other in others:
        other.close()


def test_running_programs_end_with_a_message(replaced):
    host, replace = replaced
    player = session.play_pattern(host, pattern.Pattern(2).frames(20 * 48_000), pcm="aes67:CH=2", channels=2)
    recorder, _ = session.start_recording(host, pcm="aes67:CH=2", channels=2)
    host.daemon.client(player)
    other = replace()
    begin = time.monotonic()
    for program in (player, recorder):
        assert program.wait(5, expect=None) == 1, program.output
        assert "interface differs; start this program again" in program.output, program.output
    assert time.monotonic() - begin < 2
    assert other.asked >= 2


def test_opening_fails_with_a_message(replaced):
    host, replace = replaced
    replace()
    done = host.run(*peers.aplay(os.devnull, pcm="aes67:CH=2", channels=2), check=False, timeout=5)
    assert done.returncode == 1 and "speaks another version of the interface" in done.stderr, done.stderr


def test_a_plug_in_of_another_release_is_refused(lone):
    """The daemon refuses a client with another version of the interface with a reason, logs it, and keeps running."""
    host = lone()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as client:
        client.connect(str(host.daemon.socket))
        client.send(struct.pack("<IIIIIIII32s", MAGIC, 2, 0, 0, 2, 0, 1024, 8192, b"tomorrow"))
        magic, _, error, _, reason = REPLY.unpack(client.recv(256))
    assert (magic, error) == (MAGIC, EPROTONOSUPPORT)
    assert b"version 2" in reason and b"install both" in reason, reason
    wait_for(lambda: "version 2" in host.daemon.log, "a line in the log")
    assert host.daemon.fresh_status()["clients"] == []
