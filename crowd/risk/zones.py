"""What each zone went through: levels, peaks, exposures, forces, lead times, level of service.

Reads the table `zones/` only. Not here: lines and gridlock (`lines`), people who wait or are late (`people`),
the meaning of a hole in the data (`doubts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crowd.alert_levels import Preset, alert_levels, periods
from crowd.level_of_service import LETTERS, Facility, level_of_service_of_density
from crowd.quantities import EXPOSURE_DENSITIES
from crowd.recording.tables import HARMFUL_FORCE
from crowd.risk.oscillation import COLUMNS as SWAY_COLUMNS
from crowd.risk.oscillation import Oscillation, assess_oscillation
from crowd.risk.streams import Opposed, opposed_in_zone
from crowd.risk.tables import Peak, Series, coordinates, largest, numbers, sample_time, unknown_time
from venues.venue import WHOLE_VENUE, Venue

TREND_TIME = 60.0
"""The last two stretches of this length tell whether density was rising at the end [s], assumed."""

RISING_BY = 0.1
"""Rise between them that counts [1/m2], assumed."""

EXPOSURES: Mapping[str, str] = {
    **{str(limit): f"above_{limit}" for limit in EXPOSURE_DENSITIES},
    "above_600_N": "above_600_N",
    "between_100_600_N": "between_100_600_N",
}
"""Name of each exposure and the column that counts the persons."""

COLUMNS = (
    "time", "zone", "people", "density", "level_density", "level_x", "level_y", "local_density_max",
    "crowd_pressure_max", "turbulent_area", "contact_force_max", "contact_force_10s_max", "dose_max",
    "congestion_number", "opposed_people", *SWAY_COLUMNS, *EXPOSURES.values(),
)  # fmt: skip

RUNNING_MEAN = 10
"""Samples of a second over which the congestion number is a mean: one second is noise, assumed."""


@dataclass(frozen=True)
class LeadTime:
    """From the first crossing of a level to what came next: a higher level, or "harm" (`HARMFUL_FORCE`)."""

    level: str
    to: str
    seconds: float


@dataclass(frozen=True, eq=False)
class ZoneRisk:
    """One zone. Peaks are None, and exposures nan, where the table has no numbers.

    Args:
        name: of the zone; "venue" is the whole venue.
        facility: what Fruin's letters are read for.
        times: (k,) [s].
        level_density: (k,) what levels are judged by; nan where unknown [1/m2].
        states: (k,) level at each time, 0 for none.
        highest: highest level reached (0 none).
        first_times: level key -> first time at or above its threshold [s].
        first_spots: level key -> where density was highest then (x, y) [m], nan where unknown.
        end_spot: where density was highest at the last sample (x, y) [m], nan where unknown.
        first_harm: first time the 10 s mean force on anyone was above `HARMFUL_FORCE`, None if never [s].
        level_periods: (level key, from, to) [s].
        peaks: column of the table -> its peak; the congestion number's is of its running mean.
        exposure: name of the exposure -> persons times seconds [person s].
        exposure_time: name of the exposure -> time with anyone exposed [s].
        service: worst letter, None if unknown.
        turbulent_time: time with turbulent floor in the zone [s].
        lead_times: from each level to what came next.
        congestion: mean congestion number while people walk, nan if unknown.
        opposed: streams that walk against each other.
        oscillation: of the people who are packed, None if none was found.
        unknown: time for which level density is not known [s].
        trend: mean level density in the last minute and in the minute before it [1/m2].
    """

    name: str
    facility: Facility
    times: Series
    level_density: Series
    states: NDArray[np.int8]
    highest: int
    first_times: Mapping[str, float]
    first_spots: Mapping[str, tuple[float, float]]
    end_spot: tuple[float, float]
    first_harm: float | None
    level_periods: tuple[tuple[str, float, float], ...]
    peaks: Mapping[str, Peak | None]
    exposure: Mapping[str, float]
    exposure_time: Mapping[str, float]
    service: str | None
    turbulent_time: float
    lead_times: tuple[LeadTime, ...]
    congestion: float
    opposed: Opposed
    oscillation: Oscillation | None
    unknown: float
    trend: tuple[float, float]

    @property
    def rising(self) -> bool:
        """Whether level density was still rising when the recording ended."""
        last, before = self.trend
        return bool(last - before > RISING_BY)


def assess_zones(table: pd.DataFrame, venue: Venue, preset: Preset, *, until: float) -> tuple[ZoneRisk, ...]:
    """Judge every zone of the table `zones/`.

    Args:
        table: with `COLUMNS`, sorted by time.
        venue: to know what each zone is for.
        preset: the alert levels.
        until: end of the simulated time [s].

    Returns:
        In the order of the venue's zones and areas, then others; the whole venue last.
    """
    groups = {str(name): group for name, group in table.groupby("zone", sort=False, observed=True)}
    known = [zone.name for zone in venue.zones] + [area.name for area in venue.areas]
    order = [name for name in known if name in groups]
    order += [name for name in groups if name not in known and name != WHOLE_VENUE]
    order += [WHOLE_VENUE] if WHOLE_VENUE in groups else []
    return tuple(_assess_zone(name, groups[name], _facility(name, venue), preset, until=until) for name in order)


def _assess_zone(name: str, table: pd.DataFrame, facility: Facility, preset: Preset, *, until: float) -> ZoneRisk:
    table = table.drop_duplicates("time", keep="last")
    times, density = table["time"].to_numpy(dtype=float), numbers(table, "level_density")
    step, thresholds = sample_time(times), preset.thresholds(name)
    states = alert_levels(times, density, thresholds)
    first = {
        key: float(times[int(np.argmax(density >= limit))])
        for key, limit in zip(preset.keys, thresholds, strict=True)
        if (density >= limit).any()
    }
    at = zip(coordinates(table, "level_x"), coordinates(table, "level_y"), strict=True)
    spots = {float(time): (float(x), float(y)) for time, (x, y) in zip(times, at, strict=True)}
    hurt = np.flatnonzero(numbers(table, "contact_force_10s_max") > HARMFUL_FORCE)
    harm = float(times[hurt[0]]) if len(hurt) else None
    service_time = _service_time(density, facility, step)
    return ZoneRisk(
        name=name,
        facility=facility,
        times=times,
        level_density=density,
        states=states,
        highest=int(states.max(initial=0)),
        first_times=first,
        first_spots={key: spots[time] for key, time in first.items()},
        end_spot=spots[float(times[-1])] if len(times) else (float("nan"), float("nan")),
        first_harm=harm,
        level_periods=tuple((preset.keys[k - 1], start, end) for k, start, end in periods(times, states)),
        peaks=_peaks(table, times),
        exposure={key: step * _sum(numbers(table, column)) for key, column in EXPOSURES.items()},
        exposure_time={key: step * float((numbers(table, column) > 0.0).sum()) for key, column in EXPOSURES.items()},
        service=next((letter for letter in reversed(LETTERS) if service_time[letter] > 0.0), None),
        turbulent_time=step * float((numbers(table, "turbulent_area") > 0.0).sum()),
        lead_times=_lead_times(first, harm),
        congestion=_mean(numbers(table, "congestion_number")),
        opposed=opposed_in_zone(table, times),
        oscillation=assess_oscillation(table),
        unknown=unknown_time(times, density, until=until),
        trend=_trend(times, density),
    )


def _facility(name: str, venue: Venue) -> Facility:
    """Fruin's table for a zone: people stand in queues and waiting places, and walk elsewhere."""
    kinds = next((zone.kinds for zone in venue.zones if zone.name == name), frozenset())
    return "queue" if kinds & {"queue", "waiting", "stage"} else "walkway"


