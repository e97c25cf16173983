"""The step: nobody is lost, chance belongs to people, gates and stages do what they say."""


import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import box

from crowd.demand import Demand, PreMovement
from crowd.interventions import Barrier, KeepRight, Metering, OneWay, SetGate
from crowd.journeys import Journey, LeaveBy, Queue, Wait, WalkTo
from crowd.model import CrowdModel
from crowd.parameters import Parameters
from crowd.population import Status
from crowd.scenario import Scenario
from crowd.triggers import AtTime, Measure
from tests.scenes import BOTH, START, finish, scenario, two_ways
from venues import Level, Venue, Zone

PROGRAM = """
import hashlib, numba, sys
numba.set_num_threads(int(sys.argv[1]))
from crowd.demand import Demand
from crowd.model import CrowdModel
from tests.scenes import scenario, two_ways
demands = [Demand.steady("west", "east", rate=2.0, duration=30), Demand.steady("east", "west", rate=2.0, duration=30)]
model = CrowdModel(scenario(two_ways(), demands, duration=30.0, seed=int(sys.argv[2])))
while model.running:
    model.step()
state = model.state()
print(hashlib.sha256(b"".join(state[name].tobytes() for name in sorted(state))).hexdigest())
"""


def digest(threads: int, seed: int = 1) -> str:
    environment = {**os.environ, "NUMBA_NUM_THREADS": "3", "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", PROGRAM, str(threads), str(seed)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()


def test_the_same_seed_gives_the_same_bytes_with_one_two_and_three_threads() -> None:
    assert digest(1) == digest(2) == digest(3)


def test_another_seed_gives_other_bytes() -> None:
    assert digest(1, seed=1) != digest(1, seed=2)


def crossing(
    *, measures: tuple[Measure, ...] = (), duration: float = 90.0, rate: float = 1.0, **more: float
) -> CrowdModel:
    """People from the west to the east, and half as many back, past the gates `near` and `far`."""
    demands = [
        Demand.steady("west", "east", rate=rate, duration=duration),
        Demand.steady("east", "west", rate=rate / 2, duration=duration),
    ]
    return CrowdModel(scenario(two_ways(), demands, duration=duration, measures=measures, parameters=more))


def test_everyone_expected_has_entered_or_waits_outside_at_every_instant() -> None:
    model = crossing(rate=6.0)
    while model.running:
        model.step()
        expected, entered, left, outside, _ = model.snapshot().source_counts.sum(axis=0)
        assert expected == entered + outside
        assert entered == left + model.people.present().size


def test_nobody_is_off_the_floor_in_a_crowded_counter_flow() -> None:
    model = finish(crossing(rate=6.0, duration=60.0))
    rows = model.people.present()
    floor = model.venue.levels[0].floor
    assert rows.size > 50
    # 1 mm: the tolerance of the guideline suites
    assert shapely.contains_xy(floor.buffer(1e-3), model.people.x[rows], model.people.y[rows]).all()


def test_closing_a_gate_far_away_leaves_traits_and_noise_of_everyone_unchanged() -> None:
    close = Measure(SetGate("far", open=False), AtTime(10.0))
    with_gate, without = finish(crossing(measures=(close,))), finish(crossing())
    for name in ("key", "arrival", "speed", "radius", "mass", "profile", "noise", "x", "y"):
        assert getattr(with_gate.people, name).tobytes() == getattr(without.people, name).tobytes()


def test_a_measure_of_no_effect_gives_identical_trajectories() -> None:
    nothing = Measure(Metering("far", rate=100.0), AtTime(1e6 - 1))
    assert finish(crossing(measures=(nothing,))).people.x.tobytes() == finish(crossing()).people.x.tobytes()


def counted(model: CrowdModel, line: str) -> tuple[int, int]:
    forward, backward = model.line_counts[model.line_names.index(line)]
    return int(forward), int(backward)


def test_people_take_the_nearer_of_two_ways() -> None:
    assert sum(counted(finish(crossing()), "far")) == 0


def test_a_closed_gate_sends_people_round_and_they_are_counted_as_diverted() -> None:
    model = finish(crossing(measures=(Measure(SetGate("near", open=False), AtTime(0.0)),)))
    assert sum(counted(model, "near")) == 0
    assert sum(counted(model, "far")) > 30
    assert model.snapshot().source_counts[:, 4].sum() == model.snapshot().source_counts[:, 1].sum()


def test_a_one_way_gate_is_passed_in_its_direction_alone_and_the_others_go_round() -> None:
    # Drawn from north to south, forward leads east.
    model = finish(crossing(measures=(Measure(OneWay("near", "forward"), AtTime(0.0)),)))
    assert counted(model, "near")[0] > 30
    assert counted(model, "near")[1] == 0
    assert counted(model, "far")[1] > 10


def shut_in(*, until: float | None) -> CrowdModel:
    both = tuple(Measure(SetGate(name, open=False), AtTime(0.0, until)) for name in ("near", "far"))
    return crossing(measures=both, duration=120.0)


def test_people_queue_at_a_gate_when_no_way_is_open_and_go_on_when_it_opens() -> None:
    model = shut_in(until=60.0)
    while model.time < 60.0:
        model.step()
    rows = model.people.present()
    queueing = np.abs(model.people.x[rows] - 20.0) < 5.0
    assert sum(counted(model, "near")) == 0
    assert queueing.sum() > 20
    assert sum(counted(finish(model), "near")) > 20


def test_a_barrier_stops_everyone_where_it_stands() -> None:
    wall = Measure(Barrier("ground", ((12.0, -1.0), (12.0, 4.5))), AtTime(0.0))
    model = finish(crossing(measures=(wall,)))
    assert sum(counted(model, "near")) == 0
    assert sum(counted(model, "far")) > 20


@pytest.mark.parametrize("rate", [0.5, 1.33])
def test_a_metered_gate_delivers_its_rate_within_2_percent(rate: float) -> None:
    demand = Demand.steady("west", "east", rate=1.6, duration=400.0)
    measures = (Measure(Metering("near", rate), AtTime(0.0)), Measure(SetGate("far", open=False), AtTime(0.0)))
    model = CrowdModel(scenario(two_ways(), [demand], duration=400.0, measures=measures))
    passed = {}
    while model.running:
        model.step()
        if model.time in (100.0, 400.0):
            passed[model.time] = counted(model, "near")[0]
    # Five minutes, with a queue behind the gate all the time.
    assert (passed[400.0] - passed[100.0]) / 300.0 == pytest.approx(rate, rel=0.02)


def test_keeping_right_separates_the_two_directions() -> None:
    venue = two_ways()
    zone = Zone("lane", "ground", box(4, 0, 36, 4), frozenset({"section"}))
    venue = Venue(name="lane", levels=venue.levels, zones=(*venue.zones, zone), gates=venue.gates)
    demands = [Demand.steady(a, b, rate=0.6, duration=90) for a, b in (("west", "east"), ("east", "west"))]
    measures = (Measure(KeepRight("lane", compliance=1.0), AtTime(0.0)),)
    model = CrowdModel(scenario(venue, demands, duration=90.0, measures=measures))
    seen = []
    while model.running:
        model.step()
        p, rows = model.people, model.people.present()
        middle = rows[(np.abs(p.x[rows] - 20) < 8) & (p.y[rows] < 4)]
        seen.append(np.column_stack((p.vx[middle], p.y[middle])))
    vx, y = np.concatenate(seen).T
    assert y[vx > 0.3].mean() < 1.7
    assert y[vx < -0.3].mean() > 2.3


def hall_with(stages: tuple[object, ...], *, duration: float = 120.0, people: int = 20, **more: object) -> CrowdModel:
    """A hall crossed from west to east, with stages in a zone in the middle."""
    zones = (
        Zone("west", "ground", box(0, 0, 4, 10), BOTH),
        Zone("middle", "ground", box(12, 3, 18, 7), frozenset({"waiting", "queue", "stage"})),
        Zone("east", "ground", box(28, 0, 30, 10), BOTH),
    )
    venue = Venue(name="hall", levels=(Level("ground", box(0, 0, 30, 10)),), zones=zones)
    journey = Journey("through", (*stages, LeaveBy(("east",))))  # type: ignore[arg-type]
    demand = Demand.present("west", "through", people=people)
    return CrowdModel(
        Scenario(name="hall", venue=venue, start=START, duration=duration, demands=(demand,), journeys=(journey,))
    )


def test_people_who_wait_leave_the_zone_when_their_time_is_over() -> None:
    model = hall_with((Wait("middle", duration=40.0),))
    while model.time < 40.0:
        model.step()
    waiting = model.people.status == Status.WAITING
    assert waiting.all()
    finish(model)
    stayed = model.people.left - model.people.stage_since
    assert (model.people.status == Status.LEFT).all()
    assert (stayed > 40.0).all()


def test_a_queue_serves_at_its_rate_in_order_of_arrival() -> None:
    model = hall_with((Queue("middle", rate=0.5),))
    finish(model)
    p = model.people
    assert (p.status == Status.LEFT).all()
    # 20 people at 0.5 /s: the last is served 40 s after the first arrived.
    assert p.left.max() - p.stage_since.min() > 38.0
    order = np.argsort(p.stage_since, kind="stable")
    assert np.corrcoef(np.arange(order.size), p.left[order])[0, 1] > 0.95


def test_a_stage_on_the_way_is_visited() -> None:
    model = hall_with((WalkTo("middle"),), people=5, duration=60.0)
    visited = np.zeros(5, bool)
    while model.running:
        model.step()
        p = model.people
        visited |= (np.abs(p.x - 15) < 3.1) & (np.abs(p.y - 5) < 2.1)
    assert visited.all()
    assert (model.people.status == Status.LEFT).all()


def test_people_start_when_their_pre_movement_is_over() -> None:
    burst = Demand.present("west", "east", people=10).burst
    demand = Demand("west", "east", burst=burst, pre_movement=PreMovement("uniform", 10, 60))
    model = CrowdModel(scenario(two_ways(), [demand], duration=70.0))
    model.step()
    x0, y0 = model.people.x.copy(), model.people.y.copy()
    started = np.full(10, np.nan)
    while model.running:
        model.step()
        moved = np.hypot(model.people.x - x0, model.people.y - y0) > 0.05
        started[moved & np.isnan(started)] = model.time
    assert np.abs(started - model.people.pre_movement).max() < 0.5


def test_a_person_handle_reads_the_arrays_and_keeps_nothing() -> None:
    model = crossing(duration=10.0)
    for _ in range(50):
        model.step()
    person = next(iter(model.agents))
    model.people.x[person.row] = 7.5
    assert person.position[0] == 7.5
    assert set(vars(person)) <= {"row", "model", "unique_id", "pos", "_mesa_data"}


def test_agents_are_exactly_the_people_present() -> None:
    model = finish(crossing(duration=60.0))
    assert sorted(agent.row for agent in model.agents) == model.people.present().tolist()


def test_a_model_restored_from_its_state_goes_on_with_the_same_bytes() -> None:
    close = (Measure(SetGate("near", open=False), AtTime(20.0)), Measure(KeepRight("west"), AtTime(15.0)))
    whole, first, second = (crossing(measures=close, duration=60.0) for _ in range(3))
    finish(whole)
    while first.time < 30.0:
        first.step()
    second.restore(first.state())
    finish(second)
    assert second.people.x.tobytes() == whole.people.x.tobytes()
    assert second.people.dose.tobytes() == whole.people.dose.tobytes()


def test_an_overridden_constant_changes_the_digest() -> None:
    assert Parameters().with_overrides({"contact.friction": 0.2}).digest() != Parameters().digest()
