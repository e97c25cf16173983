"""VALIDATION.md: the template filled with rows. Every sentence is in the template, every number in the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

OUTCOMES = ("pass", "fail", "documented", "skipped")
SUITES = {
    "rimea": "RiMEA 4.1.1",
    "imo": "IMO MSC.1/Circ.1533, annex 3",
    "nist": "NIST TN 1822",
    "iso": "ISO 20414:2020",
    "experiments": "Experiments built again",
    "mechanics": "Mechanics at crush density",
}
Row = Mapping[str, Any]


def validation_page(document: Mapping[str, Any], *, pictures: str) -> str:
    """The page as Markdown.

    Args:
        document: of `crowd.validation.publication`. pictures: folder of the pictures, from that of the page.
    """
    rows = document["rows"]
    return _environment().get_template("VALIDATION.md.j2").render(
        document=document,
        pictures=pictures,
        suites=[(key, name, [row for row in rows if row["suite"] == key]) for key, name in SUITES.items()],
        suite_names=SUITES,
        outcomes=OUTCOMES,
        failed=[row for row in rows if "fail" in (row["standard"], row["project"])],
        skipped=[row for row in rows if row["standard"] == row["project"] == "skipped"],
        documented=[row for row in rows if "documented" in (row["standard"], row["project"]) and row["reason"]],
        compared=compared_ranges(rows),
        drawn=sorted((row for row in rows if has_curves(row)), key=lambda row: not has_measurements(row)),
    )  # fmt: skip


def compared_ranges(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Between which abscissae each row's model stands beside measurements: row, axis labels, low, high."""
    found = []
    for row in rows:
        panels: dict[tuple[str, str], list[float]] = {}
        for label, curve in row["curves"].items():
            if is_measured(label, curve):
                panels.setdefault((curve["x_label"], curve["y_label"]), []).extend(curve["x"])
        found += [
            {"row": row, "x": x, "y": y, "low": min(values), "high": max(values)}
            for (x, y), values in panels.items()
            if values
        ]
    return found


def has_curves(row: Row) -> bool:
    """Whether there is a picture of a row."""
    return any(curve["x"] for curve in row["curves"].values())


def is_measured(label: str, curve: Mapping[str, Any]) -> bool:
    """Whether a curve says how people were measured; a band may also be what a criterion allows."""
    return curve["kind"] == "measured" or (curve["kind"] == "band" and "measured" in label)


def has_measurements(row: Row) -> bool:
    """Whether the picture of a row shows measurements."""
    return any(is_measured(label, curve) for label, curve in row["curves"].items())


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("viz", "validation_page/templates"),
        autoescape=False,  # Markdown; `cell` escapes what rows bring
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"cell": _cell, "percent": _percent, "verdict": _verdict, "digits": _digits}
    return environment


def _cell(text: Any) -> str:
    """A text that stays what it is inside a table or a line of Markdown."""
    safe = str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for sign in "\\|*_`[]":
        safe = safe.replace(sign, f"\\{sign}")
    return " ".join(safe.split())


def _percent(share: float | None) -> str:
    """A share as percent with its sign; a dash if there is none."""
    return "–" if share is None else f"{100.0 * share:+.0f} %".replace("-", "−")


def _verdict(outcome: str) -> str:
    """An outcome so that a failure is seen."""
    return {"fail": "**FAIL**", "skipped": "not run"}.get(outcome, outcome)


def _digits(value: float | None, digits: int = 3) -> str:
    """A number to so many digits; a dash if it is not known."""
    return "–" if value is None else f"{value:.{digits}g}"
