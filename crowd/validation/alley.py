"""The shipped alley with people coming in from all sides, below and above what a two-way corridor can carry."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from crowd.demand import Demand
from crowd.model import CrowdModel
from crowd.scenario import Scenario
from crowd.validation.case import Case, Curve, Measures, Runs, Trial, Verdict, outcome
from crowd.validation.measures import over_seeds, unmet
from crowd.validation.scenes import scenario
from venues import load_venue

#: Capacity of a two-way corridor [1/(m s)] (HERMES 2009, bot series) times the width of the alley [m].
CAPACITY = 1.25 * 3.2
#: How long people come, and how often those held are counted [s].
_DURATION, _QUARTER = 480.0, 120.0
_WAYS = (
    ("station-exit-1", "upper-west"),
    ("station-exit-1", "upper-east"),
    ("upper-west", "main-road"),
    ("upper-east", "main-road"),
)
#: Shares of the capacity.
_BELOW, _ABOVE = 0.7, 1.3
#: In steady flow the number held is rate x travel time, about 2.8 /s x 80 s; it must stay below this and grow by less
#: than that from the second quarter to the last.
_FLOWING, _STEADY = 300, 60
#: With more than the capacity, each quarter holds this many more at least, and the last holds that many.
_GROWING, _QUEUE = 50, 800


def _crowd(share: float, seed: int) -> Scenario:
    rate = share * CAPACITY / len(_WAYS)
    demands = [Demand.steady(source, to, rate=rate, duration=_DURATION) for source, to in _WAYS]
    return scenario(load_venue("itaewon-alley"), demands, seed=seed, duration=_DURATION)


def _held(case: Scenario) -> Measures:
    """People arrived but not gone, in the alley or waiting outside, at the end of each quarter."""
    model = CrowdModel(case)
    held = []
    while model.running:
        model.step()
        if model.time % _QUARTER == 0:
            expected, _, left, _, _ = model.snapshot().source_counts.sum(axis=0)
            held.append(int(expected - left))
    return {"held": held}


def flows(held: np.ndarray) -> bool:
    """Whether an alley flows: few are held, and hardly more at the end."""
    return bool(held.max() < _FLOWING and held[-1] - held[1] < _STEADY)


def queues(held: np.ndarray) -> bool:
    """Whether a queue grows without end."""
    return bool((np.diff(held) > _GROWING).all() and held[-1] > _QUEUE)


def _trials(seed: int, data: Path) -> dict[str, Trial]:
    return {f"{share:g}": Trial(_held, _crowd(share, seed)) for share in (_BELOW, _ABOVE)}


def _judge(runs: Runs, data: Path) -> Verdict:
    below, above = (over_seeds(runs[f"{share:g}"], "held") for share in (_BELOW, _ABOVE))
    flowing, queueing = sum(map(flows, below)), sum(map(queues, above))
    verdict = outcome(flowing == len(below) and queueing == len(above))
    times = tuple(_QUARTER * (k + 1) for k in range(below.shape[1]))
    return Verdict(
        verdict,
        verdict,
        {
            "seeds that flow at 0.7 of the capacity": float(flowing),
            "seeds that queue at 1.3 of the capacity": float(queueing),
            "most held at 0.7 of the capacity": float(below.max()),
            "fewest held at the end at 1.3 of the capacity": float(above[:, -1].min()),
        },
        margin=min(1.0 - float(below.max()) / _FLOWING, float(above[:, -1].min()) / _QUEUE - 1.0),
        reason=unmet(
            (flowing == len(below), f"at 0.7 of the capacity {len(below) - flowing} of {len(below)} seeds do not flow"),
            (
                queueing == len(above),
                f"at 1.3 of the capacity {len(above) - queueing} of {len(above)} seeds hold too few",
            ),
        ),
        curves={
            f"{share:g} of the capacity": Curve(
                "model",
                times,
                tuple(held.mean(axis=0).tolist()),
                "time [s]",
                "people held",
                tuple(held.min(axis=0).tolist()),
                tuple(held.max(axis=0).tolist()),
            )
            for share, held in ((_BELOW, below), (_ABOVE, above))
        },
    )


CASES = (
    Case(
        key="experiments-alley",
        suite="experiments",
        title="The alley flows below the measured capacity and not above it",
        source="two-way capacity 1.25 /(m s): HERMES 2009, bot series; the shipped venue itaewon-alley",
        setup="People come steadily from the station and from both upper ends, half each way, for 480 s, at 0.7 and at"
        " 1.3 times 1.25 /(m s) x 3.2 m.",
        criterion="At 0.7 fewer than 300 are held at any end of two minutes, and at the end less than 60 more than"
        " after four minutes; at 1.3 over 50 more every two minutes and over 800 at the end; with every seed.",
        tier=2,
        seeds=20,
        trials=_trials,
        judge=_judge,
    ),
)
