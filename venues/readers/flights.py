"""Stairs, ramps, escalators and lifts of a sketch as links, and the place they take up on their levels.

A flight is the straight strip between two lines. Where it begins and ends a landing is laid, and the strip is cut out
of both floors. A bent flight, and one between two parts of one level, becomes two with a landing between them on a
level of its own. Not here: whether the venue takes a link (`assembly.py`).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from venues.errors import BadInput
from venues.link_floor import CLEAR
from venues.places import Link
from venues.readers.floors import STRAIGHT, Floor
from venues.readers.import_report import ImportReport
from venues.readers.sketch import Drawn
from venues.refusals import message_of, told

#: Clear width where the map gives none [m] (assumed: two people abreast; one step of an escalator, EN 115-1).
WIDTHS = {"stairs": 2.0, "ramp": 2.0, "escalator": 1.0}
#: A flight narrower than this is left out [m] (assumed: one person).
NARROWEST = 0.6
#: Room between flights side by side [m]: strips on one plane must not touch.
BESIDE = 0.1
#: Landing in front of a flight [m], and how much wider than the flight it is on each side (assumed: one stride).
LANDING, SHOULDER = 1.0, 0.2
#: A way longer than this times the distance between its ends is a turning stair.
BENT = 1.15
#: Half of a stair between parts of one level, at least, and the landing between the halves [m].
HALF, BETWEEN = 0.55, 0.7
#: What the level of landings is called.
LANDINGS = {"en": "Landings", "ko": "계단참"}

Points = np.ndarray


@dataclass
class Flight:
    """One straight strip from a level to another, before its width is settled."""

    kind: str
    name: str
    where: str
    levels: tuple[str, str]
    start: Points
    end: Points
    width: float
    length: float
    direction: str
    landing_between: Polygon | None = None
    width_assumed: bool = False

    @property
    def along(self) -> Points:
        """Unit vector from start to end."""
        step = self.end - self.start
        return step / np.hypot(*step)

    def line(self, point: Points, width: float | None = None) -> LineString:
        """Return the line across the flight at a point."""
        ux, uy = self.along
        across = np.array([-uy, ux]) * (self.width if width is None else width) / 2
        return LineString([point - across, point + across])

    @property
    def strip(self) -> Polygon:
        """Outline in plan."""
        one, two = (np.array(self.line(point).coords) for point in (self.start, self.end))
        return Polygon(np.vstack((one, two[::-1])))

    def landing(self, point: Points) -> Polygon:
        """Return the landing at the start or the end, outside the strip."""
        out = -self.along if np.array_equal(point, self.start) else self.along
        near = np.array(self.line(point, self.width + 2 * SHOULDER).coords)
        return Polygon(np.vstack((near, (near + LANDING * out)[::-1])))


def build_flights(
    drawn: Sequence[Drawn], floors: dict[str, Floor], report: ImportReport
) -> tuple[list[Link], list[Flight]]:
    """Return the links of a sketch but for lifts, and its flights; floors get landings and lose the flights."""
    links = [link for one in drawn if one.role == "link" for link in _given(one, report)]
    flights: list[Flight] = []
    for one in drawn:
        if one.role in WIDTHS:
            flights += _flights(one, floors, flights, report)
    flights = _side_by_side(flights, report)
    _make_room(flights, floors)
    return links + [_link(flight, floors, report) for flight in flights], flights


def _given(one: Drawn, report: ImportReport) -> list[Link]:
    """Return a link drawn as two lines, as in a venue file."""
    ends = list(shapely.get_parts(one.shape)) if isinstance(one.shape, MultiLineString) else []
    given = {key: value for key, value in one.details.items() if key not in ("link_kind", "from_level", "to_level")}
    try:
        if len(ends) != 2:
            raise BadInput(told("it has {count} lines; it must have two, the start and the end", count=len(ends)))
        kind, first, last = (str(one.details.get(key)) for key in ("link_kind", "from_level", "to_level"))
        return [Link(one.name or kind, kind, first, ends[0], last, ends[1], **given)]
    except (BadInput, TypeError) as wrong:
        report.leave("link: {wrong}", f"{one.where} {one.name}".strip(), wrong=message_of(wrong))
        return []


def _flights(one: Drawn, floors: dict[str, Floor], earlier: list[Flight], report: ImportReport) -> list[Flight]:
    """Return the straight flights of a drawn way, with a level for the landing between them."""
    points = np.array(one.shape.coords)
    where = f"{one.where} {one.name}".strip()
    first, last = one.levels[0], one.levels[-1]
    unknown = [level for level in (first, last) if level not in floors]
    if unknown:
        report.leave("{role} to a level without floor", f"{where}: level {unknown[0]}", role=one.role)
        return []
    width = one.details.get("clear_width")
    assumed = width is None
    if width is None:
        width = WIDTHS[one.role]
        report.assume("{role} without a width: {width:g} m wide", where, role=one.role, width=width)
    name, direction = one.name or one.role, one.details.get("direction", "both")
    whole = Flight(one.role, name, where, (first, last), points[0], points[-1], width, one.shape.length, direction)
    whole = replace(whole, width_assumed=assumed)
    chord = float(np.hypot(*(points[-1] - points[0])))
    if first == last:
        return _two_halves(whole, chord, floors, report)
    if chord >= HALF and one.shape.length <= BENT * chord:
        return [whole]
    turned = _turning(whole, points, floors, report)
    if turned:
        return turned
    if chord < HALF:
        report.leave("{role} that ends where it begins in plan", where, role=one.role)
        return []
    report.assume("{role} that turns, drawn straight from its first to its last point", where, role=one.role)
    return [whole]


def _two_halves(whole: Flight, chord: float, floors: dict[str, Floor], report: ImportReport) -> list[Flight]:
    """Return a stair between two parts of one level as two halves with a landing between them."""
    if chord < 0.1:
        report.leave("{kind} that end where they begin in plan", whole.where, kind=whole.kind)
        return []
    going = max(chord, 2 * HALF + BETWEEN)
    if going > chord:
        report.repair(
            "{kind} inside one level made {going:g} m long in plan",
            f"{whole.where}: {chord:.1f} m",
            kind=whole.kind,
            going=going,
        )
    middle, along = (whole.start + whole.end) / 2, whole.along
    whole = replace(whole, start=middle - along * going / 2, end=middle + along * going / 2)
    one, two = middle - along * BETWEEN / 2, middle + along * BETWEEN / 2
    landing = Polygon(np.vstack((whole.line(one).coords, whole.line(two).coords[::-1])))
    level = _landing_level(landing, whole.levels, floors)
    whole = replace(whole, landing_between=landing)
    report.assume("{kind} inside one level: two halves with a landing between them", whole.where, kind=whole.kind)
    half = whole.length / 2
    return [
        replace(whole, name=f"{whole.name} a", levels=(whole.levels[0], level), end=one, length=half),
        replace(whole, name=f"{whole.name} b", levels=(level, whole.levels[1]), start=two, length=half),
    ]


def _turning(whole: Flight, points: Points, floors: dict[str, Floor], report: ImportReport) -> list[Flight]:
    """Return a turning stair as two flights that meet on a landing at its farthest corner; empty if they overlap."""
    base = (
        LineString([points[0], points[-1]]) if not np.array_equal(points[0], points[-1]) else shapely.Point(points[0])
    )
    inner = points[1:-1]
    if not len(inner):
        return []
    corner = inner[int(np.argmax(shapely.distance(shapely.points(inner), base)))]
    back = 0.5 * whole.width + 0.2
    arms = [float(np.hypot(*(corner - end))) for end in (points[0], points[-1])]
    if min(arms) - back < HALF:
        return []
    one = replace(whole, name=f"{whole.name} a", end=corner - (corner - points[0]) / arms[0] * back)
    two = replace(whole, name=f"{whole.name} b", start=corner + (points[-1] - corner) / arms[1] * back)
    if one.strip.distance(two.strip) < BESIDE:
        return []
    hull = shapely.union_all([one.landing(one.end), two.landing(two.start)]).convex_hull
    landing = hull.difference(shapely.union_all([one.strip, two.strip]))
    if not isinstance(landing, Polygon):
        return []
    level = _landing_level(landing, whole.levels, floors)
    one, two = (replace(flight, landing_between=landing) for flight in (one, two))
    share = arms[0] / sum(arms)
    report.assume("{kind} that turn: two straight flights with a landing at the corner", whole.where, kind=whole.kind)
    return [
        replace(one, levels=(whole.levels[0], level), length=whole.length * share),
        replace(two, levels=(level, whole.levels[1]), length=whole.length * (1 - share)),
    ]


def _landing_level(landing: Polygon, levels: tuple[str, str], floors: dict[str, Floor]) -> str:
    """Put a landing on a level for landings at half height, where it touches no other; return that level's name."""
    height = (floors[levels[0]].elevation + floors[levels[1]].elevation) / 2
    for number in itertools.count(1):
        name = "landings" if number == 1 else f"landings-{number}"
        if name not in floors:
            floors[name] = Floor(name, height, MultiPolygon([landing]), labels=dict(LANDINGS))
            return name
        floor = floors[name]
        if floor.elevation == height and floor.walkable.distance(landing) > BESIDE / 2:
            floor.walkable = MultiPolygon([*shapely.get_parts(floor.walkable), landing])
            return name
    raise AssertionError("unreachable")


