"""A case: what is built, how often it is run, what is read off a run, and how all runs together are judged.

Not here: the cases themselves (one module a suite), how they are run (`runner`), what is kept (`rows`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from crowd.scenario import Scenario

#: What is read off one run: numbers, or lists of numbers, by name.
Measures = Mapping[str, Any]
#: Measures of every run: variant -> one entry for each seed, in the order of the seeds.
Runs = Mapping[str, Sequence[Measures]]


class Outcome(StrEnum):
    """How a row comes out."""

    PASS = "pass"
    FAIL = "fail"
    #: Nothing to pass: the source sets no number, the value is published.
    DOCUMENTED = "documented"
    #: It was not run, as the reason says.
    SKIPPED = "skipped"


class Trial(NamedTuple):
    """One run to be made.

    Args:
        measure: a function of a module; given the scenario, runs it and reads the measures off it.
        scenario: what is run, with its seed; None: the measure runs kernels only.
    """

    measure: Callable[[Any], Measures]
    scenario: Scenario | None = None


class Curve(NamedTuple):
    """A line or a cloud of points of a picture: x and y, and for a band the lower and the upper y.

    Args:
        kind: "model", "measured", "band" or "reference".
        x, y: the points. low, high: of a band or of error bars, else empty.
        x_label, y_label: what the axes show, with units.
    """

    kind: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    x_label: str
    y_label: str
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


class Pair(NamedTuple):
    """A quantity as the model has it and as it was measured, for the model's uncertainty.

    Args:
        quantity: "speed at density", "bottleneck flow", "evacuation time" or "push displacement".
        model, measured: the two values, same unit. calibration: whether a constant was chosen with this point in view.
    """

    quantity: str
    model: float
    measured: float
    calibration: bool


@dataclass(frozen=True)
class Verdict:
    """What all runs of a case together say.

    Args:
        standard: by the source's own criterion. project: by ours. reason: why not passed, or what to know about it.
        measured: the numbers that the row shows, by a name that says the unit.
        margin: by how much our criterion holds (positive) or is missed, as a share of what it allows; None: no number.
        curves: for pictures, by label. pairs: for the model's uncertainty.
    """

    standard: Outcome
    project: Outcome
    measured: Mapping[str, float]
    margin: float | None = None
    reason: str = ""
    curves: Mapping[str, Curve] = field(default_factory=dict)
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True)
class Case:
    """A test of a guideline, or an experiment built again.

    Args:
        key: its name, "suite-number" in small letters. suite: the suite. title: what it asks, in a few words.
        source: guideline and clause, or the data set. setup: what is built, in a sentence or two.
        criterion: the source's, then ours if it is another one.
        tier: 0 (seconds), 1 (all in half an hour on two processors), 2 (longer). seeds: how many, from 1 on.
        trials: (seed, folder of data) -> what is run, by variant. judge: measures of all runs -> verdict.
        sets: what the source sets apart from place and people, as `overrides` names it; nothing else may be set.
        data: the measured data it reads, as a path in the folder of data; empty: none.
    """

    key: str
    suite: str
    title: str
    source: str
    setup: str
    criterion: str
    tier: int
    seeds: int
    trials: Callable[[int, Path], Mapping[str, Trial]]
    judge: Callable[[Runs, Path], Verdict]
    sets: tuple[str, ...] = ()
    data: str = ""


def outcome(holds: bool) -> Outcome:
    """Pass if it holds, else fail."""
    return Outcome.PASS if holds else Outcome.FAIL


def margin_within(value: float, low: float, high: float) -> float:
    """How far inside a range a value lies, as a share of half its width (0 at an end, else negative)."""
    half = 0.5 * (high - low)
    return (half - abs(value - 0.5 * (low + high))) / half
