# SPDX-License-Identifier: MIT
"""Checks that the links of all Markdown pages lead to files, headings and documentation pages of this repository.

    python3 scripts/links.py FILE...

It also checks that README links each page of the documentation, and that files and names of types and tests between backticks are in the
sources.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGES = ROOT / "Sources/Daemon/Documentation.docc"
# A path between backticks, from the root of the repository, without placeholders.
PATH = re.compile(r"`((?:scripts|Sources|Tests|configs|systemd|\.github|\.ci)/[\w./-]+)`")
SYMBOL = re.compile(r"`([A-Z]\w+(?:\.\w+)*|test_\w+)`")
ELSEWHERE = {"ETag", "swift"}  # a header of HTTP; a file name extension


def words():
    """Returns all words of the sources, and the names of their files."""
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "Sources", "Tests", "scripts", "Package.swift"],
                            cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    files = [ROOT / name for name in listed if re.search(r"\.(swift|c|h|py|sh|js|ld)$", name) and (ROOT / name).exists()]
    return {file.stem for file in files}.union(*(re.findall(r"\w+", file.read_text()) for file in files)) | ELSEWHERE


def prose(text):
    """Returns the text without blocks of code and comments."""
    return re.sub(r"(?ms)^```.*?^```|<!--.*?-->|^(?: {4}|\t).*?$", "", text)


def anchors(file):
    """Returns the anchors of the headings, as GitHub forms them."""
    headings = re.findall(r"(?m)^#+ +(.+)$", prose(file.read_text()))
    return {re.sub(r"[^\w\- ]", "", re.sub(r"`", "", heading).lower()).replace(" ", "-") for heading in headings}


def faults(file, known):
    text = prose(file.read_text())
    for target in re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        leads_to = (file.parent / path).resolve() if path else file
        if not leads_to.exists():
            yield f"{target} is not there"
        elif anchor and leads_to.suffix == ".md" and anchor not in anchors(leads_to):
            yield f"{target}: no such heading"
    for name in re.findall(r"<doc:(\w[\w-]*)>", text):
        if not (PAGES / f"{name}.md").exists():
            yield f"<doc:{name}>: no such page"
    for path in PATH.findall(text):
        if not (ROOT / path).exists():
            yield f"{path} is not there"
    for name in SYMBOL.findall(text):
        if not set(name.split(".")) <= known:
            yield f"`{name}` is not in the sources"


def main():
    known = words()
    found = [f"{file}: {fault}" for file in map(pathlib.Path, sys.argv[1:]) for fault in faults(file.resolve(), known)]
    readme = (ROOT / "README.md").read_text()
    found += [f"README.md does not link {page.name}" for page in sorted(PAGES.glob("*.md")) if f"Documentation.docc/{page.name})" not in readme]
    print("\n".join(found), end="\n" if found else "")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
