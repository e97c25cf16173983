"""Where people would step: look ahead, choose a heading, keep headway ("walk up to j, then follow j").

The heading follows Moussaid, Helbing & Theraulaz 2011 (PNAS 108:6884): of a fan of directions the one that leads
furthest towards the goal within a horizon. Neighbours are discs that keep their velocity, plus a little of their
intent; meeting one does not end the way but slows it to that neighbour's speed. The speed keeps a time headway to
whoever is ahead (after Tordeux, Chraibi & Seyfried 2016), with weight on the leader's speed. Who walks slowly
sways from side to side, so that those diagonally ahead are in the way too (a width that grows as speed falls: Chraibi,
Seyfried & Schadschneider 2010): a dense crowd in a wide way is slower than people one behind the other.

The speed is chosen every tick, the heading every second one: by half of the people in each.

People are given in (level, cell, row) order; row i reads its neighbours and writes only row i.
"""

import math

import numba as nb
import numpy as np

from crowd.kernels.headings import best_heading
from crowd.kernels.people_ahead import (
    DEPTH,
    DX,
    DY,
    LANES,
    MOST,
    OPPOSED,
    ROWS,
    THEIRS,
    VX,
    VY,
    WX,
    WY,
    density_around,
    lay_out,
    rows_ahead,
    sight2,
    walkers_of,
    who_counts,
)
from crowd.kernels.shoulders import turn_shoulders
from crowd.kernels.walls import along

#: Speed at which one comes up to somebody ahead, at least [m/s] (assumed).
_COMES_UP = np.float32(0.1)
#: Numbers of the inner loops. They are in single precision, twice as many lanes in a register.
_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
#: A person looks for a heading once in so many ticks (assumed: as fast as one reacts).
_LOOKS_EVERY = 2
_CHUNK = 64  # people handled with one set of scratch arrays


