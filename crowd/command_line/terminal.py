"""What a command says and how it ends: one-line errors, exit codes, progress on stderr, JSON on stdout.

Holds: everything that touches the console. Not here: the commands (`crowd.cli`). Imports nothing slow.
"""

from __future__ import annotations

import errno
import json
import math
import os
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
from typer.core import TyperGroup

from crowd.errors import EXIT_BAD_INPUT, EXIT_DISK_FULL, EXIT_FAULT, EXIT_INTERRUPTED, BadInput, ModelError
from crowd.sentences import refusal
from crowd.sentences import say as say_in
from venues.refusals import told
from venues.sentences import LANGUAGES

if TYPE_CHECKING:
    from crowd.recording.recorder import Recorder
    from crowd.snapshot import Snapshot

PLAIN_STEPS = 10  # lines of progress where stderr is no terminal
#: What typer says of a command that is typed wrong, as far as it can be read in another language.
_MISTYPED = (
    "Missing option {name}.",
    "Missing argument {name}.",
    "No such option: {name} (Possible options: {known})",
    "No such option: {name}",
    "No such command {name}.",
    "Got unexpected extra argument(s) ({more})",
    "Invalid value for {name}: {why}",
)


class OneLineErrors(TyperGroup):
    """A group of commands whose errors are one line on stderr, in the language asked for, and an exit code."""

    def main(self, args: Sequence[str] | None = None, *more: Any, **extra: Any) -> Any:
        """Run a command and exit."""
        use_utf8()
        lang = asked_language(sys.argv[1:] if args is None else args)
        interrupted = told("interrupted")
        try:
            code = super().main(args, *more, **{**extra, "standalone_mode": False})
        except Exception as error:
            # A compiled function wraps Ctrl-C in an error of its own.
            cause = error.__cause__ or error.__context__
            stopped = isinstance(error, SystemError) and isinstance(cause, KeyboardInterrupt)
            code = fail(refusal(interrupted, lang), EXIT_INTERRUPTED) if stopped else _end(error, lang)
        except KeyboardInterrupt:
            code = fail(refusal(interrupted, lang), EXIT_INTERRUPTED)
        sys.exit(code if isinstance(code, int) else 0)


def asked_language(words: Sequence[str]) -> str:
    """Return the language that a command line asks for; typer does not know it yet when it refuses an option."""
    asked = "en"
    for word, following in pairwise([*words, ""]):
        option, _, value = word.partition("=")
        if option == "--lang":
            asked = value or following
    return asked if asked in LANGUAGES else "en"


def use_utf8() -> None:
    """Write UTF-8 on any console, and never fail for a character."""
    for stream, errors in ((sys.stdout, "replace"), (sys.stderr, "backslashreplace")):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors=errors)


def fail(text: str, code: int) -> int:
    """Write one line on stderr and return the exit code."""
    sys.stderr.write(f"crowd: {' '.join(text.split())}\n")
    return code


