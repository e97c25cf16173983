"""How fast the model runs: person-seconds simulated per wall second, after compilation, and where the time goes.

People walk one way across an open square of the asked density, or over the largest level of a shipped venue to its
exits; contact and recording at 2 Hz included. Each case runs in a process of its own, so that its peak memory is its
own. Not here: how true it is (`tests/claims`), how long one kernel takes (`tests/speed`).
"""

from __future__ import annotations

import math
import platform
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import wraps
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numba
from shapely.geometry import box

from crowd.against_jupedsim import AHEAD, jupedsim_person_seconds
from crowd.demand import Demand
from crowd.journeys import Journey, LeaveBy
from crowd.model import SNAPSHOT_TICKS, CrowdModel
from crowd.movement.motion import contact_step
from crowd.recording.recorder import Recorder
from crowd.recording.run_directory import RunDirectory
from crowd.recording.tables import table_names
from crowd.run import probes_of
from crowd.scenario import Scenario
from venues import Level, Venue, Zone, load_venue

#: Name of the venue that is an open square of the crowd's own size.
SQUARE = "square"
#: Half seconds that settle the crowd, and half seconds that are timed.
_WARM_UP, _TIMED = 4, 20
#: People in the square who rehearse it all, at most; a venue is filled for it too.
_REHEARSING = 5_000
Row = dict[str, float | int | str]


@dataclass(frozen=True)
class Case:
    """One crowd to time: so many people at a density [1/m2] with so many threads."""

    venue: str
    density: float
    people: int
    threads: int
    against_jupedsim: bool = False


def bench(
    *,
    venues: Sequence[str] = (SQUARE,),
    densities: Sequence[float] = (2.0,),
    people: Sequence[int] = (10_000,),
    threads: Sequence[int] = (1,),
    against_jupedsim: bool = False,
) -> Iterator[Row]:
    """Time the model in every combination.

    Args:
        venues: `square`, or venues that are filled at the density; in these the people follow from the floor.
        densities: people per floor where they start [1/m2]. people: how many. threads: numba threads.
        against_jupedsim: time the same crowd in JuPedSim too.

    Returns:
        For each a row: person_seconds_per_second [1] of the model, recorded_person_seconds_per_second with all that is
        recorded of it, density asked and found [1/m2], people, threads, share_... of the time by phase, contact step h
        [s], its stiffness [N/m] and the mass it is for [kg], peak memory [MB], build_seconds of the model and its
        probes, rehearsal_seconds of a smaller crowd before it, compiling included, wall_seconds, cpu; against JuPedSim:
        jupedsim_person_seconds_per_second and times_jupedsim.
    """
    cases = [
        Case(venue, density, count, used, against_jupedsim)
        for venue, density, used in product(venues, densities, threads)
        for count in (people if venue == SQUARE else (0,))
    ]
    for case in cases:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            yield process.submit(measure, case).result()


def measure(case: Case) -> Row:
    """Time one case in this process."""
    numba.set_num_threads(case.threads)
    begun = time.perf_counter()
    _rehearse(case)
    start = time.perf_counter()
    model, recorder = _build(case)
    built = time.perf_counter()
    with tempfile.TemporaryDirectory() as directory:
        _advance(model, recorder, _WARM_UP, directory)
        inside = model.people.present().size
        with _phases(model, recorder) as spent:
            _advance(model, recorder, _TIMED, directory)
    wall = spent["step"] + spent["recording"]
    row = _row(case, model, inside, spent, wall)
    row |= {"build_seconds": built - start, "rehearsal_seconds": start - begun, "wall_seconds": wall}
    if case.against_jupedsim:
        theirs = jupedsim_person_seconds(inside, case.density)
        row["jupedsim_person_seconds_per_second"] = theirs
        row["times_jupedsim"] = float(row["person_seconds_per_second"]) / theirs
    return row


def _rehearse(case: Case) -> None:
    """Do it all once, so that what compiles at some moment has compiled; on return its memory is free again."""
    model, recorder = _build(replace(case, people=min(case.people, _REHEARSING)))
    with tempfile.TemporaryDirectory() as directory:
        _advance(model, recorder, _WARM_UP + _TIMED, directory)


def _build(case: Case) -> tuple[CrowdModel, Recorder]:
    """The crowd of a case, and what records it."""
    scenario = _square(case) if case.venue == SQUARE else _filled(case)
    model = CrowdModel(scenario)
    return model, Recorder(scenario, probes_of(scenario.venue, scenario.measures), record="full")


