"""Options and arguments that several commands share, and how a group of commands is made.

Imports nothing slow. Not here: what is made of the options (`crowd.command_line.command_inputs`).
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from crowd.command_line.terminal import OneLineErrors

OPTIONS: dict[str, Any] = {
    "cls": OneLineErrors,
    "add_completion": False,
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
    "invoke_without_command": True,
    "context_settings": {"max_content_width": 110},
}


class Lang(StrEnum):
    """Language of a page or picture."""

    ko = "ko"
    en = "en"


class Record(StrEnum):
    """What is recorded: everything, or everything but the people one by one."""

    full = "full"
    fields = "fields"


class Counts(StrEnum):
    """What the numbers of a table of counts are."""

    per_interval = "per-interval"
    per_minute = "per-minute"


class Format(StrEnum):
    """What a recording can be exported to."""

    jupedsim = "jupedsim"


class Rival(StrEnum):
    """What our speed can be compared with."""

    jupedsim = "jupedsim"


Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else on stdout.")]
Out = Annotated[Path | None, typer.Option(help="Directory to make.  [default: a new one in runs/]")]
Until = Annotated[str | None, typer.Option(help="Stop earlier: '10 min', a clock time, or seconds.")]
Beside = Annotated[Path | None, typer.Option(help="Where the last page goes.  [default: beside the first run]")]
Threads = Annotated[int | None, typer.Option(help="Processors to use; the numbers do not depend on it.")]
VenueName = Annotated[str, typer.Argument(metavar="NAME_OR_FILE", help="A shipped venue or a GeoJSON file.")]
ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help="A shipped scenario or a TOML file.")]
RunDir = Annotated[Path, typer.Argument(metavar="DIR", help="Directory of a run.")]
