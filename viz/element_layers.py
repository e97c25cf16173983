"""Cameras with what they see, loudspeakers and signs with their reach, on a map.

Not here: which floor that is (`venues.coverage`), first aid posts and emergency lanes, which are zones (`layers.py`).
"""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from shapely.geometry import MultiPolygon, Polygon

from venues.coverage import compute_view
from venues.elements import FULL_TURN, Camera, Element
from venues.venue import Venue
from viz import palette
from viz.labels import Tag
from viz.layers import build_path, name_of

#: Kind of element -> its mark and its colour.
_MARKS = {"camera": "o", "loudspeaker": "s", "sign": "D"}
_COLOURS = {"camera": palette.CAMERA, "loudspeaker": palette.LOUDSPEAKER, "sign": palette.SIGN}
#: Size of a mark [points].
_SIZE = 8.5


def draw_elements(ax: Axes, venue: Venue, level: str, *, lang: str = "en") -> list[Tag]:
    """Draw the cameras, loudspeakers and signs of a level; return the tags that name them."""
    tags = []
    for item in venue.elements:
        if item.level != level:
            continue
        kind, x, y = _kind(item), item.position.x, item.position.y
        colour = _COLOURS[kind]
        if isinstance(item, Camera):
            _draw_view(ax, venue, item)
        else:
            rim = item.position.buffer(item.reach, quad_segs=32)
            style = {"facecolor": "none", "edgecolor": colour, "lw": 0.8, "linestyle": (0, (6, 3)), "alpha": 0.7}
            ax.add_patch(PathPatch(build_path(rim), zorder=4.4, **style))
        ax.plot([x], [y], marker=_marker(item), color=colour, ms=_SIZE, mec="white", mew=0.6, linestyle="", zorder=8)
        tags.append(Tag(name_of(item, lang), x, y, colour, 7.5))
    return tags


def element_signs(venue: Venue) -> dict[str, object]:
    """Return the legend's signs of the elements a venue has, by their word."""
    kinds = dict.fromkeys(_kind(item) for item in venue.elements)
    return {kind: Line2D([], [], color=_COLOURS[kind], marker=_MARKS[kind], ms=_SIZE, lw=0.8) for kind in kinds}


def _kind(item: Element) -> str:
    return type(item).__name__.lower()


def _marker(item: Element) -> str | tuple[int, int, float]:
    """Return the mark of an element: of a camera that looks one way a triangle that points there."""
    if isinstance(item, Camera) and item.field_of_view < FULL_TURN:
        return (3, 0, -item.bearing)
    return _MARKS[_kind(item)]


def _draw_view(ax: Axes, venue: Venue, camera: Camera) -> None:
    """Paint the floor a camera sees, and where it looks."""
    view = compute_view(venue, camera)
    parts = [part for part in getattr(view, "geoms", [view]) if isinstance(part, Polygon) and not part.is_empty]
    if not parts:
        return
    path = build_path(MultiPolygon(parts))
    ax.add_patch(PathPatch(path, facecolor=palette.CAMERA, alpha=0.10, edgecolor="none", zorder=2.5))
    ax.add_patch(PathPatch(path, facecolor="none", edgecolor=palette.CAMERA, lw=0.5, alpha=0.35, zorder=4.4))
    if camera.field_of_view < FULL_TURN:
        angle, reach = math.radians(camera.bearing), 0.15 * camera.reach
        x, y = camera.position.x, camera.position.y
        ahead = (x + reach * math.sin(angle), y + reach * math.cos(angle))
        ax.plot((x, ahead[0]), (y, ahead[1]), color=palette.CAMERA, linewidth=1.0, zorder=7.9)
