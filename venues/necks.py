"""Passages of a floor that are too narrow: where they are and how wide.

A disc as wide as a narrow door is rolled over the floor; where its ground falls apart, there is a neck. Not here: the
widths that gates and links say of themselves (`check.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from venues.connectivity import BODY_RADIUS, erode_floor
from venues.places import Level
from venues.problems import Problem, problem_at

#: A passage narrower than this is not meant for people in a crowd [m] (assumed: one body with clothes).
NARROW_PASSAGE = 0.5
#: Least clear width of a door on an escape route [m] (DIN 18040-1, 0.90 m; wheelchairs).
NARROW_DOOR = 0.9
#: Most passages of a level that are measured: each takes a while on a large floor (assumed).
MEASURED = 20


def check_narrow(level: Level) -> Iterator[Problem]:
    """Find passages that part when a disc of the width of a narrow door is rolled over the floor."""
    necks = Necks(level)
    pairs = list(_parted(necks))
    for one, other in pairs[:MEASURED]:
        width, neck = necks.measure(one, other, between=(BODY_RADIUS, NARROW_DOOR / 2))
        what, least = "a passage is {width:.2f} m wide, less than {least:g} m", NARROW_DOOR
        if width < NARROW_PASSAGE:
            what = "a passage is {width:.2f} m wide; under {least:g} m people must squeeze through"
            least = NARROW_PASSAGE
        if round(width, 2) < NARROW_DOOR:
            mend = "check the width in the drawing, and its scale"
            yield problem_at("warning", level.name, neck, what, mend, width=width, least=least)
    if len(pairs) > MEASURED:
        what = "{count} more passages are narrower than {least:g} m; they were not measured"
        mend = "check the scale of the drawing, and whether all that stands in the way is meant"
        between = LineString(nearest_points(*pairs[MEASURED]))
        yield problem_at("warning", level.name, between, what, mend, count=len(pairs) - MEASURED, least=NARROW_DOOR)


def _parted(necks: Necks) -> Iterator[tuple[Polygon, Polygon]]:
    """Yield parts of the floor for a narrow door that a body gets between, each with the nearest of those before it."""
    wide = necks.eroded(NARROW_DOOR / 2)
    for part in necks.eroded(BODY_RADIUS):
        inside = wide[shapely.intersects(wide, part)]
        for number, piece in enumerate(inside[1:], start=1):
            yield piece, inside[shapely.distance(inside[:number], piece).argmin()]


class Necks:
    """The necks of a floor; what a disc of a radius reaches is computed once for all of them.

    Attributes:
        eroded: radius of a disc [m] -> where its middle can be, as connected parts.
    """

    def __init__(self, level: Level) -> None:
        @cache
        def eroded(radius: float) -> np.ndarray:
            return np.array(erode_floor(level, radius=radius), dtype=object)

        @cache
        def left(low: float, high: float) -> np.ndarray:
            beyond = shapely.union_all(shapely.buffer(eroded(high), 2 * (high - low)))
            return np.asarray(shapely.difference(eroded(low), beyond))

        self.eroded, self._left = eroded, left

    def _joins(self, radius: float, one: Polygon, other: Polygon) -> np.ndarray:
        """Return which parts of the ground of a disc touch both of two polygons: (parts,) bool."""
        ways = self.eroded(radius)
        return np.asarray(shapely.intersects(ways, one) & shapely.intersects(ways, other))

    def measure(self, one: Polygon, other: Polygon, *, between: tuple[float, float]) -> tuple[float, BaseGeometry]:
        """Return the width [m] of the widest way between two parts of the floor, to 1 cm, and its narrow place.

        Bisection on the radius of the largest disc that gets from one part to the other. The neck is what a
        slightly smaller disc can reach and a slightly larger one cannot.

        Args:
            one, other: parts of the floor.
            between: a radius [m] of a disc that gets through, and of one that does not.
        """
        low, high = between
        while high - low > 0.005:
            radius = 0.5 * (low + high)
            low, high = (radius, high) if self._joins(radius, one, other).any() else (low, radius)
        rests = shapely.get_parts(self._left(low, high)[self._joins(low, one, other)])
        found = [part for part in rests if not part.is_empty]

        def detour(part: BaseGeometry) -> tuple[float, float]:
            """Of many necks of one width, that between the two parts is the one near both; hairs are small."""
            return round(part.distance(one) + part.distance(other), 2), -part.area

        return low + high, min(found, key=detour, default=LineString(nearest_points(one, other)))
