"""Maps of the worst at each spot over the whole run: peak level density, worst contact force.

Each map shows the whole venue and, beside it, the surroundings of the worst spot. Classes differ in colour
and in hatching; the worst spot carries its value. Not here: charts over time (`figures.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from crowd.recording.tables import HARMFUL_FORCE, LONG_EXPOSURE_FORCE
from crowd.report.forces import peak_force_data
from crowd.report.words import Words, words_of
from crowd.risk import Peak, Place, RiskAssessment
from viz import layers, palette
from viz.charts import HATCHES, LABEL_BOX, UNKNOWN, WIDTH, missing_glyphs_allowed, new_figure, use_plain_text
from viz.labels import Tag, place_tags, wrap_name
from viz.own_thresholds import own_thresholds_note

CLOSE_UP = 12.0
"""Half the side of the close-up around the worst spot [m]."""

FORCE_CLASSES = (LONG_EXPOSURE_FORCE, HARMFUL_FORCE, 1000.0, 10000.0)
"""Lower limits of the classes of contact force; the last two are orders of magnitude [N]."""

WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "below": "below {level} ({threshold})",
        "nobody": "nobody was there",
        "unknown": "not known",
        "whole": "whole venue",
        "close": "around the worst spot, {side} m across; numbers in people/m²",
        "close_force": "around the worst spot, {side} m across",
        "jammed": "dashed: packed above {jamming} people/m², where force is an order of magnitude only",
        "forces": (
            "under {0:,.0f} N",
            "{0:,.0f} to {1:,.0f} N",
            "{1:,.0f} to {2:,.0f} N",
            "thousands of N",
            "tens of thousands of N",
        ),
    },
    "ko": {
        "below": "{level} 미만({threshold})",
        "nobody": "사람이 없던 곳",
        "unknown": "알 수 없음",
        "whole": "현장 전체",
        "close": "최악 지점 주변 {side} m (숫자: 명/m²)",
        "close_force": "최악 지점 주변 {side} m",
        "jammed": "점선: {jamming}명/m² 초과 밀집, 힘은 자릿수만 유효",
        "forces": ("{0:,.0f} N 미만", "{0:,.0f}~{1:,.0f} N", "{1:,.0f}~{2:,.0f} N", "수천 N", "수만 N"),
    },
}


@dataclass(frozen=True)
class Classes:
    """Classes of a map: lower limits; colour, hatching and text of each, also of what is below the first."""

    limits: tuple[float, ...]
    colours: tuple[str, ...]
    hatches: tuple[str, ...]
    labels: tuple[str, ...]


def draw_density_map(risk: RiskAssessment, lang: str) -> Figure | None:
    """Largest level density at each spot, in classes of alert levels; None if no fields were recorded."""
    levels, words, said = risk.preset.levels, words_of(risk, lang), WORDS[lang]
    thresholds = risk.preset.thresholds()
    colours = (palette.LEVELS["normal"], *palette.level_colours(risk.preset.keys))
    below = said["below"].format(level=levels[0].labels[lang], threshold=f"{thresholds[0]:g}")
    names = [f"{level.labels[lang]} ≥ {limit:g}" for level, limit in zip(levels, thresholds, strict=True)]
    classes = Classes(thresholds, colours, HATCHES[: len(colours)], (below, *names))
    if risk.worst_density is None:
        return None
    peak, place = risk.worst_density
    text = f"{words.with_unit(peak.value, 'level_density', unit='density')}\n{words.clock(peak.time)}"
    return _draw_map(risk, words, column="level_density_max", classes=classes, spot=(peak, place), text=text)


def draw_force_map(risk: RiskAssessment, lang: str) -> Figure | None:
    """Largest contact force at each spot; ground above the jamming density is outlined. None likewise."""
    words = words_of(risk, lang)
    shades = colormaps[palette.DENSITY_MAP]([0.04, 0.3, 0.5, 0.7, 0.92])
    colours = tuple(to_hex(shade) for shade in shades)
    names = tuple(name.format(*FORCE_CLASSES) for name in WORDS[lang]["forces"])
    classes = Classes(FORCE_CLASSES, colours, HATCHES[: len(colours)], names)
    if risk.worst_force is None:
        return None
    peak, place = risk.worst_force
    text = f"{peak_force_data(risk, words)['text']}\n{words.clock(peak.time)}"
    return _draw_map(risk, words, column="contact_force_max", classes=classes, spot=(peak, place), text=text)


def _draw_map(
    risk: RiskAssessment,
    words: Words,
    *,
    column: str,
    classes: Classes,
    spot: tuple[Peak, Place],
    text: str,
) -> Figure | None:
    """The whole venue level by level on the left, the close-up on the right, the key below."""
    # A worst value of 0 is nowhere.
    place, said = spot[1] if spot[0].value > 0.0 else Place(spot[1].zone), WORDS[words.lang]
    if not len(risk.fields):
        return None
    bounds = [level.floor.bounds for level in risk.venue.planes]
    heights = [(north - south) / (east - west) for west, south, east, north in bounds]
    has_close_up = place.x is not None and place.level is not None
    share = 0.58 if has_close_up else 1.0
    height = min(9.0, max(3.2, sum(share * WIDTH * ratio for ratio in heights))) + 0.8
    figure = new_figure(height)
    grid = figure.add_gridspec(len(bounds), 2 if has_close_up else 1, width_ratios=[1.38, 1.0][: 1 + has_close_up])
    for row, level in enumerate(risk.venue.planes):
        ax = figure.add_subplot(grid[row, 0])
        _draw_level(ax, risk, level.name, column=column, classes=classes)
        _frame(ax, *_padded(level.floor.bounds))
        title = words.place(level.name) if len(bounds) > 1 else said["whole"]
        ax.set_title(title, fontsize=9, loc="left", pad=3)
    if has_close_up:
        _draw_close_up(figure.add_subplot(grid[:, 1]), risk, words, column=column, classes=classes, place=place)
    _draw_key(figure, risk, words, column=column, classes=classes)
    use_plain_text(figure)
    with missing_glyphs_allowed():
        figure.canvas.draw()
        figure.set_layout_engine("none")
        _mark(figure, risk, words, place=place, text=text)
    return figure


def _draw_level(ax: Axes, risk: RiskAssessment, level: str, *, column: str, classes: Classes) -> None:
    """Floor, classes as probe cells cut to the floor, and the outline of jammed ground on a force map."""
    layers.draw_floor(ax, risk.venue, level)
    points = _points(risk, level)
    floor = risk.venue.level(level).floor
    spacing = float(risk.manifest.get("field_spacing") or 0.5)
    unknown = points[points[column].isna()]
    points = points[points[column].notna()]
    ranks = np.searchsorted(classes.limits, points[column].to_numpy(), side="right")
    for rank, (colour, hatch) in enumerate(zip(classes.colours, classes.hatches, strict=True)):
        shape = _cells(points[ranks == rank], spacing).intersection(floor)
        if not shape.is_empty:
            style: dict[str, Any] = {
                "facecolor": colour,
                "edgecolor": "white",
                "hatch": hatch,
                "linewidth": 0,
                "zorder": 2,
            }
            ax.add_patch(PathPatch(layers.build_path(_only_polygons(shape)), **style))
    blind = _cells(unknown, spacing).intersection(floor)
    if not blind.is_empty:
        ax.add_patch(PathPatch(layers.build_path(_only_polygons(blind)), linewidth=0, zorder=2, **UNKNOWN))
    if column == "contact_force_max" and risk.jamming_density is not None:
        jammed = _cells(points[points["density_max"] > risk.jamming_density], spacing).intersection(floor)
        if not jammed.is_empty:
            dashes: dict[str, Any] = {
                "facecolor": "none",
                "edgecolor": palette.SERIES[0],
                "linestyle": (0, (3, 2)),
                "zorder": 4,
            }
            ax.add_patch(PathPatch(layers.build_path(_only_polygons(jammed)), linewidth=1.8, **dashes))


def _points(risk: RiskAssessment, level: str) -> pd.DataFrame:
    names = list(risk.manifest.get("levels") or [entry.name for entry in risk.venue.planes])
    index = names.index(level) if level in names else -1
    return risk.fields[risk.fields["level"] == index]


def _cells(points: pd.DataFrame, spacing: float) -> BaseGeometry:
    """The squares around probe points as one shape [m]."""
    x, y, half = points["x"].to_numpy(), points["y"].to_numpy(), spacing / 2.0
    squares = shapely.box(x - half, y - half, x + half, y + half)
    return shapely.union_all(np.asarray(squares, dtype=object))


def _only_polygons(shape: BaseGeometry) -> MultiPolygon:
    """Polygons of a cut; points and lines at its rim are no ground."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return MultiPolygon(parts)


