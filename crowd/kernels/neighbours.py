"""Who is near whom: people sorted into square cells of one grid per level, and the pairs close enough to touch.

Arrays called "in order" are sorted by (level, cell, row). A row of cells is contiguous in that order, so the
people around a point are a few slices. `starts[key]` is the first person of a cell, `starts[key + 1]` its end.
"""

import math

import numba as nb
import numpy as np


@nb.njit(cache=True, parallel=True, error_model="numpy")
def cell_keys(x, y, level, x0, y0, cell, nx, ny, column=0, row=0):
    """Cell of each person: key = (level ny + iy) nx + ix, clamped to the grid.

    The grid may be a window of a larger one: cells are told apart as in that.

    Args:
        x, y: (n,) positions [m]. level: (n,) level index.
        x0, y0: corner of the larger grid [m]. cell: its cell size [m]. nx, ny: size of the window [cells]. column, row:
            of its first cell in the larger grid.

    Returns:
        (n,) int64 keys.
    """
    keys = np.empty(x.size, np.int64)
    for i in nb.prange(x.size):
        ix = min(max(int((x[i] - x0) / cell) - column, 0), nx - 1)
        iy = min(max(int((y[i] - y0) / cell) - row, 0), ny - 1)
        keys[i] = (np.int64(level[i]) * ny + iy) * nx + ix
    return keys


@nb.njit(cache=True, inline="always")
def apart(x, y, radius, i, j):
    """From person j to person i: dx, dy [m], squared distance [m2], and the distance at which they touch [m]."""
    dx = x[i] - x[j]
    dy = y[i] - y[j]
    return dx, dy, dx * dx + dy * dy, radius[i] + radius[j]


@nb.njit(cache=True, error_model="numpy")
def sort_into_cells(keys, n_cells):
    """Order of people by (cell, row) and where each cell starts: a counting sort, stable in the row.

    Returns:
        order: (n,) int64 rows in order. starts: (n_cells + 1,) int32: of a large map more fits the cache.
    """
    # One place further on, so that placing people, which moves each start to the cell's end, leaves all in place.
    starts = np.zeros(n_cells + 2, np.int32)
    for key in keys:
        starts[key + 2] += 1
    for c in range(n_cells):
        starts[c + 2] += starts[c + 1]
    order = np.empty(keys.size, np.int64)
    for i in range(keys.size):
        order[starts[keys[i] + 1]] = i
        starts[keys[i] + 1] += 1
    return order, starts[:-1]


@nb.njit(cache=True, parallel=True, error_model="numpy")
def touching_pairs(x, y, reach, keys, starts, x0, y0, nx, ny, cell, lists, counts):
    """People who could touch within the coming tick, for each person: nearer than both their reaches.

    Args:
        x, y: (n,) in order [m]. reach: (n,) [m]. keys, starts, x0, y0, nx, ny, cell: the grid.
        lists: (n, m + 1) int32, filled with up to m indices in ascending order; what follows them is nothing.
            counts: (n,) int32, filled with the true number of neighbours: above m the list is too short.
    """
    n = x.size
    capacity = lists.shape[1] - 1
    farthest = reach.max() if n else 0.0
    for i in nb.prange(n):
        found = 0
        plane = keys[i] // (nx * ny)
        around = reach[i] + farthest
        ix0 = min(max(math.floor((x[i] - around - x0) / cell), 0), nx - 1)
        ix1 = min(max(math.floor((x[i] + around - x0) / cell), 0), nx - 1)
        iy0 = min(max(math.floor((y[i] - around - y0) / cell), 0), ny - 1)
        iy1 = min(max(math.floor((y[i] + around - y0) / cell), 0), ny - 1)
        for jy in range(iy0, iy1 + 1):
            row = (plane * ny + jy) * nx
            # Unsigned indices spare looking whether they count from the end.
            for j in range(np.uint32(starts[row + ix0]), np.uint32(starts[row + ix1 + 1])):
                dx = x[j] - x[i]
                dy = y[j] - y[i]
                both = reach[i] + reach[j]
                # Written first and counted then: no branch to guess wrong.
                lists[i, min(found, capacity)] = j
                found += (dx * dx + dy * dy < both * both) & (j != i)
        counts[i] = found


@nb.njit(cache=True, error_model="numpy")
def first_free(trial_x, trial_y, x, y, n, spacing):
    """The first of some places that is at least `spacing` from the first n people; -1 if none is.

    Args:
        trial_x, trial_y: (t,) places [m]. x, y: people [m]. n: how many of them count. spacing: [m].
    """
    for k in range(trial_x.size):
        free = True
        for j in range(n):
            if (x[j] - trial_x[k]) ** 2 + (y[j] - trial_y[k]) ** 2 < spacing * spacing:
                free = False
                break
        if free:
            return k
    return -1
