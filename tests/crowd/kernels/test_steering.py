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
