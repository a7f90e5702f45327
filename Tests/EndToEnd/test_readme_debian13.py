# SPDX-License-Identifier: MIT
"""README's commands on a fresh Debian 13; test_readme.py runs them on Debian 12. The plug-ins are also built there from the sources."""

import shutil

import pytest

from harness import box as boxes
from harness import daemon as daemons
from test_install import checkout, eth1  # noqa: F401  (fixtures)
from test_readme import (machine, test_first_sound, test_group_panel_and_api, test_hardware_clocks_from_the_sources,  # noqa: F401
                         test_install_from_the_sources, test_install_the_package, test_joining_two_machines, test_journal_commands,
                         test_names_of_the_device, test_settings_named_in_the_text)
from test_service import bare  # noqa: F401  (a fixture)

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def debian():
    return boxes.base(suite="trixie")


def test_plug_ins_build_on_debian_13(network):
    """The plug-ins build with Debian 13's compiler and alsa-lib, and a program plays through them, without a daemon."""
    box = boxes.Box(network.a, boxes.base("gcc", "libc6-dev", "libasound2-dev", suite="trixie"))
    try:
        box.boot()
        for part in ("scripts", "configs", "Sources/ALSAPlugin", "Sources/CSharedMemory"):
            shutil.copytree(daemons.ROOT / part, box.root / "root/aes67-vsc" / part)
        shutil.copy(daemons.ROOT / "Sources/realtime.h", box.root / "root/aes67-vsc/Sources")
        box.look("/root/aes67-vsc/scripts/build-plugin.sh", "/root/built", timeout=120)
        box.look("env", "ALSA_CONFIG_PATH=/root/built/alsa.conf", "aplay", "-q", "-D", "aes67:CH=2", "-t", "raw", "-f", "S32_LE", "-c", "2", "-r", "48000",
                 "-d", "1", "/dev/zero")
    finally:
        box.down()
