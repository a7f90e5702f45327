# SPDX-License-Identifier: MIT
"""A new user's first day on a fresh Debian 12 and 13:

README's commands, unchanged and in order, including the builds of the sources and the package. The sources are those of the last commit.

A container cannot reach Debian's archive. It already has the packages of scripts/dependencies.sh, and uses this machine's Swift toolchain
and downloaded libraries.
"""

import pathlib
import re
import shutil
import time

import pytest

from harness import box as boxes
from harness import daemon as daemons
from harness.control import Control
from harness.network import sh, wait_for
from test_examples import ENDLESS
from test_install import eth1  # noqa: F401  (a fixture)
from test_readme import section
from test_service import ALLOW, everything

pytestmark = pytest.mark.long

BUILD = re.search(r"^build=\((.*?)\)", (daemons.ROOT / "scripts/dependencies.sh").read_text(), re.S | re.M)[1].split()
OF_SWIFT = ["libxml2", "libncurses6", "libedit2", "libcurl4", "libsqlite3-0"]  # Building.md names them
NOT_HERE = {
    "sudo scripts/dependencies.sh --test": "needs Debian's archive", 'sudo env "PATH=$PATH" scripts/test.sh': "is the tests themselves",
    "gst-launch-1.0": "ends with a loudspeaker; test_readme.py", "systemctl --user": "a user who is logged in to a desktop; test_debian.py",
    "sudo aes67 card on": "a container has no kernel modules; test_card.py",
}
VERDICTS = {"aes67 doctor": (0, 1), "aes67 status": (0, 1, 2)}  # exit statuses, which depend on the machine that runs the tests


@pytest.fixture(params=["bookworm", "trixie"])
def fresh(request, network, tmp_path):
    """A booted Debian with a clone of the sources in /root/aes67-vsc."""
    swift = pathlib.Path(shutil.which("swift")).resolve().parents[2]
    sources = tmp_path / "sources"
    sh("git", "clone", "--quiet", "--no-hardlinks", daemons.ROOT, sources)
    for part in ("checkouts", "repositories", "artifacts"):
        shutil.copytree(daemons.ROOT / ".build" / part, sources / ".build" / part, symlinks=True)
    shutil.copy(daemons.ROOT / ".build/workspace-state.json", sources / ".build")
    box = boxes.Box(network.a, boxes.base("sudo", *BUILD, *OF_SWIFT, suite=request.param))
    mounts = [(sources, box.root / "root/aes67-vsc"), (swift, box.root / "opt/swift")]
    try:
        for source, place in mounts:
            place.mkdir()
            sh("mount", "--bind", source, place)
        box.boot()
        for unit in ("aes67d.service.d", "aes67d@.service.d"):
            folder = pathlib.Path(f"/proc/{box.leader}/root/run/systemd/system/{unit}")
            folder.mkdir(parents=True)
            (folder / "test.conf").write_text(ALLOW)
        yield box
    finally:
        box.down()


def commands(title):
    """Returns the commands of a section, each on one line, without those in NOT_HERE."""
    indented = re.sub(r"\\\n\s+", "", "\n".join(line for line in section(title).splitlines() if line.startswith("    ")))
    return [line.strip() for line in indented.splitlines() if not any(line.strip().startswith(each) for each in NOT_HERE)]


def run(box, command, timeout=120):
    """Runs a command in the clone, as root with Swift in the PATH. A command that runs until Ctrl-C is interrupted after two seconds."""
    began = time.monotonic()
    endless = ENDLESS.match(command)
    line = f"timeout --preserve-status -s INT 2 {command}" if endless else command
    done = box.look("sh", "-c", f"cd /root/aes67-vsc && export PATH=/opt/swift/usr/bin:$PATH && {line}", check=False, timeout=timeout)
    expected = (0, 130) if endless else VERDICTS.get(" ".join(command.split()[:2]), (0,))
    assert done.returncode in expected, f"{command}: {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    print(f"{time.monotonic() - began:6.1f} s  {command}")
    return done.stdout


def neighbour(network, install):
    """Starts a daemon with the default configuration on host b, with an additional stream "Stage left"."""
    peer = daemons.Daemon(network.b, install, text=(daemons.ROOT / "configs/aes67d.yaml").read_text()).start()
    control = Control(peer)
    wait_for(control.path.exists, "the control socket of host b")
    control.ask("POST", "/v1/senders", {"name": "Stage left", "address": "239.69.7.1", "channels": [1, 2]})
    return control


def test_commands_of_the_readme(fresh, eth1, network, install):
    before = everything(fresh)
    from_sources, package, package_installed, second_card, remove = commands("Install")
    assert "heard on 64 of 64 channels" in run(fresh, from_sources, timeout=3600)
    first_sound(fresh)
    run(fresh, remove)
    left = everything(fresh) - before
    assert not [path for path in left if "aes67" in path and not path.startswith("/root")], left

    run(fresh, package, timeout=3600)
    run(fresh, package_installed)
    run(fresh, second_card)
    first_sound(fresh)
    stage = neighbour(network, install)
    the_command(fresh, stage)
    for command in commands("Your programs"):
        run(fresh, command)
    run(fresh, "apt-get purge -y aes67-vsc")
    left = everything(fresh) - before
    assert not [path for path in left if "aes67" in path and not path.startswith("/root")], left


def first_sound(box):
    for command in commands("First sound"):
        run(box, command)
    assert (box.root / "root/aes67-vsc/take.wav").stat().st_size == 44 + 10 * 48_000 * 8 * 4


def the_command(box, stage):
    """Runs the README's section about the command, after making its preconditions: the SDP of a stream in a file, and a song."""
    sender, = [each["id"] for each in stage.get("/v1/senders") if each["name"] == "Stage left"]
    description = wait_for(lambda: (text := stage.ask("GET", f"/v1/senders/{sender}/sdp").text).startswith("v=0") and text, "the SDP of Stage left", 30, 0.5)
    (box.root / "root/aes67-vsc/stage.sdp").write_text(description)
    # The container has no headphones; the second card replaces them.
    (box.root / "etc/asound.conf").write_text('pcm.!default { type plug slave.pcm "aes67_stereo:INSTANCE=eth1" }\n')
    run(box, "cp /usr/share/sounds/alsa/Front_Center.wav song.wav")
    wait_for(lambda: "Stage left" in run(box, "aes67 list"), "the stream Stage left", 30, 0.5)
    for command in commands("The command"):
        if command.startswith("aes67 sdp"):  # A person types more slowly.
            wait_for(lambda: "Talkback" in run(box, "aes67 list"), "the announcement of the new stream", 30, 0.5)
        run(box, command)
