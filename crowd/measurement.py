"""Where density is measured: points on the floor, where people come, and the areas that results are reported for.

A point stands for one square of floor. Not here: the squares (`floor_squares`), the formulas (`kernels.fields`), what
is recorded (`recording`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely

from crowd.floor_squares import Cut, FloorSquares, Pieces
from crowd.kernels.fields import BLOCK, CUTOFF, around_points, seen_floor
from crowd.kernels.neighbours import sort_into_cells
from crowd.kernels.streams import around_people, congestion_levels
from crowd.kernels.tiles import BITS, SIDE
from crowd.kernels.walls import walls_near_points
from crowd.movement.floor import ClosedLine, Grid, Walls
from crowd.movement.tiles import Growing, Sheet
from crowd.movement.window import Window
from venues import Venue

#: Between points [m].
FIELD_SPACING = 0.5
#: Radius R of the Gaussian weight [m] (Helbing, Johansson & Al-Abideen 2007).
KERNEL_RADIUS = 1.0
#: Half the side of the moving window of the level density [m], and the floor it must hold [m2] (assumed).
WINDOW_HALF, WINDOW_FLOOR = 1.5, 6.0
#: A narrow passage holds less floor: there the window grows up to this half side [m] (assumed).
WINDOW_HALF_MOST = 4.0
#: Streams: radius of the weight of the velocity's rotation, how far people meet [m]; the slower stand [m/s] (assumed).
STREAM_RADIUS, MEETING, WALKING = 0.5, 1.5, 0.05
#: Length that makes the congestion level a number, CN = l CL / 6 [m]. Zanlungo et al. 2020 take the side of their cell,
#: over which they both average and take differences; a Gaussian weight has no cell. With this length (assumed) a sharp
#: line between two opposed streams, V = v erf(d / R), has the rotation it has on their cells: l rot V = v.
CONGESTION_LENGTH = 0.5 * math.sqrt(math.pi) * STREAM_RADIUS
#: Side of the cells that people are sorted into [m].
_CELL = 0.75
#: So many tiles are cut into squares at once: shapes take much more memory than the points that are left of
#: them (assumed).
_AT_ONCE = 256
#: Walls farther away than this hide nothing from a point [m].
_LOOK = 1.5 * WINDOW_HALF_MOST
#: Nobody farther away than this counts at a point: the corner of the largest window [m].
_REACH = max(CUTOFF * KERNEL_RADIUS, math.sqrt(2.0) * WINDOW_HALF_MOST)


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
class Streams:
    """What each person meets, arrays of length n.

    Attributes:
        congestion_number: [-], nan where the people around stand. opposed: share of the people around who come the
            other way [-].
    """

    congestion_number: np.ndarray
    opposed: np.ndarray


@dataclass(frozen=True)
class Probes(Pieces):
    """Points on the floor where fields are computed, one for each piece of a square of `grid`, in some tiles.

    Attributes:
        rank: of `Pieces`; by it points go plane by plane and row by row, however they came.
        grid: squares. floor: the venue in such squares. tiles: where there are points. closed: lines that hide like
        walls.
        lookup: point of each square, -1: it has none, or is in none of the tiles.
        share, halves, window: (p,) of `kernels.fields.seen_floor`. clear: (p,) distance of the nearest wall that
        counts [m], inf: none.
        walls: those near each tile. starts, items: walls near each point.
        room: for more points, by attribute.
    """

    grid: Grid
    floor: FloorSquares
    tiles: np.ndarray
    closed: tuple[ClosedLine, ...]
    lookup: Sheet
    share: np.ndarray
    halves: np.ndarray
    window: np.ndarray
    clear: np.ndarray
    walls: Walls
    starts: np.ndarray
    items: np.ndarray
    room: defaultdict[str, Growing]

    @classmethod
    def of(cls, venue: Venue, *, spacing: float = FIELD_SPACING, cuts: Sequence[Cut] = ()) -> Probes:
        """Points `spacing` metres apart on all levels of a venue; at square centres where these are on the floor.

        A square that a wall, a gate or one of `cuts` (barriers that may be put up) parts has a point in each piece.
        """
        bare = cls.nowhere(venue, spacing=spacing, cuts=cuts)
        return bare.grown(np.arange(bare.floor.cells.tiles))

    @classmethod
    def nowhere(cls, venue: Venue, *, spacing: float = FIELD_SPACING, cuts: Sequence[Cut] = ()) -> Probes:
        """No points yet; they come where people come."""
        grid = Grid.over(venue, cell=spacing)
        floor = FloorSquares(venue, grid, cuts)
        whole, real = np.empty(0, np.int64), np.empty(0)
        return cls(
            whole, whole, whole, real, real, real, np.empty((0, BLOCK), np.int64), {}, grid, floor, whole, (),
            Sheet(floor.cells, -1, dtype=np.int64), real, real, real, real, _walls(floor, ()),
            np.zeros(1, np.int64), whole, defaultdict(Growing),
        )  # fmt: skip

    def near(self, level: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Tiles with points where people (n,) count."""
        cells, r = self.floor.cells, _REACH
        steps = np.append(np.arange(-r, r, SIDE * cells.cell), r)
        found = np.zeros(cells.tiles, bool)
        for dx in steps:
            for dy in steps:
                found[cells.keys(x + dx, y + dy, level) >> BITS] = True
        return np.flatnonzero(found)

    def covering(self, level: np.ndarray, x: np.ndarray, y: np.ndarray) -> Probes:
        """These and the points where people (n,) count."""
        return self.grown(np.setdiff1d(self.near(level, x, y), self.tiles))

    def grown(self, tiles: np.ndarray) -> Probes:
        """These and the points in tiles (k,) where none are yet."""
        if tiles.size == 0:
            return self
        if tiles.size > _AT_ONCE:
            grown = self
            for first in range(0, tiles.size, _AT_ONCE):
                grown = grown.grown(tiles[first : first + _AT_ONCE])
            return grown
        new = self.floor.cut(tiles)
        count = self.size
        lookup = self.lookup.copy()
        lookup[new.square] = count + np.arange(new.square.size)
        shared = {key: (count + points, pieces) for key, (points, pieces) in new.shared.items()}
        share, halves, window, clear, starts, items = self._look_round(new.x, new.y, new.level)
        joined = {name: getattr(new, name) for name in ("square", "rank", "level", "x", "y", "area")} | {
            "tiles": tiles, "blocks": np.where(new.blocks >= 0, new.blocks + count, -1), "share": share,
            "halves": halves, "window": window, "clear": clear, "starts": self.starts[-1] + starts[1:], "items": items,
        }  # fmt: skip
        columns: dict[str, Any] = {
            name: self.room[name].append(getattr(self, name), more) for name, more in joined.items()
        }
        return replace(self, **columns, lookup=lookup, shared={**self.shared, **shared})

    def behind(self, closed: Sequence[ClosedLine]) -> Probes:
        """The same points with some lines closed: like walls, they hide what is behind them."""
        bare = replace(self, closed=tuple(closed), walls=_walls(self.floor, closed))
        names = ("share", "halves", "window", "clear", "starts", "items")
        seen: dict[str, Any] = dict(zip(names, bare._look_round(self.x, self.y, self.level), strict=True))
        return replace(bare, **seen)

    def _look_round(self, x: np.ndarray, y: np.ndarray, level: np.ndarray) -> tuple[np.ndarray, ...]:
        """What points see: share, halves, window, clear, starts, items."""
        tiles = self.floor.cells.keys(x, y, level) >> BITS
        walls = self.walls
        starts, wall, distance = walls_near_points(x, y, tiles, walls.segments, walls.starts, walls.items, _LOOK)
        point = np.repeat(np.arange(x.size), np.diff(starts))
        share, halves, window = seen_floor(
            x, y, walls.segments, starts, wall, KERNEL_RADIUS, WINDOW_HALF, WINDOW_HALF_MOST, WINDOW_FLOOR
        )
        # As far as a point looks: the Gaussian's cut-off or its window's corner.
        keep = distance <= np.maximum(CUTOFF * KERNEL_RADIUS, np.sqrt(2.0) * halves[point])
        clear = np.full(x.size, np.inf)
        np.minimum.at(clear, point[keep], (1.0 - 1e-9) * distance[keep])
        return share, halves, window, clear, np.searchsorted(point[keep], np.arange(x.size + 1)), wall[keep]

    @property
    def size(self) -> int:
        """Number of points."""
        return int(self.x.size)

    def index_at(self, level: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Point of the piece of floor each person stands on, or else the nearest: (n,) int64."""
        squares = self.floor.cells.keys(x, y, level)
        index = self.lookup[squares]
        rows = np.flatnonzero(np.isin(squares, list(self.shared)))
        pieces = [self.shared[square] for square in squares[rows].tolist()]
        if pieces:
            points, shapes = (np.concatenate(column) for column in zip(*pieces, strict=True))
            rows = rows.repeat([len(own) for own, _ in pieces])
            inside = shapely.intersects_xy(shapes, x[rows], y[rows])
            index[rows[inside]] = points[inside]
        for row in np.flatnonzero(index < 0):
            index[row] = self._nearest(float(x[row]), float(y[row]), int(level[row]))
        return index

    def _nearest(self, x: float, y: float, plane: int) -> int:
        """The point of a plane nearest to a place.

        Raises:
            ValueError: the plane has no point yet; see `covering`.
        """
        reach, cells = self.grid.cell, self.floor.cells
        while reach < cells.cell * (cells.nx + cells.ny):
            reach *= 2.0
            squares = self.floor.cells.around((x - reach, y - reach, x + reach, y + reach), plane)
            several = [self.shared[square][0] for square in squares.tolist() if square in self.shared]
            found = np.unique(np.concatenate((self.lookup[squares], *several)))
            found = found[found >= 0]
            away = np.hypot(self.x[found] - x, self.y[found] - y)
            if away.min(initial=np.inf) <= reach:
                return int(found[away.argmin()])
        raise ValueError(
            f"no point of plane {plane} is watched near ({x:g}, {y:g}): take `covering` of the people first"
        )

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
        order, starts, place = self._sorted(x, y, level)
        own_x, own_y, own_vx, own_vy = (np.ascontiguousarray(a[order], np.float64) for a in (x, y, vx, vy))
        _, compact = np.unique(group, return_inverse=True)
        near = np.isin(self.square[self.blocks[:, 0]] >> BITS, self.near(level, x, y))
        found = around_points(
            self.blocks[near], self.x, self.y, self.level, self.share, self.halves, self.window, self.clear,
            self.walls.segments, self.starts, self.items, own_x, own_y, own_vx, own_vy, compact[order],
            int(compact.max(initial=0)) + 1, force_mean[order].astype(np.float64), starts, *place, KERNEL_RADIUS,
        )  # fmt: skip
        worst = np.zeros(self.size)
        np.maximum.at(worst, self.index_at(level, x, y), force_max)
        density, window, ux, uy, pressure, force = found
        return Fields(density, window, ux, uy, np.hypot(ux, uy), pressure, force, worst)

    def streams(self, *, x: np.ndarray, y: np.ndarray, level: np.ndarray, vx: np.ndarray, vy: np.ndarray) -> Streams:
        """What people meet, where they are.

        Args:
            x, y: (n,) [m]. level: (n,). vx, vy: (n,) [m/s].
        """
        order, starts, place = self._sorted(x, y, level)
        own_x, own_y, own_vx, own_vy = (np.ascontiguousarray(a[order], np.float64) for a in (x, y, vx, vy))
        plane = level[order].astype(np.int64)
        near, items = _lists_of(self.index_at(level, x, y)[order], self.starts, self.items)
        x0, y0, side, nx, ny = place
        found = around_people(
            own_x, own_y, own_vx, own_vy, plane, self.walls.segments, near, items, starts, x0, y0, side, nx, ny,
            STREAM_RADIUS, MEETING, WALKING,
        )  # fmt: skip
        ux, uy, rotation, opposed = np.ascontiguousarray(found.T)
        levels = congestion_levels(
            own_x, own_y, np.hypot(ux, uy), rotation, plane, self.walls.segments, near, items, starts, x0, y0, side, nx,
            ny, MEETING, WALKING,
        )  # fmt: skip
        number, met = np.empty(x.size), np.empty(x.size)
        number[order], met[order] = CONGESTION_LENGTH * levels / 6.0, opposed
        return Streams(number, met)

    def _sorted(
        self, x: np.ndarray, y: np.ndarray, level: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, tuple[float, float, float, int, int]]:
        """People in (level, cell) order, where each cell starts, and the cells: x0, y0, side [m], nx, ny."""
        span = self.grid.cell / _CELL
        nx, ny = int(np.ceil(self.grid.nx * span)), int(np.ceil(self.grid.ny * span))
        window = Window(Grid(self.grid.x0, self.grid.y0, _CELL, nx, ny, self.grid.levels))
        # Cells around any point that looks for people are inside, unless beyond the map.
        window.follow(x, y, margin=SIDE * self.grid.cell + 2.0 * _REACH)
        order, starts = sort_into_cells(window.keys(x, y, level), window.grid.size)
        g = window.grid
        return order, starts, (g.x0, g.y0, g.cell, g.nx, g.ny)


def _walls(floor: FloorSquares, closed: Sequence[ClosedLine]) -> Walls:
    """The walls of a floor and some closed lines, and those near each tile."""
    cells = floor.cells
    tiles = Grid(cells.x0, cells.y0, SIDE * cells.cell, cells.across, cells.up, cells.planes)
    return Walls.of(floor.segments, tiles, reach=_LOOK, closed=closed)


def _lists_of(keys: np.ndarray, starts: np.ndarray, items: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The lists of some keys of a compressed list, one after another, as a compressed list."""
    counts = starts[keys + 1] - starts[keys]
    first = np.concatenate(([0], np.cumsum(counts)))
    return first, items[np.arange(first[-1]) + np.repeat(starts[keys] - first[:-1], counts)]
