"""A comparison on the console: one table and a sentence for each difference; how many runs have ended, on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from crowd.command_line.terminal import PLAIN_STEPS, say
from crowd.sentences import say as say_in

if TYPE_CHECKING:
    from crowd.compare import Comparison

WIDTH = 150  # characters of a table that goes into a file
NUMBERS = range(2, 6)  # columns that hold numbers


def print_comparison(comparison: Comparison, lang: str) -> None:
    """Write the answer, the table, the sentences, the failures and the notes on stdout."""
    console = Console(file=sys.stdout, soft_wrap=False, highlight=False)
    if not console.is_terminal:
        console = Console(file=sys.stdout, width=WIDTH, highlight=False)
    for text in comparison.headlines(lang):
        console.print(Text(text, style="bold"), soft_wrap=True)
    console.print(_table(comparison, lang))
    for text in (*comparison.sentences(lang), *comparison.failure_texts(lang)):
        console.print(Text(f"- {text}"), soft_wrap=True)
    for text in comparison.notes(lang):
        console.print(Text(say_in(lang, "seed_tables", "note", text=text)), soft_wrap=True)


@contextmanager
def progress_of_runs(total: int, lang: str) -> Iterator[tuple[Callable[[], None], Callable[[object], None]]]:
    """Show on stderr how many runs have ended.

    Args:
        total: number of runs.
        lang: language of what is shown.

    Yields:
        What to call when the runs start (until then nothing is shown, so that an error stands alone), and with each
        run that has ended.
    """
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(compact=True))
    ended = 0
    bars = Progress(*columns, console=console, disable=not console.is_terminal)
    bar = bars.add_task(say_in(lang, "progress", "bar"), total=total)

    def begin() -> None:
        if not console.is_terminal:
            preparing = say_in(lang, "progress", "preparing")
            say(say_in(lang, "progress", "runs", total=total, preparing=preparing))
        bars.start()

    def show(run: object) -> None:
        nonlocal ended
        ended += 1
        bars.advance(bar)
        if not console.is_terminal and PLAIN_STEPS * ended // total > PLAIN_STEPS * (ended - 1) // total:
            say(say_in(lang, "progress", "ended", ended=ended, total=total))

    try:
        yield begin, show
    finally:
        bars.stop()


def _table(comparison: Comparison, lang: str) -> Table:
    said = {"count": len(comparison.seeds), "seconds": f"{comparison.duration:g}"}
    first = comparison.called(lang)[comparison.scenarios[0]]
    title = say_in(lang, "seed_tables", "console", **said, first=first)
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD)
    heads, rows = comparison.table(lang)
    for number, head in enumerate(heads):
        table.add_column(Text(head), justify="right" if number in NUMBERS else "left")
    others = len(comparison.scenarios) - 1
    for number, (quantity, *cells) in enumerate(rows):
        table.add_row(*map(Text, ["" if number % others else quantity, *cells]))
    return table
