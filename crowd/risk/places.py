"""Where the worst was: peaks at each probe point, and the named place of a peak.

Reads the table `fields/` and the venue's zones. Not here: how bad a zone was (`zones`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from crowd.risk.tables import Peak, coordinates, numbers
from crowd.risk.zones import ZoneRisk
from venues.capacity import EDGE
from venues.places import Level, MeasurementArea, Zone
from venues.venue import WHOLE_VENUE, Venue

FIELD_COLUMNS = ("time", "level", "x", "y", "density_max", "level_density_max", "contact_force_max")
FIELD_PEAKS = ("density_max", "level_density_max", "contact_force_max")
IN_FIELDS = {"level_density": "level_density_max", "contact_force_max": "contact_force_max"}
"""Peak of a zone and the column of `fields/` that carries it."""

_NEAR = 0.5  # [m] a probe or a stair nearer to a peak than this is its place (assumed: the usual spacing of probes)


NEARBY = 5.0
"""A spot is called by what is within this distance [m] (assumed: what one sees at a glance, with the crowd around)."""


@dataclass(frozen=True)
class Place:
    """Where something was: the smallest named zone there ("venue" if none), its level and coordinates [m]."""

    zone: str
    level: str | None = None
    x: float | None = None
    y: float | None = None


@dataclass(frozen=True)
class Nearby:
    """A named thing near a spot: how far the spot is from it [m], 0 within it, and in which direction from it.

    Direction: 0 to 7, east, north-east and so on against the clock; None within it.
    """

    name: str
    distance: float
    direction: int | None


def peaks_by_point(fields: pd.DataFrame | None) -> pd.DataFrame:
    """The largest value at each probe point over all time.

    Args:
        fields: with `FIELD_COLUMNS`; None if there is no such table.

    Returns:
        One row per point: level (index), x, y [m] and `FIELD_PEAKS`, nan where never known.
    """
    columns = ["level", "x", "y", *FIELD_PEAKS]
    if fields is None or not len(fields):
        return pd.DataFrame({column: pd.Series(dtype=float) for column in columns})
    plain = pd.DataFrame({column: numbers(fields, column) for column in ("level", *FIELD_PEAKS)})
    plain["x"], plain["y"] = coordinates(fields, "x").round(3), coordinates(fields, "y").round(3)
    return plain.groupby(["level", "x", "y"], as_index=False, sort=True).max()[columns]


def worst_place(
    quantity: str,
    zones: Sequence[ZoneRisk],
    fields: pd.DataFrame | None,
    *,
    venue: Venue,
    levels: Sequence[str],
) -> tuple[Peak, Place] | None:
    """The largest value of a quantity anywhere, and where it was; None if nothing is known.

    Args:
        quantity: a key of `IN_FIELDS`.
        zones: as judged; they give value and time, to the second.
        fields: with `FIELD_COLUMNS`; gives the place (and the value, should it be the larger one).
        venue: to name the place.
        levels: names of the levels, in the order of their indices.
    """
    found = [(peak, zone.name) for zone in zones if (peak := zone.peaks[quantity]) is not None]
    in_zones = max(found, key=lambda pair: (pair[0].value, pair[1] != WHOLE_VENUE), default=None)
    in_fields = _worst_point(quantity, fields, levels)
    if in_zones is None or (in_fields is not None and in_fields[0].value > 1.01 * in_zones[0].value):
        return None if in_fields is None else (in_fields[0], _named(in_fields[1], venue))
    peak, name = in_zones
    if peak.x is not None:
        level = _level_of(name, venue)
        if level is None and peak.y is not None:
            level = level_at(peak.x, peak.y, quantity=quantity, fields=fields, levels=levels, venue=venue)
        place = Place(name, level, peak.x, peak.y)
    else:
        place = in_fields[1] if in_fields else Place(name)
    return peak, _named(Place(name, place.level, place.x, place.y), venue)


def density_of(found: tuple[Peak, Place], zones: Sequence[ZoneRisk], points: pd.DataFrame) -> float | None:
    """Level density that was not exceeded where and when something was, None if nobody knows [1/m2].

    Args:
        found: the peak and its place.
        zones: as judged; a place in one is no denser than the densest of the zone at that second.
        points: `peaks_by_point`; a spot is never denser than the densest it was.
    """
    peak, place = found
    bounds = [z.level_density[np.abs(z.times - peak.time) < 0.5] for z in zones if z.name == place.zone]
    if place.x is not None and place.y is not None:
        away = np.hypot(points["x"] - place.x, points["y"] - place.y)
        bounds.append(points["level_density_max"][away < _NEAR].to_numpy())
    known = [float(values.max()) for values in bounds if len(values) and np.isfinite(values).all()]
    return min(known, default=None)


def _worst_point(quantity: str, fields: pd.DataFrame | None, levels: Sequence[str]) -> tuple[Peak, Place] | None:
    if fields is None or not len(fields):
        return None
    values = pd.Series(numbers(fields, IN_FIELDS[quantity]))
    if values.isna().all():
        return None
    row = fields.iloc[int(values.argmax())]
    index, x, y = int(row["level"]), float(row["x"]), float(row["y"])
    level = levels[index] if 0 <= index < len(levels) else None
    return Peak(float(values.max()), float(row["time"]), x, y), Place(WHOLE_VENUE, level, x, y)


def _named(place: Place, venue: Venue) -> Place:
    """The same place under the name of the smallest zone or area it lies in."""
    if place.x is None or place.y is None:
        return place
    point = shapely.Point(place.x, place.y)
    around = [
        item
        for item in _patches(venue)
        if (place.level is None or item.level == place.level) and item.polygon.covers(point)
    ]
    smallest = min(around, key=lambda item: item.polygon.area, default=None)
    if smallest is not None:
        return Place(smallest.name, smallest.level, place.x, place.y)
    on = [s.link.name for s in venue.strips if s.plane == place.level and s.polygon.distance(point) < _NEAR]
    return replace(place, zone=on[0]) if on else place


def level_at(
    x: float, y: float, *, quantity: str, fields: pd.DataFrame | None, levels: Sequence[str], venue: Venue
) -> str | None:
    """The level of a plan position: the only one with floor there, of several the one on which it was worst.

    Args:
        x, y: of the position [m].
        quantity: a key of `IN_FIELDS`, which tells what is worst.
        fields: with `FIELD_COLUMNS`, or `peaks_by_point`; None if there is no such table.
        levels: names of the levels, in the order of their indices.
        venue: with the floor of each level.

    Returns:
        The name; None where no floor is, and on one of several levels if no field is there.
    """
    point = shapely.Point(x, y)
    planes = [plane.name for plane in venue.planes if plane.floor.distance(point) < _NEAR]
    if len(planes) < 2 or fields is None or not len(fields):
        return planes[0] if len(planes) == 1 else None
    away = np.hypot(coordinates(fields, "x") - x, coordinates(fields, "y") - y)
    near = np.where(away < _NEAR, numbers(fields, IN_FIELDS[quantity]), -np.inf)
    worst = int(np.nanargmax(near)) if np.isfinite(near).any() else -1
    index = int(fields["level"].iloc[worst]) if worst >= 0 else -1
    return levels[index] if 0 <= index < len(levels) else None


def nearest_named(x: float, y: float, *, level: str, venue: Venue, scenario: Any = None) -> Nearby | None:
    """The named thing nearest to a spot that one can go straight to from there; None if none is within `NEARBY`.

    Args:
        x, y: of the spot [m].
        level: its level.
        venue: its zones, areas, gates and lines have names.
        scenario: so have its areas and lines; None if it is lost.
    """
    point = shapely.Point(x, y)
    patches = [*_patches(venue), *getattr(scenario, "areas", ())]
    lines = [*venue.gates, *venue.lines, *getattr(scenario, "lines", ())]
    shapes = [(item.polygon, item) for item in patches] + [(item.line, item) for item in lines]
    near = sorted(
        (
            (shape.distance(point), shape.area == 0.0, shape.area, item.name, shape)
            for shape, item in shapes
            if item.level == level and shape.distance(point) <= NEARBY
        ),
        key=lambda one: one[:4],
    )
    if near and near[0][:2] == (0.0, False):
        return Nearby(near[0][3], 0.0, None)
    is_open = _straight_from(point, next(plane for plane in venue.planes if plane.name == level))
    for distance, _, _, name, shape in near:
        if is_open(shape):
            (x0, y0), (x1, y1) = shapely.shortest_line(shape, point).coords
            return Nearby(name, distance, round(math.degrees(math.atan2(y1 - y0, x1 - x0)) / 45.0) % 8)
    return None


def _straight_from(point: shapely.Point, plane: Level) -> Callable[[BaseGeometry], bool]:
    """Whether one can go straight from a shape to the floor nearest to a spot, which may lie half a probe off it."""
    spot = shapely.shortest_line(plane.floor, point).interpolate(0.0)
    floor, walls = plane.floor.buffer(EDGE), shapely.union_all(plane.wall_lines)

    def is_open(shape: BaseGeometry) -> bool:
        way = shapely.shortest_line(shape, spot)
        return bool(floor.covers(way) and not way.crosses(walls))

    return is_open


def _level_of(name: str, venue: Venue) -> str | None:
    if len(venue.planes) == 1:
        return venue.planes[0].name
    return next((item.level for item in _patches(venue) if item.name == name), None)


def _patches(venue: Venue) -> list[Zone | MeasurementArea]:
    return [*venue.zones, *venue.areas]
