"""`crowd scenario new`: a table of counts becomes a scenario that runs, or one line says which cell is wrong."""

from __future__ import annotations

import json
import tomllib
import unicodedata
import zipfile
from datetime import datetime, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner, Result

from crowd.cli import app
from crowd.counts import sheet
from crowd.scenario import Scenario
from tests.conftest import write_tiny

QUARTERS = "time,west,east\n2026-05-01 18:00,150,30\n2026-05-01 18:15,300,60\n2026-05-01 18:30,450,0\n"


def crowd(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def new(folder: Path, table: Path, *more: str | Path, out: str = "S.toml") -> Result:
    """Make a scenario on the tiny corridor, whose zones are west and east."""
    write_tiny(folder)
    return crowd("scenario", "new", folder / "tiny.geojson", "--demand", table, "--out", folder / out, *more)


def csv_file(folder: Path, text: str, *, encoding: str = "utf-8", name: str = "counts.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def xlsx_file(folder: Path, rows: list[list[Any]], *, name: str = "counts.xlsx") -> Path:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(folder / name)
    return folder / name


def people(scenario: Scenario, begin: float = 0.0, end: float | None = None) -> dict[str, float]:
    until = scenario.duration if end is None else end
    found: dict[str, float] = {}
    for demand in scenario.demands:
        found[demand.source] = found.get(demand.source, 0.0) + demand.expected(begin, until)
    return found


def test_the_scenario_brings_the_people_of_the_table(tmp_path: Path) -> None:
    assert new(tmp_path, csv_file(tmp_path, QUARTERS)).exit_code == 0
    scenario = Scenario.read(tmp_path / "S.toml")
    assert people(scenario) == pytest.approx({"west": 900.0, "east": 90.0}, rel=1e-9)
    assert (scenario.start.isoformat(), scenario.duration) == ("2026-05-01T18:00:00+09:00", 2700.0)


def test_each_interval_has_its_own_people_but_for_the_seconds_of_the_change(tmp_path: Path) -> None:
    new(tmp_path, csv_file(tmp_path, QUARTERS))
    scenario = Scenario.read(tmp_path / "S.toml")
    counted = [people(scenario, begin, begin + 900.0)["west"] for begin in (0.0, 900.0, 1800.0)]
    # a change of 150 people in 15 min within 1 s before and after moves a quarter of a second of it
    assert counted == pytest.approx([150.0, 300.0, 450.0], abs=150.0 / 900.0 / 4.0 + 1e-6)


@pytest.mark.parametrize("said", ["option", "heading"])
def test_numbers_per_minute_are_rates_at_their_times(tmp_path: Path, said: str) -> None:
    _, *rows = QUARTERS.splitlines()
    text = QUARTERS if said == "option" else "\n".join(["time,west (people/min),east [명/분]", *rows])
    more = ["--counts", "per-minute"] if said == "option" else []
    assert new(tmp_path, csv_file(tmp_path, text), *more).exit_code == 0
    west = Scenario.read(tmp_path / "S.toml").demands[0]
    assert (west.times, west.rates) == ((0.0, 900.0, 1800.0), (2.5, 5.0, 7.5))


def test_it_says_what_the_numbers_were_taken_for_on_the_console_and_in_the_file(tmp_path: Path) -> None:
    said = new(tmp_path, csv_file(tmp_path, QUARTERS)).stderr
    written = (tmp_path / "S.toml").read_text(encoding="utf-8")
    for words in ("people in the interval that begins at the time of the row", "evenly by all exits other"):
        assert (words in said, words in written) == (True, True)


def test_it_says_what_was_made_how_many_people_come_and_what_to_do_next(tmp_path: Path) -> None:
    lines = new(tmp_path, csv_file(tmp_path, QUARTERS)).stdout.splitlines()
    made = [("made", tmp_path / "S.toml"), ("made", tmp_path / "S-demand.csv")]
    assert lines[:2] == [f"{word}    {path}" for word, path in made]
    assert lines[2:] == [
        "people  west: 900", "people  east: 90", "people  in all: 990", f"next    crowd run {tmp_path / 'S.toml'}",
    ]  # fmt: skip


def test_the_new_scenario_runs(tmp_path: Path) -> None:
    new(tmp_path, csv_file(tmp_path, QUARTERS))
    result = crowd("run", tmp_path / "S.toml", "--until", "20 s", "--out", tmp_path / "run", "--json")
    assert json.loads(result.stdout)["people_expected"] > 0


def test_people_leave_by_any_exit_but_their_own(tmp_path: Path) -> None:
    new(tmp_path, csv_file(tmp_path, QUARTERS))
    scenario = Scenario.read(tmp_path / "S.toml")
    exits = {demand.source: scenario.journey(demand.journey).exits for demand in scenario.demands}
    assert exits == {"west": ("east",), "east": ("west",)}


def test_people_leave_by_the_exits_that_are_named_by_name_or_label(tmp_path: Path) -> None:
    table = csv_file(tmp_path, "time,station-exit-1\n18:00,10\n18:15,20\n")
    out = tmp_path / "S.toml"
    words = ["--to", "세계음식거리 서측 끝", "--to", "upper-east", "--nearest"]
    assert crowd("scenario", "new", "itaewon-alley", "--demand", table, "--out", out, *words).exit_code == 0
    assert Scenario.read(out).journeys[0].exits == ("upper-west", "upper-east")


def test_people_are_spread_evenly_over_the_exits_unless_told_otherwise(tmp_path: Path) -> None:
    table = csv_file(tmp_path, "time,station-exit-1\n18:00,100\n18:15,200\n")
    out = tmp_path / "S.toml"
    assert crowd("scenario", "new", "itaewon-alley", "--demand", table, "--out", out).exit_code == 0
    scenario = Scenario.read(out)
    by_exit = {scenario.journey(d.journey).exits: d.expected(0.0, scenario.duration) for d in scenario.demands}
    exits = (("main-road",), ("upper-west",), ("upper-east",))
    assert by_exit == pytest.approx(dict.fromkeys(exits, 100.0))
    assert "evenly by all exits" in out.read_text(encoding="utf-8")


def test_columns_are_called_by_label_too_in_any_form_of_hangul(tmp_path: Path) -> None:
    in_parts = unicodedata.normalize("NFD", "역 1번 출구")  # as macOS writes it
    table = csv_file(tmp_path, f"시각,{in_parts}\n18:00,10\n18:15,20\n")
    out = tmp_path / "S.toml"
    assert crowd("scenario", "new", "itaewon-alley", "--demand", table, "--out", out).exit_code == 0
    assert people(Scenario.read(out)) == pytest.approx({"station-exit-1": 30.0})


def test_a_cp949_file_is_read_and_said_to_be_one(tmp_path: Path) -> None:
    table = csv_file(tmp_path, "시각,역 1번 출구\n18:00,10\n18:15,20\n", encoding="cp949")
    result = crowd("scenario", "new", "itaewon-alley", "--demand", table, "--out", tmp_path / "S.toml")
    assert (result.exit_code, "CP949" in result.stderr) == (0, True)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_utf_8_file_is_read_with_and_without_mark_and_nothing_is_said_of_it(tmp_path: Path, mark: str) -> None:
    result = new(tmp_path, csv_file(tmp_path, mark + QUARTERS))
    assert (result.exit_code, "CP949" in result.stderr) == (0, False)


TIMES = {
    "clock times": ["18:00", "18:15"],
    "with seconds": ["18:00:00", "18:15:00"],
    "dates": ["2026-05-01 18:00", "2026-05-01 18:15"],
    "dates with offset": ["2026-05-01T18:00:00+09:00", "2026-05-01T18:15:00+09:00"],
    "dates with dots": ["2026. 5. 1. 18:00", "2026. 5. 1. 18:15"],
    "dates with strokes": ["2026/05/01 18:00", "2026/05/01 18:15"],
    "as Korean Excel shows them": ["2026-05-01 오후 6:00", "2026-05-01 오후 6:15"],
    "afternoon": ["6:00 PM", "6:15 PM"],
    "in words": ["18시", "18시 15분"],
    "spans": ["18:00~18:15", "18:15~18:30"],
    "spans with hyphens": ["18:00-18:15", "18:15 - 18:30"],
}


@pytest.mark.parametrize("way", TIMES)
def test_times_are_understood_as_people_write_them(tmp_path: Path, way: str) -> None:
    first, second = TIMES[way]
    day = [] if first.startswith("2026") else ["--date", "2026-05-01"]
    result = new(tmp_path, csv_file(tmp_path, f"time,west\n{first},10\n{second},20\n"), *day)
    assert result.exit_code == 0, result.stderr
    scenario = Scenario.read(tmp_path / "S.toml")
    assert (scenario.start.isoformat(), scenario.duration) == ("2026-05-01T18:00:00+09:00", 1800.0)


def test_a_table_runs_across_midnight(tmp_path: Path) -> None:
    text = "시각,west\n23:50,100\n00:00,200\n00:10,300\n"
    new(tmp_path, csv_file(tmp_path, text), "--date", "2026-12-31")
    scenario = Scenario.read(tmp_path / "S.toml")
    assert scenario.clock(scenario.duration).isoformat() == "2027-01-01T00:20:00+09:00"
    assert people(scenario, 601.0, 1199.0)["west"] == pytest.approx(200.0 * 598.0 / 600.0)


def test_another_offset_from_utc_can_be_named(tmp_path: Path) -> None:
    new(tmp_path, csv_file(tmp_path, QUARTERS), "--utc-offset", "+02:00")
    assert Scenario.read(tmp_path / "S.toml").start.isoformat() == "2026-05-01T18:00:00+02:00"


def test_spans_may_differ_in_length(tmp_path: Path) -> None:
    new(tmp_path, csv_file(tmp_path, "time,west\n18:00~18:15,90\n18:15~18:20,60\n"))
    scenario = Scenario.read(tmp_path / "S.toml")
    assert scenario.duration == 1200.0
    assert people(scenario)["west"] == pytest.approx(150.0)


@pytest.mark.parametrize("written", ["text", "dates", "times"])
def test_a_workbook_gives_the_scenario_of_the_same_csv(tmp_path: Path, written: str) -> None:
    moments: dict[str, list[Any]] = {
        "text": ["2026-05-01 18:00", "2026-05-01 18:15", "2026-05-01 18:30"],
        "dates": [datetime(2026, 5, 1, 18, minute) for minute in (0, 15, 30)],
        "times": [time(18, minute) for minute in (0, 15, 30)],
    }
    counts: list[list[Any]] = [[150, 30], [300.0, 60], [450, 0]]
    rows = [[moments[written][number], *row] for number, row in enumerate(counts)]
    table = xlsx_file(tmp_path, [["시각", "west", "east"], *rows])
    day = ["--date", "2026-05-01"] if written == "times" else []
    assert new(tmp_path, table, *day, out="from-xlsx.toml").exit_code == 0
    new(tmp_path, csv_file(tmp_path, QUARTERS), out="from-csv.toml")
    tables = [(tmp_path / f"from-{kind}-demand.csv").read_bytes() for kind in ("xlsx", "csv")]
    assert tables[0] == tables[1]


def test_a_sheet_is_chosen_by_its_name(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].append(["anything"])
    book.create_sheet("유동인구")
    for row in [["시각", "west"], ["18:00", 10], ["18:15", 20]]:
        book["유동인구"].append(row)
    book.save(tmp_path / "counts.xlsx")
    assert "choose one with --sheet" in new(tmp_path, tmp_path / "counts.xlsx").stderr
    assert new(tmp_path, tmp_path / "counts.xlsx", "--sheet", "유동인구").exit_code == 0


def test_the_demand_table_opens_in_a_spreadsheet_and_names_no_path_of_the_machine(tmp_path: Path) -> None:
    new(tmp_path, csv_file(tmp_path, QUARTERS))
    assert (tmp_path / "S-demand.csv").read_bytes().startswith(b"\xef\xbb\xbftime,west,east\r\n")
    assert str(tmp_path) not in (tmp_path / "S.toml").read_text(encoding="utf-8")


def test_a_map_elsewhere_is_copied_beside_the_scenario(tmp_path: Path) -> None:
    maps, plans = tmp_path / "지도", tmp_path / "계획 1"
    maps.mkdir()
    write_tiny(maps)
    table = csv_file(tmp_path, QUARTERS)
    result = crowd("scenario", "new", maps / "tiny.geojson", "--demand", table, "--out", plans / "봄 축제.toml")
    assert sorted(path.name for path in plans.iterdir()) == ["tiny.geojson", "봄 축제-demand.csv", "봄 축제.toml"]
    assert f"made    {plans / 'tiny.geojson'}" in result.stdout
    assert tomllib.loads((plans / "봄 축제.toml").read_text(encoding="utf-8"))["venue"] == "tiny.geojson"
    assert len(Scenario.read(plans / "봄 축제.toml").demands) == 2


@pytest.mark.parametrize("name", ["S.toml", "S-demand.csv"])
def test_nothing_that_exists_is_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    result = new(tmp_path, csv_file(tmp_path, QUARTERS))
    assert (result.exit_code, (tmp_path / name).read_text(encoding="utf-8")) == (2, "mine")
    assert f"{name} exists" in result.stderr


def quarters(old: str, to: str) -> str:
    assert old in QUARTERS
    return QUARTERS.replace(old, to, 1)


BAD_TABLES = {
    "a formula": (quarters("300", "=150*2"), ["row 3", "column 'west'", "'=150*2' is a formula"]),
    "a word": (quarters("300", "many"), ["row 3", "column 'west'", "'many' is not a number"]),
    "a negative count": (quarters("300", "-300"), ["row 3", "column 'west'", "-300", "from 0 to"]),
    "not a number": (quarters("300", "nan"), ["row 3", "column 'west'", "'nan' is not a number"]),
    "infinitely many": (quarters("300", "inf"), ["row 3", "column 'west'", "'inf' is not a number"]),
    "digits with a stroke": (quarters("300", "3_00"), ["row 3", "'3_00' is not a number"]),
    "an absurd count": (quarters("300", "300000"), ["row 3", "column 'west'", "from 0 to 150,000"]),
    "a blank cell": (quarters("300", ""), ["row 3", "column 'west'", "blank"]),
    "a short row": (quarters("300,60", "300"), ["row 3", "column 'east'", "blank"]),
    "a time twice": (quarters("18:15", "18:00"), ["row 3", "is not after", "sort the rows"]),
    "rows out of order": (quarters("18:30", "18:10"), ["row 4", "is not after"]),
    "a row that is missing": (quarters("2026-05-01 18:15,300,60\n", "2026-05-01 18:10,1,1\n"), ["row 4", "missing"]),
    "a sum below": (QUARTERS + "합계,900,90\n", ["row 5", "'합계' is no time", "delete this row"]),
    "a time too narrow to show": (QUARTERS + "#######,900,90\n", ["row 5", "'#######' is no time"]),
    "no such hour": (quarters("18:15", "25:15"), ["row 3", "no time of any day"]),
    "no such day": (quarters("2026-05-01 18:15", "2026-02-30 18:15"), ["row 3", "no time of any day"]),
    "a date in another way": (quarters("2026-05-01 18:15", "18:15"), ["row 3", "write all times in one way"]),
    "a day first": (quarters("2026-05-01 18:00", "01/05/2026 18:00"), ["row 2", "'01/05/2026 18:00' is no time"]),
    "an unknown zone": (quarters("west", "wst"), ["row 1", "column 'wst'", "did you mean 'west'"]),
    "a column of sums": (quarters("east", "합계"), ["row 1", "column '합계'", "unknown source zone", "leave sums out"]),
    "a column of totals with a unit": (quarters("east", "Total (people)"), ["row 1", "leave sums out"]),
    "a zone twice": (quarters("east", "West"), ["row 1", "column 'West'", "two columns"]),
    "an unknown unit": (quarters("west", "west (veh/h)"), ["row 1", "unknown unit 'veh/h'"]),
    "units that differ": (quarters("west", "west (/min)"), ["'west (/min)' is per minute", "'east'"]),
    "numbers without heading": (quarters("300,60", "300,60,7"), ["row 3", "column 4", "'7' stands under no heading"]),
    "no headings": ("18:00,1,2\n18:15,1,2\n", ["row 1", "'18:00'", "'시각'"]),
    "no column of counts": ("time\n18:00\n18:15\n", ["no column of counts", "'west'"]),
    "one row": ("time,west\n18:00,1\n", ["1 rows of counts"]),
    "an empty file": ("", ["the table is empty"]),
    "a quote left open": ('time,west\n18:00,"1\n18:15,2\n', ["not a table"]),
    "spans with a hole": ("time,west\n18:00~18:15,1\n18:20~18:35,2\n", ["row 3", "20 min after", "lasts 15 min"]),
    "a span backwards": ("time,west\n2026-05-01 18:00~2026-05-01 17:00,1\n", ["row 2", "does not end after"]),
    "people counted every second": ("time,west\n18:00:00,1\n18:00:01,2\n", ["intervals of 1 s", "10 s"]),
}


@pytest.mark.parametrize("case", BAD_TABLES)
def test_a_bad_table_is_one_line_and_exit_code_2_and_nothing_is_written(tmp_path: Path, case: str) -> None:
    text, words = BAD_TABLES[case]
    result = new(tmp_path, csv_file(tmp_path, text, name="수 1.csv"))
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    for word in ["수 1.csv", *words]:
        assert word in result.stderr
    assert not (tmp_path / "S.toml").exists()


BAD_CELLS = {
    "a formula": ("=SUM(A1:A9)", "'=SUM(A1:A9)' is a formula"),
    "an error": ("#DIV/0!", "'#DIV/0!' is not a number"),
    "true": (True, "True is not a number"),
    "a date": (datetime(2026, 5, 1), "is not a number"),
    "text": ("20명", "'20명' is not a number"),
    "nothing": (None, "blank"),
}


@pytest.mark.parametrize("case", BAD_CELLS)
def test_a_bad_cell_of_a_workbook_is_named_with_row_column_and_value(tmp_path: Path, case: str) -> None:
    cell, words = BAD_CELLS[case]
    table = xlsx_file(tmp_path, [["time", "west", "east"], ["18:00", 1, 1], ["18:15", cell, 1]])
    result = new(tmp_path, table)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "counts.xlsx row 3, column 'west'" in result.stderr
    assert words in result.stderr


BAD_OPTIONS = {
    "a day that is none": (["--date", "1 May"], "--date '1 May'"),
    "a day besides those of the table": (["--date", "2026-05-01"], "leave --date out"),
    "an offset that is none": (["--utc-offset", "KST"], "--utc-offset 'KST'"),
    "an unknown exit": (["--to", "wset"], "did you mean 'west'"),
    "the only exit is one's own": (["--to", "west"], "people from 'west' have no exit but their own"),
    "a sheet of a CSV file": (["--sheet", "1"], "has no sheets"),
    "an unknown meaning": (["--counts", "per-hour"], "per-hour"),
}


@pytest.mark.parametrize("case", BAD_OPTIONS)
def test_a_bad_option_is_one_line_and_exit_code_2(tmp_path: Path, case: str) -> None:
    options, words = BAD_OPTIONS[case]
    result = new(tmp_path, csv_file(tmp_path, QUARTERS), *options)
    assert (result.exit_code, result.stderr.count("\n"), words in result.stderr) == (2, 1, True), result.stderr


@pytest.mark.parametrize("name", ["huge.csv", "huge.xlsx"])
def test_a_file_of_ten_gigabytes_is_refused_before_it_is_opened(tmp_path: Path, name: str) -> None:
    with (tmp_path / name).open("wb") as file:
        file.truncate(10_000_000_000)
    result = new(tmp_path, tmp_path / name)
    assert (result.exit_code, "10,000 MB; it must have at most 50 MB" in result.stderr) == (2, True)


def test_a_workbook_that_unpacks_to_more_than_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet, "LARGEST_UNPACKED", 100_000)
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 1_000_000)
    result = new(tmp_path, tmp_path / "bomb.xlsx")
    assert (result.exit_code, "unpacks to 1 MB" in result.stderr) == (2, True)


