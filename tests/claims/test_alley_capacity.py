"""The alley is judged by flow: well below the measured two-way capacity it flows, well above it does not."""

from pathlib import Path

import numpy as np
import pytest

from crowd.validation.alley import flows, queues
from crowd.validation.suites import case_of

CASE = case_of("experiments-alley")


def held(share: str, seed: int) -> np.ndarray:
    """People held at the end of each two minutes: (4,)."""
    trial = CASE.trials(seed, Path())[share]
    return np.array(trial.measure(trial.scenario)["held"])


@pytest.mark.parametrize("seed", range(1, 4))
def test_two_way_demand_at_0_7_of_capacity_flows(seed: int) -> None:
    assert flows(held("0.7", seed))


@pytest.mark.parametrize("seed", range(1, 4))
def test_two_way_demand_at_1_3_of_capacity_queues_without_end(seed: int) -> None:
    assert queues(held("1.3", seed))
