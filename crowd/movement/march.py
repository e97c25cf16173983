"""Travel times and ways towards some cells, run on only as far as somebody asks.

Not here: what a step costs and which steps are open (`crowd.movement.wayfinding`).
"""

from __future__ import annotations

import numpy as np

from crowd.kernels import fast_marching
from crowd.kernels.tiles import AREA, BITS, WITHIN
from crowd.movement.tiles import Cells, Sheet, doubled

#: A front runs on so far beyond who asked, so that it need not for each step they are pushed back [s at the unit speed]
#: (assumed: two tiles).
BEYOND = 16.0
_NOBODY = np.empty(0, np.int64)


class March:
    """A front that runs from targets backwards.

    Args:
        cells: the floor. targets: (k,) cells. moves, shift: allowed steps, and where neighbours on other planes lie.
        slowness: time to cross a cell [s at the unit speed]. steps: width k, lengths of a cell by k measures [m].
    """

    def __init__(
        self, cells: Cells, targets: np.ndarray, *, moves: Sheet, shift: Sheet, slowness: Sheet, steps: Sheet
    ) -> None:
        self.cells, self.targets, self.moves, self.shift = cells, targets, moves, shift
        self._slowness, self._steps = slowness, steps
        self._ended = False
        self._counts = np.array([0, 1], np.int64)
        room = 4 * targets.size + 1024
        self._heap, self._due = np.empty(room, np.int64), np.empty(room)
        self.directory = np.zeros(cells.tiles, np.int32)
        records, measures = np.unique(targets >> BITS).size + 16, steps.values.shape[2]
        self.times = np.full((records, AREA), np.inf)
        self._passed = np.zeros((records, AREA), bool)
        self._onward = np.zeros((records, AREA), np.uint8)
        self._ways = np.full((measures, records, AREA), np.inf)
        self._run(targets, _NOBODY)

    @property
    def solved(self) -> int:
        """Number of cells for which there is room."""
        return int(self._counts[1] - 1) * AREA

    def reach(self, wanted: np.ndarray) -> None:
        """Run on until the times of cells (n,) are known, or it is known that no way leads from there."""
        wanted = np.unique(wanted[~self._known(wanted)])
        if wanted.size:
            self._run(_NOBODY, wanted)

    def knows(self, cells: np.ndarray) -> bool:
        """Whether `reach` would have nothing to do."""
        return bool(self._known(cells).all())

    def _run(self, front: np.ndarray, wanted: np.ndarray) -> None:
        """Run on until cells are known, beginning with those of a front."""
        while True:
            why = fast_marching.march(
                front, self._counts, self._heap, self._due, self.directory, self.times, self._passed, self._onward,
                self._ways, self.moves.arrays, self.shift.arrays, self._slowness.arrays, self._steps.arrays,
                self.cells.across, wanted, BEYOND,
            )  # fmt: skip
            front = _NOBODY
            if why != fast_marching.FULL:
                break
            self._grow()
        if why == fast_marching.ENDED:
            self._end()

    def _end(self) -> None:
        """Keep what was found, and not what only a front needs."""
        self._ended, used = True, self._counts[1]
        self.times, self._ways = self.times[:used].copy(), self._ways[:, :used].copy()
        self._heap, self._due = self._heap[:0].copy(), self._due[:0].copy()
        self._passed, self._onward = self._passed[:0].copy(), self._onward[:0].copy()

    def _grow(self) -> None:
        """Make room for twice as much on the heap if that is full, else of records."""
        if self._heap.size < self._counts[0] + 4:
            self._heap, self._due = doubled(self._heap), doubled(self._due)
            return
        self.times, self._passed, self._onward = doubled(self.times), doubled(self._passed), doubled(self._onward)
        self._ways = doubled(self._ways, axis=1)

    def _known(self, cells: np.ndarray) -> np.ndarray:
        """Whether the times of cells are known to be final: (n,) bool."""
        if self._ended:
            return np.ones(cells.size, bool)
        passed = self._passed[self.directory[cells >> BITS], cells & WITHIN]
        known: np.ndarray = passed | (self.moves[cells] & fast_marching.STEPS == 0)
        return known

    def times_at(self, cells: np.ndarray) -> np.ndarray:
        """Travel times from cells: (n,) [s at the unit speed], inf where no way leads on."""
        self.reach(cells)
        return self.times[self.directory[cells >> BITS], cells & WITHIN]

    def ways_at(self, cells: np.ndarray, measure: int = 0) -> np.ndarray:
        """Lengths of the ways from cells by one of the measures: (n,) [m], inf where no way leads on."""
        self.reach(cells)
        return self._ways[measure][self.directory[cells >> BITS], cells & WITHIN]

    def vectors_at(self, cells: np.ndarray) -> np.ndarray:
        """Unit vectors of the ways on from cells: (n, 2), 0 where no way leads on."""
        self.reach(cells)
        found: np.ndarray = fast_marching.directions(
            cells, self.directory, self.times, self.moves.arrays, self.shift.arrays, self.cells.across
        )
        return found

    def tell(self, tiles: np.ndarray, out: np.ndarray, records: np.ndarray, measure: int | None) -> None:
        """Write down what is known of some tiles: times, nan where not yet known; unit vectors, inf there.

        Args:
            tiles: (k,). out: (r, AREA, 3), filled. records: (k,) where. measure: ways by this measure [m] instead of
            times.
        """
        values = self.times if measure is None else self._ways[measure]
        fast_marching.tell(
            tiles, records, out, values, self.directory, self.times, self._passed, self.moves.arrays,
            self.shift.arrays, self.cells.across,
        )  # fmt: skip
