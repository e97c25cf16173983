"""The errors of the package, one tree: what went wrong at a door, and with which exit code a command ends.

Holds: the exceptions that `crowd` raises with their exit codes, the wording of "no such name" and of a place.
Not here: where errors are caught and printed (`crowd.cli`); the root of the tree (`venues.errors.BadInput`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from venues.errors import BadInput, name_known
from venues.refusals import Told, message_of, told

EXIT_BAD_INPUT = 2
EXIT_DISK_FULL = 3
EXIT_FAULT = 70
EXIT_INTERRUPTED = 130


class ScenarioError(BadInput):
    """A scenario, or what it names, cannot be used; one line: what, the value, where, what would be right."""

    exit_code = EXIT_BAD_INPUT


class RecordingError(BadInput):
    """A directory holds no recording that can be read, or must not be written to."""

    exit_code = EXIT_BAD_INPUT


class TrajectoryError(BadInput):
    """Measured trajectories cannot be used; one line: file, row, value, and what would be right."""

    exit_code = EXIT_BAD_INPUT


class DiskFull(OSError):
    """There is no room left for the tables of a run; the run can be resumed."""

    exit_code = EXIT_DISK_FULL


class Interrupted(RuntimeError):
    """Someone stopped a run; it can be resumed."""

    exit_code = EXIT_INTERRUPTED


class ModelError(RuntimeError):
    """The model reached a state that cannot be; the message names person, place and time."""

    exit_code = EXIT_FAULT


def shown(value: object, *, length: int = 60) -> str:
    """Return a value as a message shows it: on one line, quoted if text, cut if long.

    Args:
        value: anything read from a file.
        length: largest number of characters.
    """
    text = repr(value) if isinstance(value, str | bytes | float | int | None) else repr(str(value))
    return text if len(text) <= length else text[: length - 4] + "..." + text[-1]


def no_such(what: str, name: str, known: Iterable[str]) -> Told:
    """Return the words for a name that does not exist, with the nearest names that do.

    Args:
        what: kind of thing, like "zone".
        name: the name that was asked for.
        known: the names that exist.

    Returns:
        One clause, like "unknown zone 'exitt'; did you mean 'exit'? known: 'exit', 'start'".
    """
    kind = what if isinstance(what, Told) else told(what)
    return told("unknown {what} {name}; {known}", what=kind, name=shown(name), known=name_known(known, name))


@contextmanager
def blamed(where: str, place: str = "") -> Iterator[None]:
    """Put file and place in front of what bad input raises inside.

    Raises:
        ScenarioError: for any BadInput.
    """
    try:
        yield
    except BadInput as error:
        said = message_of(error)
        for part in filter(None, (place, where)):
            said = told("{where}: {what}", where=part, what=said)
        raise ScenarioError(said) from None
