# SPDX-License-Identifier: MIT
"""Debian 12 and 13 in booted containers: the package from installation to purge on Debian 13 (test_service.py tests Debian 12), and
PipeWire in a user's session on both after `sudo aes67 integrate pipewire`.
"""

import json

import pytest

from harness import box as boxes
from harness import daemon as daemons
from harness.network import wait_for
from test_service import SETTINGS, configure, everything, ready
from test_service import bare, peer, test_from_installation_to_purge  # noqa: F401  (fixtures, and a test that runs here too)

pytestmark = pytest.mark.long
DESKTOP = ["dbus-user-session", "libpam-systemd", "pipewire", "pipewire-bin", "pipewire-jack", "pipewire-pulse", "pulseaudio-utils",
           "wireplumber"]
JACK_TOOLS = {"bookworm": "jackd2", "trixie": "jack-example-tools"}
MUSICIAN = 1000


@pytest.fixture(scope="module")
def debian():
    """Debian 13, for the tests imported from test_service.py."""
    return boxes.base(suite="trixie")


@pytest.fixture(params=JACK_TOOLS)
def desktop(request, network, packages):
    """A booted Debian with the package, PipeWire and a user who is logged in."""
    box = boxes.Box(network.a, boxes.base(*DESKTOP, JACK_TOOLS[request.param], suite=request.param))
    try:
        box.boot()
        box.before = everything(box)
        box.install(packages[0])
        configure(box, daemons.configuration(senders=[{"name": "Choir", "address": "239.69.5.1", "channels": 2, "channel-names": "Soprano, Alto"}],
                                             receivers=[], **SETTINGS))
        box.look("systemctl", "restart", "aes67d")
        box.look("useradd", "--create-home", "--uid", MUSICIAN, "--groups", "audio", "musician")
        box.look("systemctl", "start", f"user@{MUSICIAN}")
        yield box
    finally:
        box.down()


def musician(box, *command, check=True):
    """Runs a command as the user who is logged in."""
    return box.look("runuser", "-u", "musician", "--", "env", "HOME=/home/musician", f"XDG_RUNTIME_DIR=/run/user/{MUSICIAN}",
                    f"DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/{MUSICIAN}/bus", *command, check=check)


def descriptions(box, kind):
    done = musician(box, "pactl", "--format=json", "list", kind, check=False)
    return [each["description"] for each in json.loads(done.stdout or "[]") if "monitor" not in each["name"]]


def restart(box, said):
    """Runs the restart command that `aes67 integrate` printed."""
    line, = (line.strip() for line in said.splitlines() if line.strip().startswith("systemctl --user"))
    musician(box, *line.split())


def test_pipewire_has_the_channels_as_sinks_and_sources(desktop):
    ready(desktop)
    wait_for(lambda: "Soprano" in desktop.look("aes67", "list", "--verbose").stdout, "the session of the host itself", 15, 0.2)
    said = desktop.look("aes67", "integrate", "pipewire", "--blocks", "8").stdout
    restart(desktop, said)
    outputs = [f"AES67 out {first}-{first + 7}" for first in range(1, 64, 8)]
    wait_for(lambda: descriptions(desktop, "sinks") == outputs, "eight outputs", 20, 0.2)
    wait_for(lambda: descriptions(desktop, "sources") == [text.replace("out", "in") for text in outputs], "eight inputs", 20, 0.2)
    ports = {"AES67 out 1-8:playback_1 Soprano", "AES67 out 1-8:playback_3"}
    wait_for(lambda: ports <= set(musician(desktop, "pw-jack", "jack_lsp", check=False).stdout.splitlines()), "the JACK ports with channel names", 20, 0.2)
    (desktop.root / "home/musician/tone.raw").write_bytes(bytes(4 * 48_000 * 2))
    musician(desktop, "pacat", "--device=aes67-out-1-8", "--rate=48000", "/home/musician/tone.raw")
    assert desktop.journal("-u", "aes67d", "DIRECTION=playback", "FIRST_CHANNEL=1") or "playback, 8 channels from 1" in desktop.look(
        "journalctl", "-u", "aes67d", "-o", "cat", "--no-pager").stdout
    # With one sink of 64 channels, after the user has logged out and in, and after the purge, which must leave no file.
    desktop.look("aes67", "integrate", "pipewire")
    desktop.look("systemctl", "restart", f"user@{MUSICIAN}")
    wait_for(lambda: descriptions(desktop, "sinks") == ["AES67 out 1-64"], "one output", 20, 0.2)
    desktop.look("dpkg", "--purge", "aes67-vsc")
    restart(desktop, said)
    wait_for(lambda: descriptions(desktop, "sinks") and "AES67" not in str(descriptions(desktop, "sinks")), "the output to be gone", 20, 0.2)
    left = [name for name in everything(desktop) - desktop.before if "aes67" in name.lower()]
    assert not left and not (desktop.root / "etc/pipewire").exists(), left
