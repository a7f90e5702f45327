# SPDX-License-Identifier: MIT
"""Programs that musicians use, on a host that receives its own streams: how to start them, and how to read their output."""

import pathlib
import re

import numpy

from . import peers
from .network import wait_for

HERE = pathlib.Path(__file__).resolve().parent
LOOP = {"layout": {"host": 1, "remote-host": 1}, "network": {"interface": "net0", "loopback": True}}

PIPEWIRE_NODE = """
    {{ factory = adapter args = {{
        factory.name = api.alsa.pcm.{kind}  node.name = aes67-{kind}  media.class = "Audio/{name}"
        api.alsa.path = "aes67"  api.alsa.period-size = {period}  api.alsa.headroom = 0  node.latency = "{period}/48000"
        audio.format = S32LE  audio.rate = 48000  audio.channels = 64  clock.name = aes67
        adapter.auto-port-config = {{ mode = dsp monitor = false position = unknown }}
        node.suspend-on-idle = false  priority.driver = {priority} }} }}"""

PIPEWIRE = """
context.properties = {{ link.max-buffers = 64  core.daemon = true  core.name = pipewire-0  default.clock.rate = 48000
    default.clock.quantum = {period}  default.clock.min-quantum = 16  default.clock.max-quantum = 8192
    mem.warn-mlock = false  log.level = 2 }}
context.spa-libs = {{ audio.convert.* = audioconvert/libspa-audioconvert  api.alsa.* = alsa/libspa-alsa
    support.* = support/libspa-support }}
context.modules = [
    {{ name = libpipewire-module-rt args = {{ nice.level = -11 rt.prio = 70 }} flags = [ ifexists nofail ] }}
    {{ name = libpipewire-module-protocol-native }}
    {{ name = libpipewire-module-metadata }}
    {{ name = libpipewire-module-spa-node-factory }}
    {{ name = libpipewire-module-client-node }}
    {{ name = libpipewire-module-access args = {{}} }}
    {{ name = libpipewire-module-adapter }}
    {{ name = libpipewire-module-link-factory }} ]
context.objects = [{sink}{source} ]
"""


def delays(process):
    """Returns the latencies that jack_iodelay has measured so far: {frames: number of readings}, rounded to tenths of a frame."""
    found = [round(float(each), 1) for each in re.findall(r"([0-9.]+) frames +[0-9.]+ ms total roundtrip", process.output)]
    return {each: found.count(each) for each in sorted(set(found), key=found.index)}


def start_jackd(host, period, periods=2, pcm="aes67", synchronous=False):
    """Starts a JACK server of this host and waits for its ports; a synchronous one saves a period."""
    environment = peers.jack_environment(host.directory)
    environment["JACK_DEFAULT_SERVER"] += f"-{period}-{len(host.processes)}"
    command = peers.jackd(period, periods, pcm)
    server = host.spawn(*command[:2], *(["-S"] if synchronous else []), *command[2:], name="jackd", env=environment)
    host.environment.update(environment)

    def ports():
        assert server.running, server.output
        return "system:capture_1" in host.run("jack_lsp", check=False).stdout

    wait_for(ports, "jackd to be ready", timeout=10)
    return server


def start_iodelay(host, connect=("jack_connect",), out="system:playback_1", back="system:capture_1", prefix=()):
    """Starts jack_iodelay, connected through one channel and back."""
    meter = host.spawn(*prefix, "stdbuf", "-oL", "jack_iodelay", name="jack_iodelay")
    # jack_iodelay prints a line once its ports exist. No other client may open until then, because jack_lsp has hung in that case.
    wait_for(lambda: meter.output, "jack_iodelay's ports", timeout=15)
    host.run(*connect, "jack_delay:out", out)
    host.run(*connect, back, "jack_delay:in")
    return meter


