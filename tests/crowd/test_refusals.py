"""What is refused is told in one line, in English and, where Korean is asked for, in Korean."""

from __future__ import annotations

import ast
import errno
import json
import os
import pickle
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from shapely.geometry import LineString
from typer.testing import CliRunner, Result

from crowd.cli import app
from crowd.command_line.terminal import asked_language
from crowd.errors import BadInput, ScenarioError, blamed, no_such
from crowd.sentences import refusal
from tests.conftest import write_tiny
from venues import Gate
from venues.refusals import Told, either, told, translated

ROOT = Path(__file__).parents[2]
TABLES = {
    package: tomllib.loads((ROOT / package / "data" / "refusals.ko.toml").read_text(encoding="utf-8"))
    for package in ("venues", "crowd")
}
ENTRIES = [(key, korean) for tables in TABLES.values() for table in tables.values() for key, korean in table.items()]


def crowd(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def refused(*words: str | Path) -> str:
    """Return the one line with which a command refuses."""
    result = crowd(*words)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith("crowd: ")
    return line.removeprefix("crowd: ")


def blanks(sentence: str) -> list[tuple[str, str, str]]:
    """Return names, formats and conversions of the blanks of a sentence."""
    parts = Formatter().parse(sentence)
    return sorted((name, spec or "", conversion or "") for _, name, spec, conversion in parts if name is not None)


#: Functions whose first argument is told: a sentence, or a word that fills a blank of one.
TELLING = ("told", "named", "unnamed", "no_such", "Quantity", "self._find")


@cache
def constants() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return the sentences and words that the sources tell, every text in them, and sentences filled before."""
    sentences: set[str] = set()
    texts: set[str] = set()
    filled: set[str] = set()
    for package in ("venues", "crowd", "viz"):
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    texts.add(node.value)
                if isinstance(node, ast.Call) and ast.unparse(node.func) in TELLING:
                    sentences.update(str(one.value) for one in node.args[:1] if isinstance(one, ast.Constant))
                    filled.update(
                        ast.unparse(one) for one in node.args[:1] if isinstance(one, ast.JoinedStr | ast.BinOp)
                    )
    return frozenset(sentences), frozenset(texts), frozenset(filled)


@pytest.mark.parametrize(("english", "korean"), ENTRIES)
def test_a_korean_refusal_has_the_blanks_of_the_english_one(english: str, korean: str) -> None:
    assert blanks(korean) == blanks(english)


def test_every_refusal_that_is_told_has_its_korean() -> None:
    assert constants()[0] - {english for english, _ in ENTRIES} == set()


def test_no_refusal_is_filled_before_it_is_told() -> None:
    """No table could have it; that every refusal is told at all is a matter of types (`BadInput`)."""
    assert constants()[2] == set()


def test_every_korean_refusal_is_one_that_the_sources_tell() -> None:
    told_by_the_system = {os.strerror(number) for number in errno.errorcode}
    for tables in TABLES.values():
        assert set(tables["sentences"]) | set(tables["words"]) <= constants()[1]
        assert set(tables.get("system", ())) <= told_by_the_system


def test_no_refusal_has_its_korean_twice() -> None:
    assert len({english for english, _ in ENTRIES}) == len(ENTRIES)


def test_korean_refusals_leave_no_particle_to_a_value() -> None:
    """은 or 는, 이 or 가, 을 or 를 would hang on the last sound of what fills the blank."""
    after = re.compile(r"\}['’)]?(?:은|는|이|가|을|를|과|와|으로|로)(?=[\s,.]|$)")
    assert [korean for _, korean in ENTRIES if after.search(korean)] == []


# How a message is told and translated


def test_what_was_told_reads_in_english_like_any_text() -> None:
    text = told("gate {name!r} has width {width:.2f} m", name="N2", width=0.5)
    assert text == "gate 'N2' has width 0.50 m"


def test_a_message_is_translated_through_every_wrapping() -> None:
    with pytest.raises(ScenarioError) as caught, blamed("S.toml", "demand#2"):
        raise ScenarioError(no_such("zone", "exitt", ["exit", "start"]))
    assert str(caught.value) == ("S.toml: demand#2: unknown zone 'exitt'; did you mean 'exit'? known: 'exit', 'start'")
    assert refusal(caught.value, "ko") == (
        "S.toml: demand#2: 없는 구역입니다: 'exitt'. 혹시 'exit'입니까? 쓸 수 있는 이름: 'exit', 'start'"
    )


def test_a_message_without_translation_stays_english_as_a_whole() -> None:
    inner = told("blank")
    assert translated(told("{what} is odd", what=inner), "ko", {"blank": "빈칸"}) == "blank is odd"


def test_a_value_is_never_taken_for_a_sentence() -> None:
    """A zone that is called as one of our words keeps its name, and braces in it are text."""
    words = {"{name} is odd": "{name}: 이상함", "blank": "빈칸"}
    assert translated(told("{name} is odd", name="blank"), "ko", words) == "blank: 이상함"
    assert translated(told("{name} is odd", name="{x}"), "ko", words) == "{x}: 이상함"


def test_a_value_that_hangs_on_the_language_is_asked_for_it() -> None:
    text = told("{what} is odd", what=lambda lang: {"en": "this", "ko": "이것"}[lang])
    assert text == "this is odd"
    assert translated(text, "ko", {"{what} is odd": "{what}: 이상함"}) == "이것: 이상함"


def test_an_error_brings_its_message_from_another_process() -> None:
    error = pickle.loads(pickle.dumps(ScenarioError(told("{where}: {what}", where="S.toml", what=told("blank")))))
    assert isinstance(error.args[0], Told)
    assert refusal(error, "ko") == "S.toml: 빈칸"


@pytest.mark.parametrize(
    ("words", "lang"),
    [
        (["run", "S", "--lang", "ko"], "ko"),
        (["run", "S", "--lang=ko"], "ko"),
        (["run", "S"], "en"),
        ([], "en"),
        (["run", "S", "--lang"], "en"),
        (["run", "S", "--lang", "fr"], "en"),
        (["run", "S", "--lang", "ko", "--lang", "en"], "en"),
    ],
)
def test_the_language_of_a_refusal_is_the_one_asked_for(words: list[str], lang: str) -> None:
    assert asked_language(words) == lang


# What an officer meets on the way from a map to a report


def refusals(folder: Path) -> Iterator[tuple[list[str | Path], str, str]]:
    """Yield commands, and how each refuses in English and in Korean; the files are in the folder."""
    write_tiny(folder)
    tiny = folder / "tiny.toml"
    text = tiny.read_text(encoding="utf-8")

    def scenario(name: str, old: str, new: str) -> Path:
        return write_tiny(folder, name=name, text=text.replace(old, new, 1))

    def counts(name: str, table: str) -> list[str | Path]:
        (folder / name).write_text(table, encoding="utf-8")
        return ["scenario", "new", folder / "tiny.geojson", "--demand", folder / name, "--out", folder / "S.toml"]

    yield (
        ["venue", "show", folder / "no.geojson", "--out", folder / "a.png"],
        f"there is no venue file {str(folder / 'no.geojson')!r}; write the name of an existing GeoJSON file",
        f"장소 파일이 없습니다: {str(folder / 'no.geojson')!r}. 실제로 있는 GeoJSON 파일 이름을 쓰십시오.",
    )
    yield (
        ["venue", "import", folder / "no.png", "--out", folder / "a.geojson"],
        f"there is no map {str(folder / 'no.png')!r}; write the name of an existing file",
        f"지도 파일이 없습니다: {str(folder / 'no.png')!r}. 실제로 있는 파일 이름을 쓰십시오.",
    )
    yield (
        ["venue", "import", folder / "no.png", "--out", folder / "tiny.geojson"],
        f"--out {folder / 'tiny.geojson'} is there already; write another name, or --replace to write over a venue",
        f"이미 있는 파일입니다: --out {folder / 'tiny.geojson'}. "
        "다른 이름을 쓰거나, 덮어쓰려면 --replace를 붙이십시오.",
    )
    yield (
        ["venue", "import", folder / "no.png", "--out", folder / "a.geojson", "--scale", "1,200"],
        "--scale '1,200' is no length; write the number without a comma: 1200, or 1.200 if it marks decimals",
        "길이가 아닙니다: --scale '1,200'. 쉼표 없이 쓰십시오: 1200. 쉼표가 소수점이라면 1.200",
    )
    yield (
        ["venue", "capacity", folder / "tiny.geojson", "--without", "wets"],
        "venue 'corridor' has no zone 'wets'; did you mean 'west'? known: 'east', 'west'",
        "장소 'corridor'에 없는 구역입니다: 'wets'. 혹시 'west'입니까? 쓸 수 있는 이름: 'east', 'west'",
    )
    yield (
        counts("blank.csv", "시각,west\n18:00,10\n18:05,\n18:10,20\n"),
        "blank.csv row 3, column 'west': the cell is blank; "
        "write a number of people from 0 to 50,000, 0 if nobody comes",
        "blank.csv 3행, 열 'west': 셀이 비어 있습니다. "
        "인원을 0에서 50,000까지의 수로 쓰십시오. 아무도 오지 않으면 0을 쓰십시오.",
    )
    yield (
        counts("zone.csv", "시각,wets\n18:00,10\n18:05,20\n"),
        "zone.csv row 1, column 'wets': unknown source zone 'wets'; did you mean 'west'? known: 'east', 'west', "
        "or by label: none",
        "zone.csv 1행, 열 'wets': 없는 유입구입니다: 'wets'. 혹시 'west'입니까? 쓸 수 있는 이름: 'east', 'west'. "
        "표시 이름: 없음",
    )
    yield (
        counts("gap.csv", "시각,west\n18:00,10\n18:05,20\n18:15,20\n"),
        "gap.csv row 4, time: '18:15' is 10 min after the row before, which lasts 5 min; "
        "rows must be equally far apart, or have spans (18:00~18:15): is a row missing?",
        "gap.csv 4행 시각: 앞 행과 이어지지 않습니다: '18:15'. 앞 행부터 10분 뒤인데 앞 행의 구간은 5분입니다. "
        "행의 간격을 같게 하거나 시각을 구간으로 쓰십시오. 빠진 행이 없는지 확인하십시오(구간 예: 18:00~18:15).",
    )
    yield (
        counts("sum.csv", "시각,west\n18:00,10\n18:05,20\n합계,30\n"),
        "sum.csv row 4, time: '합계' is no time; write a clock time like 18:00, or 2026-05-01 18:00; "
        "leave sums out: delete this row",
        "sum.csv 4행 시각: 시각이 아닙니다: '합계'. 18:00 또는 2026-05-01 18:00처럼 쓰십시오. "
        "합계는 넣지 말고 이 행을 지우십시오.",
    )
    yield (
        [*counts("exit.csv", "시각,west\n18:00,10\n18:05,20\n"), "--to", "north"],
        "--to: unknown exit zone 'north'; known: 'east', 'west'",
        "--to: 없는 출구입니다: 'north'. 쓸 수 있는 이름: 'east', 'west'",
    )
    yield (
        ["run", "nowhere"],
        "unknown scenario 'nowhere'; known: ",
        "없는 시나리오입니다: 'nowhere'. 쓸 수 있는 이름: ",
    )
    yield (
        ["run", scenario("zone.toml", 'source = "west"', 'source = "wets"')],
        "zone.toml: demand 'east': venue 'corridor' has no zone 'wets'; did you mean 'west'? known: 'east', 'west'",
        "zone.toml: 유입(demand) 'east': 장소 'corridor'에 없는 구역입니다: 'wets'. 혹시 'west'입니까? "
        "쓸 수 있는 이름: 'east', 'west'",
    )
    yield (
        ["run", scenario("key.toml", "seed = 7", "sead = 7")],
        "key.toml: sead is unknown; did you mean 'seed'? known: ",
        "key.toml: sead: 없는 항목입니다. 혹시 'seed'입니까? 쓸 수 있는 이름: ",
    )
    yield (
        ["run", scenario("unit.toml", '"12/min"', '"12"')],
        "unit.toml: demand#1.rate: '12' has no unit; write a rate with its unit, like '120/min'",
        "unit.toml: demand#1.rate: 단위가 없습니다: '12'. 시간당 인원: '120/min'처럼 단위를 붙여 쓰십시오.",
    )
    yield (
        ["run", scenario("type.toml", "seed = 7", 'seed = "7"')],
        "type.toml: seed is '7'; it must be a whole number",
        "type.toml: seed: 쓸 수 없는 값입니다: '7'. 올바른 값: 정수",
    )
    yield (
        ["run", tiny, "--out", folder],
        f"{folder} holds files; --out must name a new or empty directory",
        f"비어 있지 않은 폴더입니다: {folder}(다른 파일 있음). --out에 새 폴더나 빈 폴더를 쓰십시오.",
    )
    yield (
        ["resume", folder],
        f"{folder} holds no run: there is no manifest.json in it",
        f"실행 기록이 없는 폴더입니다: {folder}(manifest.json 파일 없음). crowd run으로 만든 폴더를 쓰십시오.",
    )
    yield (
        ["report", folder],
        f"{folder} holds no run: there is no manifest.json in it",
        f"실행 기록이 없는 폴더입니다: {folder}(manifest.json 파일 없음). crowd run으로 만든 폴더를 쓰십시오.",
    )
    yield (
        ["compare", tiny],
        "1 scenario cannot be compared; name two or more",
        "시나리오 1개로는 비교할 수 없습니다. 둘 이상 지정하십시오.",
    )
    yield (
        ["view", folder, "--seed", "3"],
        "--seed 3 is for a live run; a directory is replayed as it was recorded",
        "새로 실행할 때만 쓰는 옵션입니다: --seed 3. 폴더의 기록은 저장된 그대로 재생하므로 빼십시오.",
    )
    yield (
        ["venue", "import", folder / "no.png"],
        "Missing option '--out'. See crowd --help.",
        "필요한 옵션이 없습니다: '--out'. 사용법은 crowd --help로 볼 수 있습니다.",
    )
    yield (
        ["run", tiny, "--xyz", "7"],
        "No such option: --xyz See crowd --help.",
        "없는 옵션입니다: --xyz. 사용법은 crowd --help로 볼 수 있습니다.",
    )
    yield (
        ["venue", "capacity", folder / "tiny.geojson", "--emergency-minutes", "9"],
        "emergency time is 9.0 min; it must be a number at least 2.5 and at most 8 min",
        "쓸 수 없는 값입니다. 비상 대피 시간: 9.0 분. 2.5~8 분 범위의 수를 쓰십시오.",
    )
    (folder / "role.wkt").write_text("exitt: POLYGON ((0 0, 9 0, 9 9, 0 0))", encoding="utf-8")
    yield (
        ["venue", "import", folder / "role.wkt", "--out", folder / "a.geojson"],
        "role.wkt: shape 1 has the role 'exitt'; it must be one of ",
        "role.wkt: 도형 1: 없는 역할입니다: 'exitt'. 쓸 수 있는 역할: ",
    )
    (folder / "edge.osm").write_text('<osm><node id="7" lon="127" lat="95"/></osm>', encoding="utf-8")
    yield (
        ["venue", "import", folder / "edge.osm", "--out", folder / "a.geojson"],
        "edge.osm: node 7 has lat '95'; it must be degrees on the Earth (WGS84)",
        "edge.osm: 점 7: 쓸 수 없는 값입니다: lat '95'. 지구 위의 경위도(WGS84, 도)여야 합니다.",
    )
    document = json.loads((folder / "tiny.geojson").read_text(encoding="utf-8"))
    number = next(k for k, one in enumerate(document["features"], start=1) if one["properties"].get("name") == "west")
    document["features"][number - 1]["properties"]["colour"] = "red"
    (folder / "red.geojson").write_text(json.dumps(document), encoding="utf-8")
    yield (
        ["venue", "check", folder / "red.geojson"],
        f"red.geojson: feature {number} (zone 'west') has the unknown property 'colour'; known: ",
        f"red.geojson: {number}번째 도형(구역 'west'): 없는 항목입니다: 'colour'. 쓸 수 있는 이름: ",
    )
    (folder / "people.txt").write_text("# framerate: 25\n1 0 0.5 0.5 1.7\n1 one 0.6 0.5 1.7\n", encoding="utf-8")
    yield (
        ["assess", folder / "people.txt", "--venue", folder / "tiny.geojson", "--out", folder / "run", "--unit", "m"],
        f"{folder / 'people.txt'}: line 3: 'one' is no number; write 'id frame x y z', and # before comments",
        f"{folder / 'people.txt'} 3행: 수가 아닙니다: 'one'. 'id frame x y z' 순서로 쓰고 설명 앞에는 #을 붙이십시오.",
    )
    yield (
        ["venue", "new"],
        "No such command 'new'. See crowd --help.",
        "없는 명령입니다: 'new'. 사용법은 crowd --help로 볼 수 있습니다.",
    )


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_what_an_officer_may_do_wrong_is_refused_in_one_line_of_the_language(tmp_path: Path, lang: str) -> None:
    for words, english, korean in refusals(tmp_path):
        expected = korean if lang == "ko" else english
        line = refused(*words, "--lang", lang)
        # A list of all names that would be right is left open.
        assert (line[: len(expected)] if expected.endswith((": ", "one of ")) else line) == expected


def test_a_refusal_is_english_where_nothing_is_asked_for(tmp_path: Path) -> None:
    assert refused("resume", tmp_path) == f"{tmp_path} holds no run: there is no manifest.json in it"


def test_a_venue_that_is_not_right_is_refused_with_the_sentences_of_the_check(tmp_path: Path) -> None:
    file = write_tiny(tmp_path)
    venue = tmp_path / "tiny.geojson"
    document = json.loads(venue.read_text(encoding="utf-8"))
    level = next(one["properties"]["name"] for one in document["features"] if one["properties"]["kind"] == "level")
    square = {"type": "Polygon", "coordinates": [[[50, 50], [51, 50], [51, 51], [50, 51], [50, 50]]]}
    properties = {"kind": "obstacle", "level": level, "name": "stall"}
    document["features"].append({"type": "Feature", "properties": properties, "geometry": square})
    venue.write_text(json.dumps(document), encoding="utf-8")
    where = f"venue 'corridor': {level!r} at (50.5, 50.5): "
    assert where + "obstacle 'stall' lies outside the walkable ground; " in refused("run", file)
    korean = refused("run", file, "--lang", "ko")
    assert f"장소 'corridor': {level!r}, 위치 (50.5, 50.5): 보행 바닥 밖에 있는 장애물: 'stall' → " in korean
    assert re.findall("[a-z]{2,}", korean) == re.findall("[a-z]{2,}", f"tiny.toml corridor {level} stall")


@pytest.mark.parametrize("capacity", [-1.0, "many"])
def test_a_number_of_a_drawn_gate_is_refused_in_both_languages(capacity: Any) -> None:
    with pytest.raises(BadInput) as caught:
        Gate("N 2", "ground", LineString([(0, 0), (0, 2)]), capacity=capacity)
    assert refusal(caught.value, "en").startswith(f"capacity of gate 'N 2' is {capacity!r} 1/s; it must be a number")
    korean = f"쓸 수 없는 값입니다. 게이트 'N 2'의 통과·수송 능력: {capacity!r} 1/s. "
    assert refusal(caught.value, "ko").startswith(korean)


@pytest.mark.parametrize(
    ("wrong", "korean"),
    [
        ({"name": " "}, "게이트: 이름으로 쓸 수 없는 값입니다: ' '. 비어 있지 않은 글자로 쓰십시오."),
        (
            {"line": LineString([(0, 0), (0, 2), (1, 2)])},
            "게이트 'N 2': 선의 점이 3개입니다. 두 개여야 합니다.",
        ),
        (
            {"direction": "forwards"},
            "게이트 'N 2'의 통행 방향: 쓸 수 없는 값입니다: 'forwards'. "
            "혹시 'forward'입니까? 쓸 수 있는 이름: 'backward', 'both', 'forward'",
        ),
        (
            {"clear_width": 3.0},
            "쓸 수 없는 값입니다. 게이트 'N 2'의 유효 폭, 위치 (0.0, 1.0): 3 m. 선의 길이 2.00 m 이하여야 합니다.",
        ),
    ],
)
def test_a_drawn_gate_that_cannot_be_is_refused_in_korean(wrong: dict[str, Any], korean: str) -> None:
    right: dict[str, Any] = {"name": "N 2", "level": "ground", "line": LineString([(0, 0), (0, 2)])}
    with pytest.raises(BadInput) as caught:
        Gate(**(right | wrong))
    assert refusal(caught.value, "ko") == korean


def test_what_a_library_says_stays_english_within_the_korean_line(tmp_path: Path) -> None:
    (tmp_path / "map.wkt").write_text("POLYGON ((0 0, 9 0, 9 9, 1 1))", encoding="utf-8")
    korean = refused("venue", "import", tmp_path / "map.wkt", "--out", tmp_path / "a.geojson", "--lang", "ko")
    assert korean.startswith("map.wkt: WKT로 읽을 수 없습니다(도형 1, 영문: IllegalArgumentException: ")
    assert korean.endswith("). POLYGON ((x y, ...))처럼 쓰십시오.")


def test_names_to_choose_from_have_an_or_before_the_last() -> None:
    assert [either(names) for names in ("a", "ab", "abc")] == ["a", "a or b", "a or b or c"]


def test_what_the_system_refuses_is_told_in_korean(tmp_path: Path) -> None:
    error = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "a b.toml")
    assert refusal(error, "en") == "[Errno 2] No such file or directory: 'a b.toml'"
    assert refusal(error, "ko") == (
        "파일을 쓰거나 읽을 수 없습니다: 'a b.toml'(파일이나 폴더가 없음, 오류 번호 2). 경로와 권한을 확인하십시오."
    )


def test_text_of_a_file_is_shown_escaped_in_korean_as_in_english(tmp_path: Path) -> None:
    write_tiny(tmp_path)
    (tmp_path / "counts.csv").write_text('시각,west\n18:00,10\n18:05,"a\x1b[31m\nb"\n', encoding="utf-8")
    words: list[str | Path] = ["--demand", tmp_path / "counts.csv", "--out", tmp_path / "S.toml"]
    for lang in ("en", "ko"):
        line = refused("scenario", "new", tmp_path / "tiny.geojson", *words, "--lang", lang)
        assert "'a\\x1b[31m\\nb'" in line
