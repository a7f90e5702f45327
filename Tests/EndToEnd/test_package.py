# SPDX-License-Identifier: MIT
"""The Debian package as a file: its contents, lintian's verdict, and reproducible builds."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

from harness.daemon import ROOT


def contents(package):
    """Returns mode and owner by path, with the target for links."""
    lines = subprocess.run(["dpkg-deb", "-c", package], capture_output=True, text=True, check=True).stdout.splitlines()
    return {fields[5].removeprefix("."): (fields[0], fields[1], *fields[7:]) for fields in (line.split() for line in lines)}


def test_contents(packages):
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
    # Each other name of the command is a symbolic link to it, and has a manual page.
    verbs = [path for path in found if re.fullmatch(r"/usr/bin/aes67-\w+", path)]
    assert len(verbs) >= 5 and all(found[verb][2:] == ("aes67",) for verb in verbs), verbs
    assert [verb for verb in verbs if found.get(f"/usr/share/bash-completion/completions/{verb.rsplit('/', 1)[1]}", ())[2:] != ("aes67",)] == []
    assert [verb for verb in verbs if f"/usr/share/man/man1/{verb.rsplit('/', 1)[1]}.1.gz" not in found] == []


def test_the_package_has_the_swift_runtime(packages, tmp_path):
    """Programs and libraries find all their libraries in the package or in Debian, and none in a toolchain."""
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
    assert {file.name for file in libraries} <= needed, "a library that no program needs"
    for program in ("aes67d", "aes67"):
        # As on a host without Swift, no environment variable helps to find a library.
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


def test_the_version_comes_from_the_daemon(install, tmp_path):
    """Without --version, the package is older than the daemon's release and newer than earlier ones."""
    release = subprocess.run([install.daemon, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    done = package(install.directory, tmp_path)
    assert done.returncode == 0, done.stderr
    file = pathlib.Path(done.stdout.strip())
    version = subprocess.run(["dpkg-deb", "-f", file, "Version"], capture_output=True, text=True, check=True).stdout.strip()
    assert version.partition("~git")[0] == release and version in file.name, version
    for relation, other in (("lt", release), ("gt", f"{release}~")):
        assert subprocess.run(["dpkg", "--compare-versions", version, relation, other]).returncode == 0, f"{version} {relation} {other}"


@pytest.mark.parametrize("answer", ["exit 1", ":", "echo unknown"], ids=["fails", "nothing", "no version"])
def test_no_package_is_built_without_a_version(install, tmp_path, answer):
    built = shutil.copytree(install.directory, tmp_path / "built", symlinks=True)
    (built / "aes67d").write_text(f'#!/bin/sh\n[ "$1" != --version ] || {{ {answer}; exit; }}\nexec "{install.daemon}" "$@"\n')
    done = package(built, tmp_path / "out")
    assert done.returncode != 0 and "--version" in done.stderr, done.stdout + done.stderr
    assert not (tmp_path / "out").exists()


def test_builds_are_reproducible(install, packages, tmp_path):
    """A copy of the programs with another date, time zone, language and umask gives an identical package."""
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
def test_build_from_sources(packages, tmp_path):
    """scripts/package-deb.sh, including the build, gives a package with the same files as that of the other tests."""
    done = subprocess.run([ROOT / "scripts/package-deb.sh", "--version", "0.1.0~test1", "--quick", tmp_path],
                          capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stderr[-3000:]
    assert contents(tmp_path / packages[0].name).keys() == contents(packages[0]).keys()
