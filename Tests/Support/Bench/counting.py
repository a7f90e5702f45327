# SPDX-License-Identifier: MIT
"""The cost of counting each packet, as a share of the receive thread's time, including the kernel's.

Tests/Support/EngineCost times the engine and its statistics in turns without a network, with warmer caches than the daemon's, so that their
ratio is comparable. The whole way in is the receive thread's time for each packet on the network.
"""

import os
import pathlib
import subprocess

import costs
from contenders import Contender, compile_tools, take_turns
from harness.network import Network

ROOT = pathlib.Path(__file__).resolve().parents[3]
NAMES = {48: "1ms", 12: "250us", 6: "125us"}


def engine_costs():
    """Returns nanoseconds of the engine and of its statistics, by frames of a packet."""
    build = ". scripts/swift.sh && find_swift && swift build -q -c release --scratch-path .build-core --product EngineCost"
    subprocess.run(["bash", "-c", build], cwd=ROOT, env={**os.environ, "AES67_CORE": "1"}, check=True)
    lines = subprocess.run([ROOT / ".build-core/release/EngineCost"], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in lines.splitlines()]
    return {int(frames): (float(engine), float(statistics)) for frames, engine, statistics in rows}


def whole(network, install, tools, packet_time, options):
    costs.bare_sender(network, tools, costs.PACKET_TIMES[packet_time])
    receiving = Contender([costs.receiving_daemon(network, install).process], "media-rx")
    take_turns([receiving], options.slices, options.seconds)
    return receiving.medians()[1]


def run(install, directory, options):
    compile_tools(directory)
    engine = engine_costs()
    print(f"{costs.STREAMS} streams of {costs.CHANNELS} channels; medians of ns a packet")
    print(f"{'packet time':<12} {'whole way in':>12} {'engine':>8} {'statistics':>10}   share of the whole, of the engine")
    for frames, (alone, statistics) in engine.items():
        with Network(directory / NAMES[frames]) as network:
            everything = whole(network, install, directory, NAMES[frames], options)
        print(f"{NAMES[frames]:<12} {everything:12.0f} {alone:8.0f} {statistics:10.1f}   {statistics / everything:7.2%}, "
              f"{statistics / alone:.2%}", flush=True)
