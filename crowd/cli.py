"""The `crowd` command: one function per command, each a few calls into the package.

The only module that may import `viz`. Slow libraries are imported inside the commands, so that
`crowd --help` is quick. Not here: the console (`crowd.command_line.terminal`).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crowd.command_line.command_inputs import (
    announce_size,
    end_in_seconds,
    moment,
    new_directory,
    prepare_threads,
    progress_of,
)
from crowd.command_line.terminal import OneLineErrors, print_json, print_rows, say
from crowd.errors import ScenarioError

if TYPE_CHECKING:
    from crowd.recording import Recording
    from crowd.scenario import Scenario

OPTIONS: dict[str, Any] = {
    "cls": OneLineErrors,
    "add_completion": False,
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
    "invoke_without_command": True,
    "context_settings": {"max_content_width": 110},
}
app = typer.Typer(help="Where, when and how badly a crowd gets dangerous.", **OPTIONS)
venue_app = typer.Typer(help="Look at a venue and check it.", **OPTIONS)
app.add_typer(venue_app, name="venue")

BENCH_LIMITS = {"density": (0.1, 12.0), "people": (10, 200_000)}


class Lang(StrEnum):
    """Language of a page or picture."""

    ko = "ko"
    en = "en"


class Record(StrEnum):
    """What is recorded: everything, or everything but the people one by one."""

    full = "full"
    fields = "fields"


class Format(StrEnum):
    """What a recording can be exported to."""

    jupedsim = "jupedsim"


Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else on stdout.")]
Out = Annotated[Path | None, typer.Option(help="Directory to make.  [default: a new one in runs/]")]
Until = Annotated[str | None, typer.Option(help="Stop earlier: '10 min', a clock time, or seconds.")]
Beside = Annotated[Path | None, typer.Option(help="Where the last page goes.  [default: beside the first run]")]
Threads = Annotated[int | None, typer.Option(help="Processors to use; the numbers do not depend on it.")]
VenueName = Annotated[str, typer.Argument(metavar="NAME_OR_FILE", help="A shipped venue or a GeoJSON file.")]
ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help="A shipped scenario or a TOML file.")]
RunDir = Annotated[Path, typer.Argument(metavar="DIR", help="Directory of a run.")]


@app.callback()
@venue_app.callback()
def _help(context: typer.Context, version: Annotated[bool, typer.Option("--version")] = False) -> None:
    """Show what there is if nothing is asked for."""
    if version:
        from crowd import __version__

        typer.echo(f"inpa {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command("venues")
def list_venues(as_json: Json = False) -> None:
    """List the shipped venues."""
    from venues import load_venue, names

    found = [(name, load_venue(name)) for name in names()]
    if as_json:
        print_json([{"name": name, "labels": v.labels, "source": v.source} for name, v in found])
    else:
        print_rows([(name, venue.labels.get("en", ""), venue.labels.get("ko", "")) for name, venue in found])


@venue_app.command("show")
def show_venue(
    name: VenueName,
    out: Annotated[Path, typer.Option(help="Picture to write: .png, .pdf or .svg.")],
    lang: Lang = Lang.en,
) -> None:
    """Draw a venue with its scale, zones, gates and lines."""
    from venues import load_venue
    from viz.plan import draw_venue_plan

    draw_venue_plan(load_venue(name), out, lang)
    typer.echo(str(out))


@venue_app.command("check")
def check(name: VenueName, as_json: Json = False) -> None:
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


@app.command("scenarios")
def list_scenarios(as_json: Json = False) -> None:
    """List the shipped scenarios, each with its venue."""
    from crowd.scenario import Scenario, scenario_names

    found = [Scenario.read(name) for name in scenario_names()]
    if as_json:
        print_json([_scenario_entry(scenario) for scenario in found])
    else:
        rows = [(s.name, s.venue.name, f"{s.duration / 60:g} min", s.labels.get("en", "")) for s in found]
        print_rows(rows)


@app.command("schema")
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors that complete and check TOML."""
    from crowd.scenario import scenario_json_schema

    print_json(scenario_json_schema())


@app.command("run")
def run(
    scenario: ScenarioName,
    seed: Annotated[int | None, typer.Option(help="Seed instead of the scenario's own.")] = None,
    until: Until = None,
    out: Out = None,
    threads: Threads = None,
    record: Annotated[Record, typer.Option(help="'fields' leaves the people out.")] = Record.full,
    as_json: Json = False,
) -> None:
    """Run a scenario and record it."""
    used = prepare_threads(threads)
    from crowd.run import run as run_scenario
    from crowd.scenario import Scenario

    chosen = Scenario.read(scenario)
    chosen = chosen if seed is None else chosen.with_seed(seed)
    chosen = chosen if until is None else chosen.with_until(end_in_seconds(chosen, until))
    if record == Record.full:
        announce_size(chosen)
    folder = out or new_directory(f"{chosen.name}-seed{chosen.seed}")
    with progress_of([chosen]) as progress:
        watch: Any = {"observers": [progress.observer()], "begin": progress.begin}
        recording = run_scenario(chosen, out=folder, threads=used, record=record, **watch)
    _tell(recording, as_json=as_json)


