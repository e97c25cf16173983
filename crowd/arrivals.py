"""How people come into the venue: each appears at a free place of their source zone, or waits outside in order.

Nobody is dropped: who finds no free place, or no way to where they are going, is counted as waiting outside.
"""

from __future__ import annotations

import numpy as np
import shapely

from crowd.kernels import draws
from crowd.kernels.neighbours import first_free
from crowd.parameters import Entry
from crowd.population import Population, Status
from venues import Venue

#: People kept at this distance from walls where they appear [m]; above the largest radius (assumed).
_WALL_GAP = 0.25
#: Spacings tried one after the other for people who are in a zone together from the start [m] (assumed).
_CROWDED = (0.6, 0.5, 0.44, 0.38)


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
        self.shapes = [
            shapely.intersection(zone.polygon, venue.level(zone.level).floor.buffer(-_WALL_GAP)) for zone in zones
        ]
        for name, zone, shape in zip(sources, zones, self.shapes, strict=True):
            if shape.is_empty:
                raise ValueError(f"source {name!r} at {zone.polygon.centroid} has no floor {_WALL_GAP} m from its walls")
            shapely.prepare(shape)

    def waiting(self, people: Population, time: float) -> np.ndarray:
        """Rows of those who have arrived and are still outside, in order of arrival."""
        arrived = int(np.searchsorted(people.arrival, time, side="right"))
        return np.flatnonzero(people.status[:arrived] == Status.EXPECTED)

    def admit(self, people: Population, rows: np.ndarray, tick: int, together: np.ndarray) -> np.ndarray:
        """Place people who want to come in, first come first served at each source.

        Args:
            rows: who is waiting and has a way on, in order of arrival. tick: index of the tick.
            together: (len(rows),) bool, people present from the start, who may stand closer.

        Returns:
            Rows placed; their x, y and level are set.
        """
        placed: list[int] = []
        for source in np.unique(people.source[rows]):
            mine = people.source[rows] == source
            placed += self._fill(people, int(source), rows[mine], tick, together[mine])
        return np.array(sorted(placed), np.int64)

    def _fill(self, people: Population, source: int, rows: np.ndarray, tick: int, together: np.ndarray) -> list[int]:
        left, low, right, high = self.shapes[source].bounds
        near = people.present()
        gap = self.entry.spacing
        inside = (people.level[near] == self.level[source]) & (people.x[near] > left - gap) & (people.x[near] < right + gap)
        near = near[inside & (people.y[near] > low - gap) & (people.y[near] < high + gap)]
        x = np.concatenate((people.x[near], np.empty(rows.size)))
        y = np.concatenate((people.y[near], np.empty(rows.size)))
        n = near.size
        placed: list[int] = []
        for row, crowded in zip(rows, together, strict=True):
            place = self._place(source, people.key[row], tick, x, y, n, crowded=bool(crowded))
            if place is None:
                break
            people.x[row], people.y[row] = x[n], y[n] = place
            people.level[row] = self.level[source]
            placed.append(int(row))
            n += 1
        return placed

    def _place(
        self, source: int, key: int, tick: int, x: np.ndarray, y: np.ndarray, n: int, *, crowded: bool
    ) -> tuple[float, float] | None:
        """A free place in the zone, or None."""
        trials = int(self.entry.trials) * (20 if crowded else 1)
        tx, ty = self.spots(source, key, tick, trials)
        for spacing in _CROWDED if crowded else (self.entry.spacing,):
            k = first_free(tx, ty, x, y, n, spacing)
            if k >= 0:
                return float(tx[k]), float(ty[k])
        return None

    def spots(self, source: int, key: int, tick: int, trials: int) -> tuple[np.ndarray, np.ndarray]:
        """Random places in a source zone, keyed by person and tick: x, y (at most 4 trials,) [m]."""
        return places_in(self.shapes[source], self.seed, key, tick, trials)


def places_in(shape: shapely.Geometry, seed: int, key: int, tick: int, trials: int) -> tuple[np.ndarray, np.ndarray]:
    """Random places in a shape, keyed by person and tick: x, y (at most 4 trials,) [m]."""
    left, low, right, high = shape.bounds
    first = tick * 1024
    x = left + (right - left) * draws.series(seed, key, draws.PLACE_X, first, 4 * trials)
    y = low + (high - low) * draws.series(seed, key, draws.PLACE_Y, first, 4 * trials)
    inside = shapely.contains_xy(shape, x, y)
    return x[inside], y[inside]
