"""The curves of a row as a picture: the model as lines, measurements as points, bands and handbooks behind them.

Model, measurement and handbook differ in form, not in colour alone. Not here: the numbers (`crowd.validation`).
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count, pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from viz import palette
from viz.charts import light_frame, new_figure

MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DASHES = ("--", ":", "-.")
#: From back to front.
KINDS = ("band", "reference", "measured", "model")
PANEL = (4.5, 3.4)
"""Width and height of a pair of axes [inches]; two stand side by side."""
LEGEND_LINE = 0.21
"""Height of an entry of the legend [inches]."""
CROWDED = 60
"""From so many points on, a cloud is drawn with small, pale marks."""

Curves = Mapping[str, Mapping[str, Any]]


def draw_curves(curves: Curves) -> Figure | None:
    """One pair of axes for each pair of axis labels; None if there is nothing to draw."""
    panels: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = {}
    for label, curve in curves.items():
        if curve["x"]:
            panels.setdefault((curve["x_label"], curve["y_label"]), {})[label] = curve
    if not panels:
        return None
    columns = min(2, len(panels))
    lines = -(-len(panels) // columns)
    entries = max(map(len, panels.values()))
    width = PANEL[0] * columns if columns > 1 else 1.5 * PANEL[0]
    figure = new_figure(lines * (PANEL[1] + LEGEND_LINE * entries), width=width)
    grid = figure.subplots(lines, columns, squeeze=False).ravel()
    for ax, (labels, drawn) in zip(grid, panels.items(), strict=False):
        _draw_panel(ax, drawn, labels)
    for ax in grid[len(panels) :]:
        ax.set_visible(False)
    return figure


def _draw_panel(ax: Axes, curves: Curves, labels: tuple[str, str]) -> None:
    light_frame(ax)
    ax.grid(axis="x", color=palette.OUTSIDE, linewidth=0.7)
    kinds = {kind: {k: c for k, c in curves.items() if c["kind"] == kind} for kind in KINDS}
    hues = _hues([label for kind in ("model", "measured") for label in kinds[kind]])
    for number, (label, curve) in enumerate(kinds["band"].items()):
        _draw_band(ax, label, curve, number)
    for number, (label, curve) in enumerate(kinds["reference"].items()):
        look: dict[str, Any] = {"linestyle": DASHES[number % len(DASHES)], "linewidth": 1.4}
        look |= {"marker": "_", "markersize": 16.0} if len(curve["x"]) == 1 else {}
        ax.plot(curve["x"], curve["y"], color=palette.FAINT_TEXT, label=label, **look)
    for number, (label, curve) in enumerate(kinds["measured"].items()):
        _draw_points(ax, label, curve, colour=hues[label], marker=MARKERS[number % len(MARKERS)])
    for label, curve in kinds["model"].items():
        _draw_model(ax, label, curve, colour=hues[label])
    ax.set_xlabel(_with_squares(labels[0]), fontsize=9)
    ax.set_ylabel(_with_squares(labels[1]), fontsize=9)
    if not any(value < 0.0 for curve in curves.values() for part in ("y", "low") for value in curve[part]):
        ax.set_ylim(bottom=0.0)
    abscissae = {value for curve in curves.values() for value in curve["x"]}
    if min(abscissae) >= 0.0:
        ax.set_xlim(0.0, 2.0 * max(abscissae) if len(abscissae) == 1 else None)
    _put_legend(ax, kinds)


def _put_legend(ax: Axes, kinds: Mapping[str, Curves]) -> None:
    """Above the axes, where it hides nothing: the model, then what it is held against."""
    handles = dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))
    order = [label for kind in reversed(KINDS) for label in kinds[kind]]
    look: dict[str, Any] = {"fontsize": 8, "frameon": False, "loc": "lower left", "bbox_to_anchor": (0.0, 1.0)}
    ax.legend([handles[label] for label in order], order, borderaxespad=0.2, **look)


def _with_squares(label: str) -> str:
    """A label with its units as they are printed: m² for m2."""
    return label.replace("m2", "m²").replace("s2", "s²")


def _hues(labels: list[str]) -> dict[str, str]:
    """A colour for each label, in the order of the palette."""
    return {label: palette.SERIES[n % len(palette.SERIES)] for n, label in zip(count(), labels, strict=False)}


def _draw_band(ax: Axes, label: str, curve: Mapping[str, Any], number: int) -> None:
    """A range, in grey; further ones hatched; at a single place, a bar."""
    if len(curve["x"]) == 1:
        ax.vlines(curve["x"], curve["low"], curve["high"], color=palette.OBSTACLE, linewidth=12.0, label=label)
        return
    hatch = ("", "///", "...", "xxx")[number % 4]
    fill = to_rgba(palette.OBSTACLE, 0.0 if hatch else 0.35)
    look: dict[str, Any] = {"edgecolor": palette.OBSTACLE, "linewidth": 0.8, "hatch": hatch}
    ax.fill_between(curve["x"], curve["low"], curve["high"], facecolor=fill, label=label, **look)


def _draw_points(ax: Axes, label: str, curve: Mapping[str, Any], *, colour: str, marker: str) -> None:
    """Measured points, hollow; with bars where a range was measured."""
    many = len(curve["x"]) >= CROWDED
    look: dict[str, Any] = {"linestyle": "none", "marker": marker, "markeredgecolor": colour, "color": colour}
    look |= {"markersize": 3.0, "alpha": 0.4} if many else {"markersize": 6.0, "markerfacecolor": "white"}
    bars = None
    if curve["low"]:
        bars = [
            [max(y - low, 0.0) for y, low in zip(curve["y"], curve["low"], strict=True)],
            [max(high - y, 0.0) for y, high in zip(curve["y"], curve["high"], strict=True)],
        ]
    ax.errorbar(curve["x"], curve["y"], yerr=bars, label=label, capsize=2.5, elinewidth=1.0, **look)


def _draw_model(ax: Axes, label: str, curve: Mapping[str, Any], *, colour: str) -> None:
    """The model, as a line with filled dots, a long one without, a cloud as dots; its range, if any, as a veil."""
    look: dict[str, Any] = {"marker": "" if len(curve["x"]) >= CROWDED else ".", "markersize": 7.0, "linewidth": 2.0}
    if any(after < before for before, after in pairwise(curve["x"])):
        look = {"marker": ".", "markersize": 4.0, "linewidth": 0.0, "alpha": 0.5}
    ax.plot(curve["x"], curve["y"], color=colour, label=label, **look)
    if curve["low"]:
        ax.fill_between(curve["x"], curve["low"], curve["high"], color=colour, alpha=0.15, linewidth=0.0)
