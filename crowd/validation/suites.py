"""All cases, by suite; the one list that the command and the tests take them from."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from crowd.errors import BadInput
from crowd.validation.case import Case

#: The suites, in the order they are published.
SUITES = ("rimea", "imo", "nist", "iso", "experiments", "mechanics")


def cases_of(suite: str) -> tuple[Case, ...]:
    """The cases of one suite."""
    return tuple(import_module(f"crowd.validation.{suite}").CASES)


def case_of(key: str) -> Case:
    """A case by its key."""
    return next(case for case in cases_of(key.partition("-")[0]) if case.key == key)


def chosen_cases(suite: str = "all", tier: int = 2) -> Sequence[Case]:
    """The cases of a suite up to a tier.

    Raises:
        BadInput: no such suite or tier.
    """
    if suite != "all" and suite not in SUITES:
        raise BadInput(f"suite {suite!r} is unknown; known are {', '.join(SUITES)} and all")
    if tier not in (0, 1, 2):
        raise BadInput(f"tier {tier!r} is unknown; it must be 0 (seconds), 1 (half an hour) or 2 (all)")
    suites = SUITES if suite == "all" else (suite,)
    return tuple(case for name in suites for case in cases_of(name) if case.tier <= tier)
