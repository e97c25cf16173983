"""What is wrong with a map, in words and with a place: gaps, slivers, unreachable exits, doors too narrow.

A venue that exists has already passed the checks of its constructors; here is what a careful eye would
still find.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, islice

import numpy as np
import shapely
from shapely.geometry import LinearRing
from shapely.geometry.base import BaseGeometry

from venues.connectivity import BODY_RADIUS, FloorGraph, connected, reachable
from venues.coverage import check_coverage
from venues.cut_off import check_outside, check_unreached, zones_outside
from venues.lanes import check_lanes
from venues.layout import check_layout
from venues.necks import NARROW_DOOR, NARROW_PASSAGE, check_narrow
from venues.places import Gate, Level, Zone
from venues.problems import SEVERITIES, Problem, problem_at
from venues.sentences import LANGUAGES, in_language, label_and_name
from venues.venue import Venue

__all__ = ["Problem", "check_venue", "connected", "reachable"]

#: Floor or dead corner smaller than this is taken for a drawing fault [m2] (assumed: one person's space).
SLIVER = 1.0
#: Gap beside a gate's end that is reported [m]: twice the smallest body radius.
GATE_GAP = 2 * BODY_RADIUS
#: Sharp corners that a column may have (assumed: an octagon).
COLUMN = 8
#: Most sharp corners of a floor, and how near they must be to count [m] (measured: 100,000 take minutes to check).
MOST_SHARP, SHARP_APART = 20_000, 1.0
#: What is said of a venue that nobody enters or leaves.
NO_ZONE = "there is no zone of kind {kind!r}"
#: Most names in one finding.
LISTED = 6
#: Gates farther apart than this are not seen together in a crowd [m] (assumed: three times the reach of a choice).
BANK_LENGTH = 30.0


def check_venue(venue: Venue) -> list[Problem]:
    """Return what is wrong with a venue, errors first; an empty list means nothing was found.

    An error keeps a simulation from meaning anything (an exit nobody reaches); a warning wants a look; information
    is no fault.
    """
    called = _called(venue)
    noise = [problem for level in venue.levels for problem in _check_noise(level)]
    if noise:
        return [replace(problem, called=called.get(problem.place, {})) for problem in noise]
    found = [*_check_ways(venue), *_check_parts(venue), *_check_gates(venue), *_check_zones(venue)]
    found += _check_banks(venue)
    for level in venue.levels:
        found += [*check_narrow(level), *_check_slivers(level), *_check_obstacles(level)]
    found += [*check_layout(venue), *check_lanes(venue), *check_coverage(venue)]
    # One narrow place may part the floor of many others.
    found = [replace(problem, called=called.get(problem.place, {})) for problem in dict.fromkeys(found)]
    return sorted(found, key=lambda problem: SEVERITIES.index(problem.severity))


def _called(venue: Venue) -> dict[str, dict[str, str]]:
    """Return what a plan calls the levels and things of a venue, with the name to be typed: name -> language -> text.

    A thing that has the name of a level comes before it.
    """
    found = {}
    for level in venue.levels:
        plain = {lang: in_language("level {name!s}", lang, {"name": level.name}) for lang in LANGUAGES}
        found[level.name] = plain | {lang: label_and_name(level.name, level.labels, lang) for lang in level.labels}
    items = (*venue.zones, *venue.gates, *venue.links, *venue.areas, *venue.lines, *venue.elements)
    found |= {item.name: {lang: label_and_name(item.name, item.labels, lang) for lang in LANGUAGES} for item in items}
    return found


def _check_ways(venue: Venue) -> Iterator[Problem]:
    """Find sources without an exit, exits without a source, and floor nobody can reach."""
    # Of a zone of several parts each must lead on: people come in by every one of them.
    sources = [part for zone in venue.zones if "source" in zone.kinds for part in _parts_of(zone)]
    exits = [part for zone in venue.zones if "exit" in zone.kinds for part in _parts_of(zone)]
    for kind, zones in (("source", sources), ("exit", exits)):
        if not zones:
            mend = "draw a zone and give it the kind {kind!r}"
            yield problem_at("error", venue.name, venue.levels[0].floor, NO_ZONE, mend, kind=kind)
    now, ever = (FloorGraph(venue, honour_gates=honour) for honour in (True, False))
    outside = zones_outside(venue, ever)
    yield from check_outside(outside)
    beyond = {zone.name for zone in outside}
    sources, exits = ([zone for zone in zones if zone.name not in beyond] for zones in (sources, exits))
    for zone in (*sources, *exits):
        if shapely.minimum_bounding_radius(zone.polygon) < BODY_RADIUS:
            what = "this way in or out has {area:.4f} m2, less than one person stands on"
            mend = "draw it as large as the place where people come in or leave, or delete it"
            yield problem_at("error", zone.name, zone.polygon, what, mend, area=zone.polygon.area)
    yield from _once(_check_sources(now, sources, exits))
    yield from _once(_check_exits(now, ever, sources, exits))
    if sources:
        told = set().union(*(ever.reach(zone) for zone in sources), *(ever.pieces_of(zone) for zone in outside))
        yield from check_unreached(ever, venue, told, least=SLIVER)


def _parts_of(zone: Zone) -> list[Zone]:
    """Return a zone as zones of one polygon each, of the same name."""
    parts = shapely.get_parts(zone.polygon)
    return [zone] if len(parts) == 1 else [replace(zone, polygon=part) for part in parts]


def _once(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield the first of the problems that say the same of the same zone."""
    told: set[tuple[str, str]] = set()
    for problem in problems:
        if (problem.place, problem.finding) not in told:
            told.add((problem.place, problem.finding))
            yield problem


