# SPDX-License-Identifier: MIT
"""Undocumented behaviour of programs with a PCM, exercised by a C program: drains that another thread ends, edge cases, opening and
closing, time stamps (field cases A4, A7, A9 and the row "held", trial F15).
"""

import subprocess

import pytest

from harness import daemon as daemons


@pytest.fixture(scope="module")
def habits(tmp_path_factory):
    program = tmp_path_factory.mktemp("habits") / "habits"
    source = daemons.ROOT / "Tests/EndToEnd/habits.c"
    subprocess.run(["cc", "-std=gnu11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror", "-o", program, source,
                    "-lasound", "-lpthread"], check=True)
    return program


@pytest.mark.parametrize("with_daemon", [True, False], ids=["daemon runs", "no daemon"])
def test_habits_of_programs(lone, habits, with_daemon):
    host = lone()
    if not with_daemon:
        host.daemon.stop()
    walk = host.spawn(habits, "aes67:CH=2")
    walk.wait(timeout=40, expect=None)
    assert "FAILED" not in walk.output and walk.output.count("ok ") == 10, walk.output
