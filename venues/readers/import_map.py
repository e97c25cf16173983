"""The door of the importers: a foreign map in, a venue and a report of what was done to it out.

Not here: the single formats, one module each.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import shapely

from venues.errors import BadInput
from venues.geojson import from_geojson, parse_json
from venues.places import Zone
from venues.readers.assembly import assemble
from venues.readers.dxf import read_dxf
from venues.readers.geojson_map import read_geojson_map
from venues.readers.gis_files import read_gis
from venues.readers.import_report import ImportReport
from venues.readers.naming import name_items
from venues.readers.osm import read_osm
from venues.readers.plan_doubts import doubt_scale, tell_sizes
from venues.readers.plan_picture import read_plan_picture
from venues.readers.sketch import ImportOptions, Sketch
from venues.readers.wkt import read_wkt_map
from venues.refusals import Told, told
from venues.sentences import in_language, label_and_name
from venues.venue import Venue

#: Most ways in or out that the report names.
LISTED = 12
#: Largest file read [bytes]: more cannot be read in 10 s.
MAX_FILE = 100_000_000
#: Most solid things and walls on a map: more cannot be checked in 10 s (measured: 5,000 take 4 s, in the square).
MAX_SOLIDS = 8_000
#: Most points of streets together: more cannot be put together and checked in 10 s (measured: 14,000 take 7 s).
MAX_POINTS = 40_000
#: Floor that is smaller or larger than this is doubted [m2] (assumed: a living room; a town).
SMALL, LARGE = 20.0, 1e6

Text = Callable[[Path, str, ImportOptions, ImportReport], Sketch]
Files = Callable[[Path, ImportOptions, ImportReport], Sketch]
#: Ending -> name of the format and reader of its text.
TEXTS: dict[str, tuple[str, Text]] = {
    ".geojson": ("GeoJSON", read_geojson_map),
    ".json": ("GeoJSON", read_geojson_map),
    ".wkt": ("well-known text", read_wkt_map),
}
#: Ending -> name of the format and reader of the file.
FILES: dict[str, tuple[str, Files]] = {
    ".osm": ("OpenStreetMap XML", read_osm),
    ".xml": ("OpenStreetMap XML", read_osm),
    ".dxf": ("DXF", read_dxf),
    ".shp": ("Shapefile", read_gis),
    ".gpkg": ("GeoPackage", read_gis),
    ".png": ("painted plan", read_plan_picture),
}
ENDINGS = (*TEXTS, *FILES)
#: Options that say something of maps of some endings only. Of a venue file none does.
_SAID_OF = {
    "crs": (".geojson", ".json", ".wkt", ".dxf", ".shp", ".gpkg"),
    "units": (".dxf",),
    "scale": (".png",),
    "encoding": (".shp", ".gpkg"),
    "within": tuple(ending for ending in ENDINGS if ending != ".png"),
    "roads": (".osm", ".xml"),
}
#: Endings of pictures that are not read, and of other files -> what they can be saved as.
PICTURES = (".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".pdf")
BINARY = {".dwg": ".dxf", ".pbf": ".osm (osmium cat map.osm.pbf -o map.osm)", ".zip": "the .shp or .gpkg in it"}


def import_map(path: str | Path, options: ImportOptions | None = None, *, name: str = "") -> tuple[Venue, ImportReport]:
    """Return the venue in a foreign map, and the report of what was taken, repaired, assumed and left out.

    Args:
        path: the map; its ending chooses the reader.
        options: what the map does not say of itself.
        name: of the venue; by default that of the file.

    Raises:
        BadInput: one line: what, the value, where, what would be right.
    """
    path = Path(path)
    options = options or ImportOptions()
    _check_file(path)
    ending = ".shp" if path.is_dir() else path.suffix.lower()
    if ending not in ENDINGS:
        raise BadInput(
            told(
                "{file!r} ends in {ending!r}; {right}", file=path.name, ending=path.suffix, right=_right_ending(ending)
            )
        )
    _check_options(options, ending)
    form = FILES[ending][0] if ending in FILES else TEXTS[ending][0]
    report = ImportReport(path.name, form)
    try:
        return _imported(path, ending, options, report, name=name), report
    except shapely.errors.GEOSException as wrong:
        raise BadInput(
            told(
                "{file}: its shapes cannot be put together ({why:.120}); cut out a part of it",
                file=path.name,
                why=str(wrong),
            )
        ) from None


def _check_options(options: ImportOptions, ending: str) -> None:
    """Refuse options that say nothing of such a map: who gives one expects that it does something."""
    for option, endings in _SAID_OF.items():
        said = getattr(options, option)
        if said and ending not in endings:
            value = "" if said is True else f" {said}"
            raise BadInput(
                told(
                    "--{option}{value} says nothing of a {ending} map, only of {endings}; leave it out",
                    option=option,
                    value=value,
                    ending=ending,
                    endings=", ".join(endings),
                )
            )


def _right_ending(ending: str) -> Told:
    """Return what to do about a map whose ending is none that is read."""
    if ending in PICTURES:
        return told("save the picture of the plan as .png, with sharp edges (PNG keeps colours, JPEG smears them)")
    if ending in BINARY:
        return told("save it as {form}", form=told(BINARY[ending]))
    return told("a map must end in one of {endings}", endings=", ".join(ENDINGS))


def _imported(path: Path, ending: str, options: ImportOptions, report: ImportReport, *, name: str) -> Venue:
    """Return the venue in a file whose ending is known."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", RuntimeWarning)
        text = "" if ending in FILES else _read_text(path)
        if ending in (".geojson", ".json") and '"inpa"' in text:
            given = [option for option in (*_SAID_OF, "licence") if getattr(options, option)] + ["name"] * bool(name)
            if given:
                raise BadInput(
                    told(
                        "{file} is a venue already, which --{option} does not change; "
                        "leave it out, or edit the file itself",
                        file=path.name,
                        option=given[0],
                    )
                )
            return name_items(_own_file(path, text, report), options.names, report)
        if ending in FILES:
            sketch = FILES[ending][1](path, options, report)
        else:
            sketch = TEXTS[ending][1](path, text, options, report)
        venue = finish(replace(sketch, name=name or sketch.name), report)
    for warning in caught:
        report.repair("a library warns: {warning!s:.100}", warning=warning.message)
    venue = name_items(venue, options.names, report)
    _tell_ways(venue, report)
    if sketch.pixel:
        tell_sizes(venue, report)
    return venue


