"""Charts over time and maps of one run: nothing in them is left out or explained wrongly in silence."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from crowd.risk import assess_risk
from tests.made_recording import calm
from viz.charts import UNKNOWN
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


@pytest.mark.parametrize(
    ("first", "last", "span"),
    [(100, 399, (99.0, 400.0)), (1, 50, (0.0, 51.0)), (451, 500, (450.0, 500.0))],
    ids=["between", "before", "after"],
)
def test_a_time_without_samples_looks_unknown_as_long_as_it_is_said_to_be(
    first: int, last: int, span: tuple[float, float]
) -> None:
    recording = calm(500)
    zones = recording.tables["zones"]
    recording.tables["zones"] = zones[(zones["zone"] != "west") | ~zones["time"].between(first, last)]
    risk = assess_risk(recording)
    bars = draw_level_time_line(risk, "en").axes[1].findobj(Rectangle)
    grey = [bar for bar in bars if isinstance(bar, Rectangle) and bar.get_hatch() == UNKNOWN["hatch"]]
    assert [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in grey] == [span]
    assert next(zone.unknown for zone in risk.zones if zone.name == "west") == span[1] - span[0]
