"""Which headway and strip make the model's doors pass what was counted, and how far off is it at doors left out?

Two constants are fitted to three doors; the error is told at two others, which the fit has not seen. A district puts
its own counts in `COUNTED` and `HELD_OUT`: people a second through a bottleneck while a crowd stands before it. Those
here are of Seyfried et al. 2009: 60 people, a bottleneck 2.8 m long. `11_calibration.py 10` takes ten seeds, not one.
"""

import sys
from datetime import UTC, datetime
from itertools import product

import numpy as np

from crowd import CrowdModel, Scenario
from crowd.demand import Demand
from crowd.journeys import Journey, LeaveBy
from venues.shapes import bottleneck

COUNTED, HELD_OUT = {0.8: 1.29, 1.0: 1.90, 1.2: 2.36}, {0.9: 1.67, 1.1: 2.12}  # clear width [m]: flow [1/s]
TRIED = {"steering.headway": (0.85, 0.925, 1.05), "steering.strip": (0.37, 0.46)}
PEOPLE, FIRST, LAST = 60, 6, 54


def flow(width: float, constants: dict[str, float], seed: int) -> float:
    """People through a bottleneck while a crowd stands before it [1/s]; few, if they jam before the last is through."""
    scenario = Scenario(
        name="calibration",
        venue=bottleneck(width=width, length=2.8, room_width=4.0, room_length=9.0),
        start=datetime(2026, 1, 1, tzinfo=UTC),
        duration=300.0,
        demands=(Demand.present("start", "out", people=PEOPLE),),
        journeys=(Journey("out", (LeaveBy(("exit",)),)),),
    )
    model, times = CrowdModel(scenario.with_parameters(constants), seed=seed), [0.0]
    while model.running and len(times) <= LAST:
        model.step()
        times += [model.time] * (int(model.line_counts[0, 0]) + 1 - len(times))
    return (len(times) - 1 - FIRST) / (model.time - times[FIRST])


def error(doors: dict[float, float], constants: dict[str, float], seeds: int) -> float:
    """Root of the mean squared relative error of the flows, each a mean over seeds."""
    means = {width: np.mean([flow(width, constants, seed) for seed in range(1, seeds + 1)]) for width in doors}
    return float(np.sqrt(np.mean([(means[width] / found - 1.0) ** 2 for width, found in doors.items()])))


def main(seeds: int = 1) -> dict[str, float]:
    """Try all pairs of the two constants, take the best, and tell its error beside that of the defaults."""
    errors = {pair: error(COUNTED, dict(zip(TRIED, pair, strict=True)), seeds) for pair in product(*TRIED.values())}
    ranked = sorted(errors, key=errors.__getitem__)
    for headway, strip in ranked:
        print(f"headway {headway:g} s, strip {strip:g}: {errors[headway, strip]:.1%} off the counts")
    best = dict(zip(TRIED, ranked[0], strict=True))
    found = {"fit": errors[ranked[0]], "held out": error(HELD_OUT, best, seeds), "default": error(HELD_OUT, {}, seeds)}
    print(f"The best is off by {found['held out']:.1%} at the doors left out, the defaults by {found['default']:.1%}.")
    return found | best


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
