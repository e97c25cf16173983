"""People who turn their shoulders to pass who comes towards them, and turn back as far as there is room.

A body is a disc; who has turned is a narrower one, q times the radius.
"""

import math

import numba as nb
import numpy as np

from crowd.kernels.neighbours import apart
from crowd.kernels.walls import distance_to

#: Who turned the shoulders and is in a squeeze takes up their width again at this pace [m/s] (assumed: in 5 s).
_SWELL = 0.0125


@nb.njit(cache=True, error_model="numpy", forceinline=True)
def turn_shoulders(turned, room, opposed_gap, s):
    """The wished radius factor q after a tick: towards `shoulder_turn` while an oncoming person is near, else to 1."""
    wished = 1.0
    if opposed_gap < s.shoulder_distance:
        wished = 1.0 - (1.0 - s.shoulder_turn) * room
    return turned + (wished - turned) * min(s.tick / s.shoulder_time, 1.0)


@nb.njit(cache=True, parallel=True, error_model="numpy")
def as_wide_as_fits(x, y, before, wished, pairs, n_pairs, near_walls, n_walls, walls, tick):
    """Radius of everyone: the wished one, but who would grow wider takes half of the gap to each person, all to a wall.

    Bodies that turned their shoulders in a crowd and turned back at once would push others off with hundreds of
    newtons. But nobody is smaller for having turned: where there is no room they grow slowly.

    Args:
        x, y: (n,) in order [m]. before, wished: (n,) radius up to now, and wished [m]. pairs .. n_walls: what is in
            reach. walls: (w, 4) [m]. tick: [s].

    Returns:
        (n,) [m].
    """
    radius = wished.copy()
    for i in nb.prange(x.size):
        if wished[i] <= before[i]:
            continue
        gap = 2.0 * (wished[i] - before[i])
        for p in range(n_pairs[i]):
            _, _, d2, reach = apart(x, y, before, i, np.uint32(pairs[i, p]))
            gap = min(gap, math.sqrt(d2) - reach)
        for p in range(n_walls[i]):
            gap = min(gap, 2.0 * (distance_to(walls[near_walls[i, p]], x[i], y[i]) - before[i]))
        radius[i] = min(before[i] + max(0.5 * gap, _SWELL * tick), wished[i])
    return radius
