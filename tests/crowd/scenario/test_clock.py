"""Clock times to seconds since the start."""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone

import pytest

from crowd.errors import BadInput
from crowd.scenario.clock import Clock, Moment

KOREA = timezone(timedelta(hours=9))
CLOCK = Clock(datetime(2022, 10, 29, 21, 50, tzinfo=KOREA))


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        ("22:15", 1500.0),
        ("22:15:30", 1530.0),
        (time(22, 15), 1500.0),
        ("21:50", 0.0),
        ("5 min", 300.0),
        ("2022-10-29T22:15:00+09:00", 1500.0),
        ("2022-10-29T13:15:00+00:00", 1500.0),
        (datetime(2022, 10, 29, 22, 15), 1500.0),
        ("00:10", 2 * 3600.0 + 20 * 60.0),
    ],
)
def test_a_moment_lies_so_many_seconds_after_the_start(moment: Moment, seconds: float) -> None:
    assert CLOCK.seconds(moment) == seconds


def test_a_clock_time_before_the_start_is_that_of_the_next_day() -> None:
    assert CLOCK.seconds("21:49") == 86_400.0 - 60.0


def test_seconds_to_clock_time_keep_the_zone_of_the_scenario() -> None:
    assert CLOCK.at(3 * 3600.0).isoformat() == "2022-10-30T00:50:00+09:00"


def test_rows_that_step_back_by_more_than_half_a_day_are_past_midnight() -> None:
    times, wrong = CLOCK.seconds_of_rows(["21:50", "23:50", "00:20"], duration=3600.0)
    assert (times, wrong) == ([0.0, 7200.0, 9000.0], None)


def test_rows_that_step_back_a_little_are_out_of_order() -> None:
    _, wrong = CLOCK.seconds_of_rows(["21:50", "22:20", "22:10"], duration=3600.0)
    assert wrong == 2


def test_rows_twice_at_one_time_are_out_of_order() -> None:
    _, wrong = CLOCK.seconds_of_rows(["21:50", "22:20", "22:20"], duration=3600.0)
    assert wrong == 2


def test_rows_that_began_the_evening_before_a_start_past_midnight_lie_on_that_evening() -> None:
    clock = Clock(datetime(2022, 10, 30, 0, 30, tzinfo=KOREA))
    times, _ = clock.seconds_of_rows(["19:30", "23:30", "02:30"], duration=3600.0)
    assert times == [-5 * 3600.0, -3600.0, 2 * 3600.0]


@pytest.mark.parametrize("moment", ["25:10", "22:60", "soon", "2022-13-01T00:00:00+09:00", "5", "", "22"])
def test_what_is_no_time_is_refused(moment: str) -> None:
    with pytest.raises(BadInput, match="write a clock time like"):
        CLOCK.seconds(moment)


def test_a_start_without_time_zone_is_refused() -> None:
    with pytest.raises(BadInput, match="no time zone"):
        Clock(datetime(2022, 10, 29, 21, 50))
