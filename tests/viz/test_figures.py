"""Charts over time and maps of one run: nothing in them is left out or explained wrongly in silence."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from crowd.risk import assess_risk
from tests.made_recording import calm
from viz.figures import draw_level_time_line
from viz.risk_maps import draw_density_map


def note(figure: Figure | None) -> str:
    """What is written over the key."""
    assert figure is not None
    return str(figure.legends[0].get_title().get_text())


@pytest.mark.parametrize(
    ("lang", "level"), [("en", "west: Caution ≥ 1, Alert ≥ 3"), ("ko", "west: 주의 ≥ 1, 경계 ≥ 3")]
)
def test_map_and_time_line_name_the_zones_with_thresholds_of_their_own(lang: str, level: str) -> None:
    risk = assess_risk(calm(60), overrides={"west": {"caution": 1.0}})
    assert level in note(draw_density_map(risk, lang))
    assert level in note(draw_level_time_line(risk, lang))


def test_without_such_zones_nothing_is_said_of_them() -> None:
    risk = assess_risk(calm(60), overrides={"west": {"caution": 2.0}})
    assert note(draw_density_map(risk, "en")) == ""
    assert note(draw_level_time_line(risk, "en")) == ""
