"""Where people would step: look ahead, choose a heading, keep headway ("walk up to j, then follow j").

The heading follows Moussaid, Helbing & Theraulaz 2011 (PNAS 108:6884): of a fan of directions the one that leads
furthest towards the goal within a horizon. Neighbours are discs that keep their velocity, plus a little of their
intent; meeting one does not end the way but slows it to that neighbour's speed. The speed keeps a time headway to
whoever is ahead (after Tordeux, Chraibi & Seyfried 2016), with weight on the leader's speed. Who walks slowly
sways from side to side, so that those diagonally ahead are in the way too (a width that grows as speed falls: Chraibi,
Seyfried & Schadschneider 2010): a dense crowd in a wide way is slower than people one behind the other.

People are given in (level, cell, row) order; row i reads its neighbours and writes only row i.
"""

import math

import numba as nb
import numpy as np

from crowd.kernels.walls import along

HEADINGS = 15
_LANES = 16  # headings and one more that repeats the last: whole vector registers
_MOST = 96  # neighbours that can count for one person
#: Squared cosine of the angle beyond which a heading slides past somebody one touches, and past somebody who comes
#: towards one (assumed: 60 and 30 deg; with 60 for both, pairs stood face to face in the two-way corridor for good).
_SLIDE, _SLIDE_OPPOSED = np.float32(0.25), np.float32(0.75)
#: Whoever is nearer than this is touched [m]: the headway keeps people who face each other just apart (assumed).
_TOUCH = np.float32(0.05)
#: Numbers of the inner loop. It is in single precision, twice as many lanes in a register: it only ranks headings.
_ZERO, _NEVER_ZERO = np.float32(0.0), np.float32(1e-12)
_ROWS = 64  # people a chunk handles with one set of scratch arrays


