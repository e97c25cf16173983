"""Is the map of the Itaewon alley fit to walk on, and how long does one person need up it and down it?

Reads the shipped venue just as it would read your own file (`load_venue("my-square.geojson")`), looks for faults, draws
a plan, and sends the same person up the alley and down it, alone. The alley climbs by up to 11 degrees.
"""

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from crowd import CrowdModel, Scenario
from crowd.demand import Demand
from crowd.journeys import Journey, LeaveBy
from venues import Venue, check_venue, load_venue
from viz.plan import draw_venue_plan


def time_between(venue: Venue, first: str, second: str, *, source: str, exit_zone: str) -> float:
    """How long one person, alone, takes from one line to another [s]."""
    scenario = Scenario(
        name="walk",
        venue=venue,
        start=datetime(2026, 1, 1, tzinfo=UTC),
        duration=150.0,
        demands=(Demand.present(source, "walk", people=1, name="walker"),),  # the name makes it the same person
        journeys=(Journey("walk", (LeaveBy((exit_zone,)),)),),
    )
    model = CrowdModel(scenario)
    passed: dict[str, float] = {}
    while model.running and len(passed) < 2:
        model.step()
        for line in (first, second):
            if line not in passed and model.line_counts[model.line_names.index(line)].any():
                passed[line] = model.time
    return passed[second] - passed[first]


def main(folder: Path) -> dict[str, float]:
    """Check the map, draw it, walk it."""
    venue = load_venue("itaewon-alley")
    area = sum(level.floor.area for level in venue.levels)
    errors = [problem for problem in check_venue(venue) if problem.severity == "error"]
    print(f"{venue.name} has {area:.0f} m2 of floor, {len(venue.zones)} zones and {len(errors)} errors.")
    draw_venue_plan(venue, folder / "plan.png")
    print(f"A plan with scale and zones is in {folder / 'plan.png'}.")
    up = time_between(venue, "alley-low", "alley-high", source="station-exit-1", exit_zone="upper-west")
    down = time_between(venue, "alley-high", "alley-low", source="upper-west", exit_zone="main-road")
    print(f"One person alone takes {up:.0f} s for the 41 m up the alley and {down:.0f} s down it.")
    return {"area": area, "errors": len(errors), "up": up, "down": down}


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()))
