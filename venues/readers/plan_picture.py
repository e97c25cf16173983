"""A painted plan (PNG) as a sketch: dark is wall, light is floor, a colour for each kind of zone.

Painted over in any drawing program; lines at least three pixels wide. Not here: other files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from scipy import ndimage
from shapely.geometry import Polygon

from venues.errors import BadInput, name_known
from venues.readers.coordinates import LOCAL, into_metres
from venues.readers.import_report import ImportReport
from venues.readers.sketch import ZONE_ROLES, Drawn, ImportOptions, Sketch
from venues.readers.zones import BOTH

#: Colour -> role where no file of roles says otherwise. Colours far from each other, so that soft edges are not taken
#: for a third one; "building" is what is no floor, as everything dark.
PALETTE = {
    "#ffffff": "walkable",
    "#000000": "building",
    "#808080": "building",
    "#00ff00": "source",
    "#ff0000": "exit",
    "#ff00ff": "entrance",
    "#ffff00": "waiting",
    "#ff8000": "queue",
    "#8000ff": "stage",
    "#00ffff": "refuge",
    "#0000ff": "section",
}
#: Roles of what is no floor, and all that can be painted.
SOLID = ("building", "wall", "obstacle", "closed")
PAINTED = ("walkable", "ignore", *SOLID, *ZONE_ROLES)
#: Largest picture [pixels].
MAX_PIXELS = 25_000_000
#: Contours are straightened to this [pixels], and zones thinner than three pixels are soft edges.
STRAIGHTENED, THIN = 1.2, 3
#: A colour no farther than this from another is the same [distance in RGB] (assumed: what saving and resizing change).
SAME = 30.0
#: Greys of no colour of the legend are told if they are this share of the picture; what differs by this much between
#: its red, green and blue is no grey; that many patches of strange colours are told one by one, the largest.
SHARE, COLOURED, PATCHES = 0.002, 30, 5
#: Thin patches of the colour of a zone are strokes, and told, from this length on [pixels] (assumed).
STROKE = 10
#: Smallest zone [m2] (assumed: less is a slip of the brush).
SMALLEST = 0.25


def read_plan_picture(path: Path, options: ImportOptions, report: ImportReport) -> Sketch:
    """Return the sketch in a painted plan.

    Raises:
        BadInput: if it cannot be read, is too large, or its scale is not said.
    """
    pixels = _pixels(path)
    height, width = pixels.shape[:2]
    if options.scale is None or not 1.0 <= options.scale <= 100_000.0:
        said = "has no scale" if options.scale is None else f"has the scale {options.scale:g}"
        raise BadInput(f"{path.name} ({width} x {height} pixels) {said}; give --scale, the metres its width stands for")
    metre = options.scale / width
    report.take("{width} x {height} pixels, {side:.2g} cm each", width=width, height=height, side=100 * metre)
    legend = _legend(options.roles, report)
    roles = _roles(pixels, legend, options.roles, metre=metre, report=report)
    floor = ~np.isin(roles, [n for n, role in enumerate(legend.values()) if role in SOLID])
    drawn = [Drawn("walkable", shape, "picture") for shape in _contours(floor, metre)]
    for number, (colour, role) in enumerate(legend.items()):
        if role in ZONE_ROLES:
            drawn += _zones(roles == number, role, colour, metre, report)
    if not floor.any():
        raise BadInput(f"{path.name} is dark all over: nothing on it is floor; floor must be light, walls dark")
    report.assume("what is neither dark nor grey is floor, to the edge of the picture")
    report.repair("edges of painted shapes straightened to {side:.2g} cm", side=100 * STRAIGHTENED * metre)
    metres = into_metres(drawn, LOCAL, report, where=path.name)
    return Sketch(path.stem, metres.drawn, source=path.name, licence=options.licence)


def _pixels(path: Path) -> np.ndarray:
    """Return the colours of a picture: (height, width, 3) uint8; what is transparent is white."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS:
                limit = f"at most {MAX_PIXELS / 1e6:.0f} million: make it smaller"
                raise BadInput(f"{path.name} has {width} x {height} pixels; {limit}")
            seen = picture.convert("RGBA")
            white = Image.new("RGBA", seen.size, "white")
            return np.asarray(Image.alpha_composite(white, seen).convert("RGB"))
    except Image.DecompressionBombError:
        limit = f"at most {MAX_PIXELS / 1e6:.0f} million pixels can be read: make it smaller"
        raise BadInput(f"{path.name} is a picture of far too many pixels; {limit}") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as wrong:
        if isinstance(wrong, BadInput):
            raise
        raise BadInput(f"{path.name} is no picture that can be read ({wrong!s:.60}); save it as PNG") from None


