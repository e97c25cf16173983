"""The manifest of a run: what was run, with what, on what, and how far it came.

Holds: the checked shape of `manifest.json`, and what is known about the machine and the libraries.
Not here: where it is kept (`crowd.run_directory`).
"""

from __future__ import annotations

import importlib.metadata
import platform
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from crowd.errors import RecordingError, shown

LIBRARIES = ("numpy", "scipy", "numba", "llvmlite", "mesa", "pandas", "pyarrow", "shapely", "pyproj")


class Manifest(BaseModel):
    """What `manifest.json` holds; times in seconds since the start of the scenario."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    schema_version: Literal[1] = 1
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
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        member = ".".join(str(part) for part in first["loc"]) or "the file"
        value = "" if first["type"] == "missing" else f" {shown(first['input'])}"
        raise RecordingError(
            f"{where}: {member}{value}: {first['msg'].splitlines()[0]}; it must be as `crowd run` wrote it"
        ) from None


def library_versions() -> dict[str, str]:
    """Versions of Python and of the libraries that have a say in the numbers."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        found[name] = importlib.metadata.version(name)
    return found


def cpu_model() -> str:
    """Name of the processor; the same bytes are promised for one processor model only."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def environment_changes(manifest: Manifest) -> list[str]:
    """What is not as it was when the run began: one text per version or processor that differs.

    Args:
        manifest: of the run that is to be resumed.
    """
    now: dict[str, Any] = {**library_versions(), "cpu": cpu_model()}
    then = {**manifest.versions, "cpu": manifest.cpu}
    return [
        f"resumed with {name} {now.get(name, 'missing')}, begun with {then[name]}: numbers may differ"
        for name in sorted(then)
        if now.get(name) != then[name]
    ]
