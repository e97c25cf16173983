"""The root of the one error tree: input that cannot be used.

Not here: errors of a running model (those live with `crowd`, and derive from this tree where they are input
errors).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class BadInput(ValueError):
    """Input that cannot be used.

    The message is one line: what, the value, where, and what would be right.
    """


def name_known(names: Iterable[str], wanted: str) -> str:
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
    question = f"did you mean {' or '.join(repr(name) for name in near)}? " if near else ""
    return f"{question}known: {listed or 'none'}"
