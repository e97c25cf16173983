"""The shipped metro station has the sizes it says it has, and one can get everywhere in it."""

from __future__ import annotations

import itertools

import shapely

from venues import Zone, check_venue, load_venue
from venues.check import reachable

VENUE = load_venue("metro-station")
#: Design minima of Korean stations: island platform 8 m, stairs 3 m, two sets (Gyeonggi press digest of the rules).
LEAST_PLATFORM, LEAST_STAIRS = 8.0, 3.0


def parts(zone: Zone) -> list[shapely.Polygon]:
    return list(shapely.get_parts(zone.polygon))


def test_the_map_has_nothing_wrong_in_it() -> None:
    assert check_venue(VENUE) == []


def test_each_track_has_forty_doors_of_1_3_m_five_metres_apart() -> None:
    for name in ("track-1-doors", "track-2-doors"):
        doors = sorted(parts(VENUE.zone(name)), key=lambda door: door.centroid.x)
        assert len(doors) == 40
        assert {round(door.bounds[2] - door.bounds[0], 6) for door in doors} == {1.3}
        middles = [door.centroid.x for door in doors]
        assert {round(b - a, 6) for a, b in itertools.pairwise(middles)} == {5.0}


def test_platform_and_stairs_keep_the_published_minima() -> None:
    west, south, east, north = VENUE.zone("track-1-doors").polygon.union(VENUE.zone("track-2-doors").polygon).bounds
    assert north - south - 2 * 0.7 >= LEAST_PLATFORM
    assert east - west > 190.0
    for name in ("a", "b"):
        width = sum(VENUE.link(f"stairs-{name}-{way}").clear_width for way in ("up", "down"))
        assert round(width, 6) >= LEAST_STAIRS
        assert VENUE.link(f"escalator-{name}").clear_width == 1.0


def test_the_fare_gates_are_one_bank_of_twelve_and_a_wide_one() -> None:
    bank = [gate for gate in VENUE.gates if gate.bank == "fare-gates"]
    narrow = [gate for gate in bank if gate.clear_width < 0.9]
    assert len(bank) == 13
    assert len(narrow) == 12
    assert {round(gate.clear_width, 2) for gate in narrow} == {0.6}
    assert [gate.direction for gate in narrow].count("forward") == 7, "out is north, forward"
    assert all(gate.normal == (0.0, 1.0) for gate in bank)
    assert all(25 / 60 <= gate.capacity <= 30 / 60 for gate in bank if gate.capacity is not None)


def test_nobody_gets_from_a_train_to_the_street_but_through_the_fare_gates() -> None:
    assert reachable(VENUE, "track-1-doors", "exit-3")
    shut = [gate.line for gate in VENUE.gates if gate.bank == "fare-gates"]
    concourse = VENUE.level("concourse")
    paid, street = VENUE.area("before-gates").polygon, VENUE.zone("exit-3").polygon
    cut = concourse.floor.difference(shapely.union_all([line.buffer(0.01) for line in (*shut, *concourse.wall_lines)]))
    sides = [{n for n, part in enumerate(shapely.get_parts(cut)) if part.intersects(place)} for place in (paid, street)]
    assert all(sides)
    assert not sides[0] & sides[1]


def test_every_exit_leads_to_both_tracks_and_back() -> None:
    for exit_ in ("exit-1", "exit-2", "exit-3", "exit-4"):
        for track in ("track-1-doors", "track-2-doors"):
            assert reachable(VENUE, exit_, track)
            assert reachable(VENUE, track, exit_)
