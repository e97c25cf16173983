"""A corridor is closed while people are on their way: how many go round, and what does it cost them?

Two corridors join the same two ends; the near one is shorter. At 30 s its gate closes. The same people walk once with
the measure and once without, so the difference is the measure's.
"""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from shapely.geometry import LineString, Polygon, box

from crowd import CrowdModel, Scenario
from crowd.demand import Demand
from crowd.interventions import SetGate
from crowd.journeys import Journey, LeaveBy
from crowd.triggers import AtTime, Measure
from venues import Gate, Level, Venue, Zone

# 40 x 14 m, with a house in the middle between the corridors
FLOOR = Polygon([(0, 0), (40, 0), (40, 14), (0, 14)], [[(4, 4), (36, 4), (36, 10), (4, 10)]])
WEST = Zone("west", "ground", box(0, 0, 3, 4), frozenset({"source"}))
EAST = Zone("east", "ground", box(37, 0, 40, 4), frozenset({"exit"}))
NEAR, FAR = (Gate(name, "ground", LineString([(20, y + 4), (20, y)])) for name, y in (("near", 0), ("far", 10)))
VENUE = Venue(
    name="two-corridors",
    levels=(Level("ground", FLOOR),),
    zones=(WEST, EAST),
    gates=(NEAR, FAR),
)
OPEN = Scenario(
    name="open",
    venue=VENUE,
    start=datetime(2026, 1, 1, tzinfo=UTC),
    duration=180.0,
    demands=(Demand("west", "go", times=(0.0, 90.0, 91.0, 180.0), rates=(1.0, 1.0, 0.0, 0.0)),),
    journeys=(Journey("go", (LeaveBy(("east",)),)),),
)
CLOSED = replace(OPEN, name="closed", measures=(Measure(SetGate("near", open=False), AtTime(30.0)),))


def walk(scenario: Scenario) -> tuple[dict[str, int], float]:
    """People through each gate, and their mean time in the venue [s]."""
    model = CrowdModel(scenario)
    while model.running:
        model.step()
    through = dict(zip(model.line_names, model.line_counts.sum(axis=1).tolist(), strict=True))
    return through, float(np.nanmean(model.people.left - model.people.entered))


def main() -> tuple[dict[str, int], float, dict[str, int], float]:
    """Compare the two."""
    (free, before), (shut, after) = walk(OPEN), walk(CLOSED)
    print(f"Open: {free['near']} people take the near corridor and {free['far']} the far one, in {before:.0f} s each.")
    print(f"Closed at 30 s: {shut['near']} near and {shut['far']} far, in {after:.0f} s, {after - before:.0f} s more.")
    return free, before, shut, after


if __name__ == "__main__":
    main()
