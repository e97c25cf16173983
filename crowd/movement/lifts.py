"""Lifts: cabins that stand at one level, then at the other, by a timetable, and the doors between.

A cabin is the strip of its link. Each cycle the first door is open for 30 %, the ride takes 20 %, then the second door
is open for 30 % and the way back takes 20 % (assumed). Doors are lines that only those pass who have leave
(`gate_pass`): whoever is aboard and wants out, then as many from outside as there is room for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from crowd.movement.floor import ClosedLine
from crowd.movement.gates import CLEAR
from crowd.movement.routes import Routes
from crowd.population import Population
from venues import Opening, Strip, Venue

#: Share of the cycle in which a door is open, and when in the cycle that begins, for both doors (assumed).
_OPEN, _BEGIN = 0.3, (0.0, 0.5)
#: People a square metre of cabin holds where the venue does not say [1/m2] (assumed).
_PER_AREA = 4.0
#: Who wants to ride is asked in this far from the door [m], and how far inside their way is looked at [m] (assumed).
_REACH, _INSIDE = 3.5, 0.3
#: Who waits keeps this far from the door and this far off the way straight out of it, for those who come out, and
#: stands within so much more [m] (assumed).
_CLEARANCE, _LANE, _QUEUE = 1.0, 0.9, 0.8
_STAND = _CLEARANCE + _LANE + _QUEUE


@dataclass(frozen=True)
class _Door:
    """One door: its number as a gate, the cabin, the level it opens to, and which of the two it is."""

    gate: int
    strip: Strip
    opening: Opening
    level: int
    plane: int
    side: int

    @property
    def ends(self) -> tuple[float, float, float, float]:
        (ax, ay), (bx, by) = self.opening.line
        return float(ax), float(ay), float(bx), float(by)

    @property
    def outward(self) -> tuple[float, float]:
        """Unit vector straight out of the cabin."""
        ax, ay, bx, by = self.ends
        length = np.hypot(bx - ax, by - ay)
        return (by - ay) / length, -(bx - ax) / length

    def distance(self, people: Population, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Distance from the door and depth inside the cabin, negative outside: (n,), (n,) [m]."""
        (ax, ay), (bx, by) = self.opening.line
        x, y = people.x[rows] - ax, people.y[rows] - ay
        length = np.hypot(bx - ax, by - ay)
        ux, uy = (bx - ax) / length, (by - ay) / length
        along, depth = x * ux + y * uy, ux * y - uy * x
        return np.hypot(np.maximum(np.maximum(-along, along - length), 0.0), depth), depth


class Lifts:
    """The lifts of a venue; nothing of their state but people's leave to pass outlives a tick.

    Args:
        venue: the place. first_gate: the number that the first door gets; doors count on from the gates.

    Attributes:
        level: (d,) level of each door. ends: (d, 4) [m].
    """

    def __init__(self, venue: Venue, *, first_gate: int) -> None:
        strips = {strip.link.name: strip for strip in venue.strips if strip.link.kind == "lift"}
        ends = [opening for opening in venue.openings if opening.link in strips]
        self.doors = [
            _Door(first_gate + k, strips[o.link], o, venue.level_index(o.level), venue.level_index(o.plane), k % 2)
            for k, o in enumerate(ends)
        ]
        self.level = np.array([door.level for door in self.doors], np.int64)
        self.ends = np.array([door.ends for door in self.doors], float).reshape(-1, 4)

    def closed_lines(self) -> list[ClosedLine]:
        """The doors, walls on both planes for everyone without leave."""
        return [ClosedLine(door.gate, plane, door.ends) for door in self.doors for plane in (door.level, door.plane)]

    def serve(
        self, people: Population, rows: np.ndarray, ex: np.ndarray, ey: np.ndarray, *, routes: Routes,
        way_left: np.ndarray, time: float,
    ) -> None:  # fmt: skip
        """Let people off and on at the doors that are open now, and keep the others clear of the doors.

        Args:
            rows: (n,) rows present. ex, ey: (n,) their directions, changed for those who wait for a lift.
            way_left: (n,) their way left. time: [s].
        """
        for door in self.doors:
            open_now = _is_open(door, time)
            wants_in = self._wants_in(door, people, rows, routes, way_left)
            aboard = self._aboard(door, people, rows)
            out = aboard[_wants_out(door, people, aboard, routes)]
            coming = _coming_out(door, people, rows, wants_in)
            wanting = np.concatenate((rows[wants_in], rows[coming], out))
            self._end_leave(door, people, rows, wanting=wanting, open_now=open_now)
            if open_now:
                # Who still stands in the other doorway keeps the leave to be there.
                people.gate_pass[out[people.gate_pass[out] < 0]] = door.gate
            if open_now and out.size == 0:
                self._let_on(door, people, rows, wants_in, way_left, aboard=aboard.size)
            waiting = wants_in[people.gate_pass[rows[wants_in]] != door.gate]
            ex[waiting], ey[waiting] = _keep_clear(door, people, rows[waiting], ex[waiting], ey[waiting])
            ex[coming], ey[coming] = door.outward

    def _wants_in(
        self, door: _Door, people: Population, rows: np.ndarray, routes: Routes, way_left: np.ndarray
    ) -> np.ndarray:
        """Who stands before a door and has a shorter way from inside the cabin: index into rows."""
        outside = np.flatnonzero(people.level[rows] == door.level)
        distance, depth = door.distance(people, rows[outside])
        near = outside[(distance < _REACH) & (depth <= 0.0)]
        inside = routes.way_from(*_inner(door), door.plane, people.destination[rows[near]])
        return near[inside < way_left[near] - 1e-9]

    def _aboard(self, door: _Door, people: Population, rows: np.ndarray) -> np.ndarray:
        near = rows[people.level[rows] == door.plane]
        return near[shapely.dwithin(door.strip.polygon, shapely.points(people.x[near], people.y[near]), 0.1)]

    def _end_leave(
        self, door: _Door, people: Population, rows: np.ndarray, *, wanting: np.ndarray, open_now: bool
    ) -> None:
        """Leave ends for those who do not want to pass any more, and for all not in the doorway when it closes."""
        mine = rows[people.gate_pass[rows] == door.gate]
        distance, _ = door.distance(people, mine)
        clear = distance > people.radius[mine] + CLEAR
        over = ~np.isin(mine, wanting) if open_now else np.ones(mine.size, bool)
        people.gate_pass[mine[clear & over]] = -1

    def _let_on(
        self, door: _Door, people: Population, rows: np.ndarray, wants_in: np.ndarray, way_left: np.ndarray, *,
        aboard: int,
    ) -> None:  # fmt: skip
        """Give leave to those nearest their destination who wait before the door, as far as the cabin has room."""
        asked = np.count_nonzero(people.gate_pass[rows[wants_in]] == door.gate)
        room = max(_capacity(door.strip) - aboard - asked, 0)
        free = wants_in[people.gate_pass[rows[wants_in]] < 0]
        people.gate_pass[rows[free[np.lexsort((rows[free], way_left[free]))][:room]]] = door.gate