def _legend(said: Mapping[str, str], report: ImportReport) -> dict[str, str]:
    """Return the legend: the default palette, and what the person says of colours added to it or in its place."""
    own = {colour.lower(): role for colour, role in said.items() if colour.startswith("#")}
    for colour, role in own.items():
        if len(colour) != 7 or any(sign not in "0123456789abcdef" for sign in colour[1:]):
            raise BadInput(f"the colour {colour!r} of the legend is none; write it like #ff8000")
        if role not in PAINTED:
            raise BadInput(f"the colour {colour!r} is {role!r}, which cannot be painted; {name_known(PAINTED, role)}")
    palette = ", ".join(f"{colour} {role}" for colour, role in PALETTE.items() if colour not in own)
    report.assume("colours are those of the default palette: {palette}", palette=palette)
    if own:
        added = ", ".join(f"{colour} {role}" for colour, role in own.items())
        report.take("colours of the file of roles, beside the default palette: {added}", added=added)
    legend = PALETTE | own
    for role in ("walkable", "building"):
        if role not in legend.values():
            raise BadInput(f"the legend leaves no colour for {role!r}; say which colour is {role}")
    return legend


def _roles(
    pixels: np.ndarray, legend: Mapping[str, str], said: Mapping[str, str], *, metre: float, report: ImportReport
) -> np.ndarray:
    """Return for each pixel the number of its colour in the legend: (height, width) int."""
    colours = np.array([[int(colour[k : k + 2], 16) for k in (1, 3, 5)] for colour in legend], dtype=np.float32)
    distinct, back = np.unique(pixels.reshape(-1, 3) @ np.array([65536, 256, 1]), return_inverse=True)
    rgb = np.column_stack((distinct >> 16, (distinct >> 8) & 255, distinct & 255)).astype(np.float32)
    away = np.sqrt(((rgb[:, None, :] - colours[None]) ** 2).sum(axis=2))
    for colour, nearest in zip(legend, away.min(axis=0), strict=True):
        if nearest > SAME and colour in {one.lower() for one in said}:
            report.leave("colours of the file of roles that the picture does not contain", f"{colour} {legend[colour]}")
    painted = away.argmin(axis=1)[back].reshape(pixels.shape[:2])
    roles = _without_soft_edges(painted, pixels, legend)
    strange = (away.min(axis=1) > SAME)[back].reshape(roles.shape)
    _tell_thin(np.where((roles != painted) & ~strange, painted, -1), legend, metre=metre, report=report)
    _tell_strange(strange, roles, pixels, legend, metre=metre, report=report)
    return roles


def _tell_thin(lost: np.ndarray, legend: Mapping[str, str], *, metre: float, report: ImportReport) -> None:
    """Tell the zones that are lost for being as thin as soft edges, by the colour of each pixel, -1 for the rest."""
    for number, role in enumerate(legend.values()):
        labels, _ = ndimage.label(lost == number, structure=np.ones((3, 3)))
        for rows, columns in ndimage.find_objects(labels):
            if max(rows.stop - rows.start, columns.stop - columns.start) < STROKE:
                continue
            x, y = (columns.start + 0.5) * metre, (lost.shape[0] - rows.start - 0.5) * metre
            report.leave(
                "zones painted thinner than {least} pixels; paint them as areas",
                f"{role} at ({x:.1f}, {y:.1f})",
                least=THIN,
            )
            report.ways_lost += bool(BOTH & set(ZONE_ROLES[role]))


