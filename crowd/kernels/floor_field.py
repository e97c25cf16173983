"""The walkable floor as square cells: the steps between them, and what people at a place read off.

`moves` says for each cell which of the four steps a person may take (bit 0 east, 1 north, 2 west, 3 south): walls
thinner than a cell, closed gates and one-way gates are missing bits. Bits 4 to 7 say that the neighbour on that side
lies on another plane, `shift` cells further on: the openings of stairs. Travel times: `crowd.kernels.fast_marching`;
sheets of cells in tiles: `crowd.kernels.tiles`.
"""

import math

import numba as nb
import numpy as np

from crowd.kernels.tiles import BITS, EAST, ELSEWHERE, NORTH, SOUTH, WEST, WITHIN, beside, cell_at, look_up, neighbour
from crowd.kernels.walls import crosses


@nb.njit(cache=True, parallel=True, error_model="numpy")
def sample(field, facing, directory, values, moves, shift, x, y, level, order, x0, y0, cell, nx, ny, across, up):
    """Direction and travel time at people's positions: bilinear over the cells one can step to from one's own.

    Args:
        field: (n,) which of the fields each person follows. facing: (n,) which one they face along.
        directory: (f, tiles) record of each field's tiles. values: (r, AREA, 3) time, nan where not yet known, and unit
            vector, nan: as of `field`, inf: not yet known. moves: (r, AREA). shift: sheet.
        x, y: (n,) [m]. level: (n,). order: (n,) in which they are looked at: those near each other look at the same
            memory. x0, y0, cell, nx, ny, across, up: the cells.

    Returns:
        ex, ey: (n,) unit vectors (0 where the destination cannot be reached). t: (n,) [s at the unit speed], inf there,
        nan where something is not yet known.
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
        c = cell_at(ix, iy, np.int64(level[i]), across, up)
        allowed = moves[directory[f, c >> BITS], c & WITHIN]
        if allowed == 0 and look_up(shift, c) != 0:
            # In an opening, but the middle of the cell is beyond it.
            c += look_up(shift, c)
            allowed = moves[directory[f, c >> BITS], c & WITHIN]
        if math.isinf(_time(directory, f, values, c)):
            # On floor that is cut off, the nearest cell that leads on may lie beyond what cuts it off.
            if allowed == 0:
                ex[i], ey[i], out[i] = _beside(
                    directory, f, facing[i], values, u, w, ix, iy, np.int64(level[i]), across, up
                )  # fmt: skip
            continue
        side_x = EAST if u - ix >= 0.5 else WEST
        side_y = NORTH if w - iy >= 0.5 else SOUTH
        fx = abs(u - ix - 0.5)
        fy = abs(w - iy - 0.5)
        step_x = allowed & side_x
        step_y = allowed & side_y
        beside_x = neighbour(c, side_x, allowed, shift, across) if step_x else c
        beside_y = neighbour(c, side_y, allowed, shift, across) if step_y else c
        onward = moves[directory[f, beside_x >> BITS], beside_x & WITHIN]
        corner = step_x != 0 and step_y != 0 and onward & side_y != 0
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
                d, weight, usable = neighbour(beside_x, side_y, onward, shift, across), fx * fy, True
            else:
                d, weight, usable = c, 0.0, False
            time = _time(directory, f, values, d)
            if usable and not math.isinf(time):
                hx, hy = _facing(directory, f, facing[i], values, d)
                total += weight
                gx += weight * hx
                gy += weight * hy
                t += weight * time
        norm = math.sqrt(gx * gx + gy * gy)
        if not norm < math.inf:
            t = math.nan
        elif norm > 1e-9:
            ex[i] = gx / norm
            ey[i] = gy / norm
        out[i] = t / total
    return ex, ey, out


@nb.njit(cache=True)
def sample_beside(field, directory, values, x, y, level, x0, y0, cell, nx, ny, across, up):
    """As `sample`, for people on floor that nothing leads on from: the nearest cell around that leads on, if any."""
    ex = np.zeros(x.size)
    ey = np.zeros(x.size)
    out = np.full(x.size, math.inf)
    for i in range(x.size):
        u = (x[i] - x0) / cell
        w = (y[i] - y0) / cell
        ix = min(max(int(u), 1), nx - 2)
        iy = min(max(int(w), 1), ny - 2)
        ex[i], ey[i], out[i] = _beside(
            directory, field[i], field[i], values, u, w, ix, iy, np.int64(level[i]), across, up
        )  # fmt: skip
    return ex, ey, out


@nb.njit(cache=True)
def _time(directory, f, values, c):
    """The time of field f at cell c. No view of the directory is taken: counting its users costs more than reading."""
    return values[directory[f, c >> BITS], c & WITHIN, 0]


@nb.njit(cache=True)
def _facing(directory, f, facing, values, d):
    """The unit vector at cell d of the field faced along, of field f where that has none."""
    at = directory[facing, d >> BITS]
    if math.isnan(values[at, d & WITHIN, 1]):
        at = directory[f, d >> BITS]
    return values[at, d & WITHIN, 1], values[at, d & WITHIN, 2]


@nb.njit(cache=True)
def _beside(directory, f, facing, values, u, w, ix, iy, plane, across, up):
    """Someone whose own cell's centre lies in a wall: the nearest cell around that leads on."""
    best = math.inf
    ex = 0.0
    ey = 0.0
    t = math.inf
    for jy in range(iy - 1, iy + 2):
        for jx in range(ix - 1, ix + 2):
            d = cell_at(jx, jy, plane, across, up)
            time = _time(directory, f, values, d)
            if math.isnan(time):
                return 0.0, 0.0, math.nan
            if math.isinf(time):
                continue
            gap = math.hypot(u - jx - 0.5, w - jy - 0.5)
            if gap < best:
                hx, hy = _facing(directory, f, facing, values, d)
                if math.isinf(hx):
                    return 0.0, 0.0, math.nan
                best = gap
                # Half the way on, half the way out of the wall.
                hx += (jx + 0.5 - u) / max(gap, 1e-9)
                hy += (jy + 0.5 - w) / max(gap, 1e-9)
                norm = max(math.hypot(hx, hy), 1e-9)
                ex, ey, t = hx / norm, hy / norm, time
    return ex, ey, t


