"""Those who are informed take another way where it is crowded; the others spread over the shortest."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from crowd.model import CrowdModel
from crowd.scenario import Scenario
from crowd.validation.route_choice import _trial


def stream(informed: float) -> Scenario:
    made = _trial(1, 150, informed).scenario
    assert made is not None
    return made.with_until(75.0)


def test_a_crowd_before_the_stairs_sends_the_informed_round_and_nobody_else() -> None:
    round_now = {}
    for informed in (0.0, 1.0):
        # At 150 a minute the crowd is just long enough for some seeds, at 250 for all.
        made = _trial(1, 250, informed).scenario
        assert made is not None
        model = CrowdModel(made.with_until(75.0))
        while model.running:
            model.step()
        y = model.people.y[model.people.present()]
        round_now[informed] = int((y > 12.0).sum())
    assert round_now[0.0] == 0
    assert round_now[1.0] >= 10


def test_a_restored_model_knows_where_it_is_crowded() -> None:
    whole, first, second = (CrowdModel(stream(0.5)) for _ in range(3))
    while first.time < 35.0:
        first.step()
    assert first.routes.congestion.seen().size > 0
    second.restore(first.state())
    for model in (whole, second):
        while model.running:
            model.step()
    for name in ("x", "y"):
        assert getattr(second.people, name).tobytes() == getattr(whole.people, name).tobytes()


def test_share_and_groups_and_familiar_exits_survive_the_file(tmp_path: Path) -> None:
    made = stream(0.25)
    made.write_resolved(tmp_path)
    again = Scenario.read(tmp_path / "scenario.toml")
    assert again.digest() == made.digest()
    assert again.journeys[0].informed == 0.25
    assert np.mean(CrowdModel(again).people.informed) < 0.5
