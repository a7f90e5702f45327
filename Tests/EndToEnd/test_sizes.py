# SPDX-License-Identifier: MIT
"""scripts/sizes.sh prints all figures with plausible values, and --strict fails only if one exceeds its limit."""

import re
import subprocess

import pytest

from harness.daemon import ROOT

pytestmark = pytest.mark.calm


def sizes(*words):
    done = subprocess.run([ROOT / "scripts/sizes.sh", *words], capture_output=True, text=True, timeout=120)
    rows = re.findall(r"^(\S.*?)  +([\d.]+) (MB|ms)(?:  limit (\d+))?(?:  +(over the limit))?$", done.stdout, re.M)
    return done, {name: (float(value), limit and float(limit), bool(over)) for name, value, _, limit, over in rows}


def test_all_figures_are_printed(install):
    done, rows = sizes("--strict", install.directory)
    known = {re.sub(r"[ ,(].*", "", name) for name in rows} - {"package"}
    assert known == {"aes67d", "aes67", "Swift", "resident", "locked", "start"}, done.stdout + done.stderr
    assert all(value > 1 and over == bool(limit and value > limit) for value, limit, over in rows.values()), done.stdout
    assert done.returncode == any(over for _, _, over in rows.values()), done.stdout
    assert next(value for name, (value, _, _) in rows.items() if name.startswith("start")) < 10_000


def test_without_a_build_no_figure_is_printed(tmp_path):
    done, rows = sizes(tmp_path)
    assert done.returncode == 77 and "scripts/build.sh" in done.stdout and not rows
