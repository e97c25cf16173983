"""How people come to touch: they ease up to what is beside them, and go along with those they touch.

Steering looks ahead, in a strip narrower than two bodies; whoever is beside one does not count there. Here the wish it
makes is changed by the bodies and walls in reach. Row i reads its neighbours and writes only row i. Not here: forces
(`contact`).
"""

import math

import numba as nb

from crowd.kernels.walls import along


@nb.njit(cache=True, error_model="numpy")
def carried_speed(i, x, y, vx, vy, way_x, way_y, radius, pairs, n_pairs):
    """Mean speed along person i's way of the bodies i touches [m/s]; 0 if i touches nobody."""
    speed = 0.0
    touching = 0
    for p in range(n_pairs[i]):
        j = pairs[i, p]
        if math.hypot(x[j] - x[i], y[j] - y[i]) < radius[i] + radius[j]:
            speed += vx[j] * way_x[i] + vy[j] * way_y[i]
            touching += 1
    return speed / max(touching, 1)


@nb.njit(cache=True, error_model="numpy")
def most_towards(distance, closing, leaving, touch_speed, c):
    """Largest wish towards something in reach: leaving + (gap - reaction_time closing) / approach_time + touch_speed.

    A gap counts as it will be when the velocity has followed the wish; one who walks away is followed as fast.

    Args:
        distance: of the surfaces, 0 if they overlap [m]. closing, leaving: speeds, below 0 count as 0 [m/s].
    """
    gap = max(distance, 0.0) - c.reaction_time * max(closing, 0.0)
    return max(leaving, 0.0) + gap / c.approach_time + touch_speed


@nb.njit(cache=True, error_model="numpy")
def eased(i, x, y, vx, vy, radius, pairs, n_pairs, near_walls, n_walls, walls, wx, wy, touch_speed, c):
    """Wish (wx, wy) of person i with its part towards every body and wall in reach limited (`most_towards`) [m/s].

    What points past them stays: people slide past.
    """
    for p in range(n_pairs[i]):
        j = pairs[i, p]
        nx = x[j] - x[i]
        ny = y[j] - y[i]
        d = max(math.sqrt(nx * nx + ny * ny), 1e-9)
        nx /= d
        ny /= d
        leaving = vx[j] * nx + vy[j] * ny
        closing = vx[i] * nx + vy[i] * ny - leaving
        excess = max(wx * nx + wy * ny - most_towards(d - radius[i] - radius[j], closing, leaving, touch_speed, c), 0.0)
        wx -= excess * nx
        wy -= excess * ny
    for p in range(n_walls[i]):
        wall = walls[near_walls[i, p]]
        t = along(wall, x[i], y[i])
        nx = wall[0] + t * (wall[2] - wall[0]) - x[i]
        ny = wall[1] + t * (wall[3] - wall[1]) - y[i]
        d = math.sqrt(nx * nx + ny * ny)
        # Past the end of a wall, as before a doorway, people turn round its corner.
        if t <= 0.0 or t >= 1.0 or d < 1e-9:
            continue
        nx /= d
        ny /= d
        closing = vx[i] * nx + vy[i] * ny
        excess = max(wx * nx + wy * ny - most_towards(d - radius[i], closing, 0.0, touch_speed, c), 0.0)
        wx -= excess * nx
        wy -= excess * ny
    return wx, wy


@nb.njit(cache=True, parallel=True, error_model="numpy")
def ease_up(
    x, y, vx, vy, way_x, way_y, free_speed, radius, pairs, n_pairs, near_walls, n_walls, walls, c, wished_x, wished_y
):  # fmt: skip
    """Limit everyone's wish by what is in reach, and raise it to the pace of those they touch, in place.

    A person goes on at least as fast as those they touch go on average, up to their own free speed and without
    coming nearer to anyone: in a packed crowd, where there is no headway to walk into, people shuffle along.

    Args:
        x .. vy: (n,) state [m, m/s]. way_x, way_y: (n,) unit way of each. free_speed: (n,) [m/s]; those who have none,
            or no way, are left alone.
        radius: (n,) mechanical radius [m]. pairs, n_pairs: people in reach. near_walls, n_walls: walls in reach.
        walls: (w, 4) [m]. c: Contact. wished_x, wished_y: (n,) desired velocity [m/s], changed.
    """
    for i in nb.prange(x.size):
        if free_speed[i] <= 0.0 or (way_x[i] == 0.0 and way_y[i] == 0.0):
            continue
        wx, wy = eased(
            i, x, y, vx, vy, radius, pairs, n_pairs, near_walls, n_walls, walls, wished_x[i], wished_y[i],
            c.touch_speed, c,
        )  # fmt: skip
        pace = min(carried_speed(i, x, y, vx, vy, way_x, way_y, radius, pairs, n_pairs), free_speed[i])
        if pace > wx * way_x[i] + wy * way_y[i]:
            ax, ay = eased(
                i, x, y, vx, vy, radius, pairs, n_pairs, near_walls, n_walls, walls, pace * way_x[i], pace * way_y[i],
                0.0, c,
            )  # fmt: skip
            if ax * way_x[i] + ay * way_y[i] > wx * way_x[i] + wy * way_y[i]:
                wx, wy = ax, ay
        wished_x[i] = wx
        wished_y[i] = wy
