"""Faults of a map are found and placed; ways are found or not found."""

from __future__ import annotations

import dataclasses
import time

import numpy as np
import pytest
from shapely.geometry import LineString, Point, Polygon, box
from shapely.ops import unary_union

from venues import Gate, Level, Obstacle, Venue, Zone, check_venue, connected, from_geojson, to_geojson
from venues.connectivity import cut_off_by_steps, reachable
from venues.necks import MEASURED, check_narrow
from venues.shapes import BOTH, bottleneck, corridor, room, stairs, t_junction

WEST = Zone("west", "ground", box(0, 0, 2, 5), BOTH)
EAST = Zone("east", "ground", box(18, 0, 20, 5), BOTH)
ACROSS = LineString([(10, 0), (10, 5)])


def make_venue(level: Level, *gates: Gate) -> Venue:
    return Venue("hall", (level,), (WEST, EAST), gates)


def two_rooms(gap: float) -> Level:
    """Return two rooms joined by a passage of a width [m]."""
    return Level("ground", unary_union([box(0, 0, 9, 5), box(11, 0, 20, 5), box(9, 2, 11, 2 + gap)]))  # type: ignore[arg-type]


@pytest.mark.parametrize("venue", [corridor(), bottleneck(), room(), t_junction(), stairs()], ids=lambda v: v.name)
def test_nothing_is_wrong_with_the_textbook_shapes(venue: Venue) -> None:
    found = [problem.what for problem in check_venue(venue)]
    no_lift = ["who cannot take steps reaches no exit from here"] * 2 if venue.links else []
    assert found == no_lift, "of the two levels joined by stairs alone this is said for both ends"


@pytest.mark.parametrize(("gap", "passes"), [(0.29, False), (0.31, True)])
def test_a_passage_joins_two_rooms_if_the_smallest_body_fits(gap: float, passes: bool) -> None:
    venue = make_venue(two_rooms(gap))
    assert connected(venue, "west", "east") is passes
    errors = [problem.place for problem in check_venue(venue) if problem.severity == "error"]
    assert errors == ([] if passes else ["west", "east"]), "people could leave only where they came in"


@pytest.mark.parametrize(("side", "fits"), [(0.1, False), (0.3, True)])
def test_a_way_in_smaller_than_a_person_is_an_error(side: float, fits: bool) -> None:
    small = Zone("slip", "ground", box(5, 1, 5 + side, 1 + side), frozenset({"source"}))
    found = check_venue(Venue("hall", (Level("ground", box(0, 0, 20, 5)),), (WEST, EAST, small)))
    assert ["slip" for p in found if p.severity == "error"] == ([] if fits else ["slip"])


def test_a_thin_wall_from_side_to_side_separates_and_one_with_a_gap_does_not() -> None:
    for top, passes in ((5.0, False), (4.0, True)):
        level = Level("ground", box(0, 0, 20, 5), walls=(LineString([(10, 0), (10, top)]),))
        assert connected(make_venue(level), "west", "east") is passes


@pytest.mark.parametrize(
    ("state", "there", "back"),
    [
        ({}, True, True),
        ({"open": False}, False, False),
        ({"direction": "forward"}, False, True),
        ({"direction": "backward"}, True, False),
    ],
)
def test_gates_as_they_are_decide_what_is_reachable_but_not_what_is_connected(
    state: dict[str, object], there: bool, back: bool
) -> None:
    """The gate runs from south to north, so forward is westwards."""
    venue = make_venue(Level("ground", box(0, 0, 20, 5)), Gate("g", "ground", ACROSS, **state))  # type: ignore[arg-type]
    assert (reachable(venue, "west", "east"), reachable(venue, "east", "west")) == (there, back)
    assert connected(venue, "west", "east")
    assert connected(venue, "east", "west")


def test_stairs_connect_levels_and_an_escalator_only_one_way() -> None:
    venue = stairs()
    assert connected(venue, "west", "east")
    assert connected(venue, "east", "west")
    up = dataclasses.replace(venue, links=(dataclasses.replace(venue.links[0], direction="forward"),))
    assert connected(up, "west", "east")
    assert not connected(up, "east", "west")


