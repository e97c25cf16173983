"""What must not happen at stairs and lifts: touch through a ceiling, doors blocked for good, delays that lie."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from shapely.geometry import LineString, MultiPolygon, box

from crowd import CrowdModel
from crowd.demand import Demand
from crowd.errors import ScenarioError
from crowd.journeys import Journey, LeaveBy, Wait
from crowd.profiles import Profile
from crowd.scenario import Scenario
from tests.claims.test_links import STILL, lift_house
from tests.scenes import BOTH, EXIT, SOURCE, START, scenario
from venues import BadInput, Gate, Level, Link, MeasurementLine, Venue, Zone
from venues.shapes import stairs


def finish(model: CrowdModel) -> CrowdModel:
    while model.running:
        model.step()
    return model


def test_nobody_under_a_stair_touches_those_on_it() -> None:
    """The obstacle is 0.5 m deep only: behind it there is headroom, and floor under the stair."""
    step = box(10, 4, 10.5, 6)
    low = Level("low", box(0, 0, 20, 10), obstacles=(step,))
    high = Level("high", box(0, 0, 20, 10), elevation=3.0, obstacles=(box(10, 4, 16, 6),))
    foot, head = LineString([(10, 6), (10, 4)]), LineString([(16, 4), (16, 6)])
    venue = Venue(
        name="headroom",
        levels=(low, high),
        zones=(Zone("in", "low", box(0, 0, 3, 10), SOURCE), Zone("out", "high", box(17, 0, 20, 10), EXIT)),
        links=(Link("stair", "stairs", "low", foot, "high", head, 2.0, 6.8),),
    )
    model = CrowdModel(scenario(venue, [Demand.present("in", "out", people=2)], duration=10.0))
    model.step()
    p = model.people
    p.x[:], p.y[:], p.level[:] = (11.0, 11.2), 5.0, (0, venue.level_index("links"))
    p.vx[:], p.vy[:] = 0.0, 0.0
    done = model.motion.move(p, np.arange(2), np.zeros(2), np.zeros(2), **STILL)
    assert done.force_max.max() == 0.0


def test_a_lift_with_a_crowd_at_both_doors_empties_them() -> None:
    venue = replace(
        lift_house(cycle=30.0),
        zones=(Zone("low-end", "low", box(0, 0, 3, 10), BOTH), Zone("high-end", "high", box(17, 0, 20, 10), BOTH)),
    )
    demands = [Demand.present("low-end", "high-end", people=12), Demand.present("high-end", "low-end", people=12)]
    model = finish(CrowdModel(scenario(venue, demands, duration=180.0)))
    assert np.count_nonzero(model.people.status == 3) == 24


def test_those_who_come_out_of_a_lift_through_a_crowd_around_it_leave_its_door_free() -> None:
    """60 people wait on both sides of a cabin; 12 come down and must get round it, to the far end of their floor."""
    waiting = MultiPolygon([box(6, 0, 15, 3.4), box(6, 6.2, 15, 10)])
    zones = (
        Zone("waiting", "low", waiting, SOURCE),
        Zone("behind", "low", box(18, 0, 20, 10), EXIT),
        Zone("upstairs", "high", box(14, 0, 20, 10), BOTH),
    )
    venue = replace(lift_house(capacity=8, cycle=30.0), zones=zones)
    demands = [Demand.present("waiting", "upstairs", people=60), Demand.present("upstairs", "behind", people=12)]
    model = finish(CrowdModel(scenario(venue, demands, duration=120.0)))
    p = model.people
    down = p.journey == next(k for k, j in enumerate(model.scenario.journeys) if j.name == "behind")
    assert np.count_nonzero(p.status[down] == 3) >= 10
    # Four cabins of eight have gone up; each may leave one place empty.
    assert np.count_nonzero(p.status[~down] == 3) >= 28


@pytest.mark.parametrize("speed", [0.5, 1.8])
def test_riding_an_escalator_alone_is_no_delay_however_fast_one_walks(speed: float) -> None:
    venue = stairs(width=2.0, height=4.0, landing_length=8.0)
    venue = replace(venue, links=(replace(venue.links[0], kind="escalator", direction="forward"),))
    steady = Profile("steady", speed_mean=speed, speed_sd=0.0, speed_min=speed, speed_max=speed)
    walker = replace(Demand.present("west", "east", people=1), profiles=(("steady", 1.0),))
    p = finish(CrowdModel(scenario(venue, [walker], duration=90.0, profiles=[steady]))).people
    # Seconds lost and won in coming to the belt's speed and off it.
    assert p.left[0] - p.entered[0] == pytest.approx(p.free_travel_time[0], abs=1.0)


def test_people_who_wait_around_a_stair_stay_on_their_level() -> None:
    well, foot, head = box(8, 4, 12, 6), LineString([(8, 6), (8, 4)]), LineString([(12, 4), (12, 6)])
    low = Level("low", box(0, 0, 20, 10), obstacles=(well,))
    venue = Venue(
        name="hall",
        levels=(low, replace(low, name="high", elevation=3.0)),
        zones=(
            Zone("in", "low", box(0, 0, 2, 10), BOTH),
            Zone("hall", "low", box(3, 0, 17, 10), frozenset({"waiting"})),
            Zone("up", "high", box(17, 0, 20, 10), BOTH),
        ),
        links=(Link("stair", "stairs", "low", foot, "high", head, 2.0, 5.0),),
    )
    demand = Demand.steady("in", "wait", rate=1.0, duration=80.0)
    journey = Journey("wait", (Wait("hall", duration=500.0), LeaveBy(("up",))))
    scene = Scenario(name="s", venue=venue, start=START, duration=80.0, demands=(demand,), journeys=(journey,))
    model = CrowdModel(scene)
    p, ticks_off = model.people, np.zeros(len(model.people), int)
    while model.running:
        model.step()
        # Jostled over the foot of the stair one no longer waits, from the next tick on, and walks back: within 1.1 s
        # in eight seeds.
        ticks_off = np.where(p.level == 0, 0, ticks_off + 1)
        assert ticks_off.max() < 20
        assert not p.in_stage[ticks_off > 1].any()
    assert np.count_nonzero(p.in_stage) > 40


def test_a_metered_gate_just_before_a_stair_passes_people() -> None:
    venue = stairs(width=2.0, height=3.0, landing_length=8.0)
    x = venue.links[0].from_line.coords[0][0] - 0.35
    gate = Gate("meter", "lower", LineString([(x, 2.0), (x, 0.0)]), capacity=1.0)
    demand = Demand.steady("west", "east", rate=0.8, duration=60.0)
    model = finish(CrowdModel(scenario(replace(venue, gates=(gate,)), [demand], duration=60.0)))
    assert model.line_counts[model.line_names.index("meter")].sum() > 20


def test_lines_and_gates_right_on_the_end_of_a_link_are_refused() -> None:
    venue = stairs()
    line = venue.links[0].from_line
    for more in ({"lines": (MeasurementLine("l", "lower", line),)}, {"gates": (Gate("g", "lower", line),)}):
        with pytest.raises(BadInput, match=r"lies on the end of link 'stairs'; draw it 0\.3 m or more before it"):
            replace(venue, **more)


def test_a_link_shorter_than_its_incline_is_refused() -> None:
    venue = stairs(height=3.0)
    with pytest.raises(BadInput, match="measured along the incline"):
        replace(venue, links=(replace(venue.links[0], length=4.0),))


def test_a_lift_without_time_and_a_link_to_its_own_level_are_refused() -> None:
    with pytest.raises(BadInput, match="cycle of link 'link' is 0"):
        lift_house(cycle=0.0)
    link = stairs().links[0]
    with pytest.raises(BadInput, match="leads from level 'lower' to itself"):
        replace(link, to_level="lower")


def test_a_step_free_journey_without_lift_is_refused() -> None:
    demand, journey = Demand.present("west", "up", people=1), Journey("up", (LeaveBy(("east",)),), True)
    with pytest.raises(ScenarioError, match="nobody can reach zone 'east' from 'west' without steps"):
        Scenario(name="s", venue=stairs(), start=START, duration=9.0, demands=(demand,), journeys=(journey,))