def _tell_strange(
    strange: np.ndarray,
    roles: np.ndarray,
    pixels: np.ndarray,
    legend: Mapping[str, str],
    *,
    metre: float,
    report: ImportReport,
) -> None:
    """Tell what the pixels of no colour of the legend were taken for: coloured patches one by one, greys together."""
    coloured = strange & (np.ptp(pixels, axis=2) >= COLOURED)
    # Without the soft edges of painted shapes.
    coloured = ndimage.binary_opening(coloured, structure=np.ones((THIN, THIN)))
    patches = [patch for n in range(len(legend)) for patch in _patches(coloured & (roles == n), metre)]
    patches.sort(key=lambda places: -len(places))
    for places in patches[:PATCHES]:
        seen, counts = np.unique(pixels[tuple(places.T)], axis=0, return_counts=True)
        row, column = places[len(places) // 2]
        near, role = list(legend.items())[roles[row, column]]
        colour = seen[counts.argmax()]
        report.assume(
            "a colour that is not in the legend, {colour} at ({x:.1f}, {y:.1f}), {area:.1f} m2, is taken for {near} "
            "{role}, {away:.0f} away in RGB: paint it over, or give it a role (--roles)",
            colour=f"#{colour.tobytes().hex()}",
            x=(column + 0.5) * metre,
            y=(roles.shape[0] - row - 0.5) * metre,
            area=len(places) * metre**2,
            near=near,
            role=role,
            away=float(np.linalg.norm(colour - np.array([*bytes.fromhex(near[1:])], dtype=float))),
        )
    if len(patches) > PATCHES:
        report.assume(
            "{count} smaller patches of colours that are not in the legend are taken for the nearest one",
            count=len(patches) - PATCHES,
        )
    shades = strange & ~coloured
    if shades.mean() > SHARE:
        solid = np.isin(roles, [n for n, role in enumerate(legend.values()) if role in SOLID])
        report.assume(
            "greys and soft edges that are not in the legend are the nearest colour: {light:.1%} of the picture is "
            "floor by them, {dark:.1%} is none",
            light=float((shades & ~solid).mean()),
            dark=float((shades & solid).mean()),
        )


def _patches(mask: np.ndarray, metre: float) -> Iterator[np.ndarray]:
    """Yield the rows and columns of each patch of a mask that is no slip of the brush: (pixels, 2) int."""
    labels, _ = ndimage.label(mask)
    for label, part in enumerate(ndimage.find_objects(labels), start=1):
        places = np.argwhere(labels[part] == label)
        if len(places) * metre**2 >= SMALLEST:
            yield places + [side.start for side in part]


def _without_soft_edges(roles: np.ndarray, pixels: np.ndarray, legend: Mapping[str, str]) -> np.ndarray:
    """Return the pixels with thin seams between two colours, which look like a third, given to floor or wall."""
    names = list(legend.values())
    dark = pixels.max(axis=2) < 128
    found = roles.copy()
    for number, role in enumerate(names):
        if role in ZONE_ROLES:
            mask = roles == number
            square = np.ones((THIN, THIN))
            thin = mask & ~ndimage.binary_dilation(ndimage.binary_opening(mask, structure=square), structure=square)
            found[thin] = np.where(dark[thin], names.index("building"), names.index("walkable"))
    return found


def _contours(mask: np.ndarray, metre: float) -> Iterator[Polygon]:
    """Yield the outlines of a mask as polygons [m], with their holes; y goes up."""
    from contourpy import FillType, contour_generator

    framed = np.pad(mask.astype(np.float64), 1)
    height = mask.shape[0]
    generator: Any = contour_generator(z=framed, fill_type=FillType.OuterOffset)
    points, offsets = generator.filled(0.5, np.inf)
    for outline, starts in zip(points, offsets, strict=True):
        # Pixel k reaches from k to k + 1; the frame moves everything by one.
        places = np.column_stack(((outline[:, 0] - 0.5) * metre, (height - outline[:, 1] + 0.5) * metre))
        rings = [places[a:b] for a, b in pairwise(starts)]
        shape = shapely.simplify(Polygon(rings[0], rings[1:]), STRAIGHTENED * metre)
        yield from (part for part in shapely.get_parts(shapely.make_valid(shape)) if isinstance(part, Polygon))


def _zones(mask: np.ndarray, role: str, colour: str, metre: float, report: ImportReport) -> list[Drawn]:
    """Return the painted patches of one colour as zones, numbered from the left."""
    shapes = list(_contours(mask, metre))
    patches = [shape for shape in shapes if shape.area >= SMALLEST]
    for shape in [shape for shape in shapes if shape.area < SMALLEST]:
        where = f"{role} at ({shape.bounds[0]:.1f}, {shape.bounds[1]:.1f})"
        report.leave("painted patches under {least} m2", where, least=SMALLEST)
    patches.sort(key=lambda shape: (shape.bounds[0], shape.bounds[1]))
    found = []
    for number, shape in enumerate(patches, start=1):
        name = role if len(patches) == 1 else f"{role}-{number}"
        found.append(
            Drawn(
                role,
                Polygon(shape.exterior),
                f"colour {colour} at ({shape.bounds[0]:.1f}, {shape.bounds[1]:.1f})",
                name=name,
            )
        )
    return found
