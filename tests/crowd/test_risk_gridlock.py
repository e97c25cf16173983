"""Gridlock: under 0.1 persons per metre and second for 120 s, more than 2 per square metre on both sides."""

from __future__ import annotations

import math

import numpy as np
import pytest

from crowd.risk import assess_risk
from tests.made_recording import MadeRecording, calm

WIDTH = 3.0
"""Clear width of the made line [m]; 0.1 /(m s) is then one person in 10/3 s."""


def jam(
    *,
    start: float = 100.0,
    end: float = 240.0,
    left: float = 3.0,
    right: float = 3.0,
    every: float = math.inf,
) -> MadeRecording:
    """Dense sides and no crossings from `start` to `end`, but for one person `every` so many seconds."""
    recording = calm()

    def crossings(t: np.ndarray) -> np.ndarray:
        passing = np.zeros(len(t)) if math.isinf(every) else (np.floor(t / every) > np.floor((t - 1) / every))
        return np.where((t > start) & (t <= end), passing, 1.0)

    def beside(density: float):  # type: ignore[no-untyped-def]
        return lambda t: np.where((t > start - 10) & (t <= end), density, 0.5)

    recording.set_line(
        "middle", forward=crossings, backward=0.0, density_left=beside(left), density_right=beside(right)
    )
    return recording


def test_a_standstill_between_dense_crowds_is_a_gridlock_with_its_times() -> None:
    (lock,) = assess_risk(jam()).gridlocks
    assert lock.place == "middle"
    # the sides are dense from 90 s on; densities are means of 10 s, so both ends may be 10 s late
    assert 90.0 <= lock.start <= 100.0
    assert 240.0 <= lock.end <= 250.0


def test_less_than_two_minutes_is_no_gridlock() -> None:
    assert not assess_risk(jam(end=180.0)).gridlocks


@pytest.mark.parametrize(("left", "right"), [(3.0, 2.0), (2.0, 3.0), (1.0, 1.0)])
def test_both_sides_must_be_above_two(left: float, right: float) -> None:
    assert not assess_risk(jam(left=left, right=right)).gridlocks


@pytest.mark.parametrize(("every", "locked"), [(3.0, False), (4.0, True)])
def test_the_limit_is_a_tenth_of_a_person_per_metre_and_second(every: float, locked: bool) -> None:
    assert bool(assess_risk(jam(every=every, end=290.0)).gridlocks) is locked


def test_one_thin_second_does_not_end_a_gridlock() -> None:
    recording = jam(end=290.0)
    lines = recording.tables["lines"]
    lines.loc[lines["time"] == 200.0, "density_left"] = 0.5
    assert len(assess_risk(recording).gridlocks) == 1


def test_an_empty_line_is_no_gridlock() -> None:
    recording = calm()
    recording.set_line("middle", forward=0.0, backward=0.0, density_left=0.0, density_right=0.0)
    assert not assess_risk(recording).gridlocks


def test_a_line_without_densities_is_not_judged_and_says_so() -> None:
    recording = jam(left=math.nan)
    (line,) = assess_risk(recording).lines
    assert (line.gridlocks, line.judged) == ((), False)


def test_a_line_of_unknown_width_is_not_judged() -> None:
    recording = jam()
    recording.tables["lines"]["line"] = "nowhere"
    (line,) = assess_risk(recording).lines
    assert (line.width, line.judged) == (None, False)


def test_flows_add_up_to_every_person_who_crossed() -> None:
    (line,) = assess_risk(calm()).lines
    assert sum(minute.forward for minute in line.minutes) == line.forward == 300


def test_a_minute_holds_sixty_seconds() -> None:
    (line,) = assess_risk(calm()).lines
    assert [(minute.start, minute.seconds, minute.forward) for minute in line.minutes[:2]] == [
        (0.0, 60.0, 60),
        (60.0, 60.0, 60),
    ]


def test_peak_specific_flow_counts_both_ways_per_metre() -> None:
    recording = calm()
    recording.set_line("middle", backward=1.0)
    (line,) = assess_risk(recording).lines
    assert line.peak_flow == pytest.approx(2.0 / WIDTH)
