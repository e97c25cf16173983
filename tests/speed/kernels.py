"""How long each kernel takes on the arrays that a crowd of 5,000 people gives it: one benchmark a kernel.

Not collected by itself; run it with `make speed`, or `pytest tests/speed/kernels.py`. The arguments are those of real
calls, noted while a model runs, so a kernel whose arguments change is still measured.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import numpy as np
import pandas as pd
import pedpy
import pytest
from numba.core.dispatcher import Dispatcher
from shapely.geometry import box

from crowd.demand import Demand
from crowd.individual_density import CellFloor
from crowd.model import CrowdModel
from crowd.recording.recorder import Recorder
from crowd.run import probes_of
from crowd.scenario import Scenario
from tests import scenes
from venues import Level, Venue, Zone

PEOPLE, DENSITY = 5_000, 3.0
KERNELS = (
    "add_wall_loads", "around_people", "around_points", "bounded_cells", "cell_keys", "cells_before_walls",
    "cells_of", "congestion_levels", "directions", "line_crossings", "march", "part_by_walls",
    "push_and_step", "sample", "seen_floor", "sort_into_cells", "steer", "touching_pairs", "wall_lists",
    "walls_near_cells",
)  # fmt: skip
Call = tuple[Callable[..., Any], tuple[Any, ...]]


def hall() -> Scenario:
    """People who walk through a hall with pillars."""
    side = math.sqrt(PEOPLE / DENSITY)
    pillars = tuple(box(x, y, x + 0.5, y + 0.5) for x in np.arange(5.0, side, 8.0) for y in np.arange(5.0, side, 8.0))
    venue = Venue(
        name="hall",
        levels=(Level("ground", box(0, 0, side + 20, side), obstacles=pillars),),
        zones=(
            Zone("start", "ground", box(0, 0, side, side), scenes.SOURCE),
            Zone("end", "ground", box(side + 18, 0, side + 20, side), scenes.EXIT),
        ),
    )
    return scenes.scenario(venue, [Demand.present("start", "end", people=PEOPLE)])


@contextmanager
def noted(calls: dict[str, Call]) -> Iterator[None]:
    """Note the first call of each kernel from outside the kernels; they must have been compiled before."""
    places = [
        (module, name, item)
        for module in list(sys.modules.values())
        if getattr(module, "__name__", "").startswith("crowd.")
        for name, item in vars(module).items()
        if isinstance(item, Dispatcher)
    ]
    for module, name, kernel in places:
        setattr(module, name, _noting(kernel, calls))
    yield
    for module, name, kernel in places:
        setattr(module, name, kernel)


def _noting(kernel: Any, calls: dict[str, Call]) -> Callable[..., Any]:
    @wraps(kernel.py_func)
    def note(*args: Any) -> Any:
        calls.setdefault(kernel.__name__, (kernel, _copied(args)))
        return kernel(*args)

    return note


def _copied(args: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(arg.copy() if isinstance(arg, np.ndarray) else arg for arg in args)


def one_second(scenario: Scenario) -> None:
    """A recorded second, and the cells of the people at its end."""
    model = CrowdModel(scenario)
    recorder = Recorder(scenario, probes_of(scenario.venue, ()), record="full")
    for _ in range(2):
        for _ in range(5):
            model.step()
        recorder.observe(model.snapshot())
    rows = model.people.present()
    CellFloor.of(scenario.venue.levels[0]).compute(model.people.x[rows], model.people.y[rows])


@pytest.fixture(scope="module")
def calls() -> dict[str, Call]:
    """Kernel and arguments by name."""
    found: dict[str, Call] = {}
    one_second(hall())
    with noted(found):
        one_second(hall())
    return found


@pytest.mark.parametrize("name", KERNELS)
def test_kernel(name: str, calls: dict[str, Call], benchmark: Any) -> None:
    kernel, args = calls[name]
    # Some kernels move what they are given on: each round begins with a copy.
    benchmark.pedantic(kernel, setup=lambda: (_copied(args), {}), rounds=20, warmup_rounds=2)


def test_cells_of_everybody_on_a_floor(benchmark: Any) -> None:
    rng = np.random.default_rng(1)
    side = math.sqrt(PEOPLE / DENSITY)
    x, y = rng.uniform(0.01, side - 0.01, (2, PEOPLE))
    benchmark(CellFloor.of(Level("ground", box(0, 0, side, side))).compute, x, y)


def test_our_cells_are_100_times_faster_than_a_profile_of_pedpys() -> None:
    rng = np.random.default_rng(1)
    people, side = 300, 10.0
    x, y = rng.uniform(0.01, side - 0.01, (2, people))
    floor = CellFloor.of(Level("ground", box(0, 0, side, side)))
    floor.compute(x, y)
    start = time.perf_counter()
    floor.compute(x, y)
    ours = time.perf_counter() - start
    area = pedpy.WalkableArea(box(0, 0, side, side))
    table = pd.DataFrame({"id": np.arange(people), "frame": 0, "x": x, "y": y})
    trajectories = pedpy.TrajectoryData(data=table, frame_rate=2.0)
    start = time.perf_counter()
    cells = pedpy.compute_individual_voronoi_polygons(traj_data=trajectories, walkable_area=area)
    pedpy.compute_profiles(
        individual_voronoi_speed_data=cells.assign(speed=1.0),
        walkable_area=area.polygon,
        grid_size=0.5,
        speed_method=pedpy.SpeedMethod.ARITHMETIC,
    )
    assert (time.perf_counter() - start) / ours > 100.0
