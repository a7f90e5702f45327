# SPDX-License-Identifier: MIT
"""Writes the dependencies between the targets of Sources between two markers in Architecture.md.

    python3 scripts/target-graph.py [--check]     --check: only check whether the page is up to date

Fails if two targets depend on each other, directly or through others. Programs of the tests are not included.
"""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGE = ROOT / "Sources/Daemon/Documentation.docc/Architecture.md"
BEGIN, END = "<!-- begin target graph: scripts/target-graph.py writes it -->", "<!-- end target graph -->"


def known():
    """Returns the targets of Sources that each of them names as dependencies, in the order of Package.swift."""
    package = json.loads(subprocess.run(
        ["swift", "package", "dump-package"], cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    own = [target for target in package["targets"]
           if target["type"] != "test" and (target.get("path") or "Sources").startswith("Sources")]
    names = {target["name"] for target in own}
    graph = {}
    for target in own:
        named = [(d.get("byName") or d.get("target") or [None])[0] for d in target["dependencies"]]
        graph[target["name"]] = [name for name in named if name in names]
    return graph


def reach(graph):
    """Returns all direct and indirect dependencies of each target, including itself in a cycle."""
    found = {name: set(named) for name, named in graph.items()}
    while True:
        more = {name: named.union(*(found[n] for n in named)) for name, named in found.items()}
        if more == found:
            return found
        found = more


def levels(graph, reached):
    """Returns the targets by the longest path of dependencies: each level depends only on lower ones."""
    height = {}
    for name in sorted(graph, key=lambda n: len(reached[n])):
        height[name] = 1 + max((height[n] for n in graph[name]), default=-1)
    order = list(graph)
    return [sorted((n for n in graph if height[n] == level), key=order.index) for level in range(max(height.values()) + 1)]


def drawn(graph, reached):
    lines = ["| level | target | depends on |", "|---|---|---|"]
    for level, names in enumerate(levels(graph, reached)):
        for name in names:
            knows = ", ".join(f"`{n}`" for n in sorted(graph[name]))
            lines.append(f"| {level} | `{name}` | {knows or 'no other target'} |")
    return "\n".join(lines)


def main():
    graph = known()
    reached = reach(graph)
    circles = sorted({tuple(sorted((a, b))) for a in graph for b in reached[a] if a != b and a in reached[b]})
    for a, b in circles:
        print(f"{a} and {b} depend on each other")
    if circles:
        return 1
    text = PAGE.read_text()
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        print(f"{PAGE.relative_to(ROOT)} needs one line of each: {BEGIN} {END}")
        return 1
    head, rest = text.split(BEGIN)
    new = f"{head}{BEGIN}\n{drawn(graph, reached)}\n{END}{rest.split(END)[1]}"
    if "--check" in sys.argv[1:]:
        if new != text:
            print(f"{PAGE.relative_to(ROOT)} is stale: run python3 scripts/target-graph.py")
        return 0 if new == text else 1
    PAGE.write_text(new)
    return 0


if __name__ == "__main__":
    sys.exit(main())
