"""The part of a grid where people are: sorting into cells costs the box around all of them, not the whole map.

Not here: the grid itself (`crowd.movement.floor`).
"""

from __future__ import annotations

import numpy as np

from crowd.kernels.neighbours import cell_keys
from crowd.movement.floor import Grid

#: A window is this much larger on each side than it need be, so that it is seldom moved [cells] (assumed).
_SPARE = 32


class Window:
    """A window of a grid that follows people.

    Args:
        whole: the grid of the map.

    Attributes:
        grid: the window; its cells are cells of the whole.
    """

    def __init__(self, whole: Grid) -> None:
        self._whole = whole
        self._set(np.zeros(2, np.int64), np.ones(2, np.int64))

    def _set(self, low: np.ndarray, high: np.ndarray) -> None:
        """Take the columns and rows from `low` on, up to `high`."""
        w = self._whole
        self._low, self._high = low, high
        (column, row), (nx, ny) = low.tolist(), (high - low).tolist()
        self.grid = Grid(w.x0 + column * w.cell, w.y0 + row * w.cell, w.cell, nx, ny, w.levels)

    def follow(self, x: np.ndarray, y: np.ndarray, *, margin: float) -> bool:
        """Move on, so that all people (n,) are inside by a margin [m], or at the edge of the map; whether it did."""
        if x.size == 0:
            return False
        w, most = self._whole, np.array([self._whole.nx, self._whole.ny])
        ends = np.array([[x.min(), y.min()], [x.max(), y.max()]]) + np.array([[-margin], [margin]])
        low, high = np.floor((ends - (w.x0, w.y0)) / w.cell).astype(np.int64) + np.array([[0], [1]])
        low, high = np.clip(low, 0, most - 1), np.clip(high, 1, most)
        if (low >= self._low).all() and (high <= self._high).all():
            return False
        self._set(np.maximum(low - _SPARE, 0), np.minimum(high + _SPARE, most))
        return True

    def keys(self, x: np.ndarray, y: np.ndarray, level: np.ndarray) -> np.ndarray:
        """Cell of each person in the window: (n,) int64."""
        w, g = self._whole, self.grid
        found: np.ndarray = cell_keys(x, y, level, w.x0, w.y0, w.cell, g.nx, g.ny, *self._low.tolist())
        return found
