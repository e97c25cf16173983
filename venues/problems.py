"""One finding of the check of a map: how bad, where, what, and how to mend it. Not here: the finding (`check.py`)."""

from __future__ import annotations

from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

#: How bad a finding is, the worst first; information is no fault.
SEVERITIES = ("error", "warning", "information")


@dataclass(frozen=True)
class Problem:
    """One finding: how bad (`SEVERITIES`), where (name and point [m]), what, and how to mend it."""

    severity: str
    place: str
    x: float
    y: float
    what: str
    mend: str


def problem_at(severity: str, place: str, shape: BaseGeometry, what: str, mend: str) -> Problem:
    """Return a problem at a point on a shape, of a line its middle."""
    straight = isinstance(shape, shapely.LineString)
    point = shape.interpolate(0.5, normalized=True) if straight else shapely.point_on_surface(shape)
    return Problem(severity, place, round(point.x, 2), round(point.y, 2), what, mend)
