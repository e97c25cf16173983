"""Files that are whole or not there: written aside in the same directory, synced, renamed."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from crowd.errors import DiskFull
from venues.refusals import told

#: End of the name of a file that is not whole yet.
ASIDE = ".aside"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn a full disk into `DiskFull`, whoever met it."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM or isinstance(error, DiskFull):
            raise
        raise DiskFull(told("{path}: no room left on the disk", path=path)) from error


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


def write_whole(path: Path, content: bytes) -> None:
    """Make or replace a file by `content`; raises as `write_aside` does."""
    write_aside(path, lambda file: file.write(content))


def sync_directory(path: Path) -> None:
    """See that a rename in a directory outlives a crash."""
    if os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
