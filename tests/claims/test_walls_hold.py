"""Walls hold what presses on them, thin ones and corners too."""

from __future__ import annotations

import pytest

from tests import worst_case


@pytest.mark.parametrize("seed", [1, 2])
def test_nobody_is_pressed_through_a_wall_thinner_than_a_body(seed: int) -> None:
    found = worst_case.watch(seed, ticks=150)
    assert found.densest >= 9.0
    assert (found.passed, found.out, found.nan) == (0, 0, 0)
