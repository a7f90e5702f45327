# SPDX-License-Identifier: MIT
"""Programs that lock all their memory under a small limit (field case A10): the device counts almost nothing against it."""

import re
import subprocess

import pytest

from harness import daemon as daemons


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    program = tmp_path_factory.mktemp("memory_lock") / "memory_lock"
    source = daemons.ROOT / "Tests/EndToEnd/memory_lock.c"
    subprocess.run(["cc", "-std=gnu11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror", "-o", program, source,
                    "-lasound"], check=True)
    return program


@pytest.fixture
def host(lone):
    """A daemon whose programs read no ALSA configuration of other packages (/etc/alsa/conf.d).

    PulseAudio's configuration loads its libraries into each program that opens a device, which exceeds these limits.
    """
    host = lone()
    host.daemon.write_alsa_configuration(extra="!@hooks [ ]\n")
    return host


def locked(host, program, *arguments):
    """Runs the program without the capability to exceed the limit."""
    return host.run("setpriv", "--bounding-set=-ipc_lock", "--inh-caps=-ipc_lock", program, *arguments, check=False)


@pytest.mark.parametrize("with_daemon", [True, False], ids=["daemon runs", "no daemon"])
@pytest.mark.parametrize("limit", [8192, 4096])
def test_the_ring_is_not_counted_against_the_limit(host, program, with_daemon, limit):
    """The rings of 8 MiB in each direction are not counted against the limit of locked memory."""
    if not with_daemon:
        host.daemon.stop()
    for direction, channels in (("record", 2), ("play", 64), ("record", 64), ("play", 2)):
        done = locked(host, program, f"aes67:CH={channels}", direction, channels, limit, "room")
        assert done.returncode == 0, (direction, channels, done.stderr)
        moved, before, after = map(int, re.findall(r"\d+", done.stdout))
        assert moved >= 9600
        # alsa-lib's own buffer is counted, and no plug-in can prevent that: 1024 frames of four bytes a channel.
        assert after - before <= channels * 4 + 256, done.stdout


@pytest.mark.parametrize("with_daemon", [True, False], ids=["daemon runs", "no daemon"])
@pytest.mark.parametrize("direction", ["play", "record"])
def test_an_exhausted_limit_is_reported(host, program, with_daemon, direction):
    if not with_daemon:
        host.daemon.stop()
    done = locked(host, program, "aes67:CH=2", direction, 2, 6144, "full")
    assert done.returncode == 1, done.stdout
    assert re.search(r"RLIMIT_MEMLOCK \(ulimit -l\) of 6144 KiB is used up: \d+ KiB more are needed", done.stderr), done.stderr
    assert "Cannot allocate memory" in done.stderr, done.stderr
