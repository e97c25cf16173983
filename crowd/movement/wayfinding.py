"""Which way leads on: travel times to destinations on a venue's floor, under the gates of the moment.

One march for each destination (one or several zones) and each way of walking there. They are begun when first asked for
and forgotten when a gate changes. Slopes change the time a step takes. Not here: how far a march has come
(`crowd.movement.march`), what people read off (`crowd.movement.charts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from crowd.kernels import fast_marching, floor_field
from crowd.kernels.tiles import AREA, BITS, EAST, ELSEWHERE, NORTH, SOUTH, WEST
from crowd.movement.floor import Grid
from crowd.movement.floor_cells import FULL, floor_cells
from crowd.movement.link_cells import LinkCells
from crowd.movement.march import March
from crowd.movement.tiles import Cells, Sheet
from crowd.parameters import Wayfinding as Constants
from venues import Venue

#: Ways on both sides of a gate that differ by less do not lead through it [m] (assumed: a fifth of a cell).
SIDE_BY_SIDE = 0.05
#: Bits of the four steps a cell may allow.
_SIDES = (EAST, NORTH, WEST, SOUTH)


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


class Ways:
    """The floor as cells, and ways on it.

    Args:
        venue: the place. constants: wayfinding constants.

    Attributes:
        cells: the cells. inside: where floor is. moves: the steps that are open when all gates are. shift: where
        neighbours on another plane lie. comfort: share of the speed at which a cell is taken. liking: share of the
        comfort that is left for those who leave lifts to others. grade, uphill: angle [deg] and unit vector of slopes.
    """

    def __init__(self, venue: Venue, constants: Constants) -> None:
        self.venue = venue
        self.constants = constants
        self.cells = Cells.of(Grid.over(venue, cell=constants.cell))
        self.inside = floor_cells(venue, self.cells)
        self.moves = self._open_moves()
        self.shift = Sheet(self.cells, 0, dtype=np.int64)
        self._join_planes()
        self.links = LinkCells.of(venue, self.cells, self.constants)
        self._paced = self.links.cells
        self.grade, self.uphill = self._slopes()
        self.uphill[self.links.cells], self.grade[self.links.cells] = self.links.uphill, self.links.grade
        self.comfort = self._comfort()
        self.comfort[self.links.cells] = self.links.comfort
        self.liking = Sheet(self.cells, 1.0)
        self.liking[self.links.cells] = self.links.liking

    def _open_moves(self) -> Sheet:
        """The steps that no wall forbids."""
        moves = Sheet(self.cells, 0, dtype=np.uint8)
        full = self.inside.directory.reshape(self.cells.planes, self.cells.up, self.cells.across) == FULL
        open_to_all = full.copy()
        for axis in (1, 2):
            for step in (-1, 1):
                open_to_all &= np.roll(full, step, axis)
        some = np.flatnonzero((self.inside.directory != 0) & ~open_to_all.ravel())
        moves.share(np.flatnonzero(open_to_all), sum(_SIDES))
        moves.add(some, floor_field.open_moves(some, self.inside.arrays, self.cells.across))
        walls = [
            (self.venue.level_index(level.name), *segment)
            for level in self.venue.planes
            for chain in self.venue.wall_chains(level)
            for segment in np.hstack((np.asarray(chain)[:-1], np.asarray(chain)[1:]))
        ]
        return self._with_passages(moves, [Passage(int(w[0]), tuple(w[1:]), 0) for w in walls])

    def _join_planes(self) -> None:
        """Open the ways onto stairs and lifts and off them."""
        openings = self.venue.openings
        if not openings:
            return
        lines = np.array([opening.line.ravel() for opening in openings])
        outer = np.array([self.venue.level_index(opening.level) for opening in openings])
        inner = np.array([self.venue.level_index(opening.plane) for opening in openings])
        for line, *planes in zip(lines, outer, inner, strict=True):
            margin = 4 * self.cells.cell
            low, high = np.minimum(line[:2], line[2:]) - margin, np.maximum(line[:2], line[2:]) + margin
            tiles = [np.unique(self.cells.around((*low, *high), int(plane)) >> BITS) for plane in planes]
            self.moves.own(np.concatenate(tiles))
            self.shift.own(np.concatenate(tiles))
        floor_field.join_planes(
            self.moves.arrays, self.shift.arrays, self.inside.arrays, lines, outer, inner,
            np.array([opening.enter for opening in openings]), np.array([opening.leave for opening in openings]),
            *self.cells.place,
        )  # fmt: skip

    def _comfort(self) -> Sheet:
        """Share of the speed at which a cell is taken: lower where nobody likes to be."""
        comfort = Sheet(self.cells, 1.0)
        for zone in self.venue.zones:
            if "no-go" in zone.kinds:
                # Nobody chooses to walk there, but who was pushed in finds the way out.
                cells = self.cells.inside(zone.polygon, self.venue.level_index(zone.level))
                comfort[cells] = comfort[cells] * self.constants.no_go_speed
        return comfort

    def _slopes(self) -> tuple[Sheet, Sheet]:
        """Angle [deg] and unit vector uphill; notes where they change the pace."""
        grade, uphill = Sheet(self.cells, 0.0), Sheet(self.cells, 0.0, width=(2,))
        for slope in self.venue.slopes:
            cells = self.cells.inside(slope.polygon, self.venue.level_index(slope.level))
            grade[cells] = slope.angle
            uphill[cells] = slope.uphill
            self._paced = np.union1d(self._paced, cells)
        return grade, uphill

    def with_passages(self, passages: Sequence[Passage]) -> Sheet:
        """The allowed steps with some lines closed or one-way."""
        return self._with_passages(self.moves, passages)

    def _with_passages(self, moves: Sheet, passages: Sequence[Passage]) -> Sheet:
        moves = moves.copy()
        if passages:
            cells, sides = floor_field.crossing_steps(
                np.array([p.ends for p in passages]),
                np.array([p.level for p in passages]),
                np.array([p.way for p in passages]),
                *self.cells.place,
            )
            for side in _SIDES:
                mine = cells[sides == side]
                moves[mine] = moves[mine] & np.uint8(255 - side)
        return moves

    def without_steps(self, moves: Sheet) -> Sheet:
        """Some allowed steps without those onto stairs and escalators.

        Nor are there any across the middle of stairs: who was pushed onto them leaves them by the end they came from.
        """
        out = moves.copy()
        near = self.cells.of_tiles(np.flatnonzero(self.shift.directory)).ravel()
        allowed, sheets = moves[near], (self.shift.arrays, self.cells.across)
        for side in _SIDES:
            cells = near[allowed & (side << ELSEWHERE) > 0]
            cells = cells[self.links.is_stepped(floor_field.neighbours(cells, side, moves.arrays, *sheets))]
            out[cells] = out[cells] & np.uint8(255 - side)
            on_steps = self.links.cells[self.links.half > 0]
            across = self.links.half_of(floor_field.neighbours(on_steps, side, moves.arrays, *sheets))
            cells = on_steps[self.links.half_of(on_steps) + across == 3]
            out[cells] = out[cells] & np.uint8(255 - side)
        return out

    def march(
        self,
        zones: Sequence[str],
        moves: Sheet,
        keep_right: Sequence[KeepRightZone] = (),
        *,
        liking: Sheet | None = None,
    ) -> March:
        """The way towards the nearest of some zones.

        A first march gives directions; where these decide what a step costs (slopes, keeping right), a second one
        uses them. Both run on as far as somebody asks, the first at once to all places where it decides.

        Args:
            liking: share of the speed that counts, below 1 where nobody likes to go.
        """
        targets = np.unique(np.concatenate([self.zone_cells(name) for name in zones]))
        slowness = self._slowness(liking)
        climb = np.ones(self._paced.size)
        if self.venue.slopes or self.venue.links or keep_right:
            nothing = Sheet(self.cells, 0.0, width=(0,))
            first = March(self.cells, targets, moves=moves, shift=self.shift, slowness=slowness, steps=nothing)
            climb = self.pace(self._paced, first.vectors_at(self._paced))
            factor = Sheet(self.cells, 1.0)
            factor[self._paced] = climb
            for zone in keep_right:
                self._keep_right(zone, first, factor)
            slowness = slowness.over(factor)
        steps = self._steps(climb)
        return March(self.cells, targets, moves=moves, shift=self.shift, slowness=slowness, steps=steps)

    def _slowness(self, liking: Sheet | None) -> Sheet:
        """Time to cross a cell at the pace of level floor [s at the unit speed]."""
        share = self.comfort if liking is None else self.comfort.times(liking)
        return Sheet(self.cells, self.constants.cell).over(share)

    def _steps(self, climb: np.ndarray) -> Sheet:
        """Length of a cell [m] as long as it feels at a pace (p,) where that differs; the same of those that carry."""
        carries = self.links.carries
        steps = Sheet(self.cells, (self.constants.cell, 0.0)[: 1 + bool(carries.size)], width=(1 + bool(carries.size),))
        for cells, share in ((self._paced, climb), (self.links.cells, self.links.comfort)):
            step = steps[cells]
            step[:, 0] /= share
            steps[cells] = step
        if bool(carries.size):
            steps[carries] = steps[carries][:, [0, 0]]
        return steps

    def lengths_at(self, march: March, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Ways on from cells [m], as long as they feel on slopes and links, and the part on which belts and lifts
        carry people [m at the typical speed]: (n,) each, inf where no way leads on.
        """
        way = march.ways_at(cells)
        carried = march.ways_at(cells, 1) if self.links.carries.size else np.where(np.isfinite(way), 0.0, np.inf)
        return way, carried

    def look_again(
        self, march: March, cells: np.ndarray, progress: np.ndarray, *, climb: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Times and directions anew for those who see that people are slower in some cells, and nothing of the others.

        Args:
            march: what they know. cells: (k,) those seen. progress: (k,) share of their speed that people make there.
            climb: way by which they get farther from the destination at most [m].

        Returns:
            times: (k,) [s at the unit speed]. vectors: (k, 2).
        """
        made = self.comfort[cells] * progress * self.pace(cells, march.vectors_at(cells))
        moves = march.moves
        tiles = self.cells.beside(np.unique(np.concatenate((cells, cells + self.shift[cells])) >> BITS))
        directory = np.zeros(self.cells.tiles, np.int32)
        directory[tiles] = 1 + np.arange(tiles.size)
        free = np.concatenate((np.full((1, AREA), np.inf), march.times[march.directory[tiles]]))
        steps = np.concatenate((np.zeros((1, AREA), np.uint8), moves.values[moves.directory[tiles]]))
        found: tuple[np.ndarray, np.ndarray] = fast_marching.look_again(
            cells, self.constants.cell / made, directory, free, steps, self.shift.arrays, self.cells.across, climb
        )
        return found

    def look_at_all(self, march: March, slow: np.ndarray, progress: np.ndarray, *, liking: Sheet | None) -> March:
        """The way to the same targets for those who know where people are slower: cells (k,), progress (k,)."""
        share = Sheet(self.cells, 1.0)
        share[slow] = progress
        if liking is not None:
            share = share.times(liking)
        pace = Sheet(self.cells, 1.0)
        pace[self._paced] = self.pace(self._paced, march.vectors_at(self._paced))
        slowness = Sheet(self.cells, self.constants.cell).over(self.comfort.times(share).times(pace))
        nothing = Sheet(self.cells, 0.0, width=(0,))
        return March(self.cells, march.targets, moves=march.moves, shift=self.shift, slowness=slowness, steps=nothing)

    def pace(self, cells: np.ndarray, heading: np.ndarray) -> np.ndarray:
        """How slopes and links change the walking speed: factor (n,) at cells (n,) along unit vectors (n, 2)."""
        factor = slope_factor(heading, self.grade[cells], self.uphill[cells], self.constants)
        return factor * self.links.factor(cells, heading, self.uphill[cells]) if self.venue.links else factor

    def zone_cells(self, name: str) -> np.ndarray:
        """Cells of a zone, row by row; at least the one nearest to its middle."""
        zone = self.venue.zone(name)
        plane = self.venue.level_index(zone.level)
        found = self.cells.inside(zone.polygon, plane)
        found = found[self.inside[found]]
        middle, reach = zone.polygon.representative_point(), 1.0
        while found.size == 0:
            reach *= 2.0
            near = self.cells.around((middle.x - reach, middle.y - reach, middle.x + reach, middle.y + reach), plane)
            near = near[self.inside[near]]
            x, y = self.cells.centres(near)
            distance = np.hypot(x - middle.x, y - middle.y)
            found = near[distance <= min(distance.min(initial=np.inf), reach)][:1]
        return found

    def middle_of(self, name: str) -> np.ndarray:
        """One cell of a zone, that in its middle; all of them if that is not on the floor."""
        zone = self.venue.zone(name)
        middle = zone.polygon.representative_point()
        cell = self.cells.keys(np.array([middle.x]), np.array([middle.y]), self.venue.level_index(zone.level))
        inside = self.inside[cell] & shapely.contains_xy(zone.polygon, *self.cells.centres(cell))
        return cell if inside.all() else self.zone_cells(name)

    def _keep_right(self, zone: KeepRightZone, march: March, factor: Sheet) -> None:
        """Lower a factor of the speed on the left of a zone's axis, as one walks."""
        cells = self.cells.inside(zone.zone, zone.level)
        axis = shapely.LineString(zone.axis)
        points = shapely.points(*self.cells.centres(cells))
        on_axis = shapely.get_coordinates(shapely.line_interpolate_point(axis, shapely.line_locate_point(axis, points)))
        aside = shapely.get_coordinates(points) - on_axis
        vectors = march.vectors_at(cells)
        left = cells[vectors[:, 0] * aside[:, 1] - vectors[:, 1] * aside[:, 0] > 0.0]
        factor[left] = factor[left] * self.constants.wrong_side


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
