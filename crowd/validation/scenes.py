"""Places and scenarios that cases are built of. Not here: what a single case needs (its suite's module)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from crowd.demand import Burst, Demand, PreMovement
from crowd.journeys import Journey, LeaveBy
from crowd.profiles import Profile
from crowd.scenario import Scenario
from venues import Level, Venue, Zone

GROUND = "ground"
SOURCE, EXIT = frozenset({"source"}), frozenset({"exit"})
_AT_ONCE = PreMovement()
#: What a case sets whose guideline gives free speeds (`Case.sets`).
SPEEDS = ("walker speed_mean", "walker speed_sd", "walker speed_min", "walker speed_max")
START = datetime(2026, 1, 1, 12, tzinfo=UTC)


def flat(floor: BaseGeometry, *, sources: dict[str, Any], exits: dict[str, Any], **parts: Any) -> Venue:
    """A venue of one level: its floor, source and exit zones by name, and lines, gates, areas as `Venue` takes them."""
    zones = [Zone(name, GROUND, shape, SOURCE) for name, shape in sources.items()]
    zones += [Zone(name, GROUND, shape, EXIT) for name, shape in exits.items()]
    shape = shapely.union_all([floor])
    return Venue(name="case", levels=(Level(GROUND, shape),), zones=tuple(zones), **parts)  # type: ignore[arg-type]


def scenario(
    venue: Venue,
    demands: Sequence[Demand],
    *,
    seed: int,
    duration: float,
    journeys: Sequence[Journey] = (),
    profiles: Sequence[Profile] = (),
    **more: Any,
) -> Scenario:
    """A scenario; unless journeys are given there is one to each exit, named after it."""
    ways = journeys or [Journey(z.name, (LeaveBy((z.name,)),)) for z in venue.zones if "exit" in z.kinds]
    return Scenario(
        name="case",
        venue=venue,
        start=START,
        duration=duration,
        demands=tuple(demands),
        journeys=tuple(ways),
        profiles=tuple(profiles),
        seed=seed,
        **more,
    )


def present(
    source: str,
    journey: str,
    people: int,
    *,
    profile: str = "adult",
    time: float = 0.0,
    name: str = "",
    pre_movement: PreMovement = _AT_ONCE,
) -> Demand:
    """People of one profile who are in a source zone together at a time."""
    shares = ((profile, 1.0),)
    burst = Burst(time, people)
    return Demand(source, journey, burst=burst, profiles=shares, pre_movement=pre_movement, name=name)


def walker(name: str = "test-person", *, speed: float, sd: float = 0.0, **traits: Any) -> Profile:
    """A walker whose free speed the case sets; body and mass are the adult's unless given."""
    low, high = (speed, speed) if sd == 0.0 else (max(speed - 3.0 * sd, 0.05), speed + 3.0 * sd)
    speeds = {"speed_mean": speed, "speed_sd": sd, "speed_min": low, "speed_max": high}
    return Profile(name, **(speeds | traits), source="set by the case")
