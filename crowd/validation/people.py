"""How fast people are, by age and sex, and what one slow person does to the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats
from shapely.geometry import box

from crowd.population import Population
from crowd.profiles import PROFILES, Profile
from crowd.scenario import Scenario
from crowd.validation.case import Case, Measures, Runs, Trial, Verdict, outcome
from crowd.validation.readings import track
from crowd.validation.scenes import SPEEDS, flat, present, scenario, walker

#: A sample agrees with a distribution if the probability of the Kolmogorov-Smirnov statistic is above this.
_LIKELY = 0.05
#: Age -> mean speeds that RiMEA's figure 3 is read as [m/s], and how many of 50 people are that old (CrowdSim and
#: jupedsim-web-community).
_BY_AGE = {
    20: (1.60, 1.64, 10), 30: (1.52, 1.56, 10), 40: (1.46, 1.50, 10), 50: (1.39, 1.43, 10), 60: (1.27, 1.27, 5),
    70: (1.07, 1.07, 5),
}  # fmt: skip
_BESIDE = 0.03
_AT_30 = 1.52


def _field(seed: int, people: Sequence[tuple[Profile, int]], *, length: float) -> Scenario:
    """A floor with 1 m of width for each person, spread over its first 20 m: nobody is in another's way."""
    width = float(sum(n for _, n in people))
    venue = flat(
        box(0, 0, length, width),
        sources={"start": box(0, 0, 20, width)},
        exits={"end": box(length - 2, 0, length, width)},
    )
    demands = [present("start", "end", n, profile=p.name, name=p.name) for p, n in people]
    slowest = min(profile.speed_min for profile, _ in people)
    profiles = [profile for profile, _ in people]
    return scenario(venue, demands, seed=seed, duration=1.2 * length / slowest, profiles=profiles)


def _speeds(case: Scenario) -> Measures:
    """Speed of each person from 2 m behind the start area to 2 m before the exit, and as drawn; their profile."""
    drawn = Population.expected(case, ("start",))
    found = track(case, every=5)
    low, high = 22.0, case.venue.zone("end").polygon.bounds[0] - 2.0
    order = np.lexsort((found.frame, found.id))
    person, x, time = (a[order] for a in (found.id, found.x, found.time))
    times = [np.interp([low, high], x[person == k], time[person == k]) for k in range(drawn.speed.size)]
    speeds = [float((high - low) / (after - before)) for before, after in times]
    names = [profile.name for profile in case.profiles]
    return {"speed": speeds, "drawn": drawn.speed.tolist(), "profile": [names[k] for k in drawn.profile]}


def _age_trials(seed: int, data: Path) -> Mapping[str, Trial]:
    """Fifty adults of several ages at the mean speed of their age, and fifty of 30 years."""
    steady = [(replace(PROFILES[f"adult-{age}"], speed_sd=0.0), n) for age, (_, _, n) in _BY_AGE.items()]
    return {
        "ages": Trial(_speeds, _field(seed, steady, length=70.0)),
        "30 years": Trial(_speeds, _field(seed, [(PROFILES["adult-30"], 50)], length=70.0)),
    }


def _age_judge(runs: Runs, data: Path) -> Verdict:
    """Mean speed by age beside the band; at 30 years the mean read off the figure in the interval of the measured."""
    off = []
    measured: dict[str, float] = {}
    for age, (low, high, _) in _BY_AGE.items():
        of_age = [v for m in runs["ages"] for v, p in zip(m["speed"], m["profile"], strict=True) if p == f"adult-{age}"]
        mean = measured[f"mean speed at {age} years [m/s]"] = float(np.mean(of_age))
        off.append(max(low - mean, mean - high, 0.0))
    low, high = _bootstrap([v for m in runs["30 years"] for v in m["speed"]])
    likely = float(np.median([stats.ks_2samp(m["speed"], m["drawn"]).pvalue for m in runs["30 years"]]))
    inside = low <= _AT_30 <= high
    return Verdict(
        standard=outcome(max(off) <= _BESIDE),
        project=outcome(max(off) <= _BESIDE and inside and likely > _LIKELY),
        measured=measured
        | {"mean at 30 years, 95 % from [m/s]": low, "to [m/s]": high, "p against the speeds drawn, median": likely},
        margin=min(1.0 - max(off) / _BESIDE, min(_AT_30 - low, high - _AT_30) / (0.5 * (high - low)), likely - _LIKELY),
    )


