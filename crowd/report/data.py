"""All the data of a report, as `report.json` holds it and a page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crowd.errors import ScenarioError, no_such
from crowd.quantities import QUANTITIES
from crowd.report.comparison import comparison_data
from crowd.report.run import run_data
from crowd.report.words import LANGUAGES, sentences, words_of
from crowd.risk import RiskAssessment
from venues.refusals import told

SCHEMA_VERSION = 1


def report_data(assessments: Sequence[RiskAssessment], lang: str) -> dict[str, Any]:
    """Everything a report shows, rounded as it is shown: a page and its data carry the same numbers.

    Args:
        assessments: one, or several to be compared.
        lang: "en" or "ko".

    Returns:
        Plain data: numbers, text, lists and dicts; None where a number is not known.

    Raises:
        ScenarioError: a language there are no sentences for, or nothing to report on.
    """
    if lang not in LANGUAGES:
        unknown = no_such("report language", lang, LANGUAGES)
        raise ScenarioError(told("{unknown}: use --lang ko or --lang en", unknown=unknown))
    if not assessments:
        raise ScenarioError(told("a report needs at least one recording; name a directory that `crowd run` made"))
    runs = [run_data(risk, words_of(risk, lang), number=number) for number, risk in enumerate(assessments, start=1)]
    own = sentences(lang)["glossary"]
    return {
        "schema_version": SCHEMA_VERSION,
        "lang": lang,
        "runs": runs,
        "comparison": comparison_data(assessments, runs, lang) if len(runs) > 1 else None,
        "quantities": [
            {
                "name": quantity.name,
                "symbol": quantity.symbol,
                "unit": own["units"].get(quantity.unit, quantity.unit),
                "label": quantity.labels[lang],
                "definition": quantity.definitions[lang],
                "reference": own["references"].get(quantity.reference, quantity.reference),
            }
            for quantity in QUANTITIES.values()
        ],
    }
