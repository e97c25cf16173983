"""The floor of links: the strip between the two lines of a stair, ramp, escalator or lift, and how it opens.

Strips lie on planes of their own, beside the levels, so that people on a stair never meet those under it. A plan
position means the same on a level and on a strip: a person who crosses an opening changes plane, not place.
Not here: how fast people walk on a link (`crowd`), the links themselves (`places.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon

from venues.errors import BadInput, named
from venues.places import Level, Link
from venues.refusals import told

#: How far [m] the line of a link may be drawn beside the edge of the floor (assumed: drawing accuracy).
EDGE_TOLERANCE = 0.1
#: Strips nearer than this share a plane only if they join the same levels [m] (assumed: farther than people look).
APART = 6.0
#: How far beside an opening its two sides are probed [m].
_PROBE = 0.02
#: Shortest strip [m]: shorter ones cannot hold a body.
_SHORTEST = 0.5

#: Nothing that parts or counts people may lie this near before an opening [m]: it would hold on one plane only.
CLEAR = 0.3
#: A link cannot be shorter than its incline by more than this share (assumed: drawing accuracy).
_SHORTER = 0.02

Points = np.ndarray


@dataclass(frozen=True)
class Opening:
    """Where people step from a level onto a link or back.

    Attributes:
        link: its name. level, plane: names of the level and of the plane the strip is on.
        line: (2, 2) end points [m]; the strip lies on its left, the level's floor on its right.
        enter, leave: whether people may step onto the link here, and off it.
    """

    link: str
    level: str
    plane: str
    line: np.ndarray
    enter: bool
    leave: bool


@dataclass(frozen=True)
class Strip:
    """The floor of one link.

    Attributes:
        link: what it belongs to. plane: name of the plane. polygon: its outline in plan [m]. sides: its two walls,
            (2, 2) each [m], from the first level to the second. along: unit vector in plan, forward. going: its
            length in plan [m].
    """

    link: Link
    plane: str
    polygon: Polygon
    sides: tuple[np.ndarray, np.ndarray]
    along: tuple[float, float]
    going: float


@dataclass(frozen=True)
class LinkFloor:
    """Strips, their planes and openings, and the walls of the levels with the openings cut out.

    Attributes:
        chains: level name -> polylines (k, 2) [m].
    """

    planes: tuple[Level, ...]
    strips: tuple[Strip, ...]
    openings: tuple[Opening, ...]
    chains: dict[str, list[np.ndarray]]


def unfold(levels: Sequence[Level], links: Sequence[Link]) -> LinkFloor:
    """Lay out the links of a venue.

    Raises:
        BadInput: a line that is not on a straight edge of its level's floor, lines that make no strip, or a strip on
            the floor's side of its line.
    """
    by_name = {level.name: level for level in levels}
    chains = {level.name: list(level.wall_chains) for level in levels}
    drawn = []
    for link in links:
        ends = [
            _cut(link, chains[level], line)
            for level, line in ((link.from_level, link.from_line), (link.to_level, link.to_line))
        ]
        drawn.append((link, _outline(link, *ends)))
    plane_of = _planes([(link, Polygon(outline)) for link, outline in drawn])
    strips = tuple(_strip(link, outline, plane) for (link, outline), plane in zip(drawn, plane_of, strict=True))
    for strip in strips:
        _check_length(strip, by_name)
    openings = tuple(opening for strip in strips for opening in _openings(strip, by_name))
    planes = tuple(
        _plane(name, [strip for strip in strips if strip.plane == name], by_name) for name in dict.fromkeys(plane_of)
    )
    return LinkFloor(planes, strips, openings, chains)


def _cut(link: Link, chains: list[np.ndarray], line: LineString) -> Points:
    """Take the opening of a link's line out of the wall it lies on; returns its ends, on the wall: (2, 2) [m]."""
    length = line.length
    stub = (length - min(link.clear_width, length)) / 2
    ends = np.array([line.interpolate(d).coords[0] for d in (stub, length - stub)])
    west, south = ends.min(axis=0) - EDGE_TOLERANCE
    east, north = ends.max(axis=0) + EDGE_TOLERANCE
    numbers = [
        number
        for number, chain in enumerate(chains)
        if (chain.max(axis=0) >= (west, south)).all() and (chain.min(axis=0) <= (east, north)).all()
    ]
    nearest = ((*_nearest(chains[number], ends), number) for number in numbers or range(len(chains)))
    off, k, c = min(nearest, default=(np.inf, 0, 0))
    if off > EDGE_TOLERANCE:
        x, y = ends.mean(axis=0)
        raise BadInput(
            told(
                "{what} at ({x:.1f}, {y:.1f}) lies {off:.2f} m from a straight edge of the floor; draw its line on the "
                "edge (a side of the obstacle or hole that the {kind} takes up), at most {most} m off",
                what=named("link", link.name),
                x=x,
                y=y,
                off=off,
                kind=told(link.kind),
                most=EDGE_TOLERANCE,
            )
        )
    start, end = chains[c][k], chains[c][k + 1]
    along = (end - start) / np.hypot(*(end - start))
    places = np.clip((ends - start) @ along, 0.0, np.hypot(*(end - start)))
    on_wall = start + places[:, None] * along
    first, last = on_wall[np.argsort(places)]
    chains[c : c + 1] = _without(chains[c], k, first, last)
    return on_wall


