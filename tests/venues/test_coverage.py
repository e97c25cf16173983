"""Cameras see what nothing stands before; what no camera sees and no loudspeaker reaches is told, with its place."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from shapely.geometry import LineString, Point, Polygon, box

from venues import BadInput, Camera, Level, Loudspeaker, Problem, Sign, Venue, Wall, Zone, check_venue
from venues.coverage import compute_view, covering

EYE = Point(0, 5)


def hall(*, solids: tuple[Polygon, ...] = (), walls: tuple[LineString | Wall, ...] = ()) -> Venue:
    """Return a hall of 40 m x 10 m with a camera in the middle of its western end that looks east."""
    level = Level("ground", box(0, 0, 40, 10), obstacles=solids, walls=walls)
    both = frozenset({"source", "exit"})
    zones = (Zone("west", "ground", box(0, 0, 2, 10), both), Zone("east", "ground", box(38, 0, 40, 10), both))
    return Venue("hall", (level,), zones, cameras=(Camera("eye", "ground", EYE, 90.0, 60.0, 100.0),))


def told(venue: Venue, words: str) -> list[Problem]:
    return [problem for problem in check_venue(venue) if words in problem.what]


def test_a_camera_sees_its_angle_of_the_floor_up_to_its_reach() -> None:
    near = replace(hall().cameras[0], reach=8.0)
    view = compute_view(hall(), near)
    assert view.area == pytest.approx(math.pi * 8.0**2 / 6, rel=1e-3), "a sixth of the disc; chords of 1 degree"
    assert view.centroid.x > 4.0, "it looks east"


def test_bearings_turn_clockwise_from_north() -> None:
    for bearing, ahead in ((0.0, (20, 9)), (90.0, (24, 5)), (180.0, (20, 1)), (270.0, (16, 5))):
        camera = Camera("dome", "ground", Point(20, 5), bearing, 60.0, 10.0)
        assert compute_view(hall(), camera).contains(Point(ahead))


def test_a_camera_does_not_see_behind_an_obstacle_nor_a_wall_but_over_a_barrier() -> None:
    line = LineString([(10, 0), (10, 10)])
    behind = Point(11, 5)
    assert compute_view(hall(), hall().cameras[0]).contains(behind)
    for venue in (hall(solids=(box(9, 4, 10, 6),)), hall(walls=(line,))):
        assert not compute_view(venue, venue.cameras[0]).intersects(behind)
    over = hall(walls=(Wall(line, "front"),))
    assert compute_view(over, over.cameras[0]).contains(behind)


def test_the_shadow_of_an_obstacle_widens_with_distance() -> None:
    venue = hall(solids=(box(10, 4, 11, 6),))
    view = compute_view(venue, venue.cameras[0])
    # The edge of sight runs from (0, 5) past the corner (10, 6): at x = 30 it is 3 m off the axis. The drawing
    # tolerance of 0.1 m at the corner is 0.3 m there.
    assert not view.intersects(Point(30, 5 + 3.0 - 0.4))
    assert view.contains(Point(30, 5 + 3.0 + 0.4))


def test_what_a_camera_hangs_on_does_not_blind_it() -> None:
    tower = hall(solids=(box(18, 3, 22, 7),))
    view = compute_view(tower, Camera("dome", "ground", Point(20, 5), 0.0, 360.0, 100.0))
    assert view.area == pytest.approx(400.0 - 16.0, rel=0.01)


def test_a_camera_on_a_front_beside_the_floor_sees_it_and_one_far_off_does_not() -> None:
    beside, off = (Camera("eye", "ground", Point(20, y), 180.0, 120.0, 50.0) for y in (10.8, 14.0))
    assert compute_view(hall(), beside).area > 100.0
    assert compute_view(hall(), off).is_empty
    assert told(replace(hall(), cameras=(off,)), "4.0 m off the floor")
    assert not told(replace(hall(), cameras=(beside,)), "off the floor")


def test_floor_that_no_camera_sees_is_told_as_information_at_its_place() -> None:
    venue = hall(walls=(LineString([(20, 0), (20, 10)]),))
    (gap,) = told(venue, "no camera sees")
    assert gap.severity == "information"
    assert gap.x > 20.0
    assert "the largest such part has 200 m2" in gap.what
    dome = Camera("dome", "ground", Point(30, 5), 0.0, 360.0, 100.0)
    corners = Camera("second", "ground", EYE, 90.0, 180.0, 100.0)
    assert not told(replace(venue, cameras=(corners, dome)), "no camera sees")
    assert not told(replace(venue, cameras=()), "camera"), "a map without cameras says nothing of them"


def test_who_covers_a_place_is_named() -> None:
    speakers = (Loudspeaker("near", "ground", Point(30, 5), 6.0), Loudspeaker("far", "ground", Point(2, 5), 6.0))
    venue = replace(hall(), loudspeakers=speakers)
    assert covering(venue, venue.loudspeakers, "ground", 27.0, 5.0) == ["near"]
    assert covering(venue, venue.cameras, "ground", 27.0, 5.0) == ["eye"]
    assert covering(venue, venue.cameras, "elsewhere", 27.0, 5.0) == []
    assert told(venue, "no loudspeaker reaches")


@pytest.mark.parametrize(
    ("words", "make"),
    [
        ("bearing of camera 'x'", lambda: Camera("x", "ground", EYE, 361.0, 60.0, 9.0)),
        ("field_of_view of camera 'x'", lambda: Camera("x", "ground", EYE, 0.0, 0.0, 9.0)),
        ("reach of loudspeaker 'x'", lambda: Loudspeaker("x", "ground", EYE, float("nan"))),
        ("reach of sign 'x'", lambda: Sign("x", "ground", EYE, 0.0)),
        ("must be a point", lambda: Sign("x", "ground", "here", 5.0)),  # type: ignore[arg-type]
        ("more than 50 km", lambda: Sign("x", "ground", Point(1e6, 0), 5.0)),
        ("does not exist", lambda: replace(hall(), signs=(Sign("x", "roof", EYE, 5.0),))),
        ("already taken", lambda: replace(hall(), signs=(Sign("west", "ground", EYE, 5.0),))),
    ],
)
def test_elements_that_make_no_sense_are_refused(words: str, make: object) -> None:
    with pytest.raises(BadInput, match=words):
        make()  # type: ignore[operator]
