"""Validation on the console: one row a case, each said on stderr as it comes in, the table on stdout at the end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crowd.command_line.comparison_table import WIDTH, progress_of_runs
from crowd.command_line.terminal import say

if TYPE_CHECKING:
    from crowd.validation import Row

COLUMNS = ("case", "what it asks", "guideline", "ours", "margin", "reason")


def print_validation(rows: Sequence[Row]) -> None:
    """Write the table of rows and their counts on stdout."""
    console = Console(file=sys.stdout, highlight=False)
    if not console.is_terminal:
        console = Console(file=sys.stdout, width=WIDTH, highlight=False)
    table = Table(box=box.SIMPLE_HEAD)
    for name in COLUMNS:
        table.add_column(name, justify="right" if name == "margin" else "left", no_wrap=name in ("case", "guideline"))
    for row in rows:
        margin = "" if row.margin is None else f"{100.0 * row.margin:+.0f} %"
        cells = (row.key, row.title, row.standard.value, row.project.value, margin, row.reason)
        table.add_row(*(Text(cell, style="bold" if cell == "fail" else "") for cell in cells))
    console.print(table)
    console.print(Text(f"guideline: {_counts([r.standard for r in rows])}; ours: {_counts([r.project for r in rows])}"))


@contextmanager
def progress_of_cases(total: int) -> Iterator[tuple[Callable[[], None], Callable[[Row | None], None]]]:
    """Show on stderr how many runs have ended, and each row as it comes in.

    Args:
        total: number of runs.

    Yields:
        What to call when the runs start, and at the end of each run with the row, if it was the last of its case.
    """
    with progress_of_runs(total, "en") as (begin, show_run):

        def show(row: Row | None) -> None:
            show_run(row)
            if row is not None:
                say(f"{row.key}: guideline {row.standard}, ours {row.project}{row.reason and ': '}{row.reason}")

        yield begin, show


def _counts(outcomes: Sequence[str]) -> str:
    """How many of each outcome, in words."""
    return ", ".join(f"{outcomes.count(outcome)} {outcome}" for outcome in dict.fromkeys(sorted(outcomes)))
