"""How every chart is set up and written: one font, plain text, clock times, PNG bytes.

Not here: what a chart shows (`figures.py`, `risk_maps.py`).
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from viz import palette
from viz.labels import font_family

WIDTH = 9.0
"""Width of a figure that fills the page [inches]."""

DPI = 150
TICK_STEPS = (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)
"""Steps between clock times on an axis [s]."""

HATCHES = ("", "..", "//", "xx", "++", "OO")
"""One pattern for each alert level, the first for none: colour is never the only sign."""


LABEL_BOX: dict[str, Any] = {
    "boxstyle": "round,pad=0.15",
    "facecolor": "white",
    "edgecolor": "none",
    "alpha": 0.9,
}
"""The white ground of a text that lies on colours."""

UNKNOWN: dict[str, Any] = {"facecolor": palette.OBSTACLE, "hatch": "\\\\\\"}
"""How a place or time looks of which nothing is known."""


def new_figure(height: float, *, width: float = WIDTH) -> Figure:
    """An empty figure of the page's width, drawn by Agg without any global state [inches]."""
    figure = Figure(figsize=(width, height), dpi=DPI, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def clock_axis(ax: Axes, start: datetime, *, end: float, say: Callable[[float, bool], str]) -> None:
    """Put round clock times under an axis in seconds since `start`.

    Args:
        ax: the axis goes from 0 to `end`.
        start: date and time of the start.
        end: last time [s].
        say: from seconds since the start, and whether whole minutes will do, to the text of a tick.
    """
    step = next((step for step in TICK_STEPS if end / step <= 8), TICK_STEPS[-1])
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    first = -(start - midnight) / timedelta(seconds=1) % step
    ticks = [first + k * step for k in range(int(max(0.0, end - first) // step) + 1)]
    ax.set_xlim(0.0, max(end, 1.0))
    ax.set_xticks(ticks, _day_said_once([say(tick, step >= 60) for tick in ticks]))


def _day_said_once(texts: Sequence[str]) -> list[str]:
    """Put the day of a clock time below it, and only where it is not the day of the tick before."""
    days = [text.rpartition(" ")[0] for text in texts]
    clocks = [text.rpartition(" ")[2] for text in texts]
    return [
        f"{clock}\n{day.rstrip(',')}" if day != before else clock
        for clock, day, before in zip(clocks, days, ["", *days], strict=False)
    ]


def light_frame(ax: Axes) -> None:
    """Leave only the lines of a frame that carry numbers."""
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.tick_params(length=3, labelsize=8.5)
    ax.grid(axis="y", color=palette.OUTSIDE, linewidth=0.7)
    ax.set_axisbelow(True)


def to_png(figure: Figure) -> bytes:
    """The figure as PNG, in the shipped font, with every text as it is (a dollar sign stays one).

    Characters that no font has become boxes; `viz.fonts.missing_glyphs` is how a report tells of them.
    """
    buffer = io.BytesIO()
    use_plain_text(figure)
    with missing_glyphs_allowed():
        figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    return buffer.getvalue()


def use_plain_text(figure: Figure) -> None:
    """Write every text of a figure in the shipped font and without mathematics."""
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        text.set_fontfamily(font_family())
        text.set_parse_math(False)


@contextmanager
def missing_glyphs_allowed() -> Iterator[None]:
    """Draw names in scripts that no font covers without a warning for each character."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
        yield
