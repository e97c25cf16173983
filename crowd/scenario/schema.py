"""The form of a scenario file: which entries it has, of which type and quantity.

Holds: the pydantic models of the TOML file, its JSON Schema for editors, the one door `parse_scenario_file`.
Not here: the types of single entries (`crowd.scenario.entry_types`), what an entry means in a venue
(`crowd.scenario.parts`), the words for what is wrong (`crowd.scenario.messages`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from crowd.errors import ScenarioError, blamed
from crowd.scenario.entry_types import (
    AlertDensities,
    Density,
    Duration,
    Force,
    Labels,
    Length,
    Mass,
    MedianAndSpread,
    Moment,
    MomentAndRate,
    Name,
    Point,
    Rate,
    ScaleAndShape,
    Sentence,
    ShapeAndScale,
    Share,
    Speed,
    Start,
)
from crowd.scenario.messages import describe
from venues.errors import check_schema
from venues.refusals import told

SCHEMA_VERSION = 1
LARGEST_PEOPLE = 200_000
LARGEST_SEED = 2**63 - 1


def _joined(names: Sequence[str]) -> str:
    """Return names of entries with an and between them."""
    joined = names[0]
    for name in names[1:]:
        joined = told("{names} and {name}", names=joined, name=name)
    return joined


class Entry(BaseModel):
    """A table of the file: nothing unknown in it, nothing converted in silence, no NaN."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, populate_by_name=False)

    def _one_of(self, *names: str) -> None:
        """Raise unless exactly one of some entries is given."""
        given = [name for name in names if getattr(self, name) is not None]
        if len(given) != 1:
            wanted = ", ".join(name.rstrip("_") for name in names)
            both = _joined(given) if given else told("none")
            raise ValueError(
                told("has {given} of {wanted}; it must have exactly one of them", given=both, wanted=wanted)
            )


class PreMovementEntry(Entry):
    """Delay before people set off: exactly one distribution."""

    fixed: Duration | None = None
    uniform: Annotated[list[Duration], Field(min_length=2, max_length=2)] | None = None
    normal: Annotated[list[Duration], Field(min_length=2, max_length=2)] | None = None
    lognormal: MedianAndSpread | None = Field(None, description="median, and standard deviation of the logarithm")
    gamma: ShapeAndScale | None = Field(None, description="shape, and scale")
    weibull: ScaleAndShape | None = Field(None, description="scale, and shape")

    @model_validator(mode="after")
    def _check(self) -> PreMovementEntry:
        self._one_of("fixed", "uniform", "normal", "lognormal", "gamma", "weibull")
        return self


class TrainsEntry(Entry):
    """Trains that stand at the same doors one after the other, to the end unless count or last says otherwise."""

    name: Name
    first: Moment = Field(description="when the doors of the first open")
    every: Duration = Field(description="from one opening of the doors to the next")
    count: Annotated[int, Field(ge=1)] | None = Field(None, description="how many trains come")
    last: Moment | None = Field(None, description="no doors open after this")
    dwell: Duration | None = Field(None, description="how long the doors stay open; 30 s if left out")
    boarding_after: Duration | None = Field(
        None, description="so long those who get off go first; a third of the dwell if left out"
    )
    labels: Labels = {}

    @model_validator(mode="after")
    def _check(self) -> TrainsEntry:
        if self.count is not None and self.last is not None:
            raise ValueError(told("has both count and last; it must have one of them or none"))
        return self


