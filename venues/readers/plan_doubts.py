"""What is doubtful in a painted plan, told with its place: its scale, strokes, strange colours, dark spots.

Nothing is mended here. Not here: the shapes (`plan_picture.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
from scipy import ndimage

from venues.capacity import way_width
from venues.connectivity import BODY_RADIUS
from venues.necks import NARROW_DOOR
from venues.places import Zone
from venues.readers.import_report import ImportReport
from venues.readers.plan_legend import Painted
from venues.readers.sketch import ZONE_ROLES
from venues.readers.zones import BOTH
from venues.sentences import label_and_name
from venues.venue import Venue

#: Zones thinner than this are soft edges [pixels].
THIN = 3
#: Thin patches of the colour of a zone are strokes, and told, from this length on [pixels] (assumed).
STROKE = 10
#: Smallest zone [m2] (assumed: less is a slip of the brush).
SMALLEST = 0.25
#: Greys of no colour of the legend are told if they are this share of the picture; what differs by this much between
#: its red, green and blue is no grey; that many patches of strange colours are told one by one, the largest.
SHARE, COLOURED, PATCHES = 0.002, 30, 5
#: A dark spot on the floor with less ink than this [m2] that is no longer than this [m] may be a letter (assumed: a
#: letter 1 m high has less ink, and few are wider than high); what is longer and on the mean thinner than this [m] is a
#: partition, or an arrow or another stroke of a drawing (assumed).
SPOT, LETTER, STROKE_WIDTH = 1.0, 2.0, 0.5
#: A pixel wider than this is doubted [m] (assumed: a door of 0.9 m then has under five pixels, of which the edges of
#: painted shapes take two), and so is a plan whose every way in or out is wider than this [m] (assumed: a road of four
#: lanes).
COARSE, WIDE = 0.2, 15.0
#: Floor along more than this share of the edge of the picture is likely to be its page (assumed: streets that leave a
#: plan take less).
PAGE = 0.2


def tell_sizes(venue: Venue, report: ImportReport) -> None:
    """Tell the narrowest and the widest way in or out of a painted plan, which a person who was there can judge."""
    widths = [(way_width(zone, venue), zone) for zone in venue.zones if zone.kinds & BOTH]
    if widths:
        (least, narrow), (most, wide) = (pick(widths, key=lambda pair: pair[0]) for pick in (min, max))
        report.size(
            "narrowest way in or out: {narrow!s}, {least:.1f} m; widest: {wide!s}, {most:.1f} m",
            narrow=partial(_called, narrow),
            least=least,
            wide=partial(_called, wide),
            most=most,
        )


def _called(zone: Zone, lang: str) -> str:
    return label_and_name(zone.name, zone.labels, lang)


def doubt_scale(venue: Venue, side: float, report: ImportReport) -> None:
    """Warn if a scale is unlikely by the ways in and out, or by the side of a pixel [m]; the first reason is told."""
    widths = [way_width(zone, venue) for zone in venue.zones if zone.kinds & BOTH]
    if widths and max(widths) < NARROW_DOOR:
        report.warn(
            "even the widest way in or out is {width:.2f} m wide, narrower than a door: is --scale right? It is the "
            "metres of the whole width of the picture; measure something you know on it",
            width=max(widths),
        )
    elif side > COARSE:
        report.warn(
            "a pixel is {side:.0f} cm wide, too coarse for a door or a gap: is --scale right? It is the metres of the "
            "whole width of the picture; measure something you know on it. If it is right, paint a larger picture",
            side=100.0 * side,
        )
    elif widths and min(widths) > WIDE:
        report.warn(
            "even the narrowest way in or out is {width:.1f} m wide: is --scale right? It is the metres of the whole "
            "width of the picture; measure something you know on it",
            width=min(widths),
        )


def tell_thin(lost: np.ndarray, painted: Painted, report: ImportReport) -> None:
    """Tell the zones that are lost for being as thin as soft edges, by the colour of each pixel, -1 for the rest."""
    for number in painted.legend.shaped():
        role = list(painted.legend.roles.values())[number]
        labels, _ = ndimage.label(lost == number, structure=np.ones((3, 3)))
        for rows, columns in ndimage.find_objects(labels):
            if max(rows.stop - rows.start, columns.stop - columns.start) < STROKE:
                continue
            x, y = painted.place(rows.start, columns.start)
            report.leave(
                "{role} painted thinner than {least} pixels; paint it as an area",
                f"at ({x:.1f}, {y:.1f})",
                role=role,
                least=THIN,
            )
            kinds = set(ZONE_ROLES.get(role, ()))
            if kinds & BOTH:
                report.lose_way(kinds)


def tell_strange(painted: Painted, report: ImportReport) -> None:
    """Tell what the pixels of no colour of the legend were taken for: coloured patches one by one, greys together."""
    coloured = painted.strange & (np.ptp(painted.pixels, axis=2) >= COLOURED)
    # Without the soft edges of painted shapes.
    coloured = ndimage.binary_opening(coloured, structure=np.ones((THIN, THIN)))
    numbers = range(len(painted.legend.roles))
    patches = [patch for n in numbers for patch in _patches(coloured & (painted.roles == n), painted.metre)]
    patches.sort(key=lambda places: -len(places))
    for places in patches[:PATCHES]:
        _tell_patch(places, painted, report)
    if len(patches) > PATCHES:
        report.assume(
            "{count} smaller patches of colours that are not in the legend are taken for the nearest one",
            count=len(patches) - PATCHES,
        )
    shades = painted.strange & ~coloured
    if shades.mean() > SHARE:
        floor = painted.floor()
        report.assume(
            "greys and soft edges that are not in the legend are the nearest colour: {light:.1%} of the picture is "
            "floor by them, {dark:.1%} is none",
            light=float((shades & floor).mean()),
            dark=float((shades & ~floor).mean()),
        )


def _tell_patch(places: np.ndarray, painted: Painted, report: ImportReport) -> None:
    """Tell what a patch of a strange colour, (pixels, 2) rows and columns, is taken for."""
    seen, counts = np.unique(painted.pixels[tuple(places.T)], axis=0, return_counts=True)
    row, column = places[len(places) // 2]
    near, role = list(painted.legend.roles.items())[painted.roles[row, column]]
    colour = seen[counts.argmax()]
    x, y = painted.place(row, column)
    report.assume(
        "a colour that is not in the legend, {colour} at ({x:.1f}, {y:.1f}), {area:.1f} m2, is taken for {near} "
        "{role}, {away:.0f} away in RGB: paint it over, or give it a role (--roles)",
        colour=f"#{colour.tobytes().hex()}",
        x=x,
        y=y,
        area=len(places) * painted.metre**2,
        near=near,
        role=role,
        away=float(np.linalg.norm(colour - np.array([*bytes.fromhex(near[1:])], dtype=float))),
    )


def _patches(mask: np.ndarray, metre: float) -> Iterator[np.ndarray]:
    """Yield the rows and columns of each patch of a mask that is no slip of the brush: (pixels, 2) int."""
    labels, _ = ndimage.label(mask)
    for label, part in enumerate(ndimage.find_objects(labels), start=1):
        places = np.argwhere(labels[part] == label)
        if len(places) * metre**2 >= SMALLEST:
            yield places + [side.start for side in part]


def tell_page(painted: Painted, report: ImportReport) -> None:
    """Tell how much floor is in one piece with the edge of the picture: a warning if that is likely to be its page."""
    floor = painted.floor()
    # What only a gap narrower than a body joins is not one piece.
    across = 2 * int(BODY_RADIUS / painted.metre) + 1
    labels, _ = ndimage.label(ndimage.minimum_filter(floor.astype(np.uint8), size=across, mode="nearest"))
    edge = np.concatenate((labels[0], labels[-1], labels[1:-1, 0], labels[1:-1, -1]))
    if not edge.any():
        return
    inner, along = np.isin(labels, edge[edge > 0]), float((edge > 0).mean())
    outer = floor & (ndimage.maximum_filter(inner.astype(np.uint8), size=across) > 0)
    say = report.warn if along > PAGE else report.assume
    say(
        "{area:,.0f} m2 of floor, {share:.0%} of all, is in one piece with the edge of the picture, along {along:.0%} "
        "of it: people walk there as on any floor; paint dark what lies outside the place",
        area=outer.sum() * painted.metre**2,
        share=outer.sum() / floor.sum(),
        along=along,
    )


def tell_spots(painted: Painted, report: ImportReport) -> None:
    """Tell the dark spots with floor all round that may be no things: they stay, and people walk round them."""
    labels, _ = ndimage.label(~painted.floor(), structure=np.ones((3, 3)))
    areas = np.bincount(labels.ravel())[1:] * painted.metre**2
    height, width = labels.shape
    for area, (rows, columns) in zip(areas, ndimage.find_objects(labels), strict=True):
        inside = rows.start > 0 and columns.start > 0 and rows.stop < height and columns.stop < width
        length = painted.metre * max(rows.stop - rows.start, columns.stop - columns.start)
        letter, stroke = length <= LETTER and area < SPOT, length > LETTER and area < STROKE_WIDTH * length
        if not inside or not (letter or stroke):
            continue
        x, y = painted.place((rows.start + rows.stop) // 2, (columns.start + columns.stop) // 2)
        if letter:
            report.assume(
                "a dark spot under {least:g} m2 with floor all round is an obstacle: a column, or lettering, an arrow, "
                "furniture? Paint over what does not stand there",
                f"at ({x:.1f}, {y:.1f})",
                least=SPOT,
            )
        else:
            report.assume(
                "a thin dark line with floor all round is a partition that people walk round; if it is an arrow or a "
                "line of the drawing, paint it over",
                f"at ({x:.1f}, {y:.1f}), {length:.1f} m",
            )
