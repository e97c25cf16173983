"""Leave to pass: whom metered gates let through, and when that leave ends.

A metered or closed line is a wall for everyone without leave (`Population.gate_pass`). Not here: the state of gates
(`crowd.movement.gates`), who heads for which gate of a bank (`crowd.movement.banks`), the doors of lifts
(`crowd.movement.lifts`).
"""

from __future__ import annotations

from collections.abc import Iterator

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
        """Let people through at each gate's rate, who is nearest to the way in first; the others wait a step off.

        Who has passed a line needs no leave any more.

        Args:
            rows: (n,) rows present. ex, ey: (n,) their ways, 0 for those who wait. way_left: (n,) their way left.
            tick: [s].

        Returns:
            Gates that were wanted from both sides at once.
        """
        contested = []
        for g, wanting, side, distance in self._before(self.gates.fill(tick), people, rows, way_left):
            # Who got leave at a gate just now wants none at the next one.
            still = people.gate_pass[rows[wanting]] < 0
            wanting, side, distance = wanting[still], side[still], distance[still]
            if wanting.size == 0:
                continue
            if np.unique(np.sign(side)).size > 1:
                contested.append(g)
            way_in = self.gates.way_in(g, people.x[rows[wanting]], people.y[rows[wanting]])
            order = np.lexsort((rows[wanting], way_in))
            if self._hand_over(g, people, rows, rows[wanting[order[0]]], way_in[order[0]]):
                order = order[1:]
            # No more people have leave at once than pass in the time a gate can make up for.
            passing = np.count_nonzero(people.gate_pass[rows] == g)
            count = max(min(int(self.gates.tokens[g]), 1 + int(CATCH_UP * self.gates.capacity[g]) - passing), 0)
            people.gate_pass[rows[wanting[order[:count]]]] = g
            self.gates.tokens[g] -= min(count, wanting.size)
            waiting = wanting[order[count:]][distance[order[count:]] < _STEP]
            ex[waiting], ey[waiting] = 0.0, 0.0
        at_gates = (people.gate_pass[rows] >= 0) & (people.gate_pass[rows] < self.gates.level.size)
        if at_gates.any():
            self._end_leave(people, rows[at_gates])
        return contested

    def _before(
        self, metered: np.ndarray, people: Population, rows: np.ndarray, way_left: np.ndarray
    ) -> Iterator[tuple[int, np.ndarray, np.ndarray, np.ndarray]]:
        """Who stands before each metered gate and wants to pass it: gate, index into rows, side, distance [m] (k,).

        Args:
            metered: the gates (k,). rows: (n,). way_left: (n,) their way left.
        """
        away, sides = self.gates.distance(metered[:, None], people.x[rows], people.y[rows])
        nearest = self._nearest(metered, away, people.level[rows])
        near = (away < self.reach) & (self.gates.level[metered][:, None] == people.level[rows])
        near &= (people.gate_pass[rows] < 0) & (people.status[rows] == Status.WALKING)
        which, at = np.nonzero(near)
        if at.size == 0:
            return
        through, beyond = self.routes.through(metered[which], self.gates, people, rows[at])
        distance, side = away[which, at], sides[which, at]
        before = (np.sign(side) == -through) & (through != 0) & (way_left[at] > beyond)
        # Leave for a gate farther off than another would be lost.
        before &= distance <= nearest[at] + 1e-9
        # Before another gate they would turn round in its mouth to get to this one, and block it.
        free = distance <= nearest[at] + CLEAR
        for k in np.unique(which):
            mine = np.flatnonzero(which == k)
            g = int(metered[k])
            heading = self.banks.heading_for(g, people, rows[at[mine]], side[mine], otherwise=before[mine])
            mine = mine[heading & free[mine]]
            yield g, at[mine], side[mine], distance[mine]

    def _nearest(self, metered: np.ndarray, away: np.ndarray, level: np.ndarray) -> np.ndarray:
        """Distance to the nearest of the metered gates (k,) on a level (n,), of all distances away (k, n): (n,) [m]."""
        here = self.gates.level[metered][:, None] == level
        found: np.ndarray = np.where(here, away, np.inf).min(axis=0, initial=np.inf)
        return found

    def _end_leave(self, people: Population, rows: np.ndarray) -> None:
        """Leave to pass ends beyond the line; who wandered off, or stands before another gate, gives it back."""
        gates, g = self.gates, people.gate_pass[rows].astype(np.int64)
        x, y = people.x[rows], people.y[rows]
        distance, side = gates.distance(g, x, y)
        through, _ = self.routes.through(g, gates, people, rows)
        beyond = (distance > people.radius[rows] + CLEAR) & ((np.sign(side) == through) | (through == 0))
        metered = np.flatnonzero(gates.is_metered)
        away, _ = gates.distance(metered[:, None], x, y)
        at_another = gates.is_metered[g] & (distance > self._nearest(metered, away, gates.level[g]) + CLEAR)
        off = ~beyond & ((distance > _OFF * self.reach) | at_another)
        people.gate_pass[rows[beyond | off]] = -1
        given_back = np.bincount(g[off], minlength=gates.tokens.size)
        gates.tokens += np.where(np.isfinite(gates.capacity), given_back, 0)

    def _hand_over(self, g: int, people: Population, rows: np.ndarray, first: int, way_in: float) -> bool:
        """Leave goes over to who stands before everybody that has it, from the last of them: else each bars the other.

        What counts is where a body can pass: who stands at a post is near the line, but no way leads past those before
        the middle. Who is on the line or beyond it keeps theirs.

        Args:
            first, way_in: row of who is nearest without leave, and how near the way in [m].
        """
        holders = rows[people.gate_pass[rows] == g]
        if holders.size == 0:
            return False
        x, y = people.x[holders], people.y[holders]
        away, side = self.gates.distance(g, x, y)
        through, _ = self.routes.through(g, self.gates, people, holders)
        before = (np.sign(side) == -through) & (away > people.radius[holders])
        theirs = self.gates.way_in(g, x, y)
        if not before.all() or way_in >= theirs.min():
            return False
        people.gate_pass[holders[np.argmax(theirs)]] = -1
        people.gate_pass[first] = g
        return True

    def end_passes(self, people: Population, rows: np.ndarray) -> None:
        """Whoever stands on a line when it closes may get off it; leave to pass a closed gate is void."""
        for line in self.gates.closed_lines():
            distance, _ = self.gates.distance(line.gate, people.x[rows], people.y[rows])
            on_it = (distance < people.radius[rows] + CLEAR / 2) & (people.level[rows] == line.level)
            people.gate_pass[rows[on_it & (people.gate_pass[rows] < 0)]] = line.gate
            if not self.gates.is_open[line.gate]:
                people.gate_pass[rows[~on_it & (people.gate_pass[rows] == line.gate)]] = -1
