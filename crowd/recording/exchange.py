"""A recording for other programs: PedPy's objects, and the sqlite trajectory format of JuPedSim.

Both take the people at the recorded instants: frame k is k / 2 seconds after the start. Not here: reading foreign
trajectories (`crowd.trajectories`), the tables themselves (`crowd.recording.recording`).
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from crowd.errors import DiskFull, RecordingError, no_such
from crowd.recording.tables import HALF_SECOND
from venues.refusals import either, told

if TYPE_CHECKING:
    from crowd.recording.recording import Recording

FRAME_RATE = 1.0 / HALF_SECOND  # [1/s] of the table `people`
JUPEDSIM_VERSION = 2  # of the sqlite format, JuPedSim 1.0 and later
_TABLES = """
CREATE TABLE trajectory_data (frame INTEGER NOT NULL, id INTEGER NOT NULL, pos_x REAL NOT NULL, pos_y REAL NOT NULL,
    ori_x REAL NOT NULL, ori_y REAL NOT NULL);
CREATE TABLE metadata (key TEXT NOT NULL UNIQUE, value TEXT NOT NULL);
CREATE TABLE geometry (hash INTEGER NOT NULL, wkt TEXT NOT NULL);
CREATE TABLE frame_data (frame INTEGER NOT NULL, geometry_hash INTEGER NOT NULL);
CREATE UNIQUE INDEX frame_id_idx ON trajectory_data (frame, id);
"""


class PedPyLevel(NamedTuple):
    """One level for PedPy.

    Args:
        trajectories: pedpy.TrajectoryData at 2 frames a second, None if nobody was on the level.
        walkable_areas: one pedpy.WalkableArea for each connected piece of floor (PedPy's is one polygon).
    """

    trajectories: Any
    walkable_areas: tuple[Any, ...]

    @property
    def walkable_area(self) -> Any:
        """The pedpy.WalkableArea of a level in one piece.

        Raises:
            RecordingError: the floor is in several pieces.
        """
        if len(self.walkable_areas) != 1:
            raise RecordingError(
                told(
                    "the floor is in {count} pieces, PedPy's is one: take one of 'walkable_areas'",
                    count=len(self.walkable_areas),
                )
            )
        return self.walkable_areas[0]


def to_pedpy(recording: Recording) -> dict[str, PedPyLevel]:
    """Return trajectories and floor of each level, by its name, as PedPy's objects.

    Raises:
        RecordingError: PedPy is not installed, or the people were not recorded.
    """
    try:
        import pedpy
    except ImportError:
        raise RecordingError(told("PedPy is not installed; get it with: pip install pedpy")) from None
    people = _people(recording)
    found = {}
    for index, level in enumerate(recording.venue.planes):
        rows = people.loc[people["level"] == index, ["id", "frame", "x", "y"]].reset_index(drop=True)
        data = pedpy.TrajectoryData(data=rows, frame_rate=FRAME_RATE) if len(rows) else None
        found[level.name] = PedPyLevel(data, tuple(pedpy.WalkableArea(piece) for piece in level.floor.geoms))
    return found


def write_jupedsim_sqlite(recording: Recording, file: str | Path, *, level: str | None = None) -> Path:
    """Write the people of one level in the sqlite trajectory format of JuPedSim.

    Args:
        recording: with people.
        file: to make.
        level: name of the level; None: the only one.

    Returns:
        The file.

    Raises:
        RecordingError: the file exists or cannot be made, no such level, nobody on it, or no people recorded.
        DiskFull: nothing is left behind.
    """
    file = Path(file)
    names = [item.name for item in recording.venue.planes]
    if level is None and len(names) > 1:
        raise RecordingError(
            told(
                "the venue has {count} levels, a file holds one: --level {known}",
                count=len(names),
                known=either(names),
            )
        )
    chosen = names[0] if level is None else level
    if chosen not in names:
        raise RecordingError(no_such("level", chosen, names))
    if file.exists():
        raise RecordingError(told("{file} exists; name a new file", file=file))
    if not file.absolute().parent.is_dir():
        raise RecordingError(
            told("{file} cannot be made: {folder} is no directory; make it first", file=file, folder=file.parent)
        )
    people = _people(recording)
    rows = people[people["level"] == names.index(chosen)]
    if rows.empty:
        raise RecordingError(told("nobody was recorded on level {level!r}; there is nothing to export", level=chosen))
    wkt = recording.venue.level(chosen).floor
    _write_aside(file, _with_orientation(rows), wkt.geoms[0].wkt if len(wkt.geoms) == 1 else wkt.wkt)
    return file


def _people(recording: Recording) -> pd.DataFrame:
    """The table `people` with its frames, sorted by person and frame; numbers in double precision."""
    table = recording.table("people", columns=["time", "id", "x", "y", "level"])
    table["frame"] = np.round(table["time"] * FRAME_RATE).astype(np.int64)
    table = table.astype({"id": np.int64, "x": np.float64, "y": np.float64})
    return table.sort_values(["id", "frame"], kind="stable", ignore_index=True)


def _with_orientation(people: pd.DataFrame) -> pd.DataFrame:
    """Add unit vectors of the way walked: since the frame before, kept by who stands; (1, 0) for who never moves."""
    steps = people.groupby("id")[["x", "y"]].diff()
    length = np.hypot(steps["x"].to_numpy(), steps["y"].to_numpy())
    known = steps.div(np.where(length > 1e-9, length, np.nan), axis=0)
    ways = known.groupby(people["id"]).ffill().groupby(people["id"]).bfill()
    return people.assign(ori_x=ways["x"].fillna(1.0), ori_y=ways["y"].fillna(0.0)).sort_values(["frame", "id"])


def _write_aside(file: Path, people: pd.DataFrame, wkt: str) -> None:
    """Write under another name and rename, so that no half file stands under the name asked for."""
    aside = file.with_name(file.name + ".aside")
    aside.unlink(missing_ok=True)
    try:
        connection = sqlite3.connect(aside)
        try:
            with connection:
                _fill(connection, people, wkt)
        finally:
            connection.close()
        os.replace(aside, file)
    except sqlite3.OperationalError as error:
        if "full" in str(error):
            raise DiskFull(told("{path}: no room left on the disk", path=file)) from error
        raise RecordingError(
            told("{file} cannot be written ({why}); name another file", file=file, why=error)
        ) from None
    finally:
        aside.unlink(missing_ok=True)


def _fill(connection: sqlite3.Connection, people: pd.DataFrame, wkt: str) -> None:
    connection.executescript(_TABLES)
    columns = ["frame", "id", "x", "y", "ori_x", "ori_y"]
    rows = zip(*(people[name].tolist() for name in columns), strict=True)
    connection.executemany("INSERT INTO trajectory_data VALUES (?, ?, ?, ?, ?, ?)", rows)
    ends = {"xmin": people["x"].min(), "xmax": people["x"].max(), "ymin": people["y"].min(), "ymax": people["y"].max()}
    metadata = {"version": JUPEDSIM_VERSION, "fps": FRAME_RATE, **ends}
    connection.executemany("INSERT INTO metadata VALUES (?, ?)", [(key, str(v)) for key, v in metadata.items()])
    digest = int.from_bytes(hashlib.sha256(wkt.encode()).digest()[:7], "big")
    connection.execute("INSERT INTO geometry VALUES (?, ?)", (digest, wkt))
    frames = [(int(frame), digest) for frame in people["frame"].unique()]
    connection.executemany("INSERT INTO frame_data VALUES (?, ?)", frames)
