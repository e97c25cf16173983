"""Which exit people take: the allotted one, the one they know, the one others take, another one when it closes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import box

from crowd.demand import Demand
from crowd.interventions import SetGate
from crowd.journeys import Journey, LeaveBy
from crowd.model import CrowdModel
from crowd.scenario import Scenario
from crowd.triggers import AtTime, Measure
from crowd.validation.case import Case, Measures, Runs, Trial, Verdict, margin_within, outcome
from crowd.validation.exits_taken import TWO, exit_of_each, two_exits
from crowd.validation.readings import track
from crowd.validation.scenes import flat, present, scenario
from venues import Venue

#: Widths of the cabins along the corridor [m], as RiMEA draws them; walls between them [m] (ours).
_CABINS, _WALL = (1.5, 1.5, 1.2, 1.5, 1.5, 1.5), 0.1
#: Cabins from which people go to the secondary exit, counted from 1, row by row.
_SECONDARY = (5, 6, 11, 12)


def _cabins() -> Venue:
    """A corridor of 1 m with six cabins 5 m deep on each side, doors 0.9 m, the main exit (1.2 m) at its left end."""
    begins = np.cumsum([0.0, *(width + _WALL for width in _CABINS)])
    length, depth, thick = float(begins[-1]), 5.0, 0.1
    parts = [box(0, 0, length, 1.0), box(-2.5, -0.1, 0, 1.1), box(length, 0, length + 1.5, 1.0)]
    sources = {}
    for row, (low, high) in enumerate(((1.0 + thick, 1.0 + thick + depth), (-thick - depth, -thick))):
        for k, width in enumerate(_CABINS):
            x, middle = float(begins[k]), float(begins[k]) + width / 2
            parts += [box(x, low, x + width, high), box(middle - 0.45, -thick, middle + 0.45, 1.0 + thick)]
            sources[f"cabin-{6 * row + k + 1}"] = box(x + 0.2, low + 1.0, x + width - 0.2, high - 0.5)
    exits = {"main": box(-2.5, -0.1, -1.5, 1.1), "secondary": box(length + 0.5, 0, length + 1.5, 1.0)}
    return flat(shapely.union_all(parts), sources=sources, exits=exits)


def _allotted_trials(seed: int, data: Path) -> dict[str, Trial]:
    demands = [
        present(f"cabin-{k}", "secondary" if k in _SECONDARY else "main", 1 if k == 3 else 2) for k in range(1, 13)
    ]
    return {"cabins": Trial(_share_as_allotted, scenario(_cabins(), demands, seed=seed, duration=120.0))}


def _share_as_allotted(case: Scenario) -> Measures:
    wanted = [d.journey for d in case.demands if d.burst is not None for _ in range(d.burst.people)]
    taken = exit_of_each(track(case), case)
    return {"share": float(np.mean([a == b for a, b in zip(taken, wanted, strict=True)])), "people": len(taken)}


def _allotted_judge(runs: Runs, data: Path) -> Verdict:
    share = float(np.mean([m["share"] for m in runs["cabins"]]))
    people = runs["cabins"][0]["people"]
    holds = outcome(share == 1.0 and people == 23)
    return Verdict(holds, holds, {"people": people, "left by the allotted exit [1]": share}, margin=share - 1.0)


def _near_and_far(seed: int, data: Path) -> dict[str, Trial]:
    """A room of 30 m x 20 m, two doors of 1 m in its upper wall, people coming in along the whole left wall."""
    floor = shapely.union_all([box(0, 0, 30, 20), box(9, 20, 10, 21.5), box(26, 20, 27, 21.5)])
    exits = {"near": box(9, 20.5, 10, 21.5), "far": box(26, 20.5, 27, 21.5)}
    venue = flat(floor, sources={"left": box(0, 0, 2, 20)}, exits=exits)
    rate = 1000 / 60.0  # more than comes in at once, so that it is dense at the wall
    demand = Demand("left", "out", times=(0.0, 60.0, 60.1, 600.0), rates=(rate, rate, 0.0, 0.0))
    journeys = [Journey("out", (LeaveBy(("near", "far")),))]
    case = scenario(venue, [demand], seed=seed, duration=600.0, journeys=journeys)
    return {"1000 people": Trial(_near_and_far_measures, case)}


class _Rerouting:
    """Notes when a queue stands at the near door, and when the first one heads for the far one."""

    def __init__(self) -> None:
        self.queue_since, self.far_since = np.inf, np.inf

    def __call__(self, model: CrowdModel) -> bool:
        p, rows = model.people, model.people.present()
        far = model.itineraries.destinations.index(("far",))
        before_door = np.hypot(p.x[rows] - 9.5, p.y[rows] - 20.0) < 3.0
        slow = np.hypot(p.vx[rows], p.vy[rows]) < 0.5
        if np.count_nonzero(before_door & slow) >= 5:  # five people who hardly move within 3 m: a queue (ours)
            self.queue_since = min(self.queue_since, model.time)
        if (p.destination[rows] == far).any():
            self.far_since = min(self.far_since, model.time)
        return False


def _near_and_far_measures(case: Scenario) -> Measures:
    rerouting = _Rerouting()
    taken = exit_of_each(track(case, every=10, stop=rerouting), case)
    found = {name: taken.count(name) for name in ("near", "far")}
    return found | {"queue": rerouting.queue_since, "far since": rerouting.far_since, "inside": taken.count("")}


def _near_and_far_judge(runs: Runs, data: Path) -> Verdict:
    found = runs["1000 people"]
    shares = np.array([m["far"] / (m["near"] + m["far"]) for m in found])
    after = all(m["far since"] >= m["queue"] for m in found)
    share, within = float(shares.mean()), bool(((shares >= 0.05) & (shares <= 0.45)).all())
    reason = [] if within else ["both doors stay busy to the end, so the far one serves nearly half of the people"]
    reason += [] if after else ["somebody took the far exit before a queue stood at the near one"]
    return Verdict(
        standard=outcome(all(m["near"] > m["far"] >= 1 and m["inside"] == 0 for m in found)),
        project=outcome(within and after),
        measured={
            "share of the far exit [1]": share,
            "its range [1]": float(np.ptp(shares)),
            "queue at the near exit from [s]": float(np.mean([m["queue"] for m in found])),
            "first to the far exit [s]": float(np.mean([m["far since"] for m in found])),
        },
        margin=margin_within(share, 0.05, 0.45),
        reason="; ".join(reason),
    )


def _free_to_choose(*familiar: tuple[str, float]) -> Journey:
    return Journey("free", (LeaveBy(TWO, familiar=familiar),))


def _counts(case: Scenario, *, people: int) -> Measures:
    """By which exit the first of the people left; the others are there to be followed."""
    taken = exit_of_each(track(case, every=5), case)[:people]
    return {name: taken.count(name) for name in TWO}


def _influence_trials(seed: int, data: Path) -> dict[str, Trial]:
    venue = two_exits()
    journeys = [_free_to_choose(), Journey("decided", (LeaveBy(("exit-2",)),))]
    free, third = present("inside", "free", 2), present("behind", "decided", 1)
    make = partial(scenario, venue, seed=seed, duration=60.0, journeys=journeys)
    measure = partial(_counts, people=2)
    return {"alone": Trial(measure, make([free])), "with a third": Trial(measure, make([free, third]))}


def _share_of_second(found: Sequence[Measures]) -> float:
    """Share of exit 2 among those who left, all runs together; 0 if nobody did."""
    counts = np.array([[m[name] for name in TWO] for m in found])
    return float(counts[:, 1].sum() / max(counts.sum(), 1))


def _influence_judge(runs: Runs, data: Path) -> Verdict:
    alone, led = (_share_of_second(runs[name]) for name in ("alone", "with a third"))
    holds = outcome(led > alone)
    return Verdict(holds, holds, {"share of exit 2 alone [1]": alone, "with a third [1]": led}, margin=led - alone)


def _familiar_trials(seed: int, data: Path) -> dict[str, Trial]:
    venue = two_exits((5.5, 3.0, 9.5, 7.0))
    known = {"balanced": (("exit-1", 0.5), ("exit-2", 0.5)), "familiar": (("exit-1", 0.2), ("exit-2", 0.8))}
    demand = [present("inside", "free", 40)]
    return {
        name: Trial(
            partial(_counts, people=40),
            scenario(venue, demand, seed=seed, duration=120.0, journeys=[_free_to_choose(*pairs)]),
        )
        for name, pairs in known.items()
    }


def _familiar_judge(runs: Runs, data: Path) -> Verdict:
    balanced, preferred = (_share_of_second(runs[name]) for name in ("balanced", "familiar"))
    imbalance = abs(2.0 * balanced - 1.0)
    holds = outcome(imbalance <= 0.10 and preferred > 0.5)
    return Verdict(
        standard=holds,
        project=holds,
        measured={"imbalance at 50 : 50 [1]": imbalance, "share of the exit known to 80 % [1]": preferred},
        margin=1.0 - imbalance / 0.10,
    )


def _closing_trials(seed: int, data: Path) -> dict[str, Trial]:
    closes = Measure(SetGate("door-1", False), AtTime(1.0))
    case = scenario(
        two_exits((3.0, 4.5, 4.0, 5.5)),
        [present("inside", "free", 1)],
        seed=seed,
        duration=60.0,
        journeys=[_free_to_choose()],
        measures=(closes,),
    )
    return {"closes": Trial(partial(_counts, people=1), case)}


def _closing_judge(runs: Runs, data: Path) -> Verdict:
    second = _share_of_second(runs["closes"])
    holds = outcome(second == 1.0)
    return Verdict(holds, holds, {"left by exit 2 [1]": second}, margin=second - 1.0)


def _case(
    key: str,
    source: str,
    title: str,
    setup: str,
    criterion: str,
    trials: Callable[[int, Path], dict[str, Trial]],
    judge: Callable[[Runs, Path], Verdict],
    *,
    tier: int,
    seeds: int,
    sets: tuple[str, ...] = (),
) -> Case:
    suite = key.partition("-")[0]
    return Case(key, suite, title, source, setup, criterion, tier, seeds, trials, judge, sets)


def _allotted(key: str, source: str) -> Case:
    setup = "Twelve cabins with 23 people on a corridor of 1 m; 15 are allotted the main, 8 the secondary exit."
    title, criterion = "Allotted escape routes", "Everybody leaves by the allotted exit."
    return _case(key, source, title, setup, criterion, _allotted_trials, _allotted_judge, tier=0, seeds=1)


def _influence(key: str, source: str) -> Case:
    setup = "Two people between two exits equally far; the same with a third behind them who is bound for exit 2."
    criterion = "Over 40 seeds exit 2 has a larger share of the two with the third one than without."
    title = "Social influence on the choice of an exit"
    return _case(key, source, title, setup, criterion, _influence_trials, _influence_judge, tier=1, seeds=40)


def _familiarity(key: str, source: str) -> Case:
    setup = "40 people between two exits equally far, known best to half of them each; then exit 2 to 80 %."
    criterion = "Over 20 seeds at most 10 % imbalance at 50 : 50, and most take the exit that most know."
    return _case(
        key, source, "Familiar exits", setup, criterion, _familiar_trials, _familiar_judge, tier=1, seeds=20,
        sets=("familiar",),
    )  # fmt: skip


def _closing(key: str, source: str) -> Case:
    setup = "One person nearer to exit 1 of two; its door closes after 1 s."
    title, criterion = "An exit that closes", "The person leaves by exit 2."
    return _case(
        key, source, title, setup, criterion, _closing_trials, _closing_judge, tier=0, seeds=1, sets=("measure",)
    )


CASES = (
    _allotted("rimea-10", "RiMEA 4.1.1, annex 1, test 10"),
    _allotted("imo-10", "IMO MSC.1/Circ.1533, annex 3, test 10"),
    _allotted("nist-3.1", "NIST TN 1822, Verif. 3.1"),
    _allotted("iso-08", "ISO 20414:2020, test 8"),
    _case(
        "rimea-11",
        "RiMEA 4.1.1, annex 1, test 11",
        "Choice of the escape route",
        "A room of 30 m x 20 m, two exits of 1 m in one wall; about 1000 people come in along the left wall.",
        "More take the near exit than the far one, somebody takes the far one; ours: 5 to 45 % take the far one, none "
        "before a queue stands at the near one.",
        _near_and_far,
        _near_and_far_judge,
        tier=1,
        seeds=5,
    ),
    _influence("nist-3.2", "NIST TN 1822, Verif. 3.2"),
    _influence("iso-15", "ISO 20414:2020, test 15"),
    _familiarity("nist-3.3", "NIST TN 1822, Verif. 3.3"),
    _familiarity("iso-16", "ISO 20414:2020, test 16"),
    _closing("nist-4.1", "NIST TN 1822, Verif. 4.1"),
    _closing("iso-09", "ISO 20414:2020, test 9"),
)
