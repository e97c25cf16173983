"""Crowds that press: the estimator of crowd pressure, a surge at a barrier, doors in a hurry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from shapely.geometry import LineString, box

from crowd.journeys import Journey, LeaveBy, Watch
from crowd.measurement import Fields, Probes
from crowd.model import CrowdModel
from crowd.scenario import Scenario
from crowd.validation.case import Case, Curve, Measures, Outcome, Runs, Trial, Verdict, outcome
from crowd.validation.measures import first_times
from crowd.validation.readings import track
from crowd.validation.scenes import GROUND, SPEEDS, flat, present, scenario, walker
from venues import Level, Venue, Wall, Zone

#: The estimator: density [1/m2], standard deviation of each component of velocity [m/s], spacings of the grid [m].
_RHO, _SD, _SPACINGS = 4.0, 0.1, (0.25, 0.5, 1.0)
#: The surge: when it begins and ends, and the end of the run [s]; push of each person [N] (assumed, as pressing-adult).
_SURGE, _CALM, _END, _PUSH = 60.0, 180.0, 200.0, 100.0
_PEN = (15.0, 6.0)
#: Crowd pressure of a standing crowd, and of turbulence [1/s2] (Helbing, Johansson & Al-Abideen 2007).
_STILL, _TURBULENT = 0.005, 0.02
_HURRY = (1.0, 1.5, 2.0, 3.0, 5.0)
#: A door that people pass one at a time [m], and their speed [m/s]: what pauses are read at.
_NARROW, _AT = 0.7, 1.5


def _pressure(model: CrowdModel, probes: Probes) -> Fields:
    """Fields of the instant."""
    s = model.snapshot()
    return probes.compute(
        x=s.x, y=s.y, level=s.level, vx=s.vx, vy=s.vy, group=s.group,
        force_mean=s.contact_force_mean, force_max=s.contact_force_max,
    )  # fmt: skip


def _estimator(_: Any) -> Measures:
    """Crowd pressure over density times variance, for velocities at random, by spacing of the grid."""
    rng = np.random.default_rng(5)
    n = round(_RHO * 24.0**2)
    x, y = rng.uniform(0, 24, (2, n))
    vx, vy = rng.normal(0, _SD, (2, n))
    still = {name: np.zeros(n) for name in ("force_mean", "force_max")}
    whole = {name: np.zeros(n, np.int64) for name in ("level", "group")}
    venue = flat(box(0, 0, 24, 24), sources={}, exits={})
    found = {}
    for spacing in _SPACINGS:
        probes = Probes.of(venue, spacing=spacing)
        pressure = probes.compute(x=x, y=y, vx=vx, vy=vy, **still, **whole).crowd_pressure
        found[f"{spacing:g}"] = float(np.nanmean(pressure) / (_RHO * 2.0 * _SD**2))
    return found


def _judge_estimator(runs: Runs, data: Path) -> Verdict:
    found = runs["kernels"][0]
    error = max(abs(ratio - 1.0) for ratio in found.values())
    change = max(abs(a / b - 1.0) for a in found.values() for b in found.values())
    verdict = outcome(error <= 0.05 and change <= 0.10)
    return Verdict(
        verdict,
        verdict,
        {f"pressure / (density x variance) on a grid of {s} m": ratio for s, ratio in found.items()},
        margin=1.0 - max(error / 0.05, change / 0.10),
        reason="" if verdict == Outcome.PASS else "the estimator of crowd pressure is biased",
    )


def _show(seed: int) -> Scenario:
    """250 people in a pen before a barrier, who press from one moment to another, then turn to go."""
    depth, width = _PEN
    barrier = Wall(LineString([(2, 0), (2, width)]), "front")
    zones = (
        Zone("stage", GROUND, box(0, 0, 2, width), frozenset({"stage"})),
        Zone("pen", GROUND, box(2, 0, 2 + depth, width), frozenset({"waiting", "source"})),
        Zone("out", GROUND, box(24, 0, 25, width), frozenset({"exit"})),
    )
    venue = Venue("case", levels=(Level(GROUND, box(0, 0, 25, width), walls=(barrier,)),), zones=zones)
    watching = Watch("pen", "stage", _CALM, _SURGE, _PUSH)
    journeys = [Journey("out", (watching, LeaveBy(("out",))))]
    return scenario(venue, [present("pen", "out", 250)], seed=seed, duration=_END, journeys=journeys)


def _surge(case: Scenario) -> Measures:
    """Crowd pressure where people are squeezed, densities of the front, middle and back third, by time [s]."""
    model = CrowdModel(case)
    probes = Probes.of(case.venue)
    found: dict[str, list[float]] = {name: [] for name in ("time", "pressure", "front", "back")}
    while model.running:
        model.step()
        if model.step_index % 10:
            continue
        fields = _pressure(model, probes)
        dense = fields.density >= (3.0 if model.time >= _SURGE else 1.0)
        people = model.people.present()
        front, back = _thirds(model.people.x[people])
        values = (model.time, float(np.nanmean(fields.crowd_pressure[dense])) if dense.any() else 0.0, front, back)
        for name, value in zip(found, values, strict=True):
            found[name].append(value)
    overlap = float((model.people.largest_overlap * 2.0 * model.people.radius).max())
    return {**found, "overlap": overlap}


def _thirds(x: np.ndarray) -> tuple[float, float]:
    """Density of the first and of the last third of the people from the barrier at x = 2 [1/m2]."""
    if x.size < 3:
        return 0.0, 0.0
    edges = np.quantile(x, (1 / 3, 2 / 3, 1.0))
    third = x.size / 3.0 / _PEN[1]
    return float(third / (edges[0] - 2.0)), float(third / max(edges[2] - edges[1], 1e-9))


def _judge_surge(runs: Runs, data: Path) -> Verdict:
    found = runs["surge"]
    time = np.array(found[0]["time"])

    def mean(name: str, begin: float, end: float) -> float:
        during = (time > begin) & (time <= end)
        return float(np.mean([np.array(m[name])[during] for m in found]))

    still = mean("pressure", 30.0, _SURGE)
    early, late = mean("pressure", _SURGE + 30, _SURGE + 40), mean("pressure", _SURGE + 110, _SURGE + 120)
    front, back = mean("front", _SURGE + 30, _CALM), mean("back", _SURGE + 30, _CALM)
    loosened = {k: mean(k, _CALM + 3, _CALM + 5) / mean(k, _CALM - 10, _CALM) for k in ("front", "back")}
    overlap = max(m["overlap"] for m in found)
    claims = {
        f"a calm crowd has a pressure of {still:.4f} /s2": still < _STILL,
        f"the surge has {early:.4f} and {late:.4f} /s2, below {_TURBULENT} of turbulence: people who press"
        " steadily come to rest in this model, nothing in it stirs a packed crowd": min(early, late) >= _TURBULENT,
        f"bodies overlap by {overlap:.2f} m": overlap <= 0.15,
        f"the front third has {front:.1f}, the back third {back:.1f} /m2": front >= 4.0 and front >= back + 1.5,
        "the pressure does not last": late >= 0.6 * early,
        "the back does not loosen first": loosened["back"] < loosened["front"],
    }
    verdict = outcome(all(claims.values()))
    pressure = np.mean([m["pressure"] for m in found], axis=0)
    return Verdict(
        verdict,
        verdict,
        {
            "crowd pressure, calm [1/s2]": still,
            "crowd pressure, 30-40 s of the surge [1/s2]": early,
            "crowd pressure, 110-120 s of the surge [1/s2]": late,
            "density of the front third [1/m2]": front,
            "density of the back third [1/m2]": back,
            "largest overlap [m]": overlap,
        },
        margin=min(early, late) / _TURBULENT - 1.0,
        reason="; ".join(text for text, holds in claims.items() if not holds),
        curves={
            "surge": Curve("model", tuple(time.tolist()), tuple(pressure.tolist()), "time [s]", "crowd pressure [1/s2]")
        },
    )


def _hurry(seed: int, speed: float, *, door: float = 1.0) -> Scenario:
    """200 people in a room of 10 m x 10 m with one door, who would all walk at one speed."""
    floor = box(0, 0, 10, 10).union(box(10, 5 - door / 2, 10.3, 5 + door / 2)).union(box(10.3, 0, 14, 10))
    venue = flat(floor, sources={"room": box(0, 0, 9, 10)}, exits={"out": box(12, 0, 14, 10)})
    people = [present("room", "out", 200, profile="test-person")]
    return scenario(venue, people, seed=seed, duration=400.0, profiles=[walker(speed=speed)])


def _emptied(case: Scenario) -> Measures:
    return {"time": track(case, every=10).time_of_last}


def _pauses(case: Scenario) -> Measures:
    """Times between one person and the next in the door [s]."""
    found = track(case)
    return {"gaps": np.diff(np.sort(first_times(found, found.x > 10.0))).tolist()}


def _hurry_trials(seed: int, data: Path) -> dict[str, Trial]:
    return {f"{speed:g}": Trial(_emptied, _hurry(seed, speed)) for speed in _HURRY}


def _pauses_trials(seed: int, data: Path) -> dict[str, Trial]:
    return {"narrow": Trial(_pauses, _hurry(seed, _AT, door=_NARROW))}


def _judge_hurry(runs: Runs, data: Path) -> Verdict:
    times = {speed: float(np.mean([m["time"] for m in found])) for speed, found in runs.items()}
    fastest = min(times, key=lambda speed: times[speed])
    inside = fastest not in (f"{_HURRY[0]:g}", f"{_HURRY[-1]:g}")
    return Verdict(
        Outcome.DOCUMENTED,
        Outcome.PASS if inside else Outcome.DOCUMENTED,
        {f"time to empty at {speed} m/s [s]": t for speed, t in times.items()},
        reason=f"the room empties fastest at {fastest} m/s"
        + ("" if inside else ": faster is not slower in this model, where who hurries does not press harder"),
    )


def _judge_gaps(runs: Runs, data: Path) -> Verdict:
    gaps = np.concatenate([m["gaps"] for m in runs["narrow"]])
    gaps = np.sort(gaps[gaps > 0.0])
    tail = gaps[gaps >= np.quantile(gaps, 0.9)]
    exponent = float(1.0 + tail.size / np.log(tail / tail[0]).sum())
    return Verdict(
        Outcome.DOCUMENTED,
        Outcome.DOCUMENTED,
        {"longest pause [s]": float(gaps[-1]), "exponent of the tail": exponent},
        reason="the source sets no number; a power law's exponent is fitted to the longest tenth of the pauses",
    )


CASES = (
    Case(
        key="mechanics-crowd-pressure",
        suite="mechanics",
        title="The estimator of crowd pressure",
        source="T-HD1; Helbing, Johansson & Al-Abideen 2007",
        setup="People at random at 4 /m2 on 24 m x 24 m whose velocities are drawn with 0.1 m/s; grids of 0.25 to 1 m.",
        criterion="Density times variance within 5 %; the same within 10 % for every grid.",
        tier=0,
        seeds=1,
        trials=lambda seed, data: {"kernels": Trial(_estimator)},
        judge=_judge_estimator,
    ),
    Case(
        key="mechanics-surge",
        suite="mechanics",
        title="Turbulence in a surge at a barrier",
        source="T-HD2, after a public model's test; threshold: Helbing, Johansson & Al-Abideen 2007",
        setup="250 adults stand in a pen 6 m wide; from 60 to 180 s all press towards the barrier with 100 N.",
        criterion="Crowd pressure below 0.005 /s2 when calm, at least 0.02 in the surge and lasting; overlap up to"
        " 0.15 m; front third at 4 /m2 or more and 1.5 above the back; the back loosens first.",
        tier=2,
        seeds=5,
        trials=lambda seed, data: {"surge": Trial(_surge, _show(seed))},
        judge=_judge_surge,
    ),
    Case(
        key="mechanics-integrity-9",
        suite="mechanics",
        title="Faster is slower",
        source="integrity of the contact core, item 9 (our specification); Helbing, Farkas & Vicsek 2000",
        setup="200 adults leave a room of 10 m x 10 m by a door of 1 m, all wishing to walk at 1 to 5 m/s.",
        criterion="The time to empty the room has a minimum in between; published if it has none.",
        tier=1,
        seeds=3,
        trials=_hurry_trials,
        judge=_judge_hurry,
        sets=SPEEDS,
    ),
    Case(
        key="mechanics-integrity-10",
        suite="mechanics",
        title="Pauses at a door",
        source="integrity of the contact core, item 10 (our specification)",
        setup=f"200 adults leave a room of 10 m x 10 m by a door of {_NARROW} m, all wishing to walk at {_AT} m/s.",
        criterion="Pauses between people have a heavy tail; the source sets no number.",
        tier=2,
        seeds=5,
        trials=_pauses_trials,
        judge=_judge_gaps,
        sets=SPEEDS,
    ),
)
