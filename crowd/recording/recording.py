"""A recording: what a run, or measured trajectories turned into one, left on disk, ready to be read.

Holds: `Recording`. Not here: how it is written (`crowd.recording.recorder`,
`crowd.recording.run_directory`) and judged (`crowd.risk`).
The tables can be read without this package too: each is a folder of Parquet files.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from crowd.errors import RecordingError, no_such, shown
from crowd.individual_density import CUT_OFF, CutOff, compute_individual_density, compute_voronoi_density
from crowd.recording.exchange import PedPyLevel, to_pedpy
from crowd.recording.manifest import Manifest
from crowd.recording.run_directory import PART_SECONDS, SCENARIO, VENUE, RunDirectory
from crowd.recording.tables import SCHEMAS, table_names
from crowd.scenario import Scenario
from venues import Venue, read_venue
from venues.refusals import told


class Recording:
    """The recording in a directory; of a run that broke off, everything up to its last checkpoint.

    Args:
        path: directory that `crowd run` made.

    Raises:
        RecordingError: it holds no run, or one that is damaged.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.directory = RunDirectory(self.path)
        self.manifest: Manifest = self.directory.read_manifest()
        checkpoint = None if self.manifest.completed else self.directory.read_checkpoint(arrays=False)
        if checkpoint is not None:
            reached = {"simulated_seconds": checkpoint.simulated_seconds}
            self.manifest = self.manifest.model_copy(update=reached)
        self._parts = math.ceil(self.manifest.simulated_seconds / PART_SECONDS - 1e-9)
        self.directory.check_parts(count=self._parts, record=self.manifest.record)

    @cached_property
    def venue(self) -> Venue:
        """The place, as it was run.

        Raises:
            RecordingError: the file was changed since.
        """
        return read_venue(self.directory.input_file(VENUE, self.manifest))

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario, as it was run.

        Raises:
            RecordingError: the recording is of measured trajectories and has none, or the file was changed since.
        """
        if self.manifest.measured is not None:
            raise RecordingError(
                told("{path} holds measured trajectories, not a run; there is no scenario to run", path=self.path)
            )
        return Scenario.read(self.directory.input_file(SCENARIO, self.manifest))

    @property
    def times(self) -> np.ndarray:
        """(k,) [s] ends of the recorded seconds."""
        return self.table("zones", columns=["time"])["time"].unique()

    def table(self, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Read one table.

        Args:
            name: one of `crowd.recording.tables.SCHEMAS`.
            columns: names of the wanted columns, None: all.

        Returns:
            Rows in order of time (trips: in the order of leaving); names as text.

        Raises:
            RecordingError: no such table or column, not recorded, or damaged.
        """
        schema = self._schema(name, columns)
        parts = [self._read_part(name, number, schema) for number in range(self._parts)]
        return pa.concat_tables([_plain(part) for part in parts or [schema.empty_table()]]).to_pandas()

    def part(self, name: str, number: int, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Read one part of a table, for who cannot hold all of it.

        Args:
            name, columns: as in `table`.
            number: of the part, from 0; it holds the times after number * `PART_SECONDS`.

        Raises:
            RecordingError: as `table`.
        """
        return _plain(self._read_part(name, number, self._schema(name, columns))).to_pandas()

    def _schema(self, name: str, columns: Sequence[str] | None) -> pa.Schema:
        """Columns and types of a table, or of what is wanted of it."""
        if name not in SCHEMAS:
            raise RecordingError(no_such("table", name, SCHEMAS))
        if name not in table_names(record=self.manifest.record):
            raise RecordingError(
                told("{path} was recorded without {table}; run again with --record full", path=self.path, table=name)
            )
        for column in columns or ():
            if column not in SCHEMAS[name].names:
                raise RecordingError(no_such(told("column of {table}", table=name), column, SCHEMAS[name].names))
        return SCHEMAS[name] if columns is None else pa.schema([SCHEMAS[name].field(c) for c in columns])

    def to_pedpy(self) -> dict[str, PedPyLevel]:
        """Return the people and the floor of each level, by its name, as PedPy's objects (2 frames a second).

        Raises:
            RecordingError: PedPy is not installed, or the people were not recorded.
        """
        return to_pedpy(self)

    def individual_density(self, level: str, *, cut_off: CutOff | None = CUT_OFF) -> pd.DataFrame:
        """Individual density of everybody on a level, at each recorded instant, as `compute_individual_density`.

        Raises:
            RecordingError: no such level, or the people were not recorded.
        """
        return compute_individual_density(self._people_on(level), self.venue.level(level), cut_off=cut_off)

    def voronoi_density(self, area: str, *, cut_off: CutOff | None = CUT_OFF) -> pd.DataFrame:
        """Voronoi density of a measurement area of the venue, as `compute_voronoi_density`.

        Raises:
            RecordingError: the people were not recorded.
            BadInput: no such area.
        """
        found = self.venue.area(area)
        return compute_voronoi_density(
            self._people_on(found.level), self.venue.level(found.level), found, cut_off=cut_off
        )

    def _people_on(self, level: str) -> pd.DataFrame:
        """The table `people` of one level."""
        names = [item.name for item in self.venue.planes]
        if level not in names:
            raise RecordingError(no_such("level", level, names))
        people = self.table("people", columns=["time", "id", "x", "y", "level"])
        return people[people["level"] == names.index(level)].reset_index(drop=True)

    def _read_part(self, name: str, number: int, schema: pa.Schema) -> pa.Table:
        path = self.directory.part_path(name, number)
        try:
            with path.open("rb") as file:  # Arrow would take the name for UTF-8 whatever the system does
                return pq.read_table(file, columns=schema.names, partitioning=None).cast(schema)
        except (OSError, pa.ArrowException, ValueError, KeyError) as error:
            raise RecordingError(
                told("{path} is damaged ({why}); run the scenario again", path=path, why=shown(str(error)))
            ) from None


def _plain(table: pa.Table) -> pa.Table:
    """Turn dictionary columns into text."""
    text = [pa.string() if pa.types.is_dictionary(f.type) else f.type for f in table.schema]
    return table.cast(pa.schema(list(zip(table.schema.names, text, strict=True))))
