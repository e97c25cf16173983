"""OpenStreetMap XML read as a stream: nodes, ways, multipolygons and bounds; document types and entities are refused.

Not here: what the tags mean (`osm_tags.py`), what becomes of it (`osm.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from venues.errors import BadInput
from venues.readers.import_report import place_in
from venues.refusals import told

#: Most nodes read: a square kilometre of a dense town has about 50,000.
MAX_NODES = 500_000

Tags = dict[str, str]


@dataclass
class OsmData:
    """What a file holds.

    Attributes:
        nodes: id -> (longitude, latitude). tags: of the nodes that have some. ways: id -> (nodes, tags).
        relations: multipolygons, (members as (way, role), tags). bounds: west, south, east, north [degrees].
        licence: as the file says. date: of the newest element (ISO), empty if none says.
    """

    nodes: dict[str, tuple[float, float]] = field(default_factory=dict)
    tags: dict[str, Tags] = field(default_factory=dict)
    ways: dict[str, tuple[list[str], Tags]] = field(default_factory=dict)
    relations: dict[str, tuple[list[tuple[str, str]], Tags]] = field(default_factory=dict)
    bounds: tuple[float, float, float, float] | None = None
    licence: str = ""
    date: str = ""


def read_osm_xml(path: Path) -> OsmData:
    """Return what an OSM XML file holds.

    Raises:
        BadInput: if it is no such file, too large, or tries what XML should not.
    """
    data = OsmData()
    for element in _elements(path):
        if element.tag == "osm":
            data.licence = element.get("license", "")
        elif element.tag == "bounds":
            edges = [_degrees(element, key, path) for key in ("minlon", "minlat", "maxlon", "maxlat")]
            data.bounds = (edges[0], edges[1], edges[2], edges[3])
        elif element.get("action") == "delete" or element.get("visible") == "false":
            continue
        elif element.tag == "node":
            _take_node(data, element, path)
        elif element.tag == "way":
            refs = [str(nd.get("ref")) for nd in element.iter("nd")]
            data.ways[element.get("id", "")] = (refs, _tags(element))
        elif element.tag == "relation" and (tags := _tags(element)).get("type") == "multipolygon":
            members = [(m.get("ref", ""), m.get("role", "")) for m in element.iter("member") if m.get("type") == "way"]
            data.relations[element.get("id", "")] = (members, tags)
        data.date = max(data.date, element.get("timestamp", "")[:10])
    if not data.nodes:
        raise BadInput(told("{file} holds no nodes; it must be OpenStreetMap XML with nodes and ways", file=path.name))
    return data


def _elements(path: Path) -> Iterator[Any]:
    """Yield the elements of a file one by one, the head first; each is forgotten once it is used."""
    try:
        from defusedxml import DefusedXmlException
        from defusedxml.ElementTree import ParseError, iterparse
    except ImportError:
        raise BadInput(
            told(
                "reading {form} needs {library}; install it: pip install inpa[maps]",
                form="OpenStreetMap XML",
                library="defusedxml",
            )
        ) from None
    depth, root = 0, None
    try:
        for event, element in iterparse(str(path), events=("start", "end"), forbid_dtd=True):
            depth += 1 if event == "start" else -1
            if root is None:
                root = element
                if element.tag != "osm":
                    raise BadInput(
                        told(
                            "{file} begins with <{tag:.40}>; OpenStreetMap XML begins with <osm>",
                            file=path.name,
                            tag=element.tag,
                        )
                    )
                yield element
            elif event == "end" and depth == 1:
                yield element
                root.clear()
            elif depth > 4:
                raise BadInput(
                    told(
                        "{file} has elements nested {depth} deep; OpenStreetMap XML has three",
                        file=path.name,
                        depth=depth,
                    )
                )
    except DefusedXmlException as wrong:
        raise BadInput(
            told(
                "{file} has a document type or entities ({kind}); OpenStreetMap XML has none: "
                "such files are refused, they can fill the memory",
                file=path.name,
                kind=type(wrong).__name__,
            )
        ) from None
    except (ParseError, OSError, LookupError, ValueError) as wrong:
        if isinstance(wrong, BadInput):
            raise
        raise BadInput(
            told(
                "{file} is not well-formed XML ({why:.80}); it must be OpenStreetMap XML",
                file=path.name,
                why=str(wrong),
            )
        ) from None


def _take_node(data: OsmData, element: Any, path: Path) -> None:
    """Keep a node."""
    name = element.get("id", "")
    data.nodes[name] = (_degrees(element, "lon", path), _degrees(element, "lat", path))
    if len(data.nodes) > MAX_NODES:
        raise BadInput(
            told(
                "{file} has more than {most:,} nodes; cut out the part you need, a few square kilometres",
                file=path.name,
                most=MAX_NODES,
            )
        )
    tags = _tags(element)
    if tags:
        data.tags[name] = tags


def _tags(element: Any) -> Tags:
    return {str(tag.get("k")): str(tag.get("v")) for tag in element.iter("tag")}


def _degrees(element: Any, key: str, path: Path) -> float:
    """Return a coordinate of an element."""
    text = element.get(key)
    try:
        number = float(text)
    except (TypeError, ValueError):
        number = float("nan")
    if not abs(number) <= (180.0 if "lon" in key else 85.0):
        raise BadInput(
            told(
                "{file}: {where} has {key} {text!r:.40}; it must be degrees on the Earth (WGS84)",
                file=path.name,
                where=partial(place_in, f"{element.tag} {element.get('id', '')}"),
                key=key,
                text=text,
            )
        )
    return number
