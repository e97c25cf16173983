"""Half of the people each way round a corridor without ends: which densities still flow."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from crowd.model import CrowdModel
from crowd.scenario import Scenario
from crowd.validation.case import Case, Curve, Measures, Outcome, Runs, Trial, Verdict
from crowd.validation.measures import mean_of, over_seeds
from crowd.validation.ring import racetrack
from crowd.validation.scenes import scenario

_DENSITIES = (1.0, 2.0, 3.0)
#: Width, straights, radius of the middle [m] (assumed).
_RING = partial(racetrack, 4.0, 20.0, 5.0, laps=100)
#: How long people walk, and the last part of it that is read [s].
_DURATION, _LAST = 300.0, 60.0
#: Ticks from one reading to the next: 1 s.
_EVERY = 10
#: On the straight that is measured so far from its ends [m] (assumed).
_MARGIN = 2.0
#: Slower than this on average over the last minute is gridlock [m/s] (assumed: a tenth of what people walk at 2 /m2).
_GRIDLOCK = 0.06


def _people(density: float, seed: int) -> Scenario:
    ring = _RING()
    half = round(density * ring.area / 2)
    demands = ring.demands(half) + ring.demands(half, forward=False)
    return scenario(ring.venue, demands, seed=seed, duration=_DURATION, journeys=ring.journeys)


def _read(case: Scenario) -> Measures:
    """Density [1/m2], speed [m/s] and flow of both ways [1/(m s)] on a straight, second by second; everyone's speed."""
    model = CrowdModel(case)
    x0, y0, x1, y1 = _RING().measured.bounds
    area = (x1 - x0 - 2 * _MARGIN) * (y1 - y0)
    found: list[tuple[float, float, float, float]] = []
    while model.running:
        model.step()
        if model.step_index % _EVERY:
            continue
        people, rows = model.people, model.people.present()
        x, y, vx, vy = (a[rows] for a in (people.x, people.y, people.vx, people.vy))
        here = (x > x0 + _MARGIN) & (x < x1 - _MARGIN) & (y > y0) & (y < y1)
        speed = float(np.hypot(vx, vy)[here].mean()) if here.any() else np.nan
        found.append((here.sum() / area, speed, np.abs(vx[here]).sum() / area, np.hypot(vx, vy).mean()))
    density, speeds, flows, everyone = np.array(found).T
    last = slice(-round(_LAST), None)
    return {
        "flow": float(flows[last].mean()),
        "speed": float(np.nanmean(speeds[last])),
        "everyone": float(everyone[last].mean()),
        "density": float(density[last].mean()),
        "flows": flows.tolist(),
    }


def _trials(seed: int, data: Path) -> dict[str, Trial]:
    return {f"{density:g}": Trial(_read, _people(density, seed)) for density in _DENSITIES}


def _judge(runs: Runs, data: Path) -> Verdict:
    shown: dict[str, float] = {}
    curves = {}
    blocked = []
    for density, ran in runs.items():
        # A jam in a bend leaves the straight empty, where the few who come are fast.
        stuck = int((over_seeds(ran, "everyone") < _GRIDLOCK).sum())
        shown[f"flow at {density} /m2, last minute [1/(m s)]"] = mean_of(ran, "flow")
        shown[f"speed at {density} /m2, last minute [m/s]"] = mean_of(ran, "speed")
        shown[f"speed of everyone at {density} /m2, last minute [m/s]"] = mean_of(ran, "everyone")
        shown[f"seeds in gridlock at {density} /m2"] = float(stuck)
        if stuck:
            blocked.append(f"{stuck} of {len(ran)} seeds at {density} /m2")
        flows = over_seeds(ran, "flows")
        times = tuple(float(k + 1) for k in range(flows.shape[1]))
        mean, low, high = (tuple(f(flows, axis=0).tolist()) for f in (np.mean, np.min, np.max))
        curves[f"{density} /m2"] = Curve("model", times, mean, "time [s]", "flow [1/(m s)]", low, high)
    return Verdict(
        Outcome.DOCUMENTED,
        Outcome.DOCUMENTED,
        shown,
        reason=f"gridlock: {', '.join(blocked)}" if blocked else "",
        curves=curves,
    )


CASES = (
    Case(
        key="experiments-two-way-periodic",
        suite="experiments",
        title="Two ways round a corridor without ends",
        source="ours; HERMES two-way runs hold 1.25 to 1.31 /(m s) at up to 3.5 /m2, for a minute",
        setup="A ring 4 m wide, straights of 20 m, half circles of 5 m, half of the people each way, at 1, 2 and 3 /m2"
        " for 300 s; flow of both ways together and speed over the last minute on one straight.",
        criterion="None; published. Gridlock is a mean speed of everyone below 0.06 m/s in the last minute.",
        tier=1,
        seeds=1,
        trials=_trials,
        judge=_judge,
    ),
)
