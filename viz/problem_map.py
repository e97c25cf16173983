"""The plan of a venue with what the check found on it: numbered marks, errors first, and a list of them below.

Not here: the plan (`plan.py`), the finding (`venues.check`).
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from shapely.geometry import Point

from venues import Problem, Venue
from venues.sentences import in_language
from viz import palette
from viz.labels import font_family
from viz.plan import DPI, build_venue_plan, check_picture, shown_levels

#: Colour of a mark, and its size [points].
COLOURS = {"error": "#C00000", "warning": "#B36B00", "information": "#3B5B92"}
SIZE = 8.5
#: Radius of the ring round a place and of the disc with its number, and the room between two discs [points].
RING, DISC, ROOM = 7.0, 8.5, 2.0
#: How far from its place a number stands, the nearest free one [points], and directions that are tried.
FAR, DIRECTIONS = (18.0, 30.0, 44.0, 60.0, 80.0), 16
#: The list: height of a line [inches], its length [half-width characters], most findings and most lines of each.
LINE, LENGTH, LISTED, LINES = 0.19, 190, 25, 2
#: Room left of the list and below it [inches].
LEFT, BOTTOM = 0.3, 0.12


def draw_problems(venue: Venue, problems: Sequence[Problem], path: str | Path, lang: str = "en") -> None:
    """Write the plan of a venue with a numbered mark for each problem; the ending of `path` chooses the format.

    Raises:
        BadInput: if the format is unknown or the folder does not exist.
    """
    path = check_picture(path)
    build_problem_map(venue, problems, lang=lang).savefig(path, dpi=DPI)


def build_problem_map(venue: Venue, problems: Sequence[Problem], *, lang: str = "en") -> Figure:
    """Return the plan of a venue with its problems marked and listed."""
    rows = [(problem, line) for n, problem in enumerate(problems[:LISTED], 1) for line in _lines(n, problem, lang)]
    more = len(problems) - LISTED
    below = LINE * (len(rows) + (more > 0)) + BOTTOM if problems else 0.0
    shown = [level.name for level in shown_levels(venue)]
    level_of = [next((name for name in _levels_of(one, venue) if name in shown), shown[0]) for one in problems]
    marked: dict[str, list[Point]] = {name: [] for name in shown}
    for name, problem in zip(level_of, problems, strict=True):
        marked[name].append(Point(problem.x, problem.y))
    figure = build_venue_plan(venue, lang=lang, below=below, marked=marked)
    maps = {str(ax.get_label()): ax for ax in figure.axes}
    canvas = figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    labels = {ax: [text.get_window_extent(canvas.get_renderer()) for text in ax.texts] for ax in figure.axes}
    discs: list[tuple[float, float]] = []
    for number, (name, problem) in enumerate(zip(level_of, problems, strict=True), start=1):
        ax = maps[name]
        discs.append(_mark(ax, number, problem, discs=discs, labels=labels[ax]))
    lines = [(line, COLOURS[problem.severity]) for problem, line in rows]
    if more > 0:
        lines.append((in_language(" and {rest} more", lang, {"rest": more}).strip(), palette.TEXT))
    height = figure.get_figheight()
    for row, (line, colour) in enumerate(reversed(lines)):
        style: dict[str, Any] = {"family": font_family(), "parse_math": False, "fontsize": SIZE, "color": colour}
        figure.text(LEFT / figure.get_figwidth(), (BOTTOM + LINE * row) / height, line, va="bottom", **style)
    return figure


def _lines(number: int, problem: Problem, lang: str) -> list[str]:
    """Return a finding as the list has it: its number, its place and what is wrong, in a few lines."""
    place = problem.called.get(lang, problem.place)
    what = in_language(problem.finding, lang, problem.values)
    text = f"{number}.  {place} ({problem.x:g}, {problem.y:g}): {what}"
    # A letter of Hangul takes the room of two others.
    wide = sum(east_asian_width(letter) in "WF" for letter in text)
    length = LENGTH * len(text) // (len(text) + wide)
    return textwrap.wrap(text, length, max_lines=LINES, placeholder=" …", subsequent_indent="      ")


def _mark(
    ax: Axes, number: int, problem: Problem, *, discs: Sequence[tuple[float, float]], labels: Sequence[Bbox]
) -> tuple[float, float]:
    """Draw a ring round the place and a numbered disc beside it; return the middle of the disc [points]."""
    colour = COLOURS[problem.severity]
    # Errors come first, and lie on top.
    top = 20.0 + 1.0 / number
    ax.plot([problem.x], [problem.y], "o", mfc="none", mec=colour, ms=2 * RING, mew=1.8, zorder=top)
    points = 72.0 / ax.figure.dpi
    x, y = (float(side) * points for side in ax.transData.transform((problem.x, problem.y)))
    taken = [Bbox(box.get_points() * points).padded(DISC) for box in labels]
    frame = Bbox(ax.bbox.get_points() * points).padded(-DISC)
    across, up = _free_offset((x, y), discs=discs, taken=taken, frame=frame)
    ax.annotate(
        str(number),
        (problem.x, problem.y),
        xytext=(across, up),
        textcoords="offset points",
        family=font_family(),
        fontsize=SIZE,
        color="white",
        ha="center",
        va="center",
        zorder=top + 1.0,
        bbox={"boxstyle": "circle,pad=0.25", "facecolor": colour, "edgecolor": "white", "linewidth": 0.8},
        arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.9, "shrinkB": RING},
    )
    return x + across, y + up


def _free_offset(
    place: tuple[float, float], *, discs: Sequence[tuple[float, float]], taken: Sequence[Bbox], frame: Bbox
) -> tuple[float, float]:
    """Return how far from a place its number stands [points]: on no other number and, if it can be, on no label."""
    free = []
    for far in FAR:
        for step in range(DIRECTIONS):
            # The first is up and to the right.
            angle = math.pi / 4 + 2 * math.pi * step / DIRECTIONS
            across, up = far * math.cos(angle), far * math.sin(angle)
            x, y = place[0] + across, place[1] + up
            if all(math.hypot(x - a, y - b) >= 2 * DISC + ROOM for a, b in discs) and frame.contains(x, y):
                free.append((across, up))
                if not any(box.contains(x, y) for box in taken):
                    return across, up
    return free[0] if free else (FAR[0], FAR[0])


def _levels_of(problem: Problem, venue: Venue) -> list[str]:
    """Return the levels a problem is on: its place is the name of a level, or of something on one."""
    found = [level.name for level in venue.levels if level.name == problem.place]
    items = (*venue.zones, *venue.gates, *venue.areas, *venue.lines, *venue.elements)
    found += [item.level for item in items if item.name == problem.place]
    links = [link for link in venue.links if link.name == problem.place]
    return found + [end for link in links for end in (link.from_level, link.to_level)]
