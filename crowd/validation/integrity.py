"""Whether the contact core is sound: Newton's laws, columns, energy, rotation, time step, neighbours, compilers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from shapely.geometry import box

from crowd.kernels.neighbours import cell_keys, sort_into_cells, touching_pairs
from crowd.model import CrowdModel
from crowd.parameters import Contact
from crowd.scenario import Scenario
from crowd.validation.bodies import collided, column, heaped, staggered, thrown_together
from crowd.validation.case import Case, Curve, Measures, Runs, Trial, Verdict, outcome
from crowd.validation.scenes import flat, present, scenario

#: How long columns and packings push before their forces are read [s].
_SETTLED = 30.0
#: Each person's push in columns and packings [N].
_PUSH = 100.0
#: Push in a column of people who stand and who press in turn, as a share of what one who stands holds.
_HELD = 0.9
_ANGLES = (0.0, 15.0, 30.0, 45.0)
_LENGTHS = (5, 10, 20, 50, 100)


def _margin(worst: float, allowed: float) -> float:
    """How much of what is allowed is left, as its share."""
    return 1.0 - worst / allowed


def _kernels(measure: Callable[[Any], Measures]) -> Callable[[int, Path], dict[str, Trial]]:
    """Trials of a measure that runs kernels only."""
    return lambda seed, data: {"kernels": Trial(measure)}


def _verdict(holds: bool, measured: dict[str, float], *, margin: float | None = None, reason: str = "") -> Verdict:
    """Where the source's criterion and ours are one."""
    return Verdict(outcome(holds), outcome(holds), measured, margin=margin, reason="" if holds else reason)


def _balance(_: None) -> Measures:
    """Momentum that a closed group gains: pairs alone, then a dozen bodies together, shares of all momentum."""
    # Without brace and brakes, and a reaction time that makes the drive vanish against the contacts, only contact acts.
    constants = Contact()._replace(brace=0.0, brake_limit=0.0, reaction_time=1e12, speed_limit=1e9)
    h = 0.005
    pair_forces, gained = [], []
    for seed in range(1, 21):
        pair = thrown_together(2, seed=seed, spread=0.2)
        before = pair.momentum
        after = pair.push(h, h=h, constants=constants).momentum
        pair_forces.append(float(np.abs(after - before).max() / h))
        group = thrown_together(12, seed=seed)
        scale = float((group.mass * np.hypot(group.vx, group.vy)).sum())
        gained.append(float(np.abs(group.momentum - group.push(0.1, constants=constants).momentum).max() / scale))
    return {"pair": max(pair_forces), "group": max(gained)}


def _judge_balance(runs: Runs, data: Path) -> Verdict:
    found = runs["kernels"][0]
    measured = {"sum of the forces of a pair [N]": found["pair"], "momentum gained [share]": found["group"]}
    worst = max(found["pair"] / 1e-9, found["group"] / 1e-10)
    return _verdict(worst < 1.0, measured, margin=1.0 - worst, reason="the forces of a pair do not cancel")


def _static_column(_: None) -> Measures:
    errors = []
    for n in (1, 5, 20):
        pushed = column(n)
        pushed.press_x[-1] = -500.0
        # The others neither press nor stand fast: only then does each hand on all of the push.
        pushed.push(_SETTLED, constants=Contact()._replace(brace=0.0))
        chain = np.append(pushed.force[:-1], pushed.wall_force.sum()) if n > 1 else [pushed.wall_force.sum()]
        errors += [abs(float(f) / 500.0 - 1.0) for f in chain]
    return {"worst": max(errors)}


def _judge_static_column(runs: Runs, data: Path) -> Verdict:
    worst = runs["kernels"][0]["worst"]
    measured = {"largest error of a force [share]": worst}
    return _verdict(worst <= 0.01, measured, margin=_margin(worst, 0.01), reason="a push is lost or gained on its way")


def _pressing_columns(_: None) -> Measures:
    """Wall force of columns of which all press, and of which every second one presses a little less than one braces."""
    found: dict[str, list[float]] = {"all press": [], "half press": []}
    lowest = np.inf
    for n in _LENGTHS:
        for name, press in (("all press", 50.0), ("half press", _HELD * Contact().brace)):
            people = column(n, press=press)
            if name == "half press":
                people.press_x[::2] = 0.0
            # A push goes down a column like heat, so it takes the square of its length: m / (tau k) n^2, in seconds.
            people.push(max(_SETTLED, 0.05 * n * n))
            found[name].append(float(people.wall_force.sum()))
            lowest = min(lowest, float(people.force.min()))
    return {**found, "lowest": lowest}


