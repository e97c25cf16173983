"""Who crossed which line in a tick, and which way."""

import numba as nb
import numpy as np


@nb.njit(cache=True)
def line_crossings(x0, y0, x1, y1, level, lines, line_level):
    """Crossings of lines by people who moved from (x0, y0) to (x1, y1).

    Forward is from the right to the left of a line as walked from its first to its second point. A step that ends on
    a line has crossed it; one that starts there has not.

    Args:
        x0, y0, x1, y1: (n,) [m]. level: (n,). lines: (l, 4) [m]. line_level: (l,).

    Returns:
        (n, l) int8: 1 forward, -1 backward, 0 none.
    """
    out = np.zeros((x0.size, lines.shape[0]), np.int8)
    for k in range(lines.shape[0]):
        ax, ay, bx, by = lines[k]
        dx = bx - ax
        dy = by - ay
        for i in range(x0.size):
            if level[i] != line_level[k]:
                continue
            before = dx * (y0[i] - ay) - dy * (x0[i] - ax)
            after = dx * (y1[i] - ay) - dy * (x1[i] - ax)
            if (before < 0.0) == (after < 0.0):
                continue
            share = before / (before - after)
            px = x0[i] + share * (x1[i] - x0[i])
            py = y0[i] + share * (y1[i] - y0[i])
            along = (px - ax) * dx + (py - ay) * dy
            if 0.0 <= along <= dx * dx + dy * dy:
                out[i, k] = 1 if after >= 0.0 else -1
    return out
