"""Rows on choice and groups that a broken mechanism turns red."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crowd import model as crowd_model
from crowd.movement.exits import Exits
from crowd.movement.itineraries import Itineraries
from crowd.movement.routes import Routes
from crowd.validation.case import Outcome, Verdict
from crowd.validation.suites import case_of

NO_DATA = Path()


def judged(key: str, seeds: int = 1) -> Verdict:
    """The verdict of the first seeds alone."""
    case = case_of(key)
    runs: dict[str, list[Any]] = {}
    for seed in range(1, seeds + 1):
        for name, trial in case.trials(seed, NO_DATA).items():
            runs.setdefault(name, []).append(trial.measure(trial.scenario))
    return case.judge(runs, NO_DATA)


def test_the_rows_broken_below_are_green_with_the_model_as_it_is() -> None:
    for key, seeds in (("rimea-10", 1), ("nist-4.1", 1), ("nist-3.2", 6), ("nist-3.3", 2), ("nist-2.9", 1)):
        assert judged(key, seeds).standard is Outcome.PASS, key


def test_who_forgets_the_allotted_exit_fails_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    begin = Itineraries.begin

    def forgetful(self: Itineraries, people: Any, rows: Any) -> None:
        begin(self, people, rows)
        people.destination[rows] = 0

    monkeypatch.setattr(Itineraries, "begin", forgetful)
    assert judged("rimea-10").standard is Outcome.FAIL


def test_who_does_not_notice_a_closed_exit_fails_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    choose = Exits.choose

    def once(self: Exits, people: Any, rows: Any, left: Any, *, tick: int) -> Any:
        return choose(self, people, rows, left, tick=tick) if tick == 1 else np.zeros(rows.size, bool)

    monkeypatch.setattr(Exits, "choose", once)
    monkeypatch.setattr(Exits, "leave_closed", lambda self, people, rows: rows[:0])
    assert judged("nist-4.1").standard is Outcome.FAIL


def test_who_minds_nobody_fails_social_influence(monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(self: Exits, people: Any, rows: Any, who: Any, exits: Any) -> Any:
        return np.zeros((who.size, len(self._zones)))

    monkeypatch.setattr(Exits, "_influence", blind)
    assert judged("nist-3.2", 6).standard is Outcome.FAIL


def test_who_knows_no_exit_better_fails_familiarity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Exits, "_familiar_exit", lambda self, people, who: np.zeros(who.size, np.int64))
    assert judged("nist-3.3", 2).standard is Outcome.FAIL


def test_who_waits_for_nobody_fails_the_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd_model, "shares_of_speed", lambda people, rows, way_left, c: np.ones(rows.size))
    assert judged("nist-2.9").standard is Outcome.FAIL


def test_news_that_reaches_nobody_fails_route_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Routes, "look_round", lambda self, people, rows, tick: False)
    assert judged("rimea-14").project is Outcome.FAIL
