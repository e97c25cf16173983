"""Density, velocity, crowd pressure and force around points of the floor; nothing leaks through a wall.

Weights are Gaussian, exp(-r^2 / R^2) / (pi R^2) with R = 1 m (Helbing, Johansson & Al-Abideen 2007), over floor seen
from the point in a straight line, divided by the kernel's share of that floor: a crowd that fills a corner reads its
true density there. The moving window of the alert levels counts people / floor, likewise only what can be seen.
"""

import math

import numba as nb
import numpy as np

from crowd.kernels.walls import parts

CUTOFF = 2.5  # radius in units of R beyond which a Gaussian weight (below 0.2 %) is left out
_ANGLES = 256
BLOCK = 16  # points that a person is added to at once: whole vector registers
_BLOCKS = 16  # blocks a chunk handles with one set of scratch arrays
_SLACK = 1e-6  # nobody is missed for the rounding of a square root [m]
_C2, _C3, _C4, _C5, _C6, _C7, _C8, _C9 = (1.0 / math.factorial(k) for k in range(2, 10))  # of the exponential


@nb.njit(cache=True, error_model="numpy")
def _rays_to(ax, ay, bx, by):
    """Rays that may meet a wall from a to b, as seen from the origin: the first and one after the last, modulo _ANGLES.

    One more on each side than lie between the ends; all where the wall is at the point itself or runs through it.
    """
    span = math.atan2(ax * by - ay * bx, ax * bx + ay * by)
    beside = abs(ax * by - ay * bx) / math.hypot(bx - ax, by - ay)
    if abs(span) > 3.0 or not beside > 1e-6:
        return 0, _ANGLES
    begin = math.atan2(ay, ax) if span >= 0.0 else math.atan2(by, bx)
    first = math.floor(begin / (2.0 * math.pi) * _ANGLES - 0.5) - 1
    return first, first + math.ceil(abs(span) / (2.0 * math.pi) * _ANGLES) + 4


@nb.njit(cache=True, error_model="numpy")
def _shorten(sight, px, py, wall, ux, uy):
    """Shorten what is seen from a point along each ray [m] to where a wall stands in the way."""
    ax = wall[0] - px
    ay = wall[1] - py
    dx = wall[2] - wall[0]
    dy = wall[3] - wall[1]
    first, last = _rays_to(ax, ay, ax + dx, ay + dy)
    for k in range(first, last):
        a = k % _ANGLES
        cross = ux[a] * dy - uy[a] * dx
        if cross == 0.0:
            continue
        along_ray = (ax * dy - ay * dx) / cross
        along_wall = (ax * uy[a] - ay * ux[a]) / cross
        if along_ray >= 0.0 and -1e-9 <= along_wall <= 1.0 + 1e-9:
            sight[a] = min(sight[a], along_ray)


@nb.njit(cache=True, error_model="numpy")
def _look_round(px, py, walls, near, ux, uy, radius, half, half_most, area_least):
    """What one point sees: share, half side of its window, area of that, as `seen_floor` has them."""
    sight = np.full(_ANGLES, 1.5 * half_most)
    for k in near:
        _shorten(sight, px, py, walls[k], ux, uy)
    total = 0.0
    far = CUTOFF * radius
    whole = 1.0 - math.exp(-(far**2) / radius**2)
    for a in range(_ANGLES):
        total += 1.0 - math.exp(-(sight[a] ** 2) / radius**2) if sight[a] < far else whole
    share = total / _ANGLES
    side = half
    while side <= half_most + 1e-9:
        total = 0.0
        for a in range(_ANGLES):
            border = side / max(abs(ux[a]), abs(uy[a]))
            total += min(sight[a], border) ** 2
        if math.pi * total / _ANGLES >= area_least:
            return share, side, math.pi * total / _ANGLES
        side += 0.25
    return share, 0.0, 0.0


