"""The walkable floor as square cells: the steps between them, the length of ways, what people at a place read off.

`moves` says for each cell which of the four steps a person may take (bit 0 east, 1 north, 2 west, 3 south): walls
thinner than a cell, closed gates and one-way gates are missing bits. Bits 4 to 7 say that the neighbour on that side
lies on another plane, `shift` cells further on: the openings of stairs. Travel times: `crowd.kernels.fast_marching`.
"""

import math

import numba as nb
import numpy as np

from crowd.kernels.fast_marching import EAST, ELSEWHERE, NORTH, SOUTH, WEST, neighbour
from crowd.kernels.walls import crosses


@nb.njit(cache=True, nogil=True)
def way_lengths(times, order, vectors, moves, shift, step, nx):
    """Length of the way down the travel time from each cell, by upwind differences: e . grad L = -1.

    Args:
        times: (c,) travel times. order: (c,) cells by travel time. vectors: (c, 2) directions. moves, shift: as
            in `travel_times`. step: (c,) length of a cell [m]. nx: cells in a row of the grid.

    Returns:
        (c,) float64 [m], 0 at targets, inf where nothing can be reached.
    """
    lengths = np.full(times.size, math.inf)
    for c in order:
        if math.isinf(times[c]):
            break
        ex = vectors[c, 0]
        ey = vectors[c, 1]
        total = abs(ex) + abs(ey)
        if total == 0.0:
            lengths[c] = 0.0
            continue
        way = step[c]
        if ex != 0.0:
            way += abs(ex) * lengths[neighbour(c, EAST if ex > 0.0 else WEST, nx, moves, shift)]
        if ey != 0.0:
            way += abs(ey) * lengths[neighbour(c, NORTH if ey > 0.0 else SOUTH, nx, moves, shift)]
        lengths[c] = way / total
    return lengths


@nb.njit(cache=True, parallel=True, error_model="numpy")
def sample(field, facing, times, vectors, moves, shift, x, y, level, order, x0, y0, cell, nx, ny):
    """Direction and travel time at people's positions: bilinear over the cells one can step to from one's own.

    Args:
        field: (n,) which of the stacked times each person follows. facing: (n,) which of the stacked vectors.
        times: (f, c). vectors: (f, c, 2). moves: (f, c) uint8. shift: (c,).
        x, y: (n,) [m]. level: (n,). order: (n,) in which they are looked at: those near each other look at the same
            memory. x0, y0, cell, nx, ny: the grid.

    Returns:
        ex, ey: (n,) unit vectors (0 where the destination cannot be reached). t: (n,) [s at the unit speed], inf there.
    """
    n = x.size
    ex = np.zeros(n)
    ey = np.zeros(n)
    out = np.full(n, math.inf)
    for m in nb.prange(n):
        i = order[m]
        f = field[i]
        u = (x[i] - x0) / cell
        w = (y[i] - y0) / cell
        ix = min(max(int(u), 1), nx - 2)
        iy = min(max(int(w), 1), ny - 2)
        plane = np.int64(level[i]) * ny * nx
        c = plane + iy * nx + ix
        if moves[f, c] == 0 and shift[c] != 0:
            # In an opening, but the middle of the cell is beyond it.
            c += shift[c]
        if math.isinf(times[f, c]):
            ex[i], ey[i], out[i] = _beside(times[f], vectors[facing[i]], u, w, ix, iy, nx, plane)
            continue
        sx = 1 if u - ix >= 0.5 else -1
        sy = 1 if w - iy >= 0.5 else -1
        fx = abs(u - ix - 0.5)
        fy = abs(w - iy - 0.5)
        side_x = EAST if sx > 0 else WEST
        side_y = NORTH if sy > 0 else SOUTH
        step_x = moves[f, c] & side_x
        step_y = moves[f, c] & side_y
        beside_x = neighbour(c, side_x, nx, moves[f], shift) if step_x else c
        beside_y = neighbour(c, side_y, nx, moves[f], shift) if step_y else c
        corner = step_x and step_y and moves[f, beside_x] & side_y
        total = 0.0
        gx = 0.0
        gy = 0.0
        t = 0.0
        for k in range(4):
            if k == 0:
                d, weight, usable = c, (1 - fx) * (1 - fy), True
            elif k == 1:
                d, weight, usable = beside_x, fx * (1 - fy), step_x != 0
            elif k == 2:
                d, weight, usable = beside_y, (1 - fx) * fy, step_y != 0
            elif corner:
                d, weight, usable = neighbour(beside_x, side_y, nx, moves[f], shift), fx * fy, True
            else:
                d, weight, usable = c, 0.0, False
            if usable and not math.isinf(times[f, d]):
                total += weight
                gx += weight * vectors[facing[i], d, 0]
                gy += weight * vectors[facing[i], d, 1]
                t += weight * times[f, d]
        norm = math.hypot(gx, gy)
        if norm > 1e-9:
            ex[i] = gx / norm
            ey[i] = gy / norm
        out[i] = t / total
    return ex, ey, out


@nb.njit(cache=True)
def _beside(times, vectors, u, w, ix, iy, nx, plane):
    """Someone whose own cell's centre lies in a wall: the nearest cell around that leads on."""
    best = math.inf
    ex = 0.0
    ey = 0.0
    t = math.inf
    for jy in range(iy - 1, iy + 2):
        for jx in range(ix - 1, ix + 2):
            d = plane + jy * nx + jx
            if math.isinf(times[d]):
                continue
            gap = math.hypot(u - jx - 0.5, w - jy - 0.5)
            if gap < best:
                best = gap
                # Half the way on, half the way out of the wall.
                hx = vectors[d, 0] + (jx + 0.5 - u) / max(gap, 1e-9)
                hy = vectors[d, 1] + (jy + 0.5 - w) / max(gap, 1e-9)
                norm = max(math.hypot(hx, hy), 1e-9)
                ex, ey, t = hx / norm, hy / norm, times[d]
    return ex, ey, t