def _check_sources(now: FloorGraph, sources: list[Zone], exits: list[Zone]) -> Iterator[Problem]:
    """Find sources from which no exit can be reached."""
    way_out = set().union(*(now.pieces_of(way) for way in exits))
    for zone in sources:
        if exits and not now.reach(zone) & way_out:
            mend = "open a gate, or close the gap in the drawing between the floor parts"
            yield problem_at("error", zone.name, zone.polygon, "no exit can be reached from this source", mend)


def _check_exits(now: FloorGraph, ever: FloorGraph, sources: list[Zone], exits: list[Zone]) -> Iterator[Problem]:
    """Find exits that nobody reaches."""
    walked, could = (set().union(*(graph.reach(zone) for zone in sources)) for graph in (now, ever))
    for way in exits:
        if not sources or walked & now.pieces_of(way):
            continue
        if could & ever.pieces_of(way):
            what = "this exit can be reached only through gates that are shut or one-way the other way"
            yield problem_at("warning", way.name, way.polygon, what, "open a gate, or leave it for a measure")
        else:
            what = "nobody can reach this exit from a source through a passage of {least:g} m"
            mend = "widen the passage, or close the gap in the drawing between the floor parts"
            yield problem_at("error", way.name, way.polygon, what, mend, least=2 * BODY_RADIUS)


def _check_parts(venue: Venue) -> Iterator[Problem]:
    """Find zones that the drawing cuts off from the others, whatever gates and one-way links do."""
    graph = FloorGraph(venue, honour_gates=False)
    parts = graph.parts()
    number_of = {piece: number for number, part in enumerate(parts) for piece in part}
    outside = zones_outside(venue, graph)
    zones = [zone for zone in venue.zones if zone not in outside]
    on = {zone.name: {number_of[piece] for piece in graph.pieces_of(zone)} for zone in zones}
    areas = [sum(graph.pieces[piece].shape.area for piece in part) for part in parts]
    yield from _check_cut_off(zones, on, areas)
    exits = [zone for zone in zones if "exit" in zone.kinds]
    for zone in [zone for zone in exits if "source" in zone.kinds and len(exits) > 1]:
        for part in _parts_of(zone):
            here = {number_of[piece] for piece in graph.pieces_of(part)}
            if not any(on[way.name] & here for way in exits if way is not zone):
                others = _listed(way.name for way in exits if way is not zone)
                what = "who comes in here can leave only where they came in: no way to {others}"
                mend = "open a way to another exit, or give the zone one kind, source or exit"
                yield problem_at("error", zone.name, part.polygon, what, mend, others=others)
                break


