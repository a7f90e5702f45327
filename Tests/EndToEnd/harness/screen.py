# SPDX-License-Identifier: MIT
"""A program on a terminal of a given size: what it displays, its reaction to keys, and the state of the terminal after its end."""

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
import unicodedata

ENTER, LEAVE = "\x1b[?1049h", "\x1b[?1049l"


def cells(text):
    """Returns the number of cells that a text takes on a terminal: two for an East Asian character, none for a combining mark."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class Screen:
    def __init__(self, host, *command, columns=80, rows=24, **environment):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            words = host.inside([str(word) for word in command])
            os.execvpe(words[0], words, {**host.environment, "TERM": "xterm-256color", **environment})
        self.resize(columns, rows)
        self.text = ""
        self.decode = codecs.getincrementaldecoder("utf-8")("replace").decode  # a character may arrive in two parts
        self.initial = termios.tcgetattr(self.terminal)
        self.status = None

    def resize(self, columns, rows):
        self.columns, self.rows = columns, rows
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds):
        if select.select([self.terminal], [], [], seconds)[0]:
            try:
                self.text += self.decode(os.read(self.terminal, 65536))
            except OSError:  # the other end was closed
                return False
        return True

    @property
    def coloured(self):
        """Returns the last complete screen, as it was written."""
        pictures = re.findall(r"\x1b\[H(.*?)\x1b\[J", self.text, re.S)
        return pictures[-1] if pictures else ""

    @property
    def lines(self):
        """Returns the last complete screen as lines of text."""
        return re.split(r"\r+\n", re.sub(r"\x1b\[[0-9;]*[mK]", "", self.coloured))

    def wait_for(self, condition, what, timeout=8):
        """Waits for a screen of the current size that satisfies the condition, and returns its lines."""
        deadline = time.monotonic() + timeout
        while not (len(self.lines) == self.rows and condition("\n".join(self.lines))):
            assert time.monotonic() < deadline and self.read(0.1), f"waited in vain for {what}: {self.text[-1000:]!r}\n" + "\n".join(self.lines)
        self.check()
        return self.lines

    def check(self):
        """Checks that no line exceeds the screen's width, nor the lines its height."""
        assert len(self.lines) == self.rows and max(map(cells, self.lines)) <= self.columns, self.lines

    def type(self, keys):
        os.write(self.terminal, keys.encode())

    def send(self, number):
        os.kill(self.pid, number)

    def suspend(self, timeout=5):
        """Sends Ctrl-Z's signal, and returns once the program has stopped, so that a SIGCONT cannot come too early."""
        self.send(signal.SIGTSTP)
        deadline = time.monotonic() + timeout
        while True:
            self.read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
            if pid:
                assert os.WIFSTOPPED(status), f"ended: {status}"
                return
            assert time.monotonic() < deadline, f"does not stop: {self.text[-500:]!r}"

    def wait(self, timeout=5):
        """Waits for the end, reads the remaining output, and returns the exit status."""
        deadline = time.monotonic() + timeout
        while self.status is None:
            assert time.monotonic() < deadline, f"does not end: {self.text[-500:]!r}"
            self.read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        while self.read(0.2) and select.select([self.terminal], [], [], 0)[0]:
            pass
        return self.status

    def is_restored(self):
        """Returns true if the previous screen is restored, and the terminal reads lines and echoes."""
        flags = termios.tcgetattr(self.terminal)[3]
        return (self.text.count(ENTER) == self.text.count(LEAVE) and self.text.rstrip().endswith(LEAVE)
                and flags & termios.ICANON and flags & termios.ECHO)

    def close(self):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.terminal)