def _judge_pressing_columns(runs: Runs, data: Path) -> Verdict:
    found = runs["kernels"][0]
    linear = np.array(found["all press"]) / (50.0 * np.array(_LENGTHS))
    braced = np.array(found["half press"])
    worst = float(np.abs(linear - 1.0).max())
    holds = worst <= 0.01 and bool((braced < 0.5 * np.array(found["all press"])).all()) and found["lowest"] >= 0.0
    bounded = bool(braced[-1] <= braced[0] + Contact().brace)
    axes = ("people in the column", "force on the wall [N]")
    curves = {
        name: Curve("model", tuple(map(float, _LENGTHS)), tuple(found[name]), *axes)
        for name in ("all press", "half press")
    }
    measured = {
        "largest error of the sum of the pushes [share]": worst,
        "wall force of 100 people who press 50 N each [N]": found["all press"][-1],
        "wall force of 100 people, every second one pressing [N]": float(braced[-1]),
        "lowest force on a person [N]": found["lowest"],
    }
    verdict = outcome(holds and bounded)
    return Verdict(verdict, verdict, measured, margin=_margin(worst, 0.01), curves=curves)


def _steps(_: None) -> Measures:
    coarse, fine = (float(staggered(press=_PUSH).push(10.0, h=h).force.max()) for h in (0.005, 0.0025))
    many = [
        np.concatenate([heaped(s, press=_PUSH).push(10.0, h=h).force for s in range(1, 13)]) for h in (0.005, 0.0025)
    ]
    tails = [float(np.percentile(forces, 99.0)) for forces in many]
    return {"worst": abs(fine / coarse - 1.0), "tail": abs(tails[1] / tails[0] - 1.0)}


def _judge_steps(runs: Runs, data: Path) -> Verdict:
    found = runs["kernels"][0]
    measured = {
        "change of the worst force [share]": found["worst"],
        "change of the 99th percentile [share]": found["tail"],
    }
    worst = max(found["worst"] / 0.05, found["tail"] / 0.10)
    return _verdict(worst < 1.0, measured, margin=1.0 - worst, reason="forces depend on the time step")


def _energy(_: None) -> Measures:
    bodies = collided()
    energy = [bodies.kinetic_energy] + [bodies.push(0.05).kinetic_energy for _ in range(40)]
    growth = max(later / earlier - 1.0 for earlier, later in pairwise(energy) if earlier > 1e-6 * energy[0])
    return {"growth": growth, "left": energy[-1] / energy[0]}


def _judge_energy(runs: Runs, data: Path) -> Verdict:
    found = runs["kernels"][0]
    measured = {"largest growth within 0.05 s [share]": found["growth"], "left after 2 s [share]": found["left"]}
    # Elastic energy is stored and given back within a collision: 2 % within 0.05 s is no gain.
    holds = found["growth"] <= 0.02 and found["left"] < 0.01
    return _verdict(holds, measured, margin=_margin(max(found["growth"], 0.0), 0.02), reason="kinetic energy grows")


def _turned(_: None) -> Measures:
    """Mean and 90th percentile of the forces in heaps turned by each angle."""
    found: dict[str, list[float]] = {"mean": [], "high": []}
    for angle in _ANGLES:
        forces = np.concatenate([heaped(seed, angle=angle, press=_PUSH).push(10.0).force for seed in range(1, 6)])
        found["mean"].append(float(forces.mean()))
        found["high"].append(float(np.percentile(forces, 90.0)))
    return found


def _judge_turned(runs: Runs, data: Path) -> Verdict:
    found = runs["kernels"][0]
    worst = max(float(np.abs(np.array(values) / values[0] - 1.0).max()) for values in found.values())
    measured = {"largest change of mean or 90th percentile [share]": worst}
    return _verdict(worst <= 0.03, measured, margin=_margin(worst, 0.03), reason="forces depend on the direction")


def _crossing(seed: int) -> Scenario:
    """25 people through 25 in a corridor of 7 m x 3 m: an odd number, close enough to touch."""
    zones = {"west": box(0, 0, 3, 3), "east": box(4, 0, 7, 3)}
    venue = flat(box(0, 0, 7, 3), sources=zones, exits={"to east": box(6, 0, 7, 3), "to west": box(0, 0, 1, 3)})
    demands = [present("west", "to east", 13), present("east", "to west", 12)]
    return scenario(venue, demands, seed=seed, duration=2.0)


def walked(seed: int = 1) -> list[float]:
    """Where 25 people are after two seconds in which they cross: x and y [m]."""
    model = CrowdModel(_crossing(seed))
    while model.running:
        model.step()
    return [float(value) for value in (*model.people.x, *model.people.y)]


_PROGRAM = "import json; from crowd.validation.integrity import walked; print(json.dumps(walked()))"


def _elsewhere(**environment: str) -> np.ndarray:
    """The same run in a process of its own, with other settings of the compiler."""
    command = [sys.executable, "-c", _PROGRAM]
    paths = os.pathsep.join(path for path in sys.path if path)
    settings = {**os.environ, "PYTHONPATH": paths, **environment}
    run = subprocess.run(command, env=settings, capture_output=True, text=True, check=True)
    return np.array(json.loads(run.stdout))


def _compiled(_: None) -> Measures:
    here = np.array(walked())
    threads = [_elsewhere(NUMBA_NUM_THREADS=str(n)) for n in (1, 2, 3)]
    plain = _elsewhere(NUMBA_DISABLE_JIT="1")
    scale = np.maximum(np.abs(here), 1e-3)
    return {
        "plain": float((np.abs(plain - here) / scale).max()),
        "threads": float(sum((other != here).sum() for other in threads)),
    }


