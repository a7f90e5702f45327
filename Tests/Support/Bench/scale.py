# SPDX-License-Identifier: MIT
"""How the daemon's cost grows with streams, channels, packet rate, and the number of players.

One daemon sends and receives its own streams over loopback. Each row has per cent of one processor for the transmit and the receive thread,
and the transmit thread's increase for one more of the counted unit.
"""

import statistics
import time

from contenders import Contender
from harness import peers
from harness.daemon import Daemon, configuration
from harness.network import Network


def layout(streams, channels, packet_time="1ms"):
    """Returns the settings of such streams in both directions, on the first device channels; if there are many senders, they share channels."""
    senders = [{"name": f"s{n}", "address": f"239.69.1.{n + 1}", "channels": channels,
                "first-channel": 1 + (n * channels) % (64 - channels + 1)} for n in range(streams)]
    room = 64 // channels
    receivers = [{"name": f"r{n}", "address": f"239.69.1.{n + 1}", "channels": channels,
                  "first-channel": 1 + n * channels} for n in range(min(streams, room))]
    return {"streams": {"packet-time": packet_time, "link-offset": "20ms", "max-lateness": "17ms"}, "senders": senders,
            "receivers": receivers, "network": {"loopback": True}, "log": {"level": "info"}}


ROWS = [
    *[("streams of 1 channel", streams, layout(streams, 1), 1) for streams in (1, 4, 16, 32, 64)],
    *[("channels in 8 streams", 8 * channels, layout(8, channels), 1) for channels in (1, 2, 4, 8)],
    *[("packets/s of 8 x 2 channels", 8 * rate, layout(8, 2, name), 1)
      for name, rate in (("4ms", 250), ("1ms", 1000), ("333us", 3000), ("250us", 4000), ("125us", 8000))],
    *[("players of 64 channels", clients, layout(8, 8), clients) for clients in (0, 1, 2, 4, 8, 16)],
]


def measure(network, install, sections, clients, options):
    Daemon(network.a, install, configuration(**sections)).start().settle()
    for _ in range(clients):
        network.a.spawn(*peers.aplay("/dev/zero"))
    threads = [Contender([network.a.daemon.process], name, stopped=False) for name in ("media-tx", "media-rx")]
    samples = {thread: [] for thread in threads}
    for _ in range(max(options.slices // 2, 3)):
        before = {thread: (thread.spent(), time.monotonic_ns()) for thread in threads}
        time.sleep(options.seconds / 2)
        for thread in threads:
            spent, begin = before[thread]
            samples[thread].append(100 * (thread.spent() - spent) / (time.monotonic_ns() - begin))
    return [statistics.median(samples[thread]) for thread in threads]


def run(install, directory, options):
    print(f"{'what grows':<30} {'count':>6} {'transmit':>9} {'receive':>9}   one more costs transmit")
    last = None
    for number, (what, count, sections, clients) in enumerate(ROWS):
        with Network(directory / str(number)) as network:
            sent, received = measure(network, install, sections, clients if "players" in what else 1, options)
        more = ""
        if last and last[0] == what:
            more = f"{(sent - last[2]) / (count - last[1]):8.3f}%"
        print(f"{what:<30} {count:>6} {sent:8.2f}% {received:8.2f}%   {more}", flush=True)
        last = (what, count, sent)