@nb.njit(cache=True)
def open_moves(inside, nx, ny):
    """Steps between cells whose centres are on the floor, within planes of nx ny cells stacked by level.

    Args:
        inside: (levels nx ny,) bool.

    Returns:
        (levels nx ny,) uint8 bit masks.
    """
    moves = np.zeros(inside.size, np.uint8)
    for c in range(inside.size):
        if not inside[c]:
            continue
        if c % nx < nx - 1 and inside[c + 1]:
            moves[c] |= EAST
            moves[c + 1] |= WEST
        if (c // nx) % ny < ny - 1 and inside[c + nx]:
            moves[c] |= NORTH
            moves[c + nx] |= SOUTH
    return moves


@nb.njit(cache=True)
def join_planes(moves, shift, inside, lines, level, plane, enter, leave, x0, y0, cell, nx, ny):
    """Add the steps through openings from levels to the planes of links and back, in place.

    Args:
        moves: (planes nx ny,) uint8. shift: (planes nx ny,) int32, filled: where the neighbour on the other plane lies;
            of a cell off the floor that an opening crosses, where the same place on the other plane lies.
        inside: (planes nx ny,) bool.
        lines: (o, 4) openings [m], the strip on their left. level, plane: (o,) indices of what they join.
        enter, leave: (o,) whether people may step onto the strip, and off it. x0, y0, cell, nx, ny: the grid.
    """
    for k in range(lines.shape[0]):
        line = lines[k]
        ix0 = max(int((min(line[0], line[2]) - x0) / cell) - 1, 0)
        ix1 = min(int((max(line[0], line[2]) - x0) / cell) + 1, nx - 2)
        iy0 = max(int((min(line[1], line[3]) - y0) / cell) - 1, 0)
        iy1 = min(int((max(line[1], line[3]) - y0) / cell) + 1, ny - 2)
        for iy in range(iy0, iy1 + 1):
            for ix in range(ix0, ix1 + 1):
                ax = x0 + (ix + 0.5) * cell
                ay = y0 + (iy + 0.5) * cell
                for east in range(2):
                    bx = ax + cell if east else ax
                    by = ay if east else ay + cell
                    if not crosses(line, ax, ay, bx, by):
                        continue
                    to_left = (line[2] - line[0]) * (by - ay) - (line[3] - line[1]) * (bx - ax) > 0.0
                    side, back = (EAST, WEST) if east else (NORTH, SOUTH)
                    here = iy * nx + ix
                    there = here + (1 if east else nx)
                    if not to_left:
                        here, there, side, back = there, here, back, side
                    apart = (plane[k] - level[k]) * nx * ny
                    here += level[k] * nx * ny
                    there += plane[k] * nx * ny
                    if not (inside[here] and inside[there]):
                        continue
                    if not inside[here + apart]:
                        shift[here + apart] = -apart
                    if not inside[there - apart]:
                        shift[there - apart] = apart
                    moves[here] |= side << ELSEWHERE
                    moves[there] |= back << ELSEWHERE
                    shift[here] = apart
                    shift[there] = -apart
                    if enter[k]:
                        moves[here] |= side
                    if leave[k]:
                        moves[there] |= back


@nb.njit(cache=True)
def forbid_crossing(moves, walls, level, way, x0, y0, cell, nx, ny):
    """Take away the steps that cross walls, in place.

    Args:
        moves: (levels nx ny,) uint8. walls: (w, 4) [m]. level: (w,). way: (w,) 0: nobody may cross, 1: only forward
            (from the right to the left of the wall as drawn), -1: only backward. x0, y0, cell, nx, ny: the grid.
    """
    for k in range(walls.shape[0]):
        wall = walls[k]
        ix0 = max(int((min(wall[0], wall[2]) - x0) / cell) - 1, 0)
        ix1 = min(int((max(wall[0], wall[2]) - x0) / cell) + 1, nx - 2)
        iy0 = max(int((min(wall[1], wall[3]) - y0) / cell) - 1, 0)
        iy1 = min(int((max(wall[1], wall[3]) - y0) / cell) + 1, ny - 2)
        for iy in range(iy0, iy1 + 1):
            for ix in range(ix0, ix1 + 1):
                c = (level[k] * ny + iy) * nx + ix
                ax = x0 + (ix + 0.5) * cell
                ay = y0 + (iy + 0.5) * cell
                for side in range(2):
                    bx = ax + cell if side == 0 else ax
                    by = ay if side == 0 else ay + cell
                    if not crosses(wall, ax, ay, bx, by):
                        continue
                    d = c + 1 if side == 0 else c + nx
                    there, back = (EAST, WEST) if side == 0 else (NORTH, SOUTH)
                    left = (wall[2] - wall[0]) * (by - ay) - (wall[3] - wall[1]) * (bx - ax)
                    if way[k] == 0 or (left > 0.0) != (way[k] > 0):
                        moves[c] &= ~np.uint8(there)
                    if way[k] == 0 or (left > 0.0) == (way[k] > 0):
                        moves[d] &= ~np.uint8(back)