def _judge_compiled(runs: Runs, data: Path) -> Verdict:
    found = runs["kernels"][0]
    measured = {
        "largest difference to uncompiled code [share]": found["plain"],
        "numbers that differ with 1, 2 or 3 threads": found["threads"],
    }
    holds = found["plain"] <= 1e-9 and found["threads"] == 0
    return _verdict(holds, measured, margin=_margin(found["plain"], 1e-9), reason="compiler or threads change numbers")


def _neighbours(_: None) -> Measures:
    return {"unlike": float(sum(unlike_brute_force(seed) for seed in range(1, 51)))}


def unlike_brute_force(seed: int) -> int:
    """People of a random cloud of up to 10 /m2 on two levels whose list of neighbours is not that of all pairs."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(50, 1000))
    x, y = rng.uniform(0, 10, (2, n))
    level = rng.integers(0, 2, n)
    grid = {"x0": -1.0, "y0": -1.0, "cell": 0.75, "nx": 16, "ny": 16}
    keys = cell_keys(x, y, level, *grid.values())
    order, starts = sort_into_cells(keys, 16 * 16 * 2)
    x, y, level, keys = x[order], y[order], level[order], keys[order]
    radius, speed = rng.uniform(0.15, 0.21, n), rng.uniform(0, 1.5, n)
    lists, counts = np.full((n, 60), -1, np.int32), np.zeros(n, np.int32)
    alone = radius + 0.1 + 0.1 * speed
    touching_pairs(x, y, alone, keys, starts, -1.0, -1.0, 16, 16, 0.75, lists, counts)
    distance = np.hypot(x[:, None] - x, y[:, None] - y)
    near = (distance < alone[:, None] + alone) & (level[:, None] == level) & ~np.eye(n, dtype=bool)
    return sum(lists[i, : counts[i]].tolist() != np.flatnonzero(near[i]).tolist() for i in range(n))


def _judge_neighbours(runs: Runs, data: Path) -> Verdict:
    unlike = runs["kernels"][0]["unlike"]
    measured = {"people with a wrong list": unlike}
    return _verdict(unlike == 0, measured, reason="the search misses neighbours or finds others")


def _case(
    number: int, title: str, setup: str, criterion: str, measure: Callable[[Any], Measures],
    judge: Callable[[Runs, Path], Verdict], *, tier: int = 0,
) -> Case:  # fmt: skip
    return Case(
        key=f"mechanics-integrity-{number}",
        suite="mechanics",
        title=title,
        source=f"integrity of the contact core, item {number} (our specification)",
        setup=setup,
        criterion=criterion,
        tier=tier,
        seeds=1,
        trials=_kernels(measure),
        judge=judge,
    )


CASES = (
    _case(
        1,
        "Action and reaction",
        "20 pairs and 20 groups of 12 overlapping bodies of different mass and size, without brace and drive.",
        "Forces of a pair cancel within 1e-9 N; a closed group gains less than 1e-10 of its momentum.",
        _balance,
        _judge_balance,
    ),
    _case(
        2,
        "A push through a column",
        "Columns of 1, 5 and 20 at a wall, the last pushed with 500 N, nobody standing fast.",
        "The wall and every one in between bear 500 N within 1 %.",
        _static_column,
        _judge_static_column,
    ),
    _case(
        3,
        "Columns that press",
        "Columns of 5 to 100 at a wall; all press with 50 N, or every second one with 0.9 of what those between hold.",
        "All pressing: the wall bears the sum within 1 %; among people who stand: less, and bounded; no force below 0.",
        _pressing_columns,
        _judge_pressing_columns,
        tier=1,
    ),
    _case(
        4,
        "Half the time step",
        "30 people in a staggered packing and 12 random heaps of 40 in pens, all pressing with 100 N, at h and h/2.",
        "The worst force of the packing changes by less than 5 %, the 99th percentile of the heaps by less than 10 %.",
        _steps,
        _judge_steps,
        tier=1,
    ),
    _case(
        5,
        "No energy from nothing",
        "25 people at a spacing of 0.4 m, thrown about at 0.8 m/s, whom nothing drives.",
        "Kinetic energy does not grow over whole collisions (2 % within 0.05 s allowed); 1 % is left after 2 s.",
        _energy,
        _judge_energy,
    ),
    _case(
        6,
        "No preferred direction",
        "Five heaps of 40 who press with 100 N in pens, turned by 0, 15, 30 and 45 deg.",
        "Mean and 90th percentile of the forces change by at most 3 %.",
        _turned,
        _judge_turned,
    ),
    _case(
        7,
        "Compiled or not, one thread or three",
        "25 people who cross in a corridor for 2 s: compiled, uncompiled, with 1, 2 and 3 threads.",
        "Uncompiled within 1e-9; the same bits for every number of threads.",
        _compiled,
        _judge_compiled,
    ),
    _case(
        8,
        "Neighbours are complete",
        "50 random clouds of up to 10 /m2 on two levels.",
        "Everybody's list of neighbours is that of all pairs.",
        _neighbours,
        _judge_neighbours,
    ),
)
