"""A packed crowd that is carried round: found with its sense, and no alarm without it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crowd.report import report_data
from crowd.risk import RiskAssessment, assess_risk
from crowd.risk.oscillation import SHORTEST, assess_oscillation, find_oscillation
from crowd.validation.warning_signs import swaying
from tests.made_recording import MadeRecording, crush


@pytest.mark.parametrize("frequency", [0.03, -0.03, 0.055, -0.055])
def test_an_orbit_is_found_with_its_frequency_sense_and_radius(frequency: float) -> None:
    found = assess_oscillation(swaying(1, frequency=frequency))
    assert found is not None
    assert found.frequency == pytest.approx(frequency, rel=0.1)
    assert found.sense == np.sign(frequency)
    assert found.radius == pytest.approx(0.5, rel=0.1)


@pytest.mark.parametrize("lasts", [0.5, 2.0, 10.0, 60.0])
def test_noise_of_any_memory_raises_no_alarm(lasts: float) -> None:
    rng = np.random.default_rng(2)
    kept = np.exp(-1.0 / lasts)
    velocity = np.zeros(600, complex)
    for k in range(1, 600):
        velocity[k] = kept * velocity[k - 1] + 0.1 * np.sqrt(1 - kept**2) * complex(*rng.normal(0, 1, 2))
    assert find_oscillation(velocity[10:], step=1.0) is None


def test_a_crowd_that_sways_to_and_fro_goes_neither_way_round() -> None:
    table = swaying(3, frequency=None)
    table["dense_vx"] += 0.15 * np.sin(2 * np.pi * 0.05 * table["time"])
    found = assess_oscillation(table)
    assert found is not None
    assert found.sense == 0
    assert abs(found.frequency) == pytest.approx(0.05, rel=0.1)


def test_a_crowd_that_drifts_away_does_not_sway() -> None:
    table = swaying(4, frequency=None)
    table["dense_vx"] += 0.3 + 0.001 * table["time"]
    assert assess_oscillation(table) is None


def test_people_who_shift_from_foot_to_foot_are_no_orbit() -> None:
    times = np.arange(600.0)
    assert find_oscillation(0.002 * np.exp(0.3j * times) + 1e-4 * np.cos(times**2), step=1.0) is None


def test_a_crowd_that_does_not_move_at_all_does_not_sway() -> None:
    assert find_oscillation(np.zeros(600, complex), step=1.0) is None


def test_too_short_a_time_tells_nothing() -> None:
    table = swaying(1, frequency=0.055)
    assert assess_oscillation(table.iloc[: int(SHORTEST) - 1]) is None


def test_a_few_packed_people_are_no_crowd() -> None:
    assert assess_oscillation(swaying(1, frequency=0.04).assign(dense_people=15)) is None


def test_a_hole_of_seconds_is_bridged_and_one_of_a_minute_is_not() -> None:
    table = swaying(1, frequency=0.04)
    short, long = table.drop(table.index[300:304]), table.drop(table.index[300:360])
    bridged, parted = assess_oscillation(short), assess_oscillation(long)
    assert bridged is not None
    assert bridged.end - bridged.start == 599.0
    assert parted is not None
    assert parted.end - parted.start < 310.0


def test_a_table_without_the_columns_tells_nothing() -> None:
    table = swaying(1, frequency=0.04)
    assert assess_oscillation(table.assign(dense_people=np.nan, dense_vx=np.nan, dense_vy=np.nan)) is None


def swayed(frequency: float | None) -> RiskAssessment:
    """The bad evening in the alley, whose middle is packed and carried round in the last ten minutes."""
    recording: MadeRecording = crush()
    orbit: pd.DataFrame = swaying(5, frequency=frequency)
    table = recording.tables["zones"]
    rows = table.index[(table["zone"] == "alley-middle") & (table["time"] > 900.0)]
    for column in ("dense_people", "dense_vx", "dense_vy"):
        table[column] = table[column].astype(float)
        table.loc[table["zone"] == "alley-middle", column] = 0.0
        table.loc[rows, column] = orbit[column].to_numpy()
    return assess_risk(recording)


@pytest.mark.parametrize(
    ("lang", "frequency", "words"),
    [
        ("en", 0.05, "counter-clockwise from 22:05 to 22:15, one turn in 20 s"),
        ("en", -0.05, "carried round clockwise"),
        ("ko", 0.05, "반시계 방향"),
        ("ko", -0.05, " 시계 방향"),
    ],
)
def test_a_report_says_which_zone_goes_round_and_how_fast(lang: str, frequency: float, words: str) -> None:
    doubts = report_data([swayed(frequency)], lang)["runs"][0]["headline"]["doubts"]
    assert sum(words in doubt for doubt in doubts) == 1


def test_a_report_without_an_orbit_does_not_speak_of_one() -> None:
    risk = swayed(None)
    assert not [doubt for doubt in risk.doubts if doubt.kind.startswith("oscillation")]
    assert risk.summary()["oscillation"] == []


def test_the_summary_names_the_place() -> None:
    found = swayed(-0.05).summary()["oscillation"]
    assert [one["place"] for one in found] == ["alley-middle"]
    assert found[0]["frequency"] == pytest.approx(-0.05, rel=0.1)