@app.command("resume")
def resume(path: RunDir, threads: Threads = None, as_json: Json = False) -> None:
    """Go on after a stop or a crash, to the same numbers."""
    used = prepare_threads(threads)
    from crowd.recording import Recording
    from crowd.run import resume as resume_run

    recording = Recording(path)
    if recording.manifest.completed:
        say(f"{path} is complete: {recording.manifest.simulated_seconds:g} s; nothing to resume")
    else:
        with progress_of([recording.scenario]) as progress:
            watch: Any = {"observers": [progress.observer()], "begin": progress.begin}
            recording = resume_run(path, threads=used, **watch)
    _tell(recording, as_json=as_json)


@app.command("force-range")
def force_range(path: RunDir, as_json: Json = False) -> None:
    """Run DIR's scenario again with other bodies: how far the force hangs on what is assumed about them."""
    from crowd.recording import Recording

    recording = Recording(path)
    if not recording.manifest.completed:
        raise ScenarioError(f"{path} is not complete; first: crowd resume {path}")
    found = _find_force_range(recording)
    if as_json:
        print_json(found)
    else:
        typer.echo(f"largest contact force: {found['low']:,.0f} to {found['high']:,.0f} N; write the report again")


@app.command("report")
def report(
    paths: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Directories of runs.")],
    lang: Lang = Lang.en,
    out: Beside = None,
    as_json: Json = False,
) -> None:
    """Write DIR/report.html; of several runs also a page that compares them.

    A report.html in another language stays beside it as report.LANG.html.
    """
    from crowd.recording import Recording

    recordings = [Recording(path) for path in paths]
    beside = out or paths[0].resolve().parent / "comparison"
    if (out or len(paths) > 1) and (beside / "manifest.json").exists():
        raise ScenarioError(f"{beside} holds a run; --out must name another directory")
    pages = _write_reports(recordings, [beside] if out and len(paths) == 1 else [*paths, beside], lang)
    if as_json:
        print_json({"reports": [str(page) for page in pages]})
    else:
        print_rows([(str(page),) for page in pages])


@app.command("compare")
def compare(
    names: Annotated[list[str], typer.Argument(metavar="SCENARIO...", help="Two or more; the first is the measure.")],
    seeds: Annotated[int, typer.Option(help="How many, from the first scenario's seed on; 5 or more.")] = 8,
    until: Until = None,
    out: Annotated[Path | None, typer.Option(help="Directory for a page, a picture and all numbers.")] = None,
    as_json: Json = False,
) -> None:
    """Run scenarios on the same seeds and say what helps, by how much, how sure; exit code 1 if a run failed."""
    from crowd.command_line.comparison_table import print_comparison, progress_of_runs
    from crowd.compare import compare as compare_scenarios
    from crowd.recording.run_directory import RunDirectory
    from crowd.scenario import Scenario

    chosen = [Scenario.read(name) for name in names]
    end = None if until is None else end_in_seconds(chosen[0], until)
    if out is not None:
        RunDirectory(out).check_vacant()
    with progress_of_runs(len(chosen) * seeds) as (begin, show):
        found = compare_scenarios(*chosen, seeds=seeds, until=end, begin=begin, done=show)
    written = []
    if out is not None:
        from viz.comparison import write_comparison

        written = write_comparison(found, out)
    if as_json:
        print_json({**found.data(), "files": [str(path) for path in written]})
    else:
        print_comparison(found)
        print_rows([(str(path),) for path in written])
    for text in found.failure_texts:
        say(text)
    raise typer.Exit(1 if found.failures else 0)


@app.command("assess")
def assess(
    trajectories: Annotated[Path, typer.Argument(metavar="TRAJECTORIES", help="Text 'id frame x y z', or sqlite.")],
    venue: Annotated[str, typer.Option(help="A shipped venue or a GeoJSON file, in the same coordinates.")],
    out: Annotated[Path, typer.Option(help="Directory to make.")],
    fps: Annotated[float | None, typer.Option(help="Frames a second, if the file does not say.")] = None,
    unit: Annotated[str | None, typer.Option(help="m or cm, if the file does not say.")] = None,
    level: Annotated[str | None, typer.Option(help="Where people walked, of a venue with several levels.")] = None,
    start: Annotated[str | None, typer.Option(help="When: 2009-05-12T10:00:00+02:00.")] = None,
    as_json: Json = False,
) -> None:
    """Turn measured trajectories into a recording, for crowd report."""
    prepare_threads(None)
    from crowd.assess import assess_trajectories
    from venues import load_venue

    when: Any = {"start": None if start is None else moment(start)}
    found = load_venue(venue)
    recording = assess_trajectories(trajectories, found, out=out, frame_rate=fps, unit=unit, level=level, **when)
    _tell(recording, as_json=as_json)


@app.command("export")
def export(
    path: RunDir,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File to make.")],
    to: Annotated[Format, typer.Option(help="Format.")] = Format.jupedsim,
    level: Annotated[str | None, typer.Option(help="Which level, if there are several.")] = None,
) -> None:
    """Write the people of a recording for other programs: JuPedSim's sqlite, which PedPy reads."""
    from crowd.recording import Recording
    from crowd.recording.exchange import write_jupedsim_sqlite

    typer.echo(str(write_jupedsim_sqlite(Recording(path), file, level=level)))


