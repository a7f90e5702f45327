# SPDX-License-Identifier: MIT
"""Fixtures: the programs under test, the hosts, and the witness that measures stalls of the machine.

AES67_INSTALL names a directory with aes67d and the two plug-ins, made by scripts/build.sh.
"""

import json
import os
import pathlib
import signal
import subprocess
import time
import types

import pytest

from harness import box as boxes
from harness import daemon as daemons
from harness.network import CannotMakeNamespaces, Network, wait_for
from harness.repeats import Repeats
from harness.witness import Witness, disturbances

HERE = pathlib.Path(__file__).resolve().parent

# A shell ignores SIGINT for what it runs in the background, and so would all programs under test: a shell script cannot even trap it then.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="also the tests that take longer than a minute")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--long"):
        for item in items:
            if "long" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="takes longer than a minute: run with --long"))


@pytest.fixture(scope="session", autouse=True)
def witness(tmp_path_factory):
    watcher = Witness(tmp_path_factory.mktemp("witness"))
    yield watcher
    watcher.stop()


def pytest_configure(config):
    config.pluginmanager.register(Repeats(explain))


def explain(item):
    """Returns the stalls of the machine that may have caused a failure, each with the duration above which it matters."""
    reasons, witness = [], item.funcargs["witness"]
    until = time.monotonic_ns()
    for fact, needs_ms in disturbances(getattr(item, "hosts", [])):
        if witness.still_ms(2 * needs_ms, item.started_ns, until) >= needs_ms:
            longest = witness.longest_ms(item.started_ns, until)
            reasons.append(f"{fact}, which fails at a stall of {needs_ms:.1f} ms: this machine stalled for up to {longest:.1f} ms")
    return "; ".join(reasons)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Adds the daemons' output to the report of a failure."""
    report = (yield).get_result()
    if call.when == "call" and report.failed:
        for host in getattr(item, "hosts", []):
            if host.daemon and host.daemon.process:
                report.sections.append((f"aes67d on {host.namespace}", f"{host.daemon.log[-6000:]}\n{host.daemon.counters()}"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    item.started_ns = time.monotonic_ns()


@pytest.fixture(scope="session")
def install():
    """The daemon, the command and the plug-ins under test."""
    directory = pathlib.Path(os.environ.get("AES67_INSTALL", HERE.parents[1] / ".build-install")).absolute()
    for name in ("aes67d", "aes67", "libasound_module_pcm_aes67.so", "libasound_module_ctl_aes67.so"):
        if not (directory / name).exists():
            pytest.fail(f"{directory / name} is missing: run scripts/build.sh {directory}, or set AES67_INSTALL")
    return types.SimpleNamespace(directory=directory, daemon=directory / "aes67d")


@pytest.fixture(scope="session")
def packages(install, tmp_path_factory):
    """The Debian package under test, built twice with ascending versions."""
    directory = tmp_path_factory.mktemp("packages")

    def make(version):
        done = subprocess.run([daemons.ROOT / "scripts/package-deb.sh", "--built", install.directory, "--version", version, "--quick", directory],
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return pathlib.Path(done.stdout.strip())
    return make("0.1.0~test1"), make("0.1.0~test2")


@pytest.fixture(scope="session")
def debian():
    try:
        return boxes.base()
    except boxes.CannotBoot as error:
        pytest.skip(f"NO SYSTEMD CAN BE BOOTED HERE: {error}")


@pytest.fixture(scope="session")
def tools(tmp_path_factory):
    """The compiled C test programs."""
    directory = tmp_path_factory.mktemp("tools")
    for name, libraries in (("client", ["-lasound"]), ("hostile", [])):
        subprocess.run(["cc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror",
                        f"-I{daemons.ROOT}/Sources/CSharedMemory/include",
                        "-o", directory / name, HERE / f"{name}.c", *libraries], check=True)
    return types.SimpleNamespace(client=directory / "client", hostile=directory / "hostile")


def _network(request, directory, wire):
    try:
        with Network(directory, wire) as network:
            request.node.hosts = network.hosts()
            yield network
    except CannotMakeNamespaces as error:
        pytest.skip(f"NO NETWORK NAMESPACES HERE: {error}; run as root on a machine that allows them")


@pytest.fixture
def network(request, tmp_path):
    """Hosts a and b, 10.67.0.1 and 10.67.0.2, joined by a veth. All their processes end with the test."""
    yield from _network(request, tmp_path, wire=False)


@pytest.fixture
def wired(request, tmp_path):
    """The same hosts, joined by a user-space wire that `misbehave` controls."""
    yield from _network(request, tmp_path, wire=True)


@pytest.fixture
def pair(network, install):
    """Starts a daemon on each host: `a, b = pair(streams={...})`; a is host 1 of the layout, b is host 2."""
    def start(**sections):
        return start_pair(network, install, **sections)
    return start


def start_pair(network, install, **sections):
    for number, host in enumerate((network.a, network.b), start=1):
        daemons.Daemon(host, install, daemons.configuration(host=number, **sections)).start()
    for host in (network.a, network.b):
        host.daemon.settle()
    return network.a, network.b


@pytest.fixture
def lone(network, install):
    """Starts one daemon, on host a by default: `a = lone(...)`. `text` replaces the sections with a literal configuration."""
    def start(text=None, host=None, **sections):
        host = host or network.a
        config = None if text is not None else daemons.configuration(**sections)
        daemons.Daemon(host, install, config, text).start()
        if text is None:
            host.daemon.settle()
        return host
    return start


@pytest.fixture
def misbehave(wired):
    """Starts the wire between the hosts: `wire = misbehave("double:64:7")`; `begin` applies the rules, `end` returns the counts."""
    def start(*rules):
        process = wired.w.spawn("/usr/bin/python3", HERE / "harness" / "wire.py", "left", "right", *rules, name="wire")
        wait_for(lambda: "ready" in process.output, "the wire to be ready")

        def begin():
            process.send(signal.SIGUSR1)

        def end():
            process.send(signal.SIGUSR1)
            wait_for(lambda: process.output.count("\n") > 1, "the wire's counts")
            return json.loads(process.output.splitlines()[1])

        return types.SimpleNamespace(begin=begin, end=end)
    return start


