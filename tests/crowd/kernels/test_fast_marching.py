"""Fields looked at again lead round what is seen, and no further."""

from __future__ import annotations

import numpy as np
from shapely.geometry import Polygon, box

from crowd.movement.march import March
from crowd.movement.wayfinding import Ways
from crowd.parameters import Wayfinding
from tests.scenes import BOTH
from venues import Level, Venue, Zone

FLOOR = Polygon(box(0, 0, 20, 12).exterior, [box(5, 2, 15, 6).exterior])


def ring() -> tuple[Ways, March, np.ndarray]:
    """A block of 10 x 4 m in a floor of 20 x 12 m: from the west to the east people pass south of it or north of it.

    Returns the way east and the cells of the floor, too.
    """
    zones = (Zone("east", "ground", box(19, 3.5, 20, 4.5), BOTH),)
    ways = Ways(Venue(name="ring", levels=(Level("ground", FLOOR),), zones=zones), Wayfinding())
    return ways, ways.march(["east"], ways.moves), ways.cells.inside(FLOOR, 0)


def again(ways: Ways, march: March, cells: np.ndarray, slow: np.ndarray, climb: float) -> tuple[np.ndarray, np.ndarray]:
    """Times and directions at cells that are seen (c,), (c, 2), if people make a tenth of their speed in slow ones."""
    return ways.look_again(march, cells, np.where(slow, 0.1, 1.0), climb=climb)


def at(ways: Ways, cells: np.ndarray, x: float, y: float) -> int:
    """Where the cell at a place stands among cells."""
    return int(np.flatnonzero(cells == ways.cells.keys(np.array([x]), np.array([y]), 0))[0])


def test_without_a_crowd_a_second_look_gives_the_same_field() -> None:
    ways, march, floor = ring()
    x, _ = ways.cells.centres(floor)
    for cells, climb in ((floor[x < 9.0], 0.5), (floor, np.inf)):
        times, vectors = again(ways, march, cells, np.zeros(cells.size, bool), climb)
        np.testing.assert_allclose(times, march.times_at(cells), rtol=1e-12)
        np.testing.assert_allclose(vectors, march.vectors_at(cells), atol=1e-9)


def test_a_crowd_in_one_way_sends_those_who_know_all_through_the_other() -> None:
    ways, march, floor = ring()
    x, y = ways.cells.centres(floor)
    slow, here = (x > 6.0) & (x < 12.0) & (y < 2.0), at(ways, floor, 4.6, 1.0)
    _, told = again(ways, march, floor, slow, np.inf)
    assert march.vectors_at(floor)[here, 0] > 0.7
    assert told[here, 1] > 0.7


def test_those_who_know_all_look_at_every_cell() -> None:
    ways, march, floor = ring()
    x, y = ways.cells.centres(floor)
    slow = floor[(x > 6.0) & (x < 12.0) & (y < 2.0)]
    told = ways.look_at_all(march, slow, np.full(slow.size, 0.1), liking=None)
    times, vectors = again(ways, march, floor, np.isin(floor, slow), np.inf)
    np.testing.assert_array_equal(told.times_at(floor), times)
    np.testing.assert_array_equal(told.vectors_at(floor), vectors)


def test_nobody_turns_back_farther_than_the_climb_for_a_crowd() -> None:
    ways, march, floor = ring()
    x, y = ways.cells.centres(floor)
    slow = (x > 6.0) & (y < 2.0)
    # From the middle of the southern way, four metres back to its mouth.
    here = at(ways, floor, 9.0, 1.0)
    _, free = again(ways, march, floor, slow, np.inf)
    _, bound = again(ways, march, floor, slow, 2.0)
    assert free[here, 0] < -0.7
    assert bound[here, 0] > 0.7


def test_what_is_not_seen_leads_on_only_to_where_it_is_nearer() -> None:
    ways, march, floor = ring()
    x, y = ways.cells.centres(floor)
    seen = floor[(x > 5.5) & (x < 14.0)]
    x, y = ways.cells.centres(seen)
    _, vectors = again(ways, march, seen, (x > 6.0) & (y < 2.0), np.inf)
    assert (vectors[y < 2.0, 0] > 0.0).all()


def test_a_march_that_is_broken_off_and_goes_on_ends_at_the_same_times() -> None:
    ways, march, floor = ring()
    bits = ways.march(["east"], ways.moves)
    for cell in np.random.default_rng(4).permutation(floor)[:50]:
        assert bits.times_at(np.array([cell]))[0] == march.times_at(floor)[np.flatnonzero(floor == cell)[0]]
    np.testing.assert_array_equal(bits.ways_at(floor), march.ways_at(floor))
