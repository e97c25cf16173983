"""Commands on venues that draw nothing: the list of the shipped ones, and the check of a map.

Not here: `crowd venue show`, which draws (`crowd.cli`).
"""

from __future__ import annotations

import typer

from crowd.command_line.options import Json, VenueName
from crowd.command_line.terminal import print_json, print_rows


def list_venues(as_json: Json = False) -> None:
    """List the shipped venues."""
    from venues import load_venue, names

    found = [(name, load_venue(name)) for name in names()]
    if as_json:
        print_json([{"name": name, "labels": v.labels, "source": v.source} for name, v in found])
    else:
        print_rows([(name, venue.labels.get("en", ""), venue.labels.get("ko", "")) for name, venue in found])


def check_map(name: VenueName, as_json: Json = False) -> None:
    """Say what is wrong with a venue; exit code 1 if anything in it is an error."""
    from venues import check_venue, load_venue

    venue = load_venue(name)
    problems = check_venue(venue)
    if as_json:
        print_json({"venue": venue.name, "problems": [vars(problem) for problem in problems]})
    else:
        for p in problems:
            typer.echo(f"{p.severity}: {p.place} at ({p.x:g}, {p.y:g}): {p.what}; {p.mend}")
        typer.echo(f"{venue.name}: {len(problems) or 'no'} problem{'' if len(problems) == 1 else 's'} found")
    raise typer.Exit(1 if any(problem.severity == "error" for problem in problems) else 0)
