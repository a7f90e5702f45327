# SPDX-License-Identifier: MIT
"""Thousands of sessions announced at once while 64 channels are received: their cost, and their effect on the streams.

Each row has the time to send the announcements, the time until all are listed, the increase of the daemon's memory, the processor time of
the thread that reads them, its share of a processor once all are known, the receive thread's share before and during that, and the faults
of the streams.
"""

import json
import time

from contenders import Contender
from harness import burst
from harness.daemon import Daemon, configuration
from harness.network import Network, wait_for

FAULTS = ("lost", "late", "early", "resyncs")


def resident_kilobytes(process):
    with open(f"/proc/{process.pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def listed(daemon):
    return sum(s["name"].startswith("Session ") for s in json.loads((daemon.runtime / "sessions.json").read_text())["sessions"])


def measure(network, install, count):
    a, b = network.a, network.b
    offset = {"streams": {"link-offset": "20ms"}, "log": {"level": "info"}}
    Daemon(a, install, configuration(**offset)).start().settle()
    daemon = Daemon(b, install, configuration(host=2, **offset)).start()
    daemon.settle()
    time.sleep(2)  # until its own sessions and its neighbour's are known
    threads = {name: Contender([daemon.process], name, stopped=False) for name in ("media-rx", "sessions")}
    quiet = {name: thread.spent() for name, thread in threads.items()}
    time.sleep(5)
    share = 100 * (threads["media-rx"].spent() - quiet["media-rx"]) / 5e9
    memory, status = resident_kilobytes(daemon), daemon.fresh_status()
    spent, began = {name: thread.spent() for name, thread in threads.items()}, time.monotonic_ns()
    a.spawn("/usr/bin/python3", burst.__file__, count, name="burst").wait(120)
    sent = (time.monotonic_ns() - began) / 1e9
    try:
        wait_for(lambda: listed(daemon) == count, "all sessions", timeout=60, interval=0.2)
    except AssertionError:
        pass  # the row has the number
    took = (time.monotonic_ns() - began) / 1e9
    used = {name: threads[name].spent() - spent[name] for name in threads}
    after = daemon.fresh_status()
    faults = {name: after.total("receivers", name) - status.total("receivers", name) for name in FAULTS}
    memory = resident_kilobytes(daemon) - memory
    time.sleep(2)  # until the file of all sessions is written
    begin, known = time.monotonic_ns(), threads["sessions"].spent()
    time.sleep(5)
    calm = 100 * (threads["sessions"].spent() - known) / (time.monotonic_ns() - begin)
    print(f"{count:>8} {listed(daemon):>8} {sent:>8.1f} s {took:>8.1f} s {memory:>8} kB"
          f" {used['sessions'] / 1e9:>8.2f} s {calm:>7.2f}% {share:>7.2f}% {100 * used['media-rx'] / (took * 1e9):>7.2f}%"
          f"   {', '.join(f'{value} {name}' for name, value in faults.items())}"
          f" of {after.total('receivers', 'packets') - status.total('receivers', 'packets')}", flush=True)


def run(install, directory, _options):
    print(f"{'sessions':>8} {'listed':>8} {'sent in':>10} {'all after':>10} {'memory':>11} {'thread':>10} {'then':>8} {'rx idle':>8} {'rx':>8}"
          "   packets")
    for count in (100, 500, 2000):
        with Network(directory / str(count)) as network:
            measure(network, install, count)
