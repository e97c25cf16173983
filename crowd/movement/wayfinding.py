"""Which way leads on: travel-time fields to destinations on a venue's floor, under the gates of the moment.

One field for each destination (one or several zones) and each way of walking there. Fields are computed when first
asked for and forgotten when a gate changes. Slopes change the time a step takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from crowd.kernels import fast_marching, floor_field
from crowd.movement.floor import Grid
from crowd.movement.link_cells import LinkCells
from crowd.parameters import Wayfinding as Constants
from venues import Venue

#: Bits of the four steps a cell may allow.
_SIDES = (fast_marching.EAST, fast_marching.NORTH, fast_marching.WEST, fast_marching.SOUTH)


@dataclass(frozen=True)
class Passage:
    """What a gate line means for the way: `way` 0 nobody passes, 1 only forward, -1 only backward."""

    level: int
    ends: tuple[float, float, float, float]
    way: int


@dataclass(frozen=True)
class KeepRightZone:
    """A zone where those who comply keep to the right half; axis: (k, 2) points of its middle line [m]."""

    level: int
    zone: shapely.Geometry
    axis: np.ndarray


@dataclass(frozen=True)
class Field:
    """What leads to a destination, over all cells.

    Attributes:
        times: cost of the way [s at the unit speed], dearer in no-go zones and on lifts that are waited for.
        lengths: the way itself [m], as long as it feels on slopes and links. carried: the part of it on which belts and
        lifts carry people, [m] at the typical speed. vectors: unit vectors. moves: allowed steps.
    """

    times: np.ndarray
    lengths: np.ndarray
    carried: np.ndarray
    vectors: np.ndarray
    moves: np.ndarray


class Ways:
    """Fields on demand for one state of the gates.

    Args:
        venue: the place. constants: wayfinding constants.
    """

    def __init__(self, venue: Venue, constants: Constants) -> None:
        self.venue = venue
        self.constants = constants
        self.grid = Grid.over(venue, cell=constants.cell)
        self.inside = np.concatenate([_inside(plane.floor, self.grid) for plane in venue.planes])
        self.moves = floor_field.open_moves(self.inside, self.grid.nx, self.grid.ny)
        walls = [
            (venue.level_index(level.name), *segment)
            for level in venue.planes
            for chain in venue.wall_chains(level)
            for segment in np.hstack((np.asarray(chain)[:-1], np.asarray(chain)[1:]))
        ]
        self.moves = self.with_passages([Passage(int(w[0]), tuple(w[1:]), 0) for w in walls])
        self.shift = np.zeros(self.grid.size, np.int32)
        self._join_planes()
        self.comfort = self._comfort()
        self.grade, self.uphill = self._slopes()
        self.links = LinkCells.of(venue, self.grid, self.constants)
        self.uphill[self.links.cells], self.grade[self.links.cells] = self.links.uphill, self.links.grade
        self.comfort[self.links.cells] = self.links.comfort
        self._paced = np.union1d(np.flatnonzero(self.grade), self.links.cells)
        self.liking = np.ones(self.grid.size)
        self.liking[self.links.cells] = self.links.liking

    def _join_planes(self) -> None:
        """Open the ways onto stairs and lifts and off them."""
        openings, g = self.venue.openings, self.grid
        if openings:
            floor_field.join_planes(
                self.moves,
                self.shift,
                self.inside,
                np.array([opening.line.ravel() for opening in openings]),
                np.array([self.venue.level_index(opening.level) for opening in openings]),
                np.array([self.venue.level_index(opening.plane) for opening in openings]),
                np.array([opening.enter for opening in openings]),
                np.array([opening.leave for opening in openings]),
                *(g.x0, g.y0, g.cell, g.nx, g.ny),
            )

    def _rows(self, level: str) -> np.ndarray:
        """The cells of one level, a view into `inside`."""
        size = self.grid.nx * self.grid.ny
        index = self.venue.level_index(level)
        return self.inside[index * size : (index + 1) * size]

    def _comfort(self) -> np.ndarray:
        """Share of the speed at which a cell is taken: lower where nobody likes to be."""
        comfort = np.ones(self.grid.size)
        for zone in self.venue.zones:
            if "no-go" in zone.kinds:
                # Nobody chooses to walk there, but who was pushed in finds the way out.
                start = self.venue.level_index(zone.level) * self.grid.nx * self.grid.ny
                comfort[start + np.flatnonzero(_inside(zone.polygon, self.grid))] *= self.constants.no_go_speed
        return comfort

    def _slopes(self) -> tuple[np.ndarray, np.ndarray]:
        """Angle [deg] (cells,) and unit vector uphill (cells, 2)."""
        grade, uphill = np.zeros(self.grid.size), np.zeros((self.grid.size, 2))
        size = self.grid.nx * self.grid.ny
        for slope in self.venue.slopes:
            start = self.venue.level_index(slope.level) * size
            cells = start + np.flatnonzero(_inside(slope.polygon, self.grid))
            grade[cells] = slope.angle
            uphill[cells] = slope.uphill
        return grade, uphill

    def with_passages(self, passages: Sequence[Passage]) -> np.ndarray:
        """The allowed steps with some lines closed or one-way: (cells,) uint8."""
        moves = self.moves.copy()
        if passages:
            g = self.grid
            floor_field.forbid_crossing(
                moves,
                np.array([p.ends for p in passages]),
                np.array([p.level for p in passages]),
                np.array([p.way for p in passages]),
                *(g.x0, g.y0, g.cell, g.nx, g.ny),
            )
        return moves

    def without_steps(self, moves: np.ndarray) -> np.ndarray:
        """Some allowed steps without those onto stairs and escalators: (cells,) uint8."""
        out = moves.copy()
        stepped = np.append(self.links.stepped, False)[self.links.lookup]
        nx = self.grid.nx
        for side, ahead in zip(_SIDES, (1, nx, -1, -nx), strict=True):
            cells = np.flatnonzero(out & (side << fast_marching.ELSEWHERE))
            cells = cells[stepped[cells + ahead + self.shift[cells]]]
            out[cells] &= 255 - side
        return out

    def field(
        self,
        zones: Sequence[str],
        moves: np.ndarray,
        keep_right: Sequence[KeepRightZone] = (),
        *,
        liking: np.ndarray | float = 1.0,
    ) -> Field:
        """The field towards the nearest of some zones.

        A first march gives directions; where these decide what a step costs (slopes, keeping right), a second one
        uses them.

        Args:
            liking: (cells,) share of the speed that counts there, below 1 where nobody likes to go.
        """
        targets = np.unique(np.concatenate([self.cells(name) for name in zones]))
        slowness = self.constants.cell / (self.comfort * liking)
        grid = (moves, self.shift)
        times = fast_marching.travel_times(targets, *grid, slowness, self.grid.nx)
        vectors = fast_marching.directions(times, *grid, self.grid.nx)
        climb = np.ones(times.size)
        climb[self._paced] = self.pace(self._paced, vectors[self._paced])
        if self.venue.slopes or self.venue.links or keep_right:
            factor = climb.copy()
            for zone in keep_right:
                factor *= self._right_half(zone, vectors)
            times = fast_marching.travel_times(targets, *grid, slowness / factor, self.grid.nx)
            vectors = fast_marching.directions(times, *grid, self.grid.nx)
        order = np.argsort(times, kind="stable")
        step = self.constants.cell / climb
        step[self.links.cells] /= self.links.comfort
        ride = np.zeros(step.size)
        ride[self.links.carries] = step[self.links.carries]
        nx = self.grid.nx
        lengths, carried = (floor_field.way_lengths(times, order, vectors, *grid, s, nx) for s in (step, ride))
        return Field(times, lengths, carried, vectors, moves)

    def look_again(
        self,
        field: Field,
        cells: np.ndarray,
        progress: np.ndarray,
        *,
        climb: float,
        times: np.ndarray,
        vectors: np.ndarray,
    ) -> None:
        """A field anew for those who see that people are slower in some cells, and nothing of the others.

        Args:
            cells: (k,) those seen. progress: (k,) share of their speed that people make there.
            climb: way by which they get farther from the destination at most [m].
            times, vectors: (cells,) and (cells, 2), as in `field` where not seen; filled where seen.
        """
        slowness = np.empty(field.times.size)
        made = self.comfort[cells] * progress * self.pace(cells, field.vectors[cells])
        slowness[cells] = self.constants.cell / made
        fast_marching.look_again(
            cells, field.times, field.moves, self.shift, slowness, self.grid.nx, climb, times, vectors
        )

    def pace(self, cells: np.ndarray, heading: np.ndarray) -> np.ndarray:
        """How slopes and links change the walking speed: factor (n,) at cells (n,) along unit vectors (n, 2)."""
        factor = slope_factor(heading, self.grade[cells], self.uphill[cells], self.constants)
        return factor * self.links.factor(cells, heading, self.uphill[cells]) if self.venue.links else factor

    def cells(self, name: str) -> np.ndarray:
        """Cells of a zone; at least the one nearest to its middle."""
        zone = self.venue.zone(name)
        start = self.venue.level_index(zone.level) * self.grid.nx * self.grid.ny
        found = start + np.flatnonzero(_inside(zone.polygon, self.grid))
        found = found[self.inside[found]]
        if found.size:
            return found
        x, y = self.grid.centres()
        middle = zone.polygon.representative_point()
        floor = start + np.flatnonzero(self._rows(zone.level))
        return floor[[np.hypot(x[floor - start] - middle.x, y[floor - start] - middle.y).argmin()]]

    def _right_half(self, zone: KeepRightZone, vectors: np.ndarray) -> np.ndarray:
        """Factor of the speed: lower on the left of the axis, as one walks."""
        size = self.grid.nx * self.grid.ny
        cells = zone.level * size + np.flatnonzero(_inside(zone.zone, self.grid))
        x, y = self.grid.centres()
        axis = shapely.LineString(zone.axis)
        points = shapely.points(x[cells % size], y[cells % size])
        on_axis = shapely.get_coordinates(shapely.line_interpolate_point(axis, shapely.line_locate_point(axis, points)))
        aside = shapely.get_coordinates(points) - on_axis
        left = vectors[cells, 0] * aside[:, 1] - vectors[cells, 1] * aside[:, 0] > 0.0
        factor = np.ones(self.grid.size)
        factor[cells[left]] = self.constants.wrong_side
        return factor


def slope_factor(heading: np.ndarray, grade: np.ndarray, uphill: np.ndarray, c: Constants) -> np.ndarray:
    """How a slope changes the walking speed: 1 + gain down, 1 - loss up, per degree along the heading.

    Args:
        heading: (n, 2) unit vectors. grade: (n,) angle [deg]. uphill: (n, 2) unit vectors.

    Returns:
        (n,) factor, at least 0.1.

    References: 12 % faster at 10 degrees downhill (Park, study of the Itaewon alley); uphill assumed alike.
    """
    climb = grade * (heading[:, 0] * uphill[:, 0] + heading[:, 1] * uphill[:, 1])
    return np.maximum(1.0 - np.where(climb > 0.0, c.uphill_loss, c.downhill_gain) * climb, 0.1)


def _inside(shape: shapely.Geometry, grid: Grid) -> np.ndarray:
    """Which cells of one level have their centre in a shape: (nx ny,) bool."""
    x, y = grid.centres()
    shapely.prepare(shape)
    return shapely.contains_xy(shape, x, y)
