"""What a careful eye finds in a layout besides gaps: things drawn over each other, stairs nobody can step onto, dead
ends, people who cannot leave without steps.

Not here: gaps, widths, exits that are not reached at all (`check.py`), whom steps keep from an exit (`step_free.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from venues.connectivity import BODY_RADIUS, SIDE_DEPTH, erode_floor
from venues.places import Level
from venues.problems import Problem, problem_at
from venues.step_free import check_step_free
from venues.venue import Venue

#: Obstacles that share more than this are told [m2] (assumed: less is drawing accuracy).
OVERLAP = 0.05
#: A way wider than this is no corridor [m] (assumed: people turn in it without hindrance).
CORRIDOR = 4.0
#: Longest corridor that may lead nowhere [m] (IBC 2021, 1020.5: 20 ft; with sprinklers 50 ft).
DEAD_END = 6.1


def check_layout(venue: Venue) -> list[Problem]:
    """Return what is unwise in the layout of a venue."""
    found = [*check_step_free(venue), *_check_links(venue), *_check_widths(venue)]
    for level in venue.levels:
        found += [*_check_overlaps(level), *_check_dead_ends(venue, level)]
    return found


def _check_overlaps(level: Level) -> Iterator[Problem]:
    """Find obstacles drawn over each other: one of them is likely in the wrong place, or drawn twice."""
    solids = level.solids
    if len(solids) < 2:
        return
    outlines = [solid.polygon for solid in solids]
    pairs = shapely.STRtree(outlines).query(outlines, "intersects").T.tolist()
    for one, other in sorted(pairs):
        shared = solids[one].polygon.intersection(solids[other].polygon) if one < other else Polygon()
        if shared.area > OVERLAP:
            names = {key: solids[n].name or n + 1 for key, n in (("one", one), ("other", other))}
            what, mend = (
                "obstacles {one!r} and {other!r} overlap by {area:.2f} m2",
                "move one of them, or draw both as one",
            )
            yield problem_at("warning", level.name, shared, what, mend, area=shared.area, **names)


def _check_links(venue: Venue) -> Iterator[Problem]:
    """Find ends of stairs and lifts before which nobody has room to stand."""
    pieces = {level.name: erode_floor(level, radius=BODY_RADIUS) for level in venue.levels}
    for link in venue.links:
        for level, line in ((link.from_level, link.from_line), (link.to_level, link.to_line)):
            before = line.buffer(SIDE_DEPTH, cap_style="flat")
            if not any(piece.intersects(before) for piece in pieces[level]):
                what = "nobody can step onto this {kind} on level {level!r}: there is no room before it"
                mend = "move the line to the edge of the floor, or what stands before it away"
                yield problem_at("error", link.name, line, what, mend, kind=link.kind, level=level)


def _check_widths(venue: Venue) -> Iterator[Problem]:
    """Find gates and links whose width nobody said: flows and capacity hang on what was assumed."""
    what = "the clear width of this {kind} is not given; {width:.2f} m is assumed"
    mend = "measure it, and write it as 'clear_width'"
    for gate in venue.gates:
        if gate.width_assumed:
            yield problem_at("warning", gate.name, gate.line, what, mend, kind="gate", width=gate.clear_width)
    for link in venue.links:
        if link.width_assumed:
            yield problem_at("warning", link.name, link.from_line, what, mend, kind=link.kind, width=link.clear_width)


def _check_dead_ends(venue: Venue, level: Level) -> Iterator[Problem]:
    """Find corridors that lead from a wide place to nowhere: no exit, no gate, no stairs at their end."""
    wide = level.floor.buffer(-CORRIDOR / 2, join_style="mitre").buffer(CORRIDOR / 2 + 0.01, join_style="mitre")
    if wide.is_empty:
        return
    goals, beside = _goals(venue, level), wide.buffer(0.02)
    shapely.prepare(goals)
    for corridor in shapely.get_parts(level.floor.difference(wide)):
        rims = shapely.get_parts(shapely.line_merge(corridor.boundary.intersection(beside)))
        mouths = [rim for rim in rims if rim.length > 2 * BODY_RADIUS]
        if len(mouths) != 1 or corridor.intersects(goals):
            continue
        depth = shapely.hausdorff_distance(corridor, mouths[0])
        if depth > DEAD_END:
            what = "a corridor narrower than {most:g} m ends after {depth:.1f} m"
            mend = "open its end, shut it off, or mark it as no-go"
            yield problem_at("warning", level.name, corridor, what, mend, most=CORRIDOR, depth=depth)


def _goals(venue: Venue, level: Level) -> BaseGeometry:
    """Return where a corridor may lead to: zones, gates, ends of links."""
    goals: list[BaseGeometry] = [zone.polygon for zone in venue.zones if zone.level == level.name]
    goals += [gate.line for gate in venue.gates if gate.level == level.name]
    for link in venue.links:
        ends = ((link.from_level, link.from_line), (link.to_level, link.to_line))
        goals += [line for name, line in ends if name == level.name]
    return shapely.union_all(goals).buffer(0.1)
