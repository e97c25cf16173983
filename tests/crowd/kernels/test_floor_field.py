"""Travel times are those of the shortest walk."""

import numpy as np
import pytest
from shapely.geometry import LineString, box

from crowd.movement.wayfinding import KeepRightZone, Passage, Ways
from crowd.parameters import Wayfinding
from tests.scenes import BOTH, two_ways
from venues import Level, Venue, Zone

PLAIN = Wayfinding()


def hall(*, walls: tuple[LineString, ...] = ()) -> Venue:
    """12 x 8 m with a place in the middle of the west side and one in a corner."""
    zones = (
        Zone("spot", "ground", box(0, 3.75, 0.5, 4.25), BOTH),
        Zone("corner", "ground", box(11.5, 7.5, 12, 8), BOTH),
    )
    return Venue(name="hall", levels=(Level("ground", box(0, 0, 12, 8), walls=walls),), zones=zones)


def time_at(ways: Ways, zone: str, x: float, y: float, passages: tuple[Passage, ...] = ()) -> float:
    march = ways.march([zone], ways.with_passages(list(passages)))
    return float(march.times_at(ways.cells.keys(np.array([x]), np.array([y]), 0))[0])


@pytest.mark.parametrize(("x", "y"), [(8.0, 4.0), (8.0, 7.0), (5.0, 1.0), (11.0, 1.0)])
def test_travel_time_on_open_floor_is_the_straight_distance(x: float, y: float) -> None:
    # First-order marching overestimates diagonals from a small target: 3 % or half a metre.
    straight = np.hypot(x - 0.5, max(abs(y - 4.0) - 0.25, 0.0))
    assert time_at(Ways(hall(), PLAIN), "spot", x, y) == pytest.approx(straight, rel=0.03, abs=0.5)


def test_a_thin_wall_is_walked_around() -> None:
    wall = LineString([(6.1, 0.0), (6.1, 6.0)])
    straight = time_at(Ways(hall(), PLAIN), "spot", 8.0, 1.0)
    around = np.hypot(6.1 - 0.5, 6.0 - 4.0) + np.hypot(8.0 - 6.1, 6.0 - 1.0)
    assert time_at(Ways(hall(walls=(wall,)), PLAIN), "spot", 8.0, 1.0) == pytest.approx(around, rel=0.05)
    assert around > straight + 2.0


def test_a_closed_line_from_wall_to_wall_cuts_the_floor() -> None:
    line = Passage(0, (6.0, 0.0, 6.0, 8.0), 0)
    assert np.isinf(time_at(Ways(hall(), PLAIN), "spot", 8.0, 4.0, (line,)))


def test_a_one_way_line_lets_people_through_in_its_direction_alone() -> None:
    # Walked from south to north, the left side of the line is west: forward leads west, to the spot.
    west = Passage(0, (6.0, 0.0, 6.0, 8.0), 1)
    east = Passage(0, (6.0, 0.0, 6.0, 8.0), -1)
    ways = Ways(hall(), PLAIN)
    assert np.isfinite(time_at(ways, "spot", 8.0, 4.0, (west,)))
    assert np.isinf(time_at(ways, "spot", 8.0, 4.0, (east,)))


def test_directions_point_down_the_travel_time() -> None:
    ways = Ways(hall(), PLAIN)
    march = ways.march(["spot"], ways.with_passages([]))
    floor = ways.cells.inside(box(0, 0, 12, 8), 0)
    x, y = ways.cells.centres(floor)
    far = np.hypot(x, y - 4.0) > 3.0
    towards = np.column_stack((0.25 - x, 4.0 - y)) / np.hypot(0.25 - x, 4.0 - y)[:, None]
    # 10 degrees: a target of half a metre is no point.
    assert ((march.vectors_at(floor) * towards).sum(axis=1)[far] > np.cos(np.radians(10.0))).all()


def test_those_who_keep_right_are_led_to_the_right_half() -> None:
    venue = two_ways()
    ways = Ways(venue, Wayfinding())
    rule = KeepRightZone(0, box(5, 0, 35, 4), np.array([(5.0, 2.0), (35.0, 2.0)]))
    march = ways.march(["east"], ways.with_passages([]), (rule,))
    left = ways.cells.keys(np.array([20.0]), np.array([3.0]), 0)
    # Eastwards the right half is the southern one.
    assert march.vectors_at(left)[0, 1] < -0.2
