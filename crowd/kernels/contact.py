"""What bodies do to each other, to walls and to the ground: soft discs with friction, a discrete-element method.

    m dv/dt = drive + sum_j F_ij + sum_w F_iw + feet

Penalty contacts, not positions corrected by iteration: the forces do not depend on an iteration count. Row i sums
over its own neighbours and writes only row i, so any number of threads gives the same bits.
References: Cundall & Strack 1979 (discrete elements); Helbing, Farkas & Vicsek 2000 (bodies in a crowd).
"""

import math

import numba as nb
import numpy as np

from crowd.kernels.drive import HOLD, drives
from crowd.kernels.neighbours import apart
from crowd.kernels.walls import along, crosses, distance_to, nearest_point

WALL_LIST = 16  # walls that can touch one body; of more, the nearest count
_KEEP = 0.03  # [m] centres stay this far from walls; more than a substep's way at the speed limit


@nb.njit(cache=True, inline="always")
def normal_force(overlap, closing, radius, mass, red_mass, c):
    """F_n = max(0, k overlap (1 + hardening overlap / radius) + c_n closing), k scaled with the lighter mass.

    Args:
        overlap, radius: [m]. closing: [m/s], positive when approaching. mass: the lighter one [kg].
        red_mass: reduced mass [kg]. c: Contact.
    """
    k = c.stiffness * mass / c.stiffness_mass
    damping = 2.0 * c.damping_ratio * math.sqrt(k * red_mass)
    return max(0.0, k * overlap * (1.0 + c.hardening * overlap / radius) + damping * closing)


@nb.njit(cache=True, inline="always")
def largest_squeeze(xx, xy, yy):
    """Largest eigenvalue of the symmetric tensor 1/2 sum F_n n(x)n [N]: squeezed front and back by F reads F."""
    mean = 0.5 * (xx + yy)
    return mean + math.sqrt(0.25 * (xx - yy) ** 2 + xy * xy)


@nb.njit(cache=True, inline="always")
def ground(vx, vy, fx, fy, wished_x, wished_y, contact_x, contact_y, press, mass, slope_x, slope_y, h, c):
    """Velocity after one substep, with the feet.

    The brace resists like dry friction, up to `brace`, what would change the velocity of a person who hardly wants to
    move and does not press. On a slope a balanced person carries the downhill share of the weight; it acts only as
    far as the net push exceeds what the brace holds (fully at twice the brace).

    Args:
        vx, vy: [m/s]. fx, fy: drive and contact forces [N]. contact_x, contact_y: contact forces alone [N].
        slope_x, slope_y: downhill share of the weight [N].
    """
    if slope_x != 0.0 or slope_y != 0.0:
        share = (math.sqrt(contact_x * contact_x + contact_y * contact_y) - c.brace) / max(c.brace, 1e-9)
        share = min(max(share, 0.0), 1.0)
        fx += share * slope_x
        fy += share * slope_y
    nvx = vx + h * fx / mass
    nvy = vy + h * fy / mass
    if press == 0.0 and wished_x * wished_x + wished_y * wished_y < c.brace_speed**2:
        ux = nvx - wished_x
        uy = nvy - wished_y
        u = math.sqrt(ux * ux + uy * uy)
        held = h * c.brace / mass
        keep = 1.0 - held / u if u > held else 0.0
        nvx = wished_x + keep * ux
        nvy = wished_y + keep * uy
    return nvx, nvy


@nb.njit(cache=True, inline="always")
def no_faster(vx, vy, limit):
    """A velocity [m/s] no greater than the limit, and whether it was."""
    speed2 = vx * vx + vy * vy
    if speed2 <= limit * limit:
        return vx, vy, False
    slower = limit / math.sqrt(speed2)
    return vx * slower, vy * slower, True


