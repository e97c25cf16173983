"""The tables of a report for spreadsheets."""

from __future__ import annotations

import csv
import math
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from crowd.csv_text import csv_text
from crowd.risk import assess_risk
from tests.made_recording import calm, crush
from viz.html_report import write_report

TABLES = ("summary.csv", "minutes.csv", "flows.csv")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report([crush(start="2022-10-29T23:55:00+09:00")], tmp_path_factory.mktemp("표"), "ko").parent


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_bytes().decode("utf-8-sig").splitlines()))


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_the_mark_by_which_excel_knows_utf_8(folder: Path, name: str) -> None:
    assert (folder / name).read_bytes()[:3] == b"\xef\xbb\xbf"


def test_the_highest_density_of_all_minutes_is_that_of_the_zone(folder: Path) -> None:
    head = "peak_level_density [1/m2]"
    of_zone = {row["zone"]: float(row[head]) for row in rows(folder / "summary.csv")}
    by_minute = {
        zone: max(float(row[head]) for row in rows(folder / "minutes.csv") if row["zone"] == zone) for zone in of_zone
    }
    assert by_minute == of_zone


def test_the_first_minute_of_a_level_is_when_it_was_reached(folder: Path) -> None:
    zone = assess_risk(crush()).worst_zone
    assert zone is not None
    mine = [row for row in rows(folder / "minutes.csv") if row["zone"] == zone.name]
    reached = next(row["from"] for row in mine if row["highest_level"] == "serious")
    minute = math.ceil(zone.first_times["serious"] / 60.0) - 1
    assert reached == str(datetime(2022, 10, 29, 23, 55) + timedelta(minutes=minute))


def test_the_flows_of_all_minutes_are_those_of_the_line(folder: Path) -> None:
    lines = {line.name: (line.forward, line.backward) for line in assess_risk(crush()).lines}
    assert lines
    for name, sums in lines.items():
        mine = [row for row in rows(folder / "flows.csv") if row["line"] == name]
        assert sums == tuple(sum(int(row[f"{way} [persons]"]) for row in mine) for way in ("forward", "backward"))


def test_a_minute_without_numbers_is_blank_and_not_zero(tmp_path: Path) -> None:
    recording = calm()
    recording.set_zone("middle-area", level_density=lambda t: np.where(t <= 60.0, np.nan, 1.0))
    write_report([recording], tmp_path, "en")
    mine = [row for row in rows(tmp_path / "minutes.csv") if row["zone"] == "middle-area"]
    assert [row["peak_level_density [1/m2]"] for row in mine[:2]] == ["", "1.0"]


@pytest.mark.parametrize(("name", "table"), [("summary", "zones"), ("minutes", "zones"), ("flows", "lines")])
def test_a_table_without_rows_has_the_same_headings(name: str, table: str, folder: Path, tmp_path: Path) -> None:
    recording = calm()
    recording.tables[table] = recording.tables[table].iloc[:0]
    write_report([recording], tmp_path, "ko")
    headings = (folder / f"{name}.csv").read_bytes().partition(b"\r\n")[0]
    assert (tmp_path / f"{name}.csv").read_bytes() == headings + b"\r\n"


def test_times_of_the_summary_are_dates_and_times_also_after_midnight(folder: Path) -> None:
    risk = assess_risk(crush())
    zone = next(zone for zone in risk.zones if zone.name == "alley-middle")
    row = next(row for row in rows(folder / "summary.csv") if row["zone"] == zone.name)
    start, peak = datetime(2022, 10, 29, 23, 55), zone.peaks["level_density"]
    assert peak is not None
    assert row["peak_level_density_time"] == str(start + timedelta(seconds=peak.time))
    reached = [f"{key} {start + timedelta(seconds=time)}" for key, time in zone.first_times.items()]
    assert row["first_times"] == "; ".join(reached)
    assert "2022-10-30 00:" in row["first_times"]


def test_a_zone_that_nobody_entered_has_no_time_of_its_peak(tmp_path: Path) -> None:
    recording = calm()
    recording.set_zone("west", level_density=0.0)
    write_report([recording], tmp_path, "en")
    times = {row["zone"]: row["peak_level_density_time"] for row in rows(tmp_path / "summary.csv")}
    assert (times["west"], times["east"]) == ("", "2022-10-29 21:50:01")


@pytest.mark.parametrize(
    "text", ["=1+1", "+82", "-1", "@SUM(A1)", "\t=1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20A1"]
)
def test_text_that_looks_like_a_formula_gets_a_quote_and_numbers_do_not(text: str) -> None:
    (row,) = csv.reader(csv_text([[text, -1.5]]).removeprefix("\ufeff").splitlines())
    assert row == [f"'{text}", "-1.5"]
