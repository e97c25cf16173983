"""VALIDATION.md: made of rows and of nothing else; the published one is that of the shipped rows and constants."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crowd.parameters import Parameters
from crowd.published import published_validation
from crowd.validation import publication
from tests.made_rows import diagram_row, failed_row, made_row, made_rows, stairs_row
from viz.validation_page import validation_page
from viz.validation_page.charts import draw_curves
from viz.validation_page.files import PUBLISHED_PICTURES

TOP = Path(__file__).parents[2]
AGAIN = "run make validation DATA=... again"


def page(*rows: Any) -> str:
    return validation_page(publication(rows or made_rows()), pictures="validation")


def section(text: str, heading: str) -> str:
    """The part of a page under a heading of the second level."""
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    document = published_validation()
    assert document is not None, AGAIN
    return document


def test_the_published_page_is_that_of_the_published_rows(published: dict[str, Any]) -> None:
    made = validation_page(published, pictures=PUBLISHED_PICTURES)
    assert (TOP / "VALIDATION.md").read_text(encoding="utf-8") == made, "run python -m viz.validation_page"


def test_the_published_rows_are_of_the_default_constants(published: dict[str, Any]) -> None:
    digests = {published["parameters_digest"], *(row["parameters_digest"] for row in published["rows"])}
    assert digests == {Parameters().digest()}, AGAIN


def test_every_picture_of_the_published_page_is_there() -> None:
    linked = re.findall(r"\]\(([^)#]+\.png)\)", (TOP / "VALIDATION.md").read_text(encoding="utf-8"))
    there = {str(file.relative_to(TOP)) for file in (TOP / PUBLISHED_PICTURES).glob("*.png")}
    assert set(linked) == there


def test_a_failed_row_is_among_where_not_to_use_the_model() -> None:
    told = section(page(), "Where not to use this model")
    assert "Doors of 0.5 m pass half of what people do." in told
    assert "nist-9.9; guideline pass, ours **FAIL**, margin −25 %" in told


def test_a_page_without_failures_says_that_this_proves_nothing() -> None:
    assert "No criterion is missed" in section(page(made_row()), "Where not to use this model")


def test_the_range_of_the_measurements_is_told() -> None:
    told = section(page(diagram_row()), "Where not to use this model")
    assert "| 0.8 | 3.2 | One-way corridor of 1.8 m" in told


def test_every_row_is_in_the_tables_with_verdicts_and_what_it_sets() -> None:
    told = section(page(), "The tests")
    assert [told.count(f"\n| {row.key} |") for row in made_rows()] == [2] * len(made_rows())
    assert r"walker test-person: speed\_mean = 1.33" in told


def test_the_summary_counts_each_outcome() -> None:
    counts = re.search(r"\| \[NIST TN 1822\]\(#nist\) \|(.*)\|", page(failed_row(), made_row("nist-9.8")))
    assert counts is not None
    assert counts[1].replace(" ", "") == "2|2|0|0|0|1|1|0|0"


def test_suites_without_rows_are_named() -> None:
    assert "No rows are published for: IMO MSC.1/Circ.1533, annex 3; NIST TN 1822" in page(made_row())


def test_a_quantity_without_independent_measurements_is_called_not_known() -> None:
    line = next(line for line in page().splitlines() if line.startswith("| push displacement"))
    assert "no independent measurement: not known" in line
    assert "a value of 0 (standstill)" in line


def test_a_case_that_was_not_asked_for_is_named() -> None:
    assert "(rimea-01): not asked for; it is of tier 0" in section(page(made_row()), "Where not to use this model")


@pytest.mark.parametrize("key", ["nist-2.5", "nist-2.6", "iso-18", "iso-19"])
def test_what_does_not_apply_is_told_with_the_reason(key: str) -> None:
    line = next(line for line in section(page(), "Not applicable").splitlines() if line.startswith(f"| {key} |"))
    assert "The model has no" in line


def test_a_bar_or_tag_in_a_row_breaks_no_table() -> None:
    text = page(made_row(reason="a | b <script> *c*"))
    assert r"a \| b &lt;script&gt; \*c\*" in text


def test_no_two_empty_lines_in_a_table() -> None:
    lines = section(page(), "The tests").splitlines()
    rows = [k for k, line in enumerate(lines) if line.startswith("| ")]
    assert all(lines[k - 1].startswith("|") or lines[k + 1].startswith("|--") for k in rows)


def test_a_row_without_curves_has_no_picture() -> None:
    assert draw_curves({}) is None


def test_every_curve_is_in_the_key_of_its_picture() -> None:
    row = stairs_row().data()
    figure = draw_curves(row["curves"])
    assert figure is not None
    legends = [legend for ax in figure.axes if (legend := ax.get_legend()) is not None]
    keys = [text.get_text() for legend in legends for text in legend.get_texts()]
    assert sorted(keys) == sorted(row["curves"])


def test_measured_points_are_hollow_and_the_model_is_a_line() -> None:
    figure = draw_curves(diagram_row().data()["curves"])
    assert figure is not None
    lines = {line.get_label(): line for line in figure.axes[0].lines}
    model = lines["model, 10 seeds"]
    assert (model.get_linestyle(), np.asarray(model.get_ydata())[0]) == ("-", 1.12)
    (measured,) = [line for line in figure.axes[0].lines if line.get_markerfacecolor() == "white"]
    assert measured.get_linestyle() == "None"
