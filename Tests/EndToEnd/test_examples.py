# SPDX-License-Identifier: MIT
"""All examples of the command's help, which are those of its manual pages, and of README's section about the command are executed."""

import json
import os
import re
import subprocess
import wave

import pytest

from harness.control import Control
from harness.daemon import ROOT
from harness.network import wait_for

pytestmark = pytest.mark.calm

STAGE = {"name": "Stage left", "address": "239.69.7.1", "channels": 2}
# Commands that run until they are interrupted.
ENDLESS = re.compile(r"aes67 (monitor|stats --watch|listen (?!.*--duration))")


def root_command(install):
    text = subprocess.run([install.directory / "aes67", "--experimental-dump-help"], check=True, capture_output=True, text=True).stdout
    return json.loads(text)["command"]


def commands(command, words=()):
    """Returns each command with the words that call it."""
    yield (*words, command["commandName"]), command
    for verb in command.get("subcommands", []):
        if verb["commandName"] != "help":
            yield from commands(verb, (*words, command["commandName"]))


def lines(text):
    return [line.strip() for line in text.splitlines() if line.strip().startswith("aes67 ")]


def readme():
    section = (ROOT / "README.md").read_text().split("\n## The command\n")[1].split("\n## ")[0]
    return [line.strip() for line in section.splitlines() if line.startswith("    aes67 ")]


@pytest.fixture
def stage(network, lone, install):
    """Host a has the streams and files that the examples name. Host b announces a session that they name."""
    b = lone(host=network.b, senders=[{**STAGE, "address": "239.69.1.1"}], receivers=[], layout={"host": 2})
    a = lone(senders=[STAGE], receivers=[{"name": "Stage left", "session": "Stage left", "channels": 2}],
             control={"socket-group": "root", "port": 8067})
    a.control, a.other = Control(a.daemon), b
    wait_for((a.daemon.runtime / "panel").exists, "the panel's address")
    profiles = a.daemon.config_file.parent / "profiles"
    profiles.mkdir()
    (profiles / "low-latency.yaml").write_bytes((ROOT / "configs" / "profiles" / "low-latency.yaml").read_bytes())
    # The examples select an interface of this name.
    a.run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth0-far")
    workspace = a.path("workspace")
    workspace.mkdir()
    with wave.open(str(workspace / "song.wav"), "wb") as song:
        song.setparams((2, 2, 48_000, 0, "NONE", ""))
        song.writeframes(bytes(4 * 9_600))
    programs = a.path("bin")
    programs.mkdir()
    wrapper = programs / "aes67"
    wrapper.write_text('#!/bin/sh\ncase "$*" in *--file*|play*|logs*|card*) ;; *) set -- "$@" --socket "$AES67_SOCKET" ;; esac\n'
                       f'exec "{install.directory}/aes67" "$@"\n')
    wrapper.chmod(0o755)
    a.workspace = workspace
    a.environment["ALSA_CONFIG_PATH"] = str(a.daemon.write_alsa_configuration(extra=b.daemon.as_card("!default")))
    a.words = {**os.environ, **a.environment, "PATH": f"{programs}:{os.environ['PATH']}",
               "AES67_SOCKET": str(a.daemon.runtime / "control.sock")}
    wait_for(a.control.path.exists, "the control socket")
    wait_for(lambda: len(a.control.get("/v1/sessions")["sessions"]) == 2, "both sessions", timeout=8)
    (workspace / "stage.sdp").write_text(a.control.ask("GET", "/v1/senders/1/sdp").text)
    return a


def execute(host, line, expect=(0,)):
    endless = ENDLESS.match(line)
    command = ["timeout", "--preserve-status", "-s", "INT", "1.5", "sh", "-c", f"exec {line}"] if endless else ["sh", "-c", line]
    done = subprocess.run(host.inside(command), env=host.words, cwd=host.workspace, capture_output=True, text=True, timeout=20, check=False)
    verdicts = {"aes67 doctor": (0, 1), "aes67 status": (0, 1, 2)}
    expected = (0, 130, -2) if endless else verdicts.get(" ".join(line.split()[:2]), expect)
    assert done.returncode in expected, f"{line}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done


def prepare(host, example):
    """Makes the state that this example needs."""
    if "--unset" in example:
        execute(host, "aes67 configure streams.link-offset 5ms")
    if example.startswith('aes67 sdp "Talkback"'):
        wait_for(lambda: any(one["name"] == "Talkback" for one in host.control.get("/v1/sessions")["sessions"]), "the announcement of Talkback")
    if example.startswith("aes67 histogram"):
        if not any(one["name"] == "Stage left" for one in host.control.get("/v1/receivers")):
            execute(host, 'aes67 subscribe "Stage left" --to 1 --replace')
        wait_for(lambda: any(one["arrivals"]["bins"] for one in host.control.get("/v1/histograms")["receivers"]), "packets")


def test_all_examples_of_the_help(stage, install):
    examples = {" ".join(words): lines(command.get("discussion", "").partition("Examples:")[2])
                for words, command in commands(root_command(install))}
    verbs = [name for name in examples if " " in name]
    assert len(verbs) >= 16 and all(examples[name] for name in verbs), f"without an example: {examples}"
    for example in dict.fromkeys(line for found in examples.values() for line in found):
        stage.control.ask("DELETE", "/v1/configuration")
        if "subscribe" in example and "unsubscribe" not in example:
            execute(stage, 'aes67 unsubscribe "Stage left"')
        if "publish" in example:
            execute(stage, 'aes67 stream remove "Stage left"')
        prepare(stage, example)
        # Only scripts/background.sh writes the file that `logs` shows when systemd does not run.
        execute(stage, example, expect=(66,) if example.startswith("aes67 logs") else (0,))


def test_all_examples_of_the_readme_in_order(stage):
    examples = readme()
    assert len(examples) >= 14, examples
    execute(stage, 'aes67 unsubscribe "Stage left"')
    for example in examples:
        if example.startswith("aes67 route "):
            execute(stage, 'aes67 unsubscribe "Stage left"')
            execute(stage, 'aes67 subscribe "Stage left" --to 1')
        prepare(stage, example)
        execute(stage, example)
    assert not stage.control.get("/v1/configuration")["settings"]


def test_manual_pages_have_all_options_and_examples(install, tmp_path):
    subprocess.run(["/usr/bin/python3", ROOT / "scripts" / "manuals.py", install.directory / "aes67", tmp_path], check=True)
    root = root_command(install)
    for verb in root["subcommands"]:
        if verb["commandName"] == "help":
            continue
        page = tmp_path / f"aes67-{verb['commandName']}.1"
        shown = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-P-cbu", "-rLL=300n", page], capture_output=True, text=True, check=True)
        assert not shown.stderr, shown.stderr
        for _, command in commands(verb):
            for argument in filter(lambda one: one["shouldDisplay"], command.get("arguments", [])):
                for name in argument.get("names") or []:
                    if name["kind"] == "long" and name["name"] not in ("help", "version"):
                        assert f"--{name['name']}" in shown.stdout, f"{page.name}: {name['name']}\n{shown.stdout}"
        for example in lines(verb.get("discussion", "").partition("Examples:")[2]):
            assert example in shown.stdout, f"{page.name}: {example}\n{shown.stdout}"
    names = {link.name for link in install.directory.glob("aes67-*") if link.is_symlink()}
    assert names == {page.stem for page in tmp_path.glob("aes67-*.1")}, "the symbolic links of the verbs differ from the manual pages"