class DemandEntry(Entry):
    """Who comes in where and when: one of rate, table, points, moments and people (at a time, or off each train)."""

    name: Name | None = None
    source: Name
    journey: Name
    profile: Name | None = Field(None, description="name of a profile; adult if neither profile nor mix is given")
    mix: dict[Name, Share] | None = Field(None, description="shares of several profiles; they sum to 1")
    share: Share = Field(1.0, description="part of the rate that this entry takes")
    rate: Rate | None = None
    table: str | None = Field(None, description="CSV file beside the scenario: clock time, people per minute")
    column: str | None = None
    points: Annotated[list[MomentAndRate], Field(min_length=2)] | None = None
    moments: Annotated[list[Moment], Field(min_length=1, max_length=LARGEST_PEOPLE)] | None = Field(
        None, description="when one person each comes, in order: counted arrivals"
    )
    people: Annotated[int, Field(ge=1)] | None = Field(
        None, description="people in the source zone at a time, or off each train"
    )
    at: Moment | None = None
    trains: Name | None = Field(None, description="trains that bring the people; the source is their doors")
    alight: Duration | None = Field(None, description="over how long they get off; the dwell if left out")
    pre_movement: PreMovementEntry | None = None
    group_size: Annotated[int, Field(ge=1)] = Field(1, description="so many belong together, as families do")
    group: Name | None = Field(None, description="a group that all people of demands of this name form")

    @model_validator(mode="after")
    def _check(self) -> DemandEntry:
        self._one_of("rate", "table", "points", "moments", "people")
        if self.people is not None and self.people > LARGEST_PEOPLE:
            raise ValueError(
                told("has {people:,} people; it must have at most {most:,}", people=self.people, most=LARGEST_PEOPLE)
            )
        if (self.table is None) != (self.column is None):
            raise ValueError(told("has one of table and column; it must have both, the file and which of its columns"))
        if self.at is not None and self.people is None:
            raise ValueError(told("has 'at' without 'people'; only people present at a time have one"))
        if self.trains is not None and (self.people is None or self.at is not None):
            raise ValueError(
                told("has 'trains' without 'people', or with 'at'; write how many people get off each train")
            )
        if self.alight is not None and self.trains is None:
            raise ValueError(told("has 'alight' without 'trains'; only people off trains have it"))
        if self.people is not None and self.share != 1.0:
            raise ValueError(
                told(
                    "has share {share!r} of {people} people; write the number itself",
                    share=self.share,
                    people=self.people,
                )
            )
        if self.moments is not None and self.share != 1.0:
            raise ValueError(
                told("has share {share!r} of counted arrivals; leave out the moments of the others", share=self.share)
            )
        if self.profile is not None and self.mix is not None:
            raise ValueError(told("has both profile and mix; it must have one of them"))
        return self


class StageEntry(Entry):
    """One stage of a journey: exactly one of walk_to, wait, watch, queue and leave_by."""

    walk_to: Name | None = None
    wait: Name | None = None
    for_: Duration | None = Field(None, alias="for")
    until: Moment | None = None
    watch: Name | None = Field(None, description="the zone people stand in; 'until' is when watching ends")
    towards: Name | None = Field(None, description="the zone they face, and press towards")
    press_from: Moment | None = Field(None, description="from when on they press towards it")
    force: Force | None = Field(None, description="with which each presses when held up; 0 N if left out")
    share: Share | None = Field(None, description="of them who press; all if left out")
    density: Density | None = Field(None, description="at which they stand until then; 2/m2 if left out")
    queue: Name | None = None
    rate: Rate | None = None
    leave_by: Name | Annotated[list[Name], Field(min_length=1)] | None = None
    trains: Name | None = Field(None, description="trains that are waited for, or left by")
    familiar: dict[Name, Share] | None = Field(
        None, description="of several exits to leave by, those known best, each with the share of people who prefer it"
    )

    @model_validator(mode="after")
    def _check(self) -> StageEntry:
        self._one_of("walk_to", "wait", "watch", "queue", "leave_by")
        if self.wait is not None:
            self._one_of("for_", "until", "trains")
        elif self.for_ is not None or (self.until is not None and self.watch is None):
            raise ValueError(told("has 'for' or 'until' without 'wait'; only waiting has a time"))
        self._check_watch()
        if self.trains is not None and self.wait is None and self.leave_by is None:
            raise ValueError(told("has 'trains' without 'wait' or 'leave_by'; only these two go by trains"))
        if (self.queue is None) != (self.rate is None):
            raise ValueError(told("has one of queue and rate; a queue needs the rate at which it is served"))
        if self.familiar is not None and self.leave_by is None:
            raise ValueError(told("has 'familiar' without 'leave_by'; only exits to choose from are known or not"))
        return self

    def _check_watch(self) -> None:
        """Raise unless watching says what is watched until when, and nothing else says so."""
        if self.watch is not None and (self.towards is None or self.until is None):
            raise ValueError(
                told("has 'watch' without 'towards' or 'until'; it must say what is watched and until when")
            )
        own = ("towards", "press_from", "force", "share", "density")
        given = [name for name in own if getattr(self, name) is not None]
        if self.watch is None and given:
            raise ValueError(told("has {given} without 'watch'; only watching has them", given=_joined(given)))


class JourneyEntry(Entry):
    """What people do one after the other."""

    name: Name
    stages: Annotated[list[StageEntry], Field(min_length=1)]
    step_free: bool = Field(False, description="never over stairs or escalators, as people on wheels go")
    informed: Annotated[float, Field(ge=0.0, le=1.0)] = Field(
        0.0, description="share of the people who know of all crowds and go round them; others see those near"
    )


class MeasureEntry(Entry):
    """What all measures have: a name, when they begin (by default at the start) and when they end."""

    name: Name | None = None
    at: Moment | None = None
    until: Moment | None = None


class OneWayEntry(MeasureEntry):
    """A gate that may be passed in one direction only."""

    kind: Literal["one-way"]
    gate: Name
    direction: Literal["forward", "backward", "both"]


