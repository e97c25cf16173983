"""A painted plan (PNG) as a sketch: dark is wall, light is floor, a colour for each kind of zone.

Painted over in any drawing program; lines at least three pixels wide. Not here: other files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from scipy import ndimage
from shapely.geometry import LineString, MultiPolygon, Polygon, box

from venues.errors import BadInput
from venues.readers.coordinates import LOCAL, into_metres
from venues.readers.import_report import ImportReport
from venues.readers.plan_doubts import (
    SMALLEST,
    THIN,
    tell_page,
    tell_spots,
    tell_strange,
    tell_thin,
)
from venues.readers.plan_legend import Legend, Painted, read_legend
from venues.readers.plan_margins import without_legends, without_margin
from venues.readers.sketch import ZONE_ROLES, Drawn, ImportOptions, Sketch
from venues.readers.zones import BOTH
from venues.refusals import told
from venues.sentences import korean

#: Largest picture [pixels].
MAX_PIXELS = 25_000_000
#: Contours are straightened to this [pixels].
STRAIGHTENED = 1.2
#: A colour no farther than this from another is the same [distance in RGB] (assumed: what saving and resizing change).
SAME = 30.0
#: Zones are drawn so far into the walls beside them before the floor cuts them: both then have the same edge [pixels]
#: (assumed: more than both edges together are straightened by).
OVERLAP = 3
#: What is said of a patch that is a slip of the brush, or of a scale that is too small.
TOO_SMALL = "{role} painted on less than {least} m2"
#: A gate or barrier fills at least this share of the rectangle around it; less is bent (assumed).
STRAIGHT = 0.7


def read_plan_picture(path: Path, options: ImportOptions, report: ImportReport) -> Sketch:
    """Return the sketch in a painted plan.

    Raises:
        BadInput: if it cannot be read, is too large, or its scale is not said.
    """
    pixels = _pixels(path)
    height, width = pixels.shape[:2]
    if options.scale is None or not 2.0 <= options.scale <= 100_000.0:
        size = {"file": path.name, "width": width, "height": height}
        if options.scale is None:
            raise BadInput(
                told(
                    "{file} ({width} x {height} pixels) has no scale; give --scale, the metres its width stands for",
                    **size,
                )
            )
        raise BadInput(
            told(
                "{file} ({width} x {height} pixels) has the scale {scale:g}; "
                "give --scale, the metres its width stands for",
                **size,
                scale=options.scale,
            )
        )
    metre = options.scale / width
    report.size(
        "whole picture: {across:,.1f} x {up:,.1f} m ({width} x {height} pixels, {side:.2g} cm each)",
        across=options.scale,
        up=height * metre,
        width=width,
        height=height,
        side=100 * metre,
    )
    report.size("places (x, y) are metres to the right and up from the lower left corner of the picture")
    whole = _painted(pixels, read_legend(options, report), metre, report)
    if not whole.floor().any():
        raise BadInput(
            told("{file} is dark all over: nothing on it is floor; floor must be light, walls dark", file=path.name)
        )
    painted = without_legends(without_margin(whole, report), report)
    ground = list(_contours(painted.floor(), metre))
    drawn = [Drawn("walkable", shape, "picture") for shape in ground]
    drawn += [one for number in painted.legend.shaped() for one in _things(number, painted, ground, report)]
    _tell_missing(drawn, painted, report)
    tell_spots(painted, report)
    tell_page(painted, report)
    report.assume("up on the picture is north")
    report.assume("what is neither dark nor grey is floor")
    report.repair("edges of painted shapes straightened to {side:.2g} cm", side=100 * STRAIGHTENED * metre)
    metres = into_metres(drawn, LOCAL, report, where=path.name)
    return Sketch(path.stem, metres.drawn, source=path.name, licence=options.licence, pixel=metre)


def _tell_missing(drawn: Sequence[Drawn], painted: Painted, report: ImportReport) -> None:
    """Tell that nothing painted is large enough for a way in, or for a way out, though something is painted."""
    kept = {kind for one in drawn for kind in ZONE_ROLES.get(one.role, ())}
    small = [note for note in report.notes("left_out") if note.sentence == TOO_SMALL]
    lost = {kind for note in small for kind in BOTH & set(ZONE_ROLES[note.values["role"]])}
    if lost - kept:
        report.fail(
            "{count} painted pieces are under {least} m2, too small for a way in or out, and people then have none; "
            "{area:,.1f} m2 of floor were found in a picture {across:,.1f} m wide: is --scale right?",
            count=sum(note.count for note in small),
            least=SMALLEST,
            area=painted.floor().sum() * painted.metre**2,
            across=painted.roles.shape[1] * painted.metre,
        )


def _pixels(path: Path) -> np.ndarray:
    """Return the colours of a picture: (height, width, 3) uint8; what is transparent is white."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS:
                raise BadInput(
                    told(
                        "{file} has {width} x {height} pixels; at most {most:.0f} million: make it smaller",
                        file=path.name,
                        width=width,
                        height=height,
                        most=MAX_PIXELS / 1e6,
                    )
                )
            if picture.mode[0] in "IF":
                raise BadInput(
                    told(
                        "{file} has more than 8 bits a colour ({mode}); save it as PNG of 8 bits",
                        file=path.name,
                        mode=picture.mode,
                    )
                )
            seen = picture.convert("RGBA")
            white = Image.new("RGBA", seen.size, "white")
            return np.asarray(Image.alpha_composite(white, seen).convert("RGB"))
    except Image.DecompressionBombError:
        raise BadInput(
            told(
                "{file} is a picture of far too many pixels; at most {most:.0f} million pixels can be read: "
                "make it smaller",
                file=path.name,
                most=MAX_PIXELS / 1e6,
            )
        ) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as wrong:
        if isinstance(wrong, BadInput):
            raise
        raise BadInput(
            told("{file} is no picture that can be read ({why:.60}); save it as PNG", file=path.name, why=str(wrong))
        ) from None


