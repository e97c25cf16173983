"""Who is ahead of a person and counts: found in two looks, and laid out for the loops of `crowd.kernels.steering`.

People a few cells apart see nearly the same others. Those around such a block of people are laid side by side once, as
differences to a place in it, in single precision: a first look at them is a few vector instructions and lets some too
many through. The second look decides, in double precision and on each pair alone, so that who else is in the block
changes nothing.

People are given in (level, cell, row) order.
"""

import math

import numba as nb
import numpy as np

MOST = 96  # neighbours that can count for one person
LANES = 16  # headings, and room behind the last neighbour: whole vector registers
#: People of one row of cells who look together: they lie within so many cells, and are so many at most.
_CELLS, _TOGETHER = 4, 12
#: Rows of what is kept of a neighbour: place from here [m], w and v [m/s], summed radius across the way [m], opposed
#: (0 or 1), summed radius along it [m], how far one is ahead of that neighbour along their way [m].
DX, DY, WX, WY, VX, VY, REACH, OPPOSED, DEPTH, THEIRS = range(10)
ROWS = 10
_SLACK = np.float32(1e-4)  # more than single precision loses of a distance [m], and as a share of its square
_BEHIND = 0.05  # who is no farther behind than this counts [m]


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
def block_from(i, end, keys, starts, nx, ny, cell, s):
    """The block of people that begins with person i: one after its last, and how far they see at most [m2]."""
    last = min(keys[i] + _CELLS, keys[i] - keys[i] % nx + nx) - 1
    farthest2 = 0.0
    stop = i
    while stop < min(end, i + _TOGETHER) and keys[stop] <= last:
        if stop == i or keys[stop] != keys[stop - 1]:
            farthest2 = max(farthest2, sight2(density_around(keys[stop], starts, nx, ny, cell), s))
        stop += 1
    return stop, farthest2


@nb.njit(cache=True, error_model="numpy", forceinline=True)
def lay_out(x, y, first, last, farthest2, starts, nx, ny, cell, x0, y0, around_x, around_y, who):
    """Everyone who may count for a block of people: their number, or more than there is room for.

    Args:
        first, last: cells of the first and the last of the block, in one row. farthest2: [m2]. x0, y0: a place in it.
        around_x, around_y, who: (m,) filled: place from x0, y0 [m], index.
    """
    ix0, ix1 = first % nx, last % nx
    iy, plane = (first // nx) % ny, first // (nx * ny)
    k = math.ceil(math.sqrt(farthest2) / cell)
    found = 0
    for jy in range(max(iy - k, 0), min(iy + k, ny - 1) + 1):
        # Of a row of cells farther off a shorter piece is near enough.
        apart = max(abs(jy - iy) - 1, 0) * cell
        aside = math.ceil(math.sqrt(max(farthest2 - apart * apart, 0.0)) / cell)
        row = (plane * ny + jy) * nx
        begin = starts[row + max(ix0 - aside, 0)]
        count = starts[row + min(ix1 + aside, nx - 1) + 1] - begin
        if found + count + LANES > who.size:
            return who.size
        for q in range(count):
            around_x[found + q] = x[begin + q] - x0
            around_y[found + q] = y[begin + q] - y0
            who[found + q] = begin + q
        found += count
    return found


@nb.njit(cache=True, error_model="numpy", forceinline=True)
def look(around_x, around_y, who, count, x, y, ex, ey, reach2, may_count, seen):
    """Those of the people around who may count for a person: their number, at most MOST.

    Args:
        around_x, around_y, who: as of `lay_out`, `count` of them. x, y: the person, from the same place [m]. ex, ey:
            their way. reach2: [m2]. may_count: (m,) uint8 scratch. seen: (MOST + 1,) filled with indices.
    """
    # In single precision, and so a little too far; exactly is looked closely.
    farthest2, hindmost = reach2 * (np.float32(1.0) + _SLACK), np.float32(-_BEHIND) - _SLACK
    for q in range(count):
        dx = around_x[q] - x
        dy = around_y[q] - y
        may_count[q] = (dx * dx + dy * dy < farthest2) & (dx * ex + dy * ey > hindmost)
    found = 0
    for q in range(count):
        # Written first and counted then: no branch to guess wrong.
        seen[min(found, MOST)] = who[q]
        found += may_count[q]
    return min(found, MOST)


@nb.njit(cache=True, error_model="numpy", forceinline=True)
def look_closely(i, seen, count, x, y, ex, ey, reach2, walkers, group, intent, turned_depth, near):
    """Those of the people seen who count for person i: nearer than R, not behind (x_ij . e > -0.05 m).

    Of a body that turns its shoulders less is in the way, but hardly less for those behind it.

    Args:
        seen, count: of `look`. x, y: (n,) [m]. ex, ey: way of i. reach2: R^2 [m2]. walkers: of `walkers_of`.
        group: (n,) stage. intent: [m/s]. turned_depth: share of the narrowing not felt along the way.
        near: (ROWS, MOST + LANES) filled.

    Returns:
        (number of neighbours, surface distance of the nearest opposed person [m]).
    """
    # No view of the row: counting its users costs more than reading it.
    own_x, own_y, own_turned, own_full = walkers[i, 2], walkers[i, 3], walkers[i, 4], walkers[i, 5]
    half = np.float32(0.5)
    opposed_gap = math.inf
    found = 0
    for p in range(count):
        j = np.uint32(seen[p])
        dx = x[j] - x[i]
        dy = y[j] - y[i]
        d2 = dx * dx + dy * dy
        counts = (d2 < reach2) & (dx * ex + dy * ey > -_BEHIND) & (j != i)
        vx, vy, jx, jy = walkers[j, 0], walkers[j, 1], walkers[j, 2], walkers[j, 3]
        opposed = (group[j] != group[i]) & (own_x * jx + own_y * jy < half)
        reach = own_turned + walkers[j, 4]
        near[DX, found] = dx
        near[DY, found] = dy
        near[WX, found] = vx + intent * jx
        near[WY, found] = vy + intent * jy
        near[VX, found] = vx
        near[VY, found] = vy
        near[REACH, found] = reach
        near[OPPOSED, found] = np.float32(opposed)
        near[DEPTH, found] = reach if opposed else reach + turned_depth * (own_full + walkers[j, 5] - reach)
        near[THEIRS, found] = -(near[DX, found] * jx + near[DY, found] * jy)
        if opposed and counts:
            opposed_gap = min(opposed_gap, math.sqrt(d2) - reach)
        found += counts
    # Nobody, and not ahead: loops may run on to the end of a vector register.
    for p in range(found, found + LANES // 2):
        near[DX, p] = 0.0
        near[DY, p] = 0.0
    return found, opposed_gap
