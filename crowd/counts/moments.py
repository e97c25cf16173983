"""Clock times as people write them in tables: 18:00, 2026-05-01 18:00, 오후 6:00, 18:00~18:15.

Not here: what a clock time means in a scenario (`crowd.scenario.clock`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone

from crowd.counts.sheet import Cell, Formula
from crowd.errors import ScenarioError, shown
from crowd.quantities import YEARS
from crowd.scenario.units import DAY
from venues.refusals import told

RIGHT = told("write a clock time like 18:00, or 2026-05-01 18:00")

_WRITTEN = re.compile(
    r"""
    (?:(?P<year>\d{4})\s*[-./년]\s*(?P<month>\d{1,2})\s*[-./월]\s*(?P<day>\d{1,2})\s*[.일]?(?:T|\s)\s*)?
    (?P<before>오전|오후|[AaPp][Mm])?\s*
    (?P<hour>\d{1,2})
    (?: :(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.0+)?)? | 시(?:\s*(?P<minutes>\d{1,2})분)? )
    \s*(?P<after>[AaPp][Mm])?
    (?P<offset>\s*(?:Z|[+-]\d{2}:?\d{2}))?
    """,
    re.VERBOSE,
)
_SPAN = re.compile(r"\s*[~\u223c〜～–—]\s*")
_HYPHEN_SPAN = re.compile(r"(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})")
_AFTERNOON = ("오후", "pm")
_ANY_DAY = datetime(2000, 1, 1)

Moment = datetime | time


@dataclass(frozen=True)
class Span:
    """The time of a row: when it begins and, where that is written too, how long it lasts [s]."""

    begin: Moment
    length: float | None = None


def read_span(cell: Cell) -> Span:
    """Return the time that a cell gives, one moment or the span between two.

    Raises:
        ScenarioError: what is wrong with the value, and what would be right; the caller says where.
    """
    if not isinstance(cell, str):
        return Span(_from_workbook(cell))
    hyphen = _HYPHEN_SPAN.fullmatch(cell)
    parts = list(hyphen.groups()) if hyphen else _SPAN.split(cell)
    if len(parts) == 1 or isinstance(cell, Formula):
        return Span(_from_text(cell))
    if len(parts) != 2:
        raise ScenarioError(told("{text} is no time; {right}, or 18:00~18:15", text=shown(cell), right=RIGHT))
    begin, end = (_from_text(part) for part in parts)
    return Span(begin, _seconds_between(begin, end, written=cell))


def _from_workbook(cell: Cell) -> Moment:
    """Return a moment from a cell of a workbook; its times are fractions of a day, right to a millisecond."""
    if isinstance(cell, datetime):
        return _whole_second(cell)
    if isinstance(cell, time):
        return _whole_second(datetime.combine(_ANY_DAY, cell)).time()
    if isinstance(cell, timedelta) and timedelta(0) <= cell < timedelta(days=1):
        return _whole_second(_ANY_DAY + cell).time()
    value = told("blank") if cell is None else shown(str(cell) if isinstance(cell, timedelta) else cell)
    raise ScenarioError(told("{text} is no time; {right}, in a cell of the kind time or text", text=value, right=RIGHT))


def _whole_second(moment: datetime) -> datetime:
    if moment.year not in YEARS:
        raise ScenarioError(told("{text} is no time of any day; {right}", text=shown(str(moment)), right=RIGHT))
    return (moment + timedelta(milliseconds=500)).replace(microsecond=0)


def _from_text(text: str) -> Moment:
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ScenarioError(told("{text} is no time; {right}", text=shown(text), right=RIGHT))
    try:
        minute, second = (int(part or 0) for part in (found["minute"] or found["minutes"], found["second"]))
        hour = _hour(found, written=text)
        # 24:00 is how the end of a day is written, 0:00 of the next.
        midnight = (hour, minute, second) == (24, 0, 0)
        clock = time(0 if midnight else hour, minute, second)
        if found["year"] is None:
            return _bare(clock, offset=found["offset"], written=text)
        date = datetime(int(found["year"]), int(found["month"]), int(found["day"]))
        if date.year not in YEARS:
            raise ValueError
        date += timedelta(days=midnight)
        return datetime.combine(date, clock, tzinfo=_zone(found["offset"]))
    except ScenarioError:
        raise
    except ValueError:  # what no clock or calendar shows
        raise ScenarioError(told("{text} is no time of any day; {right}", text=shown(text), right=RIGHT)) from None


def _hour(found: re.Match[str], *, written: str) -> int:
    """Return the hour of the day, from 0."""
    hour, half = int(found["hour"]), (found["before"] or found["after"] or "").lower()
    if not half:
        return hour
    if (found["before"] and found["after"]) or not 1 <= hour <= 12:
        raise ScenarioError(
            told(
                "{text} is no time: with {half} the hour is from 1 to 12; {right}",
                text=shown(written),
                half=half,
                right=RIGHT,
            )
        )
    return hour % 12 + (12 if half in _AFTERNOON else 0)


def _bare(clock: time, *, offset: str | None, written: str) -> time:
    if offset is not None:
        raise ScenarioError(
            told("{text} has an offset without a date; write 2026-05-01T18:00+09:00 or 18:00", text=shown(written))
        )
    return clock


def _zone(offset: str | None) -> timezone | None:
    if offset is None:
        return None
    digits = offset.strip().replace(":", "")
    if digits == "Z":
        return UTC
    sign = -1 if digits[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5])))


def _seconds_between(begin: Moment, end: Moment, *, written: str) -> float:
    """Return the length of a span [s]; the end may leave out the date, and then may be past midnight."""
    if isinstance(begin, datetime) and isinstance(end, time):
        past = datetime.combine(begin.date(), end, tzinfo=begin.tzinfo)
        length = ((past - begin).total_seconds()) % DAY
    elif isinstance(begin, time) and isinstance(end, time):
        ends, begins = (datetime.combine(_ANY_DAY, one) for one in (end, begin))
        length = (ends - begins).total_seconds() % DAY
    elif isinstance(begin, datetime) and isinstance(end, datetime) and (begin.tzinfo is None) == (end.tzinfo is None):
        length = (end - begin).total_seconds()
    else:
        raise ScenarioError(
            told("{text}: one end has a date or an offset that the other lacks; write both alike", text=shown(written))
        )
    if length <= 0.0:
        raise ScenarioError(told("{text} does not end after it begins; write it like 18:00~18:15", text=shown(written)))
    return length
