"""The one venue file: GeoJSON with an extension member "inpa", in local metres or in longitude and latitude.

Coordinate systems end here: longitude and latitude become metres of a transverse Mercator projection
centred on the data. Nothing is clipped or mended: a file is read as it is, or refused with one line. A
FeatureCollection with `"inpa": {"schema_version": 1, "name": ..., "coordinates": "local metres" | "lonlat",
...}`; the features are described in `features.py`.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from venues.doors import MAX_REACH, check_choice
from venues.errors import BadInput, check_schema, name_known
from venues.features import Feature, build_item, build_level, parse_feature, write_item, write_level
from venues.refusals import message_of, told
from venues.venue import Venue

SCHEMA_VERSION = 1
#: Largest file read [bytes]; a venue of 10,000 polygons has a few megabytes.
MAX_FILE = 50_000_000
#: Most features of a venue; more cannot be checked in 10 s (measured: 10,000 zones take 5 s).
MAX_FEATURES = 12_000
COORDINATES = ("local metres", "lonlat")
#: Polar regions, where the projection is not for us [degrees].
MAX_LATITUDE = 85.0

#: A whole number of more digits is none that a place could need, and may be too large for a float.
_DIGITS = 300
_TEXTS = ("name", "coordinates", "crs", "source", "licence", "date")
_MEMBERS = ("schema_version", "labels", "simplifications", *_TEXTS)
_PARTS = {
    "zone": "zones",
    "gate": "gates",
    "link": "links",
    "slope": "slopes",
    "area": "areas",
    "line": "lines",
    "camera": "cameras",
    "loudspeaker": "loudspeakers",
    "sign": "signs",
}


def read_venue(path: str | Path) -> Venue:
    """Return the venue in a file.

    Args:
        path: GeoJSON, UTF-8, at most 50 MB.

    Raises:
        BadInput: naming the file, the feature and the value.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise BadInput(told("{path} is no file; write the name of an existing GeoJSON file", path=path))
        if size > MAX_FILE:
            raise BadInput(
                told(
                    "{path} has {size:.0f} MB; a venue file must have at most {most:.0f} MB",
                    path=path,
                    size=size / 1e6,
                    most=MAX_FILE / 1e6,
                )
            )
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadInput(
            told("there is no venue file {path!r}; write the name of an existing GeoJSON file", path=str(path))
        ) from None
    except UnicodeDecodeError as wrong:
        raise BadInput(
            told("{path} is not UTF-8 text (byte {byte}); a venue file must be GeoJSON", path=path, byte=wrong.start)
        ) from None
    except OSError as wrong:
        raise BadInput(
            told(
                "{path} cannot be read: {why}; it must be a readable GeoJSON file",
                path=path,
                why=told(str(wrong.strerror)),
            )
        ) from None
    return from_geojson(parse_json(text, path), where=path.name)


