"""Tables of expected counts: a CSV file with a clock time in each row and people per minute in each column.

Holds: the reader, from a column of a file to points of a rate.
Not here: what the points mean (`crowd.demand`), which column a scenario uses (`crowd.scenario.schema`).
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crowd.demand import LARGEST_RATE
from crowd.errors import BadInput, ScenarioError, no_such, shown
from crowd.scenario.clock import Clock
from crowd.scenario.text_file import load_text
from venues.refusals import told

LARGEST_ROWS = 100_000  # a row a second for a day, and some
TIME_COLUMN = "time"
_UNIT_OF_TABLE = 60.0  # tables count people per minute


@dataclass(frozen=True)
class _Row:
    """One row of a table: line number in the file, text of the time, text of the count."""

    line: int
    time: str
    count: str


def load_demand_table(path: Path, *, column: str, clock: Clock, duration: float) -> tuple[tuple[float, float], ...]:
    """Read the points of a rate from a column of a CSV file.

    A file has a header row with `time` and one or more columns of people per minute; lines that begin with #
    are comments. Times are clock times ("21:50") or dates with times; a clock time that steps back by more
    than twelve hours is past midnight. The table lies on the day on which it covers the scenario.

    Args:
        path: the file.
        column: name of the column.
        clock: clock of the scenario.
        duration: length of the scenario [s].

    Returns:
        (k,) pairs of time [s since the start] and rate [1/s]; times increase and cover the scenario.

    Raises:
        ScenarioError: anything else, naming file, row and value.
    """
    rows = _rows_of(path, column=column)
    times = _times_of(rows, where=path.name, clock=clock, duration=duration)
    _check_cover(times, rows=rows, where=path.name, duration=duration)
    return tuple((time, _rate_of(row, where=path.name, column=column)) for time, row in zip(times, rows, strict=True))


def _rows_of(path: Path, *, column: str) -> list[_Row]:
    """Return the rows of a file with the text of the time and of one column."""
    lines = _lines_of(path)
    if not lines:
        raise ScenarioError(
            told(
                "{file}: the table is empty; it needs a header row with 'time' and a row for each time", file=path.name
            )
        )
    (_, header), body = lines[0], lines[1:]
    for name in (TIME_COLUMN, column):
        if header.count(name) != 1:
            raise ScenarioError(
                told(
                    "{file}: {count} columns are called {name!r}; exactly one must be: {unknown}",
                    file=path.name,
                    count=header.count(name),
                    name=name,
                    unknown=no_such("column", name, [h for h in header if h != TIME_COLUMN]),
                )
            )
    at, of = header.index(TIME_COLUMN), header.index(column)
    for line, cells in body:
        if len(cells) != len(header):
            raise ScenarioError(
                told(
                    "{file} row {row}: {count} cells, the header has {headings}; fill every cell",
                    file=path.name,
                    row=line,
                    count=len(cells),
                    headings=len(header),
                )
            )
    if len(body) < 2:
        raise ScenarioError(
            told("{file}: {count} rows of counts; a rate in time needs two or more", file=path.name, count=len(body))
        )
    return [_Row(line, cells[at], cells[of]) for line, cells in body]


def _lines_of(path: Path) -> list[tuple[int, list[str]]]:
    """Return line number and stripped cells of each line that is neither a comment nor empty."""
    reader = csv.reader(io.StringIO(load_text(path, what="demand table")), strict=True)
    lines: list[tuple[int, list[str]]] = []
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells) and not cells[0].startswith("#"):
                lines.append((reader.line_num, cells))
            if len(lines) > LARGEST_ROWS + 1:
                raise ScenarioError(
                    told("{file}: more than {most:,} rows; thin the table out", file=path.name, most=LARGEST_ROWS)
                )
    except csv.Error as error:
        raise ScenarioError(
            told(
                "{file} row {row}: not a table ({why}); save it as CSV with commas",
                file=path.name,
                row=reader.line_num,
                why=error,
            )
        ) from None
    return lines


def _times_of(rows: Sequence[_Row], *, where: str, clock: Clock, duration: float) -> list[float]:
    """Return the rows' times [s since the start], increasing."""
    for row in rows:
        if not row.time:
            raise ScenarioError(
                told("{file} row {row}: the time is blank; write a clock time like 21:50", file=where, row=row.line)
            )
        try:
            clock.seconds(row.time)
        except BadInput as error:
            raise ScenarioError(told("{file} row {row}: time {what}", file=where, row=row.line, what=error)) from None
    times, wrong = clock.seconds_of_rows([row.time for row in rows], duration=duration)
    if wrong is not None:
        row, before = rows[wrong], rows[wrong - 1].time
        raise ScenarioError(
            told(
                "{file} row {row}: time {here} is not after {before}; sort the rows",
                file=where,
                row=row.line,
                here=shown(row.time),
                before=shown(before),
            )
        )
    return times


def _check_cover(times: Sequence[float], *, rows: Sequence[_Row], where: str, duration: float) -> None:
    """Raise where a table begins after the scenario or ends before it."""
    if times[0] > 1e-6:
        raise ScenarioError(
            told(
                "{file} row {row}: the first time {time} is {minutes:g} min after the scenario starts; "
                "the table must cover the whole scenario",
                file=where,
                row=rows[0].line,
                time=shown(rows[0].time),
                minutes=times[0] / 60.0,
            )
        )
    if times[-1] < duration - 1e-6:
        raise ScenarioError(
            told(
                "{file} row {row}: the last time {time} is {minutes:g} min before the end; "
                "the table must cover the whole scenario",
                file=where,
                row=rows[-1].line,
                time=shown(rows[-1].time),
                minutes=(duration - times[-1]) / 60.0,
            )
        )


def _rate_of(row: _Row, *, where: str, column: str) -> float:
    """Return the rate of a row [1/s]."""
    place = told("{file} row {row} ({time}), column {column!r}", file=where, row=row.line, time=row.time, column=column)
    right = told("write people per minute, from 0 to {most:,.0f}", most=LARGEST_RATE * _UNIT_OF_TABLE)
    if not row.count:
        raise ScenarioError(told("{where}: the cell is blank; {right}", where=place, right=right))
    try:
        count = float(row.count)
    except ValueError:
        raise ScenarioError(
            told("{where}: {value} is not a number; {right}", where=place, value=shown(row.count), right=right)
        ) from None
    if not math.isfinite(count) or not 0.0 <= count <= LARGEST_RATE * _UNIT_OF_TABLE:
        raise ScenarioError(
            told("{where}: {value} is not a rate; {right}", where=place, value=shown(row.count), right=right)
        )
    return count / _UNIT_OF_TABLE
