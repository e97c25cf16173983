"""Every public kernel on a small input: run compiled and as plain Python, the numbers must agree.

As a program it writes all results to a file; the test runs it with compilation switched off.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from crowd.kernels import (
    contact,
    crossings,
    draws,
    exit_choice,
    fast_marching,
    fields,
    floor_field,
    gate_choice,
    headings,
    neighbours,
    openings,
    probe_sums,
    rows,
    shoulders,
    steering,
    streams,
    tiles,
    voronoi,
    walls,
)
from crowd.parameters import Contact, Steering

Arrays = dict[str, np.ndarray]
CASES: dict[str, Callable[[], Arrays]] = {}
N, NX, NY, CELL = 40, 10, 10, 0.75
WALLS = np.array(
    [[0.0, 0.0, 6.0, 0.0], [6.0, 0.0, 6.0, 6.0], [6.0, 6.0, 0.0, 6.0], [0.0, 6.0, 0.0, 0.0], [2.0, 3.0, 4.0, 3.1]]
)
BEFORE, AFTER = np.array([3, 0, 1, 2, -1]), np.array([1, 2, 3, 0, -1])
GATE = np.full(5, -1)
OPENING = np.array([[3.75, 6.0, 3.75, 0.75]])
KEYS = draws.person_keys(draws.name_key("source"), np.arange(N))


def case(*covers: str) -> Callable[[Callable[[], Arrays]], Callable[[], Arrays]]:
    """Register a case under the names of the kernels it covers."""

    def register(function: Callable[[], Arrays]) -> Callable[[], Arrays]:
        CASES[" ".join(covers)] = function
        return function

    return register


class Crowd:
    """Forty people in a room of 6 x 6 m, in order, with their lists."""

    def __init__(self) -> None:
        rng = np.random.default_rng(11)
        x, y = rng.uniform(0.3, 5.7, (2, N))
        keys = neighbours.cell_keys(x, y, np.zeros(N, np.int64), 0.0, 0.0, CELL, NX, NY)
        order, self.starts = neighbours.sort_into_cells(keys, NX * NY)
        self.x, self.y, self.keys = x[order], y[order], keys[order]
        self.vx, self.vy = rng.normal(0, 0.5, (2, N))
        angle = rng.uniform(-np.pi, np.pi, N)
        self.ex, self.ey = np.cos(angle), np.sin(angle)
        self.radius, self.mass = rng.uniform(0.16, 0.2, N), rng.uniform(40, 100, N)
        self.group, self.noise = rng.integers(0, 2, N).astype(np.int16), rng.normal(0, 0.1, N)
        self.speed = np.hypot(self.vx, self.vy)
        self.level = np.zeros(N, np.int64)
        self.gate_pass = np.full(N, -1, np.int16)
        self.wall_starts, self.wall_items = walls.walls_near_cells(
            WALLS, np.zeros(5, np.int64), 0.0, 0.0, CELL, NX, NY, 1, 2.5
        )
        self.pairs, self.n_pairs = np.zeros((N, 30), np.int32), np.zeros(N, np.int32)
        neighbours.touching_pairs(
            self.x, self.y, self.radius + 0.1 + 0.1 * self.speed, self.keys, self.starts, 0.0, 0.0, NX, NY, CELL,
            self.pairs, self.n_pairs,
        )  # fmt: skip
        self.near, self.n_near = np.zeros((N, contact.WALL_LIST), np.int32), np.zeros(N, np.int32)
        contact.wall_lists(
            self.x, self.y, self.radius + 0.2 + 0.1 * self.speed, self.gate_pass, self.keys, WALLS, GATE,
            self.wall_starts, self.wall_items, self.near, self.n_near,
        )  # fmt: skip
        contact.part_by_walls(self.x, self.y, self.level, self.pairs, self.n_pairs, self.near, self.n_near, WALLS)


@case("uniform", "normal", "uniforms", "series", "sway")
def random_numbers() -> Arrays:
    swayed = np.linspace(-1.0, 1.0, N)
    draws.sway(swayed, np.arange(0, N, 2), 0.9, 0.04, 3, KEYS, 9)
    return {
        "uniforms": draws.uniforms(3, KEYS, draws.SPEED, 9),
        "normal": np.array([draws.normal(3, key, draws.SPEED, 9) for key in KEYS]),
        "series": draws.series(3, KEYS[0], draws.SPEED, 9, 20),
        "sway": swayed,
    }


@case(
    "cell_keys", "sort_into_cells", "touching_pairs", "first_free", "wall_lists", "walls_near_cells",
    "walls_near_points", "distance_to", "distance_to_box", "part_by_walls",
)  # fmt: skip
def lists() -> Arrays:
    c = Crowd()
    free = neighbours.first_free(np.arange(6.0), np.full(6, 3.0), c.x, c.y, N, 0.5)
    near = walls.walls_near_points(c.x, c.y, c.keys, WALLS, c.wall_starts, c.wall_items, 1.0)
    found = {"first": near[0], "walls": near[1], "away": near[2]}
    return {"keys": c.keys, "pairs": c.pairs, "near": c.near, "items": c.wall_items, "free": np.array(free)} | found


@case(
    "steer", "walkers_of", "rows_ahead", "who_counts", "lay_out", "density_around", "sight2", "turned_by", "fan_out",
    "progress_past_people", "progress_to_walls", "best_score", "first_of", "best_heading", "headway_speed",
    "speeds_behind", "wall_speed", "turn_shoulders", "elbow_room", "along",
)  # fmt: skip
def steer() -> Arrays:
    c = Crowd()
    heading, wished_x, wished_y, blocked = np.zeros((4, N))
    turned = steering.steer(
        c.x, c.y, c.vx, c.vy, c.ex, c.ey, np.full(N, 1.3), np.full(N, 1.05), np.linspace(0.0, 9.0, N), c.radius,
        c.group, c.noise, c.gate_pass, c.keys, c.starts, 0.0, 0.0, NX, NY, CELL, WALLS, GATE, c.wall_starts,
        c.wall_items, 5, Steering(), headings.inner_and_outer(85.0), 7, np.arange(N), np.ones(N), heading, wished_x,
        wished_y, blocked,
    )  # fmt: skip
    return {"turned": turned, "heading": heading, "wished": np.stack((wished_x, wished_y)), "blocked": blocked}


@case(
    "push_and_step", "as_wide_as_fits", "substep", "walk_on", "no_faster", "drives", "apart", "at_least", "braking",
    "misses_end", "ground", "normal_force", "largest_squeeze", "keep_inside", "nearest_point", "crosses", "parts",
    "add_wall_loads",
)  # fmt: skip
def push() -> Arrays:
    c = Crowd()
    fits = shoulders.as_wide_as_fits(
        c.x, c.y, 0.9 * c.radius, c.radius, c.pairs, c.n_pairs, c.near, c.n_near, WALLS, 0.1
    )
    force_mean, force_max, force_sum, overlap = np.zeros((4, N))
    wall_mean, held, loads = np.zeros((N, contact.WALL_LIST)), np.zeros(N, np.int32), np.zeros(30)
    slope = np.full(N, -50.0)
    # Half of them are patient.
    press = 40.0 * c.group
    contact.push_and_step(
        c.x, c.y, c.vx, c.vy, 0.4 * c.ex, 0.4 * c.ey, press * c.ex, press * c.ey, 0.2 * press, c.radius, c.mass, slope,
        0 * slope, c.pairs, c.n_pairs, c.near, c.n_near, WALLS, BEFORE, AFTER, 0.005, 20, Contact(), force_mean,
        force_max, force_sum, wall_mean, overlap, held,
    )  # fmt: skip
    contact.add_wall_loads(c.x, c.y, c.near, c.n_near, wall_mean, WALLS, 6 * np.arange(5), np.full(5, 6), loads)
    forces = np.stack((force_mean, force_max, force_sum))
    return {"fits": fits, "state": np.stack((c.x, c.y, c.vx, c.vy)), "force": forces, "loads": loads}


@case(
    "neighbour", "neighbours", "beside", "look_up", "cell_at", "cells_of", "windows", "smoothed", "march",
    "look_again", "directions", "tell",
    "sample", "sample_beside", "cells_around", "open_moves", "crossing_steps", "join_planes",
)  # fmt: skip
def ways() -> Arrays:
    area, place = tiles.AREA, (0.0, 0.0, CELL, NX, NY, 1, 1)
    rooms = np.zeros((2, tiles.SIDE, tiles.SIDE), bool)
    rooms[0, 1 : NY - 1, 1:5], rooms[1, 1 : NY - 1, 5 : NX - 1] = True, True
    own, zeros = np.arange(2), np.zeros(5, np.int64)
    inside = own, rooms.reshape(2, area)
    moves, shift = (own, floor_field.open_moves(own, inside, 1)), (own, np.zeros((2, area), np.int64))
    cells, sides = floor_field.crossing_steps(WALLS, zeros, zeros, *place)
    for c, side in zip(cells, sides, strict=True):
        moves[1][c >> tiles.BITS, c & tiles.WITHIN] &= np.uint8(255 - side)
    one_way = np.array([True]), np.array([False])
    floor_field.join_planes(moves, shift, inside, OPENING, zeros[:1], zeros[:1] + 1, *one_way, *place)
    directory, counts, heap = np.zeros(2, np.int64), np.array([0, 1]), np.empty(999, np.int64)
    times, along = np.full((8, area), np.inf), np.full((1, 8, area), np.inf)
    passed, onward = np.zeros((8, area), bool), np.zeros((8, area), np.uint8)
    slowness, steps = (own, np.full((2, area), CELL)), (own, np.full((2, area, 1), CELL))
    target, everything = area + np.array([4 * tiles.SIDE + 8]), np.flatnonzero(inside[1].ravel())
    front = directory, times, passed, onward, along, moves, shift, slowness, steps, 1
    ended = fast_marching.march(target, counts, heap, np.empty(999), *front, everything, 1.0)
    vectors = np.full((8, area, 2), np.nan)
    found = fast_marching.directions(everything, directory, times, moves, shift, 1)
    told = np.zeros((2, area, 3))
    fast_marching.tell(own, own, told, times, directory, times, passed, moves, shift, 1)
    vectors[directory[everything >> tiles.BITS], everything & tiles.WITHIN] = found
    c = Crowd()
    where, steps_of = (c.x, c.y, (c.x > 3.75).astype(np.int8)), np.zeros((8, area), np.uint8)
    steps_of[directory] = moves[1]
    values = np.concatenate((times[:, :, None], vectors), axis=2)
    ex, ey, t = floor_field.sample(
        np.zeros(N, np.int64), np.zeros(N, np.int64), directory[None], values, steps_of, shift, *where, np.argsort(c.x),
        *place,
    )  # fmt: skip
    beside = floor_field.sample_beside(np.zeros(N, np.int64), directory[None], values, *where, *place)
    assert np.isfinite(times[directory[0]]).any()
    seen = everything[::2]
    slow = CELL * (1.0 + np.arange(seen.size) % 3)
    again, turned = fast_marching.look_again(seen, slow, directory, times, steps_of, shift, 1, 1.0)
    around = floor_field.cells_around(moves, shift, *where, *place)
    return {
        "again": again,
        "turned": turned,
        "around": np.append(around, floor_field.neighbours(everything, 1, moves, shift, 1)),
        "times": times[directory],
        "lengths": along[0][directory],
        "vectors": found,
        "told": told,
        "sample": np.stack((ex, ey, t)),
        "beside": np.stack(beside),
        "shift": shift[1],
        "windows": (around := tiles.windows(own, times, own, 3, 1, 1)),
        "smoothed": tiles.smoothed(around, np.array([0.05, 0.1, 0.2, 0.3])),
        "cells": np.append(tiles.cells_of(*where, *place), ended),
    }


@case("images", "change_planes", "part_by_planes")
def planes() -> Arrays:
    c = Crowd()
    level, one = (c.x > 3.75).astype(np.int64), np.zeros(1, np.int64)
    who, plane = openings.images(c.x, c.y, level, OPENING, one, one + 1, 1.0)
    x, y, vx, vy = c.x + 0.3 * c.vx, c.y + 0.3 * c.vy, c.vx.copy(), c.vy.copy()
    held = openings.change_planes(
        c.x, c.y, x, y, vx, vy, level, OPENING, one, one + 1, WALLS, GATE, np.zeros(201, np.int64), np.arange(0), 0.0,
        0.0, CELL, NX, NY,
    )  # fmt: skip
    pairs, n_pairs = c.pairs.copy(), c.n_pairs.copy()
    openings.part_by_planes(c.x, c.y, level, pairs, n_pairs, OPENING, one, one + 1)
    state = np.stack((x, y, vx, vy))
    return {"pairs": pairs, "images": np.stack((who, plane)), "state": state, "level": level, "held": held}


@case("bell")
def weights() -> Arrays:
    u = np.linspace(-0.2, 0.0, 50)
    found = np.array([fields.bell(value) for value in u])
    np.testing.assert_allclose(found, np.exp(32.0 * u), rtol=2e-12)
    return {"weights": found}


@case("seen_floor", "around_points", "seen")
def density() -> Arrays:
    c = Crowd()
    px, py = np.array([1.0, 3.0, 5.5]), np.array([1.0, 2.5, 5.5])
    starts, items = np.array([0, 5, 10, 15]), np.tile(np.arange(5), 3)
    share, halves, area = fields.seen_floor(px, py, WALLS, starts, items, 1.0, 1.5, 4.0, 6.0)
    blocks = np.full((2, fields.BLOCK), -1)
    blocks[0, :2], blocks[1, 0] = (0, 1), 2
    found = fields.around_points(
        blocks, px, py, np.zeros(3, np.int64), share, halves, area, np.zeros(3), WALLS, starts, items, c.x, c.y,
        c.vx, c.vy, c.group.astype(np.int64), 2, c.mass, c.starts, 0.0, 0.0, CELL, NX, NY, 1.0,
    )  # fmt: skip
    return {"share": share, "area": area, "found": found}


@case("add_second")
def seconds_at_probes() -> Arrays:
    c = Crowd()
    recent, sums = np.full((10, N), np.nan), np.zeros((8, N))
    sums[6:], dense_for = np.nan, np.arange(N, dtype=np.int32)
    seen = 3.0 * c.radius, c.mass, c.x, c.y, c.vx, c.vy
    for row in range(3):
        found = probe_sums.add_second(*seen, recent, row, row + 1, dense_for, sums, 0.7, 2.0, 3)
    return {"sums": sums, "recent": recent, "dense": dense_for, "level": found[0], "turbulent": found[1]}


@case("pick", "put", "add_forces", "entries", "lengths", "hold_back")
def rows_of_people() -> Arrays:
    c = Crowd()
    order = np.argsort(c.radius)
    picked = rows.pick((c.x, c.radius), order)
    back = np.zeros((2, N))
    rows.put((back[0], back[1]), order, (picked[0], picked[1]))
    assert np.array_equal(back, np.stack((c.x, c.radius)))
    kept = np.zeros((5, N))
    rows.add_forces(order, c.mass, c.x, c.y, *kept)
    waits, status = np.arange(N) % 3 == 0, np.zeros(N, np.int8)
    ex, ey, way = c.ex.copy(), c.ey.copy(), np.where(np.arange(N) % 5 == 0, np.inf, 9.0)
    rows.hold_back(order, way, 4.0, waits, c.mass / 20.0, c.radius, np.int8(1), np.int8(2), status, ex, ey)
    table = np.arange(8).reshape(2, 4)
    fields_of = rows.entries(table, waits, (np.arange(N) % 4).astype(np.int16), order)
    assert np.array_equal(fields_of, table[waits[order].astype(int), order % 4])
    return {"picked": picked, "back": back, "kept": kept, "speed": rows.lengths(c.vx, c.vy), "ways": np.stack((ex, ey)),
            "status": status}  # fmt: skip


@case("around_people", "congestion_levels")
def met() -> Arrays:
    c = Crowd()
    near = (WALLS, np.arange(0, 5 * N + 1, 5), np.tile(np.arange(5), N), c.starts, 0.0, 0.0, CELL, NX, NY)
    plane = np.zeros(N, np.int64)
    found = streams.around_people(c.x, c.y, c.vx, c.vy, plane, *near, 0.5, 1.5, 0.05)
    speed = np.hypot(found[:, 0], found[:, 1])
    levels = streams.congestion_levels(c.x, c.y, speed, found[:, 2].copy(), plane, *near, 1.5, 0.05)
    return {"around": found, "levels": np.nan_to_num(levels, nan=-1.0)}


@case("line_crossings")
def lines() -> Arrays:
    c = Crowd()
    level, sides, rows = np.zeros(N, np.int64), np.zeros((N, 1), np.int8), np.arange(N)
    moved = [
        crossings.line_crossings(c.x + t * c.vx, c.y + t * c.vy, level, rows, WALLS[[4]], level[:1], 0.1, sides)
        for t in (0.0, 1.0, 2.0)
    ]
    return {"crossed": np.array(moved), "sides": sides}


@case(
    "bounded_cells", "cut", "reach_squared", "area_within", "cells_before_walls", "cut_before_walls", "parts", "pierces"
)
def cells() -> Arrays:
    c = Crowd()
    angle = np.arange(12) * np.pi / 6.0
    corners, counts, area, sharing = np.zeros((N, 40, 2)), np.zeros(N, np.int64), np.zeros(N), np.zeros(N, np.int64)
    c.x[4], c.y[4] = c.x[5], c.y[5]
    outline = np.column_stack((np.cos(angle), np.sin(angle)))
    voronoi.bounded_cells(
        c.x, c.y, c.starts, 0.0, 0.0, CELL, NX, NY, outline, corners, counts, area, sharing
    )  # fmt: skip
    whole = area.copy()
    joined = np.full(WALLS.shape, np.nan)
    left = voronoi.cells_before_walls(
        c.x, c.y, corners, counts, area, c.keys, WALLS, joined, c.wall_starts, c.wall_items
    )
    return {"whole": whole, "area": area, "counts": counts, "sharing": sharing, "left": left}


@case("headings_in_sight", "choose_in_turn", "way_is_free")
def choice() -> Arrays:
    c = Crowd()
    level, order = np.zeros(N, np.int64), np.arange(N)
    shares = np.empty((N, 3))
    starts, items = walls.walls_near_cells(WALLS, np.zeros(5, np.int64), 0.0, 0.0, 3.1, 2, 2, 1, 3.1)
    exit_choice.headings_in_sight(
        order, c.x, c.y, level, order % 4 - 1, 3.0, 0.0, 0.0, 3.1, 2, 2, WALLS, starts, items, shares
    )  # fmt: skip
    aims = np.array([0.5, 3.0, 5.5])
    free = [gate_choice.way_is_free(c.x, c.y, np.full(N, aim), np.full(N, 6.0), c.radius, WALLS) for aim in aims]
    walk = np.hypot(c.x[:, None] - aims, c.y[:, None] - 6.0)
    gate, way = np.full(N, -1), np.full(N, np.inf)
    speed, held = np.full(N, 1.3), order % 5 == 0
    for _ in range(2):
        gate_choice.choose_in_turn(
            order, walk, 0.1 * walk[:, ::-1], speed, held, order, gate, way, np.array([1.0, 0.5, 2.0]), 0.3, 0.2, 2.0
        )
    return {"shares": shares, "free": np.array(free), "gate": gate, "way": way}


def results() -> Arrays:
    """All numbers of all cases by name."""
    return {f"{function.__name__}.{name}": array for function in CASES.values() for name, array in function().items()}


if __name__ == "__main__":
    arrays: dict[str, Any] = results()
    np.savez(sys.argv[1], **arrays)
