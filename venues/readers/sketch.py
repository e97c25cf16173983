"""A foreign map once it is read: shapes in metres, each with the role it plays; not yet a venue.

Every reader hands over a `Sketch`; `assembly.py` makes the venue. Not here: files, coordinate systems.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shapely.geometry.base import BaseGeometry

from venues.errors import BadInput
from venues.places import LINK_KINDS, ZONE_KINDS
from venues.refusals import told

#: The level of what says nothing of its level.
GROUND = "0"
#: Role -> what it is for, in the words of the help.
ROLES = {
    "walkable": "ground people may stand on (polygons)",
    "street": "the middle line of a way; its width makes it floor (lines)",
    "building": "a solid thing that is cut out of the floor (polygons)",
    "closed": "ground closed to people, cut out of areas that are floor; streets through it stay (polygons)",
    "obstacle": "a solid thing people walk round (polygons)",
    "wall": "a thin wall or fence (lines; of a polygon its edge)",
    "entrance": "people come in and leave here (polygons)",
    **{kind: f"zone of kind {kind} (polygons)" for kind in ZONE_KINDS},
    "gate": "a gate or door (lines of two points)",
    "area": "measurement area (polygons)",
    "line": "measurement line (lines of two points)",
    **{kind: f"{kind}: its middle line, first level to second" for kind in LINK_KINDS},
    "link": "stairs, ramp, escalator or lift as two lines, as in a venue file",
    "slope": "inclined ground (polygons with angle and uphill)",
    "camera": "a camera (points with bearing, field_of_view and reach)",
    "loudspeaker": "a loudspeaker (points with reach)",
    "sign": "a sign or board (points with reach)",
    "ignore": "nothing",
}
#: Members of an item that a map may give besides its shape.
MEMBERS = {
    "gate": ("clear_width", "direction", "open", "capacity", "bank", "labels", "width_assumed"),
    "area": ("labels",),
    "line": ("clear_width", "labels"),
    "slope": ("angle", "uphill"),
    "camera": ("bearing", "field_of_view", "reach", "labels"),
    "loudspeaker": ("reach", "labels"),
    "sign": ("reach", "labels"),
}
#: Zone kinds of a role.
ZONE_ROLES = {**{kind: (kind,) for kind in ZONE_KINDS}, "entrance": ("exit", "source")}


@dataclass(frozen=True)
class Drawn:
    """One shape of a foreign map.

    Attributes:
        role: one of `ROLES`. shape: in metres. where: how to find it in the map, for the report.
        levels: those it is on; of a link the first and the last. name: may be empty.
        details: what the item of a venue takes besides (clear_width, direction, angle, ...).
    """

    role: str
    shape: BaseGeometry
    where: str
    levels: tuple[str, ...] = (GROUND,)
    name: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sketch:
    """A map as shapes with roles.

    Attributes:
        elevations: level -> height [m], as far as the map says. frame: edge of the map [m], where streets leave it.
        pixel: side of a pixel of a picture [m]; 0 of a map that is none.
    """

    name: str
    drawn: tuple[Drawn, ...]
    source: str = ""
    licence: str = ""
    date: str = ""
    crs: str = "local metres"
    elevations: Mapping[str, float] = field(default_factory=dict)
    frame: BaseGeometry | None = None
    pixel: float = 0.0

    def of(self, *roles: str) -> list[Drawn]:
        """Return the shapes with one of these roles."""
        return [one for one in self.drawn if one.role in roles]


@dataclass(frozen=True)
class ImportOptions:
    """What a person says of a map that the map does not say.

    Attributes:
        crs: coordinate system ("EPSG:5179", "local" for metres). units: of a drawing ("mm", "m", ...). scale: metres a
            picture is wide.
        roles: layer (or "attribute=value", or "#rrggbb") -> role. levels: layer -> level.
        names: name that the import gives, or "#rrggbb" of a picture -> the one that is wanted.
        encoding: of attribute texts.
        within: the part that is wanted, west, south, east, north in the map's own coordinates (of OpenStreetMap
            longitude and latitude, of a drawing metres).
        licence: of the map. roads: whether carriageways of main roads are floor.
    """

    crs: str | None = None
    units: str | None = None
    scale: float | None = None
    roles: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    within: tuple[float, float, float, float] | None = None
    licence: str = ""
    roads: bool = False

    def __post_init__(self) -> None:
        if self.within is not None and not (self.within[0] < self.within[2] and self.within[1] < self.within[3]):
            raise BadInput(told("the part {within} has no area; write west, south, east, north", within=self.within))
        for layer, role in self.roles.items():
            if role not in ROLES:
                raise BadInput(
                    told(
                        "layer {layer!r} has the role {role!r}; it must be one of {known}",
                        layer=layer,
                        role=role,
                        known=", ".join(ROLES),
                    )
                )
