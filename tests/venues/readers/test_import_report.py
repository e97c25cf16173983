"""Every line of an import report can be read in Korean as in English, with the same values."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path
from string import Formatter

import pytest

from venues.readers.import_map import FILES, TEXTS, import_map
from venues.readers.import_report import SECTIONS, ImportReport, in_language

ROOM = Path(__file__).parents[3] / "venues"
NOTED = ("take", "repair", "assume", "leave")


def noted_sentences() -> set[str]:
    """Return the first argument of every call that notes something, of all readers."""
    found = set()
    for file in (ROOM / "readers").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in NOTED):
                continue
            sentence = node.args[0]
            assert isinstance(sentence, ast.Constant), f"{file.name}:{node.lineno} notes no plain sentence"
            found.add(str(sentence.value))
    return found


def blanks(sentence: str) -> list[str]:
    return sorted(f"{name}!{conversion}:{spec}" for _, name, spec, conversion in Formatter().parse(sentence) if name)


def test_every_noted_sentence_has_one_in_korean_with_the_same_blanks() -> None:
    korean = tomllib.loads((ROOM / "data" / "import-report.ko.toml").read_text(encoding="utf-8"))["sentences"]
    noted = noted_sentences()
    assert noted <= set(korean)
    assert {one for one in noted if blanks(one) != blanks(korean[one])} == set()
    heads = {*SECTIONS.values(), *(form for form, _ in (*FILES.values(), *TEXTS.values()))}
    assert heads <= set(korean)


def test_a_report_in_korean_names_licence_default_and_place() -> None:
    report = ImportReport("역.osm", "OpenStreetMap XML")
    report.licence = "ODbL 1.0"
    report.assume("{role} without a width: {width:g} m wide", "way 17 중앙 계단", role="stairs", width=2.0)
    told = "\n".join(report.lines("ko"))
    assert "폭이 없는 계단: 2 m로 봄: 길 17 중앙 계단" in told
    assert "지도 이용 조건(라이선스): ODbL 1.0" in told
    assert "제외한 것: 없음" in told
    assert not any(title in told for title in SECTIONS.values())


def test_a_venue_tells_in_both_languages_what_was_assumed_of_it(tmp_path: Path) -> None:
    file = tmp_path / "hall.wkt"
    file.write_text("POLYGON ((0 0, 50 0, 50 5, 0 5, 0 0))", encoding="utf-8")
    venue, _ = import_map(file)
    for lang, lead in (("en", "Assumed on import: "), ("ko", "지도를 가져올 때의 가정: ")):
        notes = venue.simplifications_in(lang)
        assert notes
        assert all(text.startswith(lead) and own for text, own in notes)


def test_a_sentence_without_translation_is_not_passed_on_in_english() -> None:
    with pytest.raises(KeyError):
        in_language("a sentence nobody wrote", "ko")
