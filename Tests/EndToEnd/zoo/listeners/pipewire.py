# SPDX-License-Identifier: MIT
"""PipeWire's rtp-source, which receives the announcement by SAP, names its node after the session, and resamples to its own clock."""

from harness import pipewire

from . import SESSION, Listener

ARGUMENTS = f"""sap.ip = "239.255.255.255"  sap.port = 9875  local.ifname = net0  sess.latency.msec = 100
    stream.props = {{ {pipewire.STREAM} }}"""


def start(host, _sdp, sink):
    pipewire.begin(host, "rtp-source", ARGUMENTS)
    recorder = pipewire.cat(host, "-r", "zoo-recorder", sink, "--format", "f32")
    pipewire.link(host, SESSION, "zoo-recorder")
    return recorder


LISTENERS = [Listener("PipeWire's rtp-source", start, exact=False)]
