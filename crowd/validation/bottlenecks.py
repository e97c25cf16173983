"""Through bottlenecks between rooms: where the goal lies, how long, how wide, how many in a row."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
from shapely.geometry import box

from crowd.scenario import Scenario
from crowd.validation.case import Case, Curve, Measures, Runs, Trial, Verdict, margin_within, outcome
from crowd.validation.measured_flows import measured_at
from crowd.validation.measures import density_over_time, first_times, last_time, mean_of, over_seeds, sd_of, unmet
from crowd.validation.readings import flow, track
from crowd.validation.rooms import ROOM, WALL, rooms_in_a_row
from crowd.validation.scenes import present, scenario

_PEOPLE = 150
#: Who is not through by then counts as never getting through [s] (assumed).
_LONGEST = 600.0
_GOALS = (0.0, 1.0, 2.0, 4.0, 6.0, 8.0, 10.0)
_LENGTHS = (WALL, 5.0)
#: Flow through bottlenecks as measured, lowest and highest, by width [m]: [1/s].
_MEASURED = {width: (min(flows), max(flows)) for width in (0.8, 1.0, 1.2) for flows in [measured_at(width)]}
#: The measurements' spread about their range that is allowed.
_SLACK = 0.05
#: Depth of the floor before a bottleneck on which a queue is looked for [m] (assumed).
_QUEUE = 2.0


def _crowd(seed: int, **rooms: float) -> Scenario:
    return scenario(
        rooms_in_a_row(**rooms),  # type: ignore[arg-type]
        [present("room", "goal", _PEOPLE)],
        seed=seed,
        duration=_LONGEST,
    )


def _first_room(case: Scenario) -> Measures:
    """When the first room is empty and all have arrived [s], and the flow out of it [1/s]."""
    found = track(case)
    times = first_times(found, found.x > ROOM)
    through = bool(np.isfinite(times).all())
    return {
        "empty": last_time(times),
        "arrived": found.time_of_last,
        "flow": flow(times, low=0.1, high=0.9) if through else 0.0,
    }


def _goal_trials(seed: int, data: Path) -> dict[str, Trial]:
    return {f"{a:g}": Trial(_first_room, _crowd(seed, goal=a)) for a in _GOALS}


def _goal_judge(runs: Runs, data: Path) -> Verdict:
    times = [mean_of(runs[f"{a:g}"], "empty") for a in _GOALS]
    sds = [sd_of(runs[f"{a:g}"], "empty") for a in _GOALS]
    # A later goal may be as much faster as one standard deviation of the runs of both.
    spare = [later - earlier + max(s, t) for (earlier, s), (later, t) in pairwise(zip(times, sds, strict=True))]
    level = abs(times[-1] / times[-3] - 1.0)
    return Verdict(
        standard=outcome(min(spare) >= 0.0),
        project=outcome(min(spare) >= 0.0 and level < 0.05),
        measured={
            **{f"goal at {a:g} m: room empty after [s]": t for a, t in zip(_GOALS, times, strict=True)},
            "change over the last third": level,
        },
        margin=min(min(spare) / max(*sds, 0.01 * times[-1]), 1.0 - level / 0.05),
        reason=unmet(
            (min(spare) >= 0.0, "the room empties sooner with a goal further off"),
            (level < 0.05, f"the time still changes by {level:.1%} from 6 to 10 m"),
        ),
        curves={"model": Curve("model", _GOALS, tuple(times), "goal behind the opening [m]", "room empty after [s]")},
    )


def _length_trials(seed: int, data: Path) -> dict[str, Trial]:
    return {f"{length:g}": Trial(_first_room, _crowd(seed, length=length)) for length in _LENGTHS}


def _length_judge(runs: Runs, data: Path) -> Verdict:
    empty, arrived, rate = (
        [mean_of(runs[f"{length:g}"], name) for length in _LENGTHS] for name in ("empty", "arrived", "flow")
    )
    measured = {}
    for k, length in enumerate(_LENGTHS):
        measured[f"{length:g} m long: room empty after [s]"] = empty[k]
        measured[f"{length:g} m long: all arrived after [s]"] = arrived[k]
        measured[f"{length:g} m long: flow [1/s]"] = rate[k]
    return Verdict(
        standard=outcome(arrived[1] > arrived[0]),
        project=outcome(empty[1] > empty[0]),
        measured=measured,
        margin=empty[1] / empty[0] - 1.0,
        reason=unmet(
            (arrived[1] > arrived[0], "it takes no longer through the long one"),
            (empty[1] > empty[0], "the first room empties no later before the long one"),
        ),
    )


def _two_bottlenecks(case: Scenario) -> Measures:
    """Queues before both bottlenecks, when they are first passed, flows through them, and who is where."""
    found = track(case)
    first, second = ROOM, 2.0 * ROOM + WALL
    passed = [first_times(found, found.x > x) for x in (first, second)]
    queues = [density_over_time(found, box(x - _QUEUE, 3.0, x, 7.0)) for x in (first, second)]
    rooms = [box(0, 0, first, ROOM), box(first + WALL, 0, second, ROOM)]
    inside = [density_over_time(found, room)[::20] * room.area for room in rooms]
    return {
        "queue": [float(q.max()) for q in queues],
        "first": [float(np.nanmin(t)) for t in passed],
        "flow": [flow(t, low=0.1, high=0.9) if np.isfinite(t).all() else 0.0 for t in passed],
        "inside": [[float(n) for n in room] for room in inside],
    }


def _congestion_trials(seed: int, data: Path) -> dict[str, Trial]:
    return {"": Trial(_two_bottlenecks, _crowd(seed, rooms=3))}


def _congestion_judge(runs: Runs, data: Path) -> Verdict:
    queue, first, rate = (over_seeds(runs[""], name).mean(axis=0) for name in ("queue", "first", "flow"))
    holds = queue[0] > queue[1] and first[1] > first[0] and rate[0] - rate[1] >= -0.05
    label = ("time [s]", "people in the room")
    rooms = {f"room {k + 1}": n for k, n in enumerate(runs[""][0]["inside"])}
    return Verdict(
        standard=outcome(queue[0] > queue[1]),
        project=outcome(holds),
        measured={
            "densest before the first [1/m2]": queue[0],
            "densest before the second [1/m2]": queue[1],
            "first passed after [s]": first[0],
            "second passed after [s]": first[1],
            "flow through the first [1/s]": rate[0],
            "flow through the second [1/s]": rate[1],
        },
        margin=min(queue[0] / queue[1] - 1.0, (rate[0] - rate[1] + 0.05) / 0.05),
        reason=unmet(
            (queue[0] > queue[1], "it is denser before the second bottleneck"),
            (first[1] > first[0], "the second is passed before the first"),
            (rate[0] - rate[1] >= -0.05, f"{rate[1] - rate[0]:.2f} /s more pass the second than the first"),
        ),
        curves={
            name: Curve("model", tuple(0.1 + 2.0 * k for k in range(len(n))), tuple(n), *label)
            for name, n in rooms.items()
        },
    )


def _width_trials(seed: int, data: Path) -> dict[str, Trial]:
    return {f"{width:g}": Trial(_first_room, _crowd(seed, width=width)) for width in _MEASURED}


def _width_judge(runs: Runs, data: Path) -> Verdict:
    flows = {width: mean_of(runs[f"{width:g}"], "flow") for width in _MEASURED}
    spare = [
        margin_within(flows[w], (1.0 - _SLACK) * low, (1.0 + _SLACK) * high) for w, (low, high) in _MEASURED.items()
    ]
    rises = all(wider > narrower for narrower, wider in pairwise(flows.values()))
    outside = ", ".join(f"{w:g}" for w, s in zip(_MEASURED, spare, strict=True) if s < 0.0)
    widths, label = tuple(_MEASURED), ("clear width [m]", "flow [1/s]")
    low, high = zip(*_MEASURED.values(), strict=True)
    return Verdict(
        standard=outcome(rises),
        project=outcome(rises and min(spare) >= 0.0),
        measured={f"{w:g} m: flow [1/s]": f for w, f in flows.items()},
        margin=min(spare),
        reason=unmet(
            (rises, "the flow does not rise from each width to the next"),
            (min(spare) >= 0.0, f"outside the measurements at {outside} m"),
        ),
        curves={
            "model": Curve("model", widths, tuple(flows.values()), *label),
            "measured": Curve("band", widths, tuple(np.mean([low, high], axis=0)), *label, low, high),
            "1.9 people a second and metre": Curve("reference", widths, tuple(1.9 * w for w in widths), *label),
        },
    )


_rimea_12 = partial(Case, suite="rimea", tier=1, seeds=10)
_ROOM_SETUP = f"{_PEOPLE} people in a room of 10 x 10 m go through"

CASES = (
    _rimea_12(
        key="rimea-12a",
        title="Bottleneck: how far behind it the goal lies",
        source="RiMEA 4.1.1, annex 1, test 12a",
        setup=f"{_ROOM_SETUP} an opening of 1 m to a goal as wide as the next room, 0 to 10 m behind it.",
        criterion="The time to empty the first room rises with the distance until it is constant (one standard "
        "deviation of the runs allowed); ours: and changes by less than 5 % from 6 to 10 m.",
        trials=_goal_trials,
        judge=_goal_judge,
    ),
    _rimea_12(
        key="rimea-12b",
        title="Bottleneck: how long it is",
        source="RiMEA 4.1.1, annex 1, test 12b",
        setup=f"{_ROOM_SETUP} a bottleneck 1 m wide, 0.2 m or 5 m long.",
        criterion="It takes longer through the long one; ours: already the first room empties later.",
        trials=_length_trials,
        judge=_length_judge,
    ),
    _rimea_12(
        key="rimea-12c",
        title="Bottleneck: two of the same width in a row",
        source="RiMEA 4.1.1, annex 1, test 12c",
        setup=f"{_ROOM_SETUP} two openings of 1 m with another room of 10 x 10 m between them.",
        criterion="The jam is before the first; ours: it is denser there, the second is first passed later, and at "
        "most 0.05 /s more pass it than the first.",
        trials=_congestion_trials,
        judge=_congestion_judge,
    ),
    _rimea_12(
        key="rimea-12d",
        title="Bottleneck: how wide it is",
        source="RiMEA 4.1.1, annex 1, test 12d",
        setup=f"{_ROOM_SETUP} an opening 0.8, 1.0 or 1.2 m wide.",
        criterion="The flow (middle 80 % of people) rises with the width; ours: and lies in the range of the "
        "measurements of each width within 5 %.",
        trials=_width_trials,
        judge=_width_judge,
    ),
)