def start_pipewire(host, period):
    """Starts PipeWire without a session manager, with the sound card as a sink and a source of 64 ports each."""
    runtime = host.directory / "pipewire"
    runtime.mkdir(mode=0o700, exist_ok=True)
    nodes = {kind: PIPEWIRE_NODE.format(kind=kind, name=name, period=period, priority=priority)
             for kind, name, priority in (("sink", "Sink", 1000), ("source", "Source", 900))}
    config = runtime / "pipewire.conf"
    config.write_text(PIPEWIRE.format(period=period, **nodes))
    host.environment.update({"XDG_RUNTIME_DIR": str(runtime), "PIPEWIRE_RUNTIME_DIR": str(runtime), "HOME": str(runtime),
                             "PIPEWIRE_LATENCY": f"{period}/48000", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"})
    server = host.spawn("pipewire", "-c", config, name="pipewire")

    def ports():
        assert server.running, server.output
        listing = host.run("pw-link", "-io", check=False).stdout
        return "aes67-sink:playback" in listing and "aes67-source:capture" in listing

    wait_for(ports, "PipeWire's ports of the sound card", timeout=10)
    return server


def first_ports(host):
    """Returns the names of the first port in each direction, which are numbered or called AUX0 depending on PipeWire's version."""
    listing = host.run("pw-link", "-io").stdout.split()
    return (next(p for p in listing if p.startswith("aes67-sink:playback")),
            next(p for p in listing if p.startswith("aes67-source:capture")))


def ardour(host, take, stop, period, tracks):
    """Returns the command of Ardour without a window, which records into the session `take` until the file `stop` exists."""
    home = host.path("ardour-home")
    home.mkdir()
    host.environment.update({
        "ARDOUR_ALSA_DEVICE": "aes67", "HOME": str(home), "XDG_CONFIG_HOME": str(home), "DEVICE": "aes67",
        "PERIOD": str(period), "TRACKS": str(tracks), "STOP": str(stop), "DIRECTORY": str(take)})
    return ["ardour7-lua", HERE / "ardour_record.lua"]


def ardour_tracks(take):
    """Returns the recording of all tracks, rounded to 16 bits in left-justified int32; the files are 32-bit float WAV."""
    def number(file):
        return int(re.search(r"Track (\d+)", file.name)[1])

    tracks = []
    for file in sorted((take / "interchange" / "take" / "audiofiles").glob("*.wav"), key=number):
        data = file.read_bytes()
        at = data.index(b"data") + 8
        tracks.append(numpy.frombuffer(data[at:at + (len(data) - at) // 4 * 4], "<f4"))
    assert len({len(track) for track in tracks}) == 1, [len(track) for track in tracks]
    samples = numpy.rint(numpy.column_stack(tracks).astype(numpy.float64) * 2**15).astype(numpy.int64)
    return (samples << 16).astype(numpy.int32)


def settled_delay(meter, times=3, timeout=10.0):
    """Waits for the round trip in frames that jack_iodelay has measured this many times; its first readings may be wrong."""
    return wait_for(lambda: next((delay for delay, count in delays(meter).items() if count >= times), None),
                    "equal readings of jack_iodelay", timeout)


def times(period, periods):
    """Returns period and buffer as options of GStreamer, in microseconds rounded up to give the right number of frames."""
    return [f"latency-time={-(-period * 1_000_000 // 48_000)}", f"buffer-time={-(-period * periods * 1_000_000 // 48_000)}"]


def play(program, file, period, periods=4):
    """Returns the command that plays a file of 64 channels, with this period if the program has an option for it."""
    return {
        "aplay": peers.aplay(file, period=period, buffer=periods * period),
        "ffmpeg": peers.ffmpeg_play(file),
        "sox": ["sox", "-q", "--buffer", period * periods * 256, "-D", "-t", "raw", "-e", "signed", "-b", 32, "-c", 64, "-r", 48000,
                file, "-t", "alsa", "aes67"],
        "gstreamer": ["gst-launch-1.0", "-q", "filesrc", f"location={file}", f"blocksize={period * 256}", "!",
                      "rawaudioparse", "use-sink-caps=false", "format=pcm", "pcm-format=s32le", "sample-rate=48000",
                      "num-channels=64", "!", *peers.UNPLACED, "!", "alsasink", "device=aes67",
                      *times(period, periods)],
    }[program]


def record(program, file, period, seconds, periods=4):
    """Returns the command that records 64 channels; `seconds` is for programs that need a duration."""
    return {
        "arecord": peers.arecord(file, period=period, buffer=periods * period),
        "ffmpeg": peers.ffmpeg_record(file, seconds),
        "sox": ["sox", "-q", "--buffer", period * periods * 256, "-D", "-t", "alsa", "-e", "signed", "-b", 32, "-c", 64,
                "-r", 48000, "aes67", "-t", "raw", "-e", "signed", "-b", 32, file],
        "gstreamer": ["gst-launch-1.0", "-q", "-e", "alsasrc", "device=aes67",
                      *times(period, periods),
                      "!", "audio/x-raw,format=S32LE,rate=48000,channels=64", "!", "filesink", f"location={file}",
                      "buffer-mode=2"],
    }[program]
