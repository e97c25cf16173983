"""Capacities are the arithmetic of the guides on what is drawn."""

from __future__ import annotations

import dataclasses
import math

import pytest
from shapely.geometry import LineString, MultiPolygon, box

from venues import BadInput, Gate, Level, Venue, Zone, load_venue
from venues.capacity import compute_capacity
from venues.capacity_text import tell_capacity
from venues.shapes import stairs

WEST = Zone("west", "ground", box(0, 0, 2, 5), frozenset({"source"}))
EAST = Zone("east", "ground", box(18, 0, 20, 5), frozenset({"exit"}))
EXIT = frozenset({"exit"})
GATES = (("wide", 8.0, 3.0), ("narrow", 12.0, 1.2))
HALL = Venue("hall", (Level("ground", box(0, 0, 20, 5)),), (WEST, EAST))


def with_gates(*gates: Gate) -> Venue:
    return dataclasses.replace(HALL, gates=gates)


def test_an_exit_as_wide_as_the_hall_passes_82_people_a_minute_and_metre() -> None:
    """4.9 m: the edge of the floor, 5 cm on each side, does not count."""
    found = compute_capacity(HALL)
    assert found.exits[0].width == pytest.approx(4.9)
    assert found.exit == pytest.approx(82 * 4.9 * 8, rel=0.01)


def test_entry_is_through_the_gates_to_where_people_stand() -> None:
    pen = Zone("pen", "ground", box(12, 0, 17, 5), frozenset({"waiting"}))
    turnstile = Gate("t", "ground", LineString([(10, 5), (10, 0)]), clear_width=0.6, capacity=660 / 3600)
    hall = dataclasses.replace(HALL, zones=(*HALL.zones, pen))
    assert compute_capacity(hall).entry == pytest.approx(82 * 4.9 * 60, rel=0.01)
    assert compute_capacity(dataclasses.replace(hall, gates=(turnstile,))).entry == pytest.approx(660, rel=0.01)
    assert math.isnan(compute_capacity(HALL).entry)
    assert "not computed" in "\n".join(tell_capacity(compute_capacity(HALL)))


def test_those_behind_a_narrow_door_do_not_leave_by_the_wide_exit_beyond_it() -> None:
    zones = (Zone("west", "g", box(0, 0, 5, 100), frozenset({"source"})), Zone("out", "g", box(105, 0, 110, 100), EXIT))
    door = Gate("door", "g", LineString([(100, 0), (100, 100)]), clear_width=0.9)
    found = compute_capacity(
        Venue("hall", (Level("g", box(0, 0, 110, 100)),), zones, gates=(door,)), emergency_time=8.0
    )
    assert found.limit == "exit"
    assert found.final == pytest.approx(82 * 0.9 * 8 + 2.0 * 10 * 100, rel=0.01), "through the door and from before it"


def test_an_exit_is_no_wider_than_the_door_it_is_drawn_before() -> None:
    door = dataclasses.replace(EAST, polygon=box(19, 2, 20, 3))
    found = compute_capacity(dataclasses.replace(HALL, zones=(WEST, door)))
    assert found.exits[0].width == pytest.approx(1.0, abs=0.06)
    walls = (LineString([(18, 0), (18, 2)]), LineString([(18, 3), (18, 5)]))
    level = Level("ground", box(0, 0, 20, 5), walls=walls)
    found = compute_capacity(dataclasses.replace(HALL, levels=(level,)))
    assert found.exits[0].width == pytest.approx(0.9, abs=0.06)


def test_in_an_emergency_lifts_and_escalators_stand_still() -> None:
    station = load_venue("metro-station")
    doors = ("track-1-doors", "track-2-doors")
    still = dataclasses.replace(
        station,
        links=tuple(link for link in station.links if link.kind not in ("lift", "escalator")),
        lines=(),
    )
    found, without = (compute_capacity(venue, without=doors) for venue in (station, still))
    assert found.emergency == pytest.approx(without.emergency)
    assert found.exit > without.exit


def test_what_is_neither_exit_nor_source_cannot_be_left_out() -> None:
    pen = Zone("pen", "ground", box(12, 0, 17, 5), frozenset({"waiting"}))
    with pytest.raises(BadInput, match="neither exit nor source"):
        compute_capacity(dataclasses.replace(HALL, zones=(*HALL.zones, pen)), without=("pen",))


