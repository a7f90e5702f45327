# SPDX-License-Identifier: MIT
"""Interactive bash, zsh and fish with the installed completions of the command."""

import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import time

from .daemon import ROOT

TAB, ENTER, HOME = "\t", "\r", "\x01"
KINDS = ("bash", "zsh", "fish")


def stage(install, directory):
    """Writes the files that scripts/install.sh installs into a directory."""
    done = subprocess.run(["bash", "-c", ". scripts/installed-files.sh; stage_files \"$1\" \"$2\"", "stage", install.directory, directory],
                          cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return directory


class Shell:
    """One interactive shell on a terminal, which writes the words of a completed line to a file."""

    def __init__(self, kind, host, root, directory):
        self.kind = kind
        self.directory = pathlib.Path(directory)
        self.directory.mkdir()
        self.lines = 0
        environment = {**host.environment, "PATH": f"{root}/usr/bin:{os.environ['PATH']}", "HOME": str(self.directory), "TERM": "xterm",
                       "XDG_CONFIG_HOME": str(self.directory), "XDG_DATA_HOME": str(self.directory), "PS1": "", "COLUMNS": "200"}
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(self.directory)
            command = host.inside(getattr(self, kind)(root))
            os.execvpe(command[0], command, environment)
        self.text = ""
        self.type(f"printf 'is %s\\n' {'there'}{ENTER}")
        self.wait_for(r"is there")

    def bash(self, root):
        file = self.directory / "rc"
        file.write_text(f"bind 'set bell-style none'\nfor f in {root}/usr/share/bash-completion/completions/aes67; do . \"$f\"; done\n")
        return ["bash", "--rcfile", file, "-i"]

    def zsh(self, root):
        (self.directory / ".zshrc").write_text(
            f"bindkey -e\nfpath=({root}/usr/share/zsh/vendor-completions $fpath)\nautoload -U compinit; compinit -u\nunsetopt prompt_sp\nPS1=''\n")
        return ["env", f"ZDOTDIR={self.directory}", "zsh", "-i"]

    def fish(self, root):
        return ["fish", "--init-command", f"set fish_complete_path {root}/usr/share/fish/vendor_completions.d; function fish_prompt; end; set fish_greeting"]

    def type(self, text):
        os.write(self.terminal, text.encode())

    def wait_for(self, pattern, timeout=10):
        deadline = time.monotonic() + timeout
        while not re.search(pattern, self.text):
            assert time.monotonic() < deadline, f"{self.kind} never wrote {pattern}: {self.text[-2000:]!r}"
            if select.select([self.terminal], [], [], 0.1)[0]:
                self.text += os.read(self.terminal, 65536).decode(errors="replace")
        return re.search(pattern, self.text)

    def completed(self, line):
        """Returns the words of the command line after a Tab at its end."""
        self.lines += 1
        words, done = self.directory / f"words-{self.lines}", self.directory / f"done-{self.lines}"
        # The line is turned into a printf that writes its words to a file, so that the terminal's echo need not be read.
        self.type(f"{line}{TAB}; : > {done.name}{HOME}printf '%s\\n' > {words.name} {ENTER}")
        deadline = time.monotonic() + 10
        while not done.exists():
            assert time.monotonic() < deadline, f"{self.kind} did not run {line!r}: {self.text[-2000:]!r}"
            if select.select([self.terminal], [], [], 0.02)[0]:
                self.text += os.read(self.terminal, 65536).decode(errors="replace")
        return words.read_text().splitlines()

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


def missing():
    return [kind for kind in KINDS if not shutil.which(kind)]
