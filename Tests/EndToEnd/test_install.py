# SPDX-License-Identifier: MIT
"""scripts/install.sh, uninstall.sh and background.sh in a booted Debian, with the programs under test instead of a build.

The container is that of test_service.py. For `systemd=False`, /run/systemd/system is hidden from the scripts, so that they find no systemd.
"""

import json
import pathlib
import re
import shutil
import subprocess
import time

import pytest

from harness import daemon as daemons
from harness.network import wait_for
from test_service import ALLOW, SETTINGS, everything, ready
from test_service import bare  # noqa: F401  (a fixture)

INSTANCE = "aes67d@eth1"
# Files that only the package has.
OF_THE_PACKAGE = re.compile(r"/usr/share/(doc|lintian)/")


@pytest.fixture
def checkout(bare, install):
    """The container with the scripts and data of the repository, and with the programs that scripts/build.sh made."""
    sources = bare.root / "root/aes67-vsc"
    for part in ("scripts", "systemd", "configs", "Sources/Control/Panel"):
        shutil.copytree(daemons.ROOT / part, sources / part)
    shutil.copytree(install.directory, bare.root / "root/built", symlinks=True)
    assert (bare.root / "root/built/loop_test").exists(), "loop_test is missing: run scripts/build.sh"
    for unit in ("aes67d.service.d", "aes67d@.service.d"):
        folder = pathlib.Path(f"/proc/{bare.leader}/root/run/systemd/system/{unit}")
        folder.mkdir(parents=True)
        (folder / "test.conf").write_text(ALLOW)
    return bare


@pytest.fixture
def eth1(network):
    """A second interface of host a and the container, joined to host b."""
    network.a.run("ip", "link", "add", "eth1", "type", "veth", "peer", "name", "eth1", "netns", network.b.namespace)
    for number, host in enumerate((network.a, network.b), start=1):
        host.run("ip", "addr", "add", f"10.68.0.{number}/24", "dev", "eth1")
        host.run("ip", "link", "set", "eth1", "up")


def script(box, name, *words, systemd=True, check=True, timeout=120):
    """Runs a script of the checkout as an administrator does."""
    command = ["/bin/bash", f"/root/aes67-vsc/scripts/{name}", *words]
    if not systemd:
        hide = "mount -t tmpfs none /run/systemd && exec \"$@\""
        command = ["unshare", "-m", "sh", "-c", hide, "sh", *command]
    return box.look(*command, check=check, timeout=timeout)


def configure(box, **sections):
    file = box.root / "etc/aes67/aes67d.yaml"
    file.write_text(json.dumps(daemons.configuration(**{**SETTINGS, **sections})))


def enabled(box, unit):
    return box.look("systemctl", "is-enabled", unit, check=False).stdout.strip()


def test_installed_and_removed(checkout, eth1, packages):
    """install.sh, a second instance and uninstall.sh, used as README describes. The installed files are those of the package."""
    box = checkout
    before = everything(box)
    refused = script(box, "install.sh", check=False)
    assert refused.returncode == 1 and "Swift 6.2 or newer is needed" in refused.stderr and "Nothing was changed" in refused.stderr, refused
    assert re.search(r"packages that will be installed: .*\bbuild-essential\b.*\blibasound2-dev\b", refused.stdout), refused.stdout
    assert everything(box) == before
    said = script(box, "install.sh", "--built", "/root/built").stdout
    assert re.search(r"Self-test: .*\n.*heard on 64 of 64 channels", said), said
    assert (box.show("aes67d", "ActiveState"), enabled(box, "aes67d")) == ("active", "enabled")
    shipped = {line.split()[5].removeprefix(".").rstrip("/") for line in subprocess.run(
        ["dpkg-deb", "-c", packages[0]], capture_output=True, text=True, check=True).stdout.splitlines()}
    missing = sorted(path for path in shipped - everything(box) if path and not OF_THE_PACKAGE.match(f"{path}/"))
    assert not missing, f"the package has them, install.sh does not: {missing}"
    left = [path for path in everything(box) if "selftest" in path]
    assert not left, left

    configure(box, network={"interface": "auto"})
    box.look("systemctl", "enable", "--now", INSTANCE)
    ready_instance(box)
    first = box.show(INSTANCE, "MainPID")
    script(box, "install.sh", "--built", "/root/built")
    ready_instance(box)
    assert box.show(INSTANCE, "MainPID") != first, "the update did not restart the instance"

    box.look("systemctl", "stop", "aes67d")  # aes67d is enabled and not running, the instance is running
    said = script(box, "uninstall.sh").stdout
    assert "/etc/aes67" in said and "/var/lib/aes67" in said, said
    for unit in ("aes67d", INSTANCE):
        assert (box.show(unit, "ActiveState"), enabled(box, unit)) == ("inactive", ""), unit
    kept = {path for path in everything(box) - before if "aes67" in path.lower()}
    assert {"/etc/aes67/aes67d.yaml", "/var/lib/aes67", "/var/lib/aes67-eth1"} <= kept
    assert not [path for path in kept if not path.startswith(("/etc/aes67", "/var/lib/aes67"))], kept
    script(box, "uninstall.sh", "--purge")
    assert not [path for path in everything(box) - before if "aes67" in path.lower()]
    assert "aes67" not in (box.root / "etc/passwd").read_text() + (box.root / "etc/group").read_text()


