"""What an import did to a map: what was taken, repaired, assumed and left out, and the map's licence.

Nothing is mended or assumed without a line here. Not here: the doing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: The parts of a report, in the order they are read, with their titles.
SECTIONS = {
    "taken": "Taken from the map",
    "repaired": "Repaired",
    "assumed": "Assumed (check these first)",
    "left_out": "Left out",
}
#: Most places one line names; the rest are counted.
PLACES = 5


@dataclass
class Note:
    """One line of a report: what, how often, at which places (the first few)."""

    what: str
    count: int = 0
    places: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return the line as it is printed."""
        times = f" ({self.count} times)" if self.count > 1 else ""
        more = f" and {self.count - len(self.places)} more" if self.count > len(self.places) else ""
        return f"{self.what}{times}" + (f": {'; '.join(self.places)}{more}" if self.places else "")


class ImportReport:
    """The notes of one import.

    Args:
        source: the file that was read.
        form: its kind, such as "OpenStreetMap XML".
    """

    def __init__(self, source: str, form: str) -> None:
        self.source, self.form, self.licence, self.coordinates = source, form, "", ""
        self._notes: dict[str, dict[str, Note]] = {section: {} for section in SECTIONS}

    def take(self, what: str, where: str = "") -> None:
        """Note something that was taken as it is."""
        self._add("taken", what, where)

    def repair(self, what: str, where: str = "") -> None:
        """Note something that was mended, and how."""
        self._add("repaired", what, where)

    def assume(self, what: str, where: str = "") -> None:
        """Note a value or meaning the map does not give, with the default that was used."""
        self._add("assumed", what, where)

    def leave(self, what: str, where: str = "") -> None:
        """Note something that is not in the venue, and why."""
        self._add("left_out", what, where)

    def _add(self, section: str, what: str, where: str) -> None:
        note = self._notes[section].setdefault(what, Note(what))
        note.count += 1
        if where and len(note.places) < PLACES:
            note.places.append(where)

    def notes(self, section: str) -> list[Note]:
        """Return the notes of a section, the most frequent first."""
        return sorted(self._notes[section].values(), key=lambda note: -note.count)

    def lines(self) -> Iterator[str]:
        """Yield the report as lines of plain text."""
        yield f"{self.source} ({self.form}; {self.coordinates or 'local metres'})"
        for section, title in SECTIONS.items():
            notes = self.notes(section)
            yield f"{title}: {'nothing' if not notes else ''}".rstrip()
            yield from (f"  - {note.text()}" for note in notes)
        yield f"Licence of the map: {self.licence or 'not stated in the map: find out before you publish'}"

    def markdown(self) -> str:
        """Return the report as a Markdown page."""
        rows = [f"# Import of {self.source}", "", f"{self.form}; {self.coordinates or 'local metres'}.", ""]
        for section, title in SECTIONS.items():
            rows += [f"## {title}", ""]
            rows += [f"- {_plain(note.text())}" for note in self.notes(section)] or ["Nothing."]
            rows.append("")
        licence = self.licence or "Not stated in the map: find out before you publish."
        return "\n".join([*rows, "## Licence of the map", "", _plain(licence), ""])

    def data(self) -> dict[str, Any]:
        """Return the report as plain data."""
        head = {"source": self.source, "form": self.form, "coordinates": self.coordinates, "licence": self.licence}
        return head | {section: [vars(note) for note in self.notes(section)] for section in SECTIONS}

    def write(self, venue: Path) -> list[Path]:
        """Write the report beside a venue file as Markdown and as JSON; return the files."""
        page, data = (venue.with_suffix(f".import{ending}") for ending in (".md", ".json"))
        page.write_text(self.markdown(), encoding="utf-8")
        data.write_text(json.dumps(self.data(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return [page, data]


def _plain(text: str) -> str:
    """Return a text without what Markdown or HTML would act on: names come from strangers."""
    for sign in "\\`*_[]<>#|":
        text = text.replace(sign, f"\\{sign}")
    return text
