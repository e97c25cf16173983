"""Which role a layer of a foreign map plays: what the person says first, else what its name says.

Not here: the tags of OpenStreetMap (`osm_tags.py`), the colours of a painted plan (`plan_picture.py`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from venues.errors import BadInput, name_known
from venues.readers.import_report import ImportReport
from venues.readers.sketch import ROLES, ImportOptions
from venues.refusals import Told, told

#: Words in the name of a layer -> its role, the first that fits. What stands on a floor comes before the floor: a layer
#: GROUND-FLOOR-WALLS holds walls. The jps- layers are those of JuPedSim's web editor
#: (its parameters, journeys and way points are no part of a place); TL_ and N3A_ are those of Korea's road-name
#: address map and digital topographic map.
WORDS = (
    (r"journey|waypoint|way_point|parameter|dimension|annotation|hatch|defpoints|^0$|background|label|^text", "ignore"),
    (r"tl_spbd_buld|n3a_b0010000|building|bldg|건물", "building"),
    (r"obstacle|column|pillar|a-cols|s-cols|기둥|장애물", "obstacle"),
    (r"wall|fence|barrier|railing|partition|벽|담장|펜스|난간|울타리", "wall"),
    (r"escalator|에스컬레이터", "escalator"),
    (r"elevator|^lifts?$|승강기|엘리베이터", "lift"),
    (r"stair|steps|계단", "stairs"),
    (r"cctv|camera|카메라", "camera"),
    (r"loud.?speaker|확성기|스피커", "loudspeaker"),
    (r"sign.?board|^signs?$|안내판|표지판", "sign"),
    (r"no.?go|출입.?금지", "no-go"),
    (r"emergency.?(lane|route|access|vehicle)|fire.?lane|긴급.?차|소방.?차", "emergency-lane"),
    (r"first.?aid|medical|응급|의료", "first-aid"),
    (r"walkable|floor(?!s?plan)|a-flor|ground|plaza|square|pavement|sidewalk|footway|concourse|platform", "walkable"),
    (r"tl_sprd_rw|n3a_a0010000|n3a_a0033320|바닥|보도|보행|광장|승강장|대합실", "walkable"),
    (r"entrance|출입구", "entrance"),
    (r"exit|출구", "exit"),
    (r"distribution|source|입구|유입", "source"),
    (r"waiting|대기", "waiting"),
    (r"queue|대기열", "queue"),
    (r"stage|무대", "stage"),
    (r"refuge|대피", "refuge"),
    (r"gate|door|개찰구|출입문", "gate"),
    (r"tl_sprd_manage|n3l_a0020000|street|road|centre.?line|center.?line|도로", "street"),
)
#: Roles of what may lie on a floor that its name begins with.
ON_A_FLOOR = ("entrance", "exit", "source", "waiting", "queue", "stage", "refuge", "gate")
#: Tables of a file of roles.
TABLES = ("roles", "levels", "names")
#: Largest file of roles [bytes].
MAX_FILE = 1_000_000


def read_roles(path: str | Path) -> dict[str, Any]:
    """Return what a file of roles says: its tables roles (layer -> role), levels (layer -> level) and names, and units.

    Raises:
        BadInput: if it cannot be used.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MAX_FILE:
            raise BadInput(told("{path} is larger than 1 MB; a file of roles is a short TOML file", path=path))
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise BadInput(
            told(
                '{path} is no file of roles ({why:.80}); write TOML: [roles] with lines such as "A-WALL" = "wall"',
                path=path,
                why=str(wrong),
            )
        ) from None
    for key in said:
        if key not in (*TABLES, "units"):
            raise BadInput(
                told(
                    "{path} has the unknown entry {key!r}; {known}",
                    path=path,
                    key=key,
                    known=name_known((*TABLES, "units"), key),
                )
            )
    if not isinstance(said.get("units", ""), str):
        raise BadInput(
            told("{path}: 'units' is {units!r:.60}; it must be a text such as \"mm\"", path=path, units=said["units"])
        )
    for table in TABLES:
        entries = said.get(table, {})
        if not isinstance(entries, dict) or not all(isinstance(value, str) for value in entries.values()):
            raise BadInput(
                told(
                    "{path}: {table!r} is {entries!r:.60}; it must be a table of texts",
                    path=path,
                    table=table,
                    entries=entries,
                )
            )
    for layer, role in said.get("roles", {}).items():
        if role not in ROLES:
            raise BadInput(
                told(
                    "{path}: layer {layer!r} has the role {role!r}; {known}",
                    path=path,
                    layer=layer,
                    role=role,
                    known=name_known(ROLES, role),
                )
            )
    return said


def role_of(layer: str, options: ImportOptions, report: ImportReport) -> str | None:
    """Return the role of a layer; None if neither the person nor its name says one."""
    said = matched(layer, options.roles)
    if said is not None:
        return said
    role = _role_by_name(layer.lower())
    if role is not None:
        if role == "ignore":
            report.leave("layer {layer!r}: nothing of a place, by its name", layer=layer)
        else:
            report.assume("layer {layer!r} is {role}, by its name", layer=layer, role=role)
        return role
    report.leave(
        'layer {layer!r}: no role known; give it one in --roles: "{layer}" = "walkable" (or another)', layer=layer
    )
    return None


def no_role(layers: Sequence[str]) -> Told:
    """Return what is wrong with a map none of whose layers has a role, and what to do."""
    named = ", ".join(repr(layer) for layer in layers[:12])
    return told('no layer has a role; its layers are {named}: write "LAYER" = "walkable" in --roles', named=named)


def _role_by_name(name: str) -> str | None:
    """Return the role that the words in a name say.

    What is said after a floor is on it: GROUND-FLOOR-EXIT is an exit, EXIT-FLOOR a floor.
    """
    for words, role in WORDS:
        found = re.search(words, name)
        if found is None:
            continue
        later = _role_by_name(name[found.end() :]) if role == "walkable" else None
        return later if later in ON_A_FLOOR else role
    return None


def matched(layer: str, table: Mapping[str, str]) -> str | None:
    """Return the entry of a table whose pattern (with * and ?) a layer fits, an exact one first."""
    if layer in table:
        return table[layer]
    return next((value for key, value in table.items() if fnmatch(layer.lower(), key.lower())), None)