def _coming_out(door: _Door, people: Population, rows: np.ndarray, wants_in: np.ndarray) -> np.ndarray:
    """Who has come out to where others wait, and walks straight on in the lane left free: index into rows.

    Who turns off at once, round the corner of the cabin, meets those who wait there, and stays in the doorway.
    """
    if wants_in.size == 0:
        return np.empty(0, np.int64)
    outside = np.flatnonzero((people.gate_pass[rows] == door.gate) & (people.level[rows] == door.level))
    outside = np.setdiff1d(outside, wants_in)
    distance, depth = door.distance(people, rows[outside])
    return outside[(depth <= 0.0) & (distance < _STAND)]


def _keep_clear(
    door: _Door, people: Population, rows: np.ndarray, ex: np.ndarray, ey: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Directions of those who wait: aside from the way out, back from the door, else stand: ex, ey (n,)."""
    ax, ay, bx, by = door.ends
    length = np.hypot(bx - ax, by - ay)
    ux, uy = (bx - ax) / length, (by - ay) / length
    distance, _ = door.distance(people, rows)
    aside = (people.x[rows] - 0.5 * (ax + bx)) * ux + (people.y[rows] - 0.5 * (ay + by)) * uy
    side = np.where(aside < 0.0, -1.0, 1.0)
    in_lane, near = np.abs(aside) < _LANE, distance < _CLEARANCE
    stand = distance < _STAND
    return (
        np.where(in_lane, side * ux, np.where(near, uy, np.where(stand, 0.0, ex))),
        np.where(in_lane, side * uy, np.where(near, -ux, np.where(stand, 0.0, ey))),
    )


def _is_open(door: _Door, time: float) -> bool:
    cycle = door.strip.link.cycle
    assert cycle is not None, "a venue gives every lift its cycle"
    phase = (time / cycle - _BEGIN[door.side]) % 1.0
    return phase < _OPEN


def _capacity(strip: Strip) -> int:
    given = strip.link.capacity
    return max(int(_PER_AREA * strip.polygon.area), 1) if given is None else given


def _inner(door: _Door) -> tuple[float, float]:
    """A point just inside the door [m]."""
    (ax, ay), (bx, by) = door.opening.line
    length = np.hypot(bx - ax, by - ay)
    depth = min(_INSIDE, 0.5 * door.strip.going)
    return float((ax + bx) / 2 - depth * (by - ay) / length), float((ay + by) / 2 + depth * (bx - ax) / length)


def _wants_out(door: _Door, people: Population, aboard: np.ndarray, routes: Routes) -> np.ndarray:
    """Who of those aboard leaves by this door: their way leads out towards it. (n,) bool."""
    ex, ey, _ = routes.sample(people, aboard)
    (ax, ay), (bx, by) = door.opening.line
    # The cabin lies on the left of the opening, so out is along (by - ay, -(bx - ax)).
    return np.asarray(ex * (by - ay) - ey * (bx - ax) > 0.0)
