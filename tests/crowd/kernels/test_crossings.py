"""A crossing is counted once, in its direction, and only through the line itself."""

import numpy as np

from crowd.kernels.crossings import line_crossings

LINE = np.array([[0.0, 2.0, 0.0, 0.0]])  # drawn from north to south: forward leads east


def counted(path: list[tuple[float, float]], *, clear: float = 0.1) -> list[int]:
    """Crossings forward and backward of one person on a path of points."""
    sides, level, row = np.zeros((1, 1), np.int8), np.zeros(1, np.int64), np.zeros(1, np.int64)
    steps = [
        line_crossings(np.array([x]), np.array([y]), level, row, LINE, np.zeros(1, np.int64), clear, sides)[0]
        for x, y in path
    ]
    return np.sum(steps, axis=0).tolist()


def test_walking_through_counts_once_in_the_direction_walked() -> None:
    assert counted([(-1.0, 1.0), (-0.05, 1.0), (0.05, 1.0), (0.5, 1.0)]) == [1, 0]
    assert counted([(1.0, 1.0), (0.05, 1.0), (-0.3, 1.0)]) == [0, 1]


def test_jostling_on_the_line_does_not_count() -> None:
    assert counted([(-1.0, 1.0), *[(0.05 * (-1) ** k, 1.0) for k in range(20)]]) == [0, 0]


def test_turning_back_counts_there_and_back() -> None:
    assert counted([(-1.0, 1.0), (0.5, 1.0), (-0.5, 1.0)]) == [1, 1]


def test_walking_round_the_end_of_the_line_does_not_count() -> None:
    assert counted([(-1.0, 1.0), (-1.0, 3.0), (1.0, 3.0), (1.0, 1.0)]) == [0, 0]


def test_a_person_on_another_level_does_not_count() -> None:
    sides = np.zeros((1, 1), np.int8)
    row = np.zeros(1, np.int64)
    for x in (-1.0, 1.0):
        found = line_crossings(
            np.array([x]), np.array([1.0]), np.ones(1, np.int64), row, LINE, np.zeros(1, np.int64), 0.1, sides
        )
        assert found.sum() == 0
