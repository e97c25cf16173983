"""Travel times on the floor by fast marching, anew for all of it or only for what is seen of it.

First-order upwind scheme of the eikonal equation on the cells and steps of `crowd.kernels.floor_field` (Sethian 1996).
Because the front runs from the destination backwards, a step is asked of the cell a person comes from.
"""

import math

import numba as nb
import numpy as np

EAST, NORTH, WEST, SOUTH = 1, 2, 4, 8
#: Bits moved by this many places: the neighbour is on another plane.
ELSEWHERE = 4
#: The bits that say so.
_PLANES = np.uint8(0xF0)


@nb.njit(cache=True, inline="always")
def neighbour(c, side, nx, moves, shift):
    """The cell beside cell c on a side (EAST, ...), on whichever plane it lies."""
    if side == EAST:
        d = c + 1
    elif side == NORTH:
        d = c + nx
    elif side == WEST:
        d = c - 1
    else:
        d = c - nx
    if moves[c] & (side << ELSEWHERE):
        d += shift[c]
    return d


@nb.njit(cache=True)
def _push(heap, place, times, size, c):
    """Put cell c on the heap, or move it up after its time fell; returns the heap's size."""
    i = place[c]
    if i < 0:
        i = size
        size += 1
    while i > 0:
        up = (i - 1) // 2
        if times[heap[up]] <= times[c]:
            break
        heap[i] = heap[up]
        place[heap[i]] = i
        i = up
    heap[i] = c
    place[c] = i
    return size


@nb.njit(cache=True)
def _pop(heap, place, times, size):
    """Take the earliest cell off the heap of `size` entries."""
    top = heap[0]
    last = heap[size - 1]
    size -= 1
    i = 0
    while 2 * i + 1 < size:
        child = 2 * i + 1
        if child + 1 < size and times[heap[child + 1]] < times[heap[child]]:
            child += 1
        if times[last] <= times[heap[child]]:
            break
        heap[i] = heap[child]
        place[heap[i]] = i
        i = child
    if size > 0:
        heap[i] = last
        place[last] = i
    place[top] = -2
    return top


@nb.njit(cache=True)
def _arrival(times, moves, shift, slowness, nx, c):
    """Travel time of cell c from its neighbours: the upwind quadratic, or one side alone."""
    a = math.inf
    if moves[c] & EAST:
        a = times[neighbour(c, EAST, nx, moves, shift)]
    if moves[c] & WEST:
        a = min(a, times[neighbour(c, WEST, nx, moves, shift)])
    b = math.inf
    if moves[c] & NORTH:
        b = times[neighbour(c, NORTH, nx, moves, shift)]
    if moves[c] & SOUTH:
        b = min(b, times[neighbour(c, SOUTH, nx, moves, shift)])
    s = slowness[c]
    if abs(a - b) >= s or math.isinf(a) or math.isinf(b):
        return min(a, b) + s
    return 0.5 * (a + b + math.sqrt(2.0 * s * s - (a - b) ** 2))


@nb.njit(cache=True)
def _march(times, heap, place, size, moves, onward, shift, slowness, nx, free, highest, climb):
    """Run the front on from the `size` cells on the heap, in place; cells whose place is -2 keep their time.

    `onward` (c,): the steps of `moves` that lead to cells the front has passed. highest (c,): the largest free time on
    the way from a cell; a step that leads to a way higher than its start by more than `climb` is not taken.
    """
    while size > 0:
        c = _pop(heap, place, times, size)
        size -= 1
        highest[c] = max(free[c], _highest_ahead(c, times, highest, onward, shift, nx))
        for k in range(4):
            if k == 0:
                side, back, inside = EAST, WEST, c % nx < nx - 1
            elif k == 1:
                side, back, inside = NORTH, SOUTH, c + nx < moves.size
            elif k == 2:
                side, back, inside = WEST, EAST, c % nx > 0
            else:
                side, back, inside = SOUTH, NORTH, c - nx >= 0
            if not inside:
                continue
            d = neighbour(c, side, nx, moves, shift)
            if place[d] == -2 or not moves[d] & back or neighbour(d, back, nx, moves, shift) != c:
                continue
            if highest[c] > free[d] + climb:
                continue
            onward[d] |= np.uint8(back)
            t = _arrival(times, onward, shift, slowness, nx, d)
            if t < times[d]:
                times[d] = t
                size = _push(heap, place, times, size, d)