@nb.njit(cache=True, error_model="numpy")
def gather(i, x, y, vx, vy, ex, ey, radius, turned, group, keys, starts, nx, ny, cell, s, near):
    """People ahead of person i who count, written into the scratch array `near`.

    R^2 = clamp(N / (pi rho), R_min^2, R_max^2) with rho from the cells around; not behind: x_ij . e > -0.05 m.

    Args:
        near: (9, m) rows dx, dy, w_x, w_y, v_x, v_y, summed radius across the way, opposed (0 or 1), summed radius
            along it: turning the shoulders makes a body narrower, but hardly shorter for those behind.

    Returns:
        (number of neighbours, local density [1/m2], surface distance of the nearest opposed person [m]).
    """
    ix = keys[i] % nx
    iy = (keys[i] // nx) % ny
    plane = keys[i] // (nx * ny)
    around = 0
    for jy in range(max(iy - 1, 0), min(iy + 1, ny - 1) + 1):
        row = (plane * ny + jy) * nx
        around += starts[row + min(ix + 1, nx - 1) + 1] - starts[row + max(ix - 1, 0)]
    density = around / (9.0 * cell * cell)
    reach2 = min(max(s.neighbours / (math.pi * density), s.range_min**2), s.range_max**2)
    k = math.ceil(math.sqrt(reach2) / cell)
    found = 0
    opposed_gap = math.inf
    own = radius[i] * turned[i]
    for jy in range(max(iy - k, 0), min(iy + k, ny - 1) + 1):
        row = (plane * ny + jy) * nx
        # Unsigned indices spare looking whether they count from the end.
        for j in range(np.uint32(starts[row + max(ix - k, 0)]), np.uint32(starts[row + min(ix + k, nx - 1) + 1])):
            dx = x[j] - x[i]
            dy = y[j] - y[i]
            d2 = dx * dx + dy * dy
            if d2 < reach2 and dx * ex[i] + dy * ey[i] > -0.05 and j != i and found < _MOST:
                opposed = group[j] != group[i] and ex[i] * ex[j] + ey[i] * ey[j] < 0.5
                reach = own + radius[j] * turned[j]
                distance = math.sqrt(d2)
                near[0, found] = dx
                near[1, found] = dy
                near[2, found] = vx[j] + s.intent * ex[j]
                near[3, found] = vy[j] + s.intent * ey[j]
                near[4, found] = vx[j]
                near[5, found] = vy[j]
                near[6, found] = reach
                near[7, found] = 1.0 if opposed else 0.0
                near[8, found] = reach if opposed else reach + s.turned_depth * (radius[i] + radius[j] - reach)
                if opposed:
                    opposed_gap = min(opposed_gap, distance - reach)
                found += 1
    return found, density, opposed_gap


@nb.njit(cache=True, error_model="numpy", fastmath={"contract", "nsz"})
def progress_past_people(near, found, v0, horizon, hx, hy, progress):
    """Progress along each heading: D_k = min_j [v0 t + clamp(w_j . h_k, 0, v0) (H - t)].

    t is the first collision time of the two discs at own velocity v0 h_k and the neighbour's w_j. Headings far
    enough off somebody one touches are free: one slides past.

    Args:
        near, found: the neighbours. v0: [m/s]. horizon: H [s]. hx, hy: (k,) headings.
        progress: (k,) [m], lowered where somebody is in the way.
    """
    v0, horizon = np.float32(v0), np.float32(horizon)
    farthest = v0 * horizon
    for j in range(found):
        dx, dy = np.float32(near[0, j]), np.float32(near[1, j])
        wx, wy = np.float32(near[2, j]), np.float32(near[3, j])
        reach = np.float32(near[6, j])
        d2 = dx * dx + dy * dy
        c = d2 - reach * reach
        edge = reach + _TOUCH
        slide = _SLIDE_OPPOSED if near[7, j] > 0.0 else _SLIDE
        touching = slide * d2 if d2 < edge * edge else _ZERO
        for k in range(_LANES):
            ux = v0 * hx[k] - wx
            uy = v0 * hy[k] - wy
            a = ux * ux + uy * uy + _NEVER_ZERO
            b = dx * ux + dy * uy
            root = b * b - a * c
            t = (b - math.sqrt(root if root > _ZERO else _ZERO)) / a
            t = t if t > _ZERO else _ZERO
            hit = (b > _ZERO) & (root >= _ZERO) & (t < horizon) & (b * b >= touching * a)
            follow = wx * hx[k] + wy * hy[k]
            follow = follow if follow > _ZERO else _ZERO
            follow = follow if follow < v0 else v0
            way = v0 * t + follow * (horizon - t)
            way = way if hit else farthest
            progress[k] = way if way < progress[k] else progress[k]


@nb.njit(cache=True, error_model="numpy")
def _ray_to_disc(px, py, hx, hy, r):
    """Distance along h from the origin to a disc at p (inf: no touch; 0: inside and approaching)."""
    b = px * hx + py * hy
    c = px * px + py * py - r * r
    if b <= 0.0:
        return math.inf
    if c <= 0.0:
        return 0.0
    root = b * b - c
    return b - math.sqrt(root) if root >= 0.0 else math.inf


@nb.njit(cache=True, error_model="numpy")
def _ray_to_wall(wall, x, y, hx, hy, clearance):
    """Distance along h until a disc of radius `clearance` touches a wall, its ends as standing discs."""
    dx = wall[2] - wall[0]
    dy = wall[3] - wall[1]
    length = math.hypot(dx, dy)
    nx = -dy / length
    ny = dx / length
    offset = (x - wall[0]) * nx + (y - wall[1]) * ny
    if offset < 0.0:
        nx, ny, offset = -nx, -ny, -offset
    closing = -(hx * nx + hy * ny)
    best = math.inf
    if closing > 1e-9:
        s = max((offset - clearance) / closing, 0.0)
        t = along(wall, x + s * hx, y + s * hy)
        if 0.0 <= t <= 1.0:
            best = s
    best = min(best, _ray_to_disc(wall[0] - x, wall[1] - y, hx, hy, clearance))
    return min(best, _ray_to_disc(wall[2] - x, wall[3] - y, hx, hy, clearance))


@nb.njit(cache=True, error_model="numpy")
def progress_to_walls(x, y, radius, walls, near_walls, n_walls, clearance, hx, hy, progress):
    """Progress along each heading until the first wall [m], lowering `progress`."""
    for m in range(n_walls):
        for k in range(HEADINGS):
            s = _ray_to_wall(walls[near_walls[m]], x, y, hx[k], hy[k], clearance * radius)
            progress[k] = min(progress[k], s)


@nb.njit(cache=True, error_model="numpy", fastmath={"contract", "nsz"})
def headway_speed(near, found, v0, pace, room, ex, ey, gx, gy, headway, s):
    """Speed that keeps the headway: min_j V_j = (gap + t_a c) / (T + t_a) over people in one's strip.

    T is the headway on the ground underfoot; c is the neighbour's speed along g, 0 if towards one: one counts on both
    stepping aside. In the strip: sideways offset now, or when one gets there (at most 1 s ahead), within a share of
    the summed radii: `strip` at v0, `sway` more at a standstill; of those opposed only the latter offset, within
    `strip_opposed`. `pace` is one's own speed along g [m/s], `room` the `elbow_room`. t_a is longer for a leader who
    pulls away (c > gap / T).
    Nobody waits for a person who converges with them and is less far on: j does not count if i is farther ahead of j,
    along e_j, than j is of i, along e_i. Of two one goes, but for exact ties; with the headings g in place of the ways
    e two at the edge of a door waited for each other. e_j is read off w_j - v_j = intent e_j, so the intent must not
    be 0.
    """
    speed = v0
    strip = s.strip + s.sway * room * (1.0 - min(pace / v0, 1.0))
    for j in range(found):
        ahead = near[0, j] * gx + near[1, j] * gy
        if ahead <= 0.0:
            continue
        c = max(near[4, j] * gx + near[5, j] * gy, 0.0)
        reach = near[8, j]
        side = near[1, j] * gx - near[0, j] * gy
        drift = near[3, j] * gx - near[2, j] * gy
        until = min(max(ahead - reach, 0.0) / max(v0 - c, 0.1), 1.0)
        offset = abs(side + drift * until)
        if near[7, j] == 0.0:
            # On a bend whoever is ahead seems to drift aside and yet is followed.
            offset = min(offset, abs(side))
        # Who wants nowhere now (waits at a line, has not set off) does not sway: who may go on passes close by them.
        stands = near[2, j] == near[4, j] and near[3, j] == near[5, j]
        share = s.strip_opposed if near[7, j] > 0.0 else s.strip if stands else strip
        if offset >= share * reach:
            continue
        # Where two converge the one who is further on goes: each would wait for the other.
        theirs = -(near[0, j] * (near[2, j] - near[4, j]) + near[1, j] * (near[3, j] - near[5, j])) / s.intent
        if near[7, j] == 0.0 and theirs > near[0, j] * ex + near[1, j] * ey:
            continue
        gap = ahead - math.sqrt(reach * reach - offset * offset)
        weight = s.follow_leaving if c > gap / headway else s.follow
        speed = min(speed, (gap + weight * c) / (headway + weight))
    return speed


@nb.njit(cache=True, error_model="numpy")
def wall_speed(x, y, radius, walls, near_walls, n_walls, gx, gy, headway):
    """Speed towards a wall hit steeply by the centre ray: V = gap / (g . n) / T; inf if there is none."""
    speed = math.inf
    for m in range(n_walls):
        wall = walls[near_walls[m]]
        dx = wall[2] - wall[0]
        dy = wall[3] - wall[1]
        length = math.hypot(dx, dy)
        closing = (gx * dy - gy * dx) / length
        offset = ((wall[0] - x) * dy - (wall[1] - y) * dx) / length
        if offset < 0.0:
            closing, offset = -closing, -offset
        if closing <= 0.6:
            continue
        t = along(wall, x + gx * offset / closing, y + gy * offset / closing)
        if 0.0 <= t <= 1.0:
            speed = min(speed, (offset - radius) / closing / headway)
    return speed


@nb.njit(cache=True, error_model="numpy")
def elbow_room(density, s):
    """Room to sway and to turn the shoulders: 1, falling to 0 where bodies stand too close for either."""
    return min(max((s.shoulder_fade_to - density) / (s.shoulder_fade_to - s.shoulder_fade_from), 0.0), 1.0)


@nb.njit(cache=True, error_model="numpy")
def turn_shoulders(turned, room, opposed_gap, s):
    """The radius factor q one tick later: towards `shoulder_turn` while an oncoming person is near, else to 1."""
    wished = 1.0
    if opposed_gap < s.shoulder_distance:
        wished = 1.0 - (1.0 - s.shoulder_turn) * room
    return turned + (wished - turned) * min(s.tick / s.shoulder_time, 1.0)


@nb.njit(cache=True, parallel=True, error_model="numpy")
def steer(
    x, y, vx, vy, ex, ey, v0, headway, radius, group, noise, gate_pass, keys, starts, nx, ny, cell,
    walls, wall_gate, wall_starts, wall_items, most_walls, s, turned, heading, wished_x, wished_y, blocked,
):  # fmt: skip
    """One tick of steering for everyone.

    Args:
        x .. group: (n,) in order: position [m], velocity [m/s], way e, desired speed [m/s], headway [s], radius [m],
            stage.
        noise: (n,) [rad] turn of e. gate_pass: (n,) gate a person may pass (-1 none).
        keys, starts, nx, ny, cell: the grid of people. walls, wall_gate (-1: always there; g: there unless the
            person may pass gate g), wall_starts, wall_items: walls by cell, at most `most_walls` in one. s: Steering.
        turned: (n,) shoulder factor q of the last tick.
        heading: (n,) theta [rad], updated.
        wished_x, wished_y: (n,) desired velocity [m/s], filled.
        blocked: (n,) share of the free speed that somebody or something takes away, filled.

    Returns:
        (n,) the new shoulder factors (a copy: neighbours read the old ones).
    """
    n = x.size
    new_turned = np.empty(n)
    for chunk in nb.prange((n + _ROWS - 1) // _ROWS):
        near = np.empty((9, _MOST))
        near_walls = np.empty(most_walls, np.int64)
        angles = np.linspace(-1.0, 1.0, HEADINGS) * (s.view_angle * math.pi / 180.0)
        cosines, sines = np.cos(angles), np.sin(angles)
        hx = np.empty(_LANES, np.float32)
        hy = np.empty(_LANES, np.float32)
        progress = np.empty(_LANES, np.float32)
        for i in range(np.uint32(chunk * _ROWS), np.uint32(min((chunk + 1) * _ROWS, n))):
            found, density, opposed_gap = gather(
                i, x, y, vx, vy, ex, ey, radius, turned, group, keys, starts, nx, ny, cell, s, near
            )
            room = elbow_room(density, s)
            new_turned[i] = turn_shoulders(turned[i], room, opposed_gap, s)
            if (ex[i] == 0.0 and ey[i] == 0.0) or v0[i] <= 0.0:
                wished_x[i] = 0.0
                wished_y[i] = 0.0
                blocked[i] = 0.0
                continue
            n_walls = 0
            for m in range(wall_starts[keys[i]], wall_starts[keys[i] + 1]):
                k = wall_items[m]
                if wall_gate[k] < 0 or wall_gate[k] != gate_pass[i]:
                    near_walls[n_walls] = k
                    n_walls += 1
            base = math.atan2(ey[i], ex[i]) + noise[i]
            ahead, left = math.cos(base), math.sin(base)
            for k in range(HEADINGS):
                hx[k] = ahead * cosines[k] - left * sines[k]
                hy[k] = left * cosines[k] + ahead * sines[k]
                progress[k] = v0[i] * s.horizon
            hx[HEADINGS:] = hx[HEADINGS - 1]
            hy[HEADINGS:] = hy[HEADINGS - 1]
            progress[HEADINGS:] = progress[HEADINGS - 1]
            own = radius[i] * turned[i]
            progress_past_people(near, found, v0[i], s.horizon, hx, hy, progress)
            progress_to_walls(x[i], y[i], own, walls, near_walls, n_walls, s.wall_clearance, hx, hy, progress)
            side = s.side_preference if opposed_gap < math.inf else 0.0
            best = -math.inf
            wished = 0.0
            ahead, left = math.cos(heading[i]), math.sin(heading[i])
            for k in range(HEADINGS):
                score = progress[k] * cosines[k] / (v0[i] * s.horizon)
                score -= s.turn_cost * (1.0 - cosines[k] * ahead - sines[k] * left)
                score -= side * sines[k]
                if score > best:
                    best = score
                    wished = angles[k]
            heading[i] += s.turn_rate * (wished - heading[i])
            gx = math.cos(base + heading[i])
            gy = math.sin(base + heading[i])
            pace = max(vx[i] * gx + vy[i] * gy, 0.0)
            speed = headway_speed(near, found, v0[i], pace, room, ex[i], ey[i], gx, gy, headway[i], s)
            speed = min(speed, wall_speed(x[i], y[i], own, walls, near_walls, n_walls, gx, gy, headway[i]))
            speed = min(max(speed, 0.0), v0[i])
            wished_x[i] = speed * gx
            wished_y[i] = speed * gy
            blocked[i] = 1.0 - speed / v0[i]
    return new_turned
