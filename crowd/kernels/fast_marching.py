"""Travel times on the floor by fast marching, as far as they are asked for, or anew for what is seen of it.

First-order upwind scheme of the eikonal equation on the cells and steps of `crowd.kernels.floor_field` (Sethian 1996).
The front runs from the destination backwards, so a step is asked of the cell a person comes from, and whatever lies
farther away than the cell that is asked for has not been looked at yet: a front can be kept and run on later.

Here sheets go from function to function as two arrays each, directory and values, and are read whether or not a step
leads there: numba counts the references to arrays that come out of tuples or that one branch alone reads, and that
costs three times what else there is to do.
"""

import math

import numba as nb
import numpy as np

from crowd.kernels.tiles import AREA, BITS, EAST, ELSEWHERE, NORTH, SOUTH, WEST, WITHIN, beside, look_up

#: Why `march` comes back: nothing is left, what was wanted is known, arrays are full.
ENDED, KNOWN, FULL = 0, 1, 2
#: The bits of `moves` that say which steps are open, and which neighbours are on another plane.
STEPS = np.uint8(0x0F)
_PLANES = np.uint8(0xF0)


@nb.njit(cache=True)
def _push(heap, due, size, c, time):
    """Put cell c on the heap of `size` entries; returns its size.

    One whose time fell is put there again: the later entry comes out when the front has passed the cell.

    Args:
        heap, due: cells and their times.
    """
    i = size
    while i > 0:
        up = (i - 1) // 2
        if due[up] <= time:
            break
        heap[i] = heap[up]
        due[i] = due[up]
        i = up
    heap[i] = c
    due[i] = time
    return size + 1


@nb.njit(cache=True)
def _pop(heap, due, size):
    """Take the earliest entry off the heap of `size` entries; returns its size."""
    size -= 1
    last = heap[size]
    time = due[size]
    # What lies behind the last entry is not earlier than it: the room holds the entry itself.
    due[size] = math.inf
    i = 0
    while 2 * i + 1 < size:
        child = 2 * i + 1
        child += due[child + 1] < due[child]
        if time <= due[child]:
            break
        heap[i] = heap[child]
        due[i] = due[child]
        i = child
    heap[i] = last
    due[i] = time
    return size


@nb.njit(cache=True)
def _step(c, side, allowed, shift_of, shift, across):
    """As `neighbour`."""
    farther = shift[shift_of[c >> BITS], c & WITHIN]
    return beside(c, side, across) + (farther if allowed & (side << ELSEWHERE) else 0)


@nb.njit(cache=True)
def _beside(directory, values, allowed, shift_of, shift, across, c):
    """Values east, north, west and south of cell c, inf where no step leads.

    Args:
        directory, values: a sheet. allowed: steps of c that count.
    """
    e = _step(c, EAST, allowed, shift_of, shift, across)
    n = _step(c, NORTH, allowed, shift_of, shift, across)
    w = _step(c, WEST, allowed, shift_of, shift, across)
    s = _step(c, SOUTH, allowed, shift_of, shift, across)
    e, n = e if allowed & EAST else c, n if allowed & NORTH else c
    w, s = w if allowed & WEST else c, s if allowed & SOUTH else c
    east = values[directory[e >> BITS], e & WITHIN]
    north = values[directory[n >> BITS], n & WITHIN]
    west = values[directory[w >> BITS], w & WITHIN]
    south = values[directory[s >> BITS], s & WITHIN]
    return (
        east if allowed & EAST else math.inf,
        north if allowed & NORTH else math.inf,
        west if allowed & WEST else math.inf,
        south if allowed & SOUTH else math.inf,
    )


@nb.njit(cache=True)
def _arrival(directory, times, allowed, shift_of, shift, s, across, c):
    """Travel time of cell c from its neighbours: the upwind quadratic, or one side alone.

    Args:
        directory, times: a sheet. allowed: steps of c that count. s: time to cross the cell.
    """
    east, north, west, south = _beside(directory, times, allowed, shift_of, shift, across, c)
    a = min(east, west)
    b = min(north, south)
    if abs(a - b) >= s or math.isinf(a) or math.isinf(b):
        return min(a, b) + s
    return 0.5 * (a + b + math.sqrt(2.0 * s * s - (a - b) ** 2))


@nb.njit(cache=True)
def _downhill(directory, times, allowed, shift_of, shift, across, c):
    """Unit vector down the travel time at cell c, (0, 0) where nothing can be reached; as `_arrival`."""
    time = times[directory[c >> BITS], c & WITHIN]
    east, north, west, south = _beside(directory, times, allowed, shift_of, shift, across, c)
    gx = max(time - east, 0.0)
    if time - west > gx:
        gx = west - time
    gy = max(time - north, 0.0)
    if time - south > gy:
        gy = south - time
    norm = math.hypot(gx, gy)
    if norm == 0.0 or math.isinf(time):
        return 0.0, 0.0
    return gx / norm, gy / norm


