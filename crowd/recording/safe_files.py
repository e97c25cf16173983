"""Files that are whole or not there: written aside in the same directory, synced, renamed."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from crowd.errors import DiskFull, RecordingError

#: End of the name of a file that is not whole yet.
ASIDE = ".aside"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


def check_writable(path: Path) -> None:
    """Check that a directory is there that one can write to, or can be made.

    Raises:
        RecordingError: it cannot be.
    """
    standing = next(p for p in (path, *path.absolute().parents) if p.exists())
    if not standing.is_dir() or not os.access(standing, os.W_OK | os.X_OK):
        raise RecordingError(f"{path} cannot be made: {standing} is no directory one can write to")


def check_results_folder(path: Path, names: Sequence[str], *, proof: str) -> None:
    """Check that results may be written into a folder, before they are computed.

    Args:
        path: the folder, which may be there or not. names: of the files that would be written. proof: the one of them
            that tells that earlier results of the same command are there, which may be replaced.

    Raises:
        RecordingError: it cannot be made, lies in a run, or holds files of such names that something else wrote.
    """
    check_writable(path)
    inside = next((parent for parent in path.absolute().parents if (parent / "manifest.json").exists()), None)
    if inside is not None:
        raise RecordingError(f"{path} lies in {inside}, which holds a run; --out must name a folder outside it")
    held = next((name for name in names if (path / name).exists()), None)
    if held is not None and not (path / proof).exists():
        raise RecordingError(f"{path} holds a {held} that crowd did not write; --out must name another folder")


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn a full disk into `DiskFull`, whoever met it."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM or isinstance(error, DiskFull):
            raise
        raise DiskFull(f"{path}: no room left on the disk") from error


def write_aside(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Make or replace a file by what `write` writes.

    Raises:
        DiskFull: no room; what was there before stays.
    """
    aside = path.with_name(path.name + ASIDE)
    with disk_errors(path):
        try:
            with open(aside, "wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, path)
        except OSError:
            aside.unlink(missing_ok=True)
            raise
        sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """See that a rename in a directory outlives a crash."""
    if os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
