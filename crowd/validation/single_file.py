"""In single file round an oval: speed at a headway, against the percentiles of the measurements."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import shapely
from shapely.geometry import LineString

from crowd.profiles import PROFILES
from crowd.scenario import Scenario
from crowd.validation.case import Case, Curve, Measures, Pair, Runs, Trial, Verdict, outcome
from crowd.validation.readings import Tracks, track
from crowd.validation.ring import racetrack
from crowd.validation.scenes import SPEEDS, scenario, walker

#: The oval: straights, radius of the half circles and width [m] (RiMEA 16 as JuPedSim builds it).
_STRAIGHT, _RADIUS, _WIDTH = 4.0, 3.0, 0.8
_OVAL = partial(racetrack, _WIDTH, _STRAIGHT, _RADIUS)
#: People on the oval of 26.8 m: from 0.15 to 2.5 a metre; fewer numbers for the other speeds.
_NUMBERS = (4, 8, 13, 19, 24, 30, 35, 40, 46, 51, 56, 67)
_FEW = (8, 19, 30, 40)
#: Read after so many laps of the slowest, at the latest after so long [s], over so long [s] (laps: RiMEA 16 as JuPedSim
#: tests it; times assumed: in a jam three laps take a quarter of an hour).
_LAPS, _LATEST, _READ = 3.0, 200.0, 60.0
_DEFAULT, _SLOW, _FAST = PROFILES["adult"].speed_mean, 0.9, 1.5
#: Half the width of a bin [1/m], and samples that it must have (RiMEA 16 as JuPedSim tests it).
_HALF_BIN, _SAMPLES = 0.1, 50
#: Up to here people walk nearly as they wish, and their free speed shows [1/m] (assumed).
_FREE = 0.7
#: Speed by density: 1/m -> 10th, 50th and 90th percentile [m/s] (percentile table of the RiMEA 16 data, Zenodo
#: 10.5281/zenodo.8378592).
REFERENCE = {
    0.1: (0.961, 1.186, 1.483),
    0.3: (0.840, 1.160, 1.473),
    0.5: (0.708, 1.091, 1.389),
    0.7: (0.598, 0.975, 1.305),
    0.9: (0.448, 0.747, 1.101),
    1.1: (0.316, 0.520, 0.840),
    1.3: (0.187, 0.393, 0.608),
    1.5: (0.112, 0.273, 0.485),
    1.7: (0.071, 0.199, 0.382),
    1.9: (0.048, 0.158, 0.314),
    2.1: (0.035, 0.131, 0.270),
    2.5: (0.022, 0.102, 0.220),
    2.9: (0.017, 0.086, 0.196),
    3.5: (0.013, 0.070, 0.175),
}


def _oval(seed: int, people: int, free_speed: float) -> Scenario:
    ring = _OVAL()
    changed = free_speed != _DEFAULT
    profiles = [walker(speed=free_speed, sd=PROFILES["adult"].speed_sd)] if changed else []
    demands = ring.demands(people, profile="test-person" if changed else "adult")
    duration = _LATEST + _READ
    return scenario(ring.venue, demands, seed=seed, duration=duration, journeys=ring.journeys, profiles=profiles)


def density_and_speed(found: Tracks, middle: LineString) -> Measures:
    """Density 1 / headway [1/m] and speed [m/s] of everyone once a second, people walking one way along a closed line.

    The headway is half the way to the one ahead and half the way to the one behind, the speed that over 1 s.
    """
    vx, vy = found.speeds(int(0.5 / found.step + 1e-9))
    length, present = middle.length, np.bincount(found.frame)
    # Whoever found no place at first comes in when there is one; from then on all stay.
    people, begin = int(present[-1]), int(np.argmax(present == present[-1]))
    kept = found.frame >= begin
    along = shapely.line_locate_point(middle, shapely.points(found.x[kept], found.y[kept])).reshape(-1, people)
    speed = np.hypot(vx[kept], vy[kept]).reshape(-1, people)
    walked = np.abs(np.unwrap(along, axis=0, period=length) - along[0]).min(axis=1)
    laps_done = int(np.argmax(walked > _LAPS * length)) if walked[-1] > _LAPS * length else along.shape[0]
    first = min(laps_done, int(_LATEST / found.step) - begin)
    chosen = slice(first, first + int(_READ / found.step), round(1.0 / found.step))
    order = np.argsort(along[chosen], axis=1)
    ahead = np.take_along_axis(along[chosen], order, axis=1)
    headway = 0.5 * ((np.roll(ahead, -1, axis=1) - np.roll(ahead, 1, axis=1)) % length)
    speeds = np.take_along_axis(speed[chosen], order, axis=1)
    return {"density": (1.0 / np.maximum(headway, 1e-3)).ravel().tolist(), "speed": speeds.ravel().tolist()}


def _read(case: Scenario) -> Measures:
    return density_and_speed(track(case), _OVAL().middle)


def _trials(seed: int, data: Path) -> dict[str, Trial]:
    rounds = [(_DEFAULT, n) for n in _NUMBERS] + [(v, n) for v in (_SLOW, _FAST) for n in _FEW]
    return {f"{v:g} m/s, {n}": Trial(_read, _oval(seed, n, v)) for v, n in rounds}


class _Bin(NamedTuple):
    """10th, 50th and 90th percentile of the speed [m/s]."""

    low: float
    median: float
    high: float


def _bins(runs: Runs, free_speed: float) -> dict[float, _Bin]:
    """Percentiles by density of all runs with one free speed, where there are enough samples."""
    mine = [m for name, ran in runs.items() if name.startswith(f"{free_speed:g} m/s") for m in ran]
    density, speed = (np.concatenate([m[name] for m in mine]) for name in ("density", "speed"))
    here = {rho: speed[np.abs(density - rho) <= _HALF_BIN] for rho in REFERENCE}
    return {rho: _Bin(*np.percentile(v, (10, 50, 90)).tolist()) for rho, v in here.items() if v.size >= _SAMPLES}


def _shift(one: dict[float, _Bin], other: dict[float, _Bin]) -> float:
    """Mean difference of the medians in the free bins of both [m/s]."""
    shared = [rho for rho in one if rho in other and rho <= _FREE + 1e-9]
    return float(np.mean([one[rho].median - other[rho].median for rho in shared])) if shared else float("nan")


def _curve(bins: dict[float, _Bin], kind: str) -> Curve:
    low, median, high = zip(*bins.values(), strict=True)
    return Curve(kind, tuple(bins), median, "density [1/m]", "speed [m/s]", low, high)


def _judge(runs: Runs, data: Path) -> Verdict:
    bins, slow, fast = (_bins(runs, v) for v in (_DEFAULT, _SLOW, _FAST))
    inside = {rho: REFERENCE[rho][0] <= b.median <= REFERENCE[rho][2] for rho, b in bins.items()}
    share = sum(inside.values()) / max(len(inside), 1)
    down, up = _shift(slow, bins), _shift(fast, bins)
    outside = ", ".join(f"{rho:g}" for rho, within in inside.items() if not within)
    return Verdict(
        standard=outcome(share >= 0.75),
        project=outcome(share >= 0.75 and down < 0.0 < up),
        measured={
            "share of the bins inside": share,
            "bins": float(len(bins)),
            f"shift of the free bins at {_SLOW:g} m/s [m/s]": down,
            f"shift of the free bins at {_FAST:g} m/s [m/s]": up,
            **{f"median at {rho:g} /m [m/s]": b.median for rho, b in bins.items()},
        },
        margin=(share - 0.75) / 0.25,
        reason=f"outside at {outside} /m" if outside else "",
        curves={
            "model": _curve(bins, "model"),
            "measured, 10 to 90 %": _curve({rho: _Bin(*v) for rho, v in REFERENCE.items()}, "band"),
            f"model, {_SLOW:g} m/s": _curve(slow, "model"),
            f"model, {_FAST:g} m/s": _curve(fast, "model"),
        },
        pairs=tuple(Pair("speed at density", b.median, REFERENCE[rho][1], False) for rho, b in bins.items()),
    )


CASES = (
    Case(
        key="rimea-16",
        suite="rimea",
        title="Fundamental diagram in single file",
        source="RiMEA 4.1.1, annex 1, test 16; percentiles: Zenodo 10.5281/zenodo.8378592",
        setup="4 to 67 people one behind the other round an oval 0.8 m wide, straights of 4 m, half circles of 3 m; "
        "density from the headway, speed over 10 frames, after three laps (in jams at the latest after 200 s). Again "
        "with free speeds of 0.9 and 1.5 m/s.",
        criterion="The median lies between the 10th and the 90th percentile of the measurements in three quarters of "
        "the bins of density; ours: and the free part moves down and up with the free speed.",
        tier=1,
        seeds=4,
        trials=_trials,
        judge=_judge,
        sets=SPEEDS,
    ),
)
