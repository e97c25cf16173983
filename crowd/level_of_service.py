"""Fruin's level of service: one letter for how crowded a walkway, a stair or a queue is.

Here: the limits as data and the look-up. Not here: which zone is what, and what a bad letter means for people
(`crowd.risk`, `crowd.alert_levels`).

References: Fruin 1971, Pedestrian Planning and Design (limits in square feet per person, and in persons
per minute and metre).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Facility = Literal["walkway", "stair", "queue"]

LETTERS = "ABCDEF"
SQUARE_FOOT = 0.3048**2
"""One square foot [m2]."""

AREA_LIMITS: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "walkway": tuple(SQUARE_FOOT * limit for limit in (35, 25, 15, 10, 5)),
        "stair": tuple(SQUARE_FOOT * limit for limit in (20, 15, 10, 7, 4)),
        "queue": tuple(SQUARE_FOOT * limit for limit in (13, 10, 7, 3, 2)),
    }
)
"""Smallest floor per person of the letters A to E [m2]; less than the last one is F."""

FLOW_LIMITS: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "walkway": tuple(limit / 60.0 for limit in (23, 33, 49, 66, 82)),
        "stair": tuple(limit / 60.0 for limit in (16, 23, 33, 43, 56)),
    }
)
"""Largest specific flow of the letters A to E [1/(m s)]; more than the last one is F."""


def level_of_service(area_per_person: float, facility: Facility) -> str:
    """Letter for the floor that each person has.

    Each interval is open at its better side and closed at its worse side: on a walkway B holds
    25 <= a < 35 square feet, so 35 is A, 5 is E, and anything under 5 is F.

    Args:
        area_per_person: floor per person; infinity for an empty floor [m2].
        facility: "walkway", "stair" or "queue".

    Returns:
        One of "A" to "F".

    Raises:
        ValueError: an area that is nan or negative, or an unknown facility.
    """
    limits = _limits(AREA_LIMITS, facility)
    if math.isnan(area_per_person) or area_per_person < 0.0:
        raise ValueError(f"area per person is {area_per_person}; it must be zero or more square metres")
    letters = (letter for letter, limit in zip(LETTERS, limits, strict=False) if area_per_person >= limit)
    return next(letters, "F")


def level_of_service_of_density(density: float, facility: Facility) -> str:
    """Letter for a density [1/m2]; see `level_of_service`."""
    if math.isnan(density) or density < 0.0:
        raise ValueError(f"density is {density}; it must be zero or more persons per square metre")
    return level_of_service(math.inf if density == 0.0 else 1.0 / density, facility)


def level_of_service_of_flow(specific_flow: float, facility: Facility) -> str:
    """Letter for a specific flow; the better letter at a limit, as with the floor per person.

    A standing jam has a small flow too: look at the density first.

    Args:
        specific_flow: persons per second and metre of clear width [1/(m s)].
        facility: "walkway" or "stair"; a queue has no flow limits.
    """
    limits = _limits(FLOW_LIMITS, facility)
    if math.isnan(specific_flow) or specific_flow < 0.0:
        raise ValueError(f"specific flow is {specific_flow}; it must be zero or more 1/(m s)")
    letters = (letter for letter, limit in zip(LETTERS, limits, strict=False) if specific_flow <= limit)
    return next(letters, "F")


def _limits(table: Mapping[str, tuple[float, ...]], facility: str) -> tuple[float, ...]:
    if facility not in table:
        known = ", ".join(map(repr, table))
        raise ValueError(f"facility {facility!r} has no level of service; known are {known}")
    return table[facility]
