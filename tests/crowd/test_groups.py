"""People who belong together: they come together, keep together, take one exit, and never stand still for ever."""

from __future__ import annotations

import numpy as np
import pytest

from crowd.demand import Burst, Demand, PreMovement
from crowd.errors import ScenarioError
from crowd.model import CrowdModel
from crowd.movement.groups import shares_of_speed
from crowd.parameters import Cohesion
from crowd.population import Population, Status
from crowd.profiles import Profile
from crowd.validation import scenes
from tests.crowd.test_exits import hall, heading_far
from tests.scenes import finish, run_up, scenario


def walker(speed: float) -> Profile:
    return scenes.walker(f"at {speed}", speed=speed)



def mixed(group: str) -> CrowdModel:
    """Four at 1.25 m/s and one at 0.5 m/s in a corridor of 60 m."""
    parts = [
        Demand("start", "end", burst=Burst(0.0, n), profiles=((f"at {v}", 1.0),), name=f"{v}", group=group)
        for v, n in ((1.25, 4), (0.5, 1))
    ]
    venue = run_up(60.0, width=4.0)
    return CrowdModel(scenario(venue, parts, duration=200.0, profiles=[walker(1.25), walker(0.5)]))


def together(ways: list[float], speeds: list[float], *, group: int = 0) -> np.ndarray:
    people = Population(len(ways))
    people.speed[:], people.social_group[:], people.status[:] = speeds, group, Status.WALKING
    return shares_of_speed(people, np.arange(len(ways)), np.array(ways), Cohesion())


def test_a_mixed_group_arrives_together_and_without_a_group_it_does_not() -> None:
    apart, joined = (np.ptp(finish(mixed(name)).people.left) for name in ("", "family"))
    assert joined <= 10.0
    assert apart > 50.0


def test_whoever_is_ahead_walks_slower_than_the_slowest_but_never_stands() -> None:
    share = together([10.0, 15.0], [1.25, 0.5])
    assert share[0] * 1.25 == pytest.approx(Cohesion().pace * 0.5)
    assert share[1] == 1.0


def test_nobody_waits_for_those_out_of_reach_or_of_another_group() -> None:
    assert together([10.0, 30.0], [1.25, 0.5]).tolist() == [1.0, 1.0]
    assert together([10.0, 15.0], [1.25, 0.5], group=-1).tolist() == [1.0, 1.0]


def test_families_come_set_off_and_stand_together() -> None:
    family = Demand("inside", "out", burst=Burst(0.0, 40), group_size=4, pre_movement=PreMovement("uniform", 0.0, 20.0))
    people = CrowdModel(hall(40)).people
    assert (people.social_group == -1).all()
    base = hall(40)
    model = CrowdModel(base._changed(demands=(family,)))
    model.step()
    people = model.people
    for first in np.unique(people.social_group):
        mine = np.flatnonzero(people.social_group == first)
        assert mine.size == 4
        assert np.unique(people.pre_movement[mine]).size == 1
        # Four in a square at 0.6 people/m2 are about 1.8 m apart corner to corner; the turn of a strip takes more.
        assert np.hypot(np.ptp(people.x[mine]), np.ptp(people.y[mine])) < 5.0


def test_families_on_a_steady_stream_arrive_at_one_time() -> None:
    demand = Demand("start", "end", times=(0.0, 60.0), rates=(0.5, 0.5), group_size=3)
    people = CrowdModel(scenario(run_up(), [demand])).people
    groups = people.social_group[people.social_group >= 0]
    for first in np.unique(groups):
        assert np.unique(people.arrival[people.social_group == first]).size == 1


def test_a_crowd_of_families_empties_through_a_door_and_each_family_by_one_exit() -> None:
    model = finish(CrowdModel(hall(60, group_size=4)))
    assert np.isfinite(model.people.left).all()
    far, group = heading_far(model), model.people.social_group
    assert all(np.unique(far[group == first]).size == 1 for first in np.unique(group))


def test_groups_of_two_kinds_at_once_are_refused() -> None:
    with pytest.raises(ScenarioError, match="group"):
        Demand("a", "b", burst=Burst(0.0, 4), group_size=2, group="family")
    with pytest.raises(ScenarioError, match="group"):
        Demand("a", "b", times=(0.0, 1.0), rates=(1.0, 1.0), group="family")
