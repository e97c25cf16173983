"""From the cells of a table to people by time and source zone, every cell checked, and the rates they give.

Not here: headings (`crowd.counts.headings`), times (`crowd.counts.timeline`), where people go (`crowd.counts.draft`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from itertools import pairwise

from crowd.counts.headings import Headings, Meaning, read_headings
from crowd.counts.sheet import Cell, Formula, Row, Sheet, in_words
from crowd.counts.timeline import MINUTE, Timeline, read_timeline
from crowd.demand import LARGEST_RATE
from crowd.errors import ScenarioError, shown
from venues import Venue
from venues.refusals import told

STEP = 1.0  # [s] the rate of one interval becomes that of the next within this time before and after its end

_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?", re.ASCII)


@dataclass(frozen=True)
class CountTable:
    """People by time and source zone.

    Args:
        timeline: when the rows are.
        meaning: of the numbers.
        counts: zone name -> (k,) people per minute at the time of each row, or people in the interval of each row.
    """

    timeline: Timeline
    meaning: Meaning
    counts: Mapping[str, tuple[float, ...]]

    def points(self, zone: str) -> list[tuple[float, float]]:
        """Return times [s since the start] and rates [1/s] of a zone, linear in between.

        Per minute they are the rows. Of people in an interval the rate is constant and changes within `STEP` around
        the interval's end; what one interval loses by that the next gains, so that the sum is that of the table.
        """
        begins, ends, counts = self.timeline.begins, self.timeline.ends, self.counts[zone]
        if self.meaning == "per-minute":
            return [(at, count / MINUTE) for at, count in zip(begins, counts, strict=True)]
        rates = [count / (end - begin) for count, begin, end in zip(counts, begins, ends, strict=True)]
        points = [(0.0, rates[0])]
        for at, before, after in zip(begins[1:], rates, rates[1:], strict=False):
            points += [(at - STEP, before), (at + STEP, after)]
        return [*points, (ends[-1], rates[-1])]

    def people(self, zone: str) -> float:
        """Return how many people the table brings from a zone, by the rates it gives."""
        points = self.points(zone)
        return sum(0.5 * (r + s) * (u - t) for (t, r), (u, s) in pairwise(points))


def read_counts(sheet: Sheet, venue: Venue, *, meaning: Meaning | None, day: date | None, zone: tzinfo) -> CountTable:
    """Return the counts of a table: first column the time, one further column for each source zone.

    Args:
        sheet: the cells; the first row are the headings.
        venue: the place.
        meaning: of the numbers; None: per minute where the headings say so, else people in the interval of a row.
        day: of the first row, where rows have clock times only; None: today.
        zone: offset from UTC of times that state none.

    Raises:
        ScenarioError: anything else than such a table, naming file, row, column and value; one line.
    """
    if not sheet.rows:
        raise ScenarioError(
            told("{file}: the table is empty; it needs a row of headings and a row for each time", file=sheet.file)
        )
    rows = sheet.rows[1:]
    headings = read_headings(sheet.rows[0], venue, file=sheet.file)
    if headings.meaning == "per-minute" and meaning == "per-interval":
        raise ScenarioError(
            told("--counts per-interval: the headings of {file} say per minute; mend one of them", file=sheet.file)
        )
    meant: Meaning = meaning or headings.meaning or "per-interval"
    timeline = read_timeline(rows, file=sheet.file, meaning=meant, day=day, zone=zone)
    for row in rows:
        _refuse_strays(row, headings, file=sheet.file)
    most = [LARGEST_RATE * MINUTE] * len(rows)
    if meant == "per-interval":
        most = [LARGEST_RATE * (end - at) for at, end in zip(timeline.begins, timeline.ends, strict=True)]
    counts = {
        name: tuple(
            _count(
                row,
                column,
                where=told(
                    "{file} row {row}, column {column!r}",
                    file=sheet.file,
                    row=row.number,
                    column=headings.texts[column],
                ),
                most=limit,
            )
            for row, limit in zip(rows, most, strict=True)
        )
        for column, name in headings.zones.items()
    }
    if not any(number for column in counts.values() for number in column):
        raise ScenarioError(
            told("{file}: every count is 0, so nobody would come; write the people you expect", file=sheet.file)
        )
    return CountTable(timeline, meant, counts)


def _refuse_strays(row: Row, headings: Headings, *, file: str) -> None:
    """Refuse a number without a heading: it would be left out in silence."""
    for column, cell in enumerate(row.cells):
        if column and column not in headings.zones and cell is not None:
            raise ScenarioError(
                told(
                    "{file} row {row}, column {column}: {cell} stands under no heading; name its zone or clear it",
                    file=file,
                    row=row.number,
                    column=column + 1,
                    cell=in_words(cell),
                )
            )


def _count(row: Row, column: int, *, where: str, most: float) -> float:
    """Return the number in a cell."""
    cell: Cell = row.cells[column] if column < len(row.cells) else None
    right = told("write a number of people from 0 to {most:,.0f}", most=most)
    if cell is None:
        raise ScenarioError(told("{where}: the cell is blank; {right}, 0 if nobody comes", where=where, right=right))
    if isinstance(cell, Formula):
        raise ScenarioError(
            told("{where}: {cell} is a formula; put its value in its place", where=where, cell=shown(str(cell)))
        )
    if isinstance(cell, str) and _NUMBER.fullmatch(cell):
        cell = float(cell.replace(",", ""))
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise ScenarioError(
            told("{where}: {value} is not a number; {right}", where=where, value=in_words(cell), right=right)
        )
    if not (math.isfinite(cell) and 0.0 <= cell <= most * (1.0 + 1e-12)):
        raise ScenarioError(
            told("{where}: {value} is not in range; {right}", where=where, value=shown(cell), right=right)
        )
    return float(cell)
