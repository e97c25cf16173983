"""The layers of a map: floor, zones, slopes, areas, lines, gates, scale bar, north arrow.

Each paints one kind of thing of one level on an Axes in metres; layers with names return the tags that
name them, for `labels.place_tags` or to be left out. Not here: stairs and lifts (`link_layers.py`), the sheet
around the map (`plan.py`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation
from shapely.geometry import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from venues.elements import Element
from venues.places import Gate, Link, MeasurementArea, MeasurementLine, Zone, compute_normal
from venues.venue import Venue, label
from viz import palette
from viz.labels import Tag, font_family, wrap_name, write_text

#: How each state of a gate is said.
WORDS = {
    "en": {"both": "both ways", "one": "one way", "shut": "shut", "up": "up"},
    "ko": {"both": "양방향", "one": "일방통행", "shut": "닫힘", "up": "오르막"},
}
#: The triangle that marks forward at a gate: its size and how far it stands off the gate [points].
FORWARD_SIZE, FORWARD_OFF = 9.0, 5.5
#: Zone kinds in the order in which they win the colour of a zone with several.
KIND_ORDER = (
    "emergency-lane", "first-aid", "no-go", "source", "exit", "stage", "queue", "waiting", "refuge", "section",
)  # fmt: skip


def build_path(shape: BaseGeometry) -> Path:
    """Return the matplotlib path of a polygon or multipolygon, holes included."""
    polygons = shape.geoms if isinstance(shape, MultiPolygon) else [shape]
    rings = [ring for part in polygons if isinstance(part, Polygon) for ring in (part.exterior, *part.interiors)]
    return Path.make_compound_path(*[Path(np.asarray(ring.coords)[:, :2], closed=True) for ring in rings])


def find_free_point(polygon: Polygon | MultiPolygon, busy: Iterable[BaseGeometry]) -> Point:
    """Return a point well inside the largest part of a polygon that nothing else covers."""
    free = polygon.difference(shapely.union_all(list(busy)))
    parts = [part for part in getattr(free, "geoms", [free]) if part.area > 0.05 * polygon.area]
    return max(parts, key=lambda part: part.area, default=polygon).representative_point()


def name_of(item: Zone | Gate | Link | MeasurementArea | MeasurementLine | Element, lang: str) -> str:
    """Return an item's label and, if it differs, the name by which a scenario calls it."""
    text = label(item, lang)
    return wrap_name(text) if text == item.name else f"{wrap_name(text)}\n[{wrap_name(item.name)}]"


def draw_floor(ax: Axes, venue: Venue, level: str) -> None:
    """Paint what is not floor, the floor, and everything a body can touch."""
    ax.set_facecolor(palette.OUTSIDE)
    place = venue.level(level)
    ax.add_patch(PathPatch(build_path(place.floor), facecolor=palette.FLOOR, edgecolor="none", zorder=1))
    for solid in place.solids:
        path = build_path(solid.polygon)
        ax.add_patch(PathPatch(path, facecolor=palette.OBSTACLE, edgecolor="none", zorder=1.5))
    for chain in venue.wall_chains(place):
        ax.plot(chain[:, 0], chain[:, 1], color=palette.WALL, linewidth=1.4, zorder=5)


def name_obstacles(venue: Venue, level: str, *, lang: str = "en") -> list[Tag]:
    """Return the tags of the obstacles that have a name or a label."""
    tags = []
    for solid in venue.level(level).solids:
        if text := label(solid, lang):
            point = solid.polygon.representative_point()
            tags.append(Tag(wrap_name(text), point.x, point.y, palette.TEXT, 7.5, solid.polygon))
    return tags


def name_walls(venue: Venue, level: str, *, lang: str = "en") -> list[Tag]:
    """Return the tags of the thin walls that have a name, one for each name."""
    named = {wall.name: wall for wall in reversed(venue.level(level).thin_walls) if wall.name}
    points = [(label(wall, lang), wall.line.interpolate(0.3, normalized=True)) for wall in named.values()]
    return [Tag(wrap_name(text), point.x, point.y, palette.TEXT, 7.5) for text, point in points]


def draw_zones(ax: Axes, venue: Venue, level: str, *, lang: str = "en") -> list[Tag]:
    """Paint the zones by what they are for; sections are outlines only."""
    tags, faint = [], []
    for zone in venue.zones:
        if zone.level != level:
            continue
        path, name = build_path(zone.polygon), name_of(zone, lang)
        smaller = [other.polygon for other in venue.zones if other.polygon.area < zone.polygon.area]
        point = find_free_point(zone.polygon, smaller)
        kinds = [kind for kind in KIND_ORDER if kind in zone.kinds]
        colour = palette.ZONES[kinds[0]]
        if kinds == ["section"]:
            ax.add_patch(PathPatch(path, facecolor="none", edgecolor=colour, linestyle=":", zorder=4.5))
            faint.append(Tag(name, point.x, point.y, palette.FAINT_TEXT, 7.5, zone.polygon))
            continue
        ax.add_patch(PathPatch(path, facecolor=colour, alpha=0.55, edgecolor=colour, zorder=3))
        if len(kinds) > 1 and kinds[1] != "section":
            second = palette.ZONES[kinds[1]]
            ax.add_patch(PathPatch(path, facecolor="none", edgecolor=second, hatch="////", lw=0, zorder=3.1))
        tags.append(Tag(name, point.x, point.y, palette.TEXT, 9, zone.polygon))
    return tags + faint


