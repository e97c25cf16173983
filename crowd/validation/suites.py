"""All cases; the one list that the command and the tests take them from."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from crowd.errors import BadInput
from crowd.validation.case import Case

#: The suites, in the order they are published.
SUITES = ("rimea", "imo", "nist", "iso", "experiments", "mechanics")
#: Modules with cases, one for each thing that is asked about; several guidelines ask for the same.
_TOPICS = ("choice", "groups", "route_choice", "walking")


def all_cases() -> tuple[Case, ...]:
    """Every case, by suite, then by key."""
    found = [case for topic in _TOPICS for case in import_module(f"crowd.validation.{topic}").CASES]
    return tuple(sorted(found, key=lambda case: (SUITES.index(case.suite), case.key)))


def case_of(key: str) -> Case:
    """A case by its key."""
    return next(case for case in all_cases() if case.key == key)


def chosen_cases(suite: str = "all", tier: int = 2) -> Sequence[Case]:
    """The cases of a suite up to a tier.

    Raises:
        BadInput: no such suite or tier.
    """
    if suite != "all" and suite not in SUITES:
        raise BadInput(f"suite {suite!r} is unknown; known are {', '.join(SUITES)} and all")
    if tier not in (0, 1, 2):
        raise BadInput(f"tier {tier!r} is unknown; it must be 0 (seconds), 1 (half an hour) or 2 (all)")
    return tuple(case for case in all_cases() if case.tier <= tier and suite in ("all", case.suite))
