"""The runs of the HERMES experiments of 2009 as trials, and the same readings of the measured trajectories.

Not here: how a run is built and read (`hermes`), what is asked of it (`corridors_measured`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import shapely
from shapely.geometry import box

from crowd.scenario import Scenario
from crowd.validation import fundamental_diagram as diagram
from crowd.validation.case import Curve, Measures, Runs, Trial
from crowd.validation.hermes import FPS, bottleneck, measured_tracks, one_way, read_corridor, read_tracks, two_way
from crowd.validation.measures import mean_of
from crowd.validation.scenes import GROUND
from venues import Level

#: Steady frames of the one-way runs (PedPy's notebook on fundamental diagrams).
STEADY = {
    "uo-050-180-180": (211, 800),
    "uo-060-180-180": (243, 771),
    "uo-070-180-180": (203, 1113),
    "uo-100-180-180": (200, 790),
    "uo-145-180-180": (300, 1097),
    "uo-180-180-070": (500, 1399),
    "uo-180-180-095": (400, 1350),
    "uo-180-180-120": (300, 1099),
    "uo-180-180-180": (400, 1284),
}
#: Frames that a bin needs: 6 s at 16 and at 5 frames/s (assumed).
_LEAST_MEASURED, _LEAST_MODEL = 100, 30


class Place(NamedTuple):
    """An experiment: folder, how a run is built again, floor of the measured people, measurement area.

    Then of its files: unit [m], frames a second, whether x and y change places so that people walk along y.
    """

    folder: str
    build: Callable[..., Scenario]
    floor: shapely.Geometry
    area: shapely.Polygon
    scale: float = 0.01
    fps: int = FPS
    turned: bool = False


def _corridor(width: float) -> shapely.Geometry:
    """The floor of a corridor 8 m long, wide open at both ends, where nobody measured is cut off."""
    return shapely.union_all([box(0, -4, width, 4), box(-6, 4, 10, 20), box(-6, -20, 10, -4)])


_BOARDS = shapely.union_all([box(-9.1, -12, 10.9, -0.5), box(-0.6, -0.5, 2.4, 0.5), box(-9.1, 0.5, 10.9, 10)])
ONE_WAY = Place("hermes2009_unidirectional", one_way, _corridor(1.8), box(0, -2, 1.8, 0))
TWO_WAY = Place("hermes2009_bidirectional", two_way, _corridor(3.6), box(0, -1, 3.6, 1))
WIDE = Place("hermes2009_bottleneck", bottleneck, _BOARDS, box(-0.1, -3, 1.9, -1), 1.0)


def _window(name: str) -> tuple[float, float]:
    """When a run is read [s]: while it is steady, if that is known."""
    first, last = STEADY.get(name, (0, np.inf))
    return first / FPS, last / FPS


@cache
def read_measured(place: Place, file: Path) -> Measures:
    """A measured run, read as the model's are."""
    tracks = measured_tracks(file, scale=place.scale, fps=place.fps, turned=place.turned)
    level = Level(GROUND, place.floor)  # type: ignore[arg-type]
    return read_tracks(tracks, level, place.area, window=_window(file.stem), every=1)


def all_measured(place: Place, names: Iterable[str], data: Path) -> dict[str, Measures]:
    """Measured runs by name."""
    return {name: read_measured(place, data / place.folder / f"{name}.txt") for name in names}


def _read(area: shapely.Polygon, window: Sequence[float], case: Scenario) -> Measures:
    return read_corridor(case, area, window=window)


def trials(
    place: Place, names: Iterable[str], parameters: Mapping[str, float], seed: int, data: Path
) -> dict[str, Trial]:
    """The runs of an experiment with one seed."""
    return {
        name: Trial(
            partial(_read, place.area, _window(name)),
            place.build(data / place.folder / f"{name}.txt", seed=seed).with_parameters(parameters),
        )
        for name in names
    }


def compared_bins(
    runs: Runs, measured: Mapping[str, Measures], names: Iterable[str]
) -> tuple[dict[float, diagram.Bin], dict[float, diagram.Bin]]:
    """Bins of the model and of the measurements, of some runs."""
    chosen = list(names)
    model = diagram.bins([m for name in chosen for m in runs[name]], least=_LEAST_MODEL)
    return model, diagram.bins([measured[name] for name in chosen], least=_LEAST_MEASURED)


def flows_of(runs: Runs, measured: Mapping[str, Measures]) -> dict[str, tuple[float, float]]:
    """Flow over the line of all crossings, model (mean of the seeds) and measured [1/s], by run."""
    return {name: (mean_of(runs[name], "flow_all"), m["flow_all"]) for name, m in measured.items()}


def duration(measures: Measures) -> float:
    """From the first to the last crossing [s]."""
    return float(np.ptp(measures["crossings"]))


def crossings(runs: Runs, measured: Mapping[str, Measures]) -> dict[str, Curve]:
    """How many have crossed the line over time; the model's first seed."""
    found = {}
    for name, seen in measured.items():
        for kind, measures in (("measured", seen), ("model", runs[name][0])):
            times = tuple(sorted(measures["crossings"]))
            count = tuple(float(k + 1) for k in range(len(times)))
            found[f"{name}, {kind}"] = Curve(kind, times, count, "time [s]", "people who have crossed")
    return found
