"""A metered gate goes on passing people at its rate, whatever stands behind it and however they press."""

from __future__ import annotations

from shapely.geometry import LineString, Polygon, box

from crowd.demand import Demand
from crowd.interventions import Metering
from crowd.model import CrowdModel
from crowd.triggers import AtTime, Measure
from tests.scenes import EXIT, SOURCE, finish, scenario
from venues import Gate, Level, Venue, Zone


def corridor(capacity: float, *obstacles: Polygon, length: float = 20.0) -> Venue:
    """A corridor 3 m wide with a metered gate across it after 10 m."""
    zones = (
        Zone("in", "ground", box(0, 0, 9.5, 3), SOURCE),
        Zone("out", "ground", box(length - 3, 0, length, 3), EXIT),
    )
    gate = Gate("gate", "ground", LineString([(10, 3), (10, 0)]), capacity=capacity)
    return Venue(
        name="corridor",
        levels=(Level("ground", box(0, 0, length, 3), obstacles=obstacles),),
        zones=zones,
        gates=(gate,),
    )


def test_people_pass_a_gate_before_a_jam_once_the_jam_is_gone() -> None:
    # The gate lets 2.5 /s in, a door of 0.8 m six metres behind it about 1.6 /s out: a crowd forms between the two.
    door = (box(16, 0, 16.4, 1.1), box(16, 1.9, 16.4, 3))
    everybody = Demand.present("in", "out", people=150)
    model = finish(CrowdModel(scenario(corridor(2.5, *door, length=30.0), [everybody], duration=200.0)))
    assert model.people.present().size == 0


def pressed(duration: float, *measures: Measure) -> int:
    """How many of 120 who press with 100 N each pass a gate of 1 /s."""
    everybody = Demand.present("in", "out", people=120)
    parameters = {"contact.crowd_push": 100.0}
    case = scenario(corridor(1.0), [everybody], duration=duration, measures=measures, parameters=parameters)
    return int(finish(CrowdModel(case)).line_counts[0, 0])


def test_a_crowd_that_presses_gets_no_more_people_through_a_gate_than_its_rate() -> None:
    # Two more than the rate: those at the start and the second that a gate can make up for.
    assert 0.9 * 40.0 < pressed(40.0) <= 42


def test_leave_is_not_handed_on_by_those_who_have_passed() -> None:
    # Those with leave when the rate falls to nothing still pass; with leave handed on from beyond the line it was 60.
    assert pressed(60.0, Measure(Metering("gate", 0.0), AtTime(20.0))) <= 27
