"""The window and the run it shows compute at the same time, in two threads."""

from __future__ import annotations

from venues.shapes import bottleneck
from viz.viewer.scene import Scene


def test_the_window_asks_no_geometry_that_the_run_asks() -> None:
    """A prepared geometry asked by two threads at once ends the program."""
    venue = bottleneck()
    mine = {id(part) for level in Scene(venue, "en")._venue.planes for part in (level.floor, level.walkable)}
    assert mine.isdisjoint({id(part) for level in venue.planes for part in (level.floor, level.walkable)})