@nb.njit(cache=True, error_model="numpy")
def keep_inside(x, y, nx, ny, vx, vy, walls, lists, count):
    """A step that no wall can be crossed by: push the centre back, and if that fails do not move at all.

    Returns:
        (x, y, vx, vy, held): the step's end, and whether a wall had to hold the centre.
    """
    held = False
    for m in range(count):
        k = lists[m]
        dx = walls[k, 2] - walls[k, 0]
        dy = walls[k, 3] - walls[k, 1]
        t = ((nx - walls[k, 0]) * dx + (ny - walls[k, 1]) * dy) / (dx * dx + dy * dy)
        t = min(max(t, 0.0), 1.0)
        qx = walls[k, 0] + t * dx
        qy = walls[k, 1] + t * dy
        if (nx - qx) ** 2 + (ny - qy) ** 2 >= _KEEP * _KEEP and not crosses(walls[k], x, y, nx, ny):
            continue
        held = True
        ox = x - qx
        oy = y - qy
        norm = math.hypot(ox, oy)
        if norm < 1e-9:
            continue
        ox /= norm
        oy /= norm
        nx = qx + ox * _KEEP
        ny = qy + oy * _KEEP
        into = vx * ox + vy * oy
        if into < 0.0:
            vx -= into * ox
            vy -= into * oy
    if held:
        for m in range(count):
            if crosses(walls[lists[m]], x, y, nx, ny):
                return x, y, 0.0, 0.0, True
    return nx, ny, vx, vy, held


@nb.njit(cache=True, parallel=True, error_model="numpy")
def wall_lists(x, y, reach, gate_pass, keys, walls, wall_gate, starts, items, lists, counts):
    """The nearest walls within reach of a person: (n, WALL_LIST) and (n,), filled."""
    for i in nb.prange(x.size):
        distances = np.empty(WALL_LIST)
        found = 0
        for m in range(starts[keys[i]], starts[keys[i] + 1]):
            k = items[m]
            if wall_gate[k] >= 0 and wall_gate[k] == gate_pass[i]:
                continue
            distance = distance_to(walls[k], x[i], y[i])
            if distance >= reach[i]:
                continue
            place = found
            if found == WALL_LIST:
                place = int(np.argmax(distances))
                if distance >= distances[place]:
                    continue
            else:
                found += 1
            lists[i, place] = k
            distances[place] = distance
        counts[i] = found


@nb.njit(cache=True, parallel=True, error_model="numpy")
def part_by_walls(x, y, level, pairs, n_pairs, near_walls, n_walls, walls):
    """Take people behind a wall off each other's lists, in place: bodies do not touch through walls.

    Only a wall that stands for both of them parts two people; one who may pass a gate is not parted by it. Of two
    people on different planes (at the foot of a stair) each knows other walls, and any of these parts them.
    """
    for i in nb.prange(x.size):
        kept = 0
        for p in range(n_pairs[i]):
            j = pairs[i, p]
            parted = False
            for m in range(n_walls[i]):
                k = near_walls[i, m]
                if crosses(walls[k], x[i], y[i], x[j], y[j]):
                    parted = parted or level[i] != level[j]
                    for q in range(n_walls[j]):
                        parted = parted or near_walls[j, q] == k
            if level[i] != level[j]:
                for q in range(n_walls[j]):
                    parted = parted or crosses(walls[near_walls[j, q]], x[i], y[i], x[j], y[j])
            if not parted:
                pairs[i, kept] = j
                kept += 1
        n_pairs[i] = kept


