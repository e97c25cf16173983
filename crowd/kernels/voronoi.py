"""Voronoi cells of people, each no larger than a cut-off polygon: corners and areas of convex polygons.

The cell of a person holds what is nearer to them than to anybody else (Steffen & Seyfried 2010), inside a polygon
around them. A cell begins as that polygon and is cut by the bisector with one neighbour after another, in rings of grid
cells; when everybody else is more than twice as far as the farthest corner, nobody else can cut it.
Then it is cut by walls; not here: what these leave where it is not convex (`crowd.individual_density`).
"""

import math

import numba as nb
import numpy as np

#: Two people nearer to each other than this are at the same place and share their cell [m].
SAME_PLACE = 1e-9
#: What is nearer than this to a border is on it [m].
CLEAR = 1e-9
#: Sine of the least angle at which two walls meet in a corner; below it they may be one straight wall.
TURN = 0.01


@nb.njit(cache=True, error_model="numpy")
def cut(corners, count, dx, dy, side, kept):
    """Cut a convex polygon along the bisector with a neighbour: keep v with v . d <= d . d / 2.

    Args:
        corners: (m, 2) room for corners, relative to the person [m]; the first `count` are used, and are replaced.
        dx, dy: the neighbour, relative to the person [m]. side: (m,), kept: (m, 2) scratch.

    Returns:
        Whether anything was cut off, and the number of corners now, -1 if there is no room for them.
    """
    half = 0.5 * (dx * dx + dy * dy)
    far = 0
    for k in range(count):
        side[k] = corners[k, 0] * dx + corners[k, 1] * dy - half
        if side[k] > side[far]:
            far = k
    if side[far] <= 0.0:
        return False, count
    # The corners beyond the bisector are one run, since the polygon is convex; where rounding says otherwise the
    # others are on it. The person is never beyond it, so some corner is not.
    first = far
    while side[first - 1 if first else count - 1] > 0.0:
        first = first - 1 if first else count - 1
    last = far
    while side[last + 1 if last + 1 < count else 0] > 0.0:
        last = last + 1 if last + 1 < count else 0
    before = first - 1 if first else count - 1
    after = last + 1 if last + 1 < count else 0
    rest = before - after + 1 if before >= after else before - after + 1 + count
    if rest + 2 > corners.shape[0]:
        return True, -1
    for k in range(rest):
        at = after + k if after + k < count else after + k - count
        kept[k, 0] = corners[at, 0]
        kept[k, 1] = corners[at, 1]
    for inside, outside, at in ((before, first, rest), (after, last, rest + 1)):
        t = side[inside] / (side[inside] - side[outside])
        kept[at, 0] = corners[inside, 0] + t * (corners[outside, 0] - corners[inside, 0])
        kept[at, 1] = corners[inside, 1] + t * (corners[outside, 1] - corners[inside, 1])
    for k in range(rest + 2):
        corners[k, 0] = kept[k, 0]
        corners[k, 1] = kept[k, 1]
    return True, rest + 2


@nb.njit(cache=True, error_model="numpy")
def reach_squared(corners, count):
    """Square of the distance of the farthest of the first `count` corners from the origin [m2]."""
    farthest = 0.0
    for k in range(count):
        farthest = max(farthest, corners[k, 0] * corners[k, 0] + corners[k, 1] * corners[k, 1])
    return farthest


@nb.njit(cache=True, error_model="numpy")
def area_within(corners, count):
    """Area of a polygon with `count` corners, positive if they run anticlockwise [m2]."""
    twice = 0.0
    for k in range(count):
        j = k + 1 if k + 1 < count else 0
        twice += corners[k, 0] * corners[j, 1] - corners[k, 1] * corners[j, 0]
    return 0.5 * twice


@nb.njit(cache=True, parallel=True, error_model="numpy")
def bounded_cells(x, y, starts, x0, y0, cell, nx, ny, outline, corners, counts, area, sharing):
    """Cell of each person within an outline around them.

    Args:
        x, y: (n,) in order of the grid's cells [m]. starts: (nx ny + 1,) first person of each; x0, y0, cell, nx, ny:
            the grid; nobody stands outside it.
        outline: (m, 2) largest cell, convex, anticlockwise, relative to a person [m].
        corners: (n, c, 2) filled with the corners, anticlockwise, relative to the person [m]. counts: (n,) filled with
            how many there are, -1 if c is too small. area: (n,) filled [m2]. sharing: (n,) filled with the number of
            people at this very place, the person included: they have the same cell.
    """
    for i in nb.prange(x.size):
        own = corners[i]
        side = np.empty(own.shape[0])
        kept = np.empty(own.shape)
        count = outline.shape[0]
        own[:count] = outline
        farthest = reach_squared(own, count)
        ix = min(int((x[i] - x0) / cell), nx - 1)
        iy = min(int((y[i] - y0) / cell), ny - 1)
        together = 1
        ring = 0
        while count > 0 and ring <= max(nx, ny):
            for jy in range(max(iy - ring, 0), min(iy + ring, ny - 1) + 1):
                inner = ring > 0 and abs(jy - iy) < ring
                for step in range(2 if inner else 1):
                    # A whole row of the ring, or one cell at each end of a row within it.
                    low = ix + ring if inner and step else ix - ring
                    high = ix - ring if inner and not step else ix + ring
                    if high < 0 or low >= nx:
                        continue
                    row = jy * nx
                    for j in range(starts[row + max(low, 0)], starts[row + min(high, nx - 1) + 1]):
                        dx = x[j] - x[i]
                        dy = y[j] - y[i]
                        d2 = dx * dx + dy * dy
                        if j == i or d2 >= 4.0 * farthest or count < 0:
                            continue
                        if d2 <= SAME_PLACE**2:
                            together += 1
                            continue
                        smaller, count = cut(own, count, dx, dy, side, kept)
                        if smaller:
                            farthest = reach_squared(own, count)
            left = x[i] - (x0 + (ix - ring) * cell)
            right = x0 + (ix + ring + 1) * cell - x[i]
            below = y[i] - (y0 + (iy - ring) * cell)
            above = y0 + (iy + ring + 1) * cell - y[i]
            ring += 1
            clear = min(min(left, right), min(below, above))
            if clear > 0.0 and clear * clear >= 4.0 * farthest:
                break
        counts[i] = count
        area[i] = area_within(own, count)
        sharing[i] = together


