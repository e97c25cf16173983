"""Where it is crowded, as those know it who are informed: the share of their speed that people make, by cell.

Not here: the ways that lead round it (`crowd.movement.routes`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import ndimage

from crowd.movement.wayfinding import Ways
from crowd.parameters import Congestion as Constants
from crowd.population import Population, Status

#: A cell where people make more than this share of their speed is free [1] (assumed).
_FREE = 0.99


class Congestion:
    """The news of the moment.

    Args:
        ways: the floor. constants: how it is smoothed and how often it comes. tick: [s].

    Attributes:
        progress: (cells,) share of the free speed that walking people made when last looked at, 1 where nobody was.
        known: whether there was any news yet.
    """

    def __init__(self, ways: Ways, constants: Constants, *, tick: float) -> None:
        self._grid, self._inside, self.constants = ways.grid, ways.inside, constants
        self._period = max(round(constants.look_again / tick), 1)
        self.progress, self.known = np.ones(ways.grid.size), False

    def due(self, tick: int) -> bool:
        """Whether news comes at a tick."""
        return tick % self._period == 0

    def observe(self, people: Population, rows: np.ndarray, speed: np.ndarray) -> None:
        """Take in where people are slow.

        The mean of speed over free speed of those around, a Gaussian over the floor, with `doubt` people per m2 who
        walk freely; then the mean with what was known before.

        Args:
            rows: (n,) people present; only those who walk count. speed: (n,) their free speed on the ground [m/s].
        """
        c, g = self.constants, self._grid
        walking = people.status[rows] == Status.WALKING
        who, free = rows[walking], speed[walking]
        share = np.minimum(np.hypot(people.vx[who], people.vy[who]) / free, 1.0)
        keys = g.keys(people.x[who], people.y[who], people.level[who])
        density, made = (self._smooth(np.bincount(keys, weight, g.size)) for weight in (None, share))
        floor = np.maximum(self._smooth(self._inside.astype(float)), 1e-9)
        density, made = density / (floor * g.cell**2), made / (floor * g.cell**2)
        now = np.maximum((made + c.doubt) / (density + c.doubt), c.slowest)
        mixed = c.memory * self.progress + (1.0 - c.memory) * now
        self.progress, self.known = np.where(mixed > _FREE, 1.0, mixed), True

    def _smooth(self, values: np.ndarray) -> np.ndarray:
        """Values of cells averaged over the cells around on the same plane: (cells,)."""
        g = self._grid
        planes = values.astype(float).reshape(g.levels, g.ny, g.nx)
        sigma = self.constants.smoothing / g.cell
        return ndimage.gaussian_filter(planes, (0.0, sigma, sigma), mode="constant").ravel()

    def state(self) -> dict[str, np.ndarray]:
        """What changes during a run."""
        return {"progress": self.progress}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Take over what `state` saved."""
        self.progress[...] = state["progress"]
        self.known = bool((self.progress < 1.0).any())
