"""Features with attributes (GeoJSON, Shapefile, GeoPackage) as shapes with roles.

An attribute `kind` as in our venue file or `role` decides, then tags as in OpenStreetMap, then the layer. Not here:
files, coordinate systems.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from shapely.geometry.base import BaseGeometry

from venues.errors import BadInput
from venues.features import KINDS
from venues.readers.import_report import ImportReport, place_in
from venues.readers.osm_tags import details_of, levels_of, role_of_tags
from venues.readers.roles import matched, role_of
from venues.readers.sketch import GROUND, MEMBERS, ROLES, Drawn, ImportOptions
from venues.refusals import told

#: Attributes that may hold a name, the first that does.
NAMES = ("name", "NAME", "name:ko", "RN", "BULD_NM", "BUL_NM", "이름", "명칭", "label")
#: Attributes that may hold a width [m], the first that can be read; ROAD_BT is that of Korea's road-name address map,
#: as 도로폭.
WIDTHS = ("clear_width", "width", "WIDTH", "ROAD_BT", "도로폭", "폭", "est_width")


@dataclass(frozen=True)
class RawFeature:
    """A feature as it stands in a file."""

    layer: str
    where: str
    shape: BaseGeometry
    properties: Mapping[str, Any]


def with_roles(features: Iterable[RawFeature], options: ImportOptions, report: ImportReport) -> list[Drawn]:
    """Return features as shapes with roles; those without one are told to the report."""
    by_layer: dict[str, str | None] = {}
    found = []
    for raw in features:
        given = {key: _plain(value) for key, value in raw.properties.items()}
        given = {key: value for key, value in given.items() if value is not None}
        for key in ("kind", "role"):
            if isinstance(given.get(key), list | dict):
                raise BadInput(
                    told(
                        "{where} has the {key} {value:.60}; it must be one word",
                        where=partial(place_in, raw.where),
                        key=key,
                        value=str(given[key]),
                    )
                )
        if given.get("kind") in KINDS:
            found.append(_venue_feature(raw, given))
            continue
        role = _said(given, options) or role_of_tags(
            {k: str(v) for k, v in given.items()}, raw.shape, raw.where, report
        )
        if role is None:
            if raw.layer not in by_layer:
                by_layer[raw.layer] = role_of(raw.layer, options, report)
            role = by_layer[raw.layer]
        if role is not None and role != "ignore":
            found.append(_drawn(role, raw, given, options, report))
    return found


def _plain(value: Any) -> Any:
    """Return a value of a table as plain Python: None for what is missing, lists and tables out of JSON."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, str) and value[:1] in "[{":
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _said(given: Mapping[str, Any], options: ImportOptions) -> str | None:
    """Return the role that an attribute or the person's table of attributes gives."""
    if given.get("role") in ROLES:
        return str(given["role"])
    for key, value in given.items():
        said = matched(f"{key}={value}", {k: v for k, v in options.roles.items() if "=" in k})
        if said is not None:
            return said
    return None


def _drawn(role: str, raw: RawFeature, given: Mapping[str, Any], options: ImportOptions, report: ImportReport) -> Drawn:
    """Return a shape with its role, level, name, width and what else an item of its role takes."""
    name = next((str(given[key]) for key in NAMES if given.get(key)), "")
    tags = {key: str(value) for key, value in given.items()}
    levels = levels_of(tags) or (matched(raw.layer, options.levels) or GROUND,)
    # The width only as it is read: a text such as '0.9 m' is no number yet.
    members = [key for key in MEMBERS.get(role, ()) if key in given and key != "clear_width"]
    read = details_of(tags, role, raw.where, report, widths=WIDTHS)
    return Drawn(role, raw.shape, raw.where, levels, name, {**{key: given[key] for key in members}, **read})


def _venue_feature(raw: RawFeature, given: dict[str, Any]) -> Drawn:
    """Return a feature written as in a venue file."""
    kind, name = given.pop("kind"), str(given.pop("name", ""))
    level = str(given.pop("level", GROUND))
    if kind == "level":
        return Drawn("walkable", raw.shape, raw.where, (name or GROUND,), "", given)
    if kind == "link":
        levels = (str(given.get("from_level")), str(given.get("to_level")))
        return Drawn("link", raw.shape, raw.where, levels, name, given)
    if kind == "zone":
        kinds = given.get("kinds", ["section"])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if not isinstance(kinds, list) or not all(isinstance(word, str) for word in kinds):
            raise BadInput(
                told(
                    '{where} has the kinds {kinds:.60}; they must be a list of words, such as ["exit"]',
                    where=partial(place_in, raw.where),
                    kinds=str(kinds),
                )
            )
        return Drawn(next(iter(kinds), "section"), raw.shape, raw.where, (level,), name, {**given, "kinds": kinds})
    return Drawn(kind, raw.shape, raw.where, (level,), name, given)
