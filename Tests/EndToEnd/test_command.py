# SPDX-License-Identifier: MIT
"""The command `aes67`: verbs against a running daemon, with valid and invalid arguments."""

import json
import os
import pathlib
import re
import shutil
import signal
import tempfile
import time

import pytest

from harness.control import run_command
from harness.network import wait_for

pytestmark = pytest.mark.calm

NO_DAEMON, NOT_PERMITTED, USAGE = 69, 77, 64


@pytest.fixture
def host(lone):
    a = lone(control={"socket-group": "root"})
    return a


def test_stats_shows_streams_and_threads(host, install):
    text = run_command(host, install, "stats").stdout
    for word in ("aes67d ", "net0 (10.67.0.1)", "PTP is off", "host 1 stream 1", "239.69.1.8:5004", "media-tx", "57-64"):
        assert word in text, f"{word}:\n{text}"
    report = json.loads(run_command(host, install, "stats", "--json").stdout)
    assert len(report["status"]["senders"]) == 8 and report["threads"]


def test_stats_watch_repeats(host, install):
    watcher = host.spawn(install.directory / "aes67", "stats", "--watch", "--socket", host.daemon.runtime / "control.sock")
    wait_for(lambda: watcher.output.count("media-rx") >= 2, "the second table", timeout=10)
    watcher.stop(signal.SIGINT)


@pytest.mark.parametrize("words,key", [([], "status"), (["--ptp"], "clock")])
def test_stats_watch_as_json_prints_lines(host, install, words, key):
    watcher = host.spawn(install.directory / "aes67", "stats", *words, "--watch", "--json", "--socket", host.daemon.runtime / "control.sock")
    wait_for(lambda: watcher.output.count("\n") >= 2, "two lines", timeout=10)
    watcher.stop(signal.SIGINT)
    assert all(key in json.loads(line) for line in watcher.output.splitlines())


def test_clock_of_a_follower(network, install, lone):
    """The lines of `stats --ptp` on a grandmaster and on its follower."""
    master = lone(ptp={"mode": "master"}, control={"socket-group": "root"})
    slave = lone(host=network.b, ptp={"mode": "slave"}, layout={"host": 2}, control={"socket-group": "root"})
    slave.daemon.wait_status(lambda s: s["ptp"] and s["ptp"]["locked"], "the lock", timeout=40)
    identity = master.daemon.status()["ptp"]["clockIdentity"]
    text = run_command(slave, install, "stats", "--ptp").stdout
    for pattern in (r"PTP state +slave, domain 0; the clock is locked", rf"Grandmaster +{identity}, priority 128",
                    r"Offset +-?[\d.]+ (ns|us) ± [\d.]+ (ns|us)", r"Path delay +[\d.]+ (ns|us)", r"Lock +locked;",
                    r"Timestamps +\w+"):
        assert re.search(pattern, text), f"{pattern}:\n{text}"
    assert json.loads(run_command(slave, install, "stats", "--ptp", "--json").stdout)["ptp"]["grandmaster"] == identity
    text = run_command(master, install, "stats", "--ptp").stdout
    assert re.search(r"PTP state +master, domain 0; this host is the grandmaster\nGrandmaster +" + identity, text), text
    assert "not locked" not in text and "not measured" not in text, "a grandmaster must not look like a fault (trial, the smaller ones)"


def test_monitor_writes_a_line_for_each_change(host, install):
    monitor = host.spawn(install.directory / "aes67", "monitor", "--json", "--count", "3",
                         "--socket", host.daemon.runtime / "control.sock")
    time.sleep(0.5)
    for _ in range(3):
        host.run("aplay", "-q", "-D", "aes67:CH=2", "-t", "raw", "-f", "S32_LE", "-c2", "-r48000", "-d1", "/dev/zero")
        if not monitor.running:
            break
    monitor.wait(10)
    changes = [json.loads(line) for line in monitor.output.splitlines()]
    # A program connects and disconnects, and a receiver may become silent meanwhile.
    kinds = {c["kind"] for c in changes}
    assert len(changes) == 3 and "client" in kinds and kinds <= {"client", "receiver"}, changes


def test_log_level(host, install):
    assert "debug" in run_command(host, install, "configure").stdout
    assert run_command(host, install, "configure", "--log-level", "error").stdout == "log level error\n"
    refused = run_command(host, install, "configure", "--log-level", "loud", check=False)
    assert refused.returncode == 1 and "loud" in refused.stderr and "notice" in refused.stderr


