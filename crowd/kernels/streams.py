"""Streams as those who walk in them meet them: mean velocity and its rotation, who comes the other way, congestion.

Everything is found at the places of people, so no grid has a say in it; nothing leaks through a wall. Not here: fields
at points of the floor (`fields`).
"""

import math

import numba as nb
import numpy as np

from crowd.kernels.fields import CUTOFF
from crowd.kernels.walls import seen

AGAINST = -0.5  # cosine between two ways from which on one is against the other: 120 degrees and more (assumed)


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
    reach = max(CUTOFF * radius, region)
    speed = np.empty(x.size)
    for i in nb.prange(x.size):
        speed[i] = math.hypot(vx[i], vy[i])
    for i in nb.prange(x.size):
        total = sum_x = sum_y = lever_x = lever_y = turning = 0.0
        met = against = 0
        ix0 = max(math.floor((x[i] - reach - x0) / cell), 0)
        ix1 = min(math.floor((x[i] + reach - x0) / cell), nx - 1)
        iy0 = max(math.floor((y[i] - reach - y0) / cell), 0)
        iy1 = min(math.floor((y[i] + reach - y0) / cell), ny - 1)
        for iy in range(iy0, iy1 + 1):
            row = (plane[i] * ny + iy) * nx
            for j in range(starts[row + ix0], starts[row + ix1 + 1]):
                dx = x[j] - x[i]
                dy = y[j] - y[i]
                r2 = dx * dx + dy * dy
                if r2 > reach * reach or not seen(
                    x[i], y[i], x[j], y[j], walls, wall_items, wall_starts[i], wall_starts[i + 1]
                ):
                    continue
                if r2 <= (CUTOFF * radius) ** 2:
                    w = math.exp(-r2 / radius**2)
                    total += w
                    sum_x += w * vx[j]
                    sum_y += w * vy[j]
                    lever_x += w * dx
                    lever_y += w * dy
                    turning += w * (dx * vy[j] - dy * vx[j])
                if j != i and r2 <= region * region:
                    met += 1
                    along = vx[i] * vx[j] + vy[i] * vy[j]
                    against += min(speed[i], speed[j]) >= walking and along <= AGAINST * speed[i] * speed[j]
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
    found = np.full(x.size, math.nan)
    for i in nb.prange(x.size):
        low = math.inf
        high = -math.inf
        total = 0.0
        count = 0
        ix0 = max(math.floor((x[i] - region - x0) / cell), 0)
        ix1 = min(math.floor((x[i] + region - x0) / cell), nx - 1)
        iy0 = max(math.floor((y[i] - region - y0) / cell), 0)
        iy1 = min(math.floor((y[i] + region - y0) / cell), ny - 1)
        for iy in range(iy0, iy1 + 1):
            row = (plane[i] * ny + iy) * nx
            for j in range(starts[row + ix0], starts[row + ix1 + 1]):
                if (x[j] - x[i]) ** 2 + (y[j] - y[i]) ** 2 > region * region or not seen(
                    x[i], y[i], x[j], y[j], walls, wall_items, wall_starts[i], wall_starts[i + 1]
                ):
                    continue
                low = min(low, rotation[j])
                high = max(high, rotation[j])
                total += speed[j]
                count += 1
        if total >= walking * count:
            found[i] = (high - low) * count / total
    return found
