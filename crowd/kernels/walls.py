"""Walls as line segments: the nearest point, sight between two points, and which walls are near a cell.

A wall array is (w, 4) float64: x0, y0, x1, y1 [m]. `before[k]` is the wall that ends where wall k starts (-1: none)
and `after[k]` the wall that starts where k ends: a corner belongs to one wall only, so nothing counts twice.
"""

import math

import numba as nb
import numpy as np


@nb.njit(cache=True, inline="always")
def along(wall, px, py):
    """Foot of a point on the line of a wall as a share of its length (below 0, above 1: beyond its ends)."""
    dx = wall[2] - wall[0]
    dy = wall[3] - wall[1]
    return ((px - wall[0]) * dx + (py - wall[1]) * dy) / (dx * dx + dy * dy)


@nb.njit(cache=True, error_model="numpy")
def nearest_point(walls, before, after, k, px, py):
    """Nearest point of wall k, if the wall (not its neighbour) owns it.

    Returns:
        (owned, qx, qy): whether this wall speaks for the point, and the nearest point on it.
    """
    wall = walls[k]
    t = along(wall, px, py)
    owned = True
    if t <= 0.0:
        t = 0.0
        # The corner is this wall's unless the point lies beside the wall before it.
        owned = before[k] < 0 or along(walls[before[k]], px, py) >= 1.0
    elif t >= 1.0:
        t = 1.0
        owned = after[k] < 0
    return owned, wall[0] + t * (wall[2] - wall[0]), wall[1] + t * (wall[3] - wall[1])


@nb.njit(cache=True, error_model="numpy")
def parts(x0, y0, x1, y1, ax, ay, bx, by):
    """Whether a wall from 0 to 1 parts a from b, as `crosses` has it."""
    dx = x1 - x0
    dy = y1 - y0
    side_a = dx * (ay - y0) - dy * (ax - x0)
    side_b = dx * (by - y0) - dy * (bx - x0)
    if (side_a > 0.0 and side_b > 0.0) or (side_a < 0.0 and side_b < 0.0) or (side_a == 0.0 and side_b == 0.0):
        return False
    ex = bx - ax
    ey = by - ay
    side_0 = ex * (y0 - ay) - ey * (x0 - ax)
    side_1 = ex * (y1 - ay) - ey * (x1 - ax)
    return side_0 * side_1 <= 0.0


@nb.njit(cache=True, error_model="numpy")
def crosses(wall, ax, ay, bx, by):
    """Whether the segment from a to b crosses a wall (touching the wall's line from one side is no crossing)."""
    return parts(wall[0], wall[1], wall[2], wall[3], ax, ay, bx, by)


@nb.njit(cache=True, error_model="numpy")
def seen(px, py, x, y, walls, items, first, last):
    """Whether a person can be seen from a point; one who stands on a wall can."""
    x = px + (1.0 - 1e-9) * (x - px)
    y = py + (1.0 - 1e-9) * (y - py)
    for m in range(first, last):  # noqa: SIM110 (numba compiles no generator)
        if crosses(walls[items[m]], px, py, x, y):
            return False
    return True


@nb.njit(cache=True, error_model="numpy")
def distance_to_box(wall, bx0, by0, bx1, by1):
    """Distance of a wall from a rectangle [m], 0 if they touch (exact to the sampling of 17 points)."""
    best = math.inf
    for i in range(17):
        px = wall[0] + (wall[2] - wall[0]) * i / 16.0
        py = wall[1] + (wall[3] - wall[1]) * i / 16.0
        dx = max(bx0 - px, 0.0, px - bx1)
        dy = max(by0 - py, 0.0, py - by1)
        best = min(best, math.hypot(dx, dy))
    return best


@nb.njit(cache=True, error_model="numpy")
def walls_near_cells(walls, level, x0, y0, cell, nx, ny, n_levels, reach):
    """For each cell the walls within `reach` of it, as a compressed list.

    Args:
        walls: (w, 4) [m]. level: (w,). x0, y0, cell, nx, ny, n_levels: the grid. reach: [m].

    Returns:
        starts: (cells + 1,) int64. items: wall indices, ascending within a cell.
    """
    n_cells = n_levels * nx * ny
    starts = np.zeros(n_cells + 1, np.int64)
    items = np.empty(0, np.int64)
    cursor = starts
    for sweep in range(2):
        for k in range(walls.shape[0]):
            ix0 = max(int((min(walls[k, 0], walls[k, 2]) - reach - x0) / cell), 0)
            ix1 = min(int((max(walls[k, 0], walls[k, 2]) + reach - x0) / cell), nx - 1)
            iy0 = max(int((min(walls[k, 1], walls[k, 3]) - reach - y0) / cell), 0)
            iy1 = min(int((max(walls[k, 1], walls[k, 3]) + reach - y0) / cell), ny - 1)
            # Sampled points may miss the nearest one by half their spacing.
            slack = math.hypot(walls[k, 2] - walls[k, 0], walls[k, 3] - walls[k, 1]) / 32.0
            for iy in range(iy0, iy1 + 1):
                for ix in range(ix0, ix1 + 1):
                    left = x0 + ix * cell
                    low = y0 + iy * cell
                    if distance_to_box(walls[k], left, low, left + cell, low + cell) > reach + slack:
                        continue
                    key = (level[k] * ny + iy) * nx + ix
                    if sweep == 0:
                        starts[key + 1] += 1
                    else:
                        items[cursor[key]] = k
                        cursor[key] += 1
        if sweep == 0:
            for c in range(n_cells):
                starts[c + 1] += starts[c]
            items = np.empty(starts[n_cells], np.int64)
            cursor = starts[:-1].copy()
    return starts, items


@nb.njit(cache=True, inline="always")
def distance_to(wall, px, py):
    """Distance of a point from a wall [m]."""
    t = min(max(along(wall, px, py), 0.0), 1.0)
    dx = px - wall[0] - t * (wall[2] - wall[0])
    dy = py - wall[1] - t * (wall[3] - wall[1])
    return math.sqrt(dx * dx + dy * dy)


@nb.njit(cache=True, parallel=True, error_model="numpy")
def walls_near_points(px, py, keys, walls, starts, items, reach):
    """For each point the walls within `reach` of it, as a compressed list, and how far away they are.

    Args:
        px, py: (n,) [m]. keys: (n,) cell of each. walls: (w, 4) [m]. starts, items: of `walls_near_cells`, within
            `reach` too. reach: [m].

    Returns:
        first: (n + 1,) int64. near: wall indices, ascending for each point. distance: of each [m].
    """
    first = np.zeros(px.size + 1, np.int64)
    for i in nb.prange(px.size):
        for m in range(starts[keys[i]], starts[keys[i] + 1]):
            first[i + 1] += distance_to(walls[items[m]], px[i], py[i]) <= reach
    first = np.cumsum(first)
    near, distance = np.empty(first[-1], np.int64), np.empty(first[-1])
    for i in nb.prange(px.size):
        at = first[i]
        for m in range(starts[keys[i]], starts[keys[i] + 1]):
            away = distance_to(walls[items[m]], px[i], py[i])
            if away <= reach:
                near[at], distance[at] = items[m], away
                at += 1
    return first, near, distance
