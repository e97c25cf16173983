"""The scenario: venue, demand, journeys, measures, constants and seed, frozen; all that a run needs.

Holds: `Scenario`, reading it from TOML or a dict, writing it so that a directory stands alone.
Not here: the form of the file (`crowd.scenario.schema`), what must hold across parts (`crowd.scenario.checks`).
"""

from __future__ import annotations

import copy
import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from crowd.demand import Demand
from crowd.errors import ScenarioError, blamed, no_such
from crowd.journeys import Journey, LeaveBy, Wait
from crowd.parameters import Parameters
from crowd.profiles import PROFILES, Profile
from crowd.scenario.checks import check_scenario, check_seed
from crowd.scenario.clock import Clock
from crowd.scenario.parts import (
    Setting,
    build_areas,
    build_demands,
    build_journeys,
    build_lines,
    build_measures,
    build_parameters,
    build_profiles,
    build_trains,
    load_venue_beside,
)
from crowd.scenario.resolved import VENUE_FILE, resolved, shortened, toml_text
from crowd.scenario.schema import ScenarioFile, parse_scenario_file
from crowd.scenario.text_file import load_text
from crowd.trains import Trains
from crowd.triggers import Measure
from venues import MeasurementArea, MeasurementLine, Venue, write_venue
from venues.refusals import told

_DATA = Path(__file__).parents[1] / "data" / "scenarios"
SCENARIO_FILE = "scenario.toml"


