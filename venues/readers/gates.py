"""What a map says of a gate, read so that nothing it says makes the gate wider or more open than it is.

Not here: the gate's line (`mending.py`), the width among other attributes (`osm_tags.py`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from venues.readers.import_report import ImportReport
from venues.readers.osm_tags import parse_width
from venues.readers.sketch import Drawn

#: How maps write whether a gate is open; a table of a GIS may hold numbers or texts.
OPEN = {"true": True, "yes": True, "1": True, "1.0": True, "false": False, "no": False, "0": False, "0.0": False}


def read_gate(one: Drawn, report: ImportReport) -> Drawn:
    """Return a gate with what is said of it in the types of a venue: what cannot be read is told, and is shut."""
    given = dict(one.details)
    if "open" in given:
        said = given["open"]
        given["open"] = OPEN.get(str(said).strip().lower(), False)
        if str(said).strip().lower() not in OPEN:
            report.assume("a gate whose 'open' cannot be read is shut ({said!r:.40})", one.where, said=said)
    if "capacity" in given:
        given["capacity"] = _number(given["capacity"])
    if isinstance(given.get("clear_width"), str):
        said, given["clear_width"] = given["clear_width"], parse_width(given["clear_width"])
        if given["clear_width"] is None:
            report.assume(
                "a width that cannot be read is not used ({key}={said!r:.40})", one.where, key="clear_width", said=said
            )
    if given.get("clear_width") is None:
        given.pop("clear_width", None)
        report.assume("a gate without a width that can be read is as wide as its line", one.where)
    return replace(one, details=given)


def _number(value: Any) -> Any:
    """Return a number that a table holds as text; what is none stays, and the gate refuses it."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value