def _check_cut_off(zones: Sequence[Zone], on: Mapping[str, set[int]], areas: Sequence[float]) -> Iterator[Problem]:
    """Find zones that lie on one part of the floor only, which is not the main one.

    Args:
        zones: all that are not told otherwise. on: zone -> numbers of the parts it lies on. areas: of the parts [m2].
    """
    counts, first = [0] * len(areas), [len(on)] * len(areas)
    alone: dict[int, list[Zone]] = {}
    for k, zone in enumerate(zones):
        for number in on[zone.name]:
            counts[number], first[number] = counts[number] + 1, min(first[number], k)
        if len(on[zone.name]) == 1:
            alone.setdefault(min(on[zone.name]), []).append(zone)
    main = max(range(len(areas)), key=lambda number: (counts[number], -first[number]), default=0)
    large = [number for number, area in enumerate(areas) if area >= SLIVER]
    for number, own in sorted(alone.items()):
        others = _listed(zone.name for zone in zones if on[zone.name] and number not in on[zone.name])
        if number != main and others:
            what = "floor falls into {count} parts; zones {names} are cut off from {others}"
            if len(own) == 1:
                what = "floor falls into {count} parts; zone {names} is cut off from {others}"
            mend = "open a way between the parts: move what stands across it, or close the gap in the drawing"
            said = {"count": len({*large, number, main}), "names": _listed(zone.name for zone in own)}
            yield problem_at("warning", own[0].name, own[0].polygon, what, mend, others=others, **said)


def _listed(names: Iterable[str]) -> str:
    """Return names in quotes, the first few; no more of them are looked for."""
    found = list(islice(names, LISTED + 1))
    return ", ".join(repr(name) for name in found[:LISTED]) + (", ..." if len(found) > LISTED else "")


def _check_gates(venue: Venue) -> Iterator[Problem]:
    """Find gates and links that are narrow, gates people can walk round, and venues with every gate shut."""
    levels = [venue.level(name) for name in {gate.level for gate in venue.gates}]
    edges = {level.name: shapely.union_all([level.floor.boundary, *level.wall_lines]) for level in levels}
    shapely.prepare(list(edges.values()))
    wide = {(gate.level, gate.bank) for gate in venue.gates if gate.bank and gate.clear_width >= NARROW_DOOR}
    for gate in venue.gates:
        # In a bank one wide gate is enough for wheelchairs.
        if (gate.level, gate.bank) not in wide or gate.clear_width < NARROW_PASSAGE:
            yield from _check_width(gate.name, gate.clear_width, gate.line)
        for end in (shapely.Point(gate.line.coords[0]), shapely.Point(gate.line.coords[1])):
            gap = edges[gate.level].distance(end)
            if gap > GATE_GAP:
                what = "people can walk round this gate: {gap:.2f} m between its end and the nearest wall"
                yield problem_at("warning", gate.name, end, what, "draw the gate from wall to wall", gap=gap)
    for link in venue.links:
        yield from _check_width(link.name, link.clear_width, link.from_line)
    if venue.gates and not any(gate.open for gate in venue.gates):
        what = "every gate is shut"
        yield problem_at("warning", venue.name, venue.gates[0].line, what, "open at least one gate")


def _check_banks(venue: Venue) -> Iterator[Problem]:
    """Find banks that give no choice: one gate alone, gates on several levels or too far apart to be seen together."""
    banks: dict[str, list[Gate]] = {}
    for gate in venue.gates:
        if gate.bank is not None:
            banks.setdefault(gate.bank, []).append(gate)
    for name, gates in banks.items():
        first = gates[0]
        levels = sorted({gate.level for gate in gates}, key=venue.level_index)
        pairs = [(one, two) for one, two in combinations(gates, 2) if one.level == two.level]
        span = max((one.line.distance(two.line) for one, two in pairs), default=0.0)
        if len(gates) == 1:
            what = "bank {bank!r} has this gate alone, so there is nothing to choose"
            yield problem_at("warning", first.name, first.line, what, "name the same bank at its neighbours", bank=name)
        elif len(levels) > 1:
            what = "bank {bank!r} has gates on the levels {levels}; people choose on their own only"
            mend = "give the gates of each level a bank of their own"
            yield problem_at("warning", first.name, first.line, what, mend, bank=name, levels=_listed(levels))
        if span > BANK_LENGTH:
            what = "bank {bank!r} has gates {span:.0f} m apart; over {most:g} m nobody sees them together"
            mend = "give gates far from each other different banks"
            yield problem_at("warning", first.name, first.line, what, mend, bank=name, span=span, most=BANK_LENGTH)


