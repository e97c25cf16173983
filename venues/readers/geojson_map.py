"""Any GeoJSON as a sketch. Not here: our own venue file (`venues.geojson`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from venues.errors import BadInput
from venues.geojson import parse_json
from venues.readers.attributes import RawFeature, with_roles
from venues.readers.coordinates import LONLAT, sketch_in_metres
from venues.readers.import_report import ImportReport
from venues.readers.sketch import ImportOptions, Sketch
from venues.refusals import Told, told


def read_geojson_map(path: Path, text: str, options: ImportOptions, report: ImportReport) -> Sketch:
    """Return the sketch in a GeoJSON text.

    Raises:
        BadInput: if it is no GeoJSON, or its coordinates do not fit their system.
    """
    document = parse_json(text, path)
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise BadInput(
            told('{file} is not a GeoJSON FeatureCollection; it must have a list "features"', file=path.name)
        )
    raws = []
    for number, feature in enumerate(features, start=1):
        where = told("{where}: feature {number}", where=path.name, number=number)
        shape = _shape(feature, where, report)
        if shape is None:
            continue
        given = feature.get("properties") or {}
        if not isinstance(given, Mapping):
            raise BadInput(told("{where} has properties {given!r:.40}; they must be a table", where=where, given=given))
        layer = str(given.get("layer") or given.get("Layer") or path.stem)
        raws.append(RawFeature(layer, f"feature {number}", shape, given))
    crs = options.crs or _named_system(document, path)
    drawn = with_roles(raws, options, report)
    if not features:
        raise BadInput(told("{file} has no features; a map needs at least one polygon or line", file=path.name))
    if not drawn:
        raise BadInput(
            told(
                '{file}: no feature has a role; give them one with --roles, as "{layer}" = "walkable"',
                file=path.name,
                layer=path.stem,
            )
        )
    return sketch_in_metres(path, drawn, crs, options, report)


def _shape(feature: Any, where: Told, report: ImportReport) -> BaseGeometry | None:
    """Return the shape of a feature; None if it has none."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise BadInput(told('{where} is not a GeoJSON feature; it must have "type": "Feature"', where=where))
    geometry = feature.get("geometry")
    if geometry is None:
        report.leave("features without a geometry", where)
        return None
    if not isinstance(geometry, dict):
        raise BadInput(
            told("{where} has the geometry {geometry!r:.40}; it must be a table", where=where, geometry=geometry)
        )
    try:
        return shapely.geometry.shape(geometry)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.errors.ShapelyError) as wrong:
        raise BadInput(
            told("{where} has a geometry that cannot be read: {why:.80}; see RFC 7946", where=where, why=str(wrong))
        ) from None


def _named_system(document: Mapping[str, Any], path: Path) -> str:
    """Return the coordinate system of a GeoJSON document: its member crs (2008 form), else longitude and latitude."""
    named = document.get("crs")
    if named is None:
        return LONLAT
    try:
        name = str(named["properties"]["name"])
    except (TypeError, KeyError):
        raise BadInput(told("{file} has a member 'crs' that names no system; give --crs", file=path.name)) from None
    return LONLAT if name.endswith("CRS84") else name