def test_the_final_capacity_is_the_least_of_the_four_limits() -> None:
    stood = dataclasses.replace(HALL, zones=(dataclasses.replace(WEST, kinds=frozenset({"source", "waiting"})), EAST))
    found = compute_capacity(stood)
    assert found.final == pytest.approx(2.0 * WEST.polygon.area), "not the 4.7 of a terrace with barriers"
    assert found.limit == "holding"
    door = with_gates(Gate("door", "ground", LineString([(10, 0), (10, 5)]), clear_width=0.9, capacity=0.1))
    standing = dataclasses.replace(WEST, kinds=frozenset({"source", "waiting"}), polygon=box(0, 0, 9, 5))
    found = compute_capacity(dataclasses.replace(door, zones=(standing, EAST)), emergency_time=8.0)
    assert found.final == pytest.approx(0.1 * 60 * 8)
    assert found.limit == "exit"


def test_a_street_where_nobody_drew_a_place_to_stand_does_not_hold_what_a_terrace_does() -> None:
    found = compute_capacity(HALL)
    assert (found.on_all_floor, found.limit) == (True, "holding")
    assert found.final == pytest.approx(2.0 * 100)
    assert "HSG195" in "\n".join(tell_capacity(found))


APART = (Level("ground", MultiPolygon([box(0, 0, 20, 5), box(0, 8, 6, 12)])),)


@pytest.mark.parametrize("drawn", [frozenset(), frozenset({"waiting"}), frozenset({"exit"})])
def test_floor_that_no_way_joins_to_a_way_in_and_a_way_out_does_not_count_and_is_named(drawn: frozenset[str]) -> None:
    zones = (Zone("board", "ground", box(1, 9, 5, 11), drawn),) if drawn else ()
    pen = Zone("pen", "ground", box(12, 0, 17, 5), frozenset({"waiting"}))
    found = compute_capacity(dataclasses.replace(HALL, levels=APART, zones=(*HALL.zones, pen, *zones)))
    without = compute_capacity(dataclasses.replace(HALL, zones=(*HALL.zones, pen)))
    assert (found.areas, found.final, found.exit) == (without.areas, without.final, without.exit)
    assert [(lost.level, round(lost.area, 6)) for lost in found.left_out] == [("ground", 24.0)]
    assert any("left out of the floor: 24 m2 at (3.0, 10.0)" in line for line in tell_capacity(found))
    assert without.left_out == ()


def test_floor_with_its_own_ways_in_and_out_counts_and_is_told() -> None:
    both = Zone("yard", "ground", box(0, 8, 2, 12), frozenset({"source", "exit"}))
    found = compute_capacity(dataclasses.replace(HALL, levels=APART, zones=(*HALL.zones, both)))
    assert (len(found.parts), found.left_out, found.standing_area) == (2, (), 124.0)
    assert any("falls into 2 parts" in line for line in tell_capacity(found))


def test_ground_that_nobody_may_enter_holds_nobody() -> None:
    pit = Zone("pit", "ground", box(12, 0, 17, 5), frozenset({"stage", "no-go"}))
    pen = Zone("pen", "ground", box(5, 0, 9, 5), frozenset({"waiting"}))
    assert compute_capacity(dataclasses.replace(HALL, zones=(*HALL.zones, pit, pen))).standing_area == 20.0


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_capacity_that_governs_is_the_first_line_and_its_number_is_told_of_no_other_limit(lang: str) -> None:
    pen = Zone("pen", "ground", box(12, 0, 17, 5), frozenset({"waiting"}))
    first, _, *rest = tell_capacity(compute_capacity(dataclasses.replace(HALL, zones=(*HALL.zones, pen))), lang)
    assert "50" in first
    limits = rest[:4]
    marked = [line for line in limits if line.endswith(("the least", "가장 작음"))]
    assert marked == [line for line in limits if "50 people standing" in line or "50명," in line]


