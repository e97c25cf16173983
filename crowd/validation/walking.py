"""Walking alone and in small numbers: speed on the level, on stairs, round a corner."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
from shapely.affinity import rotate
from shapely.geometry import LineString, box

from crowd.scenario import Scenario
from crowd.validation.case import Case, Measures, Runs, Trial, Verdict, margin_within, outcome
from crowd.validation.readings import track
from crowd.validation.scenes import GROUND, flat, present, scenario, walker
from venues import MeasurementLine

#: Free floor before and after a measured way, so that nobody starts or stops on it [m].
_RUN_UP = 10.0
_SPEED = 1.33


def _straight(seed: int, angle: float) -> Scenario:
    """A corridor of 2 m with 40 m between two lines, turned by an angle [deg], and one person."""
    length = 40.0 + 2 * _RUN_UP
    turn = partial(rotate, angle=angle, origin=(0, 0))
    lines = [
        MeasurementLine(name, GROUND, turn(LineString([(x, 2), (x, 0)])))
        for name, x in (("from", _RUN_UP), ("to", _RUN_UP + 40.0))
    ]
    venue = flat(
        turn(box(0, 0, length, 2)),
        sources={"start": turn(box(0, 0.5, 1.2, 1.5))},
        exits={"end": turn(box(length - 2, 0, length, 2))},
        lines=tuple(lines),
    )
    demand = present("start", "end", 1, profile="test-person")
    return scenario(venue, [demand], seed=seed, duration=80.0, profiles=[walker(speed=_SPEED)])


def _time_between(case: Scenario) -> Measures:
    found = track(case)
    return {"time": float(found.crossings["to"][0][0] - found.crossings["from"][0][0])}


def _r1_trials(seed: int, data: Path) -> dict[str, Trial]:
    return {f"{angle} deg": Trial(_time_between, _straight(seed, angle)) for angle in (0, 45)}


def _r1_judge(runs: Runs, data: Path) -> Verdict:
    straight, turned = (np.mean([m["time"] for m in runs[f"{angle} deg"]]) for angle in (0, 45))
    nominal = 40.0 / _SPEED
    return Verdict(
        standard=outcome(26.0 <= straight <= 34.0),
        project=outcome(abs(straight / nominal - 1.0) <= 0.01 and abs(turned - straight) <= 0.1 + 1e-9),
        measured={"time [s]": straight, "time turned by 45 deg [s]": turned},
        margin=margin_within(straight, 0.99 * nominal, 1.01 * nominal),
    )


CASES = (
    Case(
        key="rimea-01",
        suite="rimea",
        title="Walking speed in a corridor",
        source="RiMEA 4.1.1, annex 1, test 1",
        setup="One person of 1.33 m/s walks 40 m of a corridor 2 m wide, with run-up; again turned by 45 deg.",
        criterion="Travel time of 26 to 34 s; ours: within 1 % of 40 m / 1.33 m/s, turned the same within 0.1 s.",
        tier=0,
        seeds=1,
        trials=_r1_trials,
        judge=_r1_judge,
        sets=("walker speed_mean", "walker speed_sd", "walker speed_min", "walker speed_max"),
    ),
)
