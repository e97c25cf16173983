"""Several substeps at once, where nobody can be touched, are those that would be made one by one."""

import numpy as np
import pytest

from crowd.validation.bodies import Bodies

FAR_WALL = (-50.0, 40.0, 50.0, 40.0)


def alone(*, walls: list[tuple[float, float, float, float]], **state: float) -> Bodies:
    """One person after a tick, who is stepped by and by if there is a wall on their list."""
    bodies = Bodies([0.0], [0.0], walls=walls)
    for name, value in state.items():
        getattr(bodies, name)[:] = value
    return bodies.push(0.1)


@pytest.mark.parametrize(
    "state",
    [
        {"vx": 0.2, "vy": -0.1, "wished_x": 1.3},
        {"vx": 1.3, "vy": 0.4},  # who wants to stand braces
        {"vx": 0.1, "press_x": 80.0},
        {"vx": 7.0, "wished_x": 1.0},  # faster than anybody can be thrown
    ],
)
def test_who_can_touch_nothing_gets_as_far_as_by_single_substeps(state: dict[str, float]) -> None:
    at_once, one_by_one = alone(walls=[], **state), alone(walls=[FAR_WALL], **state)
    for name in ("x", "y", "vx", "vy"):
        assert getattr(at_once, name) == pytest.approx(getattr(one_by_one, name), abs=1e-12)
    assert at_once.held == one_by_one.held


@pytest.mark.parametrize("h", [0.004, 0.005, 0.02])
def test_who_comes_fast_is_touched_before_the_next_drive(h: float) -> None:
    # Farther off than anybody who stands would be looked at, and touched within 10 ms.
    bodies = Bodies([0.0, 0.35 + 0.06], [0.0, 0.0])
    bodies.vx[1] = -5.9
    bodies.push(0.02 + h, h=h)
    assert np.all(bodies.force_max > 100.0)
