"""What holds for every case: it sets what its source sets, and the model knows nothing of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import crowd
from crowd.published import published_validation
from crowd.scenario import scenario_names
from crowd.validation import NOT_APPLICABLE, SUITES, Case, Outcome
from crowd.validation.overrides import kinds, overrides
from crowd.validation.runner import jobs_of, judge, run_job
from crowd.validation.suites import all_cases

CASES = all_cases()
EVERY = [pytest.param(case, id=case.key) for case in CASES]
WITHOUT_DATA = [pytest.param(case, id=case.key) for case in CASES if not case.data]
QUICK = [pytest.param(case, id=case.key) for case in CASES if case.tier == 0 and not case.data]
#: Parts of `crowd` that may name suites and scenarios: they list or run them, or hold tables named after their source.
MAY_NAME = ("validation", "command_line", "cli.py", "data", "profiles.py")
NO_DATA = Path()


def model_files() -> list[Path]:
    top = Path(crowd.__file__).parent
    return [file for file in top.rglob("*.py") if file.relative_to(top).parts[0] not in MAY_NAME]


def published_pass(key: str) -> bool:
    """Whether a row is published that passes both criteria, or has none."""
    rows = {row["key"]: row for row in (published_validation() or {"rows": []})["rows"]}
    found = rows.get(key)
    return found is not None and {found["standard"], found["project"]} <= {Outcome.PASS, Outcome.DOCUMENTED}


@pytest.mark.parametrize("case", WITHOUT_DATA)
def test_a_case_sets_only_what_its_source_sets(case: Case) -> None:
    scenarios = [trial.scenario for trial in case.trials(1, NO_DATA).values() if trial.scenario is not None]
    assert {kind for scenario in scenarios for kind in kinds(overrides(scenario))} <= set(case.sets)


def test_keys_are_unique() -> None:
    found = [*(case.key for case in CASES), *(test.key for test in NOT_APPLICABLE)]
    assert sorted(found) == sorted(set(found))


@pytest.mark.parametrize("case", EVERY)
def test_a_key_begins_with_a_known_suite(case: Case) -> None:
    assert case.suite in SUITES
    assert case.key.startswith(f"{case.suite}-")


def test_tests_that_do_not_apply_are_of_known_suites() -> None:
    assert {test.suite for test in NOT_APPLICABLE} <= set(SUITES)


@pytest.mark.parametrize("case", EVERY)
def test_a_case_says_what_it_asks_and_where_that_is_from(case: Case) -> None:
    assert all(text.strip() for text in (case.title, case.source, case.setup, case.criterion))
    assert (case.tier in (0, 1, 2), case.seeds >= 1) == (True, True)


@pytest.mark.parametrize("name", [*SUITES[:4], *scenario_names()])
def test_no_file_of_the_model_names_a_suite_or_a_shipped_scenario(name: str) -> None:
    # "experiments" and "mechanics" are plain words of the field, which any docstring may use.
    named = [file.name for file in model_files() if name_in(file.read_text(encoding="utf-8").lower(), name)]
    assert named == []


def name_in(text: str, name: str) -> bool:
    """Whether a text has a name as a word."""
    return re.search(rf"(?<![a-z]){re.escape(name)}(?![a-z])", text) is not None


@pytest.mark.parametrize("case", QUICK)
def test_what_is_published_as_passed_passes(case: Case) -> None:
    jobs = jobs_of(case, NO_DATA)
    row = judge(case, jobs, {job: run_job(job) for job in jobs}, NO_DATA)
    assert Outcome.FAIL not in (row.standard, row.project) or not published_pass(case.key), row.reason
