# SPDX-License-Identifier: MIT
"""A new user's first day with two hosts in the default configuration, using only commands that `aes67 --help` lists."""

import re

import numpy
import pytest

from harness import peers
from harness.control import Control, run_command
from harness.daemon import Daemon
from harness.network import wait_for
from test_listening import clicks, listen, start_pulseaudio, tone
from test_recording import record, samples

CHANNEL = 17


@pytest.fixture
def hosts(network, install):
    """Two fresh installations, started one after the other."""
    for host in (network.a, network.b):
        Daemon(host, install, {"control": {"socket-group": "root"}}).start()
        host.daemon.settle()
        host.control = Control(host.daemon)
    return network.a, network.b


def capture_level(host, channel):
    return host.control.get("/v1/meters")["capture"][channel - 1]["peakDecibels"]


@pytest.mark.parametrize("seconds", [10, pytest.param(600, marks=pytest.mark.long)])
def test_first_day(hosts, install, seconds):
    """Listens to a stream on a local card, records it, routes channel 17 to 3, undoes a mistake, and finds out why the stream is silent."""
    other, host = hosts

    def aes67(*words, **more):
        return run_command(host, install, *words, **more)

    known = re.findall(r"^  ([a-z, ]+?)(?:  |$)", host.run(install.directory / "aes67", "--help").stdout.partition("SUBCOMMANDS")[2], re.M)
    known = {name for names in known for name in names.split(", ")}
    assert {"sessions", "listen", "subscribe", "record", "route", "status", "doctor", "undo", "unsubscribe"} <= known, known

    # List the streams on the network.
    run_command(other, install, "senders", "add", "Choir", "--channels", "2")
    name = wait_for(lambda: next(iter(re.findall(r"^(Choir) .* yes$", aes67("sessions").stdout, re.M)), None), "the stream", timeout=15, interval=0.2)
    tone(other.path("tone.raw"), seconds + 40)
    other.daemon.client(other.spawn(*peers.aplay(other.path("tone.raw"), pcm="aes67:CH=2", channels=2)))

    # The machine stalls for milliseconds, so the default link offset of 3 ms is too short; `status` recommends a larger one.
    aes67("configure", "streams.link-offset", "20ms")

    # Listen on the local card.
    start_pulseaudio(host)
    host.run("pactl", "load-module", "module-null-sink", "sink_name=card", "rate=48000", "channels=2", "format=float32le")
    heard = host.path("heard.raw")
    recorder = host.spawn("parecord", "--raw", "--format=s32le", "--channels=2", "--rate=48000", "--device=card.monitor", heard)
    listener = listen(host, install, name, "--device", "pulse", "--duration", "4s")
    listener.wait(20)
    recorder.stop(2)
    card = numpy.fromfile(heard, "<i4")
    assert "no dropout" in listener.output and numpy.abs(card).max() > 0.45 * 2**31, listener.output

    # Receive the stream on channels 17 and 18, and record it.
    aes67("subscribe", name, "--to", str(CHANNEL))
    take = host.path("take.wav")
    done = record(host, install, f"{CHANNEL}-{CHANNEL + 1}", take, "--duration", f"{seconds}s")
    done.wait(seconds + 20)
    recorded = samples(take, 2)
    assert len(recorded) == seconds * 48_000, done.output
    for channel in recorded.T / 2**31:
        sounding = channel[numpy.flatnonzero(numpy.abs(channel) > 0.1)[0]:]
        assert len(sounding) > (seconds - 1) * 48_000 and not len(clicks(sounding)), f"{len(clicks(sounding))} clicks"

    # Route channel 17 to channel 3.
    assert capture_level(host, 3) < -100
    aes67("route", str(CHANNEL), "--to", "3")
    wait_for(lambda: capture_level(host, 3) > -7 and capture_level(host, CHANNEL) < -100 and capture_level(host, CHANNEL + 1) > -7, "channel 3", timeout=5, interval=0.1)

    # Remove the stream by mistake, and undo that.
    aes67("unsubscribe", name)
    wait_for(lambda: capture_level(host, 3) < -100, "channel 3 to be silent", timeout=5, interval=0.1)
    assert name in aes67("undo").stdout
    wait_for(lambda: capture_level(host, 3) > -7, "channel 3 with the tone again", timeout=5, interval=0.1)

    # Find out why the stream is silent: the other host is down.
    other.daemon.kill()
    said = wait_for(lambda: (status := aes67("status", check=False)).returncode == 2 and status.stdout, "the status", timeout=8, interval=0.2)
    assert re.search(rf"FAIL +receivers .*silent: no packets for [0-9.]+ s, last from {re.escape(other.address)}, since", said), said
    assert re.search(rf"^{name} .* silent: no packets for .* last from {re.escape(other.address)}", aes67("receivers").stdout, re.M)
    assert re.search(rf"no packet.*{re.escape(other.address)}", aes67("doctor", check=False).stdout, re.S)