def _bootstrap(values: Sequence[float]) -> tuple[float, float]:
    """Bootstrap interval of 95 % of a mean."""
    found = stats.bootstrap((values,), np.mean, n_resamples=2000, rng=np.random.default_rng(1), method="percentile")
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def _sample_trials(seed: int, data: Path, *, profile: Profile, people: int, length: float) -> Mapping[str, Trial]:
    return {"speeds": Trial(_speeds, _field(seed, [(profile, people)], length=length))}


def _sample_judge(runs: Runs, data: Path, *, same: Any, moments: bool) -> Verdict:
    """Measured speeds agree with a distribution.

    Args:
        same: it, from SciPy. moments: whether mean and standard deviation are asked for too, within 0.05 m/s.
    """
    pooled = np.concatenate([m["speed"] for m in runs["speeds"]])
    likely = float(np.median([stats.kstest(m["speed"], same.cdf).pvalue for m in runs["speeds"]]))
    off = max(abs(pooled.mean() - same.mean()), abs(pooled.std(ddof=1) - same.std()))
    holds = likely > _LIKELY and (off <= 0.05 or not moments)
    return Verdict(
        standard=outcome(holds),
        project=outcome(holds),
        measured={"mean [m/s]": pooled.mean(), "standard deviation [m/s]": pooled.std(ddof=1), "p, median": likely},
        margin=min((likely - _LIKELY) / (1.0 - _LIKELY), 1.0 - off / 0.05 if moments else 1.0),
    )


def _passage(seed: int, last: Profile) -> Scenario:
    """Two rooms joined by a passage 1.5 m wide; 24 people behind one who stands nearer to it."""
    floor = box(0, 0, 8, 6).union(box(8, 2.25, 14, 3.75)).union(box(14, 0, 22, 6)).union(box(22, 2.5, 24, 3.5))
    venue = flat(
        floor,
        sources={"zone 1": box(0, 0, 5, 6), "zone 2": box(6, 2, 7.6, 4)},
        exits={"exit": box(23, 2.5, 24, 3.5)},
    )
    others = _OTHERS
    demands = [
        present("zone 1", "exit", 24, profile=others.name),
        present("zone 2", "exit", 1, profile=last.name, name="one"),
    ]
    profiles = [others] if last == others else [others, last]
    return scenario(venue, demands, seed=seed, duration=120.0, profiles=profiles)


def _evacuation(case: Scenario) -> Measures:
    """When the last one is out [s], and how many are."""
    found = track(case, every=5)
    return {"time": found.time_of_last, "out": int(np.isfinite(found.left).sum()), "off": found.off_floor}


_OTHERS = walker("occupant", speed=1.25, radius_mean=0.2, radius_sd=0.0)
_SLOW = walker("disabled-occupant", speed=0.8, radius_mean=0.4, radius_sd=0.0, radius_min=0.4, radius_max=0.4)


def _overtaking_trials(seed: int, data: Path) -> Mapping[str, Trial]:
    return {"with": Trial(_evacuation, _passage(seed, _SLOW)), "without": Trial(_evacuation, _passage(seed, _OTHERS))}


def _overtaking_judge(runs: Runs, data: Path) -> Verdict:
    """It takes longer with the person with a disability, and all are out."""
    out = min(m["out"] for measures in runs.values() for m in measures)
    longer = [a["time"] - b["time"] for a, b in zip(runs["with"], runs["without"], strict=True)]
    mean = {name: float(np.mean([m["time"] for m in measures])) for name, measures in runs.items()}
    holds = out == 25 and mean["with"] > mean["without"]
    return Verdict(
        standard=outcome(holds),
        project=outcome(out == 25 and min(longer) > 0.0),
        measured={
            "time with [s]": mean["with"],
            "time without [s]": mean["without"],
            "smallest difference of a seed [s]": min(longer),
            "people out, fewest": float(out),
        },
        margin=min(longer) / mean["without"] if out == 25 else -1.0,
        reason="" if out == 25 else f"only {out} of 25 people are out after 120 s",
    )


