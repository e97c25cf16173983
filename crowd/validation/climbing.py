"""Walking up and down stairs alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from crowd.parameters import Parameters
from crowd.profiles import Profile
from crowd.scenario import Scenario
from crowd.validation.case import Case, Measures, Runs, Trial, Verdict, margin_within, outcome
from crowd.validation.readings import Tracks, track
from crowd.validation.scenes import SPEEDS, present, scenario, walker
from crowd.validation.walking import RUN_UP, SPEED, WINDOW
from venues.shapes import stairs

#: Speeds up and down along the slope that RiMEA 2 and 3 are usually run with [m/s] (jpscore).
_UP, _DOWN = 0.5, 0.65
#: A change of speed is over when the speed is this near to the new one, as a share of it (assumed).
_SETTLED = 0.1
#: What ours allows a settled speed to be off.
_OFF = 0.02
_CLIMBER = (
    *SPEEDS,
    "walker stairs_up_min", "walker stairs_up_max", "walker stairs_down_min", "walker stairs_down_max",
)  # fmt: skip

#: Margin of a guideline's criterion from (time from edge to edge, settled speed), both as shares of what is to be.
Standard = Callable[[float, float], float]


def _stair(seed: int, person: Profile, *, length: float, up: bool) -> Scenario:
    """A stair 2 m wide, of a length along the slope [m], between two landings, and one person who walks up or down."""
    one_metre = stairs(height=1.0).links[0].length
    venue = stairs(width=2.0, height=length / one_metre, landing_length=RUN_UP)
    start, end = ("west", "east") if up else ("east", "west")
    demand = present(start, end, 1, profile=person.name)
    slowest = min(person.speed_min * Parameters().wayfinding.stairs_up, _UP)
    duration = (length + 2 * RUN_UP) / slowest + 10.0
    return scenario(venue, [demand], seed=seed, duration=duration, profiles=[person])


def _climber(speed: float, *, up: float, down: float) -> Profile:
    """A walker whose speeds on the level and on stairs, along the slope, the case sets [m/s]."""
    own: dict[str, Any] = {
        "stairs_up_min": up, "stairs_up_max": up, "stairs_down_min": down, "stairs_down_max": down
    }  # fmt: skip
    return walker(speed=speed, **own)


def _passing(tracks: Tracks, x: np.ndarray) -> np.ndarray:
    """When a lone walker passes places along x [m]: [s], between ticks by interpolation."""
    order = np.argsort(tracks.x, kind="stable")
    return np.interp(x, tracks.x[order], tracks.time[order])


def _on_stair(case: Scenario) -> Measures:
    """Time from edge to edge [s], speed along the slope from 1 s after the first edge on, time until it is reached."""
    found = track(case)
    strip = case.venue.strips[0]
    low, _, high, _ = strip.polygon.bounds
    slope = strip.link.length / strip.going
    enters, leaves = np.sort(_passing(found, np.array([low, high])))
    speed = np.abs(found.speeds(half=1)[0]) * slope
    on = (found.time >= enters) & (found.time <= leaves)
    later = on & (found.time >= enters + 1.0)
    way = np.ptp(found.x[later]) * slope
    settled = float(way / np.ptp(found.time[later]))
    off = on & (np.abs(speed / settled - 1.0) > _SETTLED)
    # The last two ticks see the edge ahead in their difference of places.
    off &= found.time < leaves - 2 * found.step
    change = float(found.time[off].max() - enters) if off.any() else 0.0
    return {"time": float(leaves - enters), "speed": settled, "change": change}


def _stair_trials(
    seed: int, data: Path, *, people: Mapping[str, tuple[Profile, bool]], length: float
) -> Mapping[str, Trial]:
    """One climb or descent for each person; `people`: variant -> (who, whether up)."""
    return {name: Trial(_on_stair, _stair(seed, person, length=length, up=up)) for name, (person, up) in people.items()}


def _nominal(person: Profile, up: bool) -> float:
    """Speed along the slope that a person is to have on the stair of the cases [m/s]."""
    own = person.stairs_up_min if up else person.stairs_down_min
    ways = Parameters().wayfinding
    strip = stairs().strips[0]
    level = person.speed_mean * (ways.stairs_up if up else ways.stairs_down) * strip.link.length / strip.going
    return level if own is None else own


def _stair_judge(
    runs: Runs,
    data: Path,
    *,
    people: Mapping[str, tuple[Profile, bool]],
    length: float,
    standard: Standard,
) -> Verdict:
    """Every person at the speed set; ours: also at most 2 % off once it has settled, within 1 s of the edge."""
    measured: dict[str, float] = {}
    allowed, worst, slowest = 1.0, 0.0, 0.0
    for name, (person, up) in people.items():
        to_be = _nominal(person, up)
        time, speed, change = (float(np.mean([m[key] for m in runs[name]])) for key in ("time", "speed", "change"))
        measured |= {f"time {name} [s]": time, f"speed {name} [m/s]": speed, f"change of speed {name} [s]": change}
        allowed = min(allowed, standard(time * to_be / length, speed / to_be))
        worst, slowest = max(worst, abs(speed / to_be - 1.0)), max(slowest, change)
    margin = min(allowed, 1.0 - worst / _OFF, 1.0 - slowest / 1.0)
    return Verdict(
        standard=outcome(allowed >= 0.0),
        project=outcome(margin >= 0.0),
        measured=measured,
        margin=margin,
        reason="" if slowest <= 1.0 else f"the change of speed at the edge lasts {slowest:.1f} s, longer than 1 s",
    )


def _stair_case(
    key: str,
    suite: str,
    source: str,
    *,
    title: str,
    setup: str,
    people: Mapping[str, tuple[Profile, bool]],
    criterion: str,
    standard: Standard,
    length: float = 10.0,
) -> Case:
    """The same stair as each guideline asks for it."""
    return Case(
        key=key,
        suite=suite,
        title=title,
        source=source,
        setup=f"A stair 2 m wide and {length:g} m long along the slope, with landings; {setup}",
        criterion=f"{criterion}; ours: also within 2 % of the speed along the slope from 1 s after the edge on.",
        tier=0,
        seeds=1,
        trials=partial(_stair_trials, people=people, length=length),
        judge=partial(_stair_judge, people=people, length=length, standard=standard),
        sets=_CLIMBER,
    )


def _time_in(window: tuple[float, float], time: float, speed: float) -> float:
    """Margin of the time from edge to edge in a window."""
    return margin_within(time, *window)


def _speed_within(tolerance: float, time: float, speed: float) -> float:
    """Margin of the settled speed."""
    return 1.0 - abs(speed - 1.0) / tolerance


_RIMEA_PEOPLE = {
    "own speed": _climber(SPEED, up=_UP, down=_DOWN),
    "share of the level speed": walker(speed=SPEED),
}
_STEADY, _HALF = _climber(1.0, up=1.0, down=1.0), _climber(1.0, up=0.5, down=0.5)
_RIMEA_STAIR = (
    f"one person of {SPEED:g} m/s on the level, once with {_UP:g} m/s up and {_DOWN:g} m/s down, once with the "
    "model's share of the level speed."
)
_RIMEA_TIME = "Travel time from edge to edge 86.4 to 113 % of the nominal one, as in test 1"
_IMO_TIME = "10 m in 10 s (within 1 %)"
_ONE_PERSON = "one person of 1 m/s on the level and along the slope"

CASES = (
    _stair_case(
        "rimea-02", "rimea", "RiMEA 4.1.1, annex 1, test 2", title="Walking speed up a stair", setup=_RIMEA_STAIR,
        people={name: (person, True) for name, person in _RIMEA_PEOPLE.items()},
        criterion=_RIMEA_TIME, standard=partial(_time_in, WINDOW),
    ),
    _stair_case(
        "rimea-03", "rimea", "RiMEA 4.1.1, annex 1, test 3", title="Walking speed down a stair", setup=_RIMEA_STAIR,
        people={name: (person, False) for name, person in _RIMEA_PEOPLE.items()},
        criterion=_RIMEA_TIME, standard=partial(_time_in, WINDOW),
    ),
    _stair_case(
        "imo-02", "imo", "IMO MSC.1/Circ.1533, annex 3, test 2", title="Walking speed up a stair",
        setup=f"{_ONE_PERSON} walks up.", people={"up": (_STEADY, True)},
        criterion=_IMO_TIME, standard=partial(_time_in, (0.99, 1.01)),
    ),
    _stair_case(
        "imo-03", "imo", "IMO MSC.1/Circ.1533, annex 3, test 3", title="Walking speed down a stair",
        setup=f"{_ONE_PERSON} walks down.", people={"down": (_STEADY, False)},
        criterion=_IMO_TIME, standard=partial(_time_in, (0.99, 1.01)),
    ),
    _stair_case(
        "nist-2.2", "nist", "NIST TN 1822, Verif.2.2", title="Walking speed on stairs",
        setup=f"{_ONE_PERSON} walks up, another down.", people={"up": (_STEADY, True), "down": (_STEADY, False)},
        criterion="Speed of 1 m/s within 0.05 m/s", standard=partial(_speed_within, 0.05), length=100.0,
    ),
    _stair_case(
        "iso-03", "iso", "ISO 20414:2020, test 3", title="Walking speed on stairs",
        setup="one person of 1 m/s on the level and half of that along the slope walks up, another down.",
        people={"up": (_HALF, True), "down": (_HALF, False)},
        criterion="Speed of 0.5 m/s within 0.05 m/s", standard=partial(_speed_within, 0.1),
    ),
)  # fmt: skip
