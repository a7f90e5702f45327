# SPDX-License-Identifier: MIT
"""Desktop players: how each one plays a file on an ALSA device, without a window."""

import shlex
import time

from .network import wait_for

PLAYERS = ["aplay", "mpv", "vlc", "mpg123", "ecasound", "cmus", "mpd"]

MPD = """
music_directory "{home}"
bind_to_address "{home}/mpd.socket"
log_file "{home}/mpd.log"
audio_output {{
    type "alsa"
    name "AES67"
    device "{device}"
    mixer_type "none"
}}
"""


def _home(host):
    home = host.path("home")
    (home / ".config/cmus").mkdir(parents=True, exist_ok=True)
    host.environment.update(HOME=str(home), XDG_CONFIG_HOME=str(home / ".config"), XDG_RUNTIME_DIR=str(home), TERM="xterm")
    return home


def play(player, host, file, device):
    """Plays the file, and returns after its end or, for cmus and mpd, after five seconds."""
    home = _home(host)
    command = {
        "aplay": ["aplay", "-q", "-D", device, file],
        "mpv": ["mpv", "--no-config", "--no-video", "--really-quiet", "--ao=alsa", f"--audio-device=alsa/{device}", file],
        # VLC refuses to run as root, so it runs under another user id.
        "vlc": ["unshare", "--map-user=1000", "cvlc", "-q", "--play-and-exit", "-A", "alsa", "--alsa-audio-device", device, file],
        "mpg123": ["mpg123", "-q", "-o", "alsa", "-a", device, file],
        "ecasound": ["ecasound", "-q", "-i", file, "-o", f"alsa,{device}"],
    }.get(player)
    if command:
        host.run(*command)
    else:
        {"cmus": _cmus, "mpd": _mpd}[player](host, file, device, home)


def _cmus(host, file, device, home):
    (home / ".config/cmus/rc").write_text(f"set output_plugin=alsa\nset dsp.alsa.device={device}\nset mpris=false\n")
    socket = home / f"cmus-{device}"
    terminal = host.spawn("script", "-qfc", shlex.join(["cmus", "--listen", str(socket)]), "/dev/null", name="cmus")
    remote = ["cmus-remote", "--server", socket]
    wait_for(lambda: socket.exists() and host.run(*remote, "-Q", check=False).returncode == 0, "cmus")
    _until_stopped(lambda: host.run(*remote, "--file", file), lambda: "status playing" in host.run(*remote, "-Q").stdout)
    host.run(*remote, "-C", "quit")
    terminal.wait(5, expect=None)


def _mpd(host, file, device, home):
    config = home / "mpd.conf"
    (home / "mpd.socket").unlink(missing_ok=True)  # from the previous server
    config.write_text(MPD.format(home=home, device=device))
    server = host.spawn("mpd", "--no-daemon", config, name="mpd")
    socket = home / "mpd.socket"
    wait_for(lambda: socket.exists() or not server.running, "mpd")
    client = ["mpc", "-h", socket]
    host.run(*client, "add", f"file://{file}")
    _until_stopped(lambda: host.run(*client, "play"), lambda: "[playing]" in host.run(*client, "status").stdout)
    server.stop()


def _until_stopped(start, plays):
    start()
    end = time.monotonic() + 5
    while time.monotonic() < end and plays():
        time.sleep(0.2)
