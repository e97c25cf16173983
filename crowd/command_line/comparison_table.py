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

from crowd.command_line.terminal import PLAIN_STEPS, PREPARING, say

if TYPE_CHECKING:
    from crowd.compare import Comparison
    from crowd.ensemble import SeedRun

WIDTH = 150  # characters of a table that goes into a file


def print_comparison(comparison: Comparison) -> None:
    """Write the table, the sentences, the failures and the notes on stdout."""
    console = Console(file=sys.stdout, soft_wrap=False, highlight=False)
    if not console.is_terminal:
        console = Console(file=sys.stdout, width=WIDTH, highlight=False)
    console.print(_table(comparison))
    for text in (*comparison.sentences, *comparison.failure_texts):
        console.print(Text(f"- {text}"), soft_wrap=True)
    for text in comparison.notes:
        console.print(Text(f"Note: {text}"), soft_wrap=True)


@contextmanager
def progress_of_runs(total: int) -> Iterator[tuple[Callable[[], None], Callable[[SeedRun], None]]]:
    """Show on stderr how many runs have ended.

    Args:
        total: number of runs.

    Yields:
        What to call when the runs start (until then nothing is shown, so that an error stands alone), and with each
        run that has ended.
    """
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(compact=True))
    ended = 0
    bars = Progress(*columns, console=console, disable=not console.is_terminal)
    bar = bars.add_task("runs", total=total)

    def begin() -> None:
        if not console.is_terminal:
            say(f"{total} runs; {PREPARING}")
        bars.start()

    def show(run: SeedRun) -> None:
        nonlocal ended
        ended += 1
        bars.advance(bar)
        if not console.is_terminal and PLAIN_STEPS * ended // total > PLAIN_STEPS * (ended - 1) // total:
            say(f"{ended} of {total} runs have ended")

    try:
        yield begin, show
    finally:
        bars.stop()


def _table(comparison: Comparison) -> Table:
    first, *others = comparison.scenarios
    title = f"{len(comparison.seeds)} seeds, {comparison.duration:g} s each; differences from {first}"
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("quantity")
    table.add_column("scenario")
    for head in ("its mean", f"mean of {first}", "difference", "95 % interval"):
        table.add_column(Text(head), justify="right")
    table.add_column("seeds")
    table.add_column("verdict")
    for d in comparison.differences:
        means = [comparison.mean(name, d.outcome) for name in (d.scenario, first)]
        cells = [
            f"{d.outcome.label} [{d.outcome.unit}]" if d.scenario == others[0] else "",
            d.scenario,
            *(d.outcome.shown(mean) for mean in means),
            d.outcome.shown(d.mean, signed=True),
            d.interval,
            d.seeds,
            d.verdict,
        ]
        table.add_row(*map(Text, cells))
    return table
