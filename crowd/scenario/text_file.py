"""Files that people write: looked at for size before they are opened, read as UTF-8 with or without a mark.

Not here: what the text means (`crowd.scenario.schema`, `crowd.scenario.demand_table`).
"""

from __future__ import annotations

from pathlib import Path

from crowd.errors import ScenarioError

LARGEST_FILE = 50_000_000  # [bytes] assumed: a thousand times a usual table


def load_text(path: Path, *, what: str) -> str:
    """Return the text of a file.

    Args:
        path: the file.
        what: kind of file, for messages, like "demand table".

    Raises:
        ScenarioError: no such file, not a file, too large, not readable, not UTF-8.
    """
    file = f"{what} {str(path)!r}"
    try:
        if not path.is_file():
            raise ScenarioError(f"{file} is not there, or is not a file; name an existing file")
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise ScenarioError(
                f"{file} has {size / 1e6:,.0f} MB; it must have at most {LARGEST_FILE / 1e6:.0f} MB"
            )
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{file} is not UTF-8 text (byte {error.start}); save it as UTF-8") from None
    except OSError as error:
        raise ScenarioError(
            f"{file} cannot be read: {error.strerror}; check its path and its rights"
        ) from None
