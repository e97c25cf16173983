"""From the entries of a scenario file to frozen parts in SI, seconds since the start and venue-local metres.

Holds: one function for each kind of part. Messages begin with file and place.
Not here: the form of the file (`crowd.scenario.schema`), checks across parts (`crowd.scenario.checks`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from shapely.geometry import LineString, Polygon

from crowd.demand import Alighting, Burst, Demand, PreMovement
from crowd.errors import ScenarioError, blamed, no_such, shown
from crowd.interventions import Barrier, Intervention, KeepRight, Metering, OneWay, SetGate
from crowd.journeys import STANDING_DENSITY, Journey, LeaveBy, Queue, Stage, Wait, WalkTo, Watch
from crowd.parameters import Parameters
from crowd.profiles import PROFILES, Profile
from crowd.scenario.clock import Clock, Moment, wall_clock
from crowd.scenario.demand_table import load_demand_table
from crowd.scenario.schema import (
    AnyMeasure,
    BarrierEntry,
    DemandEntry,
    GateEntry,
    KeepRightEntry,
    MeteringEntry,
    OneWayEntry,
    PreMovementEntry,
    ProfileEntry,
    ScenarioFile,
    StageEntry,
    TrainsEntry,
)
from crowd.scenario.units import DAY
from crowd.trains import DWELL, Trains
from crowd.triggers import AtTime, Measure
from venues import MeasurementArea, MeasurementLine, Venue, load_venue, names
from venues.refusals import told


@dataclass(frozen=True)
class Setting:
    """What the entries of one file have in common: its name and folder, its clock and length, venue and trains."""

    where: str
    folder: Path
    clock: Clock
    duration: float
    venue: Venue
    trains: Mapping[str, Trains] = field(default_factory=dict)

    def trains_named(self, name: str | None) -> Trains | None:
        """Return the trains of a name, none for no name."""
        if name is None:
            return None
        if name not in self.trains:
            raise ScenarioError(told("{where}: {what}", where="trains", what=no_such("trains", name, self.trains)))
        return self.trains[name]

    def level(self, name: str | None) -> str:
        """Return the name of a level; where the venue has one level it may be left out."""
        if name is not None:
            return self.venue.level(name).name
        known = [level.name for level in self.venue.levels]
        if len(known) > 1:
            raise ScenarioError(told("level is missing; the venue has {known}", known=", ".join(map(repr, known))))
        return known[0]


def load_venue_beside(text: str, *, folder: Path) -> Venue:
    """Return a shipped venue, or one in a file whose path is relative to a folder."""
    if not text.isprintable():
        raise ScenarioError(
            told("venue {name} is no name; write that of a shipped venue, or of a GeoJSON file", name=shown(text))
        )
    beside = folder / text
    is_file = text not in names() and (beside.suffix or beside.exists())
    return load_venue(beside if is_file else text)


def build_profiles(file: ScenarioFile, *, where: str) -> dict[str, Profile]:
    """Return the shipped profiles and those of the file, by name."""
    known = dict(PROFILES)
    for number, entry in enumerate(file.profiles, start=1):
        with blamed(where, f"profiles#{number}"):
            if entry.name in [other.name for other in file.profiles[: number - 1]]:
                raise ScenarioError(told("name {name!r} is already taken; each profile needs its own", name=entry.name))
            known[entry.name] = _profile(entry)
    return known


def _profile(entry: ProfileEntry) -> Profile:
    base = entry.based_on or (entry.name if entry.name in PROFILES else "adult")
    if base not in PROFILES:
        raise ScenarioError(told("{where}: {what}", where="based_on", what=no_such("profile", base, PROFILES)))
    given = entry.model_dump(exclude_none=True, exclude={"name", "based_on"})
    profile = replace(PROFILES[base], **{"source": f"changed from {base}: assumed", **given, "name": entry.name})
    for name in ("speed_mean", "speed_sd"):
        if given.get(name, getattr(profile, name)) != getattr(profile, name):
            raise ScenarioError(
                told(
                    "{name} is {value:g} m/s, but speeds are uniform from {low:g} to {high:g} m/s; "
                    'leave it out, or write speed_distribution = "normal"',
                    name=name,
                    value=given[name],
                    low=profile.speed_min,
                    high=profile.speed_max,
                )
            )
    return profile


def build_trains(file: ScenarioFile, clock: Clock, *, where: str) -> dict[str, Trains]:
    """Return the trains of a file, by name."""
    known: dict[str, Trains] = {}
    for number, entry in enumerate(file.trains, start=1):
        with blamed(where, f"trains#{number}"):
            if entry.name in known:
                raise ScenarioError(told("name {name!r} is already taken; all trains need their own", name=entry.name))
            known[entry.name] = _trains(entry, clock)
    return known


def _trains(entry: TrainsEntry, clock: Clock) -> Trains:
    dwell = DWELL if entry.dwell is None else entry.dwell
    first = clock.seconds(entry.first)
    own = {} if entry.boarding_after is None else {"boarding_after": entry.boarding_after}
    trains = Trains(entry.name, first, entry.every, dwell=dwell, count=entry.count, labels=dict(entry.labels), **own)
    if entry.last is None:
        return trains
    last = clock.seconds(entry.last)
    if last < first:
        raise ScenarioError(
            told("last is {early:g} min before first; it must not be earlier", early=(first - last) / 60.0)
        )
    return replace(trains, count=int(trains.number(last)) + 1)


def build_demands(file: ScenarioFile, setting: Setting) -> tuple[Demand, ...]:
    """Return the demands of a file; tables are read from beside it."""
    demands = []
    for number, entry in enumerate(file.demand, start=1):
        with blamed(setting.where, f"demand#{number}"):
            demands.append(_demand(entry, setting))
    return tuple(demands)


def _demand(entry: DemandEntry, setting: Setting) -> Demand:
    mix = entry.mix or {entry.profile or "adult": 1.0}
    common: dict[str, Any] = {
        "profiles": tuple(mix.items()),
        "pre_movement": _pre_movement(entry.pre_movement),
    }
    common |= {"name": entry.name or "", "group_size": entry.group_size, "group": entry.group or ""}
    trains = setting.trains_named(entry.trains)
    if trains is not None and entry.people is not None:
        spread = trains.dwell if entry.alight is None else entry.alight
        return Demand(entry.source, entry.journey, alighting=Alighting(trains, entry.people, spread), **common)
    if entry.people is not None:
        burst = Burst(0.0 if entry.at is None else setting.clock.seconds(entry.at), entry.people)
        return Demand(entry.source, entry.journey, burst=burst, **common)
    if entry.moments is not None:
        moments = tuple(setting.clock.seconds(moment) for moment in entry.moments)
        return Demand(entry.source, entry.journey, moments=moments, **common)
    points = _points(entry, setting)
    times = tuple(time for time, _ in points)
    rates = tuple(rate * entry.share for _, rate in points)
    return Demand(entry.source, entry.journey, times=times, rates=rates, **common)


def _points(entry: DemandEntry, setting: Setting) -> tuple[tuple[float, float], ...]:
    """Return pairs of time [s] and rate [1/s] of an entry with a rate, a table or points."""
    if entry.rate is not None:
        return (0.0, entry.rate), (setting.duration, entry.rate)
    if entry.table is not None and entry.column is not None:
        path = setting.folder / entry.table
        return load_demand_table(path, column=entry.column, clock=setting.clock, duration=setting.duration)
    points = entry.points or ()
    times, wrong = setting.clock.seconds_of_rows([moment for moment, _ in points], duration=setting.duration)
    if wrong is not None:
        moment = points[wrong][0]
        raise ScenarioError(
            told(
                "points#{number}: time {time!s} is not after the one before; sort the points",
                number=wrong + 1,
                time=moment,
            )
        )
    return tuple(zip(times, (rate for _, rate in points), strict=True))


def _pre_movement(entry: PreMovementEntry | None) -> PreMovement:
    if entry is None:
        return PreMovement()
    if entry.fixed is not None:
        return PreMovement("fixed", entry.fixed)
    kind, pair = next((kind, pair) for kind, pair in entry if pair is not None)
    return PreMovement(kind, pair[0], pair[1])


def build_journeys(file: ScenarioFile, setting: Setting) -> tuple[Journey, ...]:
    """Return the journeys of a file."""
    journeys = []
    for number, entry in enumerate(file.journeys, start=1):
        stages = []
        for position, stage in enumerate(entry.stages, start=1):
            with blamed(setting.where, f"journeys#{number}.stages#{position}"):
                stages.append(_stage(stage, setting))
        with blamed(setting.where, f"journeys#{number}"):
            journeys.append(Journey(entry.name, tuple(stages), entry.step_free, entry.informed))
    return tuple(journeys)


def _stage(entry: StageEntry, setting: Setting) -> Stage:
    clock, trains = setting.clock, setting.trains_named(entry.trains)
    if entry.walk_to is not None:
        return WalkTo(entry.walk_to)
    if entry.wait is not None:
        return Wait(entry.wait, entry.for_, None if entry.until is None else _end(entry.until, setting), trains)
    if entry.watch is not None and entry.towards is not None and entry.until is not None:
        return Watch(
            entry.watch,
            entry.towards,
            _end(entry.until, setting),
            None if entry.press_from is None else clock.seconds(entry.press_from),
            entry.force or 0.0,
            1.0 if entry.share is None else entry.share,
            STANDING_DENSITY if entry.density is None else entry.density,
        )
    if entry.queue is not None and entry.rate is not None:
        return Queue(entry.queue, entry.rate)
    exits = entry.leave_by or ()
    familiar = tuple((entry.familiar or {}).items())
    return LeaveBy((exits,) if isinstance(exits, str) else tuple(exits), trains, familiar)


def build_measures(file: ScenarioFile, setting: Setting) -> tuple[Measure, ...]:
    """Return the measures of a file."""
    measures = []
    for number, entry in enumerate(file.measures, start=1):
        with blamed(setting.where, f"measures#{number}"):
            measures.append(Measure(_intervention(entry, setting), _trigger(entry, setting)))
    return tuple(measures)


def _intervention(entry: AnyMeasure, setting: Setting) -> Intervention:
    name = entry.name or ""
    match entry:
        case OneWayEntry():
            return OneWay(entry.gate, entry.direction, name=name)
        case KeepRightEntry():
            return KeepRight(entry.zone, entry.axis, entry.compliance, name=name)
        case GateEntry():
            return SetGate(entry.gate, entry.open, name=name)
        case MeteringEntry():
            return Metering(entry.gate, entry.rate, name=name)
        case BarrierEntry():
            return Barrier(setting.level(entry.level), (entry.line[0], entry.line[1]), name=name)


def _trigger(entry: AnyMeasure, setting: Setting) -> AtTime:
    begins = 0.0 if entry.at is None else setting.clock.seconds(entry.at)
    if begins >= setting.duration:
        raise ScenarioError(
            told(
                "at {at!s} is {after:g} min after the start; it must be within the {minutes:g} min of the scenario",
                at=entry.at,
                after=begins / 60.0,
                minutes=setting.duration / 60.0,
            )
        )
    return AtTime(begins, None if entry.until is None else _end(entry.until, setting))


def _end(moment: Moment, setting: Setting) -> float:
    """Return when something ends [s]; a clock time before the start would mean the next day."""
    until = setting.clock.seconds(moment)
    if wall_clock(moment) is not None and until > setting.duration + 0.5 * DAY:
        raise ScenarioError(
            told(
                "until {until!s} is {hours:.1f} h after the start, long past the end of the scenario; "
                "write a time after the start, or leave it out",
                until=moment,
                hours=until / 3600.0,
            )
        )
    return until


def build_areas(file: ScenarioFile, setting: Setting) -> tuple[MeasurementArea, ...]:
    """Return the further measurement areas of a file."""
    areas = []
    for number, entry in enumerate(file.areas, start=1):
        with blamed(setting.where, f"areas#{number}"):
            polygon = Polygon(entry.polygon)
            areas.append(MeasurementArea(entry.name, setting.level(entry.level), polygon, dict(entry.labels)))
    return tuple(areas)


def build_lines(file: ScenarioFile, setting: Setting) -> tuple[MeasurementLine, ...]:
    """Return the further measurement lines of a file."""
    lines = []
    for number, entry in enumerate(file.lines, start=1):
        with blamed(setting.where, f"lines#{number}"):
            line = LineString(entry.line)
            width = line.length if entry.clear_width is None else entry.clear_width
            lines.append(MeasurementLine(entry.name, setting.level(entry.level), line, width, dict(entry.labels)))
    return tuple(lines)


def build_parameters(file: ScenarioFile, *, where: str) -> Parameters:
    """Return the constants of the model with the changes of a file."""
    with blamed(where, "parameters"):
        return Parameters().with_overrides(_dotted(file.parameters))


def _dotted(table: Mapping[str, Any], *, before: str = "") -> dict[str, Any]:
    """Return a table of tables as one table with dotted names."""
    flat: dict[str, Any] = {}
    for name, value in table.items():
        flat |= _dotted(value, before=f"{before}{name}.") if isinstance(value, dict) else {before + name: value}
    return flat
