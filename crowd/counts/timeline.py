"""The times of a table of counts: its start, and when each row begins and ends.

Not here: how a single time is written (`crowd.counts.moments`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from itertools import pairwise

from crowd.counts.headings import Meaning, is_sum
from crowd.counts.moments import Moment, Span, read_span
from crowd.counts.sheet import Row, in_words
from crowd.errors import ScenarioError
from crowd.scenario.clock import Clock
from crowd.scenario.units import DAY
from venues.refusals import Told, told

MINUTE = 60.0  # [s]
SHORTEST_INTERVAL = 10.0  # [s] assumed: nobody counts in shorter ones


@dataclass(frozen=True)
class Timeline:
    """When the rows of a table are.

    Args:
        start: date and time of the first row, with its offset.
        begins: (k,) times of the rows [s since the start], increasing.
        duration: from the first row to the end of the last [s].
        dated: whether the table states dates.
    """

    start: datetime
    begins: tuple[float, ...]
    duration: float
    dated: bool

    @property
    def ends(self) -> tuple[float, ...]:
        """(k,) ends of the rows' intervals [s since the start]."""
        return (*self.begins[1:], self.duration)


def read_timeline(rows: Sequence[Row], *, file: str, meaning: Meaning, day: date | None, zone: tzinfo) -> Timeline:
    """Return when the rows of a table are.

    Args:
        rows: without the headings; the first cell is the time.
        file: name of the file, for messages.
        meaning: people in the interval of a row last until the next row, the last row as long as the one before.
        day: of the first row, where rows have clock times only; None: today.
        zone: offset from UTC of times that state none.

    Raises:
        ScenarioError: naming file, row and value; one line.
    """
    spans = [_span(row, file=file) for row in rows]
    written = [span.length for span in spans if span.length is not None]
    if not rows or (len(rows) < 2 and not written):
        raise ScenarioError(
            told("{file}: {count} rows of counts; it needs two or more, each with its time", file=file, count=len(rows))
        )
    if written and meaning == "per-minute":
        raise ScenarioError(
            told(
                "{where}: {cell} is a span, and the numbers are per minute; write single clock times",
                where=_place(file, rows[0]),
                cell=in_words(rows[0].cells[0]),
            )
        )
    start = _start(spans, rows, file, day=day, zone=zone)
    begins = _begins(spans, rows, file, clock=Clock(start))
    last = _last_length(begins, written, rows=rows, file=file) if meaning == "per-interval" else 0.0
    return Timeline(start, tuple(begins), begins[-1] + last, isinstance(spans[0].begin, datetime))


def _place(file: str, row: Row) -> Told:
    return told("{file} row {row}, time", file=file, row=row.number)


def _span(row: Row, *, file: str) -> Span:
    try:
        return read_span(row.cells[0])
    except ScenarioError as error:
        advice = told("; leave sums out: delete this row") if is_sum(row.cells[0]) else ""
        raise ScenarioError(
            told("{where}: {what}{advice}", where=_place(file, row), what=error, advice=advice)
        ) from None


def _start(spans: Sequence[Span], rows: Sequence[Row], file: str, *, day: date | None, zone: tzinfo) -> datetime:
    """Return the date and time of the first row; refuse rows written in different ways."""
    first = spans[0].begin
    for span, row in zip(spans, rows, strict=True):
        if _way(span.begin) != _way(first) or (span.length is None) != (spans[0].length is None):
            here, there = in_words(row.cells[0]), in_words(rows[0].cells[0])
            raise ScenarioError(
                told(
                    "{where}: {here} is not written like {there}; write all times in one way",
                    where=_place(file, row),
                    here=here,
                    there=there,
                )
            )
    if isinstance(first, time):
        return datetime.combine(day or date.today(), first, tzinfo=zone)
    if day is not None:
        raise ScenarioError(told("--date {day}: {file} has dates of its own; leave --date out", day=day, file=file))
    return first if first.tzinfo is not None else first.replace(tzinfo=zone)


def _way(moment: Moment) -> str:
    if isinstance(moment, time):
        return "clock time"
    return "date" if moment.tzinfo is None else "date with offset"


def _begins(spans: Sequence[Span], rows: Sequence[Row], file: str, *, clock: Clock) -> list[float]:
    """Return the times of the rows [s since the start]; clock times may run across midnight."""
    times, wrong = clock.seconds_of_rows([span.begin for span in spans], duration=DAY)
    if wrong is not None:
        here, before = in_words(rows[wrong].cells[0]), in_words(rows[wrong - 1].cells[0])
        raise ScenarioError(
            told(
                "{where}: {here} is not after {before} of the row before; sort the rows and keep one for each time",
                where=_place(file, rows[wrong]),
                here=here,
                before=before,
            )
        )
    return times


def _last_length(begins: Sequence[float], written: Sequence[float], *, rows: Sequence[Row], file: str) -> float:
    """Return the length of the last interval [s].

    A row that is missing would spread the people of one interval over two, so intervals must be equal, or written as
    spans without holes.
    """
    steps = [after - before for before, after in pairwise(begins)]
    lengths = written or [min(steps)] * len(rows)
    for row, step, length in zip(rows[1:], steps, lengths, strict=False):
        if abs(step - length) > 1e-6:
            right = (
                told("rows must follow each other")
                if written
                else told("rows must be equally far apart, or have spans")
            )
            raise ScenarioError(
                told(
                    "{where}: {cell} is {step:g} min after the row before, which lasts {length:g} min; "
                    "{right} (18:00~18:15): is a row missing?",
                    where=_place(file, row),
                    cell=in_words(row.cells[0]),
                    step=step / MINUTE,
                    length=length / MINUTE,
                    right=right,
                )
            )
    if min(lengths) < SHORTEST_INTERVAL:
        raise ScenarioError(
            told(
                "{file}: intervals of {length:g} s; they must be {least:g} s or longer",
                file=file,
                length=min(lengths),
                least=SHORTEST_INTERVAL,
            )
        )
    return lengths[-1]