@nb.njit(cache=True, inline="always")
def _highest_ahead(c, times, highest, onward, shift, nx):
    """The value of `highest` at the earliest of the cells that cell c leads on to, 0 if it leads to none."""
    earliest = math.inf
    out = 0.0
    for k in range(4):
        side = np.uint8(1 << k)
        if onward[c] & side:
            d = neighbour(c, side, nx, onward, shift)
            if times[d] < earliest:
                earliest = times[d]
                out = highest[d]
    return out


@nb.njit(cache=True, nogil=True)
def travel_times(targets, moves, shift, slowness, nx):
    """Travel time of every cell to the nearest target.

    Args:
        targets: (k,) cell indices (level ny + iy) nx + ix. moves: (c,) uint8 allowed steps; never off the grid.
        shift: (c,) where a cell's neighbour on another plane lies, in cells. slowness: (c,) time to cross a cell [s at
            the unit speed]. nx: cells in a row of the grid.

    Returns:
        (c,) float64, inf where no target can be reached.
    """
    times = np.full(moves.size, math.inf)
    heap = np.empty(moves.size, np.int64)
    place = np.full(moves.size, -1, np.int64)
    onward = moves & _PLANES
    flat = np.zeros(moves.size)
    size = 0
    for c in targets:
        times[c] = 0.0
        size = _push(heap, place, times, size, c)
    _march(times, heap, place, size, moves, onward, shift, slowness, nx, flat, flat, math.inf)
    return times


@nb.njit(cache=True, inline="always")
def _downhill(c, times, moves, shift, nx):
    """Unit vector down the travel time at cell c, (0, 0) where nothing can be reached."""
    if math.isinf(times[c]):
        return 0.0, 0.0
    gx = 0.0
    gy = 0.0
    if moves[c] & EAST:
        gx = max(times[c] - times[neighbour(c, EAST, nx, moves, shift)], 0.0)
    if moves[c] & WEST:
        fall = times[c] - times[neighbour(c, WEST, nx, moves, shift)]
        gx = -fall if fall > gx else gx
    if moves[c] & NORTH:
        gy = max(times[c] - times[neighbour(c, NORTH, nx, moves, shift)], 0.0)
    if moves[c] & SOUTH:
        fall = times[c] - times[neighbour(c, SOUTH, nx, moves, shift)]
        gy = -fall if fall > gy else gy
    norm = math.hypot(gx, gy)
    if norm == 0.0:
        return 0.0, 0.0
    return gx / norm, gy / norm


@nb.njit(cache=True, nogil=True)
def look_again(seen, free, moves, shift, slowness, nx, climb, times, vectors):
    """Travel times and directions of the cells that are seen, at another slowness; beyond them nothing has changed.

    A cell that is not seen leads on with its free time, but only to where it is nearer than the cell one comes from;
    and no way climbs higher in free time than `climb` above where it begins: people go round, they do not turn back.

    Args:
        seen: (k,) cells. free: (c,) travel times without the other slowness. moves, shift, nx: as in `travel_times`.
        slowness: (c,) time to cross a cell [s at the unit speed], read at seen cells. climb: [s at the unit speed].
        times: (c,) holds `free` where not seen; filled where seen. vectors: (c, 2) filled where seen, as `directions`.
    """
    heap = np.empty(seen.size, np.int64)
    place = np.full(free.size, -2, np.int64)
    onward = moves.copy()
    highest = free.copy()
    size = 0
    for c in seen:
        place[c] = -1
        times[c] = math.inf
    for c in seen:
        for k in range(4):
            side = np.uint8(1 << k)
            if onward[c] & side:
                d = neighbour(c, side, nx, moves, shift)
                if place[d] != -2 or free[d] >= free[c]:
                    onward[c] -= side
    for c in seen:
        t = 0.0 if free[c] == 0.0 else _arrival(times, onward, shift, slowness, nx, c)
        if t < math.inf:
            times[c] = t
            size = _push(heap, place, times, size, c)
    _march(times, heap, place, size, moves, onward, shift, slowness, nx, free, highest, climb)
    for c in seen:
        vectors[c, 0], vectors[c, 1] = _downhill(c, times, onward, shift, nx)


@nb.njit(cache=True, nogil=True)
def directions(times, moves, shift, nx):
    """Unit vector down the travel time at each cell (0, 0 where nothing can be reached), by upwind differences.

    Returns:
        (nx ny, 2) float64.
    """
    out = np.zeros((times.size, 2))
    for c in range(times.size):
        out[c, 0], out[c, 1] = _downhill(c, times, moves, shift, nx)
    return out
