"""Where density is measured: points on the floor, and the areas and lines that results are reported for.

A point stands for one square of floor. Not here: the formulas (`kernels.fields`), what is recorded (`recording`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from crowd.floor import Grid, Walls
from crowd.kernels.fields import CUTOFF, around_points, seen_floor
from crowd.kernels.neighbours import cell_keys, sort_into_cells
from venues import Venue

#: Radius R of the Gaussian weight [m] (Helbing, Johansson & Al-Abideen 2007).
KERNEL_RADIUS = 1.0
#: Half the side of the moving window of the level density [m], and the floor it must hold [m2] (assumed).
WINDOW_HALF, WINDOW_FLOOR = 1.5, 6.0
#: A narrow passage holds less floor: there the window grows up to this half side [m] (assumed).
WINDOW_HALF_MOST = 4.0
#: Cells of floor below this share of a full one carry no point of their own.
_SLIVER = 0.02


@dataclass(frozen=True)
class Fields:
    """What is found around each point, arrays of length p.

    Attributes:
        density: Gaussian local density [1/m2]. window_density: people / seen floor in the moving window [1/m2], nan
        where no window holds enough floor. vx, vy: mean velocity [m/s]. speed: its magnitude. crowd_pressure: [1/s2].
        force_mean: mean contact force [N]. force_max: largest contact force of the people standing in the square.
    """

    density: np.ndarray
    window_density: np.ndarray
    vx: np.ndarray
    vy: np.ndarray
    speed: np.ndarray
    crowd_pressure: np.ndarray
    force_mean: np.ndarray
    force_max: np.ndarray


@dataclass(frozen=True)
class Probes:
    """Points on the floor where fields are computed, one for each square of `grid` that holds floor.

    Attributes:
        grid: squares. level, x, y, area: (p,) level index, position [m], floor the point stands for [m2].
        lookup: (cells,) point of each square, the nearest one where a square has none of its own.
        share, halves, window: (p,) of `kernels.fields.seen_floor`.
        walls: segments; starts, items: walls near each point.
    """

    grid: Grid
    level: np.ndarray
    x: np.ndarray
    y: np.ndarray
    area: np.ndarray
    lookup: np.ndarray
    share: np.ndarray
    halves: np.ndarray
    window: np.ndarray
    walls: np.ndarray
    starts: np.ndarray
    items: np.ndarray

    @classmethod
    def of(cls, venue: Venue, *, spacing: float = 0.5) -> Probes:
        """Points `spacing` metres apart on all levels of a venue; at square centres where these are on the floor."""
        grid = Grid.over(venue, cell=spacing)
        level, x, y, area = (np.concatenate(parts) for parts in zip(*_points(venue, grid), strict=True))
        walls = Walls.of(venue, grid, reach=1.5 * WINDOW_HALF_MOST + spacing)
        starts, items = _walls_near_points(grid.keys(x, y, level), walls)
        share, halves, window = seen_floor(
            x, y, walls.segments, starts, items, KERNEL_RADIUS, WINDOW_HALF, WINDOW_HALF_MOST, WINDOW_FLOOR
        )
        starts, items = _keep_reach(x, y, halves, walls.segments, starts, items)
        lookup = _nearest_points(grid, level, x, y)
        return cls(grid, level, x, y, area, lookup, share, halves, window, walls.segments, starts, items)

    @property
    def size(self) -> int:
        """Number of points."""
        return int(self.x.size)

    def index_at(self, level: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Point of the square each person stands in: (n,) int64."""
        return self.lookup[self.grid.keys(x, y, level)]

    def inside(self, level: int, polygon: shapely.Geometry) -> np.ndarray:
        """Which points lie in a polygon of a level: (p,) bool."""
        return (self.level == level) & shapely.intersects_xy(polygon, self.x, self.y)

    def compute(
        self,
        *,
        x: np.ndarray,
        y: np.ndarray,
        level: np.ndarray,
        vx: np.ndarray,
        vy: np.ndarray,
        group: np.ndarray,
        force_mean: np.ndarray,
        force_max: np.ndarray,
    ) -> Fields:
        """Fields at all points from people.

        Args:
            x, y: (n,) [m]. level: (n,). vx, vy: (n,) [m/s]. group: (n,) direction group, a small int.
            force_mean, force_max: (n,) contact force [N].
        """
        side = 1.25  # of the cells that people are sorted into [m]
        span = self.grid.cell / side
        nx, ny = int(np.ceil(self.grid.nx * span)), int(np.ceil(self.grid.ny * span))
        keys = cell_keys(x, y, level, self.grid.x0, self.grid.y0, side, nx, ny)
        order, starts = sort_into_cells(keys, nx * ny * self.grid.levels)
        own_x, own_y, own_vx, own_vy = (np.ascontiguousarray(a[order], np.float64) for a in (x, y, vx, vy))
        _, compact = np.unique(group, return_inverse=True)
        found = around_points(
            self.x, self.y, self.level, self.share, self.halves, self.window, self.walls, self.starts, self.items,
            own_x, own_y, own_vx, own_vy, compact[order], int(compact.max(initial=0)) + 1,
            force_mean[order].astype(np.float64), starts, self.grid.x0, self.grid.y0, side, nx, ny, KERNEL_RADIUS,
        )  # fmt: skip
        worst = np.zeros(self.size)
        np.maximum.at(worst, self.index_at(level, x, y), force_max)
        density, window, ux, uy, pressure, force = np.ascontiguousarray(found.T)
        return Fields(density, window, ux, uy, np.hypot(ux, uy), pressure, force, worst)


