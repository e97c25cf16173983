"""Fruin's letters: every limit, on the right side, for the right kind of floor."""

from __future__ import annotations

import math

import pytest

from crowd.level_of_service import (
    Facility,
    level_of_service,
    level_of_service_of_density,
    level_of_service_of_flow,
)

FOOT2 = 0.3048**2
AREAS = {"walkway": (35, 25, 15, 10, 5), "stair": (20, 15, 10, 7, 4), "queue": (13, 10, 7, 3, 2)}
FLOWS = {"walkway": (23, 33, 49, 66, 82), "stair": (16, 23, 33, 43, 56)}
AREA_CASES = [
    (kind, letter, limit) for kind in AREAS for letter, limit in zip("ABCDE", AREAS[kind], strict=True)
]
FLOW_CASES = [
    (kind, letter, limit) for kind in FLOWS for letter, limit in zip("ABCDE", FLOWS[kind], strict=True)
]


@pytest.mark.parametrize(("facility", "letter", "square_feet"), AREA_CASES)
def test_a_limit_of_area_belongs_to_the_better_letter(
    facility: Facility, letter: str, square_feet: int
) -> None:
    assert level_of_service(FOOT2 * square_feet, facility) == letter


@pytest.mark.parametrize(("facility", "letter", "square_feet"), AREA_CASES)
def test_just_less_area_is_the_next_letter(facility: Facility, letter: str, square_feet: int) -> None:
    assert level_of_service(FOOT2 * square_feet * (1 - 1e-9), facility) == chr(ord(letter) + 1)


@pytest.mark.parametrize(("facility", "letter", "per_minute"), FLOW_CASES)
def test_a_limit_of_flow_belongs_to_the_better_letter(
    facility: Facility, letter: str, per_minute: int
) -> None:
    assert level_of_service_of_flow(per_minute / 60.0, facility) == letter


@pytest.mark.parametrize(("facility", "letter", "per_minute"), FLOW_CASES)
def test_just_more_flow_is_the_next_letter(facility: Facility, letter: str, per_minute: int) -> None:
    assert level_of_service_of_flow(per_minute / 60.0 + 1e-9, facility) == chr(ord(letter) + 1)


def test_the_same_density_is_worse_on_a_walkway_than_in_a_queue() -> None:
    assert level_of_service_of_density(1.5, "walkway") == "E"
    assert level_of_service_of_density(1.5, "queue") == "C"


def test_an_empty_floor_is_a() -> None:
    assert level_of_service_of_density(0.0, "walkway") == "A"


@pytest.mark.parametrize("density", [math.nan, -1.0])
def test_a_density_that_is_none_has_no_letter(density: float) -> None:
    with pytest.raises(ValueError, match="must be zero or more"):
        level_of_service_of_density(density, "walkway")


def test_a_queue_has_no_flow_limits() -> None:
    with pytest.raises(ValueError, match="no level of service"):
        level_of_service_of_flow(1.0, "queue")