def _row(case: Case, model: CrowdModel, inside: int, spent: dict[str, float], wall: float) -> Row:
    simulated = inside * _TIMED * SNAPSHOT_TICKS * model.tick
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    contact = model.parameters.contact
    shares = {name: spent[name] / wall for name in ("wayfinding", "neighbours", "steering", "contact", "fields")}
    shares["other"] = (spent["step"] - sum(spent[name] for name in shares if name != "fields")) / wall
    shares["recording"] = (spent["recording"] - spent["fields"]) / wall
    return {
        "venue": case.venue,
        "person_seconds_per_second": simulated / spent["step"],
        "recorded_person_seconds_per_second": simulated / wall,
        "density": case.density,
        "density_found": inside * case.density / len(model.people),
        "people": inside,
        "threads": case.threads,
        **{f"share_{name}": share for name, share in shares.items()},
        "contact_step": contact_step(model.parameters)[0],
        "stiffness": contact.stiffness,
        "stiffness_mass": contact.stiffness_mass,
        "peak_memory_MB": memory / (1024.0**2 if sys.platform == "darwin" else 1024.0),
        "cpu": platform.processor() or platform.machine(),
    }


def _advance(model: CrowdModel, recorder: Recorder, half_seconds: int, directory: str) -> None:
    """Run and record, and write one part, as `crowd.run` does."""
    for _ in range(half_seconds):
        for _ in range(SNAPSHOT_TICKS):
            model.step()
        recorder.observe(model.snapshot())
    tables = recorder.take_part()
    for name in table_names(record="full"):
        (Path(directory) / name).mkdir(exist_ok=True)
    RunDirectory(Path(directory)).write_part(0, tables)


@contextmanager
def _phases(model: CrowdModel, recorder: Recorder) -> Iterator[dict[str, float]]:
    """Note the time spent in each phase [s]: `step` and `recording` are all, the others parts of these."""
    spent: dict[str, float] = defaultdict(float)
    motion = model.motion
    watched: list[tuple[Any, str, str]] = [
        (model, "step", "step"),
        *((model, name, "wayfinding") for name in ("_find_ways", "_serve_gates")),
        *((part, name, "wayfinding") for part, name in ((model.banks, "lead"), (model.lifts, "serve"))),
        *((motion, name, "neighbours") for name in ("_in_order", "_touching")),
        (motion, "_steer", "steering"),
        (motion, "_contact", "contact"),
        (model, "snapshot", "recording"),
        *((recorder, name, "recording") for name in ("observe", "take_part")),
        *((recorder._fields, name, "fields") for name in ("half_second", "second")),
    ]
    for part, name, phase in watched:
        setattr(part, name, _timed(getattr(part, name), spent, phase))
    yield spent
    for part, name, _ in watched:
        delattr(part, name)


def _timed(function: Callable[..., Any], spent: dict[str, float], phase: str) -> Callable[..., Any]:
    @wraps(function)
    def timed(*args: Any, **others: Any) -> Any:
        start = time.perf_counter()
        try:
            return function(*args, **others)
        finally:
            spent[phase] += time.perf_counter() - start

    return timed


def _square(case: Case) -> Scenario:
    """A square full of people who walk east."""
    side = math.sqrt(case.people / case.density)
    floor = box(0.0, 0.0, side + AHEAD + 2.0, side)
    zones = (
        Zone("crowd", "ground", box(0.0, 0.0, side, side), frozenset({"source"})),
        Zone("exit", "ground", box(side + AHEAD, 0.0, side + AHEAD + 2.0, side), frozenset({"exit"})),
    )
    return _scenario(Venue(name=SQUARE, levels=(Level("ground", floor),), zones=zones), ("exit",), case.people)


def _filled(case: Case) -> Scenario:
    """A venue with people everywhere on its largest level, who walk to its exits."""
    venue = load_venue(case.venue)
    level = max(venue.levels, key=lambda level: level.floor.area)
    exits = tuple(zone.name for zone in venue.zones if "exit" in zone.kinds)
    crowd = Zone("crowd", level.name, level.floor, frozenset({"source"}))
    people = round(case.density * level.floor.area)
    return _scenario(replace(venue, zones=(*venue.zones, crowd)), exits, people)


def _scenario(venue: Venue, exits: tuple[str, ...], people: int) -> Scenario:
    return Scenario(
        name="bench",
        venue=venue,
        start=datetime(2022, 10, 29, 12, tzinfo=UTC),
        duration=3600.0,
        demands=(Demand.present("crowd", "out", people=people),),
        journeys=(Journey("out", (LeaveBy(exits),)),),
    )