def ready_instance(box, instance="eth1"):
    def good():
        try:
            status = box.status(instance)
        except (OSError, ValueError):
            return False
        return status["interface"] and status["interface"]["name"] == instance and all(s["packets"] for s in status["senders"])
    wait_for(good, f"the senders of instance {instance}", timeout=10, interval=0.05)


def test_purge_removes_links_of_instances(bare, eth1, packages):
    """The purge removes the link of an enabled instance."""
    before = everything(bare)
    bare.install(packages[0])
    bare.look("systemctl", "enable", INSTANCE)
    bare.look("dpkg", "--purge", "aes67-vsc")
    assert not [path for path in everything(bare) - before if "aes67" in path.lower()]


@pytest.fixture
def without_systemd(checkout):
    """The installed programs, with the service disabled and not running."""
    script(checkout, "install.sh", "--built", "/root/built")
    checkout.look("systemctl", "disable", "--now", "aes67d")
    configure(checkout, network={"interface": "auto"})
    return checkout


@pytest.mark.parametrize("instance", ["", "eth1"], ids=["default instance", "instance eth1"])
def test_state_survives_without_systemd(without_systemd, eth1, instance):
    """A stream published at run time exists again after background.sh has stopped and started the daemon."""
    box, words = without_systemd, [instance] if instance else []
    runtime = f"/run/aes67{'-' + instance if instance else ''}"

    def background(word, expect=0):
        done = script(box, "background.sh", word, *words, systemd=False, check=False)
        assert done.returncode == expect, done.stdout + done.stderr

    def aes67(*command):
        return box.look("aes67", *command, "--socket", f"{runtime}/control.sock").stdout

    box.look("rm", "-rf", f"/var/lib/aes67{'-' + instance if instance else ''}")
    background("status", expect=3)
    background("start")
    ready(box) if not instance else ready_instance(box)
    aes67("stream", "publish", "Talkback", "--channels", "2", "--address", "239.69.9.9", "--first-channel", "63")
    background("stop")
    background("status", expect=3)
    background("start")
    names = [sender["name"] for sender in json.loads(aes67("stats", "--json"))["status"]["senders"]]
    assert "Talkback" in names, names
    # the permissions that systemd's StateDirectory= gives
    assert box.look("stat", "-c", "%U:%G %a", f"/var/lib/aes67{'-' + instance if instance else ''}").stdout == "aes67:audio 755\n"
    pid = box.look("cat", f"/run/aes67d{'-' + instance if instance else ''}.pid").stdout.strip()
    status = box.look("cat", f"/proc/{pid}/status").stdout
    assert re.search(r"Umask:\s+0077", status), status
    # The daemon needs CAP_NET_BIND_SERVICE (10) for PTP.
    assert int(re.search(r"CapAmb:\s+(\w+)", status)[1], 16) & 1 << 10, status
    background("stop")


def test_background_keeps_instances_apart(without_systemd, eth1):
    """Each instance has its own process, and a pidfile that names another instance's process is ignored."""
    box = without_systemd

    def background(*words, expect=0):
        done = script(box, "background.sh", *words, systemd=False, check=False)
        assert done.returncode == expect, (words, done.stdout + done.stderr)

    background("start", "eth1")
    background("start")
    wait_for(lambda: box.status("eth1") and box.status(), "the status of both instances")

    def pids():
        return [box.look("cat", f"/run/aes67d{suffix}.pid").stdout for suffix in ("", "-eth1")]

    first = pids()
    said = script(box, "install.sh", "--built", "/root/built", systemd=False).stdout
    assert "systemd is not running here" in said and "/var/log/aes67d.log" in said, said
    assert len({*first, *pids()}) == 4, "the update did not restart both instances"
    box.look("sh", "-c", "cp /run/aes67d-eth1.pid /run/aes67d-eth2.pid")
    background("status", "eth2", expect=3)
    background("stop", "eth2")
    background("stop")
    background("status", "eth1")
    background("start", "../eth1", expect=2)
    background("start")
    before = time.monotonic()
    script(box, "uninstall.sh", "--purge", systemd=False)
    assert time.monotonic() - before < 20
    assert not box.look("sh", "-c", "cat /proc/[0-9]*/comm | grep -x aes67d", check=False).stdout, "a daemon runs after uninstall.sh"
    assert not [path for path in everything(box) if re.search(r"/(run|var/lib|etc|var/log)/aes67", path)]
