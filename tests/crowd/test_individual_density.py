from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pedpy
import pytest
import shapely
from shapely.affinity import rotate
from shapely.geometry import LineString, Polygon, box
from shapely.ops import split

from crowd.demand import Demand
from crowd.errors import BadInput, TrajectoryError
from crowd.individual_density import CUT_OFF, CellFloor, CutOff, compute_individual_density, compute_voronoi_density
from crowd.recording import Recording
from crowd.run import run
from crowd.trajectories import load_trajectories
from tests import scenes
from venues import Level, MeasurementArea, load_venue
from venues.catalogue import names
from venues.shapes import bottleneck

DATA = Path(__file__).parents[2] / "../shared/data"
HERMES = shapely.union_all([box(-8.8, -9, 10.6, -0.5), box(-0.6, -0.6, 2.4, 0.6), box(-8.8, 0.5, 10.6, 8)])
SQUARE = Level("square", box(0, 0, 10, 10))
DODECAGON = 3.0  # m2, of 12 corners on a circle of 1 m: 12 / 2 sin 30 deg
#: Not convex, with a house inside and one that leaves a passage: cells are cut apart there.
CORNER = Polygon(
    [(0, 0), (12, 0), (12, 4), (4, 4), (4, 12), (0, 12)],
    [[(1, 1), (2, 1), (2, 2), (1, 2)], [(5, 1), (9, 1), (9, 3.7), (5, 3.7)]],
)
CUT_OFFS = [CutOff(), CutOff(radius=0.8, quad_segments=1), CutOff(radius=2.5, quad_segments=8), None]


def people(*places: tuple[float, float], time: float = 0.0) -> pd.DataFrame:
    x, y = np.array(places, float).reshape(-1, 2).T
    return pd.DataFrame({"time": time, "id": np.arange(len(x)), "x": x, "y": y})


def areas(*places: tuple[float, float], level: Level = SQUARE, cut_off: CutOff | None = CUT_OFF) -> list[float]:
    return compute_individual_density(people(*places), level, cut_off=cut_off)["area"].tolist()


def in_pedpy(table: pd.DataFrame, floor: Polygon, cut_off: CutOff | None) -> pd.DataFrame:
    """PedPy's cells: frame, id, polygon, density."""
    rows = table.assign(frame=table["time"].rank(method="dense").astype(int))[["id", "frame", "x", "y"]]
    theirs = None if cut_off is None else pedpy.Cutoff(radius=cut_off.radius, quad_segments=cut_off.quad_segments)
    found: pd.DataFrame = pedpy.compute_individual_voronoi_polygons(
        traj_data=pedpy.TrajectoryData(data=rows.reset_index(drop=True), frame_rate=2.0),
        walkable_area=pedpy.WalkableArea(floor),
        cut_off=theirs,
    )
    return found


def assert_equals_pedpy(table: pd.DataFrame, level: Level, area: Polygon, cut_off: CutOff | None = CUT_OFF) -> None:
    """Individual areas and the Voronoi density of an area are PedPy's within 1e-6 m2 and 1e-6 /m2."""
    table = table.sort_values(["time", "id"], ignore_index=True)
    floor = level.floor.geoms[0]
    theirs = in_pedpy(table, floor, cut_off).sort_values(["frame", "id"])
    ours = compute_individual_density(table, level, cut_off=cut_off)
    assert len(ours) > 0
    np.testing.assert_array_equal(ours["id"], theirs["id"])
    np.testing.assert_allclose(ours["area"], shapely.area(theirs["polygon"].to_numpy()), rtol=0.0, atol=1e-6)
    np.testing.assert_allclose(ours["individual_density"], theirs["density"], rtol=1e-6)
    density, _ = pedpy.compute_voronoi_density(
        individual_voronoi_data=theirs, measurement_area=pedpy.MeasurementArea(area)
    )
    found = compute_voronoi_density(table, level, MeasurementArea("m", level.name, area), cut_off=cut_off)
    assert found["voronoi_density"].max() > 0.0
    np.testing.assert_allclose(found["voronoi_density"], density["density"], rtol=0.0, atol=1e-6)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """Sixty people through a bottleneck, recorded."""
    venue = bottleneck(width=1.0, room_length=5.0, room_width=5.0)
    scenario = scenes.scenario(venue, [Demand.present("start", "exit", people=60)], duration=50.0)
    return run(scenario, out=tmp_path_factory.mktemp("bottleneck") / "run")