def parse_json(text: str, path: Path) -> Any:
    """Return the JSON document in a text."""

    def refuse(word: str) -> float:
        raise BadInput(told("{path} holds the number {word:.30}; all numbers must be finite", path=path, word=word))

    def whole(digits: str) -> float:
        return int(digits) if len(digits) <= _DIGITS else refuse(digits)

    def member(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(pairs)
        if len(table) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise BadInput(
                told(
                    "{path} has the member {twice!r:.60} twice in one table; which holds? Keep one of them",
                    path=path,
                    twice=twice,
                )
            )
        return table

    try:
        return json.loads(text, parse_constant=refuse, parse_int=whole, object_pairs_hook=member)
    except json.JSONDecodeError as wrong:
        raise BadInput(
            told(
                "{path} is not JSON (line {line}, column {column}: {why}); a venue file must be GeoJSON",
                path=path,
                line=wrong.lineno,
                column=wrong.colno,
                why=wrong.msg,
            )
        ) from None
    except (RecursionError, ValueError) as wrong:
        if isinstance(wrong, BadInput):
            raise
        raise BadInput(
            told("{path} is not usable JSON ({why:.80}); a venue file must be GeoJSON", path=path, why=str(wrong))
        ) from None


def from_geojson(document: Any, *, where: str = "GeoJSON") -> Venue:
    """Return the venue a parsed GeoJSON document describes; `where` begins the messages."""
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise BadInput(
            told('{where} is not a GeoJSON FeatureCollection; its "type" must be "FeatureCollection"', where=where)
        )
    head = _check_head(document.get("inpa"), where)
    raw = document.get("features")
    if not isinstance(raw, list):
        raise BadInput(told("{where} has no list 'features'; it needs at least one of kind level", where=where))
    if len(raw) > MAX_FEATURES:
        raise BadInput(
            told(
                "{where} has {count:,} features; a venue has at most {most:,}: cut out a part of it",
                where=where,
                count=len(raw),
                most=MAX_FEATURES,
            )
        )
    features = [
        parse_feature(one, told("{where}: feature {number}", where=where, number=number))
        for number, one in enumerate(raw, start=1)
    ]
    crs = head.get("crs", "local metres")
    if head["coordinates"] == "lonlat":
        features, crs = _project(features, where)
    try:
        parts: dict[str, Any] = {part: _items(features, kind) for kind, part in _PARTS.items()}
        parts |= {key: head[key] for key in ("labels", "source", "licence", "date") if key in head}
        parts["simplifications"] = tuple(head.get("simplifications", ()))
        return Venue(name=head["name"], levels=_levels(features), crs=crs, **parts)
    except BadInput as wrong:
        said = message_of(wrong)
        raise BadInput(said if said.startswith(where) else told("{where}: {what}", where=where, what=said)) from None


def _items(features: list[Feature], kind: str) -> tuple[Any, ...]:
    """Return the items of one kind, in the order of the file."""
    return tuple(build_item(feature) for feature in features if feature.kind == kind)


def _levels(features: list[Feature]) -> tuple[Any, ...]:
    """Return the levels, each with its obstacles and walls."""
    levels = [feature for feature in features if feature.kind == "level"]
    parts = [feature for feature in features if feature.kind in ("obstacle", "wall")]
    known = [level.properties["name"] for level in levels]
    for part in parts:
        check_choice(told("{where}: its level", where=part.where), part.properties["level"], known)
    return tuple(build_level(level, parts) for level in levels)


def _check_head(head: Any, where: str) -> dict[str, Any]:
    """Return the extension member if this version can read it."""
    if not isinstance(head, dict):
        raise BadInput(
            told(
                '{where} has no member "inpa" (a table); it must say schema_version, name and coordinates', where=where
            )
        )
    if "schema_version" in head:
        check_schema(where, head["schema_version"], reads=SCHEMA_VERSION)
    for member in ("schema_version", "name", "coordinates"):
        if member not in head:
            raise BadInput(
                told(
                    '{where}: "inpa" has no {member!r}; it must say schema_version, name and coordinates',
                    where=where,
                    member=member,
                )
            )
    for member in head:
        if member not in _MEMBERS:
            raise BadInput(
                told(
                    '{where}: "inpa" has the unknown member {member!r}; {known}',
                    where=where,
                    member=member,
                    known=name_known(_MEMBERS, member),
                )
            )
    for member in _TEXTS:
        if not isinstance(head.get(member, ""), str):
            raise BadInput(
                told(
                    '{where}: {member!r} of "inpa" is {value!r}; it must be a text',
                    where=where,
                    member=member,
                    value=head[member],
                )
            )
    check_choice(told("{where}: 'coordinates' of \"inpa\"", where=where), head["coordinates"], COORDINATES)
    notes = head.get("simplifications", [])
    if not isinstance(notes, list) or not all(isinstance(note, str | dict) for note in notes):
        raise BadInput(
            told(
                "{where}: 'simplifications' of \"inpa\" is {notes!r:.80}; "
                "it must be a list of texts, or of tables from language to text",
                where=where,
                notes=notes,
            )
        )
    return head


def _project(features: list[Feature], where: str) -> tuple[list[Feature], str]:
    """Return the features in metres around the middle of the data, and the projection used.

    Transverse Mercator on WGS84 with scale 1 on the central meridian; within 50 km of it lengths are right to
    (d / R)^2 / 2 = 3e-5 (Snyder 1987, eq. 8-11).
    """
    import pyproj

    for feature in features:
        for lon, lat in shapely.get_coordinates(feature.shape):
            if not (abs(lon) <= 180.0 and abs(lat) <= MAX_LATITUDE):
                raise BadInput(
                    told(
                        "{where} has the coordinate ({x}, {y}); with coordinates 'lonlat' it must be a longitude "
                        "within 180 and a latitude within {most:g} degrees, in this order",
                        where=feature.where,
                        x=lon,
                        y=lat,
                        most=MAX_LATITUDE,
                    )
                )
    if not features:
        raise BadInput(told("{where} has no features; it needs at least one of kind level", where=where))
    west, south, east, north = np.round(shapely.total_bounds([feature.shape for feature in features]), 7)
    centre = f"+lat_0={(south + north) / 2:.7f} +lon_0={(west + east) / 2:.7f}"
    crs = f"+proj=tmerc {centre} +k=1 +x_0=0 +y_0=0 +ellps=WGS84 +units=m +no_defs"
    if (north - south) * 111_000 > 2 * MAX_REACH or (east - west) > 5:
        raise BadInput(
            told(
                "{where} reaches from ({west}, {south}) to ({east}, {north}); a venue is at most 100 km wide",
                where=where,
                west=west,
                south=south,
                east=east,
                north=north,
            )
        )
    turn = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform

    def metres(points: np.ndarray) -> np.ndarray:
        return np.column_stack(turn(points[:, 0], points[:, 1]))

    return [replace(feature, shape=shapely.transform(feature.shape, metres)) for feature in features], crs


def to_geojson(venue: Venue) -> dict[str, Any]:
    """Return the GeoJSON document of a venue, in its local metres."""
    head: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "name": venue.name,
        "labels": dict(venue.labels),
    }
    head |= {"coordinates": "local metres", "crs": venue.crs}
    head |= {"source": venue.source, "licence": venue.licence, "date": venue.date}
    head["simplifications"] = [n if isinstance(n, str) else dict(n) for n in venue.simplifications]
    features = [feature for level in venue.levels for feature in write_level(level)]
    for part in _PARTS.values():
        features += [write_item(item) for item in getattr(venue, part)]
    return {"type": "FeatureCollection", "inpa": head, "features": features}


def write_venue(venue: Venue, path: str | Path) -> None:
    """Write a venue to a file, one feature a line; the file appears whole or not at all.

    Raises:
        BadInput: if it has more features than a venue file may have.
    """
    path = Path(path)
    document = to_geojson(venue)
    count = len(document["features"])
    if count > MAX_FEATURES:
        raise BadInput(
            told(
                "{path} would have {count:,} features; a venue has at most {most:,}: cut out a part of it",
                path=path,
                count=count,
                most=MAX_FEATURES,
            )
        )
    head = json.dumps(document["inpa"], ensure_ascii=False, indent=1)
    rows = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in document["features"])
    text = f'{{"type": "FeatureCollection",\n"inpa": {head},\n"features": [\n{rows}\n]}}\n'
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as aside:
        aside.write(text)
        aside.flush()
        os.fsync(aside.fileno())
    os.chmod(aside.name, 0o644)
    os.replace(aside.name, path)
