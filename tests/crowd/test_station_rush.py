"""The shipped scenario of the metro station in its first minutes."""

from __future__ import annotations

import numpy as np

from crowd.model import CrowdModel
from crowd.population import Status


def test_the_first_train_is_empty_and_off_the_platform_before_the_next_one_comes() -> None:
    model = CrowdModel("station-rush")
    p = model.people
    while model.time < 104.5:
        model.step()
        if model.step_index % 50 == 0:
            expected, entered, left, outside, _ = model.snapshot().source_counts.sum(axis=0)
            assert expected == entered + outside
            assert entered == left + p.present().size
    doors = model.sources.index("track-1-doors")
    first = np.flatnonzero((p.source == doors) & (p.arrival < 104.5))
    assert first.size == 240
    assert (p.status[first] != Status.EXPECTED).all(), "nobody is still in the train"
    # Those slow on their feet may be on their way yet: one in ten.
    assert np.count_nonzero(p.level[first] == model.venue.level_index("platform")) < 24
    assert (p.level[first] == model.venue.level_index("concourse")).sum() > 120
