"""Groups: those who belong together go no faster than those behind get on, so that they stay together.

Whoever is ahead of the last of the group slows down to the pace that one makes, and below it. Three things bound that:
nobody holds up strangers who follow closely, so a door passes families at the rate of people who are alone; once one of
the group is out, the others follow and wait no longer; and nobody stands still for ever. Only the speed is lowered,
never the direction. Not here: that a group takes one exit (`crowd.movement.exits`), where its people appear
(`crowd.movement.arrivals`).
"""

from __future__ import annotations

import numpy as np
from scipy.spatial import KDTree

from crowd.parameters import Cohesion
from crowd.population import Population, Status

#: Apart from each other by more than any way, so that those of another group or level are never within reach [m].
_APART = 1e6


def shares_of_speed(people: Population, rows: np.ndarray, way_left: np.ndarray, c: Cohesion) -> np.ndarray:
    """Share of their own speed at which people walk so that their groups keep together: (n,), 1 for who is alone.

    With the lead over the last of the group (who walks to the same place and is no farther behind than `reach`), in
    metres of way, the speed falls from the own one at 0 to the pace of the last at `spread` for each of those behind,
    and on to `pace` of the slowest's at `wait` more. It stays at that of strangers who follow within `follow`.

    Args:
        rows: (n,) people present. way_left: (n,) their way left [m].
    """
    share = np.ones(rows.size)
    if (people.social_group < 0).all():
        return share
    out = people.social_group[people.status == Status.LEFT]
    together = (people.social_group[rows] >= 0) & ~np.isin(people.social_group[rows], out)
    who = np.flatnonzero(together & (people.status[rows] == Status.WALKING) & np.isfinite(way_left))
    if who.size == 0:
        return share
    who = who[np.lexsort((way_left[who], people.destination[rows[who]], people.social_group[rows[who]]))]
    last, slowest = _last_and_slowest(people, rows[who], way_left[who], c.reach)
    lead, behind = way_left[who[last]] - way_left[who], last - np.arange(who.size)
    own, lowest = people.speed[rows[who]], c.pace * slowest
    pace = np.hypot(people.vx[rows[who]], people.vy[rows[who]])[last]
    pace = np.clip(pace, lowest, slowest)
    closing = np.clip(lead / np.maximum(c.spread * behind, 1e-9), 0.0, 1.0)
    waiting = np.clip((lead - c.spread * behind) / c.wait, 0.0, 1.0)
    speed = own + (pace - own) * closing + (lowest - pace) * waiting
    ahead = np.flatnonzero(behind > 0)
    held_up = _fastest_follower(people, rows, way_left, who[ahead], c.follow)
    share[who[ahead]] = np.minimum(np.maximum(speed[ahead], held_up) / own[ahead], 1.0)
    return share


def _last_and_slowest(
    people: Population, rows: np.ndarray, left: np.ndarray, reach: float
) -> tuple[np.ndarray, np.ndarray]:
    """Index of the last within reach, and the lowest free speed of those who walk together: (n,), (n,) [m/s].

    Args:
        rows: (n,) people by group, destination and way left. left: (n,) their way left [m].
    """
    group, destination = people.social_group[rows], people.destination[rows]
    new = np.diff(group, prepend=-1).astype(bool) | np.diff(destination, prepend=-1).astype(bool)
    number = np.cumsum(new) - 1
    place = number * _APART + left
    last = np.searchsorted(place, place + reach, side="right") - 1
    return last, np.minimum.reduceat(people.speed[rows], np.flatnonzero(new))[number]


def _fastest_follower(
    people: Population, rows: np.ndarray, way_left: np.ndarray, who: np.ndarray, near: float
) -> np.ndarray:
    """Highest free speed of the strangers close behind each, on their way to the same place: (k,) [m/s], 0 if none.

    Args:
        rows: (n,) people present. way_left: (n,) [m]. who: (k,) indices into them. near: how close they are [m].
    """
    places = np.column_stack((people.x[rows], people.y[rows], people.level[rows] * _APART))
    pairs = KDTree(places[who]).sparse_distance_matrix(KDTree(places), near, output_type="ndarray")
    i, other = pairs["i"], pairs["j"]
    me, them = rows[who[i]], rows[other]
    follows = (people.destination[me] == people.destination[them]) & (way_left[other] > way_left[who[i]])
    follows &= (people.social_group[me] != people.social_group[them]) & (people.status[them] == Status.WALKING)
    fastest = np.zeros(who.size)
    np.maximum.at(fastest, i[follows], people.speed[them[follows]])
    return fastest
