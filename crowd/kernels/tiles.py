"""Square cells numbered tile by tile, and values that are stored only for the tiles that have their own.

Cell c is number `c & WITHIN` of tile `c >> BITS`; tiles are numbered by plane, row and column, `across` of them in a
row. A sheet is a pair of arrays: for each tile the record that holds its values, and the records, (r, AREA). Tiles may
share a record, so an empty map costs one number a tile.
"""

import numba as nb
import numpy as np

#: Cells along a side of a tile and in it: 8 m at the usual cell, about the width of a street.
SIDE = 32
AREA = SIDE * SIDE
BITS, WITHIN = 10, AREA - 1
EAST, NORTH, WEST, SOUTH = 1, 2, 4, 8
#: Bits moved by this many places: the neighbour is on another plane.
ELSEWHERE = 4
_ONWARD = AREA - (SIDE - 1)


@nb.njit(cache=True)
def look_up(sheet, c):
    """The value of cell c on a sheet."""
    return sheet[1][sheet[0][c >> BITS], c & WITHIN]


@nb.njit(cache=True)
def cell_at(ix, iy, plane, across, up):
    """The cell in column ix and row iy of a plane of `across` x `up` tiles."""
    tile = (plane * up + iy // SIDE) * across + ix // SIDE
    return tile * AREA + iy % SIDE * SIDE + ix % SIDE


@nb.njit(cache=True)
def beside(c, side, across):
    """The cell beside cell c on a side (EAST, ...) of the same plane."""
    if side == EAST:
        d = c + 1 if c & (SIDE - 1) < SIDE - 1 else c + _ONWARD
    elif side == NORTH:
        d = c + SIDE if c & WITHIN < AREA - SIDE else c + across * AREA - (AREA - SIDE)
    elif side == WEST:
        d = c - 1 if c & (SIDE - 1) > 0 else c - _ONWARD
    else:
        d = c - SIDE if c & WITHIN >= SIDE else c - across * AREA + (AREA - SIDE)
    return d


@nb.njit(cache=True)
def neighbour(c, side, allowed, shift, across):
    """The cell beside cell c on a side, on whichever plane it lies.

    Args:
        allowed: the steps of cell c. shift: sheet, how much farther on the neighbour lies that is on another plane.
    """
    # Read in any case: of an array that only one branch reads numba counts references, which costs much more.
    farther = look_up(shift, c)
    return beside(c, side, across) + (farther if allowed & (side << ELSEWHERE) else 0)


@nb.njit(cache=True, parallel=True, error_model="numpy")
def cells_of(x, y, plane, x0, y0, cell, nx, ny, across, up):
    """Cell of each point, clamped to the map: (n,) int64.

    Args:
        x, y: (n,) [m]. plane: (n,). x0, y0: corner of the map [m]. cell: side of a cell [m]. nx, ny: size of the map
            [cells]. across, up: the same in tiles.
    """
    out = np.empty(x.size, np.int64)
    for i in nb.prange(x.size):
        ix = min(max(int((x[i] - x0) / cell), 0), nx - 1)
        iy = min(max(int((y[i] - y0) / cell), 0), ny - 1)
        out[i] = cell_at(ix, iy, np.int64(plane[i]), across, up)
    return out


@nb.njit(cache=True, parallel=True)
def windows(directory, values, tiles, margin, across, up):
    """Values of tiles and so many cells around them on their planes, beyond the map the common one.

    Args:
        directory, values: a sheet. tiles: (k,). margin: [cells]. across, up: the map in tiles.

    Returns:
        (k, SIDE + 2 margin, SIDE + 2 margin) by row and column.
    """
    side = SIDE + 2 * margin
    out = np.empty((tiles.size, side, side))
    for k in nb.prange(tiles.size):
        plane = tiles[k] // (across * up)
        row = tiles[k] // across % up * SIDE - margin
        column = tiles[k] % across * SIDE - margin
        for v in range(side):
            for u in range(side):
                ix = column + u
                iy = row + v
                if 0 <= ix < across * SIDE and 0 <= iy < up * SIDE:
                    c = cell_at(ix, iy, plane, across, up)
                    out[k, v, u] = values[directory[c >> BITS], c & WITHIN]
                else:
                    out[k, v, u] = values[0, 0]
    return out


@nb.njit(cache=True, parallel=True)
def smoothed(around, weights):
    """The weighted sum over the rows and then over the columns around each cell, the same on both sides.

    Args:
        around: (k, n + 2 m, n + 2 m), of `windows` with the margin m. weights: (m + 1,) those of a row or column m off
            up to the own.

    Returns:
        (k, n, n).
    """
    margin = weights.size - 1
    wide = around.shape[1]
    side = wide - 2 * margin
    out = np.empty((around.shape[0], side, side))
    for k in nb.prange(around.shape[0]):
        rows = np.empty((side, wide))
        for v in range(side):
            for u in range(wide):
                rows[v, u] = around[k, v + margin, u] * weights[margin]
            for m in range(margin):
                for u in range(wide):
                    rows[v, u] += (around[k, v + m, u] + around[k, v + 2 * margin - m, u]) * weights[m]
            for u in range(side):
                out[k, v, u] = rows[v, u + margin] * weights[margin]
            for m in range(margin):
                for u in range(side):
                    out[k, v, u] += (rows[v, u + m] + rows[v, u + 2 * margin - m]) * weights[m]
    return out
