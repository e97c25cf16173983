"""Clock times of a scenario to seconds since its start, also across midnight.

Holds: `Clock`, which knows the start and its time zone.
Not here: durations and other quantities (`crowd.scenario.units`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from crowd.errors import BadInput, shown
from crowd.quantities import YEARS
from crowd.scenario.units import DAY, OFFSET, parse_quantity
from venues.refusals import told

_WALL_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d{1,6})?))?$")
_DATED = re.compile(r"^\d{4}-\d{2}-\d{2}[T ]")
_RIGHT = told("write a clock time like '22:15', '2022-10-29T22:15:00+09:00', or '5 min' from the start")

Moment = str | datetime | time


@dataclass(frozen=True)
class Clock:
    """The clock of a scenario: what 22:15 means in seconds since the start.

    Args:
        start: the start of the scenario, with its offset from UTC.
    """

    start: datetime

    def __post_init__(self) -> None:
        if not isinstance(self.start, datetime) or self.start.utcoffset() is None:
            raise BadInput(
                told("start {start} has no time zone; write it like 2022-10-29T21:50:00+09:00", start=shown(self.start))
            )
        if self.start.year not in YEARS:
            raise BadInput(
                told(
                    "start {start} has the year {year}; write {first} to {last}",
                    start=shown(self.start),
                    year=self.start.year,
                    first=YEARS[0],
                    last=YEARS[-1],
                )
            )

    def seconds(self, moment: Moment) -> float:
        """Return seconds since the start; a bare clock time is the first one from the start on [s]."""
        since_midnight = wall_clock(moment)
        if since_midnight is None:
            return self.seconds_of_dated(moment)
        return (since_midnight - self.seconds_of_midnight()) % DAY

    def seconds_of_dated(self, moment: Moment) -> float:
        """Return seconds since the start of a date and time, or of a time counted from the start [s].

        Raises:
            BadInput: text that is neither.
        """
        if isinstance(moment, str):
            if not _DATED.match(moment.strip()):
                return _offset(moment)
            moment = _dated(moment)
        if not isinstance(moment, datetime):
            raise BadInput(told("{text} is not a time; {right}", text=shown(moment), right=_RIGHT))
        aware = moment if moment.utcoffset() is not None else moment.replace(tzinfo=self.start.tzinfo)
        return (aware - self.start).total_seconds()

    def seconds_of_rows(self, moments: Sequence[Moment], *, duration: float) -> tuple[list[float], int | None]:
        """Return the times of consecutive rows, which may run across midnight [s since the start].

        Bare clock times lie on the day on which the rows cover most of the scenario.

        Args:
            moments: (k,) times as written.
            duration: length of the scenario [s].

        Returns:
            (k,) increasing times; and the index of the first row out of order, or None.
        """
        walls = [wall_clock(moment) for moment in moments]
        bare = [wall for wall in walls if wall is not None]
        if len(bare) == len(walls):
            rolled, wrong = _rolled_over_midnight(bare)
            shift = _shift_to_cover(rolled, midnight=self.seconds_of_midnight(), duration=duration)
            return [time + shift for time in rolled], wrong
        times = [self.seconds(moment) for moment in moments]
        return times, next((i for i in range(1, len(times)) if times[i] <= times[i - 1]), None)

    def at(self, seconds: float) -> datetime:
        """Return the clock time at a number of seconds since the start, in the scenario's own zone."""
        return self.start + timedelta(seconds=seconds)

    def seconds_of_midnight(self) -> float:
        """Return the time from the midnight before the start, in its own zone, to the start [s]."""
        return _since_midnight(self.start.timetz())


def wall_clock(moment: object) -> float | None:
    """Return a bare clock time as seconds since midnight [s], None for anything else.

    Raises:
        BadInput: a clock time that no clock shows, like 25:10.
    """
    if isinstance(moment, time):
        return _since_midnight(moment)
    if not isinstance(moment, str):
        return None
    match = _WALL_CLOCK.match(moment.strip())
    if match is None:
        return None
    hours, minutes, seconds = int(match[1]), int(match[2]), float(match[3] or 0.0)
    if hours > 23 or minutes > 59 or seconds >= 60.0:
        raise BadInput(told("{text} is not a time of day; {right}", text=shown(moment), right=_RIGHT))
    return 3600.0 * hours + 60.0 * minutes + seconds


def _since_midnight(moment: time) -> float:
    return 3600.0 * moment.hour + 60.0 * moment.minute + moment.second + 1e-6 * moment.microsecond


def _dated(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(told("{text} is not a date and time; {right}", text=shown(text), right=_RIGHT)) from None


def _offset(text: str) -> float:
    try:
        return parse_quantity(text, OFFSET)
    except BadInput:
        raise BadInput(told("{text} is not a time; {right}", text=shown(text), right=_RIGHT)) from None


def _rolled_over_midnight(times: list[float]) -> tuple[list[float], int | None]:
    """Return clock times of consecutive rows with days added, so that a table may run across midnight.

    A step back by more than twelve hours is midnight; a smaller one, or none, is a mistake in the order.

    Args:
        times: (k,) seconds since midnight [s].

    Returns:
        Increasing seconds since the midnight before the first row [s], up to the first row out of order; and
        the index of that row, or None.
    """
    rolled: list[float] = []
    day = 0.0
    for index, moment in enumerate(times):
        if index and times[index - 1] - moment > DAY / 2:
            day += DAY
        if rolled and moment + day <= rolled[-1]:
            return rolled, index
        rolled.append(moment + day)
    return rolled, None


def _shift_to_cover(times: Sequence[float], *, midnight: float, duration: float) -> float:
    """Return the shift from seconds since a midnight to seconds since the start, on the best day [s].

    Args:
        times: (k,) increasing seconds since a midnight [s].
        midnight: time from the midnight before the start to the start [s].
        duration: length of the scenario [s].
    """

    def covered(day: int) -> float:
        shift = day * DAY - midnight
        return min(times[-1] + shift, duration) - max(times[0] + shift, 0.0)

    return max((0, -1, 1), key=covered) * DAY - midnight
