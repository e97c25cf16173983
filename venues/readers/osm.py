"""OpenStreetMap as a sketch: streets, squares, buildings, walls, steps and lifts, each on its levels.

Not here: reading the XML (`osm_xml.py`), what tags mean (`osm_tags.py`), which level an end is on (`osm_levels.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from venues.errors import BadInput
from venues.readers.coordinates import LONLAT, cut_out, into_metres
from venues.readers.import_report import ImportReport
from venues.readers.osm_levels import Storeys
from venues.readers.osm_tags import HIGHWAY_WIDTHS, MAIN_ROADS, POSTS, details_of, is_area, levels_of, role_of_tags
from venues.readers.osm_xml import OsmData, Tags, read_osm_xml
from venues.readers.sketch import GROUND, Drawn, ImportOptions, Sketch
from venues.refusals import told

ATTRIBUTION = "© OpenStreetMap contributors, Open Database License (ODbL) 1.0, https://www.openstreetmap.org/copyright"
#: Lifts nearer to each other than this are one [m] (assumed: a cabin's depth).
SAME_LIFT = 1.5
#: Gap opened in a wall or fence where a way goes through [m] (assumed: a garden gate).
OPENING = 1.5
#: Barriers at a point of a way that open.
GATES = ("gate", "lift_gate", "turnstile", "entrance", "swing_gate")
#: Value of `sidewalk` -> sides of the road, left +1.
SIDES = {"both": (1, -1), "yes": (1, -1), "left": (1,), "right": (-1,)}


def read_osm(path: Path, options: ImportOptions, report: ImportReport) -> Sketch:
    """Return the sketch in an OSM XML file.

    Raises:
        BadInput: if it cannot be used.
    """
    data = read_osm_xml(path)
    storeys = Storeys(data)
    drawn = [*_ways(data, storeys, options, report), *_multipolygons(data, options, report), *_points(data, report)]
    if not drawn:
        raise BadInput(
            told(
                "{file} holds no streets, squares, buildings or walls; export a part of the map that does",
                file=path.name,
            )
        )
    storeys.tell(report)
    frame: BaseGeometry = shapely.box(*(data.bounds or _bounds(drawn)))
    if data.bounds is None:
        report.assume("the edge of the map is the rectangle around its ways (the file has no bounds)")
    if options.within is not None:
        frame = frame.intersection(shapely.box(*options.within))
    inside = cut_out(drawn, frame, where=path.name)
    edge = Drawn("ignore", frame, "edge of the map")
    metres = into_metres([*inside, edge], LONLAT, report, where=path.name)
    *moved, edge = metres.drawn
    moved = _opened(_one_lift_each(moved, report), report)
    _tell_unheld(data, report)
    licence = options.licence or ATTRIBUTION
    return Sketch(
        path.stem, tuple(moved), source=f"OpenStreetMap ({path.name})", licence=licence, date=data.date,
        crs=metres.crs, frame=edge.shape,
    )  # fmt: skip


def _bounds(drawn: list[Drawn]) -> tuple[float, float, float, float]:
    west, south, east, north = shapely.total_bounds([one.shape for one in drawn])
    return float(west), float(south), float(east), float(north)


def _ways(data: OsmData, storeys: Storeys, options: ImportOptions, report: ImportReport) -> Iterator[Drawn]:
    """Yield the ways that play a role."""
    for number, (refs, tags) in data.ways.items():
        points = [data.nodes[ref] for ref in refs if ref in data.nodes]
        if not tags or len(points) < 2:
            continue
        where = f"way {number}"
        if len(points) < len(refs):
            report.repair("ways of which some nodes are not in the file: drawn without them", where)
        closed = refs[0] == refs[-1] and len(set(points)) >= 3
        shape = Polygon(points) if is_area(tags, closed=closed) else LineString(points)
        role = role_of_tags(tags, shape, where, report, roads=options.roads)
        if role is None:
            yield from _sidewalks(shape, where, levels_of(tags) or (GROUND,), tags, report)
            continue
        flight = role in ("stairs", "ramp", "escalator")
        levels = storeys.ends(number, where, report) if flight else storeys.of(number)
        yield from _drawn(role, shape, where, levels, tags, report)


def _drawn(
    role: str, shape: BaseGeometry, where: str, levels: tuple[str, ...], tags: Tags, report: ImportReport
) -> Iterator[Drawn]:
    """Yield a way with what its tags say; a platform is floor and a zone."""
    name = tags.get("name") or tags.get("ref") or ""
    details = details_of(tags, role, where, report)
    if role == "street":
        details["through"] = tags.get("tunnel", "no") != "no" or tags.get("covered") == "yes" or "indoor" in tags
        if "clear_width" not in details:
            kind = tags.get("highway", "footway")
            details["clear_width"] = HIGHWAY_WIDTHS.get(kind, HIGHWAY_WIDTHS["footway"])
            report.assume(
                "highway={kind} without a width is {width:g} m wide", where, kind=kind, width=details["clear_width"]
            )
        if any(sign.isdigit() for sign in tags.get("incline", "")):
            report.leave("inclines of streets (draw a slope in the venue)", f"{where}: {tags['incline']}")
    if role == "escalator" and "direction" not in details:
        details["direction"] = "backward" if tags.get("incline") == "down" else "forward"
        report.assume("an escalator whose direction is not given runs up", f"{where} {name}".strip())
    yield Drawn(role, shape, where, levels, name if role != "walkable" else "", details)
    if role == "walkable" and "platform" in (tags.get("railway"), tags.get("public_transport")):
        report.assume("people come in and leave at platforms", f"{where} {name}".strip())
        yield Drawn("entrance", shape, where, levels, f"platform {tags.get('ref', '') or tags.get('name', '')}".strip())


def _sidewalks(
    shape: BaseGeometry, where: str, levels: tuple[str, ...], tags: Tags, report: ImportReport
) -> Iterator[Drawn]:
    """Yield the sidewalks of a main road as streets beside it."""
    sides = SIDES.get(tags.get("sidewalk", "no"), ())
    if tags.get("highway") not in MAIN_ROADS or not sides:
        return
    road, walk = HIGHWAY_WIDTHS[tags["highway"]], HIGHWAY_WIDTHS["footway"]
    report.assume(
        "sidewalks of main roads are {width:g} m wide, beside a carriageway of the usual width", where, width=walk
    )
    name = tags.get("name", "")
    for side in sides:
        beside = {"offset": side * (road + walk) / 2, "clear_width": walk, "through": False}
        yield Drawn("street", shape, where, levels, name, beside)


def _multipolygons(data: OsmData, options: ImportOptions, report: ImportReport) -> Iterator[Drawn]:
    """Yield areas that are put together of several ways."""
    for number, (members, tags) in data.relations.items():
        where = f"relation {number}"
        rings: dict[bool, list[LineString]] = {True: [], False: []}
        for ref, part in members:
            points = [data.nodes[node] for node in data.ways.get(ref, ([], {}))[0] if node in data.nodes]
            if len(points) > 1:
                rings[part != "inner"].append(LineString(points))
        outer, inner = (
            shapely.union_all(list(shapely.polygonize(lines).geoms)) for lines in (rings[True], rings[False])
        )
        if outer.is_empty:
            if role_of_tags(tags, shapely.box(0, 0, 1, 1), where, report):
                report.leave("areas whose outline is not whole in the file", where)
            continue
        shape = outer.difference(inner)
        role = role_of_tags(tags, shape, where, report, roads=options.roads)
        if role is not None:
            yield from _drawn(role, shape, where, levels_of(tags) or (GROUND,), tags, report)


def _points(data: OsmData, report: ImportReport) -> Iterator[Drawn]:
    """Yield lifts and bollards drawn as points."""
    for number, tags in data.tags.items():
        where, point = f"node {number}", shapely.Point(data.nodes[number])
        if tags.get("highway") == "elevator":
            yield Drawn("lift", point, where, levels_of(tags), tags.get("ref", ""))
        elif tags.get("barrier") in POSTS:
            yield Drawn(
                "obstacle", point, where, levels_of(tags) or (GROUND,), "", {"diameter": POSTS[tags["barrier"]]}
            )
            report.assume(
                "a {barrier} is {width:g} m wide", where, barrier=tags["barrier"], width=POSTS[tags["barrier"]]
            )


def _one_lift_each(drawn: list[Drawn], report: ImportReport) -> list[Drawn]:
    """Return the shapes, with the drawings of one lift on several levels taken together, and posts given their size."""
    lifts: list[Drawn] = []
    rest = []
    for one in drawn:
        if one.role == "obstacle" and "diameter" in one.details:
            rest.append(replace(one, shape=one.shape.buffer(one.details["diameter"] / 2, quad_segs=2)))
        elif "offset" in one.details:
            rest += [
                replace(one, shape=part.offset_curve(one.details["offset"])) for part in shapely.get_parts(one.shape)
            ]
        elif one.role != "lift":
            rest.append(one)
        else:
            near = next((n for n, lift in enumerate(lifts) if lift.shape.distance(one.shape) < SAME_LIFT), None)
            if near is None:
                lifts.append(one)
                continue
            shape = max((lifts[near].shape, one.shape), key=lambda shape: shape.area)
            levels = tuple(dict.fromkeys((*lifts[near].levels, *one.levels)))
            lifts[near] = replace(lifts[near], shape=shape, levels=levels, name=lifts[near].name or one.name)
            report.repair(
                "drawings of lifts within {reach:g} m of each other taken for one lift", one.where, reach=SAME_LIFT
            )
    named = [replace(lift, name=f"lift {lift.name}".strip()) for lift in lifts]
    return rest + named


def _opened(drawn: list[Drawn], report: ImportReport) -> list[Drawn]:
    """Return the shapes with walls opened where ways go through them."""
    found = []
    streets = [one for one in drawn if one.role == "street"]
    tree = shapely.STRtree([one.shape for one in streets])
    for one in drawn:
        if one.role != "wall":
            found.append(one)
            continue
        ways = [
            streets[n].shape for n in tree.query(one.shape, "intersects") if set(streets[n].levels) & set(one.levels)
        ]
        crossed = one.shape.intersection(shapely.union_all(ways)) if ways else LineString()
        if crossed.is_empty:
            found.append(one)
            continue
        report.assume("a wall or fence that a way goes through has an opening of {width:g} m", one.where, width=OPENING)
        found.append(replace(one, shape=one.shape.difference(crossed.buffer(OPENING / 2))))
    return found


def _tell_unheld(data: OsmData, report: ImportReport) -> None:
    """Tell what a venue has no place for."""
    for number, tags in data.tags.items():
        barrier = tags.get("barrier", "no")
        if barrier in GATES:
            report.leave("gates drawn as points (draw a gate across the way in the venue)", f"node {number}")
        elif barrier not in (*POSTS, "no"):
            report.leave(
                "barrier={barrier} drawn as a point (draw an obstacle in the venue)", f"node {number}", barrier=barrier
            )
        if tags.get("natural") == "tree":
            report.leave("trees (draw an obstacle in the venue where people walk round one)", f"node {number}")
        if "entrance" in tags and "railway" not in tags:
            report.leave("entrances of buildings (draw a zone of kind source or exit in the venue)", f"node {number}")
        if tags.get("man_made") == "surveillance":
            report.leave("cameras", f"node {number}")
