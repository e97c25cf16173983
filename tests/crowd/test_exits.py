"""People who may leave by several exits: what they take, when they change, and what leaves them alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, box

from crowd.demand import Burst, Demand
from crowd.errors import ScenarioError
from crowd.interventions import SetGate
from crowd.journeys import Journey, LeaveBy
from crowd.kernels.exit_choice import headings_in_sight
from crowd.kernels.walls import walls_near_cells
from crowd.model import CrowdModel
from crowd.movement.exits import Crowd, Look
from crowd.movement.routes import Routes
from crowd.population import Population
from crowd.scenario import Scenario
from crowd.triggers import AtTime, Measure
from tests.scenes import EXIT, SOURCE, START, finish
from venues import Gate, Level, Venue, Zone

BOTH_EXITS = ("near", "far")


def hall(people: int = 1, *, leave: LeaveBy | None = None, measures: Sequence[Measure] = (), **demand: Any) -> Scenario:
    """A hall of 20 m by 8 m with doors of 1 m in its left and its right wall; people stand left of the middle."""
    floor = shapely.union_all([box(0, 0, 20, 8), box(-1.5, 3.5, 0, 4.5), box(20, 3.5, 21.5, 4.5)])
    venue = Venue(
        name="hall",
        levels=(Level("ground", floor),),  # type: ignore[arg-type]
        zones=(
            Zone("inside", "ground", box(5, 1, 9, 7), SOURCE),
            Zone("near", "ground", box(-1.5, 3.5, -0.5, 4.5), EXIT),
            Zone("far", "ground", box(20.5, 3.5, 21.5, 4.5), EXIT),
        ),
        gates=(Gate("near-door", "ground", LineString([(0, 3.5), (0, 4.5)])),),
    )
    return Scenario(
        name="hall",
        venue=venue,
        start=START,
        duration=90.0,
        demands=(Demand("inside", "out", burst=Burst(0.0, people), **demand),),
        journeys=(Journey("out", (leave or LeaveBy(BOTH_EXITS),)),),
        measures=tuple(measures),
        seed=3,
    )


def heading_far(model: CrowdModel) -> np.ndarray:
    """Who heads, or left, by the far exit."""
    return np.array(model.people.destination == model.itineraries.destinations.index(("far",)))


def test_one_person_leaves_by_the_nearer_exit() -> None:
    model = finish(CrowdModel(hall()))
    assert np.isfinite(model.people.left).all()
    assert not heading_far(model).any()


def test_a_queue_at_the_near_exit_sends_some_to_the_far_one_and_not_at_once() -> None:
    model = CrowdModel(hall(80))
    for _ in range(5):
        model.step()
    assert not heading_far(model).any()
    finish(model)
    assert 5 <= heading_far(model).sum() <= 40


def test_an_exit_whose_door_closes_is_left_for_the_other_one() -> None:
    closes = Measure(SetGate("near-door", False), AtTime(2.0))
    model = finish(CrowdModel(hall(5, measures=[closes])))
    assert np.isfinite(model.people.left).all()
    assert heading_far(model).all()
    assert model.people.diverted.all()
    assert not any("no open way" in said for said in model._said)


def test_people_prefer_the_exit_they_know_best() -> None:
    model = CrowdModel(hall(100, leave=LeaveBy(BOTH_EXITS, familiar=(("far", 0.8),))))
    model.step()
    # 80 of 100 with a standard deviation of 4; the rest takes the near one.
    assert 68 <= heading_far(model).sum() <= 92


def test_who_chooses_alone_of_two_leaves_the_bytes_of_a_single_exit_unchanged() -> None:
    single = finish(CrowdModel(hall(30, leave=LeaveBy(("near",)))))
    scenario = hall(30, leave=LeaveBy(("near",)))
    choosers = replace(scenario, journeys=(*scenario.journeys, Journey("other", (LeaveBy(BOTH_EXITS),))))
    both = finish(CrowdModel(choosers))
    for name in ("x", "y", "left"):
        assert getattr(single.people, name).tobytes() == getattr(both.people, name).tobytes()


def test_an_exit_closed_to_someone_shows_them_no_queue() -> None:
    """Whoever sees no queue thinks of no waiting: their time to the open exit is that of the walk."""
    model = CrowdModel(hall())
    model.step()
    members = next(iter(model.itineraries.choices.values()))
    who, exits = model.people.present(), model.exits
    model.people.destination[who] = members[0]
    looks = Look(np.array([[10.0, np.inf]]), np.array([[10.0, np.inf]]), np.zeros((1, 2)))
    ahead, held = np.linspace(1.0, 9.0, 80), np.linspace(1.0, 9.0, 10)
    crowds = [Crowd(ahead, held[:0]), Crowd(held, held)]
    walk = 10.0 / model.people.speed[who[0]]
    seems = exits._time(model.people, who, looks, members, crowds)[0, 0]
    assert seems == pytest.approx(walk * (1.0 + exits.constants.effort))


def test_those_shut_behind_a_gate_make_no_queue_at_the_exit_beyond_it() -> None:
    rooms = [box(0, 0, 10, 10), box(9.9, 4, 10.3, 6), box(10.2, 0, 40, 10)]
    floor = shapely.union_all([*rooms, box(11, 10, 12.2, 11.5), box(30, 10, 31.2, 11.5)])
    venue = Venue(
        name="shut in",
        levels=(Level("ground", floor),),  # type: ignore[arg-type]
        zones=(
            Zone("room", "ground", box(0, 0, 4, 10), SOURCE),
            Zone("hall", "ground", box(36, 0, 40, 10), SOURCE),
            Zone("near", "ground", box(11, 10.5, 12.2, 11.5), EXIT),
            Zone("far", "ground", box(30, 10.5, 31.2, 11.5), EXIT),
        ),
        gates=(Gate("between", "ground", LineString([(10.1, 6), (10.1, 4)])),),
    )
    scenario = Scenario(
        name="shut in",
        venue=venue,
        start=START,
        duration=60.0,
        demands=(
            Demand("room", "out", burst=Burst(0.0, 40)),
            Demand("hall", "by the known one", times=(0.0, 30.0, 30.1, 60.0), rates=(1.5, 1.5, 0.0, 0.0)),
        ),
        journeys=(
            Journey("out", (LeaveBy(BOTH_EXITS),)),
            Journey("by the known one", (LeaveBy(BOTH_EXITS, familiar=(("near", 1.0),)),)),
        ),
        measures=(Measure(SetGate("between", open=False), AtTime(0.1)),),
        seed=3,
    )
    model = finish(CrowdModel(scenario))
    hall = model.people.source == model.sources.index("hall")
    # It is farther from them, but the one they know; 40 people stand 2 m from it, on the other side of a closed gate.
    assert heading_far(model)[hall].mean() < 0.5


def test_a_destination_that_covers_no_cell_is_never_the_nearest() -> None:
    model = CrowdModel(hall())
    model.step()
    members = next(iter(model.itineraries.choices.values()))
    model.routes._hulls[members[0]] = shapely.convex_hull(shapely.multipoints(np.empty((0, 2))))
    ways = model.routes.least_ways(model.people, model.people.present(), members)
    assert (np.isinf(ways[:, 0]).all(), ways.argmin(axis=1).tolist()) == (True, [1])


def test_those_in_sight_count_and_those_behind_a_wall_do_not() -> None:
    x, y, level = np.array([0.0, 2.0, 0.0, 30.0]), np.array([0.0, 0.0, 2.0, 0.0]), np.zeros(4, np.int8)
    wall, shares = np.array([[1.0, -1.0, 1.0, 1.0]]), np.zeros((1, 2))
    grid = (-1.0, -1.0, 10.1, 4, 1)
    where = (np.array([0]), x, y, level, np.array([-1, 0, 1, 0]), 10.0, *grid)
    headings_in_sight(*where, wall, np.zeros(5, np.int64), np.empty(0, np.int64), shares)
    assert shares.tolist() == [[0.5, 0.5]]
    starts, items = walls_near_cells(wall, np.zeros(1, np.int64), *grid, 1, 10.1)
    headings_in_sight(*where, wall, starts, items, shares)
    assert shares.tolist() == [[0.0, 1.0]]


def test_a_restored_model_chooses_exits_as_the_whole_run_did() -> None:
    whole, first, second = (CrowdModel(hall(60, group_size=3)) for _ in range(3))
    finish(whole)
    while first.time < 12.0:
        first.step()
    second.restore(first.state())
    finish(second)
    for name in ("x", "y", "destination", "left"):
        assert getattr(second.people, name).tobytes() == getattr(whole.people, name).tobytes()


@pytest.mark.parametrize(
    ("zones", "familiar"), [(("near",), ("near", 0.5)), (BOTH_EXITS, ("side", 0.5)), (BOTH_EXITS, ("far", 1.5))]
)
def test_familiar_exits_that_make_no_sense_are_refused(zones: tuple[str, ...], familiar: tuple[str, float]) -> None:
    with pytest.raises(ScenarioError, match="familiar"):
        LeaveBy(zones, familiar=(familiar,))


@pytest.mark.parametrize("queue", [0, 80])
def test_exits_that_are_not_looked_at_would_not_be_taken(monkeypatch: pytest.MonkeyPatch, queue: int) -> None:
    """On level floor a bound says which these are; without it all are looked at, and nobody goes elsewhere."""
    people: list[Population] = []
    asked: list[int] = []

    def everything(self: Routes, people: Population, rows: np.ndarray, destinations: np.ndarray) -> np.ndarray:
        return np.zeros((rows.size, destinations.size))

    plain = Routes.ways_to

    def counted(self: Routes, people: Population, rows: np.ndarray, destinations: np.ndarray) -> np.ndarray:
        asked[-1] += int((destinations != people.destination[rows]).sum())
        return plain(self, people, rows, destinations)

    monkeypatch.setattr(Routes, "ways_to", counted)
    for bound in (Routes.least_ways, everything):
        monkeypatch.setattr(Routes, "least_ways", bound)
        asked.append(0)
        people.append(finish(CrowdModel(doors(queue))).people)
    for name in ("x", "y", "destination", "left"):
        assert getattr(people[0], name).tobytes() == getattr(people[1], name).tobytes()
    assert asked[0] < 0.5 * asked[1]


def doors(queue: int) -> Scenario:
    """A street of 57 m with five doors along it, people all over it; a queue may stand at the middle door."""
    names = tuple(f"door-{k}" for k in range(5))
    exits = [Zone(name, "ground", box(14.0 * k, 0, 14.0 * k + 0.7, 0.7), EXIT) for k, name in enumerate(names)]
    places = {"street": box(2, 4, 55, 10), "before": box(23, 1, 33, 4)}
    sources = [Zone(name, "ground", place, SOURCE) for name, place in places.items()]
    venue = Venue(name="doors", levels=(Level("ground", box(0, 0, 57, 12)),), zones=(*exits, *sources))
    demands = [Demand.present("street", "out", people=60)]
    if queue:
        demands.append(Demand.present("before", "out", people=queue))
    return Scenario(
        name="doors",
        venue=venue,
        start=START,
        duration=40.0,
        demands=tuple(demands),
        journeys=(Journey("out", (LeaveBy(names, familiar=(("door-3", 0.2),)),)),),
        seed=5,
    )
