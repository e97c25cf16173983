"""Speed falls with density as measured."""

from itertools import pairwise

import numpy as np
import pytest

from crowd.demand import Demand
from crowd.model import CrowdModel
from tests.scenes import plug, scenario

LENGTH, WIDTH = 40.0, 6.0


def speed_at(density: float, *, seed: int = 1) -> tuple[float, float]:
    """Density and mean speed in the middle of a moving crowd, from 7 to 14 s [1/m2, m/s]."""
    people = round(density * LENGTH * WIDTH)
    demand = Demand.present("start", "end", people=people)
    model = CrowdModel(scenario(plug(LENGTH, width=WIDTH), [demand], seed=seed))
    found = []
    while model.time < 14.0:
        model.step()
        if model.time >= 7.0 and model.step_index % 5 == 0:
            snapshot = model.snapshot()
            middle = (snapshot.x > 0.4 * LENGTH) & (snapshot.x < 0.65 * LENGTH)
            found.append((middle.sum() / (0.25 * LENGTH * WIDTH), snapshot.vx[middle].mean()))
    return tuple(np.mean(found, axis=0))


def weidmann(density: float) -> float:
    """Weidmann 1993: v = 1.34 (1 - exp(-1.913 (1 / rho - 1 / 5.4)))."""
    return float(1.34 * (1.0 - np.exp(-1.913 * (1.0 / density - 1.0 / 5.4))))


@pytest.mark.parametrize("asked", [0.5, 0.8, 1.0, 1.3, 1.6, 2.0])
def test_speed_lies_within_20_percent_of_weidmann_up_to_2_per_m2(asked: float) -> None:
    density, speed = np.mean([speed_at(asked, seed=seed) for seed in range(1, 9)], axis=0)
    assert speed == pytest.approx(weidmann(density), rel=0.2)


def test_speed_falls_from_each_density_to_the_next() -> None:
    speeds = [speed_at(density)[1] for density in (0.5, 1.0, 2.0, 3.0, 4.0, 6.0)]
    assert all(slower < faster for faster, slower in pairwise(speeds))