@app.command("demo")
def demo(
    out: Out = None,
    until: Until = None,
) -> None:
    """Run the Itaewon alley two-way and one-way and write their reports in Korean and English."""
    from crowd.command_line.demo import SCENARIOS, Plan, run_side_by_side
    from crowd.recording import Recording
    from crowd.recording.run_directory import RunDirectory
    from crowd.risk import assess_risk
    from crowd.scenario import Scenario

    folder = out or new_directory("demo")
    RunDirectory(folder).check_vacant()
    scenarios = [Scenario.read(name) for name in SCENARIOS]
    ends = [s.duration if until is None else end_in_seconds(s, until) for s in scenarios]
    scenarios = [s.with_until(end) for s, end in zip(scenarios, ends, strict=True)]
    runs = [folder / name for name in SCENARIOS]
    plans = [Plan(name, path, end) for name, path, end in zip(SCENARIOS, runs, ends, strict=True)]
    with progress_of(scenarios) as progress:
        progress.begin()
        run_side_by_side(plans, show=progress.show)
    for recording in map(Recording, runs):
        if assess_risk(recording).above_jamming:
            _find_force_range(recording)
    recordings = [Recording(path) for path in runs]
    pages: list[Path] = []
    for lang, place in ((Lang.en, ""), (Lang.ko, "ko")):
        say(f"writing the reports ({lang})")
        pages += _write_reports(recordings, [p / place for p in (*runs, folder / "comparison")], lang)
    print_rows([(str(page),) for page in pages])
    _sum_up(recordings, pages)


@app.command("bench")
def bench(
    density: Annotated[float, typer.Option(help="People per m2.")] = 2.0,
    people: Annotated[int, typer.Option(help="How many.")] = 10_000,
    threads: Threads = 1,
    as_json: Json = False,
) -> None:
    """Measure how many person-seconds are simulated per second."""
    used = prepare_threads(threads)
    for name, value in (("density", density), ("people", people)):
        low, high = BENCH_LIMITS[name]
        if not low <= value <= high:
            raise ScenarioError(f"--{name} {value:g} cannot be measured; it must be from {low:g} to {high:g}")
    from crowd.benchmark import bench as measure

    say("compiling and measuring")
    rows = measure(density=density, people=people, threads=used)
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            print_rows([(key, f"{v:.4g}" if isinstance(v, float) else str(v)) for key, v in row.items()])


def _find_force_range(recording: Recording) -> dict[str, Any]:
    """Run the variants of a run and keep the range of its force in its manifest."""
    from crowd.force_range import VARIANTS, force_range
    from crowd.recording.run_directory import RunDirectory
    from crowd.risk import assess_risk

    scenario, summary = recording.scenario, assess_risk(recording).summary()
    peaks = {"contact_force": summary["peak_contact_force"], "contact_force_10s": summary["peak_contact_force_10s"]}
    say(f"{recording.manifest.scenario}: how far the force hangs on assumed bodies; {len(VARIANTS)} more runs")
    found = force_range(scenario, as_assumed=peaks, done=lambda name: say(f"done: {name}"))
    RunDirectory(recording.path).write_manifest(recording.manifest.model_copy(update={"force_range": found}))
    return found


def _tell(recording: Recording, *, as_json: bool) -> None:
    """Print what came out of a run."""
    from crowd.report import report_data, short_doubts
    from crowd.risk import assess_risk

    risk = assess_risk(recording)
    if as_json:
        print_json(risk.summary())
        return
    typer.echo(report_data([risk], "en")["runs"][0]["headline"]["text"] + short_doubts(risk, "en"))
    typer.echo(f"recorded in {recording.path}; for the report: crowd report {recording.path}")


def _write_reports(recordings: Sequence[Recording], folders: Sequence[Path], lang: str) -> list[Path]:
    """Write one report per recording and, of several, their comparison into the last folder."""
    from viz.html_report import write_report

    pages = [write_report([r], folder, lang) for r, folder in zip(recordings, folders, strict=False)]
    return pages if len(recordings) == 1 else [*pages, write_report(recordings, folders[-1], lang)]


def _sum_up(recordings: Sequence[Recording], pages: Sequence[Path]) -> None:
    """Print the five lines somebody reads who reads nothing else."""
    from crowd.report import report_data, short_doubts
    from crowd.risk import assess_risk

    risks = [assess_risk(recording) for recording in recordings]
    for risk, run in zip(risks, report_data(risks, "en")["runs"], strict=True):
        typer.echo(f"{run['label']}: {run['headline']['text']}{short_doubts(risk, 'en')}")
    for risk in risks:
        s = risk.summary()
        waiting = f"{s['people_entered']:,} came in, {s['people_waiting_outside']:,} still wait outside"
        typer.echo(f"{s['scenario']}: {waiting}; computed in {s['wall_seconds']:.0f} s")
    typer.echo(f"side by side: {pages[len(recordings)]}")


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
