"""People who belong together: whether they stay together."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import box

from crowd.demand import Burst, Demand
from crowd.scenario import Scenario
from crowd.validation.case import Case, Measures, Runs, Trial, Verdict, outcome
from crowd.validation.readings import track
from crowd.validation.scenes import SPEEDS, flat, scenario, walker

#: People of the first group; they may leave within this time of each other [s].
_FIRST, _SPREAD = 5, 10.0


def _two_groups(seed: int, data: Path, *, first: dict[float, int], second: float) -> dict[str, Trial]:
    """A room of 20 m x 10 m with a door of 1 m; the second group, ten people, stands between the first and the door.

    Distances to the door as in the public encoding of the test (JuPedSim web community): 16 to 19.5 m and 8 to 12 m.

    Args:
        first: speed -> people of the first group. second: speed of the second [m/s].
    """
    floor = shapely.union_all([box(0, 0, 20, 10), box(20, 4.5, 21.5, 5.5)])
    sources = {"first": box(0.5, 3, 4, 7), "second": box(8, 1, 12, 9)}
    venue = flat(floor, sources=sources, exits={"door": box(20.5, 4.5, 21.5, 5.5)})
    demands = [_part("first", speed, count) for speed, count in first.items()] + [_part("second", second, 10)]
    speeds = dict.fromkeys((*first, second))
    profiles = [walker(f"{speed:g} m/s", speed=speed) for speed in speeds]
    case = scenario(venue, demands, seed=seed, duration=200.0, profiles=profiles)
    return {"groups": Trial(_spread, case)}


def _part(group: str, speed: float, people: int) -> Demand:
    """Those of a group who walk at one speed."""
    name, shares = f"{group} at {speed:g} m/s", ((f"{speed:g} m/s", 1.0),)
    return Demand(group, "door", burst=Burst(0.0, people), profiles=shares, name=name, group=group)


def _spread(case: Scenario) -> Measures:
    found = track(case, every=10)
    return {"spread": float(np.ptp(found.left[:_FIRST])), "out": int(np.isfinite(found.left).sum())}


def _judge(runs: Runs, data: Path) -> Verdict:
    spreads = np.array([m["spread"] for m in runs["groups"]])
    out, worst = all(m["out"] == 15 for m in runs["groups"]), float(np.max(spreads))
    late = int((~(spreads <= _SPREAD)).sum())
    holds = outcome(out and late == 0)
    return Verdict(
        standard=holds,
        project=holds,
        measured={"spread of the first group, mean [s]": float(spreads.mean()), "largest [s]": worst},
        margin=1.0 - worst / _SPREAD,
        reason=f"the spread is larger in {late} of {spreads.size} runs" if late else "",
    )


def _case(key: str, source: str, setup: str, *, first: dict[float, int], second: float) -> Case:
    return Case(
        key=key,
        suite=key.partition("-")[0],
        title="Groups stay together",
        source=source,
        setup=f"A room of 20 m x 10 m with a door of 1 m; {setup}, ten more between them and the door at {second} m/s.",
        criterion="The first group leaves within 10 s, in every run; all 15 are out.",
        tier=1,
        seeds=10,
        trials=partial(_two_groups, first=first, second=second),
        judge=_judge,
        sets=("groups", *SPEEDS),
    )


CASES = (
    _case(
        "nist-2.9", "NIST TN 1822, Verif. 2.9", "four people at 1.25 m/s and one at 0.5 m/s",
        first={1.25: 4, 0.5: 1}, second=0.2,
    ),
    _case("iso-14", "ISO 20414:2020, test 14", "five people at 1.25 m/s", first={1.25: 5}, second=0.5),
)  # fmt: skip
