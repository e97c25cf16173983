"""How do I look at a run again, and save a picture of its worst moment?

A hundred people leave a room through a door 1 m wide. The recording says when and where it was densest; the viewer
draws that moment into a file, without a screen. With one, `crowd view` replays the whole run.
"""

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from crowd import Scenario, assess_risk, run
from crowd.demand import Demand
from crowd.journeys import Journey, LeaveBy
from crowd.recording.tables import HALF_SECOND
from venues.shapes import bottleneck
from viz.viewer import Photo, view_recording

SCENARIO = Scenario(
    name="bottleneck",
    labels={"en": "A hundred people and one door", "ko": "백 명과 문 하나"},
    venue=bottleneck(width=1.0, length=1.0),
    start=datetime(2026, 1, 1, 20, 0, tzinfo=UTC),
    duration=60.0,
    demands=(Demand.present("start", "out", people=100),),
    journeys=(Journey("out", (LeaveBy(("exit",)),)),),
)


def main(folder: Path) -> float:
    """Run, find the worst moment [s], draw it."""
    recording = run(SCENARIO, out=folder / "run")
    risk = assess_risk(recording)
    if risk.worst_density is None:
        raise SystemExit("nothing was recorded that could be judged")
    peak, place = risk.worst_density
    picture = folder / "worst.png"
    view_recording(recording, photo=Photo(frames=round(peak.time / HALF_SECOND), file=picture))
    print(f"It is densest after {peak.time:.0f} s, in {place.zone}: {peak.value:.1f} people/m2.")
    print(f"That moment is in {picture}.")
    print(f"To look at all of it: crowd view {recording.path}")
    return peak.time


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()))
