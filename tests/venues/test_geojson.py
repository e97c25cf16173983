"""A venue file gives back what was written, and degrees become true metres."""

from __future__ import annotations

import dataclasses
import json
import pickle
from pathlib import Path

import pyproj
import pytest
import shapely
from shapely.geometry import LineString, Point, box

from venues import (
    Camera,
    Gate,
    Level,
    Loudspeaker,
    Obstacle,
    Sign,
    Slope,
    Venue,
    Wall,
    from_geojson,
    load_venue,
    read_venue,
    to_geojson,
    write_venue,
)
from venues.shapes import bottleneck, corridor, room, stairs, t_junction


def rich_venue() -> Venue:
    """Return a venue that uses every member of the format."""
    level = Level(
        "ground",
        box(0, 0, 20, 10),
        elevation=51.4,
        obstacles=(box(5, 5, 6, 6), Obstacle(box(8, 5, 9, 6), "kiosk", {"ko": "매점"})),
        walls=(
            LineString([(12, 0), (12, 4), (13, 5)]),
            Wall(LineString([(15, 0), (15, 4)]), "front", {"ko": "앞"}, 3000.0),
        ),
        labels={"ko": "지상"},
    )
    gate = Gate(
        "문 <b>&\"'$x$", "ground", LineString([(10, 0), (10, 10)]), 1.2, "backward", False, 0.5, {"en": "G"}, "줄 <1>"
    )
    venue = stairs(width=2.0)
    return dataclasses.replace(
        venue,
        name="<script>alert(1)</script>",
        levels=(*venue.levels, level),
        gates=(gate,),
        cameras=(Camera("카메라 <1>", "ground", Point(1, 2), 90.0, 60.0, 30.0, {"ko": "카메라"}),),
        loudspeakers=(Loudspeaker("$speaker", "ground", Point(3.25, 4), 20.0),),
        signs=(Sign("board", "ground", Point(5, 6), 12.5, {"en": "Board"}),),
        slopes=(Slope("s", "ground", box(0, 0, 1, 1), 11.2, (0.6, 0.8)),),
        labels={"en": "A", "ko": "가"},
        source="us",
        licence="CC0-1.0",
        date="2026-01-01",
        simplifications=("one", "two"),
    )


@pytest.mark.parametrize("venue", [rich_venue(), corridor(), bottleneck(width=1 / 3), room(), t_junction(), stairs()])
def test_reading_what_was_written_gives_an_equal_venue(venue: Venue, tmp_path: Path) -> None:
    path = tmp_path / "이름 with space.geojson"
    write_venue(venue, path)
    again = read_venue(path)
    assert again == venue
    assert again.digest() == venue.digest()
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_venue_survives_pickling() -> None:
    venue = load_venue("itaewon-alley")
    assert pickle.loads(pickle.dumps(venue)).digest() == venue.digest()


def test_any_change_of_geometry_or_order_changes_the_digest() -> None:
    venue = corridor()
    digests = {
        venue.digest(),
        corridor(width=3.000000001).digest(),
        dataclasses.replace(venue, zones=venue.zones[::-1]).digest(),
    }
    assert len(digests) == 3


def test_null_properties_count_as_absent() -> None:
    document = to_geojson(room())
    for feature in document["features"]:
        feature["properties"].setdefault("capacity", None)
    assert from_geojson(document) == room()


@pytest.mark.parametrize(("lon", "lat"), [(126.9945, 37.5345), (-0.1, 51.5), (18.0, -70.0), (39.8, 0.0)])
def test_degrees_become_metres_to_a_tenth_of_a_percent(lon: float, lat: float) -> None:
    """Sides and diagonal of a field of about 300 m x 500 m against geodesics on the ellipsoid."""
    geod = pyproj.Geod(ellps="WGS84")
    east = geod.fwd(lon, lat, 90, 300)[:2]
    north = geod.fwd(lon, lat, 0, 500)[:2]
    corners = [(lon, lat), (east[0], lat), (east[0], north[1]), (lon, north[1]), (lon, lat)]
    document = {
        "type": "FeatureCollection",
        "inpa": {"schema_version": 1, "name": "field", "coordinates": "lonlat"},
        "features": [
            {
                "type": "Feature",
                "properties": {"kind": "level", "name": "ground"},
                "geometry": {"type": "Polygon", "coordinates": [[list(corner) for corner in corners]]},
            }
        ],
    }
    venue = from_geojson(document)
    points = shapely.get_coordinates(venue.levels[0].walkable)
    for one, other in ((0, 1), (1, 2), (0, 2), (1, 3)):
        true = geod.inv(*corners[one], *corners[other])[2]
        drawn = LineString([points[one], points[other]]).length
        assert drawn == pytest.approx(true, rel=1e-3)
    assert points[1][0] > points[0][0], "x grows to the east"
    assert points[3][1] > points[0][1], "y grows to the north"
    assert "tmerc" in venue.crs
    assert from_geojson(json.loads(json.dumps(to_geojson(venue)))).digest() == venue.digest()
