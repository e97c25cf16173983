"""The camera: from metres on the ground to pixels on the map and back. Here is no pygame."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

#: Least and greatest magnification [pixels/m] (assumed: a district on the screen, a face).
SMALLEST, LARGEST = 0.2, 400.0
#: Room around what is fitted, as a share of the map.
MARGIN = 0.04


@dataclass(frozen=True)
class Camera:
    """A look from above; x points right, y up.

    Args:
        x, y: ground in the middle of the map [m].
        scale: [pixels/m].
        width, height: of the map [pixels].
    """

    x: float
    y: float
    scale: float
    width: int
    height: int

    @classmethod
    def fitted(cls, bounds: tuple[float, float, float, float], *, width: int, height: int) -> Self:
        """The camera that shows all of (west, south, east, north) [m]."""
        west, south, east, north = bounds
        room = 1.0 - 2.0 * MARGIN
        scale = min(room * width / max(east - west, 1e-9), room * height / max(north - south, 1e-9))
        return cls((west + east) / 2, (south + north) / 2, _allowed(scale), width, height)

    def to_screen(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pixels right and down of the map's corner of points on the ground: (n,), (n,)."""
        return self.width / 2 + self.scale * (x - self.x), self.height / 2 - self.scale * (y - self.y)

    def to_world(self, right: float, down: float) -> tuple[float, float]:
        """Point on the ground under a pixel [m]."""
        return self.x + (right - self.width / 2) / self.scale, self.y - (down - self.height / 2) / self.scale

    def zoomed(self, factor: float, at: tuple[float, float]) -> Self:
        """Magnified; the ground under the pixel `at` stays there."""
        x, y = self.to_world(*at)
        scale = _allowed(self.scale * factor)
        right, down = at
        return replace(
            self,
            scale=scale,
            x=x - (right - self.width / 2) / scale,
            y=y + (down - self.height / 2) / scale,
        )

    def panned(self, right: float, down: float) -> Self:
        """The ground dragged along by so many pixels."""
        return replace(self, x=self.x - right / self.scale, y=self.y + down / self.scale)

    def resized(self, width: int, height: int) -> Self:
        """On a map of another size, with the same ground in its middle."""
        return replace(self, width=width, height=height)


def _allowed(scale: float) -> float:
    return min(max(scale, SMALLEST), LARGEST)
