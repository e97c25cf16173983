"""When people set off: delays as assigned, and of the distributions that guidelines ask for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from crowd.demand import PreMovement
from crowd.population import Population
from crowd.scenario import Scenario
from crowd.validation.case import Case, Measures, Runs, Trial, Verdict, outcome
from crowd.validation.measures import unmet
from crowd.validation.readings import track
from crowd.validation.scenes import present, scenario
from venues.shapes import room

#: Who is this far from where they stood has set off [m] (jupedsim-web-community), and moves at all (assumed).
_SET_OFF, _MOVED = 0.05, 0.01
#: Largest difference between assigned and measured time of setting off [s] (CrowdSim, jupedsim-web-community), and of
#: the first move: two ticks (jpscore).
_LATE, _LATE_MOVE = 0.5, 0.2
#: A sample agrees with a distribution if the probability of the Kolmogorov-Smirnov statistic is above this.
_LIKELY = 0.05
_SAMPLE = 1000
_TEN_TO_HUNDRED = PreMovement("uniform", 10.0, 100.0)
#: What delays are drawn from and the same distribution from SciPy: NIST TN 1822 through jupedsim-web-community.
_NIST_DELAYS = {
    "uniform": (_TEN_TO_HUNDRED, stats.uniform(10.0, 90.0)),
    "gamma": (PreMovement("gamma", 1.291, 103.901), stats.gamma(1.291, scale=103.901)),
    "log-normal": (PreMovement("lognormal", math.exp(4.586), 0.967), stats.lognorm(0.967, scale=math.exp(4.586))),
    "Weibull": (PreMovement("weibull", 139.285, 1.195), stats.weibull_min(1.195, scale=139.285)),
}
#: ISO 20414 leaves the numbers to the tester: these are assumed, the uniform ones are RiMEA's.
_ISO_DELAYS = {
    "uniform": (_TEN_TO_HUNDRED, stats.uniform(10.0, 90.0)),
    "normal": (PreMovement("normal", 60.0, 15.0), stats.truncnorm(-4.0, np.inf, 60.0, 15.0)),
    "log-normal": (PreMovement("lognormal", 40.0, 0.4), stats.lognorm(0.4, scale=40.0)),
}


def _room(seed: int, delay: PreMovement, people: int = 10) -> Scenario:
    """A room of 8 x 5 m with an exit of 1 m and people who wait before they leave."""
    demand = present("start", "exit", people, pre_movement=delay)
    longest = float(delay.delays(np.array([0.999999]))[0])
    return scenario(room(length=8.0, width=5.0, door_width=1.0), [demand], seed=seed, duration=longest + 60.0)


def _starts(case: Scenario) -> Measures:
    """When each person is to set off and when they do [s]."""
    assigned = Population.expected(case, ("start",)).pre_movement
    found = track(case, stop=lambda model: model.time > assigned.max() + 5.0)
    order = np.lexsort((found.frame, found.id))
    person, x, y, time = (a[order] for a in (found.id, found.x, found.y, found.time))
    first = np.searchsorted(person, person, side="left")
    away = np.hypot(x - x[first], y - y[first])
    started, moved = (
        [float(time[(away > far) & (person == k)].min(initial=np.inf)) for k in range(assigned.size)]
        for far in (_SET_OFF, _MOVED)
    )
    return {"assigned": assigned.tolist(), "started": started, "moved": moved}


def _draws(case: Scenario) -> Measures:
    """Delays that the people of a scenario are given [s]; nobody walks."""
    return {"drawn": Population.expected(case, ("start",)).pre_movement.tolist()}


def _start_trials(seed: int, data: Path) -> Mapping[str, Trial]:
    delays = {"uniform": _TEN_TO_HUNDRED, "fixed": PreMovement("fixed", 10.0)}
    return {name: Trial(_starts, _room(seed, delay)) for name, delay in delays.items()}


def _start_judge(runs: Runs, data: Path) -> Verdict:
    """Everyone sets off when assigned."""
    late = max(_lateness(m) for measures in runs.values() for m in measures)
    move = max(_lateness(m, "moved") for m in runs["fixed"])
    return Verdict(
        standard=outcome(late <= _LATE),
        project=outcome(late <= _LATE and move <= _LATE_MOVE + 1e-9),
        measured={"largest difference, set off [s]": late, "largest difference, first move at a fixed time [s]": move},
        margin=1.0 - max(late / _LATE, move / (_LATE_MOVE + 1e-9)),
    )


def _lateness(measures: Measures, what: str = "started") -> float:
    """Largest difference between assigned and measured times [s]."""
    return float(np.abs(np.subtract(measures[what], measures["assigned"])).max())


def _delay_trials(seed: int, data: Path, *, delays: Mapping[str, tuple[PreMovement, Any]]) -> Mapping[str, Trial]:
    """For each distribution ten people who set off, and many who are only given their delay."""
    starts = {f"{name}: starts": Trial(_starts, _room(seed, delay)) for name, (delay, _) in delays.items()}
    drawn = {f"{name}: drawn": Trial(_draws, _room(seed, delay, _SAMPLE)) for name, (delay, _) in delays.items()}
    return starts | drawn


def _delay_judge(runs: Runs, data: Path, *, delays: Mapping[str, tuple[PreMovement, Any]]) -> Verdict:
    """Starts, and delays of many, agree with each distribution; ours: also everyone sets off when assigned."""
    measured: dict[str, float] = {}
    for name, (_, same) in delays.items():
        starts = np.concatenate([m["started"] for m in runs[f"{name}: starts"]])
        drawn = np.concatenate([m["drawn"] for m in runs[f"{name}: drawn"]])
        measured[f"p {name}, {starts.size} starts"] = float(stats.kstest(starts, same.cdf).pvalue)
        measured[f"p {name}, {drawn.size} delays"] = float(stats.kstest(drawn, same.cdf).pvalue)
    least = min(measured.values())
    late = max(_lateness(m) for name in delays for m in runs[f"{name}: starts"])
    return Verdict(
        standard=outcome(least > _LIKELY),
        project=outcome(least > _LIKELY and late <= _LATE),
        measured=measured | {"largest difference to the assigned time [s]": late},
        margin=min((least - _LIKELY) / (1.0 - _LIKELY), 1.0 - late / _LATE),
        reason=unmet(
            (
                late <= _LATE,
                f"somebody is {_SET_OFF * 100:.0f} cm off {late:.1f} s from their time: pushed in passing, or barred",
            )
        ),
    )


def _start_case(key: str, suite: str, source: str) -> Case:
    """The same room as both guidelines ask for it."""
    return Case(
        key=key,
        suite=suite,
        title="Time before people set off",
        source=source,
        setup="A room of 8 x 5 m with an exit of 1 m; 10 people set off after 10 to 100 s, evenly drawn; again all "
        "after 10 s.",
        criterion="Each starts when assigned (within 0.5 s); ours: at a fixed time also moves within two ticks, 0.2 s.",
        tier=0,
        seeds=2,
        trials=_start_trials,
        judge=_start_judge,
        sets=("pre-movement",),
    )


def _delay_case(
    key: str, suite: str, source: str, *, seeds: int, tier: int, delays: Mapping[str, tuple[PreMovement, Any]]
) -> Case:
    """The same room for several distributions."""
    return Case(
        key=key,
        suite=suite,
        title="Pre-evacuation times",
        source=source,
        setup=f"A room of 8 x 5 m with an exit of 1 m and 10 people; delays {', '.join(delays)}; and the delays of "
        f"{_SAMPLE} people, drawn only.",
        criterion="Kolmogorov-Smirnov p above 0.05 for each; ours: also each starts when assigned (within 0.5 s).",
        tier=tier,
        seeds=seeds,
        trials=partial(_delay_trials, delays=delays),
        judge=partial(_delay_judge, delays=delays),
        sets=("pre-movement",),
    )


CASES = (
    _start_case("rimea-05", "rimea", "RiMEA 4.1.1, annex 1, test 5"),
    _start_case("imo-05", "imo", "IMO MSC.1/Circ.1533, annex 3, test 5"),
    _delay_case("nist-1.1", "nist", "NIST TN 1822, Verif.1.1", seeds=1, tier=0, delays=_NIST_DELAYS),
    _delay_case("iso-01", "iso", "ISO 20414:2020, test 1", seeds=6, tier=1, delays=_ISO_DELAYS),
)
