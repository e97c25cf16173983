"""Neighbour search finds everybody and nobody else."""

import numpy as np
import pytest

from crowd.kernels.neighbours import cell_keys, first_free, sort_into_cells
from crowd.validation.integrity import unlike_brute_force

GRID = {"x0": -1.0, "y0": -1.0, "cell": 0.75, "nx": 16, "ny": 16}


def ordered(x: np.ndarray, y: np.ndarray, level: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    keys = cell_keys(x, y, level, *GRID.values())
    order, starts = sort_into_cells(keys, GRID["nx"] * GRID["ny"] * 2)
    return order, keys[order], starts


@pytest.mark.parametrize("seed", range(50))
def test_touching_pairs_equal_brute_force(seed: int) -> None:
    assert unlike_brute_force(seed) == 0


def test_people_are_sorted_by_level_then_cell_then_row() -> None:
    rng = np.random.default_rng(0)
    x, y, level = rng.uniform(0, 10, 500), rng.uniform(0, 10, 500), rng.integers(0, 2, 500)
    keys = cell_keys(x, y, level, *GRID.values())
    order, _ = sort_into_cells(keys, GRID["nx"] * GRID["ny"] * 2)
    assert order.tolist() == np.lexsort((np.arange(500), keys)).tolist()


def test_every_cell_holds_the_slice_its_starts_say() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.uniform(0, 10, (2, 300))
    _, keys, starts = ordered(x, y, np.zeros(300, np.int64))
    assert all((keys[starts[c] : starts[c + 1]] == c).all() for c in range(starts.size - 1))
    assert starts[-1] == 300


def test_the_first_place_far_enough_from_everyone_is_taken() -> None:
    trial_x, trial_y = np.array([0.0, 0.5, 2.0]), np.zeros(3)
    assert first_free(trial_x, trial_y, np.array([0.1]), np.array([0.0]), 1, 0.6) == 2


def test_no_place_is_taken_where_all_are_too_near() -> None:
    trial_x, trial_y = np.array([0.0, 0.5]), np.zeros(2)
    assert first_free(trial_x, trial_y, np.array([0.1]), np.array([0.0]), 1, 0.6) == -1