def _painted(pixels: np.ndarray, legend: Legend, metre: float, report: ImportReport) -> Painted:
    """Return the picture with the role of each pixel: that of the nearest colour of the legend."""
    colours = np.array([[int(colour[k : k + 2], 16) for k in (1, 3, 5)] for colour in legend.roles], dtype=np.float32)
    distinct, back = np.unique(pixels.reshape(-1, 3) @ np.array([65536, 256, 1]), return_inverse=True)
    rgb = np.column_stack((distinct >> 16, (distinct >> 8) & 255, distinct & 255)).astype(np.float32)
    away = np.sqrt(((rgb[:, None, :] - colours[None]) ** 2).sum(axis=2))
    for (colour, role), nearest in zip(legend.roles.items(), away.min(axis=0), strict=True):
        if nearest > SAME and colour in legend.own:
            report.leave("colours of the file of roles that the picture does not contain", f"{colour} {role}")
    nearest_colour = away.argmin(axis=1)[back].reshape(pixels.shape[:2])
    roles = _without_soft_edges(nearest_colour, pixels, legend)
    strange = (away.min(axis=1) > SAME)[back].reshape(roles.shape)
    painted = Painted(pixels, roles, strange, legend, metre)
    tell_thin(np.where((roles != nearest_colour) & ~strange, nearest_colour, -1), painted, report)
    tell_strange(painted, report)
    return painted


def _without_soft_edges(roles: np.ndarray, pixels: np.ndarray, legend: Legend) -> np.ndarray:
    """Return the pixels with thin seams between two colours, which look like a third, given to floor or wall."""
    names = list(legend.roles.values())
    dark = pixels.max(axis=2) < 128
    found = roles.copy()
    square = np.ones((THIN, THIN))
    for number in legend.shaped():
        mask = roles == number
        thin = mask & ~ndimage.binary_dilation(ndimage.binary_opening(mask, structure=square), structure=square)
        found[thin] = np.where(dark[thin], names.index("building"), names.index("walkable"))
    return found


def _contours(mask: np.ndarray, metre: float, *, left: int = 0, bottom: int | None = None) -> Iterator[Polygon]:
    """Yield the outlines of a mask as polygons [m], with their holes; y goes up.

    Args:
        left, bottom: place of the mask in the picture: its first column, and how many rows there are from its first
            one down to the lower edge of the picture (None: it is the picture).
    """
    from contourpy import FillType, contour_generator

    framed = np.pad(mask.astype(np.float64), 1)
    height = mask.shape[0] if bottom is None else bottom
    generator: Any = contour_generator(z=framed, fill_type=FillType.OuterOffset)
    points, offsets = generator.filled(0.5, np.inf)
    for outline, starts in zip(points, offsets, strict=True):
        # Pixel k reaches from k to k + 1; the frame moves everything by one.
        places = np.column_stack(((left + outline[:, 0] - 0.5) * metre, (height - outline[:, 1] + 0.5) * metre))
        rings = [places[a:b] for a, b in pairwise(starts)]
        shape = shapely.simplify(Polygon(rings[0], rings[1:]), STRAIGHTENED * metre)
        yield from (part for part in shapely.get_parts(shapely.make_valid(shape)) if isinstance(part, Polygon))


