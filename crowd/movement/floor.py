"""The floor as arrays: one grid over all levels, and walls as segments with the cells they are near.

What kernels see of a venue. Not here: where people want to go (`crowd.movement.wayfinding`), what is measured
(`crowd.measurement`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from crowd.kernels.walls import walls_near_cells
from venues import Venue


class Grid(NamedTuple):
    """Square cells, the same for every level and plane of links: key = (level ny + iy) nx + ix. Lengths in m."""

    x0: float
    y0: float
    cell: float
    nx: int
    ny: int
    levels: int

    @classmethod
    def over(cls, venue: Venue, *, cell: float) -> Grid:
        """The grid that covers all planes of a venue with two empty cells around."""
        bounds = np.array([plane.walkable.bounds for plane in venue.planes])
        x0, y0 = bounds[:, 0].min() - 2 * cell, bounds[:, 1].min() - 2 * cell
        nx = math.ceil((bounds[:, 2].max() - x0) / cell) + 2
        ny = math.ceil((bounds[:, 3].max() - y0) / cell) + 2
        return cls(float(x0), float(y0), cell, nx, ny, len(venue.planes))

    @property
    def size(self) -> int:
        """Number of cells on all levels."""
        return self.nx * self.ny * self.levels

    def keys(self, x: np.ndarray, y: np.ndarray, level: np.ndarray | int) -> np.ndarray:
        """Cell of each point, clamped to the grid: (n,) int64."""
        ix = np.clip(((x - self.x0) / self.cell).astype(np.int64), 0, self.nx - 1)
        iy = np.clip(((y - self.y0) / self.cell).astype(np.int64), 0, self.ny - 1)
        return (np.asarray(level, np.int64) * self.ny + iy) * self.nx + ix

    def centres(self) -> tuple[np.ndarray, np.ndarray]:
        """Centres of the cells of one level in key order: x, y (nx ny,) [m]."""
        x = self.x0 + (np.arange(self.nx) + 0.5) * self.cell
        y = self.y0 + (np.arange(self.ny) + 0.5) * self.cell
        return np.tile(x, self.ny), np.repeat(y, self.nx)


@dataclass(frozen=True)
class ClosedLine:
    """A gate or barrier that stands in the way.

    Args:
        gate: its index; someone whose `gate_pass` is this index may pass. level: level index. ends: (4,) [m].
    """

    gate: int
    level: int
    ends: tuple[float, float, float, float]


@dataclass(frozen=True)
class Segments:
    """The walls of a venue that are always there.

    Attributes:
        ends: (w, 4) x0, y0, x1, y1 [m]. level, before, after: (w,) int64, as in `Walls`.
    """

    ends: np.ndarray
    level: np.ndarray
    before: np.ndarray
    after: np.ndarray

    @classmethod
    def of(cls, venue: Venue) -> Segments:
        """The walls of all planes."""
        segments: list[np.ndarray] = []
        links: list[tuple[int, int, int]] = []
        for index, level in enumerate(venue.planes):
            for chain in venue.wall_chains(level):
                _add_chain(np.asarray(chain, float), index, segments, links)
        return cls(np.array(segments).reshape(-1, 4), *np.array(links, np.int64).reshape(-1, 3).T)


@dataclass(frozen=True)
class Walls:
    """Wall segments and the cells they are near.

    Attributes:
        segments: (w, 4) x0, y0, x1, y1 [m]. level, before, after, gate: (w,) int64; `before` and `after` are the
            neighbours along a chain (-1: a free end), `gate` the gate a segment belongs to (-1: a wall).
        starts, items: walls near each cell of the grid, compressed. most: in one cell.
    """

    segments: np.ndarray
    level: np.ndarray
    before: np.ndarray
    after: np.ndarray
    gate: np.ndarray
    starts: np.ndarray
    items: np.ndarray
    most: int

    @classmethod
    def of(cls, segments: Segments, grid: Grid, *, reach: float, closed: Sequence[ClosedLine] = ()) -> Walls:
        """Walls of a venue and the lines closed at the moment.

        Args:
            reach: walls within this distance of a cell are listed for it [m].
        """
        lines = np.array([line.ends for line in closed], float).reshape(-1, 4)
        ends = np.vstack((segments.ends, lines))
        links = np.array([(line.level, -1, -1, line.gate) for line in closed], np.int64).reshape(-1, 4)
        own = np.column_stack((segments.level, segments.before, segments.after, np.full(len(segments.ends), -1)))
        level, before, after, gate = (np.ascontiguousarray(column) for column in np.vstack((own, links)).T)
        starts, items = walls_near_cells(ends, level, *grid[:3], grid.nx, grid.ny, grid.levels, reach)
        return cls(ends, level, before, after, gate, starts, items, int(np.diff(starts).max(initial=0)))


def _add_chain(points: np.ndarray, level: int, segments: list[np.ndarray], links: list[tuple[int, int, int]]) -> None:
    """Append the segments of a chain of points, linked to their neighbours; repeated points are left out."""
    keep = np.concatenate(([True], np.hypot(*np.diff(points, axis=0).T) > 1e-9))
    points = points[keep]
    ring = bool(np.hypot(*(points[0] - points[-1])) < 1e-9)
    count = len(points) - 1
    first = len(segments)
    for k in range(count):
        segments.append(np.concatenate((points[k], points[k + 1])))
        before = first + (k - 1) % count if ring or k > 0 else -1
        after = first + (k + 1) % count if ring or k < count - 1 else -1
        links.append((level, before, after))
