"""Textbook venues as functions: corridor, bottleneck, room, T-junction, stairs.

All begin at the origin, x east, y north, metres. Not here: real places (`data/`).
"""

from __future__ import annotations

import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon, box

from venues.doors import MAX_REACH, MAX_WIDTH, check_number
from venues.places import Gate, Level, Link, MeasurementArea, MeasurementLine, Zone
from venues.refusals import told
from venues.venue import Venue

#: Depth of the zones where people enter and leave [m]: two rows of bodies and room to be seen.
ZONE_DEPTH = 2.0
BOTH = frozenset({"source", "exit"})
GROUND = "ground"


def _join(*parts: Polygon) -> Polygon | MultiPolygon:
    """Return the ground that several pieces cover together."""
    ground = shapely.union_all(parts)
    assert isinstance(ground, Polygon | MultiPolygon)
    return ground


def _check_sizes(shape: str, **sizes: float) -> None:
    """Refuse sizes that are not positive numbers of a sensible order."""
    for name, value in sizes.items():
        high = MAX_WIDTH if "width" in name else MAX_REACH
        check_number(
            told("{name} of a {shape}", name=name, shape=shape), value, low=0.0, high=high, unit="m", open_low=True
        )


def corridor(*, length: float = 20.0, width: float = 3.0) -> Venue:
    """Return a straight corridor from (0, 0) to (length, width).

    Zones "west" and "east" (source and exit) at its ends; line "middle", forward = eastwards; area
    "middle-area", a third of the length.
    """
    _check_sizes("corridor", length=length, width=width)
    depth = min(ZONE_DEPTH, length / 4)
    return Venue(
        name="corridor",
        levels=(Level(GROUND, box(0, 0, length, width)),),
        zones=(
            Zone("west", GROUND, box(0, 0, depth, width), BOTH),
            Zone("east", GROUND, box(length - depth, 0, length, width), BOTH),
        ),
        lines=(MeasurementLine("middle", GROUND, LineString([(length / 2, width), (length / 2, 0)])),),
        areas=(MeasurementArea("middle-area", GROUND, box(length / 3, 0, 2 * length / 3, width)),),
    )


def bottleneck(*, width: float = 1.2, length: float = 1.0, room_width: float = 6.0, room_length: float = 8.0) -> Venue:
    """Return two rooms joined by a bottleneck, passed eastwards.

    Zones "start" (source, the west part of the first room) and "exit" (the east end of the second); line
    "bottleneck" across the middle of the narrow part and a gate "door" at its entry, forward = eastwards;
    area "before", 2 m deep.

    Args:
        width: of the narrow part [m].
        length: of the narrow part [m].
        room_width: of both rooms, across the walking direction [m].
        room_length: of each room [m].
    """
    _check_sizes("bottleneck", width=width, length=length, room_width=room_width, room_length=room_length)
    check_number(
        told("{name} of a {shape}", name="width", shape="bottleneck"),
        width,
        low=0.0,
        high=room_width,
        unit="m",
        open_low=True,
    )
    south, north = (room_width - width) / 2, (room_width + width) / 2
    end = 2 * room_length + length
    rooms = [box(0, 0, room_length, room_width), box(room_length + length, 0, end, room_width)]
    floor = _join(*rooms, box(room_length, south, room_length + length, north))
    middle = room_length + length / 2
    depth = min(ZONE_DEPTH, room_length / 2)
    return Venue(
        name="bottleneck",
        levels=(Level(GROUND, floor),),
        zones=(
            Zone("start", GROUND, box(0, 0, room_length / 2, room_width), frozenset({"source"})),
            Zone("exit", GROUND, box(end - depth, 0, end, room_width), frozenset({"exit"})),
        ),
        gates=(Gate("door", GROUND, LineString([(room_length, north), (room_length, south)])),),
        lines=(MeasurementLine("bottleneck", GROUND, LineString([(middle, north), (middle, south)])),),
        areas=(MeasurementArea("before", GROUND, box(room_length - depth, 0, room_length, room_width)),),
    )


