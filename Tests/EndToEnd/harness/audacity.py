# SPDX-License-Identifier: MIT
"""Audacity on a virtual display, set up as described in README, controlled by keys, and by its scripting module for the export."""

import contextlib
import datetime
import os
import pathlib
import select

import numpy

from .network import wait_for

# Without a D-Bus session, which the test machine may lack.
ALONE = {"NO_AT_BRIDGE": "1", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}
SCRIPTING = pathlib.Path("/usr/lib/audacity/modules/mod-script-pipe.so")
PIPES = {way: pathlib.Path(f"/tmp/audacity_script_pipe.{way}.{os.getuid()}") for way in ("to", "from")}

# The settings that Audio Setup writes for README's device; no welcome dialog; export without conversion of the samples.
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

# The settings that Preferences, Modules, writes for the scripting module, with the file's modification time.
MODULE = """
[Module]
mod-script-pipe=1
[ModulePath]
mod-script-pipe={scripting}
[ModuleDateTime]
mod-script-pipe={changed}
"""


class Audacity:
    """The program with its window on a host with a display. `title` is the window's title, which is a file's name."""

    def __init__(self, host, *files, title):
        self.host, self.settings = host, host.home / ".config" / "audacity"
        self.settings.mkdir(parents=True, exist_ok=True)
        self.remove_pipes()
        self.look_for_plugins()
        changed = datetime.datetime.fromtimestamp(int(SCRIPTING.stat().st_mtime)).isoformat()
        self.start(*files, title=title, more=MODULE.format(scripting=SCRIPTING, changed=changed))
        self.to = wait_for(self.listens, "Audacity's scripting module", timeout=10)
        self.answers = os.open(PIPES["from"], os.O_RDONLY | os.O_NONBLOCK)
        # The reply shows that the main loop runs; a key before that would crash the program.
        self.command("GetInfo: Type=Boxes")

    def look_for_plugins(self):
        """Runs Audacity once, so that it scans for plug-ins. It does that in child processes, which would open the pipes of the scripting module."""
        self.start(title="Audacity")
        wait_for((self.settings / "pluginregistry.cfg").exists, "Audacity's list of plug-ins", timeout=40)
        self.program.stop()

    def start(self, *files, title, more=""):
        self.title = title
        # Audacity offers to recover files that a previous start left in its directory, so each start gets another one.
        temporary = self.host.path(f"audacity-{len(self.host.processes)}")
        (self.settings / "audacity.cfg").write_text(SETTINGS.format(temporary=temporary) + more)
        self.program = self.host.spawn("audacity", *files, name="audacity", env=ALONE, urgent=True)
        wait_for(self.window, "Audacity's window", timeout=40)

    def window(self):
        assert self.program.running, self.program.output
        return self.host.run("xdotool", "search", "--onlyvisible", "--name", f"^{self.title}$", check=False).stdout.split()

    def press(self, key):
        self.host.run("xdotool", "windowfocus", "--sync", self.window()[0], "key", key)

    @staticmethod
    def listens():
        """Returns the opened pipe for commands; None while no program reads from it."""
        with contextlib.suppress(OSError):
            return os.open(PIPES["to"], os.O_WRONLY | os.O_NONBLOCK)

    def command(self, command):
        """Sends a command to the scripting module and checks its reply, which ends with a result and an empty line."""
        os.write(self.to, f"{command}\n".encode())
        answer = bytearray()

        def is_whole():
            if select.select([self.answers], [], [], 0)[0]:
                answer.extend(os.read(self.answers, 1 << 16))
            return b"BatchCommand finished: " in answer and answer.endswith(b"\n\n")
        wait_for(is_whole, f"the answer to {command}", timeout=60)
        assert answer.endswith(b"BatchCommand finished: OK\n\n"), (command, bytes(answer[-500:]), self.program.output)

    def export(self, file):
        """Returns the whole recording, 32-bit floats converted to left-justified int32."""
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
