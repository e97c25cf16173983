"""A comparison of scenarios over seeds as one picture, and as a page that needs nothing else.

Holds: the picture (a row for each quantity: left every run, right the differences with their intervals), the page,
and writing both with the numbers. Not here: the numbers and the words about them (`crowd.compare`).
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crowd.compare import Comparison
from crowd.csv_text import csv_text
from crowd.differences import OUTCOMES, Outcome
from crowd.recording.safe_files import write_whole
from crowd.sentences import say, sentences
from viz import palette
from viz.charts import new_figure, to_png
from viz.fonts import FAMILY, font_face_css, missing_glyphs

MARKERS = ("o", "s", "^", "D", "v", "P", "X")
ROW = 0.62  # [inches] of a quantity, besides its scenarios
LINE = 0.24  # [inches] of a scenario
PAGE = """<!doctype html>
<html lang="{{ lang }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ s.title }}: {{ c.called(lang).values() | join(" / ") }}</title>
<style>
{{ font }}
body { font: 16px/1.5 "{{ family }}", sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a }
h1 { font-size: 1.5rem; margin-bottom: 0.3rem }
h2 { font-size: 1.1rem; font-weight: normal; margin: 0 0 1rem }
img { max-width: 100% }
table { border-collapse: collapse; font-size: 0.9rem }
th, td { padding: 0.25rem 0.7rem; border-bottom: 1px solid #e4e2dc; text-align: right }
th:nth-child(-n+2), td:nth-child(-n+2), th:nth-last-child(-n+2), td:nth-last-child(-n+2) { text-align: left }
.answer { font-size: 1.1rem; font-weight: bold }
.failed { color: #b1002a; font-weight: bold }
</style>
</head>
<body>
<h1>{{ s.title }}</h1>
<h2>{{ c.called(lang).values() | join(" / ") }}</h2>
{% for text in c.headlines(lang) %}<p class="answer">{{ text }}</p>
{% endfor %}<p>{{ setting }}</p>
{% for text in c.failure_texts(lang) %}<p class="failed">{{ text }}</p>
{% endfor %}<ul>
{% for text in c.sentences(lang) %}<li>{{ text }}</li>
{% endfor %}</ul>
<img alt="{{ s.alt }}" src="data:image/png;base64,{{ picture }}">
<table>
<thead><tr>{% for head in heads %}<th>{{ head }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</tbody>
</table>
<ul>
{% for text in c.notes(lang) %}<li>{{ text }}</li>
{% endfor %}</ul>
</body>
</html>
"""


def write_comparison(comparison: Comparison, folder: str | Path, *, lang: str = "en") -> list[Path]:
    """Write comparison.html and .png, .json (all numbers) and .csv (every run, for spreadsheets) into a folder.

    Args:
        comparison: what came out.
        folder: made if it is not there.
        lang: "en" or "ko", of the page, the picture and the headings of the table.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    picture = to_png(draw_comparison(comparison, lang))
    runs = [run.summary for run in comparison.runs if run.summary is not None]
    numbers = json.dumps({**comparison.data(), "runs": runs}, ensure_ascii=False, indent=2, allow_nan=False)
    page = _page(comparison, picture, lang)
    files = {"comparison.html": page.encode(), "comparison.png": picture, "comparison.json": numbers.encode()}
    files["comparison.csv"] = csv_text(_every_run(comparison, lang)).encode()
    for name, content in files.items():
        write_whole(folder / name, content)
    return [folder / name for name in files]


def _every_run(comparison: Comparison, lang: str) -> list[list[object]]:
    """Return a row for each scenario and seed, a column for each quantity; blank where it is not known."""
    heads = [f"{outcome.label(lang)} [{outcome.unit(lang)}]" for outcome in OUTCOMES]
    rows: list[list[object]] = [["scenario", "seed", *heads]]
    for name in comparison.scenarios:
        columns = [comparison.values[name][outcome.name] for outcome in OUTCOMES]
        rows += [[name, seed, *of_seed] for seed, *of_seed in zip(comparison.seeds, *columns, strict=True)]
    return rows


def _page(comparison: Comparison, picture: bytes, lang: str) -> str:
    """The page; the glyphs it needs are inside it, so that Hangul is read on any machine."""
    heads, rows = comparison.table(lang)
    seeds, first = comparison.seeds, comparison.called(lang)[comparison.scenarios[0]]
    said = {"count": len(seeds), "low": seeds[0], "high": seeds[-1], "seconds": f"{comparison.duration:g}"}
    values: dict[str, Any] = {
        "c": comparison, "lang": lang, "s": sentences(lang)["seed_tables"], "heads": heads, "rows": rows,
        "setting": say(lang, "seed_tables", "setting", **said, first=first),
        "picture": base64.b64encode(picture).decode(), "family": FAMILY,
    }  # fmt: skip
    template = Environment(autoescape=True).from_string(PAGE)
    text = template.render(**values, font="")
    drawable = "".join(sorted(set(text) - set(missing_glyphs(text))))
    return template.render(**values, font=Markup(font_face_css(drawable)))


def draw_comparison(comparison: Comparison, lang: str = "en") -> Figure:
    """A row for each quantity: left the runs, one seed joined by a line; right the differences from the first."""
    count = len(comparison.scenarios)
    figure = new_figure(len(OUTCOMES) * (ROW + LINE * count) + 0.7)
    axes = figure.subplots(len(OUTCOMES), 2, width_ratios=[1.15, 1.0])
    for (left, right), outcome in zip(axes, OUTCOMES, strict=True):
        _draw_runs(left, comparison, outcome, lang)
        _draw_differences(right, comparison, outcome, lang)
    said = {"count": len(comparison.seeds), "first": comparison.called(lang)[comparison.scenarios[0]]}
    figure.suptitle(say(lang, "seed_tables", "picture", **said), fontsize=9.5, x=0.01, ha="left")
    return figure


def _draw_runs(ax: Axes, comparison: Comparison, outcome: Outcome, lang: str) -> None:
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
    ax.set_yticks(range(len(rows)), list(comparison.called(lang).values()), fontsize=8.5)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    better = say(lang, "seed_tables", "less" if outcome.less_is_better else "more")
    _label(ax, f"{outcome.label(lang)} [{outcome.unit(lang)}], {better}")


def _draw_differences(ax: Axes, comparison: Comparison, outcome: Outcome, lang: str) -> None:
    ax.axvline(0.0, color=palette.TEXT, linewidth=0.9, zorder=1)
    others = comparison.scenarios[1:]
    for y, name in enumerate(others):
        difference = comparison.difference(outcome.name, name)
        colour = palette.SERIES[(y + 1) % len(palette.SERIES)]
        known = difference.known
        ax.plot(known, [y + 0.2] * len(known), linestyle="none", marker=".", markersize=4, color=colour, alpha=0.6)
        if difference.mean is None:
            text = say(lang, "differences", "not_known")
            ax.text(0.0, y, f" {text}", fontsize=8.5, va="center", color=palette.FAINT_TEXT)
            continue
        if difference.low is not None and difference.high is not None:
            ax.plot([difference.low, difference.high], [y - 0.1] * 2, color=colour, linewidth=2.6, zorder=2)
        marker = MARKERS[(y + 1) % len(MARKERS)]
        ax.plot([difference.mean], [y - 0.1], marker=marker, markersize=7, color=colour, zorder=3)
        ax.annotate(
            difference.verdict_said(lang), (1.0, y), xycoords=("axes fraction", "data"), xytext=(4, 0),
            textcoords="offset points", fontsize=8.5, va="center", color=palette.TEXT,
        )  # fmt: skip
    ax.margins(x=0.08)
    if not any(any(comparison.difference(outcome.name, name).known) for name in others):
        ax.set_xlim(-1.0, 1.0)
    titles = [comparison.called(lang)[name] for name in others]
    ax.set_yticks(range(len(others)), titles if len(others) > 1 else [""], fontsize=8.5)
    ax.set_ylim(len(others) - 0.5, -0.5)
    _label(ax, f"[{outcome.unit(lang)}]")


def _label(ax: Axes, text: str) -> None:
    ax.set_title(text, fontsize=8.5, loc="left", pad=3, color=palette.TEXT)
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.locator_params(axis="x", nbins=5)
    ax.tick_params(axis="x", labelsize=8, length=3)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", color=palette.OUTSIDE, linewidth=0.7)
    ax.set_axisbelow(True)
