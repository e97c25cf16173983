"""From the coordinate system of a map to the local metres of a venue; wrong systems are caught here by size.

Not here: the venue file's own longitude and latitude (`venues.geojson`), files.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from venues.doors import MAX_REACH
from venues.errors import BadInput
from venues.places import LINK_KINDS
from venues.readers.import_report import ImportReport, place_in
from venues.readers.sketch import Drawn, ImportOptions, Sketch
from venues.refusals import Told, told

#: The word for metres that belong to no system.
LOCAL = "local"
#: The system of GeoJSON (RFC 7946) and OpenStreetMap.
LONLAT = "EPSG:4326"
#: No venue is smaller [m]: less means that degrees were taken for metres.
SMALLEST = 2.0
#: Most points of a map; more cannot be mended in 10 s (measured: a million take about that).
MAX_POINTS = 1_000_000
#: Systems a Korean map is likely to be in, for the message.
LIKELY = told("EPSG:4326 (longitude, latitude), EPSG:5179, EPSG:5186, EPSG:5174, or local for metres")


@dataclass(frozen=True)
class Metres:
    """Shapes in metres, and the projection they are in."""

    drawn: tuple[Drawn, ...]
    crs: str


def sketch_in_metres(
    path: Path, drawn: Sequence[Drawn], crs: str, options: ImportOptions, report: ImportReport
) -> Sketch:
    """Return the shapes of a map as a sketch in metres, cut to the part that is wanted; `crs` and errors as below."""
    if options.within is not None:
        drawn = cut_out(drawn, shapely.box(*options.within), where=path.name)
    metres = into_metres(drawn, crs, report, where=path.name)
    elevations = _elevations(drawn)
    return Sketch(path.stem, metres.drawn, path.name, options.licence, crs=metres.crs, elevations=elevations)


def _elevations(drawn: Iterable[Drawn]) -> dict[str, float]:
    """Return the elevations that levels are given, by level [m].

    Raises:
        BadInput: one is no number.
    """
    found = {}
    for one in drawn:
        if "elevation" not in one.details:
            continue
        said = one.details["elevation"]
        try:
            found[one.levels[0]] = float(said)
        except (TypeError, ValueError, OverflowError):
            raise BadInput(
                told(
                    "{where} has the elevation {said!r:.40}; it must be a number of metres",
                    where=partial(place_in, one.where),
                    said=said,
                )
            ) from None
    return found


def into_metres(drawn: Sequence[Drawn], crs: str, report: ImportReport, *, where: str) -> Metres:
    """Return shapes in metres: of a map in a coordinate system around the middle of its data.

    Transverse Mercator on WGS84 with scale 1 on the central meridian: within 50 km of it lengths are right to 3e-5.

    Args:
        drawn: shapes as they stand in the map.
        crs: "local" (metres already) or anything PROJ knows, such as "EPSG:5179".
        report: is told of the system.
        where: the file, for messages.

    Raises:
        BadInput: coordinates that are not finite, do not fit the system, lie too far apart or too close.
    """
    drawn = [one for one in drawn if not one.shape.is_empty]
    if not drawn:
        raise BadInput(
            told("{where} holds no shapes, or empty ones only; a map needs at least one polygon or line", where=where)
        )
    _check_points(drawn, where)
    if crs == LOCAL:
        return Metres(_near_origin(drawn, report, where=where), "local metres")
    lonlat = _to_lonlat(drawn, crs, report, where=where)
    _check_together(lonlat, where, degrees=True)
    west, south, east, north = shapely.total_bounds([one.shape for one in lonlat])
    # Nine digits are 0.1 mm: the same map in another system gets the same middle.
    centre = f"+lat_0={(south + north) / 2:.9f} +lon_0={(west + east) / 2:.9f}"
    local = f"+proj=tmerc {centre} +k=1 +x_0=0 +y_0=0 +ellps=WGS84 +units=m +no_defs"
    turn = transform_between(LONLAT, local)
    moved = tuple(replace(one, shape=shapely.transform(one.shape, turn)) for one in lonlat)
    _check_size(moved, where, hint=told("is it really in {crs}?", crs=crs))
    report.bring(crs, north=(south + north) / 2, east=(west + east) / 2)
    return Metres(moved, local)


def cut_out(drawn: Iterable[Drawn], frame: BaseGeometry, *, where: str) -> list[Drawn]:
    """Return the shapes cut to a part of the map; stairs and lifts that reach into it stay whole.

    Raises:
        BadInput: if nothing is left.
    """
    found = []
    for one in drawn:
        if not one.shape.intersects(frame):
            continue
        whole = one.role in LINK_KINDS or frame.contains(one.shape) or not one.shape.is_valid
        found.append(one if whole else replace(one, shape=one.shape.intersection(frame)))
    if not found:
        west, south, east, north = frame.bounds
        raise BadInput(
            told(
                "{where} has nothing within {west:g}, {south:g}, {east:g}, {north:g}; name a part that it shows",
                where=where,
                west=west,
                south=south,
                east=east,
                north=north,
            )
        )
    return found


def transform_between(source: str, target: str) -> Any:
    """Return a function from points (n, 2) in one system to points in another, x before y in both.

    Raises:
        BadInput: if PROJ does not know one of them.
    """
    import pyproj

    try:
        turn = pyproj.Transformer.from_crs(source, target, always_xy=True)
    except pyproj.exceptions.ProjError:
        raise BadInput(
            told("the coordinate system {crs!r:.80} is unknown; write one of {likely}", crs=source, likely=LIKELY)
        ) from None
    return lambda points: np.column_stack(turn.transform(points[:, 0], points[:, 1]))


def _placed(one: Drawn, where: str) -> Told:
    """Return what a shape of a file is called in messages."""
    return told("{where}: {what}", where=where, what=partial(place_in, one.where))


def _check_points(drawn: Sequence[Drawn], where: str) -> None:
    """Refuse maps that are too large, and coordinates that are not finite."""
    count = sum(shapely.get_num_coordinates(one.shape) for one in drawn)
    if count > MAX_POINTS:
        raise BadInput(
            told(
                "{where} has {count:,} points in {shapes:,} shapes; "
                "at most {most:,} can be read: cut out the part you need",
                where=where,
                count=count,
                shapes=len(drawn),
                most=MAX_POINTS,
            )
        )
    for one in drawn:
        points = shapely.get_coordinates(one.shape)
        if not np.isfinite(points).all():
            x, y = points[~np.isfinite(points).all(axis=1)][0]
            raise BadInput(
                told(
                    "{what} has the coordinate ({x}, {y}); both numbers must be finite",
                    what=_placed(one, where),
                    x=x,
                    y=y,
                )
            )


def _to_lonlat(drawn: Sequence[Drawn], crs: str, report: ImportReport, *, where: str) -> list[Drawn]:
    """Return shapes in longitude and latitude; refuse those outside the area a system is made for."""
    import pyproj

    turn = transform_between(crs, LONLAT)
    system = pyproj.CRS(crs)
    if system.datum is not None and "Korean Datum 1985" in system.datum.name:
        report.assume("the datum shift from Korean 1985 to WGS 84 is EPSG:5191, right to about 1 m")
    area = system.area_of_use
    west, south, east, north = area.bounds if area else (-180.0, -85.0, 180.0, 85.0)
    found = []
    for one in drawn:
        points = turn(shapely.get_coordinates(one.shape))
        # A degree beyond: maps reach over the border of a belt.
        out = (points < (west - 1, max(south - 1, -85.0))).any(axis=1) | (points > (east + 1, north + 1)).any(axis=1)
        if out.any() or not np.isfinite(points).all():
            x, y = shapely.get_coordinates(one.shape)[int(np.argmax(out | ~np.isfinite(points).all(axis=1)))]
            place = area.name.split(" - ")[0].strip(".") if area else "World"
            raise BadInput(
                told(
                    "{what} at ({x:.10g}, {y:.10g}) in {crs} lies {right:.300}",
                    what=_placed(one, where),
                    x=x,
                    y=y,
                    crs=crs,
                    right=told(
                        "outside its area ({place}); name the right one with --crs: {likely}",
                        place=place,
                        likely=LIKELY,
                    ),
                )
            )
        found.append(replace(one, shape=shapely.set_coordinates(shapely.from_wkb(one.shape.wkb), points)))
    return found


def _check_together(drawn: Sequence[Drawn], where: str, *, degrees: bool = False) -> None:
    """Refuse maps of which a part is far from the rest: two systems in one file, or a stray shape."""
    boxes = shapely.bounds([one.shape for one in drawn])
    metres = np.array([111_000 * np.cos(np.radians(np.median(boxes[:, 1]))), 111_000]) if degrees else np.ones(2)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    size = (boxes[:, 2:].max(axis=0) - boxes[:, :2].min(axis=0)) * metres
    if size.max() <= 2 * MAX_REACH:
        return
    far = np.abs((middles - np.median(middles, axis=0)) * metres).max(axis=1)
    worst = int(far.argmax())
    if len(drawn) > 1 and far[worst] > MAX_REACH:
        x, y = middles[worst]
        raise BadInput(
            told(
                "{what} at ({x:.10g}, {y:.10g}) is {far:,.0f} km from the middle of the others; "
                "all shapes must be in one coordinate system: move it, or leave it out",
                what=_placed(drawn[worst], where),
                x=x,
                y=y,
                far=far[worst] / 1000,
            )
        )
    what = told("--crs ({likely}) or --units if they are not metres", likely=LIKELY)
    raise BadInput(
        told(
            "{where} is {across:,.0f} x {up:,.0f} km large; a venue is at most 100 km wide: give {what}",
            where=where,
            across=size[0] / 1000,
            up=size[1] / 1000,
            what=told("--crs local if these are metres") if degrees else what,
        )
    )


def _near_origin(drawn: Sequence[Drawn], report: ImportReport, *, where: str) -> tuple[Drawn, ...]:
    """Return shapes in metres, moved to the origin where they lie far from it."""
    _check_together(drawn, where)
    _check_size(
        drawn, where, hint=told("are these degrees? then give --crs {crs}; of a drawing, other --units", crs=LONLAT)
    )
    west, south, east, north = shapely.total_bounds([one.shape for one in drawn])
    if max(map(abs, (west, south, east, north))) <= MAX_REACH:
        return tuple(drawn)
    x, y = float(np.floor(west)), float(np.floor(south))
    report.repair(
        "moved to the origin: x less by {x:.0f} m, y less by {y:.0f} m (a national grid? --crs keeps its place)",
        x=x,
        y=y,
    )
    return tuple(replace(one, shape=shapely.transform(one.shape, lambda points: points - (x, y))) for one in drawn)


def _check_size(drawn: Sequence[Drawn], where: str, *, hint: str) -> None:
    """Refuse maps that are too small to stand in."""
    west, south, east, north = shapely.total_bounds([one.shape for one in drawn])
    if max(east - west, north - south) < SMALLEST:
        raise BadInput(
            told(
                "{where} is {across:.3g} x {up:.3g} m large; a venue is at least {least:g} m long: {hint}",
                where=where,
                across=east - west,
                up=north - south,
                least=SMALLEST,
                hint=hint,
            )
        )
