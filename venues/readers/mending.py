"""Shapes of a foreign map brought to the forms their roles need; each change is told to the report.

Not here: what becomes of them (`assembly.py`). Coordinates are in metres.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from venues.errors import BadInput
from venues.readers.import_report import ImportReport, place_in
from venues.readers.sketch import ZONE_ROLES, Drawn
from venues.refusals import told

#: Largest gap between the ends of an outline that is closed [m] (assumed: drawing accuracy).
CLOSING = 0.5
#: Polygons smaller than this are dropped [m2] (assumed: a hand's breadth squared).
SMALLEST_AREA = 0.01
#: Most crossings of an outline with itself that are mended (measured: a second or two).
MAX_CROSSINGS = 5_000
#: Pieces of an outline whose crossings are counted together.
AT_ONCE = 100
#: Roles of polygons, of lines of any number of points, and of points; of all others a line has two.
AREA_ROLES = ("walkable", "closed", "building", "obstacle", "area", "slope", *ZONE_ROLES)
LINE_ROLES = ("wall", "street", "stairs", "ramp", "escalator")
POINT_ROLES = ("camera", "loudspeaker", "sign")


def mend(drawn: Sequence[Drawn], report: ImportReport) -> list[Drawn]:
    """Return the shapes in the form of their roles: valid polygons one by one, lines, straight lines."""
    found = []
    seen: set[tuple[str, tuple[str, ...], bytes]] = set()
    for one in drawn:
        if one.role == "ignore":
            report.leave("shapes that were told to be ignored", one.where)
            continue
        for part in _in_form(_flat(one, report), report):
            key = (part.role, part.levels, shapely.normalize(part.shape).wkb)
            if key in seen and not part.name:
                report.repair("the same shape drawn twice: one is kept", part.where)
                continue
            seen.add(key)
            found.append(part)
    return found


def _flat(one: Drawn, report: ImportReport) -> Drawn:
    """Return a shape without heights."""
    if not shapely.has_z(one.shape):
        return one
    report.leave("heights of points (third coordinate); heights are a level's elevation")
    return replace(one, shape=shapely.force_2d(one.shape))


def _in_form(one: Drawn, report: ImportReport) -> Iterator[Drawn]:
    """Yield the parts of a shape that can play its role."""
    if one.role == "link" or one.role == "lift":
        yield one
        return
    parts = list(_parts(one.shape))
    if not parts:
        report.leave("empty shapes", one.where)
    if one.role in ZONE_ROLES and len(parts) > 1:
        polygons = [polygon for part in parts for polygon in _polygons(part, one, report)]
        if polygons:
            whole = MultiPolygon(polygons)
            yield replace(one, shape=whole if whole.is_valid else shapely.union_all(polygons))
        return
    for part in parts:
        if one.role in AREA_ROLES:
            yield from (replace(one, shape=polygon) for polygon in _polygons(part, one, report))
        elif one.role in LINE_ROLES:
            yield from (replace(one, shape=line) for line in _lines(part, one, report))
        elif one.role in POINT_ROLES:
            yield from (replace(one, shape=point) for point in _points(part, one, report))
        else:
            yield from (replace(one, shape=line) for line in _straight(part, one, report))


def _parts(shape: BaseGeometry) -> Iterator[BaseGeometry]:
    """Yield the simple parts of a shape, those of collections in collections too."""
    for part in shapely.get_parts(shape):
        if part.is_empty:
            continue
        if hasattr(part, "geoms"):
            yield from _parts(part)
        else:
            yield part


def _polygons(part: BaseGeometry, one: Drawn, report: ImportReport) -> Iterator[Polygon]:
    """Yield valid polygons from a polygon or a closed line."""
    if isinstance(part, LineString):
        closed = _closed(part, one, report)
        if closed is None:
            return
        part = closed
    if not isinstance(part, Polygon):
        report.leave(
            "a {shape} cannot be {role}; it must be a polygon or a closed line",
            one.where,
            shape=part.geom_type,
            role=one.role,
        )
        return
    valid: BaseGeometry = part
    if not part.is_valid:
        _check_crossings(part, one)
        reason = shapely.is_valid_reason(part)
        valid = shapely.make_valid(part, method="structure", keep_collapsed=False)
        place = reason[reason.find("[") :]
        report.repair("an outline that crossed or touched itself ({role})", f"{one.where} at {place}", role=one.role)
    for polygon in shapely.get_parts(valid):
        if not isinstance(polygon, Polygon) or polygon.area < SMALLEST_AREA:
            report.leave(
                "a polygon without area, under {area} m2 ({role})", one.where, area=SMALLEST_AREA, role=one.role
            )
            continue
        yield polygon


def _check_crossings(polygon: Polygon, one: Drawn) -> None:
    """Refuse an outline that crosses itself so often that it is no drawing, and mending it takes for ever."""
    points = np.array(polygon.exterior.coords)
    pieces = np.asarray(shapely.linestrings(np.stack((points[:-1], points[1:]), axis=1)))
    tree, crossings = shapely.STRtree(pieces), 0
    for some in np.array_split(pieces, max(len(pieces) // AT_ONCE, 1)):
        # Each crossing is met from both pieces.
        crossings += tree.query(some, "crosses").shape[1]
        if crossings > 2 * MAX_CROSSINGS:
            raise BadInput(
                told(
                    "{where} ({role}) has an outline that crosses itself more than {most:,} times, "
                    "the most that can be mended: redraw it",
                    where=partial(place_in, one.where),
                    role=one.role,
                    most=MAX_CROSSINGS,
                )
            )


def _closed(line: LineString, one: Drawn, report: ImportReport) -> Polygon | None:
    """Return the polygon of an outline drawn as a line; None if it is open."""
    points = list(line.coords)
    if len(points) < 3:
        report.leave(
            "a line of {points} points cannot be {role}; it must enclose an area",
            one.where,
            points=len(points),
            role=one.role,
        )
        return None
    gap = shapely.Point(points[0]).distance(shapely.Point(points[-1]))
    if gap > CLOSING:
        report.leave(
            "an open line cannot be {role}; its ends are more than {gap} m apart", one.where, role=one.role, gap=CLOSING
        )
        return None
    if gap > 0.0:
        report.repair(
            "an outline that did not close, by at most {gap} m ({role})", one.where, gap=CLOSING, role=one.role
        )
    return Polygon(points) if len(set(points)) >= 3 else None


def _lines(part: BaseGeometry, one: Drawn, report: ImportReport) -> Iterator[LineString]:
    """Yield lines with a length: of a polygon its rings."""
    rings = [part.exterior, *part.interiors] if isinstance(part, Polygon) else [part]
    for ring in rings:
        if not isinstance(ring, LineString):
            report.leave(
                "a {shape} cannot be {role}; it must be a line", one.where, shape=part.geom_type, role=one.role
            )
            continue
        points = [p for k, p in enumerate(ring.coords) if k == 0 or p != ring.coords[k - 1]]
        if len(points) < 2:
            report.leave("a line without length ({role})", one.where, role=one.role)
            continue
        yield LineString(points)


def _points(part: BaseGeometry, one: Drawn, report: ImportReport) -> Iterator[Point]:
    """Yield a point: of a shape that is none its middle."""
    if not isinstance(part, Point):
        report.repair(
            "a {role} drawn as a {shape} stands in its middle", one.where, role=one.role, shape=part.geom_type
        )
    yield part if isinstance(part, Point) else part.centroid


def _straight(part: BaseGeometry, one: Drawn, report: ImportReport) -> Iterator[LineString]:
    """Yield lines of two points."""
    for line in _lines(part, one, report):
        if len(line.coords) == 2:
            yield line
            continue
        straight = LineString([line.coords[0], line.coords[-1]])
        if straight.length <= 0.0:
            report.leave("a closed line cannot be a {role}; it must have two ends", one.where, role=one.role)
            continue
        report.repair("a {role} of several points drawn straight from its first to its last", one.where, role=one.role)
        yield straight
