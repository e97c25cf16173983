"""What is kept of each second at probes: the running mean of the level density, sums and peaks of an interval.

Not here: what a probe sees (`crowd.kernels.fields`), what is made of the sums (`crowd.recording.observed_fields`).
"""

import math

import numba as nb
import numpy as np


@nb.njit(cache=True, inline="always")
def _peak(most, value):
    """The larger of two, that which is known if one is nan."""
    return value if value > most or math.isnan(most) else most


@nb.njit(cache=True, parallel=True, error_model="numpy")
def add_second(
    density, window_density, pressure, speed, vx, vy, recent, row, seconds, dense_for, sums, dense, pressed, long
):  # fmt: skip
    """Add a second to what is kept of p probes, in one go over them.

    Args:
        density .. vy: (p,) fields of the second. recent: (r, ..) window density of the last r seconds, that of this one
            written to `row`; `seconds` of the rows are filled. dense_for: (p,) seconds for which it has been dense,
            updated. sums: (8, ..) sum and peak of the density, number of seconds with people, sums of speed, vx and vy
            in these, peaks of level density and crowd pressure, nan: none yet; updated. dense, pressed, long:
            density [1/m2], crowd pressure [1/s2] and seconds from which on it is turbulent.

    Returns:
        level_density: (p,) mean of the recent window densities. turbulent: (p,) bool.
    """
    level_density, turbulent = np.empty(density.size), np.empty(density.size, np.bool_)
    for i in nb.prange(density.size):
        recent[row, i] = window_density[i]
        total = recent[0, i]
        for k in range(1, seconds):
            total += recent[k, i]
        level_density[i] = total / seconds
        dense_for[i] = dense_for[i] + 1 if density[i] >= dense else 0
        turbulent[i] = pressure[i] > pressed and dense_for[i] >= long
        sums[0, i] += density[i]
        sums[1, i] = max(sums[1, i], density[i])
        if density[i] > 0.0:
            sums[2, i] += 1.0
            sums[3, i] += speed[i]
            sums[4, i] += vx[i]
            sums[5, i] += vy[i]
        sums[6, i] = _peak(sums[6, i], level_density[i])
        sums[7, i] = _peak(sums[7, i], pressure[i])
    return level_density, turbulent
