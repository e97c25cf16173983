"""OpenStreetMap XML becomes floor, buildings, walls, stairs and lifts, each on its level."""

from __future__ import annotations

from pathlib import Path

import pytest
from shapely.geometry import Point

from tests.venues.readers.made_maps import way, write_osm
from venues import Venue, check_venue, connected
from venues.connectivity import FloorGraph
from venues.readers.import_map import import_map
from venues.readers.import_report import ImportReport
from venues.readers.osm_tags import levels_of, parse_width
from venues.readers.sketch import ImportOptions

pytest.importorskip("defusedxml")

#: A street from west to east, a passage under it, steps down to it and a lift beside them.
NODES = {
    1: (-120.0, 0.0),
    2: (0.0, 0.0),
    3: (120.0, 0.0),
    4: (0.0, -10.0),
    5: (0.0, -22.0),
    6: (0.0, -60.0),
    7: (4.0, -30.0),
}
NODES |= {11: (-8.0, -70.0), 12: (8.0, -70.0), 13: (8.0, -58.0), 14: (-8.0, -58.0), 8: (4.0, -10.0), 9: (4.0, 0.0)}
STREET = way(1, (1, 2, 3), highway="pedestrian", name="Seil &amp; Gasse", width="8")
DOWN = way(2, (2, 4), highway="footway") + way(3, (4, 5), highway="steps", level="0;-1", incline="down", width="3")
UNDER = way(4, (5, 6), highway="footway", indoor="yes", level="-1", width="4")
PLATFORM = way(5, (11, 12, 13, 14, 11), railway="platform", area="yes", level="-1", ref="1")


def imported(folder: Path, ways: str, **given: object) -> tuple[Venue, ImportReport]:
    options = ImportOptions(**given)  # type: ignore[arg-type]
    return import_map(write_osm(folder / "map.osm", NODES, ways), options)


@pytest.fixture
def station(tmp_path: Path) -> tuple[Venue, ImportReport]:
    return imported(tmp_path, STREET + DOWN + UNDER + PLATFORM)


def test_a_street_is_as_wide_as_it_says_and_ends_at_the_edge_of_the_map(tmp_path: Path) -> None:
    venue, report = imported(tmp_path, STREET)
    assert venue.levels[0].floor.area == pytest.approx(200 * 8, rel=0.01)
    assert {zone.name for zone in venue.zones} == {"Seil & Gasse west", "Seil & Gasse east"}
    assert not any("without a width" in note.what for note in report.notes("assumed"))


def test_a_width_that_is_not_given_is_told_with_its_default(tmp_path: Path) -> None:
    _, report = imported(tmp_path, way(1, (1, 2, 3), highway="residential"))
    assert any("highway=residential without a width is 6 m wide" in note.what for note in report.notes("assumed"))


def test_steps_join_their_levels_with_the_lower_end_below(station: tuple[Venue, ImportReport]) -> None:
    venue, _ = station
    (stairs,) = venue.links
    lower, upper = (
        (stairs.from_line, stairs.to_line) if stairs.from_level == "-1" else (stairs.to_line, stairs.from_line)
    )
    assert upper.centroid.y - lower.centroid.y == pytest.approx(12.0, abs=0.01)
    assert stairs.clear_width == pytest.approx(3.0)
    assert [level.elevation for level in venue.levels] == [0.0, -4.0]


def test_people_from_the_platform_reach_the_street(station: tuple[Venue, ImportReport]) -> None:
    venue, _ = station
    assert connected(venue, "platform 1", "Seil & Gasse west")
    assert [problem for problem in check_venue(venue) if problem.severity == "error"] == []


