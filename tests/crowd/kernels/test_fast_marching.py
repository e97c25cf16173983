"""Fields looked at again lead round what is seen, and no further."""

from __future__ import annotations

import numpy as np
from shapely.geometry import Polygon, box

from crowd.movement.march import BEYOND, March
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


def street(length: float) -> Ways:
    """A street 6 m wide with a way out at its western end."""
    zones = (Zone("west", "ground", box(0, 0, 1, 6), BOTH),)
    return Ways(Venue(name="street", levels=(Level("ground", box(0, 0, length, 6)),), zones=zones), Wayfinding())


def test_a_march_that_is_broken_off_and_goes_on_ends_at_the_same_times_and_ways() -> None:
    ways = street(200.0)
    floor = ways.cells.inside(box(0, 0, 200, 6), 0)
    whole, bits = ways.march(["west"], ways.moves), ways.march(["west"], ways.moves)
    at_once = whole.times_at(floor)
    for x in (30.0, 10.0, 70.0, 71.0, 150.0):
        cell = ways.cells.keys(np.array([x]), np.array([3.0]), 0)
        np.testing.assert_array_equal(bits.times_at(cell), at_once[floor == cell])
    np.testing.assert_array_equal(bits.ways_at(floor), whole.ways_at(floor))
    np.testing.assert_array_equal(bits.vectors_at(floor), whole.vectors_at(floor))


def test_a_march_goes_no_farther_than_it_is_asked_to_however_long_the_street() -> None:
    solved = []
    for length in (200.0, 2000.0):
        ways = street(length)
        march = ways.march(["west"], ways.moves)
        assert march.times_at(ways.cells.keys(np.array([40.0]), np.array([3.0]), 0)) < 41.0
        solved.append(march.solved)
    assert solved[0] == solved[1]
    # 40 m, what it runs on beyond, and the tile in which it ends.
    assert solved[0] < (40.0 + BEYOND + 2 * 8.0) / 0.25**2 * 8.0
