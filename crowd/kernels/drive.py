"""What people do of their own will in contact: make for the wished velocity, brake, press no more than they mean to.

A patient person sees whom or which wall they would run into and stops as far as one can before it, as drivers do in
the model of Gipps 1981. Towards what is touched nobody drives with more than their pressing force; only people who want
opposite ways work their way past each other. Who is shoved away from what they touch resists as anybody does whose
velocity is not the wished one. A belt, whose riders lean with any force, carries on whatever stands in the way.
Not here: forces of bodies (`crowd.kernels.contact`), where people wish to go (`crowd.kernels.steering`).
"""

import math

import numba as nb
import numpy as np

from crowd.kernels.neighbours import apart
from crowd.kernels.walls import nearest_point

#: The drive is set anew after so long [s] (assumed: as often as a foot can answer a touch, not as bodies swing).
HOLD = 0.025
#: Until then a gap may close by so much more than the speeds make it [m] (assumed; 2 m/s faster in that time).
_SURPRISE = 0.05
#: Nearer than this is touched, and is no gap to brake in [m] (assumed).
_SKIN = 0.002
#: Whoever will pass farther off than this is not braked for [m] (assumed; people who face each other see it and pass
#: closer: 0 to 0.1 tried, two-way corridor).
_PASSES, _PASSES_OPPOSED = 0.1, 0.04
#: A wall is met by its end, which one may pass, if the way to it is off its perpendicular by more than this [sine].
_ASKEW = 1e-6
#: Who presses with this does not brake any more, with half of it half as hard [N] (assumed).
_IMPATIENT = 100.0
_CHUNK = 64  # people handled with one scratch array


@nb.njit(cache=True, inline="always")
def at_least(ax, ay, nx, ny, least):
    """The drive a [m/s2] with at least so much of it along n, away from what is touched or near."""
    more = max(least - (ax * nx + ay * ny), 0.0)
    return ax + more * nx, ay + more * ny


@nb.njit(cache=True, inline="always")
def braking(mine, closing, gap, span, c):
    """How hard one brakes [m/s2] so as not to touch what comes near: closing^2 / (2 gap), shared by who comes nearer.

    Args:
        mine: own speed towards it [m/s], positive. closing: speed of approach of both [m/s], positive. gap: [m].
        span: for so long the drive is held [s], in which the gap shrinks.
    """
    left = max(gap - closing * span, _SKIN)
    return min(min(mine, closing) * closing / (2.0 * left), c.brake_limit)


@nb.njit(cache=True, inline="always")
def misses_end(wall, dx, dy, d, vx, vy, radius):
    """Whether a wall is met by an end that the way of a body leads past.

    Args:
        wall: (4,) [m]. dx, dy, d: from its nearest point to the body [m]. vx, vy: of the body [m/s]. radius: [m].
    """
    wall_x = wall[2] - wall[0]
    wall_y = wall[3] - wall[1]
    askew = abs(dx * wall_x + dy * wall_y) > _ASKEW * d * math.sqrt(wall_x * wall_x + wall_y * wall_y)
    return askew and abs(vx * dy - vy * dx) >= radius * math.sqrt(vx * vx + vy * vy)


