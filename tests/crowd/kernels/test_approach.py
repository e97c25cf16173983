"""How people come to touch: easing up beside a body, and shuffling along in a packed crowd."""

import numpy as np
import pytest

from crowd.kernels import approach
from crowd.parameters import Contact

CONSTANTS = Contact()
RADIUS = 0.175


def eased(
    places: list[tuple[float, float]],
    wishes: list[tuple[float, float]],
    *,
    moving: list[tuple[float, float]] | None = None,
    free_speed: float = 1.3,
    wall: tuple[float, float, float, float] | None = None,
) -> np.ndarray:
    """Wishes of people who all want to go along x, after they eased up: (n, 2) [m/s]."""
    n = len(places)
    x, y = np.array(places, float).T.copy()
    vx, vy = np.array(moving or [(0.0, 0.0)] * n, float).T.copy()
    wished_x, wished_y = np.array(wishes, float).T.copy()
    pairs = np.array([[j for j in range(n) if j != i] for i in range(n)], np.int32).reshape(n, n - 1)
    approach.ease_up(
        x, y, vx, vy, np.ones(n), np.zeros(n), np.full(n, free_speed), np.full(n, RADIUS), pairs,
        np.full(n, n - 1, np.int32), np.zeros((n, 1), np.int32), np.full(n, int(wall is not None), np.int32),
        np.array([wall or (0.0, 0.0, 1.0, 0.0)]), CONSTANTS, wished_x, wished_y,
    )  # fmt: skip
    return np.column_stack((wished_x, wished_y))


def test_nobody_wishes_into_a_body_beside_them_faster_than_the_gap_allows() -> None:
    gap = 0.06
    wish = eased([(0.0, 0.0), (0.0, 2 * RADIUS + gap)], [(1.0, 0.5), (1.0, 0.0)])[0]
    assert wish == pytest.approx((1.0, gap / CONSTANTS.approach_time + CONSTANTS.touch_speed))


def test_who_closes_in_eases_up_before_who_does_not() -> None:
    places, wishes = [(0.0, 0.0), (0.0, 2 * RADIUS + 0.06)], [(1.0, 0.5), (1.0, 0.0)]
    still, closing = eased(places, wishes)[0], eased(places, wishes, moving=[(0.0, 0.2), (0.0, 0.0)])[0]
    # After the reaction time the gap is shorter by 0.3 s x 0.2 m/s.
    assert still[1] - closing[1] == pytest.approx(0.2 * CONSTANTS.reaction_time / CONSTANTS.approach_time)


def test_who_walks_away_is_followed_as_fast() -> None:
    wish = eased([(0.0, 0.0), (2 * RADIUS, 0.0)], [(0.8, 0.0), (0.8, 0.0)], moving=[(0.8, 0.0), (0.8, 0.0)])[0]
    assert wish[0] == pytest.approx(0.8)


def test_nobody_wishes_into_a_wall_beside_them_but_may_round_its_end() -> None:
    beside = RADIUS + 0.03
    wall = (-1.0, beside, 1.0, beside)
    assert eased([(0.0, 0.0)], [(1.0, 0.5)], wall=wall)[0] == pytest.approx((1.0, 0.05 + CONSTANTS.touch_speed))
    assert eased([(1.1, 0.0)], [(1.0, 0.5)], wall=wall)[0] == pytest.approx((1.0, 0.5))


def test_who_shuffles_along_does_not_press_on_who_stands_ahead() -> None:
    places = [(0.0, 0.0), (0.0, 1.99 * RADIUS), (2 * RADIUS, 0.0)]
    assert eased(places, [(0.0, 0.0)] * 3, moving=[(0.0, 0.0), (0.5, 0.0), (0.0, 0.0)])[0, 0] == pytest.approx(0.0)


def test_who_is_held_up_goes_along_with_those_they_touch() -> None:
    row = [(0.0, 0.0), (0.0, 1.99 * RADIUS), (0.0, -1.99 * RADIUS)]
    moving = [(0.0, 0.0), (0.3, 0.0), (0.1, 0.0)]
    assert eased(row, [(0.0, 0.0)] * 3, moving=moving)[0, 0] == pytest.approx(0.2)


def test_nobody_is_carried_along_faster_than_they_walk_or_if_they_stay() -> None:
    row, moving = [(0.0, 0.0), (0.0, 1.99 * RADIUS)], [(0.0, 0.0), (1.0, 0.0)]
    assert eased(row, [(0.0, 0.0)] * 2, moving=moving, free_speed=0.4)[0, 0] == pytest.approx(0.4)
    assert eased(row, [(0.0, 0.0)] * 2, moving=moving, free_speed=0.0)[0, 0] == 0.0
