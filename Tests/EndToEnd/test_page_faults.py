# SPDX-License-Identifier: MIT
"""All memory that the media threads use is mapped before they run, so that they have no page faults (assault F14)."""

import os
import pathlib
import time

import pytest

from harness import rawclient

FORMAT = ("-q", "-t", "raw", "-f", "S32_LE", "-r", "48000")
SIZES = (1, 2, 8, 32, 64)


def faults(pid):
    """Returns minor and major page faults of the media threads since their start, by name (proc(5), fields 10 and 12 of stat)."""
    found = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        name = (task / "comm").read_text().strip()
        if name in ("media-tx", "media-rx"):
            fields = (task / "stat").read_text().rpartition(")")[2].split()
            found[name] = (int(fields[7]), int(fields[9]))
    assert set(found) == {"media-tx", "media-rx"}, found
    return found


def program(host, name, channels, seconds):
    """Starts aplay or arecord on the first channels of the device."""
    where = "/dev/zero" if name == "aplay" else "/dev/null"
    return host.spawn(name, "-D", f"aes67:CH={channels}", "-c", channels, "-d", seconds, *FORMAT, where)


def come_and_go(host, seconds):
    """Opens and closes programs of all sizes, and clients that never use their rings, for this time; returns the number of rounds."""
    rounds, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        channels = SIZES[rounds % len(SIZES)]
        programs = [program(host, name, channels, 1) for name in ("aplay", "arecord")]
        for direction in (rawclient.PLAYBACK, rawclient.CAPTURE):
            peer, error, reason, _, descriptors = rawclient.attach(host.daemon.socket, direction, channels)
            assert error == 0, reason
            peer.close()
            for descriptor in descriptors:
                os.close(descriptor)
        for each in programs:
            each.wait(10)
        rounds += 1
    return rounds


@pytest.mark.parametrize("seconds", [10, pytest.param(60, marks=pytest.mark.long)])
def test_media_threads_have_no_page_faults(pair, seconds):
    """F14: 64 channels are played and recorded in both directions while other programs come and go."""
    hosts = pair()
    for host in hosts:
        for steady in [program(host, name, 64, 10 * seconds) for name in ("aplay", "arecord")]:
            host.daemon.client(steady)
    before = {host.namespace: faults(host.daemon.pid) for host in hosts}
    heard = hosts[1].daemon.fresh_status().total("receivers", "inTime")
    rounds = come_and_go(hosts[0], seconds)
    after = {host.namespace: faults(host.daemon.pid) for host in hosts}
    heard = hosts[1].daemon.fresh_status().total("receivers", "inTime") - heard
    assert rounds >= seconds // 4 and heard > 7_000 * seconds, (rounds, heard)
    assert after == before
    print(f"{rounds} rounds, {heard} packets; faults since the threads began (minor, major): {after}")
