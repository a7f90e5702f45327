# SPDX-License-Identifier: MIT
"""Audacity on a display that nobody sees: set up as README says, its transport by its keys, and its export by its own
scripting module, which Debian's package has."""

import contextlib
import datetime
import os
import pathlib
import select

import numpy

from .network import wait_for

# Without a bus of the desktop, which no machine of the tests needs to have.
ALONE = {"NO_AT_BRIDGE": "1", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}
SCRIPTING = pathlib.Path("/usr/lib/audacity/modules/mod-script-pipe.so")
PIPES = {way: pathlib.Path(f"/tmp/audacity_script_pipe.{way}.{os.getuid()}") for way in ("to", "from")}

# What Audio Setup writes for README's row; that it shall not greet; and that it exports the samples as it has them.
SETTINGS = """
PrefsVersion=1.1.1r1
NewPrefsInitialized=1
[Version]
Major=3
Minor=2
Micro=4
[GUI]
ShowSplashScreen=0
[AudioIO]
Host=ALSA
PlaybackDevice=aes67_stereo
RecordingDevice=aes67_stereo
RecordChannels=2
[SamplingRate]
DefaultProjectSampleRate=48000
[Quality]
HQDitherAlgorithmChoice=None
[FileFormats/ExportFormat_SF1_Type]
WAV_10000=6
[Directories]
TempDir={temporary}
"""

# What its Preferences, Modules, writes for the scripting module: the file and its time, too.
MODULE = """
[Module]
mod-script-pipe=1
[ModulePath]
mod-script-pipe={scripting}
[ModuleDateTime]
mod-script-pipe={changed}
"""


class Audacity:
    """The program with its window, on a host that has a display. `title` is that of the window, which shows a file's name."""

    def __init__(self, host, *files, title):
        self.host, self.settings = host, host.home / ".config" / "audacity"
        self.settings.mkdir(parents=True, exist_ok=True)
        self.remove_pipes()
        self.look_for_plugins()
        changed = datetime.datetime.fromtimestamp(int(SCRIPTING.stat().st_mtime)).isoformat()
        self.start(*files, title=title, more=MODULE.format(scripting=SCRIPTING, changed=changed))
        self.to = wait_for(self.listens, "its scripting module", timeout=10)
        self.answers = os.open(PIPES["from"], os.O_RDONLY | os.O_NONBLOCK)
        # Its main loop answers: a key that came before that loop runs would end the program.
        self.command("GetInfo: Type=Boxes")

    def look_for_plugins(self):
        """Its first start looks for plug-ins by programs of its own. Each of them would take the pipes of the scripting module."""
        self.start(title="Audacity")
        wait_for((self.settings / "pluginregistry.cfg").exists, "its list of plug-ins", timeout=40)
        self.program.stop()

    def start(self, *files, title, more=""):
        self.title = title
        # It offers to recover what is in the directory of a start before.
        temporary = self.host.path(f"audacity-{len(self.host.processes)}")
        (self.settings / "audacity.cfg").write_text(SETTINGS.format(temporary=temporary) + more)
        self.program = self.host.spawn("audacity", *files, name="audacity", env=ALONE, urgent=True)
        wait_for(self.window, "its window", timeout=40)

    def window(self):
        assert self.program.running, self.program.output
        return self.host.run("xdotool", "search", "--onlyvisible", "--name", f"^{self.title}$", check=False).stdout.split()

    def press(self, key):
        self.host.run("xdotool", "windowfocus", "--sync", self.window()[0], "key", key)

    @staticmethod
    def listens():
        """The pipe for commands, opened; nothing while nobody reads it."""
        with contextlib.suppress(OSError):
            return os.open(PIPES["to"], os.O_WRONLY | os.O_NONBLOCK)

    def command(self, command):
        """Has its scripting module do it, whose answer ends with an empty line behind its verdict."""
        os.write(self.to, f"{command}\n".encode())
        answer = bytearray()

        def is_whole():
            if select.select([self.answers], [], [], 0)[0]:
                answer.extend(os.read(self.answers, 1 << 16))
            return b"BatchCommand finished: " in answer and answer.endswith(b"\n\n")
        wait_for(is_whole, f"the answer to {command}", timeout=60)
        assert answer.endswith(b"BatchCommand finished: OK\n\n"), (command, bytes(answer[-500:]), self.program.output)

    def export(self, file):
        """All that it recorded, as it keeps it: 32-bit floats, left-justified in int32."""
        self.command("SelectAll:")
        self.command(f"Export2: Filename={file} NumChannels=2")
        data = file.read_bytes()
        at = data.index(b"data") + 8
        floats = numpy.frombuffer(data[at:at + (len(data) - at) // 8 * 8], "<f4").reshape(-1, 2)
        return numpy.rint(floats.astype(numpy.float64) * 2**31).clip(-(2**31), 2**31 - 1).astype(numpy.int32)

    def stop(self):
        self.program.stop()
        os.close(self.to)
        os.close(self.answers)
        self.remove_pipes()

    @staticmethod
    def remove_pipes():
        for pipe in PIPES.values():
            with contextlib.suppress(FileNotFoundError):
                pipe.unlink()
