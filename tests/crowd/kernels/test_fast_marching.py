"""Fields looked at again lead round what is seen, and no further."""

from __future__ import annotations

import numpy as np
from shapely.geometry import Polygon, box

from crowd.movement.wayfinding import Field, Ways
from crowd.parameters import Wayfinding
from tests.scenes import BOTH
from venues import Level, Venue, Zone


def ring() -> tuple[Ways, Field]:
    """A block of 10 x 4 m in a floor of 20 x 12 m: from the west to the east people pass south of it or north of it."""
    floor = Polygon(box(0, 0, 20, 12).exterior, [box(5, 2, 15, 6).exterior])
    zones = (Zone("east", "ground", box(19, 3.5, 20, 4.5), BOTH),)
    ways = Ways(Venue(name="ring", levels=(Level("ground", floor),), zones=zones), Wayfinding())
    return ways, ways.field(["east"], ways.moves)


def again(ways: Ways, field: Field, slow: np.ndarray, *, seen: np.ndarray, climb: float) -> tuple[np.ndarray, ...]:
    """Times and directions if people make a tenth of their speed in `slow` cells: (c,), (c, 2)."""
    times, vectors = field.times.copy(), field.vectors.copy()
    cells = np.flatnonzero(seen & ways.inside)
    progress = np.where(slow[cells], 0.1, 1.0)
    ways.look_again(field, cells, progress, climb=climb, times=times, vectors=vectors)
    return times, vectors


def test_without_a_crowd_a_second_look_gives_the_same_field() -> None:
    ways, field = ring()
    x, _ = ways.grid.centres()
    for seen, climb in ((x < 9.0, 0.5), (x < 90.0, np.inf)):
        times, vectors = again(ways, field, np.zeros(x.size, bool), seen=seen, climb=climb)
        np.testing.assert_allclose(times, field.times, rtol=1e-12)
        np.testing.assert_allclose(vectors, field.vectors, atol=1e-9)


def test_a_crowd_in_one_way_sends_those_who_know_all_through_the_other() -> None:
    ways, field = ring()
    x, y = ways.grid.centres()
    slow, here = (x > 6.0) & (x < 12.0) & (y < 2.0), ways.grid.keys(np.array([4.6]), np.array([1.0]), 0)[0]
    _, told = again(ways, field, slow, seen=x < 90.0, climb=np.inf)
    assert field.vectors[here, 0] > 0.7
    assert told[here, 1] > 0.7


def test_nobody_turns_back_farther_than_the_climb_for_a_crowd() -> None:
    ways, field = ring()
    x, y = ways.grid.centres()
    slow = (x > 6.0) & (x < 12.0) & (y < 2.0)
    # From the middle of the southern way, four metres back to its mouth.
    here = ways.grid.keys(np.array([9.0]), np.array([1.0]), 0)[0]
    _, free = again(ways, field, slow | (x > 12.0) & (y < 2.0), seen=x < 90.0, climb=np.inf)
    _, bound = again(ways, field, slow | (x > 12.0) & (y < 2.0), seen=x < 90.0, climb=2.0)
    assert free[here, 0] < -0.7
    assert bound[here, 0] > 0.7


def test_what_is_not_seen_leads_on_only_to_where_it_is_nearer() -> None:
    ways, field = ring()
    x, y = ways.grid.centres()
    slow, seen = (x > 6.0) & (y < 2.0), (x > 5.5) & (x < 14.0)
    times, vectors = again(ways, field, slow, seen=seen, climb=np.inf)
    assert (times[~seen] == field.times[~seen]).all()
    south = ways.inside & seen & (y < 2.0)
    assert (vectors[south, 0] > 0.0).all()
