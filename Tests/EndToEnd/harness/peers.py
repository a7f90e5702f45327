# SPDX-License-Identifier: MIT
"""Command lines of programs that use the sound card or exchange streams with it, and readers of their output."""

import os
import re
import subprocess

import numpy

from . import pattern
from .network import wait_for

# A buffer of 170 ms and a period of 21 ms, so that stalls of the machine cause no xruns.
PERIOD, BUFFER = 1024, 8192

# Channels without speaker positions: otherwise GStreamer's payloaders would reorder eight channels as 7.1.
UNPLACED = ["capssetter", "join=true", "caps=audio/x-raw,channel-mask=(bitmask)0x0"]


def aplay(file, pcm="aes67", form="S32_LE", channels=64, period=PERIOD, buffer=BUFFER, more=()):
    return ["aplay", "-q", "-D", pcm, "-t", "raw", "-f", form, "-c", channels, "-r", 48000,
            f"--period-size={period}", f"--buffer-size={buffer}", *more, file]


def arecord(file, pcm="aes67", form="S32_LE", channels=64, period=PERIOD, buffer=BUFFER, more=()):
    return ["arecord", "-q", "-D", pcm, "-t", "raw", "-f", form, "-c", channels, "-r", 48000,
            f"--period-size={period}", f"--buffer-size={buffer}", *more, file]


def ffmpeg_play(file, pcm="aes67", channels=64):
    return ["ffmpeg", "-nostdin", "-loglevel", "error", "-f", "s32le", "-ar", "48000", "-ac", channels, "-i", file,
            "-c:a", "pcm_s32le", "-f", "alsa", pcm]


def ffmpeg_record(file, seconds, pcm="aes67", channels=64):
    return ["ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-f", "alsa", "-channels", channels, "-sample_rate", "48000",
            "-c:a", "pcm_s32le", "-i", pcm, "-t", seconds, "-f", "s32le", "-c:a", "pcm_s32le", file]


def ffmpeg_receive(sdp, file, seconds):
    """Decodes an RTP stream, described by an SDP file, to S32_LE."""
    return ["ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-protocol_whitelist", "file,rtp,udp", "-i", sdp,
            "-t", seconds, "-f", "s32le", "-c:a", "pcm_s32le", file]


def ffmpeg_send(file, address, channels, own_address, port=5004):
    """Sends a file of S24_3BE in real time, in packets as long as possible."""
    return ["ffmpeg", "-nostdin", "-loglevel", "error", "-re", "-f", "s24be", "-ar", "48000", "-ac", channels, "-i", file,
            "-c:a", "pcm_s24be", "-f", "rtp", f"rtp://{address}:{port}?localaddr={own_address}&ttl=32"]


def sdp(address, channels, port=5004, payload_type=98, encoding="L24"):
    return ("v=0\r\no=- 1 1 IN IP4 10.67.0.1\r\ns=bench\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP {payload_type}\r\nc=IN IP4 {address}/32\r\n"
            f"a=rtpmap:{payload_type} {encoding}/48000/{channels}\r\n")


def gst_receive(file, address, channels, interface, port=5004, payload_type=98):
    """Decodes an L24 stream to S24_3BE, its format on the network."""
    caps = (f"application/x-rtp,media=audio,clock-rate=48000,encoding-name=L24,channels={channels},"
            f"payload={payload_type}")
    return ["gst-launch-1.0", "-q", "-e", "udpsrc", f"address={address}", f"port={port}",
            f"multicast-iface={interface}", "buffer-size=4000000", f"caps={caps}", "!", "rtpL24depay", "!",
            "filesink", f"location={file}", "buffer-mode=2"]


def gst_send(file, address, channels, interface, packet_ns=1_000_000, encoding="L24", payload_type=98, port=5004,
             timestamp_offset=0):
    """Sends a file of S24_3BE or S16_BE, each packet at its own time."""
    form, payloader = ("s24be", "rtpL24pay") if encoding == "L24" else ("s16be", "rtpL16pay")
    frame = channels * (3 if encoding == "L24" else 2)
    packet_frames = packet_ns * 48 // 1_000_000
    return ["gst-launch-1.0", "-q", "filesrc", f"location={file}", f"blocksize={packet_frames * frame}", "!",
            "rawaudioparse", "use-sink-caps=false", "format=pcm", f"pcm-format={form}", "sample-rate=48000",
            f"num-channels={channels}", "!", *UNPLACED, "!", payloader, f"min-ptime={packet_ns}", f"max-ptime={packet_ns}",
            f"pt={payload_type}", f"timestamp-offset={timestamp_offset}", "seqnum-offset=65000", "!", "udpsink", f"host={address}",
            f"port={port}", f"multicast-iface={interface}", "auto-multicast=false", "ttl-mc=32"]


def jackd(period=1024, periods=3, pcm="aes67", more=()):
    return ["jackd", "-R", "-P70", "-d", "alsa", "-d", pcm, "-r", "48000", "-p", period, "-n", periods, *more]


def jack_environment(directory):
    """Returns the environment for a JACK server of this test."""
    return {"JACK_NO_AUDIO_RESERVATION": "1", "JACK_NO_START_SERVER": "1",
            "JACK_DEFAULT_SERVER": f"aes67-{os.getpid()}", "XDG_RUNTIME_DIR": str(directory), "HOME": str(directory)}


def capture(file, interface, expression="udp"):
    """Writes received packets to a file by dumpcap, tshark's capture program, which loses none."""
    return ["dumpcap", "-q", "-i", interface, "-f", expression, "-B", "64", "-P", "-w", file]


def start_capture(host, file, interface="net0", expression="udp", more=()):
    """Starts a capture on a host, and waits until it runs."""
    dump = host.spawn(*capture(file, interface, expression), *more)
    wait_for(lambda: "File:" in dump.output, "the capture")
    return dump


def capture_lost(dump):
    """Returns the number of packets that an ended capture reports as dropped."""
    return int(re.search(r"Packets received/dropped on interface .*?: \d+/(\d+) ", dump.output)[1])


def dissect(file, fields, port=5004, only="rtp", protocol="rtp"):
    """Returns tshark's values of these fields: a list of tuples of strings, one a packet."""
    command = ["tshark", "-n", "-r", str(file), "-d", f"udp.port=={port},{protocol}", "-Y", only, "-T", "fields"]
    for field in fields:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return [tuple(line.split("\t")) for line in done.stdout.splitlines()]


def read_gst(file, channels):
    """Reads the output of gst_receive, whose depayloader takes eight channels for 7.1 and puts the rear channels before the side channels."""
    samples = pattern.read(file, "S24_3BE", channels)
    return numpy.ascontiguousarray(samples[:, [0, 1, 2, 3, 6, 7, 4, 5]]) if channels == 8 else samples
