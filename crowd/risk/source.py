"""What an assessment takes from a recording, read once: manifest, scenario, tables, how far it got.

Not here: any judgement. A table that cannot be read is noted, not mended.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crowd.alert_levels import DEFAULT_PRESET, Overrides, Preset, load_preset
from crowd.parameters import Entry
from crowd.risk import lines, people, places, zones
from crowd.risk.doubts import RunState
from crowd.risk.tables import RecordingLike, read_table
from venues.venue import Venue

EVENT_COLUMNS = ("time", "kind", "place", "detail")
COLUMNS: Mapping[str, Sequence[str]] = {
    "zones": zones.COLUMNS,
    "lines": lines.COLUMNS,
    "fields": places.FIELD_COLUMNS,
    "counts": people.COUNT_COLUMNS,
    "trips": people.TRIP_COLUMNS,
    "events": EVENT_COLUMNS,
}
"""The tables an assessment needs, and their columns."""

NEVER_EMPTY = ("zones", "counts")
"""Tables that have rows in every run; empty ones are holes."""


@dataclass(frozen=True, eq=False)
class Source:
    """One recording, read.

    Args:
        manifest: as plain data.
        venue: the place.
        scenario: what was run; None if the recording does not carry it.
        tables: by name; None where a table cannot be read.
        state: how far it got.
        run_dir: where it is, if it is a directory.
    """

    manifest: Mapping[str, Any]
    venue: Venue
    scenario: Any
    tables: Mapping[str, pd.DataFrame | None]
    state: RunState
    run_dir: str | None

    @property
    def simulated(self) -> float:
        """How much was simulated [s]."""
        return self.state.simulated

    @property
    def levels(self) -> tuple[str, ...]:
        """Names of the levels, in the order of their indices in the tables."""
        return tuple(self.manifest.get("levels") or (level.name for level in self.venue.planes))

    @property
    def events(self) -> pd.DataFrame:
        """Recorded events; no rows if there is no such table."""
        table = self.tables["events"]
        return pd.DataFrame(columns=list(EVENT_COLUMNS)) if table is None else table

    @property
    def line_widths(self) -> dict[str, float]:
        """Clear width of every gate and line, those of the scenario included [m]."""
        extra = {line.name: float(line.clear_width) for line in getattr(self.scenario, "lines", ())}
        return lines.line_widths(self.venue, extra)

    @property
    def outside_warning(self) -> float:
        """People outside above which the model warned; the default where the scenario is lost [persons]."""
        parameters = getattr(self.scenario, "parameters", None)
        entry = Entry() if parameters is None else parameters.entry
        return float(entry.outside_warning)

    def preset(self, name: str | None, overrides: Overrides | None) -> Preset:
        """The alert preset asked for, else the scenario's own with its thresholds."""
        if name is not None:
            return load_preset(name, overrides)
        own = getattr(self.scenario, "alert_levels", None) or {}
        return load_preset(self.manifest.get("alert_preset") or DEFAULT_PRESET, {**own, **(overrides or {})})


def read_source(recording: RecordingLike) -> Source:
    """Read what an assessment needs of a recording."""
    manifest = recording.manifest
    manifest = manifest.model_dump() if hasattr(manifest, "model_dump") else dict(manifest)
    tables = {name: read_table(recording, name, columns) for name, columns in COLUMNS.items()}
    if manifest.get("measured"):
        tables = {name: _without_forces(table) for name, table in tables.items()}
    scenario, lost = _read_scenario(recording)
    state = RunState(
        simulated=_simulated(manifest, tables["zones"]),
        duration=float(manifest["duration"]),
        completed=bool(manifest["completed"]),
        missing=_missing(tables),
        scenario_lost=lost,
        measured=bool(manifest.get("measured")),
        whole_duration=manifest.get("whole_duration"),
    )
    path = getattr(recording, "path", None)
    folder = None if path is None else os.fsencode(path).decode("utf-8", "replace")
    return Source(manifest, recording.venue, scenario, tables, state, folder)


def _without_forces(table: pd.DataFrame | None) -> pd.DataFrame | None:
    """A table of a measured run: forces are not known where someone was, so no zero elsewhere may stand for them."""
    if table is None:
        return None
    unknown = [c for c in table.columns if "force" in c or c == "dose_max" or str(c).endswith("_600_N")]
    return table.assign(**dict.fromkeys(map(str, unknown), np.nan))


def _read_scenario(recording: RecordingLike) -> tuple[Any, bool]:
    """The scenario of a recording and whether it should be there but cannot be read; a measured one has none."""
    if getattr(recording.manifest, "measured", None) is not None:
        return None, False
    try:
        return getattr(recording, "scenario", None), False
    except (OSError, ValueError, KeyError):
        return None, True


def _simulated(manifest: Mapping[str, Any], table: pd.DataFrame | None) -> float:
    """How far a recording goes [s]; the manifest of a run that was cut off can be older than its tables."""
    noted = float(manifest["simulated_seconds"])
    if manifest["completed"] or table is None or not len(table):
        return noted
    return max(noted, float(table["time"].max()))


def _missing(tables: Mapping[str, pd.DataFrame | None]) -> tuple[str, ...]:
    return tuple(name for name, table in tables.items() if table is None or (name in NEVER_EMPTY and not len(table)))
