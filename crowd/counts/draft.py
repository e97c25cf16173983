"""A scenario drafted from a table of counts: a TOML file that runs at once, and its demand as CSV beside it.

What the table does not say is assumed, and every assumption stands in the file and is told to who asked.
Not here: the table (`crowd.counts.table`), what a scenario may hold (`crowd.scenario.schema`).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import tomli_w

from crowd.counts.table import STEP, CountTable
from crowd.counts.timeline import MINUTE
from crowd.counts.ways import Event, Exits, Way, plan_ways
from crowd.csv_text import csv_text, plain_cell
from crowd.errors import ScenarioError
from crowd.journeys import STANDING_DENSITY
from crowd.scenario import Scenario
from crowd.scenario.demand_table import TIME_COLUMN
from crowd.scenario.schema import SCHEMA_VERSION
from crowd.sentences import say
from venues import Venue
from venues.refusals import told
from venues.sentences import LANGUAGES, label_and_name

#: How long a run goes on after an event, so that people are seen to leave [s] (assumed).
AFTERWARDS = 1800.0
#: Who takes the nearest exit walks through little of the place if it is within this [m] and this share of the way to
#: the farthest (assumed).
_NEXT_DOOR, _MUCH_NEARER = 30.0, 0.5
#: Most zones that a sentence names (assumed).
_LISTED = 20
#: A zone is told of by itself if it is fuller than all of them together by this factor (assumed).
_AS_FULL = 1.01


@dataclass(frozen=True)
class Draft:
    """A scenario that is not written yet.

    Args:
        document: the entries of the scenario file, without its venue.
        table: rows of the demand table, the headings first.
        notes: what was assumed, sentence by sentence, each by language.
    """

    document: Mapping[str, Any]
    table: Sequence[Sequence[object]]
    notes: Sequence[Mapping[str, str]]


def draft_scenario(
    counts: CountTable, venue: Venue, *, name: str, table_file: str, exits: Exits, event: Event | None
) -> Draft:
    """Return the scenario that a table of counts describes.

    Args:
        counts: the table.
        venue: the place.
        name: of the scenario.
        table_file: name of the demand table, which lies beside the scenario.
        exits: by which people leave.
        event: what they come for, None if nothing is.

    Raises:
        ScenarioError: an exit that is none, or people who can reach none.
    """
    ways = plan_ways(list(counts.counts), venue, exits=exits, event=event)
    duration = max(counts.timeline.duration, event.until + AFTERWARDS if event else 0.0)
    by_language = [list(_notes(counts, venue, exits=exits, event=event, ways=ways, lang=lang)) for lang in LANGUAGES]
    notes = [dict(zip(LANGUAGES, texts, strict=True)) for texts in zip(*by_language, strict=True)]
    document = {
        "schema_version": SCHEMA_VERSION,
        "name": name,
        "start": counts.timeline.start,
        "duration": f"{duration:g} s",
        "seed": 1,
        "assumptions": notes,
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
            {"name": journey, "stages": list(stages)}
            for journey, stages in {way.journey: way.stages for way in ways}.items()
        ],
    }
    return Draft(document, _table(counts, until=duration), notes)


def write_draft(draft: Draft, *, out: Path, table: Path, venue: str | Path, made_from: str, lang: str) -> Path | None:
    """Write a scenario and its table, and a copy of the map where it does not lie beside or below the scenario.

    Nothing is written unless all of it makes a scenario that can run; nothing that exists is overwritten.

    Args:
        draft: what to write.
        out: file of the scenario.
        table: file of its demand table, in the same folder.
        venue: name of a shipped venue, or its file.
        made_from: where the numbers come from, for the head of the file.
        lang: language of the head of the file.

    Returns:
        The copy of the map, if one was made.

    Raises:
        ScenarioError: a file that exists, or a scenario that cannot run.
    """
    named, copy = _venue_entry(venue, folder=out.parent)
    for path in (out, table, *([copy] if copy else [])):
        if path.exists():
            raise ScenarioError(told("{path} exists; choose another name with --out, or move it away", path=path))
    text, rows = _text(draft, venue=named, made_from=say(lang, "draft", "made", table=made_from)), csv_text(draft.table)
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
    """Return the TOML text: where it comes from, and the entries."""
    document = dict(draft.document)
    entries = {key: document.pop(key) for key in ("schema_version", "name")} | {"venue": venue} | document
    return f"# {made_from}\n\n{tomli_w.dumps(entries)}"


def _table(counts: CountTable, *, until: float) -> list[list[object]]:
    """Return the rows of the demand table: people per minute, linear between rows; nobody after the last to `until`."""
    zones = list(counts.counts)
    points = {zone: _followed(counts.points(zone), until=until) for zone in zones}
    rows: list[list[object]] = [[TIME_COLUMN, *zones]]
    for number, (at, _) in enumerate(points[zones[0]]):
        moment = counts.timeline.start + timedelta(seconds=at)
        rates = [round(points[zone][number][1] * MINUTE, 9) for zone in zones]
        rows.append([_written(moment), *(f"{rate:.12g}" for rate in rates)])
    return rows


def _followed(points: list[tuple[float, float]], *, until: float) -> list[tuple[float, float]]:
    """Return points of a rate in time that goes down to nothing within `STEP` before and after its last one."""
    last, rate = points[-1]
    if until <= last + STEP:
        return points
    return [*points[:-1], (last - STEP, rate), (last + STEP, 0.0), (until, 0.0)]


def _written(moment: datetime) -> str:
    """Return a date and time in the zone of the scenario."""
    return moment.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")


def _notes(
    counts: CountTable, venue: Venue, *, exits: Exits, event: Event | None, ways: Sequence[Way], lang: str
) -> Iterator[str]:
    """Say in a language all that was assumed."""
    yield from _notes_on_numbers(counts, lang)
    if event is not None:
        yield from _notes_on_event(counts, venue, event=event, ways=ways, lang=lang)
    yield from _notes_on_people(counts, venue, exits=exits, event=event, ways=ways, lang=lang)


def _notes_on_numbers(counts: CountTable, lang: str) -> Iterator[str]:
    """Say what the numbers were taken for, and when they are."""
    timeline = counts.timeline
    begin, end = timeline.start, timeline.start + timedelta(seconds=timeline.duration)
    minutes = f"{(timeline.ends[0] - timeline.begins[0]) / MINUTE:g}"
    yield say(lang, "draft", counts.meaning.replace("-", "_"), minutes=minutes)
    span = say(lang, "draft", "span", begin=f"{begin:%Y-%m-%d %H:%M}", end=f"{end:%Y-%m-%d %H:%M}")
    dates = "" if timeline.dated else " " + say(lang, "draft", "no_dates", day=f"{begin:%Y-%m-%d}")
    yield span + dates


def _notes_on_event(counts: CountTable, venue: Venue, *, event: Event, ways: Sequence[Way], lang: str) -> Iterator[str]:
    """Say who was assumed to come for what, until when, and how dense they stand if all of them are there at once."""
    end = counts.timeline.start + timedelta(seconds=event.until)
    percent, after = f"{100.0 * event.share:g}", f"{AFTERWARDS / MINUTE:g}"
    zones = _listed([zone.name for zone in event.zones], venue, lang)
    yield say(lang, "draft", "event", percent=percent, zones=zones, end=f"{end:%H:%M}", after=after)
    staying = [way for way in ways if len(way.stages) > 1]
    if staying:
        yield from _notes_on_room(counts, venue, staying, lang)
    sources = {way.source for way in staying}
    if passing := [source for source in counts.counts if source not in sources]:
        yield say(lang, "draft", "event_missed", sources=_listed(passing, venue, lang))


def _notes_on_room(counts: CountTable, venue: Venue, staying: Sequence[Way], lang: str) -> Iterator[str]:
    """Say how dense those who stay stand, and how dense in the fullest zone, if others are not as full.

    A zone that nobody goes to makes no room for the others.
    """
    people: dict[str, float] = {}
    for way in staying:
        zone = way.stages[0].get("wait") or way.stages[0]["watch"]
        people[zone] = people.get(zone, 0.0) + way.share * counts.people(way.source)
    areas = {zone: venue.zone(zone).polygon.area for zone in people}
    whole = sum(people.values()) / sum(areas.values())
    yield _room("event", sum(people.values()), sum(areas.values()), lang)
    densest = max(people, key=lambda zone: people[zone] / areas[zone])
    if people[densest] / areas[densest] > _AS_FULL * whole:
        yield _room("zone", people[densest], areas[densest], lang, zone=_listed([densest], venue, lang))


def _room(what: str, people: float, area: float, lang: str, **named: str) -> str:
    """Say how many stand on an area [m2], and whether that is more than may stand there."""
    full = "full" if people / area > STANDING_DENSITY else "room"
    values = {"people": f"{people:,.0f}", "area": f"{area:,.0f}", "density": f"{people / area:.1f}"}
    return say(lang, "draft", f"{what}_{full}", **values, **named, limit=f"{STANDING_DENSITY:g}")


def _notes_on_people(
    counts: CountTable, venue: Venue, *, exits: Exits, event: Event | None, ways: Sequence[Way], lang: str
) -> Iterator[str]:
    """Say what else was assumed about people."""
    how = "nearest" if exits.nearest else "evenly"
    passing = say(lang, "draft", f"{how}_{'named' if exits.named else 'other'}")
    if event is None:
        yield say(lang, "draft", "leave", where=passing)
    else:
        yield say(lang, "draft", "leave", where=say(lang, "draft", f"{how}_{'named' if exits.named else 'all'}"))
        if event.share < 1.0:
            yield say(lang, "draft", "passers", percent=f"{100.0 * (1.0 - event.share):g}", where=passing)
    yield from _notes_on_near_exits(venue, ways, lang)
    yield say(lang, "draft", "elsewhere")
    sources = [zone.name for zone in venue.zones if "source" in zone.kinds]
    if missing := [name for name in sources if name not in counts.counts]:
        yield say(lang, "draft", "nobody_from", zones=_listed(missing, venue, lang))


def _notes_on_near_exits(venue: Venue, ways: Sequence[Way], lang: str) -> Iterator[str]:
    """Say who passes through and leaves so near to where they come in that they walk through little of the place."""
    for way in ways:
        if len(way.stages) > 1:
            continue
        source, exits = venue.zone(way.source), map(venue.zone, way.stages[0]["leave_by"])
        away = {zone.name: zone.polygon.distance(source.polygon) for zone in exits if zone.level == source.level}
        nearest = min(away, key=away.__getitem__, default=None)
        if nearest is not None and away[nearest] < min(_NEXT_DOOR, _MUCH_NEARER * max(away.values())):
            names = {"source": _listed([source.name], venue, lang), "exit": _listed([nearest], venue, lang)}
            yield say(lang, "draft", "next_door", distance=f"{away[nearest]:.0f}", **names)


def _listed(zones: Sequence[str], venue: Venue, lang: str) -> str:
    """Return some zones by what they are called in a language; of many the first ones, and how many more there are."""
    called = [label_and_name(name, venue.zone(name).labels, lang) for name in zones[:_LISTED]]
    more = len(zones) - len(called)
    return ", ".join(called) + (say(lang, "draft", "more", count=more) if more else "")