def test_an_exit_cut_off_from_every_source_is_an_error_at_its_place() -> None:
    source = dataclasses.replace(WEST, kinds=frozenset({"source"}))
    far = dataclasses.replace(EAST, kinds=frozenset({"exit"}))
    near = Zone("near", "ground", box(7, 0, 8, 5), frozenset({"exit"}))
    problems = check_venue(Venue("hall", (two_rooms(0.2),), (source, far, near)))
    assert (problems[0].severity, problems[0].place) == ("error", "east")
    assert far.polygon.covers(Point(problems[0].x, problems[0].y))


def test_an_exit_behind_a_shut_gate_is_a_warning_only() -> None:
    source = dataclasses.replace(WEST, kinds=frozenset({"source"}))
    near = Zone("near", "ground", box(7, 0, 8, 5), frozenset({"exit"}))
    far = dataclasses.replace(EAST, kinds=frozenset({"exit"}))
    shut = Gate("g", "ground", ACROSS, open=False)
    problems = check_venue(Venue("hall", (Level("ground", box(0, 0, 20, 5)),), (source, near, far), (shut,)))
    assert {problem.severity for problem in problems} == {"warning"}
    assert {problem.place for problem in problems} == {"east", "hall"}, "the exit, and that every gate is shut"


def test_a_source_that_reaches_no_exit_is_an_error() -> None:
    source = dataclasses.replace(WEST, kinds=frozenset({"source"}))
    far = dataclasses.replace(EAST, kinds=frozenset({"exit"}))
    places = [p.place for p in check_venue(Venue("hall", (two_rooms(0.2),), (source, far))) if p.severity == "error"]
    assert places == ["west", "east"]


def test_a_venue_without_exit_is_an_error() -> None:
    source = dataclasses.replace(WEST, kinds=frozenset({"source"}))
    problems = check_venue(Venue("hall", (Level("ground", box(0, 0, 20, 5)),), (source,)))
    assert [problem.what for problem in problems] == ["there is no zone of kind 'exit'"]


def test_a_finding_calls_a_place_as_the_plan_does_and_a_level_a_level() -> None:
    """A zone by its label with the name to be typed, a level without a label by its name."""
    far = dataclasses.replace(EAST, labels={"ko": "동쪽 출입구"})
    venue = Venue("hall", (two_rooms(0.2), Level("0", box(30, 0, 40, 5))), (WEST, far))
    told = {lang: " / ".join(problem.text(lang) for problem in check_venue(venue)) for lang in ("en", "ko")}
    assert ("error: east at (" in told["en"], "warning: level 0 at (35, 2.5)" in told["en"]) == (True, True), told["en"]
    assert ("오류: 동쪽 출입구 [east], 위치 (" in told["ko"], "주의: 층 0, 위치 (35, 2.5)" in told["ko"]) == (
        True,
        True,
    )


def test_a_zone_on_floor_of_its_own_is_one_error_but_a_second_hall_is_none() -> None:
    """Alone on its floor it lies outside; with a way in and one out the other floor is a place of its own."""
    island = Level("ground", unary_union([box(0, 0, 20, 5), box(30, 0, 33, 5)]))  # type: ignore[arg-type]
    lost = Zone("lost", "ground", box(30, 0, 33, 5), frozenset({"source"}))
    (problem,) = check_venue(Venue("hall", (island,), (WEST, EAST, lost)))
    assert (problem.severity, problem.place, "outside the walls" in problem.what) == ("error", "lost", True)
    halls = Level("ground", unary_union([box(0, 0, 20, 5), box(30, 0, 36, 5)]))  # type: ignore[arg-type]
    out = Zone("out", "ground", box(33, 0, 36, 5), frozenset({"exit"}))
    assert not [p for p in check_venue(Venue("hall", (halls,), (WEST, EAST, lost, out))) if "outside" in p.what]


