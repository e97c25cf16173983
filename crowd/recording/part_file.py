"""One part of one table on its way to disk: row group by row group, aside, and in its place once it is whole.

Not here: which parts there are (`crowd.recording.run_directory`), their columns (`crowd.recording.tables`).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from crowd.recording.safe_files import ASIDE, disk_errors, sync_directory


class PartFile:
    """A Parquet file that does not count before it is closed.

    Args:
        path: where it will be.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._aside = path.with_name(path.name + ASIDE)
        self._file: IO[bytes] | None = None
        self._writer: Any = None

    def append(self, table: pa.Table) -> None:
        """Write rows.

        Raises:
            DiskFull: no room; nothing is left of the part.
        """
        with self._whole_or_nothing():
            if self._file is None:
                self._file = open(self._aside, "wb")  # noqa: SIM115 (closed by `close`)
                self._writer = pq.ParquetWriter(self._file, table.schema, **_packing(table.schema))
            self._writer.write_table(table)

    def close(self) -> None:
        """Put the part in its place, synced.

        Raises:
            DiskFull: no room; nothing is left of the part.
        """
        assert self._file is not None
        with self._whole_or_nothing():
            self._writer.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            os.replace(self._aside, self.path)
            sync_directory(self.path.parent)

    def abandon(self) -> None:
        """Leave nothing of a part that will not be closed."""
        if self._file is not None and not self._file.closed:
            if self._writer is not None:
                with contextlib.suppress(OSError, ValueError):
                    self._writer.close()
                self._writer.is_open = False  # it would try again when it is forgotten
            with contextlib.suppress(OSError):
                self._file.close()
            self._aside.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _whole_or_nothing(self) -> Iterator[None]:
        with disk_errors(self.path):
            try:
                yield
            except OSError:
                with contextlib.suppress(OSError):
                    self.abandon()
                raise


def _packing(schema: pa.Schema) -> dict[str, Any]:
    """How a table is written so that it packs well: bytes of like weight together, indices as differences."""
    encoding = {f.name: "BYTE_STREAM_SPLIT" for f in schema if f.type == pa.float32()}
    if "id" in schema.names:
        encoding["id"] = "DELTA_BINARY_PACKED"
    return {
        "compression": "zstd",
        "compression_level": 1,
        "version": "2.6",
        "data_page_version": "1.0",
        "use_dictionary": [f.name for f in schema if f.name not in encoding],
        "column_encoding": encoding,
    }
