"""Travel times on the floor by fast marching, as far as they are asked for, or anew for what is seen of it.

First-order upwind scheme of the eikonal equation on the cells and steps of `crowd.kernels.floor_field` (Sethian 1996).
The front runs from the destination backwards, so a step is asked of the cell a person comes from, and whatever lies
farther away than the cell that is asked for has not been looked at yet: a front can be kept and run on later.
"""

import math

import numba as nb
import numpy as np

from crowd.kernels.tiles import AREA, BITS, EAST, NORTH, SIDE, SOUTH, WEST, WITHIN, look_up, neighbour

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
    i = 0
    while 2 * i + 1 < size:
        child = 2 * i + 1
        if child + 1 < size and due[child + 1] < due[child]:
            child += 1
        if time <= due[child]:
            break
        heap[i] = heap[child]
        due[i] = due[child]
        i = child
    heap[i] = last
    due[i] = time
    return size


@nb.njit(cache=True)
def _beside(sheet, allowed, shift, across, c):
    """Values east, north, west and south of cell c, inf where no step leads.

    Args:
        sheet: of values. allowed: steps of c that count.
    """
    east, north, west, south = math.inf, math.inf, math.inf, math.inf
    i = c & WITHIN
    if allowed <= STEPS and 0 < i % SIDE < SIDE - 1 and SIDE <= i < AREA - SIDE:
        # In the middle of a tile all lie on its record.
        values = sheet[1][sheet[0][c >> BITS]]
        if allowed & EAST:
            east = values[i + 1]
        if allowed & NORTH:
            north = values[i + SIDE]
        if allowed & WEST:
            west = values[i - 1]
        if allowed & SOUTH:
            south = values[i - SIDE]
        return east, north, west, south
    if allowed & EAST:
        east = look_up(sheet, neighbour(c, EAST, allowed, shift, across))
    if allowed & NORTH:
        north = look_up(sheet, neighbour(c, NORTH, allowed, shift, across))
    if allowed & WEST:
        west = look_up(sheet, neighbour(c, WEST, allowed, shift, across))
    if allowed & SOUTH:
        south = look_up(sheet, neighbour(c, SOUTH, allowed, shift, across))
    return east, north, west, south


@nb.njit(cache=True)
def _arrival(sheet, allowed, shift, s, across, c):
    """Travel time of cell c from its neighbours: the upwind quadratic, or one side alone.

    Args:
        sheet: times. allowed: steps of c that count. s: time to cross the cell.
    """
    east, north, west, south = _beside(sheet, allowed, shift, across, c)
    a = min(east, west)
    b = min(north, south)
    if abs(a - b) >= s or math.isinf(a) or math.isinf(b):
        return min(a, b) + s
    return 0.5 * (a + b + math.sqrt(2.0 * s * s - (a - b) ** 2))


@nb.njit(cache=True)
def _downhill(sheet, allowed, shift, across, c):
    """Unit vector down the travel time at cell c, (0, 0) where nothing can be reached; as `_arrival`."""
    time = look_up(sheet, c)
    if math.isinf(time):
        return 0.0, 0.0
    east, north, west, south = _beside(sheet, allowed, shift, across, c)
    gx = max(time - east, 0.0)
    if time - west > gx:
        gx = west - time
    gy = max(time - north, 0.0)
    if time - south > gy:
        gy = south - time
    norm = math.hypot(gx, gy)
    if norm == 0.0:
        return 0.0, 0.0
    return gx / norm, gy / norm


