"""The names that a person gives to what an import found: by its own name, or by the colour it is painted in.

Not here: names that a map gives itself (each reader), colours (`plan_picture.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from venues.errors import BadInput, name_known
from venues.readers.import_report import ImportReport
from venues.refusals import told
from venues.venue import Venue

#: Parts of a venue whose items are called by name.
NAMED = ("zones", "gates", "links", "slopes", "areas", "lines", "cameras", "loudspeakers", "signs")


def name_items(venue: Venue, names: Mapping[str, str], report: ImportReport) -> Venue:
    """Return a venue whose items have the names that a person gives them.

    Args:
        venue: with the names that the import gave.
        names: name in the venue -> the one it shall have; colours (`#rrggbb`) are no concern of ours.

    Raises:
        BadInput: a name that nothing in the venue has, or that two things would have.
    """
    names = {old: new for old, new in names.items() if not old.startswith("#")}
    found = [item.name for part in NAMED for item in getattr(venue, part)]
    for old in names:
        if old not in found:
            raise BadInput(
                told(
                    "[names] has {name!r}, which is not the name of anything found; {known}",
                    name=old,
                    known=name_known(found, old),
                )
            )
    if not names:
        return venue
    for old, new in names.items():
        report.take("{old} is called {new}, as the file of roles says", old=old, new=new)
    parts: dict[str, Any] = {
        part: tuple(_called(item, names.get(item.name, item.name)) for item in getattr(venue, part)) for part in NAMED
    }
    return replace(venue, **parts)


def _called(item: Any, name: str) -> Any:
    """Return an item with a name; labels of another name, which a plan would show, go."""
    if name == item.name:
        return item
    return replace(item, name=name, **({"labels": {}} if hasattr(item, "labels") else {}))