def room(*, length: float = 10.0, width: float = 10.0, door_width: float = 1.2) -> Venue:
    """Return a room from (0, 0) to (length, width) with one door in the middle of its east wall.

    Zones "start" (source, the whole room but its last metres) and "exit" (2 m deep, outside the door); gate
    "door" and line "doorway", forward = outwards.
    """
    _check_sizes("room", length=length, width=width, door_width=door_width)
    check_number(
        told("{name} of a {shape}", name="door_width", shape="room"),
        door_width,
        low=0.0,
        high=width,
        unit="m",
        open_low=True,
    )
    south, north = (width - door_width) / 2, (width + door_width) / 2
    porch = box(length, south, length + ZONE_DEPTH + 0.5, north)
    outside = box(length + 0.5, south, length + ZONE_DEPTH + 0.5, north)
    return Venue(
        name="room",
        levels=(Level(GROUND, _join(box(0, 0, length, width), porch)),),
        zones=(
            Zone("start", GROUND, box(0, 0, 0.8 * length, width), frozenset({"source"})),
            Zone("exit", GROUND, outside, frozenset({"exit"})),
        ),
        gates=(Gate("door", GROUND, LineString([(length, north), (length, south)])),),
        lines=(MeasurementLine("doorway", GROUND, LineString([(length + 0.25, north), (length + 0.25, south)])),),
    )


def t_junction(*, width: float = 2.4, arm_length: float = 8.0) -> Venue:
    """Return a T: arms to the west and east that meet over the origin, and a stem to the north.

    Zones "west", "east" and "north" (source and exit) at the ends; lines "west-line" and "east-line"
    (forward = to the junction) and "north-line" (forward = away from it).
    """
    _check_sizes("T-junction", width=width, arm_length=arm_length)
    half, end, depth = width / 2, width / 2 + arm_length, min(ZONE_DEPTH, arm_length / 2)
    bar, stem = box(-end, 0, end, width), box(-half, 0, half, width + arm_length)
    top = width + arm_length
    return Venue(
        name="t-junction",
        levels=(Level(GROUND, _join(bar, stem)),),
        zones=(
            Zone("west", GROUND, box(-end, 0, -end + depth, width), BOTH),
            Zone("east", GROUND, box(end - depth, 0, end, width), BOTH),
            Zone("north", GROUND, box(-half, top - depth, half, top), BOTH),
        ),
        lines=(
            MeasurementLine("west-line", GROUND, LineString([(-half, width), (-half, 0)])),
            MeasurementLine("east-line", GROUND, LineString([(half, 0), (half, width)])),
            MeasurementLine("north-line", GROUND, LineString([(-half, width), (half, width)])),
        ),
    )


def stairs(*, width: float = 2.4, height: float = 3.0, landing_length: float = 8.0) -> Venue:
    """Return two landings, one `height` above the other, joined by stairs walked eastwards and up.

    Zones "west" (below) and "east" (above), both source and exit; link "stairs", forward = up, with a going
    of 0.29 m and a rise of 0.17 m a step (assumed: a usual public stair).
    """
    _check_sizes("stair", width=width, height=height, landing_length=landing_length)
    going = height / 0.17 * 0.29
    begin, end = landing_length, landing_length + going
    depth = min(ZONE_DEPTH, landing_length / 2)
    last = end + landing_length
    link = Link(
        "stairs",
        "stairs",
        "lower",
        LineString([(begin, width), (begin, 0)]),
        "upper",
        LineString([(end, width), (end, 0)]),
        clear_width=width,
        length=float((going**2 + height**2) ** 0.5),
    )
    return Venue(
        name="stairs",
        levels=(
            Level("lower", box(0, 0, begin, width)),
            Level("upper", box(end, 0, last, width), elevation=height),
        ),
        zones=(
            Zone("west", "lower", box(0, 0, depth, width), BOTH),
            Zone("east", "upper", box(last - depth, 0, last, width), BOTH),
        ),
        links=(link,),
    )
