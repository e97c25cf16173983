"""The cells of stairs, ramps, escalators and lifts: how fast people move on them and what choosing them costs.

An escalator that runs in no direction ("both") stands still and is walked like a stair. Not here: their geometry
(`venues.link_floor`), the doors of lifts (`crowd.movement.lifts`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from crowd.movement.tiles import Cells, Sheet
from crowd.parameters import Wayfinding as Constants
from venues import Strip, Venue
from venues.places import STEPPED_KINDS

#: Time a lift takes on average, waiting and riding, as a share of its cycle (see `crowd.movement.lifts`): arriving at
#: any moment one waits 0.245 of the cycle for the door, then 0.15 until it closes, and rides 0.2.
_LIFT_TIME = 0.6


@dataclass(frozen=True)
class LinkCells:
    """Cells on links, arrays of length k, and where to find them.

    Attributes:
        cells: the cells. lookup: index into the arrays, -1 off links.
        uphill: (k, 2) unit vector of ascent in plan. grade: angle of ramps [deg], 0 on steps.
        up, down: share of the level walking speed, in plan. belt: (k, 2) velocity at which a belt carries everyone, in
        plan [m/s], 0 where people walk. comfort: share of the speed at which the cell is counted in choosing a way.
        liking: share of the comfort that is left for those who can climb steps, who leave lifts to others.
        stepped: whether it has steps, so that wheels cannot use it. half: of steps that are walked both ways, 1 in the
        half of their first level, 2 in that of the other; 0 elsewhere. going: way in plan for each metre along the
        incline where people climb steps, nan elsewhere.
    """

    cells: np.ndarray
    lookup: Sheet
    uphill: np.ndarray
    grade: np.ndarray
    up: np.ndarray
    down: np.ndarray
    belt: np.ndarray
    comfort: np.ndarray
    liking: np.ndarray
    stepped: np.ndarray
    half: np.ndarray
    going: np.ndarray

    @property
    def carries(self) -> np.ndarray:
        """Cells where people are carried, by a belt or a lift: keys (c,)."""
        return self.cells[self.belt.any(axis=1) | (self.comfort < 1.0)]

    @classmethod
    def of(cls, venue: Venue, floor: Cells, constants: Constants) -> LinkCells:
        """The cells of all links of a venue, half a cell around their strips taken with them."""
        lookup = Sheet(floor, -1, dtype=np.int32)
        parts: list[np.ndarray] = []
        keys: list[np.ndarray] = []
        halves: list[np.ndarray] = [np.empty(0, np.int8)]
        for strip in venue.strips:
            shape = strip.polygon.buffer(0.5 * floor.cell, join_style="mitre")
            cells = floor.inside(shape, venue.level_index(strip.plane))
            cells = cells[lookup[cells] < 0]
            lookup[cells] = sum(map(len, keys)) + np.arange(cells.size)
            keys.append(cells)
            halves.append(_halves(strip, *floor.centres(cells)))
            parts.append(np.tile(_row(strip, venue, constants), (cells.size, 1)))
        table = np.vstack(parts) if parts else np.empty((0, 11))
        ux, uy, grade, up, down, belt_x, belt_y, comfort, liking, stepped, going = table.T
        cells = np.concatenate(keys) if keys else np.empty(0, np.int64)
        uphill, belt = np.column_stack((ux, uy)), np.column_stack((belt_x, belt_y))
        half = np.concatenate(halves)
        return cls(cells, lookup, uphill, grade, up, down, belt, comfort, liking, stepped > 0.0, half, going)

    def factor(self, cells: np.ndarray, heading: np.ndarray, uphill: np.ndarray) -> np.ndarray:
        """Share of the level walking speed at cells (n,) along headings (n, 2): (n,), 1 off links."""
        index = self.lookup[cells]
        on = index >= 0
        out = np.ones(cells.size)
        climbs = (heading[on] * uphill[on]).sum(axis=1) > 0.0
        out[on] = np.where(climbs, self.up[index[on]], self.down[index[on]])
        return out

    def own_speed(self, cells: np.ndarray, climb: np.ndarray, up: np.ndarray, down: np.ndarray) -> np.ndarray:
        """Speed in plan of people with speeds of their own on steps: (n,) [m/s], nan off steps or for others.

        Args:
            cells: (n,) where they are. climb: (n,) how far uphill they head, -1 to 1. up, down: (n,) their speeds along
                the incline [m/s], nan: none of their own.
        """
        return np.where(climb > 0.0, up, down) * np.append(self.going, np.nan)[self.lookup[cells]]

    def flow(self, cells: np.ndarray, climb: np.ndarray, *, up: float, down: float) -> np.ndarray:
        """What the headway of level floor is divided by: (n,), 1 off steps; `climb` as in `own_speed`."""
        return np.where(self.is_stepped(cells), np.where(climb > 0.0, up, down), 1.0)

    def is_stepped(self, cells: np.ndarray) -> np.ndarray:
        """Whether cells (n,) have steps: (n,) bool."""
        found: np.ndarray = np.append(self.stepped, False)[self.lookup[cells]]
        return found

    def half_of(self, cells: np.ndarray) -> np.ndarray:
        """In which half of steps that are walked both ways cells (n,) lie: (n,), 0 elsewhere."""
        found: np.ndarray = np.append(self.half, np.int8(0))[self.lookup[cells]]
        return found

    def belt_at(self, cells: np.ndarray) -> np.ndarray:
        """Velocity at which a belt carries whoever stands in these cells, 0 off belts: (n, 2) [m/s]."""
        return np.vstack((self.belt, np.zeros(2)))[self.lookup[cells]]


def _halves(strip: Strip, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """As `LinkCells.half`, at points (n,) of a strip [m]."""
    if strip.link.kind not in STEPPED_KINDS or strip.link.direction != "both":
        return np.zeros(x.size, np.int8)
    middle = strip.polygon.centroid
    beyond = (x - middle.x) * strip.along[0] + (y - middle.y) * strip.along[1] > 0.0
    return np.where(beyond, 2, 1).astype(np.int8)


def _row(strip: Strip, venue: Venue, c: Constants) -> tuple[float, ...]:
    """uphill x, uphill y, grade, up, down, belt x, belt y, comfort, liking, stepped, going of a strip."""
    link = strip.link
    rise = venue.level(link.to_level).elevation - venue.level(link.from_level).elevation
    sign = -1.0 if rise < 0.0 else 1.0
    uphill = (sign * strip.along[0], sign * strip.along[1])
    # Speeds are horizontal; a strip drawn shorter than it is slows people in plan as much.
    scale = strip.going / math.sqrt(max(link.length**2 - rise**2, 1e-6)) if link.kind != "lift" else 1.0
    if link.kind == "escalator" and link.direction != "both":
        ride = c.escalator_speed * strip.going / link.length
        way = ride if link.direction == "forward" else -ride
        share = ride / c.typical_speed
        return (*uphill, 0.0, share, share, way * strip.along[0], way * strip.along[1], 1.0, 1.0, 1.0, math.nan)
    if link.kind in ("stairs", "escalator"):
        going = strip.going / link.length
        return (*uphill, 0.0, c.stairs_up * scale, c.stairs_down * scale, 0.0, 0.0, 1.0, 1.0, 1.0, going)
    if link.kind == "lift":
        assert link.cycle is not None, "a venue gives every lift its cycle"
        way = strip.going + _LIFT_TIME * link.cycle * c.typical_speed
        liking = way / (way + c.lift_reluctance * c.typical_speed)
        return (*uphill, 0.0, 1.0, 1.0, 0.0, 0.0, strip.going / way, liking, 0.0, math.nan)
    grade = math.degrees(math.asin(min(abs(rise) / link.length, 1.0)))
    return (*uphill, grade, scale, scale, 0.0, 0.0, 1.0, 1.0, 0.0, math.nan)
