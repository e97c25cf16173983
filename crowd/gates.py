"""Gates and barriers during a run: open, closed, one-way or metered, and whom they let through.

A closed or metered line is a wall for everyone but those it has let through (`gate_pass`). One-way is a rule for
the way people choose: those who stand on the wrong side take another way or wait.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from crowd.floor import ClosedLine
from crowd.interventions import Barrier, Intervention, Metering, OneWay, SetGate
from crowd.wayfinding import Passage
from venues import Gate, Venue

_WAYS = {"both": 0, "forward": 1, "backward": -1}


@dataclass
class Gates:
    """State of all gates, arrays of length g: those of the venue, then the barriers.

    Attributes:
        names. level: (g,) level index. ends: (g, 4) [m]. is_open: (g,) bool. way: (g,) 0 both ways, 1 only forward, -1
        only backward. capacity: (g,) [1/s], inf without a limit. tokens: (g,) people that may be let through now.
    """

    names: tuple[str, ...]
    level: np.ndarray
    ends: np.ndarray
    is_open: np.ndarray
    way: np.ndarray
    capacity: np.ndarray
    tokens: np.ndarray

    @classmethod
    def of(cls, venue: Venue, barriers: tuple[Barrier, ...]) -> Gates:
        """The gates of a venue as they stand, and barriers that are not up yet."""
        gates = venue.gates
        lines: tuple[Gate | Barrier, ...] = (*gates, *barriers)
        ends = [_ends(gate) for gate in gates] + [(*b.line[0], *b.line[1]) for b in barriers]
        level = [venue.level_index(line.level) for line in lines]
        spare = len(barriers)
        return cls(
            names=tuple(line.name for line in lines),
            level=np.array(level, np.int64),
            ends=np.array(ends, float).reshape(-1, 4),
            is_open=np.array([gate.open for gate in gates] + [True] * spare, bool),
            way=np.array([_WAYS[gate.direction] for gate in gates] + [0] * spare, np.int64),
            capacity=np.array([_rate(gate.capacity) for gate in gates] + [np.inf] * spare),
            tokens=np.zeros(len(gates) + spare),
        )

    def set(self, intervention: Intervention, venue: Venue, *, active: bool) -> None:
        """Put a measure into force, or take it back to what the venue says."""
        if isinstance(intervention, Barrier):
            self.is_open[self.names.index(intervention.name)] = not active
        elif isinstance(intervention, OneWay | SetGate | Metering):
            g = self.names.index(intervention.gate)
            gate = venue.gate(intervention.gate)
            if isinstance(intervention, OneWay):
                self.way[g] = _WAYS[intervention.direction if active else gate.direction]
            elif isinstance(intervention, SetGate):
                self.is_open[g] = intervention.open if active else gate.open
            else:
                self.capacity[g] = intervention.rate if active else _rate(gate.capacity)

    def closed_lines(self) -> list[ClosedLine]:
        """Lines that are walls at the moment."""
        shut = np.flatnonzero(~self.is_open | np.isfinite(self.capacity))
        return [ClosedLine(int(g), int(self.level[g]), self._ends_of(int(g))) for g in shut]

    def passages(self, *, as_if_open: bool = False) -> list[Passage]:
        """Lines that the way to a destination may not cross, or only in one direction."""
        found = []
        for g in range(len(self.names)):
            if self.way[g] != 0 or not (self.is_open[g] or as_if_open):
                way = 0 if not (self.is_open[g] or as_if_open) else int(self.way[g])
                found.append(Passage(int(self.level[g]), self._ends_of(g), way))
        return found

    def _ends_of(self, g: int) -> tuple[float, float, float, float]:
        ax, ay, bx, by = map(float, self.ends[g])
        return ax, ay, bx, by

    def fill(self, tick: float) -> np.ndarray:
        """Earn the right to let people through for one tick; the gates that may let somebody through: (k,) indices."""
        metered = np.isfinite(self.capacity) & self.is_open
        earned = np.where(metered, self.capacity, 0.0) * tick
        self.tokens = np.where(metered, np.minimum(self.tokens + earned, 1.0 + earned), 0.0)
        return np.flatnonzero(self.tokens >= 1.0)

    def distance(self, g: int, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Distance to a gate's line and signed side (positive: left of it, where forward leads): (n,), (n,) [m]."""
        ax, ay, bx, by = self.ends[g]
        dx, dy = bx - ax, by - ay
        length = np.hypot(dx, dy)
        share = np.clip(((x - ax) * dx + (y - ay) * dy) / length**2, 0.0, 1.0)
        return np.hypot(x - ax - share * dx, y - ay - share * dy), (dx * (y - ay) - dy * (x - ax)) / length

    def sides(self, g: int, reach: float) -> tuple[np.ndarray, np.ndarray]:
        """Points at `reach` right and left of the middle of a gate: x (2,), y (2,) [m]."""
        ax, ay, bx, by = self.ends[g]
        length = np.hypot(bx - ax, by - ay)
        nx, ny = -(by - ay) / length, (bx - ax) / length
        away = np.array([-reach, reach])
        return (ax + bx) / 2 + away * nx, (ay + by) / 2 + away * ny

    def state(self) -> dict[str, np.ndarray]:
        """What changes during a run."""
        return {"is_open": self.is_open, "way": self.way, "capacity": self.capacity, "tokens": self.tokens}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Take over what `state` saved."""
        for name in self.state():
            getattr(self, name)[...] = state[name]


def _ends(gate: Gate) -> tuple[float, float, float, float]:
    (ax, ay), (bx, by) = gate.line.coords
    return ax, ay, bx, by


def _rate(capacity: float | None) -> float:
    return float("inf") if capacity is None else capacity
