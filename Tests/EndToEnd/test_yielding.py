# SPDX-License-Identifier: MIT
"""Subscriptions on a fresh installation, whose capture channels are all in use: they get single channels of the layout's receivers (trial
F6), and changes can be undone.
"""

import os
import pty

import pytest

from harness.control import Control, run_command
from harness.network import wait_for


@pytest.fixture
def hosts(pair, install):
    """Both hosts receive each other's 64 channels; host b sends two more streams of two channels."""
    a, b = pair(control={"socket-group": "root"})
    a.control = Control(a.daemon)
    for name in ("Talkback", "Choir"):
        run_command(b, install, "senders", "add", name, "--channels", "2", "--first-channel", "1")
    wait_for(lambda: {"Talkback", "Choir"} <= {s["name"] for s in a.control.get("/v1/sessions")["sessions"]}, "the sessions", 10)
    return a, b


def receiver(host, name):
    found = [r for r in host.control.get("/v1/receivers") if r["name"] == name]
    return found[0] if found else None


def expect_reception(host, name):
    before = receiver(host, name)["inTime"]
    wait_for(lambda: receiver(host, name)["state"] == "receiving" and receiver(host, name)["inTime"] > before + 100, f"packets of {name}", 15)


def test_a_subscription_borrows_channels_of_the_layout(hosts, install):
    a, _ = hosts
    said = run_command(a, install, "subscribe", "Talkback", "--to", "17").stdout
    assert "Talkback: " in said and "host 2 stream 3 leaves channels 17-18 to it" in said, said
    third = receiver(a, "host 2 stream 3")
    assert third["yielded"] == [{"channels": [17, 18], "to": "Talkback"}] and third["map"] == [0, 0, 19, 20, 21, 22, 23, 24]
    expect_reception(a, "Talkback")
    expect_reception(a, "host 2 stream 3")
    assert 'channels 17-18 left to "Talkback"' in run_command(a, install, "receivers").stdout
    a.daemon.stop()
    a.daemon.start()
    wait_for(a.control.path.exists, "the control socket")
    wait_for(lambda: receiver(a, "host 2 stream 3")["yielded"], "the same channels after a restart")
    run_command(a, install, "unsubscribe", "Talkback")
    third = receiver(a, "host 2 stream 3")
    assert third["yielded"] == [] and "map" not in third
    expect_reception(a, "host 2 stream 3")


def test_a_subscription_without_a_channel_uses_the_first(hosts, install):
    a, _ = hosts
    for name, first in (("Talkback", 1), ("Choir", 3)):
        run_command(a, install, "subscribe", name)
        assert receiver(a, name)["firstChannel"] == first
    assert [y["to"] for y in receiver(a, "host 2 stream 1")["yielded"]] == ["Talkback", "Choir"]


def ask(host, install, answer, *words):
    """Runs the command on a pseudo-terminal, answers its question, and returns exit status and output."""
    master, slave = pty.openpty()
    command = host.inside([install.directory / "aes67", *words, "--socket", host.daemon.runtime / "control.sock"])
    pid = os.fork()
    if pid == 0:
        for number in range(3):
            os.dup2(slave, number)
        os.execvpe(command[0], command, host.environment)
    os.close(slave)
    text = ""
    while "[y/N]" not in text:
        text += os.read(master, 4096).decode()
    os.write(master, answer.encode() + b"\n")
    try:
        while chunk := os.read(master, 4096):
            text += chunk.decode()
    except OSError:
        pass  # the other end was closed
    os.close(master)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), text


def test_replacing_a_subscription_is_confirmed(hosts, install):
    a, _ = hosts
    run_command(a, install, "subscribe", "Choir", "--to", "17")
    refused = run_command(a, install, "subscribe", "Talkback", "--to", "18", check=False)
    assert refused.returncode == 1 and '"Choir" already fills channel 18' in refused.stderr and "--replace" in refused.stderr, refused
    status, text = ask(a, install, "n", "subscribe", "Talkback", "--to", "18")
    assert status == 1 and "nothing was changed" in text and receiver(a, "Choir") and not receiver(a, "Talkback"), text
    status, text = ask(a, install, "y", "subscribe", "Talkback", "--to", "18")
    assert status == 0 and "replaced: Choir, channels 17 to 18" in text and not receiver(a, "Choir"), text
    expect_reception(a, "Talkback")
    assert run_command(a, install, "undo").stdout.startswith("undone: receiver Talkback added, receiver Choir removed")
    assert receiver(a, "Choir") and not receiver(a, "Talkback")
    expect_reception(a, "Choir")


@pytest.mark.long
def test_all_changes_are_undone(hosts, install):
    """`undo` reverts changes from the last to the first, also after a restart, and each stream gets its own id back."""
    a, _ = hosts

    def picture():
        streams = [{k: s.get(k) for k in ("id", "name", "address", "port", "channels", "firstChannel", "map", "session", "state")
                    if k != "state" or s["state"] == "disabled"} for kind in ("senders", "receivers") for s in a.control.get(f"/v1/{kind}")]
        return streams, a.control.get("/v1/configuration")["settings"]
    changes = [
        ("senders", "add", "Extra", "--channels", "2", "--first-channel", "5"), ("senders", "edit", "host 1 stream 2", "--port", "6000"),
        ("rename", "--sender", "host 1 stream 3", "Third"), ("senders", "disable", "host 1 stream 4"), ("senders", "remove", "host 1 stream 5"),
        ("subscribe", "Choir", "--to", "33"), ("receivers", "remove", "host 2 stream 8"), ("configure", "network.dscp", "46"),
        ("configure", "--profile", "none"), ("configure", "--log-level", "notice"), ("configure", "--reset")]
    before = []
    for words in changes:
        before.append(picture())
        run_command(a, install, *words)
    listed = run_command(a, install, "undo", "--list").stdout.splitlines()
    assert len(listed) == len(changes) and listed[1] == "log.level set to notice" and listed[-1] == "sender Extra added", listed
    for number, words in reversed(list(enumerate(changes))):
        if number == 5:
            a.daemon.stop()
            a.daemon.start()
            wait_for(a.control.path.exists, "the control socket")
            wait_for(lambda: a.control.get("/v1/undo"), "the list of changes to undo")
        run_command(a, install, "undo")
        assert picture() == before[number], words
    refused = run_command(a, install, "undo", check=False)
    assert refused.returncode == 1 and "nothing to undo" in refused.stderr
