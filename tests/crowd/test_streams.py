"""Streams where people walk: how the mean velocity turns, the congestion number, who comes the other way."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, box

from crowd.kernels.streams import around_people
from crowd.measurement import CONGESTION_LENGTH, MEETING, STREAM_RADIUS, WALKING, Probes, Streams
from venues import Level, Venue, Wall

SIDE, SPACING = 10.0, 0.2


def floor(*walls: LineString) -> Probes:
    parts = tuple(Wall(line, f"wall {k}") for k, line in enumerate(walls))
    return Probes.of(Venue("square", levels=(Level("ground", box(0, 0, SIDE, SIDE), walls=parts),)))


def lattice() -> tuple[np.ndarray, np.ndarray]:
    line = np.arange(SPACING / 2, SIDE, SPACING)
    x, y = np.meshgrid(line, line)
    return x.ravel(), y.ravel()


def met(vx: np.ndarray, vy: np.ndarray, probes: Probes) -> Streams:
    x, y = lattice()
    return probes.streams(x=x, y=y, level=np.zeros(x.size, np.int64), vx=vx, vy=vy)


def rotation(vx: np.ndarray, vy: np.ndarray) -> np.ndarray:
    x, y = lattice()
    n, starts = x.size, np.array([0, x.size])
    walls, none = np.zeros((0, 4)), np.zeros(0, np.int64)
    found = around_people(
        x, y, vx, vy, np.zeros(n, np.int64), walls, np.zeros(n + 1, np.int64), none, starts, 0.0, 0.0, SIDE, 1, 1,
        STREAM_RADIUS, MEETING, WALKING,
    )  # fmt: skip
    return found[:, 2]


def middle() -> np.ndarray:
    x, y = lattice()
    return np.hypot(x - SIDE / 2, y - SIDE / 2) < 2.0


def test_the_rotation_of_a_crowd_that_turns_as_one_is_twice_its_angular_speed() -> None:
    x, y = lattice()
    turned = rotation(-0.3 * (y - SIDE / 2), 0.3 * (x - SIDE / 2))
    # The weight is cut off at 2.5 radii, where 0.2 % of it is lost, and 1.4 % of its second moment.
    assert turned[middle()] == pytest.approx(0.6, rel=0.02)


def test_shear_turns_by_its_gradient() -> None:
    _, y = lattice()
    assert rotation(0.4 * y, np.zeros(y.size))[middle()] == pytest.approx(-0.4, rel=0.02)


def test_a_line_between_opposed_streams_turns_by_their_speed_over_the_congestion_length() -> None:
    _, y = lattice()
    turned = rotation(np.where(y < SIDE / 2, 1.2, -1.2), np.zeros(y.size))
    # The nearest people stand 0.1 m beside the line: exp(-(0.1 / 0.5)^2) = 0.96 of the value on it.
    assert CONGESTION_LENGTH * turned.max() == pytest.approx(0.96 * 1.2, rel=0.03)


def test_a_stream_of_one_way_has_no_congestion() -> None:
    x, _ = lattice()
    found = met(np.full(x.size, 1.2), np.zeros(x.size), floor())
    assert found.congestion_number.max() == pytest.approx(0.0, abs=1e-9)
    assert not found.opposed.any()


def test_a_crowd_that_stands_has_no_congestion_number() -> None:
    x, _ = lattice()
    still = np.random.default_rng(1).normal(0, 0.01, (2, x.size))
    found = met(still[0], still[1], floor())
    assert np.isnan(found.congestion_number).all()
    assert not found.opposed.any()


def test_congestion_and_opposition_do_not_depend_on_the_direction_of_the_axes() -> None:
    _, y = lattice()
    vx = np.where(y < SIDE / 2, 1.2, -1.2)
    along, across = met(vx, 0 * vx, floor()), met(0 * vx, np.where(lattice()[0] < SIDE / 2, -1.2, 1.2), floor())
    assert np.nanmean(across.congestion_number) == pytest.approx(np.nanmean(along.congestion_number), rel=1e-9)
    assert across.opposed.sum() == pytest.approx(along.opposed.sum(), rel=1e-9)


def test_half_of_those_around_somebody_at_the_line_come_the_other_way() -> None:
    x, y = lattice()
    found = met(np.where(y < SIDE / 2, 1.2, -1.2), np.zeros(y.size), floor())
    at_line = np.abs(y - SIDE / 2) < SPACING
    assert found.opposed[at_line & (np.abs(x - SIDE / 2) < 2.0)] == pytest.approx(0.5, abs=0.1)
    assert not found.opposed[np.abs(y - SIDE / 2) > MEETING + SPACING].any()


def test_who_crosses_at_a_right_angle_is_not_opposed() -> None:
    _, y = lattice()
    assert not met(np.where(y < SIDE / 2, 1.2, 0.0), np.where(y < SIDE / 2, 0.0, 1.2), floor()).opposed.any()


def test_streams_that_a_wall_parts_do_not_meet() -> None:
    _, y = lattice()
    wall = LineString([(0.0, SIDE / 2), (SIDE, SIDE / 2)])
    assert shapely.length(wall) == SIDE
    found = met(np.where(y < SIDE / 2, 1.2, -1.2), np.zeros(y.size), floor(wall))
    assert not found.opposed.any()
    assert found.congestion_number.max() == pytest.approx(0.0, abs=1e-9)


def test_nobody_has_nothing() -> None:
    none = np.zeros(0)
    found = floor().streams(x=none, y=none, level=np.zeros(0, np.int64), vx=none, vy=none)
    assert (found.congestion_number.size, found.opposed.size) == (0, 0)
