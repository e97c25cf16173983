"""Where people walk against each other, for how long and how many: in zones, and over lines.

The model is optimistic there, so a calm result is doubted (`doubts`). Not here: who counts as opposed
(`crowd.recording.tables`), gridlock (`lines`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crowd.recording.tables import OPPOSED_DENSITY, OPPOSED_SHARE
from crowd.risk.tables import Series, numbers, sample_time

FEWEST = 10
"""Opposed people from which on streams are opposed, not persons, assumed."""

SHARE = 0.1
"""Part of a zone's people that must be opposed, assumed: in a plaza somebody always comes the other way."""

LONG = 60.0
"""Time of opposed streams that counts, in all [s], assumed."""

MINUTE = 60.0
"""Crossings of a line both ways are compared over this time [s], assumed."""


@dataclass(frozen=True)
class Opposed:
    """Opposed streams in one place.

    Args:
        time: in which they were opposed, in all [s]; nan where it is not known.
        people: most opposed people at one time in a zone, most people over a line in a minute; 0 if never opposed.
    """

    time: float
    people: int

    @property
    def substantial(self) -> bool:
        """Whether there was enough of it to distrust a calm result."""
        return self.time >= LONG


UNKNOWN = Opposed(float("nan"), 0)


def opposed_in_zone(table: pd.DataFrame, times: Series) -> Opposed:
    """Opposed streams in a zone.

    Args:
        table: with `people` and `opposed_people`, one row for each of the times.
        times: (k,) [s].
    """
    people, opposed = numbers(table, "people"), numbers(table, "opposed_people")
    if not np.isfinite(opposed).any():
        return UNKNOWN
    there = (opposed >= FEWEST) & (opposed >= SHARE * people)
    most = int(opposed[there].max()) if there.any() else 0
    return Opposed(sample_time(times) * float(there.sum()), most)


def opposed_over_line(times: Series, forward: Series, backward: Series, sides: list[Series]) -> Opposed:
    """Opposed streams over a line: both ways within a minute, between people close enough to be in each other's way.

    Args:
        times: (k,) [s]. forward, backward: (k,) persons since the sample before. sides: densities, (k,) each [1/m2].
    """
    step = sample_time(times)
    window = max(1, round(MINUTE / step))
    ways = np.stack([pd.Series(way).rolling(window).sum() for way in (forward, backward)])
    density = pd.Series(np.fmax(*sides)).rolling(window).mean().to_numpy()
    both = ways.sum(axis=0)
    there = (ways.min(axis=0) >= OPPOSED_SHARE * both) & (both >= FEWEST) & (density >= OPPOSED_DENSITY)
    return Opposed(step * float(there.sum()), int(both[there].max()) if there.any() else 0)
