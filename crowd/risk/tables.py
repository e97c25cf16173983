"""Reading a recording's tables so that a hole in them is seen, never filled in silence.

Holds: what a recording must offer, one table as columns of numbers, peaks and gaps of a series.
Not here: how tables are written and stored (`crowd.recording`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crowd.alert_levels import LARGEST_GAP
from venues.venue import Venue

Series = NDArray[np.float64]


class RecordingLike(Protocol):
    """What a risk assessment needs of a recording (`crowd.recording.Recording` has it)."""

    @property
    def manifest(self) -> Any:
        """What ran: versions, seed, hashes, start, duration, whether it was completed (mapping or model)."""

    @property
    def venue(self) -> Venue:
        """The place."""

    def table(self, name: str) -> pd.DataFrame:
        """One table, names as plain text."""


@dataclass(frozen=True)
class Peak:
    """The largest value of a series, and when and where it was reached.

    Args:
        value: the largest value.
        time: seconds since the start [s].
        x, y: where, in venue metres; None if the table does not say.
    """

    value: float
    time: float
    x: float | None = None
    y: float | None = None


def read_table(recording: RecordingLike, name: str, columns: Sequence[str]) -> pd.DataFrame | None:
    """One table with exactly `columns`, sorted by time, columns that are not there filled with nan.

    Returns:
        The table, perhaps without rows; None if it cannot be read.
    """
    try:
        table = recording.table(name)
    except (OSError, ValueError, KeyError):
        return None
    table = table.reindex(columns=list(columns))
    return table.sort_values("time", kind="stable") if "time" in columns else table


def numbers(table: pd.DataFrame, column: str) -> Series:
    """One column as float64; what is infinite, negative or no number becomes nan (none may be negative)."""
    values = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=float, na_value=math.nan)
    return np.where(np.isfinite(values) & (values >= 0.0), values, math.nan)


def coordinates(table: pd.DataFrame, column: str) -> Series:
    """One column of coordinates as float64 (these may be negative)."""
    return pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=float, na_value=math.nan)


def largest(
    times: Series, values: Series, *, x: Series | None = None, y: Series | None = None
) -> Peak | None:
    """The peak of a series; None if no sample has a number.

    Args:
        times: (k,) [s].
        values: (k,); nan where unknown.
        x: (k,) where each value was found [m].
        y: (k,) [m].
    """
    if not len(values) or np.isnan(values).all():
        return None
    k = int(np.nanargmax(values))
    east, north = (None if at is None or math.isnan(at[k]) else float(at[k]) for at in (x, y))
    return Peak(float(values[k]), float(times[k]), east, north)


def sample_time(times: Series) -> float:
    """Usual time between samples; 1 s for fewer than two [s]."""
    return float(np.median(np.diff(times))) if len(times) > 1 else 1.0


def unknown_time(times: Series, values: Series, *, until: float) -> float:
    """Time between the start and `until` for which a series says nothing [s].

    Counts samples without a number, gaps between samples, and what is missing at the beginning and the end.

    Args:
        times: (k,) increasing [s].
        values: (k,); nan where unknown.
        until: end of the time that should be covered [s].
    """
    if not len(times):
        return until
    step = sample_time(times)
    gaps = np.diff(np.concatenate(([0.0], times, [max(until, times[-1])])))
    between = float(gaps[gaps > LARGEST_GAP].sum())
    return between + step * float(np.isnan(values).sum())
