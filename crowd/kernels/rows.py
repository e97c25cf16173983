"""Rows of the arrays of people, on all threads: gathered into contiguous ones, scattered back, added to."""

import math

import numba as nb
import numpy as np


@nb.njit(cache=True, parallel=True, error_model="numpy")
def pick(columns, rows):
    """Some rows of some columns of one type: (k,) tuple of (p,), (n,) int64 -> (k, n)."""
    out = np.empty((len(columns), rows.size), columns[0].dtype)
    for i in nb.prange(rows.size):
        row = rows[i]
        for k in range(len(columns)):
            out[k, i] = columns[k][row]
    return out


@nb.njit(cache=True, parallel=True, error_model="numpy")
def put(columns, rows, values):
    """Write (k,) tuple of (n,) to some rows, each once, of (k,) tuple of columns."""
    for i in nb.prange(rows.size):
        row = rows[i]
        for k in range(len(columns)):
            columns[k][row] = values[k][i]


@nb.njit(cache=True, parallel=True, error_model="numpy")
def entries(table, first, second, rows):
    """Entries of a table at two numbers of some people: (a, b), (p,), (p,), (n,) -> (n,)."""
    out = np.empty(rows.size, table.dtype)
    for i in nb.prange(rows.size):
        out[i] = table[np.int64(first[rows[i]]), second[rows[i]]]
    return out


@nb.njit(cache=True, parallel=True, error_model="numpy")
def lengths(x, y):
    """Lengths of vectors: (n,), (n,) -> (n,)."""
    out = np.empty(x.size)
    for i in nb.prange(x.size):
        out[i] = math.hypot(x[i], y[i])
    return out


@nb.njit(cache=True, parallel=True, error_model="numpy")
def hold_back(rows, way_left, now, in_stage, entered, pre_movement, walking, waiting, status, ex, ey):
    """Note who walks and who waits: in a stage, before setting off, or where no way leads on. The last two stay.

    Args:
        rows: (n,) whose. way_left: (n,) inf: no way. now: [s]. in_stage, entered, pre_movement: (p,) of everyone [s].
        walking, waiting: values of status. status: (p,) written. ex, ey: (n,) ways, 0 for those who stay.
    """
    for i in nb.prange(rows.size):
        row = rows[i]
        stays = math.isinf(way_left[i]) or now < entered[row] + pre_movement[row]
        status[row] = waiting if stays or in_stage[row] else walking
        if stays and not in_stage[row]:
            ex[i] = 0.0
            ey[i] = 0.0


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
