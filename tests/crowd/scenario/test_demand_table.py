"""Tables of counts: read as written, refused with file, row and value."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from crowd.errors import ScenarioError
from crowd.scenario.clock import Clock
from crowd.scenario.demand_table import load_demand_table

CLOCK = Clock(datetime(2022, 10, 29, 21, 50, tzinfo=timezone(timedelta(hours=9))))
SHIPPED = Path(__file__).parents[3] / "crowd" / "data" / "demand" / "itaewon_demand.csv"
HALF_HOUR = 1800.0


def read(folder: Path, text: str, *, duration: float = HALF_HOUR) -> tuple[tuple[float, float], ...]:
    path = folder / "수요 표.csv"
    path.write_text(text, encoding="utf-8")
    return load_demand_table(path, column="up", clock=CLOCK, duration=duration)


def test_counts_per_minute_become_rates_per_second_at_seconds_from_the_start() -> None:
    points = load_demand_table(SHIPPED, column="down", clock=CLOCK, duration=1500.0)
    assert points[0] == (-8400.0, 40.0 / 60.0)
    assert points[5] == (600.0, 190.0 / 60.0)
    assert len(points) == 9


def test_comments_blank_lines_spaces_and_a_byte_order_mark_are_passed_over(tmp_path: Path) -> None:
    text = "\ufeff# counted by hand\n\ntime , up,down\n21:50, 60 ,0\n\n# later\n22:30,120,0\n"
    assert read(tmp_path, text) == ((0.0, 1.0), (2400.0, 2.0))


def test_a_table_may_run_across_midnight(tmp_path: Path) -> None:
    points = read(tmp_path, "time,up\n21:00,60\n23:59,60\n00:30,120\n", duration=9000.0)
    assert points[-1] == (9600.0, 2.0)


def test_a_table_may_give_dates(tmp_path: Path) -> None:
    points = read(tmp_path, "time,up\n2022-10-29T21:50:00+09:00,60\n2022-10-30 01:00,60\n")
    assert [time for time, _ in points] == [0.0, 11_400.0]


REFUSED = {
    "a missing column": ("time,down\n21:50,1\n22:50,1\n", "columns are called 'up'"),
    "a column twice": ("time,up,up\n21:50,1,1\n22:50,1,1\n", "2 columns are called 'up'"),
    "no time column": ("clock,up\n21:50,1\n22:50,1\n", "'time'"),
    "an empty file": ("", "empty"),
    "one row": ("time,up\n21:50,1\n", "two or more"),
    "a blank cell": ("time,up\n21:50,1\n22:00,\n22:50,1\n", r"row 3 \(22:00\).*blank"),
    "a blank time": ("time,up\n21:50,1\n,1\n22:50,1\n", "row 3: the time is blank"),
    "a short row": ("time,up\n21:50,1\n22:00\n22:50,1\n", "row 3: 1 cells"),
    "a negative count": ("time,up\n21:50,1\n22:00,-5\n22:50,1\n", r"row 3 \(22:00\), column 'up': '-5'"),
    "a count that is not a number": ("time,up\n21:50,1\n22:00,nan\n22:50,1\n", "row 3.*'nan'"),
    "a word": ("time,up\n21:50,1\n22:00,many\n22:50,1\n", "row 3.*'many' is not a number"),
    "an absurd count": ("time,up\n21:50,1\n22:00,1e6\n22:50,1\n", "row 3.*'1e6'"),
    "rows out of order": (
        "time,up\n21:50,1\n22:20,1\n22:10,1\n22:50,1\n",
        "row 4: time '22:10' is not after",
    ),
    "a time no clock shows": ("time,up\n21:50,1\n25:10,1\n", "row 3: time '25:10'"),
    "a table that ends early": ("time,up\n21:50,1\n22:10,1\n", "row 3.*10 min before the end"),
    "a table that begins late": ("time,up\n22:00,1\n22:50,1\n", "row 2.*10 min after the scenario starts"),
    "a quote left open": ('time,up\n21:50,"1\n22:50,1\n', "not a table"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_table_is_refused_in_one_line_that_names_file_row_and_value(tmp_path: Path, case: str) -> None:
    text, words = REFUSED[case]
    with pytest.raises(ScenarioError, match=words) as raised:
        read(tmp_path, text)
    assert "수요 표.csv" in str(raised.value)
    assert len(str(raised.value).splitlines()) == 1


def test_a_file_of_ten_gigabytes_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(10_000_000_000)
    with pytest.raises(ScenarioError, match=r"10,000 MB; it must have at most 50 MB"):
        load_demand_table(path, column="up", clock=CLOCK, duration=HALF_HOUR)


def test_a_table_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cp949.csv"
    path.write_bytes("# 이태원\ntime,up\n21:50,1\n22:50,1\n".encode("cp949"))
    with pytest.raises(ScenarioError, match="save it as UTF-8"):
        load_demand_table(path, column="up", clock=CLOCK, duration=HALF_HOUR)


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="not there"):
        load_demand_table(tmp_path / "none.csv", column="up", clock=CLOCK, duration=HALF_HOUR)
