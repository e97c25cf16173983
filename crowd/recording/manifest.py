"""The manifest of a run: what was run, with what, on what, and how far it came.

Holds: the checked shape of `manifest.json`.
Not here: how it is filled (`crowd.recording.provenance`), where it is kept (`crowd.recording.run_directory`).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from typing_extensions import TypedDict

from crowd.errors import RecordingError, shown
from crowd.quantities import YEARS
from venues.errors import BadInput, check_schema
from venues.refusals import message_of, told

SCHEMA_VERSION: Literal[1] = 1
#: A recording that seems longer has a damaged manifest [s] (assumed: a season).
_LONGEST = 1e7


class Measured(BaseModel):
    """Where measured trajectories come from, of a recording that is not simulated; rows and people as in the file."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    file: str
    frame_rate: float = Field(gt=0)
    unit: Literal["m", "cm"]
    people: int = Field(gt=0)
    rows: int = Field(gt=0)


class _Version(BaseModel):
    """The one member that says which form the others have."""

    schema_version: int = SCHEMA_VERSION


class ForceRange(TypedDict):
    """What `crowd.force_range.force_range` returns [N]."""

    low: float
    high: float
    low_10s: float
    high_10s: float
    variants: dict[str, dict[str, float]]


def _on_the_clock(start: str) -> str:
    """Refuse a start that is no moment with an offset from UTC, or too far off to count times from."""
    try:
        moment = datetime.fromisoformat(start)
    except ValueError:
        raise ValueError("must be a date and time like 2022-10-29T21:50:00+09:00") from None
    if moment.tzinfo is None or moment.year not in YEARS:
        raise ValueError(f"must have an offset from UTC, and a year from {YEARS[0]} to {YEARS[-1]}")
    return start


class Manifest(BaseModel):
    """What `manifest.json` holds; times in seconds since the start of the scenario.

    `duration` is what was to be run, `whole_duration` that of the scenario where only its beginning was to be; `files`
    are the SHA-256 of the inputs beside the tables, as they were written (none in recordings of early versions).
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    schema_version: Literal[1] = SCHEMA_VERSION
    inpa: str
    versions: dict[str, str]
    cpu: str
    threads: int = Field(ge=1)
    seed: int
    scenario: str
    labels: dict[str, str]
    start: Annotated[str, AfterValidator(_on_the_clock)]
    duration: Annotated[float, Field(gt=0, le=_LONGEST)]
    simulated_seconds: Annotated[float, Field(ge=0, le=_LONGEST)]
    completed: bool
    wall_seconds: float = Field(ge=0)
    record: Literal["full", "fields"]
    field_spacing: float = Field(gt=0)
    levels: list[str]
    alert_preset: str
    hashes: dict[str, str]
    contact: dict[str, float]
    warnings: list[str]
    files: dict[str, str] = Field(default_factory=dict)
    force_range: ForceRange | None = None
    measured: Measured | None = None
    whole_duration: float | None = Field(None, gt=0)

    def to_json(self) -> str:
        """Return the text of `manifest.json`."""
        return self.model_dump_json(indent=2) + "\n"


def parse_manifest(text: str | bytes, *, where: Path) -> Manifest:
    """Check the text of a manifest.

    Args:
        text: JSON.
        where: the file, for messages.

    Raises:
        RecordingError: not JSON, a missing or wrong member, or written by a later version.
    """
    try:
        _check_version(text, where)
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        member = ".".join(str(part) for part in first["loc"]) or "the file"
        value = "" if first["type"] == "missing" else f" {shown(first['input'])}"
        raise RecordingError(
            told(
                "{path}: {member}{value}: {why}; it must be as `crowd run` wrote it",
                path=where,
                member=member,
                value=value,
                why=first["msg"].splitlines()[0],
            )
        ) from None


def _check_version(text: str | bytes, where: Path) -> None:
    """Refuse a manifest of a later version for that, before what else is new in it."""
    try:
        version = _Version.model_validate_json(text).schema_version
    except ValidationError:  # it is wrong in other ways too, which the whole check tells
        return
    try:
        check_schema(str(where), version, reads=SCHEMA_VERSION)
    except BadInput as error:
        raise RecordingError(message_of(error)) from None
