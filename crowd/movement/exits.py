"""Choice among several exits: by the time it seems to take, by what one knows, by what others do.

Each sets off for what seems nearest, looks now and then whether another exit would save time, and changes only for a
gain; at once if the way to the exit closes. Groups choose as their first one present does. Not here: choice among
gates beside each other (`crowd.movement.banks`), how a way is found (`crowd.movement.routes`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely

from crowd.journeys import Journey, LeaveBy
from crowd.kernels import draws
from crowd.kernels.exit_choice import headings_in_sight
from crowd.kernels.walls import walls_near_cells
from crowd.movement.floor import Grid, Segments
from crowd.movement.gates import Gates
from crowd.movement.itineraries import Itineraries
from crowd.movement.routes import Routes
from crowd.parameters import Parameters
from crowd.population import Population, Status
from venues import Venue, Zone

#: A gate this near to an exit is its door [m] (assumed).
_DOOR = 1.0
#: The edge of an exit counts as a way in where the floor goes on for so far [m].
_EDGE = 0.05
#: An exit is at least as wide [m] (assumed: a body's width).
_NARROWEST = 0.5
#: So many who are held up make a queue; it is one at the exit if it is in this last share of the way (assumed).
_QUEUE, _END = 5, 0.5
#: Walls beside a door make the way through it seem longer, by less than this [m] (assumed).
_PAST_A_DOOR = 2.0
#: No exit is missed for the rounding of a number [s], nobody beyond the edge of a cell [m].
_SLACK, _MARGIN = 1e-6, 1e-3


class Crowd(NamedTuple):
    """Those who head for an exit: the ways left, ascending, of all (m,) and of those who are held up (h,) [m]."""

    ways: np.ndarray
    held: np.ndarray


class Look(NamedTuple):
    """What people know of exits when they compare them: (n, k) each.

    Attributes:
        way: [m], inf: none is open, or it was not looked at. least: the way, or what it is at least, if it was not
        looked at [m]. liking: what makes an exit seem farther to each [s].
    """

    way: np.ndarray
    least: np.ndarray
    liking: np.ndarray


class Exits:
    """All stages at which people choose among exits; holds no state of people.

    Args:
        venue: the place. itineraries: the stages. routes: the ways. gates: their state of the moment. parameters: all
        constants. seed: of the run.
    """

    def __init__(
        self,
        venue: Venue,
        itineraries: Itineraries,
        routes: Routes,
        gates: Gates,
        parameters: Parameters,
        *,
        seed: int,
    ) -> None:
        self.itineraries, self.routes, self.gates = itineraries, routes, gates
        self.constants, self.seed = parameters.choice, seed
        self._period = max(round(self.constants.look_again / parameters.steering.tick), 1)
        members = np.concatenate([*itineraries.choices.values(), np.empty(0, np.int16)])
        names = list(dict.fromkeys(itineraries.destinations[d][0] for d in members))
        self._zones = [venue.zone(name) for name in names]
        # The exit that each destination is, -1 for one that is none of those chosen among.
        single = [zones[0] if len(zones) == 1 else "" for zones in itineraries.destinations]
        self._exit_of = np.array([names.index(name) if name in names else -1 for name in single], np.int64)
        self._levels = np.array([venue.level_index(zone.level) for zone in self._zones], np.int64)
        self._widths = np.array([_clear_width(zone, venue) for zone in self._zones])
        self._doors = [_doors(zone, venue) for zone in self._zones]
        self._known = [_familiar(journey, names) for journey in itineraries.journeys]
        self._taste = np.array([draws.name_key(name) >> 1 for name in names], np.uint64)
        self._grid = Grid.over(venue, cell=self.constants.influence_range + _MARGIN)
        walls = Segments.of(venue)
        self._walls = walls.ends, *walls_near_cells(walls.ends, walls.level, *self._grid, self._grid.cell)
        self.refresh()

    def refresh(self) -> None:
        """Note what each exit seems to let through, after a gate changed."""
        c = self.constants
        self._rates = self._widths * c.specific_flow
        for k, doors in enumerate(self._doors):
            doors = doors[self.gates.is_open[doors]]
            if doors.size:
                widths = np.array([self.gates.venue.gates[g].clear_width for g in doors]) * c.specific_flow
                capacity = np.minimum(self.gates.capacity[doors], widths)
                self._rates[k] = min(self._rates[k], max(capacity.sum(), _NARROWEST * c.specific_flow))

    def choose(self, people: Population, rows: np.ndarray, left: np.ndarray, *, tick: int) -> np.ndarray:
        """Let those choose who have not, and those compare again whose turn it is.

        Args:
            rows: (n,) people present. left: (n,) way left of each, as `Routes.sample` has it. tick: index of the tick.

        Returns:
            (n,) bool: who heads for another place than before.
        """
        before = people.destination[rows]
        if self.itineraries.choices:
            if not self.routes.sampled_as_open:
                # Who stands before a closed gate makes no queue at the exit behind it.
                left = self.routes.way_ahead(people, rows)
            new = before == self.itineraries.stage_destination(people, rows)
            self._decide(people, rows, left, new | ((rows + tick) % self._period == 0))
        changed: np.ndarray = people.destination[rows] != before
        return changed

    def leave_closed(self, people: Population, rows: np.ndarray) -> np.ndarray:
        """Let those choose again whose way to their exit has closed; returns the rows of those who changed."""
        before = people.destination[rows]
        if self.itineraries.choices:
            left = self.routes.way_ahead(people, rows)
            self._decide(people, rows, left, np.isinf(left))
        return rows[people.destination[rows] != before]

    def _decide(self, people: Population, rows: np.ndarray, left: np.ndarray, due: np.ndarray) -> None:
        """Let some of the people present, (n,) bool, decide, stage by stage, and groups follow their first."""
        stage = self.itineraries.stage_destination(people, rows)
        seen: tuple[np.ndarray, list[Crowd]] | None = None
        for d, members in self.itineraries.choices.items():
            mine = rows[stage == d]
            first = _first_of_group(people, mine)
            who = mine[due[stage == d] & (first == mine)]
            if who.size == 0:
                continue
            seen = seen or (self._exit_of[people.destination[rows]], self._ahead(people, rows, left))
            look = self._look(people, who, members, seen[1])
            open_to = np.isfinite(look.way) & self._considered(people, who, look.way, members)
            cost = self._time(people, who, look, members, seen[1]) + look.liking
            compares = open_to.sum(axis=1) > 1
            influence = self._influence(people, rows, who[compares], seen[0])
            cost[compares] -= self.constants.influence * influence[:, self._exit_of[members]]
            people.destination[who] = self._best(people, who, members, np.where(open_to, cost, np.inf))
            people.destination[mine] = people.destination[first]

    def _ahead(self, people: Population, rows: np.ndarray, left: np.ndarray) -> list[Crowd]:
        """Who heads for each exit; if nowhere enough are held up for a queue, nobody counts who else does."""
        exits = np.where(people.status[rows] == Status.WALKING, self._exit_of[people.destination[rows]], -1)
        slow = np.hypot(people.vx[rows], people.vy[rows]) < self.constants.held_up * people.speed[rows]
        heading = [exits == k for k in range(len(self._zones))]
        held = [np.sort(left[mine & slow]) for mine in heading]
        queues = any(ways.size >= _QUEUE for ways in held)
        ways = [np.sort(left[mine]) if queues else left[:0] for mine in heading]
        return list(map(Crowd, ways, held))

    def _look(self, people: Population, who: np.ndarray, members: np.ndarray, crowds: list[Crowd]) -> Look:
        """Ways to the exits that may decide: one's own, or what may be the nearest, and those that may be better.

        Others would be left alone, or not be the nearest, if the way to them were as short as any can be.
        """
        own, everyone = people.destination[who][:, None] == members, np.arange(who.size)
        least, liking = self.routes.least_ways(people, who, members), self._likings(people, who, members)
        first = np.where(own.any(axis=1), own.argmax(axis=1), least.argmin(axis=1))
        way = np.full(least.shape, np.inf)
        way[everyone, first] = self.routes.ways_to(people, who, members[first])
        asked = self._may_decide(people, who, members, crowds, look=Look(way, least, liking))
        asked[everyone, first] = False
        person, k = np.nonzero(asked)
        way[person, k] = self.routes.ways_to(people, who[person], members[k])
        asked[everyone, first] = True
        return Look(way, np.where(asked, way, least), liking)

    def _may_decide(
        self, people: Population, who: np.ndarray, members: np.ndarray, crowds: list[Crowd], *, look: Look
    ) -> np.ndarray:
        """Which exits may be the nearest, or good enough, or show a queue, given the way to the first: (n, k) bool."""
        c, exits, speed = self.constants, self._exit_of[members], people.speed[who][:, None]
        own = people.destination[who][:, None] == members
        first, has_exit = look.way.min(axis=1, keepdims=True), own.any(axis=1, keepdims=True)
        ahead = np.column_stack([np.searchsorted(crowds[e].ways, first[:, 0]) for e in exits])
        wait = np.where(own, ahead / self._rates[exits], 0.0).max(axis=1, keepdims=True)
        most = np.maximum(first / speed, wait) + c.effort * (first / speed)
        most += np.where(own | ~has_exit, look.liking, -np.inf).max(axis=1, keepdims=True)
        # Whoever has an open exit keeps it unless another one saves enough; nobody else's first is out of the question.
        saved = np.where(has_exit & np.isfinite(most), np.maximum(c.gain_time, c.gain_share * np.abs(most)), 0.0)
        walk = look.least / speed
        good = walk + c.effort * walk + look.liking - c.influence <= most - saved + _SLACK
        short = np.column_stack([np.searchsorted(crowds[e].held, _END * look.least[:, k]) for k, e in enumerate(exits)])
        queue = np.array([crowds[e].held.size for e in exits]) >= _QUEUE
        found: np.ndarray = good | (look.least <= first) | (has_exit & queue & (short < _QUEUE))
        return found

    def _influence(self, people: Population, rows: np.ndarray, who: np.ndarray, exits: np.ndarray) -> np.ndarray:
        """Share of the people in sight of some (n,) who head for each exit: (n, exits)."""
        shares = np.zeros((who.size, len(self._zones)))
        heading = np.where(people.status[rows] == Status.WALKING, exits, -1)
        walls, starts, items = self._walls
        headings_in_sight(
            np.searchsorted(rows, who), people.x[rows], people.y[rows], people.level[rows], heading,
            self.constants.influence_range, *self._grid[:5], walls, starts, items, shares,
        )  # fmt: skip
        return shares

    def _considered(self, people: Population, who: np.ndarray, way: np.ndarray, members: np.ndarray) -> np.ndarray:
        """Which exits people think of: their own, one they know well, those they see, the nearest; (n, k) bool.

        Whose own exit has closed asks about all others.
        """
        exits = self._exit_of[members]
        own = people.destination[who][:, None] == members
        known = self._familiar_exit(people, who)[:, None] == exits
        closed = (own & np.isinf(way)).any(axis=1, keepdims=True)
        nearest = way <= way.min(axis=1, keepdims=True)
        considered: np.ndarray = own | known | closed | nearest | self._seen(people, who, way, exits)
        return considered

    def _best(self, people: Population, who: np.ndarray, members: np.ndarray, cost: np.ndarray) -> np.ndarray:
        """The destination each of some people decides for: members (k,), cost (n, k) [s], inf: out of the question.

        Whoever has an exit keeps it unless another one saves enough.
        """
        c, everyone = self.constants, np.arange(who.size)
        own = people.destination[who][:, None] == members
        now = np.where(own, cost, np.inf).min(axis=1)
        best = cost.argmin(axis=1)
        needed = np.where(np.isfinite(now), np.maximum(c.gain_time, c.gain_share * np.abs(now)), 0.0)
        better = np.isfinite(cost[everyone, best]) & (cost[everyone, best] + needed < now)
        return np.where(better, members[best], people.destination[who])

    def _time(
        self, people: Population, who: np.ndarray, look: Look, members: np.ndarray, crowds: list[Crowd]
    ) -> np.ndarray:
        """Time until one is out, as it seems: (n, k) [s].

        max(w / v, n / q) + effort w / v with the way w, the free speed v, n people who head there and are nearer, and
        the flow q of the exit: while one walks, it goes on. Whoever has no exit yet, or sees no queue at the end of
        any way, thinks of no waiting (n = 0).
        """
        exits, way, least = self._exit_of[members], look.way, look.least
        walk = way / people.speed[who][:, None]
        ahead = np.column_stack([np.searchsorted(crowds[e].ways, way[:, k]) for k, e in enumerate(exits)])
        queue = np.column_stack([np.searchsorted(crowds[e].held, _END * least[:, k]) for k, e in enumerate(exits)])
        has_exit = (people.destination[who][:, None] == members).any(axis=1, keepdims=True)
        # An exit that was looked at and is closed to somebody shows no queue: all who are held up are nearer than it.
        shown = (queue >= _QUEUE) & np.isfinite(least)
        compares = has_exit & shown.any(axis=1, keepdims=True)
        wait = np.where(compares, ahead / self._rates[exits], 0.0)
        time: np.ndarray = np.maximum(walk, wait) + self.constants.effort * walk
        return time

    def _likings(self, people: Population, who: np.ndarray, members: np.ndarray) -> np.ndarray:
        """How much farther or nearer each exit seems to each for reasons of their own: (n, k) [s].

        A taste for good, a Gumbel draw, so that choices follow a logit; and the exit one knows best.
        """
        c, exits = self.constants, self._exit_of[members]
        out = np.where(self._familiar_exit(people, who)[:, None] == exits, -c.familiarity, 0.0)
        for k, e in enumerate(exits):
            u = draws.uniforms(self.seed, people.key[who], draws.EXIT_TASTE, self._taste[e])
            out[:, k] += c.taste * np.log(-np.log(u))
        return out

    def _familiar_exit(self, people: Population, who: np.ndarray) -> np.ndarray:
        """The exit each knows best, -1 none: (n,)."""
        found = np.full(who.size, -1)
        chance = draws.uniforms(self.seed, people.key[who], draws.FAMILIAR, 0)
        for j, (exits, bounds) in enumerate(self._known):
            mine = people.journey[who] == j
            found[mine] = exits[np.searchsorted(bounds, chance[mine], side="right")]
        return found

    def _seen(self, people: Population, who: np.ndarray, way: np.ndarray, exits: np.ndarray) -> np.ndarray:
        """Which exits people see: on their level, the way to it hardly longer than the straight line. (n, k) bool."""
        points = shapely.points(people.x[who], people.y[who])
        straight = np.zeros(way.shape)
        for k, e in enumerate(exits):
            open_to = np.isfinite(way[:, k])
            straight[open_to, k] = shapely.distance(self._zones[e].polygon, points[open_to])
        near = way <= self.constants.detour * straight + _PAST_A_DOOR
        return near & (people.level[who][:, None] == self._levels[exits])


def _first_of_group(people: Population, rows: np.ndarray) -> np.ndarray:
    """The first present of each one's group, oneself if alone: rows ascending (n,) -> (n,)."""
    group = people.social_group[rows]
    first = rows.copy()
    grouped = np.flatnonzero(group >= 0)
    if grouped.size:
        _, at, mine = np.unique(group[grouped], return_index=True, return_inverse=True)
        first[grouped] = rows[grouped[at]][mine]
    return first


def _clear_width(zone: Zone, venue: Venue) -> float:
    """How wide the way into an exit is: its edge as far as the floor goes on beyond it [m]."""
    inner = venue.level(zone.level).floor.buffer(-_EDGE)
    return max(float(shapely.intersection(zone.polygon.boundary, inner).length), _NARROWEST)


def _doors(zone: Zone, venue: Venue) -> np.ndarray:
    """The gates that are doors of an exit: indices."""
    near = [g.level == zone.level and g.opening.distance(zone.polygon) <= _DOOR for g in venue.gates]
    return np.flatnonzero(near)


def _familiar(journey: Journey, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Exits that people of a journey may know best, and -1 at the end, and the bounds of their shares."""
    last = journey.stages[-1]
    pairs = last.familiar if isinstance(last, LeaveBy) else ()
    exits = np.array([*(names.index(name) for name, _ in pairs), -1], np.int64)
    return exits, np.cumsum([share for _, share in pairs])
