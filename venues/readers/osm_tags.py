"""What the tags of OpenStreetMap say of a shape: its role, its levels, its width.

After the map features of the OpenStreetMap wiki and its simple indoor tagging. Not here: nodes and ways (`osm.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from shapely.geometry.base import BaseGeometry

from venues.readers.import_report import ImportReport

#: Width of a way where the map gives none [m] (assumed; carriageways after common German and Korean sections).
HIGHWAY_WIDTHS = {
    "footway": 2.5,
    "path": 2.0,
    "pedestrian": 6.0,
    "corridor": 2.5,
    "living_street": 5.0,
    "residential": 6.0,
    "unclassified": 6.0,
    "service": 4.0,
    "track": 3.0,
    "tertiary": 7.0,
    "secondary": 9.0,
    "primary": 12.0,
}
#: Ways for people, and carriageways that are floor only where the person says so.
WALKED = ("footway", "path", "pedestrian", "corridor", "living_street", "residential", "unclassified", "service")
MAIN_ROADS = ("tertiary", "secondary", "primary")
#: Values of `access` and `foot` that keep people out.
CLOSED = ("no", "private")
#: Areas people stand on.
GROUNDS = {
    "place": ("square",),
    "indoor": ("area", "corridor"),
    "leisure": ("park", "common"),
    "railway": ("platform",),
}
#: Barriers that are lines, and those that are points with a diameter [m] (assumed).
FENCES = ("wall", "fence", "hedge", "guard_rail", "retaining_wall", "handrail", "city_wall")
POSTS = {"bollard": 0.2, "block": 0.6}
#: Barriers that stop nobody on foot.
STEPPED_OVER = ("kerb", "entrance", "no")
#: Ways no car uses, and the tags that may keep cars out of others.
WITHOUT_CARS = ("footway", "path", "pedestrian", "corridor")
CAR_TAGS = ("motor_vehicle", "motorcar", "vehicle")
#: Tags that may hold a width, the first that can be read.
WIDTHS = ("width", "est_width")
#: Feet and inches in metres.
FOOT, INCH = 0.3048, 0.0254


def parse_width(text: str | None) -> float | None:
    """Return a width [m] written as '2.5', '2,5 m' or 6'0\"; None if it is none."""
    if text is None:
        return None
    text = text.strip().lower()
    feet = re.fullmatch(r"(\d+)'(?:\s*(\d+)\")?", text)
    if feet:
        return int(feet[1]) * FOOT + int(feet[2] or 0) * INCH
    plain = re.fullmatch(r"(\d+(?:[.,]\d+)?)\s*(m|cm)?", text)
    if not plain:
        return None
    number = float(plain[1].replace(",", ".")) / (100 if plain[2] == "cm" else 1)
    return number if 0.1 <= number <= 200.0 else None


def levels_of(tags: Mapping[str, str]) -> tuple[str, ...]:
    """Return the levels a tag names: '0;-1', '0,1', '-2--1' and '0-2' too; empty if there is none."""
    text = tags.get("level", tags.get("repeat_on", ""))
    found: list[str] = []
    for part in re.split(r"[;,]", text):
        part = part.strip()
        span = re.fullmatch(r"(-?\d+)\s*-\s*(-?\d+)", part)
        if span and abs(int(span[2]) - int(span[1])) <= 200:
            low, high = sorted((int(span[1]), int(span[2])))
            found += [str(number) for number in range(low, high + 1)]
        elif part:
            found.append(f"{float(part):g}" if re.fullmatch(r"-?\d+(\.\d+)?", part) else part)
    return tuple(dict.fromkeys(found))


def is_area(tags: Mapping[str, str], *, closed: bool) -> bool:
    """Return whether a closed way is an area."""
    if not closed or tags.get("area") == "no":
        return False
    keys = ("building", "building:part", "indoor", "landuse", "leisure", "amenity", "shop", "natural", "area:highway")
    named = tags.get("area") == "yes" or any(key in tags for key in keys) or tags.get("place") == "square"
    return (
        named
        or (tags.get("highway") == "elevator")
        or "platform" in (tags.get("railway"), tags.get("public_transport"))
    )


