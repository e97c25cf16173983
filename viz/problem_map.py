"""The plan of a venue with what the check found on it: numbered marks, errors first.

Not here: the plan (`plan.py`), the finding (`venues.check`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes

from venues import Problem, Venue
from viz import palette
from viz.labels import font_family
from viz.plan import DPI, build_venue_plan, check_picture

#: Colour of a mark, and its size [points].
COLOURS = {"error": "#C00000", "warning": "#B36B00", "information": "#3B5B92"}
SIZE = 8.5


def draw_problems(venue: Venue, problems: Sequence[Problem], path: str | Path, lang: str = "en") -> None:
    """Write the plan of a venue with a numbered mark for each problem; the ending of `path` chooses the format.

    Raises:
        BadInput: if the format is unknown or the folder does not exist.
    """
    path = check_picture(path)
    figure = build_venue_plan(venue, lang=lang)
    maps = {str(ax.get_label()): ax for ax in figure.axes}
    # Errors last, so that they lie on top.
    for number, problem in reversed(list(enumerate(problems, start=1))):
        level = next((name for name in _levels_of(problem, venue) if name in maps), next(iter(maps)))
        _mark(maps[level], number, problem)
    figure.savefig(path, dpi=DPI)


def _mark(ax: Axes, number: int, problem: Problem) -> None:
    """Draw a numbered disc beside a cross at the place."""
    colour = COLOURS.get(problem.severity, palette.TEXT)
    ax.plot([problem.x], [problem.y], marker="x", color=colour, markersize=6, markeredgewidth=1.6, zorder=20)
    ax.annotate(
        str(number),
        (problem.x, problem.y),
        xytext=(9, 9),
        textcoords="offset points",
        family=font_family(),
        fontsize=SIZE,
        color="white",
        ha="center",
        va="center",
        zorder=21,
        bbox={"boxstyle": "circle,pad=0.25", "facecolor": colour, "edgecolor": "white", "linewidth": 0.8},
    )


def _levels_of(problem: Problem, venue: Venue) -> list[str]:
    """Return the levels a problem is on: its place is the name of a level, or of something on one."""
    found = [level.name for level in venue.levels if level.name == problem.place]
    items = (*venue.zones, *venue.gates, *venue.areas, *venue.lines, *venue.elements)
    found += [item.level for item in items if item.name == problem.place]
    links = [link for link in venue.links if link.name == problem.place]
    return found + [end for link in links for end in (link.from_level, link.to_level)]
