"""Along corridors in one direction: the fundamental diagram, speed and flow at a density."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from shapely.geometry import box

from crowd.scenario import Scenario
from crowd.validation.case import Case, Curve, Measures, Runs, Trial, Verdict, outcome
from crowd.validation.measures import inside, mean_of, over_seeds, unmet
from crowd.validation.readings import Tracks, track
from crowd.validation.scenes import flat, present, scenario

#: Densities that RiMEA asks for and one below them, to see the whole curve fall [1/m2].
_DENSITIES = (0.2, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
_FILE_DENSITIES = (0.5, 1.0, 2.0, 3.0)
#: Of the flows that IMO compares [1/m2] (assumed: about the most flow, and the densest of RiMEA).
_MODERATE, _VERY_HIGH = 1.5, 6.0
#: Speed is read for 60 s after the first 10 s (RiMEA, test 4) [s].
_FROM, _UNTIL = 10.0, 70.0
#: Side of each measuring area [m]; where its middle is, from that of the corridor [m].
_AREA, _AREAS = 2.0, (0.0, -6.0, 6.0)
#: Width of the corridor in place of 1000 m x 10 m, and of one in which nobody overtakes [m].
_WIDTH, _FILE = 6.0, 0.8
#: How far it is full of people behind and ahead of the areas [m], so that within 70 s neither end is felt there: at
#: 1.34 m/s a gap behind comes 94 m; in a queue, which starts from its head at about 0.5 m/s, 35 m.
_BEHIND_AHEAD_FREE, _BEHIND_AHEAD_QUEUE = (90.0, 30.0), (40.0, 60.0)
#: Densities of the long corridor itself [1/m2].
_LONG = (0.5, 1.0)
_LABELS = ("density [1/m2]", "speed [m/s]")
#: Speed measured in a corridor 1.8 m wide, by density [1/m2]: [m/s] (HERMES 2009, 10.34735/ped.2009.14, nine runs).
_HERMES = {1.3: 1.10, 1.8: 0.89, 2.2: 0.53, 2.8: 0.37, 3.2: 0.32, 3.6: 0.26}
_MOST_UP_TO_2, _MOST_ABOVE = 0.20, 0.10
_JAM = 5.4


def weidmann(density: float) -> float:
    """Speed at a density [1/m2]: 1.34 (1 - exp(-1.913 (1 / rho - 1 / 5.4))), 0 from 5.4 on [m/s] (Weidmann 1993)."""
    return max(float(1.34 * (1.0 - np.exp(-1.913 * (1.0 / density - 1.0 / _JAM)))), 0.0)


def _read_areas(found: Tracks, width: float) -> Measures:
    """Density, speed and speed eastwards over speed in three areas, the first the main one; means over 60 s.

    Args:
        width: of the corridor [m]; where it is narrow, the areas are as wide.
    """
    vx, vy = found.speeds()
    late = (found.time > _FROM) & (found.time <= _UNTIL)
    frames = np.unique(found.frame[late]).size
    half = 0.5 * min(_AREA, width)
    densities, speeds, along = [], [], []
    for at in _AREAS:
        area = box(at - _AREA / 2, -half, at + _AREA / 2, half)
        here = late & inside(found, area)
        speed = np.hypot(vx[here], vy[here])
        densities.append(float(here.sum() / frames / area.area))
        speeds.append(float(speed.mean()) if here.any() else 0.0)
        along.append(float(vx[here].mean() / max(speed.mean(), 1e-9)) if here.any() else 0.0)
    return {"density": densities, "speed": speeds, "along": min(along)}


def _in_the_middle(case: Scenario) -> Measures:
    _, low, _, high = case.venue.levels[0].floor.bounds
    return _read_areas(track(case), high - low)


def _full(seed: int, density: float, *, width: float = _WIDTH, behind: float = 0.0, ahead: float = 0.0) -> Scenario:
    """A corridor along x that is full of people, who leave at its end; x = 0 is the middle of the areas."""
    if not behind:
        behind, ahead = _BEHIND_AHEAD_FREE if density <= 2.0 else _BEHIND_AHEAD_QUEUE
    low, high = -width / 2, width / 2
    venue = flat(
        box(-behind, low, ahead + 2.0, high),
        sources={"corridor": box(-behind, low, ahead, high)},
        exits={"end": box(ahead, low, ahead + 2.0, high)},
    )
    people = round(density * width * (behind + ahead))
    return scenario(venue, [present("corridor", "end", people)], seed=seed, duration=_UNTIL)


def _fd_trials(seed: int, data: Path) -> dict[str, Trial]:
    wide = {f"{density:g}": Trial(_in_the_middle, _full(seed, density)) for density in _DENSITIES}
    file = {
        f"file {density:g}": Trial(_in_the_middle, _full(seed, density, width=_FILE)) for density in _FILE_DENSITIES
    }
    return {**wide, **file}


def _long_trials(seed: int, data: Path) -> dict[str, Trial]:
    whole = partial(_full, seed, width=10.0, behind=500.0, ahead=500.0)
    return {f"{density:g}": Trial(_in_the_middle, whole(density)) for density in _LONG}


def _flow_trials(seed: int, data: Path) -> dict[str, Trial]:
    return {f"{density:g}": Trial(_in_the_middle, _full(seed, density)) for density in (_MODERATE, _VERY_HIGH)}


def _spare(density: float, speed: float) -> float:
    """How far inside what is allowed about Weidmann a speed lies, as a share of it."""
    right = weidmann(density)
    allowed = _MOST_UP_TO_2 * right if density <= 2.0 else _MOST_ABOVE
    return 1.0 - abs(speed - right) / allowed


class _Points(NamedTuple):
    """The diagram, in the order of density: density [1/m2], speed [m/s] and its standard deviation over the seeds."""

    density: tuple[float, ...]
    speed: tuple[float, ...]
    sd: tuple[float, ...]

    @property
    def falls(self) -> list[float]:
        """By how much the speed falls from each point to the next, two standard deviations allowed, as a share."""
        return [
            (before + 2.0 * max(s, t) - after) / before
            for (before, s), (after, t) in pairwise(zip(self.speed, self.sd, strict=True))
        ]

    def curve(self) -> Curve:
        low, high = ([v + sign * d for v, d in zip(self.speed, self.sd, strict=True)] for sign in (-1, 1))
        return Curve("model", self.density, self.speed, *_LABELS, tuple(low), tuple(high))


def _points(runs: Runs) -> _Points:
    """What was read in the main area."""
    found = []
    for ran in runs.values():
        density, speed = (over_seeds(ran, name)[:, 0] for name in ("density", "speed"))
        sd = speed.std(ddof=1) if speed.size > 1 else 0.0
        found.append((float(density.mean()), float(speed.mean()), float(sd)))
    return _Points(*zip(*sorted(found), strict=True))


def _reference() -> dict[str, Curve]:
    """Weidmann's curve, what is allowed about it, and points that were measured."""
    at = tuple(np.linspace(0.2, _JAM, 40).tolist())
    right = np.array([weidmann(rho) for rho in at])
    allowed = np.where(np.array(at) <= 2.0, _MOST_UP_TO_2 * right, _MOST_ABOVE)
    low, high = tuple(np.maximum(right - allowed, 0.0).tolist()), tuple((right + allowed).tolist())
    return {
        "Weidmann 1993": Curve("reference", at, tuple(right.tolist()), *_LABELS),
        "HERMES 2009, 1.8 m": Curve("measured", tuple(_HERMES), tuple(_HERMES.values()), *_LABELS),
        "allowed": Curve("band", at, tuple(right.tolist()), *_LABELS, low, high),
    }


