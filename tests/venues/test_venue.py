"""What a venue says about itself: floor, walls, directions, names."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, Point, Polygon, box

from venues import BadInput, Gate, Level, Venue, label
from venues.shapes import bottleneck, corridor, room, stairs, t_junction


def compute_ring_area(ring: np.ndarray) -> float:
    """Return the signed area of a closed ring (shoelace formula), positive when anticlockwise."""
    x, y = ring[:, 0], ring[:, 1]
    return 0.5 * float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


LEVELS = [
    Level("clockwise", Polygon([(0, 0), (0, 5), (9, 5), (9, 0)]), obstacles=(box(2, 1, 3, 2), box(5, 1, 6, 4))),
    Level("cut in two", box(0, 0, 9, 5), obstacles=(box(4, -1, 5, 6),)),
    Level("notched", box(0, 0, 9, 5), obstacles=(box(4, -1, 5, 3),)),
]


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_signed_areas_of_the_wall_rings_add_up_to_the_floor(level: Level) -> None:
    """Outer rings anticlockwise and holes clockwise is the only choice for which the sum is the area."""
    chains = level.wall_chains
    assert all((chain[0] == chain[-1]).all() and chain.dtype == np.float64 for chain in chains)
    assert sum(compute_ring_area(chain) for chain in chains) == pytest.approx(level.floor.area, rel=1e-12)


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_the_floor_is_on_the_left_of_every_wall_segment(level: Level) -> None:
    for chain in level.wall_chains:
        for (x0, y0), (x1, y1) in pairwise(chain):
            length = np.hypot(x1 - x0, y1 - y0)
            left = Point((x0 + x1) / 2 - (y1 - y0) / length * 1e-3, (y0 + y1) / 2 + (x1 - x0) / length * 1e-3)
            assert level.floor.contains(left)


def test_thin_walls_follow_the_rings_and_stay_open() -> None:
    fence = LineString([(1, 1), (2, 2), (3, 1)])
    chains = Level("ground", box(0, 0, 9, 5), walls=(fence,)).wall_chains
    assert len(chains) == 2
    np.testing.assert_array_equal(chains[1], [(1, 1), (2, 2), (3, 1)])


@pytest.mark.parametrize(
    ("line", "normal"),
    [
        ([(0, 1), (4, 1)], (0.0, 1.0)),
        ([(4, 1), (0, 1)], (0.0, -1.0)),
        ([(1, 0), (1, 4)], (-1.0, 0.0)),
        ([(0, 0), (3, 4)], (-0.8, 0.6)),
    ],
)
def test_forward_is_from_the_right_to_the_left_of_a_gate(
    line: list[tuple[float, float]], normal: tuple[float, float]
) -> None:
    assert Gate("g", "ground", LineString(line)).normal == pytest.approx(normal)


def test_a_gate_without_a_clear_width_is_as_wide_as_its_line() -> None:
    assert Gate("g", "ground", LineString([(0, 0), (3, 4)])).clear_width == 5.0


def test_a_label_falls_back_to_the_name() -> None:
    gate = Gate("g", "ground", LineString([(0, 0), (3, 4)]), labels={"ko": "문"})
    assert (label(gate, "ko"), label(gate, "en")) == ("문", "g")


@pytest.mark.parametrize(
    ("venue", "area"),
    [
        (corridor(length=20, width=3), 60.0),
        (bottleneck(width=1.2, length=2, room_width=6, room_length=8), 2 * 48 + 2.4),
        (room(length=10, width=8, door_width=1.2), 80 + 1.2 * 2.5),
        (t_junction(width=2.4, arm_length=8), 2.4 * (2.4 + 16) + 2.4 * 8),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_textbook_shapes_have_the_floor_their_sizes_say(venue, area: float) -> None:  # type: ignore[no-untyped-def]
    assert venue.levels[0].floor.area == pytest.approx(area, rel=1e-12)


@pytest.mark.parametrize(
    ("venue", "line", "forward"),
    [
        (corridor(), "middle", (1, 0)),
        (bottleneck(), "bottleneck", (1, 0)),
        (room(), "doorway", (1, 0)),
        (t_junction(), "west-line", (1, 0)),
        (t_junction(), "east-line", (-1, 0)),
        (t_junction(), "north-line", (0, 1)),
    ],
)
def test_lines_of_textbook_shapes_count_forward_as_documented(venue, line: str, forward) -> None:  # type: ignore[no-untyped-def]
    assert venue.line(line).normal == pytest.approx(forward)


def test_stairs_join_two_levels_over_their_slanted_length() -> None:
    venue = stairs(height=3.4)
    link = venue.link("stairs")
    assert [venue.level_index(link.from_level), venue.level_index(link.to_level)] == [0, 1]
    assert link.length == pytest.approx((5.8**2 + 3.4**2) ** 0.5)  # 20 steps of 0.17 m / 0.29 m
    assert shapely.distance(link.from_line, link.to_line) == pytest.approx(5.8)


def test_more_levels_than_can_be_recorded_are_refused() -> None:
    floors = tuple(Level(f"floor {k}", box(0, 0, 9, 5), elevation=3.0 * k) for k in range(128))
    Venue("tower", levels=floors[:127])
    with pytest.raises(BadInput, match=r"^venue 'tower' has 128 levels.* at most 127 can be told apart"):
        Venue("tower", levels=floors)