@nb.njit(cache=True, error_model="numpy", forceinline=True, fastmath={"nsz"})
def speeds_behind(near, found, v0, strip, ex, ey, gx, gy, headway, s, speeds):
    """Speed that keeps the headway to each neighbour: V_j = (gap + t_a c) / (T + t_a) of those in one's strip, else v0.

    T is the headway on the ground underfoot; c is the neighbour's speed along g, 0 if towards one: one counts on both
    stepping aside, and follows nobody who comes towards one (t_a = 0). In the strip: sideways offset now, or when one
    gets there (at most 1 s ahead), within the share `strip` of the summed radii; of those opposed only the latter
    offset, within `strip_opposed`. t_a is longer for a leader who pulls away (c > gap / T).
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
        weight = _ZERO if opposed else weight
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
    whole = (found + LANES - 1) // LANES * LANES
    speeds_behind(near, whole, v0, strip, ex, ey, gx, gy, headway, s, speeds)
    even, odd = np.float32(v0), np.float32(v0)
    for j in range(0, whole, 2):
        even = speeds[j] if speeds[j] < even else even
        odd = speeds[j + 1] if speeds[j + 1] < odd else odd
    slowest = float(min(even, odd))
    # Not what rounding leaves of v0: nobody who walks freely is blocked.
    return slowest if slowest < np.float32(v0) else v0


@nb.njit(cache=True, error_model="numpy", forceinline=True)
def wall_speed(x, y, radius, walls, near_walls, n_walls, gx, gy, headway, end, ex, ey):
    """Speed towards a wall this side of the exit hit steeply by the centre ray: V = gap / (g . n) / T; inf: none.

    Args:
        end: way to the exit, along the unit vector ex, ey [m].
    """
    onward = gx * ex + gy * ey
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
        if closing <= 0.6 or offset * onward > closing * end:
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
def turned_by(x, y, angle):
    """A vector turned to the left by an angle [rad]."""
    c, s = math.cos(angle), math.sin(angle)
    return x * c - y * s, x * s + y * c


@nb.njit(cache=True, parallel=True, error_model="numpy")
def steer(
    x, y, vx, vy, ex, ey, v0, headway, exit_in, radius, group, noise, gate_pass, keys, starts, x0, y0, nx, ny, cell,
    walls, wall_gate, wall_starts, wall_items, most_walls, s, headings, ticks, row,
    turned, heading, wished_x, wished_y, blocked,
):  # fmt: skip
    """One tick of steering for everyone.

    Args:
        x .. group: (n,) in order: position [m], velocity [m/s], way e, desired speed [m/s], headway [s], way to
            where one leaves (inf: does not) [m], radius [m], stage.
        noise: (n,) [rad] turn of e. gate_pass: (n,) gate a person may pass (-1 none).
        keys, starts, x0 .. cell: the grid of people. walls, wall_gate (-1: always there; g: there unless the
            person may pass gate g), wall_starts, wall_items: walls by cell, at most `most_walls` in one. s: Steering.
        headings: of `inner_and_outer`. ticks: done so far; row: (n,) of each person: who looks in this tick.
        turned: (n,) shoulder factor q of the last tick.
        heading: (n,) theta [rad], updated.
        wished_x, wished_y: (n,) desired velocity [m/s], filled.
        blocked: (n,) share of the free speed that somebody or something takes away, filled.

    Returns:
        (n,) the shoulder factors wished for (a copy: neighbours read the old ones).
    """
    n = x.size
    new_turned = np.empty(n)
    lanes = headings.shape[2]
    most_rows = int(2.0 * s.range_max / cell) + 3
    walkers = walkers_of(vx, vy, ex, ey, radius, turned)
    for chunk in nb.prange((n + _CHUNK - 1) // _CHUNK):
        near = np.zeros((ROWS, MOST + LANES), np.float32)
        seen = np.empty(MOST + 1, np.int32)
        speeds = np.empty(MOST + LANES, np.float32)
        begins, ends = np.empty(most_rows, np.int32), np.empty(most_rows, np.int32)
        near_walls = np.empty(most_walls, np.int64)
        hx, hy = np.empty(lanes, np.float32), np.empty(lanes, np.float32)
        progress, scores = np.empty(lanes, np.float32), np.empty(lanes)
        key, plane, density, reach2 = np.int64(-1), np.int64(0), 0.0, 0.0
        for i in range(np.uint32(chunk * _CHUNK), np.uint32(min((chunk + 1) * _CHUNK, n))):
            if keys[i] != key:
                key = keys[i]
                plane = key // (nx * ny)
                density = density_around(key, starts, nx, ny, cell)
                reach2 = sight2(density, s)
            rows = rows_ahead(x[i] - x0, y[i] - y0, ex[i], ey[i], reach2, plane, starts, nx, ny, cell, begins, ends)
            found = who_counts(i, rows, begins, ends, x, y, ex[i], ey[i], reach2, seen)
            opposed_gap = lay_out(
                i, seen, found, x, y, walkers, group, np.float32(s.intent), np.float32(s.turned_depth), near
            )
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
            way_x, way_y = ex[i] / way, ey[i] / way
            ahead, left = turned_by(way_x, way_y, noise[i])
            own = radius[i] * turned[i]
            # The wall behind an exit is in nobody's way.
            end = exit_in[i] + own
            if (ticks + row[i]) % _LOOKS_EVERY == 0:
                side = s.side_preference if opposed_gap < math.inf else 0.0
                angle = best_heading(
                    near, found, x[i], y[i], own, v0[i], end, way_x, way_y, walls, near_walls, n_walls, ahead, left,
                    heading[i], side, s, headings, hx, hy, progress, scores,
                )  # fmt: skip
                heading[i] += s.turn_rate * (angle - heading[i])
            gx, gy = turned_by(ahead, left, heading[i])
            pace = max(vx[i] * gx + vy[i] * gy, 0.0)
            speed = headway_speed(near, found, v0[i], pace, room, ex[i], ey[i], gx, gy, headway[i], s, speeds)
            to_wall = wall_speed(x[i], y[i], own, walls, near_walls, n_walls, gx, gy, headway[i], end, way_x, way_y)
            speed = min(speed, to_wall)
            speed = min(max(speed, 0.0), v0[i])
            wished_x[i] = speed * gx
            wished_y[i] = speed * gy
            blocked[i] = 1.0 - speed / v0[i]
    return new_turned