@nb.njit(cache=True, parallel=True, error_model="numpy")
def substep(
    x, y, vx, vy, wished_x, wished_y, press_x, press_y, drive_x, drive_y, radius, mass, slope_x, slope_y, pairs,
    n_pairs, near_walls, n_walls, walls, before, after, h, share, c, x1, y1, vx1, vy1, force_mean, force_max, sum_mean,
    wall_mean, overlap, held,
):  # fmt: skip
    """One substep, from (x, y, vx, vy) to (x1, y1, vx1, vy1), for all who can touch anything, and what it reports.

    Indices are unsigned, which spares looking whether they count from the end.

    Args:
        x .. vy: (n,) state. wished_x, wished_y: [m/s]. press_x, press_y: pressing force [N]. drive_x,
            drive_y: the drive [N]. radius: mechanical radius [m]. mass: [kg]. slope_x, slope_y: downhill share of the
            weight [N].
        pairs, n_pairs: people in reach. near_walls, n_walls: walls in reach. walls, before, after: the walls.
        h: substep [s]. share: substeps in a tick. c: Contact.
        force_mean .. held: as in `push_and_step`, added to.
    """
    for i in nb.prange(x.size):
        if n_pairs[i] + n_walls[i] == 0:
            continue
        fx = 0.0
        fy = 0.0
        xx = 0.0
        xy = 0.0
        yy = 0.0
        total = 0.0
        worst = 0.0
        for p in range(n_pairs[i]):
            j = np.uint32(pairs[i, p])
            dx, dy, d2, reach = apart(x, y, radius, i, j)
            if d2 >= reach * reach:
                continue
            d = max(math.sqrt(d2), 1e-9)
            nx = dx / d
            ny = dy / d
            ux = vx[i] - vx[j]
            uy = vy[i] - vy[j]
            closing = -(ux * nx + uy * ny)
            smaller = min(radius[i], radius[j])
            red_mass = mass[i] * mass[j] / (mass[i] + mass[j])
            f = normal_force(reach - d, closing, smaller, min(mass[i], mass[j]), red_mass, c)
            tx = ux + closing * nx
            ty = uy + closing * ny
            slide = math.sqrt(tx * tx + ty * ty)
            drag = min(c.sliding * slide, c.friction * f) / max(slide, 1e-12)
            fx += f * nx - drag * tx
            fy += f * ny - drag * ty
            xx += 0.5 * f * nx * nx
            xy += 0.5 * f * nx * ny
            yy += 0.5 * f * ny * ny
            total += f
            worst = max(worst, 0.5 * (reach - d) / smaller)
        for p in range(n_walls[i]):
            owned, qx, qy = nearest_point(walls, before, after, np.uint32(near_walls[i, p]), x[i], y[i])
            dx = x[i] - qx
            dy = y[i] - qy
            d = math.sqrt(dx * dx + dy * dy)
            if not owned or d >= radius[i] or d < 1e-9:
                continue
            nx = dx / d
            ny = dy / d
            closing = -(vx[i] * nx + vy[i] * ny)
            f = normal_force(radius[i] - d, closing, radius[i], c.wall_factor * mass[i], mass[i], c)
            tx = vx[i] + closing * nx
            ty = vy[i] + closing * ny
            slide = math.sqrt(tx * tx + ty * ty)
            drag = min(c.sliding * slide, c.friction * f) / max(slide, 1e-12)
            fx += f * nx - drag * tx
            fy += f * ny - drag * ty
            xx += 0.5 * f * nx * nx
            xy += 0.5 * f * nx * ny
            yy += 0.5 * f * ny * ny
            total += f
            wall_mean[i, p] += f / share
            worst = max(worst, 0.5 * (radius[i] - d) / radius[i])
        if total > 0.0 or worst > 0.0:
            force = largest_squeeze(xx, xy, yy)
            force_mean[i] += force / share
            force_max[i] = max(force_max[i], force)
            sum_mean[i] += total / share
            overlap[i] = max(overlap[i], worst)
        press = press_x[i] * press_x[i] + press_y[i] * press_y[i]
        nvx, nvy = ground(
            vx[i], vy[i], fx + drive_x[i], fy + drive_y[i], wished_x[i], wished_y[i], fx, fy,
            press, mass[i], slope_x[i], slope_y[i], h, c,
        )  # fmt: skip
        nvx, nvy, limited = no_faster(nvx, nvy, c.speed_limit)
        held[i] += 1 if limited else 0
        px = x[i] + h * nvx
        py = y[i] + h * nvy
        if n_walls[i] > 0:
            px, py, nvx, nvy, stopped = keep_inside(x[i], y[i], px, py, nvx, nvy, walls, near_walls[i], n_walls[i])
            held[i] += 1 if stopped else 0
        x1[i] = px
        y1[i] = py
        vx1[i] = nvx
        vy1[i] = nvy


