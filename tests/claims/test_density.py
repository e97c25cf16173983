"""Density reads what is there: beside walls, in corners, behind fences, over moving windows."""

import numpy as np
import pytest
from shapely.geometry import LineString, box

from crowd.measurement import Fields, Probes
from venues import Level, Venue


def fields(probes: Probes, x: np.ndarray, y: np.ndarray, **others: np.ndarray) -> Fields:
    """Fields of people who all stand on the first level, still and untouched unless said."""
    still = {name: np.zeros(x.size) for name in ("vx", "vy", "force_mean", "force_max")}
    whole = {"level": np.zeros(x.size, np.int64), "group": np.zeros(x.size, np.int64)}
    return probes.compute(x=x, y=y, **{**whole, **still, **others})


def filled(width: float, depth: float, spacing: float) -> tuple[np.ndarray, np.ndarray]:
    """Points that fill a rectangle evenly, those on its edge included."""
    x = np.linspace(0.0, width, round(width / spacing) + 1)
    y = np.linspace(0.0, depth, round(depth / spacing) + 1)
    return tuple(a.ravel() for a in np.meshgrid(x, y))  # type: ignore[return-value]


def hall(width: float = 8.0, depth: float = 6.0, *, walls: tuple[LineString, ...] = ()) -> Venue:
    return Venue(name="hall", levels=(Level("ground", box(0, 0, width, depth), walls=walls),))


@pytest.mark.parametrize("quantity", ["density", "window_density"])
def test_points_that_fill_a_floor_give_their_density_beside_walls_and_in_corners(quantity: str) -> None:
    x, y = filled(8.0, 6.0, 0.047)
    found = getattr(fields(Probes.of(hall()), x, y), quantity)
    assert found == pytest.approx(x.size / 48.0, rel=0.03)


def test_an_empty_lane_beside_a_full_pen_behind_a_thin_fence_reads_zero() -> None:
    fence = LineString([(4.1, 0.0), (4.1, 6.0)])
    probes = Probes.of(hall(walls=(fence,)))
    x, y = filled(4.0, 6.0, 0.25)
    found = fields(probes, x, y)
    lane = probes.x > 4.1
    assert found.density[lane].max() == 0.0
    assert np.nanmax(found.window_density[lane]) == 0.0


def test_a_full_pen_beside_an_empty_lane_behind_a_thin_fence_reads_its_own_density() -> None:
    fence = LineString([(4.0, 0.0), (4.0, 6.0)])
    probes = Probes.of(hall(walls=(fence,)))
    x, y = filled(3.999, 6.0, 0.047)
    pen = probes.x < 4.0
    assert fields(probes, x, y).density[pen] == pytest.approx(x.size / 24.0, rel=0.03)


def test_a_single_person_weighs_one_over_the_kernel_share() -> None:
    probes = Probes.of(hall(20.0, 20.0))
    x = y = np.array([10.25])
    found = fields(probes, x, y)
    # The integral of the density over the floor is one person.
    assert (found.density * probes.area).sum() == pytest.approx(1.0, rel=0.01)


def test_crowd_pressure_of_random_velocities_is_density_times_their_variance() -> None:
    rng = np.random.default_rng(5)
    probes = Probes.of(hall(12.0, 12.0))
    x, y = rng.uniform(0, 12, (2, 4000))
    vx, vy = rng.normal(0, 0.1, (2, 4000))
    found = fields(probes, x, y, vx=vx, vy=vy)
    # Variance of the vector: 2 x 0.1^2; 5 %: test T-HD1 of the validation plan.
    assert found.crowd_pressure.mean() == pytest.approx(4000 / 144 * 0.02, rel=0.05)


def test_two_calm_streams_through_each_other_have_no_crowd_pressure() -> None:
    x, y = filled(8.0, 6.0, 0.5)
    group = np.arange(x.size) % 2
    vx = np.where(group == 0, 1.0, -1.0)
    found = fields(Probes.of(hall()), x, y, vx=vx, group=group)
    assert found.crowd_pressure.max() < 1e-9


def test_a_narrow_passage_is_judged_by_a_longer_window_not_left_out() -> None:
    venue = Venue(name="lane", levels=(Level("ground", box(0, 0, 20, 1.0)),))
    probes = Probes.of(venue)
    x, y = filled(20.0, 1.0, 0.047)
    middle = (probes.x > 5) & (probes.x < 15)
    assert fields(probes, x, y).window_density[middle] == pytest.approx(x.size / 20.0, rel=0.04)


def test_a_place_too_small_for_any_window_has_no_window_density() -> None:
    venue = Venue(name="closet", levels=(Level("ground", box(0, 0, 2, 2)),))
    assert np.isnan(fields(Probes.of(venue), np.array([1.0]), np.array([1.0])).window_density).all()


def test_density_does_not_leak_from_one_level_to_another() -> None:
    floor = box(0, 0, 8, 6)
    probes = Probes.of(Venue(name="two", levels=(Level("low", floor), Level("high", floor, elevation=4.0))))
    x, y = filled(8.0, 6.0, 0.5)
    found = fields(probes, x, y, level=np.ones(x.size, np.int64))
    assert found.density[probes.level == 0].max() == 0.0
    assert found.density[probes.level == 1].min() > 3.0


@pytest.mark.parametrize("y_fence", [2.25, 2.3, 2.5])
def test_people_beside_a_thin_fence_read_their_own_side_wherever_the_fence_lies(y_fence: float) -> None:
    fence = LineString([(0.0, y_fence), (8.0, y_fence)])
    probes = Probes.of(hall(walls=(fence,)))
    x, y = filled(8.0, y_fence - 0.001, 0.047)
    people = x.size
    x, y = np.concatenate((x, [4.0])), np.concatenate((y, [y_fence + 0.05]))
    found = fields(probes, x, y).density[probes.index_at(np.zeros(x.size, np.int64), x, y)]
    assert found[:-1] == pytest.approx(people / (8.0 * y_fence), rel=0.04)
    assert found[-1] < 3.0
