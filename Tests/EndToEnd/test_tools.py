# SPDX-License-Identifier: MIT
"""The verbs interfaces, histogram, report and panel."""

import re

import pytest

from harness.control import Control, run_command
from harness.network import wait_for

pytestmark = pytest.mark.calm

STAGE = {"name": "Stage left", "address": "239.69.7.1", "channels": 2}


@pytest.fixture
def pair(network, lone):
    """A host that receives the stream of another host, which is its attribute `other`."""
    b = lone(host=network.b, senders=[STAGE], receivers=[], layout={"host": 2})
    a = lone(host=network.a, senders=[], receivers=[{**STAGE, "link-offset": "20ms"}], control={"socket-group": "root", "port": 8067})
    a.control, a.other = Control(a.daemon), b
    wait_for(a.control.path.exists, "the control socket")
    return a


def test_interfaces(pair, install):
    """Issue 19: interfaces are listed with name, addresses, link, kind and use; a missing carrier is reported (trial F8)."""
    pair.run("ip", "link", "add", "spare", "type", "veth", "peer", "name", "spare-far")
    found = {one["name"]: one for one in pair.control.get("/v1/interfaces")}
    used = found["net0"]
    assert used["isUsed"] and used["kind"] == "wired" and used["addresses"] == ["10.67.0.1"] and "problem" not in used, used
    assert used["speedMegabits"] == 10_000 and used["duplex"] == "full", "the kernel's values for a veth"
    assert re.fullmatch(r"([0-9a-f]{2}:){5}[0-9a-f]{2}", used["hardwareAddress"]) and used["hardwareAddress"] in pair.run("ip", "link", "show", "net0").stdout
    assert found["lo"]["kind"] == "loopback" and not found["lo"]["isUsed"] and "hardwareAddress" not in found["lo"]
    assert (found["spare"]["problem"], found["spare"]["kind"]) == ("down", "wired")
    text = run_command(pair, install, "interfaces").stdout
    assert re.search(r"^net0 +wired +10\.67\.0\.1 +10 Gbit/s, full duplex +used by streams$", text, re.M), text
    assert re.search(r"^spare +wired +down$", text, re.M), text
    pair.other.run("ip", "link", "set", "net0", "down")
    wait_for(lambda: not next(one for one in pair.control.get("/v1/interfaces") if one["name"] == "net0")["isUsed"], "the loss of the carrier")
    assert re.search(r"^net0 +wired +10\.67\.0\.1 +no carrier$", run_command(pair, install, "interfaces").stdout, re.M)


def test_histogram_take_sets_the_proposed_offset(pair, install):
    """Trial: a command for /v1/histograms. `--take` sets the proposed link offset, after which the count of arrivals starts from 0."""
    def measured():
        return pair.control.get("/v1/histograms")["receivers"][0]

    wait_for(lambda: sum(one["count"] for one in measured()["arrivals"]["bins"]) > 500, "packets")
    before = measured()
    assert before["linkOffsetFrames"] == 960 and 60 <= before["sufficientOffsetFrames"] < 960, before
    chart = run_command(pair, install, "histogram", "Stage left").stdout
    assert "link offset 20.00 ms (960 frames)" in chart and "####" in chart and "would have sufficed" in chart, chart
    assert re.search(r"^Stage left +[\d ]+ 20\.00 ms \(960 frames\)", run_command(pair, install, "histogram").stdout, re.M)
    said = run_command(pair, install, "histogram", "Stage left", "--take").stdout
    taken = int(re.search(r"link offset [\d.]+ ms \((\d+) frames\)", said)[1])
    assert before["sufficientOffsetFrames"] <= taken < 960 and before["proposedOffsetFrames"] > before["sufficientOffsetFrames"]
    wait_for(lambda: measured()["linkOffsetFrames"] == taken and measured()["arrivals"]["bins"], "arrivals with the new link offset")
    assert all(one["from"] <= taken for one in measured()["arrivals"]["bins"]), measured()
    # Senders have a histogram, but no link offset to take.
    other = pair.other
    assert re.search(r"^ *LEFT AFTER +MICROSECONDS", run_command(other, install, "histogram", "#1").stdout, re.M)
    for words, said in ((("Stage left", "--take"), "no receiver"), (("Hall",), "no sender or receiver")):
        done = run_command(other, install, "histogram", *words, check=False)
        assert done.returncode == 1 and said in done.stderr, done
    assert run_command(pair, install, "histogram", "--take", check=False).returncode == 64


def test_report(pair, install):
    """The report is one file with all sections, without passwords."""
    pair.control.ask("POST", "/v1/receivers", {"name": "of http://me:pa55@10.67.0.9/x", "address": "239.69.9.9", "channels": 2, "first-channel": 9})
    file = pair.path("report.txt")
    run_command(pair, install, "report", file)
    text = file.read_text()
    for words in ("==== aes67 ", "==== doctor ====", "==== status ====", "==== histograms ====", "==== log ====", "PRETTY_NAME=", "Linux",
                  str(pair.daemon.config_file), "socket-group", '"Stage left"', '"streams.link-offset"'):
        assert words in text, words
    assert "pa55" not in text and "[left out]@10.67.0.9" in text
    assert file.stat().st_mode & 0o077 == 0
    pair.daemon.stop()
    text = run_command(pair, install, "report", "-").stdout
    assert "aes67d is not running" in text and "==== doctor ====" in text
    assert run_command(pair, install, "report", "/nowhere/at/all", check=False).returncode == 1


def test_panel_prints_its_address(pair, install):
    wait_for((pair.daemon.runtime / "panel").exists, "the panel's address")
    address = (pair.daemon.runtime / "panel").read_text().strip()
    nowhere = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "SSH_CONNECTION": ""}

    def panel(*words, **variables):
        settings = [f"{name}={value}" for name, value in {**nowhere, **variables}.items()]
        return pair.run("env", *settings, install.directory / "aes67", "panel", *words, "--socket", pair.control.path).stdout

    assert panel() == address + "\n"
    assert panel(SSH_CONNECTION="10.67.0.2 50000 10.67.0.1 22") == f"{address}\non your own computer: ssh -L 8067:127.0.0.1:8067 10.67.0.1\n"
    programs = pair.path("bin")
    programs.mkdir()
    (programs / "xdg-open").write_text(f'#!/bin/sh\necho "$1" >>{pair.path("opened")}\n')
    (programs / "xdg-open").chmod(0o755)
    assert panel("--print", DISPLAY=":0", PATH=f"{programs}:/usr/bin:/bin") == address + "\n" and not pair.path("opened").exists()
    assert panel(DISPLAY=":0", PATH=f"{programs}:/usr/bin:/bin") == address + "\n"
    assert pair.path("opened").read_text() == address + "\n"


def test_panel_is_disabled(lone, install):
    """With the panel disabled, the command prints how to enable it, with the name of the configuration file."""
    a = lone(control={"socket-group": "root", "port": "off"})
    done = run_command(a, install, "panel", check=False)
    assert done.returncode == 1 and "control: {port: 8067}" in done.stderr and str(a.daemon.config_file) in done.stderr, done
    a.daemon.stop()
    assert run_command(a, install, "panel", check=False).returncode == 69


def test_the_message_names_the_instance(network, install):
    """Trial, small ones: the message suggests `systemctl start aes67d@nope`."""
    done = network.a.run(install.directory / "aes67", "stats", "--instance", "nope", check=False)
    assert done.returncode == 69 and "systemctl start aes67d@nope" in done.stderr, done
