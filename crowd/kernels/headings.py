"""Which way a person turns: of a fan of headings around their way the one that leads furthest towards the goal.

After Moussaid, Helbing & Theraulaz 2011 (PNAS 108:6884). The headings are two fans, the inner and the outer ones, each
as many as a vector register holds; most people need look along the inner ones only.
"""

import math

import numba as nb
import numpy as np

from crowd.kernels.people_ahead import DX, DY, LANES, OPPOSED, REACH, WX, WY
from crowd.kernels.walls import along

HEADINGS = 15
_INNER = (HEADINGS - LANES) // 2  # the first of the inner ones: as many as a vector register holds
#: Squared cosine of the angle beyond which a heading slides past somebody one touches, and past somebody who comes
#: towards one (assumed: 60 and 30 deg; with 60 for both, pairs stood face to face in the two-way corridor for good).
_SLIDE, _SLIDE_OPPOSED = np.float32(0.25), np.float32(0.75)
#: Whoever is nearer than this is touched [m]: the headway keeps people who face each other just apart (assumed).
_TOUCH = np.float32(0.05)
#: Rows of a fan.
ANGLE, COSINE, SINE = range(3)
#: Numbers of the inner loop. They are in single precision, twice as many lanes in a register.
_ZERO, _NEVER_ZERO = np.float32(0.0), np.float32(1e-12)


def inner_and_outer(view_angle: float) -> np.ndarray:
    """The headings between two view angles [deg]: (2, 3, LANES) angle [rad], cosine, sine; the first outer one twice.

    Given as an array and not made in the kernel: loops over as many as it holds are not unrolled but go at once.
    """
    angles = np.linspace(-1.0, 1.0, HEADINGS) * (view_angle * math.pi / 180.0)
    inner, outer = angles[_INNER : _INNER + LANES], np.delete(angles, range(_INNER, _INNER + LANES))
    fans = [(fan, np.cos(fan), np.sin(fan)) for fan in (inner, np.append(outer, outer[0]))]
    return np.array(fans)


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
        for k in range(hx.size):
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
def progress_to_walls(x, y, radius, end, ex, ey, walls, near_walls, n_walls, clearance, hx, hy, progress):
    """Progress along each heading until the first wall [m], lowering `progress`.

    No wall met farther on along the way e (a unit vector) than the end [m] counts: walls beside a door do.
    """
    for m in range(n_walls):
        for k in range(hx.size):
            s = _ray_to_wall(walls[near_walls[m]], x, y, hx[k], hy[k], clearance * radius)
            onward = hx[k] * ex + hy[k] * ey
            progress[k] = min(progress[k], s) if onward <= 0.0 or s * onward < end else progress[k]


@nb.njit(cache=True, error_model="numpy", forceinline=True)
def fan_out(ahead, left, farthest, fan, hx, hy, progress):
    """Headings around a unit vector and how far they lead if nothing is in the way: hx, hy, progress (k,)."""
    for k in range(hx.size):
        hx[k] = ahead * fan[COSINE, k] - left * fan[SINE, k]
        hy[k] = left * fan[COSINE, k] + ahead * fan[SINE, k]
        progress[k] = farthest


@nb.njit(cache=True, error_model="numpy", forceinline=True)
def best_score(progress, fan, per, onward, across, scores):
    """The highest score in a fan: D_k cos(a_k) / (v0 H) - turn_cost (1 - cos(a_k - theta)) - side sin(a_k).

    Args:
        per: 1 / (v0 H) [1/m]. onward, across: turn_cost cos(theta), turn_cost sin(theta) - side. scores: (k,) filled,
            without the summand that all have.
    """
    for k in range(scores.size):
        scores[k] = fan[COSINE, k] * (progress[k] * per + onward) + fan[SINE, k] * across
    highest = scores[0]
    for k in range(1, scores.size):
        highest = scores[k] if scores[k] > highest else highest
    return highest


@nb.njit(cache=True, error_model="numpy", forceinline=True)
def first_of(highest, scores):
    """Which heading is the first with the highest score."""
    best = 0
    for k in range(scores.size - 1, -1, -1):
        best = k if scores[k] == highest else best
    return best


@nb.njit(cache=True, error_model="numpy", forceinline=True)
def best_heading(
    near, found, x, y, radius, v0, end, ex, ey, walls, near_walls, n_walls, ahead, left, heading, side, s, headings,
    hx, hy, progress, scores,
):  # fmt: skip
    """Angle of the heading with the best score [rad]. The outer ones are looked along only if one of them could win.

    Args:
        near, found: the neighbours. x, y, radius, v0: the person. end: no wall farther on along the way ex, ey counts
        [m]. walls, near_walls, n_walls: walls in reach.
        ahead, left: unit vector of the middle heading. heading: theta of the last tick [rad]. side: preference.
        headings: of `inner_and_outer`. hx .. scores: (k,) scratch.
    """
    farthest, clearance = v0 * s.horizon, s.wall_clearance
    cost = 1.0 / farthest, s.turn_cost * math.cos(heading), s.turn_cost * math.sin(heading) - side
    fan_out(ahead, left, farthest, headings[0], hx, hy, progress)
    progress_past_people(near, found, v0, s.horizon, hx, hy, progress)
    progress_to_walls(x, y, radius, end, ex, ey, walls, near_walls, n_walls, clearance, hx, hy, progress)
    highest = best_score(progress, headings[0], *cost, scores)
    best = headings[0, ANGLE, first_of(highest, scores)]
    fan_out(ahead, left, farthest, headings[1], hx, hy, progress)
    # Of headings that point back the one that leads nowhere scores most: they have to be looked along.
    if best_score(progress, headings[1], *cost, scores) > highest or s.view_angle > 90.0:
        progress_past_people(near, found, v0, s.horizon, hx, hy, progress)
        progress_to_walls(x, y, radius, end, ex, ey, walls, near_walls, n_walls, clearance, hx, hy, progress)
        outermost = best_score(progress, headings[1], *cost, scores)
        if outermost > highest:
            best = headings[1, ANGLE, first_of(outermost, scores)]
    return best
