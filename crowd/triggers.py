"""Triggers: when an intervention begins and ends.

Holds: `AtTime` and `Measure`, the pair of an intervention and its trigger.
Not here: the interventions (`crowd.interventions`), and the step that asks a trigger (`crowd.model`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from crowd.errors import ScenarioError
from crowd.interventions import Intervention
from venues.refusals import told


@dataclass(frozen=True)
class AtTime:
    """From one time to another.

    Args:
        time: when the measure begins [s since the start], 0 or more.
        until: when it ends [s since the start], later than `time`; None: it stays.

    Raises:
        ScenarioError: a time that is negative or not finite, or an end that is not after the beginning.
    """

    time: float = 0.0
    until: float | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.time) and self.time >= 0.0):
            raise ScenarioError(
                told("a measure begins at {time!r} s; it must begin at the start or later", time=self.time)
            )
        if self.until is not None and not (math.isfinite(self.until) and self.until > self.time):
            raise ScenarioError(
                told(
                    "a measure begins at {time:g} s and ends at {until!r} s; it must end later",
                    time=self.time,
                    until=self.until,
                )
            )

    def active(self, time: float) -> bool:
        """Return whether the measure is in force at a time [s since the start], its end not included."""
        return self.time <= time and (self.until is None or time < self.until)


@dataclass(frozen=True)
class Measure:
    """An intervention and when it is in force.

    Args:
        intervention: what is changed.
        trigger: when.
    """

    intervention: Intervention
    trigger: AtTime = AtTime()

    @property
    def name(self) -> str:
        """Name of the intervention."""
        return self.intervention.name
