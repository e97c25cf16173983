"""Streams as those who walk in them meet them: mean velocity and its rotation, who comes the other way, congestion.

Everything is found at the places of people, so no grid has a say in it; nothing leaks through a wall. Not here: fields
at points of the floor (`fields`).
"""

import math

import numba as nb
import numpy as np

from crowd.kernels.fields import CUTOFF, bell
from crowd.kernels.walls import seen

AGAINST = -0.5  # cosine between two ways from which on one is against the other: 120 degrees and more (assumed)
_CHUNK = 64  # people handled with one set of scratch arrays


@nb.njit(cache=True, error_model="numpy", forceinline=True)
def _rows_around(px, py, plane, reach, starts, x0, y0, cell, nx, ny, begins, ends):
    """People of the cells within `reach` of a place, row by row: number of rows, and of the people in them.

    Args:
        begins, ends: (r,), filled, r not less than the rows in reach.
    """
    ix0 = max(math.floor((px - reach - x0) / cell), 0)
    ix1 = min(math.floor((px + reach - x0) / cell), nx - 1)
    iy0 = max(math.floor((py - reach - y0) / cell), 0)
    rows, people = 0, 0
    for iy in range(iy0, min(math.floor((py + reach - y0) / cell), ny - 1) + 1):
        row = (plane * ny + iy) * nx
        begins[rows], ends[rows] = starts[row + ix0], starts[row + ix1 + 1]
        people += ends[rows] - begins[rows]
        rows += 1
    return rows, people


@nb.njit(cache=True, error_model="numpy", forceinline=True)
def _who_is_near(i, x, y, reach2, rows, begins, ends, walls, wall_items, first, last, found):
    """People nearer to person i than the root of `reach2` whom no wall hides, i too: how many; in order, in `found`.

    Args:
        rows, begins, ends: of `_rows_around`. first, last: of the walls near i in `wall_items`.
        found: room for all in the rows, and one more.
    """
    count = 0
    for row in range(rows):
        for j in range(np.uint32(begins[row]), np.uint32(ends[row])):
            dx = x[j] - x[i]
            dy = y[j] - y[i]
            # Written first and counted then: no branch to guess wrong.
            found[count] = j
            count += dx * dx + dy * dy <= reach2
    if first == last:
        return count
    visible = 0
    for k in range(count):
        j = found[k]
        found[visible] = j
        visible += seen(x[i], y[i], x[j], y[j], walls, wall_items, first, last)
    return visible


@nb.njit(cache=True, error_model="numpy")
def _weigh(r2, count, radius):
    """Turn squares of distances [m2], the first `count` of an array, into Gaussian weights, 0 beyond the cut-off."""
    far2, scale = (CUTOFF * radius) ** 2, -1.0 / (32.0 * radius**2)
    for k in range(count):
        weight = bell(scale * (r2[k] if r2[k] < far2 else far2))
        r2[k] = weight if r2[k] <= far2 else 0.0


