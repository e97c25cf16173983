"""All cases; the one list that the command and the tests take them from."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from crowd.errors import BadInput, no_such
from crowd.validation.case import Case
from venues.refusals import told

#: The suites, in the order they are published.
SUITES = ("rimea", "imo", "nist", "iso", "experiments", "mechanics")
#: Modules with cases, one for each thing that is asked about; several guidelines ask for the same.
_TOPICS = (
    "walking",
    "climbing",
    "departures",
    "people",
    "choice",
    "groups",
    "route_choice",
    "integrity",
    "dense",
    "surge",
    "stop_and_go",
    "warning_signs",
    "push",
    "interventions",
    "doors",
    "bottlenecks",
    "corridors",
    "streams",
    "stairs",
    "rides",
    "single_file",
    "parameter_study",
    "corridors_measured",
    "doors_measured",
    "single_file_measured",
    "two_way_ring",
    "alley",
)


def all_cases() -> tuple[Case, ...]:
    """Every case, by suite, then by key."""
    found = [case for topic in _TOPICS for case in import_module(f"crowd.validation.{topic}").CASES]
    return tuple(sorted(found, key=lambda case: (SUITES.index(case.suite), case.key)))


def case_of(key: str) -> Case:
    """A case by its key."""
    return next(case for case in all_cases() if case.key == key)


def chosen_cases(suite: str = "all", tier: int = 2, keys: Sequence[str] = ()) -> Sequence[Case]:
    """The cases of a suite up to a tier, of these only those with a key of `keys` if there are any.

    Raises:
        BadInput: no such suite, tier or key, or no case is both.
    """
    if suite != "all" and suite not in SUITES:
        raise BadInput(
            told("suite {suite!r} is unknown; known are {known} and all", suite=suite, known=", ".join(SUITES))
        )
    if tier not in (0, 1, 2):
        raise BadInput(told("tier {tier!r} is unknown; it must be 0 (seconds), 1 (half an hour) or 2 (all)", tier=tier))
    known = all_cases()
    for key in keys:
        if key not in {case.key for case in known}:
            raise BadInput(no_such("case", key, [case.key for case in known]))
    chosen = [case for case in known if case.tier <= tier and suite in ("all", case.suite)]
    chosen = [case for case in chosen if not keys or case.key in keys]
    if not chosen:
        raise BadInput(
            told(
                "no case of suite {suite!r} up to tier {tier} is chosen; take another suite or a higher --tier",
                suite=suite,
                tier=tier,
            )
        )
    return tuple(chosen)
