"""The files of a report: self-contained, escaped, in two languages, and with the numbers of the data."""

from __future__ import annotations

import base64
import csv
import hashlib
import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crowd.errors import ScenarioError
from crowd.quantities import QUANTITIES
from crowd.risk import assess_risk
from tests.made_recording import MadeRecording, calm, crush
from viz.html_report import write_report
from viz.html_report.page import visible_text
from viz.html_report.strings import page_strings

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reports")


@pytest.fixture(scope="module")
def english(folder: Path) -> Path:
    return write_report([crush()], folder / "en", "en")


@pytest.fixture(scope="module")
def korean(folder: Path) -> Path:
    return write_report([crush()], folder / "ko", "ko")


@pytest.fixture(scope="module")
def compared(folder: Path) -> Path:
    other = crush(scenario="itaewon-one-way", labels={"en": "One-way", "ko": "일방통행"}, completed=False)
    return write_report([crush(), other], folder / "both", "en")


def page(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def body_text(path: Path) -> str:
    return visible_text(page(path).partition("</style>")[2])


def data(path: Path) -> dict[str, Any]:
    return json.loads(path.with_name("report.json").read_text(encoding="utf-8"))


def named(name: str, recording: MadeRecording | None = None) -> MadeRecording:
    recording = recording or calm()
    recording.venue = replace(recording.venue, name=name, labels={})
    return recording


def test_the_page_asks_for_nothing_outside_itself(english: Path) -> None:
    markup = page(english)
    links = re.findall(r'(?:src|href|action|data|poster)="([^"]*)"|url\("([^"]*)"\)', markup)
    assert {(a or b)[:5] for a, b in links} == {"data:"}


def test_the_page_has_no_script_and_no_handler(english: Path) -> None:
    assert not re.search(r"<script|\son\w+=|javascript:", page(english), re.IGNORECASE)


def test_the_policy_allows_only_the_style_inside_the_page(english: Path) -> None:
    markup = page(english)
    style = re.search(r"<style>(.*?)</style>", markup, re.DOTALL)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', markup)
    assert style is not None
    assert policy is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert html.unescape(policy[1]) == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; font-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def test_no_style_stands_outside_the_allowed_block(english: Path) -> None:
    assert not re.search(r"<[^>]+\sstyle=", page(english).partition("</style>")[2])


@pytest.mark.parametrize("name", [SCRIPT, "a & b", '"quoted"', "{{ 7 * 7 }}", "{seed}", "$x_1$"])
def test_a_strange_name_shows_as_text(name: str, tmp_path: Path) -> None:
    written = write_report([named(name)], tmp_path, "en")
    assert SCRIPT not in page(written)
    assert name in body_text(written)


def test_strange_words_in_every_table_show_as_text(tmp_path: Path) -> None:
    recording = crush(labels={"en": SCRIPT}, scenario=SCRIPT, cpu=SCRIPT, warnings=[SCRIPT])
    recording.tables["zones"]["zone"] = recording.tables["zones"]["zone"].replace("footway", SCRIPT)
    recording.tables["lines"]["line"] = recording.tables["lines"]["line"].replace("detour-line", SCRIPT)
    recording.tables["counts"]["source"] = recording.tables["counts"]["source"].replace("upper-west", SCRIPT)
    recording.tables["events"]["detail"] = SCRIPT
    assert SCRIPT not in page(write_report([recording], tmp_path, "en"))


def test_an_attribute_cannot_be_left_by_a_quote(tmp_path: Path) -> None:
    written = write_report([named('" onerror="alert(1)')], tmp_path, "en")
    assert 'alt="Map of &#34; onerror=' in page(written)


def test_every_picture_has_words_for_those_who_cannot_see_it(english: Path) -> None:
    pictures = re.findall(r"<img [^>]*>", page(english))
    assert len(pictures) == 5
    assert all(re.search(r'alt="[^"]{40,}"', picture) for picture in pictures)


def test_a_head_stands_for_each_density_whose_exposure_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viz.html_report.page.EXPOSURE_DENSITIES", (4, 7))
    table = page(write_report([calm()], tmp_path, "en")).partition('id="run-1-exposure"')[2].partition("</thead>")[0]
    assert re.findall(r'class="n">(.*?)</th>', table)[:3] == ["&gt; 4", "&gt; 7", "&gt; 600 N (mean of 10 s)"]


@pytest.mark.parametrize(
    ("lang", "level", "lock"),
    [
        ("en", "ends after 45 s below", "less than 0.2 people per metre and second for 90 s with more than 3"),
        ("ko", "기준 미만이 45초 지속된 뒤", "양쪽 3명/m² 초과 상태에서 90초간 폭 1 m, 1초당 0.2명 미만"),
    ],
)
def test_captions_say_the_limits_that_were_judged_by(
    lang: str, level: str, lock: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = {"HOLD_TIME": 45.0, "GRIDLOCK_FLOW": 0.2, "GRIDLOCK_TIME": 90.0, "GRIDLOCK_DENSITY": 3.0}
    for name, value in limits.items():
        monkeypatch.setattr(f"viz.html_report.page.{name}", value)
    text = body_text(write_report([calm()], tmp_path, lang))
    assert level in text
    assert lock in text


def test_a_run_that_is_not_over_tells_no_delays(tmp_path: Path) -> None:
    written = body_text(write_report([calm(completed=False)], tmp_path, "en"))
    assert "The recording does not say how long people were delayed" in written
    assert "Delay against an empty venue" not in written


def test_people_measured_have_no_delay_and_none_is_told(tmp_path: Path) -> None:
    recording = calm()
    recording.tables["trips"].loc[:, ["free_travel_time", "delay"]] = float("nan")
    written = body_text(write_report([recording], tmp_path, "en"))
    assert "Delay against an empty venue" not in written
    assert "people left: half within" in written


def test_a_picture_of_nobody_names_no_place(tmp_path: Path) -> None:
    recording = calm(density=0.0)
    recording.tables["fields"]["contact_force_max"] = 0.0
    texts = re.findall(r'alt="([^"]*)"', page(write_report([recording], tmp_path, "en")))
    assert [text for text in texts if text.endswith("Highest of all: 0.00 people/m².")]
    assert [text for text in texts if text.endswith("Strongest of all: 0 N.")]


@pytest.mark.parametrize(("lang", "word"), [("en", "Crowd risk report"), ("ko", "인파 밀집 위험 평가 보고서")])
def test_a_page_has_one_language_and_says_which(lang: str, word: str, english: Path, korean: Path) -> None:
    written = {"en": english, "ko": korean}[lang]
    assert f'<html lang="{lang}">' in page(written)
    assert word in body_text(written)


@pytest.mark.parametrize(
    "words",
    [
        "최고 밀도",
        "지점별 최대 신체 압박력(순간, 부딪힘 포함)",
        "시간대별 위험수준",
        "심각",
        "경계",
        "주의",
        "1회 모의실험 결과이며 예측이 아님",
    ],
)
def test_the_korean_page_uses_the_words_of_korean_officers(words: str, korean: Path) -> None:
    assert words in body_text(korean)


def test_an_unknown_language_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="unknown report language 'fr'"):
        write_report([calm()], tmp_path / "out", "fr")
    assert not (tmp_path / "out").exists()


def numbers(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        for entry in value.values():
            yield from numbers(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from numbers(entry)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


@pytest.mark.parametrize("part", ["exposure", "level_density"])
def test_numbers_of_zones_on_the_page_are_those_of_the_data(part: str, english: Path) -> None:
    shown = set(re.findall(r"\d[\d,]*(?:\.\d+)?", body_text(english)))
    for zone in data(english)["runs"][0]["zones"]:
        values = zone[part].values() if part == "exposure" else [zone[part]["value"]]
        for value in values:
            assert (f"{value:,}" if part == "exposure" else f"{value:,.2f}") in shown


def test_numbers_of_lines_on_the_page_are_those_of_the_data(english: Path) -> None:
    shown = set(re.findall(r"\d[\d,]*(?:\.\d+)?", body_text(english)))
    for line in data(english)["runs"][0]["lines"]:
        assert {f"{line['forward']:,}", f"{line['backward']:,}", f"{line['busiest_minute']:,}"} <= shown
        assert all(str(minute["forward"]) in shown for minute in line["minutes"])


def test_the_data_of_the_report_are_those_of_the_assessment(english: Path) -> None:
    summary = assess_risk(crush()).summary()
    whole = next(zone for zone in data(english)["runs"][0]["zones"] if zone["name"] == "venue")
    assert whole["level_density"]["value"] == round(summary["peak_density"], 2)
    assert whole["first_seconds"] == summary["first_time_of_level"]
    assert whole["exposure"]["5"] == round(summary["exposure_person_seconds"]["5"])


def test_times_are_clock_times_of_the_scenario(english: Path) -> None:
    first = assess_risk(crush()).first_times["serious"]
    minute, second = divmod(round(first), 60)
    assert f"Serious 22:{minute - 10:02d}:{second:02d}" in body_text(english)


def test_a_run_over_midnight_says_the_day(tmp_path: Path) -> None:
    recording = calm(density=2.5, start="2022-10-29T23:58:00+09:00")
    recording.set_zone("middle-area", level_density=lambda t: 2.5 + (t > 200))
    assert "October 30, 00:01:21" in body_text(write_report([recording], tmp_path, "en"))


def test_the_summary_has_a_mark_for_spreadsheets_and_a_row_for_each_zone(english: Path) -> None:
    raw = english.with_name("summary.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    assert [row["zone"] for row in rows] == [zone["name"] for zone in data(english)["runs"][0]["zones"]]


def test_a_name_that_looks_like_a_formula_stays_text_in_a_spreadsheet(tmp_path: Path) -> None:
    recording = calm()
    recording.tables["zones"]["zone"] = recording.tables["zones"]["zone"].replace("west", "=1+1")
    written = write_report([recording], tmp_path, "en")
    assert "'=1+1" in written.with_name("summary.csv").read_text(encoding="utf-8-sig")


def test_force_above_jamming_is_no_number_on_the_page(english: Path) -> None:
    force = assess_risk(crush()).summary()["peak_contact_force"]
    assert f"{force:,.0f}" not in body_text(english)
    assert "thousands of newtons" in body_text(english)
    assert "the force is set by the assumed body size" in body_text(english)


def test_a_known_range_of_force_is_given_with_its_reason(tmp_path: Path) -> None:
    recording = crush(force_range={"low": 812.4, "high": 7213.0})
    text = body_text(write_report([recording], tmp_path, "en"))
    assert "812 to 7,213 N" in text
    assert "radius −6 to +6 %, stiffness 10,000 to 50,000 N/m" in text


def test_a_range_says_which_force_goes_with_the_bodies_assumed(tmp_path: Path) -> None:
    assumed = {"as assumed": {"contact_force": 2410.0, "contact_force_10s": 1154.0}}
    means = {"low_10s": 49.0, "high_10s": 2852.0}
    recording = crush(force_range={"low": 812.4, "high": 7213.0, **means, "variants": assumed})
    assert "1,154 N as assumed, 49 to 2,852 N with other bodies" in body_text(write_report([recording], tmp_path, "en"))
    korean = body_text(write_report([recording], tmp_path / "ko", "ko"))
    assert "1,154 N(기본 가정), 신체 가정에 따라 49~2,852 N" in korean


def test_other_bodies_that_would_be_harmed_are_a_doubt_in_the_headline(tmp_path: Path) -> None:
    recording = calm(force_range={"low": 100.0, "high": 900.0, "low_10s": 40.0, "high_10s": 1386.0})
    text = body_text(write_report([recording], tmp_path, "en"))
    assert "with other bodies than assumed" in text
    assert "reaches 1,386 N" in text


def test_force_below_jamming_is_a_number(tmp_path: Path) -> None:
    assert "about 40 N" in body_text(write_report([calm()], tmp_path, "en"))


@pytest.mark.parametrize("limit", ["one run, not a forecast", "Falls are not modelled", "not medicine"])
def test_the_limits_are_said(limit: str, english: Path) -> None:
    assert limit in body_text(english)


def test_the_five_items_of_the_survey_are_there_with_room_for_measurements(english: Path) -> None:
    rows = re.search(r'id="run-1-survey".*?</section>', page(english), re.DOTALL)
    assert rows is not None
    assert [mark for mark in "①②③④⑤" if mark in rows[0]] == list("①②③④⑤")
    assert rows[0].count("<td></td>") == 5


@pytest.mark.parametrize("kind", ["scenario", "venue", "parameters", "demand"])
def test_the_fingerprints_are_there(kind: str, english: Path) -> None:
    assert kind[0] * 64 in body_text(english)


def test_warnings_of_the_model_stand_on_the_page(english: Path) -> None:
    assert "bodies overlap by 17% of a diameter" in body_text(english)


def test_a_run_that_was_cut_off_says_so_in_its_headline(compared: Path) -> None:
    assert page(compared).count("RUN NOT FINISHED") == 1


def test_runs_side_by_side_are_one_run_each_and_no_forecast(compared: Path) -> None:
    text = body_text(compared)
    assert "one run each, not a forecast" in text
    assert "the same people come" in text
    assert "At least one run was not finished" in text


def test_the_comparison_has_a_column_for_each_run(compared: Path) -> None:
    comparison = data(compared)["comparison"]
    assert [run["label"] for run in comparison["runs"]] == ["Itaewon alley, two-way", "One-way"]
    assert all(len(row["values"]) == 2 for row in comparison["rows"])


def test_measured_people_have_no_seed_on_the_page_nor_in_the_tables(tmp_path: Path) -> None:
    seen = {"file": "walk.txt", "frame_rate": 16.0, "unit": "m", "people": 270, "rows": 9000}
    written = write_report([calm(seed=7), calm(seed=0, measured=seen)], tmp_path, "en")
    head = page(written).partition('<section id="comparison">')[2].partition("</thead>")[0]
    assert re.findall(r"<small>(.*?)</small>", head)[1:] == ["seed 7", "Measured, not simulated"]
    for name in ("summary.csv", "minutes.csv", "flows.csv"):
        rows = csv.DictReader(written.with_name(name).read_text(encoding="utf-8-sig").splitlines())
        assert {row["seed"] for row in rows} == {"7", ""}


def test_a_script_that_the_font_lacks_is_a_visible_warning(tmp_path: Path) -> None:
    text = body_text(write_report([named("龍門 plaza")], tmp_path, "en"))
    assert "龍 U+9F8D" in text
    assert "its own font cannot draw" in text


def test_our_own_pages_need_no_such_warning(english: Path, korean: Path, compared: Path) -> None:
    assert all('class="glyphs"' not in page(path) for path in (english, korean, compared))


def test_a_recording_without_any_table_still_makes_a_page(tmp_path: Path) -> None:
    recording = calm()
    recording.tables.clear()
    text = body_text(write_report([recording], tmp_path, "en"))
    assert "cannot say whether the place is safe" in text
    assert "The recording does not say who came, waited or left." in text


def test_a_map_without_numbers_does_not_look_free(tmp_path: Path) -> None:
    from viz.risk_maps import draw_density_map

    recording = calm()
    recording.tables["fields"]["level_density_max"] = float("nan")
    figure = draw_density_map(assess_risk(recording), "en")
    assert figure is not None
    assert "not known" in [text.get_text() for text in figure.legends[0].get_texts()]


@pytest.mark.parametrize(("lang", "word"), [("en", "stair"), ("ko", "계단")])
def test_no_letter_is_promised_for_stairs_which_no_zone_is_judged_as(lang: str, word: str) -> None:
    assert word not in QUANTITIES["level_of_service"].definitions[lang]
    assert word not in page_strings(lang)["text"].values()


def test_names_in_hangul_and_spaces_work_in_paths(tmp_path: Path) -> None:
    assert write_report([calm()], tmp_path / "보고서 1", "ko").exists()


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first = write_report([calm()], tmp_path / "a", "ko").read_bytes()
    assert write_report([calm()], tmp_path / "b", "ko").read_bytes() == first


def test_nothing_but_page_data_and_tables_is_left(english: Path) -> None:
    assert sorted(file.name for file in english.parent.iterdir()) == [
        "flows.csv",
        "minutes.csv",
        "report.html",
        "report.json",
        "summary.csv",
    ]


def test_a_page_in_another_language_stays_beside_the_new_one(tmp_path: Path) -> None:
    english = write_report([calm()], tmp_path, "en").read_bytes()
    korean = write_report([calm()], tmp_path, "ko").read_bytes()
    assert (tmp_path / "report.html").read_bytes() == korean
    assert (tmp_path / "report.en.html").read_bytes() == english
    assert json.loads((tmp_path / "report.en.json").read_text(encoding="utf-8"))["lang"] == "en"


def test_of_each_language_there_is_one_page_and_it_is_the_latest(tmp_path: Path) -> None:
    for lang in ("en", "ko", "en"):
        write_report([calm()], tmp_path, lang)
    assert sorted(path.name for path in tmp_path.glob("*.html")) == ["report.html", "report.ko.html"]
    assert '<html lang="en">' in page(tmp_path / "report.html")