@nb.njit(cache=True, parallel=True, error_model="numpy")
def seen_floor(px, py, walls, starts, items, radius, half, half_most, area_least):
    """What each point sees of the floor: the kernel's share, and a window with enough floor.

    The seen floor is star-shaped, so both integrals are sums over rays: the share is the mean over directions of
    1 - exp(-d^2 / R^2), the window's area the mean of pi d^2, with d the distance to a wall or the border.

    Args:
        px, py: (p,) points on the floor [m]. walls: (w, 4). starts: (p + 1,), items: walls near each point.
        radius: R [m]. half: half the side of the window [m]; where it holds less than `area_least` [m2] of floor it
            grows in steps of 0.25 m up to `half_most`.

    Returns:
        share: (p,) in (0, 1]. halves: (p,) half sides used [m], 0 where no window holds enough. area: (p,) [m2].
    """
    n = px.size
    share = np.empty(n)
    halves = np.empty(n)
    area = np.empty(n)
    ux = np.empty(_ANGLES)
    uy = np.empty(_ANGLES)
    for a in range(_ANGLES):
        ux[a] = math.cos(2.0 * math.pi * (a + 0.5) / _ANGLES)
        uy[a] = math.sin(2.0 * math.pi * (a + 0.5) / _ANGLES)
    # Far from walls all points see the same.
    unwalled = _look_round(0.0, 0.0, walls, items[:0], ux, uy, radius, half, half_most, area_least)
    for i in nb.prange(n):
        near = items[starts[i] : starts[i + 1]]
        if near.size:
            share[i], halves[i], area[i] = _look_round(
                px[i], py[i], walls, near, ux, uy, radius, half, half_most, area_least
            )
        else:
            share[i], halves[i], area[i] = unwalled
    return share, halves, area


@nb.njit(cache=True, error_model="numpy")
def _gather_walls(blocks, b, starts, items, found):
    """Gather the walls near the points of block b, each once, ascending, in `found`, which has room; returns how many.

    Args:
        blocks: as in `around_points`. starts, items: walls near each point, ascending.
    """
    count = 0
    for k in range(BLOCK):
        n = 0
        i = max(blocks[b, k], blocks[b, 0])
        for m in range(starts[i], starts[i + 1]):
            wall = items[m]
            while n < count and found[n] < wall:
                n += 1
            if n == count or found[n] != wall:
                for later in range(count, n, -1):
                    found[later] = found[later - 1]
                found[n] = wall
                count += 1
    return count


@nb.njit(cache=True, error_model="numpy")
def _fence_off(lanes, walls, found, count, fences):
    """Find on which side of each of some walls all points of a block are.

    Args:
        lanes: as in `_add`. walls: (w, 4). found: the walls, `count` of them. fences: (7, ..), filled by wall: its ends
            x0, y0, x1, y1 and a, b, c: a person at x, y stands on the side of all points, so that the wall hides them
            from none, if a (x - x0) + b (y - y0) > c.
    """
    for n in range(count):
        for k in range(4):
            fences[k, n] = walls[found[n], k]
        x0, y0 = fences[0, n], fences[1, n]
        dx, dy = fences[2, n] - x0, fences[3, n] - y0
        least, most = math.inf, -math.inf
        for k in range(BLOCK):
            side = dx * (lanes[BLOCK + k] - y0) - dy * (lanes[k] - x0)
            least, most = min(least, side), max(most, side)
        # Well clear of rounding.
        slack = 1e-8 * (abs(dx) + abs(dy))
        sign = 1.0 if least > slack else -1.0 if most < -slack else 0.0
        fences[4, n], fences[5, n], fences[6, n] = -sign * dy, sign * dx, slack


@nb.njit(cache=True, error_model="numpy")
def _look(lanes, x, y, reach, clear, fences, count, hiding):
    """Note in lanes from which points of a block a person at most `reach` away can be seen; returns if from all.

    Args:
        lanes: as in `_add`. x, y: the person. clear: (BLOCK,) nobody nearer than this is hidden from a point.
        fences: of `_fence_off`, `count` of them. hiding: (..,) scratch.
    """
    found = 0
    for n in range(count):
        hiding[found] = n
        found += not fences[4, n] * (x - fences[0, n]) + fences[5, n] * (y - fences[1, n]) > fences[6, n]
    if found == 0:
        return True
    for k in range(BLOCK):
        px, py = lanes[k], lanes[BLOCK + k]
        r2 = (x - px) ** 2 + (y - py) ** 2
        visible = r2 < clear[k] * clear[k]
        if not visible and r2 <= reach * reach:
            # One who stands on a wall can be seen.
            bx, by = px + (1.0 - 1e-9) * (x - px), py + (1.0 - 1e-9) * (y - py)
            visible = True
            for m in range(found):
                n = hiding[m]
                if parts(fences[0, n], fences[1, n], fences[2, n], fences[3, n], px, py, bx, by):
                    visible = False
                    break
        lanes[3 * BLOCK + k] = 1.0 if visible else 0.0
    return False


