"""Zones of a sketch on its floor, and those that are assumed where a map says not where people come and go.

Not here: the floor (`floors.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from venues.places import Level, Zone
from venues.readers.import_report import ImportReport
from venues.readers.sketch import ZONE_ROLES, Drawn, Sketch

#: How deep an assumed zone is, from the edge of the map or the end of the floor inwards [m] (assumed).
DEPTH = 3.0
#: A street narrower than this at the edge of the map is no way in [m] (assumed: a door).
NARROWEST = 0.9
#: Share of a zone that may be drawn off the floor (as in `check.py`).
OFF = 0.1
#: Smallest part of a zone on the floor [m2] (assumed: less is a matter of drawing).
SMALLEST = 0.01
BOTH = frozenset({"source", "exit"})


def build_zones(drawn: Sequence[Drawn], levels: Sequence[Level], report: ImportReport) -> list[Zone]:
    """Return the zones that a sketch draws."""
    by_name = {level.name: level for level in levels}
    found = [_on_floor(one, by_name, report) for one in drawn if one.role in ZONE_ROLES]
    return [zone for zone in found if zone is not None]


def assume_zones(
    zones: Sequence[Zone], drawn: Sequence[Drawn], sketch: Sketch, levels: Sequence[Level], report: ImportReport
) -> list[Zone]:
    """Return more zones where those that are drawn say not where people come in or leave.

    None of a kind that is drawn and was lost: who drew it knows where it is, and the check tells that it is missing.
    """
    more: list[Zone] = []
    if sketch.frame is not None:
        streets = [one for one in drawn if one.role == "street" and one.name]
        for level in levels:
            drawn_here = shapely.union_all([zone.polygon for zone in zones if zone.level == level.name])
            off_map = _ways_off_the_map(level, sketch.frame, streets)
            off_map = [zone for zone in off_map if zone.polygon.intersection(drawn_here).area < OFF * zone.polygon.area]
            for zone in off_map:
                x, y = zone.polygon.centroid.coords[0]
                report.assume(
                    "people come in and leave where a street meets the edge of the map (zones {depth:g} m deep)",
                    f"{zone.name} at ({x:.1f}, {y:.1f})",
                    depth=DEPTH,
                )
            more += off_map
    kinds = report.kinds_lost.union(*(zone.kinds for zone in (*zones, *more)))
    if not kinds & BOTH:
        return _far_ends(levels[0], report)
    if "source" not in kinds:
        floor = max(levels, key=lambda level: level.floor.area)
        inside = max(floor.floor.geoms, key=lambda part: part.area)
        report.assume(
            "the map says not where people come in: anywhere on the largest floor, all {area:,.0f} m2 of it (zone "
            "'inside'); if they come through doors, draw zones of kind source there (in a picture green, #00ff00)",
            area=inside.area,
        )
        more.append(Zone("inside", floor.name, inside, frozenset({"source"})))
    if "exit" not in kinds:
        report.assume(
            "the map says not where people leave: nowhere, so that nobody can get out; draw a zone of kind exit (in a "
            "picture red, #ff0000)"
        )
    return more


def _on_floor(one: Drawn, levels: dict[str, Level], report: ImportReport) -> Zone | None:
    """Return a zone, cut to the floor where much of it is off; None where all is."""
    level = levels.get(one.levels[0])
    kinds = frozenset(one.details.get("kinds", ZONE_ROLES[one.role]))
    shape = one.shape
    if level is None or shape.intersection(level.floor).area <= SMALLEST:
        report.leave("zones off the floor ({kinds})", f"{one.where} {one.name}".strip(), kinds=", ".join(sorted(kinds)))
        if kinds & BOTH:
            report.lose_way(kinds)
        return None
    if shape.difference(level.floor).area > OFF * shape.area:
        shape = _areas(shape.intersection(level.floor))
        report.repair("zones cut to the floor they lie on", f"{one.where} {one.name}".strip())
    assert isinstance(shape, Polygon | MultiPolygon)
    return Zone(one.name or one.role, level.name, shape, kinds, one.details.get("labels", {}))


def _areas(shape: BaseGeometry) -> Polygon | MultiPolygon:
    """Return the polygons of a shape, without its lines and points."""
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon) and part.area > SMALLEST / 10]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _ways_off_the_map(level: Level, frame: BaseGeometry, streets: Sequence[Drawn]) -> list[Zone]:
    """Return a zone wherever the floor of a level reaches the edge of the map."""
    zones = []
    rim = frame.difference(frame.buffer(-DEPTH, join_style="mitre"))
    for part in shapely.get_parts(level.floor.intersection(rim)):
        if not isinstance(part, Polygon) or part.intersection(frame.boundary.buffer(0.01)).length < 2 * NARROWEST:
            continue
        middle = shapely.point_on_surface(part)
        near = min(streets, key=lambda one: one.shape.distance(middle), default=None)
        name = near.name if near is not None and near.shape.distance(middle) < 2 * DEPTH else "edge of the map"
        zones.append(Zone(f"{name} {_side(middle, frame)}", level.name, part, BOTH))
    return zones


def _side(point: shapely.Point, frame: BaseGeometry) -> str:
    """Return which edge of the map a point is at."""
    west, south, east, north = frame.bounds
    away = {"west": point.x - west, "east": east - point.x, "south": point.y - south, "north": north - point.y}
    return min(away, key=lambda side: away[side])


def _far_ends(level: Level, report: ImportReport) -> list[Zone]:
    """Return two zones, at those ends of the largest piece of floor that are farthest apart."""
    piece = max(level.floor.geoms, key=lambda part: part.area)
    inner = piece.buffer(-0.3)
    inner = max(shapely.get_parts(inner), key=lambda part: part.area) if not inner.is_empty else piece
    corners = shapely.get_coordinates(inner.convex_hull)
    corners = corners[:: max(1, len(corners) // 200)]
    one, two = max(combinations(corners, 2), key=lambda pair: float(np.hypot(*(pair[0] - pair[1]))))
    zones = []
    for name, (x, y) in (("end-1", one), ("end-2", two)):
        near = piece.intersection(shapely.Point(x, y).buffer(min(DEPTH, piece.length / 12), quad_segs=4))
        part = min(shapely.get_parts(near), key=lambda part: part.distance(shapely.Point(x, y)))
        zones.append(Zone(name, level.name, _areas(part), BOTH))
        report.assume(
            "the map says not where people come and go: at the two ends of the floor that are farthest apart; draw "
            "your own zones in their place",
            f"{name} at ({x:.1f}, {y:.1f})",
        )
    return zones
