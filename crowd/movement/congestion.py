"""Where it is crowded, as people see it: the share of their speed that those around make, by block of the floor.

Not here: the ways that lead round it (`crowd.movement.routes`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import ndimage

from crowd.movement.floor import Grid
from crowd.movement.wayfinding import Ways
from crowd.parameters import Congestion as Constants

#: Side of the blocks [m] (assumed: about a body; finer than speeds are averaged over).
_BLOCK = 0.5


class Congestion:
    """The crowd as it was last looked at.

    Args:
        ways: the floor. constants: what is seen, and how often. tick: [s].

    Attributes:
        made: (blocks,) share of the free speed that walking people made of late, 1 where nobody was.
        floor: cells of the floor.
    """

    def __init__(self, ways: Ways, constants: Constants, *, tick: float) -> None:
        self.constants = constants
        self._grid = Grid.over(ways.venue, cell=_BLOCK)
        self._period = max(round(constants.look_again / tick), 1)
        self.floor = np.flatnonzero(ways.inside)
        plane = ways.grid.nx * ways.grid.ny
        x, y = (centres[self.floor % plane] for centres in ways.grid.centres())
        self._block = self._grid.keys(x, y, self.floor // plane).astype(np.int32)
        share = np.bincount(self._block, minlength=self._grid.size) * (ways.grid.cell / _BLOCK) ** 2
        self._around = np.maximum(self._smooth(share), 1e-9) * _BLOCK**2
        self.made = np.ones(self._grid.size)

    @property
    def progress(self) -> np.ndarray:
        """Share of the free speed that people are thought to make: 1 but in a crowd (blocks,)."""
        return np.where(self.made > self.constants.noticed, 1.0, self.made)

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
        c, g = self.constants, self._grid
        keys = g.keys(x, y, level)
        weights = (None, np.minimum(share, 1.0))
        density, shares = (self._smooth(np.bincount(keys, weight, g.size)) / self._around for weight in weights)
        now = np.maximum((shares + c.doubt) / (density + c.doubt), c.slowest)
        self.made = c.memory * self.made + (1.0 - c.memory) * now

    def seen(self) -> np.ndarray:
        """Cells of the floor with a crowd in sight, as the crow flies on the same plane: index into `floor`."""
        g = self._grid
        free = self.progress.reshape(g.levels, g.ny, g.nx) == 1.0
        near = [
            ndimage.distance_transform_edt(plane) * _BLOCK <= self.constants.sight for plane in free if not plane.all()
        ]
        out = np.zeros(free.shape, bool)
        if near:
            out[~free.all(axis=(1, 2))] = near
        return np.flatnonzero(out.ravel()[self._block])

    def progress_at(self, places: np.ndarray) -> np.ndarray:
        """Progress at cells, given as index into `floor`: (k,)."""
        return self.progress[self._block[places]]

    def _smooth(self, values: np.ndarray) -> np.ndarray:
        """Values of blocks averaged over the blocks around on the same plane: (blocks,)."""
        g = self._grid
        planes = values.astype(float).reshape(g.levels, g.ny, g.nx)
        sigma = self.constants.smoothing / _BLOCK
        return ndimage.gaussian_filter(planes, (0.0, sigma, sigma), mode="constant").ravel()

    def state(self) -> dict[str, np.ndarray]:
        """What changes during a run."""
        return {"made": self.made}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Take over what `state` saved."""
        self.made[...] = state["made"]
