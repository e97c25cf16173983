"""Hangul is drawn by the shipped font, and none of our own words lacks a glyph."""

from __future__ import annotations

import io
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from matplotlib import font_manager

import crowd
import venues
import viz
from crowd.quantities import QUANTITIES
from venues.venue import texts_in
from viz.fonts import (
    FAMILY,
    FONT_PATH,
    drawable_characters,
    font_face_css,
    missing_glyphs,
    register,
    subset_woff,
)

PACKAGES = [Path(package.__file__ or "").parent for package in (venues, crowd, viz)]
WORD_FILES = sorted(
    file
    for pattern in (
        "crowd/data/report/*.toml",
        "crowd/data/alert_presets.toml",
        "viz/html_report/strings/*.toml",
    )
    for file in PACKAGES[1].parent.glob(pattern)
)


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for entry in value.values():
            yield from texts(entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from texts(entry)


def test_all_modern_hangul_syllables_are_there() -> None:
    assert not missing_glyphs("".join(chr(code) for code in range(0xAC00, 0xD7A4)))


def test_printable_ascii_is_there() -> None:
    assert not missing_glyphs("".join(chr(code) for code in range(0x20, 0x7F)))


def test_the_signs_of_units_and_arrows_are_there() -> None:
    assert not missing_glyphs("m² m³ ½ · × ÷ ± − – — … ≤ ≥ ≠ ≈ → ← ↑ ↓ ▲ ▼ ● ○ ■ □ ① ② ③ ④ ⑤ ° µ ρ σ ‘ ’ “ ” ㎡ 「 」")


def test_a_character_that_is_not_there_is_told_once() -> None:
    assert missing_glyphs(["경계 龍", "龍 abc"]) == ("龍",)


def test_line_breaks_need_no_glyph() -> None:
    assert missing_glyphs("a\nb\tc") == ()


@pytest.mark.parametrize("file", WORD_FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_word_of_reports_and_pages_can_be_drawn(file: Path) -> None:
    assert not missing_glyphs(texts(tomllib.loads(file.read_text(encoding="utf-8"))))


def test_the_files_with_words_are_found() -> None:
    assert len(WORD_FILES) == 5


def test_every_label_and_definition_of_a_quantity_can_be_drawn() -> None:
    for quantity in QUANTITIES.values():
        said = [*quantity.labels.values(), *quantity.definitions.values(), quantity.symbol, quantity.unit]
        assert not missing_glyphs([*said, quantity.reference]), quantity.name


@pytest.mark.parametrize("module", ["figures", "risk_maps", "layers", "plan"])
def test_every_word_of_a_picture_can_be_drawn(module: str) -> None:
    import importlib

    assert not missing_glyphs(texts(importlib.import_module(f"viz.{module}").WORDS))


def test_every_name_in_a_shipped_venue_can_be_drawn() -> None:
    for name in venues.names():
        venue = venues.load_venue(name)
        items: list[Any] = [
            *venue.levels,
            *venue.zones,
            *venue.gates,
            *venue.links,
            *venue.areas,
            *venue.lines,
        ]
        said = [text for item in items for text in (item.name, *item.labels.values())]
        notes = [text for lang in ("en", "ko") for text, _ in texts_in(venue.simplifications, lang)]
        assert not missing_glyphs([*said, *venue.labels.values(), *notes, venue.source]), name


def test_every_character_in_our_source_files_can_be_drawn() -> None:
    for package in PACKAGES:
        for file in package.rglob("*.py"):
            assert not missing_glyphs(file.read_text(encoding="utf-8").replace("\x00", "")), file


def test_matplotlib_finds_the_font_by_its_family() -> None:
    assert Path(font_manager.findfont(register(), fallback_to_default=False)) == FONT_PATH


def test_the_cut_font_draws_just_the_text() -> None:
    with TTFont(io.BytesIO(subset_woff("인파 밀집"))) as font:
        assert {chr(code) for code in font.getBestCmap()} == set("인파 밀집")
        assert font.flavor == "woff"


def test_the_cut_font_of_a_page_is_small() -> None:
    text = "".join(sorted(drawable_characters()))[:600]
    assert len(subset_woff(text)) < 150_000


def test_the_rule_for_a_page_fetches_nothing() -> None:
    rule = font_face_css("가")
    assert f'font-family:"{FAMILY}"' in rule
    assert rule.count("url(") == rule.count('url("data:font/woff;base64,') == 1


def test_the_licence_lies_beside_the_font() -> None:
    assert "SIL OPEN FONT LICENSE Version 1.1" in FONT_PATH.with_name("OFL.txt").read_text(encoding="utf-8")


def test_the_family_name_uses_no_reserved_name() -> None:
    with TTFont(FONT_PATH) as font:
        names = {record.toUnicode() for record in font["name"].names if record.nameID in (1, 4, 6)}
    assert names == {"Inpa Sans KR", "InpaSansKR-Regular"}
    assert FONT_PATH.stat().st_size < 2_500_000
