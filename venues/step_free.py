"""Who cannot leave by which exit: sources from which an exit is reached by steps only.

Not here: whom that concerns (a scenario's profiles).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from venues.connectivity import FloorGraph
from venues.places import STEPPED_KINDS, Zone
from venues.problems import Problem, problem_at
from venues.venue import Venue

#: Steepest ramp that wheelchairs take [rise over run] (step-free routes of Seoul's Donghaeng Map avoid 1/8 and more).
STEEPEST_RAMP = 1.0 / 8.0


@dataclass(frozen=True)
class StepFreeExit:
    """From where people reach an exit, the gates as the venue has them.

    Attributes:
        name: of the exit. reached: sources from which it is reached without steps. barred: sources from which it is
            reached by steps only. A zone that is both is no way out of itself if there are other exits.
    """

    name: str
    reached: tuple[str, ...]
    barred: tuple[str, ...]


def compute_step_free_exits(venue: Venue) -> tuple[StepFreeExit, ...]:
    """Return for each exit of a venue who reaches it without steps, and whom only steps lead there."""
    exits = [zone for zone in venue.zones if "exit" in zone.kinds]
    sources = [zone for zone in venue.zones if "source" in zone.kinds]
    walked, wheeled = (FloorGraph(venue, honour_gates=True, steps=steps) for steps in (True, False))
    on_foot = {zone.name: walked.reach(zone) for zone in sources}
    on_wheels = {zone.name: wheeled.reach(zone) for zone in sources}
    found = []
    for way in exits:
        there, from_there = walked.pieces_of(way), wheeled.pieces_of(way)
        others = [zone.name for zone in sources if zone != way or len(exits) == 1]
        reached = tuple(name for name in others if on_wheels[name] & from_there)
        barred = tuple(name for name in others if name not in reached and on_foot[name] & there)
        found.append(StepFreeExit(way.name, reached, barred))
    return tuple(found)


def check_step_free(venue: Venue) -> Iterator[Problem]:
    """Find ramps too steep for wheels, sources without a step-free way out, and exits that some reach by steps only."""
    yield from _steep_ramps(venue)
    if not any(link.kind in STEPPED_KINDS for link in venue.links):
        return
    exits = compute_step_free_exits(venue)
    zones = {zone.name: zone for zone in venue.zones}
    lost = [name for name in zones if any(name in way.barred for way in exits)]
    lost = [name for name in lost if not any(name in way.reached for way in exits)]
    for name in lost:
        what = "who cannot take steps reaches no exit from here"
        mend = "draw the lift or ramp there is; if there is none, plan for people in wheelchairs"
        yield problem_at("warning", name, zones[name].polygon, what, mend)
    for way in exits:
        barred = [name for name in way.barred if name not in lost]
        if barred:
            yield _barred(zones[way.name], barred)


def _steep_ramps(venue: Venue) -> Iterator[Problem]:
    """Find ramps on which nobody in a wheelchair gets up, though they count as ways without steps."""
    for link in venue.links:
        rise = abs(venue.level(link.to_level).elevation - venue.level(link.from_level).elevation)
        run = math.sqrt(max(link.length**2 - rise**2, 0.0))
        if link.kind == "ramp" and rise >= STEEPEST_RAMP * run:
            what = "this ramp rises {rise:.1f} m over {run:.1f} m; wheelchairs do not take 1 in 8 and steeper"
            mend = "draw it as stairs, so that nobody on wheels is sent there, or make it longer"
            yield problem_at("warning", link.name, link.from_line, what, mend, rise=rise, run=run)


def _barred(way: Zone, sources: list[str]) -> Problem:
    names = ", ".join(repr(name) for name in sources)
    what, mend = "who cannot take steps cannot leave by this exit from {names}", "tell them another exit"
    return problem_at("information", way.name, way.polygon, what, mend, names=names)
