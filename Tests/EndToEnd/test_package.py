# SPDX-License-Identifier: MIT
"""The package as a file: what is in it, that lintian has nothing against it, and that the same sources give the same bytes."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

from harness.daemon import ROOT


def contents(package):
    """Modes and owners by path; of a link, where it points."""
    lines = subprocess.run(["dpkg-deb", "-c", package], capture_output=True, text=True, check=True).stdout.splitlines()
    return {fields[5].removeprefix("."): (fields[0], fields[1], *fields[7:]) for fields in (line.split() for line in lines)}


def test_everything_is_in_it(packages):
    found = contents(packages[0])
    triplet = subprocess.run(["dpkg-architecture", "-qDEB_HOST_MULTIARCH"], capture_output=True, text=True, check=True).stdout.strip()
    expected = ["/usr/bin/aes67d", "/usr/bin/aes67", f"/usr/lib/{triplet}/alsa-lib/libasound_module_pcm_aes67.so",
                f"/usr/lib/{triplet}/alsa-lib/libasound_module_ctl_aes67.so", "/etc/aes67/aes67d.yaml",
                "/usr/lib/systemd/system/aes67d.service", "/usr/lib/systemd/system/aes67d@.service",
                "/usr/share/applications/aes67.desktop", "/usr/share/applications/aes67-ardour.desktop", "/usr/share/icons/hicolor/scalable/apps/aes67.svg", "/usr/share/man/man8/aes67d.8.gz", "/usr/share/man/man1/aes67.1.gz",
                "/usr/share/aes67/hardware-clocks/hardware-clocks.sh", "/usr/share/aes67/hardware-clocks/60-aes67-hardware-clocks.rules"]
    for program in ("aes67", "aes67d"):
        expected += [f"/usr/share/bash-completion/completions/{program}", f"/usr/share/zsh/vendor-completions/_{program}",
                     f"/usr/share/fish/vendor_completions.d/{program}.fish"]
    assert [path for path in expected if path not in found] == []
    assert {owner for _, owner, *_ in found.values()} == {"root/root"}
    # Each of the command's other names is a link to it, and has its page.
    verbs = [path for path in found if re.fullmatch(r"/usr/bin/aes67-\w+", path)]
    assert len(verbs) >= 5 and all(found[verb][2:] == ("aes67",) for verb in verbs), verbs
    assert [verb for verb in verbs if found.get(f"/usr/share/bash-completion/completions/{verb.rsplit('/', 1)[1]}", ())[2:] != ("aes67",)] == []
    assert [verb for verb in verbs if f"/usr/share/man/man1/{verb.rsplit('/', 1)[1]}.1.gz" not in found] == []


def test_the_swift_runtime_comes_along(packages, tmp_path):
    """Programs and libraries find all that they need in the package or in Debian, and nothing in a toolchain."""
    subprocess.run(["dpkg-deb", "-x", packages[0], tmp_path], check=True)
    private = tmp_path / "usr/lib/aes67-vsc"
    libraries = sorted(private.iterdir())
    assert libraries and not [file for file in libraries if "ICU" in file.name or "Internationalization" in file.name]
    needed = set()
    for file in [tmp_path / "usr/bin/aes67d", tmp_path / "usr/bin/aes67", *libraries]:
        dynamic = subprocess.run(["readelf", "-d", file], capture_output=True, text=True, check=True).stdout
        needed |= set(re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic))
        places = ":".join(re.findall(r"\((?:RPATH|RUNPATH)\).*\[(.*)\]", dynamic)).split(":")
        assert all(place.startswith("$ORIGIN") for place in places if place), (file, places)
        if file.parent != private:
            assert "$ORIGIN/../lib/aes67-vsc" in places and re.search(r"\(FLAGS.*\bNOW\b", dynamic), dynamic
    assert {file.name for file in libraries} <= needed, "a library that nothing needs"
    for program in ("aes67d", "aes67"):
        # As on a host without Swift: no variable of the environment helps to find a library.
        found = subprocess.run(["ldd", tmp_path / "usr/bin" / program], capture_output=True, text=True, check=True, env={"PATH": os.environ["PATH"]})
        assert "not found" not in found.stdout, found.stdout
        swift = re.findall(r"=> (\S*/lib(?:swift|Foundation|dispatch|BlocksRuntime|_)\S*)", found.stdout)
        assert swift and all(pathlib.Path(path).resolve().parent == private for path in swift), found.stdout


def test_lintian_finds_no_error(packages):
    if not shutil.which("lintian"):
        pytest.skip("NO LINTIAN HERE: scripts/dependencies.sh --test installs it")
    done = subprocess.run(["lintian", "--allow-root", "--fail-on", "error", packages[0]], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "\nE: " not in f"\n{done.stdout}", done.stdout + done.stderr


def package(built, directory, *options):
    return subprocess.run([ROOT / "scripts/package-deb.sh", "--built", built, "--quick", *options, directory],
                          capture_output=True, text=True)


def test_the_version_is_that_of_the_daemon(install, tmp_path):
    """As README has it, without --version: older than the release that the daemon names, and newer than those before."""
    release = subprocess.run([install.daemon, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    done = package(install.directory, tmp_path)
    assert done.returncode == 0, done.stderr
    file = pathlib.Path(done.stdout.strip())
    version = subprocess.run(["dpkg-deb", "-f", file, "Version"], capture_output=True, text=True, check=True).stdout.strip()
    assert version.partition("~git")[0] == release and version in file.name, version
    for relation, other in (("lt", release), ("gt", f"{release}~")):
        assert subprocess.run(["dpkg", "--compare-versions", version, relation, other]).returncode == 0, f"{version} {relation} {other}"


@pytest.mark.parametrize("answer", ["exit 1", ":", "echo unknown"], ids=["fails", "nothing", "no version"])
def test_without_a_version_there_is_no_package(install, tmp_path, answer):
    built = shutil.copytree(install.directory, tmp_path / "built", symlinks=True)
    (built / "aes67d").write_text(f'#!/bin/sh\n[ "$1" != --version ] || {{ {answer}; exit; }}\nexec "{install.daemon}" "$@"\n')
    done = package(built, tmp_path / "out")
    assert done.returncode != 0 and "--version" in done.stderr, done.stdout + done.stderr
    assert not (tmp_path / "out").exists()


def test_the_same_twice(install, packages, tmp_path):
    """Another copy of the programs, another day, time zone, language and mask: the same bytes."""
    copy = shutil.copytree(install.directory, tmp_path / "built", symlinks=True)
    for path in copy.rglob("*"):
        os.utime(path, (1, 1), follow_symlinks=False)
    done = subprocess.run(
        ["sh", "-c", 'umask 077; exec "$@"', "sh", ROOT / "scripts/package-deb.sh", "--built", copy, "--version", "0.1.0~test1", "--quick", tmp_path],
        capture_output=True, text=True, env={**os.environ, "TZ": "Pacific/Auckland", "LC_ALL": "C"})
    assert done.returncode == 0, done.stderr
    again = tmp_path / packages[0].name
    assert again.read_bytes() == packages[0].read_bytes()


@pytest.mark.long
def test_from_the_sources(packages, tmp_path):
    """The whole of scripts/package-deb.sh, building included, gives what is in the package of the other tests."""
    done = subprocess.run([ROOT / "scripts/package-deb.sh", "--version", "0.1.0~test1", "--quick", tmp_path],
                          capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stderr[-3000:]
    assert contents(tmp_path / packages[0].name).keys() == contents(packages[0]).keys()
