# SPDX-License-Identifier: MIT
"""The cost of an open page of the control panel: per cent of a processor with the page, without, and the difference.

The daemon sends 64 streams, receives 64 channels, and knows 2,000 sessions. Chromium shows a view or is hidden, in turns. Meters cost most
with sound on all channels in both directions. The two media threads are not included: they do nothing for a page, and their load varies by
more than a page costs. The packet counters show whether a page disturbs them.
"""

import pathlib
import statistics
import time

import numpy

from harness import browser, burst
from harness.control import Control, run_command
from harness.daemon import Daemon, configuration
from harness.network import Network, wait_for

SESSIONS = 2_000
SETTLE = 1.0  # seconds after the page was shown or hidden, which are not counted
FAULTS = ("lost", "late", "early", "resyncs")
SENDERS = [{"name": f"out {n}", "address": f"239.69.7.{n}", "channels": 1, "first-channel": n} for n in range(1, 65)]
VIEWS = {"overview": "document.querySelectorAll('.meter').length === 128", "routing": "document.querySelector('.grid-body [role=row]')",
         "clock": "document.querySelector('svg.graph')", "streams": "document.querySelector('.picker')"}
SHOWN = "document.dispatchEvent(new Event('visibilitychange'))"
HIDDEN = f"Object.defineProperty(document, 'hidden', {{value: true, configurable: true}}); {SHOWN}"


def play(host):
    """Plays a different sine wave on each of 64 channels."""
    step = numpy.arange(48_000)[:, None] * numpy.arange(100, 164)[None, :] / 48_000
    file = host.path("sines.raw")
    file.write_bytes(numpy.tile((0.2 * (2**31 - 1) * numpy.sin(2 * numpy.pi * step)).astype("<i4"), (4, 1)).tobytes())
    host.spawn("aplay", "-q", "-D", "aes67", "-t", "raw", "-f", "S32_LE", "-c", 64, "-r", 48000, *[file] * 100)


def spent(daemon):
    """Returns the nanoseconds on a processor of all threads except the media threads."""
    tasks = [task for task in pathlib.Path(f"/proc/{daemon.pid}/task").iterdir() if not (task / "comm").read_text().startswith("media-")]
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks)


def used(daemon, seconds):
    """Returns per cent of a processor over some seconds."""
    time.sleep(SETTLE)
    before, begin = spent(daemon), time.monotonic_ns()
    time.sleep(seconds)
    return 100 * (spent(daemon) - before) / (time.monotonic_ns() - begin)


def measure(daemon, page, view, sound, options):
    page.value(f"location.hash = '#/{view}'")
    page.wait(VIEWS[view], f"the view {view}", timeout=15)
    page.value(HIDDEN)
    before = daemon.fresh_status()
    rows = []
    for _ in range(options.slices):
        hidden = used(daemon, options.seconds)
        page.value(f"delete document.hidden; {SHOWN}")
        page.wait(VIEWS[view], f"the view {view}", timeout=15)
        shown = used(daemon, options.seconds)
        page.value(HIDDEN)
        rows.append((shown, hidden))
    after = daemon.fresh_status()
    page.value(f"delete document.hidden; {SHOWN}")
    shown, hidden = (statistics.median(row[index] for row in rows) for index in (0, 1))
    more = statistics.median(one - other for one, other in rows)
    faults = ", ".join(f"{after.total('receivers', name) - before.total('receivers', name)} {name}" for name in FAULTS)
    print(f"{view:<10} {sound:<8} {shown:>7.2f}% {hidden:>7.2f}% {more:>7.2f}%   {faults}"
          f" of {after.total('receivers', 'packets') - before.total('receivers', 'packets')}", flush=True)


def run(install, directory, options):
    with Network(directory) as network:
        far, host = network.a, network.b
        Daemon(far, install, configuration(log={"level": "info"})).start()
        daemon = Daemon(host, install, configuration(host=2, senders=SENDERS, control={"socket-group": "games"}, log={"level": "info"})).start()
        daemon.settle()
        far.spawn("/usr/bin/python3", burst.__file__, SESSIONS, name="burst").wait(120)
        control = Control(daemon)
        wait_for(lambda: len(control.get("/v1/sessions")["sessions"]) >= SESSIONS, "the sessions", timeout=60, interval=0.5)
        page = browser.Browser(host).page(run_command(host, install, "panel", "--print").stdout.splitlines()[0])
        page.wait(VIEWS["overview"], "the meters", timeout=15)
        print(f"{'view':<10} {'sound':<8} {'shown':>8} {'hidden':>8} {'page':>8}   packets")
        for view in VIEWS:
            measure(daemon, page, view, "none", options)
        for each in (far, host):
            play(each)
        for name in ("Capture 64", "Playback 64"):
            meter = f"document.querySelector('[role=meter][aria-label=\"{name}\"]')"
            page.value("location.hash = '#/overview'")
            page.wait(f"{meter}?.getAttribute('aria-valuetext').includes('dBFS')", f"sound on {name}", timeout=15)
        measure(daemon, page, "overview", "64 + 64", options)