def _draw_close_up(
    ax: Axes, risk: RiskAssessment, words: Words, *, column: str, classes: Classes, place: Place
) -> None:
    """The surroundings of the worst spot, with densities written in every two metres."""
    assert place.x is not None
    assert place.y is not None
    assert place.level is not None
    said = WORDS[words.lang]
    _draw_level(ax, risk, place.level, column=column, classes=classes)
    _frame(ax, place.x - CLOSE_UP, place.y - CLOSE_UP, place.x + CLOSE_UP, place.y + CLOSE_UP)
    density = column == "level_density_max"
    if density:
        _write_densities(ax, _points(risk, place.level), place)
    title = said["close" if density else "close_force"].format(side=f"{2 * CLOSE_UP:g}")
    ax.set_title(title, fontsize=9, loc="left", pad=3)


def _write_densities(ax: Axes, points: pd.DataFrame, place: Place) -> None:
    """The largest value of each square of two metres, in its middle."""
    assert place.x is not None
    assert place.y is not None
    reach = CLOSE_UP - 1.0
    near = points[(abs(points["x"] - place.x) < reach) & (abs(points["y"] - place.y) < reach)]
    squares = near.assign(column=(near["x"] // 2.0), row=(near["y"] // 2.0)).groupby(["column", "row"])
    for _, square in squares:
        at, worst = square[["x", "y"]].mean(), square["level_density_max"].max()
        if np.isfinite(worst) and np.hypot(at["x"] - place.x, at["y"] - place.y) > 1.6:
            style: dict[str, Any] = {
                "fontsize": 7,
                "ha": "center",
                "va": "center",
                "zorder": 8,
                "clip_on": True,
            }
            ax.text(at["x"], at["y"], f"{worst:.1f}", bbox=LABEL_BOX, **style)


def _padded(bounds: Sequence[float]) -> tuple[float, float, float, float]:
    west, south, east, north = bounds
    margin = 0.04 * max(east - west, north - south)
    return west - margin, south - 2.2 * margin, east + margin, north + margin


def _frame(ax: Axes, west: float, south: float, east: float, north: float) -> None:
    """Set the part of the plane that is shown, with a scale bar below left."""
    ax.set(xlim=(west, east), ylim=(south, north))
    layers.draw_coordinates(ax)
    ax.set_aspect("equal")
    for spine in ax.spines.values():
        spine.set_visible(False)
    length = layers.choose_scale_length(1.6 * (east - west))
    step = 0.02 * (east - west)
    layers.draw_scale_bar(ax, west + step, south + 0.5 * step, length=length)


def _draw_key(figure: Figure, risk: RiskAssessment, words: Words, *, column: str, classes: Classes) -> None:
    """The classes and whatever else is drawn; on a map of densities also the zones that the classes do not fit."""
    said, force = WORDS[words.lang], column == "contact_force_max"
    patches = [
        Rectangle((0, 0), 1, 1, facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0, label=label)
        for colour, hatch, label in zip(classes.colours, classes.hatches, classes.labels, strict=True)
    ]
    patches.append(Rectangle((0, 0), 1, 1, facecolor="white", edgecolor=palette.WALL, label=said["nobody"]))
    if risk.fields[column].isna().any():
        patches.append(Rectangle((0, 0), 1, 1, label=said["unknown"], **UNKNOWN))
    if force and risk.jamming_density is not None:
        label = said["jammed"].format(jamming=f"{risk.jamming_density:.1f}")
        dashed: dict[str, Any] = {
            "facecolor": "none",
            "edgecolor": palette.SERIES[0],
            "linestyle": (0, (3, 2)),
            "linewidth": 1.8,
        }
        patches.append(Rectangle((0, 0), 1, 1, label=label, **dashed))
    columns = min(len(patches), 5 if not force else 3)
    note = None if force else own_thresholds_note(risk, words, under="map")
    style: dict[str, Any] = {"fontsize": 8.5, "title_fontsize": 8.5, "frameon": False}
    figure.legend(handles=patches, title=note, loc="outside lower center", ncols=columns, **style)


def _mark(figure: Figure, risk: RiskAssessment, words: Words, *, place: Place, text: str) -> None:
    """A ring around the worst spot on every map that shows it, its value beside it, and names of zones."""
    for number, ax in enumerate(figure.axes):
        whole = number < len(risk.venue.planes)
        level = risk.venue.planes[number].name if whole else str(place.level)
        tags = []
        if place.x is not None and place.y is not None and place.level == level:
            ax.plot(place.x, place.y, "o", ms=13, mfc="none", mec="white", mew=4, zorder=9)
            ax.plot(place.x, place.y, "o", ms=13, mfc="none", mec=palette.TEXT, mew=2, zorder=9)
            tags.append(Tag(text, place.x, place.y, palette.TEXT, 9.5))
        if whole:
            tags += _zone_tags(risk, words, level)
        place_tags(ax, tags, floor=risk.venue.level(level).floor, taken=[])


def _zone_tags(risk: RiskAssessment, words: Words, level: str) -> list[Tag]:
    tags = []
    for zone in risk.venue.zones:
        if zone.level == level and zone.kinds != {"section"}:
            point = zone.polygon.representative_point()
            tags.append(Tag(wrap_name(words.place(zone.name)), point.x, point.y, palette.FAINT_TEXT, 7.5))
    return tags
