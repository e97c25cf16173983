"""GeoJSON of any layers and WKT become venues; what was done to them is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, Polygon, box

from tests.venues.readers.made_maps import write_features, write_square
from venues import BadInput, Level, Venue, Zone, load_venue, names, read_venue, to_geojson, write_venue
from venues.readers.import_map import import_map
from venues.readers.sketch import ImportOptions

LOCAL = ImportOptions(crs="local")


def test_a_square_of_geojson_layers_becomes_a_venue_in_metres_with_its_names(tmp_path: Path) -> None:
    venue, _ = import_map(write_square(tmp_path / "square.geojson"))
    assert {zone.name: set(zone.kinds) for zone in venue.zones} == {"서쪽 & 문": {"source"}, "동쪽": {"exit"}}
    assert venue.levels[0].floor.area == pytest.approx(60 * 40 - 25, rel=1e-4)
    assert [solid.name for solid in venue.levels[0].solids] == ["동상 <b>"]


@pytest.mark.parametrize("crs", ["EPSG:5179", "EPSG:5186", "EPSG:5174"])
def test_the_same_map_in_another_system_gives_the_same_venue_within_a_centimetre(tmp_path: Path, crs: str) -> None:
    """5174 goes through a datum shift of 300 m and back: left out, it would show."""
    one, _ = import_map(write_square(tmp_path / "one.geojson"))
    other, _ = import_map(write_square(tmp_path / "other.geojson", crs))
    for a, b in zip(one.zones, other.zones, strict=True):
        assert np.abs(shapely.get_coordinates(a.polygon) - shapely.get_coordinates(b.polygon)).max() < 0.01


@pytest.mark.parametrize("name", names())
def test_a_shipped_venue_written_and_read_is_equal(tmp_path: Path, name: str) -> None:
    venue = load_venue(name)
    write_venue(venue, tmp_path / "same.geojson")
    assert read_venue(tmp_path / "same.geojson") == venue


@pytest.mark.parametrize("name", names())
def test_a_venue_that_lost_its_head_in_a_gis_comes_back_with_all_its_items(tmp_path: Path, name: str) -> None:
    venue = load_venue(name)
    document = to_geojson(venue)
    write_features(
        tmp_path / "gis.geojson",
        [(f["properties"], shapely.geometry.shape(f["geometry"])) for f in document["features"]],
    )
    found, report = import_map(tmp_path / "gis.geojson", LOCAL)
    for part in ("zones", "gates", "links", "slopes", "areas", "lines", "cameras", "loudspeakers", "signs"):
        assert getattr(found, part) == getattr(venue, part), part
    assert [level.floor.area for level in found.levels] == pytest.approx([level.floor.area for level in venue.levels])
    assert report.notes("left_out") == []


def test_an_imported_venue_written_and_read_is_equal(tmp_path: Path) -> None:
    venue, _ = import_map(write_square(tmp_path / "square.geojson"))
    write_venue(venue, tmp_path / "venue.geojson")
    assert read_venue(tmp_path / "venue.geojson") == venue


def test_a_file_of_roles_decides_over_the_names_of_layers(tmp_path: Path) -> None:
    features = [({"layer": "A"}, box(0, 0, 30, 20)), ({"layer": "wall-1"}, box(5, 5, 8, 8))]
    file = write_features(tmp_path / "map.geojson", features)
    venue, _ = import_map(file, replace(LOCAL, roles={"a": "walkable", "wall*": "obstacle"}))
    assert len(venue.levels[0].obstacles) == 1
    assert venue.levels[0].walls == ()


def test_what_has_no_role_is_told_with_the_line_to_write(tmp_path: Path) -> None:
    features = [({"layer": "plaza"}, box(0, 0, 30, 20)), ({"layer": "쓰레기"}, box(5, 5, 8, 8))]
    _, report = import_map(write_features(tmp_path / "map.geojson", features), LOCAL)
    assert any('"쓰레기" = "walkable"' in note.what for note in report.notes("left_out"))


def test_every_repair_is_told_with_its_place(tmp_path: Path) -> None:
    bowtie = Polygon([(5, 5), (9, 9), (9, 5), (5, 9)])
    almost = LineString([(20, 5), (24, 5), (24, 9), (20, 9), (20.1, 5.2)])
    features = [
        ({"role": "walkable"}, box(0, 0, 30, 20)),
        ({"role": "obstacle"}, bowtie),
        ({"role": "obstacle"}, almost),
    ]
    venue, report = import_map(write_features(tmp_path / "map.geojson", features), LOCAL)
    assert len(venue.levels[0].obstacles) == 3, "a bow tie is two triangles"
    told = {note.what: note.places for note in report.notes("repaired")}
    assert told["an outline that crossed or touched itself (obstacle)"] == ["feature 2 at [7 7]"]
    assert told["an outline that did not close, by at most 0.5 m (obstacle)"] == ["feature 3"]


def test_walls_alone_enclose_a_floor_that_is_told_as_assumed(tmp_path: Path) -> None:
    wall = LineString([(12, 10), (20, 10), (20, 0), (0, 0), (0, 10), (10, 10)])
    venue, report = import_map(write_features(tmp_path / "map.geojson", [({"role": "wall"}, wall)]), LOCAL)
    assert venue.levels[0].floor.area == pytest.approx(200, abs=10)
    assert any("inside the outermost walls" in note.what for note in report.notes("assumed"))


def test_people_come_and_go_at_the_far_ends_where_a_map_does_not_say(tmp_path: Path) -> None:
    (tmp_path / "hall.wkt").write_text("POLYGON ((0 0, 50 0, 50 5, 0 5, 0 0))", encoding="utf-8")
    venue, report = import_map(tmp_path / "hall.wkt")
    assert venue.zones[0].polygon.distance(venue.zones[1].polygon) > 40
    assert any("draw your own zones" in note.what for note in report.notes("assumed"))


def test_a_word_before_a_wkt_shape_is_its_role(tmp_path: Path) -> None:
    text = (
        "POLYGON ((0 0, 50 0, 50 5, 0 5, 0 0))\nexit: POLYGON ((48 0, 50 0, 50 5, 48 5, 48 0))\nLINESTRING (20 0, 20 3)"
    )
    (tmp_path / "hall.wkt").write_text(text, encoding="utf-8")
    venue, _ = import_map(tmp_path / "hall.wkt")
    assert {zone.name for zone in venue.zones} == {"exit", "inside"}
    assert len(venue.levels[0].walls) == 1


def test_the_assumptions_go_into_the_venue_so_that_every_report_prints_them(tmp_path: Path) -> None:
    (tmp_path / "hall.wkt").write_text("POLYGON ((0 0, 50 0, 50 5, 0 5, 0 0))", encoding="utf-8")
    venue, report = import_map(tmp_path / "hall.wkt", ImportOptions(licence="CC0"))
    assert len(venue.simplifications) == len(report.notes("assumed")) > 0
    assert venue.licence == report.licence == "CC0"


def test_a_report_in_markdown_shows_markup_in_names_as_text(tmp_path: Path) -> None:
    features = [({"layer": "plaza"}, box(0, 0, 30, 20)), ({"layer": "<img src=x>"}, box(5, 5, 8, 8))]
    _, report = import_map(write_features(tmp_path / "map.geojson", features), LOCAL)
    assert "\\<img src=x\\>" in report.markdown()


def test_a_polygon_of_ten_thousand_points_is_taken_whole(tmp_path: Path) -> None:
    angle = np.linspace(0, 2 * np.pi, 10_000, endpoint=False)
    ring = Polygon(np.column_stack((50 * np.cos(angle), 50 * np.sin(angle))))
    (tmp_path / "round.wkt").write_text(ring.wkt, encoding="utf-8")
    venue: Venue = import_map(tmp_path / "round.wkt")[0]
    assert len(shapely.get_coordinates(venue.levels[0].walkable)) == 10_001


def test_a_national_grid_in_metres_is_moved_to_the_origin_and_told(tmp_path: Path) -> None:
    grid = box(953_000, 1_952_000, 953_050, 1_952_030)
    (tmp_path / "grid.wkt").write_text(grid.wkt, encoding="utf-8")
    venue, report = import_map(tmp_path / "grid.wkt")
    assert venue.levels[0].walkable.bounds == (0, 0, 50, 30)
    assert any("953000" in note.what for note in report.notes("repaired"))


def test_an_unknown_role_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadInput, match="walkable"):
        ImportOptions(roles={"A": "floor"})


def test_a_place_that_is_given_a_name_no_longer_shows_the_label_of_another(tmp_path: Path) -> None:
    hall = Venue(
        "hall",
        (Level("ground", box(0, 0, 20, 5)),),
        (
            Zone("in", "ground", box(0, 0, 2, 5), frozenset({"source"}), {"ko": "정문"}),
            Zone("out", "ground", box(18, 0, 20, 5), frozenset({"exit"}), {"ko": "비상구"}),
        ),
    )
    write_venue(hall, tmp_path / "hall.geojson")
    venue, _ = import_map(tmp_path / "hall.geojson", ImportOptions(names={"in": "후문"}))
    assert {zone.name: dict(zone.labels) for zone in venue.zones} == {"후문": {}, "out": {"ko": "비상구"}}


def test_a_venue_of_more_features_than_can_be_read_is_not_written(tmp_path: Path) -> None:
    zones = (Zone(f"z{n}", "ground", box(0, 0, 1, 1), frozenset({"waiting"})) for n in range(12_001))
    with pytest.raises(BadInput, match="at most 12,000"):
        write_venue(Venue("many", (Level("ground", box(0, 0, 20, 5)),), tuple(zones)), tmp_path / "many.geojson")
    assert list(tmp_path.iterdir()) == []
