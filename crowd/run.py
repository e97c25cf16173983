"""The only loop: it steps a model, shows each half second to the recorder and other observers, writes parts.

Holds: `run` and `resume`. Not here: the step (`crowd.model`), the rows (`crowd.recording.recorder`), the files
(`crowd.recording.run_directory`). What can be wrong with the input is found before the first file is written.
"""

from __future__ import annotations

import math
import shlex
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import numba
import numpy as np
import pyarrow as pa
from shapely.geometry import LineString

from crowd.errors import DiskFull, Interrupted, RecordingError, ScenarioError
from crowd.interventions import Barrier
from crowd.measurement import FIELD_SPACING, Probes
from crowd.model import SNAPSHOT_TICKS, CrowdModel
from crowd.population import Status
from crowd.recording import Recording
from crowd.recording.manifest import Manifest
from crowd.recording.part_file import PartFile
from crowd.recording.provenance import digests, environment_changes, new_manifest
from crowd.recording.recorder import PER_INTERVAL, Recorder
from crowd.recording.run_directory import PART_SECONDS, SCENARIO, VENUE, Checkpoint, RunDirectory
from crowd.recording.tables import HALF_SECOND
from crowd.scenario import Scenario
from crowd.snapshot import Snapshot, trips_of
from crowd.triggers import Measure
from venues import Venue, read_venue
from venues.refusals import Told, told

PART = round(PART_SECONDS / HALF_SECOND)  # half seconds in a part
ROW_BYTES = 12  # of a row of `people` on disk at most; measured: 7 to 8 in calm crowds of 2 to 8 /m2
RECORDS = ("full", "fields")

Observer = Callable[[Snapshot, Recorder], None]


@dataclass
class _Run:
    """A run under way."""

    directory: RunDirectory
    manifest: Manifest
    model: CrowdModel
    recorder: Recorder
    observers: Sequence[Observer]
    end_now: Callable[[], bool] = lambda: False
    wall_before: float = 0.0
    people: PartFile | None = None


def run(
    scenario: Scenario,
    *,
    out: str | Path,
    threads: int | None = None,
    record: str = "full",
    observers: Sequence[Observer] = (),
    until: float | None = None,
    begin: Callable[[], None] = lambda: None,
    end_now: Callable[[], bool] = lambda: False,
) -> Recording:
    """Run a scenario and record it.

    Args:
        scenario: what to run.
        out: directory to make; it must not hold anything.
        threads: for the kernels; None: as many as numba was given.
        record: `full`, or `fields` which leaves the people out.
        observers: called after the recorder with every snapshot (each half second) and the recorder.
        until: stop at this time [s] instead of the scenario's end.
        begin: called when the input has been checked and the model is about to be built.
        end_now: asked after every simulated second; on True the recording ends there, as complete as one with that
            `until`, and its manifest says how far it goes.

    Raises:
        BadInput: nothing has been written.
        Interrupted, DiskFull: the run can be resumed.
    """
    if record not in RECORDS:
        raise ScenarioError(told("record {record!r} is unknown; it must be 'full' or 'fields'", record=record))
    directory = RunDirectory(Path(out))
    directory.check_vacant()
    used = _use_threads(threads)
    scenario = scenario if until is None else scenario.with_until(until)
    _check_tick(scenario)
    begin()
    model = CrowdModel(scenario)
    recorder = Recorder(scenario, probes_of(scenario.venue, scenario.measures), record=record)
    manifest = new_manifest(model, threads=used, record=record, field_spacing=FIELD_SPACING)
    manifest = directory.create(manifest, scenario.write_resolved)
    with directory.locked():
        return _finish(_Run(directory, manifest, model, recorder, observers, end_now))


