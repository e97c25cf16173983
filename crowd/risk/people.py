"""Who came, who got in, who waited outside and how long, who was sent another way, who was late.

Reads the tables `counts/` and `trips/`. Nobody is dropped: expected = entered + waiting outside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crowd.risk.tables import Peak, Series, coordinates, largest, numbers, sample_time

COUNT_COLUMNS = ("time", "source", "expected", "entered", "left", "waiting_outside", "diverted")
TRIP_COLUMNS = ("id", "source", "journey", "arrived", "entered", "left", "free_travel_time", "diverted", "delay")


@dataclass(frozen=True)
class SourceCounts:
    """One source: cumulative persons at the end, and its queue outside (`peak_outside` over time)."""

    name: str
    expected: int
    entered: int
    left: int
    waiting_outside: int
    diverted: int
    peak_outside: Peak | None


@dataclass(frozen=True)
class Waits:
    """Times from arriving to entering, over those who waited more than a second.

    Args:
        people: how many waited.
        mean: [s].
        longest: [s].
        still_outside: how many of them had not entered at the end (their time is counted up to the end).
    """

    people: int
    mean: float
    longest: float
    still_outside: int


@dataclass(frozen=True)
class Journeys:
    """Delays of all who came, and times of those who left; nan if nobody did.

    Those who have not left count with what their delay is at least: in a jam the few who left are the quick.

    Args:
        finished: persons who left.
        mean_delay: [s].
        delay_95: delay that one in twenty exceeded [s].
        median_transit: from entering to leaving, of those who left [s].
        transit_95: likewise, what one in twenty exceeded [s].
    """

    finished: int
    mean_delay: float
    delay_95: float
    median_transit: float
    transit_95: float


@dataclass(frozen=True, eq=False)
class PeopleCounts:
    """All sources together, at the end of the recording.

    Args:
        sources: one by one.
        expected, entered, left, waiting_outside, diverted: persons, cumulative but for `waiting_outside`.
        times: (k,) [s].
        outside: (k,) persons waiting outside.
        peak_outside: largest number, None if unknown.
        outside_time: persons times time spent outside [person s].
    """

    sources: tuple[SourceCounts, ...]
    expected: int
    entered: int
    left: int
    waiting_outside: int
    diverted: int
    times: Series
    outside: Series
    peak_outside: Peak | None
    outside_time: float

    @property
    def inside(self) -> int:
        """Persons inside at the end."""
        return self.entered - self.left

    @property
    def unfinished(self) -> int:
        """Persons inside or waiting outside at the end."""
        return self.inside + self.waiting_outside

    @property
    def unaccounted(self) -> int:
        """Persons expected who are neither in nor outside; not zero means that the counts are wrong."""
        return self.expected - self.entered - self.waiting_outside

    @property
    def queue_grows(self) -> bool:
        """Whether at least one more waited outside in the last minute than in the one before (means)."""
        age = self.times[-1] - self.times
        last, before = self.outside[age < 60.0], self.outside[(age >= 60.0) & (age < 120.0)]
        return bool(len(before)) and float(last.mean() - before.mean()) >= 1.0


def assess_counts(table: pd.DataFrame) -> PeopleCounts:
    """Add up the table `counts/` (with `COUNT_COLUMNS`, sorted by time)."""
    table = table.drop_duplicates(["time", "source"], keep="last")
    groups = table.groupby("source", sort=False, observed=True)
    sources = tuple(_source(str(name), group) for name, group in groups)
    waiting = pd.Series(np.nan_to_num(numbers(table, "waiting_outside")), index=table["time"].to_numpy())
    outside = waiting.groupby(level=0).sum()
    times, values = np.asarray(outside.index, dtype=np.float64), np.asarray(outside, dtype=np.float64)
    return PeopleCounts(
        sources=sources,
        expected=sum(source.expected for source in sources),
        entered=sum(source.entered for source in sources),
        left=sum(source.left for source in sources),
        waiting_outside=sum(source.waiting_outside for source in sources),
        diverted=sum(source.diverted for source in sources),
        times=times,
        outside=values,
        peak_outside=largest(times, values),
        outside_time=sample_time(times) * float(values.sum()),
    )


def _source(name: str, table: pd.DataFrame) -> SourceCounts:
    columns = {column: np.nan_to_num(numbers(table, column)) for column in COUNT_COLUMNS[2:]}
    last = {column: int(values[-1]) for column, values in columns.items()}
    peak = largest(table["time"].to_numpy(dtype=float), columns["waiting_outside"])
    return SourceCounts(name=name, peak_outside=peak, **last)


def assess_waits(trips: pd.DataFrame, *, until: float) -> Waits:
    """How long people waited outside, from the table `trips/`.

    Args:
        trips: with `TRIP_COLUMNS`; `entered` is nan for those still outside.
        until: end of the simulated time, up to which the wait of those still outside is counted [s].
    """
    arrived, entered = coordinates(trips, "arrived"), numbers(trips, "entered")
    wait = np.where(np.isnan(entered), until, entered) - arrived
    waited = wait > 1.0
    if not waited.any():
        return Waits(0, 0.0, 0.0, 0)
    still = int((np.isnan(entered) & waited).sum())
    return Waits(int(waited.sum()), float(wait[waited].mean()), float(wait[waited].max()), still)


def assess_journeys(trips: pd.DataFrame, *, until: float) -> Journeys:
    """Delays and transit times, from the table `trips/` (with `TRIP_COLUMNS`).

    Args:
        trips: `entered` is nan for those still outside, `left` and `delay` for all who have not left.
        until: end of the simulated time [s].
    """
    entered, left = numbers(trips, "entered"), numbers(trips, "left")
    outside = np.where(np.isnan(entered), until, entered) - coordinates(trips, "arrived")
    inside = np.maximum(until - entered - numbers(trips, "free_travel_time"), 0.0)
    at_least = outside + np.where(np.isnan(entered), 0.0, inside)
    delay = np.where(np.isnan(left), at_least, coordinates(trips, "delay"))
    delay, transit = delay[np.isfinite(delay)], (left - entered)[np.isfinite(left - entered)]
    return Journeys(
        finished=int(np.isfinite(left).sum()),
        mean_delay=float(delay.mean()) if len(delay) else float("nan"),
        delay_95=_quantile(delay, 0.95),
        median_transit=_quantile(transit, 0.5),
        transit_95=_quantile(transit, 0.95),
    )


def _quantile(values: Series, share: float) -> float:
    return float(np.quantile(values, share)) if len(values) else float("nan")
