"""The headings of a table of counts: which column is the time, which zone each other one is, and its unit.

Not here: the rows below (`crowd.counts.timeline`, `crowd.counts.table`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from crowd.counts.sheet import Row, in_words
from crowd.errors import ScenarioError, blamed, no_such, shown
from venues import Venue, Zone
from venues.refusals import told

Meaning = Literal["per-interval", "per-minute"]

_TIMES = (
    "time", "clock", "clock time", "datetime", "date time", "date and time", "from", "start", "begin", "interval",
    "시각", "시간", "일시", "날짜 시각", "날짜 시간", "날짜/시간", "시간대", "시작", "시작 시각", "구간",
)  # fmt: skip
_PER_MINUTE = (
    "per minute", "per min", "/min", "1/min", "people/min", "persons/min", "people per minute", "persons per minute",
    "people/minute", "persons/minute", "분당", "명/분", "인/분", "분당 명", "분당 인원",
)  # fmt: skip
_PEOPLE = ("people", "persons", "count", "counts", "명", "인", "인원")
_SUMS = ("합계", "총계", "소계", "총합", "계", "total", "totals", "sum", "sums", "grand total", "subtotal")
_WITH_UNIT = re.compile(r"(?P<name>.*?)\s*[(\[](?P<unit>[^()\[\]]*)[)\]]", re.DOTALL)


@dataclass(frozen=True)
class Headings:
    """What the first row of a table says.

    Args:
        zones: number of the column, from 0 -> name of the source zone.
        texts: number of the column -> heading as written.
        meaning: what the headings say of the numbers; None: nothing.
    """

    zones: dict[int, str]
    texts: dict[int, str]
    meaning: Meaning | None


def read_headings(row: Row, venue: Venue, *, file: str) -> Headings:
    """Return what the headings of a table say.

    Args:
        row: the first row.
        venue: the place; a zone is named by its name or by its label in any language.
        file: name of the file, for messages.

    Raises:
        ScenarioError: no time column first, an unknown or repeated zone, an unknown unit.
    """
    first = row.cells[0]
    if not isinstance(first, str) or _plain(_name_and_unit(first)[0]) not in _TIMES:
        raise ScenarioError(
            told(
                "{file} row {row}: the first heading is {heading}; "
                "the first column must hold clock times and be called 'time' or '시각'; delete rows above it",
                file=file,
                row=row.number,
                heading=in_words(first),
            )
        )
    texts = {column: str(cell) for column, cell in enumerate(row.cells) if column and cell is not None}
    zones: dict[int, str] = {}
    units: dict[str, str] = {}
    for column, text in texts.items():
        with blamed(told("{file} row {row}, column {column}", file=file, row=row.number, column=shown(text))):
            zone, units[text] = _zone_and_unit(text, venue)
            if zone.name in zones.values():
                raise ScenarioError(told("zone {zone!r} has two columns; it must have one", zone=zone.name))
            zones[column] = zone.name
    if not zones:
        known = ", ".join(repr(zone.name) for zone in _sources(venue)) or told("the venue has none")
        raise ScenarioError(
            told("{file}: no column of counts; it needs one for each source zone: {known}", file=file, known=known)
        )
    return Headings(zones, texts, _stated(units, file=file))


def find_zone(text: str, zones: Sequence[Zone]) -> Zone | None:
    """Return the zone with this name or, failing that, with this label in any language; None if there is none.

    Raises:
        ScenarioError: a label that several zones have.
    """
    wanted = _plain(text)
    found = [zone for zone in zones if _plain(zone.name) == wanted]
    found = found or [zone for zone in zones if wanted in map(_plain, zone.labels.values())]
    if len(found) > 1:
        others = told("{one!r} and {other!r}", one=found[0].name, other=found[1].name)
        for zone in found[2:]:
            others = told("{names} and {other!r}", names=others, other=zone.name)
        raise ScenarioError(
            told("{text} may be {names}; write the name instead of the label", text=shown(text), names=others)
        )
    return found[0] if found else None


def is_sum(text: object) -> bool:
    """Return whether a cell is what a sum of rows or columns is called."""
    return isinstance(text, str) and _plain(text) in _SUMS


def _plain(text: str) -> str:
    """Return a text as it is compared: letters composed (some systems write Hangul in parts), spaces as one."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _sources(venue: Venue) -> list[Zone]:
    return [zone for zone in venue.zones if "source" in zone.kinds]


def _name_and_unit(text: str) -> tuple[str, str]:
    """Return the name and the unit of a heading like 'Station (people/min)'."""
    found = _WITH_UNIT.fullmatch(text)
    return (found["name"], _plain(found["unit"])) if found else (text, "")


def _zone_and_unit(text: str, venue: Venue) -> tuple[Zone, str]:
    """Return the source zone that a heading means and the unit after it; a label may have brackets of its own."""
    sources = _sources(venue)
    whole = find_zone(text, sources)
    if whole is not None:
        return whole, ""
    name, unit = _name_and_unit(text)
    zone = find_zone(name, sources)
    if zone is None:
        labels = ", ".join(repr(label) for one in sources for label in one.labels.values())
        known = no_such("source zone", name, [one.name for one in sources])
        advice = told("; leave sums out: delete this column") if is_sum(name) else ""
        given = labels or told("none")
        raise ScenarioError(
            told("{unknown}, or by label: {labels}{advice}", unknown=known, labels=given, advice=advice)
        )
    if unit not in ("", *_PER_MINUTE, *_PEOPLE):
        raise ScenarioError(told("unknown unit {unit}; write (people) or (people/min)", unit=shown(unit)))
    return zone, unit


def _stated(units: dict[str, str], *, file: str) -> Meaning | None:
    """Return what headings say of the numbers; refuse some per minute beside others that are not."""
    minute = [text for text, unit in units.items() if unit in _PER_MINUTE]
    others = [text for text, unit in units.items() if unit not in _PER_MINUTE]
    if minute and others:
        raise ScenarioError(
            told(
                "{file}: column {one!r} is per minute, column {other!r} does not say so; "
                "write the same unit in all headings",
                file=file,
                one=minute[0],
                other=others[0],
            )
        )
    return "per-minute" if minute else None
