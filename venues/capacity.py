"""How many people a venue takes by the arithmetic of the guides: floor, widths, flows, the four-way minimum.

Arithmetic on the drawing, no simulation: an upper limit to start from, not a promise. Not here: faults (`check.py`).

Where the drawing leaves a choice, the figure that lets in fewer counts: nobody stands closer than HSG195 lets them,
an emergency leaves 2.5 minutes, lifts and escalators stand still in it, and those behind a narrow door can leave no
faster than through it.

References:
    SGSA (2018). Guide to Safety at Sports Grounds, 6th ed. (Green Guide): final capacity is the least of entry,
    holding, exit and emergency capacity; 82 people a minute and metre on the level, 66 on steps; entry over one hour;
    normal egress in 8 minutes, emergency egress in 2.5 to 8. At four stadiums less than 60 was seen at all times.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from venues.connectivity import FloorGraph, Piece, floor_without_ways
from venues.doors import check_number
from venues.egress import compute_egress
from venues.errors import BadInput
from venues.places import STANDING_KINDS, STEPPED_KINDS, Gate, Level, Link, Zone
from venues.refusals import told
from venues.step_free import StepFreeExit, compute_step_free_exits
from venues.venue import Venue

#: Flow of the Green Guide on level ground and on steps, and what is seen at stadiums [people/min/m].
LEVEL_FLOW, STEPPED_FLOW, SEEN_FLOW = 82.0, 66.0, 60.0
#: Time of entry, of normal egress, and the range of emergency egress [min] (Green Guide).
ENTRY_TIME, EXIT_TIME = 60.0, 8.0
EMERGENCY_TIMES = (2.5, 8.0)
#: People a square metre who may stand: Green Guide (47 on 10 m2, to be checked), for terraces with crush barriers and
#: nothing to find fault with (P = S = 1); HSG195 for outdoor music, NFPA 101 for assembly, South Chungcheong's rule for
#: festivals.
STANDING = {"Green Guide, terrace with barriers": 4.7, "HSG195": 2.0, "NFPA 101": 1.0 / 0.65, "Chungnam": 0.25}
#: The one that counts: nothing in a drawing tells a terrace with barriers from a square.
COUNTS = "HSG195"
#: Least width of an exit from an open-air event [m] (UK fire safety guide).
LEAST_EXIT = 1.05
#: The edge of a zone counts as free this far from walls [m] (assumed: drawing accuracy).
EDGE = 0.05
#: Flows are counted in whole people an hour [people/min].
ROUNDING = 1.0 / 60.0
#: Parts of the floor smaller than this are no places [m2] (assumed: room for one).
PART = 1.0
#: How many of the narrowest places are listed.
LISTED = 15


@dataclass(frozen=True)
class Passage:
    """A place people pass: an exit, a gate, stairs.

    Attributes:
        name, kind: of the item. level: its level. width: effective width [m]. stepped: whether it has steps.
        flow: by the Green Guide, the item's own limit included. seen: at 60 a minute and metre [people/min].
    """

    name: str
    kind: str
    level: str
    width: float
    stepped: bool
    flow: float
    seen: float


@dataclass(frozen=True)
class LeftOut:
    """Floor that does not count: its level, a point on it [m] and its area [m2]."""

    level: str
    x: float
    y: float
    area: float


@dataclass(frozen=True)
class Capacity:
    """The figures of a venue.

    Attributes:
        areas: level -> floor that counts [m2]. left_out: floor of `PART` and more that does not, largest first: nothing
            joins it to where people come in and to where they leave, as a legend or a margin.
        parts: floor of each part that counts and that no gate, link or way joins to the others, largest first, of
            `PART` and more [m2]. standing_area: floor that counts and on which people may stand [m2].
            on_all_floor: whether that is all of it, since no place to stand is drawn.
        exits: those people can leave by, widest first. narrowest: all passages, narrowest first.
        entry, exit: people in the time of the guide. Entry is through the gates to the places to stand; nan if none
            is drawn. Of people behind a narrow door no more leave than it passes, nor more than stand there.
        exit_without_worst: the same without the exit whose loss costs most. emergency: people in 2.5 and in 8 minutes,
            lifts and escalators standing still. full: the passages that set the exit flow.
        holding: guide -> people on the standing area; seats are not counted.
        emergency_exit: people in `emergency_time`, that of the limit [min], lifts and escalators standing still.
        final: the least of entry, holding (HSG195), exit and emergency exit. limit: which it is.
        final_seen: the same at 60 people a minute and metre.
        step_free: for each exit that counts from where people reach it without steps, and from where by steps only.
    """

    areas: dict[str, float]
    left_out: tuple[LeftOut, ...]
    parts: tuple[float, ...]
    standing_area: float
    on_all_floor: bool
    exits: tuple[Passage, ...]
    narrowest: tuple[Passage, ...]
    entry: float
    holding: dict[str, float]
    exit: float
    exit_without_worst: float
    emergency: tuple[float, float]
    emergency_exit: float
    emergency_time: float
    full: tuple[str, ...]
    final: float
    limit: str
    final_seen: float
    step_free: tuple[StepFreeExit, ...]

    def data(self) -> dict[str, Any]:
        """Return the figures as plain data."""
        found = dict(vars(self))
        for part in ("left_out", "exits", "narrowest", "step_free"):
            found[part] = [vars(passage) for passage in getattr(self, part)]
        return found


def compute_capacity(
    venue: Venue, *, without: Collection[str] = (), emergency_time: float = EMERGENCY_TIMES[0]
) -> Capacity:
    """Return the figures of a venue, with its gates as they are drawn.

    Args:
        venue: the place.
        without: exits and sources that do not count: lost ones, train doors.
        emergency_time: in which everyone must be out in an emergency, 2.5 to 8 [min] by the risk of fire.

    Raises:
        BadInput: a time out of this range; a zone in `without` that nobody comes or leaves by.
    """
    low, high = EMERGENCY_TIMES
    check_number(told("emergency time"), emergency_time, low=low, high=high, unit="min")
    for name in without:
        if not {"exit", "source"} & venue.zone(name).kinds:
            raise BadInput(
                told("zone {zone!r} is neither exit nor source, so the capacity does not hang on it", zone=name)
            )
    lost_floor = _Lost(venue)
    ways = _Ways(venue, frozenset(without), lost_floor)
    guide, seen = ways.flows("flow"), ways.flows("seen")
    limits = ways.limits(guide, emergency_time)
    limit = min(limits, key=lambda name: limits[name] if limits[name] == limits[name] else float("inf"))
    lost = (ways.leave(guide, EXIT_TIME, lost=way.name)[0] for way in ways.out)
    return Capacity(
        areas={level.name: lost_floor.off(level).area for level in venue.levels},
        left_out=lost_floor.listed(),
        parts=_parts(venue, lost_floor),
        standing_area=ways.area,
        on_all_floor=not ways.stands,
        exits=tuple(ways.exits),
        narrowest=tuple(sorted((*ways.exits, *ways.others), key=lambda passage: passage.width)[:LISTED]),
        entry=limits["entry"],
        holding={name: density * ways.area for name, density in STANDING.items()},
        exit=limits["exit"],
        exit_without_worst=min(lost, default=0.0),
        emergency=(ways.leave(ways.still(guide), low)[0], ways.leave(ways.still(guide), high)[0]),
        emergency_exit=limits["emergency exit"],
        emergency_time=emergency_time,
        full=ways.leave(guide, EXIT_TIME)[1],
        final=limits[limit],
        limit=limit,
        final_seen=float(np.nanmin(list(ways.limits(seen, emergency_time).values()))),
        step_free=tuple(way for way in compute_step_free_exits(venue) if way.name not in without),
    )


class _Lost:
    """The floor that does not count, since nothing joins it to where people come in and leave."""

    def __init__(self, venue: Venue) -> None:
        self._pieces = floor_without_ways(venue)

    def off(self, level: Level) -> BaseGeometry:
        """Return the floor of a level that counts."""
        lost = [piece.shape for piece in self._pieces if piece.level == level.name]
        return level.floor.difference(shapely.union_all(lost)) if lost else level.floor

    def holds(self, piece: Piece) -> bool:
        """Return whether a piece of floor is lost."""
        inside = shapely.point_on_surface(piece.shape)
        return any(one.level == piece.level and one.shape.covers(inside) for one in self._pieces)

    def listed(self) -> tuple[LeftOut, ...]:
        """Return what is lost, the largest first; slivers are not listed."""
        large = sorted((one for one in self._pieces if one.shape.area >= PART), key=lambda one: -one.shape.area)
        points = ((one, shapely.point_on_surface(one.shape)) for one in large)
        return tuple(LeftOut(one.level, round(p.x, 2), round(p.y, 2), one.shape.area) for one, p in points)


class _Ways:
    """Where people come in, stand and leave, and what passes between."""

    def __init__(self, venue: Venue, without: frozenset[str], lost_floor: _Lost) -> None:
        self.venue, self._lost_floor = venue, lost_floor
        self.out = [zone for zone in venue.zones if "exit" in zone.kinds and zone.name not in without]
        self.into = [zone for zone in venue.zones if "source" in zone.kinds and zone.name not in without]
        self.stands = [zone for zone in venue.zones if zone.kinds & STANDING_KINDS and "no-go" not in zone.kinds]
        self.exits = sorted((_mouth(zone, venue, "exit") for zone in self.out), key=lambda passage: -passage.width)
        self.others = [*(_gate(gate) for gate in venue.gates), *(_link(link) for link in venue.links)]
        self.area = _standing(venue, self.stands, lost_floor)

    def flows(self, which: str) -> dict[str, float]:
        """What gates, links and exits pass: `flow` by the Green Guide or `seen` [people/min]."""
        return {passage.name: getattr(passage, which) for passage in (*self.exits, *self.others)}

    def still(self, flows: dict[str, float]) -> dict[str, float]:
        """The same with lifts and escalators standing still, and not counted as stairs."""
        return flows | {link.name: 0.0 for link in self.venue.links if link.kind in ("lift", "escalator")}

    def limits(self, flows: dict[str, float], emergency_time: float) -> dict[str, float]:
        """The four limits [people]."""
        return {
            "entry": self._enter(flows),
            "holding": STANDING[COUNTS] * self.area,
            "exit": self.leave(flows, EXIT_TIME)[0],
            "emergency exit": self.leave(self.still(flows), emergency_time)[0],
        }

    def leave(self, flows: dict[str, float], time: float, *, lost: str = "") -> tuple[float, tuple[str, ...]]:
        """People out in a time [min], of those who may stand on each piece of ground; what sets it."""

        supplied = []

        def supply(piece: Piece, ground: BaseGeometry, zone: Zone | None) -> float:
            people = 0.0 if self._lost_floor.holds(piece) else STANDING[COUNTS] * ground.area
            supplied.append(people / time)
            return supplied[-1]

        out = [zone for zone in self.out if zone.name != lost]
        # What the ways pass if there is no end of people: it names what is full, and counts if all who stand get out.
        most = compute_egress(self.venue, starts=self.stands, exits=out, flows=flows, supply=lambda *_: float("inf"))
        real = compute_egress(self.venue, starts=self.stands, exits=out, flows=flows, supply=supply)
        all_out = real.flow >= sum(supplied) - ROUNDING * len(supplied)
        return (most.flow if all_out else real.flow) * time, most.full

    def _enter(self, flows: dict[str, float]) -> float:
        """People in by the time of the guide; nan if no place to stand is drawn."""
        if not self.stands:
            return float("nan")
        mouths = {zone.name: _mouth(zone, self.venue, "source").flow for zone in self.into}

        def supply(piece: Piece, ground: BaseGeometry, zone: Zone | None) -> float:
            assert zone is not None
            return mouths[zone.name] * ground.area / zone.polygon.area

        if not self.into:
            return 0.0
        gates = flows | {zone.name: float("inf") for zone in self.stands}
        found = compute_egress(self.venue, starts=self.into, exits=self.stands, flows=gates, supply=supply)
        return found.flow * ENTRY_TIME


def _standing(venue: Venue, stands: Sequence[Zone], lost_floor: _Lost) -> float:
    """Return the floor that counts of places to stand, or of all but the no-go zones where none is drawn [m2]."""
    area = 0.0
    for level in venue.levels:
        closed = [zone.polygon for zone in venue.zones if zone.level == level.name and "no-go" in zone.kinds]
        drawn = [zone.polygon for zone in stands if zone.level == level.name]
        floor = lost_floor.off(level)
        area += (
            floor.intersection(shapely.union_all(drawn)) if stands else floor.difference(shapely.union_all(closed))
        ).area
    return area


def _parts(venue: Venue, lost_floor: _Lost) -> tuple[float, ...]:
    """Return the floor of each part that counts and that nothing joins to the others, largest first [m2]."""
    graph = FloorGraph(venue, honour_gates=False)
    parts = [[graph.pieces[number] for number in part] for part in graph.parts()]
    areas = (sum(piece.shape.area for piece in part) for part in parts if not any(map(lost_floor.holds, part)))
    return tuple(sorted((area for area in areas if area >= PART), reverse=True))


def way_width(zone: Zone, venue: Venue) -> float:
    """Return the width of the way into a zone [m]: its edge on the floor, walls off; if it fills it half of all.

    A zone at the edge of the floor is a door: no wider than the part of its edge that lies there.
    """
    level = venue.level(zone.level)
    walls = shapely.union_all(level.wall_lines).buffer(EDGE)
    width = zone.polygon.boundary.intersection(level.floor.buffer(-EDGE)).difference(walls).length
    door = zone.polygon.boundary.intersection(shapely.boundary(level.floor).buffer(EDGE))
    if width <= 0.0:
        width = zone.polygon.length / 2
    elif not door.is_empty:
        # Less the first bit of the sides beside it.
        door_width = max(part.length for part in shapely.get_parts(shapely.line_merge(door))) - 2.0 * EDGE
        width = min(width, max(door_width, 0.0))
    return width


def _mouth(zone: Zone, venue: Venue, kind: str) -> Passage:
    """Return the way into a zone as a passage."""
    width = way_width(zone, venue)
    return Passage(zone.name, kind, zone.level, width, False, LEVEL_FLOW * width, SEEN_FLOW * width)


def _gate(gate: Gate) -> Passage:
    """Return a gate as a passage; its own capacity limits the flow."""
    limit = float("inf") if gate.capacity is None else gate.capacity * 60.0
    width = gate.clear_width if gate.open else 0.0
    kind = "gate" if gate.open else "gate, shut"
    return Passage(
        gate.name, kind, gate.level, width, False, min(LEVEL_FLOW * width, limit), min(SEEN_FLOW * width, limit)
    )


def _link(link: Link) -> Passage:
    """Return stairs, a ramp, an escalator or a lift as a passage; a lift takes its cabins an hour."""
    stepped = link.kind in STEPPED_KINDS
    flow, seen = ((STEPPED_FLOW if stepped else LEVEL_FLOW) * link.clear_width, SEEN_FLOW * link.clear_width)
    if link.kind == "lift":
        cabin = link.capacity if link.capacity is not None else 4 * LineString(link.from_line).length ** 2
        assert link.cycle is not None  # every lift has one
        flow = seen = cabin * 60.0 / link.cycle
    return Passage(link.name, link.kind, link.from_level, link.clear_width, stepped, flow, min(seen, flow))
