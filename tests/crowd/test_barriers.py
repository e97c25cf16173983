"""Loads on barriers in the assessment and in the report."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Rectangle
from shapely.geometry import LineString, box

from crowd.journeys import Journey, LeaveBy, Watch
from crowd.report import report_data
from crowd.report.barriers import barriers_data
from crowd.report.words import words_of
from crowd.risk import assess_risk
from crowd.risk.barriers import COLUMNS, DESIGN_LOAD, BarrierLoad, assess_barriers
from tests.made_recording import calm
from venues import Level, Venue, Wall, Zone
from viz.barrier_charts import draw_barrier_loads
from viz.html_report import write_report

SECOND = (LineString([(0, 4), (2, 4)]), LineString([(4, 4), (6, 4)]))


def plaza(**first: Any) -> Venue:
    """A floor with a front barrier of 3 m, a barrier in two parts, and a fence without a name."""
    walls: tuple[LineString | Wall, ...] = (
        Wall(LineString([(1, 1), (4, 1)]), "front", {"en": "Front <b>", "ko": "앞"}, **first),
        *(Wall(line, "second") for line in SECOND),
        LineString([(0, 6), (6, 6)]),
    )
    zones = (Zone("in", "ground", box(0, 7, 6, 8), frozenset({"source", "exit"})),)
    return Venue(name="plaza", levels=(Level("ground", box(0, 0, 6, 8), walls=walls),), zones=zones)


def rows(*pieces: tuple[float, float, float, float, float, float, float]) -> pd.DataFrame:
    """Rows of `walls`: time, x0, y0, x1, y1, mean and largest load; single precision as on disk."""
    names = ["time", "x0", "y0", "x1", "y1", "load_mean", "load_max"]
    table = pd.DataFrame(pieces, columns=names)
    single = {name: table[name].astype(np.float32) for name in names[1:]}
    return table.assign(level=np.int8(0), **single)[list(COLUMNS)]


PUSHED = rows(
    (10.0, 1, 1, 2, 1, 400.0, 900.0),
    (10.0, 2, 1, 3, 1, 3500.0, 4000.0),
    (10.0, 5, 4, 6, 4, 150.0, 300.0),
    (20.0, 3, 1, 4, 1, 800.0, 5000.0),
    (20.0, 0, 6, 1, 6, 9999.0, 9999.0),  # the fence without a name
    (20.0, 1, 0, 1, 1, 9999.0, 9999.0),  # a wall that only ends at the barrier
)


def loads(venue: Venue, table: pd.DataFrame | None) -> dict[str, BarrierLoad]:
    return {load.wall.name: load for load in assess_barriers(table, venue, ["ground"])}


def test_a_barrier_has_the_loads_of_its_own_pieces_and_their_sum() -> None:
    front = loads(plaza(), PUSHED)["front"]
    assert front.times.tolist() == [10.0, 20.0]
    assert front.along.tolist() == pytest.approx([0.5, 1.5, 2.5])
    assert front.mean.tolist() == [[400.0, 3500.0, 0.0], [0.0, 0.0, 800.0]]
    assert front.total.tolist() == [3900.0, 800.0]
    assert front.highest is not None
    assert (front.highest.value, front.highest.time, front.highest.x, front.highest.y) == (3500.0, 10.0, 2.5, 1.0)
    assert front.moment is not None
    assert (front.moment.value, front.moment.time) == (5000.0, 20.0)


def test_walls_of_one_name_are_one_barrier_laid_end_to_end() -> None:
    second = loads(plaza(), PUSHED)["second"]
    assert (second.length, second.along.tolist()) == (4.0, [3.5])
    assert list(loads(plaza(), PUSHED)) == ["front", "second"]


def test_without_a_table_the_load_is_unknown_and_without_a_row_it_is_zero() -> None:
    unknown, nobody = loads(plaza(), None)["front"], loads(plaza(), PUSHED[:0])["front"]
    assert (unknown.known, unknown.highest) == (False, None)
    assert (nobody.known, nobody.highest) == (True, None)


def said(table: pd.DataFrame | None, lang: str, **first: Any) -> dict[str, Any]:
    risk = assess_risk(calm(60))
    return report_data([replace(risk, barriers=assess_barriers(table, plaza(**first), ["ground"]))], lang)["runs"][0]


def test_the_report_compares_the_load_with_the_design_load_and_says_where_that_comes_from() -> None:
    usual, given = said(PUSHED, "en")["barriers"][0], said(PUSHED, "en", design_load=5000.0)["barriers"][0]
    assert DESIGN_LOAD == 3000.0
    assert "3,500 N/m" in usual["text"]
    assert "117 % of the design load of 3,000 N/m (usual for stage barriers, assumed): ABOVE" in usual["text"]
    assert "70 % of the design load of 5,000 N/m (as the map says)." in given["text"]
    assert "ABOVE" not in given["text"]
    assert (usual["mean_load"], usual["highest"]["along"]) == (1300, 1.5)


def test_the_report_never_takes_an_unknown_load_for_none() -> None:
    unknown, nobody = said(None, "en")["barriers"][0], said(PUSHED[:0], "en")["barriers"][0]
    assert unknown["text"] == "Front <b>: the load on it is not known."
    assert (unknown["highest"]["value"], nobody["highest"]["value"]) == (None, 0)
    assert said(None, "ko")["barriers"][0]["text"] == "앞: 하중을 알 수 없다."


def test_the_chart_draws_the_worst_ten_seconds_and_the_design_load() -> None:
    risk = replace(assess_risk(calm(60)), barriers=assess_barriers(PUSHED, plaza(), ["ground"]))
    figure = draw_barrier_loads(risk, "en")
    assert figure is not None
    along, over_time = figure.axes[:2]
    assert [bar.get_height() for bar in along.patches if isinstance(bar, Rectangle)] == [400.0, 3500.0, 0.0]
    assert any(np.array_equal(np.asarray(line.get_ydata()), [3000.0, 3000.0]) for line in along.lines)
    highest = next(line for line in over_time.lines if "highest" in str(line.get_label()))
    assert np.asarray(highest.get_ydata())[:3].tolist() == [3500.0, 800.0, 0.0]
    assert draw_barrier_loads(assess_risk(calm(60)), "en") is None


@pytest.mark.parametrize(("lang", "said"), [("en", "2 more barriers"), ("ko", "차단벽 2개")])
def test_of_many_barriers_the_chart_says_how_many_it_leaves_out(lang: str, said: str) -> None:
    front = assess_barriers(PUSHED, plaza(), ["ground"])[0]
    risk = assess_risk(calm(60))
    all_drawn, cut = (draw_barrier_loads(replace(risk, barriers=(front,) * count), lang) for count in (6, 8))
    assert all_drawn is not None
    assert cut is not None
    assert len(all_drawn.axes) == len(cut.axes) == 12
    assert all_drawn.legends[0].get_title().get_text() == ""
    assert said in cut.legends[0].get_title().get_text()


def test_the_chart_takes_the_interval_of_the_table_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viz.barrier_charts.INTERVAL", 20.0)
    risk = replace(assess_risk(calm(60)), barriers=assess_barriers(PUSHED, plaza(), ["ground"]))
    figure = draw_barrier_loads(risk, "en")
    assert figure is not None
    line = next(line for line in figure.axes[1].lines if "highest" in str(line.get_label()))
    assert np.asarray(line.get_xdata()).tolist() == [10.0, 20.0, 40.0, 60.0]
    assert "mean of 20 s" in str(line.get_label())


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "It is not a check of the barrier"), ("ko", "구조 안전을 검토한 것이 아니다")]
)
def test_the_page_says_what_the_load_is_not(lang: str, words: str, tmp_path: Any) -> None:
    recording = calm(60)
    plain = write_report([recording], tmp_path / "plain", lang).read_text(encoding="utf-8")
    named = replace(recording, venue=plaza(), tables={**recording.tables, "walls": PUSHED})
    page = write_report([named], tmp_path / "named", lang).read_text(encoding="utf-8")
    assert words in page
    assert words not in plain
    assert "Front <b>" not in page


@pytest.mark.parametrize(("until", "doubted"), [(50.0, False), (300.0, True)])
def test_a_run_that_ends_before_the_pressing_clears_no_barrier(until: float, doubted: bool) -> None:
    watching = Watch("audience", "stage", until=until, press_from=30.0, force=40.0)
    risk = replace(assess_risk(calm(60)), barriers=assess_barriers(PUSHED[:0], plaza(), ["ground"]))
    journey = Journey("show", (watching, LeaveBy(("exit",))))
    shown = replace(risk, scenario=cast(Any, SimpleNamespace(journeys=(journey,))))
    text = barriers_data(shown, words_of(risk, "en"))[0]["text"]
    assert ("no load here can clear the barrier" in text) is doubted