OTHER_FILES = {
    "old.xls": (b"\xd0\xcf\x11\xe0", "no .csv and no .xlsx"),
    "locked.xlsx": (b"\xd0\xcf\x11\xe0" * 200, "without a password"),
    "counts.csv": ("time,west\n".encode("utf-16"), "neither UTF-8 nor CP949"),
}


@pytest.mark.parametrize("name", OTHER_FILES)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, name: str) -> None:
    content, words = OTHER_FILES[name]
    (tmp_path / name).write_bytes(content)
    result = new(tmp_path, tmp_path / name)
    assert (result.exit_code, result.stderr.count("\n"), words in result.stderr) == (2, 1, True), result.stderr


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "none.csv' is not there" in new(tmp_path, tmp_path / "none.csv").stderr


def test_more_columns_than_any_venue_has_ways_in_are_refused(tmp_path: Path) -> None:
    table = xlsx_file(tmp_path, [["time", "west"], ["18:00", 1], ["18:15", 2, *[None] * 300, 3]])
    assert "row 3: more than 200 columns" in new(tmp_path, table).stderr


def test_more_rows_than_anybody_writes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "LARGEST_ROWS", 3)
    assert "more than 3 rows" in new(tmp_path, csv_file(tmp_path, QUARTERS)).stderr
