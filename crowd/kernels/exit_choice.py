"""What others do, as people see it who choose an exit."""

import math

import numba as nb
import numpy as np

from crowd.kernels.walls import crosses


@nb.njit(cache=True, parallel=True, error_model="numpy")
def headings_in_sight(chooser, x, y, level, heading, reach, walls, wall_level, shares):
    """Share of the people in sight who head for each exit.

    Args:
        chooser: (c,) indices of those who look. x, y, level: (n,) where people are [m]. heading: (n,) exit, -1 none.
        reach: how far off people are noticed [m]. walls: (w, 4) that hide people [m]. wall_level: (w,).
        shares: (c, exits) filled; 0 where nobody in sight heads for an exit.
    """
    for c in nb.prange(chooser.size):
        i = chooser[c]
        near = np.empty(walls.shape[0], np.int64)
        count = 0
        for w in range(walls.shape[0]):
            apart = max(min(walls[w, 0], walls[w, 2]) - x[i], x[i] - max(walls[w, 0], walls[w, 2]))
            apart = max(apart, min(walls[w, 1], walls[w, 3]) - y[i], y[i] - max(walls[w, 1], walls[w, 3]))
            if wall_level[w] == level[i] and apart < reach:
                near[count] = w
                count += 1
        shares[c, :] = 0.0
        seen = 0.0
        for j in range(x.size):
            if j == i or heading[j] < 0 or level[j] != level[i] or math.hypot(x[j] - x[i], y[j] - y[i]) > reach:
                continue
            hidden = False
            for w in near[:count]:
                if crosses(walls[w], x[i], y[i], x[j], y[j]):
                    hidden = True
                    break
            if not hidden:
                shares[c, heading[j]] += 1.0
                seen += 1.0
        if seen > 0.0:
            shares[c, :] /= seen
