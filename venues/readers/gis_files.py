"""Shapefile and GeoPackage as a sketch, read by GDAL (pyogrio).

Not here: what the attributes mean (`attributes.py`), coordinate systems (`coordinates.py`).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import shapely

from venues.errors import BadInput
from venues.readers.attributes import RawFeature, with_roles
from venues.readers.coordinates import LIKELY, LONLAT, sketch_in_metres, transform_between
from venues.readers.import_report import ImportReport
from venues.readers.roles import no_role
from venues.readers.sketch import Drawn, ImportOptions, Sketch
from venues.refusals import Told, told

#: Most features of all layers together.
MAX_FEATURES = 200_000
#: Encodings tried for the texts of a Shapefile that does not say its own, in this order.
ENCODINGS = ("utf-8", "cp949")
#: Every byte one sign, so that the texts can be decoded afterwards; GDAL knows it by this spelling only.
BYTES = "ISO-8859-1"


def read_gis(path: Path, options: ImportOptions, report: ImportReport) -> Sketch:
    """Return the sketch in a Shapefile, a folder of Shapefiles, or a GeoPackage.

    Raises:
        BadInput: if it cannot be read, or its coordinate system is not known.
    """
    files = sorted(path.glob("*.shp")) if path.is_dir() else [path]
    if not files:
        raise BadInput(
            told("the folder {folder!r} holds no .shp file; name a folder of Shapefiles, or one file", folder=path.name)
        )
    drawn: list[Drawn] = []
    systems: dict[str, str] = {}
    for file, layer, info in _layers(files):
        raws = list(_features(file, layer, info, options, report))
        systems[layer] = _system(file, layer, info, options)
        report.take(
            "layer {layer!r}: {count} shapes in {system}", layer=layer, count=len(raws), system=systems[layer][:60]
        )
        drawn += _in_first_system(with_roles(raws, options, report), systems)
    if not drawn:
        raise BadInput(told("{where}: {what}", where=path.name, what=no_role(list(systems))))
    return sketch_in_metres(path, drawn, next(iter(systems.values())), options, report)


def _pyogrio() -> Any:
    try:
        import pyogrio
    except ImportError:
        raise BadInput(
            told(
                "reading {form} needs {library}; install it: pip install inpa[maps]",
                form=told("Shapefile and GeoPackage"),
                library="pyogrio",
            )
        ) from None
    return pyogrio


def _layers(files: list[Path]) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    """Yield the layers with shapes of files, with what GDAL says of them."""
    pyogrio = _pyogrio()
    count = 0
    for file in files:
        try:
            for name, kind in pyogrio.list_layers(file):
                if kind is None:
                    continue
                info = pyogrio.read_info(file, layer=name, force_feature_count=True)
                count += max(int(info["features"]), 0)
                if count > MAX_FEATURES:
                    raise BadInput(
                        told(
                            "{file} has more than {count:,} features; "
                            "at most {most:,} can be read: cut out the part you need",
                            file=file.name,
                            count=count,
                            most=MAX_FEATURES,
                        )
                    )
                yield file, str(name), info
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as wrong:
            beside = told("a Shapefile needs its .shx and .dbf beside it")
            right = beside if file.suffix == ".shp" else told("is it damaged?")
            raise BadInput(
                told("{file} cannot be read ({why:.80}); {right}", file=file.name, why=str(wrong), right=right)
            ) from None


def _system(file: Path, layer: str, info: Mapping[str, Any], options: ImportOptions) -> str:
    """Return the coordinate system of a layer: what the person says, else what the file says; never a guess."""
    if options.crs is not None:
        return options.crs
    named = info["crs"]
    if named is None or "Undefined" in str(named):
        beside = told("there is no .prj beside it")
        raise BadInput(
            told(
                "{file}: the coordinate system of layer {layer!r} is not known, {why}; give --crs: {likely}",
                file=file.name,
                layer=layer,
                why=beside if file.suffix.lower() == ".shp" else told("the layer names none"),
                likely=LIKELY,
            )
        )
    return str(named)


def _features(
    file: Path, layer: str, info: Mapping[str, Any], options: ImportOptions, report: ImportReport
) -> Iterator[RawFeature]:
    """Yield the features of a layer."""
    pyogrio = _pyogrio()
    plain = file.suffix.lower() == ".shp" and not file.with_suffix(".cpg").exists()
    encoding = options.encoding or (BYTES if plain else None)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            meta, _, shapes, columns = pyogrio.raw.read(file, layer=layer, encoding=encoding)
    except (UnicodeDecodeError, LookupError) as wrong:
        raise _unreadable(file, layer, wrong, told("try --encoding cp949")) from None
    except (pyogrio.errors.DataSourceError, pyogrio.errors.GeometryError, pyogrio.errors.FeatureError) as wrong:
        right = told("the file is damaged or not whole: copy it again, with all that lies beside it")
        raise _unreadable(file, layer, wrong, right) from None
    for warning in caught:
        report.repair("GDAL on layer {layer!r}: {warning!s:.100}", layer=layer, warning=warning.message)
    names = [str(name) for name in meta["fields"]]
    rows = zip(*columns, strict=True) if columns else (() for _ in shapes)
    decode = _decoding(names, columns, layer, report) if plain and options.encoding is None else str
    for number, (wkb, row) in enumerate(zip(shapes, rows, strict=True), start=1):
        if wkb is None:
            report.leave("features without a geometry", f"layer {layer!r} feature {number}")
            continue
        given = {decode(k): decode(v) if isinstance(v, str) else v for k, v in zip(names, row, strict=True)}
        yield RawFeature(layer, f"layer {layer!r} feature {number}", shapely.from_wkb(wkb), given)


def _unreadable(file: Path, layer: str, wrong: Exception, right: Told) -> BadInput:
    """Return the refusal of a layer that cannot be read."""
    return BadInput(
        told(
            "{file}: layer {layer!r} cannot be read ({why:.80}); {right}",
            file=file.name,
            layer=layer,
            why=str(wrong),
            right=right,
        )
    )


def _decoding(names: list[str], columns: Any, layer: str, report: ImportReport) -> Any:
    """Return how the texts of a Shapefile without .cpg are read: the first encoding that fits them all."""
    texts = [*names, *(value for column in columns for value in column if isinstance(value, str))]
    if all(text.isascii() for text in texts):
        return str
    for encoding in ENCODINGS:
        try:
            for text in texts:
                text.encode(BYTES).decode(encoding)
        except UnicodeError:
            continue
        report.assume(
            "the texts of layer {layer!r} are {encoding} (it has no .cpg; --encoding says otherwise)",
            layer=layer,
            encoding=encoding,
        )
        return lambda text, encoding=encoding: text.encode(BYTES).decode(encoding)
    raise BadInput(
        told("layer {layer!r}: the encoding of its texts is neither UTF-8 nor CP949; give --encoding", layer=layer)
    )


def _in_first_system(drawn: list[Drawn], systems: Mapping[str, str]) -> list[Drawn]:
    """Return the shapes of the newest layer in the system of the first one."""
    first, newest = next(iter(systems.values())), list(systems.values())[-1]
    if first == newest:
        return drawn
    if "local" in (first, newest):
        raise BadInput(
            told(
                "layers in {one} and in {other} cannot be put together; all must be in one system",
                one=first,
                other=newest,
            )
        )
    there, back = transform_between(newest, LONLAT), transform_between(LONLAT, first)
    return [replace(one, shape=shapely.transform(one.shape, lambda points: back(there(points)))) for one in drawn]
