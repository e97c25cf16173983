"""A map of streets is taken in tile by tile, at a cost that its edges and not its floor decide."""

from __future__ import annotations

import inspect

import numba as nb
import numpy as np
import pytest
import shapely
from scipy import ndimage
from shapely.geometry import LineString, Polygon, box

from crowd.floor_squares import FloorSquares, Pieces
from crowd.kernels import fast_marching
from crowd.kernels.tiles import AREA, BITS, SIDE
from crowd.kernels.walls import walls_near_points
from crowd.measurement import Probes
from crowd.model import CrowdModel
from crowd.movement.congestion import Congestion
from crowd.movement.detour import Detour, Seen
from crowd.movement.floor import Grid
from crowd.movement.tiles import Cells, Growing, Sheet
from crowd.recording.observed_areas import areas_of, members
from tests import scenes
from venues import Gate, Level, Venue, Zone
from venues.solids import Obstacle, Wall

BLOCK, STREET = 60.0, 12.0


def streets() -> Venue:
    """Nine buildings, one of them askew, along streets 12 m wide; a fence and a gate stand in these."""
    corners = np.arange(3) * (BLOCK + STREET) + STREET + 0.13
    houses = [box(x, y, x + BLOCK, y + BLOCK) for x in corners for y in corners]
    houses[4] = Polygon([(85.0, 84.2), (143.0, 86.1), (144.1, 144.0), (84.3, 141.7)])
    side = 3 * (BLOCK + STREET) + STREET
    return Venue(
        name="streets",
        levels=(
            Level(
                "ground",
                box(0, 0, side, side),
                obstacles=tuple(Obstacle(house) for house in houses),
                walls=(Wall(LineString([(20, 5.3), (60, 6.7)])),),
            ),
        ),
        zones=(Zone("end", "ground", box(0, 0, 4, 4), scenes.BOTH),),
        gates=(Gate("gate", "ground", LineString([(72.13, 40), (84.13, 40)])),),
    )


def cut(floor: FloorSquares) -> Pieces:
    return floor.cut(np.arange(floor.cells.tiles))


def floor_of(venue: Venue) -> FloorSquares:
    return FloorSquares(venue, Grid.over(venue, cell=0.5), [("ground", LineString([(100, 2), (110, 9)]))])