@nb.njit(cache=True)
def _way(lengths, sheet, allowed, shift, step, across, c):
    """Length of the way down the travel time from cell c, by upwind differences: e . grad L = -1 [m]."""
    ex, ey = _downhill(sheet, allowed, shift, across, c)
    total = abs(ex) + abs(ey)
    if total == 0.0:
        return 0.0
    way = step
    if ex != 0.0:
        way += abs(ex) * look_up(lengths, neighbour(c, EAST if ex > 0.0 else WEST, allowed, shift, across))
    if ey != 0.0:
        way += abs(ey) * look_up(lengths, neighbour(c, NORTH if ey > 0.0 else SOUTH, allowed, shift, across))
    return way / total


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
    sheet = (directory, times)
    size, used = counts
    for c in front:
        if directory[c >> BITS] == 0:
            used = _claim(c, used, directory, times, passed, onward, ways, moves)
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
        while known < wanted.size and look_up((directory, passed), wanted[known]):
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
        allowed = look_up(moves, c)
        for k in range(ways.shape[0]):
            step = steps[1][steps[0][c >> BITS], c & WITHIN, k]
            way = _way((directory, ways[k]), sheet, allowed, shift, step, across, c)
            ways[k, directory[c >> BITS], c & WITHIN] = way
        for k in range(4):
            back = 1 << (k + 2) % 4
            d = neighbour(c, 1 << k, allowed, shift, across)
            if d < 0 or d >> BITS >= directory.size:
                continue
            there = look_up(moves, d)
            if not there & back or neighbour(d, back, there, shift, across) != c:
                continue
            if look_up((directory, passed), d):
                continue
            if directory[d >> BITS] == 0:
                used = _claim(d, used, directory, times, passed, onward, ways, moves)
            own, i = directory[d >> BITS], d & WITHIN
            onward[own, i] |= np.uint8(back)
            t = _arrival(sheet, onward[own, i], shift, look_up(slowness, d), across, d)
            if t < times[own, i]:
                times[own, i] = t
                size = _push(heap, due, size, d, t)
    counts[0] = size
    counts[1] = used
    return answer


@nb.njit(cache=True)
def _claim(c, used, directory, times, passed, onward, ways, moves):
    """Give the tile of cell c a record, the next one; returns how many are in use."""
    tile = c >> BITS
    directory[tile] = used
    times[used] = math.inf
    passed[used] = False
    onward[used] = moves[1][moves[0][tile]] & _PLANES
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
        out[k, 0], out[k, 1] = _downhill((directory, times), look_up(moves, cells[k]), shift, across, cells[k])
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
                told[i, 1], told[i, 2] = _downhill((directory, times), steps[i], shift, across, c)


@nb.njit(cache=True)
def _highest_ahead(c, sheet, highest, allowed, shift, across):
    """The value of `highest` at the earliest of the cells that cell c leads on to, 0 if it leads to none."""
    earliest = math.inf
    out = 0.0
    for k in range(4):
        if allowed & (1 << k):
            d = neighbour(c, 1 << k, allowed, shift, across)
            if look_up(sheet, d) < earliest:
                earliest = look_up(sheet, d)
                out = look_up(highest, d)
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
    sheet = (directory, times)
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
                d = neighbour(c, side, moves[own, i], shift, across)
                if not look_up((directory, passed), d) or look_up((directory, free), d) >= free[own, i]:
                    onward[own, i] -= side
    for c in seen:
        own, i = directory[c >> BITS], c & WITHIN
        t = 0.0 if free[own, i] == 0.0 else _arrival(sheet, onward[own, i], shift, cross[own, i], across, c)
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
        ahead = _highest_ahead(c, sheet, (directory, highest), onward[own, i], shift, across)
        highest[own, i] = max(free[own, i], ahead)
        for k in range(4):
            back = 1 << (k + 2) % 4
            d = neighbour(c, 1 << k, moves[own, i], shift, across)
            at, j = directory[d >> BITS], d & WITHIN
            if passed[at, j] or highest[own, i] > free[at, j] + climb:
                continue
            if not moves[at, j] & back or neighbour(d, back, moves[at, j], shift, across) != c:
                continue
            onward[at, j] |= np.uint8(back)
            t = _arrival(sheet, onward[at, j], shift, cross[at, j], across, d)
            if t < times[at, j]:
                times[at, j] = t
                size = _push(heap, due, size, d, t)
    found, vectors = np.empty(seen.size), np.empty((seen.size, 2))
    for k in range(seen.size):
        found[k] = look_up(sheet, seen[k])
        allowed = look_up((directory, onward), seen[k])
        vectors[k, 0], vectors[k, 1] = _downhill(sheet, allowed, shift, across, seen[k])
    return found, vectors
