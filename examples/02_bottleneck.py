"""How many people get through a bottleneck in a second, and does twice the width let twice as many through?

A hundred people leave a room through a passage 2.8 m long, as Seyfried et al. 2009 had it. The flow is taken while a
crowd stands before it, from the 20th to the 90th person, as the mean of eight runs: one alone may be a tenth off.
Measured with volunteers: 1.3 to 1.7 /s at 0.8 m, 2.0 to 2.75 /s at 1.2 m.
"""

from datetime import UTC, datetime
from statistics import mean

from crowd import CrowdModel, Scenario
from crowd.demand import Demand
from crowd.journeys import Journey, LeaveBy
from venues.shapes import bottleneck

FIRST, LAST = 20, 90
SEEDS = range(1, 9)


def exodus(width: float, seed: int) -> Scenario:
    """A hundred people before a bottleneck of some width [m]."""
    return Scenario(
        name="bottleneck",
        venue=bottleneck(width=width, length=2.8),
        start=datetime(2026, 1, 1, tzinfo=UTC),
        duration=180.0,
        demands=(Demand.present("start", "out", people=100),),
        journeys=(Journey("out", (LeaveBy(("exit",)),)),),
        seed=seed,
    )


def flow(width: float, seed: int) -> float:
    """People through a bottleneck while a crowd stands before it [1/s]."""
    model = CrowdModel(exodus(width, seed))
    line = model.line_names.index("bottleneck")
    times: dict[int, float] = {}
    while model.running and LAST not in times:
        model.step()
        for number in range(len(times) + 1, int(model.line_counts[line, 0]) + 1):
            times[number] = model.time
    return (LAST - FIRST) / (times[LAST] - times[FIRST])


def main() -> dict[float, float]:
    """Compare bottlenecks of three widths."""
    flows = {width: mean(flow(width, seed) for seed in SEEDS) for width in (0.8, 1.2, 1.6)}
    for width, found in flows.items():
        print(f"Through {width:.1f} m go {found:.2f} people/s, {found / width:.2f} for each metre of width.")
    print(f"Twice the width lets {flows[1.6] / flows[0.8]:.1f} times as many people through.")
    return flows


if __name__ == "__main__":
    main()
