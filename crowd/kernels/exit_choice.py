"""What others do, as people see it who choose an exit."""

import math

import numba as nb

from crowd.kernels.neighbours import cell_keys, sort_into_cells
from crowd.kernels.walls import crosses


@nb.njit(cache=True, parallel=True, error_model="numpy")
def headings_in_sight(
    chooser, x, y, level, heading, reach, x0, y0, cell, nx, ny, walls, wall_starts, wall_items, shares
):  # fmt: skip
    """Share of the people in sight who head for each exit.

    Args:
        chooser: (c,) indices of those who look. x, y, level: (n,) where people are [m]. heading: (n,) exit, -1 none.
        reach: how far off people are noticed [m]. x0, y0, cell, nx, ny: a grid of cells larger than that.
        walls: (w, 4) that hide people [m]. wall_starts, wall_items: those within reach of each cell, compressed.
        shares: (c, exits) filled; 0 where nobody in sight heads for an exit.
    """
    keys = cell_keys(x, y, level, x0, y0, cell, nx, ny)
    order, starts = sort_into_cells(keys, wall_starts.size - 1)
    for c in nb.prange(chooser.size):
        i = chooser[c]
        first, last = wall_starts[keys[i]], wall_starts[keys[i] + 1]
        plane, row = divmod(keys[i] // nx, ny)
        column = keys[i] % nx
        shares[c, :] = 0.0
        seen = 0.0
        for beside in range(max(row - 1, 0), min(row + 2, ny)):
            begin = (plane * ny + beside) * nx
            for m in range(starts[begin + max(column - 1, 0)], starts[begin + min(column + 2, nx)]):
                j = order[m]
                if j == i or heading[j] < 0 or math.hypot(x[j] - x[i], y[j] - y[i]) > reach:
                    continue
                hidden = False
                for w in wall_items[first:last]:
                    if crosses(walls[w], x[i], y[i], x[j], y[j]):
                        hidden = True
                        break
                if not hidden:
                    shares[c, heading[j]] += 1.0
                    seen += 1.0
        if seen > 0.0:
            shares[c, :] /= seen
