"""What a command makes of its options before anything runs: threads, ends, directories, warnings of size.

Imports nothing slow at the top. Not here: the commands (`crowd.cli`), the console (`crowd.command_line.terminal`).
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from crowd.command_line.terminal import RunProgress, say
from crowd.errors import ScenarioError
from crowd.quantities import YEARS
from crowd.sentences import say as say_in
from venues.refusals import told

if TYPE_CHECKING:
    from crowd.scenario import Scenario

RUNS = Path("runs")
MOST_THREADS = 256
LARGE = 1e9  # [bytes] recordings from this size on are announced


def prepare_threads(threads: int | None) -> int:
    """Tell numba how many threads it may start; it must hear of it before it is imported.

    Args:
        threads: what was asked for; None: two, if there are two processors and NUMBA_NUM_THREADS allows it.

    Raises:
        ScenarioError: no number of threads.
    """
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    allowed = os.environ.get("NUMBA_NUM_THREADS", "")
    most = int(allowed) if allowed.isdecimal() else count
    used = max(1, min(2, count, most)) if threads is None else threads
    if not 1 <= used <= MOST_THREADS:
        raise ScenarioError(
            told("--threads {count} cannot be used; it must be from 1 to {most}", count=used, most=MOST_THREADS)
        )
    if "numba" not in sys.modules:
        os.environ["NUMBA_NUM_THREADS"] = str(max(used, most))
    return used


def end_in_seconds(scenario: Scenario, text: str) -> float:
    """Return an end written as seconds, as a duration or as a clock time in seconds since the start [s]."""
    from crowd.scenario.clock import Clock

    if re.fullmatch(r"\d+(\.\d*)?", text.strip()):
        return float(text)
    return Clock(scenario.start).seconds(text)


def moment(text: str) -> datetime:
    """Return a date and time with its offset from UTC.

    Raises:
        ScenarioError: it is none.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or found.year not in YEARS:
        raise ScenarioError(
            told("--start {text!r} is no date and time with offset; write 2009-05-12T10:00:00+02:00", text=text)
        )
    return found


def day(text: str | None) -> date | None:
    """Return a date, None where none is given.

    Raises:
        ScenarioError: it is none.
    """
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise ScenarioError(told("--date {text!r} is no date; write it like 2026-05-01", text=text)) from None


def utc_offset(text: str) -> tzinfo:
    """Return a time zone of a fixed offset from UTC.

    Raises:
        ScenarioError: it is none.
    """
    found = re.fullmatch(r"([+-])(\d{2}):([0-5]\d)", text.strip())
    if found is None or int(found[2]) > 14:
        raise ScenarioError(told("--utc-offset {text!r} is no offset; write it like +09:00", text=text))
    return timezone(timedelta(hours=int(found[2]), minutes=int(found[3])) * (-1 if found[1] == "-" else 1))


def new_directory(name: str) -> Path:
    """Return a directory under runs/ that does not exist yet, named after a run and the time."""
    plain = re.sub(r"[^\w.-]+", "-", name).strip("-.")[:100]
    stamp = f"{datetime.now():%Y%m%d-%H%M%S}"
    tries = (RUNS / f"{plain}-{stamp}{suffix}" for suffix in ("", *(f"-{n}" for n in range(2, 100))))
    return next(path for path in tries if not path.exists())


def announce_size(scenario: Scenario, lang: str) -> None:
    """Say beforehand that a recording may get large."""
    from crowd.run import estimate_bytes

    size = estimate_bytes(scenario)
    if size > LARGE:
        say(say_in(lang, "commands", "large", size=f"{size / 1e9:.0f}"))


def report_command(folder: Path, lang: str) -> str:
    """Return the command that writes the report of a run in a language."""
    return with_language(f"crowd report {quote(str(folder))}", lang)


def with_language(command: str, lang: str) -> str:
    """Return a command that answers in a language, English being what it answers in anyway."""
    return command if lang == "en" else f"{command} --lang {lang}"


def progress_of(scenarios: Sequence[Scenario], lang: str) -> RunProgress:
    """Return the progress of runs, with the alert levels of the first.

    Raises:
        ScenarioError: an alert preset that cannot be used.
    """
    from crowd.alert_levels import load_preset

    preset = load_preset(scenarios[0].alert_preset, scenarios[0].alert_levels)
    thresholds = preset.thresholds()

    def level_of(density: float) -> str:
        if preset.zones_apart:
            # The densest place may be none of those whose levels begin sooner.
            return say_in(lang, "progress", "zones_apart")
        return preset.label(sum(density >= limit for limit in thresholds), lang)

    return RunProgress(
        [scenario.name for scenario in scenarios],
        starts=[scenario.start for scenario in scenarios],
        durations=[scenario.duration for scenario in scenarios],
        level_of=level_of,
        lang=lang,
    )
