"""Which cells lie on the floor of a venue, found without a look at each cell of a large map.

Not here: the steps between them (`crowd.movement.wayfinding`).
"""

from __future__ import annotations

import numpy as np
import shapely

from crowd.kernels.tiles import AREA, BITS, SIDE
from crowd.movement.tiles import Cells, Sheet
from venues import Venue

#: Record of the tiles that are floor all over.
FULL = 1
#: Tiles at the edge of the floor are looked at by squares of so many cells a side first.
_PART = 8


def floor_cells(venue: Venue, cells: Cells) -> Sheet:
    """Which cells have their centre on the floor; of tiles that lie on it as a whole no cell is looked at."""
    inside = Sheet(cells, False, dtype=bool)
    inside.share(np.empty(0, np.int64), True)
    count = cells.across * cells.up
    row, column = np.divmod(np.arange(count), cells.across)
    for plane, level in enumerate(venue.planes):
        full, some = _on_floor(level.floor, cells, column * SIDE, row * SIDE, SIDE)
        inside.directory[plane * count + np.flatnonzero(full)] = FULL
        tiles = plane * count + np.flatnonzero(some)
        inside.add(tiles, _cells_on_floor(level.floor, cells, tiles))
    return inside


def _cells_on_floor(floor: shapely.Geometry, cells: Cells, tiles: np.ndarray) -> np.ndarray:
    """Which cells of some tiles (k,) have their centre on the floor: (k, AREA) bool."""
    ix, iy = cells.columns(tiles << BITS)
    steps = np.arange(0, SIDE, _PART)
    columns = np.broadcast_to(ix[:, None, None] + steps, (len(tiles), steps.size, steps.size))
    rows = np.broadcast_to(iy[:, None, None] + steps[:, None], columns.shape)
    full, some = (mask.reshape(columns.shape) for mask in _on_floor(floor, cells, columns.ravel(), rows.ravel(), _PART))
    found = np.repeat(np.repeat(full, _PART, axis=1), _PART, axis=2)
    within = np.arange(_PART)
    which, v, u = np.nonzero(some)
    rows, columns = ((at[which, v, u, None] + within) for at in (rows, columns))
    x, y = cells.x0 + (columns + 0.5) * cells.cell, cells.y0 + (rows + 0.5) * cells.cell
    x, y = np.broadcast_arrays(x[:, None, :], y[:, :, None])
    place = which[:, None, None], (v * _PART)[:, None, None] + within[:, None], (u * _PART)[:, None, None] + within
    found[place] = shapely.contains_xy(floor, x, y)
    return found.reshape(-1, AREA)


def _on_floor(
    floor: shapely.Geometry, cells: Cells, columns: np.ndarray, rows: np.ndarray, side: int
) -> tuple[np.ndarray, np.ndarray]:
    """Which squares of `side` cells lie on the floor as a whole, and which in part: (n,) bool each.

    Args:
        columns, rows: (n,) of their first cells.
    """
    shapely.prepare(floor)
    x, y = cells.x0 + columns * cells.cell, cells.y0 + rows * cells.cell
    boxes = np.asarray(shapely.box(x, y, x + side * cells.cell, y + side * cells.cell))
    some = shapely.intersects(floor, boxes)
    full = np.zeros(columns.size, bool)
    full[some] = shapely.contains(floor, boxes[some])
    return full, some & ~full