@nb.njit(cache=True, parallel=True, error_model="numpy")
def drives(
    x, y, vx, vy, wished_x, wished_y, press_x, press_y, lean, radius, mass, pairs, n_pairs, near_walls, n_walls, walls,
    before, after, span, c, drive_x, drive_y, close, n_close,
):  # fmt: skip
    """Drive of everyone, pressing force included: (wished - v) / tau, bounded by what one would run into or touches.

    Args:
        x .. n_walls, walls, before, after, c: as in `crowd.kernels.contact.push_and_step`.
        span: for which it holds [s]. drive_x, drive_y: (n,) [N], filled.
        close, n_close: (n, m) int32 as `pairs`, (n,) int32, filled: who of these can be touched before the next drive.
    """
    for chunk in nb.prange((x.size + _CHUNK - 1) // _CHUNK):
        # Brakes from the first row on, who is touched from the last one back.
        bounds = np.empty((pairs.shape[1] + near_walls.shape[1], 3))
        touched_walls = np.empty((near_walls.shape[1], 3))
        for i in range(np.uint32(chunk * _CHUNK), np.uint32(min((chunk + 1) * _CHUNK, x.size))):
            ax = (wished_x[i] - vx[i]) / c.reaction_time
            ay = (wished_y[i] - vy[i]) / c.reaction_time
            force = lean[i] + math.sqrt(press_x[i] * press_x[i] + press_y[i] * press_y[i])
            patience = max(1.0 - force / _IMPATIENT, 0.0)
            leaning = lean[i] / mass[i]
            braked, touched, soon = 0, bounds.shape[0], 0
            for p in range(n_pairs[i]):
                j = np.uint32(pairs[i, p])
                dx, dy, d2, reach = apart(x, y, radius, i, j)
                ux = vx[i] - vx[j]
                uy = vy[i] - vy[j]
                # Written first and counted then: no branch to guess wrong.
                close[i, soon] = j
                soon += d2 < (reach + _SURPRISE + span * (abs(ux) + abs(uy))) ** 2
                touches = d2 < (reach + _SKIN) ** 2
                opposed = wished_x[i] * wished_x[j] + wished_y[i] * wished_y[j] < 0.0
                far = reach + max(c.brake_range, c.brake_time * (abs(ux) + abs(uy)))
                if not touches and (patience == 0.0 or d2 >= far * far):
                    continue
                d = max(math.sqrt(d2), 1e-9)
                nx = dx / d
                ny = dy / d
                away = vx[i] * nx + vy[i] * ny
                if touches:
                    # Those who face each other work their way past, or they would stand for good.
                    if opposed:
                        continue
                    touched -= 1
                    bounds[touched, 0] = nx
                    bounds[touched, 1] = ny
                    bounds[touched, 2] = -leaning - max(away, 0.0) / c.reaction_time
                    continue
                closing = -(ux * nx + uy * ny)
                passing = abs(ux * dy - uy * dx)
                farther = passing >= (reach + (_PASSES_OPPOSED if opposed else _PASSES)) * math.sqrt(ux * ux + uy * uy)
                near = d - reach < max(c.brake_range, c.brake_time * closing)
                if away >= 0.0 or closing <= 0.0 or farther or not near:
                    continue
                bounds[braked, 0] = nx
                bounds[braked, 1] = ny
                bounds[braked, 2] = patience * braking(-away, closing, d - reach, span, c)
                braked += 1
            leant = 0
            for p in range(n_walls[i]):
                k = np.uint32(near_walls[i, p])
                owned, qx, qy = nearest_point(walls, before, after, k, x[i], y[i])
                dx = x[i] - qx
                dy = y[i] - qy
                d = max(math.sqrt(dx * dx + dy * dy), 1e-9)
                nx = dx / d
                ny = dy / d
                away = vx[i] * nx + vy[i] * ny
                gap = d - radius[i]
                if owned and gap < _SKIN:
                    touched_walls[leant, 0] = nx
                    touched_walls[leant, 1] = ny
                    touched_walls[leant, 2] = -leaning - max(away, 0.0) / c.reaction_time
                    leant += 1
                elif (
                    patience > 0.0
                    and owned
                    and away < 0.0
                    and gap < max(c.brake_range, -away * c.brake_time)
                    and not misses_end(walls[k], dx, dy, d, vx[i], vy[i], radius[i])
                ):
                    bounds[braked, 0] = nx
                    bounds[braked, 1] = ny
                    bounds[braked, 2] = patience * braking(-away, -away, gap, span, c)
                    braked += 1
            # Giving way to one takes back some of it for the next, so all are asked again, those one brakes for most
            # often: of two who leave a gap too narrow each pushes one towards the other. Whom one touches has the last
            # word, after them the walls.
            for _ in range(2):
                for _ in range(2):
                    for b in range(braked):
                        ax, ay = at_least(ax, ay, bounds[b, 0], bounds[b, 1], bounds[b, 2])
                for b in range(touched, bounds.shape[0]):
                    ax, ay = at_least(ax, ay, bounds[b, 0], bounds[b, 1], bounds[b, 2])
            for b in range(leant):
                ax, ay = at_least(ax, ay, touched_walls[b, 0], touched_walls[b, 1], touched_walls[b, 2])
            n_close[i] = soon
            drive_x[i] = mass[i] * ax + press_x[i]
            drive_y[i] = mass[i] * ay + press_y[i]
