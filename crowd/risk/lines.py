"""Flows over gates and measurement lines, and gridlock.

Reads the table `lines/` only. Gridlock (model definition): less than 0.1 persons per metre and second over a
line for 120 s, with more than 2 persons per square metre on both sides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crowd.alert_levels import LARGEST_GAP
from crowd.risk.streams import Opposed, opposed_over_line
from crowd.risk.tables import Series, numbers, sample_time
from venues.venue import Venue

GRIDLOCK_FLOW = 0.1
"""Specific flow below which a line stands still [1/(m s)]."""

GRIDLOCK_TIME = 120.0
"""How long it must stand still [s]."""

GRIDLOCK_DENSITY = 2.0
"""Density that must be exceeded on both sides [1/m2]."""

SMOOTHING = 10.0
"""Densities beside a line are means over this time: one thin second ends no gridlock [s], assumed."""

COLUMNS = ("time", "line", "forward", "backward", "density_left", "density_right")


@dataclass(frozen=True)
class Gridlock:
    """A line that stood still between dense crowds from `start` to `end` [s]."""

    place: str
    start: float
    end: float


@dataclass(frozen=True)
class Minute:
    """Crossings in one minute.

    Args:
        start: [s].
        seconds: how much of the minute was recorded [s].
        forward: persons.
        backward: persons.
    """

    start: float
    seconds: float
    forward: int
    backward: int


@dataclass(frozen=True)
class LineFlow:
    """What crossed one line.

    Args:
        name: of the gate or line.
        width: clear width, None if it is not known [m].
        minutes: crossings minute by minute.
        forward: persons in all.
        backward: persons in all.
        peak_flow: largest specific flow of a full minute, both ways together; None if unknown [1/(m s)].
        gridlocks: in order of time.
        opposed: streams that walk against each other over the line.
        judged: whether gridlock could be looked for all the time (width and densities known).
    """

    name: str
    width: float | None
    minutes: tuple[Minute, ...]
    forward: int
    backward: int
    peak_flow: float | None
    gridlocks: tuple[Gridlock, ...]
    opposed: Opposed
    judged: bool


def line_widths(venue: Venue, extra: Mapping[str, float] | None = None) -> dict[str, float]:
    """Clear width of every gate and measurement line [m]; `extra` are those a scenario adds."""
    gates = {gate.name: gate.clear_width for gate in venue.gates}
    return {**gates, **{line.name: line.clear_width for line in venue.lines}, **(extra or {})}


def assess_lines(table: pd.DataFrame, widths: Mapping[str, float]) -> tuple[LineFlow, ...]:
    """Judge every line of the table `lines/` (with `COLUMNS`, sorted by time), in order of appearance."""
    groups = table.groupby("line", sort=False, observed=True)
    return tuple(_assess_line(str(name), group, widths.get(str(name))) for name, group in groups)


def _assess_line(name: str, table: pd.DataFrame, width: float | None) -> LineFlow:
    table = table.drop_duplicates("time", keep="last")
    times = table["time"].to_numpy(dtype=float)
    forward, backward = (np.nan_to_num(numbers(table, side)) for side in ("forward", "backward"))
    sides = [numbers(table, side) for side in ("density_left", "density_right")]
    minutes = _minutes(times, forward, backward)
    still = None if width is None else _standstill(times, forward + backward, sides, width=width)
    return LineFlow(
        name=name,
        width=width,
        minutes=minutes,
        forward=int(forward.sum()),
        backward=int(backward.sum()),
        peak_flow=_peak_flow(minutes, width),
        gridlocks=() if still is None else tuple(Gridlock(name, a, b) for a, b in _spans(times, still)),
        opposed=opposed_over_line(times, forward, backward, sides),
        judged=width is not None and not np.isnan(sides).any(),
    )


def _minutes(times: Series, forward: Series, backward: Series) -> tuple[Minute, ...]:
    """Crossings by minute; a row at time t counts the interval that ends at t."""
    step = sample_time(times)
    minute = np.floor(np.maximum(times - step / 2, 0.0) / 60.0).astype(int)
    return tuple(
        Minute(
            start=60.0 * number,
            seconds=step * int((minute == number).sum()),
            forward=int(forward[minute == number].sum()),
            backward=int(backward[minute == number].sum()),
        )
        for number in np.unique(minute)
    )


def _peak_flow(minutes: tuple[Minute, ...], width: float | None) -> float | None:
    full = [minute for minute in minutes if minute.seconds >= 59.0]
    if width is None or not full:
        return None
    return max((minute.forward + minute.backward) / minute.seconds for minute in full) / width


def _standstill(times: Series, crossings: Series, sides: list[Series], *, width: float) -> NDArray[np.bool_]:
    """Whether the `GRIDLOCK_TIME` that ends at each sample was a gridlock.

    Args:
        times: (k,) [s].
        crossings: (k,) persons in both directions since the sample before.
        sides: densities on the two sides, (k,) each [1/m2].
        width: clear width [m].

    Returns:
        (k,)
    """
    step = sample_time(times)
    window, smooth = max(1, round(GRIDLOCK_TIME / step)), max(1, round(SMOOTHING / step))
    dense = np.ones(len(times), dtype=bool)
    for side in sides:
        mean = pd.Series(side).rolling(smooth, min_periods=1).mean().to_numpy()
        dense &= mean > GRIDLOCK_DENSITY
    flow = pd.Series(crossings).rolling(window).sum().to_numpy() / (GRIDLOCK_TIME * width)
    dense_throughout = pd.Series(dense.astype(float)).rolling(window).sum().to_numpy() >= window
    covered = pd.Series(times).diff(window - 1).to_numpy() < GRIDLOCK_TIME + LARGEST_GAP
    return (flow < GRIDLOCK_FLOW) & dense_throughout & covered


def _spans(times: Series, still: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """Stretches covered by overlapping windows, each from the beginning of its first one [s]."""
    spans: list[tuple[float, float]] = []
    for end in times[still].tolist():
        start = max(0.0, end - GRIDLOCK_TIME)
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans
