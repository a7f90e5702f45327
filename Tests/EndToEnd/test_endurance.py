# SPDX-License-Identifier: MIT
"""Short runs of the assault and the soak, which otherwise run for hours by hand."""

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
    """Each attack and fault at least once: no crash and no dropout that stalls do not explain; memory, descriptors and log stay within
    their limits, and other clients are served.
    """
    table = run(install, "assault.sh", "--minutes", "3", timeout=600)
    print(table)
    assert table.count("| yes |") >= 18, table


@pytest.mark.long
def test_soak(install, tmp_path):
    """Four minutes of the soak with about six faults; each dropout must be explained."""
    said = run(install, "soak.sh", "--hours", "0.07", "--seed", "3", "--report", tmp_path, timeout=600)
    print(said)
    assert (tmp_path / "soak.md").exists() and (tmp_path / "soak.svg").read_text().startswith("<svg")
