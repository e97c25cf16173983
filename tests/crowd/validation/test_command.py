"""`crowd validate`: what it prints, writes and refuses, on cases that take seconds or on rows made by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import crowd.validation
from crowd.cli import app
from crowd.validation import Case, Outcome, Row, runner
from crowd.validation.runner import count_runs, validate
from crowd.validation.suites import case_of
from tests.made_rows import failed_row, made_row, made_rows

Give = Callable[[Sequence[Row]], None]


def crowd_validate(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["validate", *(str(word) for word in words)])


@pytest.fixture
def give(monkeypatch: pytest.MonkeyPatch) -> Give:
    """Let the command find these rows instead of running cases."""

    def rows_of(rows: Sequence[Row]) -> None:
        def made(cases: Sequence[Case], *, done: Callable[[Row | None], None], **rest: Any) -> list[Row]:
            for row in rows:
                done(row)
            return list(rows)

        monkeypatch.setattr(crowd.validation, "validate", made)

    return rows_of


def test_a_case_is_run_judged_and_printed_as_one_json_document() -> None:
    result = crowd_validate("--case", "rimea-01", "--json")
    document = json.loads(result.stdout)
    (row,) = document["rows"]
    assert (result.exit_code, row["key"], row["standard"], row["project"]) == (0, "rimea-01", "pass", "pass")
    assert row["overrides"] == [
        "walker test-person: speed_mean = 1.33, speed_sd = 0, speed_min = 1.33, speed_max = 1.33"
    ]
    assert {"setup", "criterion", "seeds", "measured", "margin", "reason", "setup_digest"} <= row.keys()
    assert "rimea-01: guideline pass, ours pass" in result.stderr


def test_the_document_names_versions_constants_and_what_does_not_apply(give: Give) -> None:
    give([made_row()])
    document = json.loads(crowd_validate("--json").stdout)
    assert len(document["parameters_digest"]) == 64
    assert "numba" in document["versions"]
    assert "iso-18" in {test["key"] for test in document["not_applicable"]}


@pytest.mark.parametrize(("row", "code"), [
    (made_row(), 0),
    (made_row(standard=Outcome.DOCUMENTED), 0),
    (made_row(standard=Outcome.SKIPPED, project=Outcome.SKIPPED), 0),
    (made_row(standard=Outcome.FAIL), 1),
    (failed_row(), 1),
])  # fmt: skip
def test_the_exit_code_is_1_if_a_criterion_is_missed(row: Row, code: int, give: Give) -> None:
    give([made_row("imo-99"), row])
    assert crowd_validate().exit_code == code


def test_the_table_has_verdicts_margin_and_reason_of_each_row(give: Give) -> None:
    give(made_rows())
    (line,) = [line for line in crowd_validate().stdout.splitlines() if "nist-9.9" in line]
    assert [word in line for word in ("pass", "fail", "-25 %", "Doors of 0.5 m")] == [True] * 4


def test_rows_are_said_on_stderr_as_they_come_in(give: Give) -> None:
    give([failed_row()])
    assert "nist-9.9: guideline pass, ours fail: Doors of 0.5 m" in crowd_validate().stderr


def test_out_gets_page_numbers_and_a_picture_of_each_row_with_curves(give: Give, tmp_path: Path) -> None:
    give(made_rows())
    printed = json.loads(crowd_validate("--out", tmp_path, "--json").stdout)
    found = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*"))
    assert found == [
        "VALIDATION.md", "validation.json",
        "validation/experiments-made-corridor.png", "validation/experiments-made-widths.png",
        "validation/rimea-98.png",
    ]  # fmt: skip
    assert sorted(printed["files"]) == sorted(str(tmp_path / name) for name in found)


@pytest.mark.parametrize(("words", "named"), [
    (("--suite", "rimae"), "rimae"),
    (("--tier", "3"), "3"),
    (("--case", "rimea-04-lon"), "rimea-04-long"),
    (("--data", "nowhere"), "nowhere"),
    (("--seeds", "3"), "--seeds"),
])  # fmt: skip
def test_bad_input_is_refused_in_one_line(words: tuple[str, ...], named: str) -> None:
    result = crowd_validate(*words)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert named in result.stderr


def test_an_interrupt_ends_with_130_and_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*tasks: object, **rest: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "run_side_by_side", stopped)
    result = crowd_validate("--case", "rimea-01")
    assert (result.exit_code, result.stdout) == (130, "")
    assert "interrupted with 2 of 2 runs to go" in result.stderr


def changed(**changes: Any) -> Case:
    return replace(case_of("rimea-01"), **changes)


@pytest.mark.parametrize("data", [None, Path(__file__).parent])
def test_a_case_whose_data_are_missing_is_skipped_and_says_which(data: Path | None) -> None:
    (row,) = validate([changed(data="hermes")], data=data)
    assert (row.standard, row.project, "'hermes'" in row.reason) == ("skipped", "skipped", True)


def test_a_case_that_cannot_be_built_fails_with_its_reason() -> None:
    def broken(seed: int, data: Path) -> dict[str, Any]:
        raise ValueError("no such corridor")

    (row,) = validate([changed(trials=broken)], data=None)
    assert (row.standard, row.project) == ("fail", "fail")
    assert "no such corridor" in row.reason


def test_runs_are_counted_before_they_are_made() -> None:
    assert count_runs([changed(seeds=3), changed(data="hermes")], None) == 2 * 3
