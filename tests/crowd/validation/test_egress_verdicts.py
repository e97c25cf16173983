"""Verdicts follow their criteria: made runs of known numbers are judged as they must be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from crowd.validation.case import Measures, Outcome, Runs
from crowd.validation.corridors import weidmann
from crowd.validation.measures import running_mean
from crowd.validation.single_file import REFERENCE
from crowd.validation.suites import case_of

NO_DATA = Path()


def diagram(speeds: dict[float, float], along: float = 1.0) -> Runs:
    return {f"{rho:g}": [{"density": [rho] * 3, "speed": [v] * 3, "along": along}] for rho, v in speeds.items()}


def project(key: str, runs: Runs) -> Outcome:
    return case_of(key).judge(runs, NO_DATA).project


def test_weidmann_has_the_published_speeds() -> None:
    assert [weidmann(rho) for rho in (0.5, 1.0, 2.0, 5.4)] == pytest.approx([1.298, 1.058, 0.606, 0.0], abs=1e-3)


def test_weidmanns_own_speeds_pass_the_fundamental_diagram() -> None:
    runs = diagram({rho: weidmann(rho) for rho in (0.5, 1.0, 2.0, 3.0, 4.0, 5.0)})
    assert project("rimea-04", runs) is Outcome.PASS


@pytest.mark.parametrize(("density", "factor", "more"), [(1.0, 1.21, 0.0), (3.0, 1.0, 0.11)])
def test_one_speed_off_by_more_than_allowed_fails_the_fundamental_diagram(
    density: float, factor: float, more: float
) -> None:
    speeds = {rho: weidmann(rho) for rho in (0.5, 1.0, 2.0, 3.0, 4.0)}
    speeds[density] = factor * speeds[density] + more
    assert project("rimea-04", diagram(speeds)) is Outcome.FAIL


def test_a_speed_that_rises_with_density_fails_the_guideline_itself() -> None:
    speeds = {rho: weidmann(rho) for rho in (0.5, 1.0, 2.0, 3.0)} | {5.8: 0.4}
    assert case_of("rimea-04").judge(diagram(speeds), NO_DATA).standard is Outcome.FAIL


def test_people_who_drift_sideways_or_back_fail_the_fundamental_diagram() -> None:
    runs = diagram({rho: weidmann(rho) for rho in (0.5, 1.0, 2.0)}, along=0.9)
    assert project("rimea-04", runs) is Outcome.FAIL


def test_one_gridlock_fails_the_counter_flow() -> None:
    times = {"0": 50.0, "10": 55.0, "50": 70.0, "100": 90.0}
    good: dict[str, list[Measures]] = {name: [{"time": t}] * 20 for name, t in times.items()}
    assert project("imo-08", good) is Outcome.PASS
    assert project("imo-08", good | {"100": [*good["100"][:-1], {"time": np.inf}]}) is Outcome.FAIL


def test_counter_flow_that_does_not_slow_people_fails() -> None:
    times = {"0": 50.0, "10": 49.0, "50": 70.0, "100": 90.0}
    assert project("imo-08", {name: [{"time": t}] for name, t in times.items()}) is Outcome.FAIL


def single_file(factor: float) -> Runs:
    """Runs whose people all walk at the measured median times a factor."""
    density = [rho for rho in REFERENCE for _ in range(60)]
    speed = [factor * REFERENCE[rho][1] for rho in density]

    def at(v0: float) -> list[Measures]:
        return [{"density": density, "speed": [v0 / 1.34 * v for v in speed]}]

    return {f"{v0:g} m/s, 8": at(v0) for v0 in (1.34, 0.9, 1.5)}


@pytest.mark.parametrize(("factor", "expected"), [(1.0, Outcome.PASS), (0.3, Outcome.FAIL), (3.0, Outcome.FAIL)])
def test_single_file_passes_at_the_measured_medians_alone(factor: float, expected: Outcome) -> None:
    assert project("rimea-16", single_file(factor)) is expected


def test_a_door_that_passes_more_than_its_capacity_fails_the_largest_flow() -> None:
    def runs(held: float) -> Runs:
        return {"free": [{"flow": 2.0, "rate": 1.9}], "capacity": [{"flow": held, "rate": 0.98 * held}]}

    assert project("imo-04", runs(1.34)) is Outcome.PASS
    assert project("imo-04", runs(1.37)) is Outcome.FAIL
    assert case_of("imo-04").judge(runs(1.45), NO_DATA).standard is Outcome.FAIL


def test_the_running_mean_is_that_of_neighbours() -> None:
    assert running_mean(np.array([1.0, 3.0, 5.0, 7.0]), 2) == pytest.approx([2.0, 4.0, 6.0])
    assert running_mean(np.array([1.0, 3.0]), 5) == pytest.approx([2.0])
