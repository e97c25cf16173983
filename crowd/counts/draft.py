"""A scenario drafted from a table of counts: a TOML file that runs at once, and its demand as CSV beside it.

What the table does not say is assumed, and every assumption stands in the file and is told to who asked.
Not here: the table (`crowd.counts.table`), what a scenario may hold (`crowd.scenario.schema`).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import tomli_w

from crowd.counts.headings import find_zone
from crowd.counts.table import CountTable
from crowd.counts.timeline import MINUTE
from crowd.csv_text import csv_text, plain_cell
from crowd.errors import ScenarioError, no_such
from crowd.scenario import Scenario
from crowd.scenario.demand_table import TIME_COLUMN
from crowd.scenario.schema import SCHEMA_VERSION
from venues import Venue, Zone
from venues.connectivity import FloorGraph


@dataclass(frozen=True)
class _Way:
    """People of a source who take a journey: their share, and the exits it may end at."""

    name: str
    source: str
    journey: str
    share: float
    exits: list[str]


@dataclass(frozen=True)
class Draft:
    """A scenario that is not written yet.

    Args:
        document: the entries of the scenario file, without its venue.
        table: rows of the demand table, the headings first.
        notes: what was assumed, one sentence each.
    """

    document: Mapping[str, Any]
    table: Sequence[Sequence[object]]
    notes: Sequence[str]


def draft_scenario(
    counts: CountTable, venue: Venue, *, name: str, table_file: str, leave_by: Sequence[str], nearest: bool
) -> Draft:
    """Return the scenario that a table of counts describes.

    Args:
        counts: the table.
        venue: the place.
        name: of the scenario.
        table_file: name of the demand table, which lies beside the scenario.
        leave_by: names or labels of the exits people make for; empty: all.
        nearest: each goes to the nearest of the exits; otherwise people of a source go evenly to all of them.

    Raises:
        ScenarioError: an exit that is none, or people who can reach none.
    """
    ways = _ways(_exits(venue, list(counts.counts), leave_by), nearest=nearest)
    document = {
        "schema_version": SCHEMA_VERSION,
        "name": name,
        "start": counts.timeline.start,
        "duration": f"{counts.timeline.duration:g} s",
        "seed": 1,
        "demand": [
            {
                "name": way.name,
                "source": way.source,
                "journey": way.journey,
                "share": way.share,
                "table": table_file,
                "column": plain_cell(way.source).strip(),
            }
            for way in ways
        ],
        "journeys": [
            {"name": journey, "stages": [{"leave_by": exits}]}
            for journey, exits in {way.journey: way.exits for way in ways}.items()
        ],
    }
    which = "exits named" if leave_by else "exits other than the one they came by"
    where = f"by the nearest of the {which}" if nearest else f"evenly by all {which}"
    notes = [*_notes_on_numbers(counts), *_notes_on_people(counts, venue, where=where)]
    return Draft(document, _table(counts), notes)


def write_draft(draft: Draft, *, out: Path, table: Path, venue: str | Path, made_from: str) -> Path | None:
    """Write a scenario and its table, and a copy of the map where it does not lie beside or below the scenario.

    Nothing is written unless all of it makes a scenario that can run; nothing that exists is overwritten.

    Args:
        draft: what to write.
        out: file of the scenario.
        table: file of its demand table, in the same folder.
        venue: name of a shipped venue, or its file.
        made_from: where the numbers come from, for the head of the file.

    Returns:
        The copy of the map, if one was made.

    Raises:
        ScenarioError: a file that exists, or a scenario that cannot run.
    """
    named, copy = _venue_entry(venue, folder=out.parent)
    for path in (out, table, *([copy] if copy else [])):
        if path.exists():
            raise ScenarioError(f"{path} exists; choose another name with --out, or move it away")
    text, rows = _text(draft, venue=named, made_from=made_from), csv_text(draft.table)
    with tempfile.TemporaryDirectory() as aside:
        (Path(aside) / table.name).write_text(rows, encoding="utf-8", newline="")
        place = str(venue.resolve()) if isinstance(venue, Path) else venue
        Scenario.from_dict({**draft.document, "venue": place}, where=out.name, folder=Path(aside))
    out.parent.mkdir(parents=True, exist_ok=True)
    if copy is not None:
        shutil.copyfile(venue, copy)
    for path, content in ((table, rows), (out, text)):
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(content)
    return copy


def _venue_entry(venue: str | Path, *, folder: Path) -> tuple[str, Path | None]:
    """Return what the file says of the venue, and where its map is copied to if it does not lie below the folder."""
    if not isinstance(venue, Path):
        return venue, None
    here, there = folder.resolve(), venue.resolve()
    if there.is_relative_to(here):
        return there.relative_to(here).as_posix(), None
    beside = folder / venue.name
    same = beside.is_file() and beside.read_bytes() == venue.read_bytes()
    return venue.name, None if same else beside


def _text(draft: Draft, *, venue: str, made_from: str) -> str:
    """Return the TOML text: where it comes from, what was assumed, the entries."""
    head = [f"Made by crowd scenario new from {made_from}.", *draft.notes]
    document = dict(draft.document)
    entries = {key: document.pop(key) for key in ("schema_version", "name")} | {"venue": venue} | document
    return "\n".join(f"# {line}" for line in head) + "\n\n" + tomli_w.dumps(entries)


def _table(counts: CountTable) -> list[list[object]]:
    """Return the rows of the demand table: people per minute, linear between rows."""
    zones = list(counts.counts)
    points = {zone: counts.points(zone) for zone in zones}
    rows: list[list[object]] = [[TIME_COLUMN, *zones]]
    for number, (at, _) in enumerate(points[zones[0]]):
        moment = counts.timeline.start + timedelta(seconds=at)
        rates = [round(points[zone][number][1] * MINUTE, 9) for zone in zones]
        rows.append([_written(moment), *(f"{rate:.12g}" for rate in rates)])
    return rows


def _written(moment: datetime) -> str:
    """Return a date and time in the zone of the scenario."""
    return moment.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")


def _exits(venue: Venue, sources: Sequence[str], leave_by: Sequence[str]) -> dict[str, list[str]]:
    """Return the exits that the people of each source make for: those asked for, or all others that they can reach."""
    known = [zone for zone in venue.zones if "exit" in zone.kinds]
    asked = [_exit(text, known) for text in leave_by]
    graph = FloorGraph(venue, honour_gates=True)
    found = {}
    for source in sources:
        reached = graph.reach(venue.zone(source))
        others = [zone for zone in (asked or known) if zone.name != source]
        found[source] = [zone.name for zone in others if asked or reached & graph.pieces_of(zone)]
        if not found[source]:
            exits = ", ".join(repr(zone.name) for zone in known if zone.name != source) or "the venue has none"
            raise ScenarioError(f"people from {source!r} have no exit but their own; name one with --to: {exits}")
    return found


def _ways(exits: Mapping[str, list[str]], *, nearest: bool) -> list[_Way]:
    """Return who goes where: all of a source to the nearest of its exits, or evenly to each of them."""
    if nearest:
        return [_Way(source, source, source, 1.0, of_source) for source, of_source in exits.items()]
    return [
        _Way(f"{source} to {one}", source, one, 1.0 / len(of_source), [one])
        for source, of_source in exits.items()
        for one in of_source
    ]


def _exit(text: str, exits: Sequence[Zone]) -> Zone:
    zone = find_zone(text, exits)
    if zone is None:
        raise ScenarioError(f"--to: {no_such('exit zone', text, [one.name for one in exits])}")
    return zone


def _notes_on_numbers(counts: CountTable) -> list[str]:
    """Say what the numbers were taken for, and when they are."""
    begin, end = counts.timeline.start, counts.timeline.start + timedelta(seconds=counts.timeline.duration)
    length = (counts.timeline.ends[0] - counts.timeline.begins[0]) / MINUTE
    meant = {
        "per-minute": "Numbers are people per minute at the time of the row, linear in between.",
        "per-interval": f"Numbers are people in the interval that begins at the time of the row (the first: {length:g} "
        "min), evenly spread over it.",
    }
    dates = "" if counts.timeline.dated else f" The table has no dates; it begins on {begin:%Y-%m-%d}."
    span = f"From {begin.isoformat(' ')} to {end.isoformat(' ')}."
    return [meant[counts.meaning], span + dates]


def _notes_on_people(counts: CountTable, venue: Venue, *, where: str) -> list[str]:
    """Say what was assumed about people."""
    sources = [zone.name for zone in venue.zones if "source" in zone.kinds]
    missing = [repr(name) for name in sources if name not in counts.counts]
    notes = [
        f"ASSUMED, since the table does not say it: people leave {where}; all are of the profile 'adult'.",
        "Places on other ways stay empty: see that 'leave_by' below is where people really go.",
    ]
    if missing:
        notes.append(f"Nobody comes from {', '.join(missing)}: the table has no column for it.")
    return notes