def test_a_lift_gives_a_way_without_steps_that_stairs_do_not(tmp_path: Path) -> None:
    beside = way(6, (9, 8), highway="footway") + way(7, (7, 5), highway="footway", level="-1", indoor="yes")
    cabin = {21: (3.0, -13.0), 22: (5.0, -13.0), 23: (5.0, -11.0), 24: (3.0, -11.0)}
    ways = STREET + DOWN + UNDER + PLATFORM + beside
    for with_lift in (False, True):
        box = way(8, (21, 22, 23, 24, 21), highway="elevator", level="0;-1") if with_lift else ""
        deep = way(9, (22, 7), highway="footway", level="-1", indoor="yes") if with_lift else ""
        venue, _ = import_map(write_osm(tmp_path / "map.osm", NODES | cabin, ways + box + deep))
        graph = FloorGraph(venue, honour_gates=True, steps=False)
        reached = graph.reach(venue.zone("platform 1")) & graph.pieces_of(venue.zone("Seil & Gasse west"))
        assert bool(reached) is with_lift


def test_steps_inside_one_level_become_two_halves_that_wheels_cannot_pass(tmp_path: Path) -> None:
    ways = way(1, (1, 2), highway="footway") + way(2, (2, 4), highway="steps") + way(3, (4, 6), highway="footway")
    ways += way(4, (11, 12, 13, 14, 11), highway="pedestrian", area="yes", public_transport="platform", ref="9")
    venue, _ = imported(tmp_path, ways)
    assert [link.kind for link in venue.links] == ["stairs", "stairs"]
    assert connected(venue, "platform 9", venue.zones[1].name)
    graph = FloorGraph(venue, honour_gates=True, steps=False)
    assert not graph.reach(venue.zone("platform 9")) & graph.pieces_of(venue.zones[1])


def test_buildings_are_cut_out_and_passages_lead_through_them(tmp_path: Path) -> None:
    nodes = NODES | {31: (40.0, -20.0), 32: (60.0, -20.0), 33: (60.0, 20.0), 34: (40.0, 20.0)}
    house = way(9, (31, 32, 33, 34, 31), building="yes")
    for through, joined in (("no", False), ("building_passage", True)):
        street = way(1, (1, 2, 3), highway="footway", tunnel=through)
        venue, _ = import_map(write_osm(tmp_path / "map.osm", nodes, street + house))
        assert venue.levels[0].floor.contains(Point(50, 0)) is joined


def test_a_fence_stands_and_opens_where_a_way_goes_through(tmp_path: Path) -> None:
    nodes = NODES | {41: (30.0, -3.0), 42: (30.0, 3.0)}
    ways = way(1, (1, 2, 3), highway="pedestrian", width="10") + way(9, (41, 42), barrier="fence")
    venue, report = import_map(write_osm(tmp_path / "map.osm", nodes, ways))
    assert sum(wall.length for wall in venue.levels[0].wall_lines) == pytest.approx(6 - 1.5, abs=0.01)
    assert any("opening of 1.5 m" in note.what for note in report.notes("assumed"))


def test_a_barrier_of_another_kind_stands_as_a_wall_and_is_told(tmp_path: Path) -> None:
    nodes = NODES | {41: (30.0, 1.0), 42: (30.0, 3.0)}
    ways = way(1, (1, 2, 3), highway="pedestrian", width="10") + way(9, (41, 42), barrier="jersey_barrier")
    venue, report = import_map(write_osm(tmp_path / "map.osm", nodes, ways))
    assert len(venue.levels[0].walls) == 1
    assert "barrier=jersey_barrier is as closed as a wall" in {note.what for note in report.notes("assumed")}


def test_barriers_and_trees_drawn_as_points_are_told(tmp_path: Path) -> None:
    points = '<node id="91" lat="37.5" lon="126.9"><tag k="barrier" v="jersey_barrier"/></node>'
    points += '<node id="92" lat="37.5" lon="126.9"><tag k="natural" v="tree"/></node>'
    _, report = import_map(write_osm(tmp_path / "map.osm", NODES, points + STREET))
    told = {place: note.what for note in report.notes("left_out") for place in note.places}
    assert told["node 91"].startswith("barrier=jersey_barrier drawn as a point")
    assert told["node 92"].startswith("trees")


def test_an_area_closed_to_the_public_is_no_floor_and_is_told(tmp_path: Path) -> None:
    yard = {"leisure": "park", "access": "private"}
    venue, report = imported(tmp_path, STREET + way(5, (11, 12, 13, 14, 11), **yard))
    assert not venue.levels[0].floor.contains(Point(0, -64))
    assert any(note.what.startswith("areas closed to the public") for note in report.notes("left_out"))


