"""What people press on barriers with: the load along every named thin wall, and when it was worst.

The load of a piece is the sum of the normal forces of the bodies that touch it, from both sides, over its length. Not
here: how forces arise (`crowd.kernels.contact`), words (`crowd.report`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import shapely

from crowd.risk.tables import Peak, Series, coordinates, numbers
from venues import Venue, Wall

COLUMNS = ("time", "level", "x0", "y0", "x1", "y1", "load_mean", "load_max")
"""Columns of `walls/` that are needed."""

DESIGN_LOAD = 3000.0
"""Horizontal load a stage barrier is usually built for [N/m]; assumed where the map gives none, the papers of the real
barrier decide."""

_ON_IT = 0.02  # [m] a piece whose ends are nearer to a wall lies on it (assumed; the table has single precision)


@dataclass(frozen=True, eq=False)
class BarrierLoad:
    """The load on one barrier: all walls of one name on one level, laid end to end.

    Args:
        wall: the first of them, for its name and labels.
        level: name of its level.
        length: of all of them [m].
        known: whether the recording has loads at all.
        times: (t,) ends of the intervals in which something pressed on it [s].
        along: (k,) distance of the middle of each piece from the barrier's beginning [m].
        lengths: (k,) of the pieces that ever bore a load [m].
        middles: (k, 2) their middles [m].
        mean, peak: (t, k) mean over the interval and largest tick of 0.1 s [N/m].
    """

    wall: Wall
    level: str
    length: float
    known: bool
    times: Series
    along: Series
    lengths: Series
    middles: np.ndarray
    mean: np.ndarray
    peak: np.ndarray

    @property
    def design_load(self) -> float:
        """What it is built for, else what is usual [N/m]."""
        return DESIGN_LOAD if self.wall.design_load is None else self.wall.design_load

    @cached_property
    def highest(self) -> Peak | None:
        """Largest mean over an interval on one piece [N/m]; None if nothing pressed on it or nobody knows."""
        return self._largest(self.mean)

    @cached_property
    def moment(self) -> Peak | None:
        """Largest tick on one piece [N/m], bumps included."""
        return self._largest(self.peak)

    @property
    def total(self) -> Series:
        """(t,) sum of all pushes on it, mean over each interval [N]."""
        return np.nansum(self.mean * self.lengths, axis=1)

    def profile(self, time: float) -> tuple[Series, Series]:
        """(k,) mean and largest load of each piece in the interval that ends at a time [N/m]."""
        row = int(np.flatnonzero(self.times == time)[0])
        return self.mean[row], self.peak[row]

    def _largest(self, loads: np.ndarray) -> Peak | None:
        if not loads.size or np.isnan(loads).all():
            return None
        t, k = np.unravel_index(int(np.nanargmax(loads)), loads.shape)
        return Peak(float(loads[t, k]), float(self.times[t]), float(self.middles[k, 0]), float(self.middles[k, 1]))


def assess_barriers(table: pd.DataFrame | None, venue: Venue, levels: Iterable[str]) -> tuple[BarrierLoad, ...]:
    """The loads on every named barrier, the highest first.

    Args:
        table: `walls/` of a recording; None if it cannot be read.
        venue: the place.
        levels: names of the levels in the order of their indices in the table.
    """
    index = {name: number for number, name in enumerate(levels)}
    found = []
    for level in venue.levels:
        for name in dict.fromkeys(wall.name for wall in level.thin_walls if wall.name):
            walls = [wall for wall in level.thin_walls if wall.name == name]
            rows = None if table is None else table[table["level"] == index.get(level.name, -1)]
            found.append(_load(rows, walls, level.name))
    return tuple(sorted(found, key=lambda load: 0.0 if load.highest is None else -load.highest.value))


def _load(rows: pd.DataFrame | None, walls: list[Wall], level: str) -> BarrierLoad:
    """The load on walls of one name; a piece without a row in an interval bore nothing then."""
    length = float(sum(wall.line.length for wall in walls))
    if rows is None or not len(rows):
        empty, none = np.empty(0), np.empty((0, 0))
        known = rows is not None
        return BarrierLoad(walls[0], level, length, known, empty, empty, empty, np.empty((0, 2)), none, none)
    ends = np.column_stack([coordinates(rows, name) for name in ("x0", "y0", "x1", "y1")])
    at = _positions(ends, walls)
    on_it = np.isfinite(at)
    pieces, piece_of = np.unique(np.column_stack((at, ends))[on_it], axis=0, return_inverse=True)
    times, time_of = np.unique(coordinates(rows, "time")[on_it], return_inverse=True)
    mean, peak = np.zeros((2, len(times), len(pieces)))
    mean[time_of, piece_of.ravel()] = numbers(rows, "load_mean")[on_it]
    peak[time_of, piece_of.ravel()] = numbers(rows, "load_max")[on_it]
    lengths = np.hypot(*(pieces[:, 3:5] - pieces[:, 1:3]).T)
    middles = (pieces[:, 1:3] + pieces[:, 3:5]) / 2.0
    return BarrierLoad(walls[0], level, length, True, times, pieces[:, 0], lengths, middles, mean, peak)


def _positions(ends: np.ndarray, walls: list[Wall]) -> Series:
    """Distance of the middle of each piece from the beginning of walls laid end to end: (n,) [m], nan: on none."""
    middle = (ends[:, :2] + ends[:, 2:]) / 2.0
    at, before = np.full(len(ends), np.nan), 0.0
    for wall in walls:
        near = [shapely.distance(wall.line, shapely.points(p)) < _ON_IT for p in (ends[:, :2], ends[:, 2:], middle)]
        mine = np.logical_and.reduce(near) & np.isnan(at)
        at[mine] = before + shapely.line_locate_point(wall.line, shapely.points(middle[mine]))
        before += wall.line.length
    return at
