"""What charts have in common."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import pytest

from crowd.report.words import words_of
from crowd.risk import assess_risk
from tests.made_recording import calm
from viz.charts import clock_axis, new_figure, use_plain_text


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_clock_times_past_midnight_do_not_run_into_each_other(lang: str) -> None:
    start = datetime.fromisoformat("2022-10-29T23:58:30+09:00")
    words = words_of(assess_risk(calm(start=start.isoformat())), lang)
    figure = new_figure(2.0, width=4.2)
    ax = figure.subplots()
    clock_axis(ax, start, end=180.0, say=lambda seconds, whole: words.clock(seconds, whole_minutes=whole))
    ax.tick_params(labelsize=8.5)
    use_plain_text(figure)
    figure.draw_without_rendering()
    boxes = [label.get_window_extent() for label in ax.get_xticklabels()]
    assert len(boxes) == 7
    assert all(left.x1 < right.x0 for left, right in pairwise(boxes))
    days = [label.get_text().count("30") for label in ax.get_xticklabels() if "\n" in label.get_text()]
    assert days == [1]  # the 30th, at midnight
