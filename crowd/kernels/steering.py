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

from crowd.kernels.people_ahead import (
    DEPTH,
    DX,
    DY,
    LANES,
    MOST,
    OPPOSED,
    REACH,
    ROWS,
    THEIRS,
    VX,
    VY,
    WX,
    WY,
    block_from,
    density_around,
    lay_out,
    look,
    look_closely,
    sight2,
    walkers_of,
)
from crowd.kernels.walls import along

HEADINGS = 15
#: Squared cosine of the angle beyond which a heading slides past somebody one touches, and past somebody who comes
#: towards one (assumed: 60 and 30 deg; with 60 for both, pairs stood face to face in the two-way corridor for good).
_SLIDE, _SLIDE_OPPOSED = np.float32(0.25), np.float32(0.75)
#: Whoever is nearer than this is touched [m]: the headway keeps people who face each other just apart (assumed).
_TOUCH = np.float32(0.05)
#: Speed at which one comes up to somebody ahead, at least [m/s] (assumed).
_COMES_UP = np.float32(0.1)
#: Numbers of the inner loops. They are in single precision, twice as many lanes in a register.
_ZERO, _ONE, _NEVER_ZERO = np.float32(0.0), np.float32(1.0), np.float32(1e-12)
_CHUNK = 64  # people handled with one set of scratch arrays
_AROUND = 1024  # room for people around a block of them, at first


@nb.njit(cache=True, error_model="numpy", forceinline=True, fastmath={"contract", "nsz"})
def progress_past_people(near, found, v0, horizon, hx, hy, progress):
    """Progress along each heading: D_k = min_j [v0 t + clamp(w_j . h_k, 0, v0) (H - t)].

    t is the first collision time of the two discs at own velocity v0 h_k and the neighbour's w_j. After H it would
    leave more than v0 H, so that it need not be compared with H. Headings far enough off somebody one touches are
    free: one slides past.

    Args:
        near, found: the neighbours. v0: [m/s]. horizon: H [s]. hx, hy: (k,) headings.
        progress: (k,) [m], lowered where somebody is in the way; at most v0 H.
    """
    v0, horizon = np.float32(v0), np.float32(horizon)
    for j in range(found):
        dx, dy = near[DX, j], near[DY, j]
        wx, wy = near[WX, j], near[WY, j]
        reach = near[REACH, j]
        d2 = dx * dx + dy * dy
        c = d2 - reach * reach
        edge = reach + _TOUCH
        slide = _SLIDE_OPPOSED if near[OPPOSED, j] > _ZERO else _SLIDE
        touching = slide * d2 if d2 < edge * edge else _ZERO
        for k in range(LANES):
            ux = v0 * hx[k] - wx
            uy = v0 * hy[k] - wy
            a = ux * ux + uy * uy + _NEVER_ZERO
            b = dx * ux + dy * uy
            root = b * b - a * c
            t = (b - math.sqrt(root if root > _ZERO else _ZERO)) / a
            t = t if t > _ZERO else _ZERO
            follow = wx * hx[k] + wy * hy[k]
            follow = follow if follow > _ZERO else _ZERO
            follow = follow if follow < v0 else v0
            way = v0 * t + follow * (horizon - t)
            hit = (b > _ZERO) & (root >= _ZERO) & (b * b >= touching * a) & (way < progress[k])
            progress[k] = way if hit else progress[k]


@nb.njit(cache=True, error_model="numpy", forceinline=True)
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


@nb.njit(cache=True, error_model="numpy", forceinline=True)
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


@nb.njit(cache=True, error_model="numpy", forceinline=True)
def progress_to_walls(x, y, radius, walls, near_walls, n_walls, clearance, hx, hy, progress):
    """Progress along each heading until the first wall [m], lowering `progress`."""
    for m in range(n_walls):
        for k in range(HEADINGS):
            s = _ray_to_wall(walls[near_walls[m]], x, y, hx[k], hy[k], clearance * radius)
            progress[k] = min(progress[k], s)


