# SPDX-License-Identifier: MIT
"""Real programs, a second card, and a daemon without systemd, in the booted Debian of test_service.py."""

import re
import shutil
import time

from harness import daemon as daemons
from harness import peers
from harness.network import wait_for
from test_service import EVENTS, SETTINGS, client_runs, configure, ready
from test_service import bare, box  # noqa: F401  (fixtures)


def test_real_programs_through_systemctl_restart(box, network, install):
    """ffmpeg plays and jackd holds the device while the service is restarted twice; both continue."""
    ready(box)
    a = network.a
    programs = daemons.Daemon(a, install, {})  # not started; only for the ALSA configuration by which programs outside the container find the socket
    programs.runtime = f"/proc/{box.leader}/root/run/aes67"
    a.environment["ALSA_CONFIG_PATH"] = str(programs.write_alsa_configuration())
    a.environment.update(peers.jack_environment(a.directory))
    ffmpeg = a.spawn("ffmpeg", "-nostdin", "-loglevel", "error", "-re", "-f", "lavfi", "-i", "sine=r=48000:d=120",
                     "-ac", 2, "-c:a", "pcm_s32le", "-f", "alsa", "aes67:CH=2")
    jackd = a.spawn(*peers.jackd(pcm="aes67:CH=2"))
    client_runs(box, "playback", 2)
    client_runs(box, "capture")
    for _ in range(2):
        begin = time.monotonic()
        box.look("systemctl", "restart", "aes67d")
        assert time.monotonic() - begin < 3
        ready(box)
        client_runs(box, "playback", 2)
        client_runs(box, "capture")
    assert ffmpeg.running and ffmpeg.output == "", ffmpeg.output
    assert jackd.running and "error" not in jackd.output.lower().replace("xrun", ""), jackd.output
    jackd.stop()
    ffmpeg.stop()


def test_second_card_on_another_interface(box, network):
    """aes67d@net1 has its own interface, socket, streams and PTP beside the first card."""
    a, b = network.a, network.b
    a.run("ip", "link", "add", "net1", "type", "veth", "peer", "name", "net1", "netns", b.namespace)
    for number, host in enumerate((a, b), start=1):
        host.run("ip", "addr", "add", f"10.68.0.{number}/24", "dev", "net1")
        host.run("ip", "link", "set", "net1", "up")
    configure(box, daemons.configuration(ptp={"mode": "master"}, **SETTINGS))
    box.look("systemctl", "restart", "aes67d")
    box.look("systemctl", "start", "aes67d@net1")
    ready(box)
    wait_for(lambda: all(s["packets"] for s in box.status("net1")["senders"]), "the senders of the second card", timeout=10)
    assert box.status()["interface"]["name"] == "net0" and box.status()["instance"] == ""
    second = box.status("net1")
    assert second["interface"]["name"] == "net1" and second["instance"] == "net1"
    assert {box.status()["ptp"]["state"], second["ptp"]["state"]} == {"master"}
    box.start("player", "aplay", "-q", "-D", "aes67:CH=2,INSTANCE=net1", "-t", "raw", "-f", "S32_LE", "-c", 2, "-r", 48000, "-d", 20, "/dev/zero")
    wait_for(lambda: [c["program"] for c in box.status("net1")["clients"] if c["running"]] == ["aplay"], "the player on the second card")
    assert box.status()["clients"] == []
    box.look("systemctl", "stop", "aes67d")
    assert box.runs("player") and box.look("systemctl", "is-active", "aes67d@net1").stdout == "active\n", "stopping one card has stopped the other"
    assert not box.journal("-u", "aes67d", "-u", "aes67d@net1", f"MESSAGE_ID={EVENTS['clockUnavailable']}",
                           f"MESSAGE_ID={EVENTS['clockPortsShared']}")


def test_in_the_background_without_systemd(box):
    """scripts/background.sh starts the installed daemon with the unit's user and groups."""
    box.look("systemctl", "stop", "aes67d")
    (box.root / "root/scripts").mkdir()
    for name in ("background.sh", "installed-files.sh"):
        shutil.copy(daemons.ROOT / "scripts" / name, box.root / "root/scripts")

    def background(word, expect=0):
        # Without systemd, root has the unit's capabilities and those needed to pass them on.
        done = box.look("/bin/bash", "/root/scripts/background.sh", word, check=False)
        assert done.returncode == expect, done.stdout + done.stderr

    background("status", expect=3)
    background("start")
    ready(box)
    pid = box.look("cat", "/run/aes67d.pid").stdout.strip()
    status = box.look("cat", f"/proc/{pid}/status").stdout
    names = box.look("sh", "-c", "id -u aes67; getent group audio aes67 | cut -d: -f3").stdout.split()
    assert re.search(r"Uid:\s+(\d+)", status)[1] == names[0] != "0", status
    assert set(re.search(r"Groups:\s+(.*)", status)[1].split()) == set(names[1:]), status
    background("status")
    box.start("player", *peers.aplay("/dev/zero", pcm="aes67:CH=2", channels=2))
    client_runs(box, "playback")
    background("restart")
    client_runs(box, "playback")
    assert box.runs("player"), "the program has ended"
    background("stop")
    # background.sh must wait until the daemon runs, even if that takes a second.
    slow = box.root / "usr/local/sbin/setpriv"
    slow.write_text("#!/bin/sh\nsleep 1\nexec /usr/bin/setpriv \"$@\"\n")
    slow.chmod(0o755)
    background("start")
    slow.unlink()
    background("stop")
    background("status", expect=3)
