"""One bank of gates on the floor: the ways to each of its gates, for those who are near, and what lies beyond.

Fields over a window of the grid around the bank, for each gate from either side; computed again when a gate changes,
and for each destination when somebody who heads for it comes near.
Not here: who chooses which gate (`crowd.movement.banks`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import ndimage

from crowd.kernels.tiles import EAST, ELSEWHERE, NORTH, SOUTH, WEST
from crowd.movement.charts import Charts
from crowd.movement.floor import Grid
from crowd.movement.gates import Gates
from crowd.movement.march import March
from crowd.movement.tiles import Cells, Sheet
from crowd.movement.wayfinding import SIDE_BY_SIDE, Passage, Ways
from crowd.parameters import Banks as Constants

#: A way is counted as leading through the bank if it is no longer than this beyond the shortest [m] (two cells).
_SAME_WAY = 0.5
#: Who is farther from every gate than this share of the reach has gone away (assumed).
GONE = 1.25
#: Steps within a plane.
_STEPS = EAST | NORTH | WEST | SOUTH


class BankFields:
    """Ways to the k gates of one bank.

    Args:
        ways: the floor. gates: all gates. members: (k,) indices of the bank's gates. constants: of banks.

    Attributes:
        members. level: level index. window: the grid around the bank, a part of the floor's grid. cells: those of the
        floor in it, in the order of its keys. walls: (w, 4) that may hide an opening [m].
        lengths: (2 k, cells) [m] towards gate m from its right (row 2 m) and its left side (row 2 m + 1). costs: (2 k,
        cells) the same as travel times [s at unit speed]. length_chart, cost_chart: where people read them off.
        seen: (2 k, cells) whether the gate is in view.
        direction: (destinations, k) +1 forward, -1 backward, 0 for a gate that does not lead there now.
        beyond: (destinations, k) way from its far side [m]. before: (destinations, k) travel time from its near side [s
        at unit speed].
        enter, keep: (destinations, cells) where the way leads through the bank: near enough to choose, to stay.
        known: (destinations,) bool, for which these four hold.
    """

    def __init__(self, ways: Ways, gates: Gates, members: np.ndarray, constants: Constants) -> None:
        self.ways, self.gates, self.members, self.constants = ways, gates, members, constants
        self.level = int(gates.level[members[0]])
        self.window, self.cells = _window(ways.cells, gates.ends[members], self.level, GONE * constants.reach + 1.0)
        own = self._own = Cells.of(self.window)
        columns, rows = np.meshgrid(np.arange(own.nx), np.arange(own.ny))
        self._in_order = own.at(columns.ravel(), rows.ravel(), 0)
        self._beside = [self._cells_beside(int(g)) for g in members]
        ends = gates.ends[members]
        self._middle = 0.5 * (ends[:, :2] + ends[:, 2:])
        self._fixed = self._walls_near()

    def _walls_near(self) -> np.ndarray:
        """Walls of which a part may lie in the window: (w, 4) [m]."""
        venue, w = self.ways.venue, self.window
        chains = [np.asarray(chain, float) for chain in venue.wall_chains(venue.levels[self.level])]
        walls = np.vstack([np.hstack((chain[:-1], chain[1:])) for chain in chains])
        low, high = np.minimum(walls[:, :2], walls[:, 2:]), np.maximum(walls[:, :2], walls[:, 2:])
        right, top = w.x0 + w.nx * w.cell, w.y0 + w.ny * w.cell
        return walls[(low[:, 0] < right) & (high[:, 0] > w.x0) & (low[:, 1] < top) & (high[:, 1] > w.y0)]

    def _cells_beside(self, g: int) -> tuple[np.ndarray, np.ndarray]:
        """Cells of the window from which a step leads across a gate, on its right and on its left."""
        shut = self.ways.with_passages([self.gates.line(g)])[self.cells]
        lost = self.ways.moves[self.cells] & ~shut & _STEPS
        found = np.flatnonzero(lost)
        x, y = self.window.centres()
        _, side = self.gates.distance(g, x[found], y[found])
        return found[side < 0.0], found[side >= 0.0]

    def covers(self, x: np.ndarray, y: np.ndarray, level: np.ndarray) -> np.ndarray:
        """Who stands in the window: (n,) bool."""
        w = self.window
        return (
            (level == self.level) & (x > w.x0 + w.cell) & (x < w.x0 + (w.nx - 1) * w.cell)
            & (y > w.y0 + w.cell) & (y < w.y0 + (w.ny - 1) * w.cell)
        )  # fmt: skip

    def keys(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Cells of the window at positions: (n,)."""
        return self.window.keys(x, y, 0)

    def refresh(self, passages: Sequence[Passage], *, destinations: int) -> None:
        """Compute the ways to the gates of the moment, and forget what lies beyond them.

        Args:
            passages: lines nobody walks through on the way to the bank. destinations: their number.
        """
        moves = _cut_out(self.ways.with_passages(passages)[self.cells] & _STEPS, self._cells_elsewhere(), self.window)
        self._floor = moves > 0
        self._march(moves)
        shut = self.gates.ends[~self.gates.is_open & (self.gates.level == self.level)]
        self.walls = np.vstack((self._fixed, shut))
        self._see()
        shape = (destinations, self.members.size)
        self.direction, self.beyond, self.before = (
            np.zeros(shape, np.int8),
            np.full(shape, np.inf),
            np.full(shape, np.inf),
        )
        self.enter, self.keep = np.zeros((2, destinations, self.cells.size), bool)
        self.known = np.zeros(destinations, bool)

    def learn(self, destinations: np.ndarray, times: np.ndarray, lengths: np.ndarray) -> None:
        """Note what lies beyond the gates for some destinations (d,).

        Args:
            times, lengths: (d, cells) travel times [s at unit speed], ways [m].
        """
        self._look_beyond(destinations, times, lengths)
        self._mark(destinations, times)
        self.known[destinations] = True

    def _cells_elsewhere(self) -> np.ndarray:
        """Steps of the window's cells that lead to another plane."""
        return (self.ways.moves[self.cells] >> ELSEWHERE) & _STEPS

    def _march(self, moves: np.ndarray) -> None:
        """Fill `costs` and `lengths` and their charts."""
        own, still = self._own, Sheet(self._own, 0, dtype=np.int64)  # `still`: the window is a single plane
        open_steps, comfort = Sheet(own, 0, dtype=np.uint8), Sheet(own, 1.0)
        open_steps[self._in_order], comfort[self._in_order] = moves, self.ways.comfort[self.cells]
        slowness, steps = Sheet(own, own.cell).over(comfort), Sheet(own, own.cell, width=(1,))
        marches = [
            March(own, self._in_order[side], moves=open_steps, shift=still, slowness=slowness, steps=steps)
            for sides in self._beside
            for side in sides
        ]
        self.costs = np.stack([march.times_at(self._in_order) for march in marches])
        self.lengths = np.stack([march.ways_at(self._in_order) for march in marches])
        self.cost_chart, self.length_chart = Charts(own, still, marches), Charts(own, still, marches, measure=0)

    def _look_beyond(self, which: np.ndarray, here: np.ndarray, lengths: np.ndarray) -> None:
        """Fill `direction`, `beyond` and `before` of some destinations (d,) from times and ways in the window."""
        for m, g in enumerate(self.members):
            right, left = (here[:, cells].min(axis=1, initial=np.inf) for cells in self._beside[m])
            known = np.isfinite(right) & np.isfinite(left)
            drop = np.subtract(right, left, out=np.zeros(len(here)), where=known)
            sense = np.where(np.abs(drop) > SIDE_BY_SIDE, np.sign(drop), 0.0)
            allowed = self.gates.is_open[g] & ((self.gates.way[g] == 0) | (self.gates.way[g] == sense))
            self.direction[which, m] = np.where(allowed, sense, 0.0)
            ways = [lengths[:, cells].min(axis=1, initial=np.inf) for cells in self._beside[m]]
            self.beyond[which, m] = np.where(sense > 0.0, ways[1], ways[0])
            self.before[which, m] = np.maximum(right, left)

    def _see(self) -> None:
        """Fill `seen`: the way to a gate is hardly longer than the straight line, so no wall hides it."""
        x, y = self.window.centres()
        straight = np.hypot(x - self._middle[:, :1], y - self._middle[:, 1:]).repeat(2, axis=0)
        seen = self.lengths <= self.constants.detour * straight + 1.0
        self.seen = np.stack([self._spread(row) for row in seen])

    def _mark(self, which: np.ndarray, here: np.ndarray) -> None:
        """Fill `enter` and `keep` of some destinations (d,) from the times in the window."""
        for d, time in zip(which.tolist(), here, strict=True):
            best, nearest, known = np.full(time.size, np.inf), np.full(time.size, np.inf), np.zeros(time.size, bool)
            for m in np.flatnonzero(self.direction[d]):
                f = int(self.towards(d, int(m)))
                best = np.minimum(best, self.costs[f] + self.before[d, m])
                nearest = np.minimum(nearest, self.lengths[f])
                known |= self.seen[f] & (self.lengths[f] <= self.constants.reach)
            through = np.isfinite(best) & (best <= time + _SAME_WAY)
            self.enter[d] = self._spread(through & known)
            self.keep[d] = self._spread(through & (nearest <= GONE * self.constants.reach))

    def towards(self, destination: np.ndarray | int, member: np.ndarray | int) -> np.ndarray:
        """Row of the fields that leads to a gate from the side people come from."""
        return 2 * np.asarray(member, np.int64) + (self.direction[destination, member] < 0)

    def _spread(self, mask: np.ndarray) -> np.ndarray:
        """A mask over cells, with those off the floor as their neighbours: bodies beside walls stand in such cells."""
        plane = mask.reshape(self.window.ny, self.window.nx)
        around = ndimage.maximum_filter(plane, size=3).ravel()
        return np.where(self._floor, mask, around)


