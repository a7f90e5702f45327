# SPDX-License-Identifier: MIT
"""The plot of a soak as SVG: missing frames, faults, and the daemons' memory and descriptors, over time."""

WIDTH, HEIGHT, LEFT, RIGHT, GAP = 960, 130, 80, 20, 60
STYLE = ("<style>text{font:12px sans-serif;fill:#222}.title{font:600 14px sans-serif}.axis{stroke:#888}.grid{stroke:#ddd}</style>")
NOTICE = "<!-- SPDX-License-Identifier: MIT. scripts/soak.sh draws it. -->"
COLOURS = ("#1f6f8b", "#d1803a", "#5b8c5a", "#8a4f7d", "#b03a48", "#6c757d", "#c2a83e")


def text(x, y, content, extra=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" {extra}>{content}</text>'


def panel(top, title, series, seconds):
    """Returns lines over time, (name, [(second, value)]), with a scale from zero."""
    most = max((value for _, points in series for _, value in points), default=0) or 1
    parts = [text(LEFT, top - 10, title, 'class="title"')]
    for share in (0, 0.5, 1):
        y = top + HEIGHT * (1 - share)
        parts += [f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>',
                  text(LEFT - 8, y + 4, f"{most * share:,.0f}", 'text-anchor="end"')]
    for index, (name, points) in enumerate(series):
        line = " ".join(f"{across(second, seconds):.1f},{top + HEIGHT * (1 - value / most):.1f}" for second, value in points)
        parts += [f'<polyline fill="none" stroke="{COLOURS[index]}" stroke-width="1.5" points="{line}"/>',
                  text(WIDTH - RIGHT - 90 * (len(series) - index), top - 10, name, f'style="fill:{COLOURS[index]}"')]
    return parts


def across(second, seconds):
    return LEFT + (WIDTH - LEFT - RIGHT) * second / seconds


def draw(seconds, missing, faults, memory, descriptors):
    """Returns the plot. `missing` has (second, per cent of the frames), `faults` has (second, kind), the others are series."""
    seconds = max(seconds, 1)
    kinds = sorted({kind for _, kind in faults})
    top = 40
    parts = panel(top, "missing, % of each minute's frames", [("both directions", missing)], seconds)
    for second, kind in faults:
        x = across(second, seconds)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{top + HEIGHT}" stroke="{COLOURS[kinds.index(kind)]}" stroke-dasharray="3 3"/>')
    x = LEFT
    for index, kind in enumerate(kinds):
        parts.append(text(x, top + HEIGHT + 20, kind, f'style="fill:{COLOURS[index]}"'))
        x += 7 * len(kind) + 20
    top += HEIGHT + GAP + 10
    parts += panel(top, "resident, MB", memory, seconds)
    top += HEIGHT + GAP
    parts += panel(top, "descriptors", descriptors, seconds)
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts.append(text(across(seconds * share, seconds), top + HEIGHT + 18, f"{seconds * share / 60:.0f} min",
                          f'text-anchor="{"end" if share == 1 else "middle"}"'))
    height = top + HEIGHT + 40
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">{NOTICE}{STYLE}'
            f'<rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>\n')
