"""Lifts: that cabins hold what they hold and stop when they are said to."""

from __future__ import annotations

from math import ceil
from pathlib import Path

import numpy as np
from shapely.geometry import LineString, box

from crowd.scenario import Scenario
from crowd.validation.case import Case, Measures, Runs, Trial, Verdict, outcome
from crowd.validation.measures import first_times, unmet
from crowd.validation.readings import track
from crowd.validation.scenes import EXIT, SOURCE, present, scenario
from venues import Level, Link, Venue, Zone

_PEOPLE, _CAPACITY, _CYCLE = 20, 6, 40.0
#: The upper door opens half a cycle after the lower one, for 30 % of the cycle (`crowd.movement.lifts`); who is in the
#: doorway then still comes out [s].
_OPENS, _SHUTS, _DOORWAY = 0.5, 0.8, 3.0
#: Rides that the first cabin, which leaves before most have come to it, may be short of people.
_SPARE_RIDES = 1


def _house(seed: int) -> Scenario:
    """Two floors of 20 x 10 m, 6 m apart, and a lift between them."""
    floor, cabin = box(0, 0, 20, 10), box(10, 4, 12, 5.8)
    lower, upper = LineString([(10, 5.6), (10, 4.2)]), LineString([(12, 4.2), (12, 5.6)])
    levels = (Level("lower", floor, obstacles=(cabin,)), Level("upper", floor, elevation=6.0, obstacles=(cabin,)))
    lift = Link("lift", "lift", "lower", lower, "upper", upper, 1.2, 6.3, capacity=_CAPACITY, cycle=_CYCLE)
    zones = (Zone("start", "lower", box(3, 2, 8, 8), SOURCE), Zone("end", "upper", box(17, 0, 20, 10), EXIT))
    venue = Venue(name="house", levels=levels, zones=zones, links=(lift,))
    return scenario(venue, [present("start", "end", _PEOPLE)], seed=seed, duration=10.0 * _CYCLE)


def _ride(case: Scenario) -> Measures:
    found = track(case)
    aboard = found.level == case.venue.level_index(case.venue.strips[0].plane)
    upstairs = first_times(found, found.level == case.venue.level_index("upper"))
    return {
        "most aboard": int(np.bincount(found.frame[aboard]).max()) if aboard.any() else 0,
        "upstairs": np.sort(upstairs).tolist(),
    }


def _trials(seed: int, data: Path) -> dict[str, Trial]:
    return {"": Trial(_ride, _house(seed))}


def _judge(runs: Runs, data: Path) -> Verdict:
    most = max(m["most aboard"] for m in runs[""])
    times = np.concatenate([m["upstairs"] for m in runs[""]])
    carried = bool(np.isfinite(times).all())
    phase = (times[np.isfinite(times)] / _CYCLE) % 1.0
    in_time = bool(((phase >= _OPENS) & (phase <= _SHUTS + _DOORWAY / _CYCLE)).all())
    rides = ceil(_PEOPLE / _CAPACITY) + _SPARE_RIDES
    last, latest = float(np.max(times)), (rides - 1 + _SHUTS) * _CYCLE + _DOORWAY
    holds = outcome(carried and in_time and most <= _CAPACITY and last <= latest)
    return Verdict(
        standard=holds,
        project=holds,
        measured={
            "most in the cabin": float(most),
            "first one upstairs after [s]": float(np.min(times)),
            "last one upstairs after [s]": last,
        },
        margin=1.0 - last / latest if carried else None,
        reason=unmet(
            (carried, "somebody never got upstairs"),
            (in_time, "somebody got upstairs while the upper door was shut"),
            (most <= _CAPACITY, f"{most} were in the cabin at once"),
            (last <= latest, "it needs more rides"),
        ),
    )


CASES = (
    Case(
        key="nist-2.7",
        suite="nist",
        title="Lift",
        source="NIST TN 1822, verification test 2.7",
        setup=f"{_PEOPLE} people take a lift that holds {_CAPACITY} and comes every {_CYCLE:g} s to the floor above.",
        criterion=f"It carries all, never more than {_CAPACITY} at once, lets people out only while its upper door is "
        f"open (from half of the cycle on, for 30 % of it), and needs at most {_SPARE_RIDES} ride more than if it were "
        "always full.",
        tier=1,
        seeds=5,
        trials=_trials,
        judge=_judge,
    ),
)
