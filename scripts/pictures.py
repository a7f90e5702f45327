# SPDX-License-Identifier: MIT
"""Draws the pictures of the documentation: Documentation.docc/NAME.svg from Pictures/NAME.txt or NAME.screen there.

    python3 scripts/pictures.py [--check]     --check: only report outdated pictures

A picture is lines of text on a grid; columns and rows count from 0, and may be fractions.

    title TEXT                              the title for screen readers
    frame COLUMN,ROW WIDTHxHEIGHT TEXT      a frame around this many columns and rows
    box NAME COLUMN,ROW TEXT | TEXT         a box; the first text is its heading
    arrow NAME NAME [: TEXT]                an arrow; with `<>` between the names, one with two heads

NAME.screen is the screen of a program on a terminal, recorded by scripts/pictures.sh; its first line is the title.
"""

import pathlib
import re
import sys
from xml.sax.saxutils import escape

import screen_picture

DOCUMENTATION = pathlib.Path(__file__).resolve().parents[1] / "Sources/Daemon/Documentation.docc"
BOX, GAP, MARGIN, LINE = (184, 70), (66, 50), 28, 15
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #24292f; text-anchor: middle }
  .heading { font-weight: 600; font-size: 13px } .caption { font-size: 11px; text-anchor: start; fill: #57606a }
  .label { font-size: 11px; paint-order: stroke; stroke: #ffffff; stroke-width: 5px }
  .box { fill: #eef4fb; stroke: #4a7ab5; stroke-width: 1.2 } .frame { fill: #f6f8fa; stroke: #afb8c1; stroke-dasharray: 4 3 }
  .arrow { stroke: #57606a; stroke-width: 1.4; fill: none } .head { fill: #57606a } .ground { fill: #ffffff }"""


class Wrong(Exception):
    """A line of a picture description that cannot be read."""


def place(column, row):
    return MARGIN + float(column) * (BOX[0] + GAP[0]), MARGIN + float(row) * (BOX[1] + GAP[1])


def rectangle(kind, x, y, width, height):
    return f'<rect class="{kind}" x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{height:.0f}" rx="6"/>'


def frame(column, row, columns, rows, text):
    x, y = place(column, row)
    width = float(columns) * (BOX[0] + GAP[0]) - GAP[0] + 32
    height = float(rows) * (BOX[1] + GAP[1]) - GAP[1] + 38
    return (x - 16, y - 24, width, height), [
        rectangle("frame", x - 16, y - 24, width, height), f'<text class="caption" x="{x - 8:.0f}" y="{y - 10:.0f}">{escape(text)}</text>']


def box(x, y, texts):
    middle = y + BOX[1] / 2 - (len(texts) - 1) * LINE / 2 + 4
    lines = [f'<text class="{"text" if index else "heading"}" x="{x + BOX[0] / 2:.0f}" y="{middle + index * LINE:.0f}">{escape(text)}</text>'
             for index, text in enumerate(texts)]
    return [rectangle("box", x, y, *BOX), *lines]


def edge(x, y, towards_x, towards_y):
    """Returns the point at which the line from the centre of a box leaves the box."""
    dx, dy = towards_x - x, towards_y - y
    share = min(BOX[0] / 2 / abs(dx) if dx else 9e9, BOX[1] / 2 / abs(dy) if dy else 9e9)
    return x + dx * share, y + dy * share


def arrow(a, b, both, text):
    a, b = [(x + BOX[0] / 2, y + BOX[1] / 2) for x, y in (a, b)]
    start, end = edge(*a, *b), edge(*b, *a)
    heads = 'marker-end="url(#head)"' + (' marker-start="url(#head)"' if both else "")
    drawn = [f'<line class="arrow" x1="{start[0]:.0f}" y1="{start[1]:.0f}" x2="{end[0]:.0f}" y2="{end[1]:.0f}" {heads}/>']
    lines = [part.strip() for part in text.split("|")] if text else []
    top = (start[1] + end[1]) / 2 - (len(lines) - 1) * 6 + (4 if start[1] != end[1] else -6 * len(lines))
    return drawn + [f'<text class="label" x="{(start[0] + end[0]) / 2:.0f}" y="{top + 13 * index:.0f}">{escape(line)}</text>'
                    for index, line in enumerate(lines)]


def draw(text):
    """Returns the picture as SVG."""
    title, places, frames, boxes, arrows, far = "", {}, [], [], [], [(0.0, 0.0)]
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if found := re.fullmatch(r"title (.+)", line):
            title = found[1]
        elif found := re.fullmatch(r"frame ([\d.]+),([\d.]+) ([\d.]+)x([\d.]+) (.+)", line):
            (x, y, width, height), drawn = frame(*found.groups())
            frames += drawn
            far.append((x + width, y + height))
        elif found := re.fullmatch(r"box (\w+) ([\d.]+),([\d.]+) (.+)", line):
            places[found[1]] = place(found[2], found[3])
            boxes += box(*places[found[1]], [part.strip() for part in found[4].split("|")])
            far.append(tuple(corner + size for corner, size in zip(places[found[1]], BOX)))
        elif (found := re.fullmatch(r"arrow (\w+) (<> )?(\w+)(?: : (.+))?", line)) and found[1] in places and found[3] in places:
            arrows += arrow(places[found[1]], places[found[3]], bool(found[2]), found[4])
        else:
            raise Wrong(f"{number}: {line}")
    width, height = (max(axis) + MARGIN for axis in zip(*far))
    head = '<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse">' \
           '<path class="head" d="M0 0 8 4 0 8z"/></marker>'
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" role="img">',
             "<!-- SPDX-License-Identifier: MIT. scripts/pictures.py draws it from Pictures. -->",
             f"<title>{escape(title)}</title>", f"<style>{STYLE}</style>", f"<defs>{head}</defs>",
             f'<rect class="ground" width="{width:.0f}" height="{height:.0f}" rx="8"/>', *frames, *arrows, *boxes, "</svg>"]
    return "\n".join(lines) + "\n"


MEASURED = {"soak"}  # drawn by scripts/soak.sh from its results


def main():
    stale = False
    sources = sorted(file for file in (DOCUMENTATION / "Pictures").iterdir() if file.suffix in (".txt", ".screen"))
    for source in sources:
        target = DOCUMENTATION / f"{source.stem}.svg"
        try:
            title, *lines = source.read_text().splitlines()
            drawn = screen_picture.draw(title, lines) if source.suffix == ".screen" else draw(source.read_text())
        except Wrong as wrong:
            print(f"{source.name}:{wrong}")
            return 1
        if target.exists() and target.read_text() == drawn:
            continue
        stale = True
        if "--check" in sys.argv[1:]:
            print(f"{target.name} is stale: run python3 scripts/pictures.py")
        else:
            target.write_text(drawn)
    extra = {file.stem for file in DOCUMENTATION.glob("*.svg")} - {source.stem for source in sources} - MEASURED
    for name in sorted(extra):
        print(f"{name}.svg has no Pictures/{name}.txt or .screen")
    return int(bool(extra) or stale and "--check" in sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
