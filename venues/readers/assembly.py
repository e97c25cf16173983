"""A sketch made into a venue: floors, links, zones, gates, names; what cannot be held is left out and told.

Not here: the single parts (`floors.py`, `flights.py`, `zones.py`).
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from venues.connectivity import FloorGraph
from venues.doors import MAX_NAME
from venues.elements import Camera, Loudspeaker, Sign
from venues.errors import BadInput, named
from venues.places import Gate, Level, Link, MeasurementArea, MeasurementLine, Slope, Zone
from venues.readers.elements import read_element
from venues.readers.flights import build_flights
from venues.readers.floors import build_floors, tidy
from venues.readers.gates import read_gate
from venues.readers.import_report import ImportReport
from venues.readers.lifts import build_lifts
from venues.readers.mending import mend
from venues.readers.sketch import MEMBERS, Drawn, Sketch
from venues.readers.zones import SMALLEST, assume_zones, build_zones
from venues.refusals import message_of, told
from venues.sentences import korean
from venues.venue import WHOLE_VENUE, Venue

#: How much of the floor around a link is looked at [m].
AROUND = 3.0
Item = TypeVar("Item", Gate, Link, Slope, MeasurementArea, MeasurementLine, Camera, Loudspeaker, Sign)
#: Parts of a venue beside its levels, zones and links.
ITEMS = ("gates", "areas", "lines", "cameras", "loudspeakers", "signs")


def assemble(sketch: Sketch, report: ImportReport) -> Venue:
    """Return the venue of a sketch.

    Raises:
        BadInput: if there is no floor to stand on.
    """
    drawn = [_named(one, report) for one in mend(sketch.drawn, report)]
    floors = build_floors(drawn, sketch, report)
    drawn = [read_element(read_gate(one, report), report) for one in drawn]
    links, flights = build_flights(drawn, floors, report)
    links += build_lifts([one for one in drawn if one.role == "lift"], floors, flights, report)
    for floor in floors.values():
        if floor.joined:
            tidy(floor, report)
    levels = [floor.level() for floor in floors.values()]
    links = _possible(links, levels, report)
    zones = build_zones(drawn, levels, report)
    assumed = assume_zones(zones, drawn, sketch, levels, report)
    items: dict[str, Any] = {
        "gates": _items(drawn, "gate", Gate, report),
        "areas": _items(drawn, "area", MeasurementArea, report),
        "lines": _items(drawn, "line", MeasurementLine, report),
        "slopes": _items(drawn, "slope", Slope, report),
        "cameras": _items(drawn, "camera", Camera, report),
        "loudspeakers": _items(drawn, "loudspeaker", Loudspeaker, report),
        "signs": _items(drawn, "sign", Sign, report),
    }
    parts = _unique({"zones": zones + assumed, "links": links, **items}, report)
    known = {key: getattr(sketch, key) for key in ("source", "licence", "date", "crs")}
    venue = _with_what_fits(Venue(sketch.name, tuple(levels), zones=tuple(parts.pop("zones")), **known), parts, report)
    venue = _without_dead_parts(venue, venue.zones[: len(zones)], report)
    _count(venue, report, painted=sketch.pixel > 0.0)
    return venue


def _named(one: Drawn, report: ImportReport) -> Drawn:
    """Return a shape whose name can be printed on one line."""
    name = unicodedata.normalize("NFC", " ".join(one.name.split()))
    name = "".join(sign for sign in name if sign.isprintable())[:MAX_NAME]
    if name != one.name:
        report.repair("names that cannot be printed on one line", one.where)
    return replace(one, name=name)


def _items(drawn: Sequence[Drawn], role: str, make: Callable[..., Item], report: ImportReport) -> list[Item]:
    """Return the items of a role; those that cannot be made are left out with the reason."""
    found = []
    for one in drawn:
        if one.role != role:
            continue
        given = {key: one.details[key] for key in MEMBERS[role] if key in one.details}
        try:
            found.append(make(one.name or role, one.levels[0], one.shape, **given))
        except (BadInput, TypeError) as wrong:
            report.leave("{role}: {wrong}", one.where, role=role, wrong=message_of(wrong))
    return found


def _unique(parts: dict[str, list[Any]], report: ImportReport) -> dict[str, list[Any]]:
    """Return the items with names that are unique among all of them."""
    taken = {WHOLE_VENUE}
    found: dict[str, list[Any]] = {}
    for kind, items in parts.items():
        found[kind] = []
        for item in items:
            name, number = item.name, 2
            while name in taken:
                name, number = f"{item.name[: MAX_NAME - 6]}-{number}", number + 1
            taken.add(name)
            if name != item.name:
                report.repair("names that were there twice got a number", f"{kind[:-1]} {name}")
            found[kind].append(item if name == item.name else replace(item, name=name))
    return found


def _possible(links: Sequence[Link], levels: Sequence[Level], report: ImportReport) -> list[Link]:
    """Return the links that fit the floors they join, each tried alone on the ground around it."""
    by_name = {level.name: level for level in levels}
    found = []
    for link in links:
        ends = ((link.from_level, link.from_line), (link.to_level, link.to_line))
        try:
            for name in (link.from_level, link.to_level):
                if name not in by_name:
                    raise BadInput(
                        told(
                            "{what} leads to level {level!r}, which has no floor",
                            what=named("link", link.name),
                            level=name,
                        )
                    )
            around = shapely.union_all([line for _, line in ends]).buffer(AROUND).envelope
            Venue("around", tuple(_cropped(by_name[name], around) for name, _ in ends), links=(link,))
        except BadInput as wrong:
            report.leave("{wrong}", wrong=message_of(wrong))
            continue
        found.append(link)
    return found


def _cropped(level: Level, around: BaseGeometry) -> Level:
    """Return the part of a level inside a box."""
    parts = shapely.get_parts(level.walkable.intersection(around))
    inside = [part for part in parts if isinstance(part, Polygon) and part.area > 0.0]
    return _narrowed(level, inside) if inside else level


def _fitting(venue: Venue, part: str, items: list[Any], report: ImportReport) -> list[Any]:
    """Return the items that the venue takes; the others are left out with the reason."""
    more: dict[str, Any] = {part: (*getattr(venue, part), *items)}
    try:
        replace(venue, **more)
        return items
    except BadInput as wrong:
        if len(items) == 1:
            report.leave("{wrong}", wrong=message_of(wrong))
            return []
    half = len(items) // 2
    return _fitting(venue, part, items[:half], report) + _fitting(venue, part, items[half:], report)


def _with_what_fits(venue: Venue, parts: dict[str, list[Any]], report: ImportReport) -> Venue:
    """Return a venue that has none with those links, gates, areas, lines and slopes that it takes."""
    for part, items in [(part, items) for part, items in parts.items() if items]:
        fitting: dict[str, Any] = {part: tuple(_fitting(venue, part, items, report))}
        venue = replace(venue, **fitting)
    return venue


def _without_dead_parts(venue: Venue, drawn: Sequence[Zone], report: ImportReport) -> Venue:
    """Return a venue without walkable pieces on which nobody comes in who can leave elsewhere.

    A part with one assumed zone only is such a piece, if there are others: a stub of a street at the edge of the map.
    A zone that the map draws stays with its floor, for the check to say what cuts it off: a lost exit is no mending.
    """
    graph = FloorGraph(venue, honour_gates=False)
    on = [(zone, graph.pieces_of(zone)) for zone in venue.zones]
    counted = [(part, sum(bool(pieces & part) for _, pieces in on)) for part in graph.parts()]
    least = min(2, max((count for _, count in counted), default=0))
    live = set().union(*(part for part, count in counted if count >= least))
    levels = []
    for level in venue.levels:
        alive = shapely.union_all([graph.pieces[n].shape for n in live if graph.pieces[n].level == level.name])
        own = shapely.union_all([zone.polygon for zone in drawn if zone.level == level.name])
        keep = []
        for part in shapely.get_parts(level.walkable):
            if part.intersects(alive) or part.intersection(own).area > SMALLEST:
                keep.append(part)
            else:
                _tell_dead(part, level, report)
        if keep:
            levels.append(level if len(keep) == len(shapely.get_parts(level.walkable)) else _narrowed(level, keep))
    if not levels:
        return venue
    stay = [zone for zone, pieces in on if pieces & live or zone in drawn]
    for zone in [zone for zone in venue.zones if zone not in stay]:
        x, y = shapely.point_on_surface(zone.polygon).coords[0]
        place = f"{zone.name}, level {zone.level} at ({x:.1f}, {y:.1f})"
        report.leave("assumed ways in and out that lead nowhere else", place)
    return _on_levels(venue, levels, stay, report)


def _on_levels(venue: Venue, levels: Sequence[Level], zones: Sequence[Zone], report: ImportReport) -> Venue:
    """Return a venue with these levels and zones, and what still fits of the rest."""
    names = {level.name for level in levels}
    links = [link for link in venue.links if _stands(link, levels)]
    for name in [link.name for link in venue.links if link not in links]:
        report.leave("stairs and lifts between pieces of floor that were left out", name)
    kept = {key: [item for item in getattr(venue, key) if item.level in names] for key in ITEMS}
    none: dict[str, Any] = dict.fromkeys(("links", *ITEMS), ())
    bare = replace(venue, levels=tuple(levels), zones=tuple(zones), **none)
    return _with_what_fits(bare, {"links": links, **kept}, report)


def _narrowed(level: Level, keep: list[Polygon]) -> Level:
    """Return a level with some of its walkable pieces, and what stands on them."""
    walkable = keep[0] if len(keep) == 1 else MultiPolygon(keep)
    obstacles = tuple(one for one in level.solids if one.polygon.intersects(walkable))
    walls = tuple(one for one in level.thin_walls if one.line.intersects(walkable))
    return replace(level, walkable=walkable, obstacles=obstacles, walls=walls)


def _tell_dead(part: Polygon, level: Level, report: ImportReport) -> None:
    x, y = shapely.point_on_surface(part).coords[0]
    place = f"level {level.name} at ({x:.1f}, {y:.1f}), {part.area:.0f} m2"
    report.leave("pieces of floor that nothing joins to where people come in or leave", place)


def _stands(link: Link, levels: Sequence[Level]) -> bool:
    """Return whether both ends of a link still have floor."""
    ends = ((link.from_level, link.from_line), (link.to_level, link.to_line))
    return all(
        any(level.name == name and level.walkable.distance(line) < 0.2 for level in levels) for name, line in ends
    )


def _kinds(zones: Sequence[Zone], lang: str) -> str:
    """Return how many zones there are of each kind, or of each pair of kinds."""
    counts = Counter(", ".join(sorted(zone.kinds)) for zone in zones)
    words = korean()["words"] if lang == "ko" else {"exit, source": "entrance"}
    return ", ".join(f"{words.get(kinds, kinds)} {count}" for kinds, count in counts.items())


def _count(venue: Venue, report: ImportReport, *, painted: bool) -> None:
    """Tell the report what the venue holds; of a painted plan what is dark is no obstacle but no floor."""
    for level in venue.levels:
        said: dict[str, Any] = {"level": level.name, "area": level.floor.area, "walls": len(level.walls)}
        if painted:
            free = sum(len(part.interiors) for part in level.floor.geoms)
            report.take(
                "level {level}: {area:,.0f} m2 of floor; dark things that stand free in it: {free} (those that touch a "
                "wall are part of it); barriers: {walls}",
                **said,
                free=free,
            )
        else:
            what = "level {level}: {area:,.0f} m2 of floor, {obstacles} obstacles, {walls} walls"
            report.take(what, **said, obstacles=len(level.obstacles))
    if venue.zones:
        report.take("{count} zones: {kinds!s}", count=len(venue.zones), kinds=partial(_kinds, venue.zones))
    for part in ("slopes", *ITEMS):
        if getattr(venue, part):
            report.take("{count} {part}", count=len(getattr(venue, part)), part=part)
    for kind, count in sorted(Counter(link.kind for link in venue.links).items()):
        report.take("{count} links of kind {kind}", count=count, kind=kind)
