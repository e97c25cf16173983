"""What must hold between the parts of a scenario: names that exist, ways that exist, numbers that can be run.

Holds: one function for each kind of check; each raises ScenarioError with one line.
Not here: the form of the file (`crowd.scenario.schema`), how faults of the map are found (`venues.check`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from shapely.geometry import LineString

from crowd.demand import Demand
from crowd.errors import ScenarioError, blamed, no_such
from crowd.interventions import Barrier, Intervention, KeepRight, OneWay, SetGate
from crowd.journeys import Journey, Watch, zones_of
from crowd.profiles import Profile
from crowd.scenario.schema import LARGEST_PEOPLE, LARGEST_SEED
from crowd.scenario.units import DURATION
from crowd.trains import Trains
from venues import Problem, Venue, check_venue
from venues.connectivity import FloorGraph
from venues.link_floor import CLEAR, opening_before
from venues.refusals import told

if TYPE_CHECKING:
    from crowd.scenario.scenario import Scenario


def check_scenario(scenario: Scenario) -> None:
    """Check everything that needs more than one part at hand.

    Raises:
        ScenarioError: what, the value, where, and what would be right.
        BadInput: an area or a line that does not fit the venue.
    """
    check_seed(scenario.seed)
    if not 0.0 < scenario.duration <= DURATION.largest:
        raise ScenarioError(
            told(
                "duration is {duration!r} s; it must be positive and at most {most}",
                duration=scenario.duration,
                most=told(DURATION.limit),
            )
        )
    replace(
        scenario.venue,
        areas=(*scenario.venue.areas, *scenario.areas),
        lines=(*scenario.venue.lines, *scenario.lines),
    )
    for what, parts in (
        ("demand", scenario.demands),
        ("journey", scenario.journeys),
        ("profile", scenario.profiles),
        ("trains", scenario.trains),
    ):
        _check_distinct(what, parts)
    _check_demands(scenario)
    for journey in scenario.journeys:
        with blamed(told("journey {name!r}", name=journey.name)):
            _check_zones(journey, scenario.venue)
    for measure in scenario.measures:
        with blamed(told("measure {name!r}", name=measure.name)):
            _check_intervention(measure.intervention, scenario)
    _check_ways(scenario)
    _check_alert_levels(scenario)
    _check_venue(scenario)


def _check_alert_levels(scenario: Scenario) -> None:
    """Levels are checked with their preset; zones here, so that a limit for a mistyped zone is not lost."""
    venue = scenario.venue
    zones = [zone.name for zone in venue.zones] + [area.name for area in (*venue.areas, *scenario.areas)]
    for name, densities in scenario.alert_levels.items():
        if isinstance(densities, Mapping) and name not in zones:
            raise ScenarioError(told("{where}: {what}", where="alert_levels", what=no_such("zone", name, zones)))


def _check_venue(scenario: Scenario) -> None:
    """Raise if the map has an error that keeps a run from meaning anything; gates a measure opens count as open."""
    for problem in check_venue(_with_gates_opened(scenario)):
        if problem.severity == "error":
            raise ScenarioError(
                told(
                    "venue {venue!r}: {place!r} at ({x:g}, {y:g}): {what}; {mend}",
                    venue=scenario.venue.name,
                    place=problem.place,
                    x=problem.x,
                    y=problem.y,
                    what=partial(_said, problem, "what"),
                    mend=partial(_said, problem, "mend"),
                )
            )


def _said(problem: Problem, part: str, lang: str) -> str:
    """Return a part of what the check of a map says, in a language."""
    return str(problem.data(lang)[part])


def check_seed(seed: object) -> None:
    """Raise unless a seed is a whole number in range."""
    if type(seed) is not int or not 0 <= seed <= LARGEST_SEED:
        raise ScenarioError(
            told("seed is {seed!r}; it must be a whole number from 0 to {most}", seed=seed, most=LARGEST_SEED)
        )


def _check_distinct(what: str, parts: Sequence[Demand | Journey | Profile | Trains]) -> None:
    seen: set[str] = set()
    for part in parts:
        if part.name in seen:
            raise ScenarioError(
                told("two entries of {what} are called {name!r}; give each its own 'name'", what=what, name=part.name)
            )
        seen.add(part.name)


def _check_demands(scenario: Scenario) -> None:
    """Check names and times of every demand, and how many people come in all."""
    for demand in scenario.demands:
        with blamed(told("demand {name!r}", name=demand.name)):
            _check_source(demand, scenario)
            _check_cover(demand, duration=scenario.duration)
            _check_doors(demand, scenario.demands)
    _check_groups(scenario.demands)
    people = sum(demand.expected(0.0, scenario.duration) for demand in scenario.demands)
    if people > LARGEST_PEOPLE:
        raise ScenarioError(
            told(
                "demand brings {people:,.0f} people in all; it must bring at most {most:,}",
                people=people,
                most=LARGEST_PEOPLE,
            )
        )


def _check_groups(demands: Sequence[Demand]) -> None:
    """Check that the people of a group are there from one moment on."""
    since: dict[str, float] = {}
    for demand in demands:
        if demand.group and demand.burst is not None:
            time = since.setdefault(demand.group, demand.burst.time)
            if demand.burst.time != time:
                raise ScenarioError(
                    told(
                        "demand {name!r}: people of group {group!r} are present at {time:g} s and at {other:g} s; "
                        "all of a group must be there at the same time",
                        name=demand.name,
                        group=demand.group,
                        time=time,
                        other=demand.burst.time,
                    )
                )


def _check_source(demand: Demand, scenario: Scenario) -> None:
    zone = scenario.venue.zone(demand.source)
    if "source" not in zone.kinds:
        sources = [other.name for other in scenario.venue.zones if "source" in other.kinds]
        raise ScenarioError(
            told(
                "source {zone!r} is a zone of kind {kinds}; it must be of kind source: {known}",
                zone=demand.source,
                kinds=", ".join(sorted(zone.kinds)),
                known=", ".join(map(repr, sources)) or told("the venue has none"),
            )
        )
    known = [journey.name for journey in scenario.journeys]
    if demand.journey not in known:
        raise ScenarioError(no_such("journey", demand.journey, known))


def _check_cover(demand: Demand, *, duration: float) -> None:
    """Check that a rate is given for the whole scenario, or that a burst and all moments lie inside it."""
    if demand.burst is not None and not 0.0 <= demand.burst.time < duration:
        raise ScenarioError(
            told(
                "people are present at {at:g} min; it must be within the {minutes:g} min of the scenario",
                at=demand.burst.time / 60.0,
                minutes=duration / 60.0,
            )
        )
    if demand.moments and demand.moments[-1] >= duration:
        raise ScenarioError(
            told(
                "the last person comes at {at:g} min; it must be within the {minutes:g} min of the scenario",
                at=demand.moments[-1] / 60.0,
                minutes=duration / 60.0,
            )
        )
    trains = demand.alighting.trains if demand.alighting is not None else None
    if trains is not None and trains.first >= duration:
        raise ScenarioError(
            told(
                "the first of trains {name!r} comes at {at:g} min; "
                "it must come within the {minutes:g} min of the scenario",
                name=trains.name,
                at=trains.first / 60.0,
                minutes=duration / 60.0,
            )
        )
    if demand.times and not (demand.times[0] <= 1e-6 and demand.times[-1] >= duration - 1e-6):
        raise ScenarioError(
            told(
                "rates are given from {begin:g} to {end:g} min; they must cover the scenario, 0 to {minutes:g} min",
                begin=demand.times[0] / 60.0,
                end=demand.times[-1] / 60.0,
                minutes=duration / 60.0,
            )
        )


def _check_doors(demand: Demand, demands: Sequence[Demand]) -> None:
    """Check that nobody else comes in by the doors of trains, so that a recording tells who came by which."""
    if demand.alighting is None:
        return
    for other in demands:
        same = other.alighting is not None and other.alighting.trains == demand.alighting.trains
        if other.source == demand.source and not same:
            raise ScenarioError(
                told(
                    "source {zone!r} is the doors of trains {trains!r}, but demand {other!r} comes in there too; "
                    "give it a zone of its own",
                    zone=demand.source,
                    trains=demand.alighting.trains.name,
                    other=other.name,
                )
            )


def _check_zones(journey: Journey, venue: Venue) -> None:
    """Check that the zones of a journey exist and that people can leave by its last ones."""
    for name in journey.zones:
        venue.zone(name)
    for stage in journey.stages:
        if isinstance(stage, Watch) and venue.zone(stage.towards).level != venue.zone(stage.zone).level:
            level = venue.zone(stage.towards).level
            raise ScenarioError(
                told(
                    "zone {zone!r} is watched from towards {towards!r} on level {level!r}; "
                    "both must be on one level, {own!r}",
                    zone=stage.zone,
                    towards=stage.towards,
                    level=level,
                    own=venue.zone(stage.zone).level,
                )
            )
    for name in journey.exits:
        kinds = venue.zone(name).kinds
        if "exit" not in kinds:
            exits = [other.name for other in venue.zones if "exit" in other.kinds]
            raise ScenarioError(
                told(
                    "leave_by {zone!r} is a zone of kind {kinds}; it must be of kind exit: {known}",
                    zone=name,
                    kinds=", ".join(sorted(kinds)),
                    known=", ".join(map(repr, exits)) or told("the venue has none"),
                )
            )


def _check_intervention(intervention: Intervention, scenario: Scenario) -> None:
    """Check that the things an intervention changes exist."""
    venue = scenario.venue
    if isinstance(intervention, Barrier):
        if not LineString(intervention.line).intersects(venue.level(intervention.level).floor):
            raise ScenarioError(
                told(
                    "the barrier {line} lies off the floor; draw its line across walkable floor",
                    line=intervention.line,
                )
            )
        _check_clear_of_links(intervention.level, LineString(intervention.line), venue)
    elif isinstance(intervention, KeepRight):
        venue.zone(intervention.zone)
        lines = [line.name for line in (*venue.lines, *scenario.lines)]
        if intervention.axis is not None and intervention.axis not in lines:
            raise ScenarioError(no_such("line", intervention.axis, lines))
    else:
        venue.gate(intervention.gate)


def _check_clear_of_links(level: str, line: LineString, venue: Venue) -> None:
    """Raise if a barrier lies right before a link, where it would hold or count on one plane only."""
    opening = opening_before(venue.openings, level, line)
    if opening is not None:
        raise ScenarioError(
            told(
                "the barrier {line} lies on the end of link {link!r}; draw it {clear} m or more before it",
                line=[tuple(point) for point in line.coords],
                link=opening.link,
                clear=CLEAR,
            )
        )


def _check_ways(scenario: Scenario) -> None:
    """Check that every demand can walk its journey; gates that a measure opens or turns count as open."""
    opened = _with_gates_opened(scenario)
    graphs = {step_free: FloorGraph(opened, honour_gates=True, steps=not step_free) for step_free in (False, True)}
    journeys = {journey.name: journey for journey in scenario.journeys}
    for demand in scenario.demands:
        here = demand.source
        graph = graphs[journeys[demand.journey].step_free]
        without = told(" without steps") if journeys[demand.journey].step_free else ""
        wheels = _who_takes_no_steps(demand, scenario)
        for stage in journeys[demand.journey].stages:
            zones = zones_of(stage)
            missed = _not_reached(graph, scenario.venue, here, zones)
            if missed:
                raise ScenarioError(
                    told(
                        "demand {name!r}: nobody can reach zone {zone!r} from {here!r}{without}; "
                        "open a gate between them, mend the map, or choose another zone",
                        name=demand.name,
                        zone=missed[0],
                        here=here,
                        without=without,
                    )
                )
            # Of several exits one is enough: they choose it.
            if wheels and len(_not_reached(graphs[True], scenario.venue, here, zones)) == len(zones):
                raise ScenarioError(
                    told(
                        "demand {name!r}: people of profile {profile!r} take no steps, and without steps nobody can "
                        "reach zone {zone!r} from {here!r}; draw the lift or ramp there is, or give them another "
                        "journey",
                        name=demand.name,
                        profile=wheels,
                        zone=zones[0],
                        here=here,
                    )
                )
            here = zones_of(stage)[0]


def _not_reached(graph: FloorGraph, venue: Venue, here: str, zones: Sequence[str]) -> list[str]:
    """Return those of some zones that cannot be reached from a zone."""
    reached = graph.reach(venue.zone(here))
    return [name for name in zones if not reached & graph.pieces_of(venue.zone(name))]


def _who_takes_no_steps(demand: Demand, scenario: Scenario) -> str:
    """Return the profile for which a demand's people, or others of their group, take no steps; '' if there is none."""
    together = [other for other in scenario.demands if demand.group and other.group == demand.group] or [demand]
    names = [name for other in together for name, _ in other.profiles]
    return next((name for name in names if scenario.profile(name).step_free), "")


def _with_gates_opened(scenario: Scenario) -> Venue:
    """Return the venue with those gates open both ways that a measure opens or turns."""
    freed = {
        measure.intervention.gate
        for measure in scenario.measures
        if isinstance(measure.intervention, OneWay)
        or (isinstance(measure.intervention, SetGate) and measure.intervention.open)
    }
    if not freed:
        return scenario.venue
    gates = tuple(
        replace(gate, open=True, direction="both") if gate.name in freed else gate for gate in scenario.venue.gates
    )
    return replace(scenario.venue, gates=gates)
