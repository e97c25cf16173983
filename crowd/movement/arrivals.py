"""How people come into the venue: each appears at a free place of their source zone, or waits outside in order.

Nobody is dropped: who finds no free place, or no way to where they are going, is counted as waiting outside.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from crowd.demand import Demand
from crowd.errors import ScenarioError
from crowd.kernels import draws
from crowd.kernels.neighbours import first_free
from crowd.parameters import Entry
from crowd.population import Population, Status
from venues import Level, Venue, Zone
from venues.refusals import told

#: People kept at this distance from walls where they appear [m]; above the largest radius (assumed).
_WALL_GAP = 0.25
#: People who are in a zone together stand in staggered rows, moved at random by this share of the spacing (assumed).
_JITTER = 0.15
#: Half the thickness of a thin wall that hides what is behind it [m].
_FENCE = 0.01
#: Bodies do not stand closer than this where people appear together [m] (assumed: two bodies of 0.18 m, 8.9/m2).
_CLOSEST = 0.36


def closing_times(demands: Sequence[Demand], people: Population) -> np.ndarray:
    """When the doors close of the train each person comes by: (n,) [s], inf for who comes by none."""
    closing = np.full(len(people), np.inf)
    for number, demand in enumerate(demands):
        if demand.alighting is not None:
            rows = np.flatnonzero(people.demand == number)
            closing[rows] = demand.alighting.trains.closing(people.arrival[rows])
    return closing


class Entrances:
    """The source zones of a venue as places to appear.

    Args:
        venue: the place. sources: names of the source zones. seed: of the run. entry: constants.
    """

    def __init__(self, venue: Venue, sources: tuple[str, ...], *, seed: int, entry: Entry) -> None:
        self.seed = seed
        self.entry = entry
        zones = [venue.zone(name) for name in sources]
        self.level = [venue.level_index(zone.level) for zone in zones]
        self.shapes = [standing_room(venue, zone) for zone in zones]
        self.doors = [_doors(zone, shape) for zone, shape in zip(zones, self.shapes, strict=True)]
        for name, zone, shape in zip(sources, zones, self.shapes, strict=True):
            if shape.is_empty:
                x, y = zone.polygon.centroid.coords[0]
                raise ScenarioError(
                    told(
                        "source {zone!r} at ({x:.1f}, {y:.1f}) has no floor {gap} m from walls, gates and no-go zones; "
                        "draw it at least {least} m wide",
                        zone=name,
                        x=x,
                        y=y,
                        gap=_WALL_GAP,
                        least=2 * _WALL_GAP,
                    )
                )
            for number, door in enumerate(self.doors[sources.index(name)], start=1):
                if door.is_empty:
                    raise ScenarioError(
                        told(
                            "part {number} of source {zone!r} has no floor {gap} m from walls, gates and no-go zones; "
                            "draw it at least {least} m wide",
                            number=number,
                            zone=name,
                            gap=_WALL_GAP,
                            least=2 * _WALL_GAP,
                        )
                    )
                shapely.prepare(door)
            shapely.prepare(shape)

    def waiting(self, people: Population, time: float) -> np.ndarray:
        """Rows of those who have arrived and are still outside, in order of arrival."""
        arrived = int(np.searchsorted(people.arrival, time, side="right"))
        return np.flatnonzero(people.status[:arrived] == Status.EXPECTED)

    def admit(self, people: Population, rows: np.ndarray, tick: int) -> np.ndarray:
        """Place people who want to come in, first come first served at each part of each source.

        Args:
            rows: who is waiting and has a way on, in order of arrival. tick: index of the tick.

        Returns:
            Rows placed; they walk, their x, y and level are set.
        """
        placed: list[int] = []
        for source in np.unique(people.source[rows]):
            mine = rows[people.source[rows] == source]
            doors = self._door_of(people.key[mine], int(source))
            for door in np.unique(doors):
                placed += self._fill(people, int(source), int(door), mine[doors == door], tick)
        return np.array(sorted(placed), np.int64)

    def admit_together(self, people: Population, rows: np.ndarray) -> np.ndarray:
        """Place people who are in a source zone from one moment on, spread evenly over it.

        Args:
            rows: who appears now. Places too near to somebody who is there already stay empty; their people wait.

        Returns:
            Rows placed; they walk, their x, y and level are set.
        """
        placed = []
        for source in np.unique(people.source[rows]):
            mine = rows[people.source[rows] == source]
            x, y = self._formation(int(source), people.key[mine], people.demand[mine])
            mine, x, y = self._side_by_side(people, mine, x, y)
            there = people.present()
            there = there[people.level[there] == self.level[source]]
            near = shapely.STRtree(shapely.points(people.x[there], people.y[there]))
            taken = np.zeros(x.size, bool)
            taken[near.query(shapely.points(x, y), predicate="dwithin", distance=_CLOSEST)[0]] = True
            x, y = x[~taken], y[~taken]
            mine = mine[: x.size]
            people.x[mine], people.y[mine], people.level[mine] = x[: mine.size], y[: mine.size], self.level[source]
            people.status[mine] = Status.WALKING
            placed.append(mine)
        return np.sort(np.concatenate(placed)) if placed else np.empty(0, np.int64)

    def _formation(self, source: int, keys: np.ndarray, demand: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Places for a number of people in staggered rows: x, y [m], fewer if they do not fit.

        Which places stay empty and which demand gets which is random. Those of one demand take theirs row by row, for
        who stands side by side is looked up sooner if they are side by side in memory, too.
        """
        shape, count = self.shapes[source], keys.size
        spacing = max(np.sqrt(2.0 / np.sqrt(3.0) * shape.area / count), _CLOSEST)
        x, y = staggered_rows(shape, spacing)
        while x.size < count and spacing > _CLOSEST:
            spacing = max(0.99 * spacing, _CLOSEST)
            x, y = staggered_rows(shape, spacing)
        # The order of the places is drawn with the first person's key.
        order = np.argsort(draws.series(self.seed, keys[0], draws.PLACE_X, 0, x.size), kind="stable")[:count]
        for one in np.unique(demand[: order.size]):
            mine = np.flatnonzero(demand[: order.size] == one)
            order[mine] = np.sort(order[mine])
        shift = min(_JITTER * spacing, 0.5 * (spacing - _CLOSEST))
        x = x[order] + shift * (2.0 * draws.series(self.seed, keys[0], draws.PLACE_X, 1 << 32, order.size) - 1.0)
        y = y[order] + shift * (2.0 * draws.series(self.seed, keys[0], draws.PLACE_Y, 1 << 32, order.size) - 1.0)
        nearest = shapely.get_coordinates(shapely.shortest_line(shape, shapely.points(x, y)))[::2]
        return nearest[:, 0], nearest[:, 1]

    def _side_by_side(
        self, people: Population, rows: np.ndarray, x: np.ndarray, y: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """People in an order in which groups are together, at places in an order in which neighbours are.

        Along strips across the zone, up and down, each as wide as a group that stands in a square; the groups, and
        those who are alone, in random order. As it was if nobody is in a group.
        """
        size = np.unique(people.social_group[rows[people.social_group[rows] >= 0]], return_counts=True)[1]
        if size.size == 0:
            return rows, x, y
        first = np.where(people.social_group[rows] >= 0, people.social_group[rows], rows)
        chance = draws.uniforms(self.seed, people.key[first], draws.GROUP_PLACE, 0)
        area = shapely.area(self.shapes[people.source[rows[0]]]) / max(x.size, 1)
        strip = np.floor((x - x.min(initial=np.inf)) / np.sqrt(size.max() * area))
        along = np.lexsort((x, np.where(strip % 2 == 0, y, -y), strip))
        return rows[np.lexsort((rows, first, chance))], x[along], y[along]

    def _door_of(self, keys: np.ndarray, source: int) -> np.ndarray:
        """The part of a source by which each person comes in, at random by the floor of the parts: (n,) indices."""
        doors = self.doors[source]
        if len(doors) == 1:
            return np.zeros(keys.size, np.int64)
        bounds = np.cumsum([door.area for door in doors])
        drawn = draws.uniforms(self.seed, keys, draws.DOOR, 0) * bounds[-1]
        return np.minimum(np.searchsorted(bounds, drawn, side="right"), len(doors) - 1)

    def _fill(self, people: Population, source: int, door: int, rows: np.ndarray, tick: int) -> list[int]:
        """Place people one by one at random free places of a part of a source until one finds none."""
        shape = self.doors[source][door]
        left, low, right, high = shape.bounds
        near = people.present()
        near = near[people.level[near] == self.level[source]]
        gap = self.entry.spacing
        across = (people.x[near] > left - gap) & (people.x[near] < right + gap)
        near = near[across & (people.y[near] > low - gap) & (people.y[near] < high + gap)]
        x = np.concatenate((people.x[near], np.empty(rows.size)))
        y = np.concatenate((people.y[near], np.empty(rows.size)))
        n = near.size
        placed: list[int] = []
        for row in rows:
            tx, ty = places_in(shape, self.seed, people.key[row], tick, int(self.entry.trials))
            k = first_free(tx, ty, x, y, n, gap)
            if k < 0:
                break
            people.x[row], people.y[row] = x[n], y[n] = tx[k], ty[k]
            people.level[row], people.status[row] = self.level[source], Status.WALKING
            placed.append(int(row))
            n += 1
        return placed


def standing_room(venue: Venue, zone: Zone) -> BaseGeometry:
    """Where bodies fit into a zone: its floor away from walls, gate lines and no-go zones."""
    level = venue.level(zone.level)
    room = shapely.intersection(zone.polygon, level.floor.buffer(-_WALL_GAP))
    lines = [*level.wall_lines, *(gate.line for gate in venue.gates if gate.level == level.name)]
    kept_free: list[BaseGeometry] = [line.buffer(_WALL_GAP) for line in lines]
    kept_free += [other.polygon for other in venue.zones if "no-go" in other.kinds and other.level == level.name]
    return shapely.difference(room, shapely.union_all(kept_free)) if kept_free else room


def _doors(zone: Zone, room: BaseGeometry) -> list[BaseGeometry]:
    """The standing room of a source, part by part."""
    parts = shapely.get_parts(zone.polygon)
    return [room] if len(parts) == 1 else [shapely.intersection(part, room) for part in parts]


def staggered_rows(shape: BaseGeometry, spacing: float) -> tuple[np.ndarray, np.ndarray]:
    """Points of a triangular lattice inside a shape: x, y [m]."""
    left, low, right, high = shape.bounds
    pitch = spacing * np.sqrt(3.0) / 2.0
    rows = low + pitch * (0.5 + np.arange(max(int((high - low) / pitch), 1)))
    columns = left + spacing * (0.25 + np.arange(max(int((right - left) / spacing) + 1, 1)))
    x = (columns[None, :] + 0.5 * spacing * (np.arange(rows.size)[:, None] % 2)).ravel()
    y = np.repeat(rows, columns.size)
    inside = shapely.contains_xy(shape, x, y)
    return x[inside], y[inside]


def clear_floor(level: Level) -> BaseGeometry:
    """The floor of a level without its thin walls: what one can walk straight over lies in it."""
    walls = shapely.union_all([line.buffer(_FENCE) for line in level.wall_lines])
    floor: BaseGeometry = shapely.difference(level.floor, walls)
    shapely.prepare(floor)
    return floor


def in_sight(floor: BaseGeometry, here: tuple[float, float], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Which places (n,) one can go straight to from a point, on this level and round no corner: (n,) bool."""
    starts = np.broadcast_to(np.array(here), (x.size, 2))
    return np.asarray(shapely.covers(floor, shapely.linestrings(np.stack((starts, np.column_stack((x, y))), axis=1))))


def places_in(shape: BaseGeometry, seed: int, key: int, tick: int, trials: int) -> tuple[np.ndarray, np.ndarray]:
    """Random places in a shape, keyed by person and tick: x, y (at most 4 trials,) [m]."""
    left, low, right, high = shape.bounds
    first = tick * 1024
    x = left + (right - left) * draws.series(seed, key, draws.PLACE_X, first, 4 * trials)
    y = low + (high - low) * draws.series(seed, key, draws.PLACE_Y, first, 4 * trials)
    inside = shapely.contains_xy(shape, x, y)
    return x[inside], y[inside]