def role_of_tags(
    tags: Mapping[str, str], shape: BaseGeometry, where: str, report: ImportReport, *, roads: bool = False
) -> str | None:
    """Return the role of a shape with these tags; None if they say nothing of a place for people."""
    closed = tags.get("access") in CLOSED and tags.get("foot") not in ("yes", "designated", "permissive")
    if closed and "highway" in tags:
        report.leave("ways closed to the public (access=no, private)")
        return None
    if tags.get("foot") in (*CLOSED, "use_sidepath") and "highway" in tags:
        report.leave("ways that people on foot may not use (foot=no, use_sidepath)")
        return None
    area = shape.area > 0.0
    highway = tags.get("highway")
    if highway == "elevator" or tags.get("building:part") == "elevator":
        return "lift"
    if highway == "steps" and not area:
        return _role_of_steps(tags)
    if area:
        role = _role_of_area(tags, highway)
        if role == "walkable" and (closed or tags.get("foot") in CLOSED):
            report.leave("areas closed to the public (access=no, private)", where)
            return "closed"
    elif highway is not None:
        role = _role_of_way(tags, highway, report, roads=roads)
    elif tags.get("indoor") == "wall":
        return "wall"
    else:
        role = "wall" if "barrier" in tags and shape.length > 0.0 else None
    if role in ("wall", "building") and tags.get("barrier", FENCES[0]) not in FENCES:
        return _role_of_other_barrier(tags, role, where, report)
    cars = (
        highway in HIGHWAY_WIDTHS
        and highway not in WITHOUT_CARS
        and not any(tags.get(key) in CLOSED for key in CAR_TAGS)
    )
    if role in ("street", "walkable") and cars:
        report.assume("carriageways open to cars are floor, as when they are closed to cars", where)
    return role


def _role_of_other_barrier(tags: Mapping[str, str], role: str, where: str, report: ImportReport) -> str | None:
    """Return the role of a barrier that is no fence: it stands in the way, unless people step over it."""
    if "building" in tags or "indoor" in tags or "shop" in tags:
        return role
    if tags["barrier"] in STEPPED_OVER:
        report.leave("barriers that people on foot step over (barrier={barrier})", where, barrier=tags["barrier"])
        return None
    report.assume("barrier={barrier} is as closed as a wall", where, barrier=tags["barrier"])
    return role


def _role_of_steps(tags: Mapping[str, str]) -> str:
    if tags.get("conveying", "no") != "no":
        return "escalator"
    return (
        "ramp"
        if tags.get("wheelchair") == "yes" and "yes" in (tags.get("ramp"), tags.get("ramp:wheelchair"))
        else "stairs"
    )


def _role_of_area(tags: Mapping[str, str], highway: str | None) -> str | None:
    """Return the role of an area."""
    if tags.get("building") == "roof" or tags.get("building") == "no":
        return None
    if highway in WALKED or tags.get("area:highway") in WALKED or tags.get("public_transport") == "platform":
        return "walkable"
    if any(tags.get(key) in values for key, values in GROUNDS.items()):
        return "walkable"
    if tags.get("indoor") == "yes" and not ("shop" in tags or "amenity" in tags or "room" in tags):
        return "walkable" if tags.get("area") == "yes" else "building"
    solid = "building" in tags or "shop" in tags or tags.get("indoor") == "room" or tags.get("natural") == "water"
    solid = solid or tags.get("amenity") == "fountain" or ("indoor" in tags and "amenity" in tags)
    return "building" if solid or "barrier" in tags else None


def _role_of_way(tags: Mapping[str, str], highway: str, report: ImportReport, *, roads: bool) -> str | None:
    """Return the role of a line that is a way."""
    walked = tags.get("foot") in ("yes", "designated") or highway in WALKED or (roads and highway in MAIN_ROADS)
    if (walked and highway in HIGHWAY_WIDTHS) or tags.get("foot") in ("yes", "designated"):
        return "street"
    if highway in MAIN_ROADS:
        report.leave("carriageways of main roads; --roads takes them as floor, as when they are closed to cars")
    else:
        report.leave("ways that are not for people on foot (highway={highway})", highway=highway)
    return None


def details_of(
    tags: Mapping[str, str], role: str, where: str, report: ImportReport, *, widths: Sequence[str] = WIDTHS
) -> dict[str, Any]:
    """Return what the tags say of an item besides its role: clear width (the first that can be read), direction."""
    found: dict[str, Any] = {}
    if role in ("street", "stairs", "ramp", "escalator", "gate", "line"):
        said = {key: tags[key] for key in widths if tags.get(key, "").strip()}
        width = next((width for text in said.values() if (width := parse_width(text)) is not None), None)
        if width is not None:
            found["clear_width"] = width
        else:
            for key, text in said.items():
                report.assume("a width that cannot be read is not used ({key}={said!r:.40})", where, key=key, said=text)
    if role == "escalator" and tags.get("conveying") in ("forward", "backward"):
        found["direction"] = tags["conveying"]
    return found
