"""Files that people write: looked at for size before they are opened, read as UTF-8 with or without a mark.

Not here: what the text means (`crowd.scenario.schema`, `crowd.scenario.demand_table`).
"""

from __future__ import annotations

from pathlib import Path

from crowd.errors import ScenarioError
from venues.refusals import told

LARGEST_FILE = 50_000_000  # [bytes] assumed: a thousand times a usual table


def load_text(path: Path, *, what: str) -> str:
    """Return the text of a file.

    Args:
        path: the file.
        what: kind of file, for messages, like "demand table".

    Raises:
        ScenarioError: no such file, not a file, too large, not readable, not UTF-8.
    """
    file = told("{kind} {path!r}", kind=told(what), path=str(path))
    try:
        if not path.is_file():
            raise ScenarioError(told("{file} is not there, or is not a file; name an existing file", file=file))
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise ScenarioError(
                told(
                    "{file} has {size:,.0f} MB; it must have at most {most:.0f} MB",
                    file=file,
                    size=size / 1e6,
                    most=LARGEST_FILE / 1e6,
                )
            )
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError(
            told("{file} is not UTF-8 text (byte {byte}); save it as UTF-8", file=file, byte=error.start)
        ) from None
    except OSError as error:
        raise ScenarioError(
            told(
                "{file} cannot be read: {why}; check its path and its rights", file=file, why=told(str(error.strerror))
            )
        ) from None
