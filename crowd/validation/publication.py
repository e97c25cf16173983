"""Rows as they are published: one document with the versions they were made with and the uncertainty they show.

The shipped document is `crowd/data/validation.json`; VALIDATION.md and every report are made of it. Not here: the page
(`viz.validation_page`), how reports read the document (`crowd.published`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import crowd
from crowd.parameters import Parameters
from crowd.published import SCHEMA_VERSION
from crowd.recording.provenance import library_versions
from crowd.validation.case import Outcome
from crowd.validation.not_applicable import NOT_APPLICABLE
from crowd.validation.rows import Row, plain
from crowd.validation.suites import all_cases
from crowd.validation.uncertainty import uncertainties


def publication(rows: Sequence[Row]) -> dict[str, Any]:
    """The document: plain data, the same for the same rows and versions."""
    keys = {row.key for row in rows}
    left_out = [case for case in all_cases() if case.key not in keys]
    found = uncertainties(pair for row in rows for pair in row.pairs)
    return {
        "schema_version": SCHEMA_VERSION,
        "inpa": crowd.__version__,
        "versions": library_versions(),
        "parameters_digest": Parameters().digest(),
        "rows": [row.data() for row in rows],
        "uncertainty": [plain({**asdict(one), "few": one.few}) for one in found],
        "left_out": [{"suite": c.suite, "key": c.key, "title": c.title, "tier": c.tier} for c in left_out],
        "not_applicable": [test._asdict() for test in NOT_APPLICABLE],
    }


def failed(rows: Sequence[Row]) -> list[Row]:
    """Rows that miss a criterion: the guideline's or ours."""
    return [row for row in rows if Outcome.FAIL in (row.standard, row.project)]
