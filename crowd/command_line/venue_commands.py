"""Commands on venues that draw nothing: the list of the shipped ones, the import of a map, and its check.

Not here: `crowd venue show`, which draws (`crowd.cli`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crowd.command_line.options import Json, Lang, VenueName
from crowd.command_line.terminal import print_json, print_rows
from venues.refusals import told

if TYPE_CHECKING:
    from venues import Problem, Venue
    from venues.readers.import_report import ImportReport

#: Most warnings of the check that an import prints; errors are all printed.
WARNINGS = 5
#: What the numbers of a place are.
PLACES = (
    "places (x, y) are metres to the right and up, as along the edges of the plan; "
    "of a painted plan from the lower left corner of the picture"
)


def list_venues(as_json: Json = False) -> None:
    """List the shipped venues."""
    from venues import load_venue, names

    found = [(name, load_venue(name)) for name in names()]
    if as_json:
        print_json([{"name": name, "labels": v.labels, "source": v.source} for name, v in found])
    else:
        print_rows([(name, venue.labels.get("en", ""), venue.labels.get("ko", "")) for name, venue in found])


def tell_problems(
    venue: Venue, problems: Sequence[Problem], *, lang: str, as_json: bool, files: Sequence[Path]
) -> None:
    """Print what is wrong with a venue, numbered as on its picture; exit code 1 if anything is an error."""
    from venues.sentences import in_language

    if as_json:
        found = [problem.data(lang) for problem in problems]
        print_json({"venue": venue.name, "problems": found, "files": [str(path) for path in files]})
    else:
        for number, problem in enumerate(problems, start=1):
            typer.echo(f"{number}. {problem.text(lang)}")
        count = sum(problem.severity != "information" for problem in problems)
        few = {0: "{venue!s}: no problems found", 1: "{venue!s}: 1 problem found"}
        sentence = few.get(count, "{venue!s}: {count} problems found")
        typer.echo(in_language(sentence, lang, {"venue": venue.name, "count": count}))
        if problems:
            typer.echo(in_language(PLACES, lang))
        print_rows([(str(path),) for path in files])
    raise typer.Exit(1 if any(problem.severity == "error" for problem in problems) else 0)


def capacity(
    name: VenueName,
    without: Annotated[
        list[str] | None, typer.Option(help="An exit or source that does not count; repeatable.")
    ] = None,
    emergency_minutes: Annotated[float, typer.Option(help="Time to be out in an emergency, 2.5 to 8.")] = 2.5,
    lang: Lang = Lang.en,
    as_json: Json = False,
) -> None:
    """Say how many people a venue takes by the guides: floor, widths, flows, the least of the four limits."""
    from venues import load_venue
    from venues.capacity import compute_capacity
    from venues.capacity_text import tell_capacity

    venue = load_venue(name)
    found = compute_capacity(
        venue, without=[venue.zone(one).name for one in without or ()], emergency_time=emergency_minutes
    )
    if as_json:
        print_json({"venue": venue.name, **found.data()})
        return
    for line in tell_capacity(found, lang):
        typer.echo(line)


def import_venue(
    source: Annotated[Path, typer.Argument(help="A map: .osm, .geojson, .shp, .gpkg, .dxf, .wkt or .png.")],
    out: Annotated[Path, typer.Option(help="Venue to write (.geojson); the import report goes beside it.")],
    crs: Annotated[str | None, typer.Option(help="Coordinate system, as EPSG:5179; 'local' for metres.")] = None,
    units: Annotated[str | None, typer.Option(help="Units of a drawing: mm, cm, m, in or ft.")] = None,
    scale: Annotated[str | None, typer.Option(help="Metres that the width of a picture stands for, as 120.")] = None,
    roles: Annotated[Path | None, typer.Option(help="TOML file: which layer or colour is what, and names.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of attribute texts, as cp949.")] = None,
    within: Annotated[
        str | None, typer.Option(help="Part of the map: 'west,south,east,north' in its own coordinates.")
    ] = None,
    licence: Annotated[str, typer.Option(help="Licence of the map, where the map does not say it.")] = "",
    name: Annotated[str, typer.Option(help="Name of the venue.  [default: that of the file]")] = "",
    roads: Annotated[bool, typer.Option("--roads", help="Take carriageways of main roads for floor.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Write over a venue that is there already.")] = False,
    lang: Lang = Lang.en,
    as_json: Json = False,
) -> None:
    """Make a venue of a map, and say what was taken, repaired, assumed and left out.

    Exit code 1 if people could not walk in it as drawn: the check finds an error, or a way in or out was left out.
    """
    from venues import check_venue, write_venue
    from venues.readers.import_map import import_map
    from venues.readers.roles import read_roles
    from venues.readers.sketch import ImportOptions

    _check_out(out, source, replace=replace)
    said = read_roles(roles) if roles is not None else {}
    said = {**said, "units": units or said.get("units"), "scale": _metres(scale), "within": _part(within)}
    options = ImportOptions(crs=crs, encoding=encoding, licence=licence, roads=roads, **said)
    venue, report = import_map(source, options, name=name)
    write_venue(venue, out)
    files = [out, *report.write(out, lang)]
    problems = check_venue(venue)
    if as_json:
        found = [problem.data(lang) for problem in problems]
        written = [str(path) for path in files[1:]]
        print_json({**report.data(lang), "venue": str(out), "files": written, "problems": found})
    else:
        _tell_import(report, problems, files, lang)
    errors = report.notes("errors") or any(problem.severity == "error" for problem in problems)
    raise typer.Exit(1 if errors or report.ways_lost else 0)


def _tell_import(report: ImportReport, problems: Sequence[Problem], files: Sequence[Path], lang: str) -> None:
    """Print what an import did, and the first of what the check finds: every error, then some warnings.

    What the report tells as an error already is not said again.
    """
    from venues.check import NO_ZONE
    from venues.sentences import in_language

    for line in report.lines(lang):
        typer.echo(line)
    lost = report.kinds_lost if report.notes("errors") else ()
    problems = [problem for problem in problems if problem.finding != NO_ZONE or problem.values["kind"] not in lost]
    errors = [problem for problem in problems if problem.severity == "error"]
    warnings = [problem for problem in problems if problem.severity == "warning"]
    for problem in (*errors, *warnings[:WARNINGS]):
        typer.echo(problem.text(lang))
    # Ways in and out that were left out are told there, unless one error says it of all.
    count = len(errors) + (len(report.notes("errors")) or report.ways_lost)
    every = count + len(warnings) + len(report.notes("warnings"))
    sentence = "{problems} problems found (errors: {errors}); see the map: crowd venue check {out}"
    if every == 1:
        sentence = "1 problem found (errors: {errors}); see the map: crowd venue check {out}"
    typer.echo(in_language(sentence, lang, {"problems": every, "errors": count, "out": files[0]}))
    print_rows([(str(path),) for path in files])


def _check_out(out: Path, source: Path, *, replace: bool) -> None:
    """Refuse to write a venue where it cannot be, over the map, or unasked over another venue."""
    from venues.errors import BadInput

    if out.suffix.lower() not in (".geojson", ".json") or not out.parent.is_dir():
        raise BadInput(
            told("--out {path} is no place for a venue; write a .geojson file in a folder that exists", path=out)
        )
    if out.exists() and source.exists() and out.samefile(source):
        raise BadInput(
            told("--out {path} is the map itself, which would be written over; write another name", path=out)
        )
    if out.exists() and not (replace and out.is_file()):
        raise BadInput(
            told("--out {path} is there already; write another name, or --replace to write over a venue", path=out)
        )


def _metres(text: str | None) -> float | None:
    """Return a scale [m]: a bare number is metres."""
    from crowd.scenario.units import LENGTH, parse_quantity
    from venues.errors import BadInput

    if text is None:
        return None
    bare = text.strip().replace("미터", "m")
    try:
        return parse_quantity(f"{bare} m" if bare[-1:].isdecimal() else bare, LENGTH)
    except BadInput:
        right = told("write the metres that the whole width of the picture stands for, as 120 or '120 m'")
        if comma := re.fullmatch(r"(\d+),(\d+)\s*\D*", bare):
            whole, rest = comma.groups()
            right = told("write the number without a comma: {whole}.{rest}", whole=whole, rest=rest)
            if len(rest) == 3:
                right = told(
                    "write the number without a comma: {whole}{rest}, or {whole}.{rest} if it marks decimals",
                    whole=whole,
                    rest=rest,
                )
        elif ":" in bare:
            right = told("{right}; the scale of a drawing says nothing of a picture of it", right=right)
        raise BadInput(told("--scale {text!r} is no length; {right}", text=text, right=right)) from None


def _part(text: str | None) -> tuple[float, float, float, float] | None:
    """Return west, south, east, north of a part of a map."""
    from venues.errors import BadInput

    if text is None:
        return None
    try:
        west, south, east, north = (float(number) for number in text.split(","))
    except ValueError:
        raise BadInput(told("--within {text!r} is no part of a map; write west,south,east,north", text=text)) from None
    return west, south, east, north