@nb.njit(cache=True, error_model="numpy", forceinline=True, fastmath={"nsz"})
def speeds_behind(near, found, v0, strip, ex, ey, gx, gy, headway, s, speeds):
    """Speed that keeps the headway to each neighbour: V_j = (gap + t_a c) / (T + t_a) of those in one's strip, else v0.

    T is the headway on the ground underfoot; c is the neighbour's speed along g, 0 if towards one: one counts on both
    stepping aside. In the strip: sideways offset now, or when one gets there (at most 1 s ahead), within the share
    `strip` of the summed radii; of those opposed only the latter offset, within `strip_opposed`. t_a is longer for a
    leader who pulls away (c > gap / T).
    Nobody waits for a person who converges with them and is less far on: j does not count if i is farther ahead of j,
    along e_j, than j is of i, along e_i. Of two one goes, but for exact ties; with the headings g in place of the ways
    e two at the edge of a door waited for each other.

    Args:
        strip: share for people on the move; of who wants nowhere now (waits at a line, has not set off) it is
            `s.strip`: they do not sway, and who may go on passes close by them. speeds: (m,) [m/s], filled.
    """
    # The result is a speed, not a rank: each step is rounded (no "contract"), so that it is the same uncompiled.
    v0, headway, strip = np.float32(v0), np.float32(headway), np.float32(strip)
    ex, ey, gx, gy = np.float32(ex), np.float32(ey), np.float32(gx), np.float32(gy)
    narrow, strip_opposed = np.float32(s.strip), np.float32(s.strip_opposed)
    follow, follow_leaving = np.float32(s.follow), np.float32(s.follow_leaving)
    for j in range(found):
        dx, dy = near[DX, j], near[DY, j]
        opposed = near[OPPOSED, j] > _ZERO
        reach = near[DEPTH, j]
        ahead = dx * gx + dy * gy
        side = dy * gx - dx * gy
        c = near[VX, j] * gx + near[VY, j] * gy
        c = c if c > _ZERO else _ZERO
        drift = near[WY, j] * gx - near[WX, j] * gy
        clear = ahead - reach
        clear = clear if clear > _ZERO else _ZERO
        closing = v0 - c
        until = clear / (closing if closing > _COMES_UP else _COMES_UP)
        offset = abs(side + drift * (until if until < _ONE else _ONE))
        # On a bend whoever is ahead seems to drift aside and yet is followed.
        offset = abs(side) if (abs(side) < offset) & (not opposed) else offset
        stands = (near[WX, j] == near[VX, j]) & (near[WY, j] == near[VY, j])
        share = narrow if stands else strip
        share = strip_opposed if opposed else share
        root = reach * reach - offset * offset
        gap = ahead - np.sqrt(root if root > _ZERO else _ZERO)
        weight = follow_leaving if c * headway > gap else follow
        speed = (gap + weight * c) / (headway + weight)
        # Where two converge the one who is further on goes: each would wait for the other.
        first = (near[THEIRS, j] > dx * ex + dy * ey) & (not opposed)
        counts = (ahead > _ZERO) & (offset < share * reach) & (not first)
        speeds[j] = speed if counts & (speed < v0) else v0


@nb.njit(cache=True, error_model="numpy", forceinline=True)
def headway_speed(near, found, v0, pace, room, ex, ey, gx, gy, headway, s, speeds):
    """Speed that keeps the headway to all: min_j V_j [m/s], at most v0.

    The strip is a share `strip` of the summed radii at v0, `sway` more at `sway_pace` of v0 and below. `pace` is one's
    own speed along g [m/s], `room` the `elbow_room`.
    """
    slow = min((1.0 - min(pace / v0, 1.0)) / (1.0 - s.sway_pace), 1.0)
    strip = s.strip + s.sway * room * slow
    # Whole vector registers: what lies behind the last neighbour is nobody.
    whole = (found + 7) // 8 * 8
    speeds_behind(near, whole, v0, strip, ex, ey, gx, gy, headway, s, speeds)
    even, odd = np.float32(v0), np.float32(v0)
    for j in range(0, whole, 2):
        even = speeds[j] if speeds[j] < even else even
        odd = speeds[j + 1] if speeds[j + 1] < odd else odd
    return min(float(even), float(odd), v0)


@nb.njit(cache=True, error_model="numpy", forceinline=True)
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


@nb.njit(cache=True, error_model="numpy", forceinline=True)
def elbow_room(density, s):
    """Room to sway and to turn the shoulders: 1, falling to 0 where bodies stand too close for either."""
    return min(max((s.shoulder_fade_to - density) / (s.shoulder_fade_to - s.shoulder_fade_from), 0.0), 1.0)


@nb.njit(cache=True, error_model="numpy", forceinline=True)
def turn_shoulders(turned, room, opposed_gap, s):
    """The radius factor q one tick later: towards `shoulder_turn` while an oncoming person is near, else to 1."""
    wished = 1.0
    if opposed_gap < s.shoulder_distance:
        wished = 1.0 - (1.0 - s.shoulder_turn) * room
    return turned + (wished - turned) * min(s.tick / s.shoulder_time, 1.0)


@nb.njit(cache=True, error_model="numpy", forceinline=True)
def turned_by(x, y, angle):
    """A vector turned to the left by an angle [rad]."""
    c, s = math.cos(angle), math.sin(angle)
    return x * c - y * s, x * s + y * c


@nb.njit(cache=True, error_model="numpy", forceinline=True)
def fan_out(ahead, left, farthest, cosines, sines, hx, hy, progress):
    """Headings around a unit vector and how far they lead if nothing is in the way: hx, hy, progress (LANES,)."""
    for k in range(LANES):
        hx[k] = ahead * cosines[k] - left * sines[k]
        hy[k] = left * cosines[k] + ahead * sines[k]
        progress[k] = farthest


