"""People before a bank of gates: they spread over it, keep to what leads on, and are calm about it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from shapely.geometry import LineString, Polygon, box

from crowd.demand import Demand
from crowd.interventions import OneWay, SetGate
from crowd.model import CrowdModel
from crowd.triggers import AtTime, Measure
from tests.scenes import BOTH, finish, scenario
from venues import Gate, Level, Venue, Zone

#: Rate of a fare gate [1/s]: 27 people a minute.
RATE = 0.45


def fare_gates(
    count: int = 6,
    *,
    capacity: float | None = RATE,
    west: Polygon | None = None,
    senses: Sequence[str] = (),
    fence: LineString | None = None,
) -> Venue:
    """A hall of 20 m by 12 m with fare gates 0.6 m wide and 0.9 m apart across its middle; forward leads east."""
    low = 6.0 - 0.45 * count
    edges = [(low + 0.9 * k + 0.15, low + 0.9 * k + 0.75) for k in range(count)]
    ends = [0.0, *(y for edge in edges for y in edge), 12.0]
    machines = tuple(box(9.5, ends[k], 10.5, ends[k + 1]) for k in range(0, len(ends), 2))
    gates = tuple(
        Gate(
            f"g{k}", "ground", LineString([(10, top), (10, bottom)]), capacity=capacity, bank="row",
            direction=senses[k] if senses else "both",
        )
        for k, (bottom, top) in enumerate(edges)
    )  # fmt: skip
    level = Level("ground", box(0, 0, 20, 12), obstacles=machines, walls=(fence,) if fence else ())
    zones = (
        Zone("west", "ground", west or box(0, 0, 3, 12), BOTH),
        Zone("east", "ground", box(18, 0, 20, 12), BOTH),
    )
    return Venue(name="fare-gates", levels=(level,), zones=zones, gates=gates)


def passed(model: CrowdModel, way: int = 0) -> np.ndarray:
    """People who have passed each gate, 0 forward or 1 backward."""
    return np.array(model.line_counts[: len(model.venue.gates), way])


class Watched:
    """A run, and what happened at its gates: when people passed, queues each second, changes of mind in all."""

    def __init__(self, model: CrowdModel, *, until: Callable[[CrowdModel], bool] = lambda _: False) -> None:
        self.model, self.changes = model, 0
        count, queues = passed(model), [np.zeros(len(model.venue.gates), int)]
        self.times: list[list[float]] = [[] for _ in model.venue.gates]
        before = model.people.gate_choice.copy()
        while model.running and not until(model):
            model.step()
            choice = model.people.gate_choice
            self.changes += int(np.count_nonzero((choice != before) & (choice >= 0) & (before >= 0)))
            before = choice.copy()
            now = passed(model)
            for g, more in enumerate(now - count):
                self.times[g] += [model.time] * int(more)
            count = now
            if model.steps % 10 == 0:
                queues.append(np.bincount(choice[choice >= 0], minlength=len(model.venue.gates)))
        self.queues = np.array(queues)

    def rates(self, after: float, until: float = np.inf) -> np.ndarray:
        """People a second through each gate, between the first and the last who pass it in a time [1/s]."""
        late = [[time for time in times if after <= time <= until] for times in self.times]
        return np.array([(len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else 0.0 for times in late])

    def longest_waits(self, after: float, until: float) -> np.ndarray:
        """For how long nobody passes each gate in a time [s]."""
        late = [[after, *(time for time in times if after <= time <= until), until] for times in self.times]
        return np.array([np.diff(times).max() for times in late])


@cache
def train_load(seed: int) -> Watched:
    """Two hundred people who come from one side towards six gates."""
    people = [Demand.present("west", "east", people=200)]
    return Watched(CrowdModel(scenario(fare_gates(west=box(0, 0, 7, 7)), people, duration=66.0, seed=seed)))


@pytest.mark.parametrize("seed", [4, 7, 10])
def test_every_gate_passes_its_rate_under_a_train_load(seed: int) -> None:
    # From 15 s, when all six queues stand, to 66 s: until then 165 of the 200 could have passed.
    run = train_load(seed)
    assert run.rates(15.0) == pytest.approx(np.full(6, RATE), rel=0.15)
    assert run.rates(15.0).mean() == pytest.approx(RATE, rel=0.02)
    # A moment is made up for; a gate that two people bar each other's way into stands for good.
    assert run.longest_waits(15.0, 66.0).max() < 3.0 / RATE


def test_queues_before_equal_gates_stay_equal_and_few_change_their_minds() -> None:
    run = train_load(4)
    queues = run.queues[15:60]
    spread = queues.max(axis=1) - queues.min(axis=1)
    assert spread.mean() < 5.0
    assert run.changes < 1.5 * 200


def test_in_light_traffic_people_take_the_near_gate() -> None:
    demands = [Demand.steady("west", "east", rate=0.1, duration=150.0)]
    model = finish(CrowdModel(scenario(fare_gates(west=box(0, 1, 3, 4)), demands, duration=150.0)))
    # Cells of 0.25 m do not tell the two lowest gates apart; one person may find several others before them.
    assert passed(model).sum() >= 8
    assert passed(model)[2:].sum() <= 1


def test_a_closed_gate_is_never_chosen_and_one_that_opens_is_used_within_seconds() -> None:
    west, late = box(0, 3, 3, 9), Measure(SetGate("g2", open=False), AtTime(0.0, 40.0))
    shut = Measure(SetGate("g4", open=False), AtTime(0.0))
    demands = [Demand.steady("west", "east", rate=2.5, duration=60.0)]
    model = CrowdModel(scenario(fare_gates(west=west), demands, duration=60.0, measures=(late, shut)))
    while model.time < 40.0:
        model.step()
        assert not np.isin(model.people.gate_choice, (2, 4)).any()
    while passed(model)[2] == 0 and model.running:
        model.step()
        assert not (model.people.gate_choice == 4).any()
    # A walk of about 3 m from where people wait, and a few seconds until somebody compares the gates again.
    assert model.time < 50.0
    assert passed(model)[4] == 0


def test_a_gate_that_closes_is_given_up_at_once() -> None:
    measures = (Measure(SetGate("g2", open=False), AtTime(30.0)),)
    demands = [Demand.steady("west", "east", rate=2.5, duration=60.0)]
    model = CrowdModel(scenario(fare_gates(west=box(0, 3, 3, 9)), demands, duration=60.0, measures=measures))
    while model.time < 30.0:
        model.step()
    before = (model.people.gate_choice == 2).sum()
    model.step()
    assert before > 0
    assert not (model.people.gate_choice == 2).any()


@pytest.mark.slow
def test_one_way_gates_of_a_bank_carry_both_directions_for_ten_minutes() -> None:
    senses = ["forward"] * 4 + ["backward"] * 3
    demands = [
        Demand.steady("west", "east", rate=1.4, duration=600.0),
        Demand.steady("east", "west", rate=1.0, duration=600.0),
    ]
    run = Watched(CrowdModel(scenario(fare_gates(7, senses=senses), demands, duration=600.0)))
    forward, backward = passed(run.model), passed(run.model, 1)
    assert forward[4:].sum() == backward[:4].sum() == 0
    # Nine tenths of the demand at four fifths of the capacity, in the last five minutes as in the first.
    assert forward.sum() > 0.9 * 1.4 * 600
    assert backward.sum() > 0.9 * 1.0 * 600
    assert sum(time > 300.0 for times in run.times for time in times) > 0.9 * 1.4 * 300
    assert run.changes < 0.5 * (forward.sum() + backward.sum())


def stair_beside_escalator() -> Venue:
    """A stair gate 2.4 m wide beside a gate 1 m wide that lets one person through in 1.67 s."""
    walls = (box(9.5, 0, 10.5, 4), box(9.5, 6.4, 10.5, 7), box(9.5, 8, 10.5, 12))
    gates = (
        Gate("stair", "ground", LineString([(10, 6.4), (10, 4)]), bank="up"),
        Gate("escalator", "ground", LineString([(10, 8), (10, 7)]), capacity=0.6, bank="up"),
    )
    zones = (Zone("west", "ground", box(0, 0, 5, 12), BOTH), Zone("east", "ground", box(18, 0, 20, 12), BOTH))
    return Venue(name="up", levels=(Level("ground", box(0, 0, 20, 12), obstacles=walls),), zones=zones, gates=gates)


def test_a_stair_and_a_slow_gate_beside_it_share_a_crowd() -> None:
    model = CrowdModel(scenario(stair_beside_escalator(), [Demand.present("west", "east", people=150)], duration=35.0))
    run = Watched(model)
    flows = run.rates(10.0, 30.0)
    # The slow gate at its rate, the stair at what its width passes; both have queues to the end.
    assert flows[1] == pytest.approx(0.6, rel=0.1)
    assert run.longest_waits(10.0, 30.0)[1] < 2.0 / 0.6
    assert flows[0] > 1.2 * 2.4


def test_nobody_is_left_standing_before_the_post_between_two_wide_gates() -> None:
    walls = (box(19.5, 0, 20.5, 2.85), box(19.5, 5.85, 20.5, 6.15), box(19.5, 9.15, 20.5, 12))
    gates = tuple(
        Gate(name, "ground", LineString([(20, top), (20, top - 3.0)]), bank="doors")
        for name, top in (("south", 5.85), ("north", 9.15))
    )
    zones = (Zone("west", "ground", box(0, 0, 10, 12), BOTH), Zone("east", "ground", box(37, 0, 40, 12), BOTH))
    level = Level("ground", box(0, 0, 40, 12), obstacles=walls)
    venue = Venue(name="doors", levels=(level,), zones=zones, gates=gates)
    model = finish(CrowdModel(scenario(venue, [Demand.present("west", "east", people=200)], duration=40.0)))
    # At 1.2 /(m s) and less the doors need 28 s; without the rule for those held up six people stood there for good.
    assert passed(model).sum() == 200


def test_mirrored_crowds_use_mirrored_gates() -> None:
    shares = []
    for west in (box(0, 0, 5, 5), box(0, 7, 5, 12)):
        model = CrowdModel(scenario(fare_gates(west=west), [Demand.present("west", "east", people=60)], duration=60.0))
        shares.append(passed(finish(model)))
    assert shares[0].sum() == shares[1].sum() == 60
    # Places and noise are drawn anew: two people at a gate of ten.
    assert np.abs(shares[0] - shares[1][::-1]).max() <= 2


def test_a_gate_behind_a_wall_is_not_chosen() -> None:
    # A fence from the machines to the west cuts the hall; the way round it to the other gates is over 10 m.
    fence = LineString([(9.5, 6.0), (1.5, 6.0)])
    model = CrowdModel(
        scenario(
            fare_gates(west=box(5, 1, 9, 5), fence=fence), [Demand.present("west", "east", people=40)], duration=30.0
        )
    )
    while model.running:
        model.step()
        assert not np.isin(model.people.gate_choice, (3, 4, 5)).any()
    assert passed(model)[:3].sum() > 20


def crossing(duration: float = 30.0) -> CrowdModel:
    measures = (
        Measure(SetGate("g1", open=False), AtTime(8.0, 20.0)),
        Measure(OneWay("g3", "backward"), AtTime(12.0)),
    )
    demands = [
        Demand.steady("west", "east", rate=3.0, duration=duration),
        Demand.steady("east", "west", rate=0.5, duration=duration),
    ]
    senses = ["forward"] * 4 + ["backward"] * 2
    return CrowdModel(scenario(fare_gates(senses=senses), demands, duration=duration, measures=measures))


def test_a_model_restored_before_a_bank_goes_on_with_the_same_bytes() -> None:
    whole, first, second = (crossing() for _ in range(3))
    finish(whole)
    while first.time < 15.0:
        first.step()
    assert (first.people.gate_choice >= 0).sum() > 5
    second.restore(first.state())
    finish(second)
    for name in ("x", "y", "vx", "gate_choice", "gate_pass"):
        assert getattr(second.people, name).tobytes() == getattr(whole.people, name).tobytes()


PROGRAM = """
import hashlib, numba, sys
numba.set_num_threads(int(sys.argv[1]))
from tests.crowd.test_banks import crossing, finish
state = finish(crossing(12.0)).state()
print(hashlib.sha256(b"".join(state[name].tobytes() for name in sorted(state))).hexdigest())
"""


def test_one_thread_and_two_give_the_same_bytes_before_a_bank() -> None:
    environment = {**os.environ, "NUMBA_NUM_THREADS": "2", "PYTHONPATH": str(Path(__file__).parents[2])}
    digests = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM, threads], env=environment, capture_output=True, text=True, check=True
        ).stdout
        for threads in ("1", "2")
    }
    assert len(digests) == 1


def test_gates_without_a_bank_are_chosen_by_nobody() -> None:
    venue = fare_gates()
    venue = replace(venue, gates=tuple(replace(gate, bank=None) for gate in venue.gates))
    model = finish(CrowdModel(scenario(venue, [Demand.steady("west", "east", rate=1.0, duration=20.0)], duration=20.0)))
    assert model.people.entered[0] < 20.0
    assert (model.people.gate_choice == -1).all()
