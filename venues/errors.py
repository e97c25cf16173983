"""The root of the one error tree: input that cannot be used.

Not here: errors of a running model (those live with `crowd`, and derive from this tree where they are input
errors).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from venues.refusals import Told, told


class BadInput(ValueError):
    """Input that cannot be used.

    The message is one line: what, the value, where, and what would be right. It is `told`, so that it can be read in
    another language; its type keeps plain text out.
    """

    def __init__(self, message: Told) -> None:
        super().__init__(message)


def check_schema(where: str, version: object, *, reads: int) -> None:
    """Refuse a file whose form is not the one this version reads, first of all that of a newer version.

    Args:
        where: the file, for the message.
        version: its schema_version.
        reads: the one that is read.

    Raises:
        BadInput: any other.
    """
    said = {"where": where, "version": version, "reads": reads}
    if type(version) is not int or version < reads:
        raise BadInput(told("{where}: schema_version is {version!r:.60}; it must be {reads}", **said))
    if version > reads:
        raise BadInput(
            told("{where}: written by a newer inpa (schema {version}); this one reads {reads}: update inpa", **said)
        )


def named(kind: str, name: str) -> Told:
    """Return what a thing is called in messages, like "gate 'north'"; the kind in the language of the message."""
    return told("{kind} {name!r}", kind=told(kind), name=name)


def unnamed(kind: str) -> Told:
    """Return what a thing is called in messages where it has no name yet, like "a gate"."""
    return told("a {kind}", kind=told(kind))


def name_known(names: Iterable[str], wanted: str) -> Told:
    """Return the end of a sentence that helps somebody who wrote an unknown name.

    Args:
        names: the names that would have been right.
        wanted: the name that was written.

    Returns:
        "did you mean 'a'? known: 'a', 'b'" (near names first; at most 12 known names).
    """
    known = sorted(names)
    near = difflib.get_close_matches(wanted, known, n=2, cutoff=0.6)
    listed = ", ".join(repr(name) for name in known[:12]) + (", ..." if len(known) > 12 else "")
    shown = listed or told("none")
    if not near:
        return told("known: {listed}", listed=shown)
    both = told("{one!r} or {other!r}", one=near[0], other=near[1]) if len(near) > 1 else repr(near[0])
    return told("did you mean {near}? known: {listed}", near=both, listed=shown)
