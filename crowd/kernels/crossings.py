"""Who crossed which line, and which way; jostling on a line is no crossing."""

import math

import numba as nb
import numpy as np


@nb.njit(cache=True, error_model="numpy")
def line_crossings(x, y, level, rows, lines, line_level, clear, sides):
    """Crossings of lines since people were last clear of them.

    Forward is from the right to the left of a line as walked from its first to its second point. A person has crossed
    when they stand `clear` metres beyond the line after having stood so on its other side, all the time beside it:
    who walks round its end has not.

    Args:
        x, y: (n,) positions [m]. level: (n,). rows: (n,) their rows in `sides`. lines: (l, 4) [m]. line_level: (l,).
        clear: [m]. sides: (people, l) int8, side on which each person was last clear of each line (1 left, -1 right,
            0 not beside it), updated.

    Returns:
        (l, 2) int64 crossings forward and backward.
    """
    counts = np.zeros((lines.shape[0], 2), np.int64)
    for k in range(lines.shape[0]):
        ax, ay, bx, by = lines[k]
        dx = bx - ax
        dy = by - ay
        length = math.hypot(dx, dy)
        for i in range(x.size):
            row = rows[i]
            along = ((x[i] - ax) * dx + (y[i] - ay) * dy) / length
            if level[i] != line_level[k] or along < 0.0 or along > length:
                sides[row, k] = 0
                continue
            offset = (dx * (y[i] - ay) - dy * (x[i] - ax)) / length
            if abs(offset) <= clear:
                continue
            side = 1 if offset > 0.0 else -1
            if sides[row, k] == -side:
                counts[k, 0 if side > 0 else 1] += 1
            sides[row, k] = side
    return counts
