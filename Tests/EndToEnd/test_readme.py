# SPDX-License-Identifier: MIT
"""README's commands, run unchanged in a booted Debian; test_examples.py runs those of the section about the command.

Differences are stated where a command is run: endless programs are ended, and the programs under test replace the build. Each command of
README is run here or in another test, or is listed with the reason why it is not.
"""

import json
import pathlib
import re
import shlex
import signal as signals
import time

import numpy
import pytest

from harness import daemon as daemons
from harness import pattern, session
from harness.network import wait_for
from test_install import checkout, eth1  # noqa: F401  (fixtures)
from test_service import ALLOW, client_runs, ready, sounding
from test_service import bare  # noqa: F401  (a fixture)

README = (daemons.ROOT / "README.md").read_text()
PROGRAMS = r"(sudo|scripts/|systemctl|journalctl|aplay|arecord|amixer|gst-launch|cat|curl|jackd|ffmpeg|sox|mpv|cvlc|mpg123|ecasound|zita-|alsaloop|JACK_|ALSA_|\.build)"
HERE = ["sudo env \"PATH=$PATH\" scripts/install.sh", "scripts/package-deb.sh", "sudo apt install", "sudo systemctl enable --now aes67d@",
        "sudo scripts/uninstall.sh --purge", "aplay -L", "aplay -D aes67_plug", "gst-launch-1.0 udpsrc", "arecord -D aes67:CH=8",
        "sudo cat /run/aes67/status.json", "amixer -D aes67", "sudo usermod", "curl --unix-socket", "sudo systemctl restart aes67d",
        "sudo scripts/hardware-clocks.sh on", "sudo scripts/run-ptp.sh slave", "journalctl", "systemctl status aes67d",
        "JACK_NO_AUDIO_RESERVATION=1 jackd", "ffmpeg", "sox"]
ELSEWHERE = {"sudo -u aes67 pmc": "test_service_clock.py", "sudo /usr/share/aes67/hardware-clocks": "test_service_clock.py",
             "mpv": "test_players.py", "cvlc": "test_players.py", "mpg123": "test_players.py", "ecasound": "test_players.py", "zita-a2j": "test_programs.py", "alsaloop": "test_programs.py",
             "scripts/background.sh": "test_install.py", "sudo scripts/background.sh restart": "test_install.py",
             "scripts/sizes.sh": "test_sizes.py", "scripts/bench.sh": "its parts in Tests/Support/Bench", "scripts/latency-test.sh": "test_latency.py",
             "sudo aes67 card o": "test_card.py", "sudo aes67 integrate pipewire": "test_debian.py", "systemctl --user restart": "test_debian.py",
             "scripts/build.sh": "must be run before these tests"}
NOT_RUN = {"sudo scripts/dependencies.sh --test": "needs Debian's archive", "sudo env \"PATH=$PATH\" scripts/test.sh": "runs these tests",
           "scripts/test.sh": "runs these tests", "scripts/check.sh": "scripts/test.sh runs it", "scripts/documentation.sh": "scripts/check.sh runs it",
           ".build-install/aes67d --config": "would run in the network of the machine", "ALSA_CONFIG_PATH=": "is run with the line above it"}


def section(title):
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def commands(text):
    """Returns the indented lines, with continuation lines joined, and the texts between backticks that begin with a program's name."""
    indented = re.sub(r"\\\n\s+", "", "\n".join(line for line in text.splitlines() if line.startswith("    ")))
    found = [line.strip() for line in indented.splitlines()]
    prose = "\n".join(line for line in text.splitlines() if not line.startswith("    "))
    found += [" ".join(words.split()) for words in re.findall(r"`([^`]+)`", prose) if " " in words or words.startswith("scripts/")]
    return [command for command in found if re.match(PROGRAMS, command)]


def the(beginning, title=None):
    """Returns the first command of README, or of one section, that begins with these words."""
    found = [command for command in commands(section(title) if title else README) if command.startswith(beginning)]
    assert found, f"README no longer has: {beginning}"
    return found[0]


def test_each_command_is_run_or_listed():
    known = [*HERE, *ELSEWHERE, *NOT_RUN]
    said = [command for command in commands(README) if not command.startswith("aes67 ")]
    assert [command for command in said if not any(map(command.startswith, known))] == [], "commands that no test runs"
    assert [beginning for beginning in known if not any(c.startswith(beginning) for c in said)] == [], "commands that are no longer in README"