def test_each_of_two_yards_behind_gaps_of_one_width_is_told_at_its_own_gap() -> None:
    """Yards of 4 m x 4 m north of a street, each behind a gap of 0.1 m x 1 m."""
    yards = [part for x in (4, 12) for part in (box(x, 6, x + 4, 10), box(x + 2, 5, x + 2.1, 6))]
    level = Level("ground", unary_union([box(0, 0, 20, 5), *yards]))  # type: ignore[arg-type]
    found = [p for p in check_venue(make_venue(level)) if "nobody fits" in p.what]
    assert [round(p.values["width"], 2) for p in found] == [0.1, 0.1]
    assert sorted((p.x, p.y) for p in found) == [pytest.approx((x, 5.5), abs=0.3) for x in (6.05, 14.05)]


@pytest.mark.parametrize("width", [0.42, 0.8])
def test_a_narrow_passage_is_reported_with_its_width_and_place(width: float) -> None:
    problems = check_venue(make_venue(two_rooms(width)))
    assert len(problems) == 1
    assert f"{width:.2f} m wide" in problems[0].what
    assert (problems[0].x, problems[0].y) == pytest.approx((10.0, 2 + width / 2), abs=0.5)


def test_a_gate_people_can_walk_round_is_reported_at_its_open_end() -> None:
    gate = Gate("g", "ground", LineString([(10, 0), (10, 4)]))
    problems = check_venue(make_venue(Level("ground", box(0, 0, 20, 5)), gate))
    assert [(problem.place, problem.x, problem.y) for problem in problems] == [("g", 10.0, 4.0)]
    assert "1.00 m" in problems[0].what


@pytest.mark.parametrize(("width", "severity"), [(0.2, "error"), (0.85, "warning"), (0.9, None)])
def test_narrow_gates_are_reported(width: float, severity: str | None) -> None:
    gate = Gate("g", "ground", ACROSS, clear_width=width)
    found = [problem.severity for problem in check_venue(make_venue(Level("ground", box(0, 0, 20, 5)), gate))]
    assert found == ([severity] if severity else [])


def test_a_street_cut_in_two_by_an_obstacle_is_reported_with_the_zones_on_both_sides() -> None:
    stage = Zone("stage", "ground", box(3, 0, 5, 5), frozenset({"stage"}))
    east = dataclasses.replace(EAST, kinds=frozenset({"section"}))
    across = Level("ground", box(0, 0, 20, 5), obstacles=(box(9, -1, 10, 6),))
    cut = [problem for problem in check_venue(Venue("hall", (across,), (WEST, east, stage))) if "parts" in problem.what]
    assert [problem.what for problem in cut] == [
        "floor falls into 2 parts; zone 'east' is cut off from 'west', 'stage'"
    ]
    assert (cut[0].severity, cut[0].place) == ("warning", "east")
    assert east.polygon.covers(Point(cut[0].x, cut[0].y))


def test_a_shut_gate_is_no_cut_and_a_zone_on_both_sides_is_not_cut_off() -> None:
    shut = Gate("g", "ground", ACROSS, open=False)
    whole = make_venue(Level("ground", box(0, 0, 20, 5)), shut)
    assert not [problem for problem in check_venue(whole) if "parts" in problem.what or problem.severity == "error"]
    street = Zone("street", "ground", box(0, 0, 20, 5), frozenset({"section"}))
    across = Level("ground", box(0, 0, 20, 5), obstacles=(box(9, -1, 10, 6),))
    found = check_venue(Venue("hall", (across,), (WEST, EAST, street)))
    assert [p.what for p in found if "parts" in p.what] == [
        "floor falls into 2 parts; zone 'east' is cut off from 'west'"
    ]


def test_a_zone_of_both_kinds_without_a_way_to_another_exit_is_an_error() -> None:
    across = Level("ground", box(0, 0, 20, 5), obstacles=(box(9, -1, 10, 6),))
    errors = [problem for problem in check_venue(make_venue(across)) if problem.severity == "error"]
    assert [(problem.place, "no way to" in problem.what) for problem in errors] == [("west", True), ("east", True)]
    alone = Venue("hall", (Level("ground", box(0, 0, 20, 5)),), (WEST,))
    assert check_venue(alone) == [], "where there is one exit, people go back to it"