def _nearest(chain: Points, ends: Points) -> tuple[float, int]:
    """Distance [m] of the farther of two points from the segment of a chain it is least from, and that segment."""
    start, step = chain[:-1], np.diff(chain, axis=0)
    squared = np.maximum((step**2).sum(axis=1), 1e-18)
    off = np.zeros(len(start))
    for point in ends:
        share = np.clip(((point - start) * step).sum(axis=1) / squared, 0.0, 1.0)
        off = np.maximum(off, np.hypot(*(start + share[:, None] * step - point).T))
    best = int(off.argmin())
    return float(off[best]), best


def _without(chain: np.ndarray, k: int, first: Points, last: Points) -> list[np.ndarray]:
    """A chain with the part between two points of its segment k taken out."""
    before, after = np.vstack((chain[: k + 1], first)), np.vstack((last, chain[k + 1 :]))
    if np.allclose(chain[0], chain[-1]):
        pieces = [np.vstack((after, before[1:]))]
    else:
        pieces = [before, after]
    return [piece for piece in map(_distinct, pieces) if len(piece) > 1]


def _distinct(points: np.ndarray) -> np.ndarray:
    """Points without immediate repetitions."""
    keep = np.concatenate(([True], np.hypot(*np.diff(points, axis=0).T) > 1e-9))
    return points[keep]


def _outline(link: Link, start: Points, end: Points) -> np.ndarray:
    """Corners of the strip: first line, then second line backwards, the strip on the left: (4, 2) [m]."""
    for candidate in (np.vstack((start, end[::-1])), np.vstack((start, end))):
        polygon = Polygon(candidate)
        if polygon.is_valid and polygon.area > 0.0:
            outline = candidate if polygon.exterior.is_ccw else candidate[[1, 0, 3, 2]]
            if np.hypot(*(outline[2:].mean(axis=0) - outline[:2].mean(axis=0))) >= _SHORTEST:
                return outline
    x, y = start.mean(axis=0)
    raise BadInput(
        told(
            "{what} at ({x:.1f}, {y:.1f}): its two lines do not make a strip to walk on; "
            "draw them opposite each other, {least} m apart or more in plan",
            what=named("link", link.name),
            x=x,
            y=y,
            least=_SHORTEST,
        )
    )


def _planes(strips: Sequence[tuple[Link, Polygon]]) -> list[str]:
    """Name of the plane of each strip: as few planes as a first fit finds."""
    planes: list[list[tuple[Link, Polygon]]] = []
    found = []
    for link, polygon in strips:
        fits = [k for k, plane in enumerate(planes) if all(_may_share(link, polygon, *other) for other in plane)]
        number = fits[0] if fits else len(planes)
        if not fits:
            planes.append([])
        planes[number].append((link, polygon))
        found.append("links" if number == 0 else f"links-{number + 1}")
    return found


def _may_share(link: Link, polygon: Polygon, other: Link, there: Polygon) -> bool:
    """Whether two strips can lie on one plane: far apart, or apart between the same levels."""
    same = {link.from_level, link.to_level} == {other.from_level, other.to_level}
    distance = polygon.distance(there)
    return distance >= APART or (same and distance > 0.05)


