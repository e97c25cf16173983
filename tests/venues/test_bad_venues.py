"""Every way to write a bad venue ends in one line that names the thing."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import LineString, Polygon, box

from venues import (
    BadInput,
    Gate,
    Level,
    MeasurementLine,
    Slope,
    Venue,
    Wall,
    Zone,
    from_geojson,
    load_venue,
    read_venue,
)
from venues.geojson import MAX_FILE, to_geojson
from venues.shapes import bottleneck, corridor, room

GROUND = Level("ground", box(0, 0, 20, 5))
GATE = LineString([(10, 0), (10, 5)])


def line_of(make: Callable[[], object]) -> str:
    """Return the message of the BadInput that `make` raises; it must be one line."""
    with pytest.raises(BadInput) as caught:
        make()
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")  # shapely, of the NaN
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Level("hall", Polygon([(0, 0), (4, 4), (4, 0), (0, 4)])), ["hall", "crosses", "[2 2]"]),
        (lambda: Level("hall", Polygon([(0, 0), (math.nan, 4), (4, 0)])), ["hall", "nan", "finite"]),
        (lambda: Level("hall", Polygon([(0, 0), (math.inf, 4), (4, 0)])), ["hall", "inf", "finite"]),
        (lambda: Level("hall", box(0, 0, 60_000, 5)), ["hall", "60000", "50 km"]),
        (lambda: Level("hall", box(0, 0, 5, 5), obstacles=(box(-1, -1, 6, 6),)), ["hall", "0 m2"]),
        (lambda: Level("hall", box(0, 0, 1e-4, 1e-4)), ["hall", "degrees"]),
        (lambda: Zone("a\nb", "ground", box(0, 0, 1, 1), frozenset({"exit"})), ["a\\nb", "one line"]),
        (lambda: Zone("z", "ground", box(0, 0, 1, 1), frozenset({"exits"})), ["'z'", "'exits'", "'exit'"]),
        (lambda: Zone("z", "ground", box(0, 0, 1, 1), frozenset()), ["'z'", "source"]),
        (lambda: Gate("N2", "ground", GATE, clear_width=0.0), ["'N2'", "(10.0, 2.5)", "0.0 m", "greater"]),
        (lambda: Gate("N2", "ground", GATE, clear_width=-1.0), ["'N2'", "-1.0"]),
        (lambda: Gate("N2", "ground", GATE, clear_width=math.nan), ["'N2'", "nan"]),
        (lambda: Gate("N2", "ground", GATE, clear_width=7.0), ["'N2'", "7 m", "5.00 m"]),
        (lambda: Gate("N2", "ground", LineString([(0, 0), (2000, 0)])), ["'N2'", "2000", "1000"]),
        (lambda: Gate("N2", "ground", LineString([(1, 1), (1, 1)])), ["'N2'", "(1.0, 1.0)"]),
        (lambda: Gate("N2", "ground", GATE, direction="up"), ["'N2'", "'up'", "'forward'"]),
        (lambda: Gate("N2", "ground", GATE, capacity=-3.0), ["'N2'", "-3.0"]),
        (lambda: Gate("N2", "ground", GATE, open="yes"), ["'N2'", "'yes'", "true"]),  # type: ignore[arg-type]
        (lambda: Gate("N2", "ground", GATE, bank=""), ["bank of gate 'N2'", "not empty"]),
        (lambda: Slope("s", "ground", box(0, 0, 1, 1), 36.0, (0, 1)), ["'s'", "36", "35"]),
        (lambda: Slope("s", "ground", box(0, 0, 1, 1), 5.0, (1, 1)), ["'s'", "(1, 1)", "1.41421"]),
        (lambda: MeasurementLine("m", "ground", LineString([(0, 0), (1, 1), (2, 0)])), ["'m'", "3 points"]),
        (lambda: Wall(GATE, "w", design_load=0.0), ["design load of wall 'w'", "0.0", "greater"]),
        (lambda: Wall(GATE, "a\nb"), ["a\\nb", "one line"]),
        (lambda: Wall(LineString([(1, 1), (1, 1)]), "w"), ["wall 'w'", "(1.0, 1.0)"]),
        (lambda: corridor(width=0.0), ["width of a corridor", "0.0"]),
        (lambda: bottleneck(width=7.0, room_width=6.0), ["width of a bottleneck", "7.0", "6"]),
        (lambda: room(length=math.nan), ["length of a room", "nan"]),
    ],
)
def test_an_impossible_item_is_refused_in_one_line_that_names_it(make: Callable[[], object], words: list[str]) -> None:
    message = line_of(make)
    for word in words:
        assert word in message


def zone(name: str, *, level: str = "ground", at: float = 0.0) -> Zone:
    return Zone(name, level, box(at, 0, at + 1, 1), frozenset({"exit"}))


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"levels": ()}, ["no level"]),
        ({"levels": (GROUND, GROUND)}, ["level 'ground'", "taken"]),
        ({"zones": (zone("a"), zone("a"))}, ["zone 'a'", "taken"]),
        ({"zones": (zone("a"),), "gates": (Gate("a", "ground", GATE),)}, ["gate 'a'", "taken"]),
        ({"zones": (zone("venue"),)}, ["'venue'", "whole venue"]),
        ({"zones": (zone("a", level="grond"),)}, ["zone 'a'", "'grond'", "did you mean 'ground'"]),
        ({"zones": (zone("a", at=100.0),)}, ["zone 'a'", "(100.5, 0.5)", "off the floor"]),
        (
            {"gates": (Gate("N2", "ground", LineString([(10, 0), (10, 9)])),)},
            ["gate 'N2'", "4.00 m of its 9.00 m", "off the floor"],
        ),
        (
            {"slopes": tuple(Slope(name, "ground", box(0, 0, 2, 2), 5, (0, 1)) for name in "ab")},
            ["'a'", "'b'", "4.00 m2", "overlap"],
        ),
    ],
)
def test_a_venue_whose_parts_do_not_fit_is_refused_in_one_line(parts: dict[str, Any], words: list[str]) -> None:
    message = line_of(lambda: Venue(**({"name": "plaza", "levels": (GROUND,)} | parts)))
    for word in words:
        assert word in message


def test_a_gate_over_an_obstacle_is_off_the_floor() -> None:
    level = Level("ground", box(0, 0, 20, 5), obstacles=(box(9, 1, 11, 4),))
    assert "3.00 m" in line_of(lambda: Venue("plaza", (level,), gates=(Gate("N2", "ground", GATE),)))


def test_lookups_of_unknown_names_offer_near_ones() -> None:
    venue = corridor()
    for look, word in (
        (venue.zone, "'west'"),
        (venue.gate, "none"),
        (venue.line, "'middle'"),
        (venue.level, "ground"),
    ):
        assert word in line_of(lambda look=look: look("wesst"))  # type: ignore[misc]


def change(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    """Return the document of a corridor with one value replaced (or removed: None at the top)."""
    document = json.loads(json.dumps(to_geojson(corridor())))
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return document


RING = [[0, 0], [1, 0], [1, 1], [0, 0]]


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("type",), "Feature", ["FeatureCollection"]),
        (("inpa",), ..., ["inpa"]),
        (("inpa", "schema_version"), 2, ["written by a newer inpa (schema 2); this one reads 1: update inpa"]),
        (("inpa", "schema_version"), True, ["schema_version is True"]),
        (("inpa", "coordinates"), "feet", ["'feet'", "lonlat"]),
        (("inpa", "coordinates"), ..., ["'coordinates'"]),
        (("inpa", "name"), 5, ["'name'", "5"]),
        (("inpa", "licence"), 5, ["'licence'", "5"]),
        (("inpa", "licence"), "\ud800", ["licence", "printable"]),
        (("inpa", "source"), "x" * 5_001, ["source", "5,001 characters"]),
        (("features", 1, "properties", "labels"), {"en": " "}, ["'west'", "not blank"]),
        (("features", 1, "properties", "labels"), {"": "West"}, ["'west'", "not blank"]),
        (("features", 1, "properties", "labels"), {"en": "x" * 201}, ["'west'", "201 characters"]),
        (("inpa", "lisence"), "x", ["'lisence'", "did you mean 'licence'"]),
        (("inpa", "simplifications"), "none", ["simplifications", "list"]),
        (("inpa", "labels"), ["a"], ["labels", "['a']"]),
        (("features",), {}, ["features"]),
        (("features",), [], ["level"]),
        (("features", 1), 7, ["feature 2"]),
        (("features", 1, "properties"), None, ["feature 2", "properties"]),
        (("features", 1, "properties", "kind"), "zoan", ["feature 2", "'zoan'", "'zone'"]),
        (("features", 1, "properties", "kind"), ["zone"], ["feature 2", "zone"]),
        (("features", 1, "properties", "name"), ..., ["feature 2", "'name'"]),
        (("features", 1, "properties", "name"), 3, ["feature 2", "3", "text"]),
        (("features", 1, "properties", "with"), 3, ["feature 2", "'west'", "'with'"]),
        (("features", 1, "properties", "kinds"), 3, ["feature 2", "'west'", "3"]),
        (("features", 1, "geometry"), None, ["feature 2", "'west'", "Polygon"]),
        (("features", 1, "geometry", "type"), "Point", ["feature 2", "'Point'"]),
        (("features", 1, "geometry", "coordinates"), [], ["feature 2", "'west'"]),
        (("features", 1, "geometry", "coordinates"), [RING[:3]], ["feature 2", "end where", "(0.0, 0.0)"]),
        (("features", 1, "geometry", "coordinates"), [[[0, 0, 0], *RING[1:]]], ["feature 2", "[x, y]"]),
        (("features", 1, "geometry", "coordinates"), [[["0", 0], *RING[1:]]], ["feature 2", "[x, y]"]),
        (("features", 1, "geometry", "coordinates"), [[[10**400, 0], *RING[1:]]], ["feature 2"]),
        (
            ("features", 1, "geometry", "coordinates"),
            [[[1e999, 0], *RING[1:-1], [1e999, 0]]],
            ["'west'", "inf"],
        ),
        (("features", 4, "properties", "clear_width"), "3 m", ["'middle'", "'3 m'"]),
    ],
)
def test_a_spoilt_venue_file_is_refused_with_its_name_and_the_value(
    path: tuple[str | int, ...], value: object, words: list[str]
) -> None:
    document = change(path, value)
    message = line_of(lambda: from_geojson(document, where="plaza.geojson"))
    assert message.startswith("plaza.geojson")
    assert message.count("plaza.geojson") == 1
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"hello", "not JSON (line 1, column 1"),
        (b"", "not JSON"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b'{"type": NaN}', "NaN"),
        (b"[" * 100_000, "JSON"),
        (b"[1, 2]", "FeatureCollection"),
        (b'{"type": "a", "type": "b"}', "'type' twice"),
        (b'{"width": 1' + b"0" * 400 + b"}", "all numbers must be finite"),
    ],
)
def test_a_file_that_is_not_geojson_is_refused_with_its_path(tmp_path: Path, content: bytes, word: str) -> None:
    path = tmp_path / "광장 plan.geojson"
    path.write_bytes(content)
    message = line_of(lambda: read_venue(path))
    assert "광장 plan.geojson" in message
    assert word in message


def test_a_file_over_50_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "city.geojson"
    with path.open("wb") as file:
        file.truncate(MAX_FILE + 1)
    assert "50 MB" in line_of(lambda: read_venue(path))


def test_a_missing_file_and_a_directory_are_refused(tmp_path: Path) -> None:
    assert "no venue file" in line_of(lambda: read_venue(tmp_path / "plaza.geojson"))
    assert "is no file" in line_of(lambda: read_venue(tmp_path))


def test_an_unknown_venue_name_lists_the_shipped_ones() -> None:
    assert "did you mean 'itaewon-alley'" in line_of(lambda: load_venue("itaewon-aley"))


def test_longitude_and_latitude_out_of_range_are_refused() -> None:
    document = to_geojson(corridor(length=200.0))
    document["inpa"]["coordinates"] = "lonlat"
    assert "longitude" in line_of(lambda: from_geojson(document, where="plaza.geojson"))
