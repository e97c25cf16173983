"""Every shipped scenario says what it is for, and its first minute runs without anybody lost."""

from __future__ import annotations

from importlib import resources

import pytest
import shapely

from crowd.model import CrowdModel
from crowd.scenario import Scenario, scenario_names
from venues import names

#: Those that say in their first words what they are for; the older ones say it in the README.
LIBRARY = (
    "footbridge-fireworks", "market-holiday", "pilgrimage-noon", "riverside-closing", "shopping-weekend",
    "stadium-final-whistle", "transfer-rush",
)  # fmt: skip


def test_every_shipped_venue_has_a_scenario() -> None:
    assert {Scenario.read(name).venue.name for name in scenario_names()} == set(names())


@pytest.mark.parametrize("name", LIBRARY)
def test_a_scenario_of_the_library_says_first_what_it_is_for_and_what_is_assumed(name: str) -> None:
    text = resources.files("crowd").joinpath("data", "scenarios", f"{name}.toml").read_text(encoding="utf-8")
    assert text.startswith("# What it is for: ")
    assert "ASSUMED" in text.split("schema_version")[0]


@pytest.mark.parametrize("name", LIBRARY)
def test_the_first_minute_of_a_scenario_of_the_library_runs_and_drops_nobody(name: str) -> None:
    model = CrowdModel(Scenario.read(name).with_until(60.0))
    while model.running:
        model.step()
    now = model.snapshot()
    expected, entered, left, outside, _ = now.source_counts.sum(axis=0)
    assert expected == entered + outside
    assert entered == left + model.people.present().size
    assert entered > 50
    one = [level.name for level in model.scenario.venue.levels]
    if len(one) == 1:
        floor = model.scenario.venue.levels[0].floor.buffer(0.001)
        assert shapely.contains_xy(floor, now.x, now.y).all()
