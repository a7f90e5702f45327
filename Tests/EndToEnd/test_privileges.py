# SPDX-License-Identifier: MIT
"""The capabilities that the daemon needs as an unprivileged user, and its messages if one is missing."""

import json
import pathlib
import shutil
import tempfile

import pytest

from harness import daemon as daemons
from harness.network import wait_for

pytestmark = pytest.mark.calm

NEEDED = ("net_bind_service", "sys_nice")


@pytest.fixture
def home():
    """A directory that user nobody can enter, which a test's own directory is not."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix="aes67-nobody-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def unprivileged(network, install, home):
    """Starts the daemon as user nobody with only these capabilities."""
    def start(*capabilities):
        runtime = home / "run"
        runtime.mkdir()
        shutil.chown(runtime, "nobody", "nogroup")
        configuration = daemons.configuration(
            ptp={"mode": "auto", "profile": "r16"}, **{"real-time": {"lock-memory": False}}, device={"socket-group": "nogroup"})
        file = home / "aes67d.yaml"
        file.write_text(json.dumps(configuration))
        program = home / "aes67d"
        shutil.copy(install.daemon, program)
        program.chmod(0o755)
        shutil.copytree(install.directory / "lib", home / "lib", dirs_exist_ok=True)
        granted = "-all" + "".join(f",+{name}" for name in capabilities)
        process = network.a.spawn(
            "prlimit", "--rtprio=0", "--", "setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups",
            f"--bounding-set={granted}", f"--inh-caps={granted}", f"--ambient-caps={granted}", "--no-new-privs",
            program, "--config", file, "--runtime-directory", runtime, name="aes67d")
        status = runtime / "status.json"

        def state(condition, what, timeout=15):
            def look():
                assert process.running, process.output
                found = status.exists() and json.loads(status.read_text())
                return condition(found) and found if found else None
            return wait_for(look, what, timeout)
        return process, state
    return start


def test_two_capabilities_are_enough(unprivileged):
    process, state = unprivileged(*NEEDED)
    status = state(lambda s: s["ptp"] and s["ptp"]["state"] == "master", "a master")
    assert "SCHED_FIFO" not in status["realTime"]["reason"], status["realTime"]
    assert status["ptp"]["timestamps"] == "software"
    state(lambda s: all(daemons.runs(sender) for sender in s["senders"]), "the senders")
    assert "CAP_" not in process.output, process.output


def test_without_capabilities_the_daemon_runs_and_names_them(unprivileged):
    process, state = unprivileged()
    status = state(lambda s: all(daemons.runs(sender) for sender in s["senders"]), "the senders")
    assert status["ptp"] is None and status["clock"]["state"] == "free-running"
    assert "CAP_SYS_NICE" in status["realTime"]["reason"]
    line = wait_for(lambda: next((l for l in process.output.splitlines() if "PTP cannot use net0" in l), None), "a reason")
    assert "Permission denied" in line and "grant CAP_NET_BIND_SERVICE" in line, line


def test_without_net_bind_service_ptp_is_off(unprivileged):
    process, state = unprivileged("sys_nice")
    status = state(lambda s: all(daemons.runs(sender) for sender in s["senders"]), "the senders")
    assert "SCHED_FIFO" not in status["realTime"]["reason"]
    wait_for(lambda: "grant CAP_NET_BIND_SERVICE" in process.output, "a reason")
