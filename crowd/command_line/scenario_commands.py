"""Commands on scenario files: the list of the shipped ones, their schema, a new one from a table of counts.

Not here: running them (`crowd.command_line.run_commands`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crowd.command_line.command_inputs import day, utc_offset, with_language
from crowd.command_line.options import Counts, Json, Lang, VenueName
from crowd.command_line.terminal import print_json, print_rows, say
from crowd.errors import ScenarioError, blamed
from crowd.sentences import say as say_in
from venues.refusals import told

if TYPE_CHECKING:
    from crowd.counts.table import CountTable
    from crowd.counts.ways import Event
    from crowd.scenario import Scenario
    from venues import Venue


def list_scenarios(lang: Lang = Lang.en, as_json: Json = False) -> None:
    """List the shipped scenarios, each with its venue."""
    from crowd.scenario import Scenario, scenario_names

    found = [Scenario.read(name) for name in scenario_names()]
    if as_json:
        print_json([_scenario_entry(scenario) for scenario in found])
    else:
        rows = [(s.name, s.venue.name, f"{s.duration / 60:g} min", s.labels.get(lang, "")) for s in found]
        print_rows(rows)


def schema() -> None:
    """Print the JSON Schema of scenario files, for editors that complete and check TOML."""
    from crowd.scenario import scenario_json_schema

    print_json(scenario_json_schema())


def new(
    venue: VenueName,
    demand: Annotated[Path, typer.Option(help="Table of counts, .csv or .xlsx: time, then a column for each source.")],
    out: Annotated[Path, typer.Option(help="Scenario to make, .toml; its demand table is put beside it.")],
    counts: Annotated[Counts | None, typer.Option(help="What the numbers are.  [default: per-interval]")] = None,
    to: Annotated[list[str] | None, typer.Option(help="Exit people leave by; repeatable.  [default: all]")] = None,
    nearest: Annotated[bool, typer.Option("--nearest", help="By the nearest exit, not evenly by all.")] = False,
    date: Annotated[str | None, typer.Option(help="Day of a table without dates.  [default: today]")] = None,
    offset: Annotated[str, typer.Option("--utc-offset", help="Of times that state none.")] = "+09:00",
    sheet: Annotated[str | None, typer.Option(help="Which sheet of a workbook that has several.")] = None,
    event: Annotated[
        list[str] | None, typer.Option(help="Zone people come for and stay in; repeatable.  [default: stages]")
    ] = None,
    event_until: Annotated[str | None, typer.Option(help="When it ends, as 21:00.  [default: with the table]")] = None,
    event_percent: Annotated[float, typer.Option(help="How many of the people come for it; 0: nobody.")] = 100.0,
    lang: Lang = Lang.en,
) -> None:
    """Make a scenario that runs at once from a venue and a table of counts.

    Numbers are people in the interval that begins at the time of the row, or people per minute where the headings
    say (people/min) or --counts does. A column is called as a source zone of the venue, by name or label.
    Where the venue has a stage, people go there, stay until the end and leave; what is assumed of them is said.
    """
    from crowd.counts.draft import draft_scenario, write_draft
    from crowd.counts.sheet import read_sheet
    from crowd.counts.table import read_counts
    from crowd.counts.ways import Exits
    from venues import load_venue, names

    if out.suffix != ".toml":
        raise ScenarioError(told("--out {path!r} is no .toml file; a scenario's name ends in .toml", path=str(out)))
    place, cells = load_venue(venue), read_sheet(demand, sheet=sheet)
    found = read_counts(cells, place, meaning=counts.value if counts else None, day=day(date), zone=utc_offset(offset))
    table = out.with_name(f"{out.stem}-demand.csv")
    about: Any = {"exits": Exits(tuple(to or ()), nearest)}
    about["event"] = _event(place, found, named=event or (), until=event_until, percent=event_percent)
    draft = draft_scenario(found, place, name=out.stem, table_file=table.name, **about)
    map_file = venue if venue in names() else Path(venue)
    copy = write_draft(draft, out=out, table=table, venue=map_file, made_from=repr(demand.name), lang=lang)
    if cells.assumed_encoding:
        say(say_in(lang, "draft", cells.assumed_encoding, file=cells.file))
    for note in draft.notes:
        say(note[lang])
    _tell_made([path for path in (out, table, copy) if path is not None], found, place, lang)


def _event(
    place: Venue, counts: CountTable, *, named: Sequence[str], until: str | None, percent: float
) -> Event | None:
    """Return what people come for, None if nothing is.

    Raises:
        ScenarioError: a zone, time or share that cannot be.
    """
    from crowd.counts.ways import Event, event_zones
    from crowd.scenario.clock import Clock
    from crowd.scenario.units import DAY

    zones = event_zones(place, named)
    if not 0.0 <= percent <= 100.0:
        raise ScenarioError(
            told("--event-percent {percent:g} is no share of the people; write 0 to 100", percent=percent)
        )
    if until is not None and not zones:
        raise ScenarioError(
            told("--event-until {until}: the venue has no stage; name where people stay with --event", until=until)
        )
    end = counts.timeline.duration
    if until is not None:
        with blamed("--event-until"):
            end = Clock(counts.timeline.start).seconds(until)
        if not 0.0 < end <= DAY:
            begin = f"{counts.timeline.start:%Y-%m-%d %H:%M}"
            raise ScenarioError(
                told(
                    "--event-until {until} is not within a day from {begin}, when the table begins",
                    until=until,
                    begin=begin,
                )
            )
    return Event(zones, end, percent / 100.0) if zones and percent > 0.0 else None


def _tell_made(files: Sequence[Path], counts: CountTable, place: Venue, lang: Lang) -> None:
    """Print the files that were made, how many people come from where, and what to do next."""
    from venues.sentences import label_and_name

    zones = {name: place.zone(name) for name in counts.counts}
    people = {label_and_name(name, zone.labels, lang): counts.people(name) for name, zone in zones.items()}
    made, who, following = (say_in(lang, "commands", word) for word in ("made", "people", "next"))
    rows = [(made, str(path)) for path in files]
    for zone, number in people.items():
        rows.append((who, say_in(lang, "commands", "people_from", zone=zone, count=f"{number:,.0f}")))
    rows.append((who, say_in(lang, "commands", "people_in_all", count=f"{sum(people.values()):,.0f}")))
    print_rows([*rows, (following, with_language(f"crowd run {quote(str(files[0]))}", lang))])


def _scenario_entry(scenario: Scenario) -> dict[str, Any]:
    return {
        "name": scenario.name,
        "labels": dict(scenario.labels),
        "venue": scenario.venue.name,
        "start": scenario.start.isoformat(),
        "duration": scenario.duration,
        "seed": scenario.seed,
        "alert_preset": scenario.alert_preset,
    }
