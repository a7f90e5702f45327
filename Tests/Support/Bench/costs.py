# SPDX-License-Identifier: MIT
"""What the daemon's media threads cost beside a bare loop of the same packets, and how late both wake.

The two take turns by SIGSTOP and SIGCONT, so that both meet the same machine; who receives runs on another processor than who
sends, as packets do not come out of a receiver's own cache elsewhere. Printed are the medians over all slices:
per cent of one processor, and nanoseconds for each packet that the interface has seen. The ratio is that of the latter,
since whoever drops packets would look cheap by the former. Lateness is that of the first stream's packets on the wire.
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
    """A bare receiver hears both; a player keeps all 64 channels of ours busy."""
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
    """Hears the bare sender's streams; aligned by arrival, since their timestamps mean nothing."""
    receivers = [{"name": f"r{n}", "address": f"239.69.1.{n}", "channels": CHANNELS,
                  "first-channel": 1 + (n - 1) * CHANNELS, "alignment": "arrival", "link-offset": "3ms"}
                 for n in range(1, streams + 1)]
    Daemon(network.b, install, configuration(host=2, senders=[], receivers=receivers, log={"level": "info"})).start()
    network.b.daemon.wait_status(lambda s: all(r["inTime"] > 0 for r in s["receivers"]), "all streams to be heard")
    return network.b.daemon


def receiving(network, install, tools, packet_time, options, streams=STREAMS, way="send"):
    """A bare sender feeds both."""
    sender = bare_sender(network, tools, PACKET_TIMES[packet_time], streams=streams, way=way)
    ours = Contender([receiving_daemon(network, install, streams).process], "media-rx")
    bare = Contender([network.b.spawn(tools / "bare", "receive", streams, network.b.address, "239.69.1.")])
    keep_apart(sender, [ours, bare])
    take_turns([ours, bare], options.slices, options.seconds)
    return ours.medians(), bare.medians(), None


def one_stream(*what):
    """The same of a single stream, which shares its wake-ups with no other one."""
    return receiving(*what, streams=1)


def spread(*what):
    """The same of streams that come at times of their own, as those of eight hosts do."""
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
