"""The step: nobody is lost, chance belongs to people, gates and stages do what they say."""

import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.affinity import translate
from shapely.geometry import LineString, Point, Polygon, box

from crowd.demand import Demand, PreMovement
from crowd.errors import ScenarioError
from crowd.interventions import Barrier, KeepRight, Metering, OneWay, SetGate
from crowd.journeys import Journey, LeaveBy, Queue, Wait, WalkTo
from crowd.model import CrowdModel
from crowd.parameters import Parameters, constants
from crowd.population import Status
from crowd.scenario import Scenario
from crowd.triggers import AtTime, Measure
from tests.scenes import BOTH, START, finish, run_up, scenario, two_ways
from venues import Gate, Level, Venue, Zone

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


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told to keep memory")
def test_memory_that_is_freed_is_kept_for_the_next_array() -> None:
    import resource

    def page_faults() -> int:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(5):
            arrays = [np.ones(125_000) for _ in range(20)]
            del arrays
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

    page_faults()
    # Given back each time, 20 MB are 4,900 pages five times over.
    assert page_faults() < 500


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


def test_only_the_wall_behind_an_exit_is_in_nobodys_way() -> None:
    """On the way to a zone that one goes on from, walls beyond it are heeded; on the way out they are not."""
    model = hall_with((WalkTo("middle"),), people=1, duration=60.0)
    told: list[tuple[int, float]] = []
    move = model.motion.move

    def noted(*place: Any, exit_in: np.ndarray, **others: Any) -> Any:
        told.extend((int(model.people.stage[0]), float(way)) for way in exit_in)
        return move(*place, exit_in=exit_in, **others)

    model.motion.move = noted  # type: ignore[method-assign]
    finish(model)
    assert {stage for stage, _ in told} == {0, 1}
    assert all(np.isinf(exit_in) == (stage == 0) for stage, exit_in in told)
    assert told[-1][1] < 1.5


@pytest.mark.parametrize("name", sorted(constants()))
def test_every_default_lies_in_the_range_its_constant_allows(name: str) -> None:
    constant = constants()[name]
    assert constant.low <= Parameters().as_dict()[name] <= constant.high


def test_an_overridden_constant_changes_the_digest() -> None:
    assert Parameters().with_overrides({"contact.friction": 0.2}).digest() != Parameters().digest()


def bent_street(width: float = 6.0) -> Venue:
    """A street with a gate right before it turns north."""
    floor = box(0, 0, 20 + width, width).union(box(20, 0, 20 + width, 30))
    zones = (
        Zone("west", "ground", box(0, 0, 3, width), BOTH),
        Zone("north", "ground", box(20, 27, 20 + width, 30), BOTH),
    )
    gate = Gate("gate", "ground", LineString([(19.5, width), (19.5, 0)]))
    assert isinstance(floor, Polygon)
    return Venue(name="bent", levels=(Level("ground", floor),), zones=zones, gates=(gate,))


def test_a_metered_gate_before_a_bend_lets_both_directions_through() -> None:
    demands = [Demand.steady(a, b, rate=0.4, duration=120.0) for a, b in (("west", "north"), ("north", "west"))]
    measures = (Measure(Metering("gate", 1.5), AtTime(0.0)),)
    model = finish(CrowdModel(scenario(bent_street(), demands, duration=120.0, measures=measures)))
    assert min(counted(model, "gate")) > 20


def test_the_end_of_one_measure_does_not_undo_another_on_the_same_gate() -> None:
    long, short = (Measure(SetGate("near", open=False), AtTime(0.0, end)) for end in (30.0, 10.0))
    model = crossing(measures=(long, short), duration=29.0)
    assert sum(counted(finish(model), "near")) == 0


def test_of_two_measures_on_a_gate_the_one_that_began_later_holds() -> None:
    later, earlier = Measure(OneWay("near", "backward"), AtTime(30.0)), Measure(OneWay("near", "forward"), AtTime(0.0))
    model = finish(crossing(measures=(later, earlier), duration=40.0))
    assert model.gates.way[0] == -1


def test_a_barrier_put_up_twice_stands_both_times() -> None:
    wall = Barrier("ground", ((12.0, -1.0), (12.0, 4.5)))
    model = crossing(measures=(Measure(wall, AtTime(0.0, 5.0)), Measure(wall, AtTime(10.0))), duration=20.0)
    assert not finish(model).gates.is_open[-1]


def test_leave_to_pass_a_gate_ends_when_it_closes() -> None:
    measures = (Measure(Metering("near", 5.0), AtTime(0.0)), Measure(SetGate("near", open=False), AtTime(40.0)))
    model = crossing(measures=measures, duration=60.0)
    while model.time < 40.1:
        model.step()
    passed = sum(counted(model, "near"))
    finish(model)
    # Only those who stood on the line may still get off it.
    assert sum(counted(model, "near")) - passed <= 2


