"""Frames: what is seen of one instant, the same of a live run and of a recording.

Holds: `Frame`, and the three things that are worked out for it: density around each person, the state of gates and
barriers, the alert level. Not here: where frames come from (`live.py`, `replay.py`), how they look (`scene.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np

from crowd.alert_levels import HOLD_TIME, Preset, alert_levels
from crowd.interventions import Barrier
from crowd.measurement import Probes
from crowd.movement.floor import ClosedLine
from crowd.movement.gates import Gates
from crowd.triggers import Measure
from venues import Venue

#: Seconds that decide the level in force: a level falls after `HOLD_TIME` below its density.
ALERT_WINDOW = int(HOLD_TIME) + 2


@dataclass(frozen=True)
class LineState:
    """A gate, or a barrier that is up.

    Args:
        name: of the gate; empty for a barrier. level: index. ends: x0, y0, x1, y1 [m].
        state: "open", "shut" or "metered". way: 0 both ways, 1 only forward, -1 only backward.
    """

    name: str
    level: int
    ends: tuple[float, float, float, float]
    state: str
    way: int


@dataclass(frozen=True)
class Frame:
    """One instant.

    Args:
        time: [s]. x, y: (k,) [m]. level: (k,) index in the venue's planes. density: (k,) [1/m2] around each person.
        entered, left, waiting_outside: people so far, at the last whole second.
        densest, densest_so_far: level density of the densest place, now and of the run so far [1/m2].
        alert: highest alert level in force in any zone, 0 for none.
        alert_zone: a zone in which it is in force, one judged by the general thresholds if there is one; else empty.
        lines: gates and barriers.
    """

    time: float
    x: np.ndarray
    y: np.ndarray
    level: np.ndarray
    density: np.ndarray
    entered: int = 0
    left: int = 0
    waiting_outside: int = 0
    densest: float = 0.0
    densest_so_far: float = 0.0
    alert: int = 0
    alert_zone: str = ""
    lines: tuple[LineState, ...] = ()

    @property
    def inside(self) -> int:
        """People inside at the last whole second."""
        return self.entered - self.left


class Facts(Protocol):
    """What is known of a run as a whole; a `Scenario` has it all."""

    @property
    def labels(self) -> Mapping[str, str]:
        """Its name by language."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def start(self) -> datetime:
        """Date and time of its start."""

    @property
    def duration(self) -> float:
        """Simulated time [s]."""

    @property
    def alert_preset(self) -> str:
        """Whose alert levels."""

    @property
    def alert_levels(self) -> Mapping[str, float | Mapping[str, float]]:
        """Thresholds of this place."""


class Source(Protocol):
    """Where frames come from."""

    frame: Frame

    @property
    def at_end(self) -> bool:
        """Whether no later frame will come."""

    @property
    def failed(self) -> bool:
        """Whether it broke off by itself."""

    def follow(self, time: float) -> None:
        """Show the newest instant that is not after a time [s], as far as there is one."""

    def advance(self, count: int) -> int:
        """Show the instant so many on and wait for it; how many there were, if the run has fewer."""


class LocalDensity:
    """Gaussian local density where people stand, nothing seen through a wall (`Probes`)."""

    def __init__(self, probes: Probes) -> None:
        self._probes = probes

    def around(self, x: np.ndarray, y: np.ndarray, level: np.ndarray, *, closed: tuple[ClosedLine, ...]) -> np.ndarray:
        """Density at the point of floor each person stands on: (k,) [1/m2].

        Args:
            x, y: (k,) [m]. level: (k,).
            closed: lines that are walls at the moment.
        """
        if closed != self._probes.closed:
            self._probes = self._probes.behind(closed)
        x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
        self._probes = self._probes.covering(level, x, y)
        none = np.zeros(len(x))
        fields = self._probes.compute(
            x=x, y=y, level=level, vx=none, vy=none, group=none.astype(np.int8), force_mean=none, force_max=none
        )
        return fields.density[self._probes.index_at(level, x, y)]


class LinesNow:
    """Gates and barriers under the measures in force, as events tell it."""

    def __init__(self, venue: Venue, measures: Sequence[Measure]) -> None:
        self._measures = {measure.name: measure.intervention for measure in measures}
        barriers = tuple(m.intervention for m in measures if isinstance(m.intervention, Barrier))
        self._gates = Gates.of(venue, barriers)
        self._names = [gate.name for gate in venue.gates]

    def enforce(self, in_force: Sequence[str]) -> tuple[tuple[LineState, ...], tuple[ClosedLine, ...]]:
        """States of all lines, and those that are walls.

        Args:
            in_force: names of the measures in force, in the order in which they began.
        """
        self._gates.enforce([self._measures[name] for name in in_force if name in self._measures])
        closed = tuple(self._gates.closed_lines())
        count = len(self._names)
        shown = [g for g in range(self._gates.level.size) if g < count or not self._gates.is_open[g]]
        return tuple(self._state(g) for g in shown), closed

    def _state(self, g: int) -> LineState:
        gates = self._gates
        state = "shut" if not gates.is_open[g] else "metered" if np.isfinite(gates.capacity[g]) else "open"
        x0, y0, x1, y1 = map(float, gates.ends[g])
        name = self._names[g] if g < len(self._names) else ""
        return LineState(name, int(gates.level[g]), (x0, y0, x1, y1), state, int(gates.way[g]))


def measures_in_force(before: Sequence[str], name: str, detail: str) -> tuple[str, ...]:
    """Names of the measures in force after an event of kind `measure`."""
    others = tuple(other for other in before if other != name)
    return (*others, name) if detail == "in force" else others


def alert_now(times: np.ndarray, density: np.ndarray, *, zones: Sequence[str], preset: Preset) -> tuple[int, str]:
    """Highest level in force in any zone at the last of some seconds, and a zone as `Frame.alert_zone` says.

    Args:
        times: (k,) [s], the last `ALERT_WINDOW` there are. density: (k, z) level density of each zone [1/m2].
    """
    states = [int(alert_levels(times, density[:, z], preset.thresholds(zone))[-1]) for z, zone in enumerate(zones)]
    highest = max(states, default=0)
    if not highest:
        return 0, ""
    there = [zone for zone, state in zip(zones, states, strict=True) if state == highest]
    return highest, min(there, key=preset.zones_apart.__contains__)


def empty_frame(time: float, lines: tuple[LineState, ...] = ()) -> Frame:
    """A frame with nobody in it."""
    nothing = np.empty(0)
    return Frame(time, nothing, nothing, np.empty(0, np.int64), nothing, lines=lines)
