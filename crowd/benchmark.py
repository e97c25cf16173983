"""How fast the model runs: person-seconds simulated per wall second in an open square, after compilation.

People walk one way across a square of the asked density, contact included. Not here: how true it is (`tests/claims`).
"""

from __future__ import annotations

import math
import platform
import resource
import sys
import time
from datetime import UTC, datetime

import numba
from shapely.geometry import box

from crowd.demand import Demand
from crowd.journeys import Journey, LeaveBy
from crowd.model import CrowdModel
from crowd.movement.motion import contact_step
from crowd.parameters import Parameters
from crowd.scenario import Scenario
from venues import Level, Venue, Zone

#: Ticks that compile and settle the crowd, and ticks that are timed.
_WARM_UP, _TIMED = 20, 50
#: Free floor ahead of the crowd, so that nobody leaves while it is timed [m].
_AHEAD = 30.0


def bench(*, density: float = 2.0, people: int = 10_000, threads: int = 1) -> list[dict[str, float | int | str]]:
    """Time the model.

    Args:
        density: people per floor where they start [1/m2]. people: how many. threads: numba threads.

    Returns:
        One row: person_seconds_per_second [1], density asked and found [1/m2], people, threads, contact step h [s], its
        stiffness [N/m] and the mass it is for [kg], peak memory [MB], wall_seconds, cpu.
    """
    numba.set_num_threads(threads)
    model = CrowdModel(_square(density, people))
    for _ in range(_WARM_UP):
        model.step()
    inside = model.people.present().size
    start = time.perf_counter()
    for _ in range(_TIMED):
        model.step()
    wall = time.perf_counter() - start
    parameters = Parameters()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return [
        {
            "person_seconds_per_second": inside * _TIMED * model.tick / wall,
            "density": density,
            "density_found": inside / (people / density),
            "people": inside,
            "threads": threads,
            "contact_step": contact_step(parameters)[0],
            "stiffness": parameters.contact.stiffness,
            "stiffness_mass": parameters.contact.stiffness_mass,
            "peak_memory_MB": memory / (1024.0**2 if sys.platform == "darwin" else 1024.0),
            "wall_seconds": wall,
            "cpu": platform.processor() or platform.machine(),
        }
    ]


def _square(density: float, people: int) -> Scenario:
    """A square full of people who walk east."""
    side = math.sqrt(people / density)
    floor = box(0.0, 0.0, side + _AHEAD + 2.0, side)
    zones = (
        Zone("crowd", "ground", box(0.0, 0.0, side, side), frozenset({"source"})),
        Zone("exit", "ground", box(side + _AHEAD, 0.0, side + _AHEAD + 2.0, side), frozenset({"exit"})),
    )
    return Scenario(
        name="bench",
        venue=Venue(name="square", levels=(Level("ground", floor),), zones=zones),
        start=datetime(2022, 10, 29, 12, tzinfo=UTC),
        duration=3600.0,
        demands=(Demand.present("crowd", "east", people=people),),
        journeys=(Journey("east", (LeaveBy(("exit",)),)),),
    )