class KeepRightEntry(MeasureEntry):
    """People in a zone keep to the right."""

    kind: Literal["keep-right"]
    zone: Name
    axis: Name | None = None
    compliance: Annotated[float, Field(ge=0.0, le=1.0)] = 1.0


class GateEntry(MeasureEntry):
    """A gate opened or closed."""

    kind: Literal["gate"]
    gate: Name
    open: bool


class MeteringEntry(MeasureEntry):
    """A gate that lets people through at a limited rate."""

    kind: Literal["metering"]
    gate: Name
    rate: Rate


class BarrierEntry(MeasureEntry):
    """A straight barrier put up on a level."""

    kind: Literal["barrier"]
    level: Name | None = Field(None, description="may be left out where there is one level")
    line: Annotated[list[Point], Field(min_length=2, max_length=2)]


AnyMeasure = Annotated[
    OneWayEntry | KeepRightEntry | GateEntry | MeteringEntry | BarrierEntry, Field(discriminator="kind")
]


class AreaEntry(Entry):
    """A further measurement area."""

    name: Name
    level: Name | None = None
    polygon: Annotated[list[Point], Field(min_length=3)]
    labels: Labels = {}


class LineEntry(Entry):
    """A further measurement line."""

    name: Name
    level: Name | None = None
    line: Annotated[list[Point], Field(min_length=2, max_length=2)]
    clear_width: Length | None = None
    labels: Labels = {}


class ProfileEntry(Entry):
    """A walker profile of one's own, or changes to a shipped one; what is left out is as in `based_on`."""

    name: Name
    based_on: Name | None = Field(None, description="a shipped profile; by default the one of the same name, or adult")
    speed_mean: Speed | None = None
    speed_sd: Speed | None = None
    speed_min: Speed | None = None
    speed_max: Speed | None = None
    speed_distribution: Literal["normal", "uniform"] | None = Field(
        None, description="normal, or uniform from speed_min to speed_max"
    )
    stairs_up_min: Speed | None = Field(
        None, description="own speed on stairs along the incline, uniform; if left out, a share of the level speed"
    )
    stairs_up_max: Speed | None = None
    stairs_down_min: Speed | None = None
    stairs_down_max: Speed | None = None
    radius_mean: Length | None = None
    radius_sd: Length | None = None
    radius_min: Length | None = None
    radius_max: Length | None = None
    mass_mean: Mass | None = None
    mass_sd: Mass | None = None
    mass_min: Mass | None = None
    mass_max: Mass | None = None
    pressing_force: Force | None = None
    step_free: bool | None = Field(None, description="never over stairs or escalators, nor those who belong to them")
    source: str | None = None


class ScenarioFile(Entry):
    """A whole scenario file."""

    model_config = ConfigDict(title="Scenario of inpa")

    schema_version: int
    name: Name
    labels: Labels = {}
    venue: Annotated[str, Field(min_length=1)] = Field(description="a shipped venue, or a file beside the scenario")
    start: Start
    duration: Duration
    seed: Annotated[int, Field(ge=0, le=LARGEST_SEED)] = 1
    alert_preset: Name = "seoul"
    alert_levels: dict[Name, AlertDensities] = Field(
        {}, description="densities that replace those of the preset: of a level, or of a zone a table of them by level"
    )
    assumptions: list[Annotated[dict[Name, Sentence], Field(min_length=1)]] = Field(
        [], description="what was assumed when this was written, one sentence each, by language; reports print it"
    )
    trains: list[TrainsEntry] = []
    demand: Annotated[list[DemandEntry], Field(min_length=1)]
    journeys: Annotated[list[JourneyEntry], Field(min_length=1)]
    profiles: list[ProfileEntry] = []
    measures: list[AnyMeasure] = []
    areas: list[AreaEntry] = []
    lines: list[LineEntry] = []
    parameters: dict[str, Any] = Field({}, description="constants of the model by dotted name")


def parse_scenario_file(data: dict[str, Any], *, where: str) -> ScenarioFile:
    """Return a parsed TOML document as a scenario file.

    Args:
        data: what `tomllib` gave.
        where: name of the file, for messages.

    Raises:
        ScenarioError: one line naming file, place, value and what would be right.
    """
    if "schema_version" in data:
        with blamed(""):
            check_schema(where, data["schema_version"], reads=SCHEMA_VERSION)
    try:
        return ScenarioFile.model_validate(data)
    except ValidationError as error:
        raise ScenarioError(describe(error, model=ScenarioFile, data=data, where=where)) from None


def scenario_json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of scenario files, for editors that complete and check TOML."""
    schema = ScenarioFile.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
