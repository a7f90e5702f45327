# SPDX-License-Identifier: MIT
"""PTP clocks of other implementations beside the daemon's.

Each file of zoo/clocks describes one, its surroundings and the expected outcome.

A recipe names the `program` (ptp4l, ptpd, or a program of that directory), its `options`, settings `ptp` of the daemon, a program `beside`
it, an nft `filter` for packets to the daemon's host, the `outcome`, and the cause of the `problem` that `clock.problems` must have. No
program steers the machine's clock.
"""

import json
import pathlib
import re
import shutil

import pytest

from harness.network import wait_for
from harness.ptp import daemon, identity, locked, pmc_local, ptp4l

ZOO = pathlib.Path(__file__).resolve().parent / "zoo" / "clocks"


def recipes():
    for file in sorted(ZOO.glob("*.json")):
        recipe = json.loads(file.read_text())
        yield pytest.param(recipe, id=file.stem, marks=[pytest.mark.long] if recipe.get("long") else [])


def start(host, program, options):
    if program == "ptp4l":
        return ptp4l(host, **options)
    if program == "ptpd":
        if not shutil.which("ptpd"):
            pytest.skip("ptpd is not installed (Debian: apt-get install ptpd)")
        values = {"ptpengine:interface": "net0", "global:foreground": "Y", "global:verbose_foreground": "Y", "clock:no_adjust": "Y",
                  "global:lock_directory": host.directory, "ptpengine:domain": 0, "ptpengine:ip_mode": "multicast", **options}
        return host.spawn("ptpd", *[f"--{key}={value}" for key, value in values.items()], name="ptpd")
    process = host.spawn("/usr/bin/python3", ZOO / program, *[f"{key}={value}" for key, value in options.items()], name=program)
    wait_for(lambda: "ready" in process.output, program)
    return process


def problem(status, cause):
    return next((p for p in status["clock"]["problems"] if p["cause"] == cause), None)


def sending(status):
    return all(sender["state"] == "sending" for sender in status["senders"])


def followed(card, host, recipe):
    """Returns true if the other clock follows the daemon's, by its own report."""
    if recipe["program"] == "ptpd":
        return card.fresh_status()["ptp"]["counters"]["received"].get("delayReq", 0) >= 8
    # ptp4l stays uncalibrated, because it does not steer the clock, but it measures.
    found = re.search(r"stepsRemoved\s+1\s+offsetFromMaster\s+(\S+)\s+meanPathDelay\s+(\S+)", pmc_local(host, "GET CURRENT_DATA_SET"))
    return found and abs(float(found[1])) < 200_000 and float(found[2]) > 0


@pytest.mark.parametrize("recipe", recipes())
def test_clock(network, install, recipe):
    a, b = network.a, network.b
    timeout = recipe.get("timeout", 40)
    if "filter" in recipe:
        a.run("nft", "add table netdev zoo")
        a.run("nft", "add chain netdev zoo in { type filter hook ingress device net0 priority 0; }")
        a.run("nft", f"add rule netdev zoo in {recipe['filter']}")
    if "beside" in recipe:
        beside = b.spawn("/usr/bin/python3", ZOO / recipe["beside"][0], *recipe["beside"][1:], name="beside")
        wait_for(lambda: "ready" in beside.output, "the second program")
    start(b, recipe["program"], recipe["options"])
    card = daemon(a, install, **{"mode": "auto", **recipe.get("ptp", {})})
    outcome = recipe["outcome"]
    if outcome == "locked":
        status = card.wait_status(lambda s: locked(s) and sending(s), "the lock, and senders", timeout=timeout)
        assert status["clock"]["state"] == "locked" and status["ptp"]["accuracyNanoseconds"] < 30_000, status["ptp"]
        # Both timestamps come from one kernel; the remaining offset is noise and half of the difference of the latencies.
        card.wait_status(lambda s: abs(s["ptp"]["offsetNanoseconds"]) < 20_000, "a small offset", timeout=10)
        if recipe["program"] == "ptp4l":
            assert status["ptp"]["grandmaster"] == identity(b)
    elif outcome == "sending":
        status = card.wait_status(lambda s: s["ptp"] and s["ptp"]["grandmaster"] != s["ptp"]["clockIdentity"] and sending(s), "senders", timeout=timeout)
        assert status["ptp"]["locked"] or problem(status, "inaccurate")["level"] == "warning", status["clock"]
        assert 0 < status["ptp"]["accuracyNanoseconds"] < 1e6, status["ptp"]
    elif outcome == "followed":
        card.wait_status(lambda s: s["clock"]["state"] == "grandmaster" and sending(s), "the daemon to be grandmaster", timeout=timeout)
        wait_for(lambda: followed(card, b, recipe), "the other clock to follow", timeout=timeout, interval=0.5)
    elif outcome == "grandmaster":
        status = card.wait_status(lambda s: s["clock"]["state"] == "grandmaster" and sending(s), "the daemon to be grandmaster", timeout=timeout)
    if cause := recipe.get("problem"):
        status = card.wait_status(lambda s: problem(s, cause), f"the cause {cause}", timeout=60 if outcome != "grandmaster" else timeout)
        found = problem(status, cause)
        wait_for(lambda: found["sentence"][:40] in card.log, f"{found['sentence']!r} in the journal", timeout=5)
        doctor = a.run(install.directory / "aes67", "doctor", "--json", "--socket", card.runtime / "control.sock", check=False).stdout
        assert any(found["sentence"][:40] in finding["seen"] and finding["fix"] for finding in json.loads(doctor)), doctor
        if outcome == "waiting":
            words = found["sentence"][:30]
            card.wait_status(lambda s: all(x["state"] == "waitingForClock" and x["error"].startswith(words) for x in s["senders"]), words)
