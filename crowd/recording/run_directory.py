"""The directory of a run on disk, safe against a crash at any moment.

Holds: the names in it, parts of tables, the checkpoint and the lock.
Not here: how a file is written (`crowd.recording.safe_files`, `crowd.recording.part_file`), what the tables mean
(`crowd.recording.tables`) and who fills them (`crowd.recording.recorder`).

A part covers 60 simulated seconds in every table. The checkpoint is written after all tables of its part
are in place and names it; whatever is later than the checkpoint does not count and is deleted on resuming.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from crowd.errors import BadInput, RecordingError, shown
from crowd.recording.manifest import Manifest, parse_manifest
from crowd.recording.part_file import PartFile
from crowd.recording.safe_files import ASIDE, disk_errors, write_aside, write_whole
from crowd.recording.tables import SCHEMAS, table_names
from venues.errors import check_schema
from venues.refusals import message_of, told

MANIFEST = "manifest.json"
SCENARIO = "scenario.toml"
VENUE = "venue.geojson"
INPUTS = (SCENARIO, VENUE)
CHECKPOINT = "checkpoint"
PART_SECONDS = 60.0  # simulated
HEADER = "header"
LARGEST_MANIFEST = 10_000_000  # bytes; assumed: a thousand times what a run writes
PART_NAME = re.compile(r"part-(\d{5})\.parquet(?:\.aside)?")
CHECKPOINT_VERSION = 4
DAMAGE = (
    OSError, ValueError, KeyError, EOFError, TypeError, MemoryError, OverflowError, RecursionError,
    NotImplementedError, zipfile.BadZipFile,
)  # fmt: skip


def check_writable(path: Path) -> None:
    """Check that a directory is there that one can write to, or can be made.

    Raises:
        RecordingError: it cannot be.
    """
    standing = next(p for p in (path, *path.absolute().parents) if p.exists())
    if not standing.is_dir() or not os.access(standing, os.W_OK | os.X_OK):
        raise RecordingError(
            told("{path} cannot be made: {standing} is no directory one can write to", path=path, standing=standing)
        )


def check_results_folder(path: Path, names: Sequence[str], *, proof: str) -> None:
    """Check that results may be written into a folder, before they are computed.

    Args:
        path: the folder, which may be there or not. names: of the files that would be written. proof: the one of them
            that tells that earlier results of the same command are there, which may be replaced.

    Raises:
        RecordingError: it cannot be made, is or lies in a run, or holds files of such names that something else wrote.
    """
    check_writable(path)
    inside = next((p for p in (path.resolve(), *path.resolve().parents) if (p / MANIFEST).exists()), None)
    if inside is not None:
        raise RecordingError(
            told(
                "{path} lies in {inside}, which holds a run; --out must name a folder outside it",
                path=path,
                inside=inside,
            )
        )
    held = next((name for name in names if (path / name).exists()), None)
    if held is not None and not (path / proof).exists():
        raise RecordingError(
            told("{path} holds a {held} that crowd did not write; --out must name another folder", path=path, held=held)
        )


@dataclass(frozen=True)
class Checkpoint:
    """Everything needed to go on after part `part`.

    Attributes:
        part: number of the last part whose tables are all in place.
        simulated_seconds: end of that part [s].
        wall_seconds: time the run has taken so far [s].
        arrays: named arrays of model and recorder.
    """

    part: int
    simulated_seconds: float
    wall_seconds: float
    arrays: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class RunDirectory:
    """A directory that holds, or will hold, one run."""

    path: Path

    @property
    def checkpoint_path(self) -> Path:
        """Where the checkpoint is."""
        return self.path / CHECKPOINT

    def check_vacant(self) -> None:
        """Check that a run may begin here, without writing anything.

        Raises:
            RecordingError: it holds files, is no directory, or cannot be made.
        """
        if self.path.exists():
            if not self.path.is_dir():
                raise RecordingError(told("{path} is a file; --out must name a new or empty directory", path=self.path))
            if any(self.path.iterdir()):
                held = told("another run") if (self.path / MANIFEST).exists() else told("files")
                raise RecordingError(
                    told("{path} holds {held}; --out must name a new or empty directory", path=self.path, held=held)
                )
        check_writable(self.path)

    def create(self, manifest: Manifest, write_inputs: Callable[[Path], None]) -> Manifest:
        """Make the directory with the inputs of the run and, last, its manifest.

        Args:
            manifest: of the run that begins.
            write_inputs: writes scenario and venue into the directory it is given.

        Returns:
            The manifest as it was written: it vouches for the inputs.

        Raises:
            DiskFull: nothing is left behind.
        """
        self.check_vacant()
        made = not self.path.exists()
        try:
            with disk_errors(self.path):
                self.path.mkdir(parents=True, exist_ok=True)
                write_inputs(self.path)
                files = {name: _digest(self.path / name) for name in INPUTS if (self.path / name).exists()}
                manifest = manifest.model_copy(update={"files": files})
                for name in table_names(record=manifest.record):
                    (self.path / name).mkdir()
                self.write_manifest(manifest)
        except BaseException:
            shutil.rmtree(self.path, ignore_errors=True)
            if not made:
                self.path.mkdir(exist_ok=True)
            raise
        return manifest

    def input_file(self, name: str, manifest: Manifest) -> Path:
        """Return where an input of the run is.

        Raises:
            RecordingError: it is not as the run wrote it.
        """
        path, noted = self.path / name, manifest.files.get(name)
        if noted is not None and path.is_file() and _digest(path) != noted:
            raise RecordingError(
                told("{path} was changed since the run began; put it back as it was, or begin a new run", path=path)
            )
        return path

    def read_manifest(self) -> Manifest:
        """Read and check the manifest.

        Raises:
            RecordingError: there is none, or it is damaged.
        """
        path = self.path / MANIFEST
        if not path.is_file():
            raise RecordingError(
                told("{path} holds no run: there is no {manifest} in it", path=self.path, manifest=MANIFEST)
            )
        if path.stat().st_size > LARGEST_MANIFEST:
            raise RecordingError(
                told("{path} has over {most:,} bytes; no run writes such a manifest", path=path, most=LARGEST_MANIFEST)
            )
        return parse_manifest(path.read_bytes(), where=path)

    def write_manifest(self, manifest: Manifest) -> None:
        """Replace the manifest."""
        write_whole(self.path / MANIFEST, manifest.to_json().encode())

    def write_part(self, number: int, tables: Mapping[str, pa.Table]) -> None:
        """Write one part of every table.

        Args:
            number: of the part, from 0.
            tables: name -> rows of this part.

        Raises:
            DiskFull: no room; the parts before stay good.
        """
        for name, table in tables.items():
            part = self.part_file(name, number)
            part.append(table)
            part.close()

    def part_file(self, table: str, number: int) -> PartFile:
        """One part of one table, to be written bit by bit."""
        return PartFile(self.part_path(table, number))

    def part_path(self, table: str, number: int) -> Path:
        """Where one part of one table is."""
        return self.path / table / f"part-{number:05d}.parquet"

    def check_parts(self, *, count: int, record: str) -> None:
        """Check that the first `count` parts of each table are there.

        Raises:
            RecordingError: one is missing.
        """
        for name in table_names(record=record):
            missing = set(range(count)) - set(self._part_numbers(name))
            if missing:
                first = self.part_path(name, min(missing))
                raise RecordingError(told("{path} is missing; the run cannot be used without it", path=first))

    def delete_parts_from(self, number: int) -> None:
        """Delete parts that no checkpoint vouches for, and what was being written when the run broke off."""
        for name in SCHEMAS:
            folder = self.path / name
            for file in sorted(folder.glob("part-*")) if folder.is_dir() else []:
                match = PART_NAME.fullmatch(file.name)
                if match and (file.name.endswith(ASIDE) or int(match[1]) >= number):
                    file.unlink()
        for name in (MANIFEST, CHECKPOINT):
            (self.path / (name + ASIDE)).unlink(missing_ok=True)

    def write_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Replace the checkpoint.

        Raises:
            DiskFull: no room; the checkpoint before stays.
        """
        header = {
            "schema_version": CHECKPOINT_VERSION,
            "part": checkpoint.part,
            "simulated_seconds": checkpoint.simulated_seconds,
            "wall_seconds": checkpoint.wall_seconds,
        }
        packed = np.frombuffer(json.dumps(header).encode(), dtype=np.uint8)
        arrays = {HEADER: packed, **checkpoint.arrays}
        write_aside(self.checkpoint_path, lambda file: np.savez(file, allow_pickle=False, **arrays))

    def read_checkpoint(self, *, arrays: bool = True) -> Checkpoint | None:
        """Read the newest checkpoint.

        Args:
            arrays: False reads how far it goes and leaves the arrays out.

        Returns:
            None if the run broke off before its first.

        Raises:
            RecordingError: it is damaged.
        """
        if not self.checkpoint_path.exists():
            return None
        try:
            return _parse_checkpoint(self.checkpoint_path, arrays=arrays)
        except BadInput as error:
            raise RecordingError(message_of(error)) from None
        except DAMAGE as error:
            raise RecordingError(
                told(
                    "{path} is damaged ({why}); delete it to begin again from the start of the run",
                    path=self.checkpoint_path,
                    why=shown(str(error) or type(error).__name__),
                )
            ) from None

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep a second process from writing here; the lock ends with the process.

        Raises:
            RecordingError: another process is writing here.
        """
        try:
            import fcntl
        except ImportError:  # no such locks on this system
            yield
            return
        handle = os.open(self.path, os.O_RDONLY)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise RecordingError(
                    told("{path} is in use: another process is running this run", path=self.path)
                ) from None
            yield
        finally:
            os.close(handle)

    def _part_numbers(self, table: str) -> list[int]:
        names = [PART_NAME.fullmatch(file.name) for file in (self.path / table).glob("part-*.parquet")]
        return sorted(int(match[1]) for match in names if match)


def _parse_checkpoint(path: Path, *, arrays: bool) -> Checkpoint:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if entry.compress_type != zipfile.ZIP_STORED or entry.file_size > path.stat().st_size:
                raise ValueError(f"entry {entry.filename} is packed")
            if not entry.filename.endswith(".npy"):
                raise ValueError(f"entry {entry.filename} is no array")
        names = [entry.filename[:-4] for entry in archive.infolist()]
        header = json.loads(_read_array(archive, HEADER).tobytes())
        kept = {name: _read_array(archive, name) for name in names if arrays and name != HEADER}
    _check_version(path, header["schema_version"])
    found = Checkpoint(
        part=int(header["part"]),
        simulated_seconds=float(header["simulated_seconds"]),
        wall_seconds=float(header["wall_seconds"]),
        arrays=kept,
    )
    if not (0 <= found.part < 100_000 and 0 < found.simulated_seconds < 1e7 and found.wall_seconds >= 0):
        raise ValueError(f"part {found.part} at {found.simulated_seconds} s")
    return found


def _check_version(path: Path, version: object) -> None:
    """Refuse a checkpoint that another version wrote: whoever is in it was drawn, and moves, by another model."""
    if type(version) is int and version < CHECKPOINT_VERSION:
        raise RecordingError(
            told(
                "{path}: written by an older inpa (schema {version}); this one reads {reads}: "
                "begin a new run, or go on with the version that began it",
                path=path,
                version=version,
                reads=CHECKPOINT_VERSION,
            )
        )
    check_schema(str(path), version, reads=CHECKPOINT_VERSION)


def _read_array(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    return np.lib.format.read_array(io.BytesIO(archive.read(name + ".npy")), allow_pickle=False)


def _digest(path: Path) -> str:
    """SHA-256 of the bytes of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