@nb.njit(cache=True, nogil=True)
def march(
    front, counts, heap, due, directory, times, passed, onward, ways, moves, shift, slowness, steps, across, wanted,
    beyond,
):  # fmt: skip
    """Run a front on until the wanted cells are known, and a little beyond.

    Args:
        front: (k,) targets to begin with; there is room for them. counts: (2,) entries of the heap and records in use,
            updated. heap, due: (h,) cells and their times. directory: (tiles,) record of each tile, 0: the front has
            not come there.
        times, passed, onward: (r, AREA) of each record: travel time [s at the unit speed]; whether the front has
            passed the cell; steps to cells it has passed. Record 0 holds inf and False.
        ways: (k, r, AREA) lengths of the way by each measure of a cell [m]. moves, shift, slowness: sheets: allowed
            steps, never off the grid; see `neighbour`; time to cross a cell [s at the unit speed].
        steps: sheet (r, AREA, k) of the length of a cell [m]. across: tiles in a row. wanted: (w,) cells. beyond: the
            front runs on until it is so much later than at the last of them [s at the unit speed].

    Returns:
        ENDED: every cell that is not passed is out of reach; KNOWN; FULL: larger arrays, please.
    """
    move_of, moves = moves
    shift_of, shift = shift
    slowness_of, slowness = slowness
    step_of, steps = steps
    size, used = counts
    for c in front:
        if directory[c >> BITS] == 0:
            used = _claim(c, used, directory, times, passed, onward, ways, move_of, moves)
        times[directory[c >> BITS], c & WITHIN] = 0.0
        size = _push(heap, due, size, c, 0.0)
    known = 0
    until = math.inf
    answer = ENDED
    while size > 0:
        c = heap[0]
        if passed[directory[c >> BITS], c & WITHIN]:
            size = _pop(heap, due, size)
            continue
        while known < wanted.size and passed[directory[wanted[known] >> BITS], wanted[known] & WITHIN]:
            known += 1
        if known == wanted.size:
            until = min(until, due[0] + beyond)
            if due[0] >= until:
                answer = KNOWN
                break
        if heap.size < size + 4 or times.shape[0] < used + 4:
            answer = FULL
            break
        size = _pop(heap, due, size)
        passed[directory[c >> BITS], c & WITHIN] = True
        allowed = moves[move_of[c >> BITS], c & WITHIN]
        # Lengths of the way down the travel time, by upwind differences: e . grad L = -1.
        ex, ey = _downhill(directory, times, allowed, shift_of, shift, across, c)
        cx = _step(c, EAST if ex > 0.0 else WEST, allowed, shift_of, shift, across)
        cy = _step(c, NORTH if ey > 0.0 else SOUTH, allowed, shift_of, shift, across)
        for k in range(ways.shape[0]):
            way = steps[step_of[c >> BITS], c & WITHIN, k]
            if ex != 0.0:
                way += abs(ex) * ways[k, directory[cx >> BITS], cx & WITHIN]
            if ey != 0.0:
                way += abs(ey) * ways[k, directory[cy >> BITS], cy & WITHIN]
            total = abs(ex) + abs(ey)
            ways[k, directory[c >> BITS], c & WITHIN] = way / total if total > 0.0 else 0.0
        for k in range(4):
            back = 1 << (k + 2) % 4
            d = _step(c, 1 << k, allowed, shift_of, shift, across)
            if d < 0 or d >> BITS >= directory.size:
                continue
            there = moves[move_of[d >> BITS], d & WITHIN]
            if not there & back or _step(d, back, there, shift_of, shift, across) != c:
                continue
            if passed[directory[d >> BITS], d & WITHIN]:
                continue
            if directory[d >> BITS] == 0:
                used = _claim(d, used, directory, times, passed, onward, ways, move_of, moves)
            own, i = directory[d >> BITS], d & WITHIN
            onward[own, i] |= np.uint8(back)
            s = slowness[slowness_of[d >> BITS], i]
            t = _arrival(directory, times, onward[own, i], shift_of, shift, s, across, d)
            if t < times[own, i]:
                times[own, i] = t
                size = _push(heap, due, size, d, t)
    counts[0] = size
    counts[1] = used
    return answer


@nb.njit(cache=True)
def _claim(c, used, directory, times, passed, onward, ways, move_of, moves):
    """Give the tile of cell c a record, the next one; returns how many are in use."""
    tile = c >> BITS
    directory[tile] = used
    times[used] = math.inf
    passed[used] = False
    onward[used] = moves[move_of[tile]] & _PLANES
    for k in range(ways.shape[0]):
        ways[k, used] = math.inf
    return used + 1


@nb.njit(cache=True, nogil=True)
def directions(cells, directory, times, moves, shift, across):
    """Unit vector down the travel time at some cells (0, 0 where nothing can be reached), by upwind differences.

    Args:
        cells: (k,). directory, times, moves, shift, across: as in `march`.

    Returns:
        (k, 2) float64.
    """
    out = np.empty((cells.size, 2))
    for k in range(cells.size):
        c = cells[k]
        out[k, 0], out[k, 1] = _downhill(directory, times, look_up(moves, c), shift[0], shift[1], across, c)
    return out


