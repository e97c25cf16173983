"""The floor of each level of a sketch: walkable shapes joined, streets given their width, walls and obstacles on it.

Not here: stairs and lifts (`flights.py`), zones (`zones.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from venues.connectivity import BODY_RADIUS
from venues.errors import BadInput
from venues.places import Level, Obstacle, Wall
from venues.readers.import_report import ImportReport
from venues.readers.sketch import ROLES, Drawn, Sketch
from venues.refusals import told

#: Height of a storey where the map gives none [m] (assumed: usual in stations and shops).
STOREY = 4.0
#: Widest door taken for closed where only walls tell where the floor is [m] (assumed).
DOOR = 3.0
#: Width of a street where the map gives none [m] (assumed).
STREET_WIDTH = 4.0
#: A street that is off an area by less than this [m] ends on its edge (assumed: drawing accuracy).
ON_EDGE = 0.5
#: Points nearer to the line between their neighbours than this are dropped where shapes are joined [m].
STRAIGHT = 1e-7
#: Floor pieces smaller than this are dropped where shapes are joined [m2] (one person's space, as in `check.py`).
SLIVER = 1.0
#: Strips narrower than a body are taken from joined floors if they are larger than this [m2].
SPIKE = 0.005
#: A floor whose mean width (twice its area over the length of its edge) is less is no drawing of one [m] (where people
#: must squeeze through, as in `check.py`): combs and noise take for ever to mend.
LEAST_ROOM = 0.5
#: More streets than this may together cover the ground they lie on so many times (assumed; a dense quarter covers a
#: third of it, and fewer are joined soon whatever they are).
FEW, MOST_COVER = 500, 2.0


@dataclass
class Floor:
    """One level while it is being put together; `joined` if its floor is not one shape of the map."""

    name: str
    elevation: float
    walkable: BaseGeometry
    obstacles: list[Drawn] = field(default_factory=list)
    walls: list[Drawn] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    joined: bool = False

    def level(self) -> Level:
        """Return the level as a venue holds it."""
        return Level(
            self.name,
            _areal(self.walkable),
            elevation=self.elevation,
            obstacles=tuple(_obstacle(one) for one in self.obstacles),
            walls=tuple(_wall(one) for one in self.walls),
            labels=self.labels,
        )


def build_floors(drawn: Sequence[Drawn], sketch: Sketch, report: ImportReport) -> dict[str, Floor]:
    """Return the floors of a sketch by the names of their levels.

    Raises:
        BadInput: if nothing on the map is floor, and no wall tells where it may be.
    """
    grounds = [one for one in drawn if one.role in ("walkable", "street")]
    names = list(dict.fromkeys(level for one in grounds for level in one.levels))
    solid = [one for one in drawn if one.role in ("wall", "obstacle", "building")]
    if not names and solid:
        names = list(dict.fromkeys(level for one in solid for level in one.levels))
    if not names:
        roles = ", ".join(sorted({one.role for one in drawn}))
        holds = told("it holds {roles}", roles=roles) if roles else told("it holds nothing")
        if not roles and report.notes("left_out"):
            holds = told("left out: {lost}", lost=partial(report.lost, 2))
        raise BadInput(
            told(
                "{map}: nothing on the map is floor ({holds}); "
                "give one layer the role 'walkable' ({walkable}) or 'street' with --roles",
                map=sketch.name,
                holds=holds,
                walkable=told(ROLES["walkable"]),
            )
        )
    heights = _elevations(names, sketch, report)
    return {name: _floor(name, heights[name], drawn, sketch, report) for name in names}


def _elevations(names: Sequence[str], sketch: Sketch, report: ImportReport) -> dict[str, float]:
    """Return the height of each level: as the map says, or its number times the height of a storey."""
    heights = {}
    for number, name in enumerate(names):
        if name in sketch.elevations:
            heights[name] = sketch.elevations[name]
            continue
        try:
            heights[name] = float(name) * STOREY
        except ValueError:
            heights[name] = number * STOREY
        if len(names) > 1:
            report.assume("a storey is {height:g} m high", f"level {name} at {heights[name]:g} m", height=STOREY)
    return heights


def _floor(name: str, elevation: float, drawn: Sequence[Drawn], sketch: Sketch, report: ImportReport) -> Floor:
    """Return the floor of one level."""
    here = [one for one in drawn if name in one.levels]
    closed = [one.shape for one in here if one.role == "closed"]
    grounds = _without(closed, [one.shape for one in here if one.role == "walkable"])
    areas = shapely.union_all(grounds)
    _check_cover([one for one in here if one.role == "street"], name)
    grounds += [_paved(one, areas, report) for one in here if one.role == "street"]
    grounds = [ground for ground in grounds if not ground.is_empty]
    solid = [one for one in here if one.role in ("wall", "obstacle")]
    walkable = join(grounds) if grounds else _within_walls([one.shape for one in solid], name, report)
    _check_room(walkable, name)
    buildings = [one.shape for one in here if one.role == "building" and one.shape.intersects(walkable)]
    if buildings:
        report.take(
            "level {level}: {count} buildings and other solid areas cut out of the floor",
            level=name,
            count=len(buildings),
        )
        walkable = walkable.difference(shapely.union_all(buildings))
        walkable = join([walkable, *(_paved(one, areas, report) for one in here if one.details.get("through"))])
    if sketch.frame is not None:
        walkable = walkable.intersection(sketch.frame)
    labels: dict[str, str] = next(
        (one.details["labels"] for one in here if one.role == "walkable" and "labels" in one.details), {}
    )
    floor = Floor(
        name,
        elevation,
        walkable,
        labels=dict(labels),
        joined=bool(buildings) or len(grounds) > 1 or sketch.frame is not None,
    )
    for one in solid:
        if not one.shape.intersects(walkable):
            report.leave("{role}s beside the floor", one.where, role=one.role)
        elif one.role == "wall":
            floor.walls.append(one)
        else:
            floor.obstacles.append(one)
    return floor


def _without(closed: Sequence[BaseGeometry], areas: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """Return areas without the ground that is closed to people."""
    if not closed:
        return list(areas)
    shut = shapely.union_all(list(closed))
    return [area.difference(shut) for area in areas]


def _check_cover(streets: Sequence[Drawn], name: str) -> None:
    """Refuse streets that lie over each other so often that they are no map, and joining them takes for ever."""
    if len(streets) < FEW:
        return
    widths = [one.details.get("clear_width", STREET_WIDTH) for one in streets]
    paved = sum(one.shape.length * width for one, width in zip(streets, widths, strict=True))
    west, south, east, north = shapely.total_bounds([one.shape for one in streets])
    around = (east - west + max(widths)) * (north - south + max(widths))
    if paved > MOST_COVER * around:
        raise BadInput(
            told(
                "level {level}: {count:,} streets would cover the ground they lie on {times:.0f} times; "
                "are nodes of the file mixed up?",
                level=name,
                count=len(streets),
                times=paved / around,
            )
        )


def _check_room(walkable: BaseGeometry, name: str) -> None:
    """Refuse a floor that is narrower than people on average."""
    room = 2 * walkable.area / max(walkable.length, 1e-9)
    if walkable.area > 0.0 and room < LEAST_ROOM:
        raise BadInput(
            told(
                "level {level}: the floor is {room:.2f} m wide on average, its edge {edge:,.0f} m long; "
                "people need {least:g} m: are the units right, and the outline no noise?",
                level=name,
                room=room,
                edge=walkable.length,
                least=LEAST_ROOM,
            )
        )


def join(shapes: Sequence[BaseGeometry]) -> BaseGeometry:
    """Return shapes as one, without points on straight edges; a single shape stays as it is."""
    if len(shapes) == 1:
        return shapes[0]
    return shapely.simplify(shapely.union_all(list(shapes)), STRAIGHT)


def _paved(one: Drawn, areas: BaseGeometry, report: ImportReport) -> BaseGeometry:
    """Return the floor of a street where it is not on an area that is floor already.

    Across a square the line is only where people usually walk; at its end it must not widen the square.
    """
    width = one.details.get("clear_width")
    if width is None:
        width = STREET_WIDTH
        report.assume("a street without a width is {width:g} m wide", one.where, width=STREET_WIDTH)
    outside = one.shape.difference(areas)
    if outside.length < ON_EDGE:
        return Polygon()
    return outside.buffer(width / 2, quad_segs=3)


def _within_walls(shapes: Sequence[BaseGeometry], name: str, report: ImportReport) -> BaseGeometry:
    """Return everything inside the outermost walls, doors taken for closed."""
    walls = shapely.union_all(list(shapes))
    closed = walls.buffer(DOOR / 2, join_style="mitre")
    filled = shapely.union_all([Polygon(part.exterior) for part in shapely.get_parts(closed)])
    inside = filled.buffer(-DOOR / 2, join_style="mitre")
    report.assume(
        "the floor is what lies inside the outermost walls, openings up to {width:g} m taken for doors",
        f"level {name}",
        width=DOOR,
    )
    if inside.is_empty or inside.area <= 0.0:
        raise BadInput(
            told("level {level}: the walls enclose no floor; give a layer the role 'walkable' with --roles", level=name)
        )
    return inside


def _areal(shape: BaseGeometry) -> Polygon | MultiPolygon:
    """Return the polygons of a shape."""
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon) and part.area > 0.0]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def tidy(floor: Floor, report: ImportReport) -> None:
    """Take strips narrower than a body from a floor that was put together, and pieces too small to stand on."""
    # A centimetre more than the body: buffers are right to a hundredth of their radius, and edges must stay.
    # Part by part: parts are apart, and together they take far longer.
    whole = shapely.make_valid(shapely.get_parts(floor.walkable))
    inner = shapely.buffer(whole, -BODY_RADIUS, join_style="mitre")
    opened = shapely.make_valid(shapely.buffer(inner, BODY_RADIUS + 0.01, join_style="mitre"))
    rest = [part for part in shapely.get_parts(shapely.difference(whole, opened)) if part.area > SPIKE]
    if rest and not shapely.is_empty(opened).all():
        for strip in sorted(rest, key=lambda part: -part.area):
            x, y = shapely.point_on_surface(strip).coords[0]
            report.repair(
                "strips narrower than a body ({width:g} m) taken from the floor: nobody fits through",
                f"level {floor.name} at ({x:.1f}, {y:.1f})",
                width=2 * BODY_RADIUS,
            )
        # A little more, so that no hair of rounding stays at their sides.
        floor.walkable = floor.walkable.difference(shapely.union_all(rest).buffer(1e-5, join_style="mitre"))
    parts = [part for part in shapely.get_parts(floor.walkable) if isinstance(part, Polygon)]
    keep = [part for part in parts if part.area >= SLIVER]
    for part in parts:
        if part.area < SLIVER:
            x, y = shapely.point_on_surface(part).coords[0]
            report.leave("pieces of floor under {area:g} m2", f"level {floor.name} at ({x:.1f}, {y:.1f})", area=SLIVER)
    if keep:
        floor.walkable = keep[0] if len(keep) == 1 else MultiPolygon(keep)


def _obstacle(one: Drawn) -> Polygon | Obstacle:
    """Return an obstacle, its shape alone where it has no name."""
    assert isinstance(one.shape, Polygon)
    labels = one.details.get("labels", {})
    return Obstacle(one.shape, one.name, labels) if one.name or labels else one.shape


def _wall(one: Drawn) -> LineString | Wall:
    """Return a thin wall, its line alone where nothing more is said of it."""
    assert isinstance(one.shape, LineString)
    given = {key: one.details[key] for key in ("labels", "design_load") if key in one.details}
    return Wall(one.shape, one.name, **given) if one.name or given else one.shape