def test_doctor_finds_problems_and_suggests_fixes(host, install):
    host.run("sysctl", "-qw", "net.ipv4.conf.net0.rp_filter=1")
    first = {f["check"]: f for f in json.loads(run_command(host, install, "doctor", "--json", check=False).stdout)}
    assert first["daemon"]["verdict"] == first["interface"]["verdict"] == "ok"
    assert first["grandmaster"]["verdict"] == "warning" and "ptp.mode" in first["grandmaster"]["fix"]
    assert first["receivers"]["verdict"] == "fail", "no stream is sent to this host"
    assert first["rp_filter"]["verdict"] == "warning"
    assert first["profile"]["seen"] == "interop; recommended period: 16 frames"
    host.run(*first["rp_filter"]["fix"].replace("sysctl -w", "sysctl -qw").split())
    fixed = {f["check"]: f for f in json.loads(run_command(host, install, "doctor", "--json", check=False).stdout)}
    assert fixed["rp_filter"]["verdict"] == "ok", fixed["rp_filter"]
    assert {f["verdict"] for f in fixed.values()} <= {"ok", "warning", "fail", "unknown"}
    assert all(f["fix"] for f in fixed.values() if f["verdict"] in ("warning", "fail"))
    text = run_command(host, install, "doctor", check=False)
    assert text.returncode == (1 if any(f["verdict"] == "fail" for f in fixed.values()) else 0)
    host.run("ip", "link", "set", "net0", "down")
    host.daemon.wait_status(lambda s: s["interface"] is None, "no interface")
    down = run_command(host, install, "doctor", check=False)
    assert down.returncode == 1 and re.search(r"FAIL +interface", down.stdout), down.stdout


def test_without_a_daemon(network, install):
    for words in (["stats"], ["monitor"], ["configure"]):
        refused = network.a.run(install.directory / "aes67", *words, "--socket", network.a.path("nobody.sock"), check=False)
        assert refused.returncode == NO_DAEMON, refused.stderr
        assert "aes67d is not running" in refused.stderr and "systemctl start aes67d" in refused.stderr
    doctor = network.a.run(install.directory / "aes67", "doctor", "--socket", network.a.path("nobody.sock"), check=False)
    assert doctor.returncode == 1 and "is not running" in doctor.stdout


def test_a_user_outside_the_group_is_told_how_to_join(host, install):
    # The test's directory is accessible to root only. The program and its runtime are therefore copied, and the socket's directory is
    # passed as a descriptor.
    with tempfile.TemporaryDirectory(prefix="aes67-nobody-") as home:
        place = pathlib.Path(home)
        place.chmod(0o755)
        shutil.copy(install.directory / "aes67", place)
        shutil.copytree(install.directory / "lib", place / "lib")
        directory = os.open(host.daemon.runtime, os.O_PATH)
        try:
            refused = host.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", place / "aes67",
                               "stats", "--socket", f"/proc/self/fd/{directory}/control.sock", check=False, pass_fds=(directory,))
        finally:
            os.close(directory)
    assert refused.returncode == NOT_PERMITTED, refused.stderr
    assert "usermod -aG aes67 $USER" in refused.stderr


def test_names_of_single_verbs(host, install, tmp_path):
    link = tmp_path / "aes67-stats"
    link.symlink_to(install.directory / "aes67")
    assert "host 1 stream 1" in host.run(link, "--socket", host.daemon.runtime / "control.sock").stdout


@pytest.mark.parametrize("words", [["nonsense"], ["stats", "--nonsense"], ["configure", "--log-level"], ["doctor", "more"]])
def test_wrong_arguments(network, install, words):
    refused = network.a.run(install.directory / "aes67", *words, check=False)
    assert refused.returncode == USAGE and "Usage" in refused.stderr


EDIT, SUBSCRIBE = ["stream", "edit", "x", "--packet-time"], ["subscribe", "x", "--link-offset"]
NO_TIMES = ["+1ms", "-1ms", "1,5ms", "1", "0ms", "0.5us", "1 ms", "ms", ""]


@pytest.mark.parametrize("option, time, status", [
    *((option, time, NO_DAEMON) for option in (EDIT, SUBSCRIBE) for time in ("1ms", "250us", "0.125ms", "125.0us")),
    (SUBSCRIBE, "1.5ms", NO_DAEMON), (SUBSCRIBE, "auto", NO_DAEMON), (EDIT, "1.5ms", USAGE), (EDIT, "auto", USAGE),
    *((option, time, USAGE) for option in (EDIT, SUBSCRIBE) for time in NO_TIMES)])
def test_times(network, install, option, time, status):
    """The command accepts the same times as the configuration file.

    A valid time fails only because no daemon runs; the message about an invalid one names the option.
    """
    done = network.a.run(install.directory / "aes67", *option[:-1], f"{option[-1]}={time}",
                         "--socket", "/nonexistent", check=False)
    assert done.returncode == status, done.stderr
    assert status == NO_DAEMON or option[-1] in done.stderr, done.stderr


@pytest.mark.parametrize("words", [["stream", "--file", "x", "--to=+2"], ["monitor", "--count=+1"], ["monitor", "--count=-1"]])
def test_numbers_have_no_sign(network, install, words):
    refused = network.a.run(install.directory / "aes67", *words, check=False)
    assert refused.returncode == USAGE and "use a number" in refused.stderr


def test_every_verb_has_help_with_examples(network, install):
    overview = network.a.run(install.directory / "aes67", "--help").stdout
    verbs = re.findall(r"^  ([a-z]+)  ", overview.split("SUBCOMMANDS:")[1], re.M)
    assert {"stats", "monitor", "configure", "doctor"} <= set(verbs)
    for verb in verbs:
        text = network.a.run(install.directory / "aes67", verb, "--help").stdout
        assert f"aes67 {verb}" in text.split("Examples:")[1], f"{verb} shows no example"
