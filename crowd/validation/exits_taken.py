"""By which exit everybody left, and the room with two exits that several guidelines ask about."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry import LineString, box

from crowd.scenario import Scenario
from crowd.validation.readings import Tracks
from crowd.validation.scenes import GROUND, flat
from venues import Gate, Venue

#: The exits of the room with two, its left and its right one.
TWO = ("exit-1", "exit-2")


def exit_of_each(tracks: Tracks, scenario: Scenario) -> tuple[str, ...]:
    """The exit nearest to where each person was last, in the order of ids; empty for who has not left."""
    zones = [zone for zone in scenario.venue.zones if "exit" in zone.kinds]
    names = [""] * tracks.left.size
    for person in np.flatnonzero(np.isfinite(tracks.left)):
        last = np.flatnonzero(tracks.id == person)[-1]
        here = shapely.Point(tracks.x[last], tracks.y[last])
        names[person] = min(zones, key=lambda zone: zone.polygon.distance(here)).name
    return tuple(names)


def two_exits(source: tuple[float, float, float, float] = (7.0, 4.5, 8.0, 5.5)) -> Venue:
    """A room of 15 m x 10 m with a door of 1 m in the middle of its left and of its right wall, 1 m deep.

    Args:
        source: rectangle in which people are at the start, x0, y0, x1, y1 [m]; by default the middle.
    """
    floor = shapely.union_all([box(0, 0, 15, 10), box(-1, 4.5, 0, 5.5), box(15, 4.5, 16, 5.5)])
    return flat(
        floor,
        sources={"inside": box(*source), "behind": box(7.0, 2.0, 8.0, 3.0)},
        exits={"exit-1": box(-1, 4.5, -0.3, 5.5), "exit-2": box(15.3, 4.5, 16, 5.5)},
        gates=(
            Gate("door-1", GROUND, LineString([(0, 4.5), (0, 5.5)])),
            Gate("door-2", GROUND, LineString([(15, 5.5), (15, 4.5)])),
        ),
    )
