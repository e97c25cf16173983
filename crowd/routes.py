"""The ways of the moment: a field for each destination under the present gates, and without any measure.

Kinds of field: passable (closed gates shut), as if open (where people queue in front of a closed gate), keeping
right (for those who comply), free (the venue without measures, the yardstick for detours and delays).
"""

from __future__ import annotations

import numpy as np
import shapely

from crowd.gates import Gates
from crowd.interventions import KeepRight
from crowd.itineraries import Itineraries
from crowd.journeys import Queue, Wait
from crowd.kernels import floor_field
from crowd.parameters import Wayfinding as Constants
from crowd.population import Population
from crowd.wayfinding import Field, KeepRightZone, Ways
from venues import Venue


class Routes:
    """Fields to all destinations of all journeys.

    Args:
        venue: the place. itineraries: the destinations. constants: of wayfinding. gates: before any measure.
    """

    def __init__(self, venue: Venue, itineraries: Itineraries, constants: Constants, gates: Gates) -> None:
        self.venue = venue
        self.itineraries = itineraries
        self.ways = Ways(venue, constants)
        self._keep_right: dict[str, KeepRightZone] = {}
        self._free = self._fields(self.ways.with_passages(gates.passages(as_if_open=True)))
        self._tails = self._journey_tails()
        self.refresh(gates)

    def _fields(self, moves: np.ndarray, keep_right: tuple[KeepRightZone, ...] = ()) -> list[Field]:
        return [self.ways.field(zones, moves, keep_right) for zones in self.itineraries.destinations]

    def refresh(self, gates: Gates) -> None:
        """Compute the fields again after a gate or a rule changed."""
        self._gates = gates
        moves = self.ways.with_passages(gates.passages())
        passable = self._fields(moves)
        as_if_open = passable
        if not gates.is_open.all():
            as_if_open = self._fields(self.ways.with_passages(gates.passages(as_if_open=True)))
        right = self._fields(moves, tuple(self._keep_right.values())) if self._keep_right else passable
        fields = [*passable, *as_if_open, *right, *self._free]
        self._times = np.stack([f.times for f in fields])
        self._vectors = np.stack([f.vectors for f in fields])
        self._moves = np.stack([f.moves for f in fields])

    def keep_right(self, rule: KeepRight, *, active: bool) -> None:
        """Ask people to keep right in a zone, or stop asking."""
        self._keep_right.pop(rule.zone, None)
        if active:
            zone = self.venue.zone(rule.zone)
            axis = self.venue.line(rule.axis).line if rule.axis else middle_line(zone.polygon)
            self._keep_right[rule.zone] = KeepRightZone(
                self.venue.level_index(zone.level), zone.polygon, shapely.get_coordinates(axis)
            )
        self.refresh(self._gates)

    def _look_up(self, people: Population, rows: np.ndarray, kind: np.ndarray | int) -> tuple[np.ndarray, ...]:
        g = self.ways.grid
        field = kind * len(self.itineraries.destinations) + people.destination[rows].astype(np.int64)
        ex, ey, way = floor_field.sample(
            field, self._times, self._vectors, self._moves, people.x[rows], people.y[rows], people.level[rows],
            g.x0, g.y0, g.cell, g.nx, g.ny,
        )  # fmt: skip
        return ex, ey, way

    def sample(self, people: Population, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Direction and way left of people: ex, ey (n,), way (n,) [m on the level, s at unit speed], inf: no way.

        Where only a closed gate is in the way, it leads to the gate.
        """
        kind = np.where(people.complies[rows], 2, 0) if self._keep_right else np.zeros(rows.size, np.int64)
        ex, ey, way = self._look_up(people, rows, kind)
        shut = np.flatnonzero(np.isinf(way))
        if shut.size:
            ex[shut], ey[shut], way[shut] = self._look_up(people, rows[shut], 1)
        return ex, ey, way

    def free(self, people: Population, rows: np.ndarray) -> np.ndarray:
        """Way left if there were no measures: (n,) [m]."""
        return self._look_up(people, rows, 3)[2]

    def open_from(self, source: np.ndarray, destination: np.ndarray, sources: tuple[str, ...]) -> np.ndarray:
        """Whether a way leads (at least to a closed gate) from sources to destinations: (n,) bool."""
        count = len(self.itineraries.destinations)
        cells = [self.ways.cells(name) for name in sources]
        reachable = np.array([[np.isfinite(self._times[count + d, c]).any() for d in range(count)] for c in cells])
        return reachable[source, destination]

    def rest_of_journey(self, journey: np.ndarray, speed: np.ndarray) -> np.ndarray:
        """Free time of the stages after the first: (n,) [s]; ways between the middles of zones, and waiting times."""
        way, wait = self._tails[journey].T
        return way / speed + wait

    def _journey_tails(self) -> np.ndarray:
        """For each journey the way [m] and the waiting time [s] after its first stage: (j, 2)."""
        tails = np.zeros((len(self.itineraries.journeys), 2))
        for k, journey in enumerate(self.itineraries.journeys):
            for m, stage in enumerate(journey.stages):
                if isinstance(stage, Wait):
                    tails[k, 1] += stage.duration or 0.0
                elif isinstance(stage, Queue):
                    tails[k, 1] += 1.0 / stage.rate
                if m > 0:
                    here = self.itineraries.destinations[self.itineraries.destination_of[k, m - 1]]
                    there = self._free[self.itineraries.destination_of[k, m]]
                    tails[k, 0] += there.times[self.ways.cells(here[0])].mean()
        return tails

    def through(self, g: int, gates: Gates, destination: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which way people pass a gate: +1 forward, -1 backward, 0 not (n,), and the way left beyond it (n,) [m]."""
        px, py = gates.sides(g, 0.5)
        count = len(self.itineraries.destinations)
        grid = self.ways.grid
        cells = grid.keys(px, py, gates.level[g])
        right, left = self._times[:count, cells[0]], self._times[:count, cells[1]]
        drop = np.where(np.isfinite(right) & np.isfinite(left), right - left, 0.0)
        way = np.where(drop > 0.7, 1, np.where(drop < -0.7, -1, 0))
        return way[destination], np.minimum(right, left)[destination]

    def slope_at(self, people: Population, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Angle [deg] (n,) and unit vector uphill (n, 2) where people stand."""
        keys = self.ways.grid.keys(people.x[rows], people.y[rows], people.level[rows])
        return self.ways.grade[keys], self.ways.uphill[keys]


def middle_line(polygon: shapely.Polygon) -> shapely.LineString:
    """The long middle line of the rectangle around a polygon."""
    corners = shapely.get_coordinates(polygon.minimum_rotated_rectangle)[:4]
    sides = np.hypot(*(corners - np.roll(corners, -1, axis=0)).T)
    k = 1 if sides[0] > sides[1] else 0
    ends = [(corners[k + a] + corners[(k + a + 1) % 4]) / 2 for a in (0, 2)]
    return shapely.LineString(ends)
