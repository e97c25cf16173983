"""Well-known text as a sketch: polygons are floor, lines walls; text before a shape names its role.

Not here: coordinate systems.
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import shapely

from venues.errors import BadInput
from venues.readers.coordinates import LOCAL, sketch_in_metres
from venues.readers.import_report import ImportReport, place_in
from venues.readers.sketch import ROLES, Drawn, ImportOptions, Sketch
from venues.refusals import told

#: Role of a shape without a word before it.
BY_TYPE = {"Polygon": "walkable", "LineString": "wall", "LinearRing": "wall"}

#: Most brackets within brackets (collections of collections; GEOS reads them by recursion).
DEEPEST = 20


def read_wkt_map(path: Path, text: str, options: ImportOptions, report: ImportReport) -> Sketch:
    """Return the sketch in a text of WKT shapes, one after the other; `exit: POLYGON (...)` gives a role.

    Raises:
        BadInput: if it is no WKT.
    """
    drawn = []
    for number, (word, wkt) in enumerate(_statements(text), start=1):
        where = f"shape {number}"
        if word and word not in ROLES:
            raise BadInput(
                told(
                    "{file}: {where} has the role {role!r}; it must be one of {known}",
                    file=path.name,
                    where=partial(place_in, where),
                    role=word,
                    known=", ".join(ROLES),
                )
            )
        try:
            shape = shapely.from_wkt(wkt)
        except shapely.errors.GEOSException as wrong:
            raise BadInput(
                told(
                    "{file} is not well-known text ({where}: {why:.80}); write POLYGON ((x y, ...))",
                    file=path.name,
                    where=partial(place_in, where),
                    why=str(wrong),
                )
            ) from None
        for part in shapely.get_parts(shape):
            role = word or BY_TYPE.get(part.geom_type)
            if role is None:
                report.leave("a {shape} without a role", where, shape=part.geom_type)
                continue
            drawn.append(Drawn(role, part, where))
    if not drawn:
        raise BadInput(told("{file} holds no shape; a map needs at least one POLYGON", file=path.name))
    if any(one.role == "walkable" for one in drawn):
        report.assume("polygons are walkable ground, lines are walls, unless a word before them says otherwise")
    crs = options.crs or LOCAL
    if options.crs is None:
        report.assume("coordinates are metres (WKT names no system)")
    return sketch_in_metres(path, drawn, crs, options, report)


def _statements(text: str) -> list[tuple[str, str]]:
    """Return the shapes in a text, each with the word before it (empty if none)."""
    found: list[tuple[str, str]] = []
    depth, start = 0, 0
    text = re.sub(r"^\s*SRID=\d+;", "", text)
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth > DEEPEST:
            raise BadInput(
                told(
                    "shape {number} has more than {most} brackets in brackets; WKT needs at most five",
                    number=len(found) + 1,
                    most=DEEPEST,
                )
            )
        if sign == ")" and depth == 0:
            word, _, wkt = text[start : place + 1].rpartition(":")
            found.append((word.strip(), wkt.strip().lstrip(",;").strip()))
            start = place + 1
    if text[start:].strip(" \t\r\n,;"):
        found.append(("", text[start:].strip()))
    return found
