"""Density, velocity, crowd pressure and force around points of the floor; nothing leaks through a wall.

Weights are Gaussian, exp(-r^2 / R^2) / (pi R^2) with R = 1 m (Helbing, Johansson & Al-Abideen 2007), over floor seen
from the point in a straight line, divided by the kernel's share of that floor: a crowd that fills a corner reads its
true density there. The moving window of the alert levels counts people / floor, likewise only what can be seen.
"""

import math

import numba as nb
import numpy as np

from crowd.kernels.walls import crosses

CUTOFF = 2.5  # radius in units of R beyond which a Gaussian weight (below 0.2 %) is left out
_ANGLES = 256


@nb.njit(cache=True, error_model="numpy")
def _sight(px, py, ux, uy, walls, items, first, last, far):
    """Distance from a point to the first wall along the unit vector u, at most `far` [m]."""
    best = far
    for m in range(first, last):
        wall = walls[items[m]]
        dx = wall[2] - wall[0]
        dy = wall[3] - wall[1]
        cross = ux * dy - uy * dx
        if cross == 0.0:
            continue
        ax = wall[0] - px
        ay = wall[1] - py
        along_ray = (ax * dy - ay * dx) / cross
        along_wall = (ax * uy - ay * ux) / cross
        if along_ray >= 0.0 and -1e-9 <= along_wall <= 1.0 + 1e-9:
            best = min(best, along_ray)
    return best


@nb.njit(cache=True, parallel=True, error_model="numpy")
def seen_floor(px, py, walls, starts, items, radius, half, half_most, area_least):
    """What each point sees of the floor: the kernel's share, and a window with enough floor.

    The seen floor is star-shaped, so both integrals are sums over rays: the share is the mean over directions of
    1 - exp(-d^2 / R^2), the window's area the mean of pi d^2, with d the distance to a wall or the border.

    Args:
        px, py: (p,) points on the floor [m]. walls: (w, 4). starts: (p + 1,), items: walls near each point.
        radius: R [m]. half: half the side of the window [m]; where it holds less than `area_least` [m2] of floor it
            grows in steps of 0.25 m up to `half_most`.

    Returns:
        share: (p,) in (0, 1]. halves: (p,) half sides used [m], 0 where no window holds enough. area: (p,) [m2].
    """
    n = px.size
    share = np.empty(n)
    halves = np.zeros(n)
    area = np.zeros(n)
    for i in nb.prange(n):
        sight = np.empty(_ANGLES)
        total = 0.0
        for a in range(_ANGLES):
            angle = 2.0 * math.pi * (a + 0.5) / _ANGLES
            ux = math.cos(angle)
            uy = math.sin(angle)
            sight[a] = _sight(px[i], py[i], ux, uy, walls, items, starts[i], starts[i + 1], 1.5 * half_most)
            total += 1.0 - math.exp(-min(sight[a], CUTOFF * radius) ** 2 / radius**2)
        share[i] = total / _ANGLES
        side = half
        while side <= half_most + 1e-9:
            total = 0.0
            for a in range(_ANGLES):
                angle = 2.0 * math.pi * (a + 0.5) / _ANGLES
                border = side / max(abs(math.cos(angle)), abs(math.sin(angle)))
                total += min(sight[a], border) ** 2
            if math.pi * total / _ANGLES >= area_least:
                halves[i] = side
                area[i] = math.pi * total / _ANGLES
                break
            side += 0.25
    return share, halves, area


@nb.njit(cache=True, error_model="numpy")
def _seen(px, py, x, y, walls, items, first, last):
    """Whether a person can be seen from a point; one who stands on a wall can."""
    x = px + (1.0 - 1e-9) * (x - px)
    y = py + (1.0 - 1e-9) * (y - py)
    for m in range(first, last):  # noqa: SIM110 (numba compiles no generator)
        if crosses(walls[items[m]], px, py, x, y):
            return False
    return True


@nb.njit(cache=True, parallel=True, error_model="numpy")
def around_points(
    px, py, plane, share, halves, area, walls, wall_starts, wall_items, x, y, vx, vy, group, groups, force,
    starts, x0, y0, cell, nx, ny, radius,
):  # fmt: skip
    """Density, window density, mean velocity, crowd pressure and mean force around points.

        rho = sum w / share,   V = sum w v / sum w,   P = rho <|v - V_g|^2>

    The variance is taken within a direction group g (two calm streams through each other are no turbulence), with
    the correction for the few people a kernel holds (reliability weights).

    Args:
        px, py: (p,) points [m]. plane: (p,) level index. share, halves, area: of `seen_floor`.
        walls, wall_starts, wall_items: walls near each point.
        x .. force: (n,) people in (level, cell, row) order; group: (n,) direction group below `groups`.
        starts, x0, y0, cell, nx, ny: their grid. radius: R [m].

    Returns:
        (p, 6) float64: density [1/m2], window density [1/m2] (nan where no window holds enough floor), V_x, V_y [m/s]
        (0 without people), crowd pressure [1/s2], mean contact force [N].
    """
    out = np.zeros((px.size, 6))
    for i in nb.prange(px.size):
        weight = np.zeros(groups)
        weight2 = np.zeros(groups)
        sums = np.zeros((groups, 3))
        pushed = 0.0
        in_window = 0
        far = CUTOFF * radius
        reach = max(far, halves[i])
        ix0 = max(math.floor((px[i] - reach - x0) / cell), 0)
        ix1 = min(math.floor((px[i] + reach - x0) / cell), nx - 1)
        iy0 = max(math.floor((py[i] - reach - y0) / cell), 0)
        iy1 = min(math.floor((py[i] + reach - y0) / cell), ny - 1)
        for iy in range(iy0, iy1 + 1):
            row = (plane[i] * ny + iy) * nx
            for j in range(starts[row + ix0], starts[row + ix1 + 1]):
                dx = x[j] - px[i]
                dy = y[j] - py[i]
                r2 = dx * dx + dy * dy
                in_square = -halves[i] <= dx < halves[i] and -halves[i] <= dy < halves[i]
                if r2 > far * far and not in_square:
                    continue
                if not _seen(px[i], py[i], x[j], y[j], walls, wall_items, wall_starts[i], wall_starts[i + 1]):
                    continue
                if in_square:
                    in_window += 1
                if r2 <= far * far:
                    w = math.exp(-r2 / radius**2) / (math.pi * radius**2)
                    g = group[j]
                    weight[g] += w
                    weight2[g] += w * w
                    sums[g, 0] += w * vx[j]
                    sums[g, 1] += w * vy[j]
                    sums[g, 2] += w * (vx[j] ** 2 + vy[j] ** 2)
                    pushed += w * force[j]
        total = weight.sum()
        out[i, 1] = in_window / area[i] if halves[i] > 0.0 else math.nan
        if total <= 0.0:
            continue
        spread = 0.0
        for g in range(groups):
            effective = 1.0 - weight2[g] / weight[g] ** 2 if weight[g] > 0.0 else 0.0
            if effective > 1e-6:
                variance = sums[g, 2] / weight[g] - (sums[g, 0] ** 2 + sums[g, 1] ** 2) / weight[g] ** 2
                spread += weight[g] * max(variance, 0.0) / effective
        density = total / share[i]
        out[i, 0] = density
        out[i, 2] = sums[:, 0].sum() / total
        out[i, 3] = sums[:, 1].sum() / total
        out[i, 4] = density * spread / total
        out[i, 5] = pushed / total
    return out
