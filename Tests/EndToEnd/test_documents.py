# SPDX-License-Identifier: MIT
"""Each command in the documentation is run by a test, or is listed here with the reason why it is not; README's commands are in test_readme.py."""

import re

from harness.daemon import ROOT

PAGES = [*sorted((ROOT / "Sources/Daemon/Documentation.docc").glob("*.md")), ROOT / ".github/CONTRIBUTING.md", ROOT / ".github/SECURITY.md"]
PROGRAMS = re.compile(r"(sudo |scripts/[\w-]+\.sh|swift \w|aes67d? |curl |journalctl |systemctl |ethtool |cpupower |AES67_\w+=|ffmpeg |ptp4l )")
# For each beginning of a command: the test that runs it, and a word of that test that shows it. README has the new user's commands.
NEW_USER = ("test_new_user.py", "commands(")
RUN_BY = {
    "aes67 histogram": ("test_tools.py", '"histogram"'),
    **dict.fromkeys(["scripts/dependencies.sh", "scripts/build.sh .build-install", "scripts/install.sh", "scripts/package-deb.sh", "aes67 doctor",
                     "aes67 glitches", "aes67 status", "aes67 stats", "aes67 list", "aes67 subscribe", "sudo aes67 report",
                     "aes67 configure --reset", "systemctl enable --now aes67d@eth1"], NEW_USER),
    "sudo /usr/share/aes67/hardware-clocks/hardware-clocks.sh on": ("test_service_clock.py", "hardware-clocks.sh"),
    "sudo aes67 doctor": ("test_doctor.py", "doctor"), "aes67d --check": ("test_readme.py", "aes67d --check"),
    "curl --unix-socket": ("test_readme.py", "curl --unix-socket"), "systemctl reload": ("test_service.py", "reload"),
    "journalctl": ("test_readme.py", "journalctl"), "sudo scripts/assault.sh": ("test_endurance.py", "assault.sh"),
    "scripts/assault.sh": ("test_endurance.py", "assault.sh"), "sudo scripts/soak.sh": ("test_endurance.py", "soak.sh"),
    "scripts/soak.sh": ("test_endurance.py", "soak.sh"), "sudo scripts/latency-test.sh": ("test_latency.py", "latency_test.py"),
    "scripts/latency-test.sh": ("test_latency.py", "latency_test.py"), "ffmpeg -protocol_whitelist": ("harness/peers.py", "protocol_whitelist"),
    "ffmpeg -f sap": ("zoo/listeners/ffmpeg.py", "sap://"), "ptp4l -s": ("harness/ptp.py", "ptp4l"),
}
NOT_RUN = {
    "scripts/check.sh": ".ci/run runs it", "scripts/test.sh": "runs these tests", "swift test": "scripts/test.sh runs it",
    "swift build --explicit-target-dependency-import-check": "scripts/check.sh graph runs it", "scripts/reference.sh": "scripts/check.sh reference runs it",
    "scripts/bench.sh": "measures; its parts are in Tests/Support/Bench", "AES67_CORE=1 AES67_LONG=1 swift test": "scripts/test.sh --long runs it",
    'AES67_BUILD_OPTIONS="--jobs 1" scripts/package-deb.sh': "for a Raspberry Pi", "sudo apt install ./.build-deb/aes67-vsc_*_arm64.deb": "for a Raspberry Pi",
    "ethtool": "needs a network card, which a namespace does not have", "cpupower": "changes the machine's processor",
}


def commands(text):
    """Returns the indented lines and the texts between backticks that begin with a program's name."""
    indented = [line.strip() for line in re.sub(r"\\\n\s+", "", text).splitlines() if line.startswith("    ")]
    prose = re.sub(r"(?ms)^```.*?^```", "", "\n".join(line for line in text.splitlines() if not line.startswith("    ")))
    quoted = [" ".join(words.split()) for words in re.findall(r"`([^`]+)`", prose)]
    return [command for command in indented + quoted if PROGRAMS.match(command)]


def test_each_command_is_run_or_listed():
    said = [command for page in PAGES for command in commands(page.read_text())]
    known = [*RUN_BY, *NOT_RUN]
    assert len(said) > 40, said
    assert sorted({command for command in said if not any(map(command.startswith, known))}) == [], "commands that no test runs"
    assert [beginning for beginning in known if not any(command.startswith(beginning) for command in said)] == [], "commands that are no longer in the documents"
    for beginning, (test, word) in RUN_BY.items():
        assert word in (ROOT / "Tests/EndToEnd" / test).read_text(), f"{beginning}: {test} does not run it"
