# SPDX-License-Identifier: MIT
"""A latency report as an SVG: distributions on a logarithmic scale, and a timeline of stalls and dropouts."""

import math

WIDTH, HEIGHT, LEFT, RIGHT = 900, 170, 70, 20
COLOURS = {"round trip": "#1f6f8b", "one way": "#d1803a", "woke late": "#5b8c5a"}
STYLE = ("<style>text{font:12px sans-serif;fill:#222}.title{font:600 14px sans-serif}.axis{stroke:#888;stroke-width:1}"
         ".grid{stroke:#ddd;stroke-width:1}</style>")


def text(x, y, content, extra=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" {extra}>{content}</text>'


def steps(low, high, count=8):
    """Returns round numbers between two values."""
    span = max(high - low, 1)
    step = 10 ** math.floor(math.log10(span / count))
    step *= next(f for f in (1, 2, 5, 10) if span / (step * f) <= count)
    first = math.ceil(low / step) * step
    return [first + n * step for n in range(int((high - first) / step) + 1)]


def clipped(histogram, share=0.9999):
    """Returns the range of buckets with 99.99 % of the values; the outermost values would compress the plot."""
    total, seen = sum(count for _, count in histogram), 0
    low = histogram[0][0]
    for bucket, count in histogram:
        seen += count
        if seen >= share * total:
            return low, bucket
    return low, histogram[-1][0]


def panel(top, title, histogram, colour):
    """Returns the plot of counts over microseconds, with counts on a logarithmic scale."""
    parts = [text(LEFT, top - 8, title, 'class="title"')]
    if not histogram:
        return parts + [text(LEFT, top + 40, "nothing was measured")]
    low, high = clipped(histogram)
    high = max(high, low + 10)
    width = max((high - low) // 300, 1)
    bars = {}
    for bucket, count in histogram:
        bars[min((bucket - low) // width, 300)] = bars.get(min((bucket - low) // width, 300), 0) + count
    most = math.log10(max(bars.values())) or 1
    across = (WIDTH - LEFT - RIGHT) / ((high - low) / width + 1)
    for power in range(int(most) + 1):
        y = top + HEIGHT * (1 - power / most)
        parts += [f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>',
                  text(LEFT - 8, y + 4, f"{10 ** power:,}", 'text-anchor="end"')]
    for index, count in bars.items():
        height = HEIGHT * max(math.log10(count), 0.05) / most
        parts.append(f'<rect x="{LEFT + index * across:.1f}" y="{top + HEIGHT - height:.1f}" width="{max(across, 1):.1f}" '
                     f'height="{height:.1f}" fill="{colour}"/>')
    for value in steps(low, high):
        x = LEFT + (value - low) / width * across
        parts += [f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{top + HEIGHT}" y2="{top + HEIGHT + 4}"/>',
                  text(x, top + HEIGHT + 18, f"{value:g}", 'text-anchor="middle"')]
    parts += [f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{top + HEIGHT}" y2="{top + HEIGHT}"/>',
              text(WIDTH - RIGHT, top + HEIGHT + 34, "microseconds", 'text-anchor="end"')]
    return parts


def timeline(top, result):
    """Returns the plot of stalls as lines of their length, with dropouts as marks below."""
    begin, end = result["began"], max(result["ended"], result["began"] + 1)
    longest = max(result["witness"]["longestUs"], 100)
    parts = [text(LEFT, top - 8, "stalls of the machine (lines), and dropouts (dots: explained ones hollow)",
                  'class="title"')]

    def x(at):
        return LEFT + (WIDTH - LEFT - RIGHT) * min(max((at - begin) / (end - begin), 0), 1)

    for value in (0, longest / 2, longest):
        y = top + HEIGHT * (1 - value / longest)
        parts += [f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>',
                  text(LEFT - 8, y + 4, f"{value / 1000:.1f} ms", 'text-anchor="end"')]
    for _, at, length in result["witness"]["longest"]:
        parts.append(f'<line x1="{x(at):.1f}" x2="{x(at):.1f}" y1="{top + HEIGHT}" '
                     f'y2="{top + HEIGHT * (1 - length / longest):.1f}" stroke="#777" stroke-width="1.5"/>')
    for event in result["dropouts"]["events"]:
        fill = "none" if event["explained"] else "#c0392b"
        parts.append(f'<circle cx="{x(event["at"]):.1f}" cy="{top + HEIGHT + 14}" r="4" fill="{fill}" stroke="#c0392b"/>')
    seconds = (end - begin) / 1e9
    parts += [text(LEFT, top + HEIGHT + 36, "0 s"),
              text(WIDTH - RIGHT, top + HEIGHT + 36, f"{seconds:.1f} s", 'text-anchor="end"')]
    return parts


def draw(result):
    setup, trip = result["setup"], result["roundTrip"]
    head = (f"{setup['channels']} channels each way, {setup['period']} frames x {setup['periods']}, packets of "
            f"{setup['packetTimeUs']} us, link offset {setup['linkOffsetFrames']} frames, reflected by the {setup['reflect']}")
    if trip["medianFrames"] is None:
        found = "no signal was returned"
    else:
        found = (f"round trip {trip['medianFrames']:g} frames = {trip['medianMs']:.3f} ms "
                 f"(expected {result['expected']['frames']}): {result['verdict']}")
    panels = [("application to application and back, by the clock", trip["wallHistogramUs"], "round trip")]
    if "oneWay" in result:
        panels.append(("one way, by the clock", result["oneWay"]["wallHistogramUs"], "one way"))
    panels.append(("how late the near program woke", result["wakeHistogramUs"], "woke late"))
    parts, top = [text(LEFT, 26, head, 'class="title"'), text(LEFT, 46, found)], 90
    for title, histogram, kind in panels:
        parts += panel(top, title, histogram, COLOURS[kind])
        top += HEIGHT + 75
    parts += timeline(top, result)
    top += HEIGHT + 50
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" viewBox="0 0 {WIDTH} {top}">{STYLE}'
            f'<rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>\n')