@nb.njit(cache=True, error_model="numpy", forceinline=True)
def best_heading(progress, cosines, sines, farthest, heading, side, turn_cost, scores):
    """The heading with the best score D_k cos(a_k) / (v0 H) - turn_cost (1 - cos(a_k - theta)) - side sin(a_k)."""
    ahead, left = turn_cost * math.cos(heading), turn_cost * math.sin(heading) - side
    per = 1.0 / farthest
    for k in range(HEADINGS):
        scores[k] = cosines[k] * (progress[k] * per + ahead) + sines[k] * left
    # The maximum first and then where it is: nothing to guess wrong.
    highest = scores[0]
    for k in range(1, HEADINGS):
        highest = scores[k] if scores[k] > highest else highest
    best = 0
    for k in range(HEADINGS - 1, -1, -1):
        best = k if scores[k] == highest else best
    return best


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
    walkers = walkers_of(vx, vy, ex, ey, radius, turned)
    for chunk in nb.prange((n + _CHUNK - 1) // _CHUNK):
        near = np.zeros((ROWS, MOST + LANES), np.float32)
        seen = np.empty(MOST + 1, np.int32)
        speeds = np.empty(MOST + LANES, np.float32)
        around_x, around_y = np.empty(_AROUND, np.float32), np.empty(_AROUND, np.float32)
        who, may_count = np.empty(_AROUND, np.int32), np.empty(_AROUND, np.uint8)
        near_walls = np.empty(most_walls, np.int64)
        angles = np.linspace(-1.0, 1.0, HEADINGS) * (s.view_angle * math.pi / 180.0)
        cosines, sines = np.ones(LANES), np.zeros(LANES)
        cosines[:HEADINGS], sines[:HEADINGS] = np.cos(angles), np.sin(angles)
        hx = np.empty(LANES, np.float32)
        hy = np.empty(LANES, np.float32)
        progress, scores = np.empty(LANES, np.float32), np.empty(HEADINGS)
        end = min((chunk + 1) * _CHUNK, n)
        stop, count, key = chunk * _CHUNK, 0, np.int64(-1)
        x0, y0, density, reach2 = 0.0, 0.0, 0.0, 0.0
        for i in range(np.uint32(chunk * _CHUNK), np.uint32(end)):
            if i >= stop:
                stop, farthest2 = block_from(np.int64(i), end, keys, starts, nx, ny, cell, s)
                x0, y0 = x[i], y[i]
                while True:
                    count = lay_out(
                        x, y, keys[i], keys[stop - 1], farthest2, starts, nx, ny, cell, x0, y0, around_x, around_y, who
                    )  # fmt: skip
                    if count < who.size:
                        break
                    around_x, around_y = np.empty(2 * count, np.float32), np.empty(2 * count, np.float32)
                    who, may_count = np.empty(2 * count, np.int32), np.empty(2 * count, np.uint8)
            if keys[i] != key:
                key = keys[i]
                density = density_around(key, starts, nx, ny, cell)
                reach2 = sight2(density, s)
            many = look(
                around_x, around_y, who, count, np.float32(x[i] - x0), np.float32(y[i] - y0), walkers[i, 2],
                walkers[i, 3], np.float32(reach2), may_count, seen,
            )  # fmt: skip
            found, opposed_gap = look_closely(
                i, seen, many, x, y, ex[i], ey[i], reach2, walkers, group, np.float32(s.intent),
                np.float32(s.turned_depth), near,
            )  # fmt: skip
            room = elbow_room(density, s)
            new_turned[i] = turn_shoulders(turned[i], room, opposed_gap, s)
            way = math.hypot(ex[i], ey[i])
            if way == 0.0 or v0[i] <= 0.0:
                wished_x[i] = 0.0
                wished_y[i] = 0.0
                blocked[i] = 0.0
                continue
            n_walls = 0
            for m in range(wall_starts[key], wall_starts[key + 1]):
                k = wall_items[m]
                if wall_gate[k] < 0 or wall_gate[k] != gate_pass[i]:
                    near_walls[n_walls] = k
                    n_walls += 1
            ahead, left = turned_by(ex[i] / way, ey[i] / way, noise[i])
            farthest = v0[i] * s.horizon
            fan_out(ahead, left, farthest, cosines, sines, hx, hy, progress)
            own = radius[i] * turned[i]
            progress_past_people(near, found, v0[i], s.horizon, hx, hy, progress)
            progress_to_walls(x[i], y[i], own, walls, near_walls, n_walls, s.wall_clearance, hx, hy, progress)
            side = s.side_preference if opposed_gap < math.inf else 0.0
            k = best_heading(progress, cosines, sines, farthest, heading[i], side, s.turn_cost, scores)
            heading[i] += s.turn_rate * (angles[k] - heading[i])
            gx, gy = turned_by(ahead, left, heading[i])
            pace = max(vx[i] * gx + vy[i] * gy, 0.0)
            speed = headway_speed(near, found, v0[i], pace, room, ex[i], ey[i], gx, gy, headway[i], s, speeds)
            speed = min(speed, wall_speed(x[i], y[i], own, walls, near_walls, n_walls, gx, gy, headway[i]))
            speed = min(max(speed, 0.0), v0[i])
            wished_x[i] = speed * gx
            wished_y[i] = speed * gy
            blocked[i] = 1.0 - speed / v0[i]
    return new_turned
