"""Measures in a crowd do what they say: metering, one way, a barrier, keeping right, an exit that opens, and none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from shapely.geometry import LineString, box

from crowd.demand import Demand
from crowd.interventions import Barrier, KeepRight, Metering, OneWay, SetGate
from crowd.journeys import Journey, LeaveBy, Watch
from crowd.model import CrowdModel
from crowd.parameters import Parameters
from crowd.scenario import Scenario
from crowd.triggers import AtTime, Measure
from crowd.validation.case import Case, Measures, Runs, Trial, Verdict, outcome
from crowd.validation.measures import unmet
from crowd.validation.readings import track
from crowd.validation.scenes import GROUND, flat, present, scenario
from venues import Gate, Level, MeasurementLine, Venue, Zone

_LENGTH, _WIDTH = 40.0, 3.0
#: Metered rate [1/s], arrivals [1/s], and from and until when passages are counted [s]: ten minutes.
_RATE, _ARRIVALS, _COUNTED = 1.0, 1.2, (100.0, 700.0)
_PUSH, _PEOPLE = 100.0, 40
_OPENS = 30.0
_SHARE = 0.7


def _two_corridors(demands: list[Demand], *, seed: int, duration: float, measures: tuple[Measure, ...]) -> Scenario:
    """A corridor of 3 m walked both ways, and another beside it that is longer; a gate in each, forward east."""
    upper = 8.0
    floor = box(0, 0, _LENGTH, _WIDTH).union(box(0, upper, _LENGTH, upper + _WIDTH))
    floor = floor.union(box(-4, 0, 0, upper + _WIDTH)).union(box(_LENGTH, 0, _LENGTH + 4, upper + _WIDTH))
    middle = _LENGTH / 2
    venue = flat(
        floor,
        sources={"west": box(-4, 0, -1, _WIDTH), "east": box(_LENGTH + 1, 0, _LENGTH + 4, _WIDTH)},
        exits={"to west": box(-4, 0, -2, _WIDTH), "to east": box(_LENGTH + 2, 0, _LENGTH + 4, _WIDTH)},
        gates=(
            Gate("near", GROUND, LineString([(middle, _WIDTH), (middle, 0)])),
            Gate("far", GROUND, LineString([(middle, upper + _WIDTH), (middle, upper)])),
        ),
        lines=(
            MeasurementLine("before", GROUND, LineString([(middle - 2, _WIDTH), (middle - 2, 0)])),
            MeasurementLine("beside", GROUND, LineString([(middle + 1, upper + _WIDTH), (middle + 1, upper)])),
        ),
    )
    return scenario(venue, demands, seed=seed, duration=duration, measures=measures)


def _metered(seed: int, data: Path) -> dict[str, Trial]:
    demand = Demand.steady("west", "to east", rate=_ARRIVALS, duration=_COUNTED[1])
    shut = Measure(SetGate("far", open=False), AtTime(0.0))
    meter = Measure(Metering("near", _RATE), AtTime(0.0))
    build = {"metered": (shut, meter), "free": (shut,)}
    return {
        name: Trial(_passages, _two_corridors([demand], seed=seed, duration=_COUNTED[1], measures=measures))
        for name, measures in build.items()
    }


def _passages(case: Scenario) -> Measures:
    """Passages of the gate, and densities of the 10 m before and behind it at the end [1/m2]."""
    found = track(case, every=10)
    times = found.crossings["near"][0]
    counted = (times > _COUNTED[0]) & (times <= _COUNTED[1])
    late = found.time > _COUNTED[1] - 60.0
    frames = np.unique(found.frame[late]).size
    before, behind = (
        float((late & (found.x > x) & (found.x < x + 10.0) & (found.y < _WIDTH)).sum() / frames / 10.0 / _WIDTH)
        for x in (_LENGTH / 2 - 10.0, _LENGTH / 2)
    )
    return {"rate": float(counted.sum() / (_COUNTED[1] - _COUNTED[0])), "before": before, "behind": behind}


def _judge_metering(runs: Runs, data: Path) -> Verdict:
    metered, free = (
        {key: float(np.mean([m[key] for m in runs[name]])) for key in ("rate", "before", "behind")}
        for name in ("metered", "free")
    )
    error = max(abs(m["rate"] / _RATE - 1.0) for m in runs["metered"])
    moved = metered["before"] > free["before"] and metered["behind"] < free["behind"]
    verdict = outcome(error <= 0.02 and moved)
    return Verdict(
        verdict,
        verdict,
        {
            "delivered [1/s]": metered["rate"],
            "density before the gate, metered [1/m2]": metered["before"],
            "density before the gate, free [1/m2]": free["before"],
            "density behind the gate, metered [1/m2]": metered["behind"],
            "density behind the gate, free [1/m2]": free["behind"],
        },
        margin=1.0 - error / 0.02,
    )


def _one_way(seed: int, data: Path) -> dict[str, Trial]:
    """Half the people each way, all by the near corridor, or the eastbound there and the others beside."""
    demands = [
        Demand.steady("west", "to east", rate=1.6, duration=300.0),
        Demand.steady("east", "to west", rate=1.6, duration=300.0),
    ]
    shut = (Measure(SetGate("far", open=False), AtTime(0.0)),)
    apart = (Measure(OneWay("near", "forward"), AtTime(0.0)), Measure(OneWay("far", "backward"), AtTime(0.0)))
    return {
        name: Trial(_delays, _two_corridors(demands, seed=seed, duration=300.0, measures=measures))
        for name, measures in {"two-way": shut, "one-way": apart}.items()
    }


def _delays(case: Scenario) -> Measures:
    """Time in the venue beyond that of a free walk by the same way, counting who is still inside [s]; crossings."""
    model = CrowdModel(case)
    while model.running:
        model.step()
    p = model.people
    came = np.isfinite(p.entered)
    stayed = np.where(np.isfinite(p.left), p.left, model.time) - np.where(came, p.entered, p.arrival)
    wrong = model.line_counts[model.line_names.index("near"), 1]
    return {
        "delay": float((stayed - p.free_travel_time)[came].mean()),
        "left": float(np.isfinite(p.left).sum()),
        "against": float(wrong),
    }


def _judge_one_way(runs: Runs, data: Path) -> Verdict:
    delay = {name: float(np.mean([m["delay"] for m in found])) for name, found in runs.items()}
    against = max(m["against"] for m in runs["one-way"])
    verdict = outcome(delay["one-way"] < delay["two-way"] and against == 0)
    return Verdict(
        verdict,
        verdict,
        {f"mean delay, {name} [s]": d for name, d in delay.items()}
        | {f"people who left, {name}": float(np.mean([m["left"] for m in found])) for name, found in runs.items()}
        | {"crossings against the one way": against},
        margin=1.0 - delay["one-way"] / delay["two-way"] if delay["two-way"] > 0 else None,
        reason="" if against == 0 else "people pass the gate the wrong way",
    )


def _barred(seed: int, data: Path) -> dict[str, Trial]:
    """40 people who press towards a stage beyond a barrier put up across their corridor, with smooth walls."""
    zones = (
        Zone("stage", GROUND, box(0, 0, 2, _WIDTH), frozenset({"stage"})),
        Zone("pen", GROUND, box(4, 0, 16, _WIDTH), frozenset({"waiting", "source"})),
        Zone("out", GROUND, box(20, 0, 22, _WIDTH), frozenset({"exit"})),
    )
    venue = Venue("case", levels=(Level(GROUND, box(0, 0, 22, _WIDTH)),), zones=zones)
    # Two metres of it are left to stand on, so that the people press on the barrier, not on the end of the floor.
    barrier = Measure(Barrier(GROUND, ((4.0, -0.5), (4.0, _WIDTH + 0.5))), AtTime(0.0))
    journeys = [Journey("out", (Watch("pen", "stage", 400.0, 10.0, _PUSH), LeaveBy(("out",))))]
    case = scenario(
        venue,
        [present("pen", "out", _PEOPLE)],
        seed=seed,
        duration=120.0,
        journeys=journeys,
        measures=(barrier,),
        parameters=Parameters().with_overrides({"contact.friction": 0.0}),
    )
    return {"barrier": Trial(_barrier_load, case)}


def _barrier_load(case: Scenario) -> Measures:
    """Load on the barrier at the end [N], and how many were ever beyond it."""
    model = CrowdModel(case)
    beyond = 0
    while model.running:
        model.step()
        beyond = max(beyond, int((model.people.x[model.people.present()] < 4.0).sum()))
    shot = model.snapshot()
    on_it = (shot.wall_bins[:, [0, 2]] == 4.0).all(axis=1)
    length = np.abs(shot.wall_bins[:, 3] - shot.wall_bins[:, 1])
    return {"load": float((shot.wall_load_mean * length)[on_it].sum()), "beyond": beyond}


def _judge_barrier(runs: Runs, data: Path) -> Verdict:
    found = runs["barrier"]
    errors = [abs(m["load"] / (_PEOPLE * _PUSH) - 1.0) for m in found]
    beyond = max(m["beyond"] for m in found)
    verdict = outcome(max(errors) <= 0.01 and beyond == 0)
    walking = f"its load is {max(errors):.1%} off the sum of the pushes"
    return Verdict(
        verdict,
        verdict,
        {"load on the barrier over all pushes": found[0]["load"] / (_PEOPLE * _PUSH), "people beyond it": beyond},
        margin=1.0 - max(errors) / 0.01,
        reason=unmet((max(errors) <= 0.01, walking), (beyond == 0, "somebody gets beyond it")),
    )


def _asked_to_keep_right(seed: int, data: Path) -> dict[str, Trial]:
    floor = box(0, 0, _LENGTH, 4.0)
    lane = Zone("lane", GROUND, box(4, 0, _LENGTH - 4, 4.0), frozenset({"section"}))
    plain = flat(floor, sources={"west": box(0, 0, 3, 4)}, exits={"to east": box(_LENGTH - 2, 0, _LENGTH, 4)})
    venue = Venue("case", levels=plain.levels, zones=(*plain.zones, lane))
    demand = Demand.steady("west", "to east", rate=1.0, duration=260.0)
    measures = (Measure(KeepRight("lane", compliance=_SHARE), AtTime(0.0)),)
    return {"asked": Trial(_right_side, scenario(venue, [demand], seed=seed, duration=260.0, measures=measures))}


def _right_side(case: Scenario) -> Measures:
    """People, and how many of them walk on the right half at the middle of the corridor (they walk east)."""
    model = CrowdModel(case)
    side = np.full(len(model.people), np.nan)
    while model.running:
        model.step()
        p, rows = model.people, model.people.present()
        here = rows[np.abs(p.x[rows] - 0.5 * _LENGTH) < 1.0]
        side[here] = p.y[here]
    seen = np.isfinite(side)
    return {"people": float(seen.sum()), "comply": float(model.people.complies[seen].sum()),
            "right": float((side[seen] < 2.0).sum())}  # fmt: skip


def _judge_keep_right(runs: Runs, data: Path) -> Verdict:
    people, comply, right = (sum(m[key] for m in runs["asked"]) for key in ("people", "comply", "right"))
    allowed = 3.0 * float(np.sqrt(_SHARE * (1.0 - _SHARE) / people))
    error = abs(comply / people - _SHARE)
    verdict = outcome(error <= allowed)
    return Verdict(
        verdict,
        verdict,
        {"share who follow": comply / people, "share on the right half": right / people, "people": people},
        margin=1.0 - error / allowed,
    )


def _opening(seed: int, data: Path) -> dict[str, Trial]:
    demand = Demand.steady("west", "to east", rate=1.0, duration=120.0)
    shut = Measure(SetGate("near", open=False), AtTime(0.0, _OPENS))
    return {"opens": Trial(_first_use, _two_corridors([demand], seed=seed, duration=120.0, measures=(shut,)))}


def _first_use(case: Scenario) -> Measures:
    found = track(case)
    return {"first": float(found.crossings["near"][0].min(initial=np.inf)), "beside": found.crossings["beside"][0].size}


def _judge_opening(runs: Runs, data: Path) -> Verdict:
    first = [m["first"] for m in runs["opens"]]
    verdict = outcome(min(first) >= _OPENS and max(first) < np.inf)
    return Verdict(
        verdict,
        verdict,
        {
            "first passage after the opening [s]": min(first) - _OPENS,
            "people who went round": runs["opens"][0]["beside"],
        },
        reason="people learn of an opening at once: there is no delay of detection in the model",
    )


def _without_effect(seed: int, data: Path) -> dict[str, Trial]:
    demands = [
        Demand.steady("west", "to east", rate=2.0, duration=60.0),
        Demand.steady("east", "to west", rate=2.0, duration=60.0),
    ]
    nothing = (
        Measure(Metering("far", 100.0), AtTime(20.0)),
        Measure(SetGate("near", open=True), AtTime(10.0)),
        Measure(OneWay("far", "both"), AtTime(10.0)),
    )
    return {
        name: Trial(_end_state, _two_corridors(demands, seed=seed, duration=60.0, measures=measures))
        for name, measures in {"with": nothing, "without": ()}.items()
    }


def _end_state(case: Scenario) -> Measures:
    model = CrowdModel(case)
    while model.running:
        model.step()
    p = model.people
    return {name: getattr(p, name).tobytes().hex() for name in ("x", "y", "vx", "vy")}


def _judge_without_effect(runs: Runs, data: Path) -> Verdict:
    unlike = sum(a != b for a, b in zip(runs["with"], runs["without"], strict=True))
    verdict = outcome(unlike == 0)
    reason = "" if unlike == 0 else "a measure of no effect moves people"
    return Verdict(verdict, verdict, {"seeds with other bits": unlike}, reason=reason)


def _case(name: str, title: str, setup: str, criterion: str, trials: Any, judge: Any, **more: Any) -> Case:
    """A case of the one list of checks on measures."""
    settings = {"tier": 1, "seeds": 3, "sets": ("measure",), **more}
    return Case(
        key=f"mechanics-{name}", suite="mechanics", title=title, source="checks of measures (our specification)",
        setup=setup, criterion=criterion, trials=trials, judge=judge, **settings,
    )  # fmt: skip


CASES = (
    _case(
        "metering",
        "A metered gate delivers its rate",
        "1.2 /s arrive at a gate in a corridor of 3 m that lets 1 /s pass, for ten minutes; again without metering.",
        "Delivered within 2 %; denser before the gate, thinner behind it than without.",
        _metered,
        _judge_metering,
        seeds=2,
    ),
    _case(
        "one-way",
        "One way instead of two",
        "1.6 /s each way by one corridor of 3 m, or eastbound there and westbound by a longer one beside it; 5 min.",
        "The mean delay falls; nobody passes against the one way.",
        _one_way,
        _judge_one_way,
    ),
    _case(
        "barrier",
        "A barrier holds and bears what is pushed",
        "40 people press with 100 N each on a barrier put up across a corridor of 3 m with smooth walls.",
        "Nobody gets beyond it; its load is the sum of the pushes within 1 %.",
        _barred,
        _judge_barrier,
        sets=("measure", "parameter contact.friction"),
    ),
    _case(
        "keep-right",
        "As many keep right as were said to",
        "1 /s walk 40 m of a corridor of 4 m where 70 % follow the request to keep right.",
        "The share who follow is 0.7 within 3 standard deviations of the binomial distribution.",
        _asked_to_keep_right,
        _judge_keep_right,
    ),
    _case(
        "opening",
        "An exit that opens is used from then on",
        "1 /s arrive; the near gate is shut for 30 s, the way round is open.",
        "Nobody passes before it opens (and the delay of detection, which the model has not); people do after it.",
        _opening,
        _judge_opening,
    ),
    _case(
        "null-measure",
        "A measure without effect",
        "2 /s each way; a gate nobody takes is metered to 100 /s, open gates are opened, both directions allowed.",
        "Positions and velocities are the same bit by bit.",
        _without_effect,
        _judge_without_effect,
        tier=0,
        seeds=1,
    ),
)
