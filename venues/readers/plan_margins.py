"""What on a painted plan is no place: the legend in its frame, and the margin of the page with what is written on it.

It is taken off and told, since people would walk there and its area would count. Not here: what is doubtful and stays
(`plan_doubts.py`).
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from scipy import ndimage

from venues.connectivity import BODY_RADIUS
from venues.cut_off import FILLED
from venues.readers.import_report import ImportReport
from venues.readers.plan_doubts import THIN
from venues.readers.plan_legend import Painted
from venues.readers.sketch import ZONE_ROLES
from venues.readers.zones import BOTH

#: Floor smaller than this is no place [m2] (as a sliver of the check).
PLACE = 1.0
#: Dark patches of less ink than this are no buildings but frames of a legend and lettering [m2] (assumed).
BUILDING = 20.0


def without_margin(painted: Painted, report: ImportReport) -> Painted:
    """Return the plan without the margin of its page.

    A margin is floor along all four edges of the picture that only ways in or out part from the place itself, which
    has both without it, and on which no colour reaches a building or an edge of the picture: who passes a way out is
    out.
    """
    floor, reach = painted.floor(), _reach(painted)
    ways = floor & np.isin(painted.roles, _numbers(painted, ways_only=True))
    rest = floor & ~_grown(ways, reach)
    labels, _ = ndimage.label(rest)
    around = set.intersection(*(set(side.tolist()) for side in (labels[0], labels[-1], labels[:, 0], labels[:, -1])))
    if not around - {0}:
        return painted
    page = labels == min(around - {0})
    patches, _ = ndimage.label(ways)
    at_page, at_place = (
        set(np.unique(patches[_grown(side, reach + 2)]).tolist()) - {0} for side in (page, rest & ~page)
    )
    swatches = np.isin(patches, list(at_page - at_place))
    colours = (page & np.isin(painted.roles, _numbers(painted))) | swatches
    kept = set(np.unique(painted.roles[np.isin(patches, list(at_place))]).tolist())
    kinds = {kind for n, role in enumerate(painted.legend.roles.values()) if n in kept for kind in ZONE_ROLES[role]}
    if not at_page & at_place or not kinds >= BOTH or (colours & ~_inner(floor | _small_dark(painted), reach)).any():
        return painted
    # What the ways were grown by belongs to the side it is nearer to.
    to_page, to_place = (ndimage.distance_transform_edt(~side) for side in (page, rest & ~page))
    lost = page | swatches | (floor & ~ways & ~rest & (to_page < to_place))
    report.leave(
        "floor all round the plan, beyond its ways in and out, is the margin of the page; if people walk there, paint "
        "where they come in at its outer edge",
        f"{lost.sum() * painted.metre**2:,.0f} m2",
    )
    return replace(painted, roles=np.where(lost, painted.legend.solid()[0], painted.roles))


def without_legends(painted: Painted, report: ImportReport) -> Painted:
    """Return the plan without its legend, and tell of all other floor with something painted on it that is cut off.

    A legend is a piece of floor, smaller than the largest place with a way in or out, on which no patch of colour
    reaches an edge: where people come in or leave there is an edge, a wall or the end of the map.
    """
    labels, count = ndimage.label(painted.floor())
    if count < 2:
        return painted
    areas = np.bincount(labels.ravel(), minlength=count + 1) * painted.metre**2
    roles_on, at_edge, ways = _painted_on(labels, painted)
    main = max(ways & at_edge or ways, key=lambda piece: areas[piece], default=0)
    # A piece that a zone fills is told by the check: it lies outside the walls.
    plain = np.bincount(labels[~np.isin(painted.roles, _numbers(painted))], minlength=count + 1) * painted.metre**2
    bare = set(np.flatnonzero(plain > (1.0 - FILLED) * areas).tolist())
    roles = painted.roles.copy()
    for piece, names in sorted(roles_on.items()):
        if piece == main or areas[piece] < PLACE or (len(names) == 1 and piece not in bare):
            continue
        row, column = np.argwhere(labels == piece)[0]
        x, y = painted.place(row, column)
        where = f"at ({x:.1f}, {y:.1f}), {areas[piece]:.0f} m2, {', '.join(sorted(names))}"
        if piece not in at_edge and main in at_edge and areas[piece] < areas[main]:
            roles[labels == piece] = painted.legend.solid()[0]
            report.leave(
                "a piece of floor that is cut off, with colours that reach none of its edges, is the legend of the "
                "plan; if it is a place, paint a way to it",
                where,
            )
        else:
            report.assume(
                "a piece of floor is cut off from the rest by what is dark, and is a place of its own: if it is the "
                "legend or the title of the plan, paint it over",
                where,
            )
    return replace(painted, roles=roles)


def _painted_on(labels: np.ndarray, painted: Painted) -> tuple[dict[int, set[str]], set[int], set[int]]:
    """Return what is painted on numbered pieces of floor, 0 being none.

    Returns:
        piece -> roles of the zones on it; pieces on which a zone reaches an edge, but for a gap that no body fits
        through; pieces with a way in or out.
    """
    inner = _inner(labels > 0, _reach(painted))
    roles_on: dict[int, set[str]] = {}
    at_edge: set[int] = set()
    ways: set[int] = set()
    for number, role in enumerate(painted.legend.roles.values()):
        if role not in ZONE_ROLES:
            continue
        mask = painted.roles == number
        here = set(np.unique(labels[mask]).tolist()) - {0}
        for piece in here:
            roles_on.setdefault(piece, set()).add(role)
        at_edge |= set(np.unique(labels[mask & ~inner]).tolist()) - {0}
        ways |= here if BOTH & set(ZONE_ROLES[role]) else set()
    return roles_on, at_edge, ways


def _numbers(painted: Painted, *, ways_only: bool = False) -> list[int]:
    """Return the numbers of the colours of zones, or of those where people come in or leave."""
    roles = enumerate(painted.legend.roles.values())
    return [n for n, role in roles if role in ZONE_ROLES and (not ways_only or BOTH & set(ZONE_ROLES[role]))]


def _reach(painted: Painted) -> int:
    """Return the width of a body, or what a brush leaves white by mistake [pixels]."""
    return max(THIN, math.ceil(2.0 * BODY_RADIUS / painted.metre))


def _grown(mask: np.ndarray, reach: int) -> np.ndarray:
    return ndimage.maximum_filter(mask.astype(np.uint8), size=2 * reach + 1, mode="constant") > 0


def _inner(mask: np.ndarray, reach: int) -> np.ndarray:
    """Return what of a mask is farther than `reach` from its edge and from the edge of the picture [pixels]."""
    return ndimage.minimum_filter(mask.astype(np.uint8), size=2 * reach + 1, mode="constant") > 0


def _small_dark(painted: Painted) -> np.ndarray:
    """Return where it is dark by what is too small for a building."""
    labels, _ = ndimage.label(~painted.floor(), structure=np.ones((3, 3)))
    small = np.bincount(labels.ravel()) * painted.metre**2 < BUILDING
    small[0] = False
    return small[labels]
