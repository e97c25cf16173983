"""A DXF drawing as a sketch: layers to roles, units to metres, blocks taken apart, curves drawn as lines.

Not here: which layer is what (`roles.py`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from venues.errors import BadInput, name_known
from venues.readers.coordinates import LOCAL, sketch_in_metres
from venues.readers.dxf_file import load_document, warnings_told
from venues.readers.import_report import ImportReport
from venues.readers.mending import AREA_ROLES, CLOSING
from venues.readers.roles import matched, no_role, role_of
from venues.readers.sketch import GROUND, Drawn, ImportOptions, Sketch
from venues.refusals import Told, told

#: Units of a drawing -> metres.
UNITS = {"mm": 0.001, "cm": 0.01, "dm": 0.1, "m": 1.0, "km": 1000.0, "in": 0.0254, "ft": 0.3048}
#: $INSUNITS (DXF reference) -> unit.
INSUNITS = {1: "in", 2: "ft", 4: "mm", 5: "cm", 6: "m", 7: "km", 14: "dm"}
#: Most entities once blocks are taken apart, and how deep blocks may stand in blocks.
MAX_ENTITIES, MAX_DEPTH = 200_000, 12
#: How far a curve may be from the line that stands for it [m].
SAGITTA = 0.01
#: Points nearer than this are one where lines are joined to outlines [m] (assumed: drawing accuracy).
GRID = 0.001
#: Entities that say something but are no part of a place.
WORDS = ("TEXT", "MTEXT", "ATTRIB", "ATTDEF", "DIMENSION", "LEADER", "MULTILEADER", "IMAGE", "POINT", "VIEWPORT")


def read_dxf(path: Path, options: ImportOptions, report: ImportReport) -> Sketch:
    """Return the sketch in a DXF file.

    Raises:
        BadInput: if it cannot be used, or its units are not known.
    """
    with warnings_told(report):
        document = load_document(path, report)
        factor = _factor(document, options, path, report)
        drawn = _drawn(_Taken(document, path, report), factor, options, report)
    if not drawn:
        raise BadInput(told("{where}: {what}", where=path.name, what=_nothing(document, options, report)))
    return sketch_in_metres(path, drawn, options.crs or LOCAL, options, report)


def _nothing(document: Any, options: ImportOptions, report: ImportReport) -> Told:
    """Return why nothing of a drawing was taken, and what to do."""
    layers = [layer.dxf.name for layer in document.layers]
    if any(matched(layer, options.roles) for layer in layers):
        lost = partial(report.lost, 3) if report.notes("left_out") else told("nothing")
        return told("no layer with a role holds lines or areas (left out: {lost}); draw the floor there", lost=lost)
    return no_role(layers)


def _factor(document: Any, options: ImportOptions, path: Path, report: ImportReport) -> float:
    """Return the metres of a unit of the drawing."""
    unit = options.units or INSUNITS.get(document.units)
    if unit is None:
        raise BadInput(
            told(
                "{file} does not say its units ($INSUNITS is {units}); give --units: {known}",
                file=path.name,
                units=document.units,
                known=", ".join(UNITS),
            )
        )
    if unit not in UNITS:
        raise BadInput(told("--units {unit!r} is no unit; {known}", unit=unit, known=name_known(UNITS, unit)))
    report.take("units of the drawing: {unit}", unit=unit)
    return UNITS[unit]


class _Taken:
    """The entities of a drawing, out of their blocks, each with its layer."""

    def __init__(self, document: Any, path: Path, report: ImportReport) -> None:
        self._document, self._report = document, report
        count = _count(document, document.modelspace(), (), {}, path)
        if count > MAX_ENTITIES:
            apart = count > len(document.modelspace())
            raise BadInput(
                told(
                    "{file} has {count:,} entities {counted}; at most {most:,} can be read",
                    file=path.name,
                    count=count,
                    counted=told("once its blocks are taken apart") if apart else told("in all"),
                    most=MAX_ENTITIES,
                )
            )
        self._hidden = {layer.dxf.name.casefold() for layer in document.layers if layer.is_off() or layer.is_frozen()}

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        for entity in self._document.modelspace():
            yield from self._apart(entity, entity.dxf.layer)

    def _apart(self, entity: Any, layer: str) -> Iterator[tuple[str, Any]]:
        """Yield an entity, or those of its block; what is drawn on layer 0 of a block is on the layer of the block."""
        if layer.casefold() in self._hidden:
            self._report.leave("layers that are off or frozen", f"layer {layer!r}")
            return
        if entity.dxftype() != "INSERT":
            yield layer, entity
            return
        for single in entity.multi_insert() if entity.mcount > 1 else (entity,):
            for part in single.virtual_entities():
                yield from self._apart(part, layer if part.dxf.layer == "0" else part.dxf.layer)


def _count(document: Any, entities: Any, inside: tuple[str, ...], known: dict[str, int], path: Path) -> int:
    """Return how many entities there are once blocks are taken apart; refuse blocks in themselves or too deep."""
    total = 0
    for entity in entities:
        total += 1
        name = entity.dxf.name if entity.dxftype() == "INSERT" else None
        if name is None or name not in document.blocks:
            continue
        chain = " > ".join((*inside, name)[-4:])
        if name in inside:
            raise BadInput(
                told(
                    "{file}: block {name!r} contains itself ({chain}); a block must not be in itself",
                    file=path.name,
                    name=name,
                    chain=chain,
                )
            )
        if len(inside) >= MAX_DEPTH:
            raise BadInput(
                told(
                    "{file}: block {name!r} lies {depth} blocks deep (... {chain}); at most {most} can be read: "
                    "take blocks apart (EXPLODE) and save again",
                    file=path.name,
                    name=name,
                    depth=len(inside) + 1,
                    chain=chain,
                    most=MAX_DEPTH,
                )
            )
        if name not in known:
            known[name] = _count(document, document.blocks[name], (*inside, name), known, path)
        total += known[name] * entity.mcount
    return total


def _drawn(entities: _Taken, factor: float, options: ImportOptions, report: ImportReport) -> list[Drawn]:
    """Return the shapes of those layers that have a role."""
    roles: dict[str, str | None] = {}
    found: list[Drawn] = []
    loose: dict[str, list[Drawn]] = defaultdict(list)
    skipped: Counter[str] = Counter()
    for number, (layer, entity) in enumerate(entities, start=1):
        if entity.dxftype() in WORDS:
            skipped[entity.dxftype()] += 1
            continue
        if layer not in roles:
            roles[layer] = role_of(layer, options, report)
        role = roles[layer]
        if role is None or role == "ignore":
            continue
        where = f"layer {layer!r} {entity.dxftype()} {entity.dxf.handle or number}"
        for shape in _shapes(entity, factor, where, report):
            one = Drawn(role, shape, where, (matched(layer, options.levels) or GROUND,))
            open_line = isinstance(shape, LineString) and not _closes(shape)
            (loose[layer] if role in AREA_ROLES and open_line else found).append(one)
    for kind, count in skipped.items():
        report.leave("{count} {kind} entities: no part of a place", count=count, kind=kind)
    found += [one for lines in loose.values() for one in _outlines(lines, report)]
    _tell_rings_in_rings(found, report)
    return found


def _tell_rings_in_rings(drawn: list[Drawn], report: ImportReport) -> None:
    """Tell which layers of floor hold an outline inside another one: it may have been meant as a hole."""
    grounds: dict[str, list[Polygon]] = defaultdict(list)
    for one in drawn:
        if one.role == "walkable":
            parts = shapely.get_parts(one.shape)
            # Outlines as lines are closed later; here only where they lie matters.
            outlines = [shapely.get_coordinates(part.exterior if isinstance(part, Polygon) else part) for part in parts]
            grounds[one.where.rsplit(" ", 2)[0]] += [Polygon(line) for line in outlines if len(line) > 3]
    for layer, closed in grounds.items():
        rings = [ring for ring in closed if ring.is_valid]
        if not rings:
            continue
        inner, outer = shapely.STRtree(rings).query(rings, "within")
        count = len({int(a) for a, b in zip(inner, outer, strict=True) if rings[a].area < rings[b].area})
        if count:
            report.assume(
                "layer {layer}: {count} outlines inside other ones are floor too; draw holes on a layer of obstacles",
                layer=layer.removeprefix("layer "),
                count=count,
            )


def _closes(line: LineString) -> bool:
    """Return whether a line is an outline, but for a small gap."""
    points = shapely.get_coordinates(line)
    return len(points) > 3 and float(np.hypot(*(points[0] - points[-1]))) <= CLOSING


def _shapes(entity: Any, factor: float, where: str, report: ImportReport) -> Iterator[BaseGeometry]:
    """Yield the shapes of an entity [m]: lines, and polygons of closed ones."""
    from ezdxf import path as paths

    try:
        if entity.dxftype() in ("HATCH", "MPOLYGON"):
            found = list(paths.from_hatch(entity))
        elif entity.dxftype() in ("SOLID", "TRACE"):
            yield Polygon([(p.x * factor, p.y * factor) for p in entity.wcs_vertices()])
            return
        else:
            found = [paths.make_path(entity)]
    except (TypeError, ValueError, ZeroDivisionError, ArithmeticError):
        report.leave("{kind} entities, which have no line to draw", where, kind=entity.dxftype())
        return
    if entity.dxftype() in ("CIRCLE", "ARC", "ELLIPSE", "SPLINE", "HATCH") or any(path.has_curves for path in found):
        report.repair("curves drawn as lines that stay within {gap:g} cm of them", gap=100 * SAGITTA)
    holed: list[Polygon] = []
    for path in found:
        points = [(p.x * factor, p.y * factor) for p in path.flattening(SAGITTA / factor, segments=4)]
        points = [p for k, p in enumerate(points) if k == 0 or p != points[k - 1]]
        closed = path.is_closed or getattr(entity, "closed", False) is True
        if closed and len(set(points)) >= 3:
            holed.append(Polygon(points))
        elif len(points) >= 2:
            yield LineString(points)
    yield from (_without_holes(holed, where, report),) if len(holed) > 1 else holed


def _without_holes(loops: list[Polygon], where: str, report: ImportReport) -> BaseGeometry:
    """Return what lies inside an odd number of the loops of a hatch: a loop inside another one is a hole."""
    if not all(loop.is_valid for loop in loops):
        report.repair("edges of hatches that crossed themselves", where)
    valid = [shapely.make_valid(loop, method="structure", keep_collapsed=False) for loop in loops]
    parts = np.array(valid, dtype=object)
    while len(parts) > 1:
        # Pair by pair: many small ones are put together sooner than one after the other.
        last = parts[len(parts) // 2 * 2 :]
        parts = np.concatenate((shapely.symmetric_difference(parts[:-1:2], parts[1::2]), last))
    whole: BaseGeometry = parts[0]
    return whole


def _outlines(lines: list[Drawn], report: ImportReport) -> list[Drawn]:
    """Return the polygons that loose lines of a layer make; lines that make none stay lines."""
    joined = shapely.set_precision(shapely.union_all([one.shape for one in lines]), GRID)
    polygons, cuts, dangles, _ = shapely.polygonize_full([joined])
    first = lines[0]
    layer = first.where.rsplit(" ", 2)[0]
    if not len(polygons.geoms):
        return lines
    report.repair(
        "{lines} loose lines joined to {outlines} outlines ({role})",
        layer,
        lines=len(lines),
        outlines=len(polygons.geoms),
        role=first.role,
    )
    if cuts.length + dangles.length > GRID:
        report.leave(
            "loose lines that enclose nothing ({role})",
            f"{layer}: {cuts.length + dangles.length:.1f} m",
            role=first.role,
        )
    return [replace(first, shape=polygon, where=f"{layer} loose lines") for polygon in polygons.geoms]
