"""The `crowd` command: the list of its commands, and those of them that draw.

The only module that may import `viz`. Slow libraries are imported inside the commands, so that
`crowd --help` is quick. Not here: commands that draw nothing, options, the console (`crowd.command_line`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crowd.command_line import run_commands, scenario_commands, venue_commands
from crowd.command_line.command_inputs import (
    announce_size,
    end_in_seconds,
    new_directory,
    prepare_threads,
    progress_of,
    report_command,
)
from crowd.command_line.options import OPTIONS, Beside, Json, Lang, Out, Threads, Until, VenueName
from crowd.command_line.terminal import print_json, print_rows, say
from crowd.errors import ScenarioError
from crowd.sentences import say as say_in
from venues.refusals import told

if TYPE_CHECKING:
    from crowd.recording import Recording
    from crowd.scenario import Scenario
    from viz.viewer import Photo

app = typer.Typer(help="Where, when and how badly a crowd gets dangerous.", **OPTIONS)
venue_app = typer.Typer(help="Look at a venue and check it.", **OPTIONS)
scenario_app = typer.Typer(help="Make a scenario.", **OPTIONS)
app.add_typer(venue_app, name="venue")
app.add_typer(scenario_app, name="scenario")


@app.callback()
@venue_app.callback()
@scenario_app.callback()
def _help(context: typer.Context, version: Annotated[bool, typer.Option("--version")] = False) -> None:
    """Show what there is if nothing is asked for."""
    if version:
        from crowd import __version__

        typer.echo(f"inpa {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


app.command("venues")(venue_commands.list_venues)


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
def check_map(
    name: VenueName,
    out: Annotated[Path | None, typer.Option(help="Picture with the problems on it: .png, .pdf or .svg.")] = None,
    lang: Lang = Lang.en,
    as_json: Json = False,
) -> None:
    """Say what is wrong with a venue, and draw it; exit code 1 if anything in it is an error."""
    from venues import check_venue, load_venue

    venue = load_venue(name)
    problems = check_venue(venue)
    if out is not None:
        from viz.problem_map import draw_problems

        draw_problems(venue, problems, out, lang)
    files = [] if out is None else [out]
    venue_commands.tell_problems(venue, problems, lang=lang, as_json=as_json, files=files)


venue_app.command("import")(venue_commands.import_venue)
venue_app.command("capacity")(venue_commands.capacity)
app.command("scenarios")(scenario_commands.list_scenarios)
scenario_app.command("new")(scenario_commands.new)
app.command("schema")(scenario_commands.schema)
app.command("run")(run_commands.run)
app.command("resume")(run_commands.resume)
app.command("force-range")(run_commands.force_range)


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
    from crowd.recording.run_directory import check_results_folder
    from viz.html_report import FILES

    recordings = [Recording(path) for path in paths]
    beside = out or paths[0].resolve().parent / "comparison"
    if out or len(paths) > 1:
        check_results_folder(beside, FILES, proof="report.json")
    pages = _write_reports(recordings, [beside] if out and len(paths) == 1 else [*paths, beside], lang)
    if as_json:
        print_json({"reports": [str(page) for page in pages]})
    else:
        print_rows([(str(page),) for page in pages])


@app.command("view")
def view(
    name: Annotated[str, typer.Argument(metavar="SCENARIO_OR_DIR", help="What to run, or a recording.")],
    frames: Annotated[int | None, typer.Option(help="Show so many frames, half a second each, and end.")] = None,
    screenshot: Annotated[Path | None, typer.Option(help="Picture (.png) of the last of these frames.")] = None,
    record: Annotated[
        Path | None, typer.Option("--record", "--out", help="Directory of a live run.  [default: a new one in runs/]")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed instead of the scenario's own.")] = None,
    until: Until = None,
    threads: Threads = None,
    lang: Lang = Lang.en,
) -> None:
    """Watch a run or a recording in a window.

    A run is recorded as it is watched; closing the window ends it, and what was watched is a complete recording.
    """
    used = prepare_threads(threads)
    from viz.viewer import Photo, view_recording

    if (frames is None) != (screenshot is None):
        raise ScenarioError(told("--frames and --screenshot go together: so many frames, then the picture"))
    photo = None if frames is None or screenshot is None else Photo(frames, screenshot)
    if Path(name).is_dir():
        _refuse_for_replay(record=record, seed=seed, until=until)
        from crowd.recording import Recording

        view_recording(Recording(name), lang=lang, photo=photo)
    else:
        from crowd.scenario import Scenario

        chosen = Scenario.read(name)
        chosen = chosen if seed is None else chosen.with_seed(seed)
        chosen = chosen if until is None else chosen.with_until(end_in_seconds(chosen, until))
        _watch_live(chosen, out=record, threads=used, lang=lang, photo=photo)
    if photo is not None:
        typer.echo(str(photo.file))


@app.command("compare")
def compare(
    names: Annotated[list[str], typer.Argument(metavar="SCENARIO...", help="Two or more; held against the first.")],
    seeds: Annotated[int, typer.Option(help="How many, from the first scenario's seed on; below 5 no interval.")] = 8,
    until: Until = None,
    out: Annotated[Path | None, typer.Option(help="Directory for a page, a picture and all numbers.")] = None,
    lang: Lang = Lang.en,
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
    with progress_of_runs(len(chosen) * seeds, lang) as (begin, show):
        found = compare_scenarios(*chosen, seeds=seeds, until=end, begin=begin, done=show)
    written = []
    if out is not None:
        from viz.comparison import write_comparison

        written = write_comparison(found, out, lang=lang)
    if as_json:
        print_json({**found.data(), "files": [str(path) for path in written]})
    else:
        print_comparison(found, lang)
        print_rows([(str(path),) for path in written])
    for text in found.failure_texts(lang):
        say(text)
    raise typer.Exit(1 if found.failures else 0)


@app.command("validate")
def validate(
    suite: Annotated[str, typer.Option(help="rimea, imo, nist, iso, experiments, mechanics or all.")] = "all",
    tier: Annotated[int, typer.Option(help="0: seconds; 1: half an hour on two processors; 2: everything.")] = 1,
    keys: Annotated[list[str] | None, typer.Option("--case", help="Only this case, by its key; repeatable.")] = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder of measured data.  [default: none; skip what needs it]")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Directory for VALIDATION.md, its pictures and all numbers.")] = None,
    as_json: Json = False,
) -> None:
    """Test the default model against guidelines and measurements; exit code 1 if any criterion is missed."""
    if data is not None and not data.is_dir():
        raise ScenarioError(told("--data {data} is no folder; name the one that holds the measured data", data=data))
    from crowd.command_line.validation_table import print_validation, progress_of_cases
    from crowd.recording.run_directory import check_results_folder
    from crowd.validation import chosen_cases, count_runs, failed, publication
    from crowd.validation import validate as run_cases

    chosen = chosen_cases(suite, tier, keys or ())
    if out is not None:
        check_results_folder(out, ("VALIDATION.md", "validation.json"), proof="validation.json")
    with progress_of_cases(count_runs(chosen, data)) as (begin, show):
        rows = run_cases(chosen, data=data, begin=begin, done=show)
    document = publication(rows)
    written = []
    if out is not None:
        from viz.validation_page import write_validation

        written = write_validation(document, out)
    if as_json:
        print_json({**document, "files": [str(path) for path in written]})
    else:
        print_validation(rows)
        print_rows([(str(path),) for path in written])
    raise typer.Exit(1 if failed(rows) else 0)


app.command("assess")(run_commands.assess)
app.command("export")(run_commands.export)


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
    with progress_of(scenarios, Lang.en) as progress:
        progress.begin()
        run_side_by_side(plans, show=progress.show)
    for recording in map(Recording, runs):
        if assess_risk(recording).above_jamming:
            run_commands.find_force_range(recording, Lang.en)
    recordings = [Recording(path) for path in runs]
    pages: list[Path] = []
    for lang, place in ((Lang.en, ""), (Lang.ko, "ko")):
        say(f"writing the reports ({lang})")
        pages += _write_reports(recordings, [p / place for p in (*runs, folder / "comparison")], lang)
    print_rows([(str(page),) for page in pages])
    _sum_up(recordings, pages)


app.command("bench")(run_commands.bench)


def _watch_live(scenario: Scenario, *, out: Path | None, threads: int, lang: str, photo: Photo | None) -> None:
    """Run a scenario in a window and say how far it came."""
    from viz.viewer import view_live

    announce_size(scenario, lang)
    folder = out or new_directory(f"{scenario.name}-seed{scenario.seed}")
    recording = view_live(scenario, out=folder, threads=threads, lang=lang, photo=photo)
    reached = scenario.clock(recording.manifest.simulated_seconds)
    values = {"clock": f"{reached:%H:%M:%S}", "folder": folder, "command": report_command(folder, lang)}
    typer.echo(say_in(lang, "commands", "recorded_until", **values))


def _refuse_for_replay(**given: object) -> None:
    """Refuse what only a live run can take."""
    for option, value in given.items():
        if value is not None:
            raise ScenarioError(
                told(
                    "--{option} {value} is for a live run; a directory is replayed as it was recorded",
                    option=option,
                    value=value,
                )
            )


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


if __name__ == "__main__":
    app()
