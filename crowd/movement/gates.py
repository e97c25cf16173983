"""Gates and barriers during a run: open, closed, one-way or metered, and whom they let through.

A closed or metered line is a wall for everyone but those it has let through (`gate_pass`). One-way is a rule for
the way people choose: those who stand on the wrong side take another way or wait.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crowd.interventions import Barrier, Intervention, Metering, OneWay, SetGate
from crowd.movement.floor import ClosedLine
from crowd.movement.wayfinding import Passage
from venues import Gate, Venue

#: Who is this far beyond the line of a gate or door, besides the radius, is through [m].
CLEAR = 0.1
#: A metered gate makes up for people whom those before them kept from passing, within this time [s] (assumed).
CATCH_UP = 3.0
#: The middle of a body keeps so far from the ends of a line [m] (assumed).
_BODY = 0.3
_WAYS = {"both": 0, "forward": 1, "backward": -1}


@dataclass
class Gates:
    """State of all gates, arrays of length g: those of the venue, then the barriers.

    Attributes:
        venue, barriers: what they are made of. level: (g,) level index. ends: (g, 4) [m]. is_open: (g,) bool.
        way: (g,) 0 both ways, 1 only forward, -1 only backward. capacity: (g,) [1/s], inf without a limit.
        tokens: (g,) people that may be let through now.
    """

    venue: Venue
    barriers: tuple[Barrier, ...]
    level: np.ndarray
    ends: np.ndarray
    is_open: np.ndarray
    way: np.ndarray
    capacity: np.ndarray
    tokens: np.ndarray

    @classmethod
    def of(cls, venue: Venue, barriers: Sequence[Barrier]) -> Gates:
        """The gates of a venue as they stand, and barriers that are not up yet (each once)."""
        barriers = tuple(dict.fromkeys(barriers))
        lines: tuple[Gate | Barrier, ...] = (*venue.gates, *barriers)
        ends = [_ends(gate) for gate in venue.gates] + [(*b.line[0], *b.line[1]) for b in barriers]
        count = len(lines)
        gates = cls(
            venue=venue,
            barriers=barriers,
            level=np.array([venue.level_index(line.level) for line in lines], np.int64),
            ends=np.array(ends, float).reshape(-1, 4),
            is_open=np.ones(count, bool),
            way=np.zeros(count, np.int64),
            capacity=np.full(count, np.inf),
            tokens=np.zeros(count),
        )
        gates.enforce([])
        return gates

    def enforce(self, measures: Sequence[Intervention]) -> None:
        """Set every line to what the venue says and the measures in force order, a later one over an earlier."""
        for g, gate in enumerate(self.venue.gates):
            self.is_open[g], self.way[g], self.capacity[g] = gate.open, _WAYS[gate.direction], _rate(gate.capacity)
        self.is_open[len(self.venue.gates) :] = True
        index = {gate.name: g for g, gate in enumerate(self.venue.gates)}
        for measure in measures:
            if isinstance(measure, Barrier):
                self.is_open[len(index) + self.barriers.index(measure)] = False
            elif isinstance(measure, OneWay):
                self.way[index[measure.gate]] = _WAYS[measure.direction]
            elif isinstance(measure, SetGate):
                self.is_open[index[measure.gate]] = measure.open
            elif isinstance(measure, Metering):
                self.capacity[index[measure.gate]] = measure.rate

    def closed_lines(self) -> list[ClosedLine]:
        """Lines that are walls at the moment."""
        shut = np.flatnonzero(~self.is_open | np.isfinite(self.capacity))
        return [ClosedLine(int(g), int(self.level[g]), self._ends_of(int(g))) for g in shut]

    def passages(self, *, as_if_open: bool = False) -> list[Passage]:
        """Lines that the way to a destination may not cross, or only in one direction."""
        found = []
        for g in range(self.level.size):
            if self.way[g] != 0 or not (self.is_open[g] or as_if_open):
                way = 0 if not (self.is_open[g] or as_if_open) else int(self.way[g])
                found.append(Passage(int(self.level[g]), self._ends_of(g), way))
        return found

    def line(self, g: int) -> Passage:
        """The line of a gate as one that nobody passes."""
        return Passage(int(self.level[g]), self._ends_of(g), 0)

    def _ends_of(self, g: int) -> tuple[float, float, float, float]:
        ax, ay, bx, by = map(float, self.ends[g])
        return ax, ay, bx, by

    def fill(self, tick: float) -> np.ndarray:
        """Earn the right to let people through for one tick; the metered gates that are open: (k,) indices."""
        metered = self.is_metered
        rate = np.where(metered, self.capacity, 0.0)
        self.tokens = np.minimum(self.tokens + rate * tick, np.where(metered, 1.0 + CATCH_UP * rate, 0.0))
        return np.flatnonzero(metered)

    @property
    def is_metered(self) -> np.ndarray:
        """Which gates are open, at a rate: (g,) bool."""
        return np.isfinite(self.capacity) & self.is_open

    def distance(self, g: int | np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Distance to a gate's line and signed side (positive: left of it, where forward leads): (n,), (n,) [m].

        g: the gate, or one for each (n,); of several for all (k, 1) both are (k, n).
        """
        ax, ay, dx, dy, length = self._lines(g)
        share = np.clip(((x - ax) * dx + (y - ay) * dy) / length**2, 0.0, 1.0)
        return np.hypot(x - ax - share * dx, y - ay - share * dy), (dx * (y - ay) - dy * (x - ax)) / length

    def way_in(self, g: int | np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Way to a gate's line: aside to where the middle of a body can pass it, then straight on: (n,) [m]."""
        ax, ay, dx, dy, length = self._lines(g)
        along = ((x - ax) * dx + (y - ay) * dy) / length
        found: np.ndarray = np.abs(along - self._passing(g, x, y) * length) + np.abs(self.distance(g, x, y)[1])
        return found

    def sides(self, g: int | np.ndarray, x: np.ndarray, y: np.ndarray, reach: float) -> tuple[np.ndarray, np.ndarray]:
        """Points at `reach` right and left of the line, where each person would pass it: x (2, n), y (2, n) [m]."""
        ax, ay, dx, dy, length = self._lines(g)
        share = self._passing(g, x, y)
        away = np.array([[-reach], [reach]])
        return ax + share * dx - away * dy / length, ay + share * dy + away * dx / length

    def _passing(self, g: int | np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Where along a gate's line each person would pass it: (n,), 0 to 1."""
        ax, ay, dx, dy, length = self._lines(g)
        end = np.minimum(_BODY, length / 2) / length
        found: np.ndarray = np.clip(((x - ax) * dx + (y - ay) * dy) / length**2, end, 1.0 - end)
        return found

    def _lines(self, g: int | np.ndarray) -> tuple[np.ndarray, ...]:
        """First end of the lines of gates, the vector from it to the other, its length: x, y, dx, dy, length [m]."""
        ax, ay, bx, by = np.moveaxis(self.ends[g], -1, 0)
        return ax, ay, bx - ax, by - ay, np.hypot(bx - ax, by - ay)

    def state(self) -> dict[str, np.ndarray]:
        """What changes during a run besides the measures."""
        return {"tokens": self.tokens}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Take over what `state` saved."""
        for name in self.state():
            getattr(self, name)[...] = state[name]


def _ends(gate: Gate) -> tuple[float, float, float, float]:
    (ax, ay), (bx, by) = gate.opening.coords
    return ax, ay, bx, by


def _rate(capacity: float | None) -> float:
    return float("inf") if capacity is None else capacity