def test_most_squares_of_a_street_are_cut_without_a_look_at_each(monkeypatch: pytest.MonkeyPatch) -> None:
    floor = floor_of(streets())
    looked_at, plain = [np.empty(0, np.int64)], floor._cut_plane

    def noted(plane: int, squares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        looked_at.append(squares)
        return plain(plane, squares)

    monkeypatch.setattr(floor, "_cut_plane", noted)
    on_floor = cut(floor).square
    # An edge runs through one square in 24 of a street 12 m wide on each side, a wall and a gate through a few more.
    assert np.isin(on_floor, np.concatenate(looked_at)).mean() < 0.12


def test_squares_that_are_not_looked_at_are_cut_as_if_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    floor = floor_of(streets())
    quick = cut(floor)
    monkeypatch.setattr(floor, "_known", lambda squares: np.zeros(squares.size, np.int8))
    slow = cut(floor)
    for name in ("square", "rank", "level", "x", "y", "area", "blocks"):
        np.testing.assert_array_equal(getattr(quick, name), getattr(slow, name), err_msg=name)
    assert len(slow.shared) > 20
    assert quick.shared.keys() == slow.shared.keys()
    for square, (points, shapes) in quick.shared.items():
        np.testing.assert_array_equal(points, slow.shared[square][0])
        assert shapely.equals_exact(shapes, slow.shared[square][1]).all()


def test_what_is_seen_is_averaged_by_a_gaussian() -> None:
    model = CrowdModel(scenes.scenario(streets(), []))
    congestion = Congestion(model.routes.ways, model.parameters.congestion, tick=model.tick)
    blocks = Cells.of(Grid.over(model.venue, cell=0.5))
    values, tiles = Sheet(blocks, 0.0), np.arange(blocks.tiles)
    values.add(tiles, np.random.default_rng(1).random((tiles.size, AREA)) * (np.arange(AREA) % 7 == 0))
    column, row = np.mgrid[: blocks.across * SIDE, : blocks.up * SIDE]
    plane = values[blocks.at(column, row, 0)]
    sigma = model.parameters.congestion.smoothing / 0.5
    expected = ndimage.gaussian_filter(plane.T, sigma, mode="constant")
    columns, rows = blocks.columns(blocks.of_tiles(tiles))
    np.testing.assert_array_equal(congestion._smooth(values, tiles), expected[rows, columns])


def test_the_floor_around_a_crowd_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    model = CrowdModel(scenes.scenario(streets(), []))
    congestion = Congestion(model.routes.ways, model.parameters.congestion, tick=model.tick)
    counted, plain = [], congestion._floor_in

    def noted(tile: int) -> np.ndarray:
        counted.append(tile)
        return plain(tile)

    monkeypatch.setattr(congestion, "_floor_in", noted)
    for x in np.arange(5.0, 200.0, 5.0):
        congestion.observe(np.array([x]), np.array([2.0]), np.zeros(1, np.int64), np.ones(1))
    assert len(counted) > 20
    assert len(counted) == len(set(counted))


@pytest.mark.parametrize("name", ["_arrival", "_downhill"])
def test_what_a_front_asks_of_each_cell_counts_no_references(name: str) -> None:
    """Counting them in the loop over cells took two thirds of a front's time."""
    kernel = getattr(fast_marching, name)
    sheet = nb.int32[::1], nb.float64[:, ::1]
    kinds = {"directory": sheet[0], "times": sheet[1], "shift_of": sheet[0], "shift": nb.int64[:, ::1], "s": nb.float64}
    arguments = inspect.signature(kernel.py_func).parameters
    fresh = nb.njit(kernel.py_func)
    fresh.compile(tuple(kinds.get(argument, nb.int64) for argument in arguments))
    assert "call void @NRT_incref" not in fresh.inspect_llvm(fresh.signatures[0])


def test_a_crowd_far_from_who_asks_is_not_looked_round() -> None:
    ways = CrowdModel(scenes.scenario(streets(), [])).routes.ways
    cells = np.concatenate([ways.cells.inside(box(x, 1, x + 12, 8), 0) for x in (20, 180)])
    cells = np.unique(cells[ways.inside[cells]])
    progress = np.linspace(0.2, 0.6, cells.size)
    times, vectors = ways.look_again(ways.march(("end",), ways.moves), cells, progress, climb=2.0)
    seen, march = Seen(cells, ways.shift, ways.cells.across), ways.march(("end",), ways.moves)
    detour = Detour(ways, march, seen, progress, climb=2.0)
    near = ways.cells.centres(cells)[0] < 100.0
    assert 0 < near.sum() < cells.size
    assert len(np.unique(seen.part)) == 2
    detour.reach(cells[near][:1])
    assert march.knows(cells[near])
    assert not march.knows(cells[~near])
    assert detour.knows(cells[near])
    assert not detour.knows(cells[~near])
    detour.reach(cells)
    out = np.zeros((seen.tiles.size, 1 << BITS, 3))
    detour.tell(seen.tiles, out, np.arange(seen.tiles.size))
    told = out[np.searchsorted(seen.tiles, cells >> BITS), cells & ((1 << BITS) - 1)]
    np.testing.assert_array_equal(told, np.column_stack((times, vectors)))
    assert np.isfinite(out).sum() == 3 * cells.size


def test_what_grows_in_place_leaves_what_it_grew_from_alone() -> None:
    room, first = Growing(), np.arange(3)
    second = room.append(first, np.arange(2))
    third = room.append(second, np.arange(1))
    assert third.base is second.base
    other = room.append(second, np.array([9]))
    np.testing.assert_array_equal(first, [0, 1, 2])
    np.testing.assert_array_equal(second, [0, 1, 2, 0, 1])
    np.testing.assert_array_equal(third, [0, 1, 2, 0, 1, 0])
    np.testing.assert_array_equal(other, [0, 1, 2, 0, 1, 9])


def test_no_wall_near_a_probe_is_missed_for_the_tile_it_is_in() -> None:
    probes = Probes.nowhere(streets()).covering(np.zeros(2, np.int8), np.array([6.0, 78.0]), np.array([6.0, 100.0]))
    tiles = probes.floor.cells.keys(probes.x, probes.y, probes.level) >> BITS
    walls = probes.walls
    found = walls_near_points(probes.x, probes.y, tiles, walls.segments, walls.starts, walls.items, 6.0)
    points = np.asarray(shapely.points(probes.x, probes.y))
    away = shapely.distance(points[:, None], np.asarray(shapely.linestrings(walls.segments.reshape(-1, 2, 2))))
    point, wall = np.nonzero(away <= 6.0)
    np.testing.assert_array_equal(np.repeat(np.arange(probes.size), np.diff(found[0])), point)
    np.testing.assert_array_equal(found[1], wall)
    np.testing.assert_allclose(found[2], away[point, wall], atol=1e-9)


def test_areas_hold_those_within_them_and_on_their_edges() -> None:
    venue = streets()
    _, areas = areas_of(venue, Probes.nowhere(venue), ())
    x, y = np.array([4.0, 2.0, 4.1, 0.0, 4.0]), np.array([4.0, 3.0, 1.0, 0.0, 2.0])
    end, everywhere = members(areas, x, y, np.array([0, 0, 0, 0, 1]))
    np.testing.assert_array_equal(end, [0, 1, 3])
    np.testing.assert_array_equal(everywhere, np.arange(5))
