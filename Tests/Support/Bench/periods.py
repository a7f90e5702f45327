# SPDX-License-Identifier: MIT
"""The smallest period at which each program runs in real time: the xruns that the program or the device reports."""

import time

from harness import peers, programs
from harness.daemon import Daemon, configuration
from harness.network import Network

PERIODS = (16, 32, 64, 128, 256, 512, 1024)


def jackd(host, period, _seconds):
    programs.start_jackd(host, period)


def pipewire(host, period, _seconds):
    programs.start_pipewire(host, period)
    out, back = programs.first_ports(host)
    programs.start_iodelay(host, ("pw-link",), out, back, prefix=("pw-jack",))


def portaudio(host, period, seconds):
    script = programs.HERE / "portaudio_duplex.py"
    host.spawn("chrt", "-f", 70, "/usr/bin/python3", script, "aes67", 64, period, seconds + 5)


def ardour(host, period, _seconds):
    host.spawn(*programs.ardour(host, host.path("take"), host.path("stop"), period, 64), name="ardour")
    deadline = time.monotonic() + 40
    while "RECORDING true" not in host.processes[-1].output and time.monotonic() < deadline:
        time.sleep(0.2)


def player(name):
    def start(host, period, _seconds):
        host.spawn(*programs.play(name, "/dev/zero", period, 2))
    return start


def recorder(name):
    def start(host, period, seconds):
        host.spawn(*programs.record(name, "/dev/null", period, seconds + 5, 2))
    return start


PROGRAMS = {
    "jackd, both ways": (jackd, PERIODS), "PortAudio, both ways": (portaudio, PERIODS),
    "PipeWire, sink and source": (pipewire, PERIODS[1:]), "Ardour, 64 tracks": (ardour, (128, 256, 512, 1024)),
    "aplay": (player("aplay"), PERIODS), "arecord": (recorder("arecord"), PERIODS),
    "GStreamer alsasink": (player("gstreamer"), PERIODS[1:]), "GStreamer alsasrc": (recorder("gstreamer"), PERIODS[1:]),
    "sox, playing": (player("sox"), PERIODS[2:]), "sox, recording": (recorder("sox"), PERIODS[2:]),
    "ffmpeg, playing": (player("ffmpeg"), (0,)), "ffmpeg, recording": (recorder("ffmpeg"), (0,)),
}


def measure(network, install, start, period, seconds):
    """Returns the resulting period and buffer, and the xruns in `seconds`; None if the program does not run."""
    host = network.a
    Daemon(host, install, configuration(receivers=[], log={"level": "info"},
                                        streams={"packet-time": "1ms", "max-lateness": "17ms"})).start().settle()
    try:
        start(host, period or peers.PERIOD, seconds)
        host.daemon.wait_status(lambda s: any(c["running"] for c in s["clients"]), "the program to run", timeout=10)
    except AssertionError:
        return None
    time.sleep(1.0)  # the start is not counted
    before = host.daemon.fresh_status()["clients"]
    time.sleep(seconds)
    after = host.daemon.fresh_status()["clients"]
    if not after or not all(client["running"] for client in after):
        return None
    shapes = sorted({(client["periodFrames"], client["bufferFrames"]) for client in after})
    xruns = sum(c["xruns"] for c in after) - sum(c["xruns"] for c in before)
    return shapes, xruns


def run(install, directory, options):
    seconds = max(options.slices * options.seconds / 2, 2.0)
    print(f"xruns in {seconds:g} s, both directions together, by the period that was asked for (and what came of it)")
    for number, (name, (start, periods)) in enumerate(PROGRAMS.items()):
        cells = []
        for period in periods:
            with Network(directory / f"{number}-{period}") as network:
                found = measure(network, install, start, period, seconds)
            if found is None:
                cells.append(f"{period}: does not run")
            else:
                shapes = ", ".join(f"{p}/{b}" for p, b in found[0])
                cells.append(f"{period or 'own'}: {found[1]} ({shapes})")
        print(f"{name:<26} " + "; ".join(cells), flush=True)
