"""A deliberately broken model turns rows of doors, corridors and lifts red, which the model as it is leaves green."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crowd.movement import gates, lifts
from crowd.movement.motion import Motion
from crowd.validation.case import Outcome, Verdict
from crowd.validation.suites import case_of

NO_DATA = Path()


def judged(key: str) -> Verdict:
    """The verdict of the first seed alone."""
    case = case_of(key)
    runs = {name: [trial.measure(trial.scenario)] for name, trial in case.trials(1, NO_DATA).items()}
    return case.judge(runs, NO_DATA)


def make_ghosts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everyone walks straight on at their free speed, through whoever is in the way."""
    steer, touching = Motion._steer, Motion._touching

    def heedless(self: Motion, people: Any, mine: Any, ticks: int, walkers: Any, *rest: Any) -> Any:
        ex, ey, speed = walkers[4:7]
        return speed * ex, speed * ey, *steer(self, people, mine, ticks, walkers, *rest)[2:]

    def untouched(self: Motion, *arguments: Any) -> Any:
        pairs, counts = touching(self, *arguments)
        return pairs, np.zeros_like(counts)

    monkeypatch.setattr(Motion, "_steer", heedless)
    monkeypatch.setattr(Motion, "_touching", untouched)


def test_the_rows_broken_below_are_green_with_the_model_as_it_is() -> None:
    for key in ("imo-04", "iso-13", "nist-2.7"):
        assert judged(key).standard is Outcome.PASS, key


def test_people_who_walk_through_each_other_fail_the_corridor_of_iso_13(monkeypatch: pytest.MonkeyPatch) -> None:
    make_ghosts(monkeypatch)
    verdict = judged("iso-13")
    assert verdict.standard is Outcome.FAIL
    assert verdict.project is Outcome.FAIL


def test_people_who_walk_through_each_other_fail_the_measured_flow_by_width(monkeypatch: pytest.MonkeyPatch) -> None:
    make_ghosts(monkeypatch)
    verdict = judged("rimea-12d")
    assert verdict.project is Outcome.FAIL
    assert verdict.margin is not None
    assert verdict.margin < -1.0


def test_a_gate_whose_capacity_is_forgotten_fails_the_largest_flow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "_rate", lambda capacity: np.inf)
    verdict = judged("imo-04")
    assert verdict.standard is Outcome.FAIL
    assert verdict.project is Outcome.FAIL


def test_a_lift_that_takes_everybody_fails_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifts, "_capacity", lambda strip: 100)
    assert judged("nist-2.7").standard is Outcome.FAIL
