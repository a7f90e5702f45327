# SPDX-License-Identifier: MIT
"""GStreamer's sdpdemux, which reads the daemon's SDP from a file and has a jitter buffer of 200 ms."""

from . import Listener


def by_file(host, sdp, sink):
    return host.spawn("gst-launch-1.0", "-q", "-e", "filesrc", f"location={sdp}", "!", "sdpdemux", "!", "rtpL24depay", "!",
                      "filesink", f"location={sink}", "buffer-mode=2", urgent=True)


LISTENERS = [Listener("GStreamer by file", by_file, "S24_3BE")]
