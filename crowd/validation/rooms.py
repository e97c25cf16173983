"""Rooms with doors, and rooms in a row joined by bottlenecks, as guidelines draw them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import shapely
from shapely.geometry import LineString, Polygon, box

from crowd.validation.scenes import GROUND, flat
from venues import Gate, Venue

#: Thickness of a wall with a door [m] (assumed; guidelines draw none).
WALL = 0.2
#: Depth of the floor outside a door, where its exit begins, and how far both reach to its sides [m] (assumed: RiMEA's
#: test 12a has the flow rise if the goal lies nearer than 2 m).
_OUTSIDE, _GOAL, _BESIDE = 3.5, 2.0, 2.0
#: Side of the rooms in a row [m] (RiMEA, test 12).
ROOM = 10.0


class Door(NamedTuple):
    """A door in the west or east wall of a room: its lower end's y and its width [m]."""

    east: bool
    low: float
    width: float = 1.0


def room_with_doors(length: float, width: float, doors: Mapping[str, Door], *, capacity: float | None = None) -> Venue:
    """A room from (0, 0) to (length, width) full of people, source "room", with a gate and an exit behind each door.

    Args:
        doors: by name, which is the gate's; the exit behind is "out " and the name. capacity: of each gate [1/s].
    """
    floor: list[Polygon] = [box(0, 0, length, width)]
    exits, gates = {}, []
    for name, door in doors.items():
        x, away = (length, 1.0) if door.east else (0.0, -1.0)
        high = door.low + door.width
        behind = x + away * WALL
        end = behind + away * _OUTSIDE
        floor += [_box(x, door.low, behind, high), _box(behind, door.low - _BESIDE, end, high + _BESIDE)]
        exits[f"out {name}"] = _box(behind + away * _GOAL, door.low - _BESIDE, end, high + _BESIDE)
        ends = [(x, high), (x, door.low)] if door.east else [(x, door.low), (x, high)]
        gates.append(Gate(name, GROUND, LineString(ends), capacity=capacity))
    ground = shapely.union_all(floor)
    return flat(ground, sources={"room": box(0, 0, length, width)}, exits=exits, gates=tuple(gates))


def rooms_in_a_row(*, width: float = 1.0, length: float = WALL, rooms: int = 2, goal: float = 3.0) -> Venue:
    """Rooms of 10 x 10 m joined by bottlenecks in the middle; people start in the first and leave in the last.

    Args:
        width, length: of each bottleneck [m]. goal: how far behind the last one the exit begins, over all the room's
            width [m].
    """
    low, high = 0.5 * (ROOM - width), 0.5 * (ROOM + width)
    begins = [k * (ROOM + length) for k in range(rooms)]
    floor = [box(x, 0, x + ROOM, ROOM) for x in begins]
    floor += [box(x - length, low, x, high) for x in begins[1:]]
    # A last strip of floor, so that a goal 10 m away has some.
    last = begins[-1]
    floor.append(box(last + ROOM, 0, last + ROOM + 1, ROOM))
    return flat(
        shapely.union_all(floor),
        sources={"room": box(0, 0, ROOM, ROOM)},
        exits={"goal": box(last + goal, 0, last + ROOM + 1, ROOM)},
    )


def _box(x: float, low: float, other: float, high: float) -> Polygon:
    return box(min(x, other), low, max(x, other), high)
