# SPDX-License-Identifier: MIT
"""Full duplex: a program that plays and records has the same round trip, to the frame, at each start."""

import pytest

from harness import pattern, session

ROUNDS = 10


@pytest.mark.parametrize("how", ["reopen", "restart"])
def test_round_trip_is_the_same_at_each_start(lone, tools, how):
    host = lone(layout={"host": 1, "remote-host": 1}, network={"loopback": True}, streams={"link-offset": "100ms"})
    signal = pattern.Pattern(64)
    source = host.path("played.raw")
    pattern.write(source, signal.frames(8_192), "S32_LE")
    total = 24_576
    program = host.spawn(tools.client, "duplex", "aes67", "S32_LE", "rw", 64, 1024, 4096, source, total, ROUNDS, how)
    program.wait(timeout=40)
    session.no_xruns(program)
    trips = [pattern.expect_whole(signal, pattern.read(host.path(f"played.raw.{n}"), "S32_LE", 64), 8_192)
             for n in range(ROUNDS)]
    assert trips == [host.daemon.status()["receivers"][0]["linkOffsetFrames"]] * ROUNDS
