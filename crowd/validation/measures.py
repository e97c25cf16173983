"""Numbers off tracks (who is where, how dense, when somebody got somewhere) and over the seeds of a variant."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from crowd.validation.case import Measures
from crowd.validation.readings import Tracks


def inside(found: Tracks, area: BaseGeometry, level: int = 0) -> np.ndarray:
    """Which entries lie in an area: (entries,) bool."""
    return np.asarray(shapely.contains_xy(area, found.x, found.y)) & (found.level == level)


def density_over_time(found: Tracks, area: BaseGeometry, level: int = 0) -> np.ndarray:
    """People in an area over its size at each frame: (frames,) [1/m2]."""
    frames = int(found.frame.max()) + 1
    return np.bincount(found.frame[inside(found, area, level)], minlength=frames) / area.area


def running_mean(values: np.ndarray, count: int) -> np.ndarray:
    """Means over `count` values in a row: (n - count + 1,), or the one mean of fewer."""
    count = min(count, values.size)
    return np.convolve(values, np.full(count, 1.0 / count), mode="valid")


def first_times(found: Tracks, there: np.ndarray) -> np.ndarray:
    """When each person first was `there` (entries,) or left: (people,) [s], nan for who did neither."""
    first = np.full(found.left.size, np.nan)
    np.fmin.at(first, found.id[there], found.time[there])
    return np.fmin(first, found.left)


def last_time(times: np.ndarray) -> float:
    """The last of some times [s]; inf if one is nan: somebody never got there."""
    return float(np.max(np.where(np.isnan(times), np.inf, times)))


def unmet(*claims: tuple[bool, str]) -> str:
    """What does not hold of claims, given with the sentence that says so; empty if all do."""
    return "; ".join(sentence for holds, sentence in claims if not holds)


def over_seeds(runs: Sequence[Measures], name: str) -> np.ndarray:
    """A measure of all seeds of a variant: (seeds, ...)."""
    return np.array([measures[name] for measures in runs], float)


def mean_of(runs: Sequence[Measures], name: str) -> float:
    """Mean of a measure over the seeds of a variant."""
    return float(over_seeds(runs, name).mean())


def sd_of(runs: Sequence[Measures], name: str) -> float:
    """Standard deviation of a measure over the seeds of a variant; 0 for one seed."""
    values = over_seeds(runs, name)
    return float(values.std(ddof=1)) if values.size > 1 else 0.0
