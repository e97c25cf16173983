"""On which level the ways of OpenStreetMap lie, and which levels the ends of steps join.

A way without a level is on level 0, a bridge or tunnel without one on the level of its layer where only steps and
lifts lead to it. Not here: what the ways are (`osm_tags.py`).
"""

from __future__ import annotations

from collections import defaultdict

from venues.readers.import_report import ImportReport
from venues.readers.osm_tags import levels_of
from venues.readers.osm_xml import OsmData, Tags
from venues.readers.sketch import GROUND


def _is_link(tags: Tags) -> bool:
    return tags.get("highway") in ("steps", "elevator") or tags.get("building:part") == "elevator"


def _height(level: str) -> float:
    """Return the number of a level, to put levels in order."""
    try:
        return float(level)
    except ValueError:
        return 0.0


class Storeys:
    """The levels of the ways of a file.

    Args:
        data: the file.
    """

    def __init__(self, data: OsmData) -> None:
        self._data = data
        self._users: dict[str, list[str]] = defaultdict(list)
        for number, (refs, tags) in data.ways.items():
            walked = (
                "highway" in tags
                or "indoor" in tags
                or "platform" in (tags.get("railway"), tags.get("public_transport"))
            )
            for ref in dict.fromkeys(refs) if walked else ():
                self._users[ref].append(number)
        self._layered = self._bridges()
        self._assumed = 0

    def _bridges(self) -> dict[str, str]:
        """Return bridges and tunnels without a level that only steps and lifts lead to, with their layer."""
        found: dict[str, str] = {}
        for number, (_, tags) in self._data.ways.items():
            layer = tags.get("layer", "0")
            crossing = tags.get("bridge", "no") != "no" or tags.get("tunnel") == "yes"
            if "highway" in tags and not _is_link(tags) and not levels_of(tags) and crossing and layer not in ("0", ""):
                found[number] = levels_of({"level": layer})[0]
        while True:
            joined = [number for number in found if self._joins_others(number, found)]
            if not joined:
                return found
            for number in joined:
                del found[number]

    def _joins_others(self, number: str, layered: dict[str, str]) -> bool:
        """Return whether a way meets another level without steps."""
        for ref in self._data.ways[number][0]:
            for other in self._users[ref]:
                if other != number and not _is_link(self._data.ways[other][1]) and other not in layered:
                    return True
        return False

    def of(self, number: str) -> tuple[str, ...]:
        """Return the levels of a way."""
        said = self._said(number)
        if not said:
            self._assumed += 1
        return said or (GROUND,)

    def _said(self, number: str) -> tuple[str, ...]:
        """Return the levels a way's own tags say."""
        if number in self._layered:
            return (self._layered[number],)
        return levels_of(self._data.ways[number][1])

    def tell(self, report: ImportReport) -> None:
        """Tell how many ways say nothing of their level."""
        if self._assumed:
            report.assume(
                "what says nothing of its level is on level {level} ({count} ways and areas)",
                level=GROUND,
                count=self._assumed,
            )
        for number, level in self._layered.items():
            report.assume(
                "a bridge or tunnel that only steps lead to is on the level of its layer", f"way {number}: {level}"
            )

    def ends(self, number: str, where: str, report: ImportReport) -> tuple[str, str]:
        """Return the levels that the first and the last node of a flight of steps are on."""
        refs, tags = self._data.ways[number]
        own = levels_of(tags)
        low_high = sorted((own[0], own[-1]), key=_height) if len(own) > 1 else None
        known = [self._at(refs[k], number, only_said=True) for k in (0, -1)]
        if low_high is None:
            ends = [k or self._at(refs[n], number, only_said=False) for k, n in zip(known, (0, -1), strict=True)]
            return ends[0] or (own[0] if own else GROUND), ends[1] or (own[0] if own else GROUND)
        first, last = (level if level in low_high else None for level in known)
        if first is not None and first != last:
            return first, last or low_high[1 - low_high.index(first)]
        if first is None and last is not None:
            return low_high[1 - low_high.index(last)], last
        if tags.get("incline", "up").startswith(("down", "-")):
            low_high.reverse()
        if "incline" not in tags:
            report.assume("steps that do not say which way is up are drawn upwards", where)
        return low_high[0], low_high[1]

    def _at(self, ref: str, number: str, *, only_said: bool) -> str | None:
        """Return the level of a node: its own, or that of the ways and areas that meet there."""
        own = levels_of(self._data.tags.get(ref, {}))
        if len(own) == 1:
            return own[0]
        for other in self._users[ref]:
            if other == number or _is_link(self._data.ways[other][1]):
                continue
            said = self._said(other)
            if len(said) == 1:
                return said[0]
            if not said and not only_said:
                return GROUND
        return None
