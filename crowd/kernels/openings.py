"""Openings between planes: where people step from a level onto a stair, and how those on both sides meet.

A plan position means the same on every plane. People near an opening are known on both planes (as "images"), so that
the search for neighbours, which looks at one plane only, finds them; who crosses the opening changes plane, not place.
An opening is a line with the link's strip on its left and the level's floor on its right.
"""

import math

import numba as nb
import numpy as np

from crowd.kernels.contact import keep_inside

#: A path that bends round a post of the opening may seem to pass beside it by this much [m].
_SLACK = 0.15
#: Whoever passes an opening is taken to pass this far from its posts [m]: more than walls keep a centre away.
_POST = 0.04


@nb.njit(cache=True, inline="always")
def _distance2(line, px, py):
    """Squared distance of a point from a line segment [m2]."""
    dx = line[2] - line[0]
    dy = line[3] - line[1]
    t = ((px - line[0]) * dx + (py - line[1]) * dy) / (dx * dx + dy * dy)
    t = min(max(t, 0.0), 1.0)
    return (line[0] + t * dx - px) ** 2 + (line[1] + t * dy - py) ** 2


@nb.njit(cache=True, inline="always")
def _offset(line, px, py):
    """Signed distance of a point from the line of an opening [m], positive on the link's side."""
    dx = line[2] - line[0]
    dy = line[3] - line[1]
    return (dx * (py - line[1]) - dy * (px - line[0])) / math.sqrt(dx * dx + dy * dy)


@nb.njit(cache=True, error_model="numpy")
def images(x, y, level, lines, line_level, line_plane, reach):
    """People within `reach` before an opening, and the plane on the other side of it, each pair once.

    Args:
        x, y: (n,) [m]. level: (n,) plane of each. lines: (o, 4) openings [m]. line_level, line_plane: (o,). reach: [m].

    Returns:
        who: (g,) int64, ascending. plane: (g,) int64.
    """
    room = 64
    who = np.empty(room, np.int64)
    plane = np.empty(room, np.int64)
    found = 0
    for i in range(x.size):
        first = found
        for k in range(lines.shape[0]):
            if level[i] == line_level[k]:
                other = line_plane[k]
            elif level[i] == line_plane[k]:
                other = line_level[k]
            else:
                continue
            if _distance2(lines[k], x[i], y[i]) >= reach * reach:
                continue
            offset = _offset(lines[k], x[i], y[i])
            if (offset > 0.0 and level[i] == line_level[k]) or (offset < 0.0 and level[i] == line_plane[k]):
                continue
            known = False
            for m in range(first, found):
                known = known or plane[m] == other
            if known:
                continue
            if found == room:
                who = np.concatenate((who, np.empty(room, np.int64)))
                plane = np.concatenate((plane, np.empty(room, np.int64)))
                room *= 2
            who[found] = i
            plane[found] = other
            found += 1
    return who[:found], plane[:found]


@nb.njit(cache=True, parallel=True, error_model="numpy")
def part_by_planes(x, y, level, pairs, n_pairs, lines, line_level, line_plane):
    """Take people on another plane off each other's lists, in place, unless they meet through an opening.

    Args:
        x, y: (n,) [m]. level: (n,). pairs, n_pairs: lists of people. lines, line_level, line_plane: the openings.
    """
    for i in nb.prange(x.size):
        kept = 0
        for p in range(n_pairs[i]):
            j = pairs[i, p]
            meet = level[i] == level[j]
            for k in range(lines.shape[0]):
                if meet:
                    break
                outer = level[i] == line_level[k] and level[j] == line_plane[k]
                inner = level[j] == line_level[k] and level[i] == line_plane[k]
                if not (outer or inner):
                    continue
                here = _offset(lines[k], x[i], y[i])
                there = _offset(lines[k], x[j], y[j])
                if (outer and not here <= 0.0 <= there) or (inner and not there <= 0.0 <= here):
                    continue
                share = here / (here - there) if here != there else 0.5
                px = x[i] + share * (x[j] - x[i])
                py = y[i] + share * (y[j] - y[i])
                meet = _distance2(lines[k], px, py) < _SLACK * _SLACK
            if meet:
                pairs[i, kept] = j
                kept += 1
        n_pairs[i] = kept


@nb.njit(cache=True, error_model="numpy")
def change_planes(
    x0, y0, x, y, vx, vy, level, lines, line_level, line_plane, walls, wall_gate, starts, items, gx, gy, cell, nx, ny
):
    """Take those to the other plane who crossed an opening in this tick; the walls there hold them, in place.

    Args:
        x0, y0: (n,) positions before the tick [m]. x, y, vx, vy: (n,) after it, updated. level: (n,), updated.
        lines, line_level, line_plane: the openings. walls, wall_gate, starts, items: walls, and those near each cell.
        gx, gy, cell, nx, ny: the grid.

    Returns:
        (n,) int32: 1 where a wall on the new plane held the centre.
    """
    held = np.zeros(x.size, np.int32)
    near = np.empty(items.size, np.int64)
    for i in range(x.size):
        for k in range(lines.shape[0]):
            onto = level[i] == line_level[k]
            if not onto and level[i] != line_plane[k]:
                continue
            dx = lines[k, 2] - lines[k, 0]
            dy = lines[k, 3] - lines[k, 1]
            length = math.sqrt(dx * dx + dy * dy)
            before = (dx * (y0[i] - lines[k, 1]) - dy * (x0[i] - lines[k, 0])) / length
            after = (dx * (y[i] - lines[k, 1]) - dy * (x[i] - lines[k, 0])) / length
            if (onto and not (before <= 0.0 < after)) or (not onto and not (after <= 0.0 < before)):
                continue
            share = before / (before - after)
            px = x0[i] + share * (x[i] - x0[i])
            py = y0[i] + share * (y[i] - y0[i])
            along = ((px - lines[k, 0]) * dx + (py - lines[k, 1]) * dy) / length
            end = ((x[i] - lines[k, 0]) * dx + (y[i] - lines[k, 1]) * dy) / length
            through = 0.0 <= along <= length
            if not through and not (-_SLACK < along < length + _SLACK and (not onto or 0.0 <= end <= length)):
                continue
            level[i] = line_plane[k] if onto else line_level[k]
            along = min(max(along, min(_POST, 0.5 * length)), max(length - _POST, 0.5 * length))
            px = lines[k, 0] + along * dx / length
            py = lines[k, 1] + along * dy / length
            ix = min(max(int((x[i] - gx) / cell), 0), nx - 1)
            iy = min(max(int((y[i] - gy) / cell), 0), ny - 1)
            key = (level[i] * ny + iy) * nx + ix
            count = 0
            for m in range(starts[key], starts[key + 1]):
                if wall_gate[items[m]] < 0:
                    near[count] = items[m]
                    count += 1
            x[i], y[i], vx[i], vy[i], stopped = keep_inside(px, py, x[i], y[i], vx[i], vy[i], walls, near, count)
            held[i] = 1 if stopped else 0
            break
    return held
