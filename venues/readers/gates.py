"""What a map says of a gate, read so that nothing it says makes the gate wider or more open than it is.

Not here: the gate's line (`mending.py`), the width among other attributes (`osm_tags.py`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from venues.doors import DIRECTIONS
from venues.places import MAX_CAPACITY
from venues.readers.import_report import ImportReport
from venues.readers.osm_tags import parse_width
from venues.readers.sketch import Drawn

#: How maps write whether a gate is open; a table of a GIS may hold numbers or texts.
OPEN = {"true": True, "yes": True, "1": True, "1.0": True, "false": False, "no": False, "0": False, "0.0": False}


def read_gate(one: Drawn, report: ImportReport) -> Drawn:
    """Return a gate with what is said of it in the types of a venue; if that cannot be read, it is shut and told.

    What is no gate comes back as it is.
    """
    if one.role != "gate":
        return one
    given = dict(one.details)
    if "width_assumed" in given:
        given["width_assumed"] = OPEN.get(str(given["width_assumed"]).strip().lower(), True)
    if "open" in given:
        said = given["open"]
        given["open"] = OPEN.get(str(said).strip().lower(), False)
        if str(said).strip().lower() not in OPEN:
            report.assume("a gate whose 'open' cannot be read is shut ({said!r:.40})", one.where, said=said)
    for key, read in (("capacity", _read_capacity), ("direction", _read_direction)):
        if key in given:
            said, given[key] = given[key], read(given[key])
            if given[key] is None:
                del given[key]
                given["open"] = False
                report.assume("a gate whose {key} cannot be read is shut ({said!r:.40})", one.where, key=key, said=said)
    if isinstance(given.get("clear_width"), str):
        said, given["clear_width"] = given["clear_width"], parse_width(given["clear_width"])
        if given["clear_width"] is None:
            report.assume(
                "a width that cannot be read is not used ({key}={said!r:.40})", one.where, key="clear_width", said=said
            )
    if given.get("clear_width") is None:
        given.pop("clear_width", None)
        given["width_assumed"] = True
        report.assume("a gate without a width that can be read is as wide as its line", one.where)
    return replace(one, details=given)


def _read_capacity(value: Any) -> float | None:
    """Return the number of people a second in a table; None if it is none that a gate can have."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if 0.0 < number <= MAX_CAPACITY else None


def _read_direction(value: Any) -> str | None:
    """Return the direction in a table, in whatever case; None if it is none."""
    word = str(value).strip().lower()
    return word if word in DIRECTIONS else None
