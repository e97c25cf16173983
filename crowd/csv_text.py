"""Text of a CSV file that a spreadsheet opens as it should: Hangul readable, nothing in it taken for a formula.

Not here: what is in the tables.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

FORMULA_STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r")
"""The full-width signs too: a spreadsheet in an East Asian language may take them for the narrow ones."""

_MARK = "\ufeff"  # without it Excel takes UTF-8 for the code page of the machine


def csv_text(rows: Iterable[Sequence[Any]]) -> str:
    """Return rows as CSV: the byte order mark first, lines that end as RFC 4180 says, cells as `plain_cell` gives them.

    Args:
        rows: the first are the headings.
    """
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows([plain_cell(cell) for cell in row] for row in rows)
    return _MARK + buffer.getvalue()


def plain_cell(value: Any) -> Any:
    """Return a cell; text that a spreadsheet would take for a formula gets a quote before it, as OWASP advises."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