def _peaks(table: pd.DataFrame, times: Series) -> dict[str, Peak | None]:
    place = {"x": coordinates(table, "level_x"), "y": coordinates(table, "level_y")}
    peaks = {
        column: largest(times, numbers(table, column))
        for column in COLUMNS
        if column.endswith("_max") or column in ("people", "density")
    }
    smooth = pd.Series(numbers(table, "congestion_number")).rolling(RUNNING_MEAN).mean().to_numpy()
    return {
        "level_density": largest(times, numbers(table, "level_density"), **place),
        "congestion_number": largest(times, smooth),
        **peaks,
    }


def _sum(values: Series) -> float:
    """Sum over the samples that are known; nan if none is."""
    return float(np.nansum(values)) if np.isfinite(values).any() else float("nan")


def _service_time(density: Series, facility: Facility, step: float) -> dict[str, float]:
    letters = [level_of_service_of_density(value, facility) for value in density[np.isfinite(density)]]
    return {letter: step * letters.count(letter) for letter in LETTERS}


def _lead_times(first: Mapping[str, float], harm: float | None) -> tuple[LeadTime, ...]:
    """From each level to the next, and from each to the first harm (negative: harm came before the level)."""
    steps = [LeadTime(low, high, first[high] - first[low]) for low, high in pairwise(first)]
    if harm is not None:
        steps += [LeadTime(level, "harm", harm - time) for level, time in first.items()]
    return tuple(steps)


def _trend(times: Series, density: Series) -> tuple[float, float]:
    """Mean level density in the last `TREND_TIME` and in the one before it [1/m2]; nan without samples."""
    if not len(times):
        return float("nan"), float("nan")
    age = times[-1] - times
    last, before = age < TREND_TIME, (age >= TREND_TIME) & (age < 2 * TREND_TIME)
    return _mean(density[last]), _mean(density[before])


def _mean(values: Series) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")
