"""A comparison of scenarios over seeds as one picture, and as a page that needs nothing else.

Holds: the picture (a row for each quantity: left every run, right the differences with their intervals), the page,
and writing both with the numbers. Not here: the numbers and the words about them (`crowd.compare`).
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

from jinja2 import Environment
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crowd.compare import Comparison
from crowd.differences import OUTCOMES, Outcome
from viz import palette
from viz.charts import new_figure, to_png

MARKERS = ("o", "s", "^", "D", "v", "P", "X")
ROW = 0.62  # [inches] of a quantity, besides its scenarios
LINE = 0.24  # [inches] of a scenario
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>
body { font: 16px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a }
img { max-width: 100% }
table { border-collapse: collapse; font-size: 0.9rem }
th, td { padding: 0.25rem 0.7rem; border-bottom: 1px solid #e4e2dc; text-align: right }
th:nth-child(-n+2), td:nth-child(-n+2), th:nth-last-child(-n+2), td:nth-last-child(-n+2) { text-align: left }
.failed { color: #b1002a; font-weight: bold }
</style>
</head>
<body>
<h1>{{ title }}</h1>
<p>{{ c.seeds | length }} seeds ({{ c.seeds[0] }} to {{ c.seeds[-1] }}), {{ "%g" % c.duration }} s simulated in each
run; paired differences from {{ c.scenarios[0] }}.</p>
{% for text in c.failure_texts %}<p class="failed">{{ text }}</p>
{% endfor %}<ul>
{% for text in c.sentences %}<li>{{ text }}</li>
{% endfor %}</ul>
<img alt="Every run and the differences with their 95 % intervals; the numbers are in the table."
src="data:image/png;base64,{{ picture }}">
<table>
<thead><tr><th>quantity</th><th>scenario</th><th>its mean</th><th>mean of {{ c.scenarios[0] }}</th><th>difference</th>
<th>95 % interval</th><th>seeds</th><th>verdict</th></tr></thead>
<tbody>
{% for d in c.differences %}<tr><td>{{ d.outcome.label }} [{{ d.outcome.unit }}]</td><td>{{ d.scenario }}</td>
<td>{{ d.outcome.shown(c.mean(d.scenario, d.outcome)) }}</td>
<td>{{ d.outcome.shown(c.mean(c.scenarios[0], d.outcome)) }}</td>
<td>{{ d.outcome.shown(d.mean, signed=True) }}</td><td>{{ d.interval }}</td><td>{{ d.seeds }}</td>
<td>{{ d.verdict }}</td></tr>
{% endfor %}</tbody>
</table>
<ul>
{% for text in c.notes %}<li>{{ text }}</li>
{% endfor %}</ul>
</body>
</html>
"""


def write_comparison(comparison: Comparison, folder: str | Path) -> list[Path]:
    """Write comparison.html, comparison.png and comparison.json (with the numbers of every run) into a folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    picture = to_png(draw_comparison(comparison))
    page = Environment(autoescape=True).from_string(PAGE).render(
        c=comparison,
        title=" / ".join(comparison.scenarios),
        picture=base64.b64encode(picture).decode(),
    )  # fmt: skip
    runs = [run.summary for run in comparison.runs if run.summary is not None]
    numbers = json.dumps({**comparison.data(), "runs": runs}, ensure_ascii=False, indent=2)
    files = {"comparison.html": page.encode(), "comparison.png": picture, "comparison.json": numbers.encode()}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


def draw_comparison(comparison: Comparison) -> Figure:
    """A row for each quantity: left the runs, one seed joined by a line; right the differences from the first."""
    count = len(comparison.scenarios)
    figure = new_figure(len(OUTCOMES) * (ROW + LINE * count) + 0.7)
    axes = figure.subplots(len(OUTCOMES), 2, width_ratios=[1.15, 1.0])
    for (left, right), outcome in zip(axes, OUTCOMES, strict=True):
        _draw_runs(left, comparison, outcome)
        _draw_differences(right, comparison, outcome)
    heading = f"left: each run, {len(comparison.seeds)} seeds, one seed joined by a line; right: difference from "
    figure.suptitle(
        f"{heading}{comparison.scenarios[0]}:\neach seed, mean, 95 % interval", fontsize=9.5, x=0.01, ha="left"
    )
    return figure


def _draw_runs(ax: Axes, comparison: Comparison, outcome: Outcome) -> None:
    rows = [comparison.values[name][outcome.name] for name in comparison.scenarios]
    for by_seed in zip(*rows, strict=True):
        known = [(value, y) for y, value in enumerate(by_seed) if value is not None]
        ax.plot([v for v, _ in known], [y for _, y in known], color=palette.OBSTACLE, linewidth=0.7, zorder=1)
    for y, values in enumerate(rows):
        ax.plot(
            [value for value in values if value is not None],
            [y for value in values if value is not None],
            linestyle="none",
            marker=MARKERS[y % len(MARKERS)],
            markersize=5,
            color=palette.SERIES[y % len(palette.SERIES)],
            alpha=0.75,
            zorder=2,
        )
    known_values = {value for values in rows for value in values if value is not None}
    if len(known_values) < 2:
        middle = next(iter(known_values), 0.0)
        ax.set_xlim(middle - 1.0, middle + 1.0)
    ax.set_yticks(range(len(rows)), comparison.scenarios, fontsize=8.5)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    better = "less is better" if outcome.less_is_better else "more is better"
    _label(ax, f"{outcome.label} [{outcome.unit}], {better}")


def _draw_differences(ax: Axes, comparison: Comparison, outcome: Outcome) -> None:
    ax.axvline(0.0, color=palette.TEXT, linewidth=0.9, zorder=1)
    others = comparison.scenarios[1:]
    for y, name in enumerate(others):
        difference = comparison.difference(outcome.name, name)
        colour = palette.SERIES[(y + 1) % len(palette.SERIES)]
        known = difference.known
        ax.plot(known, [y + 0.2] * len(known), linestyle="none", marker=".", markersize=4, color=colour, alpha=0.6)
        if difference.mean is None:
            ax.text(0.0, y, " not known", fontsize=8.5, va="center", color=palette.FAINT_TEXT)
            continue
        if difference.low is not None and difference.high is not None:
            ax.plot([difference.low, difference.high], [y - 0.1] * 2, color=colour, linewidth=2.6, zorder=2)
        marker = MARKERS[(y + 1) % len(MARKERS)]
        ax.plot([difference.mean], [y - 0.1], marker=marker, markersize=7, color=colour, zorder=3)
        ax.annotate(
            difference.verdict, (1.0, y), xycoords=("axes fraction", "data"), xytext=(4, 0),
            textcoords="offset points", fontsize=8.5, va="center", color=palette.TEXT,
        )  # fmt: skip
    ax.margins(x=0.08)
    if not any(any(comparison.difference(outcome.name, name).known) for name in others):
        ax.set_xlim(-1.0, 1.0)
    ax.set_yticks(range(len(others)), others if len(others) > 1 else [""], fontsize=8.5)
    ax.set_ylim(len(others) - 0.5, -0.5)
    _label(ax, f"[{outcome.unit}]")


def _label(ax: Axes, text: str) -> None:
    ax.set_title(text, fontsize=8.5, loc="left", pad=3, color=palette.TEXT)
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.locator_params(axis="x", nbins=5)
    ax.tick_params(axis="x", labelsize=8, length=3)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", color=palette.OUTSIDE, linewidth=0.7)
    ax.set_axisbelow(True)