@nb.njit(cache=True, error_model="numpy", fastmath={"contract"}, forceinline=True)
def bell(u):
    """exp(32 u) for -0.2 <= u <= 0, what weights within the cut-off need, as (exp(u))^32.

    exp(u) is a Taylor polynomial: the weight is within 2e-12 of itself, and a loop without branches goes through many
    at once.
    """
    e = _C4 + u * (_C5 + u * (_C6 + u * (_C7 + u * (_C8 + u * _C9))))
    e = 1.0 + u * (1.0 + u * (_C2 + u * (_C3 + u * e)))
    e *= e
    e *= e
    e *= e
    e *= e
    return e * e


@nb.njit(cache=True, error_model="numpy", fastmath={"contract"})
def _add(lanes, x, y, vx, vy, force, radius, sums, group, others):
    """Add a person to the sums at some points: w, w^2, w v_x, w v_y, w v^2 and, in others, w F, people in the window.

    Args:
        lanes: rows of BLOCK values: x, y [m], half side of the window [m], whether the person is seen (0 or 1).
        x .. force: the person. radius: R [m]. sums: (groups 5 BLOCK,), that of the `group`, and others: (2 BLOCK,),
            added to.
    """
    far2 = (CUTOFF * radius) ** 2
    scale = -1.0 / (32.0 * radius * radius)
    peak = 1.0 / (math.pi * radius * radius)
    v2 = vx * vx + vy * vy
    # No view of the group's part: counting its users costs more than adding to it.
    first = np.uint32(group * 5 * BLOCK)
    for k in range(np.uint32(BLOCK)):
        dx = x - lanes[k]
        dy = y - lanes[BLOCK + k]
        half = lanes[2 * BLOCK + k]
        r2 = dx * dx + dy * dy
        u = scale * (r2 if r2 < far2 else far2)
        visible = lanes[3 * BLOCK + k] > 0.0
        w = peak * bell(u) if (r2 <= far2) & visible else 0.0
        sums[first + k] += w
        sums[first + BLOCK + k] += w * w
        sums[first + 2 * BLOCK + k] += w * vx
        sums[first + 3 * BLOCK + k] += w * vy
        sums[first + 4 * BLOCK + k] += w * v2
        others[k] += w * force
        others[BLOCK + k] += 1.0 if (-half <= dx) & (dx < half) & (-half <= dy) & (dy < half) & visible else 0.0


@nb.njit(cache=True, error_model="numpy")
def _conclude(sums, is_met, others, k, share, area, out, i):
    """What the sums at point k of a block say, as `around_points`; by group only of those who were met.

    Args:
        sums: (groups 5 BLOCK,). is_met: (groups,). others: (2 BLOCK,). share, area: of the point. out: (6, p), filled
            at i.
    """
    out[1, i] = others[BLOCK + k] / area if area > 0.0 else math.nan
    total = 0.0
    for g in range(is_met.size):
        total += sums[g * 5 * BLOCK + k] if is_met[g] else 0.0
    if total > 0.0:
        spread, along_x, along_y = 0.0, 0.0, 0.0
        for g in range(is_met.size):
            if is_met[g]:
                first = g * 5 * BLOCK
                w = sums[first + k]
                vx, vy = sums[first + 2 * BLOCK + k], sums[first + 3 * BLOCK + k]
                along_x += vx
                along_y += vy
                effective = 1.0 - sums[first + BLOCK + k] / w**2 if w > 0.0 else 0.0
                if effective > 1e-6:
                    variance = sums[first + 4 * BLOCK + k] / w - (vx**2 + vy**2) / w**2
                    spread += w * max(variance, 0.0) / effective
        density = total / share
        out[0, i] = density
        out[2, i] = along_x / total
        out[3, i] = along_y / total
        out[4, i] = density * spread / total
        out[5, i] = others[k] / total


