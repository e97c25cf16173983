"""Who takes no steps goes by lifts and ramps on any journey, with all who belong to them; where there are none they are
refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from shapely.geometry import box

from crowd import CrowdModel
from crowd.demand import Burst, Demand
from crowd.errors import ScenarioError
from crowd.journeys import Journey, LeaveBy, Wait
from crowd.population import Population
from crowd.profiles import PROFILES
from crowd.scenario import Scenario
from tests.claims.test_links import house_with_both
from tests.scenes import EXIT, START, run_up, scenario
from venues import Venue, Zone
from venues.shapes import stairs

STEP_FREE = {"manual-wheelchair", "electric-wheelchair", "rollator", "stroller"}


def going_up(
    mix: dict[str, float],
    *,
    people: int = 4,
    venue: Venue | None = None,
    exits: tuple[str, ...] = ("out-high",),
    group_size: int = 1,
) -> Scenario:
    """People of several profiles on one plain journey up a house with stairs and a lift."""
    demand = Demand("in-low", "up", burst=Burst(0.0, people), profiles=tuple(mix.items()), group_size=group_size)
    journey = Journey("up", (Wait("out-low", duration=1.0), LeaveBy(exits)))
    venue = venue or house_with_both("stairs")
    return Scenario(name="s", venue=venue, start=START, duration=150.0, demands=(demand,), journeys=(journey,))


def climbers(scenario: Scenario) -> tuple[CrowdModel, set[int]]:
    """Run a scenario to its end; who was ever on the stairs."""
    model, found = CrowdModel(scenario), set()
    strip = next(strip for strip in model.venue.strips if strip.link.kind == "stairs")
    while model.running:
        model.step()
        p, rows = model.people, model.people.present()
        on_links = rows[p.level[rows] >= len(model.venue.levels)]
        found.update(on_links[shapely.contains_xy(strip.polygon, p.x[on_links], p.y[on_links])].tolist())
    return model, found


def test_the_profiles_that_take_no_steps_are_those_on_wheels() -> None:
    assert {name for name, profile in PROFILES.items() if profile.step_free} == STEP_FREE


def test_of_a_mixed_crowd_on_one_journey_wheels_take_the_lift_and_adults_the_stairs() -> None:
    model, climbed = climbers(going_up({"adult": 0.5, "manual-wheelchair": 0.5}, people=8))
    on_wheels = set(np.flatnonzero(model.people.step_free).tolist())
    assert on_wheels
    assert climbed == set(range(8)) - on_wheels
    assert (model.people.status == 3).all()
    assert np.isfinite(model.people.free_travel_time).all()


def test_a_family_with_a_stroller_goes_by_the_lift_all_of_it() -> None:
    model, climbed = climbers(going_up({"adult": 0.5, "stroller": 0.5}, people=4, group_size=4))
    profiles = [model.scenario.profiles[k].name for k in model.people.profile]
    assert {"adult", "stroller"} == set(profiles), "else the test says nothing; the draw hangs on names alone"
    assert climbed == set()
    assert (model.people.status == 3).all()


def test_of_several_exits_they_choose_one_they_can_reach() -> None:
    house = house_with_both("stairs")
    near = Zone("out-stairs-only", "attic", box(30, 0, 33, 10), EXIT)
    attic = replace(house.levels[1], name="attic", elevation=12.0)
    flight = replace(house.links[0], name="up-again", from_level="high", to_level="attic")
    # The attic is reached by the stairs alone; nobody on wheels may ever wait for it.
    venue = replace(
        house,
        levels=(*house.levels, attic),
        zones=(*house.zones, replace(near, polygon=box(17, 0, 20, 10))),
        links=(*house.links, flight),
    )
    model, climbed = climbers(going_up({"manual-wheelchair": 1.0}, venue=venue, exits=("out-high", "out-stairs-only")))
    assert climbed == set()
    assert (model.people.status == 3).all()


def test_whom_only_steps_lead_out_is_refused_in_one_line() -> None:
    with pytest.raises(ScenarioError, match="'rollator' take no steps, and without steps nobody can reach zone 'east'"):
        only_stairs({"adult": 0.9, "rollator": 0.1})
    assert only_stairs({"adult": 1.0}, {"adult": 1.0})
    with pytest.raises(ScenarioError, match="'stroller' take no steps"):
        only_stairs({"adult": 1.0}, {"stroller": 1.0})


def only_stairs(*mixes: dict[str, float]) -> Scenario:
    """Two demands of one family before a flight of stairs."""
    demands = tuple(
        Demand("west", "up", burst=Burst(0.0, 2), profiles=tuple(mix.items()), name=f"d{k}", group="family")
        for k, mix in enumerate(mixes)
    )
    journeys = (Journey("up", (LeaveBy(("east",)),)),)
    return Scenario(name="s", venue=stairs(), start=START, duration=9.0, demands=demands, journeys=journeys)


def test_a_profile_may_say_itself_that_it_takes_no_steps_and_keeps_it_when_written() -> None:
    weak = replace(PROFILES["elderly"], step_free=True)
    scenario = replace(going_up({"elderly": 1.0}), profiles=(weak,))
    assert Population.expected(scenario, ("in-low",)).step_free.all()
    assert "step_free = true" in toml(scenario)
    assert "step_free" not in toml(going_up({"manual-wheelchair": 1.0})), "the digests of old scenarios hold"


def toml(scenario: Scenario) -> str:
    from crowd.scenario.resolved import toml_text

    return toml_text(scenario)


def test_where_there_are_no_steps_nothing_changes_for_anyone() -> None:
    people = [Demand("start", "end", burst=Burst(0.0, 3), profiles=(("manual-wheelchair", 1.0),))]
    model = CrowdModel(scenario(run_up(), people))
    assert not model.people.step_free.any()
    assert model.itineraries.destinations == (("end",),)
