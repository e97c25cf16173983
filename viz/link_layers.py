"""Stairs, ramps, escalators and lifts on a plan, and the floor that nobody reaches without steps.

What wheels can use has a colour of its own. Not here: the other layers (`layers.py`).
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch

from venues.connectivity import BODY_RADIUS, Piece
from venues.link_floor import Strip
from venues.places import STEPPED_KINDS, Link
from venues.venue import Venue, label
from viz import palette
from viz.labels import Tag
from viz.layers import build_path, draw_segment, name_of

WORDS = {
    "en": {"stairs": "stairs", "ramp": "ramp", "escalator": "escalator", "lift": "lift"},
    "ko": {"stairs": "계단", "ramp": "경사로", "escalator": "에스컬레이터", "lift": "승강기"},
}
#: Distance at which the treads of a stair are drawn [m]; real ones are too fine to show.
TREAD = 0.7
#: Most links that are named on one level, and most that are named with width and kind (by eye).
MOST_NAMED, MOST_DESCRIBED = 24, 10


def link_colour(link: Link) -> str:
    """Return the colour of a link: one for those with steps, one for those wheels can use."""
    return palette.LINK if link.kind in STEPPED_KINDS else palette.STEP_FREE


def draw_cut_off(ax: Axes, venue: Venue, level: str, *, pieces: list[Piece]) -> None:
    """Hatch pieces of floor, those that are cut off for who cannot take steps."""
    floor = venue.level(level).floor
    for piece in pieces:
        if piece.level == level:
            path = build_path(piece.shape.buffer(BODY_RADIUS).intersection(floor))
            ax.add_patch(PathPatch(path, facecolor=palette.CUT_OFF, edgecolor="white", hatch="xx", lw=0, zorder=1.2))


def draw_links(ax: Axes, venue: Venue, level: str, *, lang: str = "en") -> list[Tag]:
    """Draw the links that begin or end on this level; tags say where they lead."""
    for strip in venue.strips:
        if level in (strip.link.from_level, strip.link.to_level):
            _draw_strip(ax, venue, strip)
    ends = []
    for link in venue.links:
        for here, line, there in (
            (link.from_level, link.from_line, link.to_level),
            (link.to_level, link.to_line, link.from_level),
        ):
            if here == level:
                draw_segment(ax, line, color=link_colour(link), linewidth=5.0, solid_capstyle="butt", zorder=7)
                x, y = line.interpolate(0.5, normalized=True).coords[0]
                ends.append((link, x, y, there))
    # More would hide the plan: the longest are named.
    named = ends if len(ends) <= MOST_NAMED else sorted(ends, key=lambda end: -end[0].length)[:MOST_NAMED]
    return [_tag(link, x, y, venue, there, lang=lang, short=len(named) > MOST_DESCRIBED) for link, x, y, there in named]


def _tag(link: Link, x: float, y: float, venue: Venue, there: str, *, lang: str, short: bool) -> Tag:
    """Return the name of a link and where it leads; if there is room, its kind and width too."""
    to, words = label(venue.level(there), lang), WORDS.get(lang, WORDS["en"])
    if short:
        return Tag(f"{label(link, lang)} → {to}", x, y, link_colour(link), 7)
    what = f"{name_of(link, lang)}\n{words[link.kind]} → {to}, {link.clear_width:.1f} m"
    return Tag(what, x, y, link_colour(link), 9)


def _draw_strip(ax: Axes, venue: Venue, strip: Strip) -> None:
    """The ground of a link: its treads, and an arrow up; a lift as a crossed box."""
    colour = link_colour(strip.link)
    outline = PathPatch(build_path(strip.polygon), facecolor="white", edgecolor=colour, linewidth=0.8, zorder=4)
    ax.add_patch(outline)
    (right, left), link = strip.sides, strip.link
    if link.kind == "lift":
        for a, b in ((right[0], left[1]), (left[0], right[1])):
            ax.plot(*zip(a, b, strict=True), color=colour, linewidth=0.8, zorder=4)
        return
    for share in np.linspace(0.0, 1.0, max(int(strip.going / TREAD), 2))[1:-1]:
        ends = [side[0] + share * (side[1] - side[0]) for side in (right, left)]
        ax.plot(*zip(*ends, strict=True), color=colour, linewidth=0.5, zorder=4)
    start, end = (right[0] + left[0]) / 2, (right[1] + left[1]) / 2
    if venue.level(link.to_level).elevation < venue.level(link.from_level).elevation:
        start, end = end, start
    style = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", xy=start + 0.85 * (end - start), xytext=start + 0.15 * (end - start), arrowprops=style, zorder=5)
