"""Ways round a crowd that people see, worked out only for those parts of it that somebody asks about.

Not here: where a crowd is seen (`crowd.movement.congestion`), how a way round it is found
(`crowd.movement.wayfinding`).
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from crowd.kernels.tiles import BITS, WITHIN
from crowd.movement.march import March
from crowd.movement.tiles import Sheet
from crowd.movement.wayfinding import Ways


class Seen:
    """The cells with a crowd in sight, in parts that do not touch: a way within one has nothing to do with another.

    Args:
        cells: (k,), ascending. shift: where neighbours on other planes lie. across: tiles in a row.

    Attributes:
        cells. tiles: (t,) in which they lie, ascending. part: (t,) number of the part of each tile.
    """

    def __init__(self, cells: np.ndarray, shift: Sheet, across: int) -> None:
        self.cells, self.tiles = cells, np.unique(cells >> BITS)
        here = np.concatenate((self.tiles, cells >> BITS))
        there = np.concatenate((self.tiles, (cells + shift[cells]) >> BITS))
        pairs = np.unique(np.stack((here, there)), axis=1)
        # A step leads into the tile itself or one beside it. That a row ends is let go: parts may be too large.
        near = pairs[1][:, None] + (np.arange(-1, 2)[:, None] * across + np.arange(-1, 2)).ravel()
        row, _ = touches = np.nonzero(np.isin(near, self.tiles))
        ends = np.searchsorted(self.tiles, (pairs[0][row], near[touches]))
        graph = coo_array((np.ones(row.size), tuple(ends)), shape=(self.tiles.size, self.tiles.size))
        self.part = connected_components(graph, directed=False)[1] if self.tiles.size else self.tiles

    def part_of(self, cells: np.ndarray) -> np.ndarray:
        """The part in which tiles of cells (n,) lie: (n,)."""
        found: np.ndarray = self.part[np.searchsorted(self.tiles, cells >> BITS)]
        return found


class Detour:
    """Times and directions of those who see that people are slower, in the cells they see and nowhere else.

    Args:
        ways: the floor. march: what they know. seen: where they see a crowd. progress: (k,) share of their speed that
            people make in those cells. climb: of `Ways.look_again`.
    """

    def __init__(self, ways: Ways, march: March, seen: Seen, progress: np.ndarray, *, climb: float) -> None:
        self.moves, self.tiles = march.moves, seen.tiles
        self._ways, self._march, self._seen, self._progress, self._climb = ways, march, seen, progress, climb
        self._part = seen.part_of(seen.cells)
        self._is_known = np.zeros(seen.part.max(initial=-1) + 1, bool)
        self._values = np.empty((seen.cells.size, 3))

    def knows(self, cells: np.ndarray) -> bool:
        """Whether `reach` would have nothing to do."""
        return bool(self._is_known[self._seen.part_of(cells)].all())

    def reach(self, wanted: np.ndarray) -> None:
        """Find the ways in the parts in whose tiles some cells (n,) lie."""
        parts = np.unique(self._seen.part_of(wanted))
        for part in parts[~self._is_known[parts]]:
            mine = np.flatnonzero(self._part == part)
            times, vectors = self._ways.look_again(
                self._march, self._seen.cells[mine], self._progress[mine], climb=self._climb
            )
            self._values[mine] = np.column_stack((times, vectors))
            self._is_known[part] = True

    def tell(self, tiles: np.ndarray, out: np.ndarray, records: np.ndarray, measure: int | None = None) -> None:
        """Write down time and unit vector in some tiles, nan where no crowd is seen.

        Args:
            tiles: (n,) ascending, in parts that `reach` has found. out: (r, AREA, 3), filled. records: (n,) where.
            measure: of `March.tell`; round a crowd there is none but time.
        """
        out[records] = np.nan
        of_cells = self._seen.cells >> BITS
        mine = np.flatnonzero(np.isin(of_cells, tiles))
        at = records[np.searchsorted(tiles, of_cells[mine])]
        out[at, self._seen.cells[mine] & WITHIN] = self._values[mine]
