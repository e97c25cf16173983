"""How much faster does a room empty through a door twice as wide, and how much of that is chance?

`CrowdModel` is a Mesa model, so Mesa's own tools run it: a subclass adds a `DataCollector` of scalars, `batch_run` goes
through the widths and the seeds. A step is 0.1 s, so `max_steps` must cover the duration.
"""

from datetime import UTC, datetime
from typing import Any

import mesa
import pandas as pd

from crowd import CrowdModel, Scenario
from crowd.demand import Demand
from crowd.journeys import Journey, LeaveBy
from venues.shapes import room


class Emptying(CrowdModel):
    """Sixty people leave a room through a door of some width [m]; it ends when the last is out."""

    def __init__(self, *, door_width: float, **seeds: Any) -> None:
        scenario = Scenario(
            name="emptying",
            venue=room(door_width=door_width),
            start=datetime(2026, 1, 1, tzinfo=UTC),
            duration=120.0,
            demands=(Demand.present("start", "out", people=60),),
            journeys=(Journey("out", (LeaveBy(("exit",)),)),),
        )
        super().__init__(scenario, **seeds)
        self.datacollector = mesa.DataCollector(
            {"time": "time", "inside": lambda model: model.people.present().size}
        )
        self.datacollector.collect(self)

    def step(self) -> None:
        """Move on, take the numbers down, end when nobody is inside."""
        super().step()
        self.datacollector.collect(self)
        self.running = self.running and self.people.present().size > 0


def main() -> pd.DataFrame:
    """Empty the room through two doors with five seeds each."""
    parameters = {"door_width": [0.8, 1.6], "seed": range(1, 6)}
    rows = mesa.batch_run(Emptying, parameters, max_steps=1200, display_progress=False)  # number_processes=None: all
    times = pd.DataFrame(rows).groupby("door_width")["time"].agg(["mean", "std", "min", "max"])
    for width, time in times.iterrows():
        print(f"Through {width} m it takes {time['mean']:.1f} s, give or take {time['std']:.1f} s by chance.")
    print(f"A door twice as wide empties it {times['mean'][0.8] / times['mean'][1.6]:.2f} times as fast.")
    return times


if __name__ == "__main__":
    main()