@pytest.fixture(scope="module")
def measured() -> pd.DataFrame:
    """Every fourth second of a measured bottleneck."""
    file = DATA / "hermes2009_bottleneck" / "ao-300-400.txt"
    if not file.is_file():
        pytest.skip(f"the shared measured data are not here: {file}")
    found = load_trajectories(file)
    rows = np.flatnonzero(found.frame % 64 == 0)
    return pd.DataFrame({"time": found.frame[rows] / 16, "id": found.id[rows], "x": found.x[rows], "y": found.y[rows]})


@pytest.mark.parametrize("cut_off", [CutOff(), CutOff(radius=0.8, quad_segments=1), None], ids=str)
def test_cells_in_a_measured_bottleneck_are_pedpys(measured: pd.DataFrame, cut_off: CutOff | None) -> None:
    assert isinstance(HERMES, Polygon)
    assert_equals_pedpy(measured, Level("ground", HERMES), box(-0.1, -3.0, 1.9, -1.0), cut_off)


@pytest.mark.parametrize("cut_off", [CutOff(), None], ids=str)
def test_cells_in_our_own_recording_are_pedpys(recorded: Recording, cut_off: CutOff | None) -> None:
    table = recorded.table("people")
    table = table[table["time"] % 2.0 == 0.0].astype({"x": float, "y": float})
    area = recorded.venue.areas[0].polygon
    assert_equals_pedpy(table, recorded.venue.levels[0], area, cut_off)


def test_a_recording_knows_its_individual_and_voronoi_densities(recorded: Recording) -> None:
    level = recorded.venue.levels[0]
    table = recorded.table("people")
    pd.testing.assert_frame_equal(recorded.individual_density("ground"), compute_individual_density(table, level))
    expected = compute_voronoi_density(table, level, recorded.venue.areas[0])
    pd.testing.assert_frame_equal(recorded.voronoi_density("before"), expected)
    with pytest.raises(BadInput, match="unknown level 'grund'; did you mean 'ground'"):
        recorded.individual_density("grund")


def test_flow_through_a_bottleneck_counted_by_us_and_by_pedpy_agrees_within_1_percent(recorded: Recording) -> None:
    found = recorded.to_pedpy()["ground"].trajectories
    line = pedpy.MeasurementLine(recorded.venue.line("bottleneck").line)
    n_t, crossings = pedpy.compute_n_t(traj_data=found, measurement_line=line)
    lines = recorded.table("lines")
    lines = lines[lines["line"] == "bottleneck"]
    count = (lines["forward"] - lines["backward"]).cumsum().to_numpy()
    passed = n_t.set_index("frame")["cumulative_pedestrians"]
    theirs = passed.reindex(np.round(2 * lines["time"]).astype(int)).ffill().to_numpy()
    assert count[-1] == theirs[-1] == 60
    # Who crosses at the end of a second may be counted at its frame or after, two side by side at the most.
    assert np.abs(count - theirs).max() <= 2
    # PedPy's first window begins with the first crossing (frame) and ends with the last one before its end.
    first = int(passed[passed > 0].index.min())
    # One person more or less is more than 1 %, so that a window ends where nobody is just crossing.
    settled = 2 * lines["time"].to_numpy()[count == theirs]
    window = int(settled[settled >= first + 40][0]) - first
    speed = pedpy.compute_individual_speed(traj_data=found, frame_step=1)
    flow = pedpy.compute_flow(
        nt=n_t, crossing_frames=crossings, individual_speed=speed, delta_frame=window, frame_rate=2.0
    )["flow"].iloc[0]
    ours = count[np.searchsorted(lines["time"], (first + window) / 2)]
    seconds = (passed[passed == passed[first + window]].index.min() + 1 - first) / 2
    assert ours / seconds == pytest.approx(flow, rel=0.01)


@pytest.mark.parametrize("cut_off", CUT_OFFS, ids=str)
@pytest.mark.parametrize("count", [1, 2, 3, 40, 400])
def test_cells_round_corners_and_houses_are_pedpys(count: int, cut_off: CutOff | None) -> None:
    rng = np.random.default_rng(count)
    x, y = rng.uniform(0.0, 12.0, (2, 20 * count + 20))
    inside = np.flatnonzero(shapely.contains_xy(CORNER, x, y))[:count]
    table = people(*zip(x[inside], y[inside], strict=True))
    assert_equals_pedpy(table, Level("corner", CORNER), box(0.0, 2.2, 4.0, 12.0), cut_off)