@dataclass(frozen=True, kw_only=True, eq=False)
class Scenario:
    """Who walks where and when in which venue, and what is done about it.

    Two scenarios are the same if their digests are.

    Args:
        name: name of the scenario.
        venue: the place.
        start: date and time of the start, with its offset from UTC.
        duration: simulated time [s].
        demands: who comes in where and when.
        journeys: what people do.
        labels: name for people, by language ("en", "ko").
        seed: seed of every draw.
        profiles: walker profiles that the demands name; shipped ones need not be given.
        measures: interventions and when they are in force.
        areas, lines: measurement areas and lines besides those of the venue.
        trains: trains of the scenario; those that demands and journeys name need not be given.
        parameters: constants of the model.
        alert_preset: name of the preset of alert levels.
        alert_levels: densities [1/m2] that replace those of the preset: by level, or by zone and level.
        assumptions: what was assumed when it was written, sentence by sentence, each by language; reports print it.
        whole_duration: the duration before the scenario was cut off [s]; None if it is whole.

    Raises:
        ScenarioError: parts that do not fit together; one line.
    """

    name: str
    venue: Venue
    start: datetime
    duration: float
    demands: tuple[Demand, ...]
    journeys: tuple[Journey, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    seed: int = 1
    profiles: tuple[Profile, ...] = ()
    measures: tuple[Measure, ...] = ()
    areas: tuple[MeasurementArea, ...] = ()
    lines: tuple[MeasurementLine, ...] = ()
    trains: tuple[Trains, ...] = ()
    parameters: Parameters = Parameters()
    alert_preset: str = "seoul"
    alert_levels: Mapping[str, float | Mapping[str, float]] = field(default_factory=dict)
    assumptions: tuple[Mapping[str, str], ...] = ()
    whole_duration: float | None = None

    def __post_init__(self) -> None:
        for part in ("demands", "journeys", "profiles", "measures", "areas", "lines", "assumptions"):
            object.__setattr__(self, part, tuple(getattr(self, part)))
        Clock(self.start)
        object.__setattr__(self, "profiles", _used_profiles(self.demands, given=self.profiles))
        object.__setattr__(self, "trains", _all_trains(self))
        check_scenario(self)

    @classmethod
    def read(cls, path_or_name: str | Path) -> Scenario:
        """Read a scenario by the name of a shipped one, or from a TOML file.

        Raises:
            ScenarioError: unknown name, or a file that is no scenario; one line.
        """
        path = Path(path_or_name)
        if str(path_or_name) in scenario_names():
            path = _DATA / f"{path_or_name}.toml"
        elif path.suffix != ".toml" and not path.exists():
            words = no_such("scenario", str(path_or_name), scenario_names())
            raise ScenarioError(told("{unknown}; or name a scenario file that ends in .toml", unknown=words))
        text = load_text(path, what="scenario file")
        try:
            data = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            raise ScenarioError(
                told(
                    "{file}: not TOML: {why}; mend the line or begin from a shipped scenario", file=path.name, why=error
                )
            ) from None
        try:
            return cls.from_dict(data, where=path.name, folder=path.parent)
        except RecursionError:
            raise ScenarioError(
                told("{file}: tables lie too deep in each other; a scenario has four levels", file=path.name)
            ) from None

    @classmethod
    def from_dict(
        cls,
        data: dict[str, Any],
        *,
        where: str = "scenario",
        folder: Path | None = None,
    ) -> Scenario:
        """Return the scenario that a parsed TOML document describes.

        Args:
            data: entries as in a scenario file.
            where: name of the file, for messages.
            folder: where tables and venue files are looked for; by default the working directory.

        Raises:
            ScenarioError: one line naming file, place, value and what would be right.
        """
        file = parse_scenario_file(data, where=where)
        if file.duration <= 0.0:
            raise ScenarioError(told("{where}: duration is 0 s; it must be positive, like '25 min'", where=where))
        folder = folder or Path()
        with blamed(where):
            clock = Clock(file.start)
        with blamed(where, "venue"):
            venue = load_venue_beside(file.venue, folder=folder)
        trains = build_trains(file, clock, where=where)
        parts = _parts_of(file, Setting(where, folder, clock, file.duration, venue, trains))
        with blamed(where):
            return cls(venue=venue, **parts)

    def clock(self, seconds: float) -> datetime:
        """Return the clock time at a number of seconds since the start, in the scenario's own zone."""
        return Clock(self.start).at(seconds)

    def journey(self, name: str) -> Journey:
        """Return a journey by its name."""
        return next(journey for journey in self.journeys if journey.name == name)

    def profile(self, name: str) -> Profile:
        """Return a used profile by its name."""
        return next(profile for profile in self.profiles if profile.name == name)

    def with_seed(self, seed: int) -> Scenario:
        """Return the same scenario with another seed; cheap, nothing else is copied or checked."""
        check_seed(seed)
        return self._changed(seed=seed)

    def with_until(self, time: float) -> Scenario:
        """Return the scenario cut off at a time [s since the start]; what would begin later is left out.

        Raises:
            ScenarioError: a time that is not positive or after the end.
        """
        if not 0.0 < time <= self.duration:
            raise ScenarioError(
                told(
                    "until is {time:g} s; it must be positive and at most the duration, {most:g} s",
                    time=time,
                    most=self.duration,
                )
            )
        demands, measures = shortened(self, time)
        whole = self.duration if time < self.duration else None
        return self._changed(
            duration=float(time), demands=demands, measures=measures, whole_duration=self.whole_duration or whole
        )

    def with_parameters(self, overrides: Mapping[str, float]) -> Scenario:
        """Return the scenario with some constants changed.

        Raises:
            ScenarioError: an unknown constant or a value out of its range.
        """
        return self._changed(parameters=self.parameters.with_overrides(overrides))

    def write_resolved(self, folder: str | Path) -> None:
        """Write `scenario.toml` and `venue.geojson`, which together need nothing else.

        `Scenario.read` of the first gives a scenario with the same digest.

        Args:
            folder: an existing directory.
        """
        folder = Path(folder)
        write_venue(self.venue, folder / VENUE_FILE)
        (folder / SCENARIO_FILE).write_text(toml_text(self), encoding="utf-8", newline="\n")

    def digest(self) -> str:
        """Return the SHA-256 of everything that the run depends on, the venue and the seed included."""
        return _sha256({**resolved(self), "venue": self.venue.digest()})

    def demand_digest(self) -> str:
        """Return the SHA-256 of the demand: sources, journeys taken, profiles' shares, rates in time."""
        return _sha256(resolved(self)["demand"])

    def _changed(self, **changes: Any) -> Scenario:
        """Return a copy with some fields changed and nothing checked again."""
        other = copy.copy(self)
        for name, value in changes.items():
            object.__setattr__(other, name, value)
        return other


def scenario_names() -> list[str]:
    """Return the names of the shipped scenarios."""
    return sorted(path.stem for path in _DATA.glob("*.toml"))


def _parts_of(file: ScenarioFile, setting: Setting) -> dict[str, Any]:
    """Return the fields of a scenario that a file gives, the venue left out."""
    plain = ("name", "labels", "start", "duration", "seed", "alert_preset", "alert_levels", "assumptions")
    return {entry: getattr(file, entry) for entry in plain} | {
        "demands": build_demands(file, setting),
        "profiles": tuple(build_profiles(file, where=setting.where).values()),
        "journeys": build_journeys(file, setting),
        "measures": build_measures(file, setting),
        "areas": build_areas(file, setting),
        "lines": build_lines(file, setting),
        "trains": tuple(setting.trains.values()),
        "parameters": build_parameters(file, where=setting.where),
    }


def _used_profiles(demands: tuple[Demand, ...], *, given: tuple[Profile, ...]) -> tuple[Profile, ...]:
    """Return the profiles that demands name, in the order in which they first do.

    Args:
        demands: who comes.
        given: profiles that stand before the shipped ones of the same name.
    """
    known = PROFILES | {profile.name: profile for profile in given}
    used: dict[str, Profile] = {}
    for demand in demands:
        for name, _ in demand.profiles:
            if name not in known:
                where = told("demand {name!r}", name=demand.name)
                raise ScenarioError(told("{where}: {what}", where=where, what=no_such("profile", name, known)))
            used[name] = known[name]
    return tuple(used.values())


def _all_trains(scenario: Scenario) -> tuple[Trains, ...]:
    """Return the trains of a scenario: those given, then those that only a demand or a journey names."""
    stages = [stage for journey in scenario.journeys for stage in journey.stages]
    used = [demand.alighting.trains for demand in scenario.demands if demand.alighting is not None]
    used += [stage.trains for stage in stages if isinstance(stage, Wait | LeaveBy) and stage.trains is not None]
    return tuple(dict.fromkeys((*scenario.trains, *used)))


def _sha256(document: Any) -> str:
    """Return the SHA-256 of a document as canonical JSON (sorted, no spaces, UTF-8)."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=datetime.isoformat)
    return hashlib.sha256(text.encode()).hexdigest()
