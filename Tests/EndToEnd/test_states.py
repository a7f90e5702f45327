# SPDX-License-Identifier: MIT
"""ALSA's PCM states, exercised by a C program: drain, xrun, pause, poll, fork and others."""

import subprocess

import pytest

from harness import daemon as daemons


@pytest.fixture(scope="module")
def states(tmp_path_factory):
    program = tmp_path_factory.mktemp("states") / "states"
    source = daemons.ROOT / "Tests/EndToEnd/states.c"
    subprocess.run(["cc", "-std=gnu11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror", "-o", program, source,
                    "-lasound", "-lpthread"], check=True)
    return program


@pytest.mark.parametrize("with_daemon", [True, False], ids=["daemon runs", "no daemon"])
def test_rules_of_states(lone, states, with_daemon):
    host = lone()
    if not with_daemon:
        host.daemon.stop()
    walk = host.spawn(states, "aes67:CH=2")
    walk.wait(timeout=30, expect=None)
    assert "FAILED" not in walk.output and walk.output.count("ok ") == 16, walk.output