@nb.njit(cache=True)
def cells_around(moves, shift, x, y, level, x0, y0, cell, nx, ny, across, up):
    """The cells that `sample` may look at for people: (9 n,) int64, some of them more than once.

    Args:
        moves, shift: sheets. x, y, level: (n,). x0, y0, cell, nx, ny, across, up: the cells.
    """
    out = np.empty(9 * x.size, np.int64)
    for i in range(x.size):
        ix = min(max(int((x[i] - x0) / cell), 1), nx - 2)
        iy = min(max(int((y[i] - y0) / cell), 1), ny - 2)
        c = cell_at(ix, iy, np.int64(level[i]), across, up)
        if look_up(moves, c) == 0 and look_up(shift, c) != 0:
            c += look_up(shift, c)
        out[9 * i : 9 * i + 9] = c
        allowed = look_up(moves, c)
        if allowed == 0:
            for k in range(9):
                out[9 * i + k] = cell_at(ix - 1 + k % 3, iy - 1 + k // 3, np.int64(level[i]), across, up)
        m = 9 * i
        for side in (EAST, WEST):
            if allowed & side:
                d = neighbour(c, side, allowed, shift, across)
                there = look_up(moves, d)
                out[m + 1] = d
                for k, aside in enumerate((NORTH, SOUTH)):
                    if there & aside:
                        out[m + 2 + k] = neighbour(d, aside, there, shift, across)
                m += 3
        for side in (NORTH, SOUTH):
            if allowed & side:
                m += 1
                out[m] = neighbour(c, side, allowed, shift, across)
    return out


@nb.njit(cache=True)
def open_moves(tiles, inside, across):
    """Steps between cells whose centres are on the floor, within a plane.

    Args:
        tiles: (k,) tiles that hold floor. inside: sheet of bool. across: tiles in a row.

    Returns:
        (k, AREA) uint8 bit masks.
    """
    moves = np.zeros((tiles.size, WITHIN + 1), np.uint8)
    for k in range(tiles.size):
        for i in range(WITHIN + 1):
            c = (np.int64(tiles[k]) << BITS) + i
            if not look_up(inside, c):
                continue
            for side in (EAST, NORTH, WEST, SOUTH):
                d = beside(c, side, across)
                if d >= 0 and d >> BITS < inside[0].size and look_up(inside, d):
                    moves[k, i] |= np.uint8(side)
    return moves


@nb.njit(cache=True)
def join_planes(moves, shift, inside, lines, level, plane, enter, leave, x0, y0, cell, nx, ny, across, up):
    """Add the steps through openings from levels to the planes of links and back, in place.

    Args:
        moves: sheet of uint8. shift: sheet of int64, filled: where the neighbour on the other plane lies; of a cell off
            the floor that an opening crosses, where the same place on the other plane lies. Both have records of their
            own for the tiles around openings, on both planes. inside: sheet of bool.
        lines: (o, 4) openings [m], the strip on their left. level, plane: (o,) indices of what they join.
        enter, leave: (o,) whether people may step onto the strip, and off it. x0, y0, cell, nx, ny, across, up: the
            cells.
    """
    for k in range(lines.shape[0]):
        line = lines[k]
        apart = (plane[k] - level[k]) * ((across * up) << BITS)
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
                    here = cell_at(ix, iy, level[k], across, up)
                    there = beside(here, side, across)
                    if not to_left:
                        here, there, side, back = there, here, back, side
                    there += apart
                    if not (look_up(inside, here) and look_up(inside, there)):
                        continue
                    if not look_up(inside, here + apart):
                        _put(shift, here + apart, -apart)
                    if not look_up(inside, there - apart):
                        _put(shift, there - apart, apart)
                    _put(shift, here, apart)
                    _put(shift, there, -apart)
                    _put(moves, here, look_up(moves, here) | (side << ELSEWHERE) | (side if enter[k] else 0))
                    _put(moves, there, look_up(moves, there) | (back << ELSEWHERE) | (back if leave[k] else 0))


@nb.njit(cache=True)
def _put(sheet, c, value):
    """Write a value on a sheet, in a tile that has its own record."""
    sheet[1][sheet[0][c >> BITS], c & WITHIN] = value


@nb.njit(cache=True)
def crossing_steps(walls, level, way, x0, y0, cell, nx, ny, across, up):
    """The steps that cross walls and are forbidden.

    Args:
        walls: (w, 4) [m]. level: (w,). way: (w,) 0: nobody may cross, 1: only forward (from the right to the left of
            the wall as drawn), -1: only backward. x0, y0, cell, nx, ny, across, up: the cells.

    Returns:
        cells: (s,) int64. sides: (s,) uint8.
    """
    cells = np.empty(64, np.int64)
    sides = np.empty(64, np.uint8)
    found = 0
    for k in range(walls.shape[0]):
        wall = walls[k]
        ix0 = max(int((min(wall[0], wall[2]) - x0) / cell) - 1, 0)
        ix1 = min(int((max(wall[0], wall[2]) - x0) / cell) + 1, nx - 2)
        iy0 = max(int((min(wall[1], wall[3]) - y0) / cell) - 1, 0)
        iy1 = min(int((max(wall[1], wall[3]) - y0) / cell) + 1, ny - 2)
        for iy in range(iy0, iy1 + 1):
            for ix in range(ix0, ix1 + 1):
                ax = x0 + (ix + 0.5) * cell
                ay = y0 + (iy + 0.5) * cell
                for east in range(2):
                    bx = ax + cell if east else ax
                    by = ay if east else ay + cell
                    if not crosses(wall, ax, ay, bx, by):
                        continue
                    there, back = (EAST, WEST) if east else (NORTH, SOUTH)
                    left = (wall[2] - wall[0]) * (by - ay) - (wall[3] - wall[1]) * (bx - ax)
                    if found + 2 > cells.size:
                        cells = np.concatenate((cells, np.empty_like(cells)))
                        sides = np.concatenate((sides, np.empty_like(sides)))
                    c = cell_at(ix, iy, level[k], across, up)
                    if way[k] == 0 or (left > 0.0) != (way[k] > 0):
                        cells[found], sides[found] = c, there
                        found += 1
                    if way[k] == 0 or (left > 0.0) == (way[k] > 0):
                        cells[found], sides[found] = beside(c, there, across), back
                        found += 1
    return cells[:found], sides[:found]


@nb.njit(cache=True)
def neighbours(cells, side, moves, shift, across):
    """The cells beside some cells on a side: (n,) int64; `neighbour`."""
    out = np.empty(cells.size, np.int64)
    for k in range(cells.size):
        out[k] = neighbour(cells[k], side, look_up(moves, cells[k]), shift, across)
    return out
