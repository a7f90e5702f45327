# SPDX-License-Identifier: MIT
"""The cost of the daemon's media threads beside a bare loop of the same packets, and the lateness of both.

The two take turns by SIGSTOP and SIGCONT, so that both run under the same conditions. The receiver runs on another processor than the
sender, because in use packets do not come from the receiver's own cache. The medians over all slices are printed: per cent of one
processor, and nanoseconds for each packet on the interface. The ratio uses the latter, because a program that drops packets would have a
low percentage. Lateness is that of the first stream's packets on the network.
"""

import numpy

from contenders import NOTE, Contender, compile_tools, keep_apart, lateness_us, percentiles, take_turns
from harness import peers
from harness.daemon import Daemon, configuration
from harness.network import Network

STREAMS, CHANNELS = 8, 8
PACKET_TIMES = {"1ms": 1_000_000, "250us": 250_000, "125us": 125_000}


def bare_sender(network, tools, packet_ns, prefix="239.69.1.", streams=STREAMS, way="send"):
    payload = packet_ns * 48 // 1_000_000 * CHANNELS * 3
    return network.a.spawn(tools / "bare", way, streams, 12 + payload, packet_ns, network.a.address, prefix)


def sending(network, install, tools, packet_time, options):
    """Measures both senders with a bare receiver; a player uses all 64 channels of the daemon."""
    network.b.spawn(tools / "bare", "receive", STREAMS, network.b.address, "239.69.1.")
    listener = network.b.spawn(tools / "listen", network.b.address, "239.69.1.1", network.b.path("notes"))
    Daemon(network.a, install, configuration(streams={"packet-time": packet_time, "max-lateness": "17ms"},
                                             receivers=[], log={"level": "info"})).start().settle()
    network.a.spawn(*peers.aplay("/dev/urandom"))
    ours = Contender([network.a.daemon.process], "media-tx")
    bare = Contender([bare_sender(network, tools, PACKET_TIMES[packet_time])])
    take_turns([ours, bare], options.slices, options.seconds)
    listener.stop()
    notes = numpy.fromfile(network.b.path("notes"), NOTE)
    return ours.medians(), bare.medians(), [percentiles(lateness_us(notes, each.spans)) for each in (ours, bare)]


def receiving_daemon(network, install, streams=STREAMS):
    """Starts a daemon that receives the bare sender's streams, aligned by arrival, because their timestamps are not of the media clock."""
    receivers = [{"name": f"r{n}", "address": f"239.69.1.{n}", "channels": CHANNELS,
                  "first-channel": 1 + (n - 1) * CHANNELS, "alignment": "arrival", "link-offset": "3ms"}
                 for n in range(1, streams + 1)]
    Daemon(network.b, install, configuration(host=2, senders=[], receivers=receivers, log={"level": "info"})).start()
    network.b.daemon.wait_status(lambda s: all(r["inTime"] > 0 for r in s["receivers"]), "packets of all streams")
    return network.b.daemon


def receiving(network, install, tools, packet_time, options, streams=STREAMS, way="send"):
    """Measures both receivers with a bare sender."""
    sender = bare_sender(network, tools, PACKET_TIMES[packet_time], streams=streams, way=way)
    ours = Contender([receiving_daemon(network, install, streams).process], "media-rx")
    bare = Contender([network.b.spawn(tools / "bare", "receive", streams, network.b.address, "239.69.1.")])
    keep_apart(sender, [ours, bare])
    take_turns([ours, bare], options.slices, options.seconds)
    return ours.medians(), bare.medians(), None


def one_stream(*what):
    """Measures the receivers with a single stream, which shares its wake-ups with no other."""
    return receiving(*what, streams=1)


def spread(*what):
    """Measures the receivers with streams that arrive at different times, as from eight hosts."""
    return receiving(*what, way="spread")


MEASURES = {"sending": sending, "receiving": receiving, "1 stream": one_stream, "spread": spread}


def run(install, directory, options):
    compile_tools(directory)
    print(f"{STREAMS} streams of {CHANNELS} channels, {options.slices} slices of {options.seconds} s each; medians of per "
          "cent of one processor and of ns a packet;\nlateness of departures in microseconds: median, 99 %, 99.9 %;\n"
          "`1 stream` and `spread` are received, too: one alone, and eight that each come at a time of their own")
    print(f"{'packet time':<12} {'direction':<10} {'aes67d':>18} {'bare':>18} {'ratio':>6}   {'aes67d late':<20} bare late")
    for packet_time in PACKET_TIMES:
        for direction, measure in MEASURES.items():
            with Network(directory / f"{packet_time}-{measure.__name__}") as network:
                ours, bare, late = measure(network, install, directory, packet_time, options)
            words = "   " + "  ".join(f"{m:5.0f} {p:5.0f} {q:6.0f}" for m, p, q in late) if late else ""
            print(f"{packet_time:<12} {direction:<10} {ours[0]:7.2f}% {ours[1]:6.0f} ns {bare[0]:7.2f}% "
                  f"{bare[1]:6.0f} ns {ours[1] / bare[1]:6.2f}{words}", flush=True)
