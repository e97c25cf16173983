"""Rows: what a case leaves behind, as plain data that is published."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from crowd.validation.case import Case, Outcome, Verdict


@dataclass(frozen=True)
class Row:
    """One case, judged.

    Attributes:
        key, suite, title, source, setup, criterion, tier: of the case. seeds: those that were run.
        setup_digest: SHA-256 over everything that was run. parameters_digest: of the constants of the default model.
        overrides: all that the runs set apart from place, people and their ways.
        standard, project, measured, margin, reason, curves, pairs: the verdict.
    """

    key: str
    suite: str
    title: str
    source: str
    setup: str
    criterion: str
    tier: int
    seeds: tuple[int, ...]
    setup_digest: str
    parameters_digest: str
    overrides: tuple[str, ...]
    standard: Outcome
    project: Outcome
    measured: Mapping[str, float]
    margin: float | None
    reason: str
    curves: Mapping[str, Any]
    pairs: tuple[Any, ...]

    def data(self) -> dict[str, Any]:
        """The row as plain data, floats to five digits."""
        curves = {label: curve._asdict() for label, curve in self.curves.items()}
        return plain({**asdict(self), "curves": curves, "pairs": [pair._asdict() for pair in self.pairs]})


def make_row(
    case: Case, verdict: Verdict, *, seeds: Sequence[int], digests: Sequence[str], parameters: str, sets: Sequence[str]
) -> Row:
    """The row of a case: `digests` of all scenarios run, `parameters` digest of the constants, `sets` all overrides."""
    told = json.dumps([case.key, case.setup, list(digests)]).encode()
    return Row(
        **{name: getattr(case, name) for name in ("key", "suite", "title", "source", "setup", "criterion", "tier")},
        **{f: getattr(verdict, f) for f in ("standard", "project", "measured", "margin", "reason", "curves", "pairs")},
        seeds=tuple(seeds),
        setup_digest=hashlib.sha256(told).hexdigest(),
        parameters_digest=parameters,
        overrides=tuple(sets),
    )


def plain(value: Any) -> Any:
    """Tuples to lists, numbers to five digits, for a file that is the same wherever it is written."""
    if isinstance(value, bool) or value is None or isinstance(value, int | str):
        return value if not isinstance(value, Outcome) else str(value)
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    number = float(value)
    return float(f"{number:.5g}") if number == number and abs(number) != float("inf") else None
