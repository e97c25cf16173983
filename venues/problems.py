"""One finding of the check of a map: how bad, where, what, and how to mend it. Not here: the finding (`check.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from venues.sentences import in_language

#: How bad a finding is, the worst first; information is no fault.
SEVERITIES = ("error", "warning", "information")


@dataclass(frozen=True)
class Problem:
    """One finding.

    Attributes:
        severity: how bad (`SEVERITIES`). place, x, y: where, a name and a point [m].
        finding, advice: what is wrong and how to mend it, sentences with blanks. values: what fills them.
        called: language -> what the place is called on a plan; its name where that is not known.
    """

    severity: str
    place: str
    x: float
    y: float
    finding: str
    advice: str
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    called: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def what(self) -> str:
        """What is wrong, in English."""
        return in_language(self.finding, "en", self.values)

    @property
    def mend(self) -> str:
        """How to mend it, in English."""
        return in_language(self.advice, "en", self.values)

    def text(self, lang: str = "en") -> str:
        """Return the finding as one line."""
        said = {part: in_language(getattr(self, part), lang, self.values) for part in ("finding", "advice")}
        place = self.called.get(lang, self.place)
        values = {"severity": self.severity, "place": place, "x": self.x, "y": self.y, **said}
        return in_language("{severity}: {place!s} at ({x:g}, {y:g}): {finding}; {advice}", lang, values)

    def data(self, lang: str = "en") -> dict[str, Any]:
        """Return the finding as plain data."""
        said = {"what": self.finding, "mend": self.advice}
        told = {key: in_language(sentence, lang, self.values) for key, sentence in said.items()}
        place = {"place": self.place, "called": self.called.get(lang, self.place)}
        return {"severity": self.severity, **place, "x": self.x, "y": self.y, **told}


def problem_at(severity: str, place: str, shape: BaseGeometry, what: str, mend: str, **values: Any) -> Problem:
    """Return a problem at a point on a shape, of a line its middle; `values` fill the blanks of both sentences."""
    straight = isinstance(shape, shapely.LineString)
    point = shape.interpolate(0.5, normalized=True) if straight else shapely.point_on_surface(shape)
    return Problem(severity, place, round(point.x, 2), round(point.y, 2), what, mend, values)