def test_cells_of_a_lattice_are_its_squares() -> None:
    places = [(0.5 * i + 0.25, 0.5 * j + 0.25) for i in range(20) for j in range(20)]
    np.testing.assert_allclose(areas(*places, cut_off=None), 0.25, rtol=1e-12)


def test_cells_without_a_cut_off_share_out_the_floor() -> None:
    rng = np.random.default_rng(5)
    assert sum(areas(*rng.uniform(0.1, 9.9, (500, 2)), cut_off=None)) == pytest.approx(100.0, rel=1e-9)


def test_cells_turn_with_the_place() -> None:
    rng = np.random.default_rng(6)
    places = rng.uniform(0.1, 9.9, (60, 2))
    turned = shapely.get_coordinates(rotate(shapely.MultiPoint(places), 33.0, origin=(0, 0)))
    level = Level("turned", rotate(box(0, 0, 10, 10), 33.0, origin=(0, 0)))
    np.testing.assert_allclose(areas(*turned, level=level, cut_off=None), areas(*places, cut_off=None), rtol=1e-9)


def test_a_person_alone_has_the_cut_off_or_the_whole_floor() -> None:
    assert areas((5, 5)) == [pytest.approx(DODECAGON)]
    assert areas((5, 5), cut_off=None) == [pytest.approx(100.0)]


def test_a_person_on_a_wall_has_half_the_cut_off_and_one_in_a_corner_a_quarter() -> None:
    assert areas((0, 5), (10, 0)) == [pytest.approx(DODECAGON / 2), pytest.approx(DODECAGON / 4)]


def test_people_at_one_place_share_a_cell_and_their_densities_add_up() -> None:
    table = people((5, 5), (5, 5), (5.5, 5))
    found = compute_individual_density(table, SQUARE)
    assert found["area"][0] == found["area"][1] == pytest.approx(found["area"][2], rel=1e-9)
    assert found["individual_density"][0] == pytest.approx(2.0 / found["area"][0])
    density = compute_voronoi_density(table, SQUARE, box(2, 2, 8, 8))["voronoi_density"]
    assert density.tolist() == [pytest.approx(3.0 / 36.0)]


def test_people_a_hair_apart_have_half_a_cell_each() -> None:
    assert areas((5, 5), (5.0000001, 5)) == [pytest.approx(DODECAGON / 2, rel=1e-6)] * 2


def test_a_crowd_standing_in_a_ring_leaves_its_middle_to_the_one_inside() -> None:
    angle = 2.0 * np.pi * np.arange(90) / 90
    ring = np.column_stack((5 + np.cos(angle), 5 + np.sin(angle)))
    # The middle cell has 90 edges half a metre away.
    assert areas((5, 5), *ring)[0] == pytest.approx(90 * 0.25 * np.tan(np.pi / 90), rel=1e-9)


def test_a_fence_across_a_cell_takes_away_what_is_behind_it() -> None:
    fenced = Level("fenced", box(0, 0, 10, 10), walls=(LineString([(5.2, 0), (5.2, 10)]),))
    plain = shapely.intersection(Polygon(CutOff().corners()), box(-2, -2, 0.2, 2)).area
    assert areas((5, 5), level=fenced) == [pytest.approx(plain)]


def test_a_fence_that_ends_within_a_cell_does_not_cut_it() -> None:
    fenced = Level("fenced", box(0, 0, 10, 10), walls=(LineString([(5.2, 5), (5.2, 10)]),))
    assert areas((5, 5), level=fenced) == [pytest.approx(DODECAGON)]


def test_of_a_cell_cut_apart_by_a_wall_the_part_with_the_person_counts() -> None:
    parted = Level("parted", box(0, 0, 10, 10), obstacles=(box(4.75, -1, 4.8, 11), box(5.2, -1, 5.25, 11)))
    cell = Polygon(CutOff().corners())
    between, beside = (shapely.intersection(cell, box(*ends)).area for ends in ((-0.2, -2, 0.2, 2), (0.25, -2, 1, 2)))
    assert between < beside
    assert areas((5, 5), level=parted) == [pytest.approx(between)]


