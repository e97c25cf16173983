"""Individual density and Voronoi density: how much floor each person has, and what that makes of an area.

The cell of a person is the floor nearer to them than to anybody else on the level, in a straight line, within a
cut-off polygon around them; of a cell that walls or thin fences cut apart it is the part the person stands in. These
are PedPy's individual Voronoi polygons, fences added. A wall that does not cut a cell apart does not hide people from
each other, and gates and barriers count as open. Whoever stands at the very place of another shares one cell with them,
so that densities still add up. Not here: the densities that alert levels and fields are made of (`crowd.measurement`).

References:
    Steffen & Seyfried 2010 (Voronoi density); PedPy 1.5, `compute_individual_voronoi_polygons`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from shapely.ops import split

from crowd.errors import BadInput, TrajectoryError
from crowd.kernels.neighbours import cell_keys, sort_into_cells
from crowd.kernels.voronoi import bounded_cells, cells_before_walls
from crowd.kernels.walls import walls_near_cells
from venues import Level, MeasurementArea
from venues.doors import MAX_REACH, check_number
from venues.refusals import Told, told

#: Sides of the cells of the grids of people and of walls [m].
_PEOPLE_CELL, _WALL_CELL = 0.5, 2.0
#: Most cells along a side of the grid of people; a wider crowd gets larger cells.
_MOST_CELLS = 1000
#: Room for corners beyond those of the cut-off, at first.
_MORE_CORNERS = 20
_MOST_LINES = 100
_POLYGON = 3  # Shapely's type number
_COLUMNS = ("time", "id", "x", "y")


@dataclass(frozen=True)
class CutOff:
    """The largest cell there can be: a circle around the person, drawn with straight lines.

    Args:
        radius: [m]; 1 m with 3 lines in a quarter is what PedPy's guide takes; assumed.
        quad_segments: lines in a quarter of the circle; its corners lie on the circle, so it is a little smaller.
    """

    radius: float = 1.0
    quad_segments: int = 3

    def __post_init__(self) -> None:
        what = told("radius of a cut-off")
        radius = check_number(what, self.radius, low=0.0, high=MAX_REACH, unit="m", open_low=True)
        object.__setattr__(self, "radius", radius)
        if not (isinstance(self.quad_segments, int) and 1 <= self.quad_segments <= _MOST_LINES):
            raise BadInput(
                told(
                    "quad_segments of a cut-off is {value!r}; it must be a whole number from 1 to {most}",
                    value=self.quad_segments,
                    most=_MOST_LINES,
                )
            )

    def corners(self) -> np.ndarray:
        """Corners relative to the person, anticlockwise: (4 quad_segments, 2) [m]."""
        angle = np.arange(4 * self.quad_segments) * (0.5 * np.pi / self.quad_segments)
        return self.radius * np.column_stack((np.cos(angle), np.sin(angle)))


#: Used where nobody says otherwise.
CUT_OFF = CutOff()


@dataclass(frozen=True)
class Cells:
    """The cells of the people of one instant.

    Attributes:
        area: (n,) [m2] of the cell. sharing: (n,) people it belongs to.
    """

    area: np.ndarray
    sharing: np.ndarray
    _places: np.ndarray
    _corners: np.ndarray
    _counts: np.ndarray
    _cut: np.ndarray

    @property
    def density(self) -> np.ndarray:
        """(n,) individual density [1/m2]: people of a cell over its area."""
        return self.sharing / self.area

    def polygons(self) -> np.ndarray:
        """(n,) the cells as shapely polygons [m]."""
        found = self._cut.copy()
        whole = np.flatnonzero(found == None)  # noqa: E711 (of each entry)
        found[whole] = _convex(self._places[whole], self._corners[whole], self._counts[whole])
        return found


@dataclass(frozen=True)
class CellFloor:
    """The floor of a level, made ready to compute the cells of many instants on it.

    Attributes:
        level: where.
    """

    level: Level
    _outline: np.ndarray
    _fences: shapely.STRtree
    _walls: np.ndarray
    _joined: np.ndarray
    _starts: np.ndarray
    _items: np.ndarray
    _grid: tuple[float, float, float, int, int]

    @classmethod
    def of(cls, level: Level, *, cut_off: CutOff | None = CUT_OFF) -> CellFloor:
        """Prepare a level.

        Args:
            cut_off: largest cell; None: cells end at walls and other people's only.
        """
        west, south, east, north = level.floor.bounds
        if cut_off is None:
            # A square around anybody on or beside the floor that holds all of it.
            outline = 2.0 * (east - west + north - south) * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float)
        else:
            outline = cut_off.corners()
        reach = float(np.hypot(*outline.T).max())
        side = max(_WALL_CELL, reach)
        nx, ny = (math.ceil(size / side) + 1 for size in (east - west, north - south))
        walls = np.concatenate([np.column_stack((chain[:-1], chain[1:])) for chain in level.wall_chains])
        joined = np.concatenate([_joined(chain) for chain in level.wall_chains])
        starts, items = walls_near_cells(walls, np.zeros(len(walls), np.int64), west, south, side, nx, ny, 1, reach)
        shapely.prepare(level.floor)
        fences = shapely.STRtree(np.array(list(level.wall_lines), object))
        return cls(level, outline, fences, walls, joined, starts, items, (west, south, side, nx, ny))

    def compute(self, x: np.ndarray, y: np.ndarray) -> Cells:
        """The cells of people.

        Args:
            x, y: (n,) [m], everybody on the level at one instant.

        Raises:
            TrajectoryError: somebody has no floor within the cut-off.
        """
        x, y = np.ascontiguousarray(x, np.float64), np.ascontiguousarray(y, np.float64)
        corners, counts, area, sharing = _whole_cells(x, y, self._outline)
        keys = cell_keys(x, y, np.zeros(x.size, np.int64), *self._grid)
        off_floor = ~np.asarray(shapely.intersects_xy(self.level.floor, x, y))
        # Walls on both sides of somebody off the floor would leave a sliver.
        whole = corners[off_floor], counts[off_floor]
        walled = cells_before_walls(
            x, y, corners, counts, area, keys, self._walls, self._joined, self._starts, self._items
        )
        corners[off_floor], counts[off_floor] = whole
        places = np.column_stack((x, y))
        cut: np.ndarray = np.full(x.size, None, object)
        rows = np.flatnonzero(walled | off_floor)
        cut[rows] = self._on_floor(_convex(places[rows], corners[rows], counts[rows]), places[rows])
        area[rows] = shapely.area(cut[rows])
        return Cells(area, sharing, places, corners, counts, cut)

    def _on_floor(self, cells: np.ndarray, places: np.ndarray) -> np.ndarray:
        """Of each cell the part on the floor that its person stands in, or next to."""
        on_floor = np.asarray(shapely.intersection(cells, self.level.floor), object).reshape(-1)
        met, by = self._fences.query(on_floor, predicate="intersects")
        for k in np.unique(met):
            whole = [part for part in shapely.get_parts(on_floor[k]) if part.geom_type == "Polygon"]
            # Fences that a cell does not meet would only take time.
            fences = shapely.MultiLineString(list(self._fences.geometries[np.sort(by[met == k])]))
            on_floor[k] = split(shapely.MultiPolygon(whole), fences)
        parts, owner = _pieces(on_floor)
        away = shapely.distance(shapely.points(places[owner]), parts)
        # Who stands on the border of several parts has the largest of them.
        order = np.lexsort((-shapely.area(parts), np.round(away, 9), owner))
        owners, first = np.unique(owner[order], return_index=True)
        if len(owners) < len(cells):
            k = np.setdiff1d(np.arange(len(cells)), owners)[0]
            raise TrajectoryError(
                told(
                    "the person at ({x:.2f}, {y:.2f}) m has no floor of level {level!r} within the cut-off; "
                    "everybody must be on the floor",
                    x=places[k, 0],
                    y=places[k, 1],
                    level=self.level.name,
                )
            )
        return parts[order[first]]


def compute_individual_density(
    people: pd.DataFrame,
    level: Level,
    *,
    cut_off: CutOff | None = CUT_OFF,
) -> pd.DataFrame:
    """Individual density of each person at each time: 1 / area of their Voronoi cell.

    Args:
        people: everybody on one level: columns `time` (or anything that tells the instants apart), `id`, `x`, `y` [m],
            and whatever else, as `Recording.table("people")` has them.
        level: where they are.
        cut_off: largest cell; None: cells end at walls and other people's only.

    Returns:
        Columns `time`, `id`, `area` [m2] and `individual_density` [1/m2], in the order of `people`.

    Raises:
        TrajectoryError: a column is missing, a coordinate is not finite, somebody is there twice, people are of several
            levels, or one has no floor.
    """
    area, density = np.empty(len(people)), np.empty(len(people))
    for rows, cells in _instants(people, CellFloor.of(level, cut_off=cut_off)):
        area[rows], density[rows] = cells.area, cells.density
    found = people[["time", "id"]].assign(area=area, individual_density=density)
    return found.reset_index(drop=True)


def compute_voronoi_density(
    people: pd.DataFrame,
    level: Level,
    area: MeasurementArea | shapely.Polygon,
    *,
    cut_off: CutOff | None = CUT_OFF,
) -> pd.DataFrame:
    """Voronoi density of a measurement area at each time: the mean over it of the individual density.

        rho = sum_i |cell_i in area| / |cell_i| / |floor in area|

    PedPy divides by the whole area, so the two are equal where all of it is floor. Floor in a gap between cells that
    are cut off counts as empty.

    Args:
        people, level, cut_off: as for `compute_individual_density`.
        area: where it is measured.

    Returns:
        Columns `time` and `voronoi_density` [1/m2], a row for each time at which somebody is on the level.

    Raises:
        TrajectoryError: as `compute_individual_density`, or no floor in the area.
    """
    polygon = area.polygon if isinstance(area, MeasurementArea) else area
    shapely.prepare(polygon)
    floor = shapely.intersection(polygon, level.floor).area
    if not floor > 0.0:
        raise TrajectoryError(
            told("the measurement area holds no floor of level {level!r}; draw it on the floor", level=level.name)
        )
    found = []
    for rows, cells in _instants(people, CellFloor.of(level, cut_off=cut_off)):
        polygons = cells.polygons()
        near = shapely.intersects(polygon, polygons)
        inside = shapely.area(shapely.intersection(polygons[near], polygon))
        share = (inside / cells.area[near]).sum() / floor
        found.append((people["time"].iloc[rows[0]], share))
    return pd.DataFrame(found, columns=["time", "voronoi_density"]).sort_values("time", ignore_index=True)


def _instants(people: pd.DataFrame, floor: CellFloor) -> Iterator[tuple[np.ndarray, Cells]]:
    """Rows of each instant and their cells; refuse a table that cannot be right."""
    for name in _COLUMNS:
        if name not in people.columns:
            raise TrajectoryError(
                told(
                    "people have no column {column!r}; the columns must be {known}",
                    column=name,
                    known=", ".join(_COLUMNS),
                )
            )
    if "level" in people.columns and people["level"].nunique() > 1:
        raise TrajectoryError(told("people are on several levels; choose the rows of one, whose floor is given"))
    x, y = (people[name].to_numpy(np.float64) for name in ("x", "y"))
    lost = np.flatnonzero(~(np.isfinite(x) & np.isfinite(y)))
    if len(lost):
        k = lost[0]
        raise TrajectoryError(told("{who} is at ({x}, {y}); both must be finite", who=_who(people, k), x=x[k], y=y[k]))
    twice = np.flatnonzero(people.duplicated(["time", "id"]))
    if len(twice):
        raise TrajectoryError(
            told("{who} is there twice; one row for each person and time", who=_who(people, twice[0]))
        )
    for time, found in people.groupby("time").indices.items():
        rows = np.asarray(found)
        try:
            yield rows, floor.compute(x[rows], y[rows])
        except TrajectoryError as error:
            raise TrajectoryError(told("time {time}: {what}", time=time, what=error)) from None


def _who(people: pd.DataFrame, row: int) -> Told:
    return told("id {id} at time {time}", id=people["id"].iloc[row], time=people["time"].iloc[row])


def _whole_cells(
    x: np.ndarray, y: np.ndarray, outline: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Cells as if there were floor everywhere, in the order of the people: corners, counts, area, sharing."""
    n = x.size
    area, sharing, counts = np.empty(n), np.empty(n, np.int64), np.empty(n, np.int64)
    if not n:
        return np.empty((0, len(outline), 2)), counts, area, sharing
    x0, y0 = float(x.min()), float(y.min())
    width, height = float(x.max()) - x0, float(y.max()) - y0
    cell = max(_PEOPLE_CELL, max(width, height) / _MOST_CELLS)
    nx, ny = int(width / cell) + 1, int(height / cell) + 1
    order, starts = sort_into_cells(cell_keys(x, y, np.zeros(n, np.int64), x0, y0, cell, nx, ny), nx * ny)
    back = np.empty(n, np.int64)
    back[order] = np.arange(n)
    room = len(outline) + _MORE_CORNERS
    while True:
        corners = np.empty((n, room, 2))
        bounded_cells(x[order], y[order], starts, x0, y0, cell, nx, ny, outline, corners, counts, area, sharing)
        if (counts > 0).all():
            return corners[back], counts[back], area[back], sharing[back]
        room *= 2


def _joined(chain: np.ndarray) -> np.ndarray:
    """For each segment of a chain the far ends of those before and after it: (k, 2) -> (k - 1, 4) [m], nan: none."""
    free = np.full((1, 2), np.nan)
    closed = np.array_equal(chain[0], chain[-1])
    before, after = (chain[-2:-1], chain[1:2]) if closed else (free, free)
    return np.column_stack((np.concatenate((before, chain[:-2])), np.concatenate((chain[2:], after))))


def _convex(places: np.ndarray, corners: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Shapely polygons of cells: (n,) object."""
    used = np.arange(corners.shape[1]) < counts[:, None]
    points = corners[used] + np.repeat(places, counts, axis=0)
    rings = shapely.linearrings(points, indices=np.repeat(np.arange(len(counts)), counts))
    return np.asarray(shapely.polygons(rings), object).reshape(-1)


def _pieces(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The polygons in shapes, however deep, and the index of the shape each belongs to."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    while (shapely.get_type_id(parts) > _POLYGON).any():
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    keep = (shapely.get_type_id(parts) == _POLYGON) & ~shapely.is_empty(parts)
    return parts[keep], owner[keep]
