"""Which way people take to one goal: the short one by stairs, or a longer one on the level."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import LineString, box

from crowd.journeys import Journey, LeaveBy
from crowd.scenario import Scenario
from crowd.validation.case import Case, Measures, Outcome, Runs, Trial, Verdict, outcome
from crowd.validation.readings import track
from crowd.validation.scenes import EXIT, SOURCE, present, scenario
from venues import Level, Link, MeasurementLine, Venue, Zone

#: Numbers of people with which the ways are compared.
_PEOPLE = (20, 80, 160)


def _venue() -> Venue:
    """Two squares on the upper level, joined by stairs and a corridor below (34 m) and by a corridor round (64 m)."""
    upper = shapely.union_all([box(0, 0, 10, 10), box(34, 0, 44, 10), box(0, 10, 3, 25), box(41, 10, 44, 25)])
    upper = shapely.union_all([upper, box(0, 22, 44, 25)])
    down = Link(
        "down", "stairs", "upper", LineString([(10, 3.8), (10, 6.2)]), "lower", LineString([(15, 3.8), (15, 6.2)]),
        clear_width=2.4, length=5.8,
    )  # fmt: skip
    up = Link(
        "up", "stairs", "lower", LineString([(29, 3.8), (29, 6.2)]), "upper", LineString([(34, 3.8), (34, 6.2)]),
        clear_width=2.4, length=5.8,
    )  # fmt: skip
    return Venue(
        name="case",
        levels=(Level("upper", upper, elevation=3.0), Level("lower", box(15, 3.8, 29, 6.2))),
        zones=(Zone("start", "upper", box(0, 0, 9, 9), SOURCE), Zone("goal", "upper", box(38, 0, 44, 6), EXIT)),
        links=(down, up),
        lines=(
            MeasurementLine("short", "lower", LineString([(22, 6.2), (22, 3.8)])),
            MeasurementLine("long", "upper", LineString([(22, 25), (22, 22)])),
        ),
    )


def _trial(seed: int, people: int, informed: float) -> Trial:
    journeys = [Journey("over", (LeaveBy(("goal",)),), informed=informed)]
    case = scenario(_venue(), [present("start", "over", people)], seed=seed, duration=400.0, journeys=journeys)
    return Trial(_shares, case)


def _shares(case: Scenario) -> Measures:
    crossed = track(case, every=10).crossings
    short, long = (float(crossed[name][1].sum()) for name in ("short", "long"))
    return {"long": long / max(short + long, 1.0), "people": short + long}


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
        reason="By default all take the shortest way; people of a journey may be informed and go round crowds.",
    )


def _iso_17_trials(seed: int, data: Path) -> dict[str, Trial]:
    return {"default": _trial(seed, 20, 0.0)}


def _iso_17_judge(runs: Runs, data: Path) -> Verdict:
    short = 1.0 - _long_share(runs, "default")
    holds = outcome(short > 0.5 and all(m["people"] == 20 for m in runs["default"]))
    return Verdict(holds, holds, {"share of the shorter way [1]": short}, margin=(short - 0.5) / 0.5)


_make = partial(Case, tier=1)
_SETUP = "Start and goal on one level, joined by two stairs and a corridor below (34 m) and by a corridor round (64 m)"

CASES = (
    _make(
        key="rimea-14",
        suite="rimea",
        title="Choice of the route",
        source="RiMEA 4.1.1, annex 1, test 14",
        setup=f"{_SETUP}; 20, 80 and 160 people, none or all of them informed of congestion.",
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
        setup=f"{_SETUP}; 20 people.",
        criterion="More than half take the shorter way.",
        seeds=3,
        trials=_iso_17_trials,
        judge=_iso_17_judge,
    ),
)
