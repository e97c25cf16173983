"""Who looks for a heading, and when."""

import numpy as np
import pytest

from crowd.kernels import headings, steering
from crowd.parameters import Steering
from tests.crowd.kernels.cases import CELL, GATE, NX, NY, WALLS, Crowd, N


def headings_after(ticks: int, row: np.ndarray) -> np.ndarray:
    """Headings of forty people in a room, all 0.5 rad to the left before [rad]."""
    c = Crowd()
    heading, wished = np.full(N, 0.5), np.empty((3, N))
    steering.steer(
        c.x, c.y, c.vx, c.vy, c.ex, c.ey, np.full(N, 1.3), np.ones(N), np.full(N, np.inf), c.radius, c.group,
        np.zeros(N), c.gate_pass, c.keys, c.starts, 0.0, 0.0, NX, NY, CELL, WALLS, GATE, c.wall_starts, c.wall_items,
        5, Steering(), headings.inner_and_outer(85.0), ticks, row, np.ones(N), heading, *wished,
    )  # fmt: skip
    return heading


@pytest.mark.parametrize("ticks", [0, 7])
def test_half_of_the_people_look_for_a_heading_in_a_tick_and_the_others_in_the_next(ticks: int) -> None:
    row = np.random.default_rng(2).permutation(N)
    first, second = headings_after(ticks, row) != 0.5, headings_after(ticks + 1, row) != 0.5
    assert np.array_equal(first, (row + ticks) % 2 == 0)
    assert np.array_equal(second, ~first)


#: A wall beside a door: it ends 0.1 m to the left of somebody at the origin who leaves to the east, 0.3 m ahead.
BESIDE_A_DOOR = np.array([[0.3, 0.1, 0.3, 3.0]])
#: An exit as far ahead, and the radius of somebody small [m].
END, SMALL = 0.35, 0.05


@pytest.mark.parametrize(("end", "free"), [(END, False), (0.25, True)], ids=["beside the door", "behind the exit"])
@pytest.mark.parametrize("angle", [0.6, 1.1])
def test_walls_beside_a_door_are_in_the_way_and_walls_behind_an_exit_are_not(
    end: float, free: bool, angle: float
) -> None:
    one = np.zeros(1, np.int64)
    hx, hy, progress = np.cos([angle]), np.sin([angle]), np.ones(1)
    headings.progress_to_walls(0.0, 0.0, SMALL, end, 1.0, 0.0, BESIDE_A_DOOR, one, 1, 0.3, hx, hy, progress)
    assert (progress[0] == 1.0) == free


@pytest.mark.parametrize(("end", "free"), [(END, False), (0.25, True)], ids=["beside the door", "behind the exit"])
def test_nobody_hurries_towards_a_wall_beside_a_door(end: float, free: bool) -> None:
    one = np.zeros(1, np.int64)
    hx, hy = np.cos(0.9), np.sin(0.9)
    speed = steering.wall_speed(0.0, 0.0, SMALL, BESIDE_A_DOOR, one, 1, hx, hy, 1.0, end, 1.0, 0.0)
    assert speed == pytest.approx(np.inf if free else (0.3 - SMALL) / np.cos(0.9))
