"""Lifts of a sketch: a cabin with doors on two opposite sides, one link for every two levels that follow each other.

Not here: stairs and escalators (`flights.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from venues.places import Link
from venues.readers.flights import Flight, lay
from venues.readers.floors import STRAIGHT, Floor
from venues.readers.import_report import ImportReport
from venues.readers.sketch import Drawn

#: Sides of a cabin drawn as a point, and the least sides of one that is drawn [m] (EN 81-70 type 2: 1.1 x 1.4 m).
CABIN, LEAST = 1.6, 1.1
#: Clear width of a lift's door where the map gives none [m] (EN 81-70: 0.9 m).
DOOR = 0.9
#: Ground laid round a lift where it stops [m] (assumed: a wheelchair turns in 1.5 m).
LOBBY = 1.5


def build_lifts(
    drawn: Sequence[Drawn], floors: dict[str, Floor], flights: Sequence[Flight], report: ImportReport
) -> list[Link]:
    """Return the links of lifts; floors get ground round them and lose the cabins."""
    links: list[Link] = []
    for one in drawn:
        where = f"{one.where} {one.name}".strip()
        stops = sorted(
            (level for level in dict.fromkeys(one.levels) if level in floors), key=lambda n: floors[n].elevation
        )
        if len(stops) < 2:
            report.leave("lifts that do not join two levels with floor", f"{where}: levels {', '.join(one.levels)}")
            continue
        cabin = _cabin(one, report)
        strips = {
            stop: shapely.union_all([flight.strip for flight in flights if stop in flight.levels]) for stop in stops
        }
        for stop in stops:
            _make_room(cabin, floors[stop], strips[stop])
        links += _between(one, cabin, [floors[stop] for stop in stops], strips, report)
    return links


def _cabin(one: Drawn, report: ImportReport) -> Polygon:
    """Return the rectangle of a cabin."""
    where = f"{one.where} {one.name}".strip()
    if one.shape.area <= 0.0:
        x, y = one.shape.centroid.coords[0]
        report.assume("a lift drawn as a point has a cabin of {side:g} x {side:g} m", where, side=CABIN)
        return shapely.box(x - CABIN / 2, y - CABIN / 2, x + CABIN / 2, y + CABIN / 2)
    outline = shapely.minimum_rotated_rectangle(one.shape)
    assert isinstance(outline, Polygon)
    corners = np.array(outline.exterior.coords)
    sides = np.hypot(*(corners[1:3] - corners[:2]).T)
    if sides.min() >= LEAST:
        return outline
    report.repair("cabins of lifts made {width:g} m wide", where, width=LEAST)
    middle, along = corners[:4].mean(axis=0), (corners[1] - corners[0]) / sides[0]
    half, across = np.maximum(sides, LEAST) / 2, np.array([-along[1], along[0]])
    return Polygon(
        [middle + a * half[0] * along + b * half[1] * across for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    )


def _make_room(cabin: Polygon, floor: Floor, strips: BaseGeometry) -> None:
    """Lay ground round a cabin, but not on stairs, and take the cabin out of the floor."""
    lay(floor, cabin.buffer(LOBBY, join_style="mitre").difference(strips))
    floor.walkable = shapely.simplify(floor.walkable.difference(cabin), STRAIGHT)


def _between(
    one: Drawn, cabin: Polygon, stops: Sequence[Floor], strips: dict[str, BaseGeometry], report: ImportReport
) -> list[Link]:
    """Return the links between stops: people enter on one side of the cabin below, on the opposite one above."""
    width = one.details.get("clear_width")
    assumed = width is None
    if width is None:
        width = DOOR
        report.assume("the door of a lift is {width:g} m wide", one.name or one.where, width=DOOR)
    report.assume("a lift takes four people a square metre and comes once a minute", one.name or one.where)
    links = []
    for lower, upper in pairwise(stops):
        name = f"{one.name or 'lift'} {lower.name}/{upper.name}" if len(stops) > 2 else one.name or "lift"
        below, above = _doors(cabin, strips[lower.name], strips[upper.name])
        rise = max(upper.elevation - lower.elevation, 0.1)
        link = Link(name, "lift", lower.name, below, upper.name, above, min(width, below.length), rise)
        links.append(replace(link, width_assumed=assumed))
    return links


def _doors(cabin: Polygon, below: BaseGeometry, above: BaseGeometry) -> tuple[LineString, LineString]:
    """Return two opposite sides of a cabin, those with the least of a stair before them."""
    corners = np.array(cabin.exterior.coords)[:4]
    turns = [np.roll(corners, -number, axis=0) for number in range(4)]
    pairs = [(LineString(turn[:2]), LineString(turn[[3, 2]])) for turn in turns]

    def taken(pair: tuple[LineString, LineString]) -> float:
        before = [side.buffer(LOBBY, cap_style="flat") for side in pair]
        return max(strips.intersection(ground).area for ground, strips in zip(before, (below, above), strict=True))

    return min(pairs, key=taken)
