"""Choosing among the gates of a bank, one person after the other, and whether a gate's opening is in sight."""

import math

import numba as nb
import numpy as np

from crowd.kernels.walls import crosses


@nb.njit(cache=True, error_model="numpy")
def choose_in_turn(order, walk, beyond, speed, held, slot, gate, way, rate, effort, gain_share, gain_time):
    """Let people choose the gate with the least expected time, in order; each sees what those before have chosen.

    Expected time of gate k for person i: max(w / v, n / q) + effort w / v + b / v with the way w to the gate, the
    desired speed v, the way b beyond, and n people who have chosen k and are nearer to it; of these the gate serves q a
    second while the person walks. Who has a gate keeps it unless another one saves enough; but who is held up without
    having to wait there takes the best one, so that two who are in each other's way before two gates change over.

    Args:
        order: (c,) the turns, indices of choosers. walk: (c, k) w [m], inf where a gate is out of the question.
        beyond: (c, k) b, compared among the gates of a person only [m]. speed: (c,) v [m/s].
        held: (c,) bool, who is held up. slot: (c,) place of each chooser among the p people of the bank.
        gate: (p,) gates of these (-1 none), updated. way: (p,) their way to it [m], updated. rate: (k,) q [1/s].
        effort: [1]. gain_share [1], gain_time [s]: both must be saved by a change.
    """
    for i in order:
        mine = slot[i]
        best = math.inf
        now = math.inf
        chosen = -1
        nearest = math.inf
        no_wait = False
        for k in range(rate.size):
            if not math.isinf(walk[i, k]):
                nearest = min(nearest, beyond[i, k])
        for k in range(rate.size):
            if math.isinf(walk[i, k]):
                continue
            ahead = 0
            for j in range(gate.size):
                if gate[j] == k and j != mine and way[j] < walk[i, k]:
                    ahead += 1
            pace = walk[i, k] / speed[i]
            cost = max(pace, ahead / rate[k]) + effort * pace + (beyond[i, k] - nearest) / speed[i]
            if cost < best:
                best = cost
                chosen = k
            if k == gate[mine]:
                now = cost
                no_wait = ahead / rate[k] <= pace
        needed = 0.0 if held[i] and no_wait else max(gain_time, gain_share * now)
        if chosen >= 0 and (math.isinf(now) or now - best > needed):
            gate[mine] = chosen
            way[mine] = walk[i, chosen]


@nb.njit(cache=True, parallel=True, error_model="numpy")
def way_is_free(x, y, aim_x, aim_y, half, walls):
    """Whether no wall stands between people and the points they aim at, in the way of the middle or of a shoulder.

    Args:
        x, y, aim_x, aim_y: (n,) [m]. half: (n,) half the width that has to be free [m]. walls: (w, 4) [m].

    Returns:
        (n,) bool.
    """
    free = np.ones(x.size, np.bool_)
    for i in nb.prange(x.size):
        dx = aim_x[i] - x[i]
        dy = aim_y[i] - y[i]
        share = half[i] / max(math.hypot(dx, dy), 1e-9)
        for k in range(walls.shape[0]):
            if not free[i]:
                break
            for side in (-share, 0.0, share):
                sx = -dy * side
                sy = dx * side
                if crosses(walls[k], x[i] + sx, y[i] + sy, aim_x[i] + sx, aim_y[i] + sy):
                    free[i] = False
    return free