def test_carriageways_open_to_cars_are_told_as_floor_in_one_line(tmp_path: Path) -> None:
    ways = way(1, (1, 2), highway="residential") + way(2, (2, 3), highway="service")
    ways += way(3, (2, 6), highway="residential", motor_vehicle="no") + way(4, (2, 5), highway="footway")
    _, report = imported(tmp_path, ways)
    assert [note.count for note in report.notes("assumed") if "open to cars" in note.what] == [2]


def test_a_width_that_cannot_be_read_is_told_and_the_next_one_counts(tmp_path: Path) -> None:
    wide, _ = imported(tmp_path, way(1, (1, 2, 3), highway="pedestrian", width="wide", est_width="8"))
    assert wide.levels[0].floor.area == pytest.approx(200 * 8, rel=0.01)
    _, report = imported(tmp_path, way(1, (1, 2, 3), highway="pedestrian", width="wide"))
    assert any("width='wide'" in note.what for note in report.notes("assumed"))


def test_a_bridge_that_only_steps_lead_to_is_apart_from_the_street_below(tmp_path: Path) -> None:
    nodes = NODES | {51: (0.0, 20.0), 52: (0.0, 12.0), 53: (0.0, -12.0), 54: (0.0, -20.0), 55: (-120.0, 20.0)}
    nodes |= {56: (-120.0, -20.0)}
    up = way(2, (51, 52), highway="steps", incline="up") + way(3, (54, 53), highway="steps", incline="up")
    bridge = way(4, (52, 53), highway="footway", bridge="yes", layer="1")
    sides = way(5, (55, 51), highway="footway") + way(6, (56, 54), highway="footway")
    venue, _ = import_map(write_osm(tmp_path / "map.osm", nodes, STREET + up + bridge + sides))
    assert [level.name for level in venue.levels] == ["0", "1"]
    assert not connected(venue, "Seil & Gasse west", "edge of the map west")
    assert connected(venue, "edge of the map west", "edge of the map west-2")


def test_main_roads_are_floor_only_where_the_person_says_so(tmp_path: Path) -> None:
    ways = STREET + way(2, (2, 6), highway="primary")
    plain, report = imported(tmp_path, ways)
    closed, _ = imported(tmp_path, ways, roads=True)
    assert closed.levels[0].floor.area > plain.levels[0].floor.area + 500
    assert any("--roads" in note.what for note in report.notes("left_out"))


def test_the_licence_of_openstreetmap_is_kept(station: tuple[Venue, ImportReport]) -> None:
    venue, report = station
    assert "ODbL" in venue.licence
    assert "ODbL" in report.markdown()


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("0;-1", ("0", "-1")),
        ("-2--1", ("-2", "-1")),
        ("0-2", ("0", "1", "2")),
        ("1.0", ("1",)),
        ("0.5", ("0.5",)),
        ("", ()),
        ("EG", ("EG",)),
    ],
)
def test_levels_are_read_as_mappers_write_them(text: str, levels: tuple[str, ...]) -> None:
    assert levels_of({"level": text} if text else {}) == levels


@pytest.mark.parametrize(
    ("text", "metres"),
    [("2.5", 2.5), ("2,5 m", 2.5), ("90 cm", 0.9), ("6'6\"", 1.9812), ("wide", None), ("0", None), ("1e9", None)],
)
def test_widths_are_read_as_mappers_write_them(text: str, metres: float | None) -> None:
    assert parse_width(text) == (None if metres is None else pytest.approx(metres))


def test_an_area_closed_to_the_public_is_cut_out_of_one_that_is_open(tmp_path: Path) -> None:
    square = way(4, (11, 12, 13, 14, 11), highway="pedestrian", area="yes") + way(6, (2, 6), highway="footway")
    whole, _ = imported(tmp_path, STREET + square)
    venue, _ = imported(tmp_path, STREET + square + way(5, (11, 12, 13, 14, 11), leisure="park", access="private"))
    inside = Point(0, -64)
    assert whole.levels[0].floor.contains(inside)
    assert not venue.levels[0].floor.contains(inside)
