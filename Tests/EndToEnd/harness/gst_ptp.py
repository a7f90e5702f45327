#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""GStreamer's PTP clock on net0, domain 0: prints its difference to this machine's TAI, in nanoseconds, five times."""

import sys
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstNet", "1.0")
from gi.repository import Gst, GstNet  # noqa: E402

Gst.init(None)
if not GstNet.ptp_init(GstNet.PTP_CLOCK_ID_NONE, ["net0"]):
    sys.exit("gst-ptp-helper does not start")
clock = GstNet.PtpClock.new("clock", 0)
print("synced" if clock.wait_for_sync(20 * Gst.SECOND) else "not synced", f"{clock.props.grandmaster_clock_id:016X}", flush=True)
for _ in range(5):
    time.sleep(0.5)
    before, shown, after = time.time_ns(), clock.get_time(), time.time_ns()
    print(shown - (before + after) // 2 - 37 * 10**9, flush=True)
