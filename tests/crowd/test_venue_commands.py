"""The commands on maps say what they did, leave their files, and end in one line where they cannot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from typer.testing import CliRunner

from crowd.cli import app

HALL = "POLYGON ((0 0, 50 0, 50 5, 0 5, 0 0))"


def crowd(*words: object) -> Any:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def hall(tmp_path: Path) -> Path:
    """A map of a hall, in a folder with a space and Hangul."""
    folder = tmp_path / "내 지도"
    folder.mkdir()
    (folder / "hall.wkt").write_text(HALL, encoding="utf-8")
    return folder / "hall.wkt"


def test_an_import_writes_the_venue_and_its_report_beside_it(hall: Path) -> None:
    result = crowd("venue", "import", hall, "--out", hall.with_suffix(".geojson"), "--licence", "CC0-1.0")
    assert result.exit_code == 0, result.output
    assert "Assumed (check these first)" in result.output
    assert "CC0-1.0" in hall.with_suffix(".import.md").read_text(encoding="utf-8")
    assert json.loads(hall.with_suffix(".import.json").read_text(encoding="utf-8"))["assumed"]
    assert crowd("venue", "check", hall.with_suffix(".geojson")).exit_code == 0


def test_an_import_in_json_is_one_document_with_the_problems_found(hall: Path) -> None:
    result = crowd("venue", "import", hall, "--out", hall.with_suffix(".geojson"), "--json")
    document = json.loads(result.stdout)
    assert document["problems"] == []
    assert len(document["files"]) == 2


def test_an_import_writes_over_a_venue_only_if_it_is_told_to(hall: Path) -> None:
    venue = hall.with_suffix(".geojson")
    venue.write_text("mine", encoding="utf-8")
    result = crowd("venue", "import", hall, "--out", venue)
    assert (result.exit_code, venue.read_text(encoding="utf-8")) == (2, "mine")
    assert "--replace" in result.stderr
    assert crowd("venue", "import", hall, "--out", venue, "--replace").exit_code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--out", "venue.txt"], "--out venue.txt"),
        (["--out", "nowhere/venue.geojson"], "folder that exists"),
        (["--within", "1,2,3"], "west,south,east,north"),
        (["--within", "60,0,70,5"], "nothing within"),
        (["--crs", "EPSG:1"], "EPSG:1"),
    ],
)
def test_an_import_that_cannot_be_done_ends_in_one_line(hall: Path, words: list[str], says: str) -> None:
    out = [] if "--out" in words else ["--out", hall.with_suffix(".geojson")]
    result = crowd("venue", "import", hall, *words, *out)
    assert result.exit_code == 2
    assert says in result.stderr
    assert result.stderr.count("\n") == 1
    assert not hall.with_suffix(".geojson").exists()


def test_a_check_draws_what_it_finds(tmp_path: Path) -> None:
    result = crowd("venue", "check", "itaewon-alley", "--out", tmp_path / "faults.png")
    assert result.exit_code == 0
    assert (tmp_path / "faults.png").stat().st_size > 10_000


def test_the_capacity_names_its_limit_and_refuses_an_unknown_exit() -> None:
    document = json.loads(crowd("venue", "capacity", "itaewon-alley", "--json").stdout)
    assert document["limit"] == "holding"
    assert "limited by holding" in crowd("venue", "capacity", "itaewon-alley").stdout
    result = crowd("venue", "capacity", "itaewon-alley", "--without", "atlantis")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    ("lang", "says"), [("en", "draw a zone of kind waiting"), ("ko", "대기 구역(waiting)을 그릴 것")]
)
def test_the_capacity_says_that_floor_to_walk_on_is_not_counted_and_how_to_count_it(lang: str, says: str) -> None:
    assert says in crowd("venue", "capacity", "festival-plaza", "--lang", lang).stdout
    assert says not in crowd("venue", "capacity", "itaewon-alley", "--lang", lang).stdout, "all of it counts"


def test_an_import_reports_in_korean_where_it_is_asked_to(hall: Path) -> None:
    result = crowd("venue", "import", hall, "--out", hall.with_suffix(".geojson"), "--lang", "ko")
    assert result.exit_code == 0, result.output
    assert "가정한 것(먼저 확인할 것)" in result.output
    assert "가져오기 보고서" in hall.with_suffix(".import.md").read_text(encoding="utf-8")


def test_an_import_does_not_write_over_its_map(tmp_path: Path) -> None:
    source = tmp_path / "map.geojson"
    source.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    result = crowd("venue", "import", source, "--out", tmp_path / "." / "map.geojson")
    assert result.exit_code == 2
    assert "would be written over" in result.output


@pytest.mark.parametrize(
    ("cut_off", "says"),
    [
        (
            "POLYGON ((60 0, 70 0, 70 5, 60 5, 60 0))\nexit: POLYGON ((68 0, 70 0, 70 5, 68 5, 68 0))",
            "nobody can reach",
        ),
        ("exit: POLYGON ((68 0, 70 0, 70 5, 68 5, 68 0))", "zones off the floor (exit)"),
    ],
)
def test_an_import_that_cuts_off_an_exit_says_so_with_exit_code_1(tmp_path: Path, cut_off: str, says: str) -> None:
    file = tmp_path / "hall.wkt"
    ends = "source: POLYGON ((0 0, 2 0, 2 5, 0 5, 0 0))\nexit: POLYGON ((48 0, 50 0, 50 5, 48 5, 48 0))"
    file.write_text(f"POLYGON ((0 0, 50 0, 50 5, 0 5, 0 0))\n{ends}\n{cut_off}", encoding="utf-8")
    result = crowd("venue", "import", file, "--out", file.with_suffix(".geojson"))
    assert result.exit_code == 1
    assert says in result.output
    assert file.with_suffix(".geojson").exists()


@pytest.mark.parametrize(("lang", "area"), [("en", "all 250 m2"), ("ko", "250 m² 전체")])
@pytest.mark.parametrize(("drawn", "missing", "code"), [("exit", "#00ff00", 0), ("source", "#ff0000", 1)])
def test_an_import_tells_what_it_assumes_where_no_source_or_exit_is_drawn(
    tmp_path: Path, drawn: str, missing: str, code: int, *, lang: str, area: str
) -> None:
    file = tmp_path / "hall.wkt"
    floor = "POLYGON ((0 0, 50 0, 50 5, 0 5, 0 0))"
    file.write_text(f"{floor}\n{drawn}: POLYGON ((48 0, 50 0, 50 5, 48 5, 48 0))", encoding="utf-8")
    result = crowd("venue", "import", file, "--out", file.with_suffix(".geojson"), "--lang", lang)
    assert result.exit_code == code
    assert missing in result.output
    assert (area in result.output) == (drawn == "exit")


def test_the_check_and_the_capacity_speak_korean_where_they_are_asked_to(tmp_path: Path) -> None:
    file = tmp_path / "hall.wkt"
    file.write_text(f"{HALL}\nsource: POLYGON ((0 0, 2 0, 2 5, 0 5, 0 0))", encoding="utf-8")
    venue = file.with_suffix(".geojson")
    told = crowd("venue", "import", file, "--out", venue, "--lang", "ko").stdout
    assert "오류: hall, 위치 (" in told
    check = crowd("venue", "check", venue, "--lang", "ko")
    assert check.exit_code == 1
    assert "1. 오류: hall, 위치 (" in check.stdout
    assert "hall: 문제 1건" in check.stdout
    problem = json.loads(crowd("venue", "check", venue, "--lang", "ko", "--json").stdout)["problems"][0]
    assert (problem["severity"], problem["what"]) == ("error", "'exit' 구역이 하나도 없음")
    assert "최종 수용 인원" in crowd("venue", "capacity", "itaewon-alley", "--lang", "ko").stdout


@pytest.mark.parametrize("scale", ["40", "40 m", "40m", "0.04 km", "40미터"])
def test_a_scale_is_understood_with_and_without_its_unit(tmp_path: Path, scale: str) -> None:
    picture = Image.new("RGB", (400, 200), "white")
    picture.save(tmp_path / "plan.png")
    result = crowd("venue", "import", tmp_path / "plan.png", "--out", tmp_path / "plan.geojson", "--scale", scale)
    assert result.exit_code == 0, result.output
    assert "40.0 x 20.0 m (400 x 200 pixels, 10 cm each)" in result.output


def ends_of_a_street(folder: Path) -> Path:
    """Paint a street of 800 x 200 pixels between dark houses; two ways in, green, and one out, red, of 80 pixels."""
    picture = Image.new("RGB", (800, 400), (70, 70, 70))
    brush = ImageDraw.Draw(picture)
    brush.rectangle((0, 100, 799, 299), fill="white")
    for left, top, colour in ((0, 100, "#00ff00"), (0, 220, "#00ff00"), (760, 160, "#ff0000")):
        brush.rectangle((left, top, left + 39, top + 79), fill=colour)
    picture.save(folder / "street.png")
    return folder / "street.png"


@pytest.mark.parametrize(
    ("lang", "says"),
    [
        ("en", "3 painted pieces are under 0.25 m2, too small for a way in or out"),
        ("ko", "조각 3개가 모두 0.25 m²보다"),
    ],
)
def test_a_scale_that_makes_every_painted_way_a_speck_is_one_error_and_no_way_is_invented(
    tmp_path: Path, lang: str, says: str
) -> None:
    """800 pixels for 4 m: a way of 40 x 80 pixels is 0.2 x 0.4 m, the floor 4 x 1 m."""
    source = ends_of_a_street(tmp_path)
    result = crowd("venue", "import", source, "--scale", "4", "--out", tmp_path / "street.geojson", "--lang", lang)
    (told,) = (line for line in result.stdout.splitlines() if says in line)
    assert (result.exit_code, "4.0 m" in told, "--scale" in told) == (1, True, True)
    assert not [word for word in ("end-1", "inside", "--units", "--crs", "error: ", "오류: ") if word in result.stdout]
    assert ("(errors: 1)" if lang == "en" else "(오류 1건)") in result.stdout


def test_one_painted_way_that_is_too_small_is_told_with_exit_code_1(tmp_path: Path) -> None:
    source = ends_of_a_street(tmp_path)
    with Image.open(source) as picture:
        painted = picture.copy()
    ImageDraw.Draw(painted).rectangle((400, 200, 405, 205), fill="#ff0000")
    painted.save(source)
    result = crowd("venue", "import", source, "--scale", "40", "--out", tmp_path / "street.geojson")
    assert result.exit_code == 1
    assert "exit painted on less than 0.25 m2: at (20.0, 9.7)" in result.stdout
    assert "(errors: 1)" in result.stdout


def test_an_import_in_korean_says_how_to_see_its_problems_in_korean(tmp_path: Path) -> None:
    source, out = ends_of_a_street(tmp_path), tmp_path / "street.geojson"
    told = {}
    for lang in ("en", "ko"):
        result = crowd("venue", "import", source, "--scale", "400", "--out", out, "--replace", "--lang", lang)
        told[lang] = next(line for line in result.stdout.splitlines() if "crowd venue check" in line)
    assert told["ko"].endswith(f"crowd venue check {out} --lang ko")
    assert told["en"].startswith("1 problem found (errors: 0)")


def test_a_scale_that_is_no_length_is_refused_with_what_is_right(tmp_path: Path) -> None:
    Image.new("RGB", (400, 200), "white").save(tmp_path / "plan.png")
    result = crowd("venue", "import", tmp_path / "plan.png", "--out", tmp_path / "plan.geojson", "--scale", "1:500")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "--scale '1:500' is no length; write the metres" in result.stderr


@pytest.mark.parametrize(
    ("scale", "right"), [("1,200", "1200, or 1.200"), ("12,5 m", "12.5"), ("120 feet", "as 120 or '120 m'")]
)
def test_a_scale_with_a_comma_is_refused_with_the_number_that_is_meant(tmp_path: Path, scale: str, right: str) -> None:
    Image.new("RGB", (400, 200), "white").save(tmp_path / "plan.png")
    result = crowd("venue", "import", tmp_path / "plan.png", "--out", tmp_path / "plan.geojson", "--scale", scale)
    assert (result.exit_code, result.stderr.count("\n"), right in result.stderr) == (2, 1, True), result.stderr