def draw_slopes(ax: Axes, venue: Venue, level: str, *, lang: str = "en") -> list[Tag]:
    """Hatch inclined ground, with an arrow uphill."""
    tags = []
    for slope in venue.slopes:
        if slope.level != level:
            continue
        path = build_path(slope.polygon)
        ax.add_patch(
            PathPatch(path, facecolor="none", edgecolor=palette.SLOPE, hatch="...", lw=0.8, alpha=0.7, zorder=2)
        )
        crossed: list[Gate | MeasurementLine] = [*venue.gates, *venue.lines]
        busy: list[BaseGeometry] = [line.line.buffer(1.5) for line in crossed]
        middle = find_free_point(slope.polygon, [*busy, *(area.polygon for area in venue.areas)])
        reach = 0.2 * math.sqrt(slope.polygon.area)
        ux, uy = slope.uphill
        _draw_arrow(
            ax,
            (middle.x - reach * ux, middle.y - reach * uy),
            (2 * reach * ux, 2 * reach * uy),
            palette.SLOPE,
        )
        words = WORDS.get(lang, WORDS["en"])
        tags.append(Tag(f"{slope.angle:g}° {words['up']}", middle.x, middle.y, palette.SLOPE, 8.5))
    return tags


def draw_areas(ax: Axes, venue: Venue, level: str, *, lang: str = "en") -> list[Tag]:
    """Outline the measurement areas."""
    tags = []
    for area in venue.areas:
        if area.level == level:
            path = build_path(area.polygon)
            ax.add_patch(PathPatch(path, facecolor=palette.AREA, alpha=0.18, edgecolor="none", zorder=3.5))
            ax.add_patch(PathPatch(path, facecolor="none", edgecolor=palette.AREA, lw=1.4, zorder=4.6))
            point = area.polygon.representative_point()
            tags.append(Tag(name_of(area, lang), point.x, point.y, palette.AREA, 8.5, area.polygon))
    return tags


def draw_lines(ax: Axes, venue: Venue, level: str, *, lang: str = "en") -> list[Tag]:
    """Draw the lines at which people are counted, with a small arrow forward."""
    tags = []
    for line in venue.lines:
        if line.level == level:
            draw_segment(ax, line.line, color=palette.LINE, linewidth=1.5, linestyle=(0, (3, 1.5)), zorder=6)
            _draw_passing(ax, line, "forward", palette.LINE, at=0.2, share=0.22)
            x, y = line.line.coords[0]
            tags.append(Tag(name_of(line, lang), x, y, palette.LINE, 7.5))
    return tags