def _points(venue: Venue, grid: Grid) -> list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    """Level, x, y and floor area of the points of each level."""
    x, y = grid.centres()
    half = grid.cell / 2
    found = []
    for index, level in enumerate(venue.levels):
        shapely.prepare(level.floor)
        squares = shapely.box(x - half, y - half, x + half, y + half)
        near = np.flatnonzero(shapely.intersects(level.floor, squares))
        full = shapely.contains(level.floor, squares[near])
        pieces = squares[near].copy()
        pieces[~full] = shapely.intersection(squares[near][~full], level.floor)
        area = shapely.area(pieces)
        keep = area > _SLIVER * grid.cell**2
        near, pieces, area = near[keep], pieces[keep], area[keep]
        centred = shapely.contains_xy(level.floor, x[near], y[near])
        place = shapely.get_coordinates(shapely.point_on_surface(pieces))
        px, py = np.where(centred, x[near], place[:, 0]), np.where(centred, y[near], place[:, 1])
        found.append((np.full(near.size, index, np.int64), px, py, area))
    return found


def _as_points(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Shapely points: (n,) object."""
    return np.asarray(shapely.points(x, y))


def _walls_near_points(keys: np.ndarray, walls: Walls) -> tuple[np.ndarray, np.ndarray]:
    """The wall list of each point's square as a compressed list over points."""
    counts = walls.starts[keys + 1] - walls.starts[keys]
    starts = np.concatenate(([0], np.cumsum(counts)))
    items = [walls.items[walls.starts[k] : walls.starts[k + 1]] for k in keys]
    return starts, np.concatenate(items) if items else np.empty(0, np.int64)


def _keep_reach(
    x: np.ndarray, y: np.ndarray, halves: np.ndarray, segments: np.ndarray, starts: np.ndarray, items: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Drop the walls beyond what a point looks at: the Gaussian's cut-off, or its window's corner."""
    owner = np.repeat(np.arange(x.size), np.diff(starts))
    lines = np.asarray(shapely.linestrings(segments.reshape(-1, 2, 2)))
    distance = shapely.distance(_as_points(x, y)[owner], lines[items])
    keep = distance <= np.maximum(CUTOFF * KERNEL_RADIUS, np.sqrt(2.0) * halves[owner])
    counts = np.bincount(owner[keep], minlength=x.size)
    return np.concatenate(([0], np.cumsum(counts))), items[keep]


def _nearest_points(grid: Grid, level: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Point of every square; squares without one take the nearest of their level."""
    lookup = np.full(grid.size, -1, np.int64)
    lookup[grid.keys(x, y, level)] = np.arange(x.size)
    cx, cy = grid.centres()
    plane = grid.nx * grid.ny
    for index in range(grid.levels):
        part = lookup[index * plane : (index + 1) * plane]
        mine = np.flatnonzero(level == index)
        tree = shapely.STRtree(_as_points(x[mine], y[mine]))
        empty = np.flatnonzero(part < 0)
        part[empty] = mine[tree.nearest(_as_points(cx[empty], cy[empty]))]
    return lookup
