"""Which constants of steering decide how many people pass a door, and how fast they walk in a crowd?

Morris screening (SALib, extra `calibrate`): from several beginnings each constant is moved within 20 % of its default,
one after the other; mu* is the mean size of its effect over that range, as a share of the outcome. The seed is moved
too: what has no larger mu* may be chance. `12_sensitivity.py 6 sensitivity.png` takes six beginnings and draws bars.
"""

import sys

import numpy as np
import pandas as pd
from SALib.analyze import morris as effects
from SALib.sample import morris as moves

from crowd.parameters import Parameters, Steering, constants
from crowd.validation.readings import flow, track
from crowd.validation.ring import racetrack
from crowd.validation.scenes import present, scenario
from venues.shapes import bottleneck

DOOR, RING = bottleneck(width=1.0, room_width=4.0, room_length=9.0), racetrack(3.0, 10.0, 3.0)
FIXED = ("tick", "shoulder_fade_from", "shoulder_fade_to")  # the computer's own; and of denser crowds than these
VARIED = tuple(f"steering.{name}" for name in Steering._fields if name not in FIXED)


def door_flow(changed: dict[str, float], seed: int) -> float:
    """People through a bottleneck of 1 m while a crowd stands before it [1/s]."""
    case = scenario(DOOR, [present("start", "exit", 60)], seed=seed, duration=120.0).with_parameters(changed)
    return flow(track(case).crossings["bottleneck"][0], low=0.1, high=0.9)


def ring_speed(changed: dict[str, float], seed: int, share: float = 0.0) -> float:
    """Speed of 175 people in a ring (1.5 /m2), a share of them the other way round, from 5 to 12 s [m/s]."""
    demands = RING.demands(round(175 * (1.0 - share))) + RING.demands(round(175 * share), forward=False)
    case = scenario(RING.venue, demands, seed=seed, duration=12.0, journeys=RING.journeys).with_parameters(changed)
    return float(np.hypot(*(found := track(case)).speeds())[found.time > 5.0].mean())


OUTCOMES = {"door": door_flow, "one-way": ring_speed, "two-way": lambda changed, seed: ring_speed(changed, seed, 0.5)}


def main(beginnings: int = 6, names: tuple[str, ...] = VARIED) -> pd.DataFrame:
    """Tell mu* of each constant in three outcomes, the constants ranked by what they do at the door."""
    limits, default = constants(), Parameters().as_dict()
    spread = {name: 0.2 * (default[name] or limits[name].high) for name in names}  # of the range, around zero
    bounds = [(max(default[n] - d, limits[n].low), min(default[n] + d, limits[n].high)) for n, d in spread.items()]
    problem = {"num_vars": len(names) + 1, "names": [*names, "the seed alone"], "bounds": [*bounds, (1, 4)]}
    runs = moves.sample(problem, beginnings, seed=1)
    tried = [(dict(zip(names, run, strict=False)), round(run[-1])) for run in runs]
    found = {name: np.array([outcome(*one) for one in tried]) for name, outcome in OUTCOMES.items()}
    shares = {name: effects.analyze(problem, runs, y).to_df()["mu_star"] / y.mean() for name, y in found.items()}
    table = pd.DataFrame(shares).sort_values("door", ascending=False)
    print(table.map("{:.1%}".format).to_string())
    return table


if __name__ == "__main__":
    ranked = main(int(sys.argv[1]) if len(sys.argv) > 1 else 6)
    for file in sys.argv[2:]:
        ranked[::-1].plot.barh(figsize=(8, 8), xlabel="mu*, share of the outcome").figure.canvas.print_figure(file)
