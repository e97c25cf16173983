"""Times as people write them in tables of counts."""

import pytest

from crowd.counts.moments import read_span
from crowd.errors import ScenarioError


@pytest.mark.parametrize("text", ["23:30~24:00", "2026-05-01 23:30 ~ 2026-05-01 24:00", "23:30-24:00"])
def test_24_00_is_the_end_of_the_day(text: str) -> None:
    assert read_span(text).length == 1800.0


@pytest.mark.parametrize("text", ["24:01", "25:00", "9999-12-31 24:00", "9001-01-01 10:00", "2026-02-30 10:00"])
def test_what_no_clock_or_calendar_shows_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError, match="is no time of any day"):
        read_span(text)
