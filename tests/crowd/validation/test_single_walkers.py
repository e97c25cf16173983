"""Cases on single walkers and on people's traits: what they set, and that a broken model fails them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crowd import population
from crowd.model import CrowdModel
from crowd.movement.link_cells import LinkCells
from crowd.movement.motion import Motion
from crowd.movement.routes import Ground, Routes
from crowd.population import Population
from crowd.profiles import PROFILES, Profile
from crowd.validation import climbing, departures, people, walking
from crowd.validation.case import Outcome, Verdict
from crowd.validation.overrides import kinds, overrides
from crowd.validation.scenes import present, scenario
from crowd.validation.suites import case_of
from venues.shapes import corridor

KEYS = [case.key for topic in (walking, climbing, departures, people) for case in topic.CASES]
NO_DATA = Path()


def judged(key: str) -> Verdict:
    """What a case says of the model as it is now, from its first seed, in this process."""
    case = case_of(key)
    runs = {name: [trial.measure(trial.scenario)] for name, trial in case.trials(1, NO_DATA).items()}
    return case.judge(runs, NO_DATA)


def straight_on(routes: Routes, people: Population, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ways that lead straight to the end of the corner's second arm, walls or not."""
    x, y = 11.0 - people.x[rows], 11.5 - people.y[rows]
    way = np.hypot(x, y)
    return x / way, y / way, way


def without_walls(motion: Motion, look: Any = Motion._look_for_walls) -> None:
    """Put all walls where nobody sees or touches them."""
    look(motion)
    motion.walls = replace(motion.walls, segments=motion.walls.segments + 1000.0)


@pytest.mark.parametrize("key", KEYS)
def test_a_case_sets_nothing_that_it_does_not_name(key: str) -> None:
    case = case_of(key)
    scenarios = [trial.scenario for trial in case.trials(1, NO_DATA).values()]
    assert {kind for s in scenarios if s is not None for kind in kinds(overrides(s))} == set(case.sets)


@pytest.mark.parametrize("key", ["rimea-01", "imo-02", "rimea-05", "rimea-06", "nist-2.10"])
def test_the_model_passes(key: str) -> None:
    verdict = judged(key)
    assert (verdict.standard, verdict.project) == (Outcome.PASS, Outcome.PASS)
    assert verdict.margin is not None
    assert verdict.margin >= 0.0


@pytest.mark.parametrize("key", ["rimea-01", "nist-2.4"])
def test_a_model_in_which_everyone_walks_a_fifth_too_slowly_fails(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = Routes.ground_at

    def slower(*arguments: Any) -> Ground:
        ground = right(*arguments)
        return ground._replace(speed=0.8 * ground.speed)

    monkeypatch.setattr(Routes, "ground_at", slower)
    verdict = judged(key)
    assert (verdict.standard, verdict.project) == (Outcome.FAIL, Outcome.FAIL)


def test_a_model_without_own_speeds_on_stairs_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LinkCells, "own_speed", lambda self, cells, *a: np.full(cells.size, np.nan))
    assert judged("imo-02").standard is Outcome.FAIL


@pytest.mark.parametrize("walls", [True, False])
def test_people_who_head_straight_for_the_exit_fail_only_where_there_is_no_wall(
    walls: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ways keep people off walls so well that walls are asked for only where people head straight for the exit."""
    monkeypatch.setattr(Routes, "sample", straight_on)
    if not walls:
        monkeypatch.setattr(Motion, "_look_for_walls", without_walls)
    verdict = judged("rimea-06")
    assert (verdict.measured["positions off the floor"] == 0.0) is walls
    assert walls or (verdict.standard, verdict.project) == (Outcome.FAIL, Outcome.FAIL)


def test_a_model_in_which_nobody_waits_before_setting_off_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = CrowdModel._find_ways

    def at_once(model: CrowdModel, rows: np.ndarray, now: float) -> Any:
        model.people.pre_movement[rows] = 0.0
        return right(model, rows, now)

    monkeypatch.setattr(CrowdModel, "_find_ways", at_once)
    assert judged("rimea-05").standard is Outcome.FAIL


def test_a_model_in_which_all_people_are_alike_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = population._drawn
    alike = people._OTHERS

    def drawn(uniforms: np.ndarray, profile: Profile, trait: str) -> np.ndarray:
        return right(uniforms, alike, trait)

    monkeypatch.setattr(population, "_drawn", drawn)
    assert judged("nist-2.10").standard is Outcome.FAIL


def test_what_a_walker_is_given_for_stairs_and_how_speeds_are_drawn_is_told() -> None:
    climber = replace(PROFILES["adult"], name="climber", stairs_up_min=0.5, stairs_up_max=0.6)
    even = replace(PROFILES["adult"], name="even", speed_distribution="uniform")
    demands = [present("west", "east", 1, profile=p.name, name=p.name) for p in (climber, even)]
    told = overrides(scenario(corridor(), demands, seed=1, duration=10.0, profiles=[climber, even]))
    assert "walker climber: stairs_up_min = 0.5, stairs_up_max = 0.6" in told
    assert "walker even: speed_distribution = uniform, speed_mean = 1.35, speed_sd = 0.490748" in told


def test_the_shipped_profiles_are_no_override() -> None:
    names = [name for name in PROFILES if name != "pressing-adult"]
    demands = [present("west", "east", 1, profile=name, name=name) for name in names]
    assert overrides(scenario(corridor(length=60.0), demands, seed=1, duration=10.0)) == ()
