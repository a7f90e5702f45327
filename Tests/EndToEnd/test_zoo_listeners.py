# SPDX-License-Identifier: MIT
"""Real programs that find the daemon's stream by SAP or SDP, and receive a minute of it in one piece."""

import numpy
import pytest

from harness import pattern, session
from harness.control import Control
from harness.daemon import Daemon, configuration
from harness.network import wait_for
from zoo.listeners import SESSION, listeners

RATE, SECONDS = 48_000, 60
STREAM = {"name": SESSION, "address": "239.69.9.8", "channels": 2}
TONE_HZ, LEVEL = 440, 0.25  # a packet of 1 ms has no whole number of cycles, so a lost one is detected
BLOCK, HOP = 480, 240  # frames; each dropout is within a block
LISTENERS = listeners()


def tone():
    """Returns the tone on both channels as int32 samples."""
    wave = LEVEL * numpy.sin(2 * numpy.pi * TONE_HZ / RATE * numpy.arange(SECONDS * RATE))
    return numpy.repeat((wave * 2**31).astype(numpy.int32)[:, None], 2, axis=1)


def breaks(heard):
    """Returns the seconds at which the recording differs from a tone of about this pitch, and the duration of the sound."""
    blocks = numpy.lib.stride_tricks.sliding_window_view(heard, BLOCK)[::HOP]
    phase = 2 * numpy.pi * TONE_HZ / RATE * numpy.arange(BLOCK)
    ramp = numpy.linspace(-1, 1, BLOCK)
    waves = [numpy.sin(phase), numpy.cos(phase)]
    # Waves that grow and fall over the block fit small deviations of the pitch.
    basis = numpy.stack([*waves, *(ramp * wave for wave in waves)], axis=1)
    weights, _, _, _ = numpy.linalg.lstsq(basis, blocks.T, rcond=None)
    rest = numpy.sqrt(((blocks - (basis @ weights).T)**2).mean(axis=1))
    sounding = numpy.flatnonzero(numpy.abs(blocks).max(axis=1) > LEVEL / 100)
    assert len(sounding), "the recording is silent"
    first, last = int(sounding[0]) + BLOCK // HOP, int(sounding[-1]) - BLOCK // HOP
    broken = first + numpy.flatnonzero(rest[first:last] > LEVEL / 30)
    return (broken * HOP / RATE).tolist(), (last - first) * HOP / RATE


def announced(host, name):
    """Waits until a sender is announced, and returns its SDP."""
    def ask():
        answer = Control(host.daemon).ask("GET", f"/v1/senders/by-name/{name}/sdp")
        return answer.text if answer.status == 200 else None
    return wait_for(ask, f"{name} to be announced")


@pytest.mark.long
@pytest.mark.parametrize("listener", LISTENERS, ids=lambda listener: listener.name)
def test_plays_our_stream_for_a_minute(listener, install, network):
    a, b = network.a, network.b
    Daemon(a, install, configuration(senders=[STREAM], receivers=[])).start().settle()
    description, sink = b.path("zoo.sdp"), b.path("heard")
    description.write_text(announced(a, SESSION))
    process = listener.start(b, description, sink)
    session.grow(sink, RATE, timeout=60)
    signal = pattern.Pattern(2)
    samples = signal.frames(SECONDS * RATE) if listener.exact else tone()
    session.play_pattern(a, samples, channels=2, pcm="aes67:CH=2").wait(SECONDS + 30)
    session.grow(sink, RATE, timeout=10)
    assert process.running, process.output
    process.stop(2)
    if listener.exact:
        pattern.expect_whole(signal, listener.read(sink, 2), SECONDS * RATE)
    else:
        bad, seconds = breaks(listener.read(sink, 2)[:, 0])
        assert seconds > SECONDS - 2 and not bad, f"{seconds} s recorded, dropouts at {bad[:20]} s"
