"""Every shipped scenario to its end (`make test-all`): all people are accounted for, nobody is stuck in the drawing."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import numpy as np
import pytest
import shapely
from scipy.spatial import cKDTree

from crowd.population import Status
from crowd.recording.recorder import Recorder
from crowd.run import run
from crowd.scenario import Scenario, scenario_names
from crowd.snapshot import Snapshot
from venues import Venue

#: People who want to walk stand still for so long [s] only behind others, at a lift or at a line that is closed; so far
#: [m] others and such places count (assumed: less than a person walks in two seconds).
STILL, NEAR = 60.0, 2.5


class StandingAlone:
    """Looks every minute for people who want to walk, have not moved since the last look, and nothing is near them."""

    def __init__(self, venue: Venue) -> None:
        doors = [line for link in venue.links if link.kind == "lift" for line in (link.from_line, link.to_line)]
        gates = [gate.line for gate in venue.gates]
        self.stops = shapely.union_all([*doors, *gates])
        self.before: dict[int, tuple[float, float]] = {}
        self.found: list[tuple[float, float, float]] = []

    def __call__(self, now: Snapshot, recorder: Recorder) -> None:
        """Observe one instant."""
        if now.step_index % round(STILL * 10) or now.id.size < 2:
            return
        place = np.column_stack((now.x, now.y, now.level * 1e6))
        alone = cKDTree(place).query(place, k=2)[0][:, 1] > NEAR
        walking = np.flatnonzero(alone & (now.status == Status.WALKING))
        for k in walking[shapely.distance(shapely.points(now.x[walking], now.y[walking]), self.stops) > NEAR]:
            x, y = self.before.get(int(now.id[k]), (np.inf, np.inf))
            if np.hypot(now.x[k] - x, now.y[k] - y) < 0.5:
                self.found.append((now.time, float(now.x[k]), float(now.y[k])))
        # Who waited then may have set off a moment ago.
        wants = now.status == Status.WALKING
        places = zip(now.x[wants].tolist(), now.y[wants].tolist(), strict=True)
        self.before = dict(zip(now.id[wants].tolist(), places, strict=True))


@pytest.mark.whole
@pytest.mark.parametrize("name", scenario_names())
def test_a_shipped_scenario_runs_to_its_end_and_nobody_is_lost_or_stuck_in_the_drawing(
    name: str, tmp_path: Path
) -> None:
    scenario = Scenario.read(name)
    alone, seen = StandingAlone(scenario.venue), deque[Snapshot](maxlen=1)
    run(scenario, out=tmp_path / "run", record="fields", observers=(alone, lambda now, recorder: seen.append(now)))
    last = seen[0]
    expected, entered, left, outside, _ = last.source_counts.sum(axis=0)
    assert last.time == pytest.approx(scenario.duration)
    assert expected == entered + outside
    assert entered == left + last.id.size
    assert left > 0
    assert alone.found == []