@nb.njit(cache=True, error_model="numpy")
def pierces(corners, count, wall, px, py):
    """Whether a wall has a point in a convex polygon, `CLEAR` or more from its border.

    Args:
        corners: (m, 2) anticlockwise, relative to (px, py) [m]; `count` of them. wall: (4,) [m].
    """
    ax = wall[0] - px
    ay = wall[1] - py
    ux = wall[2] - wall[0]
    uy = wall[3] - wall[1]
    low = 0.0
    high = 1.0
    for k in range(count):
        j = k + 1 if k + 1 < count else 0
        ex = corners[j, 0] - corners[k, 0]
        ey = corners[j, 1] - corners[k, 1]
        # Outside is where this is positive: to the right of an edge walked anticlockwise.
        at_start = ey * (ax - corners[k, 0]) - ex * (ay - corners[k, 1]) + CLEAR * math.hypot(ex, ey)
        change = ey * ux - ex * uy
        if change == 0.0:
            if at_start > 0.0:
                return False
        elif change > 0.0:
            high = min(high, -at_start / change)
        else:
            low = max(low, -at_start / change)
    return low <= high


@nb.njit(cache=True, error_model="numpy")
def parts(corners, count, wall, joined, px, py):
    """Whether a polygon's part before a wall is all that lies before the wall's whole line.

    It is if the wall goes right through, or where it ends inside meets another in a corner that holds the person.

    Args:
        corners, count, wall, px, py: of `pierces`. joined: (4,) far ends of the walls joined to the ends of this one
            [m], nan: none.
    """
    for end in (0, 2):
        qx = wall[end]
        qy = wall[end + 1]
        if pierces(corners, count, (qx, qy, qx, qy), px, py):
            ax = wall[2 - end] - qx
            ay = wall[3 - end] - qy
            bx = joined[end] - qx
            by = joined[end + 1] - qy
            angle = ax * by - ay * bx
            sharp = abs(angle) > TURN * math.hypot(ax, ay) * math.hypot(bx, by) > 0.0
            before_this = (ax * (py - qy) - ay * (px - qx)) * angle > 0.0
            before_other = ((px - qx) * by - (py - qy) * bx) * angle > 0.0
            # Of a free end all are nan, so none is true.
            if not (sharp and before_this and before_other):
                return False
    return True


@nb.njit(cache=True, error_model="numpy")
def cut_before_walls(corners, count, walls, joined, near, px, py, side, kept):
    """Cut a polygon to the part before walls: for each, along its line, the bisector with a mirror image of the person.

    Args:
        corners, count, px, py: of `pierces`; the corners are replaced. walls, joined: (w, 4), see `parts`. near: walls
            that count. side, kept: scratch of `cut`.

    Returns:
        The number of corners now, -1 if the part is not convex, or there is no room: then the corners are nothing.
    """
    for _ in range(near.size + 1):
        done = 0
        left = 0
        for m in near:
            if not pierces(corners, count, walls[m], px, py):
                continue
            dx = walls[m, 2] - walls[m, 0]
            dy = walls[m, 3] - walls[m, 1]
            length = math.hypot(dx, dy)
            away = ((walls[m, 0] - px) * dy - (walls[m, 1] - py) * dx) / length
            if abs(away) > CLEAR and parts(corners, count, walls[m], joined[m], px, py):
                _, count = cut(corners, count, 2.0 * away * dy / length, -2.0 * away * dx / length, side, kept)
                if count < 0:
                    return -1
                done += 1
            else:
                left += 1
        if left == 0 or done == 0:
            return count if left == 0 else -1
    return -1


@nb.njit(cache=True, parallel=True, error_model="numpy")
def cells_before_walls(x, y, corners, counts, area, keys, walls, joined, starts, items):
    """Cut cells where they reach walls, as long as that leaves them convex.

    Args:
        x, y: (n,) people [m]. corners, counts, area: of `bounded_cells`; of cells that are cut, replaced. keys: (n,)
            cell of the grid of walls. walls, joined: (w, 4) [m], see `parts`. starts, items: walls near each cell of
            that grid, at least as far as a cell reaches.

    Returns:
        (n,) bool: cells that were left as they are, although they reach walls.
    """
    left = np.zeros(x.size, np.bool_)
    for i in nb.prange(x.size):
        near = items[starts[keys[i]] : starts[keys[i] + 1]]
        if near.size == 0:
            continue
        own = corners[i].copy()
        side = np.empty(own.shape[0])
        kept = np.empty(own.shape)
        count = cut_before_walls(own, counts[i], walls, joined, near, x[i], y[i], side, kept)
        left[i] = count < 0
        if count >= 0:
            corners[i] = own
            counts[i] = count
            area[i] = area_within(own, count)
    return left
