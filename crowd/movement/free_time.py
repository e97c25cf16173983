"""How long journeys take if nobody is in the way and no measure in force: the yardstick for delays.

Holds no state of people. Not here: the ways of the moment (`crowd.movement.routes`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from crowd.journeys import Queue, Wait, Watch
from crowd.movement.itineraries import Itineraries
from crowd.movement.march import March
from crowd.movement.wayfinding import Ways
from crowd.population import Population


class FreeTimes:
    """The free times of all journeys.

    Args:
        ways: the floor. itineraries: the journeys. marches: to each destination, without measures. typical_speed: at
            which belts and lifts were weighed against walking [m/s].
    """

    def __init__(self, ways: Ways, itineraries: Itineraries, marches: Sequence[March], typical_speed: float) -> None:
        self.ways, self.itineraries, self._marches, self._typical_speed = ways, itineraries, marches, typical_speed
        self._platforms: list[tuple[tuple[int, int], float, float, Callable[[np.ndarray], np.ndarray]]] = []
        self._tails = self._journey_tails()

    def of(self, people: Population, rows: np.ndarray) -> np.ndarray:
        """Time of the rest of the journey if nobody were in the way and no measure in force: (n,) [s].

        The way of the first stage at the walking speed, slopes included, and at that of belts and lifts, then
        `_journey_tails`, then the waiting for trains, or for the end of what they watch, of whoever comes there
        unhindered. Stairs count at the model's share of the level speed, speeds of one's own there or not.
        """
        keys = self.ways.cells.keys(people.x[rows], people.y[rows], people.level[rows])
        first, ride = self._lengths(people.destination[rows], keys)
        way, wait = self._tails[people.step_free[rows].astype(np.int8), people.journey[rows]].T
        alone = (first + way) / people.speed[rows] + ride + wait
        return alone + self._waits(people, rows, first, ride) if self._platforms else alone

    def _waits(self, people: Population, rows: np.ndarray, first: np.ndarray, ride: np.ndarray) -> np.ndarray:
        """Time people wait for trains or an end if nobody is in their way: (n,) [s].

        Args:
            first: (n,) way walked in the first stage [m]. ride: (n,) time on its belts and lifts [s].
        """
        waits = np.zeros(rows.size)
        for (manner, journey), way, before, go_on in self._platforms:
            mine = (people.journey[rows] == journey) & (people.step_free[rows] == bool(manner))
            walk = (first[mine] + way) / people.speed[rows[mine]] + ride[mine]
            there = people.entered[rows[mine]] + walk + before + waits[mine]
            ready = go_on(there)
            waits[mine] += np.where(np.isfinite(ready), ready - there, 0.0)
        return waits

    def _journey_tails(self) -> np.ndarray:
        """For each journey the way between zones [m] and the waiting time [s] after its first stage: (2, j, 2).

        The first index is that of `Itineraries.manners`. Notes in `_platforms`, for each waiting for trains or for an
        end, manner and journey, what comes before it of both, and when people go on who come at a time.
        """
        tails = np.zeros((2, len(self.itineraries.journeys), 2))
        legs: dict[tuple[int, int], tuple[float, float]] = {}
        for manner, k in self.itineraries.manners:
            tail, of_stage = tails[manner, k], self.itineraries.destination_of[manner, k]
            for m, stage in enumerate(self.itineraries.journeys[k].stages):
                if isinstance(stage, Wait):
                    tail[1] += stage.duration or 0.0
                elif isinstance(stage, Queue):
                    tail[1] += 1.0 / stage.rate
                if m > 0:
                    leg = int(of_stage[m - 1]), int(of_stage[m])
                    if leg not in legs:
                        legs[leg] = self._leg(*leg)
                    tail += legs[leg]
                if isinstance(stage, Wait) and stage.trains is not None:
                    self._platforms.append(((manner, k), float(tail[0]), float(tail[1]), stage.trains.next_boarding))
                elif isinstance(stage, Watch):
                    go_on = partial(np.maximum, stage.until)
                    self._platforms.append(((manner, k), float(tail[0]), float(tail[1]), go_on))
        return tails

    def _leg(self, start: int, end: int) -> tuple[float, float]:
        """From one destination to another without measures: way walked [m], time on belts and lifts [s].

        A mean over the first one's floor. Who only walks by way of it goes on at its edge: for them it is too long if
        they come from the side they go on to.
        """
        cells = self.ways.zone_cells(self.itineraries.destinations[start][0])
        walk, ride = self._lengths(np.full(cells.size, end), cells)
        return float(walk.mean()), float(ride.mean())

    def _lengths(self, destination: np.ndarray, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Without measures, from cells to destinations: way walked [m], time on belts and lifts [s]; (n,) each."""
        walk, ride = np.empty(cells.size), np.empty(cells.size)
        for d in np.unique(destination):
            mine = destination == d
            way, carried = self.ways.lengths_at(self._marches[d], cells[mine])
            ride[mine] = np.where(np.isfinite(carried), carried, 0.0) / self._typical_speed
            walk[mine] = way - ride[mine] * self._typical_speed
        return walk, ride
