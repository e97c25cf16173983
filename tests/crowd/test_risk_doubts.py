"""A wrong "all clear" can kill: whatever is missing, cut short or still growing must be said."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from crowd.parameters import Parameters
from crowd.report import report_data
from crowd.risk import RiskAssessment, assess_risk
from tests.made_recording import MadeRecording, calm, count_rows


def kinds(risk: RiskAssessment) -> list[str]:
    return [doubt.kind for doubt in risk.doubts]


def with_queue(outside: float, *, growing: bool = False) -> MadeRecording:
    recording = calm()
    times = recording.tables["counts"]["time"].to_numpy()
    people = (lambda t: outside * t / t[-1]) if growing else (lambda t: np.full(len(t), outside))
    recording.tables["counts"] = count_rows("west", times, rate=1.0, outside=people)
    return recording


def test_a_complete_calm_run_leaves_no_doubt_but_is_still_one_run() -> None:
    risk = assess_risk(calm())
    assert (risk.verdict, kinds(risk)) == ("not_reached", [])
    assert "not a forecast" in report_data([risk], "en")["runs"][0]["headline"]["text"]


def test_a_run_that_was_not_completed_is_no_all_clear() -> None:
    risk = assess_risk(calm(completed=False, simulated_seconds=300.0, duration=1500.0))
    assert risk.verdict == "doubtful"
    assert kinds(risk) == ["incomplete"]


def test_the_manifest_of_a_killed_run_may_be_older_than_its_tables() -> None:
    risk = assess_risk(calm(completed=False, simulated_seconds=0.0, duration=1500.0))
    assert risk.simulated == 300.0


def test_a_completed_flag_does_not_hide_that_time_is_missing() -> None:
    assert "incomplete" in kinds(assess_risk(calm(duration=1500.0)))


@pytest.mark.parametrize("table", ["lines", "fields", "counts", "trips", "events"])
def test_a_missing_table_is_no_all_clear(table: str) -> None:
    recording = calm()
    del recording.tables[table]
    risk = assess_risk(recording)
    assert risk.verdict == "doubtful"
    assert "missing_tables" in kinds(risk)


def test_without_the_table_of_zones_nothing_is_known() -> None:
    recording = calm()
    del recording.tables["zones"]
    assert assess_risk(recording).verdict == "unknown"


def test_an_empty_table_of_zones_says_nothing_either() -> None:
    recording = calm()
    recording.tables["zones"] = recording.tables["zones"].iloc[:0]
    assert assess_risk(recording).verdict == "unknown"


def test_a_recording_without_any_second_says_nothing() -> None:
    assert assess_risk(calm(simulated_seconds=0.0)).verdict == "unknown"


def test_densities_without_numbers_say_nothing() -> None:
    recording = calm()
    recording.tables["zones"]["level_density"] = math.nan
    assert assess_risk(recording).verdict == "unknown"


def test_a_missing_column_of_densities_says_nothing() -> None:
    recording = calm()
    del recording.tables["zones"]["level_density"]
    assert assess_risk(recording).verdict == "unknown"


def test_half_a_minute_without_densities_is_no_all_clear() -> None:
    recording = calm()
    recording.set_zone("west", level_density=lambda t: np.where((t > 100) & (t <= 130), math.nan, 0.8))
    risk = assess_risk(recording)
    assert risk.verdict == "doubtful"
    assert risk.doubts[0].details == {"zone": "west", "seconds": 30.0, "zones": 1}


def test_seconds_without_rows_are_time_that_is_not_known() -> None:
    recording = calm()
    zones = recording.tables["zones"]
    recording.tables["zones"] = zones[(zones["time"] <= 100) | (zones["time"] > 130)]
    assert "missing_values" in kinds(assess_risk(recording))


def test_rows_that_end_early_are_time_that_is_not_known() -> None:
    recording = calm()
    recording.tables["zones"] = recording.tables["zones"].query("time <= 200")
    assert "missing_values" in kinds(assess_risk(recording))


@pytest.mark.parametrize("wrong", [math.inf, -1.0])
def test_impossible_densities_are_not_taken_for_numbers(wrong: float) -> None:
    recording = calm()
    recording.set_zone("west", level_density=lambda t: np.where(t > 250, wrong, 0.8))
    risk = assess_risk(recording)
    assert "missing_values" in kinds(risk)
    assert risk.summary()["peak_density"] == pytest.approx(0.8)


def test_without_rows_for_the_whole_venue_places_between_zones_were_not_judged() -> None:
    recording = calm()
    recording.tables["zones"] = recording.tables["zones"].query("zone != 'venue'")
    assert kinds(assess_risk(recording)) == ["no_whole_venue"]


def test_density_that_rises_at_the_end_is_no_all_clear() -> None:
    recording = calm()
    recording.set_zone("east", level_density=lambda t: 0.75 + t / 300.0)
    risk = assess_risk(recording)
    assert risk.verdict == "doubtful"
    assert kinds(risk) == ["rising", "near"]


def test_noise_far_below_the_lowest_level_is_no_rise() -> None:
    recording = calm()
    recording.set_zone("east", level_density=lambda t: np.where(t > 240.0, 1.11, 0.98))
    assert (assess_risk(recording).zones[1].rising, kinds(assess_risk(recording))) == (True, [])


def test_in_a_run_shorter_than_five_minutes_any_rise_is_said() -> None:
    recording = calm(299)
    recording.set_zone("east", level_density=lambda t: np.where(t > 239.0, 1.11, 0.98))
    assert kinds(assess_risk(recording)) == ["rising"]


def test_density_that_falls_at_the_end_is_no_doubt() -> None:
    recording = calm()
    recording.set_zone("east", level_density=lambda t: 1.4 - t / 300.0)
    assert kinds(assess_risk(recording)) == []


def test_people_still_outside_at_the_end_are_no_all_clear() -> None:
    assert kinds(assess_risk(with_queue(10))) == ["outside"]


def test_a_handful_at_the_entry_is_an_ordinary_wait() -> None:
    assert kinds(assess_risk(with_queue(9))) == []


def test_a_queue_that_grows_at_the_end_is_said() -> None:
    assert kinds(assess_risk(with_queue(40, growing=True))) == ["queue_grows", "outside"]


def test_more_than_fifty_outside_is_said_even_if_all_came_in() -> None:
    recording = calm()
    times = recording.tables["counts"]["time"].to_numpy()
    recording.tables["counts"] = count_rows(
        "west", times, rate=1.0, outside=lambda t: np.where((t > 100) & (t < 150), 51, 0)
    )
    assert kinds(assess_risk(recording)) == ["outside"]


@pytest.mark.parametrize(("limit", "people", "doubts"), [(20.0, 25, ["outside"]), (60.0, 55, [])])
def test_how_many_outside_are_too_many_is_what_the_run_was_told(limit: float, people: int, doubts: list[str]) -> None:
    class OfARun(MadeRecording):
        @property
        def scenario(self) -> object:
            parameters = Parameters().with_overrides({"entry.outside_warning": limit})
            return SimpleNamespace(parameters=parameters, journeys=(), demands=())

    made = calm()
    times = made.tables["counts"]["time"].to_numpy()
    queue = lambda t: np.where((t > 100) & (t < 150), people, 0)  # noqa: E731
    made.tables["counts"] = count_rows("west", times, rate=1.0, outside=queue)
    assert kinds(assess_risk(OfARun(made.manifest, made.venue, made.tables))) == doubts


def test_people_who_are_neither_in_nor_out_are_said() -> None:
    recording = calm()
    recording.tables["counts"]["expected"] += 5
    assert kinds(assess_risk(recording)) == ["unaccounted"]


def test_force_without_density_is_no_all_clear() -> None:
    recording = calm()
    recording.set_zone("east", contact_force_10s_max=650.0)
    assert kinds(assess_risk(recording)) == ["force"]


def test_the_bump_of_two_walkers_is_no_doubt() -> None:
    recording = calm()
    recording.set_zone("east", contact_force_max=900.0)
    assert kinds(assess_risk(recording)) == []


def test_a_peak_just_below_the_lowest_level_is_said() -> None:
    risk = assess_risk(calm(density=1.7))
    assert (risk.verdict, kinds(risk)) == ("doubtful", ["near"])


def test_a_map_denser_than_every_zone_is_a_contradiction_that_is_said() -> None:
    recording = calm()
    recording.tables["fields"]["level_density_max"] = 1.4
    assert kinds(assess_risk(recording)) == ["disagree"]


def test_a_scenario_that_cannot_be_read_may_hide_thresholds_of_the_place() -> None:
    class Damaged(MadeRecording):
        @property
        def scenario(self) -> object:
            raise ValueError("scenario.toml is damaged")

    made = calm()
    assert kinds(assess_risk(Damaged(made.manifest, made.venue, made.tables))) == ["scenario_lost"]


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_headline_with_a_doubt_says_that_it_is_no_all_clear(lang: str) -> None:
    risk = assess_risk(calm(completed=False, duration=1500.0))
    text = report_data([risk], lang)["runs"][0]["headline"]["text"]
    assert {"en": "NOT an all-clear", "ko": "안전하다고 판단할 수 없습니다"}[lang] in text


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_headline_of_an_empty_recording_says_that_it_says_nothing(lang: str) -> None:
    recording = calm()
    recording.tables.clear()
    text = report_data([assess_risk(recording)], lang)["runs"][0]["headline"]["text"]
    assert {"en": "do not read it as an all-clear", "ko": "안전하다는 뜻으로 읽어서는 안 됩니다"}[lang] in text


def test_a_reached_level_keeps_its_doubts_under_the_headline() -> None:
    recording = calm(density=3.5, completed=False, duration=1500.0)
    headline = report_data([assess_risk(recording)], "en")["runs"][0]["headline"]
    assert headline["verdict"] == "reached"
    assert headline["doubts_title"] == "It may be worse than this:"
    assert headline["doubts"] == ["the run stopped after 5 min of 25 min"]


def test_a_zone_of_which_nothing_is_known_is_never_called_free_of_levels() -> None:
    recording = calm()
    recording.set_zone("west", level_density=math.nan)
    zones = report_data([assess_risk(recording)], "en")["runs"][0]["zones"]
    assert {zone["name"]: zone["level_label"] for zone in zones}["west"] == "not known"
