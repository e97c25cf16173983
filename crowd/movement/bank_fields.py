"""One bank of gates on the floor: the ways to each of its gates, for those who are near, and what lies beyond.

Fields over a window of the grid around the bank, for each gate from either side; computed again when a gate changes.
Not here: who chooses which gate (`crowd.movement.banks`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import ndimage

from crowd.kernels import fast_marching, floor_field
from crowd.movement.floor import Grid
from crowd.movement.gates import Gates
from crowd.movement.wayfinding import Passage, Ways
from crowd.parameters import Banks as Constants

#: Times on both sides of a gate that differ by less do not lead through it [s at unit speed] (assumed: a fifth of a
#: cell); a way is counted as leading through the bank if it is no longer than this beyond the shortest (two cells).
_SIDE_BY_SIDE, _SAME_WAY = 0.05, 0.5
#: Who is farther from every gate than this share of the reach has gone away (assumed).
GONE = 1.25
#: Steps within a plane.
_STEPS = fast_marching.EAST | fast_marching.NORTH | fast_marching.WEST | fast_marching.SOUTH


class BankFields:
    """Ways to the k gates of one bank.

    Args:
        ways: the floor. gates: all gates. members: (k,) indices of the bank's gates. constants: of banks.

    Attributes:
        members. level: level index. window: the grid around the bank, a part of the floor's grid. walls: (w, 4) that
        may hide an opening [m].
        vectors: (2 k, cells, 2) and lengths: (2 k, cells) [m] towards gate m from its right (row 2 m) and its left side
        (row 2 m + 1). costs: (2 k, cells) the same as travel times [s at unit speed].
        seen: (2 k, cells) whether the gate is in view. moves: (2 k, cells) allowed steps.
        direction: (destinations, k) +1 forward, -1 backward, 0 for a gate that does not lead there now.
        beyond: (destinations, k) way from its far side [m]. before: (destinations, k) travel time from its near side [s
        at unit speed].
        enter, keep: (destinations, cells) where the way leads through the bank: near enough to choose, to stay.
    """

    def __init__(self, ways: Ways, gates: Gates, members: np.ndarray, constants: Constants) -> None:
        self.ways, self.gates, self.members, self.constants = ways, gates, members, constants
        self.level = int(gates.level[members[0]])
        self.window, self._cells = _window(ways.grid, gates.ends[members], self.level, GONE * constants.reach + 1.0)
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
        lost = (self.ways.moves & ~self.ways.with_passages([self.gates.line(g)]))[self._cells] & _STEPS
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

    def refresh(self, times: np.ndarray, lengths: np.ndarray, passages: Sequence[Passage]) -> None:
        """Compute everything for the gates of the moment.

        Args:
            times, lengths: (destinations, cells of the floor) travel times [s at unit speed], ways [m]. passages: lines
                nobody walks through on the way to the bank.
        """
        moves = _cut_out(self.ways.with_passages(passages)[self._cells] & _STEPS, self._cells_elsewhere(), self.window)
        floor = moves > 0
        here = times[:, self._cells]
        self._march(moves)
        shut = self.gates.ends[~self.gates.is_open & (self.gates.level == self.level)]
        self.walls = np.vstack((self._fixed, shut))
        self._look_beyond(here, lengths[:, self._cells])
        self._see(floor)
        self._mark(here, floor)

    def _cells_elsewhere(self) -> np.ndarray:
        """Steps of the window's cells that lead to another plane."""
        return (self.ways.moves[self._cells] >> 4) & _STEPS

    def _march(self, moves: np.ndarray) -> None:
        """Fill `costs`, `vectors`, `lengths` and `moves`."""
        w, size = self.window, moves.size
        step, still = np.full(size, w.cell), np.zeros(size, np.int32)  # `still`: the window is a single plane
        slowness = w.cell / self.ways.comfort[self._cells]
        cost = self.costs = np.full((2 * self.members.size, size), np.inf)
        self.vectors, self.lengths = np.zeros((*cost.shape, 2)), cost.copy()
        for f in range(len(cost)):
            targets = self._beside[f // 2][f % 2]
            cost[f] = fast_marching.travel_times(targets, moves, still, slowness, w.nx)
            self.vectors[f] = fast_marching.directions(cost[f], moves, still, w.nx)
            order = np.argsort(cost[f], kind="stable")
            self.lengths[f] = floor_field.way_lengths(cost[f], order, self.vectors[f], moves, still, step, w.nx)
        self.moves = np.tile(moves, (len(cost), 1))

    def _look_beyond(self, here: np.ndarray, lengths: np.ndarray) -> None:
        """Fill `direction`, `beyond` and `before` from the times and ways in the window: (destinations, cells)."""
        shape = (len(here), self.members.size)
        self.direction, self.beyond = np.zeros(shape, np.int8), np.full(shape, np.inf)
        self.before = self.beyond.copy()
        for m, g in enumerate(self.members):
            right, left = (here[:, cells].min(axis=1, initial=np.inf) for cells in self._beside[m])
            known = np.isfinite(right) & np.isfinite(left)
            drop = np.subtract(right, left, out=np.zeros(len(here)), where=known)
            sense = np.where(np.abs(drop) > _SIDE_BY_SIDE, np.sign(drop), 0.0)
            allowed = self.gates.is_open[g] & ((self.gates.way[g] == 0) | (self.gates.way[g] == sense))
            self.direction[:, m] = np.where(allowed, sense, 0.0)
            ways = [lengths[:, cells].min(axis=1, initial=np.inf) for cells in self._beside[m]]
            self.beyond[:, m] = np.where(sense > 0.0, ways[1], ways[0])
            self.before[:, m] = np.maximum(right, left)

    def _see(self, floor: np.ndarray) -> None:
        """Fill `seen`: the way to a gate is hardly longer than the straight line, so no wall hides it."""
        x, y = self.window.centres()
        straight = np.hypot(x - self._middle[:, :1], y - self._middle[:, 1:]).repeat(2, axis=0)
        seen = self.lengths <= self.constants.detour * straight + 1.0
        self.seen = np.stack([self._spread(row, floor) for row in seen])

    def _mark(self, here: np.ndarray, floor: np.ndarray) -> None:
        """Fill `enter` and `keep`."""
        self.enter, self.keep = np.zeros((2, *here.shape), bool)
        for d, time in enumerate(here):
            best, nearest, known = np.full(time.size, np.inf), np.full(time.size, np.inf), np.zeros(time.size, bool)
            for m in np.flatnonzero(self.direction[d]):
                f = int(self.towards(d, int(m)))
                best = np.minimum(best, self.costs[f] + self.before[d, m])
                nearest = np.minimum(nearest, self.lengths[f])
                known |= self.seen[f] & (self.lengths[f] <= self.constants.reach)
            through = np.isfinite(best) & (best <= time + _SAME_WAY)
            self.enter[d] = self._spread(through & known, floor)
            self.keep[d] = self._spread(through & (nearest <= GONE * self.constants.reach), floor)

    def towards(self, destination: np.ndarray | int, member: np.ndarray | int) -> np.ndarray:
        """Row of the fields that leads to a gate from the side people come from."""
        return 2 * np.asarray(member, np.int64) + (self.direction[destination, member] < 0)

    def _spread(self, mask: np.ndarray, floor: np.ndarray) -> np.ndarray:
        """A mask over cells, with those off the floor as their neighbours: bodies beside walls stand in such cells."""
        plane = mask.reshape(self.window.ny, self.window.nx)
        around = ndimage.maximum_filter(plane, size=3).ravel()
        return np.where(floor, mask, around)

    def sample(
        self, values: np.ndarray, rows: np.ndarray, x: np.ndarray, y: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Direction to a gate and a value at people's positions: ex, ey (n,), value (n,), inf where no way leads.

        Args:
            values: `lengths` or `costs`. rows: (n,) rows of the fields (`towards`). x, y: (n,) [m].
        """
        w = self.window
        level, still = np.zeros(x.size, np.int8), np.zeros(w.size, np.int32)
        return floor_field.sample(
            rows, rows, values, self.vectors, self.moves, still, x, y, level, np.arange(x.size), w.x0, w.y0, w.cell,
            w.nx, w.ny,
        )  # fmt: skip


def _window(grid: Grid, ends: np.ndarray, level: int, margin: float) -> tuple[Grid, np.ndarray]:
    """The part of the grid around some lines, and the keys of its cells in the whole grid."""
    points = ends.reshape(-1, 2)
    low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
    ix0, iy0 = (max(int((v - v0) / grid.cell), 0) for v, v0 in zip(low, (grid.x0, grid.y0), strict=True))
    ix1, iy1 = (
        min(int((v - v0) / grid.cell) + 1, n)
        for v, v0, n in zip(high, (grid.x0, grid.y0), (grid.nx, grid.ny), strict=True)
    )
    rows, columns = np.arange(iy0, iy1), np.arange(ix0, ix1)
    cells = ((level * grid.ny + rows[:, None]) * grid.nx + columns).ravel()
    x0, y0 = grid.x0 + ix0 * grid.cell, grid.y0 + iy0 * grid.cell
    return Grid(x0, y0, grid.cell, columns.size, rows.size, 1), cells


def _cut_out(moves: np.ndarray, elsewhere: np.ndarray, window: Grid) -> np.ndarray:
    """Steps that stay in the window and on its plane: (cells,) uint8."""
    plane = (moves & ~elsewhere).astype(np.uint8).reshape(window.ny, window.nx)
    plane[:, -1] &= ~np.uint8(fast_marching.EAST)
    plane[:, 0] &= ~np.uint8(fast_marching.WEST)
    plane[-1, :] &= ~np.uint8(fast_marching.NORTH)
    plane[0, :] &= ~np.uint8(fast_marching.SOUTH)
    return plane.ravel()
