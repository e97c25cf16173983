"""Shapefile and GeoPackage become venues; systems and encodings that a file does not say are asked for or told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely

from tests.venues.readers.made_maps import write_layer, write_square
from venues import BadInput, Venue, load_venue, names, write_venue
from venues.readers.import_map import import_map
from venues.readers.sketch import ImportOptions

pyogrio = pytest.importorskip("pyogrio")


def far(one: Venue, other: Venue) -> float:
    """Largest distance between the outlines of zones of the same name [m]."""
    pairs = zip(one.zones, other.zones, strict=True)
    return max(float(shapely.hausdorff_distance(a.polygon, b.polygon)) for a, b in pairs)


def in_degrees(wkb: bytes) -> bytes:
    """Return a shape in longitude and latitude from one in EPSG:5179."""
    turn = pyproj.Transformer.from_crs("EPSG:5179", "EPSG:4326", always_xy=True).transform
    return shapely.transform(shapely.from_wkb(wkb), lambda p: np.column_stack(turn(p[:, 0], p[:, 1]))).wkb


@pytest.mark.parametrize("ending", ["gpkg", "shp"])
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:5179", "EPSG:5186", "EPSG:5174"])
def test_a_layer_in_any_korean_system_gives_the_venue_of_the_geojson(tmp_path: Path, crs: str, ending: str) -> None:
    expected, _ = import_map(write_square(tmp_path / "square.geojson"))
    encoding = "CP949" if ending == "shp" else None
    venue, _ = import_map(write_layer(tmp_path / f"layer.{ending}", crs, encoding=encoding))
    assert [zone.name for zone in venue.zones] == ["서쪽 & 문", "동쪽"]
    assert far(venue, expected) < 0.01


def test_a_shapefile_without_prj_is_refused_until_the_system_is_said(tmp_path: Path) -> None:
    file = write_layer(tmp_path / "layer.shp", "EPSG:5186", encoding="CP949")
    file.with_suffix(".prj").unlink()
    with pytest.raises(BadInput, match=r"no \.prj beside it; give --crs: .*EPSG:5186"):
        import_map(file)
    venue, _ = import_map(file, ImportOptions(crs="EPSG:5186"))
    assert far(venue, import_map(write_square(tmp_path / "square.geojson"))[0]) < 0.01


def test_hangul_without_a_code_page_is_read_as_cp949_and_told(tmp_path: Path) -> None:
    file = write_layer(tmp_path / "layer.shp", "EPSG:5179", encoding="CP949")
    file.with_suffix(".cpg").unlink()
    venue, report = import_map(file)
    assert [zone.name for zone in venue.zones] == ["서쪽 & 문", "동쪽"]
    assert any("cp949" in note.what for note in report.notes("assumed"))


def test_a_folder_of_shapefiles_is_one_map_and_its_names_are_roles(tmp_path: Path) -> None:
    write_layer(tmp_path / "all.shp", "EPSG:5179", encoding="CP949")
    folder = tmp_path / "district"
    folder.mkdir()
    for role in ("floor", "exit"):
        chosen = f"role = '{'walkable' if role == 'floor' else role}'"
        _, _, shapes, _ = pyogrio.raw.read(tmp_path / "all.shp", where=chosen)
        crs = "EPSG:5179" if role == "floor" else "EPSG:4326"
        if role == "exit":
            shapes = [in_degrees(s) for s in shapes]
        pyogrio.raw.write(folder / f"{role}.shp", shapes, [], [], geometry_type="Polygon", crs=crs)
    venue, report = import_map(folder)
    assert venue.zones[0].polygon.difference(venue.levels[0].floor.buffer(0.01)).area == pytest.approx(0, abs=0.01)
    assert any("by its name" in note.what for note in report.notes("assumed"))


def test_a_shapefile_without_its_index_is_refused_in_one_line(tmp_path: Path) -> None:
    file = write_layer(tmp_path / "layer.shp", "EPSG:5179")
    shutil.copy(file, tmp_path / "alone.shp")
    with pytest.raises(BadInput, match="shx"):
        import_map(tmp_path / "alone.shp")


def test_a_gis_reads_the_venue_file(tmp_path: Path) -> None:
    venue = load_venue("metro-station")
    write_venue(venue, tmp_path / "venue.geojson")
    _, _, shapes, columns = pyogrio.raw.read(tmp_path / "venue.geojson", columns=["kind", "name"])
    zones = [shapely.from_wkb(s) for s, kind in zip(shapes, columns[0], strict=True) if kind == "zone"]
    assert len(shapes) == len(pyogrio.raw.read(tmp_path / "venue.geojson")[2])
    assert sum(zone.area for zone in zones) == pytest.approx(sum(zone.polygon.area for zone in venue.zones))


def as_gis_text(value: Any) -> Any:
    """Return a value as a GIS keeps it in a table: lists and tables as JSON text."""
    value = value.tolist() if hasattr(value, "tolist") else value
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


@pytest.mark.parametrize("name", names())
def test_a_venue_that_a_gis_saved_as_geopackage_comes_back_with_all_its_items(tmp_path: Path, name: str) -> None:
    venue = load_venue(name)
    write_venue(venue, tmp_path / "venue.geojson")
    meta, _, shapes, columns = pyogrio.raw.read(tmp_path / "venue.geojson")
    texts = [np.array([as_gis_text(v) for v in c], dtype=object) if c.dtype == object else c for c in columns]
    pyogrio.raw.write(
        tmp_path / "saved.gpkg",
        shapes,
        texts,
        meta["fields"],
        layer="venue",
        driver="GPKG",
        geometry_type="Unknown",
        crs="EPSG:5186",
    )
    found, report = import_map(tmp_path / "saved.gpkg", ImportOptions(crs="local"))
    for part in ("zones", "gates", "links", "slopes", "areas", "lines"):
        assert getattr(found, part) == getattr(venue, part), part
    for level in venue.levels:
        assert found.level(level.name).floor.symmetric_difference(level.floor).area < 1e-6
    assert report.notes("left_out") == report.notes("repaired") == []