def _strip(link: Link, outline: np.ndarray, plane: str) -> Strip:
    start, end = outline[:2].mean(axis=0), outline[2:].mean(axis=0)
    going = float(np.hypot(*(end - start)))
    ex, ey = (end - start) / going
    sides = (outline[[0, 3]], outline[[1, 2]])
    return Strip(link, plane, Polygon(outline), sides, (float(ex), float(ey)), going)


def _openings(strip: Strip, levels: dict[str, Level]) -> tuple[Opening, Opening]:
    """Both ends of a strip, checked to have the floor on the other side."""
    link = strip.link
    right, left = strip.sides
    forward, backward = link.direction in ("both", "forward"), link.direction in ("both", "backward")
    first = Opening(link.name, link.from_level, strip.plane, np.array([right[0], left[0]]), forward, backward)
    second = Opening(link.name, link.to_level, strip.plane, np.array([left[1], right[1]]), backward, forward)
    for opening in (first, second):
        _check_side(link, opening, levels[opening.level])
    return first, second


def _check_length(strip: Strip, levels: dict[str, Level]) -> None:
    """Refuse a link shorter than the straight incline between its ends: people on it would fly."""
    link = strip.link
    rise = levels[link.to_level].elevation - levels[link.from_level].elevation
    incline = float(np.hypot(strip.going, rise))
    if link.kind != "lift" and link.length < (1.0 - _SHORTER) * incline:
        x, y = strip.polygon.centroid.coords[0]
        raise BadInput(
            told(
                "length of {what} at ({x:.1f}, {y:.1f}) is {length:g} m; between its lines, {going:.2f} m apart in "
                "plan and {rise:g} m in height, it must be at least {least:.2f} m, measured along the incline",
                what=named("link", link.name),
                x=x,
                y=y,
                length=link.length,
                going=strip.going,
                rise=abs(rise),
                least=incline,
            )
        )


def opening_before(openings: Sequence[Opening], level: str, line: LineString) -> Opening | None:
    """Return the opening on a level right before which a line lies (`CLEAR`), if any."""
    for opening in openings:
        (ax, ay), (bx, by) = opening.line
        if opening.level != level or line.distance(Point(ax, ay)) > np.hypot(bx - ax, by - ay) + CLEAR:
            continue
        length = float(np.hypot(bx - ax, by - ay))
        ux, uy = (bx - ax) / length, (by - ay) / length
        end = min(EDGE_TOLERANCE, length / 4)
        ground = Polygon(
            [
                (ax + along * ux + out * uy, ay + along * uy - out * ux)
                for along, out in ((end, CLEAR), (length - end, CLEAR), (length - end, -CLEAR), (end, -CLEAR))
            ]
        )
        if ground.intersects(line):
            return opening
    return None


def _check_side(link: Link, opening: Opening, level: Level) -> None:
    middle = opening.line.mean(axis=0)
    dx, dy = (opening.line[1] - opening.line[0]) / np.hypot(*(opening.line[1] - opening.line[0]))
    inner, outer = middle + _PROBE * np.array([-dy, dx]), middle - _PROBE * np.array([-dy, dx])
    if not level.floor.covers(Point(outer)) or level.floor.contains(Point(inner)):
        x, y = middle
        raise BadInput(
            told(
                "{what} at ({x:.1f}, {y:.1f}) leads into the floor of level {level!r}; it must lead away from it: "
                "put an obstacle where the {kind} stands, with the line on its open side",
                what=named("link", link.name),
                x=x,
                y=y,
                level=level.name,
                kind=told(link.kind),
            )
        )


def _plane(name: str, strips: Sequence[Strip], levels: dict[str, Level]) -> Level:
    """The plane of some strips as a level."""
    if name in levels:
        raise BadInput(
            told("{what} has a name that is kept for stairs and lifts; choose another name", what=named("level", name))
        )
    heights = [levels[end].elevation for strip in strips for end in (strip.link.from_level, strip.link.to_level)]
    shape = shapely.union_all([strip.polygon for strip in strips])
    assert isinstance(shape, Polygon | MultiPolygon)
    labels = {"en": "Stairs, escalators and lifts", "ko": "계단·에스컬레이터·승강기"}
    return Level(name, shape, elevation=float(np.mean(heights)), labels=labels)
