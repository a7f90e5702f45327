# SPDX-License-Identifier: MIT
"""The clock of the service under systemd: management by pmc, and the switch for hardware clocks."""

import re
import shlex
import shutil

from harness import daemon as daemons
from harness.network import wait_for
from test_service import SETTINGS, configure, ready
from test_service import bare, box  # noqa: F401  (fixtures)

README = (daemons.ROOT / "README.md").read_text()
SWITCH = "/usr/share/aes67/hardware-clocks/hardware-clocks.sh"


def test_pmc_as_in_the_readme(box):
    """README's command `sudo -u aes67 pmc ...`, in the container with runuser instead of sudo."""
    configure(box, daemons.configuration(ptp={"mode": "master"}, **SETTINGS))
    box.look("systemctl", "restart", "aes67d")
    wait_for(lambda: (box.status()["ptp"] or {}).get("state") == "master", "a master", timeout=15)
    command = shlex.split(re.search(r"`(sudo -u aes67 pmc [^`]+)`", README)[1])
    assert command[:3] == ["sudo", "-u", "aes67"]
    shutil.copy(shutil.which("pmc"), box.root / "usr/sbin/pmc")
    answer = box.look("runuser", "-u", "aes67", "--", *command[3:]).stdout
    assert re.search(r"RESPONSE MANAGEMENT CURRENT_DATA_SET\s+stepsRemoved\s+0", answer), answer


def test_hardware_clocks(box):
    """hardware-clocks.sh gives the unit and its instances the permissions for hardware clocks, and removes them."""
    assert SWITCH in README, "README does not name it"
    ready(box)

    def granted(unit):
        shown = box.show(unit, "AmbientCapabilities", "DeviceAllow", "PrivateDevices")
        return ("cap_net_admin" in shown["AmbientCapabilities"], "char-ptp r" in shown.get("DeviceAllow", ""), shown["PrivateDevices"] == "no")

    for word, expected in (("on", (True,) * 3), ("off", (False,) * 3)):
        before = box.show("aes67d", "MainPID")
        box.look(SWITCH, word)
        assert [granted(unit) for unit in ("aes67d", "aes67d@net1")] == [expected] * 2
        ready(box)
        assert box.show("aes67d", "MainPID") != before, "the daemon was not restarted"
        capabilities = int(re.search(r"CapAmb:\s+(\w+)", box.look("cat", f"/proc/{box.show('aes67d', 'MainPID')}/status").stdout)[1], 16)
        assert bool(capabilities & 1 << 12) == expected[0], "CAP_NET_ADMIN"
    assert not list((box.root / "etc/systemd/system").rglob("hardware-clocks.conf"))