def _window(floor: Cells, ends: np.ndarray, level: int, margin: float) -> tuple[Grid, np.ndarray]:
    """The grid around some lines, and the cells of the floor in it in the order of its keys."""
    points = ends.reshape(-1, 2)
    low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
    ix0, iy0 = (max(int((v - v0) / floor.cell), 0) for v, v0 in zip(low, (floor.x0, floor.y0), strict=True))
    ix1, iy1 = (
        min(int((v - v0) / floor.cell) + 1, n)
        for v, v0, n in zip(high, (floor.x0, floor.y0), (floor.nx, floor.ny), strict=True)
    )
    rows, columns = np.arange(iy0, iy1), np.arange(ix0, ix1)
    cells = floor.at(columns[None, :], rows[:, None], level).ravel()
    x0, y0 = floor.x0 + ix0 * floor.cell, floor.y0 + iy0 * floor.cell
    return Grid(x0, y0, floor.cell, columns.size, rows.size, 1), cells


def _cut_out(moves: np.ndarray, elsewhere: np.ndarray, window: Grid) -> np.ndarray:
    """Steps that stay in the window and on its plane: (cells,) uint8."""
    plane = (moves & ~elsewhere).astype(np.uint8).reshape(window.ny, window.nx)
    plane[:, -1] &= ~np.uint8(EAST)
    plane[:, 0] &= ~np.uint8(WEST)
    plane[-1, :] &= ~np.uint8(NORTH)
    plane[0, :] &= ~np.uint8(SOUTH)
    return plane.ravel()
