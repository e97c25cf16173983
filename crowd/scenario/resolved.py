"""A scenario as a document that needs nothing else: tables inlined, profiles whole, every default spelt out.

Holds: the document (also what digests are taken of), its TOML text, and the cut at an earlier end.
Not here: reading it back, which is reading a scenario (`crowd.scenario.scenario`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import tomli_w

from crowd.demand import Demand, PreMovement
from crowd.interventions import Barrier, Intervention, KeepRight, Metering, OneWay, SetGate
from crowd.journeys import Journey, LeaveBy, Queue, Stage, Wait, WalkTo, Watch
from crowd.parameters import Parameters
from crowd.profiles import PROFILES, Profile
from crowd.scenario.schema import SCHEMA_VERSION
from crowd.trains import Trains
from crowd.triggers import Measure
from venues import MeasurementArea, MeasurementLine

if TYPE_CHECKING:
    from crowd.scenario.scenario import Scenario

VENUE_FILE = "venue.geojson"
_UNITS = {"speed": " m/s", "stairs": " m/s", "radius": " m", "mass": " kg", "pressing": " N"}
_HEAD = "# A scenario with everything it needs written out; the place is in venue.geojson beside it.\n\n"


def toml_text(scenario: Scenario) -> str:
    """Return the TOML text of the resolved scenario."""
    return _HEAD + tomli_w.dumps(resolved(scenario))


def resolved(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario as a document of the form of a scenario file.

    Numbers are written so that reading gives the same bits; times are seconds since the start.
    """
    document: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "name": scenario.name,
        "venue": VENUE_FILE,
        "start": scenario.start,
        "duration": _text(scenario.duration, " s"),
        "seed": scenario.seed,
        "alert_preset": scenario.alert_preset,
        "labels": dict(scenario.labels),
        "alert_levels": _densities(scenario.alert_levels),
        "parameters": _changed_parameters(scenario.parameters),
        "demand": [_demand(demand) for demand in scenario.demands],
        "journeys": [
            {"name": journey.name, "stages": [_stage(stage) for stage in journey.stages], **_manner(journey)}
            for journey in scenario.journeys
        ],
        "profiles": [_profile(profile) for profile in scenario.profiles],
        "measures": [_measure(measure) for measure in scenario.measures],
        "areas": [_area(area) for area in scenario.areas],
        "lines": [_line(line) for line in scenario.lines],
    }
    # Only where there are some: a scenario without keeps the digest it has always had.
    if scenario.trains:
        document["trains"] = [_trains(trains) for trains in scenario.trains]
    if scenario.assumptions:
        document["assumptions"] = [dict(texts) for texts in scenario.assumptions]
    return document


def _densities(given: Mapping[str, float | Mapping[str, float]]) -> dict[str, Any]:
    return {name: _densities(own) if isinstance(own, Mapping) else _text(own, "/m2") for name, own in given.items()}


def shortened(scenario: Scenario, end: float) -> tuple[tuple[Demand, ...], tuple[Measure, ...]]:
    """Return demands and measures of a scenario that ends earlier.

    Args:
        scenario: the scenario.
        end: its new end [s since the start].

    Returns:
        All demands (people present only later become a rate of 0, so that demands keep their order), and the
        measures that begin before the end.
    """
    demands = tuple(
        replace(demand, burst=None, alighting=None, moments=(), group="", times=(0.0, end), rates=(0.0, 0.0))
        if (demand.burst is not None and demand.burst.time >= end)
        or (demand.alighting is not None and demand.alighting.trains.first >= end)
        or (demand.moments and demand.moments[0] >= end)
        else replace(demand, moments=tuple(moment for moment in demand.moments if moment < end))
        for demand in scenario.demands
    )
    return demands, tuple(measure for measure in scenario.measures if measure.trigger.time < end)


def _text(value: float, unit: str) -> str:
    """Return a number with its unit; `repr` of a float reads back as the same float."""
    return f"{float(value)!r}{unit}"


def _changed_parameters(parameters: Parameters) -> dict[str, float]:
    defaults = Parameters().as_dict()
    return {name: value for name, value in parameters.as_dict().items() if value != defaults[name]}


def _trains(trains: Trains) -> dict[str, Any]:
    times = {name: _text(getattr(trains, name), " s") for name in ("first", "every", "dwell", "boarding_after")}
    own = {"name": trains.name, "labels": dict(trains.labels), **times}
    return own | ({} if trains.count is None else {"count": trains.count})


