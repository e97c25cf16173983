"""What an import did to a map: what was taken, repaired, assumed and left out, and the map's licence.

Nothing is mended or assumed without a line here. Not here: the doing, what a line is in Korean (`venues.sentences`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from venues.sentences import LANGUAGES, in_language, korean

#: The parts of a report, in the order they are read, with their titles.
SECTIONS = {
    "errors": "Errors",
    "warnings": "Warnings",
    "sizes": "Sizes (compare them with the place)",
    "taken": "Taken from the map",
    "repaired": "Repaired",
    "assumed": "Assumed (check these first)",
    "left_out": "Left out",
}
#: Parts of which nothing is said while they are empty.
_IF_ANY = ("errors", "warnings", "sizes")
#: Most places one line names; the rest are counted.
PLACES = 5
#: What a place in a map is called, before its number or name.
PLACE_WORDS = re.compile(
    r"^(?:way|node|relation|level|layer|feature|shape|zone|gate|link)(?= )|\b(?:level|feature|at)(?= [\d'\"(-])"
)

#: How the area of a place ends, with the roles painted on it.
AREA = re.compile(r"(?<=\d) m2(, [a-z, -]+)?$")


def place_in(place: str, lang: str) -> str:
    """Return a place with its kind (way, level, layer) in a language; names stay as the map has them."""
    if lang == "en":
        return place
    own = PLACE_WORDS.sub(lambda found: korean()["places"][found[0]], place)
    return AREA.sub(lambda found: " m²" + ", ".join(map(_role_in_korean, (found[1] or "").split(", "))), own)


def _role_in_korean(role: str) -> str:
    return korean()["words"].get(role, role)


@dataclass
class Note:
    """One line of a report: what, the values in its blanks, how often, at which places (the first few)."""

    sentence: str
    values: Mapping[str, Any] = field(default_factory=dict)
    count: int = 0
    places: list[str] = field(default_factory=list)

    @property
    def what(self) -> str:
        """The sentence in English, its blanks filled."""
        return in_language(self.sentence, "en", self.values)

    def text(self, lang: str = "en") -> str:
        """Return the line as it is printed."""
        what = in_language(self.sentence, lang, self.values)
        times = in_language(" ({count} times)", lang, {"count": self.count}) if self.count > 1 else ""
        if not self.places:
            return what + times
        rest = self.count - len(self.places)
        more = in_language(" and {rest} more", lang, {"rest": rest}) if rest > 0 else ""
        return f"{what}{times}: {'; '.join(place_in(place, lang) for place in self.places)}{more}"


class ImportReport:
    """The notes of one import.

    Args:
        source: the file that was read.
        form: its kind, such as "OpenStreetMap XML".

    Attributes:
        ways_lost: how many drawn zones where people come in or leave are not in the venue.
        kinds_lost: kinds of the zones among them.
    """

    def __init__(self, source: str, form: str) -> None:
        self.source, self.form, self.licence, self.coordinates = source, form, "", ""
        self.ways_lost = 0
        self.kinds_lost: frozenset[str] = frozenset()
        self._brought: dict[str, Any] = {}
        self._notes: dict[str, dict[str, Note]] = {section: {} for section in SECTIONS}

    def fail(self, what: str, where: str = "", **values: Any) -> None:
        """Note what keeps people from walking in the venue as it is meant."""
        self._add("errors", what, where, values)

    def warn(self, what: str, where: str = "", **values: Any) -> None:
        """Note what makes it unlikely that the map is meant as it is read."""
        self._add("warnings", what, where, values)

    def size(self, what: str, **values: Any) -> None:
        """Note a size by which a person who knows the place sees whether the scale is right."""
        self._add("sizes", what, "", values)

    def lose_way(self, kinds: Iterable[str] = ()) -> None:
        """Note that a drawn way in or out is not in the venue, with the kinds of its zone; a gate has none."""
        self.ways_lost += 1
        self.kinds_lost |= set(kinds)

    def take(self, what: str, where: str = "", **values: Any) -> None:
        """Note something that was taken as it is."""
        self._add("taken", what, where, values)

    def repair(self, what: str, where: str = "", **values: Any) -> None:
        """Note something that was mended, and how."""
        self._add("repaired", what, where, values)

    def assume(self, what: str, where: str = "", **values: Any) -> None:
        """Note a value or meaning the map does not give, with the default that was used."""
        self._add("assumed", what, where, values)

    def leave(self, what: str, where: str = "", **values: Any) -> None:
        """Note something that is not in the venue, and why."""
        self._add("left_out", what, where, values)

    def _add(self, section: str, what: str, where: str, values: Mapping[str, Any]) -> None:
        note = self._notes[section].setdefault(what.format(**values), Note(what, values))
        note.count += 1
        if where and len(note.places) < PLACES:
            note.places.append(where)

    def notes(self, section: str) -> list[Note]:
        """Return the notes of a section, the most frequent first."""
        return sorted(self._notes[section].values(), key=lambda note: -note.count)

    def lost(self, most: int, lang: str) -> str:
        """Return the first few lines of what was left out; empty if nothing was."""
        return "; ".join(note.text(lang) for note in self.notes("left_out")[:most])

    def assumptions(self) -> tuple[dict[str, str], ...]:
        """Return what was assumed, and what is unlikely, each in every language, as a venue tells it of itself."""
        lead = "Assumed on import: {what}"
        return tuple(
            {lang: in_language(lead, lang, {"what": note.text(lang)}) for lang in LANGUAGES}
            for section in ("warnings", "assumed")
            for note in self.notes(section)
        )

    def lines(self, lang: str = "en") -> Iterator[str]:
        """Yield the report as lines of plain text."""
        yield f"{self.source} ({in_language(self.form, lang)}; {self._system(lang)})"
        for section, title in self._told():
            notes = self.notes(section)
            yield f"{in_language(title, lang)}: {'' if notes else in_language('nothing', lang)}".rstrip()
            yield from (f"  - {note.text(lang)}" for note in notes)
        yield f"{in_language('Licence of the map', lang)}: {self._licence(lang)}"

    def markdown(self, lang: str = "en") -> str:
        """Return the report as a Markdown page."""
        title = in_language("Import of {source}", lang, {"source": _plain(self.source)})
        rows = [f"# {title}", "", f"{in_language(self.form, lang)}; {self._system(lang)}.", ""]
        for section, heading in self._told():
            notes = self.notes(section)
            rows += [f"## {in_language(heading, lang)}", ""]
            rows += [f"- {_plain(note.text(lang))}" for note in notes] or [in_language("nothing", lang)]
            rows.append("")
        rows += [f"## {in_language('Licence of the map', lang)}", "", _plain(self._licence(lang)), ""]
        return "\n".join(rows)

    def _told(self) -> list[tuple[str, str]]:
        """Return the parts that are told, with their titles."""
        return [
            (section, title) for section, title in SECTIONS.items() if section not in _IF_ANY or self.notes(section)
        ]

    def _licence(self, lang: str) -> str:
        return self.licence or in_language("not stated in the map: find out before you publish", lang)

    def bring(self, crs: str, *, north: float, east: float) -> None:
        """Note the system that the map was in, and the middle that the metres are now around [degrees]."""
        self._brought = {"crs": crs, "north": north, "east": east}
        self.coordinates = self._system("en")

    def _system(self, lang: str) -> str:
        if self._brought:
            return in_language("{crs}, brought to metres around {north:.5f} N, {east:.5f} E", lang, self._brought)
        local = self.coordinates in ("", "local metres")
        return in_language("local metres", lang) if local else self.coordinates

    def data(self, lang: str = "en") -> dict[str, Any]:
        """Return the report as plain data."""
        head = {"source": self.source, "form": self.form, "coordinates": self.coordinates, "licence": self.licence}
        return head | {
            section: [
                {
                    "what": in_language(note.sentence, lang, note.values),
                    "count": note.count,
                    "places": [place_in(place, lang) for place in note.places],
                }
                for note in self.notes(section)
            ]
            for section in SECTIONS
        }

    def write(self, venue: Path, lang: str = "en") -> list[Path]:
        """Write the report beside a venue file as Markdown and as JSON; return the files."""
        page, data = (venue.with_suffix(f".import{ending}") for ending in (".md", ".json"))
        page.write_text(self.markdown(lang), encoding="utf-8")
        data.write_text(json.dumps(self.data(lang), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return [page, data]


def _plain(text: str) -> str:
    """Return a text without what Markdown or HTML would act on: names come from strangers."""
    for sign in "\\`*_[]<>#|":
        text = text.replace(sign, f"\\{sign}")
    return text
