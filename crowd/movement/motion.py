"""One tick of motion: people gathered in cell order, steered, pushed and stepped, and scattered back.

Joins the kernels; holds no state of people. Not here: where people want to go
(`crowd.movement.wayfinding`), bookkeeping (`crowd.model`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crowd.kernels import contact, headings, openings, shoulders, steering
from crowd.kernels.neighbours import sort_into_cells, touching_pairs
from crowd.kernels.rows import lengths, pick, put
from crowd.movement.floor import ClosedLine, Grid, Segments, Walls
from crowd.movement.window import Window
from crowd.parameters import Parameters
from crowd.population import Population
from venues import Venue

#: Cells people are sorted into [m]; a few of them hold the neighbours that count.
CELL = 0.75
#: Gap between two closed within a tick that the list of touching pairs allows for, besides the speeds [m] (assumed).
_MARGIN = 0.2
#: Pieces of wall for which the load is reported are about this long [m].
WALL_PIECE = 1.0
_GRAVITY = 9.81


@dataclass(frozen=True)
class Tick:
    """What a tick did, arrays in the order of the rows given.

    Attributes:
        force_mean, force_max: contact_force [N]. overlap: largest share of a diameter. held: (n,) substeps in which a
        wall held a centre or the speed limit held a body. wall_loads: (b,) mean normal force on each piece of wall [N].
    """

    force_mean: np.ndarray
    force_max: np.ndarray
    overlap: np.ndarray
    held: np.ndarray
    wall_loads: np.ndarray


def contact_step(parameters: Parameters) -> tuple[float, int]:
    """Length and number of contact substeps in a tick: h <= factor / sqrt(6 k / m), equal parts of the tick.

    The stiffness scales with mass, so the rule holds for the lightest person too.
    """
    c = parameters.contact
    limit = c.step_factor / math.sqrt(6.0 * c.stiffness / c.stiffness_mass)
    count = math.ceil(parameters.steering.tick / limit - 1e-9)
    return parameters.steering.tick / count, count


class Motion:
    """Moves people on the floor of a venue.

    Args:
        venue: the place. parameters: all constants. gates: number of gates and barriers. gate_ends: (g, 4) [m].

    Attributes:
        wall_bins: (b, 4) pieces of wall and of gates [m]. wall_level: (b,).
    """

    def __init__(self, venue: Venue, parameters: Parameters, gate_level: np.ndarray, gate_ends: np.ndarray) -> None:
        self.venue = venue
        self.parameters = parameters
        self._segments = Segments.of(venue)
        self._window = Window(Grid.over(venue, cell=CELL))
        self.step, self.steps = contact_step(parameters)
        self._openings = np.array([opening.line.ravel() for opening in venue.openings]).reshape(-1, 4)
        self._outer = np.array([venue.level_index(opening.level) for opening in venue.openings], np.int64)
        self._inner = np.array([venue.level_index(opening.plane) for opening in venue.openings], np.int64)
        self._headings = headings.inner_and_outer(parameters.steering.view_angle)
        self._sight = parameters.steering.range_max + CELL
        permanent = self._segments
        ends = np.vstack((permanent.ends, gate_ends.reshape(-1, 4)))
        lengths = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
        self._pieces = np.maximum(np.rint(lengths / WALL_PIECE), 1).astype(np.int64)
        self._first = np.concatenate(([0], np.cumsum(self._pieces)))
        self._permanent = len(permanent.ends)
        self.wall_bins = np.vstack([_cut(e, n) for e, n in zip(ends, self._pieces, strict=True)])
        self.wall_level = np.repeat(np.concatenate((permanent.level, gate_level)), self._pieces)
        self.close([])

    def close(self, closed: Sequence[ClosedLine]) -> None:
        """Make some lines walls, and no others besides the venue's own."""
        self._closed = closed
        self._look_for_walls()
        index = np.where(self.walls.gate < 0, np.arange(self.walls.gate.size), self._permanent + self.walls.gate)
        self._wall_pieces, self._wall_first = self._pieces[index], self._first[index]

    def _look_for_walls(self) -> None:
        reach = self.parameters.steering.range_max
        self.walls = Walls.of(self._segments, self._window.grid, reach=reach, closed=self._closed)

    def move(
        self, people: Population, rows: np.ndarray, ex: np.ndarray, ey: np.ndarray, *, ticks: int, speed: np.ndarray,
        headway: np.ndarray, exit_in: np.ndarray, belt: np.ndarray | None, slope: np.ndarray | None,
    ) -> Tick:  # fmt: skip
        """Move everyone present by one tick.

        Args:
            rows: (n,) rows of the people present, ascending. ex, ey: (n,) way of each, 0 for those who stay.
            ticks: done so far. speed: (n,) desired speed [m/s]. headway: (n,) time kept to whoever is ahead [s].
            exit_in: (n,) way to where one leaves, beyond which no wall is in the way, else inf [m].
            belt: (n, 2) velocity at which an escalator carries people, 0 off it [m/s].
            slope: (n, 2) downhill share of the weight [N]. None: there are no belts, or slopes.
        """
        who, keys, starts, real = self._in_order(people, rows)
        mine = rows[who]
        x, y, vx, vy, radius = pick((people.x, people.y, people.vx, people.vy, people.radius), mine)
        ways = pick((ex, ey, speed, headway, exit_in), who)
        wished_x, wished_y, press_x, press_y, lean, turned = self._steer(
            people, mine, ticks, (x, y, vx, vy, *ways, radius), None if belt is None else belt[who], keys, starts, real
        )
        full = self.parameters.contact.body * radius
        wished = full * turned
        touch = self._touching(x, y, vx, vy, wished, keys, starts, who, real)
        bodies = (x, y, vx, vy, wished_x, wished_y, press_x, press_y, lean, full, wished)
        x, y, vx, vy, wished_x, wished_y, press_x, press_y, lean, full, wished = (array[real] for array in bodies)
        who, mine, keys = who[real], mine[real], keys[real]
        downhill = np.zeros((2, who.size)) if slope is None else slope[who].T.copy()
        tick = self._contact(
            people, mine, x, y, vx, vy, wished_x, wished_y, press_x, press_y, lean, full, wished, downhill, keys, touch
        )
        held = tick.held + self._change_planes(people, mine, x, y, vx, vy)
        put((people.x, people.y, people.vx, people.vy), mine, (x, y, vx, vy))
        force_mean, force_max, overlap = np.empty((3, who.size))
        put((force_mean, force_max, overlap), who, (tick.force_mean, tick.force_max, tick.overlap))
        held_by_row = np.empty_like(held)
        held_by_row[who] = held
        return Tick(force_mean, force_max, overlap, held_by_row, tick.wall_loads)

    def _steer(
        self, people: Population, mine: np.ndarray, ticks: int, walkers: tuple[np.ndarray, ...],
        belt: np.ndarray | None, keys: np.ndarray, starts: np.ndarray, real: np.ndarray | slice,
    ) -> tuple[np.ndarray, ...]:  # fmt: skip
        """Wished velocity [m/s], pressing force, its rest [N], wished shoulder factor, images too: x, y, x, y, lean, q.

        Args:
            walkers: x, y, vx, vy, ex, ey, desired speed, headway, way to the exit, radius of `mine`, (n,) each.
            belt: (n, 2), None: nobody is on one.
        """
        g, w, n = self._window.grid, self.walls, mine.size
        x, y, vx, vy, ex, ey, speed, headway, exit_in, radius = walkers
        traits = people.noise, people.heading, people.turned, people.pressing_force, people.stage_force
        noise, heading, turned, pressing_force, stage_force = pick(traits, mine)
        group, gate_pass = pick((people.destination, people.gate_pass), mine)
        wished_x, wished_y, blocked = np.empty(n), np.empty(n), np.empty(n)
        new_turned = steering.steer(
            x, y, vx, vy, ex, ey, speed, headway, exit_in, radius, group, noise, gate_pass, keys, starts, g.x0, g.y0,
            g.nx, g.ny, g.cell, w.segments, w.gate, w.starts, w.items, w.most, self.parameters.steering,
            self._headings, ticks, mine, turned, heading, wished_x, wished_y, blocked,
        )  # fmt: skip
        put((people.heading,), mine[real], (heading[real],))
        if belt is not None:
            carried = belt.any(axis=1)
            wished_x[carried], wished_y[carried], blocked[carried] = belt[carried, 0], belt[carried, 1], 0.0
        pressing = pressing_force + self.parameters.contact.crowd_push
        press = pressing * blocked
        # Most crowds do not press: then nothing need be turned.
        press_x, press_y = _along(press, ex, ey, noise + heading) if press.any() else np.zeros((2, n))
        if stage_force.any():
            # Spectators press towards what they watch, whichever way round somebody they look for.
            towards = stage_force * blocked
            press_x, press_y = press_x + towards * ex, press_y + towards * ey
        # Who is held up in part may drive on into what is touched by the rest of their force: with all of it, no more.
        lean = (pressing + stage_force) * (1.0 - blocked)
        if belt is not None:
            # A belt does not stop for who is in the way.
            lean[carried] = np.inf
        return wished_x, wished_y, press_x, press_y, lean, new_turned

    def _in_order(
        self, people: Population, rows: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray | slice]:
        """People and their images in order: index into `rows`, cell, where each cell starts, which are people."""
        x, y = pick((people.x, people.y), rows)
        level = people.level[rows].astype(np.int64)
        if self._window.follow(x, y, margin=self._sight):
            self._look_for_walls()
        if self._openings.size == 0:
            keys = self._window.keys(x, y, level)
            order, starts = sort_into_cells(keys, self._window.grid.size)
            return order, keys[order], starts, slice(None)
        # Behind everyone present come the images of those near openings.
        images, plane = openings.images(x, y, level, self._openings, self._outer, self._inner, self._sight)
        who = np.concatenate((np.arange(rows.size), images))
        keys = self._window.keys(x[who], y[who], np.concatenate((level, plane)))
        order, starts = sort_into_cells(keys, self._window.grid.size)
        return who[order], keys[order], starts, order < rows.size

    def _change_planes(
        self, people: Population, mine: np.ndarray, x: np.ndarray, y: np.ndarray, vx: np.ndarray, vy: np.ndarray
    ) -> np.ndarray:
        """Take those to the other plane who crossed an opening; x, y, vx, vy: where they are now, in order."""
        if self._openings.size == 0:
            return np.zeros(mine.size, np.int32)
        g, w = self._window.grid, self.walls
        level = people.level[mine].astype(np.int64)
        held: np.ndarray = openings.change_planes(
            people.x[mine], people.y[mine], x, y, vx, vy, level, self._openings, self._outer, self._inner,
            w.segments, w.gate, w.starts, w.items, g.x0, g.y0, g.cell, g.nx, g.ny,
        )  # fmt: skip
        people.level[mine] = level
        return held

    def _touching(
        self, x: np.ndarray, y: np.ndarray, vx: np.ndarray, vy: np.ndarray, radius: np.ndarray, keys: np.ndarray,
        starts: np.ndarray, who: np.ndarray, real: np.ndarray | slice,
    ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        """Pairs that could touch, arrays with images in order: lists (n, m) and counts (n,) of real people only."""
        g = self._window.grid
        reach = radius + self._brakes_within(lengths(vx, vy), 0.5 * _MARGIN)
        counts = np.empty(x.size, np.int32)
        room = 16
        while True:
            # Of images all are looked up below, also what follows the pairs.
            pairs = (np.empty if isinstance(real, slice) else np.zeros)((x.size, room + 1), np.int32)
            touching_pairs(x, y, reach, keys, starts, g.x0, g.y0, g.nx, g.ny, g.cell, pairs, counts)
            if counts.max(initial=0) <= room:
                break
            room = int(counts.max())
        if isinstance(real, slice):
            return pairs, counts
        place = np.empty(int(real.sum()), np.int32)
        place[who[real]] = np.arange(place.size)
        return place[who][pairs[real]], counts[real]

    def _brakes_within(self, speed: np.ndarray, least: float) -> np.ndarray:
        """Gap within which somebody may touch or brake for what they meet in the coming tick, `least` at rest [m]."""
        p = self.parameters
        return np.maximum(least, p.contact.brake_time * speed) + p.steering.tick * speed

    def _contact(
        self, people: Population, mine: np.ndarray, x: np.ndarray, y: np.ndarray, vx: np.ndarray, vy: np.ndarray,
        wished_x: np.ndarray, wished_y: np.ndarray, press_x: np.ndarray, press_y: np.ndarray, lean: np.ndarray,
        full: np.ndarray, wished: np.ndarray, downhill: np.ndarray, keys: np.ndarray,
        touch: tuple[np.ndarray, np.ndarray],
    ) -> Tick:  # fmt: skip
        """Contact mechanics of a tick on arrays in order; x, y, vx, vy and `people.turned` are moved on.

        Args:
            full: (n,) radius of a body that faces ahead [m]. wished: (n,) that wished for [m]. downhill: (2, n) [N].
        """
        w, n = self.walls, x.size
        pairs, counts = touch
        near = np.empty((n, contact.WALL_LIST), np.int32)
        n_walls = np.empty(n, np.int32)
        gate_pass, mass, level = people.gate_pass[mine], people.mass[mine], people.level[mine]
        reach = wished + self._brakes_within(lengths(vx, vy), _MARGIN)
        contact.wall_lists(x, y, reach, gate_pass, keys, w.segments, w.gate, w.starts, w.items, near, n_walls)
        if self._openings.size:
            openings.part_by_planes(x, y, level, pairs, counts, self._openings, self._outer, self._inner)
        contact.part_by_walls(x, y, level, pairs, counts, near, n_walls, w.segments)
        before = full * people.turned[mine]
        radius = shoulders.as_wide_as_fits(
            x, y, before, wished, pairs, counts, near, n_walls, w.segments, self.parameters.steering.tick
        )
        put((people.turned,), mine, (radius / full,))
        force_mean, force_max, force_sum, overlap = (np.empty(n) for _ in range(4))
        wall_mean = np.empty((n, contact.WALL_LIST))
        held = np.zeros(n, np.int32)
        contact.push_and_step(
            x, y, vx, vy, wished_x, wished_y, press_x, press_y, lean, radius, mass, downhill[0], downhill[1], pairs,
            counts, near, n_walls, w.segments, w.before, w.after, self.step, self.steps, self.parameters.contact,
            force_mean, force_max, force_sum, wall_mean, overlap, held,
        )  # fmt: skip
        loads = np.zeros(len(self.wall_bins))
        contact.add_wall_loads(x, y, near, n_walls, wall_mean, w.segments, self._wall_first, self._wall_pieces, loads)
        return Tick(force_mean, force_max, overlap, held, loads)


def weight_downhill(mass: np.ndarray, grade: np.ndarray, uphill: np.ndarray) -> np.ndarray:
    """Share of the weight along a slope, m g sin(angle), pointing downhill: (n, 2) [N]."""
    return -(mass * _GRAVITY * np.sin(np.radians(grade)))[:, None] * uphill


def _along(size: np.ndarray, ex: np.ndarray, ey: np.ndarray, turn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Vectors of a given size along e turned by an angle: x, y (n,)."""
    c, s = np.cos(turn), np.sin(turn)
    return size * (ex * c - ey * s), size * (ex * s + ey * c)


def _cut(ends: np.ndarray, pieces: int) -> np.ndarray:
    """A segment cut into equal pieces: (4,) -> (pieces, 4)."""
    share = np.linspace(0.0, 1.0, pieces + 1)[:, None]
    points = ends[:2] + share * (ends[2:] - ends[:2])
    return np.hstack((points[:-1], points[1:]))
