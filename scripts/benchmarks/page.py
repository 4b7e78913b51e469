"""The history of speed as one HTML file that needs nothing else: a chart of each case with the table of its numbers."""

import html

from . import NO_SLOWER, history

WIDTH, HEIGHT = 720, 220
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 12, 28
GRID_LINES = 4

STYLE = """
:root { color-scheme: light dark; --ink: #1d2329; --soft: #5b6670; --grid: #dde2e7; --line: #0b62a8; --paper: #ffffff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ec; --soft: #9aa5af; --grid: #333b43; --line: #6db6f2; --paper: #14181c; }
}
body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 760px;
       margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; } h3 { font-size: 1rem; margin-bottom: 0.2rem; }
p.note { color: var(--soft); }
svg { width: 100%; height: auto; }
svg text { fill: var(--soft); font-size: 12px; }
svg .grid { stroke: var(--grid); } svg circle { fill: var(--line); }
svg .line { stroke: var(--line); fill: none; stroke-width: 2; }
table { border-collapse: collapse; font-size: 0.87rem; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 0.15rem 0.8rem 0.15rem 0; border-bottom: 1px solid var(--grid); }
td.number, th.number { text-align: right; }
div.table { overflow-x: auto; }
"""


def scale(values):
    """(lowest, highest) value of an axis: a tenth of their range around the values, and 2 % of them at least."""
    low, high = min(values), max(values)
    margin = max(0.1 * (high - low), 0.01 * high, 1e-9)
    return low - margin, high + margin


def chart(title, points, decimals):
    """One line chart as SVG; a point that begins anew is not joined to the one before it."""
    low, high = scale([point.value for point in points])
    step = (WIDTH - LEFT - RIGHT) / max(1, len(points) - 1)
    x = lambda i: LEFT + i * step
    y = lambda value: TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low)
    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(title)}">']
    for k in range(GRID_LINES + 1):
        value = low + (high - low) * k / GRID_LINES
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}"/>'
                     f'<text x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{value:.{decimals}f}</text>')
    path = " ".join(f"{'M' if i == 0 or point.begins else 'L'}{x(i):.1f} {y(point.value):.1f}"
                    for i, point in enumerate(points))
    parts.append(f'<path class="line" d="{path}"/>')
    for i, point in enumerate(points):
        parts.append(f'<circle cx="{x(i):.1f}" cy="{y(point.value):.1f}" r="4">'
                     f"<title>{html.escape(point.commit)}: {point.value:.{decimals}f}</title></circle>")
    parts.append(f'<text x="{LEFT}" y="{HEIGHT - 8}">{html.escape(points[0].commit)}</text>')
    if len(points) > 1:
        parts.append(f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 8}" text-anchor="end">'
                     f"{html.escape(points[-1].commit)}</text>")
    return "".join([*parts, "</svg>"])


def table(points, unit, decimals):
    """The numbers of a chart."""
    rows = "".join(f'<tr><td>{html.escape(point.commit)}</td><td>{html.escape(point.date)}</td>'
                   f'<td class="number">{point.value:,.{decimals}f}</td><td>{html.escape(point.note)}</td></tr>'
                   for point in points)
    return (f'<div class="table"><table><tr><th>commit</th><th>measured</th><th class="number">{html.escape(unit)}</th>'
            f"<th>how</th></tr>{rows}</table></div>")


def section(title, note, lines, unit, decimals):
    """A heading and, for each line of points by name, its chart and table."""
    shown = "".join(f"<h3>{html.escape(name)}</h3>{chart(f'{name}, {unit}', points, decimals)}"
                    f"{table(points, unit, decimals)}" for name, points in lines.items())
    return (f'<h2>{html.escape(title)}</h2><p class="note">{html.escape(note)}</p>'
            f'{shown or "<p>Nothing recorded yet.</p>"}')


def draw(entries):
    """The page of a history as text."""
    times = section("Time", "CPU time, in times of the first commit of a line; each commit was timed beside another, "
                    "interleaved, and the ratios multiplied. Errors add up along the line.",
                    history.trend_of_times(entries), "relative time", 3)
    instructions = section("Instructions", "By valgrind on AVX2 code, one thread. A line begins anew with another "
                           "compiler, its flags or another valgrind.",
                           history.trend_of_counts(entries), "million instructions", 1)
    return ('<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>Speed of myelin</title><style>{STYLE}</style></head><body><h1>Speed of myelin by commit</h1>"
            f'{times}{instructions}<p class="note">Axes do not begin at zero. Made by scripts/bench page from '
            "bench/history.jsonl.</p></body></html>\n")


def write(output):
    """Writes the page to a file, whose folder is made if need be."""
    entries = history.read()
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(draw(entries), encoding="utf-8")
    print(f"bench: wrote {output}")
    return NO_SLOWER
