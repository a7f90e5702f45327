# SPDX-License-Identifier: MIT
"""Every command of the documentation is run by a test, or is listed here with the reason why none can; README's are test_readme.py's."""

import re

from harness.daemon import ROOT

PAGES = [*sorted((ROOT / "Sources/Daemon/Documentation.docc").glob("*.md")), ROOT / ".github/CONTRIBUTING.md", ROOT / ".github/SECURITY.md"]
PROGRAMS = re.compile(r"(sudo |scripts/[\w-]+\.sh|swift \w|aes67d? |curl |journalctl |systemctl |ethtool |cpupower |AES67_\w+=|ffmpeg |ptp4l )")
# What a command begins with; the test that runs it; and a word of the command that stands there. What the new user runs stands in README.
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
    'AES67_BUILD_OPTIONS="--jobs 1" scripts/package-deb.sh': "a Raspberry Pi's", "sudo apt install ./.build-deb/aes67-vsc_*_arm64.deb": "a Raspberry Pi's",
    "ethtool": "changes or asks a card, which a namespace has not", "cpupower": "changes the machine's processor",
}


def commands(text):
    """The indented lines and what stands between backticks, if a program is named first."""
    indented = [line.strip() for line in re.sub(r"\\\n\s+", "", text).splitlines() if line.startswith("    ")]
    prose = re.sub(r"(?ms)^```.*?^```", "", "\n".join(line for line in text.splitlines() if not line.startswith("    ")))
    quoted = [" ".join(words.split()) for words in re.findall(r"`([^`]+)`", prose)]
    return [command for command in indented + quoted if PROGRAMS.match(command)]


def test_each_command_is_accounted_for():
    said = [command for page in PAGES for command in commands(page.read_text())]
    known = [*RUN_BY, *NOT_RUN]
    assert len(said) > 40, said
    assert sorted({command for command in said if not any(map(command.startswith, known))}) == [], "commands that nothing runs"
    assert [beginning for beginning in known if not any(command.startswith(beginning) for command in said)] == [], "no more in the documents"
    for beginning, (test, word) in RUN_BY.items():
        assert word in (ROOT / "Tests/EndToEnd" / test).read_text(), f"{beginning}: {test} does not run it"
