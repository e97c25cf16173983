"""The alley is judged by flow: well below the measured two-way capacity it flows, well above it does not.

Capacity of a two-way corridor: 1.25 people/(m s) (Juelich HERMES 2009, bidirectional runs), over 3.2 m.
"""

import numpy as np
import pytest

from crowd.demand import Demand
from crowd.model import CrowdModel
from tests.scenes import scenario
from venues import load_venue

CAPACITY = 1.25 * 3.2
DURATION, QUARTER = 480.0, 120.0
WAYS = (
    ("station-exit-1", "upper-west"),
    ("station-exit-1", "upper-east"),
    ("upper-west", "main-road"),
    ("upper-east", "main-road"),
)


def balance(share: float, seed: int) -> np.ndarray:
    """People arrived but not gone, in the alley or outside, at the end of each two minutes: (4,)."""
    rate = share * CAPACITY / len(WAYS)
    demands = [Demand.steady(source, to, rate=rate, duration=DURATION) for source, to in WAYS]
    model = CrowdModel(scenario(load_venue("itaewon-alley"), demands, duration=DURATION, seed=seed))
    held = []
    while model.running:
        model.step()
        if model.time % QUARTER == 0:
            expected, _, left, _, _ = model.snapshot().source_counts.sum(axis=0)
            held.append(expected - left)
    return np.array(held)


@pytest.mark.parametrize("seed", range(1, 7))
def test_two_way_demand_at_0_7_of_capacity_flows(seed: int) -> None:
    held = balance(0.7, seed)
    # In steady flow the number held is rate x travel time, about 2.8 /s x 80 s, and does not grow.
    assert held.max() < 300
    assert held[-1] - held[1] < 60


@pytest.mark.parametrize("seed", range(1, 7))
def test_two_way_demand_at_1_3_of_capacity_queues_without_end(seed: int) -> None:
    held = balance(1.3, seed)
    # Every two minutes more are held than before, at the end far more than a flowing alley holds.
    assert (np.diff(held) > 50).all()
    assert held[-1] > 800
