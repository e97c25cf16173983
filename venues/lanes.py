"""Whether an emergency lane can be driven: wide enough, with nothing on it, and nobody meant to stand in it.

Not here: how dense a crowd makes it (a run measures each lane as the zone it is).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from venues.places import STANDING_KINDS, Level, Zone
from venues.problems import Problem, problem_at
from venues.venue import DRAWING_TOLERANCE, Venue

#: Least clear width of a lane for emergency vehicles [m]: one traffic lane, as Yongsan-gu kept free in 2023; that a
#: lane has 3 m is from memory of the Korean rules on road structure (article 10), to be checked.
LANE_WIDTH = 3.0
#: What covers less of a lane than this is drawing accuracy [m2] (assumed).
COVERED = 0.05
#: Steps in which the clear width of a lane is found [m].
STEP = 0.1


def check_lanes(venue: Venue) -> list[Problem]:
    """Return what keeps a vehicle from driving along the emergency lanes of a venue."""
    lanes = [zone for zone in venue.zones if "emergency-lane" in zone.kinds]
    return [problem for lane in lanes for problem in _check_lane(venue, lane)]


def _check_lane(venue: Venue, lane: Zone) -> Iterator[Problem]:
    level = venue.level(lane.level)
    crossed = list(_crossings(venue, lane, level))
    for what, shape, values in crossed:
        yield problem_at("warning", lane.name, shape, what, "clear it, or move the lane", **values)
    for zone in venue.zones:
        shared = zone.polygon.intersection(lane.polygon)
        if zone.level == lane.level and zone.kinds & STANDING_KINDS and shared.area > COVERED:
            what, mend = "people are to stand on this emergency lane, in zone {zone!r}", "keep the zone off the lane"
            yield problem_at("warning", lane.name, shared, what, mend, zone=zone.name)
    width = _clear_width(lane.polygon.intersection(level.floor), parts=len(shapely.get_parts(lane.polygon)))
    if not crossed and width < LANE_WIDTH:
        what = "this emergency lane has {width:.1f} m clear width; a vehicle needs {least:g} m"
        yield problem_at("warning", lane.name, lane.polygon, what, "widen it", width=width, least=LANE_WIDTH)


def _crossings(venue: Venue, lane: Zone, level: Level) -> Iterator[tuple[str, BaseGeometry, dict[str, Any]]]:
    """Yield what stands on a lane as a sentence, where, and what fills its blanks."""
    for number, solid in enumerate(level.solids, start=1):
        shared = solid.polygon.intersection(lane.polygon)
        if shared.area > COVERED:
            yield "obstacle {one!r} stands on this emergency lane", shared, {"one": solid.name or number}
    inside = lane.polygon.buffer(-DRAWING_TOLERANCE)
    for number, wall in enumerate(level.thin_walls, start=1):
        if wall.line.intersects(inside):
            shape = wall.line.intersection(inside)
            yield "wall {one!r} stands on this emergency lane", shape, {"one": wall.name or number}
    for gate in venue.gates:
        if gate.level != lane.level or not gate.line.intersects(inside):
            continue
        shape = gate.line.intersection(inside)
        if not gate.open:
            yield "gate {gate!r} is shut on this emergency lane", shape, {"gate": gate.name}
        elif gate.clear_width < LANE_WIDTH:
            what = "gate {gate!r}, {width:.1f} m wide, stands on this emergency lane"
            yield what, shape, {"gate": gate.name, "width": gate.clear_width}
    off = lane.polygon.difference(level.walkable)
    if off.area > COVERED:
        yield "{area:.1f} m2 off the floor are on this emergency lane", off, {"area": off.area}


def _clear_width(floor: BaseGeometry, *, parts: int) -> float:
    """Return the width [m] of the widest disc that passes from end to end of each part, up to `LANE_WIDTH`."""
    widths = (LANE_WIDTH - step * STEP for step in range(int(LANE_WIDTH / STEP)))
    return next((width for width in widths if _passes(floor, width, parts=parts)), 0.0)


def _passes(floor: BaseGeometry, width: float, *, parts: int) -> bool:
    """Return whether a disc of a width [m] gets along the whole floor: its middle in one piece, no end left out."""
    radius = width / 2 - DRAWING_TOLERANCE / 2
    middle = floor.buffer(-radius, join_style="mitre")
    if middle.is_empty or len(shapely.get_parts(middle)) > parts:
        return False
    left = floor.difference(middle.buffer(1.1 * radius + DRAWING_TOLERANCE, join_style="mitre"))
    return bool(left.area <= COVERED)
