"""Maps that cannot be used end in one line that says what would be right, soon and without filling the memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, Polygon, box, mapping

from tests.venues.readers.made_maps import blocks_of_blocks, write_features
from venues import BadInput, write_venue
from venues.readers.import_map import finish, import_map
from venues.readers.import_report import ImportReport
from venues.readers.sketch import Drawn, ImportOptions, Sketch
from venues.shapes import corridor

DEGREES = box(126.9, 37.5, 126.905, 37.503)


def refused(file: Path, options: ImportOptions | None = None) -> str:
    """Return the one line with which a map is refused."""
    with pytest.raises(BadInput) as caught:
        import_map(file, options)
    line = str(caught.value)
    assert "\n" not in line
    return line


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.osm", "", "0 bytes"),
        ("a.wkt", "POLYGON ((0 0, 10 0, 20 0, 0 0))", "without area"),
        ("a.wkt", "POLYGON EMPTY", "no shapes"),
        ("a.wkt", "hello world", "not well-known text"),
        ("a.wkt", "GEOMETRYCOLLECTION(" * 100_000, "brackets"),
        ("a.wkt", DEGREES.wkt, "EPSG:4326"),
        ("a.wkt", "POLYGON ((0 0, 200000 0, 200000 50, 0 0))", "100 km"),
        ("a.geojson", "{", "not JSON"),
        ("a.geojson", "[" * 100_000, "JSON"),
        ("a.geojson", '{"type": "FeatureCollection", "features": []}', "no features"),
        ("a.geojson", '{"features": [{"type": "Feature", "geometry": {"type": "Polygon"}}]}', "cannot be read"),
        ("a.osm", "<osm><node", "not well-formed"),
        ("a.osm", "<gpx></gpx>", "begins with <osm>"),
        ("a.osm", "<osm>" + "<a>" * 1000 + "</a>" * 1000 + "</osm>", "nested"),
        ("a.osm", '<osm><node id="1" lat="937" lon="1"/></osm>', "degrees"),
        ("a.dxf", "hello\nworld\n" * 100, "no DXF"),
        ("a.png", "no picture", "no picture"),
        ("a.shp", "no shapes", "cannot be read"),
        ("a.gpkg", "no package", "cannot be read"),
        ("a.doc", "a letter", ".geojson"),
    ],
)
def test_a_file_that_is_no_map_is_refused(tmp_path: Path, name: str, text: str, says: str) -> None:
    if name.endswith("dxf"):
        pytest.importorskip("ezdxf")
    if name.endswith(("shp", "gpkg")):
        pytest.importorskip("pyogrio")
    if name.endswith("osm"):
        pytest.importorskip("defusedxml")
    options = ImportOptions(scale=10.0 if name.endswith("png") else None)
    assert says in refused(written(tmp_path, name, text), options)


def test_entities_that_grow_and_files_from_outside_are_refused_unread(tmp_path: Path) -> None:
    pytest.importorskip("defusedxml")
    grow = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE osm [<!ENTITY a0 "ha">{grow}]><osm>&a11;</osm>'
    outside = '<!DOCTYPE osm SYSTEM "file:///etc/passwd"><osm/>'
    for text in (bomb, outside):
        assert "document type" in refused(written(tmp_path, "bomb.osm", text))


def test_metres_taken_for_degrees_are_caught_by_size(tmp_path: Path) -> None:
    file = write_features(tmp_path / "hall.geojson", [({"role": "walkable"}, box(0, 0, 60, 40))])
    assert "--crs local" in refused(file)


@pytest.mark.parametrize("crs", [None, "EPSG:5179"])
def test_two_systems_in_one_map_are_told_by_the_shape_that_is_away(tmp_path: Path, crs: str | None) -> None:
    features = [({"role": "walkable"}, DEGREES), ({"role": "exit"}, box(950_000, 1_940_000, 950_010, 1_940_010))]
    line = refused(write_features(tmp_path / "mixed.geojson", features, crs=crs))
    assert ("feature 2" if crs is None else "feature 1") in line


def test_a_grid_read_in_the_wrong_belt_is_told(tmp_path: Path) -> None:
    """What is 5186 lies in the East China Sea when read as 5179."""
    features = [({"role": "walkable"}, box(191_157, 544_508, 191_257, 544_608))]
    assert "EPSG:5186" in refused(write_features(tmp_path / "belt.geojson", features, crs="EPSG:5179"))


def test_an_unknown_system_is_refused_with_likely_ones(tmp_path: Path) -> None:
    file = write_features(tmp_path / "map.geojson", [({"role": "walkable"}, DEGREES)])
    assert "EPSG:5179" in refused(file, ImportOptions(crs="EPSG:1"))


def test_a_huge_map_is_refused_with_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path, "large.wkt", DEGREES.wkt)
    monkeypatch.setattr("venues.readers.import_map.MAX_FILE", 10)
    assert "MB" in refused(file)
    monkeypatch.undo()
    monkeypatch.setattr("venues.readers.coordinates.MAX_POINTS", 4)
    assert "5 points in 1 shapes" in refused(file)


def test_a_map_with_20_000_obstacles_is_refused_with_their_number(tmp_path: Path) -> None:
    west, south = (axis.ravel() for axis in np.meshgrid(np.arange(200.0), np.arange(100.0)))
    lines = [f"obstacle: {one.wkt}" for one in shapely.box(west, south, west + 0.3, south + 0.3)]
    text = "\n".join(["walkable: " + box(0, 0, 200, 100).wkt, *lines])
    message = refused(written(tmp_path, "blocks.wkt", text))
    assert "20,000" in message
    assert "--within" in message


def test_numbers_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    assert "finite" in refused(written(tmp_path, "nan.wkt", "POLYGON ((0 0, 10 0, nan 5, 0 0))"))
    document = {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": None}]}
    text = json.dumps(document).replace("null", "NaN")
    assert "finite" in refused(written(tmp_path, "nan.geojson", text))


def test_a_file_of_roles_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    from venues.readers.roles import read_roles

    wrong = {
        "[roles]\nA = 'walkabel'": "did you mean",
        "[role]": "did you mean 'roles'",
        "units = ['mm']": "must be a text",
        "x": "TOML",
    }
    for text, says in wrong.items():
        with pytest.raises(BadInput, match=says):
            read_roles(written(tmp_path, "roles.toml", text))


def ring(radii: np.ndarray) -> Polygon:
    """Return an outline round the origin with a corner at each radius [m]."""
    turn = np.linspace(0.0, 2 * np.pi, len(radii), endpoint=False)
    return Polygon(np.column_stack((radii * np.cos(turn), radii * np.sin(turn))))


def noise(kind: str) -> str:
    """Return a map that a program wrote by mistake."""
    draw = np.random.default_rng(1)
    if kind == "rough outline":
        return ring(100.0 + draw.uniform(-30.0, 30.0, 10_000)).wkt
    if kind == "tangled outline":
        return Polygon(draw.uniform(0.0, 100.0, (10_000, 2))).wkt
    if kind == "comb":
        teeth = [(0.05 * k + x, y) for k in range(20_000) for x, y in ((0, 10), (0.02, 10), (0.02, 0.5), (0.05, 0.5))]
        return Polygon([(0, 0), *teeth, (1000, 0)]).wkt
    nodes = np.array([37.5, 126.9]) + draw.uniform(0.0, 0.1, (20_000, 2))
    lines = [f'<node id="{k}" lat="{lat:.6f}" lon="{lon:.6f}"/>' for k, (lat, lon) in enumerate(nodes)]
    for number in range(5_000):
        refs = "".join(f'<nd ref="{ref}"/>' for ref in draw.integers(0, 20_000, 8))
        lines.append(f'<way id="{number}">{refs}<tag k="highway" v="footway"/></way>')
    return f"<osm>{''.join(lines)}</osm>"


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("rough outline", "wide on average"),
        ("comb", "wide on average"),
        ("tangled outline", "crosses itself more than 5,000 times"),
        ("tangled streets", "times; are nodes of the file mixed up"),
    ],
)
def test_noise_is_refused_within_10_s_instead_of_mended_for_minutes(tmp_path: Path, kind: str, says: str) -> None:
    if kind == "tangled streets":
        pytest.importorskip("defusedxml")
    file = written(tmp_path, "a.osm" if kind == "tangled streets" else "a.wkt", noise(kind))
    begin = time.process_time()
    assert says in refused(file)
    assert time.process_time() - begin < 10.0


def test_a_smooth_outline_of_ten_thousand_points_is_no_noise(tmp_path: Path) -> None:
    venue, _ = import_map(written(tmp_path, "a.wkt", ring(np.full(10_000, 100.0)).wkt))
    assert venue.levels[0].floor.area == pytest.approx(np.pi * 100.0**2, rel=1e-4)


def processor_time_of_children() -> float:
    """Return what commands took of a processor [s], however busy the machine is with other things."""
    took = os.times()
    return took.children_user + took.children_system


#: The command with at most 3 GB: an interpreter with everything it imports takes less than 1.
BOUNDED = "import resource as r; r.setrlimit(r.RLIMIT_AS, (3 * 10**9,) * 2); from crowd.cli import app; app()"


@pytest.mark.skipif(sys.platform == "win32", reason="memory is bounded otherwise there")
@pytest.mark.parametrize("name", ["bomb.osm", "rough.wkt", "blocks.dxf", "이름 <b>&.geojson"])
def test_a_bad_map_ends_the_command_with_2_and_one_line_in_10_s_and_3_gigabytes(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    if name.endswith("osm"):
        pytest.importorskip("defusedxml")
        grow = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
        file.write_text(f'<!DOCTYPE osm [<!ENTITY a0 "ha">{grow}]><osm>&a11;</osm>', encoding="utf-8")
    elif name.endswith("wkt"):
        file.write_text(noise("rough outline"), encoding="utf-8")
    elif name.endswith("dxf"):
        pytest.importorskip("ezdxf")
        blocks_of_blocks(file)
    else:
        write_features(file, [({"role": "walkable"}, box(0, 0, 60, 40))])
    command = [sys.executable, "-c", BOUNDED, "venue", "import", str(file), "--out", str(tmp_path / "out.geojson")]
    begin = processor_time_of_children()
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1), done.stderr
    assert processor_time_of_children() - begin < 10.0
    assert not (tmp_path / "out.geojson").exists()


def test_a_map_of_ways_without_points_is_refused_with_what_it_lacks(tmp_path: Path) -> None:
    tag = '<tag k="highway" v="residential"/>'
    ways = f'<way id="1">{tag}</way><way id="2"><nd ref="1"/>{tag}</way>'
    file = tmp_path / "empty.osm"
    file.write_text(f'<osm version="0.6"><node id="1" lat="1.1" lon="1.1"/>{ways}</osm>', encoding="utf-8")
    with pytest.raises(BadInput, match="holds no streets"):
        import_map(file)


def test_the_streets_of_a_large_town_are_refused_with_their_number_before_they_are_put_together() -> None:
    zigzag = LineString([(float(k), float(k % 2)) for k in range(50)])
    town = Sketch("town", tuple(Drawn("street", zigzag, f"way {number}") for number in range(1_000)))
    with pytest.raises(BadInput, match="1,000 streets of 50,000 points; at most 40,000"):
        finish(town, ImportReport("town", "OpenStreetMap XML"))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (ImportOptions(units="mm"), "--units mm says nothing of a .wkt map, only of .dxf"),
        (ImportOptions(scale=120.0), "--scale 120.0 says nothing of a .wkt map, only of .png"),
        (ImportOptions(encoding="cp949"), "--encoding cp949 says nothing of a .wkt map"),
        (ImportOptions(roads=True), "--roads says nothing of a .wkt map, only of .osm, .xml"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_option_that_would_do_nothing_is_refused(tmp_path: Path, options: ImportOptions, says: str) -> None:
    assert says in refused(written(tmp_path, "hall.wkt", box(0, 0, 30, 10).wkt), options)


def test_a_venue_file_is_not_changed_by_options_that_say_so(tmp_path: Path) -> None:
    file = tmp_path / "hall.geojson"
    write_venue(corridor(), file)
    assert "is a venue already, which --within" in refused(file, ImportOptions(within=(0.0, 0.0, 5.0, 5.0)))


@pytest.mark.parametrize(
    ("properties", "says"),
    [
        ({"kind": "level", "elevation": "12 m"}, "feature 1 has the elevation '12 m'"),
        ({"role": ["walkable"]}, "feature 1 has the role ['walkable']; it must be one word"),
        ({"kind": ["zone"]}, "feature 1 has the kind ['zone']; it must be one word"),
        ({"kind": "zone", "kinds": 5}, "feature 1 has the kinds 5; they must be a list of words"),
        ({"kind": "zone", "kinds": [["exit"]]}, "feature 1 has the kinds [['exit']]"),
    ],
    ids=str,
)
def test_attributes_of_the_wrong_form_are_refused(tmp_path: Path, properties: dict[str, Any], says: str) -> None:
    feature = {"type": "Feature", "geometry": mapping(box(0, 0, 30, 10)), "properties": properties}
    document = json.dumps({"type": "FeatureCollection", "features": [feature]})
    assert says in refused(written(tmp_path, "hall.geojson", document), ImportOptions(crs="local"))


def test_a_shapefile_whose_attributes_are_cut_off_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "hall.shp"
    columns = [np.array(["walkable"] * 50, object)]
    shapes = np.array([box(k, 0, k + 1, 1).wkb for k in range(50)], object)
    raw = pytest.importorskip("pyogrio").raw
    raw.write(file, shapes, columns, fields=["role"], geometry_type="Polygon", crs="EPSG:5179")
    table = file.with_suffix(".dbf")
    table.write_bytes(table.read_bytes()[:200])
    assert "damaged or not whole" in refused(file)
