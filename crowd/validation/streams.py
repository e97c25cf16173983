"""Streams of people: through each other, down a corridor of a given length, round a corner."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import LineString, box
from shapely.geometry.base import BaseGeometry

from crowd.scenario import Scenario
from crowd.validation.case import Case, Curve, Measures, Runs, Trial, Verdict, margin_within, outcome
from crowd.validation.measures import first_times, inside, last_time, mean_of, over_seeds, unmet
from crowd.validation.readings import track
from crowd.validation.scenes import GROUND, SPEEDS, flat, present, scenario, walker
from venues import MeasurementLine

#: Counter-flow: people who come the other way, and what FDS+Evac gives (Korhonen, FDS+Evac user's guide) [s].
_OPPOSED = {0: 50.0, 10: 75.0, 50: 106.9, 100: 136.1}
#: Who is not through by then stands in a gridlock [s] (assumed: four times the longest).
_GRIDLOCK = 600.0
#: People stand as densely as IMO allows, from the far wall on [1/m2].
_DENSEST = 4.0
#: A round of ISO 13: people, their free speed [m/s], and when speed and flow are read [s]: before the open end, 20 m
#: on, is felt (assumed).
_CORRIDOR_PEOPLE, _FREE_SPEED = (60, 120, 240, 360, 480), 1.0
_FROM, _UNTIL = 2.0, 20.0
_MALES = "imo-male-30-50"


def _against(seed: int, opposed: int) -> Scenario:
    """Two rooms of 10 x 10 m joined by 10 x 2 m, 100 people in the west one and some in the east one, who change."""
    floor = shapely.union_all([box(0, 0, 10, 10), box(10, 4, 20, 6), box(20, 0, 30, 10)])
    # Bodies keep 0.25 m from walls where they begin.
    deep = {n: max(0.25 + n / (9.5 * _DENSEST), 1.0) for n in (100, opposed)}
    venue = flat(
        floor,
        sources={"west": box(0, 0, deep[100], 10), "east": box(30 - deep[opposed], 0, 30, 10)},
        exits={"west end": box(0, 0, 2, 10), "east end": box(28, 0, 30, 10)},
    )
    demands = [present("west", "east end", 100, profile=_MALES)]
    demands += [present("east", "west end", opposed, profile=_MALES)] if opposed else []
    return scenario(venue, demands, seed=seed, duration=_GRIDLOCK)


def _last_into_east(case: Scenario) -> Measures:
    found = track(case)
    first = found.frame == 0
    from_west = np.unique(found.id[first & (found.x < 15.0)])
    return {"time": last_time(first_times(found, found.x > 20.0)[from_west])}


def _against_trials(seed: int, data: Path) -> dict[str, Trial]:
    return {f"{n}": Trial(_last_into_east, _against(seed, n)) for n in _OPPOSED}


def _against_judge(runs: Runs, data: Path) -> Verdict:
    times = {n: over_seeds(runs[f"{n}"], "time") for n in _OPPOSED}
    stuck = sum(int(np.isinf(t).sum()) for t in times.values())
    means = [float(t.mean()) for t in times.values()]
    # Infinite: somebody never got through.
    steps = [later / earlier - 1.0 if np.isfinite(later) else -1.0 for earlier, later in pairwise(means)]
    rises = min(steps) > 0.0 and stuck == 0
    most = max(int(np.isinf(t).sum()) for t in times.values())
    opposed, label = tuple(map(float, _OPPOSED)), ("people coming the other way", "last one through [s]")
    finite = [t[np.isfinite(t)] for t in times.values()]
    shown = [(float(t.mean()), float(t.min()), float(t.max())) if t.size else (np.nan,) * 3 for t in finite]
    mean, low, high = zip(*shown, strict=True)
    return Verdict(
        standard=outcome(rises),
        project=outcome(rises),
        measured={
            **{f"against {n}: last one through [s]": t for n, t in zip(_OPPOSED, mean, strict=True)},
            "runs with a gridlock": float(stuck),
        },
        margin=min(steps) if stuck == 0 else -most / times[0].size,
        reason=unmet(
            (stuck == 0, f"in {stuck} of {sum(t.size for t in times.values())} runs somebody was not through in time"),
            (min(steps) > 0.0, "more people coming the other way do not slow the last one down"),
        ),
        curves={
            "model": Curve("model", opposed, mean, *label, low, high),
            "FDS+Evac": Curve("reference", opposed, tuple(_OPPOSED.values()), *label),
        },
    )


def _corridor(seed: int, people: int) -> Scenario:
    """A corridor of 60 x 2 m full of people of one speed, who leave at its end."""
    venue = flat(
        box(0, 0, 62, 2),
        sources={"corridor": box(0, 0, 60, 2)},
        exits={"end": box(60, 0, 62, 2)},
        lines=(MeasurementLine("at 40 m", GROUND, LineString([(40, 2), (40, 0)])),),
    )
    demand = present("corridor", "end", people, profile="test-person")
    return scenario(venue, [demand], seed=seed, duration=_UNTIL + 1.0, profiles=[walker(speed=_FREE_SPEED)])


def _second_zone(case: Scenario) -> Measures:
    """Mean speed from 20 to 40 m and flow over the line at 40 m, per metre."""
    found = track(case)
    vx, vy = found.speeds()
    here = (found.time > _FROM) & (found.time <= _UNTIL) & inside(found, box(20, 0, 40, 2))
    times, way = found.crossings["at 40 m"]
    passed = way[(times > _FROM) & (times <= _UNTIL)].sum()
    speed = np.hypot(vx[here], vy[here])
    return {"speed": float(speed.mean()), "flow": float(passed) / (_UNTIL - _FROM) / 2.0}


def _zones_trials(seed: int, data: Path) -> dict[str, Trial]:
    return {f"{n}": Trial(_second_zone, _corridor(seed, n)) for n in _CORRIDOR_PEOPLE}


def _zones_judge(runs: Runs, data: Path) -> Verdict:
    speeds, flows = ([mean_of(runs[f"{n}"], name) for n in _CORRIDOR_PEOPLE] for name in ("speed", "flow"))
    falls = min(1.0 - after / before for before, after in pairwise(speeds))
    hump = min(1.0 - end / max(flows) for end in (flows[0], flows[-1]))
    free = (_FREE_SPEED + 0.05 - max(speeds)) / 0.05
    holds = outcome(min(falls, hump, free) > 0.0)
    densities = tuple(n / 120.0 for n in _CORRIDOR_PEOPLE)
    measured = {f"at {rho:g} /m2: speed [m/s]": v for rho, v in zip(densities, speeds, strict=True)}
    measured |= {f"at {rho:g} /m2: specific flow [1/(m s)]": j for rho, j in zip(densities, flows, strict=True)}
    return Verdict(
        standard=holds,
        project=holds,
        measured=measured,
        margin=min(falls, hump, free),
        reason=unmet(
            (falls > 0.0, "the speed does not fall throughout"),
            (hump > 0.0, "the flow does not fall again"),
            (free > 0.0, f"people walk at {max(speeds):.2f} m/s"),
        ),
        curves={
            "speed": Curve("model", densities, tuple(speeds), "density [1/m2]", "speed [m/s]"),
            "flow": Curve("model", densities, tuple(flows), "density [1/m2]", "specific flow [1/(m s)]"),
        },
    )


#: Ways of the same width: straight as the outer and as the inner way round the corner, and the corner itself.
_BENDS: Mapping[str, tuple[BaseGeometry, BaseGeometry]] = {
    "long": (box(0, 0, 75.4, 20), box(73.4, 0, 75.4, 20)),
    "corner": (shapely.union_all([box(0, 0, 34, 20), box(14, 20, 34, 50)]), box(14, 48, 34, 50)),
    "short": (box(0, 0, 44, 20), box(42, 0, 44, 20)),
}


def _bend(seed: int, floor: BaseGeometry, end: BaseGeometry) -> Scenario:
    venue = flat(floor, sources={"start": box(0, 0, 6, 20)}, exits={"end": end})
    return scenario(venue, [present("start", "end", 500)], seed=seed, duration=_GRIDLOCK)


def _last_out(case: Scenario) -> Measures:
    found = track(case, every=5)
    return {"time": found.time_of_last, "off floor": float(found.off_floor)}


def _bend_trials(seed: int, data: Path) -> dict[str, Trial]:
    return {name: Trial(_last_out, _bend(seed, *shapes)) for name, shapes in _BENDS.items()}


def _bend_judge(runs: Runs, data: Path) -> Verdict:
    short, corner, long = (mean_of(runs[name], "time") for name in ("short", "corner", "long"))
    off = sum(m["off floor"] for ran in runs.values() for m in ran)
    holds = short <= corner <= long
    return Verdict(
        standard=outcome(holds),
        project=outcome(holds and off == 0.0),
        measured={
            "straight, 44 m [s]": short,
            "round the corner [s]": corner,
            "straight, 75.4 m [s]": long,
            "positions off the floor": off,
        },
        margin=margin_within(corner, short, long) if np.isfinite([short, corner, long]).all() else None,
        reason=unmet(
            (short <= corner, f"round the corner takes {short - corner:.0f} s less than straight over the inner way"),
            (corner <= long, f"round the corner takes {corner - long:.0f} s more than straight over the outer way"),
            (off == 0.0, "somebody got off the floor"),
        ),
    )


def _against_case(key: str, suite: str, source: str, seeds: int) -> Case:
    return Case(
        key=key,
        suite=suite,
        title="Counter-flow through a corridor",
        source=source,
        setup="Two rooms of 10 x 10 m joined by a corridor of 10 x 2 m; 100 males of 30 to 50 years from the one to "
        "the other, and 0, 10, 50 or 100 the other way at the same time, each standing at 4 /m2 from the far wall on.",
        criterion="The last one of the 100 is through the later, the more come the other way; ours: and nobody is "
        "stuck in any run.",
        tier=1,
        seeds=seeds,
        trials=_against_trials,
        judge=_against_judge,
    )


CASES = (
    _against_case("imo-08", "imo", "IMO MSC.1/Circ.1533, annex 3, test 8", 20),
    _against_case("nist-2.8", "nist", "NIST TN 1822, verification test 2.8", 10),
    _against_case("iso-06", "iso", "ISO 20414:2020, test 6", 10),
    Case(
        key="iso-13",
        suite="iso",
        title="Speed and flow in a corridor by density",
        source="ISO 20414:2020, test 13",
        setup="A corridor of 60 x 2 m in three zones of 20 m, full of 60 to 480 people of 1 m/s, who leave at its end; "
        "mean speed in the second zone and flow out of it from 2 to 20 s.",
        criterion="The speed falls with the density, the flow rises and falls again, nobody is faster than free by "
        "more than 0.05 m/s in the mean.",
        tier=1,
        seeds=10,
        trials=_zones_trials,
        judge=_zones_judge,
        sets=SPEEDS,
    ),
    Case(
        key="rimea-15",
        suite="rimea",
        title="A large crowd round a corner",
        source="RiMEA 4.1.1, annex 1, test 15",
        setup="500 people from the first 6 m of a corridor 20 m wide: straight over 44 m (the inner way round the "
        "corner) and 75.4 m (the outer way), and round the corner (34 m, then 30 m).",
        criterion="Round the corner takes no less than the short way and no more than the long one; ours: and nobody "
        "gets off the floor.",
        tier=1,
        seeds=5,
        trials=_bend_trials,
        judge=_bend_judge,
    ),
)
