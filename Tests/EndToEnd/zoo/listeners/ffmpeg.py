# SPDX-License-Identifier: MIT
"""ffmpeg, which reads the daemon's SDP from a file or receives its announcement."""

from . import Listener

PROTOCOLS = "file,rtp,udp,sap"


def record(host, sink, *source):
    return host.spawn("ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-protocol_whitelist", PROTOCOLS, *source,
                      "-f", "s32le", "-c:a", "pcm_s32le", sink, urgent=True)


def by_file(host, sdp, sink):
    return record(host, sink, "-i", sdp)


def by_announcement(host, _sdp, sink):
    """Names AES67's announcement group, which is not ffmpeg's default."""
    host.run("ip", "route", "replace", "224.0.0.0/4", "dev", "net0")
    return record(host, sink, "-f", "sap", "-i", "sap://239.255.255.255")


LISTENERS = [Listener("ffmpeg by file", by_file, "S32_LE"), Listener("ffmpeg by SAP", by_announcement, "S32_LE")]
