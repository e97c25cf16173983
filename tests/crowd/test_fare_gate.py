"""A fare gate under a crowd passes its capacity."""

from __future__ import annotations

import pytest
from shapely.geometry import LineString, box

from crowd.demand import Demand
from crowd.model import CrowdModel
from tests.scenes import EXIT, SOURCE, scenario
from venues import Gate, Level, Venue, Zone


def hall(capacity: float) -> Venue:
    """A hall that people leave through one aisle of 0.6 m between two cabinets of 1.4 m."""
    cabinets = (box(0, 8, 3.7, 9.4), box(4.3, 8, 8, 9.4))
    return Venue(
        name="hall",
        levels=(Level("ground", box(0, 0, 8, 14), obstacles=cabinets),),
        zones=(Zone("paid", "ground", box(0, 0, 8, 7.5), SOURCE), Zone("street", "ground", box(0, 12, 8, 14), EXIT)),
        gates=(Gate("fare-gate", "ground", LineString([(3.7, 8.7), (4.3, 8.7)]), capacity=capacity),),
    )


@pytest.mark.parametrize("per_minute", [25.0, 30.0])
def test_a_fare_gate_with_more_people_than_it_takes_passes_its_capacity_within_two_percent(per_minute: float) -> None:
    venue = hall(per_minute / 60.0)
    people = Demand.steady("paid", "street", rate=1.3 * per_minute / 60.0, duration=270.0)
    model = CrowdModel(scenario(venue, [people], duration=270.0))
    passed = {}
    while model.running:
        model.step()
        passed[model.time] = int(model.line_counts[model.line_names.index("fare-gate"), 0])
    expected = 200.0 * per_minute / 60.0
    assert model.people.present().size > 20, "people must queue, or the gate is not put to the test"
    # Whole people at both ends of the time: one more or less, which is 1 % and counts into the 2 %.
    assert passed[265.0] - passed[65.0] == pytest.approx(expected, rel=0.02)
