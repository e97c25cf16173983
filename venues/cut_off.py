"""Floor that people cannot get to: what lies outside the walls, and the gap that would be the way if it were wider.

Not here: exits and sources that do not reach each other (`check.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from venues.connectivity import BODY_RADIUS, FloorGraph, ground_of
from venues.necks import MEASURED, Necks
from venues.places import Zone
from venues.problems import Problem, problem_at
from venues.venue import Venue

#: Share of a piece of floor that a zone fills if it lies there alone (assumed: its edges are straightened apart).
FILLED = 0.9


def zones_outside(venue: Venue, graph: FloorGraph) -> list[Zone]:
    """Return the zones drawn where there is no floor but their own, as an exit painted beyond the walls.

    Each fills a part of the floor by itself; the largest part, which is the place, does not count.
    """
    parts = graph.parts()
    main = max(parts, key=lambda part: sum(graph.pieces[number].shape.area for number in part), default=set())
    found = []
    for part in parts:
        on = [zone for zone in venue.zones if graph.pieces_of(zone) & part]
        if part is not main and len(on) == 1 and graph.pieces_of(on[0]) <= part:
            ground = shapely.union_all([ground_of(graph.pieces[number]).shape for number in part])
            if on[0].polygon.intersection(ground).area > FILLED * ground.area:
                found.append(on[0])
    return found


def check_outside(outside: Collection[Zone]) -> Iterator[Problem]:
    """Find zones where there is no floor but their own: an error of a way in or out."""
    for zone in outside:
        severity = "error" if zone.kinds & {"source", "exit"} else "warning"
        what = "this zone is drawn outside the walls, where there is no floor"
        yield problem_at(severity, zone.name, zone.polygon, what, "move it inside, onto the floor")


def check_unreached(graph: FloorGraph, venue: Venue, walked: Collection[int], *, least: float) -> Iterator[Problem]:
    """Find floor that nobody reaches, at the gap that is too narrow for a body if there is one.

    Args:
        graph: of the venue. walked: numbers of the pieces that people reach.
        least: smallest piece that counts, half a body off the walls [m2].
    """
    mend = "join it to the rest, or leave it out"
    necks = {level.name: Necks(level) for level in venue.levels}
    lost = [n for n, piece in enumerate(graph.pieces) if n not in walked and piece.shape.area >= least]
    for count, number in enumerate(lost):
        piece = graph.pieces[number]
        near = [graph.pieces[n].shape for n in walked if graph.pieces[n].level == piece.level]
        gap = _gap(necks[piece.level], piece.shape, near) if count < MEASURED else None
        area = ground_of(piece).shape.area
        if gap is None:
            what = "{area:.1f} m2 of floor cannot be reached from any source"
            yield problem_at("warning", piece.level, piece.shape, what, mend, area=area)
        else:
            what = "the way to {area:.1f} m2 of floor is {width:.2f} m wide here: nobody fits through"
            mend = "widen it if people are to get there, or leave that floor out"
            yield problem_at("warning", piece.level, gap[1], what, mend, area=area, width=gap[0])


def _gap(necks: Necks, piece: Polygon, near: list[Polygon]) -> tuple[float, BaseGeometry] | None:
    """Return the width [m] and the place of the widest gap between a piece of floor and one that people reach.

    None if what lies between is no floor.
    """
    ground = necks.eroded(0.0)
    own = ground[shapely.intersects(ground, piece)]
    joined = [other for other in near if shapely.intersects(own, other).any()]
    if not joined:
        return None
    nearest = joined[int(np.argmin(shapely.distance(np.array(joined, dtype=object), piece)))]
    return necks.measure(piece, nearest, between=(0.0, BODY_RADIUS))