@pytest.mark.parametrize("name", names())
def test_cells_in_shipped_venues_are_what_shapely_cuts_out(name: str) -> None:
    rng = np.random.default_rng(8)
    for level in load_venue(name).levels:
        west, south, east, north = level.floor.bounds
        x, y = rng.uniform(west, east, 2000), rng.uniform(south, north, 2000)
        on_floor = np.flatnonzero(shapely.contains_xy(level.floor, x, y))[:400]
        places = np.column_stack((x, y))[on_floor]
        whole = CellFloor.of(Level("open", box(west - 9, south - 9, east + 9, north + 9))).compute(*places.T).polygons()
        fences, expected = shapely.MultiLineString(list(level.wall_lines)), []
        for place, cell in zip(np.asarray(shapely.points(places)), whole, strict=True):
            parts = shapely.get_parts(shapely.intersection(cell, level.floor))
            pieces = np.concatenate([shapely.get_parts(split(part, fences)) for part in parts])
            expected.append(pieces[shapely.distance(place, pieces).argmin()].area)
        found = CellFloor.of(level).compute(*places.T)
        np.testing.assert_allclose(found.area, expected, rtol=0.0, atol=1e-9, err_msg=level.name)
        np.testing.assert_allclose(shapely.area(found.polygons()), expected, rtol=0.0, atol=1e-9)


def test_a_corner_seen_from_outside_hides_only_what_is_inside_it() -> None:
    house = Level("house", box(0, 0, 10, 10), obstacles=(box(5, 5, 6, 6),))
    seen = shapely.difference(Polygon(CutOff().corners()), box(0.3, 0.3, 1.3, 1.3)).area
    assert areas((4.7, 4.7), level=house) == [pytest.approx(seen)]


def test_floor_that_is_no_floor_does_not_thin_out_the_voronoi_density() -> None:
    rng = np.random.default_rng(7)
    table = people(*rng.uniform(0.0, 10.0, (900, 2)))
    (within,) = compute_voronoi_density(table, SQUARE, box(0, 0, 2, 10))["voronoi_density"]
    (beyond,) = compute_voronoi_density(table, SQUARE, box(-2, 0, 2, 10))["voronoi_density"]
    assert beyond == pytest.approx(within)


def test_times_are_computed_each_for_itself_in_the_order_given() -> None:
    both = pd.concat([people((5, 5), time=2.0), people((5, 5), (5.5, 5), time=1.0)], ignore_index=True)
    found = compute_individual_density(both, SQUARE)
    assert found["time"].tolist() == [2.0, 1.0, 1.0]
    assert found["area"][0] == pytest.approx(DODECAGON)
    assert found["area"][1] < 0.9 * DODECAGON


def test_nobody_has_no_cells() -> None:
    assert compute_individual_density(people(), SQUARE).columns.tolist() == ["time", "id", "area", "individual_density"]
    assert CellFloor.of(SQUARE).compute(np.empty(0), np.empty(0)).polygons().shape == (0,)


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "off the floor": (lambda: areas((5, 5), (12, 5)), r"\(12.00, 5.00\) m has no floor of level 'square'"),
    "nan": (lambda: areas((5, 5), (np.nan, 5)), "id 1 at time 0.0 is at"),
    "twice": (lambda: compute_individual_density(people((1, 1), (2, 2)).assign(id=3), SQUARE), "is there twice"),
    "no column": (lambda: compute_individual_density(people((1, 1)).drop(columns="y"), SQUARE), "no column 'y'"),
    "two levels": (
        lambda: compute_individual_density(people((1, 1), (2, 2)).assign(level=[0, 1]), SQUARE),
        "several levels",
    ),
    "no floor": (lambda: compute_voronoi_density(people((1, 1)), SQUARE, box(20, 0, 30, 10)), "holds no floor"),
    "radius": (lambda: CutOff(radius=0.0), "radius of a cut-off"),
    "lines": (lambda: CutOff(quad_segments=0), "quad_segments of a cut-off is 0"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_computed_is_refused_in_one_line(name: str) -> None:
    compute, words = REFUSED[name]
    with pytest.raises(BadInput, match=words) as caught:
        compute()
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, TrajectoryError) or "cut-off" in str(caught.value)
