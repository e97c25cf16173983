"""What a map says of a camera, a loudspeaker or a sign; what it does not say is assumed and told.

Not here: what they see and reach (`venues.coverage`).
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from venues.readers.import_report import ImportReport
from venues.readers.sketch import Drawn

#: Role -> member -> what it has where a map says nothing, and the unit. All assumed: a dome, as far as people can be
#: told apart and spoken to; a board as far as letters of 10 cm are read.
DEFAULTS: dict[str, dict[str, tuple[float, str]]] = {
    "camera": {"bearing": (0.0, "degrees"), "field_of_view": (360.0, "degrees"), "reach": (20.0, "m")},
    "loudspeaker": {"reach": (20.0, "m")},
    "sign": {"reach": (10.0, "m")},
}


def read_element(one: Drawn, report: ImportReport) -> Drawn:
    """Return a camera, loudspeaker or sign with all its numbers; what is none of these comes back as it is."""
    if one.role not in DEFAULTS:
        return one
    given = dict(one.details)
    for key, (value, unit) in DEFAULTS[one.role].items():
        number = _number(given.get(key))
        if number is None:
            report.assume(
                "a {role} without a {key} that can be read has {value:g} {unit}",
                one.where,
                role=one.role,
                key=key,
                value=value,
                unit=unit,
            )
        given[key] = value if number is None else number
    return replace(one, details=given)


def _number(value: Any) -> float | None:
    """Return a finite number that a table holds, as text too; None if there is none."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
