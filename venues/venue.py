"""The venue: levels with zones, gates, links, slopes, measurement areas and lines, checked as a whole.

Frozen. Knows nothing of people. Not here: single items (`places.py`), files (`geojson.py`), faults of a map
that are allowed but unwise (`check.py`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from venues.doors import MAX_TEXT, check_labels, check_name, check_text
from venues.elements import Camera, Element, Loudspeaker, Sign
from venues.errors import BadInput, name_known, named, unnamed
from venues.link_floor import CLEAR, LinkFloor, Opening, Strip, opening_before, unfold
from venues.places import Gate, Level, Link, MeasurementArea, MeasurementLine, Obstacle, Slope, Wall, Zone
from venues.refusals import Told, told

#: The name that means the whole venue wherever a place is asked for.
WHOLE_VENUE = "venue"
#: A level is told by a whole number of 8 bits wherever people are recorded.
MAX_PLANES = 127
#: How far [m] a gate or link may be drawn into a wall before it counts as off the floor (assumed: drawing
#: accuracy).
DRAWING_TOLERANCE = 0.1

Named = Level | Zone | Gate | Link | Slope | MeasurementArea | MeasurementLine | Element
Item = TypeVar("Item", Level, Zone, Gate, Link, Slope, MeasurementArea, MeasurementLine, Camera, Loudspeaker, Sign)
#: What a venue is made of, in the order of its file.
PARTS = ("levels", "zones", "gates", "links", "slopes", "areas", "lines", "cameras", "loudspeakers", "signs")


def label(item: Named | Obstacle | Wall | Venue, lang: str) -> str:
    """Return what to call `item` in a language; its name where no label is given."""
    return item.labels.get(lang, item.name) if not isinstance(item, Slope) else item.name


def texts_in(texts: Iterable[str | Mapping[str, str]], lang: str) -> list[tuple[str, bool]]:
    """Return sentences (English, or by language) in a language, each with whether it is in that language."""
    found = []
    for text in texts:
        known = {"en": text} if isinstance(text, str) else text
        found.append((known.get(lang) or next(iter(known.values()), ""), lang in known))
    return found


@dataclass(frozen=True)
class Venue:
    """A place, before anyone walks in it.

    Args:
        name: of the venue.
        levels: at least one; their order gives the level indices.
        zones, gates, links, slopes, areas, lines, cameras, loudspeakers, signs: their names are unique over all of
            them together (slopes among themselves), and none is "venue".
        labels: language code -> text.
        source, licence, date: where the drawing comes from, its terms, its day.
        simplifications: what is known to differ from the real place, one sentence each: a text, or one in each
            of several languages (language code -> text).
        crs: the coordinate system the metres are in.

    Raises:
        BadInput: if names clash, a level is unknown, or something lies off the floor.
    """

    name: str
    levels: tuple[Level, ...]
    zones: tuple[Zone, ...] = ()
    gates: tuple[Gate, ...] = ()
    links: tuple[Link, ...] = ()
    slopes: tuple[Slope, ...] = ()
    areas: tuple[MeasurementArea, ...] = ()
    lines: tuple[MeasurementLine, ...] = ()
    cameras: tuple[Camera, ...] = ()
    loudspeakers: tuple[Loudspeaker, ...] = ()
    signs: tuple[Sign, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    source: str = ""
    licence: str = ""
    date: str = ""
    simplifications: tuple[str | Mapping[str, str], ...] = field(default=(), hash=False)
    crs: str = "local metres"
    _link_floor: LinkFloor = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for part in (*PARTS, "simplifications"):
            object.__setattr__(self, part, tuple(getattr(self, part)))
        check_name(told("the venue"), self.name)
        what = named("venue", self.name)
        object.__setattr__(self, "labels", check_labels(what, self.labels))
        for part in ("source", "licence", "date", "crs"):
            check_text(told("{part} of {what}", part=part, what=what), getattr(self, part))
        note = told("a simplification of {what}", what=what)
        for text in self.simplifications:
            if isinstance(text, str):
                check_text(note, text)
            else:
                check_labels(note, text, longest=MAX_TEXT)
        if not self.levels:
            raise BadInput(
                told("venue {venue!r} has no level; it needs at least one polygon people can walk on", venue=self.name)
            )
        self._check_names()
        self._check_on_floor()
        self._check_slopes_apart()
        object.__setattr__(self, "_link_floor", unfold(self.levels, self.links))
        if len(self.planes) > MAX_PLANES:
            raise BadInput(
                told(
                    "{what} has {levels} levels, and {planes} with the planes of its links; "
                    "at most {most} can be told apart: split it into several venues",
                    what=what,
                    levels=len(self.levels),
                    planes=len(self.planes),
                    most=MAX_PLANES,
                )
            )
        self._check_openings()

    def _check_names(self) -> None:
        """Refuse names used twice, or reserved."""
        shared: list[Named] = [*self.zones, *self.gates, *self.links, *self.areas, *self.lines, *self.elements]
        groups: tuple[Iterable[Named], ...] = (self.levels, self.slopes, shared)
        for group in groups:
            taken: set[str] = set()
            for item in group:
                if item.name == WHOLE_VENUE:
                    raise BadInput(
                        told("{what} has a name that means the whole venue; choose another name", what=_what(item))
                    )
                if item.name in taken:
                    raise BadInput(
                        told("{what} has a name that is already taken; names must be unique", what=_what(item))
                    )
                taken.add(item.name)

    def _check_on_floor(self) -> None:
        """Refuse zones, areas, slopes, gates, lines and links that do not lie on the floor of their level."""
        patches: list[Zone | MeasurementArea | Slope] = [*self.zones, *self.areas, *self.slopes]
        for patch in patches:
            _check_patch(patch, self._level_of(patch, patch.level))
        for gate in self.gates:
            _check_across(gate, gate.line, self._level_of(gate, gate.level), allowed_off=DRAWING_TOLERANCE)
        for line in self.lines:
            _check_across(line, line.line, self._level_of(line, line.level), allowed_off=0.5 * line.line.length)
        for link in self.links:
            for name, line_of_link in ((link.from_level, link.from_line), (link.to_level, link.to_line)):
                _check_across(link, line_of_link, self._level_of(link, name), allowed_off=DRAWING_TOLERANCE)
        for element in self.elements:
            self._level_of(element, element.level)

    def _check_openings(self) -> None:
        """Refuse walls, gates and lines right before a link: they would hold or count on one plane only."""
        items: list[Gate | MeasurementLine] = [*self.gates, *self.lines]
        lines = [(_what(item), item.level, item.line) for item in items]
        lines += [(unnamed("wall"), level.name, wall.line) for level in self.levels for wall in level.thin_walls]
        for what, level, line in lines:
            opening = opening_before(self.openings, level, line)
            if opening is not None:
                x, y = line.interpolate(0.5, normalized=True).coords[0]
                raise BadInput(
                    told(
                        "{what} at ({x:.1f}, {y:.1f}) lies on the end of link {link!r}; "
                        "draw it {clear} m or more before it",
                        what=what,
                        x=x,
                        y=y,
                        link=opening.link,
                        clear=CLEAR,
                    )
                )

    def _check_slopes_apart(self) -> None:
        """Refuse two slopes over the same ground: which one would hold?"""
        for number, slope in enumerate(self.slopes):
            for other in self.slopes[:number]:
                shared = slope.polygon.intersection(other.polygon) if slope.level == other.level else Polygon()
                if shared.area > 0.01:
                    raise BadInput(
                        told(
                            "slopes {one!r} and {other!r} overlap by {area:.2f} m2 at {place}; "
                            "each piece of ground must have one slope: redraw one of them",
                            one=other.name,
                            other=slope.name,
                            area=shared.area,
                            place=_place(shared),
                        )
                    )

    def _level_of(self, item: Named, name: str) -> Level:
        """Return the level an item says it is on."""
        for level in self.levels:
            if level.name == name:
                return level
        known = name_known((level.name for level in self.levels), str(name))
        raise BadInput(
            told("{what} is on level {name!r}, which does not exist; {known}", what=_what(item), name=name, known=known)
        )

    @property
    def elements(self) -> tuple[Element, ...]:
        """What watches, speaks and shows the way: cameras, loudspeakers, signs."""
        return (*self.cameras, *self.loudspeakers, *self.signs)

    @property
    def planes(self) -> tuple[Level, ...]:
        """Everything people walk on: the levels, then the planes that hold the strips of links; index = level index."""
        return (*self.levels, *self._link_floor.planes)

    @property
    def strips(self) -> tuple[Strip, ...]:
        """The floor of each link."""
        return self._link_floor.strips

    @property
    def openings(self) -> tuple[Opening, ...]:
        """Where people step onto links and off them, two for each link."""
        return self._link_floor.openings

    def level(self, name: str) -> Level:
        """Return the level (or plane of links) with this name."""
        return self._find("level", self.planes, name)

    def zone(self, name: str) -> Zone:
        """Return the zone with this name."""
        return self._find("zone", self.zones, name)

    def gate(self, name: str) -> Gate:
        """Return the gate with this name."""
        return self._find("gate", self.gates, name)

    def link(self, name: str) -> Link:
        """Return the link with this name."""
        return self._find("link", self.links, name)

    def area(self, name: str) -> MeasurementArea:
        """Return the measurement area with this name."""
        return self._find("measurement area", self.areas, name)

    def line(self, name: str) -> MeasurementLine:
        """Return the measurement line with this name."""
        return self._find("measurement line", self.lines, name)

    def camera(self, name: str) -> Camera:
        """Return the camera with this name."""
        return self._find("camera", self.cameras, name)

    def loudspeaker(self, name: str) -> Loudspeaker:
        """Return the loudspeaker with this name."""
        return self._find("loudspeaker", self.loudspeakers, name)

    def sign(self, name: str) -> Sign:
        """Return the sign with this name."""
        return self._find("sign", self.signs, name)

    def _find(self, kind: str, items: Iterable[Item], name: str) -> Item:
        """Return the item with this name, or say which names would have been right."""
        for item in items:
            if item.name == name:
                return item
        known = name_known((item.name for item in items), str(name))
        raise BadInput(
            told(
                "venue {venue!r} has no {kind} {name!r}; {known}",
                venue=self.name,
                kind=told(kind),
                name=name,
                known=known,
            )
        )

    def wall_chains(self, level: Level) -> list[np.ndarray]:
        """Return the walls of a level or plane, (k, 2) points each.

        Of a level its own with the openings of links cut out, and the posts of its gates; of a plane of links the
        sides of the strips.
        """
        if level.name not in self._link_floor.chains:
            return [side for strip in self.strips if strip.plane == level.name for side in strip.sides]
        posts = [np.array(post.coords) for gate in self.gates if gate.level == level.name for post in gate.posts]
        return [*self._link_floor.chains[level.name], *posts]

    def level_index(self, name: str) -> int:
        """Return the position of a level in `planes`."""
        return [plane.name for plane in self.planes].index(self.level(name).name)

    def label(self, item: Named | Venue, lang: str) -> str:
        """Return what to call an item in a language (`label`)."""
        return label(item, lang)

    def digest(self) -> str:
        """Return the SHA-256 of the venue's canonical GeoJSON: equal venues, equal digests."""
        from venues.geojson import to_geojson

        text = json.dumps(to_geojson(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _what(item: Named) -> Told:
    """Return 'gate 'N2'' and the like, for messages."""
    kinds = {MeasurementArea: "measurement area", MeasurementLine: "measurement line"}
    return named(kinds.get(type(item), type(item).__name__.lower()), item.name)


def _place(shape: BaseGeometry) -> str:
    """Return a point of a shape as '(12.0, 3.5)'."""
    point = shapely.point_on_surface(shape)
    return f"({point.x:.1f}, {point.y:.1f})"


def _check_patch(item: Zone | MeasurementArea | Slope, level: Level) -> None:
    """Refuse a polygon that shares no area with the floor of its level."""
    if item.polygon.intersection(level.floor).area <= 0.0:
        raise BadInput(
            told(
                "{what} at {place} lies off the floor of level {level!r}; "
                "at least part of it must be on walkable ground",
                what=_what(item),
                place=_place(item.polygon),
                level=level.name,
            )
        )


def _check_across(item: Named, line: LineString, level: Level, *, allowed_off: float) -> None:
    """Refuse a line of which more than `allowed_off` [m] is off the floor of its level."""
    if level.ground.covers(line):
        return
    off = line.difference(level.ground)
    if off.length > allowed_off:
        raise BadInput(
            told(
                "{what} at {place} has {off:.2f} m of its {length:.2f} m off the floor of level {level!r}; "
                "draw it across walkable ground, from wall to wall",
                what=_what(item),
                place=_place(line),
                off=off.length,
                length=line.length,
                level=level.name,
            )
        )
