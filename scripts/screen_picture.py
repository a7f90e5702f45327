# SPDX-License-Identifier: MIT
"""Draws a program's screen on a terminal, with colours, as SVG; used by scripts/pictures.py."""

import re
import unicodedata
from xml.sax.saxutils import escape

CELL, ROW, MARGIN = 7.4, 17, 14
# The attributes of the command's output (StyledLine.swift).
CLASSES = {"32": "good", "33": "warning", "1;31": "bad", "2": "faint", "1": "heading", "7": "chosen"}
STYLE = """
  text { font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #d7dde5; white-space: pre }
  .good { fill: #6cc98b } .warning { fill: #e5b567 } .bad { fill: #f2777a; font-weight: 600 } .faint { fill: #8b96a5 }
  .heading { font-weight: 600; fill: #ffffff } .chosen { fill: #14181d } .back { fill: #d7dde5 } .ground { fill: #14181d }"""


def cells(text):
    """Returns the number of cells of a text on a terminal: two for an East Asian character, none for a combining mark."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pieces(line):
    """Yields the texts of a line, each with its column and attribute."""
    column, attribute = 0, ""
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        if found := re.fullmatch(r"\x1b\[([0-9;]*)m", part):
            attribute = "" if found[1] == "0" else found[1]
        elif part:
            yield column, attribute, part
            column += cells(part)


def draw(title, lines):
    """Returns the picture; textLength makes each text as wide as its cells, in any font."""
    width = max(cells(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in lines) * CELL + 2 * MARGIN
    height = len(lines) * ROW + 2 * MARGIN
    drawn = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" height="{height}" role="img">',
             "<!-- SPDX-License-Identifier: MIT. scripts/pictures.py draws it from Pictures. -->",
             f"<title>{escape(title)}</title>", f"<style>{STYLE}</style>", f'<rect class="ground" width="{width:.0f}" height="{height}" rx="8"/>']
    for row, line in enumerate(lines):
        for column, attribute, text in pieces(line):
            x, y, kind = MARGIN + column * CELL, MARGIN + row * ROW, CLASSES.get(attribute, "")
            if kind == "chosen":
                drawn.append(f'<rect class="back" x="{x:.1f}" y="{y}" width="{cells(text) * CELL:.1f}" height="{ROW}"/>')
            if text.strip():
                of_kind = f' class="{kind}"' if kind else ""
                lead = len(text) - len(text.lstrip())
                x, text = x + lead * CELL, text.strip()
                drawn.append(f'<text{of_kind} x="{x:.1f}" y="{y + 13}" textLength="{cells(text) * CELL:.1f}">{escape(text)}</text>')
    return "\n".join([*drawn, "</svg>"]) + "\n"
