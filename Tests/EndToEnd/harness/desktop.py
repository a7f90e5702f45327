# SPDX-License-Identifier: MIT
"""A desktop's sound on one host, as a user's session starts it:

PipeWire with Debian's configuration, WirePlumber, and pipewire-pulse for PulseAudio programs.
"""

import json

from .network import wait_for

NEEDED = ["pipewire", "wireplumber", "pipewire-pulse", "pactl", "pw-jack", "dbus-daemon"]


class Desktop:
    """`drop_in` is the content of a file in pipewire.conf.d."""

    def __init__(self, host, drop_in):
        self.host = host
        home, runtime = host.path("home"), host.path("session")
        place = home / ".config/pipewire/pipewire.conf.d"
        place.mkdir(parents=True, exist_ok=True)
        (place / "60-aes67.conf").write_text(drop_in)
        runtime.mkdir(mode=0o700, exist_ok=True)
        host.environment.update(HOME=str(home), XDG_CONFIG_HOME=str(home / ".config"), XDG_STATE_HOME=str(home / ".local/state"),
                                XDG_RUNTIME_DIR=str(runtime), DBUS_SESSION_BUS_ADDRESS=f"unix:path={runtime}/bus")
        self.programs = []
        self.bus = host.spawn("dbus-daemon", "--session", "--nofork", f"--address=unix:path={runtime}/bus", name="dbus")
        wait_for((runtime / "bus").exists, "the D-Bus session")

    def start(self):
        """Starts PipeWire, WirePlumber and pipewire-pulse in systemd's order, and waits until they are ready.

        WirePlumber ends if PipeWire does not answer yet. The desktop is ready when pipewire-pulse answers and WirePlumber stores the
        defaults, without which no default sink can be selected.
        """
        self.programs = [self.spawn("pipewire")]
        wait_for(lambda: self.host.run("pw-cli", "info", "0", check=False).returncode == 0, "PipeWire", 15, 0.1)
        self.programs += [self.spawn("wireplumber"), self.spawn("pipewire-pulse")]
        wait_for(lambda: self.host.run("pactl", "info", check=False).returncode == 0, "pipewire-pulse", 15, 0.1)
        wait_for(lambda: "default" in self.metadata(), "WirePlumber's defaults", 15, 0.1)
        return self

    def spawn(self, name):
        return self.host.spawn(name, name=f"{name}-{len(self.host.processes)}")

    def stop(self):
        """Ends the programs as when the user logs out."""
        for program in reversed(self.programs):
            program.stop()

    def dump(self):
        """Returns all objects of PipeWire. If some change meanwhile, pw-dump prints a second list with them."""
        text, objects, place = self.host.run("pw-dump", check=False).stdout.strip(), {}, 0
        while place < len(text):
            found, place = json.JSONDecoder().raw_decode(text, place)
            objects |= {each["id"]: each for each in found}
            place += len(text[place:]) - len(text[place:].lstrip())
        return [each for each in objects.values() if each.get("type")]

    def metadata(self):
        """Returns the names of all metadata objects."""
        return [each.get("props", {}).get("metadata.name") for each in self.dump() if each["type"].endswith(":Metadata")]

    def objects(self, kind, media=""):
        """Returns the properties of all objects of a kind, or of the nodes of a media class."""
        found = [{**each["info"].get("props", {}), "id": each["id"]} for each in self.dump() if each["type"].endswith(f":{kind}")]
        return [each for each in found if not media or each.get("media.class") == media]

    def sinks(self):
        """Returns the outputs that PulseAudio programs, such as pavucontrol, list."""
        return json.loads(self.host.run("pactl", "--format=json", "list", "sinks").stdout)

    def sources(self):
        """Returns the inputs, without the sinks' monitors."""
        return [each for each in json.loads(self.host.run("pactl", "--format=json", "list", "sources").stdout) if "monitor" not in each["name"]]

    def ports(self):
        return self.host.run("pw-link", "-io").stdout.splitlines()
