"""The things a venue is made of: levels, zones, gates, links, slopes, measurement areas and lines.

Frozen, in metres, x east, y north, checked on construction. Not here: what ties them together (`venue.py`).

The forward sense of gates and lines: walk the line from its first to its second point; forward means crossing
from its right side to its left side, along the normal (-dy, dx).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from venues.doors import (
    DIRECTIONS,
    MAX_REACH,
    MAX_WIDTH,
    check_choice,
    check_labels,
    check_line,
    check_name,
    check_number,
    check_polygon,
)
from venues.errors import BadInput, named, unnamed
from venues.refusals import Told, told
from venues.solids import Obstacle, Wall

#: What a zone may be for.
ZONE_KINDS = (
    "source", "exit", "waiting", "stage", "queue", "refuge", "no-go", "section", "first-aid", "emergency-lane",
)  # fmt: skip
#: Those in which people stand.
STANDING_KINDS = frozenset({"waiting", "queue", "stage"})
#: What may join two levels.
LINK_KINDS = ("stairs", "ramp", "escalator", "lift")
#: Those that wheels cannot use.
STEPPED_KINDS = ("stairs", "escalator")
#: Steepest slope [degrees] the model's description of standing on inclined ground is meant for (assumed).
MAX_SLOPE = 35.0
#: Most people a gate may be said to let through [1/s] (assumed: ten times a 10 m gate at 10 persons/s).
MAX_CAPACITY = 100.0
#: Time from one opening of a lift's door to its next, where the venue does not say [s] (assumed).
_LIFT_CYCLE = 60.0
#: Smallest floor [m2]: less means that degrees were taken for metres.
MIN_FLOOR = 0.1


def _set(item: object, **values: object) -> None:
    """Set fields of a frozen item while it is being made."""
    for name, value in values.items():
        object.__setattr__(item, name, value)


def compute_normal(line: LineString) -> tuple[float, float]:
    """Return the unit vector of forward crossing, (-dy, dx) / length, of a line of two points."""
    (x0, y0), (x1, y1) = line.coords[0], line.coords[-1]
    length = math.hypot(x1 - x0, y1 - y0)
    return (-(y1 - y0) / length, (x1 - x0) / length)


def _check_width(what: Told, line: LineString, clear_width: object) -> float:
    """Return the clear width [m] of a passage drawn as `line`, its length if None; refuse a wider one."""
    x, y = line.interpolate(0.5, normalized=True).coords[0]
    where = told("clear width of {what} at ({x:.1f}, {y:.1f})", what=what, x=x, y=y)
    width = line.length if clear_width is None else clear_width
    number = check_number(where, width, low=0.0, high=MAX_WIDTH, unit="m", open_low=True)
    if number > line.length * 1.01:
        raise BadInput(
            told(
                "{what} is {width:g} m; it must be at most the length of its line, {length:.2f} m",
                what=where,
                width=number,
                length=line.length,
            )
        )
    return number


def _check_flag(what: Told, value: object) -> None:
    """Refuse what is neither true nor false."""
    if not isinstance(value, bool):
        raise BadInput(told("{what} is {value!r}; it must be true or false", what=what, value=value))


@dataclass(frozen=True)
class Level:
    """One storey.

    Args:
        name: unique among levels.
        walkable: outline of the ground people may stand on [m].
        elevation: height above the venue's datum [m].
        obstacles: solid things on it [m], as polygons or, with a name, as `Obstacle`s.
        walls: thin fences, as lines [m] or, with a name, as `Wall`s.
        labels: language code -> text.
    """

    name: str
    walkable: Polygon | MultiPolygon
    elevation: float = 0.0
    obstacles: tuple[Polygon | Obstacle, ...] = ()
    walls: tuple[LineString | Wall, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        check_name(unnamed("level"), self.name)
        what = named("level", self.name)
        check_polygon(what, self.walkable, several=True)
        elevation = check_number(told("elevation of {what}", what=what), self.elevation, low=-5000, high=9000, unit="m")
        _set(self, elevation=elevation, obstacles=tuple(self.obstacles), walls=tuple(self.walls))
        _set(self, labels=check_labels(what, self.labels))
        for number, obstacle in enumerate(self.obstacles, start=1):
            if not isinstance(obstacle, Obstacle):
                check_polygon(told("obstacle {number} of {what}", number=number, what=what), obstacle)
        for number, wall in enumerate(self.walls, start=1):
            if not isinstance(wall, Wall):
                check_line(told("wall {number} of {what}", number=number, what=what), wall, two_points=False)
        if self.floor.area < MIN_FLOOR:
            raise BadInput(
                told(
                    "{what} has {area:.2g} m2 of floor; at least {least} m2 must be free of obstacles "
                    "(are the coordinates degrees, or is all of it covered?)",
                    what=what,
                    area=self.floor.area,
                    least=MIN_FLOOR,
                )
            )

    @property
    def solids(self) -> tuple[Obstacle, ...]:
        """The obstacles, those without a name too."""
        return tuple(one if isinstance(one, Obstacle) else Obstacle(one) for one in self.obstacles)

    @property
    def thin_walls(self) -> tuple[Wall, ...]:
        """The thin walls, those without a name too."""
        return tuple(one if isinstance(one, Wall) else Wall(one) for one in self.walls)

    @property
    def wall_lines(self) -> tuple[LineString, ...]:
        """The thin walls as lines [m]."""
        return tuple(one.line if isinstance(one, Wall) else one for one in self.walls)

    @cached_property
    def floor(self) -> MultiPolygon:
        """Where people can stand: walkable minus obstacles [m]."""
        floor: BaseGeometry = self.walkable
        if self.obstacles:
            floor = floor.difference(shapely.union_all([solid.polygon for solid in self.solids]))
        if isinstance(floor, MultiPolygon):
            return floor
        return MultiPolygon([floor] if isinstance(floor, Polygon) and not floor.is_empty else [])

    @cached_property
    def ground(self) -> BaseGeometry:
        """The floor and its edge, a micrometre wide: what a line from wall to wall lies on [m]."""
        grown = self.floor.buffer(1e-6)
        shapely.prepare(grown)
        return grown

    @property
    def wall_chains(self) -> list[np.ndarray]:
        """Everything a body can touch, as polylines.

        Returns:
            Arrays (k, 2) float64 [m]: first the closed rings of the floor's boundary (first point
            repeated last, the floor on their left: outer rings anticlockwise, holes clockwise), then the thin
            walls, open.
        """
        rings = []
        for part in self.floor.geoms:
            turned = orient(part, 1.0)
            rings += [turned.exterior, *turned.interiors]
        return [np.array(shape.coords, dtype=np.float64) for shape in [*rings, *self.wall_lines]]


@dataclass(frozen=True)
class Zone:
    """A named part of a level with one or more uses (`ZONE_KINDS`); of several parts it is one place all the same."""

    name: str
    level: str
    polygon: Polygon | MultiPolygon
    kinds: frozenset[str]
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        check_name(unnamed("zone"), self.name)
        what = named("zone", self.name)
        check_polygon(what, self.polygon, several=True)
        kinds = self.kinds
        if isinstance(kinds, str) or not isinstance(kinds, Iterable) or not kinds:
            raise BadInput(
                told(
                    "{what} has kinds {kinds!r}; write a list with at least one of {known}",
                    what=what,
                    kinds=kinds,
                    known=", ".join(ZONE_KINDS),
                )
            )
        for kind in kinds:
            check_choice(told("a kind of {what}", what=what), kind, ZONE_KINDS)
        _set(self, kinds=frozenset(kinds), labels=check_labels(what, self.labels))


@dataclass(frozen=True)
class Gate:
    """A line people pass in one or both directions, which can be shut.

    Args:
        line: two points [m]; see the module for which way is forward.
        clear_width: width people can use [m]; None means the line's length.
        direction: "both", "forward" or "backward".
        open: whether it is open when nobody orders otherwise.
        capacity: most people let through [1/s]; None means whatever the width allows.
        bank: gates of one level with the same text stand beside each other, and people choose among them.
        width_assumed: whether nobody said the clear width, so that it has to be measured.
    """

    name: str
    level: str
    line: LineString
    clear_width: float = None  # type: ignore[assignment]  # a float once made
    direction: str = "both"
    open: bool = True
    capacity: float | None = None
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    bank: str | None = None
    width_assumed: bool = False

    def __post_init__(self) -> None:
        check_name(unnamed("gate"), self.name)
        what = named("gate", self.name)
        check_line(what, self.line)
        _set(self, clear_width=_check_width(what, self.line, self.clear_width))
        check_choice(told("direction of {what}", what=what), self.direction, DIRECTIONS)
        _check_flag(told("'open' of {what}", what=what), self.open)
        if self.capacity is not None:
            limit = check_number(
                told("capacity of {what}", what=what),
                self.capacity,
                low=0.0,
                high=MAX_CAPACITY,
                unit="1/s",
                open_low=True,
            )
            _set(self, capacity=limit)
        _check_flag(told("width_assumed of {what}", what=what), self.width_assumed)
        if self.bank is not None:
            check_name(told("the bank of {what}", what=what), self.bank)
        _set(self, labels=check_labels(what, self.labels))

    @property
    def normal(self) -> tuple[float, float]:
        """Unit vector of forward crossing."""
        return compute_normal(self.line)

    @property
    def opening(self) -> LineString:
        """The middle part of the line, as long as the clear width: where people pass."""
        length = self.line.length
        stub = (length - min(self.clear_width, length)) / 2
        return shapely.LineString([self.line.interpolate(stub), self.line.interpolate(length - stub)])

    @property
    def posts(self) -> tuple[LineString, ...]:
        """What is left of the line on both sides of the opening, if more than 1 cm: it stands like a wall."""
        (ax, ay), (bx, by) = self.line.coords
        (px, py), (qx, qy) = self.opening.coords
        ends = (shapely.LineString([(ax, ay), (px, py)]), shapely.LineString([(qx, qy), (bx, by)]))
        return tuple(end for end in ends if end.length > 0.01)


@dataclass(frozen=True)
class Link:
    """A way from one level to another: stairs, ramp, escalator or lift.

    Args:
        from_line, to_line: where it begins and ends, two points each [m].
        clear_width: width people can use [m].
        length: way to walk or ride, measured along it [m].
        direction: "forward" is from `from_level` to `to_level`.
        capacity: most people in the cabin of a lift (by default four a square metre of its floor, assumed).
        cycle: time a lift takes from one opening of a door to the next of the same door [s] (by default 60 s, assumed).
        width_assumed: whether nobody said the clear width, so that it has to be measured.
    """

    name: str
    kind: str
    from_level: str
    from_line: LineString
    to_level: str
    to_line: LineString
    clear_width: float
    length: float
    direction: str = "both"
    capacity: int | None = None
    cycle: float | None = None
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    width_assumed: bool = False

    def __post_init__(self) -> None:
        check_name(unnamed("link"), self.name)
        what = named("link", self.name)
        check_choice(told("kind of {what}", what=what), self.kind, LINK_KINDS)
        for end, line in (("start", self.from_line), ("end", self.to_line)):
            where = told("{what} ({end})", what=what, end=told(end))
            check_line(where, line)
            _set(self, clear_width=_check_width(where, line, self.clear_width))
        reach = check_number(
            told("length of {what}", what=what), self.length, low=0.0, high=MAX_REACH, unit="m", open_low=True
        )
        _set(self, length=reach)
        check_choice(told("direction of {what}", what=what), self.direction, DIRECTIONS)
        if self.from_level == self.to_level:
            raise BadInput(
                told(
                    "{what} leads from level {level!r} to itself; name the level it leads to",
                    what=what,
                    level=self.from_level,
                )
            )
        _check_flag(told("width_assumed of {what}", what=what), self.width_assumed)
        self._check_lift(what)
        _set(self, labels=check_labels(what, self.labels))

    def _check_lift(self, what: Told) -> None:
        """Refuse a lift that carries nobody, and a cabin or a timing of anything else."""
        if self.kind != "lift":
            for name in ("capacity", "cycle"):
                if getattr(self, name) is not None:
                    raise BadInput(
                        told(
                            "{what} has {name} {value!r}; only a lift has one: take it away",
                            what=what,
                            name=name,
                            value=getattr(self, name),
                        )
                    )
            return
        cycle = _LIFT_CYCLE if self.cycle is None else self.cycle
        _set(self, cycle=check_number(told("cycle of {what}", what=what), cycle, low=10.0, high=3600.0, unit="s"))
        if self.capacity is not None:
            capacity = told("capacity of {what}", what=what)
            number = check_number(capacity, self.capacity, low=1.0, high=1000.0, unit="people")
            if number != int(number):
                raise BadInput(
                    told("{what} is {value!r}; it must be a whole number of people", what=capacity, value=self.capacity)
                )
            _set(self, capacity=int(number))


@dataclass(frozen=True)
class Slope:
    """Inclined ground.

    Args:
        angle: steepest inclination [degrees], 0 to 35.
        uphill: unit vector (east, north) of steepest ascent.
    """

    name: str
    level: str
    polygon: Polygon
    angle: float
    uphill: tuple[float, float]

    def __post_init__(self) -> None:
        check_name(unnamed("slope"), self.name)
        what = named("slope", self.name)
        check_polygon(what, self.polygon)
        angle = check_number(told("angle of {what}", what=what), self.angle, low=0.0, high=MAX_SLOPE, unit="degrees")
        _set(self, angle=angle)
        uphill = told("uphill of {what}", what=what)
        if not isinstance(self.uphill, tuple | list) or len(self.uphill) != 2:
            raise BadInput(
                told(
                    "{what} is {value!r}; it must be two numbers such as [0, 1] for north",
                    what=uphill,
                    value=self.uphill,
                )
            )
        ux, uy = (check_number(uphill, part, low=-1, high=1, unit="") for part in self.uphill)
        if abs(math.hypot(ux, uy) - 1.0) > 1e-6:
            raise BadInput(
                told(
                    "{what} is ({x:g}, {y:g}), of length {length:g}; it must be 1",
                    what=uphill,
                    x=ux,
                    y=uy,
                    length=math.hypot(ux, uy),
                )
            )
        _set(self, uphill=(ux, uy))


@dataclass(frozen=True)
class MeasurementArea:
    """A polygon over which quantities are reported (Adrian et al. 2019: measurement area)."""

    name: str
    level: str
    polygon: Polygon
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        check_name(unnamed("measurement area"), self.name)
        what = named("area", self.name)
        check_polygon(what, self.polygon)
        _set(self, labels=check_labels(what, self.labels))


@dataclass(frozen=True)
class MeasurementLine:
    """A line whose crossings are counted, forward and backward as for a gate."""

    name: str
    level: str
    line: LineString
    clear_width: float = None  # type: ignore[assignment]  # a float once made
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        check_name(unnamed("measurement line"), self.name)
        what = named("line", self.name)
        check_line(what, self.line)
        _set(self, clear_width=_check_width(what, self.line, self.clear_width))
        _set(self, labels=check_labels(what, self.labels))

    @property
    def normal(self) -> tuple[float, float]:
        """Unit vector of forward crossing."""
        return compute_normal(self.line)
