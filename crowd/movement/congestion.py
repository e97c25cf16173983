"""Where it is crowded, as people see it: the share of their speed that those around make, by block of the floor.

Kept for the tiles of blocks where people were of late. Not here: the ways that lead round it
(`crowd.movement.routes`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import ndimage

from crowd.kernels.tiles import AREA, BITS, SIDE, WITHIN, smoothed, windows
from crowd.movement.floor import Grid
from crowd.movement.tiles import Cells, Sheet
from crowd.movement.wayfinding import Ways
from crowd.parameters import Congestion as Constants

#: Side of the blocks [m] (assumed: about a body; finer than speeds are averaged over).
_BLOCK = 0.5
#: The Gaussian ends at so many standard deviations (assumed).
_TRUNCATE = 4.0


class Congestion:
    """The crowd as it was last looked at.

    Args:
        ways: the floor. constants: what is seen, and how often. tick: [s].

    Attributes:
        made: by block, share of the free speed that walking people made of late, 1 where nobody was.
    """

    def __init__(self, ways: Ways, constants: Constants, *, tick: float) -> None:
        self.constants = constants
        self._ways = ways
        self._blocks = Cells.of(Grid.over(ways.venue, cell=_BLOCK))
        self._period = max(round(constants.look_again / tick), 1)
        self._reach = int(_TRUNCATE * constants.smoothing / _BLOCK + 0.5)
        self._sight = int(constants.sight / _BLOCK) + 1
        # Shares of floor of the blocks, and how much of it is around them, as far as anybody has been near.
        self._floor = Sheet(self._blocks, 0.0)
        self._around = Sheet(self._blocks, np.inf)
        self.made = Sheet(self._blocks, 1.0)

    def due(self, tick: int) -> bool:
        """Whether people look at a tick; not at the first, when those who are there have not set off."""
        return tick > 0 and tick % self._period == 0

    def observe(self, x: np.ndarray, y: np.ndarray, level: np.ndarray, share: np.ndarray) -> None:
        """Take in where people are slow.

        The mean of their shares around, a Gaussian over the floor, with `doubt` people per m2 who walk freely; then
        the mean with what was seen before.

        Args:
            x, y, level: (n,) where people walk. share: (n,) speed over their free speed on that ground.
        """
        c, blocks = self.constants, self._blocks.keys(x, y, level)
        reach = self._reach * _BLOCK
        steps = np.append(np.arange(-reach, reach, SIDE * _BLOCK), reach)
        corners = [(x + dx, y + dy, level) for dx in steps for dy in steps]
        near = [np.flatnonzero(self.made.directory), *(self._blocks.keys(*corner) >> BITS for corner in corners)]
        tiles = np.unique(np.concatenate(near))
        self._look_at_floor(tiles[self._around.directory[tiles] == 0])
        weights = (np.ones(x.size), np.minimum(share, 1.0))
        around = self._around.values[self._around.directory[tiles]]
        density, shares = (self._smooth(self._counts(blocks, weight), tiles) / around for weight in weights)
        now = np.maximum((shares + c.doubt) / (density + c.doubt), c.slowest)
        made = self.made.values[self.made.directory[tiles]]
        made = c.memory * made + (1.0 - c.memory) * now
        left = (made != 1.0).any(axis=1)
        self.made = Sheet(self._blocks, 1.0)
        self.made.add(tiles[left], made[left])

    def _look_at_floor(self, tiles: np.ndarray) -> None:
        """Note how much floor is around the blocks of some tiles, each once [m2]."""
        if tiles.size == 0:
            return
        near = self._blocks.beside(tiles)
        new = near[self._floor.directory[near] == 0]
        counts = np.array([self._floor_in(int(tile)) for tile in new]).reshape(-1, AREA)
        self._floor.add(new, counts * (self._ways.cells.cell / _BLOCK) ** 2)
        self._around.add(tiles, np.maximum(self._smooth(self._floor, tiles), 1e-9) * _BLOCK**2)

    def _floor_in(self, tile: int) -> np.ndarray:
        """Number of cells of the floor in each block of a tile."""
        cells, corner = self._ways.cells, np.array([tile << BITS])
        x, y = (float(centre[0]) - 0.5 * _BLOCK for centre in self._blocks.centres(corner))
        side = SIDE * _BLOCK
        near = cells.around((x, y, x + side, y + side), int(self._blocks.planes_of(corner)[0]))
        blocks = self._block_of(near[self._ways.inside[near]])
        return np.bincount(blocks[blocks >> BITS == tile] & WITHIN, minlength=AREA).astype(float)

    def _counts(self, blocks: np.ndarray, weights: np.ndarray) -> Sheet:
        """The sum of weights in each block."""
        out = Sheet(self._blocks, 0.0)
        out.own(np.unique(blocks >> BITS))
        np.add.at(out.values, (out.directory[blocks >> BITS], blocks & WITHIN), weights)
        return out

    def seen(self) -> np.ndarray:
        """Cells of the floor with a crowd in sight, as the crow flies on the same plane."""
        tiles = self._blocks.beside(np.unique(self._slow_blocks() >> BITS), -(-self._sight // SIDE))
        found = [np.empty(0, np.int64)]
        for tile, made in zip(tiles, self._window(self.made, tiles, self._sight), strict=True):
            free = self._noticed(made) == 1.0
            if not free.all():
                away = ndimage.distance_transform_edt(free)[self._sight : -self._sight, self._sight : -self._sight]
                found.append((tile << BITS) + np.flatnonzero(away * _BLOCK <= self.constants.sight))
        return self._floor_of(np.concatenate(found))

    def crowded(self) -> np.ndarray:
        """Cells of the floor where people are noticed to be slow."""
        return self._floor_of(self._slow_blocks())

    def _slow_blocks(self) -> np.ndarray:
        """Blocks where people are noticed to be slow."""
        tiles = np.flatnonzero(self.made.directory)
        slow = self._noticed(self.made.values[self.made.directory[tiles]]) < 1.0
        found: np.ndarray = self._blocks.of_tiles(tiles)[slow]
        return found

    def _noticed(self, made: np.ndarray) -> np.ndarray:
        """Share of the free speed that people are thought to make: 1 but in a crowd."""
        return np.where(made > self.constants.noticed, 1.0, made)

    def _floor_of(self, blocks: np.ndarray) -> np.ndarray:
        """The cells of the floor in some blocks (n,): ascending."""
        x, y = self._blocks.centres(blocks)
        ways, half = self._ways, 0.5 * _BLOCK
        planes = self._blocks.planes_of(blocks)
        steps = np.arange(-half, half + ways.cells.cell, ways.cells.cell)
        near = [ways.cells.keys(x + dx, y + dy, planes) for dx in steps for dy in steps]
        cells = np.unique(np.concatenate(near))
        cells = cells[ways.inside[cells]]
        return cells[np.isin(self._block_of(cells), blocks)]

    def _block_of(self, cells: np.ndarray) -> np.ndarray:
        ways = self._ways
        return self._blocks.keys(*ways.cells.centres(cells), ways.cells.planes_of(cells))

    def progress_at(self, cells: np.ndarray) -> np.ndarray:
        """Share of the free speed that people are thought to make at cells: 1 but in a crowd (k,)."""
        return self._noticed(self.made[self._block_of(cells)])

    def _window(self, values: Sheet, tiles: np.ndarray, margin: int) -> np.ndarray:
        """Values of tiles and so many blocks around them, beyond the map the common one: (k, rows, columns)."""
        found: np.ndarray = windows(*values.arrays, tiles, margin, self._blocks.across, self._blocks.up)
        return found

    def _smooth(self, values: Sheet, tiles: np.ndarray) -> np.ndarray:
        """Values averaged over the blocks around on the same plane: (k, blocks of a tile)."""
        away = np.arange(-self._reach, self._reach + 1)
        weights = np.exp(-0.5 / (self.constants.smoothing / _BLOCK) ** 2 * away**2)
        weights /= weights.sum()
        smooth: np.ndarray = smoothed(self._window(values, tiles, self._reach), weights[: self._reach + 1])
        return smooth.reshape(len(tiles), AREA)

    def state(self) -> dict[str, np.ndarray]:
        """What changes during a run."""
        tiles = np.flatnonzero(self.made.directory)
        return {"tiles": tiles, "made": self.made.values[self.made.directory[tiles]]}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Take over what `state` saved."""
        self.made = Sheet(self._blocks, 1.0)
        self.made.add(state["tiles"], state["made"])
