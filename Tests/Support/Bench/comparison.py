# SPDX-License-Identifier: MIT
"""The same 64 channels sent and received by GStreamer, ffmpeg, PipeWire and aes67d, in turns: 8 streams of 8 channels, 1 ms.

All processes and threads that a user would have to run are measured: for aes67d the daemon and an audio program that plays or records. The
others read zeros and discard the received audio, so that they need no such program. Some of them send the packets of missed turns at once,
which does not show their cost in use. A slice therefore starts after that, and the time is divided by the packets on the interface. The
bare loop of the benchmark `costs` takes turns as well, and shows the cost of a wake-up for each packet.
"""

import signal

import numpy

import pipewire_rtp
from contenders import NOTE, Contender, compile_tools, lateness_us, percentiles, take_turns
from costs import CHANNELS, STREAMS, bare_sender
from harness import peers
from harness.daemon import Daemon, configuration
from harness.network import Network, wait_for

SETTLE = 2.0  # default seconds before each slice
PACKETS_A_SECOND = STREAMS * 1000
PACKET_BYTES = 12 + 48 * CHANNELS * 3


def groups(host):
    return [f"239.69.{host}.{n}" for n in range(1, STREAMS + 1)]


def ours_sending(host, install):
    Daemon(host, install, configuration(receivers=[], log={"level": "info"})).start().settle()
    return [host.daemon.process, host.spawn(*peers.aplay("/dev/zero"))]


def ours_receiving(host, install):
    receivers = [{"name": group, "address": group, "channels": CHANNELS, "first-channel": 1 + n * CHANNELS,
                  "alignment": "arrival"} for n, group in enumerate(groups(1))]
    Daemon(host, install, configuration(host=2, senders=[], receivers=receivers, log={"level": "info"})).start()
    return [host.daemon.process, host.spawn(*peers.arecord("/dev/null"))]


def gstreamer_sending(host, _):
    branches = [peers.gst_send("/dev/zero", group, CHANNELS, "net0")[2:] for group in groups(3)]
    return [host.spawn("gst-launch-1.0", "-q", *[word for branch in branches for word in branch])]


def gstreamer_receiving(host, _):
    caps = f"application/x-rtp,media=audio,clock-rate=48000,encoding-name=L24,channels={CHANNELS},payload=98"
    words = ["gst-launch-1.0", "-q"]
    for group in groups(1):
        words += ["udpsrc", f"address={group}", "port=5004", "multicast-iface=net0", f"caps={caps}", "!",
                  "rtpjitterbuffer", "latency=5", "!", "rtpL24depay", "!", "fakesink", "sync=false"]
    return [host.spawn(*words)]


def ffmpeg_sending(host, _):
    inputs = ["-re", "-f", "s24be", "-ar", "48000", "-ac", CHANNELS, "-i", "/dev/zero"] * STREAMS
    words = ["ffmpeg", "-nostdin", "-loglevel", "error", *inputs]
    for number, group in enumerate(groups(4)):
        words += ["-map", number, "-c:a", "pcm_s24be", "-f", "rtp", "-payload_type", 98,
                  f"rtp://{group}:5004?pkt_size={PACKET_BYTES}&localaddr={host.address}"]
    return [host.spawn(*words)]


def ffmpeg_receiving(host, _):
    text = "v=0\r\no=- 1 1 IN IP4 10.67.0.1\r\ns=bench\r\nt=0 0\r\n"
    for group in groups(1):
        text += "".join(f"{line}\r\n" for line in peers.sdp(group, CHANNELS).split("\r\n")[4:] if line)
    host.path("all.sdp").write_text(text)
    return [host.spawn("ffmpeg", "-nostdin", "-loglevel", "error", "-protocol_whitelist", "file,rtp,udp",
                       "-i", host.path("all.sdp"), "-map", "0", "-c:a", "pcm_s32le", "-f", "null", "-")]


def pipewire_sending(host, _):
    return [pipewire_rtp.sending(host, groups(5), CHANNELS)]


def pipewire_receiving(host, _):
    return [pipewire_rtp.receiving(host, host.peer, groups(1), CHANNELS)]


BARE = "bare loop"
SENDERS = {"aes67d + aplay": ours_sending, "GStreamer": gstreamer_sending, "ffmpeg": ffmpeg_sending,
           "PipeWire": pipewire_sending}
GROUPS = dict(zip([*SENDERS, BARE], (1, 3, 4, 5, 6)))
RECEIVERS = {"aes67d + arecord": ours_receiving, "GStreamer": gstreamer_receiving, "ffmpeg": ffmpeg_receiving,
             "PipeWire": pipewire_receiving}


def compare(direction, starters, bare, host, install, options, notes=None):
    """Runs all contenders in turns and prints a row for each; `bare` starts the bare loop, `notes` returns each sender's packets as
    received elsewhere.
    """
    contenders = {}
    for name, start in {**starters, BARE: lambda *_: [bare()]}.items():
        contender = Contender(start(host, install), stopped=False)
        wait_for(lambda: contender.spent() > 20_000_000, f"{name} to do something", timeout=10)
        contender.signal(signal.SIGSTOP)  # until its first turn
        contenders[name] = contender
    take_turns(list(contenders.values()), options.slices, options.seconds, options.settle)
    seen = notes() if notes else {}
    for name, contender in contenders.items():
        contender.check()
        per_packet = contender.used_ns / max(contender.moved, 1)
        late = percentiles(lateness_us(seen[name], contender.spans)) if name in seen else ()
        print(f"{direction:<10} {name:<18} {per_packet:8.0f} ns {per_packet * PACKETS_A_SECOND / 1e7:11.2f}%   "
              + " ".join(f"{value:8.0f}" for value in late), flush=True)


def listen(host, directory):
    """Starts a listener to the first stream of each sender; the returned function ends them and returns their notes."""
    listeners = {name: (host.spawn(directory / "listen", host.address, groups(number)[0], host.path(f"notes{number}")),
                        host.path(f"notes{number}")) for name, number in GROUPS.items()}

    def notes():
        for process, _ in listeners.values():
            process.stop()
        return {name: numpy.fromfile(file, NOTE) for name, (_, file) in listeners.items()}

    return notes


def run(install, directory, options):
    compile_tools(directory)
    print(f"{'direction':<10} {'what':<18} {'a packet':>11} {'64 channels':>12}   departs late by us: median, 99 %, 99.9 %")
    with Network(directory / "sending") as network:
        for number in GROUPS.values():  # a receiver, because the sender's processor also delivers the packets on this machine
            network.b.spawn(directory / "bare", "receive", STREAMS, network.b.address, f"239.69.{number}.")
        compare("sending", SENDERS, lambda: bare_sender(network, directory, 1_000_000, "239.69.6."), network.a, install, options,
                listen(network.b, directory))
    with Network(directory / "receiving") as network:
        bare_sender(network, directory, 1_000_000)
        network.b.peer = network.a
        receive = [directory / "bare", "receive", STREAMS, network.b.address, "239.69.1."]
        compare("receiving", RECEIVERS, lambda: network.b.spawn(*receive), network.b, install, options)
