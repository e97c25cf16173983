"""Commands that make, resume, measure or export recordings and draw nothing.

Not here: the loop (`crowd.run`), reports (`crowd.cli`).
"""

from __future__ import annotations

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
    report_command,
)
from crowd.command_line.options import Format, Json, Lang, Out, Record, Rival, RunDir, ScenarioName, Threads, Until
from crowd.command_line.terminal import print_json, print_rows, say
from crowd.errors import ScenarioError
from crowd.sentences import say as say_in
from venues.refusals import told

if TYPE_CHECKING:
    from crowd.recording import Recording

BENCH_LIMITS = {"density": (0.1, 12.0), "people": (10, 200_000)}


def run(
    scenario: ScenarioName,
    seed: Annotated[int | None, typer.Option(help="Seed instead of the scenario's own.")] = None,
    until: Until = None,
    out: Out = None,
    threads: Threads = None,
    record: Annotated[Record, typer.Option(help="'fields' leaves the people out.")] = Record.full,
    lang: Lang = Lang.en,
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
        announce_size(chosen, lang)
    folder = out or new_directory(f"{chosen.name}-seed{chosen.seed}")
    with progress_of([chosen], lang) as progress:
        watch: Any = {"observers": [progress.observer()], "begin": progress.begin}
        recording = run_scenario(chosen, out=folder, threads=used, record=record, **watch)
    tell_result(recording, lang=lang, as_json=as_json)


def resume(path: RunDir, threads: Threads = None, lang: Lang = Lang.en, as_json: Json = False) -> None:
    """Go on after a stop or a crash, to the same numbers."""
    used = prepare_threads(threads)
    from crowd.recording import Recording
    from crowd.run import resume as resume_run

    recording = Recording(path)
    if recording.manifest.completed:
        seconds = f"{recording.manifest.simulated_seconds:g}"
        say(say_in(lang, "commands", "complete", folder=path, seconds=seconds))
    else:
        with progress_of([recording.scenario], lang) as progress:
            watch: Any = {"observers": [progress.observer()], "begin": progress.begin}
            recording = resume_run(path, threads=used, **watch)
    tell_result(recording, lang=lang, as_json=as_json)


def force_range(path: RunDir, lang: Lang = Lang.en, as_json: Json = False) -> None:
    """Run DIR's scenario again with other bodies: how far the force hangs on what is assumed about them."""
    from crowd.recording import Recording

    recording = Recording(path)
    if not recording.manifest.completed:
        raise ScenarioError(told("{path} is not complete; first: crowd resume {path}", path=path))
    found = find_force_range(recording, lang)
    if as_json:
        print_json(found)
    else:
        low, high = (f"{found[end]:,.0f}" for end in ("low", "high"))
        typer.echo(say_in(lang, "commands", "force_range", low=low, high=high, command=report_command(path, lang)))


def assess(
    trajectories: Annotated[Path, typer.Argument(metavar="TRAJECTORIES", help="Text 'id frame x y z', or sqlite.")],
    venue: Annotated[str, typer.Option(help="A shipped venue or a GeoJSON file, in the same coordinates.")],
    out: Annotated[Path, typer.Option(help="Directory to make.")],
    fps: Annotated[float | None, typer.Option(help="Frames a second, if the file does not say.")] = None,
    unit: Annotated[str | None, typer.Option(help="m or cm, if the file does not say.")] = None,
    level: Annotated[str | None, typer.Option(help="Where people walked, of a venue with several levels.")] = None,
    start: Annotated[str | None, typer.Option(help="When: 2009-05-12T10:00:00+02:00.")] = None,
    lang: Lang = Lang.en,
    as_json: Json = False,
) -> None:
    """Turn measured trajectories into a recording, for crowd report."""
    prepare_threads(None)
    from crowd.assess import assess_trajectories
    from venues import load_venue

    when: Any = {"start": None if start is None else moment(start)}
    found = load_venue(venue)
    recording = assess_trajectories(trajectories, found, out=out, frame_rate=fps, unit=unit, level=level, **when)
    tell_result(recording, lang=lang, as_json=as_json)


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


def bench(
    density: Annotated[list[float] | None, typer.Option(help="People per m2; may be repeated.  [default: 2]")] = None,
    people: Annotated[list[int] | None, typer.Option(help="How many; may be repeated.  [default: 10000]")] = None,
    threads: Annotated[list[int] | None, typer.Option(help="Processors; may be repeated.  [default: 1]")] = None,
    venue: Annotated[
        list[str] | None, typer.Option(help="'square', or a venue to fill; may be repeated.  [default: square]")
    ] = None,
    against: Annotated[Rival | None, typer.Option(help="Time the same crowd there too.")] = None,
    as_json: Json = False,
) -> None:
    """Measure how many person-seconds are simulated per second, and where the time goes."""
    densities, counts = density or [2.0], people or [10_000]
    for name, value in (*(("density", value) for value in densities), *(("people", count) for count in counts)):
        low, high = BENCH_LIMITS[name]
        if not low <= value <= high:
            raise ScenarioError(
                told(
                    "--{option} {value:g} cannot be measured; it must be from {low:g} to {high:g}",
                    option=name,
                    value=value,
                    low=low,
                    high=high,
                )
            )
    used = [prepare_threads(count) for count in sorted(threads or [1])]
    from crowd.benchmark import SQUARE
    from crowd.benchmark import bench as measure

    say("compiling and measuring")
    rows = []
    for row in measure(
        venues=venue or [SQUARE], densities=densities, people=counts, threads=used,
        against_jupedsim=against is not None,
    ):  # fmt: skip
        rows.append(row)
        if not as_json:
            print_rows([(key, f"{v:.4g}" if isinstance(v, float) else str(v)) for key, v in row.items()])
    if as_json:
        print_json(rows)


def find_force_range(recording: Recording, lang: str) -> dict[str, Any]:
    """Run the variants of a run and keep the range of its force in its manifest."""
    from crowd.force_range import VARIANTS, force_range
    from crowd.recording.run_directory import RunDirectory
    from crowd.risk import assess_risk

    scenario = recording.scenario
    if recording.manifest.hashes.get("parameters") != scenario.parameters.digest():
        raise ScenarioError(
            told(
                "{path} was run with other constants than those of this inpa; "
                "run it again with this version, then crowd force-range",
                path=recording.path,
            )
        )
    summary = assess_risk(recording).summary()
    peaks = {"contact_force": summary["peak_contact_force"], "contact_force_10s": summary["peak_contact_force_10s"]}
    say(say_in(lang, "commands", "variants", scenario=recording.manifest.scenario, count=len(VARIANTS)))

    def done(name: str) -> None:
        say(say_in(lang, "commands", "variant_done", name=say_in(lang, "variants", name)))

    found = force_range(scenario, as_assumed=peaks, done=done)
    RunDirectory(recording.path).write_manifest(recording.manifest.model_copy(update={"force_range": found}))
    return found


def tell_result(recording: Recording, *, lang: str, as_json: bool) -> None:
    """Print what came out of a run."""
    from crowd.report import report_data, short_doubts
    from crowd.risk import assess_risk

    risk = assess_risk(recording)
    if as_json:
        print_json(risk.summary())
        return
    data = report_data([risk], lang)["runs"][0]
    typer.echo(data["headline"]["text"] + short_doubts(risk, lang))
    for warning in data["warnings"]:
        place = " " + warning["place"] if warning["place"].startswith("(") else f" ({warning['place']})"
        typer.echo(say_in(lang, "commands", "warning", text=warning["text"], place=place, detail=warning["detail"]))
    command = report_command(recording.path, lang)
    typer.echo(say_in(lang, "commands", "recorded", folder=recording.path, command=command))
