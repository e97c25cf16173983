"""What the cameras of a venue see, what its loudspeakers and signs reach, and where they do not.

Geometry on the plan: a camera looks over heads and over barriers (walls with a name), not through obstacles, other
walls and what is not floor; it sees nothing of other levels nor of stairs (assumed, on the safe side: what is not
surely seen counts as not seen). Not here: the elements (`elements.py`), how they are drawn (`viz`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import shapely
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from venues.elements import FULL_TURN, Camera, Element, Loudspeaker
from venues.places import Level
from venues.problems import Problem, problem_at
from venues.venue import DRAWING_TOLERANCE, Venue

#: What hangs on a wall is drawn at most this far off the floor [m] (assumed: the depth of a wall or a canopy).
MOUNT = 1.0
#: Widest angle between two lines of sight [rad]; corners have lines of their own (assumed: 1 degree).
SIGHT_STEP = math.radians(1.0)
#: How far beside a corner a line of sight passes it [rad].
BESIDE = 1e-5
#: Floor not covered that is told [m2], and the disc that must fit into it [m] (assumed: room for a small crowd).
GAP, GAP_RADIUS = 10.0, 0.5


def compute_view(venue: Venue, camera: Camera) -> BaseGeometry:
    """Return the floor a camera sees [m]; empty if it hangs off the floor of its level."""
    level = venue.level(camera.level)
    eye = _eye(level, camera.position)
    if eye is None:
        return Polygon()
    # What it hangs on does not stand in its way.
    mounts = [solid.polygon for solid in level.solids if solid.polygon.distance(eye) <= DRAWING_TOLERANCE]
    ground = shapely.union_all([level.floor, *mounts]).buffer(DRAWING_TOLERANCE, join_style="mitre")
    fences = [wall.line for wall in level.thin_walls if not wall.name]
    near = eye.buffer(1.01 * camera.reach)
    edges = [shapely.boundary(ground).intersection(near), *(fence.intersection(near) for fence in fences)]
    starts, ends = _segments([edge.simplify(DRAWING_TOLERANCE / 2) for edge in edges], eye)
    angles = _angles(camera, np.concatenate([starts, ends]))
    lengths = _first_hits(angles, starts, ends, reach=camera.reach)
    rim = np.column_stack([eye.x + lengths * np.cos(angles), eye.y + lengths * np.sin(angles)])
    whole = camera.field_of_view >= FULL_TURN
    outline = rim if whole else np.vstack([[(eye.x, eye.y)], rim])
    return shapely.make_valid(Polygon(outline)).intersection(level.floor)


def _eye(level: Level, position: Point) -> Point | None:
    """Return the point of the walkable outline nearest to where a camera hangs, None if it is farther than `MOUNT`."""
    if level.walkable.covers(position):
        return position
    on_edge = nearest_points(level.walkable, position)[0]
    return on_edge if on_edge.distance(position) <= MOUNT else None


def _segments(lines: Sequence[BaseGeometry], eye: Point) -> tuple[np.ndarray, np.ndarray]:
    """Return starts and ends, (m, 2) each, of the straight pieces of lines, as seen from the eye [m]."""
    parts = [shapely.get_coordinates(line) for line in shapely.get_parts(shapely.get_parts(lines))]
    pairs = [np.hstack([points[:-1], points[1:]]) for points in parts if len(points) > 1]
    flat = np.vstack(pairs) if pairs else np.empty((0, 4))
    flat = flat - (eye.x, eye.y, eye.x, eye.y)
    return flat[:, :2], flat[:, 2:]


def _angles(camera: Camera, corners: np.ndarray) -> np.ndarray:
    """Return the angles of the lines of sight, anticlockwise from east [rad], in order."""
    half = math.radians(camera.field_of_view) / 2
    middle = math.pi / 2 - math.radians(camera.bearing)
    even = np.linspace(-half, half, max(2, math.ceil(2 * half / SIGHT_STEP) + 1))
    off = np.arctan2(corners[:, 1], corners[:, 0]) - middle
    off = (off + math.pi) % (2 * math.pi) - math.pi
    beside = np.concatenate([off - BESIDE, off + BESIDE])
    return middle + np.unique(np.concatenate([even, beside[np.abs(beside) < half]]))


def _first_hits(angles: np.ndarray, starts: np.ndarray, ends: np.ndarray, *, reach: float) -> np.ndarray:
    """Return how far each line of sight goes until a segment ends it, at most `reach` [m]."""
    lengths = np.full(len(angles), reach)
    along = ends - starts
    for number, angle in enumerate(angles):
        dx, dy = math.cos(angle), math.sin(angle)
        across = dx * along[:, 1] - dy * along[:, 0]
        with np.errstate(divide="ignore", invalid="ignore"):
            distance = (starts[:, 0] * along[:, 1] - starts[:, 1] * along[:, 0]) / across
            share = (starts[:, 0] * dy - starts[:, 1] * dx) / across
        # A fence on which the camera hangs (distance 0) does not blind it.
        hit = distance[(share >= 0.0) & (share <= 1.0) & (distance > DRAWING_TOLERANCE / 2)]
        lengths[number] = min(reach, hit.min(initial=reach))
    return lengths


def compute_covered(venue: Venue, item: Element) -> BaseGeometry:
    """Return the floor that a camera sees, or within reach of a loudspeaker or sign [m]."""
    if isinstance(item, Camera):
        return compute_view(venue, item)
    return item.position.buffer(item.reach).intersection(venue.level(item.level).floor)


def covering(venue: Venue, items: Sequence[Element], level: str, x: float, y: float) -> list[str]:
    """Return the names of those of `items` that cover a point of a level [m]."""
    here = Point(x, y).buffer(DRAWING_TOLERANCE)
    return [item.name for item in items if item.level == level and compute_covered(venue, item).intersects(here)]


def check_coverage(venue: Venue) -> list[Problem]:
    """Return elements that are off the floor or cover none of it, and the floor no camera and no loudspeaker covers."""
    covered = {item.name: compute_covered(venue, item) for item in venue.elements}
    return [*_check_places(venue, covered), *_check_gaps(venue, covered)]


def _check_places(venue: Venue, covered: Mapping[str, BaseGeometry]) -> Iterator[Problem]:
    """Find cameras, loudspeakers and signs that hang off the floor, or cover nothing of it."""
    for item in venue.elements:
        kind = type(item).__name__.lower()
        off = venue.level(item.level).walkable.distance(item.position)
        if off > MOUNT:
            what = "this {kind} is {off:.1f} m off the floor of level {level!r}"
            mend = "move it to the wall or pole it hangs on"
            yield problem_at("warning", item.name, item.position, what, mend, kind=kind, off=off, level=item.level)
        elif covered[item.name].area <= 0.0:
            what, mend = "this {kind} covers no floor of level {level!r}", "turn it, move it, or correct its reach"
            yield problem_at("warning", item.name, item.position, what, mend, kind=kind, level=item.level)


def _check_gaps(venue: Venue, covered: Mapping[str, BaseGeometry]) -> Iterator[Problem]:
    """Tell what share of each level cameras and loudspeakers cover, where a part of it is left out."""
    groups: tuple[tuple[str, Sequence[Camera] | Sequence[Loudspeaker]], ...]
    groups = (
        ("no camera sees {share:.0f} % of this level; the largest such part has {area:,.0f} m2", venue.cameras),
        (
            "no loudspeaker reaches {share:.0f} % of this level; the largest such part has {area:,.0f} m2",
            venue.loudspeakers,
        ),
    )
    for what, items in groups:
        for level in venue.levels if items else ():
            seen = [covered[item.name] for item in items if item.level == level.name]
            left = level.floor.difference(shapely.union_all(seen)).buffer(-GAP_RADIUS).buffer(GAP_RADIUS)
            gap = max(shapely.get_parts(left), key=lambda part: part.area, default=Polygon())
            if gap.area >= GAP:
                share = 100.0 * min(1.0, left.area / level.floor.area)
                mend = "add one there, or post staff"
                yield problem_at("information", level.name, gap, what, mend, share=share, area=gap.area)