def _side_by_side(flights: list[Flight], report: ImportReport) -> list[Flight]:
    """Return the flights, narrowed where they would overlap others of a level they share."""
    kept: list[Flight] = []
    for flight in flights:
        width = flight.width
        for other in kept:
            if set(flight.levels) & set(other.levels):
                flight = _narrowed(flight, other)
        if flight.width < width:
            report.repair(
                "flights narrowed, because at the width they were given they overlap the next one",
                f"{flight.where}: {width:.1f} m → {flight.width:.1f} m",
            )
        if flight.width < NARROWEST:
            report.leave("flights that overlap another one ({kind})", flight.where, kind=flight.kind)
            continue
        kept.append(flight)
    return kept


def _narrowed(flight: Flight, other: Flight) -> Flight:
    """Return a flight so narrow that it is apart from another, or narrower than anybody."""
    while flight.width >= NARROWEST and flight.strip.distance(other.strip) < BESIDE:
        flight = replace(flight, width=flight.width - 0.1)
    return flight


def _make_room(flights: Sequence[Flight], floors: dict[str, Floor]) -> None:
    """Lay the landings, take the strips out of both floors, and open obstacles before the flights."""
    for name, floor in floors.items():
        ends = [(f, p) for f in flights for level, p in zip(f.levels, (f.start, f.end), strict=True) if level == name]
        if not ends or floor.labels.get("en") == LANDINGS["en"]:
            continue
        strips = [flight.strip for flight, _ in ends]
        strips += [flight.landing_between for flight, _ in ends if flight.landing_between is not None]
        lay(floor, shapely.union_all([*strips, *(flight.landing(point) for flight, point in ends)]))
        floor.walkable = shapely.simplify(floor.walkable.difference(shapely.union_all(strips)), STRAIGHT)


