"""A corridor walked both ways gets tight: does it help to keep right, or to let people in more slowly?

Each of the three scenarios is run with the same five seeds, so that the difference between two runs of one seed is the
measure's and not that of other people. A difference that may be chance is said to be not certain. The gate that lets
people in counts both directions: those who want out wait in the corridor, which is how a measure can harm.
"""

from dataclasses import replace
from datetime import UTC, datetime

from shapely.geometry import LineString, box

from crowd import Scenario, compare
from crowd.compare import Comparison
from crowd.demand import Demand
from crowd.interventions import KeepRight, Metering
from crowd.journeys import Journey, LeaveBy
from crowd.triggers import Measure
from venues import Gate, Zone
from venues.shapes import corridor

PLAIN = corridor(length=24.0, width=2.5)
VENUE = replace(
    PLAIN,
    zones=(*PLAIN.zones, Zone("aisle", "ground", box(5, 0, 19, 2.5), frozenset({"section"}))),
    gates=(Gate("entry", "ground", LineString([(4, 2.5), (4, 0)])),),
)
AS_IT_IS = Scenario(
    name="as it is",
    venue=VENUE,
    start=datetime(2026, 1, 1, tzinfo=UTC),
    duration=45.0,
    demands=(
        Demand("west", "east", times=(0.0, 45.0), rates=(1.5, 1.5)),
        Demand("east", "west", times=(0.0, 45.0), rates=(1.5, 1.5)),
    ),
    journeys=(Journey("east", (LeaveBy(("east",)),)), Journey("west", (LeaveBy(("west",)),))),
)
KEEP_RIGHT = replace(AS_IT_IS, name="keep right", measures=(Measure(KeepRight("aisle")),))
METERED = replace(AS_IT_IS, name="metered", measures=(Measure(Metering("entry", rate=0.7)),))


def main() -> Comparison:
    """Compare the two measures with the corridor as it is."""
    found = compare(AS_IT_IS, KEEP_RIGHT, METERED, seeds=5)
    for text in found.headlines():
        print(text)
    for quantity in ("peak_density", "mean_delay"):
        for name in ("keep right", "metered"):
            print(found.difference(quantity, name).sentence("as it is"))
    return found


if __name__ == "__main__":  # the runs are processes of their own, which read this file too
    main()