@pytest.fixture
def machine(bare, packages):
    """A container with the package, its default configuration and a `sudo`."""
    prepare(bare)
    bare.install(packages[0])
    return bare


def prepare(box):
    sudo = box.root / "usr/bin/sudo"
    sudo.write_text('#!/bin/sh\n[ "$1" != -u ] || { user=$2; shift 2; exec runuser -u "$user" -- "$@"; }\nexec "$@"\n')
    sudo.chmod(0o755)
    for unit in ("aes67d.service.d", "aes67d@.service.d"):
        folder = pathlib.Path(f"/proc/{box.leader}/root/run/systemd/system/{unit}")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "test.conf").write_text(ALLOW)


def run(box, command, directory="/root", check=True, timeout=60):
    return box.look("sh", "-c", f"cd {directory} && {command}", check=check, timeout=timeout)


def edit(box, *changes):
    """Changes lines of the default configuration file, and restarts the daemon."""
    file = box.root / "etc/aes67/aes67d.yaml"
    text = (daemons.ROOT / "configs/aes67d.yaml").read_text()
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file.write_text(text)
    run(box, the("sudo systemctl restart aes67d"))


def test_install_from_the_sources(checkout, eth1):
    """README's commands with --built, which skips the build; the name `eth1` is README's as well."""
    prepare(checkout)
    said = run(checkout, the("sudo env", "Install") + " --built /root/built", "/root/aes67-vsc", timeout=120).stdout
    assert "heard on 64 of 64 channels" in said, said
    second_card(checkout)
    run(checkout, the("sudo scripts/uninstall.sh"), "/root/aes67-vsc")
    assert not (checkout.root / "etc/aes67").exists()


def second_card(box):
    run(box, the("sudo systemctl enable --now aes67d@eth1"))
    wait_for(lambda: box.status("eth1")["interface"], "the interface of the second card", 10)
    name, = re.findall(r"`(aes67:INSTANCE=\w+)`", section("Install"))
    run(box, f"aplay -q -D {name} -t raw -f S32_LE -c 64 -r 48000 -d 1 /dev/zero")


def test_install_the_package(bare, eth1, install):
    """README's commands, with --built and --quick, and with the package in the container's directory."""
    prepare(bare)
    (bare.root / "root/.build-deb").mkdir()
    words = shlex.split(the("scripts/package-deb.sh", "Install"))
    bare.host.run(daemons.ROOT / words[0], *words[1:], "--built", install.directory, "--quick", bare.root / "root/.build-deb", timeout=120)
    run(bare, the("sudo apt install", "Install"))
    assert "Active: active" in run(bare, the("systemctl status aes67d")).stdout
    second_card(bare)