def _sample_case(
    key: str, suite: str, source: str, *, profile: Profile, people: int, same: Any, tier: int, seeds: int,
    length: float = 70.0,
) -> Case:  # fmt: skip
    """Speeds of many people as each guideline asks for them."""
    moments = profile.name not in PROFILES
    told = profile.name if not moments else f"N({profile.speed_mean:g}, {profile.speed_sd:g}) m/s, cut off at 3 sd"
    also = "mean and standard deviation within 0.05 m/s, " if moments else ""
    return Case(
        key=key,
        suite=suite,
        title="People's speeds",
        source=source,
        setup=f"{people} people ({told}) cross a floor {length:g} m long with 1 m of width for each (assumed).",
        criterion=f"Measured speeds agree with the distribution: {also}median Kolmogorov-Smirnov p above 0.05.",
        tier=tier,
        seeds=seeds,
        trials=partial(_sample_trials, profile=profile, people=people, length=length),
        judge=partial(_sample_judge, same=same, moments=moments),
        sets=SPEEDS if moments else (),
    )


def _overtaking_case(key: str, suite: str, source: str) -> Case:
    """The same passage as both guidelines ask for it."""
    return Case(
        key=key,
        suite=suite,
        title="Overtaking a person with a disability",
        source=source,
        setup="Two rooms of 8 x 6 m joined by a level passage 1.5 m wide and 6 m long (sizes assumed), exit of 1 m; 24 "
        "people of 1.25 m/s and radius 0.2 m behind one of 0.8 m/s and 0.4 m; control: 25 alike.",
        criterion="All 25 get out, and it takes longer than in the control; ours: in every seed.",
        tier=1,
        seeds=10,
        trials=_overtaking_trials,
        judge=_overtaking_judge,
        sets=(*SPEEDS, "walker radius_mean", "walker radius_sd", "walker radius_min", "walker radius_max"),
    )


_NORMAL = walker(speed=1.2, sd=0.2)
_NORMAL_SAME = stats.truncnorm(-3.0, 3.0, 1.2, 0.2)

CASES = (
    Case(
        key="rimea-07",
        suite="rimea",
        title="Allocation of demographic parameters",
        source="RiMEA 4.1.1, annex 1, test 7",
        setup="50 adults at the mean speed of their age (20 to 70 years) cross a floor 70 m long with 1 m of width for "
        "each (assumed); again 50 of 30 years.",
        criterion="Mean speeds by age within 0.03 m/s of the figure; ours: also 1.52 m/s in the 95 % bootstrap "
        "interval of the mean at 30 years, and median Kolmogorov-Smirnov p against the speeds drawn above 0.05.",
        tier=1,
        seeds=10,
        trials=_age_trials,
        judge=_age_judge,
        sets=("walker speed_sd",),
    ),
    _sample_case(
        "imo-07", "imo", "IMO MSC.1/Circ.1533, annex 3, test 7, table 3.4", profile=PROFILES["imo-male-30-50"],
        people=50, same=stats.uniform(0.97, 0.65), tier=1, seeds=10,
    ),
    _sample_case(
        "nist-2.4", "nist", "NIST TN 1822, Verif.2.4", profile=_NORMAL, people=100, same=_NORMAL_SAME, tier=0, seeds=10,
    ),
    _sample_case(
        "iso-05", "iso", "ISO 20414:2020, test 5", profile=_NORMAL, people=100, same=_NORMAL_SAME, tier=1, seeds=10,
        length=100.0,
    ),
    _overtaking_case("nist-2.10", "nist", "NIST TN 1822, Verif.2.10"),
    _overtaking_case("iso-07", "iso", "ISO 20414:2020, test 7"),
)  # fmt: skip