def resume(
    path: str | Path,
    *,
    threads: int | None = None,
    observers: Sequence[Observer] = (),
    begin: Callable[[], None] = lambda: None,
) -> Recording:
    """Go on with a run that broke off, to the bytes an unbroken run would have written.

    Args:
        path: directory of the run.
        threads: for the kernels; any number gives the same bytes.
        observers, begin: as in `run`.

    Returns:
        The recording; at once if the run was complete.

    Raises:
        RecordingError: there is no run, it is damaged, changed, or being run by another process.
        Interrupted, DiskFull: the run can be resumed again.
    """
    directory = RunDirectory(Path(path))
    manifest = directory.read_manifest()
    if manifest.completed:
        return Recording(path)
    with directory.locked():
        # A checkpoint of another version is told as that, not as a scenario that is no longer the same.
        checkpoint = directory.read_checkpoint()
        scenario = _unchanged_scenario(directory, manifest)
        _use_threads(threads)
        begin()
        recorder = Recorder(scenario, probes_of(scenario.venue, scenario.measures), record=manifest.record)
        current = _Run(directory, manifest, CrowdModel(scenario), recorder, observers)
        if checkpoint is not None:
            directory.check_parts(count=checkpoint.part + 1, record=manifest.record)
            _restore(current, checkpoint)
        directory.delete_parts_from(0 if checkpoint is None else checkpoint.part + 1)
        changes = [text for text in environment_changes(manifest) if text not in manifest.warnings]
        current.manifest = manifest.model_copy(update={"warnings": [*manifest.warnings, *changes]})
        return _finish(current)


def probes_of(venue: Venue, measures: Sequence[Measure]) -> Probes:
    """Return the points at which a run with these measures is observed: none yet, they come where people come."""
    barriers = [m.intervention for m in measures if isinstance(m.intervention, Barrier)]
    cuts = [(barrier.level, LineString(barrier.line)) for barrier in barriers]
    return Probes.nowhere(venue, cuts=cuts)


def estimate_bytes(scenario: Scenario) -> float:
    """Return how large the table `people` may get [bytes], if everyone stays from arrival to the end."""
    times = np.linspace(0.0, scenario.duration, 101)
    arrived = [sum(demand.expected(0.0, float(t)) for demand in scenario.demands) for t in times]
    return float(np.trapezoid(arrived, times)) / HALF_SECOND * ROW_BYTES


def _finish(current: _Run) -> Recording:
    began = time.perf_counter()

    def wall() -> float:
        return current.wall_before + time.perf_counter() - began

    with _stop_requests() as stop_requested:
        try:
            _loop(current, stop_requested, wall)
        except DiskFull as error:
            raise DiskFull(told("{what}; make room and {then}", what=error, then=_how_to_go_on(current))) from error
        finally:
            if current.people is not None:
                current.people.abandon()
    warnings = [*current.manifest.warnings, *current.recorder.warnings]
    update = {
        "completed": True,
        "simulated_seconds": current.recorder.half_seconds * HALF_SECOND,
        "wall_seconds": wall(),
        "warnings": warnings,
    }
    current.directory.write_manifest(current.manifest.model_copy(update=update))
    return Recording(current.directory.path)


