"""Walking alone and in small numbers: speed on the level, round a corner. Not here: stairs (`climbing`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
from shapely.affinity import rotate
from shapely.geometry import LineString, box

from crowd.scenario import Scenario
from crowd.validation.case import Case, Measures, Runs, Trial, Verdict, margin_within, outcome
from crowd.validation.readings import track
from crowd.validation.scenes import GROUND, SPEEDS, flat, present, scenario, walker
from venues import MeasurementLine

#: Free floor before and after a measured way, so that nobody starts or stops on it [m].
RUN_UP = 10.0
SPEED = 1.33
#: Travel time that RiMEA 1 allows, as a share of 40 m / 1.33 m/s, and so of any other nominal time.
WINDOW = (26.0 * SPEED / 40.0, 34.0 * SPEED / 40.0)


def _straight(seed: int, *, speed: float, angle: float = 0.0) -> Scenario:
    """A corridor of 2 m with 40 m between two lines, turned by an angle [deg], and one person of a speed [m/s]."""
    length = 40.0 + 2 * RUN_UP
    turn = partial(rotate, angle=angle, origin=(0, 0))
    lines = [
        MeasurementLine(name, GROUND, turn(LineString([(x, 2), (x, 0)])))
        for name, x in (("from", RUN_UP), ("to", RUN_UP + 40.0))
    ]
    venue = flat(
        turn(box(0, 0, length, 2)),
        sources={"start": turn(box(0, 0.5, 1.2, 1.5))},
        exits={"end": turn(box(length - 2, 0, length, 2))},
        lines=tuple(lines),
    )
    demand = present("start", "end", 1, profile="test-person")
    return scenario(venue, [demand], seed=seed, duration=80.0, profiles=[walker(speed=speed)])


def _corner(seed: int) -> Scenario:
    """A corridor of 2 m that turns left after 10 m, with 20 people in its first 6 m."""
    venue = flat(
        box(0, 0, 12, 2).union(box(10, 0, 12, 12)),
        sources={"start": box(0, 0, 6, 2)},
        exits={"end": box(10, 11, 12, 12)},
    )
    return scenario(venue, [present("start", "end", 20)], seed=seed, duration=120.0)


def _time_between(case: Scenario) -> Measures:
    """Time from line to line [s]."""
    found = track(case, stop=lambda model: bool(model.line_counts[model.line_names.index("to")].any()))
    return {"time": float(found.crossings["to"][0][0] - found.crossings["from"][0][0])}


def _round_corner(case: Scenario) -> Measures:
    """When the last one is out [s], and positions off the floor."""
    found = track(case)
    return {"time": found.time_of_last, "off": found.off_floor}


def _straight_trials(seed: int, data: Path, *, speed: float) -> Mapping[str, Trial]:
    return {f"{angle} deg": Trial(_time_between, _straight(seed, speed=speed, angle=angle)) for angle in (0, 45)}


def _straight_judge(runs: Runs, data: Path, *, speed: float, window: tuple[float, float]) -> Verdict:
    """Travel time within a window, as shares of the nominal time; ours: 1 %, and turned the same within 0.1 s."""
    straight, turned = (float(np.mean([m["time"] for m in runs[f"{angle} deg"]])) for angle in (0, 45))
    share = straight * speed / 40.0
    return Verdict(
        standard=outcome(window[0] <= share <= window[1]),
        project=outcome(abs(share - 1.0) <= 0.01 and abs(turned - straight) <= 0.1 + 1e-9),
        measured={"time [s]": straight, "time turned by 45 deg [s]": turned},
        margin=margin_within(share, 0.99, 1.01),
    )


def _corner_trials(seed: int, data: Path) -> Mapping[str, Trial]:
    return {"corner": Trial(_round_corner, _corner(seed))}


def _corner_judge(runs: Runs, data: Path) -> Verdict:
    """Everyone out, nobody off the floor; ours: within 60 s."""
    last = max(m["time"] for m in runs["corner"])
    off = sum(m["off"] for m in runs["corner"])
    return Verdict(
        standard=outcome(off == 0 and np.isfinite(last)),
        project=outcome(off == 0 and last < 60.0),
        measured={"last one out [s]": last, "positions off the floor": float(off)},
        margin=-1.0 if off or not np.isfinite(last) else 1.0 - last / 60.0,
        reason=f"{off} positions off the floor" if off else "" if np.isfinite(last) else "not everyone came round",
    )


def _straight_case(
    key: str, suite: str, source: str, *, speed: float, window: tuple[float, float], criterion: str
) -> Case:
    """The same corridor as each guideline asks for it."""
    return Case(
        key=key,
        suite=suite,
        title="Walking speed in a corridor",
        source=source,
        setup=f"One person of {speed:g} m/s walks 40 m of a corridor 2 m wide, with run-up; again turned by 45 deg.",
        criterion=f"{criterion}; ours: within 1 % of 40 m / {speed:g} m/s, turned the same within 0.1 s.",
        tier=0,
        seeds=1,
        trials=partial(_straight_trials, speed=speed),
        judge=partial(_straight_judge, speed=speed, window=window),
        sets=SPEEDS,
    )


def _corner_case(key: str, suite: str, source: str) -> Case:
    """The same corner as each guideline asks for it."""
    return Case(
        key=key,
        suite=suite,
        title="Movement around a corner",
        source=source,
        setup="A corridor 2 m wide turns left after 10 m and leads on for 10 m; 20 people begin in its first 6 m.",
        criterion="All get round and nobody leaves the floor (1 mm); ours: also all out within 60 s.",
        tier=0,
        seeds=3,
        trials=_corner_trials,
        judge=_corner_judge,
    )


CASES = (
    _straight_case(
        "rimea-01", "rimea", "RiMEA 4.1.1, annex 1, test 1",
        speed=SPEED, window=WINDOW, criterion="Travel time of 26 to 34 s",
    ),
    _straight_case(
        "imo-01", "imo", "IMO MSC.1/Circ.1533, annex 3, test 1",
        speed=1.0, window=(0.99, 1.01), criterion="40 m in 40 s (within 1 %)",
    ),
    _straight_case(
        "nist-2.1", "nist", "NIST TN 1822, Verif.2.1",
        speed=1.0, window=(1 / 1.05, 1 / 0.95), criterion="Speed of 1 m/s within 0.05 m/s",
    ),
    _straight_case(
        "iso-02", "iso", "ISO 20414:2020, test 2",
        speed=1.0, window=(1 / 1.05, 1 / 0.95), criterion="Speed of 1 m/s within 0.05 m/s",
    ),
    _corner_case("rimea-06", "rimea", "RiMEA 4.1.1, annex 1, test 6"),
    _corner_case("imo-06", "imo", "IMO MSC.1/Circ.1533, annex 3, test 6"),
    _corner_case("nist-2.3", "nist", "NIST TN 1822, Verif.2.3"),
    _corner_case("iso-04", "iso", "ISO 20414:2020, test 4"),
)  # fmt: skip