def _check_width(place: str, width: float, line: BaseGeometry) -> Iterator[Problem]:
    """Find a gate or link that is too narrow."""
    if width < 2 * BODY_RADIUS:
        what, mend = "clear width {width:.2f} m: nobody fits through", "give it at least {least:g} m"
        yield problem_at("error", place, line, what, mend, width=width, least=NARROW_PASSAGE)
    elif round(width, 2) < NARROW_DOOR:
        what, mend = "clear width {width:.2f} m is less than {least:g} m", "check the width; a wheelchair does not pass"
        yield problem_at("warning", place, line, what, mend, width=width, least=NARROW_DOOR)


def _check_zones(venue: Venue) -> Iterator[Problem]:
    """Find zones of which a good part is off the floor."""
    for zone in venue.zones:
        for part in shapely.get_parts(zone.polygon):
            off = part.difference(venue.level(zone.level).floor)
            if off.area > 0.1 * part.area:
                what = "{share:.0%} of a part of this zone is off the floor"
                if part.equals(zone.polygon):
                    what = "{share:.0%} of this zone is off the floor"
                mend = "draw it on walkable ground only"
                yield problem_at("warning", zone.name, off, what, mend, share=off.area / part.area)


def _check_noise(level: Level) -> Iterator[Problem]:
    """Find a floor of so many sharp corners that it is noise, and cannot be checked in a reasonable time."""
    sharp = (_count_sharp(ring) for part in level.floor.geoms for ring in (part.exterior, *part.interiors))
    # Columns have corners too, however many they are.
    count = sum(corners for corners in sharp if corners > COLUMN)
    if count > MOST_SHARP:
        what = (
            "the edge of this floor has {count:,} sharp corners less than {apart:g} m apart; nothing else was checked"
        )
        mend = "it is noise: simplify the drawing, or draw the floor anew"
        yield problem_at("error", level.name, level.floor, what, mend, count=count, apart=SHARP_APART)


def _count_sharp(ring: LinearRing) -> int:
    """Return at how many corners a ring turns by 45 degrees or more between two short edges."""
    edges = np.diff(shapely.get_coordinates(ring), axis=0)
    lengths, after = np.hypot(edges[:, 0], edges[:, 1]), np.roll(edges, -1, axis=0)
    lengths_after = np.roll(lengths, -1)
    straight = (edges * after).sum(axis=1) > math.sqrt(0.5) * lengths * lengths_after
    return int(np.count_nonzero(~straight & (lengths < SHARP_APART) & (lengths_after < SHARP_APART)))


def _check_slivers(level: Level) -> Iterator[Problem]:
    """Find floor parts too small to stand on, and dead strips too narrow to enter."""
    for part in level.floor.geoms:
        if part.area < SLIVER:
            what, mend = "a piece of floor of {area:.3f} m2 stands alone", "join it to the rest, or leave it out"
            yield problem_at("warning", level.name, part, what, mend, area=part.area)
            continue
        opened = part.buffer(-BODY_RADIUS, join_style="mitre").buffer(BODY_RADIUS + 0.01, join_style="mitre")
        rest = part.difference(opened)
        for strip in getattr(rest, "geoms", [rest]):
            if strip.area >= 0.1 * SLIVER:
                what, mend = "a strip of {area:.2f} m2 is narrower than a body", "fill it, or draw it as wide as it is"
                yield problem_at("warning", level.name, strip, what, mend, area=strip.area)


def _check_obstacles(level: Level) -> Iterator[Problem]:
    """Find obstacles and thin walls that are not on the walkable ground."""
    for number, obstacle in enumerate(level.solids, start=1):
        if not obstacle.polygon.intersects(level.walkable):
            what, mend = "obstacle {one!r} lies outside the walkable ground", "move it, or leave it out"
            yield problem_at("error", level.name, obstacle.polygon, what, mend, one=obstacle.name or number)
    for number, wall in enumerate(level.wall_lines, start=1):
        if not wall.intersects(level.walkable):
            what, mend = "wall {number} lies outside the walkable ground", "move it, or leave it out"
            yield problem_at("error", level.name, wall, what, mend, number=number)
