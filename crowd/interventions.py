"""Interventions: what is changed in a venue while people are in it.

Holds: frozen descriptions in names of the venue and SI.
Not here: when they happen (`crowd.triggers`), what they do to the crowd (`crowd.model`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from crowd.errors import ScenarioError
from venues.doors import DIRECTIONS
from venues.refusals import either, told

XY = tuple[float, float]


@dataclass(frozen=True)
class OneWay:
    """Let people through a gate in one direction only.

    Args:
        gate: name of the gate.
        direction: "forward", "backward" or "both"; forward is from the right to the left of the gate's line.
        name: name of the intervention; by default made from its kind and place.
    """

    gate: str
    direction: str
    name: str = ""

    def __post_init__(self) -> None:
        if self.direction not in DIRECTIONS:
            raise ScenarioError(
                told(
                    "one-way at gate {gate!r} has direction {direction!r}; it must be {right}",
                    gate=self.gate,
                    direction=self.direction,
                    right=either(map(repr, DIRECTIONS)),
                )
            )
        _default_name(self, f"one-way {self.gate} {self.direction}")


@dataclass(frozen=True)
class KeepRight:
    """Ask people in a zone to keep to the right of those who come towards them.

    Args:
        zone: name of the zone.
        axis: name of a line along the middle of the zone, or None for the middle of the floor.
        compliance: share of people who follow, from 0 to 1.
        name: name of the intervention.
    """

    zone: str
    axis: str | None = None
    compliance: float = 1.0
    name: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.compliance) and 0.0 <= self.compliance <= 1.0):
            raise ScenarioError(
                told(
                    "keep-right in zone {zone!r} has compliance {compliance!r}; it must be from 0 to 1",
                    zone=self.zone,
                    compliance=self.compliance,
                )
            )
        _default_name(self, f"keep-right {self.zone}")


@dataclass(frozen=True)
class SetGate:
    """Open or close a gate.

    Args:
        gate: name of the gate.
        open: whether people may pass from then on.
        name: name of the intervention.
    """

    gate: str
    open: bool
    name: str = ""

    def __post_init__(self) -> None:
        _default_name(self, f"{'open' if self.open else 'close'} {self.gate}")


@dataclass(frozen=True)
class Metering:
    """Let people through a gate at a limited rate.

    Args:
        gate: name of the gate.
        rate: people let through, both directions together [1/s].
        name: name of the intervention.
    """

    gate: str
    rate: float
    name: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.rate) and self.rate >= 0.0):
            raise ScenarioError(
                told(
                    "metering at gate {gate!r} has rate {rate!r} /s; it must be finite and 0 or more",
                    gate=self.gate,
                    rate=self.rate,
                )
            )
        _default_name(self, f"metering {self.gate}")


@dataclass(frozen=True)
class Barrier:
    """Put up a straight barrier.

    Args:
        level: name of the level.
        line: its two ends, x east and y north [m].
        name: name of the intervention.
    """

    level: str
    line: tuple[XY, XY]
    name: str = ""

    def __post_init__(self) -> None:
        (x0, y0), (x1, y1) = self.line
        if not all(math.isfinite(c) for c in (x0, y0, x1, y1)) or math.hypot(x1 - x0, y1 - y0) == 0.0:
            raise ScenarioError(
                told(
                    "barrier on level {level!r} has line {line!r}; it needs two different finite ends",
                    level=self.level,
                    line=self.line,
                )
            )
        _default_name(self, f"barrier {self.level} ({x0:g}, {y0:g})-({x1:g}, {y1:g})")


Intervention = OneWay | KeepRight | SetGate | Metering | Barrier


def _default_name(intervention: Intervention, name: str) -> None:
    """Give an intervention a name if its author gave none."""
    if not intervention.name:
        object.__setattr__(intervention, "name", name)