def test_less_time_in_an_emergency_makes_the_capacity_less() -> None:
    door = Gate("door", "ground", LineString([(10, 0), (10, 5)]), clear_width=0.9, capacity=0.2)
    standing = dataclasses.replace(WEST, kinds=frozenset({"source", "waiting"}), polygon=box(0, 0, 9, 5))
    venue = dataclasses.replace(with_gates(door), zones=(standing, EAST))
    found = compute_capacity(venue)
    assert found.final == pytest.approx(0.2 * 60 * 2.5, rel=0.01), "unless one says otherwise"
    assert (found.limit, found.emergency_time) == ("emergency exit", 2.5)
    assert compute_capacity(venue, emergency_time=8.0).limit == "holding"
    with pytest.raises(BadInput, match=r"at least 2\.5"):
        compute_capacity(venue, emergency_time=1.0)


def test_two_gates_one_after_the_other_pass_what_the_narrower_does_and_side_by_side_the_sum() -> None:
    standing = dataclasses.replace(WEST, kinds=frozenset({"source", "waiting"}))
    one = Gate("one", "ground", LineString([(8, 0), (8, 5)]), clear_width=2.0)
    two = Gate("two", "ground", LineString([(12, 0), (12, 5)]), clear_width=1.0)
    venue = dataclasses.replace(with_gates(one, two), zones=(standing, EAST))
    found = compute_capacity(venue)
    assert found.exit == pytest.approx(82 * 1.0 * 8, rel=0.01)
    assert found.full == ("two",)
    left = dataclasses.replace(one, line=LineString([(8, 0), (8, 2.5)]))
    right = dataclasses.replace(two, line=LineString([(8, 2.5), (8, 5)]))
    found = compute_capacity(dataclasses.replace(with_gates(left, right), zones=(standing, EAST)))
    assert found.exit == pytest.approx(82 * 3.0 * 8, rel=0.01)
    assert set(found.full) == {"one", "two"}


@pytest.mark.parametrize(("state", "passes"), [({"open": False}, False), ({"direction": "forward"}, False), ({}, True)])
def test_a_gate_passes_only_in_its_direction_and_if_open(state: dict[str, object], passes: bool) -> None:
    """The gate is drawn from south to north: forward is westwards, away from the exit."""
    standing = dataclasses.replace(WEST, kinds=frozenset({"source", "waiting"}))
    gate = Gate("g", "ground", LineString([(10, 0), (10, 5)]), **state)  # type: ignore[arg-type]
    found = compute_capacity(dataclasses.replace(with_gates(gate), zones=(standing, EAST)))
    assert (found.exit > 0) is passes


def test_stairs_pass_66_people_a_minute_and_metre() -> None:
    venue = stairs()
    zones = tuple(
        dataclasses.replace(zone, kinds=frozenset({"waiting", "source"} if k == 0 else {"exit"}))
        for k, zone in enumerate(venue.zones)
    )
    found = compute_capacity(dataclasses.replace(venue, zones=zones))
    assert found.exit == pytest.approx(66 * venue.links[0].clear_width * 8, rel=0.01)
    assert found.full == (venue.links[0].name,)


def test_the_exit_whose_loss_costs_most_is_taken_away() -> None:
    both = dataclasses.replace(WEST, kinds=frozenset({"source", "exit"}))
    narrow = dataclasses.replace(EAST, polygon=box(18, 0, 20, 2))
    found = compute_capacity(dataclasses.replace(HALL, zones=(both, narrow)))
    assert found.exit_without_worst == pytest.approx(82 * 3.95 * 8, rel=0.02), "2 m to the west, 1.95 m to the north"


def test_in_the_shipped_station_the_fare_gates_set_the_flow_and_not_the_exits() -> None:
    found = compute_capacity(load_venue("metro-station"), without=("track-1-doors", "track-2-doors"))
    assert {name[:8] for name in found.full} >= {"gate-out"}
    assert any("gate-out-1" in line for line in tell_capacity(found))


def test_the_narrowest_places_come_first() -> None:
    wide, narrow = (Gate(n, "ground", LineString([(x, 0), (x, 5)]), clear_width=w) for n, x, w in GATES)
    assert [passage.name for passage in compute_capacity(with_gates(wide, narrow)).narrowest] == [
        "narrow",
        "wide",
        "east",
    ]
