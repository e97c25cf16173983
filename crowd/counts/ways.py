"""Who goes where in a drafted scenario: to the event they come for, if there is one, and out by which exits.

A table of counts says where people come from and no more; all else here is assumed. Not here: the file that is made of
it, and what is told of the assumptions (`crowd.counts.draft`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crowd.counts.headings import find_zone
from crowd.errors import ScenarioError, no_such
from venues import Venue, Zone
from venues.connectivity import FloorGraph
from venues.refusals import told


@dataclass(frozen=True)
class Event:
    """What people come for.

    Attributes:
        zones: where they stand; those who can reach several spread over them by their area.
        until: when it ends [s since the start].
        share: of the people who come for it.
    """

    zones: tuple[Zone, ...]
    until: float
    share: float


@dataclass(frozen=True)
class Way:
    """People of a source who take a journey: their share of the source, and the journey's stages."""

    name: str
    source: str
    journey: str
    share: float
    stages: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Exits:
    """What was asked for of the exits: those named (all if empty), and whether each takes the nearest of them."""

    named: tuple[str, ...] = ()
    nearest: bool = False


def event_zones(venue: Venue, named: Sequence[str] = ()) -> tuple[Zone, ...]:
    """Return where people stay for an event: the zones named, else the stages, else what waits before a closed stage.

    A waiting zone where no stage is drawn may be a platform or a bus stop, so it counts only if it is named.

    Raises:
        ScenarioError: a name that is no zone people can stay in.
    """
    free = [zone for zone in venue.zones if "no-go" not in zone.kinds]
    found = []
    for text in named:
        zone = find_zone(text, free)
        if zone is None:
            unknown = no_such("zone", text, [one.name for one in free])
            raise ScenarioError(told("{where}: {what}", where="--event", what=unknown))
        found.append(zone)
    if found:
        return tuple(found)
    stages = [zone for zone in venue.zones if "stage" in zone.kinds]
    open_stages = tuple(zone for zone in stages if "no-go" not in zone.kinds)
    levels = {zone.level for zone in stages}
    return open_stages or tuple(
        zone for zone in free if "waiting" in zone.kinds and "source" not in zone.kinds and zone.level in levels
    )


def plan_ways(sources: Sequence[str], venue: Venue, *, exits: Exits, event: Event | None) -> list[Way]:
    """Return who goes where.

    Args:
        sources: names of the zones people come from.
        venue: the place.
        exits: by which they leave. Those of an event may leave by where they came in, passers-by do not.
        event: what people come for, None if nothing is.

    Raises:
        ScenarioError: an exit that is none, or people who can reach none.
    """
    known = [zone for zone in venue.zones if "exit" in zone.kinds]
    asked = [_exit(text, known) for text in exits.named]
    graph = FloorGraph(venue, honour_gates=True)
    ways = []
    for source in map(venue.zone, sources):
        reached = graph.reach(source)
        others = [zone for zone in event.zones if zone.name != source.name] if event else []
        places = [zone for zone in others if graph.pieces_of(zone) & reached]
        stay = event.share if event and places else 0.0
        if event and stay > 0.0:
            whole = sum(zone.polygon.area for zone in places)
            for zone in places:
                out = _reachable(graph, zone, asked or known, all_count=bool(asked))
                stage = _stay(zone, venue, event.until)
                share = stay * zone.polygon.area / whole
                ways += _leave(source.name, share, out, nearest=exits.nearest, before=(zone.name, stage))
        if stay < 1.0:
            out = _reachable(graph, source, asked or known, all_count=bool(asked))
            ways += _leave(source.name, 1.0 - stay, out, nearest=exits.nearest)
    return ways


def _reachable(graph: FloorGraph, start: Zone, exits: Sequence[Zone], *, all_count: bool) -> list[str]:
    """Return the exits other than the start that can be reached from it; all of them count if they were asked for."""
    reached = graph.reach(start)
    others = [zone for zone in exits if zone.name != start.name]
    found = [zone.name for zone in others if all_count or reached & graph.pieces_of(zone)]
    if not found:
        right = ", ".join(repr(zone.name) for zone in others) or told("the venue has none")
        raise ScenarioError(
            told(
                "people from {zone!r} have no exit but their own; name one with --to: {known}",
                zone=start.name,
                known=right,
            )
        )
    return found


def _leave(
    source: str, share: float, exits: Sequence[str], *, nearest: bool, before: tuple[str, dict[str, Any]] | None = None
) -> list[Way]:
    """Return the ways of a share of a source: to the nearest of its exits, or evenly to each of them.

    Args:
        before: name of the zone they stay in first, and that stage.
    """
    first = () if before is None else (before[1],)
    if nearest:
        # Who stays in a zone takes a journey of another name than who passes by from there: it may be a source too.
        name, journey = (source, source) if before is None else (f"{source} → {before[0]}", f"→ {before[0]}")
        return [Way(name, source, journey, share, (*first, {"leave_by": list(exits)}))]
    called = "" if before is None else f"{before[0]} → "
    return [
        Way(f"{source} → {called}{one}", source, f"{called}{one}", share / len(exits), (*first, {"leave_by": [one]}))
        for one in exits
    ]


def _stay(zone: Zone, venue: Venue, until: float) -> dict[str, Any]:
    """Return the stage of those who stay in a zone, facing the stage that nobody may enter, if there is one."""
    closed = [one for one in venue.zones if {"stage", "no-go"} <= one.kinds and one.level == zone.level]
    if not closed:
        return {"wait": zone.name, "until": f"{until:g} s"}
    front = min(closed, key=lambda one: one.polygon.distance(zone.polygon))
    return {"watch": zone.name, "towards": front.name, "until": f"{until:g} s"}


def _exit(text: str, exits: Sequence[Zone]) -> Zone:
    zone = find_zone(text, exits)
    if zone is None:
        unknown = no_such("exit zone", text, [one.name for one in exits])
        raise ScenarioError(told("{where}: {what}", where="--to", what=unknown))
    return zone
