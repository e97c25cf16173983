"""Density and speed of a measurement area, frame by frame, as the reference values were computed."""

from __future__ import annotations

import numpy as np
import shapely

from crowd.individual_density import CellFloor, CutOff
from crowd.validation.readings import Tracks
from venues import Level

#: Largest Voronoi cell of the reference values [m].
_CUT_OFF = CutOff(radius=0.8, quad_segments=3)


def density_and_speed(
    tracks: Tracks, level: Level, area: shapely.Polygon, *, every: int = 2
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Voronoi density and Voronoi speed of an area.

    The speed is that of each person (+-0.5 s), weighted with the share of the area that their cell covers. Floor that
    is nobody's counts as standing still, so that below 1 /m2 it is too low (as `pedpy.compute_voronoi_speed` has it).

    Args:
        tracks: everybody at every frame. level: where. area: the measurement area. every: frames from one to the next.

    Returns:
        density [1/m2], speed [m/s], time [s]: (k,), frames with somebody in the area.
    """
    floor = CellFloor.of(level, cut_off=_CUT_OFF)
    half = max(round(0.5 / tracks.step), 1)
    vx, vy = tracks.speeds(half)
    pace = np.hypot(vx, vy)
    shapely.prepare(area)
    starts = np.searchsorted(tracks.frame, np.arange(int(tracks.frame.max(initial=-1)) + 2))
    density, speed, time = [], [], []
    for k in range(0, starts.size - 1, every):
        mine = slice(starts[k], starts[k + 1])
        x, y = tracks.x[mine], tracks.y[mine]
        if x.size == 0:
            continue
        cells = floor.compute(x, y)
        inside = shapely.area(shapely.intersection(cells.polygons(), area))
        if inside.sum() <= 0.0:
            continue
        density.append((inside / cells.area).sum() / area.area)
        speed.append((inside * pace[mine]).sum() / area.area)
        time.append((k + 1) * tracks.step)
    return np.array(density), np.array(speed), np.array(time)
