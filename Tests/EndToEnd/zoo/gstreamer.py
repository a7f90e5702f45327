# SPDX-License-Identifier: MIT
"""GStreamer's udpsink: packets of 1 ms and of 4 ms, each at its own time by the host's clock."""

from harness import pattern, peers

from . import Sender


def sender(address, packet_ms):
    def start(host, samples):
        source = host.path("gstreamer.raw")
        pattern.write(source, samples, "S24_3BE")
        return host.spawn(*peers.gst_send(source, address, samples.shape[1], "net0", packet_ns=packet_ms * 1_000_000), urgent=True)
    return Sender(f"GStreamer, {packet_ms} ms", 24, lambda _: {"address": address, "channels": 2, "alignment": "arrival"}, start,
                  packet_ms, long=True)


SENDERS = [sender("239.69.9.5", 1), sender("239.69.9.6", 4)]