@nb.njit(cache=True, parallel=True, error_model="numpy")
def around_points(
    blocks, px, py, plane, share, halves, area, clear, walls, wall_starts, wall_items, x, y, vx, vy, group, groups,
    force, starts, x0, y0, cell, nx, ny, radius,
):  # fmt: skip
    """Density, window density, mean velocity, crowd pressure and mean force around points.

        rho = sum w / share,   V = sum w v / sum w,   P = rho <|v - V_g|^2>

    The variance is taken within a direction group g (two calm streams through each other are no turbulence), with
    the correction for the few people a kernel holds (reliability weights).

    Args:
        blocks: (b, BLOCK) points that lie together, -1 after the last; a point in none of them sees nobody.
        px, py: (p,) points [m]. plane: (p,) level index. share, halves, area: of `seen_floor`.
        clear: (p,) nobody nearer than this is hidden by a wall [m]. walls, wall_starts, wall_items: walls near each
            point.
        x .. force: (n,) people in (level, cell, row) order; group: (n,) direction group below `groups`.
        starts, x0, y0, cell, nx, ny: their grid. radius: R [m].

    Returns:
        (6, p) float64: density [1/m2], window density [1/m2] (nan where no window holds enough floor), V_x, V_y [m/s]
        (0 without people), crowd pressure [1/s2], mean contact force [N].
    """
    out = np.zeros((6, px.size))
    far = CUTOFF * radius
    for i in nb.prange(px.size):
        out[1, i] = 0.0 if area[i] > 0.0 else math.nan
    for chunk in nb.prange((blocks.shape[0] + _BLOCKS - 1) // _BLOCKS):
        sums = np.empty(groups * 5 * BLOCK)
        is_met = np.empty(groups, np.bool_)
        others = np.empty(2 * BLOCK)
        lanes = np.empty(4 * BLOCK)
        clear_of = np.empty(BLOCK)
        begins, ends = np.empty(32, np.int64), np.empty(32, np.int64)
        near, hiding, fences = np.empty(64, np.int64), np.empty(64, np.int64), np.empty((7, 64))
        for b in range(chunk * _BLOCKS, min((chunk + 1) * _BLOCKS, blocks.shape[0])):
            west, east, south, north, widest = math.inf, -math.inf, math.inf, -math.inf, 0.0
            for k in range(BLOCK):
                i = max(blocks[b, k], blocks[b, 0])
                lanes[k] = px[i]
                lanes[BLOCK + k] = py[i]
                lanes[2 * BLOCK + k] = halves[i]
                west, east = min(west, px[i]), max(east, px[i])
                south, north = min(south, py[i]), max(north, py[i])
                widest = max(widest, halves[i])
            reach = max(far, math.sqrt(2.0) * widest)
            iy0 = max(math.floor((south - reach - y0) / cell), 0)
            iy1 = min(math.floor((north + reach - y0) / cell), ny - 1)
            if iy1 - iy0 >= begins.size:
                begins, ends = np.empty(iy1 - iy0 + 1, np.int64), np.empty(iy1 - iy0 + 1, np.int64)
            rows = 0
            for iy in range(iy0, iy1 + 1):
                away = max(y0 + iy * cell - north, south - y0 - (iy + 1) * cell, 0.0)
                aside = max(math.sqrt(max(far * far - away * away, 0.0)), widest) + _SLACK
                ix0 = max(math.floor((west - aside - x0) / cell), 0)
                ix1 = min(math.floor((east + aside - x0) / cell), nx - 1)
                row = (plane[blocks[b, 0]] * ny + iy) * nx
                begins[rows], ends[rows] = starts[row + ix0], starts[row + ix1 + 1]
                rows += begins[rows] < ends[rows]
            # Most of the floor is empty: there nothing else need be looked at.
            if rows == 0:
                continue
            most = 0
            for k in range(BLOCK):
                i = max(blocks[b, k], blocks[b, 0])
                clear_of[k] = clear[i]
                most += wall_starts[i + 1] - wall_starts[i]
            if most > near.size:
                near, hiding, fences = np.empty(most, np.int64), np.empty(most, np.int64), np.empty((7, most))
            count = _gather_walls(blocks, b, wall_starts, wall_items, near)
            _fence_off(lanes, walls, near, count, fences)
            is_met[:] = False
            others[:] = 0.0
            lanes[3 * BLOCK :] = 1.0
            all_see = True
            for r in range(rows):
                for j in range(begins[r], ends[r]):
                    sees = _look(lanes, x[j], y[j], reach, clear_of, fences, count, hiding)
                    if sees and not all_see:
                        lanes[3 * BLOCK :] = 1.0
                    all_see = sees
                    if not is_met[group[j]]:
                        is_met[group[j]] = True
                        for k in range(group[j] * 5 * BLOCK, (group[j] + 1) * 5 * BLOCK):
                            sums[k] = 0.0
                    _add(lanes, x[j], y[j], vx[j], vy[j], force[j], radius, sums, group[j], others)
            for k in range(BLOCK):
                i = blocks[b, k]
                if i >= 0:
                    _conclude(sums, is_met, others, k, share[i], area[i], out, i)
    return out
