# SPDX-License-Identifier: MIT
"""An SDP as GStreamer's SDP library reads it, which sdpdemux and rtspsrc use."""

import ctypes


def stream(text, payload_type):
    """Returns address, port and caps for udpsrc of the first stream."""
    sdp, gst = ctypes.CDLL("libgstsdp-1.0.so.0"), ctypes.CDLL("libgstreamer-1.0.so.0")
    for function in (sdp.gst_sdp_message_get_media, sdp.gst_sdp_media_get_caps_from_media, sdp.gst_sdp_media_get_connection,
                     gst.gst_caps_to_string):
        function.restype = ctypes.c_void_p
    sdp.gst_sdp_media_get_port.restype = ctypes.c_uint
    gst.gst_init(None, None)
    message = ctypes.c_void_p()
    assert sdp.gst_sdp_message_new(ctypes.byref(message)) == 0
    data = text.encode()
    assert sdp.gst_sdp_message_parse_buffer(data, len(data), message) == 0, "GStreamer cannot parse the SDP"
    assert sdp.gst_sdp_message_medias_len(message) == 1
    media = ctypes.c_void_p(sdp.gst_sdp_message_get_media(message, 0))
    caps = ctypes.c_void_p(sdp.gst_sdp_media_get_caps_from_media(media, payload_type))
    assert caps.value, "GStreamer finds no format"
    words = ctypes.string_at(gst.gst_caps_to_string(caps)).decode()
    # struct { nettype, addrtype, address, ttl, addr_number }
    connection = ctypes.cast(sdp.gst_sdp_media_get_connection(media, 0), ctypes.POINTER(ctypes.c_char_p))
    return connection[2].decode(), sdp.gst_sdp_media_get_port(media), words