def lay(floor: Floor, ground: BaseGeometry) -> None:
    """Add ground to a floor, through obstacles and walls."""
    floor.walkable = floor.walkable.union(ground)
    clear = ground.buffer(CLEAR, join_style="mitre")
    for part, kept, away in ((floor.obstacles, Polygon, ground), (floor.walls, LineString, clear)):
        opened: list[Drawn] = []
        for one in part:
            if not one.shape.intersects(away):
                opened.append(one)
                continue
            rest = shapely.get_parts(one.shape.difference(away))
            opened += [replace(one, shape=shape) for shape in rest if isinstance(shape, kept) and not shape.is_empty]
        part[:] = opened


def _link(flight: Flight, floors: dict[str, Floor], report: ImportReport) -> Link:
    """Return the link of a flight, as long as its incline at least."""
    first, last = (floors[level] for level in flight.levels)
    incline = float(np.hypot(np.hypot(*(flight.end - flight.start)), last.elevation - first.elevation))
    length = flight.length
    if length < incline:
        report.assume(
            "the length of {kind} is along the straight incline between its ends", flight.where, kind=flight.kind
        )
        length = incline
    ends = (flight.line(flight.start), flight.line(flight.end))
    width = round(min(flight.width, *(end.length for end in ends)), 2)
    length = round(length + 0.005, 2)
    link = Link(flight.name, flight.kind, first.name, ends[0], last.name, ends[1], width, length, flight.direction)
    return replace(link, width_assumed=flight.width_assumed)