def _tell_ways(venue: Venue, report: ImportReport) -> None:
    """Tell where people come in and leave, so that one sees which is missing."""
    for kind, what in (
        ("source", "people come in at {count}: {names!s}"),
        ("exit", "people leave at {count}: {names!s}"),
    ):
        found = [zone for zone in venue.zones if kind in zone.kinds]
        report.take(what, count=len(found), names=partial(_names, found))


def _names(zones: Sequence[Zone], lang: str) -> str:
    """Return the first names of zones, as a plan shows them and as they are typed."""
    if not zones:
        return in_language("nothing", lang)
    more = ", ..." if len(zones) > LISTED else ""
    return ", ".join(label_and_name(zone.name, zone.labels, lang) for zone in zones[:LISTED]) + more


def finish(sketch: Sketch, report: ImportReport) -> Venue:
    """Return the venue of a sketch; the report gets the licence.

    Raises:
        BadInput: if there is no floor to stand on, or more in the way than can be taken.
    """
    solids, streets = len(sketch.of("building", "obstacle", "wall")), [one.shape for one in sketch.of("street")]
    points = int(shapely.get_num_coordinates(streets).sum())
    if solids > MAX_SOLIDS:
        raise BadInput(
            told(
                "{map} has {count:,} buildings, obstacles and walls; "
                "at most {most:,} can be taken: cut out the part you need (--within)",
                map=sketch.name,
                count=solids,
                most=MAX_SOLIDS,
            )
        )
    if points > MAX_POINTS:
        raise BadInput(
            told(
                "{map} has {count:,} streets of {points:,} points; "
                "at most {most:,} can be taken: cut out the part you need, a few square kilometres (--within)",
                map=sketch.name,
                count=len(streets),
                points=points,
                most=MAX_POINTS,
            )
        )
    venue = assemble(sketch, report)
    if not report.notes("errors"):
        _doubt_size(venue, sketch, report)
    report.licence = sketch.licence
    # So that the report of every run says them too.
    return replace(venue, simplifications=report.assumptions())


def _doubt_size(venue: Venue, sketch: Sketch, report: ImportReport) -> None:
    """Tell a floor that is too small or too large to be meant, and of a picture what else makes its scale unlikely."""
    area = sum(level.floor.area for level in venue.levels)
    if sketch.pixel and not SMALL <= area <= LARGE:
        report.warn(
            "the whole floor has {area:,.1f} m2: is --scale right? It is the metres of the whole width of the picture; "
            "measure something you know on it",
            area=area,
        )
    elif sketch.pixel:
        doubt_scale(venue, sketch.pixel, report)
    elif not SMALL <= area <= LARGE:
        report.assume(
            "the whole floor has {area:,.1f} m2: is that right? If not, the units (--units) or the coordinate system "
            "(--crs) are other ones",
            area=area,
        )


def _check_file(path: Path) -> None:
    """Refuse files that are missing, empty or huge."""
    try:
        size = path.stat().st_size
    except OSError:
        raise BadInput(told("there is no map {path!r}; write the name of an existing file", path=str(path))) from None
    if path.is_file() and size == 0:
        raise BadInput(told("{file} is empty (0 bytes); it must hold a map", file=path.name))
    if size > MAX_FILE:
        raise BadInput(
            told(
                "{file} has {size:,.0f} MB; at most {most:.0f} MB can be read: cut out the part you need",
                file=path.name,
                size=size / 1e6,
                most=MAX_FILE / 1e6,
            )
        )


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise BadInput(
            told("{file} is not UTF-8 text (byte {byte}); save it as UTF-8", file=path.name, byte=wrong.start)
        ) from None
    except OSError as wrong:
        raise BadInput(told("{file} cannot be read: {why}", file=path.name, why=told(str(wrong.strerror)))) from None


def _own_file(path: Path, text: str, report: ImportReport) -> Venue:
    """Return the venue of a file that is one already."""
    venue = from_geojson(parse_json(text, path), where=path.name)
    report.take("a venue file already: read as it is, nothing changed")
    report.licence = venue.licence
    report.coordinates = venue.crs
    return venue
