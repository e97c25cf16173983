"""Rows of the arrays of people, on all threads: gathered into contiguous ones, scattered back, added to."""

import numba as nb
import numpy as np


@nb.njit(cache=True, parallel=True, error_model="numpy")
def pick(columns, rows):
    """Some rows of some columns: (k,) tuple of (p,) float64, (n,) int64 -> (k, n)."""
    out = np.empty((len(columns), rows.size))
    for i in nb.prange(rows.size):
        row = rows[i]
        for k in range(len(columns)):
            out[k, i] = columns[k][row]
    return out


@nb.njit(cache=True, parallel=True, error_model="numpy")
def put(columns, rows, values):
    """Write (k,) tuple of (n,) float64 to some rows, each once, of (k,) tuple of columns."""
    for i in nb.prange(rows.size):
        row = rows[i]
        for k in range(len(columns)):
            columns[k][row] = values[k][i]


@nb.njit(cache=True, parallel=True, error_model="numpy")
def add_forces(rows, mean, peak, overlap, sums, peaks, ticks, second, largest):
    """Add the contact of a tick to what is kept for each person.

    Args:
        rows: (n,) whose. mean, peak: (n,) contact_force [N]. overlap: (n,) share of a diameter.
        sums, second: (p,) `mean` is added. peaks, largest: (p,) the greatest `peak` and `overlap`. ticks: (p,) counted.
    """
    for i in nb.prange(rows.size):
        row = rows[i]
        sums[row] += mean[i]
        second[row] += mean[i]
        peaks[row] = max(peaks[row], peak[i])
        largest[row] = max(largest[row], overlap[i])
        ticks[row] += 1.0
