"""What a report says of the model's validation: never silence, and never a word too much."""

from __future__ import annotations

import re
from typing import Any

import pytest

from crowd.parameters import Parameters
from crowd.published import published_validation
from crowd.report import report_data, trust
from crowd.risk import assess_risk
from crowd.sentences import sentences
from crowd.validation import publication
from tests.made_recording import crush
from tests.made_rows import made_rows

DOCUMENT = publication(made_rows())


@pytest.fixture(autouse=True)
def made_validation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trust, "published_validation", lambda: DOCUMENT)


def said(lang: str = "en", *, digest: str | None = Parameters().digest(), **manifest: Any) -> dict[str, Any]:
    recording = crush()
    recording.manifest |= manifest
    recording.manifest["hashes"] = {**recording.manifest["hashes"], "parameters": digest}
    if digest is None:
        del recording.manifest["hashes"]["parameters"]
    found: dict[str, Any] = report_data([assess_risk(recording)], lang)["runs"][0]["trust"]
    return found


def test_a_run_with_the_default_constants_is_called_validated() -> None:
    found = said()
    assert (found["status"], found["statements"][0]) == (
        "validated",
        "This run uses the constants that were validated.",
    )


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "THESE CONSTANTS HAVE NOT BEEN VALIDATED"), ("ko", "이 상수는 검증되지 않았다")]
)
def test_other_constants_are_said_to_be_not_validated(lang: str, words: str) -> None:
    found = said(lang, digest="0" * 64)
    assert found["status"] == "not validated"
    assert words in found["statements"][0]


@pytest.mark.parametrize(("lang", "words"), [("en", "NOT known"), ("ko", "알 수 없다")])
def test_a_missing_validation_is_told(lang: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trust, "published_validation", lambda: None)
    found = said(lang)
    assert (found["status"], found["quantities"], words in found["statements"][0]) == ("unknown", [], True)


def test_a_recording_that_does_not_name_its_constants_is_not_called_validated() -> None:
    assert said(digest=None)["status"] == "unknown"


def test_a_run_with_another_version_is_told() -> None:
    assert any("this run with inpa 9.9.9" in text for text in said(inpa="9.9.9")["statements"])


def test_measured_trajectories_need_no_validated_model() -> None:
    measured = {"file": "a.txt", "frame_rate": 16.0, "unit": "m"}
    assert said(measured=measured)["status"] == "measured"


def test_bias_and_spread_are_those_of_the_published_rows() -> None:
    known = {(one["quantity"], one["calibration"]): one for one in DOCUMENT["uncertainty"]}
    shown = {(one["quantity"], one["calibration"]): one for one in said()["quantities"]}
    assert shown.keys() == known.keys()
    corridor = shown["speed at density", False]
    assert (corridor["bias"], corridor["relative_sd"]) == (0.98, 0.07)
    assert (
        "On average 2 % too low. 19 of 20 single values lie within ±14 % of the prediction so corrected. Few points"
        in corridor["text"]
    )


def test_a_quantity_without_independent_measurements_is_not_known() -> None:
    shown = {one["quantity"]: one for one in said()["quantities"]}
    assert (shown["evacuation time"]["bias"], "not known" in shown["evacuation time"]["text"]) == (None, True)


def test_cases_that_were_not_run_are_counted_among_the_tests() -> None:
    tests = len(DOCUMENT["rows"]) + len(DOCUMENT["left_out"])
    assert any(
        text.startswith(f"Tests of guidelines, experiments and mechanics: {tests},") for text in said()["statements"]
    )


def test_every_failed_row_is_listed() -> None:
    found = said()
    assert [row["key"] for row in found["failed"]] == ["rimea-98", "nist-9.9"]
    assert any("2 miss a criterion" in text for text in found["statements"])


def test_the_korean_section_leaves_no_blank_and_no_english_sentence() -> None:
    found = said("ko")
    texts = [*found["statements"], *(one["text"] for one in found["quantities"])]
    assert not any("{" in text or re.search(r"[a-z]+ [a-z]+ [a-z]+", text) for text in texts)


def test_every_failed_row_of_the_published_validation_has_a_korean_title() -> None:
    rows = (published_validation() or {"rows": []})["rows"]
    failed = {row["key"] for row in rows if "fail" in (row["standard"], row["project"])}
    assert failed <= sentences("ko")["trust"]["titles"].keys(), "add them to crowd/data/report/ko.toml"
