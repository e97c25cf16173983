"""The BaSiGo corridor of 2013 built again: 5 m wide, other people than in the HERMES experiments of 2009.

The file's x and y change places, so that people walk southwards along y, as in `hermes`.

References:
    Pedestrian Dynamics Data Archive, 10.34735/ped.2013.6.
"""

from __future__ import annotations

from pathlib import Path

from shapely.geometry import LineString, box

from crowd.demand import Demand
from crowd.scenario import Scenario
from crowd.validation.hermes import first_seen
from crowd.validation.hermes_runs import Place
from crowd.validation.scenes import GROUND, flat, scenario
from venues import MeasurementLine

_FPS = 25
#: Width and half the length of the corridor [m].
_WIDTH, _HALF = 5.0, 9.0
#: Where people are first seen, so that they come in behind it [m]; from the trajectories.
_SEEN = 4.7
_FLOOR = box(0.0, -_HALF, _WIDTH, _HALF)


def corridor(file: Path, *, seed: int) -> Scenario:
    """A run "traj_UNI_CORR_500_NN": everybody at the moment first seen; both ends as wide as the corridor (assumed)."""
    venue = flat(
        _FLOOR,
        sources={"start": box(0.0, _SEEN, _WIDTH, _HALF)},
        exits={"end": box(0.0, -_HALF, _WIDTH, -_HALF + 1.0)},
        lines=(MeasurementLine("middle", GROUND, LineString([(0.0, 0.0), (_WIDTH, 0.0)])),),
    )
    moments = tuple(first_seen(file, scale=1.0, fps=_FPS)["time"])
    return scenario(venue, [Demand("start", "end", moments=moments)], seed=seed, duration=200.0)


#: The measurement area is that of the reference values: 2 m of the corridor, over its width.
CORRIDOR = Place("basigo2013_unidirectional", corridor, _FLOOR, box(0.0, -1.0, _WIDTH, 1.0), 1.0, _FPS, turned=True)