def _loop(current: _Run, stop_requested: Callable[[], bool], wall: Callable[[], float]) -> None:
    model, recorder = current.model, current.recorder
    last = math.ceil(current.manifest.duration - 1e-9) * 2
    while recorder.half_seconds < last:
        for _ in range(SNAPSHOT_TICKS):
            model.step()
            if stop_requested():
                raise Interrupted(
                    told("interrupted at {time:.1f} s; {then}", time=model.time, then=_how_to_go_on(current))
                )
        snapshot = model.snapshot()
        recorder.observe(snapshot)
        for observer in current.observers:
            observer(snapshot, recorder)
        if recorder.half_seconds % 2 == 0 and current.end_now():
            last = recorder.half_seconds
        if recorder.half_seconds == last:
            recorder.finish(snapshot, _open_trips(model))
            _write_tables(current, (last - 1) // PART)
        elif recorder.half_seconds % PART == 0:
            _write_part(current, wall())
        elif recorder.half_seconds % PER_INTERVAL == 0 and recorder.record == "full":
            _write_people(current, recorder.half_seconds // PART, recorder.take_people())


def _how_to_go_on(current: _Run) -> Told:
    return told("go on with: crowd resume {path}", path=shlex.quote(str(current.directory.path)))


def _write_part(current: _Run, wall_seconds: float) -> None:
    part = current.recorder.half_seconds // PART - 1
    _write_tables(current, part)
    arrays = {f"model/{name}": array for name, array in current.model.state().items()}
    arrays |= {f"recorder/{name}": array for name, array in current.recorder.state().items()}
    simulated = current.recorder.half_seconds * HALF_SECOND
    current.directory.write_checkpoint(Checkpoint(part, simulated, wall_seconds, arrays))


def _write_tables(current: _Run, part: int) -> None:
    """Write what is left of a part and put all of it in place."""
    tables = current.recorder.take_part()
    if "people" in tables:
        _write_people(current, part, tables.pop("people")).close()
        current.people = None
    current.directory.write_part(part, tables)


def _write_people(current: _Run, part: int, people: pa.Table) -> PartFile:
    """Write some rows of `people`: a minute of a large crowd is more than the memory should hold."""
    if current.people is None:
        current.people = current.directory.part_file("people", part)
    current.people.append(people)
    return current.people


def _restore(current: _Run, checkpoint: Checkpoint) -> None:
    where = current.directory.checkpoint_path
    try:
        model_state = _under("model/", checkpoint.arrays)
        _check_alike(model_state, current.model.state())
        current.recorder.restore(_under("recorder/", checkpoint.arrays))
        current.model.restore(model_state)
    except Exception as error:
        text = " ".join(str(error).split())[:100]
        raise RecordingError(
            told("{path} does not fit this run ({why}); delete it to begin again", path=where, why=text)
        ) from None
    if current.recorder.half_seconds != (checkpoint.part + 1) * PART:
        raise RecordingError(
            told("{path} does not fit part {part}; delete it to begin again", path=where, part=checkpoint.part)
        )
    current.wall_before = checkpoint.wall_seconds


def _check_alike(given: Mapping[str, np.ndarray], own: Mapping[str, np.ndarray]) -> None:
    for name, array in own.items():
        if name not in given:
            raise ValueError(f"{name} is missing")
        if given[name].dtype.kind != array.dtype.kind or given[name].ndim != array.ndim:
            raise ValueError(f"{name} has type {given[name].dtype}, shape {given[name].shape}")


def _under(prefix: str, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name.removeprefix(prefix): a for name, a in arrays.items() if name.startswith(prefix)}


def _unchanged_scenario(directory: RunDirectory, manifest: Manifest) -> Scenario:
    scenario = Scenario.read(directory.input_file(SCENARIO, manifest))
    venue = read_venue(directory.input_file(VENUE, manifest))
    now = digests(scenario)
    now["venue"] = venue.digest()
    for name, value in now.items():
        if manifest.hashes.get(name) != value:
            file = directory.path / (VENUE if name == "venue" else SCENARIO)
            raise RecordingError(
                told(
                    "{file}, or a default of inpa, was changed since the run began ({what} differs); begin a new run",
                    file=file,
                    what=name,
                )
            )
    return scenario


def _open_trips(model: CrowdModel) -> np.ndarray:
    """Trips of everyone who has arrived and not left, outside or inside."""
    people = model.people
    arrived = (people.arrival <= model.time) | (people.status != Status.EXPECTED)
    return trips_of(people, np.flatnonzero(arrived & (people.status != Status.LEFT)))


def _check_tick(scenario: Scenario) -> None:
    tick = scenario.parameters.steering.tick
    if abs(tick * SNAPSHOT_TICKS - HALF_SECOND) > 1e-9:
        raise ScenarioError(
            told(
                "'steering.tick' is {tick:g} s; for a recording it must be {right:g} s",
                tick=tick,
                right=HALF_SECOND / SNAPSHOT_TICKS,
            )
        )


def _use_threads(threads: int | None) -> int:
    if threads is not None:
        most = int(numba.config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined]
        if not 1 <= threads <= most:
            raise ScenarioError(
                told("threads {count} cannot be used; it must be 1 to {most}", count=threads, most=most)
            )
        numba.set_num_threads(threads)
    return int(numba.get_num_threads())


@contextmanager
def _stop_requests() -> Iterator[Callable[[], bool]]:
    """Turn the first Ctrl-C or termination request into a question; a second Ctrl-C breaks off at once."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ask(number: int, frame: FrameType | None) -> None:
        asked.set()
        signal.signal(number, signal.default_int_handler)

    for number in before:
        signal.signal(number, ask)
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
