"""Names on a map that do not cover each other: each label goes to the cheapest free place near what it names.

Not here: what is named, and in which words (`layers.py`).
"""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from shapely import transform
from shapely.geometry import Point, box
from shapely.geometry.base import BaseGeometry

from viz.fonts import register

#: Widest line of a label [characters] and most lines.
LABEL_WIDTH = 26
LABEL_LINES = 4
#: Rings of candidate places around the thing named [pixels], and places on a ring.
RINGS = (0.0, 28.0, 46.0, 68.0, 94.0, 125.0, 160.0, 210.0, 270.0)
PLACES = 16
#: Prices: covering a label, leaving the map, covering floor (per share of the label), distance (per 100
#: pixels), a leader line through another label, covering the point another label names. Assumed: by eye; two labels
#: that touch by a tenth are to cost more than any ring is far.
PRICE_LABEL, PRICE_OUT, PRICE_FLOOR, PRICE_FAR, PRICE_CROSSING, PRICE_POINT = 110.0, 80.0, 2.0, 1.0, 6.0, 4.0
#: Price of covering what is drawn, such as stairs (per share of the label), and of hiding the thing named unless the
#: label fits inside it (per share of the thing), by eye too.
PRICE_SIGN, PRICE_OWN = 12.0, 6.0
#: Room kept around the point another label names, where its arrow is [pixels].
POINT_ROOM = 24.0


@dataclass(frozen=True)
class Tag:
    """A text, the point [m] of what it names, and the ground [m] on which the text is welcome."""

    text: str
    x: float
    y: float
    colour: str
    size: float = 8.0
    home: BaseGeometry | None = None


def font_family() -> list[str]:
    """Return the families of every text: the shipped font first, matplotlib's for what it lacks."""
    return [register(), "DejaVu Sans"]


def wrap_name(text: str) -> str:
    """Return a name in lines short enough for a label; what is cut off shows as an ellipsis."""
    lines = textwrap.wrap(text, LABEL_WIDTH, max_lines=LABEL_LINES, placeholder=" …")
    return "\n".join(lines) or text[:LABEL_WIDTH]


def write_text(ax: Axes, x: float, y: float, text: str, **style: object) -> Text:
    """Put a text on a map as it is: a dollar sign stays a dollar sign."""
    return ax.text(x, y, text, family=font_family(), parse_math=False, **style)  # type: ignore[arg-type]


def place_tags(
    ax: Axes, tags: list[Tag], *, floor: BaseGeometry, taken: list[Bbox], signs: BaseGeometry | None = None
) -> list[Text]:
    """Write tags on a map, each near its point, in the order given; a leader line joins what had to move.

    What is written along the edges of the map stays free.

    Args:
        ax: the map, with its limits and the size of its figure already set.
        tags: the most important first.
        floor: where labels are unwelcome [m].
        taken: boxes [pixels] that stay free.
        signs: what labels should not hide, such as stairs [m].

    Returns:
        The texts, in the order of `tags`.
    """
    canvas = ax.figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    renderer = canvas.get_renderer()
    ground, drawn = _to_pixels(ax, floor), _to_pixels(ax, signs or Point())
    numbers = [number for axis in (ax.xaxis, ax.yaxis) for number in axis.get_ticklabels() if number.get_text()]
    boxes = [*taken, *(number.get_window_extent(renderer).padded(2) for number in numbers)]
    leaders, texts = [], []
    anchors = ax.transData.transform([(tag.x, tag.y) for tag in tags] or np.empty((0, 2)))
    for tag, anchor in zip(tags, anchors, strict=True):
        text = _write_tag(ax, tag)
        size = text.get_window_extent(renderer).padded(3)
        others = anchors[(anchors != anchor).any(axis=1)]
        home = _to_pixels(ax, tag.home or Point())
        chosen = _choose(anchor, size, boxes=boxes, frame=ax.bbox, ground=ground, home=home, points=others, signs=drawn)
        boxes.append(chosen)
        middle = ((chosen.x0 + chosen.x1) / 2, (chosen.y0 + chosen.y1) / 2)
        x, y = ax.transData.inverted().transform(middle)
        text.set_position((x, y))
        texts.append(text)
        if not chosen.contains(*anchor):
            leaders.append((tag, x, y))
    for tag, x, y in leaders:
        ax.plot([tag.x, x], [tag.y, y], color=tag.colour, linewidth=0.7, alpha=0.8, zorder=8)
    return texts


def _to_pixels(ax: Axes, shape: BaseGeometry) -> BaseGeometry:
    """Return a shape on the map [m] as a shape on the sheet [pixels]."""
    return transform(shape, lambda points: ax.transData.transform(points) if len(points) else points)


def _write_tag(ax: Axes, tag: Tag) -> Text:
    """Write one tag at its point."""
    frame = {"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}
    return write_text(
        ax,
        tag.x,
        tag.y,
        tag.text,
        fontsize=tag.size,
        color=tag.colour,
        ha="center",
        va="center",
        bbox=frame,
        zorder=9,
    )


def _choose(
    anchor: np.ndarray,
    size: Bbox,
    *,
    boxes: list[Bbox],
    frame: Bbox,
    ground: BaseGeometry,
    home: BaseGeometry,
    points: np.ndarray,
    signs: BaseGeometry,
) -> Bbox:
    """Return the cheapest place of a label among rings of places around its anchor [pixels]."""
    best, lowest = size, math.inf
    for ring in RINGS:
        for place in range(PLACES if ring else 1):
            angle = 2 * math.pi * place / PLACES
            x = anchor[0] + (ring + (size.width / 2 if ring else 0)) * math.cos(angle)
            y = anchor[1] + (ring + (size.height / 2 if ring else 0)) * math.sin(angle)
            half_width, half_height = size.width / 2, size.height / 2
            here = Bbox.from_extents(x - half_width, y - half_height, x + half_width, y + half_height)
            price = PRICE_FAR * ring / 100
            price += sum(PRICE_LABEL * _share(here, other) for other in boxes)
            price += PRICE_OUT * (1.0 - _share(here, frame))
            price += PRICE_CROSSING * sum(_crosses(anchor, (x, y), other) for other in boxes)
            near = (np.abs(points - (x, y)) < (half_width, half_height + POINT_ROOM)).all(axis=1)
            price += PRICE_POINT * int(near.sum())
            if price < lowest:
                patch = box(*here.extents)
                price += PRICE_SIGN * signs.intersection(patch).area / patch.area
                if not home.contains(patch):
                    price += PRICE_FLOOR * ground.intersection(patch).area / patch.area
                    price += PRICE_OWN * home.intersection(patch).area / max(home.area, 1.0)
            if price < lowest:
                best, lowest = here, price
    return best


def _share(one: Bbox, other: Bbox) -> float:
    """Return the share of a box that another covers."""
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.y1, other.y1) - max(one.y0, other.y0)
    return max(0.0, width) * max(0.0, height) / (one.width * one.height)


def _crosses(start: np.ndarray, end: tuple[float, float], other: Bbox) -> bool:
    """Return whether a leader line passes through a box, tried at twelve of its points."""
    steps = np.linspace(0.0, 1.0, 12)
    xs, ys = start[0] + steps * (end[0] - start[0]), start[1] + steps * (end[1] - start[1])
    return bool(((xs > other.x0) & (xs < other.x1) & (ys > other.y0) & (ys < other.y1)).any())
