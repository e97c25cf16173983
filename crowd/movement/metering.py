"""Leave to pass: whom metered gates let through, and when that leave ends.

A metered or closed line is a wall for everyone without leave (`Population.gate_pass`). Not here: the state of gates
(`crowd.movement.gates`), who heads for which gate of a bank (`crowd.movement.banks`), the doors of lifts
(`crowd.movement.lifts`).
"""

from __future__ import annotations

import numpy as np

from crowd.movement.banks import Banks
from crowd.movement.gates import CATCH_UP, CLEAR, Gates
from crowd.movement.routes import Routes
from crowd.population import Population, Status

#: Who waits for leave stands so far before the line, so that the way in is free [m] (assumed: a step).
_STEP = 0.8
#: Who has wandered this many reaches off gives the leave back (assumed).
_OFF = 1.5


class Metering:
    """The gatekeepers of a venue.

    Args:
        gates: the gates. routes: the ways. banks: who has chosen which gate. reach: how near a gate people are let
            through [m].
    """

    def __init__(self, gates: Gates, routes: Routes, banks: Banks, *, reach: float) -> None:
        self.gates, self.routes, self.banks, self.reach = gates, routes, banks, reach

    def serve(
        self, people: Population, rows: np.ndarray, ex: np.ndarray, ey: np.ndarray, *, way_left: np.ndarray, tick: float
    ) -> list[int]:
        """Let people through at each gate's rate, the nearest first; the others wait a step before the line.

        Who has passed a line needs no leave any more.

        Args:
            rows: (n,) rows present. ex, ey: (n,) their ways, 0 for those who wait. way_left: (n,) their way left.
            tick: [s].

        Returns:
            Gates that were wanted from both sides at once.
        """
        contested = []
        metered = self.gates.fill(tick)
        away, sides = self.gates.distance(metered[:, None], people.x[rows], people.y[rows])
        here = self.gates.level[metered][:, None] == people.level[rows]
        # Leave for a gate farther off than another would be lost.
        nearest = np.where(here, away, np.inf).min(axis=0, initial=np.inf)
        for g, distances, side_of in zip(metered.tolist(), away, sides, strict=True):
            wanting = self._wanting(g, people, rows, way_left, distances, side_of, nearest)
            if wanting.size == 0:
                continue
            side, distance = side_of[wanting], distances[wanting]
            if np.unique(np.sign(side)).size > 1:
                contested.append(g)
            order = np.lexsort((rows[wanting], distance))
            if self._hand_over(g, people, rows, wanting[order[:1]], distance[order[:1]]):
                order = order[1:]
            # No more people have leave at once than pass in the time a gate can make up for.
            passing = np.count_nonzero(people.gate_pass[rows] == g)
            count = max(min(int(self.gates.tokens[g]), 1 + int(CATCH_UP * self.gates.capacity[g]) - passing), 0)
            people.gate_pass[rows[wanting[order[:count]]]] = g
            self.gates.tokens[g] -= min(count, wanting.size)
            waiting = wanting[order[count:]][distance[order[count:]] < _STEP]
            ex[waiting], ey[waiting] = 0.0, 0.0
        at_gates = (people.gate_pass[rows] >= 0) & (people.gate_pass[rows] < self.gates.level.size)
        self._end_leave(people, rows[at_gates])
        return contested

    def _wanting(
        self, g: int, people: Population, rows: np.ndarray, way_left: np.ndarray, distance: np.ndarray,
        side: np.ndarray, nearest: np.ndarray,
    ) -> np.ndarray:  # fmt: skip
        """Who stands before a metered gate and wants to pass it: (k,) index into rows.

        Args:
            distance, side: (n,) of the gate [m]. nearest: (n,) distance to the nearest metered gate of the level [m].
        """
        near = (distance < self.reach) & (people.level[rows] == self.gates.level[g]) & (people.gate_pass[rows] < 0)
        at = np.flatnonzero(near & (people.status[rows] == Status.WALKING))
        if at.size == 0:
            return at
        through, beyond = self.routes.through(g, self.gates, people, rows[at])
        before = (np.sign(side[at]) == -through) & (through != 0) & (way_left[at] > beyond)
        before &= distance[at] <= nearest[at] + 1e-9
        wanting = at[self.banks.heading_for(g, people, rows[at], side[at], otherwise=before)]
        # Before another gate they would turn round in its mouth to get to this one, and block it.
        wanting = wanting[distance[wanting] <= nearest[wanting] + CLEAR]
        return wanting

    def _end_leave(self, people: Population, rows: np.ndarray) -> None:
        """Leave to pass ends beyond the line; who wandered off gives it back."""
        for g in np.unique(people.gate_pass[rows]):
            mine = rows[people.gate_pass[rows] == g]
            distance, side = self.gates.distance(int(g), people.x[mine], people.y[mine])
            through, _ = self.routes.through(int(g), self.gates, people, mine)
            beyond = (distance > people.radius[mine] + CLEAR) & ((np.sign(side) == through) | (through == 0))
            off = ~beyond & ((distance > _OFF * self.reach) | self._at_another(int(g), people, mine, distance))
            people.gate_pass[mine[beyond | off]] = -1
            self.gates.tokens[g] += np.count_nonzero(off) if np.isfinite(self.gates.capacity[g]) else 0

    def _hand_over(self, g: int, people: Population, rows: np.ndarray, first: np.ndarray, distance: np.ndarray) -> bool:
        """Leave goes over to who stands before everybody that has it, from the last of them: else each bars the other.

        Who is on the line or beyond it keeps theirs.

        Args:
            first, distance: index into rows of who is nearest without leave and how near [m] (1,), or nobody (0,).
        """
        holders = rows[people.gate_pass[rows] == g]
        if first.size == 0 or holders.size == 0:
            return False
        away, side = self.gates.distance(g, people.x[holders], people.y[holders])
        through, _ = self.routes.through(g, self.gates, people, holders)
        before = (np.sign(side) == -through) & (away > people.radius[holders])
        if not before.all() or distance[0] >= away.min():
            return False
        people.gate_pass[holders[np.argmax(away)]] = -1
        people.gate_pass[rows[first]] = g
        return True

    def _at_another(self, g: int, people: Population, rows: np.ndarray, distance: np.ndarray) -> np.ndarray:
        """Who stands before another metered gate than g, whose distance is given [m]: (n,) bool."""
        metered = np.flatnonzero(self.gates.is_metered & (self.gates.level == self.gates.level[g]))
        if g not in metered:
            return np.zeros(rows.size, bool)
        away, _ = self.gates.distance(metered[:, None], people.x[rows], people.y[rows])
        found: np.ndarray = distance > away.min(axis=0) + CLEAR
        return found

    def end_passes(self, people: Population, rows: np.ndarray) -> None:
        """Whoever stands on a line when it closes may get off it; leave to pass a closed gate is void."""
        for line in self.gates.closed_lines():
            distance, _ = self.gates.distance(line.gate, people.x[rows], people.y[rows])
            on_it = (distance < people.radius[rows] + CLEAR / 2) & (people.level[rows] == line.level)
            people.gate_pass[rows[on_it & (people.gate_pass[rows] < 0)]] = line.gate
            if not self.gates.is_open[line.gate]:
                people.gate_pass[rows[~on_it & (people.gate_pass[rows] == line.gate)]] = -1