def draw_gates(ax: Axes, venue: Venue, level: str, *, lang: str = "en") -> list[Tag]:
    """Draw the gates: arrows where they may be passed, a triangle on the forward side, tags with width and state."""
    words, tags = WORDS.get(lang, WORDS["en"]), []
    for gate in venue.gates:
        if gate.level != level:
            continue
        colour = palette.GATE if gate.open else palette.GATE_SHUT
        draw_segment(ax, gate.opening, color=colour, linewidth=4.0, solid_capstyle="butt", zorder=7)
        if gate.open:
            _draw_passing(ax, gate, gate.direction, colour, at=0.5, share=0.4)
        _draw_forward(ax, gate, colour)
    for group in _alike([gate for gate in venue.gates if gate.level == level]):
        first, last = group[0], group[-1]
        state = words["shut"] if not first.open else words["both" if first.direction == "both" else "one"]
        middle = group[len(group) // 2].line.interpolate(0.9 if len(group) == 1 else 0.5, normalized=True)
        name, number = name_of(first, lang), ""
        if len(group) > 1:
            name = f"{label(first, lang)} … {label(last, lang)}\n[{first.name} … {last.name}]"
            number = f"{len(group)} × "
        colour = palette.GATE if first.open else palette.GATE_SHUT
        tags.append(Tag(f"{name}\n{number}{first.clear_width:.1f} m, {state}", middle.x, middle.y, colour, 9))
    return tags


def _alike(gates: list[Gate]) -> list[list[Gate]]:
    """Return gates in groups that one tag names: alike and in one bank; the others one by one."""
    groups: dict[object, list[Gate]] = {}
    for gate in gates:
        alike = (gate.bank, gate.direction, gate.open, round(gate.clear_width, 2))
        groups.setdefault(gate.name if gate.bank is None else alike, []).append(gate)
    return list(groups.values())


def draw_scale_bar(ax: Axes, x: float, y: float, *, length: float) -> None:
    """Draw a scale bar of `length` [m] in four parts, its left end at (x, y) [m]."""
    height = length / 18
    for part in range(4):
        left = x + part * length / 4
        corners = [(left, y), (left + length / 4, y), (left + length / 4, y + height), (left, y + height)]
        fill = palette.TEXT if part % 2 == 0 else palette.FLOOR
        ax.add_patch(PathPatch(build_path(Polygon(corners)), facecolor=fill, edgecolor=palette.TEXT, zorder=9))
    style = {"fontsize": 9, "color": palette.TEXT, "va": "bottom", "zorder": 9}
    for share, text in ((0.0, "0"), (0.5, f"{length / 2:g}"), (1.0, f"{length:g} m")):
        write_text(ax, x + share * length, y + 1.4 * height, text, ha="center", **style)


def draw_north_arrow(ax: Axes, x: float, y: float, *, length: float, lang: str = "en") -> None:
    """Draw an arrow of `length` [m] to the north (up) from (x, y) [m]."""
    _draw_arrow(ax, (x, y), (0.0, length), palette.TEXT, width=2.0)
    text = "북" if lang == "ko" else "N"
    write_text(ax, x + 0.25 * length, y + 0.5 * length, text, fontsize=11, color=palette.TEXT, va="center", zorder=9)


def draw_coordinates(ax: Axes) -> None:
    """Write x along the upper edge and y along the left one [m], so that a place said as (12, 40) is found.

    Call it once the limits are set; it stays inside the frame, above the strip of the scale bar.
    """
    style: dict[str, Any] = {"family": font_family(), "fontsize": 6.5, "color": palette.FAINT_TEXT, "parse_math": False}
    for axis, (low, high), below in ((ax.xaxis, ax.get_xlim(), 0.06), (ax.yaxis, ax.get_ylim(), 0.15)):
        ends = low + below * (high - low), high - 0.06 * (high - low)
        ticks = MaxNLocator(6, steps=[1, 2, 5, 10], integer=True).tick_values(*ends)
        first, *others = [tick for tick in ticks if ends[0] <= tick <= ends[1]] or [round(sum(ends) / 2)]
        texts = [f"{axis.axis_name} {first:g} m", *(f"{tick:g}" for tick in others)]
        axis.set_ticks([first, *others], texts, ha="center" if axis is ax.xaxis else "left", **style)
    ax.tick_params(direction="in", length=3, width=0.6, color=palette.FAINT_TEXT)
    ax.tick_params(axis="x", top=True, labeltop=True, bottom=False, labelbottom=False, pad=-10)
    ax.tick_params(axis="y", pad=-5)


def choose_scale_length(extent: float) -> float:
    """Return 1, 2 or 5 times a power of ten [m], about a fifth of `extent` [m]."""
    power = 10.0 ** math.floor(math.log10(extent / 5))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= extent / 5)


def draw_segment(ax: Axes, line: LineString, **style: object) -> None:
    """Draw a straight line."""
    points: Iterable[tuple[float, ...]] = line.coords
    xs, ys = zip(*points, strict=True)
    ax.plot(xs, ys, **style)  # type: ignore[arg-type]


def _draw_passing(
    ax: Axes, item: Gate | MeasurementLine, direction: str, colour: str, *, at: float, share: float
) -> None:
    """Draw arrows through a gate or line at a share of its length, as long as `share` of it to each side."""
    nx, ny = compute_normal(item.line)
    x, y = item.line.interpolate(at, normalized=True).coords[0]
    reach = share * item.line.length
    for sign, word in ((1.0, "forward"), (-1.0, "backward")):
        if direction in ("both", word):
            _draw_arrow(ax, (x, y), (sign * reach * nx, sign * reach * ny), colour)


def _draw_forward(ax: Axes, gate: Gate, colour: str) -> None:
    """Draw a small triangle on the forward side of a gate, near its first end, pointing forward."""
    nx, ny = gate.normal
    x, y = gate.opening.interpolate(0.12, normalized=True).coords[0]
    beside = ScaledTranslation(FORWARD_OFF * nx / 72, FORWARD_OFF * ny / 72, ax.figure.dpi_scale_trans)
    style: dict[str, Any] = {"markersize": FORWARD_SIZE, "markeredgecolor": "white", "markeredgewidth": 0.6}
    turned = (3, 0, math.degrees(math.atan2(ny, nx)) - 90.0)
    ax.plot([x], [y], marker=turned, color=colour, transform=ax.transData + beside, zorder=7.2, **style)


def _draw_arrow(
    ax: Axes, start: tuple[float, float], way: tuple[float, float], colour: str, *, width: float = 1.3
) -> None:
    """Draw an arrow from a point [m] along a vector [m]."""
    style = {"arrowstyle": "-|>", "color": colour, "linewidth": width, "shrinkA": 0, "shrinkB": 0}
    end = (start[0] + way[0], start[1] + way[1])
    ax.annotate("", xy=end, xytext=start, arrowprops=style, zorder=7.5, annotation_clip=False)