def _on_floor(mask: np.ndarray, painted: Painted, ground: Sequence[Polygon]) -> Iterator[Polygon]:
    """Yield the patches of a mask with the edge of the floor where they reach it; ground: outlines of the floor [m].

    Straightened by themselves both edges would part by a pixel, and a door would seem as wide as its sides are long.
    """
    floor, (height, width) = painted.floor(), mask.shape
    labels, _ = ndimage.label(mask)
    for number, (rows, columns) in enumerate(ndimage.find_objects(labels), start=1):
        top, left = max(rows.start - OVERLAP, 0), max(columns.start - OVERLAP, 0)
        window = slice(top, min(rows.stop + OVERLAP, height)), slice(left, min(columns.stop + OVERLAP, width))
        own = labels[window] == number
        grown = own | (ndimage.binary_dilation(own, iterations=OVERLAP) & ~floor[window])
        outline = max(_contours(grown, painted.metre, left=left, bottom=height - top), key=lambda shape: shape.area)
        # Through a thin wall it reaches the floor behind by less than a pixel.
        parts = [part for shape in ground for part in shapely.get_parts(shape.intersection(outline))]
        yield max((part for part in parts if isinstance(part, Polygon)), key=lambda part: part.area, default=outline)


def _things(number: int, painted: Painted, ground: Sequence[Polygon], report: ImportReport) -> list[Drawn]:
    """Return the painted patches of one colour as zones, gates or barriers, numbered from the left."""
    colour, role = list(painted.legend.roles.items())[number]
    mask = painted.roles == number
    found_shapes = _on_floor(mask, painted, ground) if role in ZONE_ROLES else _contours(mask, painted.metre)
    shapes = sorted(found_shapes, key=lambda shape: shape.bounds[:2])
    patches = [shape for shape in shapes if shape.area >= SMALLEST or role not in ZONE_ROLES]
    for shape in [shape for shape in shapes if shape not in patches]:
        report.leave(TOO_SMALL, _corner(shape), role=role, least=SMALLEST)
        kinds = set(ZONE_ROLES[role])
        if kinds & BOTH:
            report.lose_way(kinds)
    called = painted.legend.names.get(colour, role)
    # Walls of one name are one barrier.
    alone = len(patches) == 1 or role == "wall"
    names = [called if alone else f"{called}-{n}" for n in range(1, len(patches) + 1)]
    found = []
    labels = [_label(role, name) if called == role else {} for name in names]
    for name, label, shape in zip(names, labels, patches, strict=True):
        where = f"colour {colour} {_corner(shape)}"
        form = _in_parts(shape) if role in ZONE_ROLES else _middle_line(shape)
        if form is None:
            report.leave("a {role} that is not straight: paint each straight part apart", where, role=role)
            report.lose_way()
        else:
            found.append(Drawn(role, form, where, name=name, details={"labels": label}))
    return found


def _label(role: str, name: str) -> dict[str, str]:
    """Return what a Korean plan calls a patch that nobody named: its role, with the number of its name."""
    return {"ko": name.replace(role, korean()["words"][role], 1).replace("-", " ")}


def _in_parts(shape: Polygon) -> Polygon | MultiPolygon:
    """Return a zone without holes: small ones are filled; a ring is cut beside each, so that its middle stays free."""
    whole, parts = [shape], []
    while whole:
        part = whole.pop()
        hole = next((ring for ring in part.interiors if Polygon(ring).area >= SMALLEST), None)
        if hole is None:
            parts.append(Polygon(part.exterior))
            continue
        west, south, east, north = part.bounds
        middle = hole.centroid.x
        for half in (box(west, south, middle, north), box(middle, south, east, north)):
            whole += [piece for piece in shapely.get_parts(part.intersection(half)) if isinstance(piece, Polygon)]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _corner(shape: Polygon) -> str:
    """Return where a patch is, in the words of a report."""
    return f"at ({shape.bounds[0]:.1f}, {shape.bounds[1]:.1f})"


def _middle_line(shape: Polygon) -> LineString | None:
    """Return the line along the middle of a straight bar, from end to end; None of what is bent."""
    around = shape.minimum_rotated_rectangle
    if not isinstance(around, Polygon) or shape.area < STRAIGHT * around.area:
        return None
    a, b, c, d = shapely.get_coordinates(around)[:4]
    if np.hypot(*(b - a)) > np.hypot(*(c - b)):
        a, b, c, d = b, c, d, a
    return LineString([(a + b) / 2, (c + d) / 2])
