"""One GeoJSON feature and one item of a venue, turned into each other.

Not here: the file around the features, and coordinate systems (`geojson.py`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Point, Polygon, mapping
from shapely.geometry.base import BaseGeometry

from venues.doors import check_choice
from venues.elements import Camera, Element, Loudspeaker, Sign
from venues.errors import BadInput, name_known, named
from venues.places import Gate, Level, Link, MeasurementArea, MeasurementLine, Obstacle, Slope, Wall, Zone
from venues.refusals import Told, either, told

#: kind of feature -> (geometry types, members it must have, members it may have)
KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "level": (("Polygon", "MultiPolygon"), ("name",), ("elevation", "labels")),
    "obstacle": (("Polygon",), ("level",), ("name", "labels")),
    "wall": (("LineString",), ("level",), ("name", "labels", "design_load")),
    "zone": (("Polygon", "MultiPolygon"), ("name", "level", "kinds"), ("labels",)),
    "gate": (
        ("LineString",),
        ("name", "level"),
        ("clear_width", "direction", "open", "capacity", "bank", "labels", "width_assumed"),
    ),
    "link": (
        ("MultiLineString",),
        ("name", "link_kind", "from_level", "to_level", "clear_width", "length"),
        ("direction", "capacity", "cycle", "labels", "width_assumed"),
    ),
    "slope": (("Polygon",), ("name", "level", "angle", "uphill"), ()),
    "area": (("Polygon",), ("name", "level"), ("labels",)),
    "line": (("LineString",), ("name", "level"), ("clear_width", "labels")),
    "camera": (("Point",), ("name", "level", "bearing", "field_of_view", "reach"), ("labels",)),
    "loudspeaker": (("Point",), ("name", "level", "reach"), ("labels",)),
    "sign": (("Point",), ("name", "level", "reach"), ("labels",)),
}
#: Everything on a level but obstacles and walls.
Item = Zone | Gate | Link | Slope | MeasurementArea | MeasurementLine | Element
#: kind of feature -> what is made of it and the name of its shape (links have two shapes)
_MADE_OF: dict[str, tuple[Any, str]] = {
    "zone": (Zone, "polygon"),
    "gate": (Gate, "line"),
    "slope": (Slope, "polygon"),
    "area": (MeasurementArea, "polygon"),
    "line": (MeasurementLine, "line"),
    "camera": (Camera, "position"),
    "loudspeaker": (Loudspeaker, "position"),
    "sign": (Sign, "position"),
}


@dataclass(frozen=True)
class Feature:
    """A feature read from a file: its kind, its shape in metres, its properties, and where it stood."""

    kind: str
    where: Told
    shape: Any
    properties: Mapping[str, Any]


def parse_feature(raw: object, where: Told) -> Feature:
    """Return a feature whose kind, members and geometry type are right; coordinates are not yet looked at."""
    if not isinstance(raw, dict) or raw.get("type") != "Feature":
        raise BadInput(told('{where} is not a GeoJSON feature; it must have "type": "Feature"', where=where))
    properties = raw.get("properties")
    if not isinstance(properties, dict):
        raise BadInput(told("{where} has no table 'properties'; it needs at least {{\"kind\": ...}}", where=where))
    properties = {key: value for key, value in properties.items() if value is not None}
    kind = properties.pop("kind", None)
    if kind is None:
        raise BadInput(
            told("{where} has no 'kind' in its properties; {known}", where=where, known=name_known(KINDS, ""))
        )
    check_choice(told("{where}: its kind", where=where), kind, KINDS)
    what = named(kind, properties["name"]) if "name" in properties else told(kind)
    where = told("{where} ({what})", where=where, what=what)
    types, required, optional = KINDS[kind]
    for member in required:
        if member not in properties:
            raise BadInput(
                told(
                    "{where} has no {member!r}; a {kind} needs {required}",
                    where=where,
                    member=member,
                    kind=told(kind),
                    required=", ".join(required),
                )
            )
    for member in ("name", "level", "from_level", "to_level"):
        if not isinstance(properties.get(member, ""), str):
            raise BadInput(
                told(
                    "{where} has {member!r} {value!r}; it must be a text",
                    where=where,
                    member=member,
                    value=properties[member],
                )
            )
    for member in properties:
        if member not in required + optional:
            raise BadInput(
                told(
                    "{where} has the unknown property {member!r}; {known}",
                    where=where,
                    member=member,
                    known=name_known(required + optional, member),
                )
            )
    return Feature(kind, where, _parse_shape(raw.get("geometry"), types, where), properties)


def _parse_shape(geometry: object, types: tuple[str, ...], where: Told) -> BaseGeometry:
    """Return the shape of a GeoJSON geometry, without mending it."""
    found = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or found not in types:
        raise BadInput(
            told(
                "{where} has a geometry of type {found!r}; it must be {right}",
                where=where,
                found=found,
                right=either(types),
            )
        )
    coordinates = geometry.get("coordinates")
    try:
        if found == "Polygon":
            return _polygon(coordinates)
        if found == "MultiPolygon":
            return MultiPolygon([_polygon(rings) for rings in _list(coordinates)])
        if found == "LineString":
            return LineString(_points(coordinates))
        if found == "Point":
            return Point(_points([coordinates])[0])
        return MultiLineString([_points(line) for line in _list(coordinates)])
    except (ValueError, OverflowError, shapely.errors.GEOSException) as wrong:
        raise BadInput(
            told("{where} has coordinates that make no {shape}: {why}", where=where, shape=found, why=wrong)
        ) from None


def _list(value: object) -> list[Any]:
    """Return a list that is one and holds something."""
    if not isinstance(value, list) or not value:
        raise ValueError(told("{value:.60} is not a list with something in it", value=str(value)))
    return value


def _points(value: object) -> list[tuple[float, float]]:
    """Return positions [x, y] as pairs of floats."""
    points = []
    for position in _list(value):
        numbers = isinstance(position, list) and all(type(number) in (int, float) for number in position)
        if not numbers or len(position) != 2 or not all(math.isfinite(number) for number in position):
            raise ValueError(
                told("the position {position:.60} must be two finite numbers, [x, y]", position=str(position))
            )
        points.append((float(position[0]), float(position[1])))
    return points


def _polygon(value: object) -> Polygon:
    """Return a polygon of closed rings."""
    rings = [_points(ring) for ring in _list(value)]
    for ring in rings:
        if len(ring) < 4 or ring[0] != ring[-1]:
            raise ValueError(
                told(
                    "the ring starting at {start} must have four points or more and end where it starts", start=ring[0]
                )
            )
    return Polygon(rings[0], rings[1:])


def build_item(feature: Feature) -> Item:
    """Return the item a feature describes (levels, obstacles and walls: `build_level`)."""
    given = dict(feature.properties)
    try:
        if feature.kind != "link":
            make, shape = _MADE_OF[feature.kind]
            if feature.kind == "gate" and "clear_width" not in given:
                given["width_assumed"] = True
            item: Item = make(**{shape: feature.shape}, **given)
            return item
        ends = list(feature.shape.geoms)
        if len(ends) != 2:
            raise BadInput(
                told("its geometry has {count} lines; it must have two, the start and the end", count=len(ends))
            )
        return Link(kind=given.pop("link_kind"), from_line=ends[0], to_line=ends[1], **given)
    except BadInput as wrong:
        raise BadInput(told("{where}: {what}", where=feature.where, what=wrong)) from None


def _build_obstacle(feature: Feature) -> Polygon | Obstacle:
    """Return an obstacle: its shape alone where it has neither name nor labels."""
    given = {key: value for key, value in feature.properties.items() if key != "level"}
    try:
        return Obstacle(feature.shape, **given) if given else feature.shape
    except BadInput as wrong:
        raise BadInput(told("{where}: {what}", where=feature.where, what=wrong)) from None


def _build_wall(feature: Feature) -> LineString | Wall:
    """Return a thin wall: its line alone where nothing more is said of it."""
    given = {key: value for key, value in feature.properties.items() if key != "level"}
    try:
        return Wall(feature.shape, **given) if given else feature.shape
    except BadInput as wrong:
        raise BadInput(told("{where}: {what}", where=feature.where, what=wrong)) from None


def build_level(feature: Feature, parts: list[Feature]) -> Level:
    """Return the level of a feature, with those of `parts` (obstacles, walls) that are on it."""
    own = [part for part in parts if part.properties["level"] == feature.properties["name"]]
    obstacles = tuple(_build_obstacle(part) for part in own if part.kind == "obstacle")
    walls = tuple(_build_wall(part) for part in own if part.kind == "wall")
    try:
        return Level(walkable=feature.shape, obstacles=obstacles, walls=walls, **feature.properties)
    except BadInput as wrong:
        raise BadInput(told("{where}: {what}", where=feature.where, what=wrong)) from None


def write_level(level: Level) -> list[dict[str, Any]]:
    """Return the features of a level: itself, its obstacles, its walls."""
    own = {"kind": "level", "name": level.name, "elevation": level.elevation, "labels": dict(level.labels)}
    features = [_feature(own, level.walkable)]
    for solid in level.solids:
        own = {"kind": "obstacle", "name": solid.name or None, "level": level.name, "labels": dict(solid.labels)}
        features.append(_feature(own, solid.polygon))
    for wall in level.thin_walls:
        own = {"kind": "wall", "name": wall.name or None, "level": level.name, "labels": dict(wall.labels)}
        features.append(_feature({**own, "design_load": wall.design_load}, wall.line))
    return features


def write_item(item: Item) -> dict[str, Any]:
    """Return the feature of an item; that a width is not assumed goes without saying."""
    own = {name: value for name, value in vars(item).items() if not isinstance(value, BaseGeometry)}
    if not own.get("width_assumed", True):
        del own["width_assumed"]
    if isinstance(item, Link):
        own["link_kind"] = own.pop("kind")
        return _feature({"kind": "link", **own}, MultiLineString([item.from_line, item.to_line]))
    if isinstance(item, Zone):
        own["kinds"] = sorted(item.kinds)
    if isinstance(item, Slope):
        own["uphill"] = list(item.uphill)
    kind, shape = next((kind, shape) for kind, (made, shape) in _MADE_OF.items() if isinstance(item, made))
    return _feature({"kind": kind, **own}, getattr(item, shape))


def _feature(properties: dict[str, Any], shape: BaseGeometry) -> dict[str, Any]:
    """Return a GeoJSON feature; members that say nothing (None, empty labels) are left out."""
    said = {key: dict(value) if key == "labels" else value for key, value in properties.items()}
    said = {key: value for key, value in said.items() if value is not None and value != {}}
    geometry = mapping(shape)
    return {
        "type": "Feature",
        "properties": said,
        "geometry": {"type": geometry["type"], "coordinates": _lists(geometry["coordinates"])},
    }


def _lists(value: Any) -> Any:
    """Return nested tuples of coordinates as nested lists."""
    return [_lists(part) for part in value] if isinstance(value, list | tuple) else value
