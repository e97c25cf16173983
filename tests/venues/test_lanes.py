"""An emergency lane that cannot be driven is told, with what is in the way."""

from __future__ import annotations

import pytest
from shapely.geometry import LineString, Polygon, box

from venues import Gate, Level, Obstacle, Venue, Wall, Zone
from venues.lanes import check_lanes

STRAIGHT = box(0, 0, 60, 4)
BENT = Polygon([(0, 0), (30, 0), (30, 20), (26, 20), (26, 4), (0, 4)])


def place(lane: Polygon, *gates: Gate, level: Level | None = None, standing: Polygon | None = None) -> list[str]:
    """Return what is wrong with a lane in a square of 60 m x 40 m."""
    zones = [Zone("lane", "ground", lane, frozenset({"emergency-lane"}))]
    if standing is not None:
        zones.append(Zone("queue", "ground", standing, frozenset({"queue"})))
    ground = level or Level("ground", box(0, 0, 60, 40))
    return [problem.what for problem in check_lanes(Venue("square", (ground,), tuple(zones), gates))]


@pytest.mark.parametrize("lane", [STRAIGHT, BENT, box(0, 0, 60, 3)])
def test_a_clear_lane_of_three_metres_or_more_is_in_order(lane: Polygon) -> None:
    assert place(lane) == []


@pytest.mark.parametrize(
    "lane", [box(0, 0, 60, 2.4), Polygon([(0, 0), (60, 0), (60, 4), (32, 4), (32, 2.4), (28, 2.4), (28, 4), (0, 4)])]
)
def test_a_lane_that_is_too_narrow_anywhere_is_told_with_its_width(lane: Polygon) -> None:
    (what,) = place(lane)
    assert what == "this emergency lane has 2.4 m clear width; a vehicle needs 3 m"


def test_what_stands_on_a_lane_is_named() -> None:
    stall, fence = Obstacle(box(20, 1, 22, 2), "stall"), Wall(LineString([(30, 0), (30, 4)]), "fence")
    level = Level("ground", box(0, 0, 60, 40), obstacles=(stall,), walls=(fence,))
    assert [what.split(" on ")[0] for what in place(STRAIGHT, level=level)] == [
        "obstacle 'stall' stands",
        "wall 'fence' stands",
    ]


def test_a_gate_over_a_lane_must_be_open_and_wide_enough() -> None:
    line = LineString([(30, 0), (30, 4)])
    assert place(STRAIGHT, Gate("wide", "ground", line)) == []
    assert place(STRAIGHT, Gate("shut", "ground", line, open=False))[0].startswith("gate 'shut' is shut")
    assert place(STRAIGHT, Gate("narrow", "ground", line, 2.0))[0].startswith("gate 'narrow', 2.0 m wide, stands")


def test_nobody_should_be_told_to_stand_on_a_lane() -> None:
    assert "in zone 'queue'" in place(STRAIGHT, standing=box(10, 3, 20, 8))[0]
    assert place(STRAIGHT, standing=box(10, 4, 20, 8)) == []


def test_a_lane_off_the_floor_is_told() -> None:
    assert "off the floor" in place(box(0, -1, 60, 4))[0]
