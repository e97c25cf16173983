"""Which way people take to one goal: the short one by stairs, or a longer one on the level."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon, box

from crowd.demand import Demand
from crowd.journeys import Journey, LeaveBy
from crowd.scenario import Scenario
from crowd.validation.case import Case, Measures, Outcome, Runs, Trial, Verdict, outcome
from crowd.validation.readings import track
from crowd.validation.scenes import EXIT, SOURCE, scenario
from venues import Level, Link, MeasurementLine, Venue, Zone

#: Numbers of people with which the ways are compared, and the time in which they come [s].
_PEOPLE, _MINUTE = (20, 90, 150), 60.0


def _venue() -> Venue:
    """Two squares on the upper level, joined by stairs and a corridor below (44 m) and by a corridor round (66 m)."""
    squares = [box(0, 0, 10, 10), box(34, 0, 44, 10)]
    floor = shapely.union_all([*squares, box(0, 10, 3, 21), box(41, 10, 44, 21), box(0, 18, 44, 21)])
    upper = Polygon(shapely.get_exterior_ring(floor))
    down = Link(
        "down", "stairs", "upper", LineString([(10, 4.4), (10, 5.6)]), "lower", LineString([(15, 4.4), (15, 5.6)]),
        clear_width=1.2, length=5.8,
    )  # fmt: skip
    up = Link(
        "up", "stairs", "lower", LineString([(29, 4.4), (29, 5.6)]), "upper", LineString([(34, 4.4), (34, 5.6)]),
        clear_width=1.2, length=5.8,
    )  # fmt: skip
    return Venue(
        name="case",
        levels=(Level("upper", upper, elevation=3.0), Level("lower", box(15, 4.4, 29, 5.6))),
        zones=(Zone("start", "upper", box(0, 0, 3, 9), SOURCE), Zone("goal", "upper", box(38, 0, 44, 6), EXIT)),
        links=(down, up),
        lines=(
            MeasurementLine("short", "lower", LineString([(22, 5.6), (22, 4.4)])),
            MeasurementLine("long", "upper", LineString([(22, 21), (22, 18)])),
        ),
    )


def _trial(seed: int, people: int, informed: float) -> Trial:
    journeys = [Journey("over", (LeaveBy(("goal",)),), informed=informed)]
    rate = people / _MINUTE
    demand = Demand("start", "over", times=(0.0, _MINUTE, _MINUTE + 0.1, 400.0), rates=(rate, rate, 0.0, 0.0))
    case = scenario(_venue(), [demand], seed=seed, duration=400.0, journeys=journeys)
    return Trial(_shares, case)


def _shares(case: Scenario) -> Measures:
    found = track(case, every=10)
    short, long = (float(found.crossings[name][1].sum()) for name in ("short", "long"))
    return {"long": long / max(short + long, 1.0), "out": int(found.entered.size) == short + long}


def _r14_trials(seed: int, data: Path) -> dict[str, Trial]:
    kinds = {"nearest": 0.0, "informed": 1.0}
    return {f"{name} {n}": _trial(seed, n, share) for name, share in kinds.items() for n in _PEOPLE}


def _long_share(runs: Runs, variant: str) -> float:
    return float(np.mean([m["long"] for m in runs[variant]]))


def _r14_judge(runs: Runs, data: Path) -> Verdict:
    nearest, informed = ([_long_share(runs, f"{kind} {n}") for n in _PEOPLE] for kind in ("nearest", "informed"))
    rises = bool((np.diff(informed) >= 0.0).all()) and informed[-1] > informed[0]
    shares = {f"long way, {n} informed [1]": share for n, share in zip(_PEOPLE, informed, strict=True)}
    return Verdict(
        standard=Outcome.DOCUMENTED,
        project=outcome(max(nearest) == 0.0 and rises),
        measured=shares | {"long way, nobody informed, largest [1]": max(nearest)},
        reason="By default people spread over the shortest way and take no other; those who are informed do.",
    )


def _iso_17_trials(seed: int, data: Path) -> dict[str, Trial]:
    return {"default": _trial(seed, 20, 0.0)}


def _iso_17_judge(runs: Runs, data: Path) -> Verdict:
    short = 1.0 - _long_share(runs, "default")
    holds = outcome(short > 0.5 and all(m["out"] for m in runs["default"]))
    return Verdict(holds, holds, {"share of the shorter way [1]": short}, margin=(short - 0.5) / 0.5)


_make = partial(Case, tier=1)
_SETUP = "Start and goal on one level, joined by two stairs and a corridor below (44 m) and by a corridor round (66 m)"

CASES = (
    _make(
        key="rimea-14",
        suite="rimea",
        title="Choice of the route",
        source="RiMEA 4.1.1, annex 1, test 14",
        setup=f"{_SETUP}; 20, 90 and 150 people in a minute, none or all of them informed of congestion.",
        criterion="To be documented; ours: uninformed all take the shortest way, informed the more the long one, "
        "the more people there are.",
        seeds=3,
        trials=_r14_trials,
        judge=_r14_judge,
        sets=("informed",),
    ),
    _make(
        key="iso-17",
        suite="iso",
        title="Route choice",
        source="ISO 20414:2020, test 17",
        setup=f"{_SETUP}; about 20 people in a minute.",
        criterion="More than half take the shorter way.",
        seeds=3,
        trials=_iso_17_trials,
        judge=_iso_17_judge,
    ),
)
