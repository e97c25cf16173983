"""How far the model can be trusted: its published uncertainty and failures, and whether they hold for this run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crowd.published import published_validation
from crowd.report.words import Words, sentences
from crowd.risk import RiskAssessment

Document = Mapping[str, Any]
EXACT = 0.005  # a bias below this share is said as none


def trust_data(risk: RiskAssessment, words: Words) -> dict[str, Any]:
    """What is published of the model, and first of all whether it is published of the constants of this run.

    Returns:
        status: "validated", "not validated", "unknown" or "measured"; statements: sentences, the status first;
        quantities: the model's uncertainty; failed: tests that miss a criterion.
    """
    if risk.manifest.get("measured"):
        return _said("measured", [words.say("trust", "measured")])
    document = published_validation()
    if document is None:
        return _said("unknown", [words.say("trust", "none")])
    status, told = _status(document, risk, words)
    return _said(
        status,
        [*told, _counts(document, words), words.say("trust", "density")],
        quantities=[_quantity(one, words) for one in document["uncertainty"]],
        failed=[_failed(row, words) for row in _failures(document["rows"])],
    )


def _said(status: str, statements: Sequence[str], **more: Any) -> dict[str, Any]:
    return {"status": status, "statements": list(statements), "quantities": [], "failed": [], **more}


def _status(document: Document, risk: RiskAssessment, words: Words) -> tuple[str, list[str]]:
    """Whether the constants of the run are those of the document, and with which version each was computed."""
    digest, version = risk.manifest["hashes"].get("parameters"), str(risk.manifest["inpa"])
    key = "validated" if digest == document["parameters_digest"] else "other_constants" if digest else "no_constants"
    told = [words.say("trust", key)]
    if version != document["inpa"]:
        told.append(words.say("trust", "other_version", validated=document["inpa"], version=version))
    return {"validated": "validated", "other_constants": "not validated", "no_constants": "unknown"}[key], told


def _failures(rows: Sequence[Document]) -> list[Document]:
    return [row for row in rows if "fail" in (row["standard"], row["project"])]


def _counts(document: Document, words: Words) -> str:
    """How many tests there are, how many pass; those that were not run count too."""
    rows = document["rows"]
    tests = len(rows) + len(document["left_out"])
    failed = len(_failures(rows))
    passed = sum(row["project"] == "pass" for row in rows if row["standard"] != "fail")
    return words.say("trust", "counts", tests=tests, passed=passed, failed=failed, other=tests - passed - failed)


def _quantity(one: Document, words: Words) -> dict[str, Any]:
    return {
        "quantity": one["quantity"],
        "label": sentences(words.lang)["trust"]["quantities"].get(one["quantity"], one["quantity"]),
        "calibration": one["calibration"],
        "points": one["points"],
        "bias": None if one["bias"] is None else round(one["bias"], 2),
        "relative_sd": None if one["model_sd"] is None else round(one["model_sd"], 2),
        "text": " ".join(_meaning(one, words)),
    }


def _meaning(one: Document, words: Words) -> list[str]:
    """Bias and spread in plain words, and how little they may mean."""
    if not one["points"]:
        said = [words.say("trust", "nothing")]
    else:
        off = one["bias"] - 1.0
        way = "right" if abs(off) < EXACT else "high" if off > 0.0 else "low"
        said = [words.say("trust", way, share=f"{100.0 * abs(off):.0f}")]
    if one["model_sd"] is not None:
        said.append(words.say("trust", "spread", share=f"{200.0 * one['model_sd']:.0f}"))
    if one["points"] and one["few"]:
        said.append(words.say("trust", "few"))
    if one["calibration"]:
        said.append(words.say("trust", "calibration"))
    if one["unusable"]:
        said.append(words.say("trust", "unusable", count=one["unusable"]))
    return said


def _failed(row: Document, words: Words) -> dict[str, str]:
    title = sentences(words.lang)["trust"]["titles"].get(row["key"], row["title"])
    text = words.say("trust", "failed_row", title=title, test=row["key"], reason=row["reason"])
    return {"key": row["key"], "text": text}
