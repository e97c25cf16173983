"""Small maps that the tests of the importers write."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

#: A square with a statue, people from the west to the east.
SQUARE: tuple[tuple[str, str, BaseGeometry], ...] = (
    ("walkable", "광장", box(0, 0, 60, 40)),
    ("obstacle", "동상 <b>", box(20, 10, 25, 15)),
    ("source", "서쪽 & 문", box(0, 0, 4, 40)),
    ("exit", "동쪽", box(56, 0, 60, 40)),
)
#: Where the square stands.
PLACE = "+proj=tmerc +lat_0=37.5 +lon_0=126.9 +datum=WGS84"


def in_system(shape: BaseGeometry, crs: str) -> BaseGeometry:
    """Return a shape of the square [m] in a coordinate system, x before y."""
    to_degrees = pyproj.Transformer.from_crs(PLACE, "EPSG:4326", always_xy=True).transform
    onward = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform
    return shapely.transform(shape, lambda p: np.column_stack(onward(*to_degrees(p[:, 0], p[:, 1]))))


def write_features(
    file: Path, features: Iterable[tuple[Mapping[str, Any], BaseGeometry]], *, crs: str | None = None
) -> Path:
    """Write a GeoJSON map; `crs` as its member of 2008."""
    rows = [
        {"type": "Feature", "properties": dict(given), "geometry": shapely.geometry.mapping(shape)}
        for given, shape in features
    ]
    document: dict[str, Any] = {"type": "FeatureCollection", "features": rows}
    if crs is not None:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return file


def write_square(file: Path, crs: str = "EPSG:4326") -> Path:
    """Write the square as GeoJSON in a coordinate system."""
    features = [({"role": role, "name": name}, in_system(shape, crs)) for role, name, shape in SQUARE]
    return write_features(file, features, crs=None if crs == "EPSG:4326" else crs)


def write_layer(file: Path, crs: str, *, encoding: str | None = None) -> Path:
    """Write the square as a Shapefile or GeoPackage."""
    import pyogrio

    shapes = np.array([in_system(shape, crs).wkb for _, _, shape in SQUARE], dtype=object)
    columns = [np.array([row[k] for row in SQUARE], dtype=object) for k in (0, 1)]
    pyogrio.raw.write(
        file, shapes, columns, ["role", "name"], geometry_type="Polygon", crs=crs, encoding=encoding
    )  # fmt: skip
    return file


def write_osm(file: Path, nodes: Mapping[int, tuple[float, float]], ways: str, *, edge: float = 100.0) -> Path:
    """Write OpenStreetMap XML: nodes by their metres east and north, ways as XML, bounds `edge` metres around."""
    to_degrees = pyproj.Transformer.from_crs(PLACE, "EPSG:4326", always_xy=True).transform
    rows = []
    for number, (x, y) in nodes.items():
        lon, lat = to_degrees(x, y)
        rows.append(f'<node id="{number}" lat="{lat:.9f}" lon="{lon:.9f}"/>')
    (west, south), (east, north) = to_degrees(-edge, -edge), to_degrees(edge, edge)
    bounds = f'<bounds minlat="{south}" minlon="{west}" maxlat="{north}" maxlon="{east}"/>'
    file.write_text(f'<osm version="0.6">{bounds}{"".join(rows)}{ways}</osm>', encoding="utf-8")
    return file


def way(number: int, refs: Iterable[int], **tags: str) -> str:
    """Return a way as XML; two `_` in a key stand for a colon."""
    inner = "".join(f'<nd ref="{ref}"/>' for ref in refs)
    inner += "".join(f'<tag k="{key.replace("__", ":")}" v="{value}"/>' for key, value in tags.items())
    return f'<way id="{number}">{inner}</way>'


def blocks_of_blocks(file: Path) -> Path:
    """Write a drawing of ten blocks, each with ten of the one before: a small file of 20 thousand million lines."""
    import ezdxf

    document = ezdxf.new(units=6)
    document.blocks.new("L0").add_line((0, 0), (1, 1))
    for depth in range(1, 11):
        block = document.blocks.new(f"L{depth}")
        for k in range(10):
            block.add_blockref(f"L{depth - 1}", (k, 0))
    document.modelspace().add_blockref("L10", (0, 0))
    document.saveas(file)
    return file
