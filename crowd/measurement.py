"""Where density is measured: points on the floor, and the areas and lines that results are reported for.

A point stands for one square of floor. Not here: the formulas (`kernels.fields`), what is recorded (`recording`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from shapely.ops import split

from crowd.kernels.fields import BLOCK, CUTOFF, around_points, seen_floor
from crowd.kernels.neighbours import cell_keys, sort_into_cells
from crowd.kernels.streams import around_people, congestion_levels
from crowd.movement.floor import ClosedLine, Grid, Segments, Walls
from venues import Level, Venue

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
#: Cells of floor below this share of a full one carry no point of their own.
_SLIVER = 0.02
#: Shapely's type number of a polygon; greater ones are collections.
_POLYGON = 3

#: A square of floor in several pieces: the points of the pieces and their polygons.
SharedSquare = tuple[np.ndarray, np.ndarray]
#: A line that may close: the name of its level, and where it runs.
Cut = tuple[str, shapely.LineString]


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
class Probes:
    """Points on the floor where fields are computed, one for each square of `grid` that holds floor.

    Attributes:
        grid: squares. level, x, y, area: (p,) level index, position [m], floor the point stands for [m2].
        blocks: (b, `kernels.fields.BLOCK`) points that lie together, -1 after the last of them.
        lookup: (cells,) point of each square, the nearest one where a square has none of its own. shared: squares
        in several pieces. venue: the place.
        share, halves, window: (p,) of `kernels.fields.seen_floor`. clear: (p,) distance of the nearest wall that
        counts [m], inf: none.
        walls: segments; starts, items: walls near each point.
    """

    venue: Venue
    grid: Grid
    level: np.ndarray
    x: np.ndarray
    y: np.ndarray
    blocks: np.ndarray
    area: np.ndarray
    lookup: np.ndarray
    shared: Mapping[int, SharedSquare]
    share: np.ndarray
    halves: np.ndarray
    window: np.ndarray
    clear: np.ndarray
    walls: np.ndarray
    starts: np.ndarray
    items: np.ndarray

    @classmethod
    def of(cls, venue: Venue, *, spacing: float = 0.5, cuts: Sequence[Cut] = ()) -> Probes:
        """Points `spacing` metres apart on all levels of a venue; at square centres where these are on the floor.

        A square that a wall, a gate or one of `cuts` (barriers that may be put up) parts has a point in each piece.
        """
        grid = Grid.over(venue, cell=spacing)
        found = [_pieces(venue, level, grid, cuts) for level in venue.planes]
        level = np.concatenate([np.full(keys.size, k, np.int64) for k, (keys, _) in enumerate(found)])
        plane = grid.nx * grid.ny
        keys = np.concatenate([k * plane + keys for k, (keys, _) in enumerate(found)])
        pieces = np.concatenate([pieces for _, pieces in found])
        x, y = _places(pieces, keys % plane, grid)
        nothing = np.empty(0)
        bare = cls(
            venue, grid, level, x, y, _blocks(grid, keys), shapely.area(pieces), _nearest_points(grid, keys, x, y),
            _shared(keys, pieces), nothing, nothing, nothing, nothing, nothing, nothing, nothing,
        )  # fmt: skip
        return bare.behind(())

    def behind(self, closed: Sequence[ClosedLine]) -> Probes:
        """The same points with some lines closed: like walls, they hide what is behind them."""
        walls = Walls.of(
            Segments.of(self.venue), self.grid, reach=1.5 * WINDOW_HALF_MOST + self.grid.cell, closed=closed
        )
        starts, items = _walls_near_points(self.grid.keys(self.x, self.y, self.level), walls)
        share, halves, window = seen_floor(
            self.x, self.y, walls.segments, starts, items, KERNEL_RADIUS, WINDOW_HALF, WINDOW_HALF_MOST, WINDOW_FLOOR
        )
        starts, items, clear = _keep_reach(self.x, self.y, halves, walls.segments, starts, items)
        return replace(
            self, share=share, halves=halves, window=window, clear=clear, walls=walls.segments, starts=starts,
            items=items,
        )  # fmt: skip

    @property
    def size(self) -> int:
        """Number of points."""
        return int(self.x.size)

    def index_at(self, level: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Point of the piece of floor each person stands on: (n,) int64."""
        keys = self.grid.keys(x, y, level)
        index = self.lookup[keys]
        for key in np.unique(keys[np.isin(keys, list(self.shared))]):
            rows = np.flatnonzero(keys == key)
            for point, piece in zip(*self.shared[int(key)], strict=True):
                index[rows[shapely.intersects_xy(piece, x[rows], y[rows])]] = point
        return index

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
        found = around_points(
            self.blocks, self.x, self.y, self.level, self.share, self.halves, self.window, self.clear, self.walls,
            self.starts, self.items, own_x, own_y, own_vx, own_vy, compact[order], int(compact.max(initial=0)) + 1,
            force_mean[order].astype(np.float64), starts, *place, KERNEL_RADIUS,
        )  # fmt: skip
        worst = np.zeros(self.size)
        np.maximum.at(worst, self.index_at(level, x, y), force_max)
        density, window, ux, uy, pressure, force = np.ascontiguousarray(found.T)
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
            own_x, own_y, own_vx, own_vy, plane, self.walls, near, items, starts, x0, y0, side, nx, ny,
            STREAM_RADIUS, MEETING, WALKING,
        )  # fmt: skip
        ux, uy, rotation, opposed = np.ascontiguousarray(found.T)
        levels = congestion_levels(
            own_x, own_y, np.hypot(ux, uy), rotation, plane, self.walls, near, items, starts, x0, y0, side, nx, ny,
            MEETING, WALKING,
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
        place = (self.grid.x0, self.grid.y0, _CELL, nx, ny)
        order, starts = sort_into_cells(cell_keys(x, y, level, *place), nx * ny * self.grid.levels)
        return order, starts, place


def _pieces(venue: Venue, level: Level, grid: Grid, cuts: Sequence[Cut]) -> tuple[np.ndarray, np.ndarray]:
    """The floor of a level cut into squares, and these by walls, gates and `cuts`: keys on the level, polygons."""
    x, y = grid.centres()
    half = grid.cell / 2
    shapely.prepare(level.floor)
    squares = np.asarray(shapely.box(x - half, y - half, x + half, y + half))
    keys = np.flatnonzero(shapely.intersects(level.floor, squares))
    pieces = squares[keys]
    full = shapely.contains(level.floor, pieces)
    pieces[~full] = shapely.intersection(pieces[~full], level.floor)
    lines = [*level.wall_lines, *(gate.line for gate in venue.gates if gate.level == level.name)]
    blades = shapely.union_all(lines + [line for name, line in cuts if name == level.name])
    for k in np.flatnonzero(shapely.intersects(pieces, blades)):
        pieces[k] = split(shapely.MultiPolygon(_polygons(pieces[k])), blades)
    parts, owner = shapely.get_parts(pieces, return_index=True)
    while (shapely.get_type_id(parts) > _POLYGON).any():
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    keep = shapely.area(parts) > _SLIVER * grid.cell**2
    return keys[owner[keep]], parts[keep]


def _polygons(shape: BaseGeometry) -> list[shapely.Polygon]:
    return [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)]