def test_an_obstacle_outside_is_called_by_its_name_if_it_has_one() -> None:
    level = Level("ground", box(0, 0, 20, 5), obstacles=(Obstacle(box(30, 0, 31, 1), "kiosk"),))
    assert "obstacle 'kiosk' lies outside" in check_venue(make_venue(level))[0].what


def test_an_obstacle_outside_the_walkable_ground_is_an_error() -> None:
    level = Level("ground", box(0, 0, 20, 5), obstacles=(box(30, 0, 31, 1),))
    assert [problem.severity for problem in check_venue(make_venue(level))] == ["error"]


def test_a_sliver_of_floor_is_reported() -> None:
    level = Level("ground", box(0, 0, 20, 5), obstacles=(box(6, 0, 14, 4.9),))
    what = [problem.what for problem in check_venue(make_venue(level))]
    assert any("narrower than a body" in text for text in what)
    island = Level("ground", unary_union([box(0, 0, 20, 5), box(30, 0, 30.5, 0.5)]))  # type: ignore[arg-type]
    assert any("stands alone" in problem.what for problem in check_venue(make_venue(island)))


def row_of_gates(*lines: tuple[str, LineString]) -> Venue:
    """Return two levels one above the other with gates of one bank: (level, line) each."""
    floors = tuple(Level(name, box(0, 0, 60, 40)) for name in ("ground", "deck"))
    gates = tuple(Gate(f"g{k}", level, line, bank="row") for k, (level, line) in enumerate(lines))
    return Venue("hall", floors, (WEST, EAST), gates)


def across(x: float, y: float) -> LineString:
    return LineString([(x, y), (x, y + 1.0)])


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([("ground", across(10, 0))], "this gate alone"),
        ([("ground", across(10, 0)), ("deck", across(10, 0))], "on the levels 'ground', 'deck'"),
        ([("ground", across(10, y)) for y in (0, 15, 32)], "31 m apart"),
        ([("ground", across(10, y)) for y in (0, 2, 31)], None),
    ],
)
def test_a_bank_that_gives_no_choice_is_reported(lines: list[tuple[str, LineString]], words: str | None) -> None:
    found = [problem.what for problem in check_venue(row_of_gates(*lines)) if "bank 'row'" in problem.what]
    assert len(found) == (words is not None)
    assert words is None or words in found[0]


def test_obstacles_drawn_over_each_other_are_found() -> None:
    level = Level("ground", box(0, 0, 20, 5), obstacles=(box(8, 1, 10, 3), box(9, 2, 11, 4), box(14, 1, 15, 2)))
    found = [problem for problem in check_venue(make_venue(level)) if "overlap" in problem.what]
    assert [(problem.what, problem.x, problem.y) for problem in found] == [
        ("obstacles 1 and 2 overlap by 1.00 m2", 9.5, 2.5)
    ]


@pytest.mark.parametrize(("depth", "told"), [(6.0, False), (8.0, True)])
def test_a_corridor_to_nowhere_is_found_if_it_is_longer_than_the_code_allows(depth: float, told: bool) -> None:
    floor = unary_union([box(0, 0, 20, 5), box(9, 5, 11, 5 + depth)])
    level = Level("ground", floor)  # type: ignore[arg-type]
    assert any("corridor" in problem.what for problem in check_venue(make_venue(level))) is told
    with_exit = dataclasses.replace(
        make_venue(level), zones=(WEST, EAST, Zone("end", "ground", box(9, 4 + depth, 11, 5 + depth), BOTH))
    )
    assert not any("corridor" in problem.what for problem in check_venue(with_exit))


