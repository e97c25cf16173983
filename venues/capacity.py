"""How many people a venue takes by the arithmetic of the guides: floor, widths, flows, the four-way minimum.

Arithmetic on the drawing, no simulation: an upper limit to start from, not a promise. Not here: faults (`check.py`).

References:
    SGSA (2018). Guide to Safety at Sports Grounds, 6th ed. (Green Guide): final capacity is the least of entry,
    holding, exit and emergency capacity; 82 people a minute and metre on the level, 66 on steps; entry over one hour;
    normal egress in 8 minutes, emergency egress in 2.5 to 8. At four stadiums less than 60 was seen at all times.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from venues.doors import check_number
from venues.egress import compute_egress
from venues.places import STEPPED_KINDS, Gate, Level, Link, Zone
from venues.venue import Venue

#: Flow of the Green Guide on level ground and on steps, and what is seen at stadiums [people/min/m].
LEVEL_FLOW, STEPPED_FLOW, SEEN_FLOW = 82.0, 66.0, 60.0
#: Time of entry, of normal egress, and the range of emergency egress [min] (Green Guide).
ENTRY_TIME, EXIT_TIME = 60.0, 8.0
EMERGENCY_TIMES = (2.5, 8.0)
#: People a square metre who may stand: Green Guide (47 on 10 m2, to be checked), HSG195 for outdoor music, NFPA 101
#: for assembly, South Chungcheong's rule for festivals.
STANDING = {"Green Guide": 4.7, "HSG195": 2.0, "NFPA 101": 1.0 / 0.65, "Chungnam": 0.25}
#: The figure for ground nobody drew for standing on: 4.7 is meant for terraces with barriers, not for streets.
ELSEWHERE = "HSG195"
#: Least width of an exit from an open-air event [m] (UK fire safety guide).
LEAST_EXIT = 1.05
#: The edge of a zone counts as free this far from walls [m] (assumed: drawing accuracy).
EDGE = 0.05
#: Kinds of zones in which people stand.
STANDING_KINDS = frozenset({"waiting", "queue", "stage"})
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
class Capacity:
    """The figures of a venue.

    Attributes:
        areas: level -> floor [m2]. standing_area: floor on which people may stand [m2]. on_all_floor: whether that is
            all of it, since no place to stand is drawn.
        exits: those people can leave by, widest first. narrowest: all passages, narrowest first.
        entry, exit: people in the time of the guide. exit_without_widest: the same without the exit whose loss costs
            most. emergency: people in 2.5 and in 8 minutes. full: the passages that set the exit flow.
        holding: guide -> people on the standing area.
        final: the least of entry, holding, exit and emergency exit; holding by the Green Guide, or by HSG195 where no
            place to stand is drawn. limit: which it is.
    """

    areas: dict[str, float]
    standing_area: float
    on_all_floor: bool
    exits: tuple[Passage, ...]
    narrowest: tuple[Passage, ...]
    entry: float
    holding: dict[str, float]
    exit: float
    exit_without_widest: float
    emergency: tuple[float, float]
    full: tuple[str, ...]
    final: float
    limit: str

    def data(self) -> dict[str, Any]:
        """Return the figures as plain data."""
        found = dict(vars(self))
        for part in ("exits", "narrowest"):
            found[part] = [vars(passage) for passage in getattr(self, part)]
        return found


def compute_capacity(
    venue: Venue, *, without: Collection[str] = (), emergency_time: float = EMERGENCY_TIMES[1]
) -> Capacity:
    """Return the figures of a venue, with its gates as they are drawn.

    Args:
        venue: the place.
        without: exits that do not count: lost ones, train doors.
        emergency_time: in which everyone must be out in an emergency, 2.5 to 8 [min] by the risk of fire.

    Raises:
        BadInput: a time out of this range.
    """
    low, high = EMERGENCY_TIMES
    check_number("emergency time", emergency_time, low=low, high=high, unit="min")
    ways_out = [zone for zone in venue.zones if "exit" in zone.kinds and zone.name not in without]
    ways_in = [zone for zone in venue.zones if "source" in zone.kinds and zone.name not in without]
    exits = sorted((_mouth(zone, venue, "exit") for zone in ways_out), key=lambda passage: -passage.width)
    others = [*(_gate(gate) for gate in venue.gates), *(_link(link) for link in venue.links)]
    flows = {passage.name: passage.flow for passage in (*exits, *others)}
    stands = [zone for zone in venue.zones if zone.kinds & STANDING_KINDS]
    out = compute_egress(venue, starts=stands, exits=ways_out, flows=flows)
    lost = [
        compute_egress(venue, starts=stands, exits=[z for z in ways_out if z != way], flows=flows) for way in ways_out
    ]
    area, on_all = _standing(venue)
    holding = {guide: density * area for guide, density in STANDING.items()}
    limits = {
        "entry": sum(_mouth(zone, venue, "source").flow for zone in ways_in) * ENTRY_TIME,
        "holding": holding[ELSEWHERE if on_all else "Green Guide"],
        "exit": out.flow * EXIT_TIME,
        "emergency exit": out.flow * emergency_time,
    }
    limit = min(limits, key=lambda name: limits[name])
    return Capacity(
        areas={level.name: level.floor.area for level in venue.levels},
        standing_area=area,
        on_all_floor=on_all,
        exits=tuple(exits),
        narrowest=tuple(sorted((*exits, *others), key=lambda passage: passage.width)[:LISTED]),
        entry=limits["entry"],
        holding=holding,
        exit=limits["exit"],
        exit_without_widest=min((one.flow for one in lost), default=0.0) * EXIT_TIME,
        emergency=(out.flow * low, out.flow * high),
        full=out.full,
        final=limits[limit],
        limit=limit,
    )


def _standing(venue: Venue) -> tuple[float, bool]:
    """Return the floor [m2] of waiting areas, stage fronts and queues, or of all levels where there are none."""
    found = 0.0
    for level in venue.levels:
        places = [zone.polygon for zone in venue.zones if zone.level == level.name and zone.kinds & STANDING_KINDS]
        found += shapely.union_all(places).intersection(level.floor).area
    if found > 0.0:
        return found, False
    return sum(_free(venue, level).area for level in venue.levels), True


def _free(venue: Venue, level: Level) -> BaseGeometry:
    """Return the floor of a level without its no-go zones."""
    closed = [zone.polygon for zone in venue.zones if zone.level == level.name and "no-go" in zone.kinds]
    return level.floor.difference(shapely.union_all(closed))


def _mouth(zone: Zone, venue: Venue, kind: str) -> Passage:
    """Return the way into a zone: its edge on the floor; of a zone that fills its floor half the way round it."""
    inner = venue.level(zone.level).floor.buffer(-EDGE)
    width = zone.polygon.boundary.intersection(inner).length
    if width <= 0.0:
        width = zone.polygon.length / 2
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
        flow = seen = cabin * 60.0 / (link.cycle or 60.0)
    return Passage(link.name, link.kind, link.from_level, link.clear_width, stepped, flow, min(seen, flow))


def tell_capacity(found: Capacity) -> Iterator[str]:
    """Yield the figures as lines of text."""
    area, stands = sum(found.areas.values()), f"people may stand on {found.standing_area:,.0f} m2"
    where = "all of it: no waiting area, queue or stage is drawn" if found.on_all_floor else "waiting areas and stages"
    yield f"floor: {area:,.0f} m2 on {len(found.areas)} level(s); {stands} ({where})"
    yield f"entry in {ENTRY_TIME:g} min: {found.entry:,.0f}"
    yield "holding: " + ", ".join(f"{people:,.0f} ({guide})" for guide, people in found.holding.items())
    yield f"exit in {EXIT_TIME:g} min: {found.exit:,.0f}; with the worst exit lost {found.exit_without_widest:,.0f}"
    early, late = found.emergency
    yield f"emergency exit: {early:,.0f} in {EMERGENCY_TIMES[0]:g} min, {late:,.0f} in {EMERGENCY_TIMES[1]:g} min"
    yield f"what sets the exit flow: {', '.join(found.full[:12]) or 'nothing'}{', ...' if len(found.full) > 12 else ''}"
    guide = f"holding by {ELSEWHERE}: nobody drew a place to stand" if found.on_all_floor else "Green Guide"
    yield f"final capacity ({guide}; least of the four): {found.final:,.0f}, limited by {found.limit}"
    yield "exits, widest first (width, flow by the Green Guide, flow seen at stadiums):"
    for way in found.exits:
        warn = f"; under {LEAST_EXIT} m, too narrow for an exit" if way.width < LEAST_EXIT else ""
        yield f"  {way.name} (level {way.level}): {way.width:.2f} m, {way.flow:,.0f}/min, {way.seen:,.0f}/min{warn}"
    yield "narrowest places:"
    for way in found.narrowest:
        yield f"  {way.width:.2f} m {way.kind} {way.name} (level {way.level}): {way.flow:,.0f}/min"
    yield "arithmetic on the drawing, an upper limit: necks in the floor itself and crossing streams are not in it"
