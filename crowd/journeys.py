"""Journeys: the stages people go through from where they come in to where they leave.

Holds: frozen stages and `Journey`, in zone names and SI.
Not here: who takes a journey and when (`crowd.demand`), how a way is found (`crowd.kernels.floor_field`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from crowd.errors import ScenarioError


@dataclass(frozen=True)
class WalkTo:
    """Walk to a zone.

    Args:
        zone: name of the zone.
    """

    zone: str


@dataclass(frozen=True)
class Wait:
    """Walk to a zone and wait in it, for a time or until a time.

    Args:
        zone: name of the zone.
        duration: how long each person waits after arriving [s], or None.
        until: when waiting ends for all [s since the start], or None.

    Raises:
        ScenarioError: not exactly one of both, or a time that is not finite or negative.
    """

    zone: str
    duration: float | None = None
    until: float | None = None

    def __post_init__(self) -> None:
        if (self.duration is None) == (self.until is None):
            raise ScenarioError(
                f"waiting in zone {self.zone!r} needs either a duration or an end ('for' or 'until')"
            )
        value = self.duration if self.duration is not None else self.until
        if value is None or not math.isfinite(value) or value < 0.0:
            raise ScenarioError(
                f"waiting in zone {self.zone!r} has time {value!r} s; it must be finite and 0 or more"
            )


@dataclass(frozen=True)
class Queue:
    """Queue in a zone and be served one after the other.

    Args:
        zone: name of the zone.
        rate: people served [1/s], positive.

    Raises:
        ScenarioError: a rate that is not positive and finite.
    """

    zone: str
    rate: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.rate) and self.rate > 0.0):
            raise ScenarioError(
                f"the queue in zone {self.zone!r} has rate {self.rate!r} /s; it must be positive and finite"
            )


@dataclass(frozen=True)
class LeaveBy:
    """Leave by one of several zones, the nearest by way.

    Args:
        zones: names of exit zones, at least one.

    Raises:
        ScenarioError: no zone.
    """

    zones: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.zones:
            raise ScenarioError("leave_by names no exit; it must name at least one")


Stage = WalkTo | Wait | Queue | LeaveBy


@dataclass(frozen=True)
class Journey:
    """What people do one after the other; the last stage, and only the last, is `LeaveBy`.

    Args:
        name: the name that a demand refers to.
        stages: the stages in order.

    Raises:
        ScenarioError: no stage, or `LeaveBy` missing or not last.
    """

    name: str
    stages: tuple[Stage, ...]

    def __post_init__(self) -> None:
        leaving = [isinstance(stage, LeaveBy) for stage in self.stages]
        if not leaving or not leaving[-1] or sum(leaving) != 1:
            raise ScenarioError(
                f"journey {self.name!r} has {sum(leaving)} stages with leave_by among {len(leaving)}; "
                "its last stage, and only the last, must be leave_by"
            )

    @property
    def exits(self) -> tuple[str, ...]:
        """Names of the exit zones of the last stage."""
        last = self.stages[-1]
        return last.zones if isinstance(last, LeaveBy) else ()

    @property
    def zones(self) -> tuple[str, ...]:
        """Names of the zones of all stages, in order."""
        return tuple(name for stage in self.stages for name in zones_of(stage))


def zones_of(stage: Stage) -> tuple[str, ...]:
    """Return the names of the zones of a stage."""
    return stage.zones if isinstance(stage, LeaveBy) else (stage.zone,)
