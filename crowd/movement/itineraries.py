"""People along their journeys: which destination comes next, who has arrived, who may go on.

Holds the stages of all journeys as destinations (sets of zones). Not here: how a way is found
(`crowd.movement.wayfinding`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from crowd.errors import ScenarioError
from crowd.journeys import Journey, LeaveBy, Queue, Stage, Wait, WalkTo, Watch, zones_of
from crowd.kernels import draws
from crowd.movement.arrivals import clear_floor, in_sight, places_in
from crowd.movement.spectators import Spectators
from crowd.population import Population, Status
from venues import Venue
from venues.refusals import told

#: A zone must reach this far from the walls to be reached [m] (assumed: the largest radius and some play).
_BODY = 0.25
#: Who is this near to their own place stands [m] (assumed).
_AT_SPOT = 0.3


class Itineraries:
    """The stages of all journeys.

    Args:
        venue: the place. journeys: in the scenario's order. seed: of the run. stepless: journeys some of whose people
        take no steps though the others do.

    Attributes:
        destination_of: (2, journeys, stages) destinations of the stages: [0] of most people, [1] of `stepless` ones.
        manners: the pairs (first index, journey) that people have.
        destinations: the distinct sets of zones that stages lead to. step_free: (d,) bool, whether they are to be
        reached without steps; the same zones may be there twice. After those of stages come the single exits that
        people choose among. choices: stages to choose an exit for -> (k,) the destinations chosen among.
        tokens: (journeys, stages) people that a queue may serve now. spectators: those who watch.
    """

    def __init__(self, venue: Venue, journeys: tuple[Journey, ...], *, seed: int, stepless: Sequence[int] = ()) -> None:
        self.journeys = journeys
        self.seed = seed
        self.manners = [(0, k) for k in range(len(journeys))] + [(1, int(k)) for k in stepless]
        walked = [(stage, bool(m) or journeys[k].step_free) for m, k in self.manners for stage in journeys[k].stages]
        targets = list(dict.fromkeys((zones_of(stage), free) for stage, free in walked))
        chosen = [(stage.zones, free) for stage, free in walked if isinstance(stage, LeaveBy) and stage.has_choice]
        targets = list(dict.fromkeys([*targets, *(((name,), free) for zones, free in chosen for name in zones)]))
        self.choices = {
            targets.index((zones, free)): np.array([targets.index(((name,), free)) for name in zones], np.int16)
            for zones, free in dict.fromkeys(chosen)
        }
        self.destinations = tuple(zones for zones, _ in targets)
        self.step_free = np.array([step_free for _, step_free in targets], bool)
        most = max(len(journey.stages) for journey in journeys)
        self.destination_of = np.full((2, len(journeys), most), -1, np.int16)
        for manner, k in self.manners:
            for m, stage in enumerate(journeys[k].stages):
                target = targets.index((zones_of(stage), bool(manner) or journeys[k].step_free))
                self.destination_of[manner, k, m] = target
        stages = [(j, m, stage) for j, journey in enumerate(journeys) for m, stage in enumerate(journey.stages)]
        self._stays = [(j, m, stage) for j, m, stage in stages if isinstance(stage, Queue | Watch | Wait)]
        self._leaves = np.zeros((len(journeys), most), bool)
        for k, journey in enumerate(journeys):
            self._leaves[k, : len(journey.stages)] = [isinstance(stage, LeaveBy) for stage in journey.stages]
        self.shapes = [_by_level(venue, zones) for zones in self.destinations]
        self._on_level = np.zeros((len(targets), len(venue.planes)), bool)
        for d, zones in enumerate(self.destinations):
            self._on_level[d, list(self.shapes[d])] = True
            _check_room(venue, zones)
        self.sight = [clear_floor(level) for level in venue.planes]
        self.tokens = np.zeros((len(journeys), most))
        self.spectators = Spectators(venue, journeys, seed=seed)

    def stage_of(self, people: Population, row: int) -> Stage:
        """The stage a person is in."""
        return self.journeys[people.journey[row]].stages[people.stage[row]]

    def destinations_of(self, journeys: Sequence[int]) -> np.ndarray:
        """All destinations that people of some journeys may head for: (k,)."""
        stages = self.destination_of[:, list(journeys)]
        found = set(stages[stages >= 0].tolist())
        return np.array(sorted(found.union(*(self.choices[d].tolist() for d in found & set(self.choices)))), np.int64)

    def stage_destination(self, people: Population, rows: np.ndarray) -> np.ndarray:
        """Destinations of the stages people are in, before a choice among exits: (n,)."""
        return self.destination_of[people.step_free[rows].astype(np.int8), people.journey[rows], people.stage[rows]]

    def leaving(self, people: Population, rows: np.ndarray) -> np.ndarray:
        """Who heads for where they leave: (n,) bool."""
        found: np.ndarray = self._leaves[people.journey[rows], people.stage[rows]]
        return found

    def begin(self, people: Population, rows: np.ndarray) -> None:
        """Set people on the way to their current stage's destination."""
        people.destination[rows] = self.stage_destination(people, rows)
        people.in_stage[rows] = False

    def reached(self, people: Population, rows: np.ndarray, time_left: np.ndarray, near: float) -> np.ndarray:
        """Who of `rows` stands in the zone they are walking to.

        Args:
            time_left: (len(rows),) travel time at unit speed, so metres. near: only those nearer are looked at [m].
        """
        found = []
        walking = (time_left < near) & ~people.in_stage[rows]
        for d in np.unique(people.destination[rows[walking]]):
            mine = rows[walking & (people.destination[rows] == d)]
            for level, shape in self.shapes[d].items():
                here = mine[people.level[mine] == level]
                found.append(here[shapely.contains_xy(shape, people.x[here], people.y[here])])
        return np.sort(np.concatenate(found)) if found else np.empty(0, np.int64)

    def arrive(self, people: Population, rows: np.ndarray, time: float) -> None:
        """People reach the zone of their stage: they leave, walk on, or stay."""
        for row in rows:
            stage = self.stage_of(people, row)
            if isinstance(stage, LeaveBy):
                people.status[row] = Status.LEFT
                people.left[row] = time
            elif isinstance(stage, WalkTo):
                self._next(people, row)
            else:
                people.in_stage[row] = True
                people.stage_since[row] = time
                people.status[row] = Status.WAITING
                watches = isinstance(stage, Watch)
                place = self.spectators.take_place(people, row) if watches else self._spot(people, row)
                people.spot_x[row], people.spot_y[row] = place

    def walk_to_spots(self, people: Population, rows: np.ndarray, ex: np.ndarray, ey: np.ndarray) -> None:
        """Those who stay in a zone walk to their own place in it and stand there; ex, ey (n,): ways of the rows."""
        mine = np.flatnonzero(people.in_stage[rows])
        there = self._on_level[people.destination[rows[mine]], people.level[rows[mine]]]
        astray, mine = rows[mine[~there]], mine[there]
        people.in_stage[astray], people.place[astray] = False, -1  # pushed onto a stair: they walk back to the zone
        dx, dy = people.spot_x[rows[mine]] - people.x[rows[mine]], people.spot_y[rows[mine]] - people.y[rows[mine]]
        distance = np.hypot(dx, dy)
        scale = np.where(distance < _AT_SPOT, 0.0, 1.0 / np.maximum(distance, 1e-9))
        ex[mine], ey[mine] = dx * scale, dy * scale

    def release(self, people: Population, rows: np.ndarray, time: float, tick: float) -> np.ndarray:
        """Those whose waiting is over go on; queues serve in order of arrival. Returns their rows."""
        staying = rows[people.in_stage[rows]]
        free: list[int] = []
        for j, m, stage in self._stays:
            here = staying[(people.journey[staying] == j) & (people.stage[staying] == m)]
            if isinstance(stage, Queue):
                free += self._serve(people, here, j, m, stage.rate * tick)
            elif isinstance(stage, Watch):
                free += list(here) if stage.until <= time + 1e-9 else []
            elif stage.trains is not None:
                free += list(here) if stage.trains.boarding(time) else []
            else:
                until = stage.until if stage.until is not None else math.inf
                since = people.stage_since[here] + (stage.duration if stage.duration is not None else math.inf)
                free += list(here[np.minimum(since, until) <= time + 1e-9])
        for row in free:
            self._next(people, row)
        return np.array(sorted([*free, *self._turn_back(people, rows, time)]), np.int64)

    def _turn_back(self, people: Population, rows: np.ndarray, time: float) -> list[int]:
        """Who is on the way to a train that does not stand any more goes back to where they waited for it."""
        back: list[int] = []
        for j, journey in enumerate(self.journeys):
            if journey.trains is not None and not journey.trains.standing(time):
                late = rows[(people.journey[rows] == j) & (people.stage[rows] == len(journey.stages) - 1)]
                people.stage[late] -= 1
                self.begin(people, late)
                back += list(late)
        return back

    def _serve(self, people: Population, here: np.ndarray, j: int, m: int, earned: float) -> list[int]:
        """Serve the longest waiting of a queue as far as its rate has earned."""
        self.tokens[j, m] = min(self.tokens[j, m] + earned, 1.0 + earned)
        order = here[np.lexsort((here, people.stage_since[here]))]
        served = order[: int(self.tokens[j, m])]
        self.tokens[j, m] -= served.size
        return list(served)

    def _next(self, people: Population, row: int) -> None:
        people.stage[row] += 1
        people.place[row] = -1
        people.status[row] = Status.WALKING
        self.begin(people, np.array([row]))

    def _spot(self, people: Population, row: int) -> tuple[float, float]:
        """A person's own place in the zone they wait in: one they can go straight to, else where they are."""
        level = int(people.level[row])
        shape = self.shapes[people.destination[row]][level]
        x, y = places_in(shape, self.seed ^ draws.SPOT_X, people.key[row], int(people.stage[row]), 16)
        here = float(people.x[row]), float(people.y[row])
        seen = np.flatnonzero(in_sight(self.sight[level], here, x, y))
        return (float(x[seen[0]]), float(y[seen[0]])) if seen.size else here

    def state(self) -> dict[str, np.ndarray]:
        """What changes during a run."""
        return {"tokens": self.tokens}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Take over what `state` saved."""
        self.tokens[...] = state["tokens"]


def _by_level(venue: Venue, zones: tuple[str, ...]) -> dict[int, BaseGeometry]:
    """The ground of some zones on each level they are on."""
    levels = dict.fromkeys(venue.zone(name).level for name in zones)
    shapes = {}
    for level in levels:
        shape = shapely.union_all([venue.zone(name).polygon for name in zones if venue.zone(name).level == level])
        shapely.prepare(shape)
        shapes[venue.level_index(level)] = shape
    return shapes


def _check_room(venue: Venue, zones: tuple[str, ...]) -> None:
    """Refuse a zone in which no body fits: nobody would ever arrive there."""
    for name in zones:
        zone = venue.zone(name)
        if shapely.intersection(zone.polygon, venue.level(zone.level).floor.buffer(-_BODY)).is_empty:
            x, y = zone.polygon.centroid.coords[0]
            raise ScenarioError(
                told(
                    "zone {zone!r} at ({x:.1f}, {y:.1f}) has no floor {gap} m from walls, so nobody can reach it; "
                    "draw it deeper than a body, {least} m or more",
                    zone=name,
                    x=x,
                    y=y,
                    gap=_BODY,
                    least=2 * _BODY,
                )
            )