def _fd_judge(runs: Runs, data: Path) -> Verdict:
    wide = {name: ran for name, ran in runs.items() if not name.startswith("file")}
    file = {name: ran for name, ran in runs.items() if name.startswith("file")}
    points = _points(wide)
    spare = {rho: _spare(rho, v) for rho, v in zip(points.density, points.speed, strict=True) if 0.4 <= rho <= 5.0}
    falls = min(points.falls, default=1.0)
    along = min(mean_of(ran, "along") for ran in wide.values())
    worst = min(spare, key=lambda rho: spare[rho])
    speed = points.speed[points.density.index(worst)]
    far = f"furthest from Weidmann at {worst:.2f} /m2: {speed:.2f} m/s in place of {weidmann(worst):.2f}"
    alone = _points(file) if file else None
    measured = {f"at {rho:.2f} /m2: speed [m/s]": v for rho, v in zip(points.density, points.speed, strict=True)}
    if alone:
        measured |= {f"file, {rho:.2f} /m2: speed [m/s]": v for rho, v in zip(alone.density, alone.speed, strict=True)}
    return Verdict(
        standard=outcome(falls >= 0.0),
        project=outcome(spare[worst] >= 0.0 and falls >= 0.0 and along >= 0.95),
        measured={**measured, "share of the speed along the corridor": along},
        margin=min(spare[worst], falls, (along - 0.95) / 0.05),
        reason=unmet(
            (spare[worst] >= 0.0, far),
            (falls >= 0.0, "the speed does not fall throughout"),
            (along >= 0.95, f"only {along:.2f} of the speed is along the corridor"),
        ),
        curves={"model": points.curve(), **({"no overtaking": alone.curve()} if alone else {}), **_reference()},
    )