def test_a_gate_is_as_wide_as_its_clear_width() -> None:
    venue = two_ways()
    narrow = Gate("near", "ground", venue.gates[0].line, clear_width=1.0)
    venue = Venue(name="narrow", levels=venue.levels, zones=venue.zones, gates=(narrow,))
    seen = []
    model = CrowdModel(scenario(venue, [Demand.steady("west", "east", rate=1.0, duration=60.0)], duration=60.0))
    while model.running:
        model.step()
        p, rows = model.people, model.people.present()
        seen.append(p.y[rows[np.abs(p.x[rows] - 20.0) < 0.1]])
    y = np.concatenate(seen)
    assert y.size > 20
    assert np.abs(y[y < 5.0] - 2.0).max() < 0.5


def test_a_round_pillar_of_many_edges_is_walked_around() -> None:
    pillar = Point(10.0, 2.0).buffer(0.5)
    venue = two_ways()
    level = Level("ground", venue.levels[0].walkable, obstacles=(pillar,))
    venue = Venue(name="pillar", levels=(level,), zones=venue.zones)
    demands = [Demand.steady("west", "east", rate=2.0, duration=60.0)]
    model = finish(CrowdModel(scenario(venue, demands, duration=60.0)))
    assert model.snapshot().source_counts[:, 2].sum() > 30


def forces_on_entry(demands: list[Demand], venue: Venue) -> float:
    """Largest force in the first ten seconds on people who come in, all standing still [N]."""
    model = CrowdModel(scenario(venue, demands, duration=10.0))
    model.people.pre_movement[:] = 100.0
    worst = 0.0
    while model.running:
        model.step()
        worst = max(worst, float(model.people.interval_force_max.max()))
    return worst


def test_people_who_come_in_are_not_put_on_top_of_a_crowd_that_appears() -> None:
    crowd = Demand.present("west", "east", people=20, time=5.0)
    stream = Demand.steady("west", "east", rate=1.0, duration=10.0, name="stream")
    assert forces_on_entry([crowd, stream], two_ways()) < 50.0


def test_a_crowd_too_large_for_its_zone_waits_outside_and_is_not_squeezed_in() -> None:
    demands = [Demand.present("west", "east", people=400)]
    assert forces_on_entry(demands, two_ways()) < 700.0


def test_nobody_appears_on_a_thin_wall() -> None:
    venue = two_ways()
    level = Level("ground", venue.levels[0].walkable, walls=(LineString([(0.0, 2.0), (3.0, 2.0)]),))
    fenced = Venue(name="fenced", levels=(level,), zones=venue.zones)
    assert forces_on_entry([Demand.present("west", "east", people=20)], fenced) < 50.0


def test_an_exit_thinner_than_a_body_is_refused() -> None:
    strip = Zone("strip", "ground", box(0, 0, 0.1, 4), frozenset({"exit"}))
    venue = Venue(name="thin", levels=two_ways().levels, zones=(*two_ways().zones, strip))
    with pytest.raises(ScenarioError, match="zone 'strip' at"):
        CrowdModel(scenario(venue, [Demand.present("east", "strip", people=1)]))


def test_whoever_stands_in_a_no_go_zone_finds_the_way_out() -> None:
    no_go = Zone("no-go", "ground", box(1, 0, 12, 4), frozenset({"no-go"}))
    venue = Venue(name="no-go", levels=two_ways().levels, zones=(*two_ways().zones, no_go))
    model = CrowdModel(scenario(venue, [Demand.present("east", "west", people=5)], duration=60.0))
    while model.time < 10.0:
        model.step()
    model.people.x[model.people.present()] = 8.0
    model.people.y[model.people.present()] = np.linspace(0.5, 3.5, model.people.present().size)
    assert finish(model).people.present().size == 0


@pytest.mark.parametrize("width", [0.75, 1.0, 2.0, 4.0])
def test_the_free_travel_time_of_a_lone_walker_is_the_time_they_take(width: float) -> None:
    venue = run_up(40.0, width=5.0)
    beside = box(5, 0, 33, (5.0 - width) / 2)
    level = Level("ground", venue.levels[0].walkable, obstacles=(beside, translate(beside, 0, (5.0 + width) / 2)))
    venue = Venue(name="lane", levels=(level,), zones=venue.zones)
    model = finish(CrowdModel(scenario(venue, [Demand.present("start", "end", people=1)], duration=90.0)))
    taken = model.people.left[0] - model.people.entered[0]
    # Starting from rest takes a reaction time; a first-order field overestimates bends a little.
    assert model.people.free_travel_time[0] == pytest.approx(taken, rel=0.05)


def test_a_barrier_that_cuts_people_off_is_a_warning() -> None:
    wall = Measure(Barrier("ground", ((12.0, -1.0), (12.0, 14.5))), AtTime(10.0))
    model = crossing(measures=(wall,), duration=30.0)
    kinds = set()
    while model.running:
        model.step()
        kinds |= {event.kind for event in model.snapshot().events}
    assert "warning: no open way" in kinds


def test_a_crowd_that_finds_room_at_once_is_not_said_to_wait_outside() -> None:
    model = CrowdModel(scenario(two_ways(), [Demand.present("west", "east", people=60)], duration=10.0))
    model.step()
    assert not [event for event in model.snapshot().events if event.kind == "warning: waiting outside"]
