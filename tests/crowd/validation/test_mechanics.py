"""Cases of the mechanics suite pass with the model as it is and fail with one that is broken."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from crowd.kernels import contact
from crowd.parameters import Contact
from crowd.validation import Outcome, Verdict, bodies, dense, integrity, interventions, warning_signs
from crowd.validation.push import fronts
from crowd.validation.stop_and_go import amplitudes, density_along
from crowd.validation.suites import case_of

NO_DATA = Path("none")


def judged(key: str) -> Verdict:
    """The verdict of a case after one seed, run here."""
    case = case_of(key)
    runs = {name: [trial.measure(trial.scenario)] for name, trial in case.trials(1, NO_DATA).items()}
    return case.judge(runs, NO_DATA)


SOUND = [f"mechanics-integrity-{number}" for number in (1, 2, 4, 5, 6, 8)] + ["mechanics-packing"]
SIGNS = ["mechanics-congestion-ordering", "mechanics-oscillation"]


@pytest.mark.parametrize("key", SOUND)
def test_the_contact_core_is_sound(key: str) -> None:
    verdict = judged(key)
    assert verdict.project == Outcome.PASS, verdict.reason


@pytest.mark.parametrize("key", SIGNS)
def test_what_tells_of_a_crush_early_is_told_right(key: str) -> None:
    verdict = judged(key)
    assert verdict.project == Outcome.PASS, verdict.measured


def test_a_detector_that_takes_left_for_right_turns_its_row_red(monkeypatch: pytest.MonkeyPatch) -> None:
    found = warning_signs.assess_oscillation
    mirrored = lambda table: found(table.assign(dense_vy=-table["dense_vy"]))  # noqa: E731
    monkeypatch.setattr(warning_signs, "_RUNS", 2)
    monkeypatch.setattr(warning_signs, "assess_oscillation", mirrored)
    assert judged("mechanics-oscillation").project == Outcome.FAIL


def test_congestion_that_a_walking_speed_alone_makes_turns_its_row_red(monkeypatch: pytest.MonkeyPatch) -> None:
    still = lambda kind, *_: np.zeros(_[0].size)  # noqa: E731
    monkeypatch.setattr(warning_signs, "_directions", still)
    assert judged("mechanics-congestion-ordering").project == Outcome.FAIL


def gaining(*arrays: Any) -> None:
    """Contact that gives energy: velocities grow."""
    contact.push_and_step(*arrays)
    arrays[2][:] *= 1.5
    arrays[3][:] *= 1.5


def drifting(*arrays: Any) -> None:
    """Contact that makes momentum."""
    contact.push_and_step(*arrays)
    arrays[2][:] += 0.01


def holding(*arrays: Any) -> None:
    """Feet that hold whoever is asked not to stand fast."""
    contact.push_and_step(*(a._replace(brace=100.0) if isinstance(a, Contact) else a for a in arrays))


@pytest.mark.parametrize(
    ("broken", "key"),
    [
        (drifting, "mechanics-integrity-1"),
        (holding, "mechanics-integrity-2"),
        (gaining, "mechanics-integrity-5"),
    ],
)
def test_a_broken_kernel_turns_its_row_red(
    broken: Callable[..., None], key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernels = SimpleNamespace(WALL_LIST=contact.WALL_LIST, push_and_step=broken)
    monkeypatch.setattr(bodies, "contact", kernels)
    assert judged(key).project == Outcome.FAIL


def test_a_search_that_misses_a_neighbour_turns_its_row_red(monkeypatch: pytest.MonkeyPatch) -> None:
    found = integrity.touching_pairs

    def forgetful(*arrays: Any) -> None:
        found(*arrays)
        arrays[-1][0] = max(arrays[-1][0] - 1, 0)

    monkeypatch.setattr(integrity, "touching_pairs", forgetful)
    assert judged("mechanics-integrity-8").project == Outcome.FAIL


def test_bodies_of_0_2_m_turn_the_packing_red(monkeypatch: pytest.MonkeyPatch) -> None:
    stout = replace(dense.PROFILES["adult"], radius_mean=0.2)
    monkeypatch.setattr(dense, "PROFILES", {"adult": stout})
    assert judged("mechanics-packing").project == Outcome.FAIL


def test_a_measure_that_moves_somebody_turns_the_null_row_red(monkeypatch: pytest.MonkeyPatch) -> None:
    open_or_shut = interventions.SetGate
    # In place of a gate opened that is open, one that is shut, on the way most people take.
    monkeypatch.setattr(interventions, "SetGate", lambda gate, open: open_or_shut(gate, open=False))
    assert judged("mechanics-null-measure").project == Outcome.FAIL


def test_a_front_of_2_m_per_s_reads_2_m_per_s_by_onset_and_by_half_peak() -> None:
    x = np.array([0.0, 0.36, 0.68, 1.0, 1.44])
    times = np.arange(0.0, 3.0, 0.001)
    # Everybody moves with the same pulse, delayed by their distance at 2 m/s.
    speed = np.exp(-(((times[:, None] - x / 2.0 - 1.0) / 0.2) ** 2))
    assert fronts(times, speed, x) == pytest.approx((2.0, 2.0), rel=0.01)


def rows_that_walk(wave: float) -> tuple[np.ndarray, np.ndarray]:
    """Amplitudes for rows of ten, 0.6 m apart, that walk at 0.3 m/s through waves 10 m long against them.

    Args:
        wave: by how much the waves, 0.5 m/s fast, move people to and fro [m].
    """
    frame, row = np.meshgrid(np.arange(240), np.arange(-160, 60), indexing="ij")
    x = 0.6 * row + 0.15 * frame
    x = np.repeat((x + wave * np.sin(2 * np.pi * (x + 0.25 * frame) / 10.0)).ravel(), 10)
    return amplitudes(density_along(np.repeat(frame.ravel(), 10), x))


def test_stop_and_go_is_read_off_waves_and_not_off_the_rows_in_which_people_walk() -> None:
    against, along = rows_that_walk(0.3)
    # Length 10 m is the second, period 20 s the sixth; frequencies begin with the second.
    assert against[4, 1] == against.max()
    assert against.max() > 10.0 * along[4, 1]
    assert rows_that_walk(0.0)[0].max() < 0.05 * against.max()