@nb.njit(cache=True, parallel=True, error_model="numpy")
def around_people(
    x, y, vx, vy, plane, walls, wall_starts, wall_items, starts, x0, y0, cell, nx, ny, radius, region, walking
):
    """Mean velocity, its rotation and the share of people who come the other way, where each person is.

        V = sum w v / sum w,   w = exp(-d^2 / R^2)
        rot V = 2 / R^2 sum w (d_x (v_y - V_y) - d_y (v_x - V_x)) / sum w,   d = x_other - x

    The rotation is the exact derivative of V.

    Args:
        x .. vy: (n,) [m], [m/s], in (level, cell) order. plane: (n,) level.
        walls, wall_starts, wall_items: walls near each person. starts, x0, y0, cell, nx, ny: the people's grid.
        radius: R [m]. region: how far others count as met [m]. walking: slower ones have no way [m/s].

    Returns:
        (n, 4) float64: V_x, V_y [m/s], rotation [1/s], those against one's own way / others within `region` [-].
    """
    out = np.zeros((x.size, 4))
    reach, region2 = max(CUTOFF * radius, region), region**2
    speed = np.empty(x.size)
    for i in nb.prange(x.size):
        speed[i] = math.hypot(vx[i], vy[i])
    for chunk in nb.prange((x.size + _CHUNK - 1) // _CHUNK):
        most_rows = int(2.0 * reach / cell) + 2
        begins, ends = np.empty(most_rows, np.int64), np.empty(most_rows, np.int64)
        found, weight = np.empty(64, np.uint32), np.empty(64)
        for i in range(chunk * _CHUNK, min((chunk + 1) * _CHUNK, x.size)):
            rows, people = _rows_around(x[i], y[i], plane[i], reach, starts, x0, y0, cell, nx, ny, begins, ends)
            if people >= found.size:
                found, weight = np.empty(2 * people, np.uint32), np.empty(2 * people)
            count = _who_is_near(
                i, x, y, reach * reach, rows, begins, ends, walls, wall_items, wall_starts[i], wall_starts[i + 1], found
            )
            for k in range(count):
                dx = x[found[k]] - x[i]
                dy = y[found[k]] - y[i]
                weight[k] = dx * dx + dy * dy
            _weigh(weight, count, radius)
            total = sum_x = sum_y = lever_x = lever_y = turning = 0.0
            met = against = 0
            for k in range(count):
                j, w = found[k], weight[k]
                dx = x[j] - x[i]
                dy = y[j] - y[i]
                total += w
                sum_x += w * vx[j]
                sum_y += w * vy[j]
                lever_x += w * dx
                lever_y += w * dy
                turning += w * (dx * vy[j] - dy * vx[j])
                meets = (j != i) & (dx * dx + dy * dy <= region2)
                along = vx[i] * vx[j] + vy[i] * vy[j]
                met += meets
                against += meets & (min(speed[i], speed[j]) >= walking) & (along <= AGAINST * speed[i] * speed[j])
            out[i, 0] = sum_x / total
            out[i, 1] = sum_y / total
            out[i, 2] = 2.0 * (turning - lever_x * out[i, 1] + lever_y * out[i, 0]) / (total * radius**2)
            out[i, 3] = against / max(met, 1)
    return out


@nb.njit(cache=True, parallel=True, error_model="numpy")
def congestion_levels(
    x, y, speed, rotation, plane, walls, wall_starts, wall_items, starts, x0, y0, cell, nx, ny, region, walking
):
    """Congestion level round each person (Feliciani & Nishinari 2018).

        CL = (max rot V - min rot V) / mean |V|   over the people within `region`

    Args:
        speed, rotation: (n,) |V| [m/s] and rot V [1/s] of `around_people`; the others as there.
        walking: where the mean |V| is less the crowd stands and no stream is [m/s].

    Returns:
        (n,) [1/m], nan where no stream is.
    """
    level = np.full(x.size, math.nan)
    for chunk in nb.prange((x.size + _CHUNK - 1) // _CHUNK):
        most_rows = int(2.0 * region / cell) + 2
        begins, ends = np.empty(most_rows, np.int64), np.empty(most_rows, np.int64)
        found = np.empty(64, np.uint32)
        for i in range(chunk * _CHUNK, min((chunk + 1) * _CHUNK, x.size)):
            rows, people = _rows_around(x[i], y[i], plane[i], region, starts, x0, y0, cell, nx, ny, begins, ends)
            if people >= found.size:
                found = np.empty(2 * people, np.uint32)
            count = _who_is_near(
                i, x, y, region * region, rows, begins, ends, walls, wall_items, wall_starts[i], wall_starts[i + 1],
                found,
            )  # fmt: skip
            low, high, total = math.inf, -math.inf, 0.0
            for k in range(count):
                low = min(low, rotation[found[k]])
                high = max(high, rotation[found[k]])
                total += speed[found[k]]
            if total >= walking * count:
                level[i] = (high - low) * count / total
    return level