@nb.njit(cache=True, parallel=True, error_model="numpy")
def walk_on(
    x, y, vx, vy, wished_x, wished_y, press_x, press_y, drive_x, drive_y, mass, n_pairs, n_walls, h, steps, c, x1, y1,
    vx1, vy1, held,
):  # fmt: skip
    """Several substeps at once for all who can touch nothing meanwhile, as `substep` would make them.

    Args:
        x .. vy and x1 .. vy1: (n,) state, both filled with what it becomes. The others as in `substep`.
    """
    way = 0.5 * steps * (steps + 1)
    for i in nb.prange(x.size):
        if n_pairs[i] + n_walls[i] > 0:
            continue
        px, py, ux, uy = x[i], y[i], vx[i], vy[i]
        press = press_x[i] * press_x[i] + press_y[i] * press_y[i]
        gain_x, gain_y = h * drive_x[i] / mass[i], h * drive_y[i] / mass[i]
        last_x, last_y = ux + steps * gain_x, uy + steps * gain_y
        fastest2 = max(ux * ux + uy * uy, last_x * last_x + last_y * last_y)
        walks = press > 0.0 or wished_x[i] * wished_x[i] + wished_y[i] * wished_y[i] >= c.brace_speed**2
        if walks and fastest2 <= c.speed_limit * c.speed_limit:
            # The sum of what the substeps would add; between two speeds allowed lie only such.
            px += h * (steps * ux + way * gain_x)
            py += h * (steps * uy + way * gain_y)
            ux, uy = last_x, last_y
        else:
            for _ in range(steps):
                ux, uy = ground(
                    ux, uy, drive_x[i], drive_y[i], wished_x[i], wished_y[i], 0.0, 0.0, press, mass[i], 0.0, 0.0, h, c
                )
                ux, uy, limited = no_faster(ux, uy, c.speed_limit)
                held[i] += 1 if limited else 0
                px += h * ux
                py += h * uy
        x[i], y[i], vx[i], vy[i] = px, py, ux, uy
        x1[i], y1[i], vx1[i], vy1[i] = px, py, ux, uy


@nb.njit(cache=True, error_model="numpy")
def push_and_step(
    x, y, vx, vy, wished_x, wished_y, press_x, press_y, lean, radius, mass, slope_x, slope_y, pairs, n_pairs,
    near_walls, n_walls, walls, before, after, h, steps, c, force_mean, force_max, sum_mean, wall_mean, overlap, held,
):  # fmt: skip
    """A tick of contact mechanics: `steps` substeps of h; the state arrays are moved on in place.

    Args:
        x, y, vx, vy: (n,) state, updated. force_mean, force_max: (n,) mean and maximum of contact_force [N], filled.
        sum_mean: (n,) mean of the plain sum of normal forces [N], filled.
        wall_mean: (n, WALL_LIST) mean normal force on each listed wall [N], filled up to n_walls.
        overlap: (n,) largest overlap as a share of the smaller diameter, filled.
        held: (n,) how often a wall held the centre or the speed limit the body, counted up.
        lean: (n,) how hard the drive may push on what is touched, besides the pressing force [N].
        The others as in `substep`.
    """
    state = x, y, vx, vy
    after_it = np.empty(x.size), np.empty(x.size), np.empty(x.size), np.empty(x.size)
    for report in (force_mean, force_max, sum_mean, overlap):
        report[:] = 0.0
    for i in range(x.size):
        wall_mean[i, : n_walls[i]] = 0.0
    drive_x, drive_y = np.empty(x.size), np.empty(x.size)
    close, n_close = np.empty_like(pairs), np.empty_like(n_pairs)
    hold = max(round(HOLD / h), 1)
    for step in range(steps):
        if step % hold == 0:
            drives(
                *state, wished_x, wished_y, press_x, press_y, lean, radius, mass, pairs, n_pairs, near_walls, n_walls,
                walls, before, after, hold * h, c, drive_x, drive_y, close, n_close,
            )  # fmt: skip
            walk_on(
                *state, wished_x, wished_y, press_x, press_y, drive_x, drive_y, mass, n_close, n_walls, h,
                min(hold, steps - step), c, *after_it, held,
            )  # fmt: skip
        substep(
            *state, wished_x, wished_y, press_x, press_y, drive_x, drive_y, radius, mass, slope_x, slope_y, close,
            n_close, near_walls, n_walls, walls, before, after, h, steps, c, *after_it, force_mean, force_max, sum_mean,
            wall_mean, overlap, held,
        )  # fmt: skip
        state, after_it = after_it, state
    if steps % 2:
        x[:], y[:], vx[:], vy[:] = state


@nb.njit(cache=True, error_model="numpy")
def add_wall_loads(x, y, near_walls, n_walls, wall_mean, walls, first_bin, bins, loads):
    """Normal force on each piece of wall: every wall is cut into `bins` equal pieces from `first_bin` on.

    Args:
        x, y: (n,) [m]. near_walls, n_walls, wall_mean: contacts of this tick. first_bin, bins: (w,).
        loads: (b,) [N], added to.
    """
    for i in range(x.size):
        for p in range(n_walls[i]):
            if wall_mean[i, p] > 0.0:
                k = near_walls[i, p]
                share = min(max(along(walls[k], x[i], y[i]), 0.0), 1.0)
                loads[first_bin[k] + min(int(share * bins[k]), bins[k] - 1)] += wall_mean[i, p]
