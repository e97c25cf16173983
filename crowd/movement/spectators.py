"""Spectators: each takes a place before what they watch, and from a time on some or all press towards it.

Holds the places of every audience and who may take which. Not here: when a stage begins and ends
(`crowd.movement.itineraries`), what pressing does to bodies (`crowd.kernels.contact`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from crowd.errors import ScenarioError
from crowd.journeys import Journey, Watch
from crowd.kernels import draws
from crowd.movement.arrivals import clear_floor, in_sight, staggered_rows, standing_room
from crowd.population import Population
from venues import Venue
from venues.refusals import told

#: Middles of the two kinds of triangle between three places of a triangular lattice, in spacings: where those stand
#: who come when all places are taken (assumed).
_BETWEEN = ((0.0, 0.0), (0.5, 0.5 / math.sqrt(3.0)), (1.0, 1.0 / math.sqrt(3.0)))
#: Added to the depth of places between others, so that they are taken last [m]; above any size of a venue.
_BEYOND = 1e6


@dataclass(frozen=True, eq=False)
class Audience:
    """Everyone who watches the same from the same zone under the same rule.

    Attributes:
        stage: the rule. x, y: (p,) places, the nearest to the front first, and then those between them [m].
        depth: (p,) how far each is from the front [m], those between the first ones beyond them all; ascending.
        spacing: between places [m]. front: what they face. edges: (e, 4) its outline [m]. sight: the
        floor one can walk straight over.
    """

    stage: Watch
    x: np.ndarray
    y: np.ndarray
    depth: np.ndarray
    spacing: float
    front: BaseGeometry
    edges: np.ndarray
    sight: BaseGeometry

    @classmethod
    def of(cls, venue: Venue, stage: Watch) -> Audience:
        """The places before what a stage faces: on a triangular lattice of the stage's density."""
        zone, front = venue.zone(stage.zone), venue.zone(stage.towards).polygon
        room = standing_room(venue, zone)
        if room.is_empty:
            x, y = zone.polygon.centroid.coords[0]
            raise ScenarioError(
                told(
                    "zone {zone!r} at ({x:.1f}, {y:.1f}) has no place to stand away from walls, gates and no-go zones; "
                    "draw it larger",
                    zone=zone.name,
                    x=x,
                    y=y,
                )
            )
        spacing = math.sqrt(2.0 / (math.sqrt(3.0) * stage.density))
        rows = np.column_stack(staggered_rows(room, spacing))
        if not len(rows):
            rows = shapely.get_coordinates(room.representative_point())
        places = [_from_the_front(rows + spacing * np.array(shift), room, front) for shift in _BETWEEN]
        x, y, depth = np.concatenate([p + np.array((0.0, 0.0, k * _BEYOND)) for k, p in enumerate(places)]).T
        rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(front)]
        edges = np.vstack([np.hstack((ring[:-1], ring[1:])) for ring in rings])
        sight = clear_floor(venue.level(zone.level))
        return cls(stage, x, y, depth, spacing, front, edges, sight)

    def choose(self, held: np.ndarray, x: float, y: float) -> int:
        """The place somebody at (x, y) takes: in the foremost row with room the nearest they can go straight to.

        Args:
            held: (p,) how many hold each place; nobody takes one that others hold while there are freer ones.
        """
        free = np.flatnonzero(held == held.min())
        foremost = free[self.depth[free] <= self.depth[free[0]] + self.spacing]
        for places in (foremost, free):
            near = places[np.argsort(np.hypot(self.x[places] - x, self.y[places] - y), kind="stable")]
            seen = near[in_sight(self.sight, (x, y), self.x[near], self.y[near])]
            if seen.size:
                return int(seen[0])
        return int(foremost[0])

    def way_to_front(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Unit vectors to the nearest point of what is watched: x, y (n,); 0 for those who stand on it."""
        ax, ay, bx, by = (column[:, None] for column in self.edges.T)
        length2 = (bx - ax) ** 2 + (by - ay) ** 2
        share = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length2, 0.0, 1.0)
        dx, dy = ax + share * (bx - ax) - x, ay + share * (by - ay) - y
        nearest, who = (dx**2 + dy**2).argmin(axis=0), np.arange(x.size)
        dx, dy = dx[nearest, who], dy[nearest, who]
        distance = np.hypot(dx, dy)
        there = shapely.contains_xy(self.front, x, y) | (distance < 1e-9)
        scale = np.where(there, 0.0, 1.0 / np.maximum(distance, 1e-9))
        return dx * scale, dy * scale


class Spectators:
    """The audiences of all journeys; holds no state of people.

    Args:
        venue: the place. journeys: in the scenario's order. seed: of the run.
    """

    def __init__(self, venue: Venue, journeys: tuple[Journey, ...], *, seed: int) -> None:
        self._seed = seed
        rules = [stage for journey in journeys for stage in journey.stages if isinstance(stage, Watch)]
        self._rules = tuple(dict.fromkeys(rules))
        self.audiences = tuple(Audience.of(venue, rule) for rule in self._rules)
        self._audience_of = np.full((len(journeys), max(len(j.stages) for j in journeys)), -1, np.int16)
        for k, journey in enumerate(journeys):
            for m, stage in enumerate(journey.stages):
                if isinstance(stage, Watch):
                    self._audience_of[k, m] = self._rules.index(stage)

    def take_place(self, people: Population, row: int) -> tuple[float, float]:
        """Give somebody who reaches the zone a place of their own: x, y [m]."""
        a = self._audience_of[people.journey[row], people.stage[row]]
        same = (self._audience_of[people.journey, people.stage] == a) & (people.place >= 0)
        one = self.audiences[a]
        held = np.bincount(people.place[same], minlength=one.x.size)
        place = one.choose(held, people.x[row], people.y[row])
        people.place[row] = place
        return float(one.x[place]), float(one.y[place])

    def press(self, people: Population, rows: np.ndarray, ex: np.ndarray, ey: np.ndarray, time: float) -> None:
        """Send those who press, of audiences whose time has come, towards what they watch.

        Args:
            rows: (n,) everyone present. ex, ey: (n,) their ways, changed for those who press. time: of the tick [s].
        """
        if not self.audiences:
            return
        people.stage_force[rows] = 0.0
        chance = draws.uniforms(self._seed, people.key[rows], draws.PRESSES, 0)
        audience = np.where(people.in_stage[rows], self._audience_of[people.journey[rows], people.stage[rows]], -1)
        for a, one in enumerate(self.audiences):
            if one.stage.press_from is None or time < one.stage.press_from - 1e-9:
                continue
            mine = np.flatnonzero((audience == a) & (chance < one.stage.share))
            ex[mine], ey[mine] = one.way_to_front(people.x[rows[mine]], people.y[rows[mine]])
            people.stage_force[rows[mine]] = one.stage.force


def _from_the_front(places: np.ndarray, room: BaseGeometry, front: BaseGeometry) -> np.ndarray:
    """Those of some places that lie in a room, and how far from the front, the nearest first: (p, 3) [m]."""
    inside = places[shapely.contains_xy(room, places)]
    depth = shapely.distance(front, shapely.points(inside))
    return np.column_stack((inside, depth))[np.argsort(depth, kind="stable")]
