"""The floor cut into squares, and these by walls, gates and barriers; a tile of the floor at a time.

Not here: what is measured at the points of the squares (`crowd.measurement`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from shapely.ops import split

from crowd.kernels.fields import BLOCK
from crowd.kernels.tiles import BITS, SIDE
from crowd.movement.floor import Grid, Segments
from crowd.movement.tiles import Cells
from venues import Level, Venue

#: Squares with a share of floor below this carry no point of their own (assumed).
_SLIVER = 0.02
#: Shapely's type number of a polygon; greater ones are collections.
_POLYGON = 3
#: Parts of so many squares a side with no edge in them are cut without a look at each square (assumed).
_PART = 4
#: An edge this far beside a square does not run through it, whatever the rounding [m].
_ROUNDING = 1e-9

#: A square of floor in several pieces: the points of the pieces and their polygons.
SharedSquare = tuple[np.ndarray, np.ndarray]
#: A line that may close: the name of its level, and where it runs.
Cut = tuple[str, shapely.LineString]


@dataclass(frozen=True)
class Pieces:
    """Pieces of squares, each with a point, in the order of the squares: arrays of length p.

    Attributes:
        square: cell of `FloorSquares.cells`. rank: its number by plane, row and column. level: plane. x, y: place of
        the point [m]. area: [m2]. blocks: (b, BLOCK) points that lie together, -1 after the last of them. shared:
        squares in several pieces.
    """

    square: np.ndarray
    rank: np.ndarray
    level: np.ndarray
    x: np.ndarray
    y: np.ndarray
    area: np.ndarray
    blocks: np.ndarray
    shared: Mapping[int, SharedSquare]


class FloorSquares:
    """The floor of a venue.

    Args:
        venue: the place. grid: the squares. cuts: barriers that may be put up.

    Attributes:
        cells: the squares by tile. segments: the walls.
    """

    def __init__(self, venue: Venue, grid: Grid, cuts: Sequence[Cut]) -> None:
        self.cells = Cells.of(grid)
        self.segments = Segments.of(venue)
        self._levels = venue.planes
        self._blades = [_blades(venue, level, cuts) for level in venue.planes]
        self._edges = [_edges(level) for level in venue.planes]

    def cut(self, tiles: np.ndarray) -> Pieces:
        """The pieces of floor in some tiles."""
        squares = self.cells.of_tiles(self._with_floor(tiles)).ravel()
        ix, iy = self.cells.columns(squares)
        squares = squares[(ix < self.cells.nx) & (iy < self.cells.ny)]
        squares = squares[np.argsort(self._rank(squares))]
        planes, known = self.cells.planes_of(squares), self._known(squares)
        cut = [self._cut_plane(plane, squares[(planes == plane) & (known == 0)]) for plane in range(len(self._levels))]
        parted, pieces = (np.concatenate(column) for column in zip(*cut, strict=True))
        own = squares[known == 1]
        square = np.concatenate((own, parted))
        x, y = (
            np.concatenate(both) for both in zip(self.cells.centres(own), self._places(parted, pieces), strict=True)
        )
        area = np.concatenate((self._areas(own), shapely.area(pieces)))
        # Pieces of a square stay beside each other, in their order.
        order = np.argsort(self._rank(square), kind="stable")
        square = square[order]
        shared = _shared(square, np.concatenate((np.full(own.size, None, object), pieces))[order])
        rank, planes, blocks = self._rank(square), self.cells.planes_of(square), self._blocks(square)
        return Pieces(square, rank, planes, x[order], y[order], area[order], blocks, shared)

    def _known(self, squares: np.ndarray) -> np.ndarray:
        """What is known of squares without cutting them: 1 all floor, -1 none, 0 nothing. (n,) int8."""
        known = self._known_of_parts(squares, _PART)
        rest = np.flatnonzero(known == 0)
        known[rest] = self._known_of_parts(squares[rest], 1)
        return known

    def _known_of_parts(self, squares: np.ndarray, size: int) -> np.ndarray:
        """As `_known`, by parts of so many squares a side with no edge of the floor in them and nothing that cuts."""
        ix, iy = (index // size for index in self.cells.columns(squares))
        planes = self.cells.planes_of(squares)
        parts, back = np.unique((planes * self.cells.ny + iy) * self.cells.nx + ix, return_inverse=True)
        row, column = np.divmod(parts, self.cells.nx)
        plane, row = np.divmod(row, self.cells.ny)
        side = size * self.cells.cell
        x, y = self.cells.x0 + column * side, self.cells.y0 + row * side
        boxes = np.asarray(shapely.box(x, y, x + side, y + side))
        known = np.zeros(parts.size, np.int8)
        for k, (level, (_, tree), edges) in enumerate(zip(self._levels, self._blades, self._edges, strict=True)):
            mine = np.flatnonzero(plane == k)
            part, edge = edges.query(boxes[mine])
            part, through = mine[part], shapely.get_coordinates(edges.geometries[edge]).reshape(-1, 4)
            part = part[_runs_through(through, x[part], y[part], side)]
            cut = mine[tree.query(boxes[mine], predicate="intersects")[0]]
            mine = np.setdiff1d(mine, np.concatenate((part, cut)))
            shapely.prepare(level.floor)
            inside = shapely.contains_xy(level.floor, x[mine] + side / 2, y[mine] + side / 2)
            known[mine] = np.where(inside, 1, -1)
        found: np.ndarray = known[back]
        return found

    def _areas(self, squares: np.ndarray) -> np.ndarray:
        """Areas of squares [m2], as far as their sides are numbers."""
        x, y = self.cells.centres(squares)
        half = self.cells.cell / 2
        area: np.ndarray = ((x + half) - (x - half)) * ((y + half) - (y - half))
        return area

    def _with_floor(self, tiles: np.ndarray) -> np.ndarray:
        """Those of some tiles that touch the floor."""
        planes, (x, y) = self.cells.planes_of(tiles << BITS), self.cells.centres(tiles << BITS)
        half, side = self.cells.cell / 2, SIDE * self.cells.cell
        boxes = np.asarray(shapely.box(x - half, y - half, x - half + side, y - half + side))
        floors = np.array([level.floor for level in self._levels], object)
        touched: np.ndarray = tiles[shapely.intersects(floors[planes], boxes)]
        return touched

    def _rank(self, squares: np.ndarray) -> np.ndarray:
        """Number of squares by plane, row and column: (n,)."""
        ix, iy = self.cells.columns(squares)
        number: np.ndarray = (self.cells.planes_of(squares) * self.cells.ny + iy) * self.cells.nx + ix
        return number

    def _cut_plane(self, plane: int, squares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Squares of a plane cut: squares and polygons (n,)."""
        floor, (blades, tree) = self._levels[plane].floor, self._blades[plane]
        x, y = self.cells.centres(squares)
        half = self.cells.cell / 2
        shapely.prepare(floor)
        boxes = np.asarray(shapely.box(x - half, y - half, x + half, y + half))
        touched = shapely.intersects(floor, boxes)
        squares, pieces = squares[touched], boxes[touched]
        # What touches the floor and not its edge lies on it as a whole.
        edge, _ = self._edges[plane].query(pieces, predicate="intersects")
        edge = np.unique(edge)
        edge = edge[~shapely.contains(floor, pieces[edge])]
        pieces[edge] = shapely.intersection(pieces[edge], floor)
        cut, by = tree.query(pieces, predicate="intersects")
        for k in np.unique(cut):
            lines = shapely.union_all(blades[np.sort(by[cut == k])])
            pieces[k] = split(shapely.MultiPolygon(_polygons(pieces[k])), lines)
        parts, owner = shapely.get_parts(pieces, return_index=True)
        while (shapely.get_type_id(parts) > _POLYGON).any():
            parts, inner = shapely.get_parts(parts, return_index=True)
            owner = owner[inner]
        keep = shapely.area(parts) > _SLIVER * self.cells.cell**2
        return squares[owner[keep]], parts[keep]

    def _places(self, square: np.ndarray, pieces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where the point of each piece stands: in the middle of the square if that is in the piece, else inside it."""
        side = self.cells.cell
        x, y = self.cells.centres(square)
        partial = np.flatnonzero(shapely.area(pieces) < (1.0 - 1e-9) * side**2)
        some = pieces[partial]
        # Away from the piece's edge, so that a point never lies on a wall.
        centred = shapely.contains_xy(shapely.buffer(some, -0.02 * side), x[partial], y[partial])
        place = shapely.get_coordinates(shapely.point_on_surface(some))
        x[partial[~centred]], y[partial[~centred]] = place[~centred].T
        return x, y

    def _blocks(self, square: np.ndarray) -> np.ndarray:
        """Points in little squares of squares: (b, BLOCK), -1 after the last; more of them if squares are in pieces."""
        side = math.isqrt(BLOCK)
        ix, iy = self.cells.columns(square)
        groups = (self.cells.planes_of(square) * self.cells.ny + iy // side) * self.cells.nx + ix // side
        order = np.argsort(groups, kind="stable")
        _, first, size = np.unique(groups[order], return_index=True, return_counts=True)
        within = np.arange(order.size) - np.repeat(first, size)
        block = np.repeat(np.cumsum(-(-size // BLOCK)) - (-(-size // BLOCK)), size) + within // BLOCK
        blocks = np.full((int(block.max(initial=-1)) + 1, BLOCK), -1, np.int64)
        blocks[block, within % BLOCK] = order
        return blocks


def _blades(venue: Venue, level: Level, cuts: Sequence[Cut]) -> tuple[np.ndarray, shapely.STRtree]:
    """What cuts squares of a level: its walls, gates and `cuts`."""
    lines = [*level.wall_lines, *(gate.line for gate in venue.gates if gate.level == level.name)]
    blades = np.array(lines + [line for name, line in cuts if name == level.name], object)
    return blades, shapely.STRtree(blades)


def _edges(level: Level) -> shapely.STRtree:
    """The edges of the floor of a level, one straight line each."""
    rings = shapely.get_rings(shapely.get_parts(level.floor))
    ends = [np.hstack((points[:-1], points[1:])) for points in map(shapely.get_coordinates, rings)]
    return shapely.STRtree(np.asarray(shapely.linestrings(np.concatenate(ends).reshape(-1, 2, 2))))


def _runs_through(lines: np.ndarray, x: np.ndarray, y: np.ndarray, side: float) -> np.ndarray:
    """Which lines (n, 4) may run through the inside of squares with corners x, y (n,) [m]: (n,) bool.

    One that only touches the edge of a square does not; one that is too near to its corner to tell does.
    """
    x0, y0, x1, y1 = lines.T
    overlap = (np.minimum(x0, x1) < x + side) & (np.maximum(x0, x1) > x)
    overlap &= (np.minimum(y0, y1) < y + side) & (np.maximum(y0, y1) > y)
    dx, dy = x1 - x0, y1 - y0
    beside = np.stack([dx * (y + v - y0) - dy * (x + u - x0) for u in (0.0, side) for v in (0.0, side)])
    clear = _ROUNDING * np.hypot(dx, dy)
    found: np.ndarray = overlap & ~((beside > clear).all(axis=0) | (beside < -clear).all(axis=0))
    return found


def _polygons(shape: BaseGeometry) -> list[shapely.Polygon]:
    return [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)]


def _shared(square: np.ndarray, pieces: np.ndarray) -> dict[int, SharedSquare]:
    """Squares with more than one piece: square -> (points, pieces)."""
    own, first, count = np.unique(square, return_index=True, return_counts=True)
    several = np.flatnonzero(count > 1)
    # Pieces of a square stand beside each other.
    spans = [(int(own[k]), np.arange(first[k], first[k] + count[k])) for k in several]
    return {key: (points, pieces[points]) for key, points in spans}
