"""The manifest of a run: what was run, with what, on what, and how far it came.

Holds: the checked shape of `manifest.json`.
Not here: how it is filled (`crowd.recording.provenance`), where it is kept (`crowd.recording.run_directory`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from crowd.errors import RecordingError, shown
from venues.errors import BadInput, check_schema

SCHEMA_VERSION: Literal[1] = 1


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


class Manifest(BaseModel):
    """What `manifest.json` holds; times in seconds since the start of the scenario.

    `duration` is what was to be run, `whole_duration` that of the scenario where only its beginning was to be.
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
    start: str
    duration: float = Field(gt=0)
    simulated_seconds: float = Field(ge=0)
    completed: bool
    wall_seconds: float = Field(ge=0)
    record: Literal["full", "fields"]
    field_spacing: float = Field(gt=0)
    levels: list[str]
    alert_preset: str
    hashes: dict[str, str]
    contact: dict[str, float]
    warnings: list[str]
    force_range: dict[str, float | dict[str, dict[str, float]]] | None = None
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
            f"{where}: {member}{value}: {first['msg'].splitlines()[0]}; it must be as `crowd run` wrote it"
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
        raise RecordingError(str(error)) from None
