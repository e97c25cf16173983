"""Bodies under contact mechanics alone: no ways, no steering, only what pushes them.

Not here: what is asked of them (`integrity`, `push`), people who walk (`scenes`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from crowd.kernels import contact
from crowd.movement.motion import weight_downhill
from crowd.parameters import Contact

#: A wall along y at x = 0, which columns of people stand before [m].
WALL = (0.0, -5.0, 0.0, 5.0)


class Bodies:
    """Bodies under contact mechanics alone, every pair listed, walls optional.

    Args:
        x, y: (n,) [m]. radius [m], mass [kg]: one for all or (n,). walls: (w, 4) [m].
    """

    def __init__(
        self,
        x: Sequence[float] | np.ndarray,
        y: Sequence[float] | np.ndarray,
        *,
        radius: float | np.ndarray = 0.175,
        mass: float | np.ndarray = 75.0,
        walls: Sequence[tuple[float, float, float, float]] = (),
    ) -> None:
        n = len(x)
        self.n = n
        self.x, self.y = np.array(x, float), np.array(y, float)
        self.vx, self.vy = np.zeros(n), np.zeros(n)
        self.wished_x, self.wished_y = np.zeros(n), np.zeros(n)
        self.press_x, self.press_y = np.zeros(n), np.zeros(n)
        self.slope_x, self.slope_y, self.lean = np.zeros(n), np.zeros(n), np.zeros(n)
        self.radius, self.mass = np.broadcast_to(radius, n).astype(float), np.broadcast_to(mass, n).astype(float)
        self.walls = np.array(walls, float).reshape(-1, 4)
        self.pairs = np.array([[j for j in range(n) if j != i] for i in range(n)], np.int32).reshape(n, n - 1)
        self.free_ends = np.full(len(self.walls), -1, np.int64)
        self.force, self.force_max, self.force_sum, self.overlap = np.zeros((4, n))
        self.wall_force = np.zeros((n, contact.WALL_LIST))
        self.held = np.zeros(n, np.int32)

    def push(self, seconds: float, *, h: float = 0.005, constants: Contact | None = None) -> Bodies:
        """Let them push for some time; forces are means of the last tenth of it, or of all below ten substeps."""
        near = np.tile(np.arange(contact.WALL_LIST, dtype=np.int32), (self.n, 1))
        walls = np.full(self.n, len(self.walls), np.int32)
        steps = round(seconds / h)
        for part in (steps - steps // 10, steps // 10) if steps >= 10 else (steps,):
            contact.push_and_step(
                self.x, self.y, self.vx, self.vy, self.wished_x, self.wished_y, self.press_x, self.press_y,
                self.lean, self.radius, self.mass, self.slope_x, self.slope_y, self.pairs,
                np.full(self.n, self.n - 1, np.int32), near, walls, self.walls, self.free_ends, self.free_ends,
                h, part, constants or Contact(), self.force, self.force_max, self.force_sum, self.wall_force,
                self.overlap, self.held,
            )  # fmt: skip
        return self

    @property
    def kinetic_energy(self) -> float:
        """Sum of m v^2 / 2 [J]."""
        return float((0.5 * self.mass * (self.vx**2 + self.vy**2)).sum())

    @property
    def momentum(self) -> np.ndarray:
        """Sum of m v: (2,) [N s]."""
        return np.array([(self.mass * self.vx).sum(), (self.mass * self.vy).sum()])


def column(n: int, *, press: float = 0.0, slope: float = 0.0) -> Bodies:
    """n people in a line before a wall, touching; they press towards it [N], on ground that falls to it [deg]."""
    bodies = Bodies(0.175 + 0.35 * np.arange(n), np.zeros(n), walls=[WALL])
    bodies.press_x[:] = -press
    uphill = np.tile((1.0, 0.0), (n, 1))
    weight = weight_downhill(bodies.mass, np.full(n, slope), uphill)
    bodies.slope_x[:], bodies.slope_y[:] = weight[:, 0], weight[:, 1]
    return bodies


def thrown_together(n: int, *, seed: int = 1, spread: float = 0.9) -> Bodies:
    """Bodies thrown together at random, overlapping, of different mass and size, moving at about 1 m/s."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, spread, (2, n))
    bodies = Bodies(x, y, radius=rng.uniform(0.15, 0.2, n), mass=rng.uniform(45, 110, n))
    bodies.vx[:], bodies.vy[:] = rng.normal(0, 1, (2, n))
    return bodies


def collided() -> Bodies:
    """25 bodies on a loose square grid, moving at random, with nothing that drives them."""
    x, y = (a.ravel() for a in np.meshgrid(0.4 * np.arange(5.0), 0.4 * np.arange(5.0)))
    bodies = Bodies(x, y)
    bodies.vx[:], bodies.vy[:] = np.random.default_rng(3).normal(0, 0.8, (2, 25))
    return bodies


def staggered(*, press: float = 100.0) -> Bodies:
    """30 bodies in a staggered packing between walls, all pressing towards one end [N]."""
    row = np.arange(30) % 5
    x = 0.175 + 0.35 * (np.arange(30) // 5) + 0.175 * (row % 2)
    y = 0.175 + 0.175 * math.sqrt(3.0) * row
    top = y.max() + 0.175
    bodies = Bodies(x, y, walls=[WALL, (0.0, 0.0, 5.0, 0.0), (0.0, top, 5.0, top)])
    bodies.press_x[:] = -press
    return bodies


def heaped(seed: int, *, angle: float = 0.0, press: float = 100.0) -> Bodies:
    """40 different bodies at random places in a pen 2 m wide, pressing towards one end [N]; all turned by an angle."""
    rng = np.random.default_rng(seed)
    k = np.arange(40)
    place = np.column_stack((0.25 + 0.45 * (k // 4), 0.25 + 0.5 * (k % 4))) + rng.uniform(-0.06, 0.06, (40, 2))
    ends = np.array([(0, 0, 0, 2), (0, 0, 8, 0), (0, 2, 8, 2)], float).reshape(-1, 2)
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    turn = np.array([(c, s), (-s, c)])
    x, y = (place @ turn).T
    walls = [tuple(wall) for wall in (ends @ turn).reshape(-1, 4)]
    bodies = Bodies(x, y, radius=rng.uniform(0.16, 0.19, 40), mass=rng.uniform(50, 100, 40), walls=walls)
    bodies.press_x[:], bodies.press_y[:] = -press * c, -press * s
    return bodies
