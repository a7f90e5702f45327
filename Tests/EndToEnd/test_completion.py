# SPDX-License-Identifier: MIT
"""The installed completions of bash, zsh and fish: a Tab is typed in a real shell, and the resulting command line is compared."""

import re
import time

import pytest

from harness import shells
from harness.control import Control, run_command
from harness.network import wait_for

pytestmark = pytest.mark.calm

TRAP = "It's $(touch run-by-the-shell) `touch run-by-the-shell`"
SESSIONS = [{"name": "Studio – Drums & Perc", "address": "239.69.7.1", "channels": 2}, {"name": TRAP, "address": "239.69.7.2", "channels": 2},
            {"name": "Choir: left", "address": "239.69.7.3", "channels": 1}]


@pytest.fixture
def root(install, tmp_path):
    assert not shells.missing(), f"scripts/dependencies.sh --test installs {shells.missing()}"
    return shells.stage(install, tmp_path / "root")


@pytest.fixture
def shell(root, tmp_path):
    opened = []

    def start(kind, host):
        opened.append(shells.Shell(kind, host, root, tmp_path / f"{kind}-{len(opened)}"))
        return opened[-1]
    yield start
    for each in opened:
        each.close()


@pytest.mark.parametrize("kind", shells.KINDS)
def test_names_known_to_the_daemon_are_completed(network, lone, install, shell, kind):
    host = lone(senders=[{"name": "Talkback", "address": "239.69.6.1", "channels": 1}], control={"socket-group": "root"},
                receivers=[{"name": "Stage left", "address": "239.69.8.1", "channels": 2}])
    lone(host=network.b, receivers=[], senders=SESSIONS)
    control = Control(host.daemon)
    wait_for(lambda: len(control.get("/v1/sessions")["sessions"]) == 4, "the sessions", timeout=8)
    run_command(host, install, "preset", "save", "Sunday service")
    run_command(host, install, "configure", "streams.link-offset", "7ms")
    shell = shell(kind, host)
    socket = f"--socket {host.daemon.runtime}/control.sock"
    expected = {
        "subscribe Stu": "Studio – Drums & Perc", "subscribe 239.69.7.2": "239.69.7.2:5004", "subscribe Choir": "Choir: left",
        "senders edit Talk": "Talkback", "receivers disable Sta": "Stage left", "rename Sta": "Stage left",
        "unsubscribe Stage\\ l": "Stage left", "route Stage\\ left:2": "Stage left:2", "sdp Talk": "Talkback", "record Sta": "Stage left",
        "preset load Sun": "Sunday service", "histogram Talk": "Talkback",
        "configure --interface net": "net0", "configure --profile no": "none", "configure --unset str": "streams.link-offset",
        "configure streams.link": "streams.link-offset", "configure streams.link-offset 7": "7ms", "configure log.level warn": "warning",
        "configure streams.link-offset 5ms ptp.mo": "ptp.mode", "configure network.interface net": "net0",
    }
    # fish takes most of a second for each completion, so it gets every third one.
    found, expected = {}, dict(list(expected.items())[::3 if kind == "fish" else 1])
    for words in expected:
        verb, rest = re.match(r"((?:preset |senders |receivers )?\w+) (.*)", words).groups()
        found[words] = shell.completed(f"aes67 {verb} {socket} {rest}")[-1]
    assert found == expected
    assert shell.completed(f"aes67-subscribe {socket} Stu") == ["aes67-subscribe", *socket.split(), "Studio – Drums & Perc"]
    shell.completed(f"aes67 subscribe {socket} It")
    assert not list(shell.directory.glob("run-by-the-shell")), "the shell executed a session's name"


@pytest.mark.parametrize("kind", shells.KINDS)
def test_completion_without_a_daemon(network, shell, kind):
    """Without a daemon, verbs, options, keys and files are completed; no message is printed, and completion does not wait."""
    shell = shell(kind, network.a)
    for name in ("song.wav", "song.txt", "stage.sdp"):
        (shell.directory / name).touch()
    socket = "--socket /nonexistent"
    begun = time.monotonic()
    found = [shell.completed(f"aes67 {line}")[-1] for line in (
        "subsc", "subscribe --repl", f"subscribe {socket} Stu", "play so", "subscribe --sdp sta", f"configure {socket} ptp.mo",
        f"configure {socket} log.level warn")]
    assert found == ["subscribe", "--replace", "Stu", "song.wav", "stage.sdp", "ptp.mode", "warning"]
    assert time.monotonic() - begun < 10
    assert "aes67d" not in shell.text and "rror" not in shell.text, shell.text
