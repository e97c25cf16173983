"""Commands on scenario files: the list of the shipped ones, their schema, a new one from a table of counts.

Not here: running them (`crowd.command_line.run_commands`).
"""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crowd.command_line.command_inputs import day, utc_offset
from crowd.command_line.options import Counts, Json, VenueName
from crowd.command_line.terminal import print_json, print_rows, say
from crowd.errors import ScenarioError

if TYPE_CHECKING:
    from crowd.scenario import Scenario


def list_scenarios(as_json: Json = False) -> None:
    """List the shipped scenarios, each with its venue."""
    from crowd.scenario import Scenario, scenario_names

    found = [Scenario.read(name) for name in scenario_names()]
    if as_json:
        print_json([_scenario_entry(scenario) for scenario in found])
    else:
        rows = [(s.name, s.venue.name, f"{s.duration / 60:g} min", s.labels.get("en", "")) for s in found]
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
) -> None:
    """Make a scenario that runs at once from a venue and a table of counts.

    Numbers are people in the interval that begins at the time of the row, or people per minute where the headings
    say (people/min) or --counts does. A column is called as a source zone of the venue, by name or label.
    """
    from crowd.counts.draft import draft_scenario, write_draft
    from crowd.counts.sheet import read_sheet
    from crowd.counts.table import read_counts
    from venues import load_venue, names

    if out.suffix != ".toml":
        raise ScenarioError(f"--out {str(out)!r} is no .toml file; a scenario's name ends in .toml")
    place, cells = load_venue(venue), read_sheet(demand, sheet=sheet)
    found = read_counts(cells, place, meaning=counts.value if counts else None, day=day(date), zone=utc_offset(offset))
    table = out.with_name(f"{out.stem}-demand.csv")
    exits: Any = {"leave_by": to or [], "nearest": nearest}
    draft = draft_scenario(found, place, name=out.stem, table_file=table.name, **exits)
    map_file = venue if venue in names() else Path(venue)
    copy = write_draft(draft, out=out, table=table, venue=map_file, made_from=repr(demand.name))
    for note in filter(None, (cells.note, *draft.notes)):
        say(note)
    people = {zone: found.people(zone) for zone in found.counts}
    rows = [("made", str(path)) for path in (out, table, copy) if path is not None]
    rows += [("people", f"{zone}: {number:,.0f}") for zone, number in people.items()]
    print_rows([*rows, ("people", f"in all: {sum(people.values()):,.0f}"), ("next", f"crowd run {quote(str(out))}")])


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
