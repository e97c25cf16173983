"""Groups: those who belong together walk no faster than lets the others keep up.

Whoever is ahead of the last of the group slows down to the pace of the slowest and below it. Only the speed is
lowered, never the direction, and never to zero: whoever would walk alone walks in a group too, so nobody waits for
ever, at a door or in a jam. Not here: that a group takes one exit (`crowd.movement.exits`), where its people appear
(`crowd.movement.arrivals`).
"""

from __future__ import annotations

import numpy as np

from crowd.parameters import Cohesion
from crowd.population import Population, Status

#: Apart from each other by more than any way, so that those of another group are never within reach [m].
_APART = 1e6


def shares_of_speed(people: Population, rows: np.ndarray, way_left: np.ndarray, c: Cohesion) -> np.ndarray:
    """Share of their own speed at which people walk so that their groups keep together: (n,), 1 for who is alone.

    With the lead over the last of the group (who walks to the same place and is no farther behind than `reach`), in
    metres of way, the speed falls from the own one at 0 to that of the slowest at `spread` for each of those behind,
    and on to `pace` of it at `wait` more.

    Args:
        rows: (n,) people present. way_left: (n,) their way left [m].
    """
    share = np.ones(rows.size)
    walking = (people.social_group[rows] >= 0) & (people.status[rows] == Status.WALKING) & np.isfinite(way_left)
    who = np.flatnonzero(walking)
    if who.size == 0:
        return share
    group, destination = people.social_group[rows[who]], people.destination[rows[who]]
    order = np.lexsort((way_left[who], destination, group))
    who, left = who[order], way_left[who][order]
    new = np.diff(group[order], prepend=-1).astype(bool) | np.diff(destination[order], prepend=-1).astype(bool)
    number, own = np.cumsum(new) - 1, people.speed[rows[who]]
    place = number * _APART + left
    last = np.searchsorted(place, place + c.reach, side="right") - 1
    lead, behind = left[last] - left, last - np.arange(who.size)
    slowest = np.minimum.reduceat(own, np.flatnonzero(new))[number]
    together, apart = c.spread * behind, c.spread * behind + c.wait
    closing = np.clip(lead / np.maximum(together, 1e-9), 0.0, 1.0)
    waiting = np.clip((lead - together) / (apart - together), 0.0, 1.0)
    speed = (own + (slowest - own) * closing) * (1.0 - (1.0 - c.pace) * waiting)
    share[who] = np.where(behind > 0, speed / own, 1.0)
    return share
