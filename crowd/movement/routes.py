"""The ways of the moment: a march for each destination under the present gates, and without any measure.

Kinds of march: passable (closed gates shut), as if open (where people queue in front of a closed gate), keeping
right (for those who comply), free (the venue without measures, the yardstick for detours and delays). Past the gates
as they are, people go round the crowd: all of them round the one they see, those who are informed round any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import shapely
from numba import get_num_threads

from crowd.interventions import KeepRight
from crowd.kernels.rows import entries, pick
from crowd.movement.charts import Charts
from crowd.movement.congestion import Congestion
from crowd.movement.detour import Detour, Seen
from crowd.movement.free_time import FreeTimes
from crowd.movement.gates import Gates
from crowd.movement.itineraries import Itineraries
from crowd.movement.march import March
from crowd.movement.tiles import Sheet
from crowd.movement.wayfinding import SIDE_BY_SIDE, KeepRightZone, Ways
from crowd.parameters import Parameters
from crowd.population import Population, Status
from venues import Venue

#: How far beside a gate its sides are looked at [m]: nearer where there is no floor that far, as before a stair.
_DEPTHS = (0.5, 0.25)
#: What people read off stands for cells whose centres are less far from them than this [cells]: at most those around
#: their own, 1.5 cells off along both axes, 1.5 sqrt(2) = 2.12; the rest is for rounding.
_READ_OFF = 2.2
_NO_CELLS = np.empty(0, np.int64)


class Ground(NamedTuple):
    """What the ground under each person does.

    Attributes:
        speed: (n,) walking speed on it [m/s]. headway: (n,) time kept to whoever is ahead, longer on steps [s].
        belt: (n, 2) velocity at which it carries them, 0 where they walk [m/s]; None: nobody is carried.
        slope: (n,) angle [deg], 0 on steps, and (n, 2) unit vector uphill; None: all is level.
    """

    speed: np.ndarray
    headway: np.ndarray
    belt: np.ndarray | None
    slope: tuple[np.ndarray, np.ndarray] | None


class Routes:
    """The ways to all destinations of all journeys.

    Args:
        venue: the place. itineraries: the destinations. sources: names of the source zones. parameters: all constants.
        gates: before any measure.

    Attributes:
        free_times: how long journeys take if nobody is in the way and no measure in force.
    """

    def __init__(
        self, venue: Venue, itineraries: Itineraries, sources: Sequence[str], parameters: Parameters, gates: Gates
    ) -> None:
        self.venue = venue
        self.sources = sources
        self.itineraries = itineraries
        self.ways = Ways(venue, parameters.wayfinding)
        journeys = [k for k, journey in enumerate(itineraries.journeys) if journey.informed > 0.0]
        self._informed_to = np.isin(np.arange(len(itineraries.destinations)), itineraries.destinations_of(journeys))
        self._sought = np.zeros(len(itineraries.destinations), bool)
        self.congestion = Congestion(self.ways, parameters.congestion, tick=parameters.steering.tick)
        self._free_moves = self.ways.with_passages(gates.passages(as_if_open=True))
        self._free = self._marches(self._free_moves)
        places = [np.column_stack(self.ways.cells.centres(march.targets)) for march in self._free]
        self._hulls = [shapely.convex_hull(shapely.multipoints(place)) for place in places]
        self.free_times = FreeTimes(self.ways, itineraries, self._free, parameters.wayfinding.typical_speed)
        self.refresh(gates, ())

    def _marches(self, moves: Sheet, keep_right: tuple[KeepRightZone, ...] = ()) -> list[March]:
        """Ways to all destinations: without steps for step-free journeys; all who climb leave lifts to others."""
        ways, step_free = self.ways, self.itineraries.step_free
        stepless = ways.without_steps(moves) if step_free.any() else moves

        def march(zones: Sequence[str], free: bool) -> March:
            return ways.march(zones, stepless if free else moves, keep_right, liking=self._liking(free))

        with ThreadPoolExecutor(get_num_threads()) as threads:
            return list(threads.map(march, self.itineraries.destinations, step_free))

    def _liking(self, step_free: bool) -> Sheet | None:
        return None if step_free else self.ways.liking

    def refresh(self, gates: Gates, rules: Sequence[KeepRight]) -> None:
        """Begin the ways again after a gate or a rule changed; `rules`: all in force."""
        self._keep_right = tuple(self._keep_right_zone(rule) for rule in rules)
        moves = self.ways.with_passages(gates.passages())
        passable = self._free if moves.same(self._free_moves) else self._marches(moves)
        as_if_open = passable
        if not gates.is_open.all():
            as_if_open = self._marches(self.ways.with_passages(gates.passages(as_if_open=True)))
        right = self._marches(moves, self._keep_right) if self._keep_right else passable
        self._passable, self._as_if_open = passable, as_if_open
        self._chart((passable, as_if_open, right, self._free))
        self._reachable: dict[tuple[int, int], bool] = {}

    def lengths_to(self, d: int, cells: np.ndarray) -> np.ndarray:
        """Ways from cells to a destination: (n,) [m].

        Past the gates as they are; behind a closed gate, if there is no other way, as if it were open: people walk up
        to it.
        """
        lengths = self._passable[d].ways_at(cells)
        shut = np.isinf(lengths)
        if shut.any():
            lengths[shut] = self._as_if_open[d].ways_at(cells[shut])
        return lengths

    def _chart(self, kinds: Sequence[list[March]]) -> None:
        """Make one field of each march: `_fields` (kinds, destinations) says which is where.

        Behind them come those of people who go round crowds: `_round` (2, destinations), of those who see some and of
        those who know all.
        """
        marches = list({id(march): march for kind in kinds for march in kind}.values())
        place = {id(march): k for k, march in enumerate(marches)}
        self._fields = np.array([[place[id(march)] for march in kind] for kind in kinds])
        told = np.flatnonzero(self._informed_to)
        self._round = np.tile(len(marches) + np.arange(len(self._passable)), (2, 1))
        self._round[1, told] = len(marches) + len(self._passable) + np.arange(told.size)
        rounds = [None] * (len(self._passable) + told.size)
        self._charts = Charts(self.ways.cells, self.ways.shift, [*marches, *rounds])
        self._go_round()

    def _go_round(self) -> None:
        """Lead people round the crowd as it was last looked at."""
        congestion, shift, across = self.congestion, self.ways.shift, self.ways.cells.across
        crowd, nobody = (Seen(cells, shift, across) for cells in (congestion.seen(), _NO_CELLS))
        for d, march in enumerate(self._passable):
            seen = crowd if self._sought[d] else nobody
            liking = self._liking(self.itineraries.step_free[d])
            progress = congestion.progress_at(seen.cells)
            if liking is not None:
                progress = progress * liking[seen.cells]
            detour = Detour(self.ways, march, seen, progress, climb=congestion.constants.climb)
            self._charts.lay_over(self._round[0, d], detour)
            if not self._informed_to[d]:
                continue
            if seen.cells.size == 0:  # the crowd is gone, and so is what they did about it
                self._charts.lay_over(self._round[1, d], detour)
            else:
                slow = congestion.crowded()
                told = self.ways.look_at_all(march, slow, congestion.progress_at(slow), liking=liking)
                self._charts.follow(self._round[1, d], told)

    def look_round(self, people: Population, rows: np.ndarray, tick: int) -> bool:
        """Let people look where it is crowded, if it is time: rows (n,) present, index of the tick."""
        if not self.congestion.due(tick):
            return False
        walking = rows[people.status[rows] == Status.WALKING]
        ex, ey, _ = self.sample(people, walking)
        ground = self.ground_at(people, walking, ex, ey)
        who = slice(None) if ground.belt is None else ~ground.belt.any(axis=1)
        p, mine = people, walking[who]
        share = np.hypot(p.vx[mine], p.vy[mine]) / ground.speed[who]
        self.congestion.observe(p.x[mine], p.y[mine], p.level[mine], share)
        self._sought = np.bincount(p.destination[mine], minlength=self._sought.size) > 0
        self._go_round()
        return True

    def state(self) -> dict[str, np.ndarray]:
        """What changes during a run besides the gates."""
        return self.congestion.state() | {"sought": self._sought}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Take over what `state` saved; the fields come with the next `refresh`."""
        self.congestion.restore(state)
        self._sought = np.array(state["sought"])

    def _keep_right_zone(self, rule: KeepRight) -> KeepRightZone:
        """The zone of a rule, with the line its right half is judged by."""
        zone = self.venue.zone(rule.zone)
        axis = self.venue.line(rule.axis).line if rule.axis else middle_line(zone.polygon)
        return KeepRightZone(self.venue.level_index(zone.level), zone.polygon, shapely.get_coordinates(axis))

    def _look_up(
        self, people: Population, rows: np.ndarray, field: np.ndarray, facing: np.ndarray | None = None
    ) -> tuple[np.ndarray, ...]:
        x, y = pick((people.x, people.y), rows)
        return self._charts.read(field, field if facing is None else facing, x, y, people.level[rows])

    def sample(self, people: Population, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Direction and way left of people: ex, ey (n,), way (n,) [m on the level, s at unit speed], inf: no way.

        Where only a closed gate is in the way, it leads to the gate; out of a pocket of floor that nothing leads on
        from, to the floor beside it.
        """
        to = people.destination[rows]
        field, facing = self._fields[0][to], self._my_round(people, rows)
        if self._keep_right:
            right = self._fields[2, to]
            field, facing = (np.where(people.complies[rows], right, other) for other in (field, facing))
        # They go round the crowd, but the way left is measured as if it were not there.
        ex, ey, way = self._look_up(people, rows, field, facing)
        shut = np.flatnonzero(np.isinf(way))
        if shut.size:
            ex[shut], ey[shut], way[shut] = self._look_up(people, rows[shut], self._fields[1, to[shut]])
        pocket = np.flatnonzero(np.isinf(way))
        if pocket.size:
            who = rows[pocket]
            place = people.x[who], people.y[who], people.level[who]
            ex[pocket], ey[pocket], way[pocket] = self._charts.read_beside(self._fields[1, to[pocket]], *place)
        return ex, ey, way

    def _my_round(self, people: Population, rows: np.ndarray) -> np.ndarray:
        """Which field leads each one round the crowd that they know of: (n,)."""
        facing: np.ndarray = entries(self._round, people.informed, people.destination, rows)
        return facing

    def ways_to(self, people: Population, rows: np.ndarray, destinations: np.ndarray) -> np.ndarray:
        """Ways of people to a destination each (n,) past the gates as they are: (n,), inf: none is open."""
        return self._look_up(people, rows, self._fields[0, destinations])[2]

    @property
    def sampled_as_open(self) -> bool:
        """Whether `sample` tells ways in the measure of `ways_to`: no gate is closed, no rule to keep right holds."""
        return self._as_if_open is self._passable and not self._keep_right

    def way_ahead(self, people: Population, rows: np.ndarray) -> np.ndarray:
        """Way left past the gates as they are, in the measure of `ways_to`: (n,), inf: none is open."""
        return self.ways_to(people, rows, people.destination[rows])

    def least_ways(self, people: Population, rows: np.ndarray, destinations: np.ndarray) -> np.ndarray:
        """What the ways of people to each of some destinations (k,) do not fall short of: (n, k) [m].

        On level floor that is the straight line. It holds for travel times on cells too: the upwind scheme is
        monotone, and the distance from a convex set is convex, so that its differences against the wind are no
        steeper than it is, and it solves the scheme from below. Where slopes, stairs or belts change the pace: 0.
        """
        if self.venue.slopes or self.venue.links:
            return np.zeros((rows.size, destinations.size))
        points = shapely.points(people.x[rows], people.y[rows])
        away = np.column_stack([shapely.distance(self._hulls[d], points) for d in destinations])
        # No way leads to a destination that covers no cell, and nothing is known of how far away it is.
        return np.maximum(np.where(np.isnan(away), np.inf, away) - _READ_OFF * self.ways.cells.cell, 0.0)

    def is_open(self, people: Population, rows: np.ndarray) -> np.ndarray:
        """Whether a way leads on without passing a closed gate or barrier: (n,) bool."""
        return np.isfinite(self.way_ahead(people, rows))

    def free(self, people: Population, rows: np.ndarray) -> np.ndarray:
        """Way left if there were no measures, in the same measure as `sample`: (n,)."""
        return self._look_up(people, rows, self._fields[3, people.destination[rows]])[2]

    def open_from(self, source: np.ndarray, destination: np.ndarray) -> np.ndarray:
        """Whether a way leads (at least to a closed gate) from sources to destinations: (n,) bool."""
        pairs, back = np.unique(np.column_stack((source, destination)), axis=0, return_inverse=True)
        return np.array([self._leads(int(s), int(d)) for s, d in pairs], bool)[back]

    def _leads(self, source: int, destination: int) -> bool:
        if (source, destination) not in self._reachable:
            march, name = self._as_if_open[destination], self.sources[source]
            places = (self.ways.middle_of, self.ways.zone_cells)  # the second is asked if the first says no
            leads = any(np.isfinite(march.times_at(cells(name))).any() for cells in places)
            self._reachable[source, destination] = leads
        return self._reachable[source, destination]

    def through(
        self, g: int | np.ndarray, gates: Gates, people: Population, rows: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Which way people would pass a gate where they stand before it: their way is shorter on that side.

        Args:
            g: the gate, or one for each (n,). rows: (n,).

        Returns:
            way: (n,) +1 forward, -1 backward, 0 neither. beyond: (n,) way left on the nearer side, in the measure of
            `sample`'s: as if no crowd were there.
        """
        destination = people.destination[rows]
        right, left, beyond = np.full((3, rows.size), np.inf)
        for depth in _DEPTHS:
            px, py = gates.sides(g, people.x[rows], people.y[rows], depth)
            cells = [self.ways.cells.keys(px[k], py[k], gates.level[g]) for k in (0, 1)]
            found = [self._time_at(people, rows, destination, keys) for keys in cells]
            both = np.isfinite(found[0]) & np.isfinite(found[1]) & ~(np.isfinite(right) & np.isfinite(left))
            right, left = np.where(both, found[0], right), np.where(both, found[1], left)
            free = np.minimum(*(self.times_to(destination, keys) for keys in cells))
            beyond = np.where(both, free, beyond)
        drop = np.subtract(right, left, out=np.zeros(rows.size), where=np.isfinite(right) & np.isfinite(left))
        way = np.where(np.abs(drop) > SIDE_BY_SIDE, np.sign(drop), 0.0)
        return way, beyond

    def _time_at(self, people: Population, rows: np.ndarray, destination: np.ndarray, keys: np.ndarray) -> np.ndarray:
        """Time left at cells by each one's own field, as `times_to`: (n,)."""
        around = self._charts.times_at(self._my_round(people, rows), keys)
        return np.where(np.isfinite(around), around, self.times_to(destination, keys))

    def way_from(self, x: float, y: float, plane: int, destination: np.ndarray) -> np.ndarray:
        """Way left from one place to each of some destinations (n,), as in `sample`: (n,)."""
        key = self.ways.cells.keys(np.array([x]), np.array([y]), plane)
        return self.times_to(destination, key.repeat(destination.size))

    def times_to(self, destination: np.ndarray, cells: np.ndarray) -> np.ndarray:
        """Travel times from cells (n,) to destinations (n,): (n,) [s at unit speed], as `lengths_to`."""
        times = self._charts.times_at(self._fields[0, destination], cells)
        shut = np.flatnonzero(np.isinf(times))
        if shut.size:
            times[shut] = self._charts.times_at(self._fields[1, destination[shut]], cells[shut])
        return times

    def ground_at(self, people: Population, rows: np.ndarray, ex: np.ndarray, ey: np.ndarray) -> Ground:
        """What the ground does to people who walk along ex, ey (n,)."""
        ways, headway = self.ways, people.headway[rows]
        if not (self.venue.slopes or self.venue.links):
            return Ground(people.speed[rows], headway, None, None)
        keys, heading = ways.cells.keys(people.x[rows], people.y[rows], people.level[rows]), np.column_stack((ex, ey))
        speed, belt = people.speed[rows] * ways.pace(keys, heading), None
        if self.venue.links:
            belt = ways.links.belt_at(keys)
            climb = (heading * ways.uphill[keys]).sum(axis=1)
            own = ways.links.own_speed(keys, climb, people.stairs_up[rows], people.stairs_down[rows])
            speed = np.where(np.isnan(own), speed, own)
            c = ways.constants
            headway /= ways.links.flow(keys, climb, up=c.stairs_up_flow, down=c.stairs_down_flow)
        angle = ways.grade[keys]
        return Ground(speed, headway, belt, (angle, ways.uphill[keys]) if angle.any() else None)


def middle_line(polygon: shapely.Geometry) -> shapely.LineString:
    """The long middle line of the rectangle around a polygon."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(polygon))[:4]
    sides = np.hypot(*(corners - np.roll(corners, -1, axis=0)).T)
    k = 1 if sides[0] > sides[1] else 0
    ends = [(corners[k + a] + corners[(k + a + 1) % 4]) / 2 for a in (0, 2)]
    return shapely.LineString(ends)
