"""How people come to touch: they ease up to a body beside them, and go along with those they touch.

Steering looks ahead, in a strip narrower than two bodies; whoever is beside one does not count there. Here the wish it
makes is changed by those within reach of a body. Row i reads its neighbours and writes only row i. Not here: forces of
bodies on each other (`contact`).
"""

import math

import numba as nb


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


@nb.njit(cache=True, parallel=True, error_model="numpy")
def ease_up(x, y, vx, vy, way_x, way_y, free_speed, radius, pairs, n_pairs, c, wished_x, wished_y):
    """Raise and limit everyone's wish by the bodies in reach, in place.

    A person wishes to go on at least as fast as those they touch go on average, up to their own free speed: in a packed
    crowd, where there is no headway to walk into, people shuffle along. Then, for every body j in reach, in direction n
    and at a distance gap,

        w . n <= max(v_j . n, 0) + (max(gap, 0) - reaction_time closing) / approach_time + touch_speed

    with closing = max((v_i - v_j) . n, 0): a gap counts as it will be when one's velocity has followed the wish. What
    points past the body stays, so people slide past; one who walks away is followed as fast.

    Args:
        x .. vy: (n,) state [m, m/s]. way_x, way_y: (n,) unit way of each. free_speed: (n,) [m/s]; those who have none,
            or no way, are left alone.
        radius: (n,) mechanical radius [m]. pairs, n_pairs: people in reach. c: Contact.
        wished_x, wished_y: (n,) desired velocity [m/s], changed.
    """
    for i in nb.prange(x.size):
        if free_speed[i] <= 0.0 or (way_x[i] == 0.0 and way_y[i] == 0.0):
            continue
        wx = wished_x[i]
        wy = wished_y[i]
        carried = min(carried_speed(i, x, y, vx, vy, way_x, way_y, radius, pairs, n_pairs), free_speed[i])
        lack = max(carried - (wx * way_x[i] + wy * way_y[i]), 0.0)
        wx += lack * way_x[i]
        wy += lack * way_y[i]
        for p in range(n_pairs[i]):
            j = pairs[i, p]
            nx = x[j] - x[i]
            ny = y[j] - y[i]
            d = max(math.sqrt(nx * nx + ny * ny), 1e-9)
            nx /= d
            ny /= d
            closing = max((vx[i] - vx[j]) * nx + (vy[i] - vy[j]) * ny, 0.0)
            gap = max(d - radius[i] - radius[j], 0.0) - c.reaction_time * closing
            limit = max(vx[j] * nx + vy[j] * ny, 0.0) + gap / c.approach_time + c.touch_speed
            excess = max(wx * nx + wy * ny - limit, 0.0)
            wx -= excess * nx
            wy -= excess * ny
        wished_x[i] = wx
        wished_y[i] = wy