def _flow_judge(runs: Runs, data: Path) -> Verdict:
    flows = []
    for density in (_MODERATE, _VERY_HIGH):
        ran = runs[f"{density:g}"]
        flows.append(float((over_seeds(ran, "density") * over_seeds(ran, "speed")).mean()))
    holds = outcome(flows[1] < flows[0])
    return Verdict(
        standard=holds,
        project=holds,
        measured={
            f"specific flow at {_MODERATE:g} /m2 [1/(m s)]": flows[0],
            f"specific flow at {_VERY_HIGH:g} /m2 [1/(m s)]": flows[1],
        },
        margin=1.0 - flows[1] / flows[0],
        reason=unmet((flows[1] < flows[0], "no fewer people pass at the very high density")),
    )


CASES = (
    Case(
        key="rimea-04",
        suite="rimea",
        title="Fundamental diagram",
        source="RiMEA 4.1.1, annex 1, test 4",
        setup="A corridor 6 m wide, full of people at 0.2 to 6 /m2 for so far behind and ahead of the measuring areas "
        "of 2 x 2 m that its ends are not felt (100 to 120 m, in place of 1000 x 10 m); mean density and speed from 10 "
        "to 70 s. Again 0.8 m wide, where nobody can overtake, at 0.5 to 3 /m2.",
        criterion="None in numbers: speed falls with density; ours: within 20 % of Weidmann from 0.5 to 2 /m2, within "
        "0.10 m/s to 5 /m2, falling throughout within two standard deviations of the runs, and at least 0.95 of the "
        "speed along the corridor.",
        tier=1,
        seeds=3,
        trials=_fd_trials,
        judge=_fd_judge,
    ),
    Case(
        key="rimea-04-long",
        suite="rimea",
        title="Fundamental diagram, the corridor itself",
        source="RiMEA 4.1.1, annex 1, test 4",
        setup="A corridor of 1000 x 10 m full of people at 0.5 and 1 /m2; measuring areas of 2 x 2 m in its middle.",
        criterion="As the reduced test.",
        tier=2,
        seeds=3,
        trials=_long_trials,
        judge=_fd_judge,
    ),
    Case(
        key="imo-12",
        suite="imo",
        title="Flow at moderate and at very high density",
        source="IMO MSC.1/Circ.1533, annex 3, test 12",
        setup="A corridor 6 m wide full of people at 1.5 and at 6 /m2, as in RiMEA 4.",
        criterion="Fewer people pass at the very high density.",
        tier=1,
        seeds=3,
        trials=_flow_trials,
        judge=_flow_judge,
    ),
)