def say(text: str) -> None:
    """Write one line of progress on stderr."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def print_json(document: Any) -> None:
    """Write the one JSON document of a command on stdout; numbers that are not finite become null."""
    sys.stdout.write(json.dumps(_finite(document), ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def print_rows(rows: Sequence[Sequence[str]]) -> None:
    """Write rows as aligned columns on stdout."""
    widths = [max(cell_len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    for row in rows:
        line = "  ".join(text + " " * (width - cell_len(text)) for text, width in zip(row, widths, strict=True))
        sys.stdout.write(line.rstrip() + "\n")


class RunProgress:
    """Progress of one or more runs on stderr: simulated clock, people inside, highest level so far.

    Args:
        names: of the runs, as shown.
        starts: date and time of each start.
        durations: [s].
        level_of: largest level density [1/m2] -> name of the level it is, or empty.
        lang: language of what is shown.
    """

    def __init__(
        self,
        names: Sequence[str],
        *,
        starts: Sequence[datetime],
        durations: Sequence[float],
        level_of: Callable[[float], str],
        lang: str,
    ) -> None:
        self._lang = lang
        self._starts, self._durations, self._level_of = list(starts), list(durations), level_of
        self._names, self._shown = list(names), [0] * len(names)
        console = Console(stderr=True)
        self._live = console.is_terminal
        self._bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TextColumn("{task.fields[state]}", markup=False),
            TimeRemainingColumn(compact=True),
            console=console,
            disable=not self._live,
        )
        self._tasks: list[TaskID] = [
            self._bars.add_task(name, total=duration, state=say_in(lang, "progress", "preparing"))
            for name, duration in zip(names, durations, strict=True)
        ]

    def __enter__(self) -> Self:
        return self

    def begin(self) -> None:
        """Say that it begins; until then nothing is shown, so that an error stands alone."""
        if not self._live:
            say(say_in(self._lang, "progress", "preparing"))
        self._bars.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def observer(self, run: int = 0) -> Callable[[Snapshot, Recorder], None]:
        """Return an observer for `crowd.run.run`."""

        def observe(snapshot: Snapshot, recorder: Recorder) -> None:
            if recorder.half_seconds % 4 == 0:
                self.show(run, snapshot.time, len(snapshot.id), recorder.peak_level_density)

        return observe

    def show(self, run: int, time: float, people: int, peak_density: float) -> None:
        """Show how far one run is.

        Args:
            run: number of the run, from 0.
            time: simulated [s].
            people: inside.
            peak_density: largest level density so far [1/m2].
        """
        clock = (self._starts[run] + timedelta(seconds=math.floor(time))).strftime("%H:%M:%S")
        level = self._level_of(peak_density) or say_in(self._lang, "progress", "no_level")
        values = {"clock": clock, "people": f"{people:,}", "peak": f"{peak_density:.1f}", "level": level}
        state = say_in(self._lang, "progress", "state", **values)
        if self._live:
            self._bars.update(self._tasks[run], completed=time, state=state)
            return
        step = math.floor(PLAIN_STEPS * time / self._durations[run] + 1e-9)
        if step > self._shown[run]:
            self._shown[run] = step
            say(f"{self._names[run]}: {100 * time / self._durations[run]:3.0f} %  {state}")


def _end(error: Exception, lang: str) -> int:
    if isinstance(error, typer.Abort):
        return fail(refusal(told("interrupted"), lang), EXIT_INTERRUPTED)
    if hasattr(error, "format_message"):  # what typer says about wrong options
        return fail(refusal(_mistyped(error.format_message()), lang), EXIT_BAD_INPUT)
    if isinstance(error, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    if hasattr(error, "exit_code") or isinstance(error, BadInput | ModelError):
        return fail(refusal(error, lang), getattr(error, "exit_code", EXIT_BAD_INPUT))
    if isinstance(error, OSError):
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return fail(refusal(error, lang), EXIT_DISK_FULL if full else EXIT_BAD_INPUT)
    if isinstance(error, MemoryError):
        short = told(
            "not enough memory; take a smaller venue or fewer people, or go on with crowd resume where there is more"
        )
        return fail(refusal(short, lang), EXIT_FAULT)
    traceback.print_exception(error)
    fault = told("a fault of inpa itself; please report the lines above, with the command")
    return fail(refusal(fault, lang), EXIT_FAULT)


def _mistyped(text: str) -> str:
    """Return what typer says of a command, and where to read how it is typed."""
    for sentence in _MISTYPED:
        pattern = re.escape(sentence).replace(r"\{name\}", r"(?P<name>\S+)")
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", pattern)
        if found := re.fullmatch(pattern, text):
            return told("{what} See crowd --help.", what=told(sentence, **found.groupdict()))
    return f"{text} See crowd --help."


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if hasattr(value, "item"):  # a NumPy number
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
