"""Small scenes that physical claims are tested in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np
from shapely.affinity import rotate
from shapely.geometry import LineString, Polygon, box

from crowd.demand import Demand
from crowd.journeys import Journey, LeaveBy
from crowd.model import CrowdModel
from crowd.parameters import Parameters
from crowd.profiles import Profile
from crowd.scenario import Scenario
from crowd.triggers import Measure
from venues import Gate, Level, MeasurementLine, Slope, Venue, Zone

START = datetime(2022, 10, 29, 21, 50, tzinfo=UTC)
SOURCE, EXIT, BOTH = frozenset({"source"}), frozenset({"exit"}), frozenset({"source", "exit"})


def scenario(
    venue: Venue,
    demands: Sequence[Demand],
    *,
    duration: float = 60.0,
    seed: int = 1,
    profiles: Sequence[Profile] = (),
    measures: Sequence[Measure] = (),
    parameters: Mapping[str, float] | None = None,
) -> Scenario:
    """A scenario whose journeys are named after the exit they lead to."""
    return Scenario(
        name="scene",
        venue=venue,
        start=START,
        duration=duration,
        demands=tuple(demands),
        journeys=tuple(Journey(z.name, (LeaveBy((z.name,)),)) for z in venue.zones if "exit" in z.kinds),
        profiles=tuple(profiles),
        measures=tuple(measures),
        parameters=Parameters().with_overrides(parameters or {}),
        seed=seed,
    )


def run_up(length: float = 60.0, *, width: float = 2.0, angle: float = 0.0, slope: float = 0.0) -> Venue:
    """A corridor with people appearing in its first metres, turned by an angle [deg], perhaps uphill [deg]."""

    def turned(shape: Polygon) -> Polygon:
        return rotate(shape, angle, origin=(0, 0))

    up = (float(np.cos(np.radians(angle))), float(np.sin(np.radians(angle))))
    floor = turned(box(0, 0, length, width))
    slopes = (Slope("hill", "ground", floor, slope, up),) if slope else ()
    return Venue(
        name="run-up",
        levels=(Level("ground", floor),),
        zones=(
            Zone("start", "ground", turned(box(0, 0.4, 1.2, width - 0.4)), SOURCE),
            Zone("end", "ground", turned(box(length - 2, 0, length, width)), EXIT),
        ),
        slopes=slopes,
    )


def plug(length: float = 40.0, *, width: float = 6.0) -> Venue:
    """A corridor filled with people over its first `length` metres, and 20 m to walk into."""
    return Venue(
        name="plug",
        levels=(Level("ground", box(0, 0, length + 20, width)),),
        zones=(
            Zone("start", "ground", box(0, 0, length, width), SOURCE),
            Zone("end", "ground", box(length + 18, 0, length + 20, width), EXIT),
        ),
    )


def two_ways(length: float = 40.0, *, width: float = 4.0) -> Venue:
    """A corridor walked in both directions, with a second one beside it that is longer, and a gate in each."""
    both = box(0, 0, length, width).union(box(0, 10, length, 14))
    floor = both.union(box(0, 0, 4, 14)).union(box(length - 4, 0, length, 14))
    assert isinstance(floor, Polygon)
    return Venue(
        name="two-ways",
        levels=(Level("ground", floor),),
        zones=(
            Zone("west", "ground", box(0, 0, 3, width), BOTH),
            Zone("east", "ground", box(length - 3, 0, length, width), BOTH),
        ),
        gates=(
            Gate("near", "ground", LineString([(length / 2, width), (length / 2, 0)])),
            Gate("far", "ground", LineString([(length / 2, 14), (length / 2, 10)])),
        ),
        lines=(MeasurementLine("middle", "ground", LineString([(length / 2 + 1, width), (length / 2 + 1, 0)])),),
    )


def finish(model: CrowdModel) -> CrowdModel:
    """Run a model to its end."""
    while model.running:
        model.step()
    return model
