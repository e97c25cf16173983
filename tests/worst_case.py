"""The worst that walls must stand: packed crowds that press against each other past fins, corners and a barrier.

Rooms with thin fins (thinner than a body, pointed at the end), thin pillars and a barrier without any thickness; 8 to
10 people/m2 where the two halves of the crowd meet, each of which presses on with 0.4 of what a walk takes. Nobody may
pass a wall, nobody's place may be no number. Not collected by itself: `tests/claims/test_walls_hold.py` runs a little
of it, `make worst-case` 1e8 person-steps (about an hour).
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon, box

from crowd.demand import Demand
from crowd.interventions import Barrier
from crowd.model import CrowdModel
from crowd.scenario import Scenario
from crowd.triggers import Measure
from tests import scenes
from venues import Level, Venue, Zone

LENGTH, WIDTH = 12.0, 5.0
#: People per floor at first [1/m2]; where they meet there are more.
DENSITY = 7.5
#: Force of those who press [N]: m push v0 / tau at push 0.4 for 75 kg, 1.34 m/s and 0.3 s.
PRESS = 134.0
#: People may come round the end of a fin within a tick: they are taken to pass through it only farther from that [m].
ROUND = 0.3


@dataclass(frozen=True)
class Found:
    """What happened in a room: how often somebody passed a wall, stood outside the floor or nowhere; densest [1/m2]."""

    person_steps: int
    passed: int
    out: int
    nan: int
    densest: float


def room(seed: int) -> tuple[Scenario, np.ndarray]:
    """A crowd that walks both ways through a room drawn at random; what of walls nobody comes round (w, 4)."""
    rng = np.random.default_rng(seed)
    fins, spines = [], []
    for k, x in enumerate(np.arange(2.0, LENGTH - 1.5, 1.6)):
        base, up = ((0.0, 1.0), (WIDTH, -1.0))[k % 2]
        lean, long = rng.uniform(-0.6, 0.6), rng.uniform(0.8, 1.8)
        tip = np.array((x + lean, base + up * long))
        half = rng.uniform(0.01, 0.08)
        fins.append(Polygon([(x - half, base - up * 0.1), (x + half, base - up * 0.1), tuple(tip)]))
        foot = np.array((x, base))
        spines.append(np.concatenate((foot, tip + (foot - tip) * ROUND / np.hypot(*(tip - foot)))))
    pillars = [box(x, y, x + 0.06, y + 0.2) for x, y in rng.uniform((2.5, 2.2), (LENGTH - 2.5, 2.8), (3, 2))]
    floor: Any = box(0.0, 0.0, LENGTH, WIDTH).difference(shapely.union_all([*fins, *pillars]))
    west, east = box(0.0, 0.0, 0.3, WIDTH), box(LENGTH - 0.3, 0.0, LENGTH, WIDTH)
    middle = LENGTH / 2
    zones = (
        Zone("from-west", "ground", box(0.4, 0.0, middle, WIDTH), scenes.SOURCE),
        Zone("from-east", "ground", box(middle, 0.0, LENGTH - 0.4, WIDTH), scenes.SOURCE),
        Zone("west", "ground", west, scenes.EXIT),
        Zone("east", "ground", east, scenes.EXIT),
    )
    venue = Venue(name="worst", levels=(Level("ground", floor),), zones=zones)
    people = round(0.5 * DENSITY * floor.area)
    demands = [Demand.present("from-west", "east", people=people), Demand.present("from-east", "west", people=people)]
    line = LineString([(middle - 0.8, 1.9), (middle + 0.8, 3.1)])
    barrier = Measure(Barrier("ground", tuple(line.coords)))  # type: ignore[arg-type]
    scenario = scenes.scenario(
        venue, demands, seed=seed, measures=[barrier], parameters={"contact.crowd_push": PRESS}, duration=3600.0
    )
    inner = [line.interpolate(ROUND), line.interpolate(line.length - ROUND)]
    spines.append(np.concatenate([point.coords[0] for point in inner]))
    return scenario, np.array(spines)


def watch(seed: int, *, ticks: int) -> Found:
    """Let the crowd of a room press for some ticks of 0.1 s."""
    scenario, spines = room(seed)
    model, floor = CrowdModel(scenario), scenario.venue.levels[0].floor
    steps = passed = out = nan = 0
    shapely.prepare(floor)
    p = model.people
    for _ in range(ticks):
        before = p.present()
        x, y = p.x[before].copy(), p.y[before].copy()
        model.step()
        nan += int((~np.isfinite(p.x[before]) | ~np.isfinite(p.y[before])).sum())
        passed += crossings(spines, x, y, p.x[before], p.y[before])
        out += int((~shapely.intersects_xy(floor, p.x[before], p.y[before])).sum())
        steps += before.size
    return Found(steps, passed, out, nan, densest(p.x[p.present()], p.y[p.present()]))


def crossings(walls: np.ndarray, ax: np.ndarray, ay: np.ndarray, bx: np.ndarray, by: np.ndarray) -> int:
    """How many steps from a to b (n,) cross how many walls (w, 4)."""
    x, y, dx, dy = walls[:, :1], walls[:, 1:2], walls[:, 2:3] - walls[:, :1], walls[:, 3:] - walls[:, 1:2]
    own = (dx * (ay - y) - dy * (ax - x)) * (dx * (by - y) - dy * (bx - x))
    ex, ey = bx - ax, by - ay
    theirs = (ex * (y - ay) - ey * (x - ax)) * (ex * (y + dy - ay) - ey * (x + dx - ax))
    return int(((own < 0.0) & (theirs < 0.0)).sum())


def densest(x: np.ndarray, y: np.ndarray) -> float:
    """Most people on one square metre of a grid [1/m2]."""
    counts, _, _ = np.histogram2d(x, y, bins=(int(LENGTH), int(WIDTH)), range=((0, LENGTH), (0, WIDTH)))
    return float(counts.max())


def main(person_steps: float) -> None:
    """Rooms until so many person-steps are done; a line each, and at the end what went wrong."""
    began, done, wrong, seed, most = time.perf_counter(), 0, 0, 0, 0.0
    while done < person_steps:
        seed += 1
        found = watch(seed, ticks=2000)
        done, wrong = done + found.person_steps, wrong + found.passed + found.out + found.nan
        most = max(most, found.densest)
        print(f"room {seed}: {found}; {done:.3g} person-steps in {time.perf_counter() - began:.0f} s", flush=True)
    print(f"{done} person-steps in {seed} rooms, up to {most:g} people/m2: {wrong} faults")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1e8)
