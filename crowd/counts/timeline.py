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
        raise ScenarioError(f"{file}: {len(rows)} rows of counts; it needs two or more, each with its time")
    if written and meaning == "per-minute":
        words = f"{in_words(rows[0].cells[0])} is a span, and the numbers are per minute"
        raise ScenarioError(f"{_place(file, rows[0])}: {words}; write single clock times")
    start = _start(spans, rows, file, day=day, zone=zone)
    begins = _begins(spans, rows, file, clock=Clock(start))
    last = _last_length(begins, written, rows=rows, file=file) if meaning == "per-interval" else 0.0
    return Timeline(start, tuple(begins), begins[-1] + last, isinstance(spans[0].begin, datetime))


def _place(file: str, row: Row) -> str:
    return f"{file} row {row.number}, time"


def _span(row: Row, *, file: str) -> Span:
    try:
        return read_span(row.cells[0])
    except ScenarioError as error:
        advice = "; leave sums out: delete this row" if is_sum(row.cells[0]) else ""
        raise ScenarioError(f"{_place(file, row)}: {error}{advice}") from None


def _start(spans: Sequence[Span], rows: Sequence[Row], file: str, *, day: date | None, zone: tzinfo) -> datetime:
    """Return the date and time of the first row; refuse rows written in different ways."""
    first = spans[0].begin
    for span, row in zip(spans, rows, strict=True):
        if _way(span.begin) != _way(first) or (span.length is None) != (spans[0].length is None):
            here, there = in_words(row.cells[0]), in_words(rows[0].cells[0])
            raise ScenarioError(f"{_place(file, row)}: {here} is not written like {there}; write all times in one way")
    if isinstance(first, time):
        return datetime.combine(day or date.today(), first, tzinfo=zone)
    if day is not None:
        raise ScenarioError(f"--date {day}: {file} has dates of its own; leave --date out")
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
        fault = f"{here} is not after {before} of the row before"
        raise ScenarioError(f"{_place(file, rows[wrong])}: {fault}; sort the rows and keep one for each time")
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
            fault = f"{step / MINUTE:g} min after the row before, which lasts {length / MINUTE:g} min"
            right = "rows must follow each other" if written else "rows must be equally far apart, or have spans"
            raise ScenarioError(
                f"{_place(file, row)}: {in_words(row.cells[0])} is {fault}; {right} (18:00~18:15): is a row missing?"
            )
    if min(lengths) < SHORTEST_INTERVAL:
        raise ScenarioError(f"{file}: intervals of {min(lengths):g} s; they must be {SHORTEST_INTERVAL:g} s or longer")
    return lengths[-1]