def _places(pieces: np.ndarray, keys: np.ndarray, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Where the point of each piece stands: in the middle of the square if that is in the piece, else inside it."""
    x, y = (centre[keys] for centre in grid.centres())
    partial = np.flatnonzero(shapely.area(pieces) < (1.0 - 1e-9) * grid.cell**2)
    some = pieces[partial]
    # Away from the piece's edge, so that a point never lies on a wall.
    centred = shapely.contains_xy(shapely.buffer(some, -0.02 * grid.cell), x[partial], y[partial])
    place = shapely.get_coordinates(shapely.point_on_surface(some))
    x[partial[~centred]], y[partial[~centred]] = place[~centred].T
    return x, y


def _blocks(grid: Grid, keys: np.ndarray) -> np.ndarray:
    """Points in square tiles of squares: (b, BLOCK), -1 after the last; a tile has more if squares are in pieces."""
    side = math.isqrt(BLOCK)
    row, column = np.divmod(keys, grid.nx)
    level, row = np.divmod(row, grid.ny)
    tiles = (level * grid.ny + row // side) * grid.nx + column // side
    order = np.argsort(tiles, kind="stable")
    _, first, size = np.unique(tiles[order], return_index=True, return_counts=True)
    within = np.arange(order.size) - np.repeat(first, size)
    block = np.repeat(np.cumsum(-(-size // BLOCK)) - (-(-size // BLOCK)), size) + within // BLOCK
    blocks = np.full((int(block.max(initial=-1)) + 1, BLOCK), -1, np.int64)
    blocks[block, within % BLOCK] = order
    return blocks


def _shared(keys: np.ndarray, pieces: np.ndarray) -> dict[int, SharedSquare]:
    """Squares with more than one piece: key -> (points, pieces)."""
    several = np.flatnonzero(np.bincount(keys, minlength=1) > 1)
    return {int(key): (np.flatnonzero(keys == key), pieces[keys == key]) for key in several}


def _as_points(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Shapely points: (n,) object."""
    return np.asarray(shapely.points(x, y))


def _walls_near_points(keys: np.ndarray, walls: Walls) -> tuple[np.ndarray, np.ndarray]:
    """The wall list of each point's square as a compressed list over points."""
    return _lists_of(keys, walls.starts, walls.items)


def _lists_of(keys: np.ndarray, starts: np.ndarray, items: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The lists of some keys of a compressed list, one after another, as a compressed list."""
    counts = starts[keys + 1] - starts[keys]
    first = np.concatenate(([0], np.cumsum(counts)))
    return first, items[np.arange(first[-1]) + np.repeat(starts[keys] - first[:-1], counts)]


def _keep_reach(
    x: np.ndarray, y: np.ndarray, halves: np.ndarray, segments: np.ndarray, starts: np.ndarray, items: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Keep the walls as far as a point looks, the Gaussian's cut-off or its window's corner: starts, items, clear."""
    owner = np.repeat(np.arange(x.size), np.diff(starts))
    lines = np.asarray(shapely.linestrings(segments.reshape(-1, 2, 2)))
    distance = shapely.distance(_as_points(x, y)[owner], lines[items])
    keep = distance <= np.maximum(CUTOFF * KERNEL_RADIUS, np.sqrt(2.0) * halves[owner])
    counts = np.bincount(owner[keep], minlength=x.size)
    clear = np.full(x.size, np.inf)
    np.minimum.at(clear, owner[keep], (1.0 - 1e-9) * distance[keep])
    return np.concatenate(([0], np.cumsum(counts))), items[keep], clear


def _nearest_points(grid: Grid, keys: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Point of every square; squares without one take the nearest of their level."""
    lookup = np.full(grid.size, -1, np.int64)
    lookup[keys] = np.arange(x.size)
    cx, cy = grid.centres()
    plane = grid.nx * grid.ny
    for index in range(grid.levels):
        part = lookup[index * plane : (index + 1) * plane]
        mine = np.flatnonzero(keys // plane == index)
        tree = shapely.STRtree(_as_points(x[mine], y[mine]))
        empty = np.flatnonzero(part < 0)
        part[empty] = mine[tree.nearest(_as_points(cx[empty], cy[empty]))]
    return lookup