def _demand(demand: Demand) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": demand.name, "source": demand.source, "journey": demand.journey}
    entry["mix"] = dict(demand.profiles)
    entry["pre_movement"] = _pre_movement(demand.pre_movement)
    entry |= _groups(demand)
    if demand.burst is not None:
        return entry | {"people": demand.burst.people, "at": _text(demand.burst.time, " s")}
    if demand.moments:
        return entry | {"moments": [_text(moment, " s") for moment in demand.moments]}
    if demand.alighting is not None:
        trains, people, spread = demand.alighting
        return entry | {"trains": trains.name, "people": people, "alight": _text(spread, " s")}
    points = zip(demand.times, demand.rates, strict=True)
    return entry | {"points": [[_text(time, " s"), _text(rate, "/s")] for time, rate in points]}


def _pre_movement(delay: PreMovement) -> dict[str, Any]:
    if delay.kind == "fixed":
        return {"fixed": _text(delay.a, " s")}
    first = float(delay.a) if delay.kind == "gamma" else _text(delay.a, " s")
    second = float(delay.b) if delay.kind in ("lognormal", "weibull") else _text(delay.b, " s")
    return {delay.kind: [first, second]}


def _manner(journey: Journey) -> dict[str, Any]:
    """How people go; only what is not as usual, so that a journey keeps the digest it has always had."""
    step_free = {"step_free": True} if journey.step_free else {}
    return step_free | ({"informed": float(journey.informed)} if journey.informed > 0.0 else {})


def _groups(demand: Demand) -> dict[str, Any]:
    """Who belongs together, if anybody does."""
    size = {"group_size": demand.group_size} if demand.group_size > 1 else {}
    return size | ({"group": demand.group} if demand.group else {})


def _stage(stage: Stage) -> dict[str, Any]:
    match stage:
        case WalkTo():
            return {"walk_to": stage.zone}
        case Wait():
            ends = {"for": stage.duration, "until": stage.until}
            return (
                {"wait": stage.zone}
                | _by(stage.trains)
                | {end: _text(time, " s") for end, time in ends.items() if time is not None}
            )
        case Watch():
            times = {"until": stage.until, "press_from": stage.press_from}
            return {"watch": stage.zone, "towards": stage.towards} | {
                **{name: _text(time, " s") for name, time in times.items() if time is not None},
                "force": _text(stage.force, " N"),
                "share": float(stage.share),
                "density": _text(stage.density, "/m2"),
            }
        case Queue():
            return {"queue": stage.zone, "rate": _text(stage.rate, "/s")}
        case LeaveBy():
            familiar = {"familiar": {name: float(share) for name, share in stage.familiar}} if stage.familiar else {}
            return {"leave_by": list(stage.zones)} | _by(stage.trains) | familiar


def _by(trains: Trains | None) -> dict[str, str]:
    return {} if trains is None else {"trains": trains.name}


def _profile(profile: Profile) -> dict[str, Any]:
    numbers = {name: _text(value, _UNITS[name.split("_")[0]]) for name, value in profile.numbers().items()}
    # Only where it is not the default: a scenario without keeps the digest it has always had.
    drawn = {} if profile.speed_distribution == "normal" else {"speed_distribution": profile.speed_distribution}
    shipped = PROFILES.get(profile.name, PROFILES["adult"])
    steps = {} if profile.step_free == shipped.step_free else {"step_free": profile.step_free}
    return {"name": profile.name, **numbers, **drawn, **steps, "source": profile.source}


def _measure(measure: Measure) -> dict[str, Any]:
    entry = {
        "name": measure.name,
        **_intervention(measure.intervention),
        "at": _text(measure.trigger.time, " s"),
    }
    if measure.trigger.until is not None:
        entry["until"] = _text(measure.trigger.until, " s")
    return entry


def _intervention(intervention: Intervention) -> dict[str, Any]:
    match intervention:
        case OneWay():
            return {"kind": "one-way", "gate": intervention.gate, "direction": intervention.direction}
        case KeepRight():
            axis = {} if intervention.axis is None else {"axis": intervention.axis}
            return {
                "kind": "keep-right",
                "zone": intervention.zone,
                "compliance": float(intervention.compliance),
            } | axis
        case SetGate():
            return {"kind": "gate", "gate": intervention.gate, "open": intervention.open}
        case Metering():
            return {"kind": "metering", "gate": intervention.gate, "rate": _text(intervention.rate, "/s")}
        case Barrier():
            line = [[float(x), float(y)] for x, y in intervention.line]
            return {"kind": "barrier", "level": intervention.level, "line": line}


def _area(area: MeasurementArea) -> dict[str, Any]:
    polygon = [[x, y] for x, y in area.polygon.exterior.coords[:-1]]
    return {"name": area.name, "level": area.level, "polygon": polygon, "labels": dict(area.labels)}


def _line(line: MeasurementLine) -> dict[str, Any]:
    ends = [[x, y] for x, y in line.line.coords]
    width = _text(line.clear_width, " m")
    return {
        "name": line.name,
        "level": line.level,
        "line": ends,
        "clear_width": width,
        "labels": dict(line.labels),
    }