def test_first_sound(machine, network):
    title = "First sound"
    assert "aes67" in run(machine, the("aplay -L", title)).stdout
    edit(machine, ("loopback: false", "loopback: true"))
    wait_for(lambda: all(s["packets"] for s in machine.status()["senders"]), "the senders", 30, 0.1)
    # GStreamer runs outside the container in the same network, and writes to a file. It is ended after aplay.
    words = shlex.split(the("gst-launch-1.0 udpsrc", title))
    heard = network.a.path("heard.raw")
    assert words[-1] == "autoaudiosink"
    decoder = network.a.spawn("gst-launch-1.0", "-q", "-e", *words[1:-1], "filesink", f"location={heard}", "buffer-mode=2")
    session.grow(heard, 100_000)
    run(machine, the("aplay -D aes67_plug ", title))
    decoder.stop(2)
    frames = numpy.frombuffer(heard.read_bytes(), "u1")
    frames = frames[:len(frames) // 24 * 24].reshape(-1, 8, 3)
    assert frames.any(axis=(0, 2)).tolist() == [True] + [False] * 7, "the mono file is not on the first channel only"
    record = the("arecord", title)
    assert "-d 10" in record
    run(machine, record.replace("-d 10", "-d 1"))
    assert (machine.root / "root/take.wav").stat().st_size == 44 + 8 * 4 * 48_000
    assert json.loads(run(machine, the("sudo cat /run/aes67/status.json", title)).stdout)["senders"]
    assert "numid=" in run(machine, the("amixer", title)).stdout


def test_names_of_the_device(machine, eth1):
    """Each listed name plays and records with its channels, `aes67` in all formats."""
    run(machine, the("sudo systemctl enable --now aes67d@eth1"))
    rows = re.findall(r"^\| (`aes67.*) \| (.*) \|$", section("Names of the device"), re.M)
    names = [name for row, _ in rows for name in re.findall(r"`([^`]+)`", row)]
    assert len(names) == 8, names
    for name in names:
        shapes = [("S16_LE", 2, 44_100)] if "plug" in name or "stereo" in name else [("S32_LE", int((re.findall(r"CH=(\d+)", name) or ["64"])[0]), 48_000)]
        if name == "aes67":
            shapes += [(form, 64, 48_000) for form in ("S24_LE", "S24_3LE", "S16_LE", "FLOAT_LE")]
        for form, channels, rate in shapes:
            shape = f"-q -D {name} -t raw -f {form} -c {channels} -r {rate} -d 1"
            run(machine, f"aplay {shape} /dev/zero")
            run(machine, f"arecord {shape} /dev/null")


def test_your_programs(lone):
    """Each command of the table runs with the minimum period of the default configuration (trial F2). jackd and the recording ffmpeg are ended."""
    host, title = lone(device={"minimum-period": 64}), "Your programs"
    host.environment.update(JACK_NO_START_SERVER="1", HOME=str(host.directory), XDG_RUNTIME_DIR=str(host.directory))
    host.run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=r=44100:d=1", host.path("song.flac"))
    play, record = [c for c in commands(section(title)) if c.startswith("ffmpeg")]
    for command in (play, re.sub(r" (\S+)$", r" -t 1 \1", record), the("sox", title)):
        host.run("sh", "-c", f"cd {host.directory} && {command}")
    assert host.path("take.wav").stat().st_size > 8 * 2 * 40_000
    for element in re.findall(r"`(alsas\w+ device=\S+)`", section(title)):
        ends = "audiotestsrc num-buffers=20 ! audioconvert ! {}" if "sink" in element else "{} num-buffers=20 ! fakesink"
        host.run("sh", "-c", f"gst-launch-1.0 -q {ends.format(element)}")
    jackd = host.spawn("sh", "-c", f"exec env {the('JACK_NO_AUDIO', title).replace('jackd', 'jackd -n readme', 1)}")
    wait_for(lambda: [c for c in host.daemon.status()["clients"] if c["running"]], "jackd to play and record", 10)
    assert jackd.running, jackd.output
    jackd.stop()


def test_joining_two_machines(machine, network, install):
    """Two hosts with default configurations (trial F7): a signal played on channel 5 of one is recorded on channel 5 of the other."""
    title = "Joining two machines"
    shipped = (daemons.ROOT / "configs/aes67d.yaml").read_text()
    assert re.search(r"^  host: auto$", shipped, re.M)
    block = re.findall(r"^    (layout:\n      host: 2)$", section(title), re.M)
    assert block, "README no longer has the layout with host 2"
    (machine.root / "root/second.yaml").write_text(block[0].replace("\n    ", "\n"))
    run(machine, "aes67d --check --config second.yaml")
    run(machine, the("sudo systemctl restart aes67d", title))
    peer = daemons.Daemon(network.b, install, text=shipped).start()
    ready_when = lambda status: all(daemons.runs(s) for s in status["senders"] + status["receivers"])  # noqa: E731
    peer.wait_status(lambda s: ready_when(s) and s["receivers"][0]["inTime"] > 1000, "the second host's streams to run", 60)
    ready(machine)
    signal = pattern.Pattern(1)
    pattern.write(machine.root / "root/play.raw", signal.frames(5 * 48_000), "S32_LE")
    recorder, sink = session.start_recording(network.b, pcm="aes67:CH=8", channels=8)
    machine.start("player", "aplay", "-q", "-D", "aes67:CH=1,FIRST=5", "-t", "raw", "-f", "S32_LE", "-c", 1, "-r", 48000, "/root/play.raw")
    client_runs(machine, "playback")
    machine.ended_well("player")
    session.finish(recorder)
    recorded = pattern.read(sink, "S32_LE", 8)
    assert not recorded[:, [0, 1, 2, 3, 5, 6, 7]].any(), "another channel than 5 is not silent"
    # The link offset of 3 ms is too short when the machine stalls: late packets leave gaps, and all other audio must be intact.
    runs = [r for r in signal.runs(recorded[:, 4:5].copy()) if r.kind == "intact"]
    assert sum(r.length for r in runs) > 48_000, pattern.describe(runs)


FRAGMENTS = {
    "channels: [17, 1-4, none]": "senders: [{{address: 239.69.7.1, {0}}}]\nreceivers: [{{address: 239.69.8.1, {0}}}]\n",
    "clock: {source: \"phc:/dev/ptp0\"}": "{0}\n", "clock: {source: system-tai}": "{0}\n", "ptp: {mode: off}": "{0}\n",
    "ptp: {priority1: 127}": "{0}\n",
    "ptp: {profile: st2059-2, domain: 127}": "{0}\n", "streams: {packet-time: 125us}": "{0}\n", "device: {minimum-period: 16}": "{0}\n",
    "control: {port: off}": "{0}\n", "loopback: true": "network: {{{0}}}\n", "sdp: /etc/aes67/default.sdp": "layout: {{{0}}}\n",
    "network: interface:": "network:\n  interface: eth7\n",
    "sdp-url: http://...": "receivers: [{{channels: 2, sdp-url: \"http://10.0.0.1/stage.sdp\"}}]\n"
}


def test_settings_named_in_the_text(machine):
    """The daemon accepts each setting that README has between backticks."""
    prose = re.sub(r"(?m)^    .*\n", "", README)
    named = {" ".join(words.split()) for words in re.findall(r"`([^`]+)`", prose) if re.match(r"[a-z-]+:\s", words)}
    assert named == set(FRAGMENTS)
    for fragment, file in FRAGMENTS.items():
        (machine.root / "root/check.yaml").write_text(file.format(fragment))
        run(machine, "aes67d --check --config check.yaml")


def test_hardware_clocks_from_the_sources(checkout):
    prepare(checkout)
    run(checkout, the("sudo env", "Install") + " --built /root/built", "/root/aes67-vsc", timeout=120)
    run(checkout, the("sudo scripts/hardware-clocks.sh on", "The clock"), "/root/aes67-vsc")
    assert "cap_net_admin" in checkout.show("aes67d", "AmbientCapabilities")
    run(checkout, the("sudo scripts/uninstall.sh"), "/root/aes67-vsc")
    assert not list((checkout.root / "etc").rglob("*hardware-clocks*"))


def test_run_ptp(network, install):
    """run-ptp.sh runs until Ctrl-C and then deletes its namespaces, also when Ctrl-C is pressed repeatedly."""
    command = the("sudo scripts/run-ptp.sh slave", "The clock").removeprefix("sudo ")
    look = network.a.spawn("env", f"AES67D={install.daemon}", daemons.ROOT / command.split()[0], *command.split()[1:])
    wait_for(lambda: re.search(r"^clock \w.* port slave +grandmaster", look.output, re.M), "the slave", 40)
    for _ in range(20):
        look.send(signals.SIGINT)
        time.sleep(0.01)
    assert look.stop(signals.SIGINT) == 0, look.output
    assert not [name for name in pathlib.Path("/run/netns").iterdir() if name.name.startswith("aes67-ptp-")]


def test_group_panel_and_api(machine):
    title = "The command"
    machine.look("useradd", "musician")
    run(machine, f"USER=musician; {the('sudo usermod', title)}")
    assert "aes67" in run(machine, "id musician").stdout
    assert "`aes67 panel`" in section(title)
    assert run(machine, "aes67 panel").stdout.startswith("http://127.0.0.1:8067/#token=")
    # curl runs outside the container, so the socket's path leads into it.
    words = shlex.split(the("curl --unix-socket", title))
    words[2] = f"/proc/{machine.leader}/root{words[2]}"
    assert json.loads(machine.host.run(*words).stdout)["senders"]


def test_journal_commands(machine):
    assert "Subject: The AES67 sound card runs" in run(machine, the("journalctl -x -u aes67d") + " --no-pager").stdout
    name = machine.status()["senders"][0]["name"]
    for command in [c for c in commands(section("When something is wrong")) if c.startswith("journalctl")]:
        run(machine, command.replace("NAME", f"'{name}'") + " --no-pager")
