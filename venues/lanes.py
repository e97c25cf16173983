"""Whether an emergency lane can be driven: wide enough, with nothing on it, and nobody meant to stand in it.

Not here: how dense a crowd makes it (a run measures each lane as the zone it is).
"""

from __future__ import annotations

from collections.abc import Iterator

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
    for what, shape in crossed:
        yield problem_at("warning", lane.name, shape, f"{what} on this emergency lane", "clear it, or move the lane")
    for zone in venue.zones:
        shared = zone.polygon.intersection(lane.polygon)
        if zone.level == lane.level and zone.kinds & STANDING_KINDS and shared.area > COVERED:
            what = f"people are to stand on this emergency lane, in zone {zone.name!r}"
            yield problem_at("warning", lane.name, shared, what, "keep the zone off the lane")
    width = _clear_width(lane.polygon.intersection(level.floor), parts=len(shapely.get_parts(lane.polygon)))
    if not crossed and width < LANE_WIDTH:
        what = f"this emergency lane has {width:.1f} m clear width; a vehicle needs {LANE_WIDTH:g} m"
        yield problem_at("warning", lane.name, lane.polygon, what, "widen it")


def _crossings(venue: Venue, lane: Zone, level: Level) -> Iterator[tuple[str, BaseGeometry]]:
    """Yield what stands on a lane, and where."""
    for number, solid in enumerate(level.solids, start=1):
        shared = solid.polygon.intersection(lane.polygon)
        if shared.area > COVERED:
            yield f"obstacle {repr(solid.name) if solid.name else number} stands", shared
    inside = lane.polygon.buffer(-DRAWING_TOLERANCE)
    for number, wall in enumerate(level.thin_walls, start=1):
        if wall.line.intersects(inside):
            yield f"wall {repr(wall.name) if wall.name else number} stands", wall.line.intersection(inside)
    for gate in venue.gates:
        if gate.level != lane.level or not gate.line.intersects(inside):
            continue
        if not gate.open:
            yield f"gate {gate.name!r} is shut", gate.line.intersection(inside)
        elif gate.clear_width < LANE_WIDTH:
            yield f"gate {gate.name!r}, {gate.clear_width:.1f} m wide, stands", gate.line.intersection(inside)
    off = lane.polygon.difference(level.walkable)
    if off.area > COVERED:
        yield f"{off.area:.1f} m2 off the floor are", off


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