def test_people_who_cannot_take_steps_and_have_no_lift_are_told_of() -> None:
    found = [problem for problem in check_venue(stairs()) if "cannot take steps" in problem.what]
    assert [problem.place for problem in found] == ["west", "east"]
    ramp = dataclasses.replace(stairs(), links=(dataclasses.replace(stairs().links[0], kind="ramp"),))
    assert not [problem for problem in check_venue(ramp) if "cannot take steps" in problem.what]


def test_stairs_before_which_an_obstacle_stands_cannot_be_stepped_onto() -> None:
    venue = stairs()
    link = venue.links[0]
    x, y = link.from_line.interpolate(0.5, normalized=True).coords[0]
    other = link.to_line.interpolate(0.5, normalized=True).coords[0]
    away = -1.0 if other[0] > x else 1.0
    block = box(min(x + 0.1 * away, x + 2 * away), y - 5, max(x + 0.1 * away, x + 2 * away), y + 5)
    levels = tuple(
        dataclasses.replace(level, obstacles=(*level.obstacles, block)) if level.name == link.from_level else level
        for level in venue.levels
    )
    found = [p for p in check_venue(dataclasses.replace(venue, levels=levels)) if "step onto" in p.what]
    assert [(problem.severity, problem.place) for problem in found] == [("error", link.name)]


def test_an_upper_floor_is_cut_off_by_steps_unless_a_ramp_leads_there() -> None:
    assert len(cut_off_by_steps(stairs())) == 1
    ramp = dataclasses.replace(stairs(), links=(dataclasses.replace(stairs().links[0], kind="ramp"),))
    assert cut_off_by_steps(ramp) == []


def test_a_width_that_nobody_gave_is_asked_for() -> None:
    document = to_geojson(make_venue(Level("ground", box(0, 0, 20, 5)), Gate("g", "ground", ACROSS)))
    gate = next(feature for feature in document["features"] if feature["properties"]["kind"] == "gate")
    assert check_venue(from_geojson(document)) == []
    del gate["properties"]["clear_width"]
    venue = from_geojson(document)
    (found,) = check_venue(venue)
    assert (found.severity, found.place, found.what) == (
        "warning", "g", "the clear width of this gate is not given; 5.00 m is assumed",
    )  # fmt: skip
    assert from_geojson(to_geojson(venue)) == venue, "it is still not known after the file was written anew"


@pytest.mark.parametrize(("length", "steep"), [(20.0, True), (30.0, False)])
def test_a_ramp_too_steep_for_wheels_is_told(length: float, steep: bool) -> None:
    flight = stairs(width=2.0, height=3.0)
    ramp = dataclasses.replace(flight.links[0], kind="ramp", length=length)
    found = [p for p in check_venue(dataclasses.replace(flight, links=(ramp,))) if "this ramp rises 3.0 m" in p.what]
    assert bool(found) is steep


def test_of_many_narrow_passages_the_first_are_measured_and_the_others_counted() -> None:
    """A row of 30 rooms of 3 m, each joined to the next by a door of 0.7 m."""
    walls = [box(4.0 * k + 3, y, 4.0 * k + 4, y + 1.15) for k in range(29) for y in (0.0, 1.85)]
    told = list(check_narrow(Level("0", box(0, 0, 119, 3), obstacles=tuple(walls))))
    assert [problem.what for problem in told[:-1]] == ["a passage is 0.70 m wide, less than 0.9 m"] * MEASURED
    assert told[-1].what.startswith(f"{29 - MEASURED} more passages are narrower than 0.9 m")


def test_an_outline_of_noise_is_an_error_that_is_found_in_a_second() -> None:
    turns = np.linspace(0.0, 2.0 * np.pi, 30_001)[:-1]
    radii = np.where(np.arange(30_000) % 2, 100.3, 100.0)
    saw = Polygon(np.column_stack((radii * np.cos(turns), radii * np.sin(turns))))
    begun = time.process_time()
    (problem,) = check_venue(make_venue(Level("ground", saw)))
    assert time.process_time() - begun < 1.0
    assert (problem.severity, problem.values["count"]) == ("error", 30_000)
