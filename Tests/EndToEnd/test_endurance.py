# SPDX-License-Identifier: MIT
"""Some minutes of the two programs that otherwise run for hours by hand: the assault and the soak."""

import os
import subprocess

import pytest

from harness.daemon import ROOT


def run(install, *words, timeout):
    done = subprocess.run([ROOT / "scripts" / words[0], *words[1:]], capture_output=True, text=True, timeout=timeout, check=False,
                          env={**os.environ, "AES67_INSTALL": str(install.directory)})
    assert done.returncode == 0, f"{done.stdout[-6000:]}{done.stderr[-6000:]}"
    return done.stdout


@pytest.mark.long
def test_assault(install):
    """Every attack and fault once at least: no crash, sound untouched, memory, descriptors and log bounded, others served."""
    table = run(install, "assault.sh", "--minutes", "3", timeout=600)
    print(table)
    assert table.count("| yes |") >= 18, table


@pytest.mark.long
def test_soak(install, tmp_path):
    """Four minutes with half a dozen faults: what is not heard is explained."""
    said = run(install, "soak.sh", "--hours", "0.07", "--seed", "3", "--report", tmp_path, timeout=600)
    print(said)
    assert (tmp_path / "soak.md").exists() and (tmp_path / "soak.svg").read_text().startswith("<svg")
