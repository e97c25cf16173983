"""Who is ahead of a person and counts, laid out for the loops of `crowd.kernels.steering`.

Of each row of cells around a person those between the edges of what they see are looked at: the circle around them,
cut by the line across their way. People are given in (level, cell, row) order.
"""

import math

import numba as nb
import numpy as np

MOST = 96  # neighbours that can count for one person
LANES = 8  # room behind the last neighbour: a whole vector register
#: Rows of what is kept of a neighbour: place from here [m], w and v [m/s], summed radius across the way [m], opposed
#: (0 or 1), summed radius along it [m], how far one is ahead of that neighbour along their way [m].
DX, DY, WX, WY, VX, VY, REACH, OPPOSED, DEPTH, THEIRS = range(10)
ROWS = 10
_SLACK = np.float32(1e-3)  # more than rounding in single precision moves the edge of a cell, as a share of it
_BEHIND = 0.05  # who is no farther behind than this counts [m]
#: Numbers of the loop over rows, which is in single precision.
_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_ALONG_ROWS = 1e-3  # who goes along the rows of cells no more than this has all of a row ahead, or nothing


@nb.njit(cache=True, parallel=True, error_model="numpy")
def walkers_of(vx, vy, ex, ey, radius, turned):
    """What others see of each person, side by side: (n, 6) v_x, v_y [m/s], e_x, e_y, turned and full radius [m]."""
    out = np.empty((vx.size, 6), np.float32)
    for i in nb.prange(vx.size):
        out[i, 0] = vx[i]
        out[i, 1] = vy[i]
        out[i, 2] = ex[i]
        out[i, 3] = ey[i]
        out[i, 4] = radius[i] * turned[i]
        out[i, 5] = radius[i]
    return out


@nb.njit(cache=True, error_model="numpy", forceinline=True)
def density_around(key, starts, nx, ny, cell):
    """Density of the nine cells around one [1/m2]."""
    ix, iy, plane = key % nx, (key // nx) % ny, key // (nx * ny)
    around = 0
    for jy in range(max(iy - 1, 0), min(iy + 1, ny - 1) + 1):
        row = (plane * ny + jy) * nx
        around += starts[row + min(ix + 1, nx - 1) + 1] - starts[row + max(ix - 1, 0)]
    return around / (9.0 * cell * cell)


@nb.njit(cache=True, error_model="numpy", forceinline=True)
def sight2(density, s):
    """Square of how far away people count [m2]: R^2 = clamp(N / (pi rho), R_min^2, R_max^2)."""
    return min(max(s.neighbours / (math.pi * density), s.range_min**2), s.range_max**2)


@nb.njit(cache=True, error_model="numpy", forceinline=True)
def rows_ahead(x, y, ex, ey, reach2, plane, starts, nx, ny, cell, begins, ends):
    """Of each row of cells the people who may count for a person: the number of rows.

    Args:
        x, y: the person, from the corner of the grid [m]. ex, ey: their way. reach2: R^2 [m2]. plane: theirs.
        starts, nx, ny, cell: the grid. begins, ends: (r,) int32, filled, r not less than the rows in reach.
    """
    slant = np.float32(1.0 / ex if abs(ex) > _ALONG_ROWS else 0.0)
    reach2, behind = np.float32(reach2 / (cell * cell)) + _SLACK, np.float32(_BEHIND / cell) + _SLACK
    reach, u, v = math.sqrt(reach2), x / cell, y / cell
    low, high = min(max(int(v - reach), 0), ny - 1), min(max(int(v + reach), 0), ny - 1)
    first, last, here, ey = np.float32(low - v), np.float32(nx - 1), np.float32(u), np.float32(ey)
    # All rows at once, also those beyond the last one: a row need not be known for what it is to be worked out.
    for row in range(begins.size):
        south = first + np.float32(row)
        north = south + _ONE
        apart = max(max(south, -north), _ZERO)
        aside = np.sqrt(max(reach2 - apart * apart, _ZERO)) + _SLACK
        # Nobody in this row is ahead of this place on the way.
        edge = -(max(south * ey, north * ey) + behind) * slant
        west = max(edge, -aside) if slant > _ZERO else -aside
        east = min(edge, aside) if slant < _ZERO else aside
        begins[row] = np.int32(min(max(here + west, _ZERO), last))
        ends[row] = np.int32(min(max(here + east, _ZERO), last))
    for row in range(high + 1 - low):
        of_row = (plane * ny + low + row) * nx
        begins[row] = starts[of_row + begins[row]]
        ends[row] = starts[of_row + ends[row] + 1]
    return high + 1 - low


@nb.njit(cache=True, error_model="numpy", forceinline=True)
def who_counts(i, rows, begins, ends, x, y, ex, ey, reach2, seen):
    """The people who count for person i: nearer than R, not behind (x_ij . e > -0.05 m); their number, at most MOST.

    Args:
        rows, begins, ends: of `rows_ahead`. x, y: (n,) [m]. ex, ey: way of i. reach2: R^2 [m2].
        seen: (MOST + 1,) filled with indices, ascending.
    """
    xi, yi = x[i], y[i]
    found = 0
    for row in range(rows):
        for j in range(np.uint32(begins[row]), np.uint32(ends[row])):
            dx = x[j] - xi
            dy = y[j] - yi
            # Written first and counted then: no branch to guess wrong.
            seen[min(found, MOST)] = j
            found += (dx * dx + dy * dy < reach2) & (dx * ex + dy * ey > -_BEHIND) & (j != i)
    return min(found, MOST)


@nb.njit(cache=True, error_model="numpy", forceinline=True)
def lay_out(i, seen, count, x, y, walkers, group, intent, turned_depth, near):
    """What counts of the people seen by person i.

    Of a body that turns its shoulders less is in the way, but hardly less for those behind it.

    Args:
        seen, count: of `who_counts`. x, y: (n,) [m]. walkers: of `walkers_of`. group: (n,) stage. intent: [m/s].
        turned_depth: share of the narrowing not felt along the way. near: (ROWS, MOST + LANES) filled.

    Returns:
        surface distance of the nearest opposed person [m].
    """
    # No view of the row: counting its users costs more than reading it.
    own_x, own_y, own_turned, own_full = walkers[i, 2], walkers[i, 3], walkers[i, 4], walkers[i, 5]
    half = np.float32(0.5)
    opposed_gap = math.inf
    for p in range(count):
        j = np.uint32(seen[p])
        dx = x[j] - x[i]
        dy = y[j] - y[i]
        vx, vy, jx, jy = walkers[j, 0], walkers[j, 1], walkers[j, 2], walkers[j, 3]
        opposed = (group[j] != group[i]) & (own_x * jx + own_y * jy < half)
        reach = own_turned + walkers[j, 4]
        near[DX, p] = dx
        near[DY, p] = dy
        near[WX, p] = vx + intent * jx
        near[WY, p] = vy + intent * jy
        near[VX, p] = vx
        near[VY, p] = vy
        near[REACH, p] = reach
        near[OPPOSED, p] = np.float32(opposed)
        near[DEPTH, p] = reach if opposed else reach + turned_depth * (own_full + walkers[j, 5] - reach)
        near[THEIRS, p] = -(near[DX, p] * jx + near[DY, p] * jy)
        if opposed:
            opposed_gap = min(opposed_gap, math.sqrt(dx * dx + dy * dy) - reach)
    # Nobody, and not ahead: loops may run on to the end of a vector register.
    for p in range(count, count + LANES):
        near[DX, p] = 0.0
        near[DY, p] = 0.0
    return opposed_gap