@nb.njit(cache=True, parallel=True)
def tell(tiles, records, out, given, directory, times, passed, moves, shift, across):
    """Write down what is known of some tiles: given values, and directions as `directions` has them.

    Args:
        tiles: (k,). records: (k,) where to write them. out: (r, AREA, 3), filled: value and unit vector of each cell;
            nan and inf where they are not yet known.
        given: (r, AREA) values by the records of the front. passed: as in `march`, without records if it has ended.
        directory, times, moves, shift, across: as in `march`.
    """
    for k in nb.prange(tiles.size):
        own = directory[tiles[k]]
        steps = moves[1][moves[0][tiles[k]]]
        told = out[records[k]]
        for i in range(AREA):
            if passed.shape[0] and steps[i] & STEPS and not passed[own, i]:
                told[i, 0], told[i, 1], told[i, 2] = math.nan, math.inf, math.inf
                continue
            told[i, 0], told[i, 1], told[i, 2] = given[own, i], 0.0, 0.0
            if steps[i] & STEPS:
                c = (tiles[k] << BITS) + i
                told[i, 1], told[i, 2] = _downhill(directory, times, steps[i], shift[0], shift[1], across, c)


@nb.njit(cache=True)
def _highest_ahead(directory, times, highest, allowed, shift_of, shift, across, c):
    """The value of `highest` at the earliest of the cells that cell c leads on to, 0 if it leads to none."""
    earliest = math.inf
    out = 0.0
    for k in range(4):
        leads = (allowed >> k) & 1
        d = _step(c, 1 << k, allowed, shift_of, shift, across)
        d = d if leads else c
        time, value = times[directory[d >> BITS], d & WITHIN], highest[directory[d >> BITS], d & WITHIN]
        if leads and time < earliest:
            earliest = time
            out = value
    return out


@nb.njit(cache=True, nogil=True)
def look_again(seen, slowness, directory, free, moves, shift, across, climb):
    """Travel times and directions of the cells that are seen, at another slowness; beyond them nothing has changed.

    A cell that is not seen leads on with its free time, but only to where it is nearer than the cell one comes from;
    and no way climbs higher in free time than `climb` above where it begins: people go round, they do not turn back.

    Args:
        seen: (k,) cells. slowness: (k,) time to cross them [s at the unit speed]. directory: (tiles,) records of the
            tiles they lie in and of those beside them, 0: another tile. free: (r, AREA) travel times without the other
            slowness. moves: (r, AREA) allowed steps. shift, across: as in `march`. climb: [s at the unit speed].

    Returns:
        times: (k,). vectors: (k, 2), as `directions`.
    """
    times, highest, onward = free.copy(), free.copy(), moves.copy()
    cross, passed = np.zeros(free.shape), np.ones(free.shape, np.bool_)
    shift_of, shift = shift
    # Each cell comes there once, and when one beside it has been passed.
    heap, due = np.empty(5 * seen.size, np.int64), np.empty(5 * seen.size)
    size = 0
    for k in range(seen.size):
        own, i = directory[seen[k] >> BITS], seen[k] & WITHIN
        passed[own, i], times[own, i], cross[own, i] = False, math.inf, slowness[k]
    for c in seen:
        own, i = directory[c >> BITS], c & WITHIN
        for k in range(4):
            side = np.uint8(1 << k)
            if onward[own, i] & side:
                d = _step(c, side, moves[own, i], shift_of, shift, across)
                at, j = directory[d >> BITS], d & WITHIN
                if not passed[at, j] or free[at, j] >= free[own, i]:
                    onward[own, i] -= side
    for c in seen:
        own, i = directory[c >> BITS], c & WITHIN
        t = 0.0
        if free[own, i] > 0.0:
            t = _arrival(directory, times, onward[own, i], shift_of, shift, cross[own, i], across, c)
        if t < math.inf:
            times[own, i] = t
            size = _push(heap, due, size, c, t)
    while size > 0:
        c = heap[0]
        size = _pop(heap, due, size)
        own, i = directory[c >> BITS], c & WITHIN
        if passed[own, i]:
            continue
        passed[own, i] = True
        ahead = _highest_ahead(directory, times, highest, onward[own, i], shift_of, shift, across, c)
        highest[own, i] = max(free[own, i], ahead)
        for k in range(4):
            back = 1 << (k + 2) % 4
            d = _step(c, 1 << k, moves[own, i], shift_of, shift, across)
            at, j = directory[d >> BITS], d & WITHIN
            if passed[at, j] or highest[own, i] > free[at, j] + climb:
                continue
            if not moves[at, j] & back or _step(d, back, moves[at, j], shift_of, shift, across) != c:
                continue
            onward[at, j] |= np.uint8(back)
            t = _arrival(directory, times, onward[at, j], shift_of, shift, cross[at, j], across, d)
            if t < times[at, j]:
                times[at, j] = t
                size = _push(heap, due, size, d, t)
    found, vectors = np.empty(seen.size), np.empty((seen.size, 2))
    for k in range(seen.size):
        c = seen[k]
        own, i = directory[c >> BITS], c & WITHIN
        found[k] = times[own, i]
        vectors[k, 0], vectors[k, 1] = _downhill(directory, times, onward[own, i], shift_of, shift, across, c)
    return found, vectors
