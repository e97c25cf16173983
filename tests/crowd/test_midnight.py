"""Runs across midnight: demand, measures, ends and reports keep the day."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crowd.cli import app
from crowd.scenario import Scenario
from tests.conftest import TINY, write_tiny

LATE = (
    TINY.replace("2022-10-29T21:50:00+09:00", "2026-12-31T23:50:00+09:00")
    .replace('"130 s"', '"20 min"')
    .replace('rate = "12/min"', 'table = "수요.csv"\ncolumn = "서쪽"')
    + '\n[[measures]]\nkind = "barrier"\nline = [[5, 0], [5, 1]]\nat = "00:05"\nuntil = "00:08"\n'
)
TABLE = "time,서쪽\n23:30,0\n23:50,60\n00:00,120\n00:30,120\n"


@pytest.fixture
def late(tmp_path: Path) -> Path:
    (tmp_path / "수요.csv").write_text(TABLE, encoding="utf-8")
    return write_tiny(tmp_path, text=LATE)


def test_a_clock_time_after_midnight_is_that_of_the_next_day(late: Path) -> None:
    trigger = Scenario.read(late).measures[0].trigger
    assert (trigger.time, trigger.until) == (900.0, 1080.0)


def test_the_people_of_a_table_come_on_both_sides_of_midnight(late: Path) -> None:
    demand = Scenario.read(late).demands[0]
    assert demand.expected(0.0, 600.0) == pytest.approx(900.0)  # from 60 to 120 a minute
    assert demand.expected(600.0, 1200.0) == pytest.approx(1200.0)


def test_a_measure_at_a_clock_time_that_is_over_is_refused(late: Path) -> None:
    late.write_text(LATE.replace('"00:05"', '"23:45"'), encoding="utf-8")
    result = CliRunner().invoke(app, ["run", str(late)])
    assert (result.exit_code, "at 23:45 is 1435 min after the start" in result.stderr) == (2, True)


def test_the_end_may_be_a_clock_time_after_midnight_and_the_report_says_the_day(late: Path) -> None:
    late.write_text(LATE.replace("23:50:00", "23:59:45"), encoding="utf-8")
    out = late.parent / "out"
    run = ["run", str(late), "--until", "00:00:15", "--out", str(out), "--json"]
    assert json.loads(CliRunner().invoke(app, run).stdout)["simulated_seconds"] == 30.0
    for lang, end in (("ko", r"2026년 12월 31일\(목\) 23:59:45–1월 1일 00:00:15"), ("en", r"January 1, 00:00:15")):
        CliRunner().invoke(app, ["report", str(out), "--lang", lang])
        page = re.sub(r"<[^>]*>", "", (out / "report.html").read_text(encoding="utf-8"))
        assert re.search(end, page)
