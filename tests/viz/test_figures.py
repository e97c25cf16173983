"""Charts over time and maps of one run: nothing in them is left out or explained wrongly in silence."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from crowd.risk import assess_risk
from tests.made_recording import calm, interleaved, zone_rows
from viz.charts import UNKNOWN
from viz.figures import draw_level_time_line
from viz.risk_maps import draw_density_map, draw_force_map


def key(figure: Figure | None) -> list[str]:
    assert figure is not None
    return [text.get_text() for text in figure.legends[0].get_texts()]


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


@pytest.mark.parametrize(
    ("lang", "whole", "said"), [("en", "whole venue", "14 more zones"), ("ko", "현장 전체", "14개 구역")]
)
def test_of_many_zones_the_whole_venue_stays_and_it_is_said_how_many_are_left_out(
    lang: str, whole: str, said: str
) -> None:
    recording = calm(60)
    times = np.arange(1.0, 61.0)
    more = [zone_rows(f"block-{k}", times, density=lambda t: np.full(len(t), 2.5)) for k in range(40)]
    recording.tables["zones"] = interleaved([recording.tables["zones"], *more])
    figure = draw_level_time_line(assess_risk(recording), lang)
    names = [text.get_text() for text in figure.axes[1].get_yticklabels()]
    assert len(names) == 30
    assert names[0].startswith("block-")
    assert names[-1] == whole
    assert said in note(figure)


def test_a_map_explains_only_what_its_own_quantity_shows() -> None:
    recording = calm(60)
    recording.tables["fields"].loc[:, "level_density_max"] = np.nan
    risk = assess_risk(recording)
    assert "not known" in key(draw_density_map(risk, "en"))
    assert "not known" not in key(draw_force_map(risk, "en"))


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_key_of_forces_has_the_limits_by_which_the_map_is_painted(
    lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viz.risk_maps.FORCE_CLASSES", (150.0, 700.0, 2000.0, 10000.0))
    said = key(draw_force_map(assess_risk(calm(60)), lang))
    limits = (("150",), ("150", "700"), ("700", "2,000"))
    assert all(limit in text for text, of_class in zip(said, limits, strict=False) for limit in of_class)


def test_a_worst_force_of_0_marks_no_spot() -> None:
    made = calm(60)
    made.set_zone("venue", contact_force_max=0.0)
    made.tables["fields"].loc[:, "contact_force_max"] = 0.0
    made.tables["zones"].loc[:, "contact_force_max"] = 0.0
    shown = [draw_force_map(assess_risk(recording), "en") for recording in (calm(60), made)]
    assert [len(figure.axes) if figure else 0 for figure in shown] == [2, 1]
