"""How much slower do people walk when a corridor fills up?

A corridor of 30 x 3 m is walked in one direction by more and more people; their speed and density are taken in its
middle third, after the crowd has settled. Weidmann (1993) measured the same fall of speed with density.
"""

from datetime import UTC, datetime

import numpy as np

from crowd import CrowdModel, Scenario
from crowd.demand import Demand
from crowd.journeys import Journey, LeaveBy
from venues.shapes import corridor

SETTLED, END = 45.0, 75.0  # [s]


def flow_scenario(rate: float) -> Scenario:
    """People who come in from the west at a rate [1/s] and leave in the east."""
    return Scenario(
        name="corridor",
        venue=corridor(length=30.0, width=3.0),
        start=datetime(2026, 1, 1, tzinfo=UTC),
        duration=END,
        demands=(Demand.steady("west", "through", rate=rate, duration=END),),
        journeys=(Journey("through", (LeaveBy(("east",)),)),),
    )


def density_and_speed(rate: float) -> tuple[float, float]:
    """Mean density [1/m2] and speed [m/s] in the middle third of the corridor."""
    model = CrowdModel(flow_scenario(rate))
    counts, speeds = [], []
    while model.running:
        model.step()
        if model.time > SETTLED:
            people, rows = model.people, model.people.present()
            middle = rows[(people.x[rows] > 10.0) & (people.x[rows] < 20.0)]
            counts.append(middle.size)
            speeds.extend(people.vx[middle])
    return float(np.mean(counts)) / 30.0, float(np.mean(speeds))


def main() -> list[tuple[float, float]]:
    """Walk the corridor with little, some and as much demand as it takes."""
    found = [density_and_speed(rate) for rate in (0.3, 1.5, 4.5)]
    for density, speed in found:
        print(f"At {density:.2f} people/m2 they walk at {speed:.2f} m/s.")
    lost = 1.0 - found[-1][1] / found[0][1]
    print(f"The full corridor makes people {lost:.0%} slower than the nearly empty one.")
    return found


if __name__ == "__main__":
    main()
