"""The cells of the floor in square tiles: an empty map costs one number a tile, not one a cell.

Not here: how kernels go from cell to cell (`crowd.kernels.tiles`), where the floor is (`crowd.movement.wayfinding`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import shapely

from crowd.kernels.tiles import AREA, BITS, SIDE, WITHIN, cells_of
from crowd.movement.floor import Grid


class Cells(NamedTuple):
    """The cells of a `Grid` numbered by tile, the same for every plane. Lengths in m.

    Attributes:
        x0, y0, cell, nx, ny: as of the grid. across, up: tiles in a row and in a column. planes: their number.
    """

    x0: float
    y0: float
    cell: float
    nx: int
    ny: int
    across: int
    up: int
    planes: int

    @classmethod
    def of(cls, grid: Grid) -> Cells:
        """The cells of a grid."""
        return cls(*grid[:5], -(-grid.nx // SIDE), -(-grid.ny // SIDE), grid.levels)

    @property
    def tiles(self) -> int:
        """Number of tiles on all planes."""
        return self.across * self.up * self.planes

    @property
    def place(self) -> tuple[float, float, float, int, int, int, int]:
        """x0, y0, cell, nx, ny, across, up, as kernels ask for them."""
        return self[:7]

    def at(self, ix: np.ndarray, iy: np.ndarray, plane: np.ndarray | int) -> np.ndarray:
        """Cells in some columns and rows: (n,) int64."""
        tile = (np.asarray(plane, np.int64) * self.up + iy // SIDE) * self.across + ix // SIDE
        return np.asarray(tile * AREA + iy % SIDE * SIDE + ix % SIDE, np.int64)

    def keys(self, x: np.ndarray, y: np.ndarray, plane: np.ndarray | int) -> np.ndarray:
        """Cell of each point, clamped to the grid: (n,) int64."""
        planes = plane if isinstance(plane, np.ndarray) else np.full(x.size, plane)
        found: np.ndarray = cells_of(x, y, planes, *self.place)
        return found

    def columns(self, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Column and row of cells: ix, iy (n,) int64."""
        row, column = np.divmod((cells >> BITS) % (self.across * self.up), self.across)
        return column * SIDE + cells % SIDE, row * SIDE + (cells & WITHIN) // SIDE

    def planes_of(self, cells: np.ndarray) -> np.ndarray:
        """Plane of each cell: (n,)."""
        return (cells >> BITS) // (self.across * self.up)

    def centres(self, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Centres of cells: x, y (n,) [m]."""
        ix, iy = self.columns(cells)
        return self.x0 + (ix + 0.5) * self.cell, self.y0 + (iy + 0.5) * self.cell

    def around(self, bounds: Sequence[float] | np.ndarray, plane: int) -> np.ndarray:
        """Cells of the rectangle around x0, y0, x1, y1 [m], row by row: (n,)."""
        low = np.floor((np.array(bounds[:2]) - (self.x0, self.y0)) / self.cell).astype(np.int64)
        high = np.floor((np.array(bounds[2:]) - (self.x0, self.y0)) / self.cell).astype(np.int64) + 1
        columns = np.arange(max(low[0], 0), min(high[0], self.nx))
        rows = np.arange(max(low[1], 0), min(high[1], self.ny))
        return self.at(columns[None, :], rows[:, None], plane).ravel()

    def inside(self, shape: shapely.Geometry, plane: int) -> np.ndarray:
        """Cells of a plane whose centres lie in a shape, row by row: (n,)."""
        near = self.around(shapely.bounds(shape), plane)
        # A copy, for this thread alone: GEOS indexes a prepared shape when it is first asked, without a lock.
        own = shapely.transform(shape, np.copy)
        shapely.prepare(own)
        found: np.ndarray = near[shapely.contains_xy(own, *self.centres(near))]
        return found

    def of_tiles(self, tiles: np.ndarray) -> np.ndarray:
        """All cells of some tiles: (n, AREA)."""
        return (np.asarray(tiles, np.int64)[:, None] << BITS) + np.arange(AREA)

    def beside(self, tiles: np.ndarray, rings: int = 1) -> np.ndarray:
        """Some tiles and those around each, the eight beside it or more rings of them: ascending."""
        plane, within = np.divmod(np.asarray(tiles, np.int64), self.across * self.up)
        row, column = np.divmod(within, self.across)
        steps = np.arange(-rings, rings + 1)
        rows = np.clip(row[:, None, None] + steps[:, None], 0, self.up - 1)
        columns = np.clip(column[:, None, None] + steps, 0, self.across - 1)
        return np.unique((plane[:, None, None] * self.up + rows) * self.across + columns)


def doubled(array: np.ndarray, axis: int = 0) -> np.ndarray:
    """An array with room for twice as much along an axis; the new half is not touched, so it costs no memory yet."""
    shape = list(array.shape)
    shape[axis] = max(2 * shape[axis], 1)
    wider = np.empty(shape, array.dtype)
    wider[(slice(None),) * axis + (slice(array.shape[axis]),)] = array
    return wider


class Growing:
    """Room for an array that grows at its end: what is there is not copied each time, but when it has doubled."""

    def __init__(self) -> None:
        self._room: np.ndarray = np.empty(0)
        self._used = 0

    def append(self, values: np.ndarray, more: np.ndarray) -> np.ndarray:
        """Values (n, ..) and more (k, ..) behind them; in the room behind them if they were the last to be given out.

        Values given out before stay what they are, whatever is appended to them.
        """
        count, size = len(values), len(values) + len(more)
        if values.base is not self._room or count != self._used or size > len(self._room):
            self._room = np.empty((max(2 * count, size), *values.shape[1:]), values.dtype)
            self._room[:count] = values
        self._room[count:size] = more
        self._used = size
        return self._room[:size]


class Sheet:
    """One value (or `width` of them) for each cell, stored only for tiles that differ.

    Attributes:
        directory: (tiles,) int32, record of each tile; several may share one. values: (r, AREA) or (r, AREA, width).
        Record 0 is the common value, at first that of all tiles.
    """

    def __init__(self, cells: Cells, common: object, *, dtype: type = float, width: tuple[int, ...] = ()) -> None:
        self.directory = np.zeros(cells.tiles, np.int32)
        self.values: np.ndarray = np.empty((1, AREA, *width), dtype)
        self.values[0] = common

    @property
    def arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """Directory and values, as kernels ask for them."""
        return self.directory, self.values

    def __getitem__(self, cells: np.ndarray) -> np.ndarray:
        return self.values[self.directory[cells >> BITS], cells & WITHIN]

    def __setitem__(self, cells: np.ndarray, values: object) -> None:
        self.own(np.unique(cells >> BITS))
        self.values[self.directory[cells >> BITS], cells & WITHIN] = values

    def own(self, tiles: np.ndarray) -> None:
        """Give tiles (k,), each once, records of their own where they share one."""
        users = np.bincount(self.directory, minlength=len(self.values))
        users[0] = max(users[0], 2)
        shared = tiles[users[self.directory[tiles]] > 1]
        first = len(self.values)
        self.values = np.concatenate((self.values, self.values[self.directory[shared]]))
        self.directory[shared] = np.arange(first, first + shared.size)

    def add(self, tiles: np.ndarray, records: np.ndarray) -> None:
        """Set whole tiles (k,) to records of their own (k, AREA)."""
        self.directory[tiles] = len(self.values) + np.arange(len(tiles))
        self.values = np.concatenate((self.values, records))

    def share(self, tiles: np.ndarray, value: object) -> None:
        """Set whole tiles (k,) to one value."""
        self.directory[tiles] = len(self.values)
        self.values = np.concatenate((self.values, np.full_like(self.values[:1], value)))

    def times(self, other: Sheet) -> Sheet:
        """The product of two sheets."""
        return self._joined(other, np.multiply)

    def over(self, other: Sheet) -> Sheet:
        """The quotient of two sheets."""
        return self._joined(other, np.divide)

    def _joined(self, other: Sheet, how: np.ufunc) -> Sheet:
        out = object.__new__(Sheet)
        # Record 0 stays that of both.
        pairs = np.append(0, self.directory * np.int64(len(other.values)) + other.directory)
        found, back = np.unique(pairs, return_inverse=True)
        mine, theirs = np.divmod(found, len(other.values))
        out.directory, out.values = back[1:].astype(np.int32), how(self.values[mine], other.values[theirs])
        return out

    def copy(self) -> Sheet:
        """One to be changed without changing this."""
        out = object.__new__(Sheet)
        out.directory, out.values = self.directory.copy(), self.values.copy()
        return out

    def same(self, other: Sheet) -> bool:
        """Whether all values are equal, of two that share their record 0."""
        own = np.flatnonzero(self.directory | other.directory)
        mine, theirs = self.directory[own], other.directory[own]
        return bool(np.array_equal(self.values[mine], other.values[theirs]))
