"""The assessment says what the tables say: peaks, times, exposures, people."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from crowd.errors import ScenarioError
from crowd.risk import assess_risk
from tests.made_recording import calm, crush

SUMMARY_KEYS = {
    "scenario", "seed", "simulated_seconds", "wall_seconds", "people_entered", "people_left", "people_inside",
    "peak_density", "peak_density_at", "highest_level", "first_time_of_level", "exposure_person_seconds",
    "peak_contact_force", "crowd_pressure_peak", "gridlock", "people_expected", "people_waiting_outside",
    "people_diverted", "mean_delay", "run_dir", "warnings",
}  # fmt: skip


def bump(peak: float, *, start: float = 100.0, end: float = 150.0, base: float = 0.8):  # type: ignore[no-untyped-def]
    """A density that is `peak` from `start` to `end` and `base` otherwise."""
    return lambda t: np.where((t >= start) & (t < end), peak, base)


def test_the_summary_has_every_key_of_the_command_line() -> None:
    assert set(assess_risk(calm()).summary()) >= SUMMARY_KEYS


def test_the_summary_is_plain_json_even_where_nothing_is_known() -> None:
    recording = calm()
    recording.tables.clear()
    summary = assess_risk(recording).summary()
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    assert summary["verdict"] == "unknown"


def test_the_peak_is_the_largest_level_density_with_its_time_and_place() -> None:
    recording = calm()
    recording.set_zone("middle-area", level_density=bump(4.2), level_x=9.5, level_y=1.0)
    summary = assess_risk(recording).summary()
    assert summary["peak_density"] == pytest.approx(4.2)
    at = summary["peak_density_at"]
    assert (at["place"], at["time"], at["x"], at["y"]) == ("middle-area", 100.0, 9.5, 1.0)


def test_a_peak_found_only_in_the_whole_venue_is_named_by_the_zone_it_lies_in() -> None:
    recording = calm()
    recording.set_zone("venue", level_density=bump(4.2), level_x=1.0, level_y=1.0)
    assert assess_risk(recording).summary()["peak_density_at"]["place"] == "west"


def test_each_level_has_the_time_of_its_first_crossing() -> None:
    recording = calm()
    recording.set_zone("middle-area", level_density=lambda t: t / 50.0)
    assert assess_risk(recording).first_times == {"caution": 100.0, "alert": 150.0, "serious": 250.0}


def test_the_highest_level_is_that_of_the_worst_zone() -> None:
    recording = calm()
    recording.set_zone("west", level_density=bump(2.5))
    recording.set_zone("east", level_density=bump(3.5))
    assert assess_risk(recording).summary()["highest_level"] == "alert"


def test_exposure_is_persons_above_a_limit_times_seconds() -> None:
    recording = calm()
    recording.set_zone("venue", above_3=bump(7.0, base=0.0), above_600_N=bump(2.0, base=0.0))
    exposure = assess_risk(recording).summary()["exposure_person_seconds"]
    assert (exposure["3"], exposure["above_600_N"], exposure["2"]) == (350.0, 100.0, 0.0)


def test_exposure_between_100_and_600_newtons_is_kept_apart_and_not_rated() -> None:
    recording = calm()
    recording.set_zone("venue", between_100_600_N=3.0)
    risk = assess_risk(recording)
    assert risk.exposure["between_100_600_N"] == 900.0
    assert "between_100_600_N" not in risk.summary()["exposure_person_seconds"]


def test_lead_time_runs_from_the_first_crossing_to_the_next_level() -> None:
    recording = calm()
    recording.set_zone("middle-area", level_density=lambda t: t / 50.0)
    zone = next(zone for zone in assess_risk(recording).zones if zone.name == "middle-area")
    assert [(lead.level, lead.to, lead.seconds) for lead in zone.lead_times] == [
        ("caution", "alert", 50.0),
        ("alert", "serious", 100.0),
    ]


def test_lead_time_runs_to_the_first_harm_too() -> None:
    recording = calm()
    recording.set_zone("east", level_density=bump(2.5, end=200.0))
    recording.set_zone("east", contact_force_10s_max=bump(700.0, start=130.0))
    zone = next(zone for zone in assess_risk(recording).zones if zone.name == "east")
    assert [(lead.level, lead.to, lead.seconds) for lead in zone.lead_times] == [("caution", "harm", 30.0)]


def test_the_worst_force_carries_the_place_where_the_map_has_it() -> None:
    recording = calm()
    fields = recording.tables["fields"]
    spot = int(np.argmin(np.hypot(fields["x"] - 10.25, fields["y"] - 1.25)))
    fields.loc[spot, "contact_force_max"] = 900.0
    recording.set_zone("venue", contact_force_max=bump(900.0))
    at = assess_risk(recording).summary()["peak_contact_force_at"]
    assert (at["place"], at["x"], at["y"], at["time"]) == ("middle-area", 10.25, 1.25, 100.0)


def test_people_expected_are_those_who_entered_and_those_outside() -> None:
    summary = assess_risk(crush()).summary()
    assert summary["people_expected"] == summary["people_entered"] + summary["people_waiting_outside"]


def test_waiting_of_those_still_outside_counts_up_to_the_end() -> None:
    recording = calm()
    recording.tables["trips"].loc[100:, ["entered", "left", "delay"]] = math.nan
    waits = assess_risk(recording).waits
    assert waits is not None
    assert (waits.still_outside, waits.longest) == (170, 200.0)


def test_who_is_still_inside_counts_in_the_mean_delay_with_what_is_certain_by_then() -> None:
    recording = calm()
    trips = recording.tables["trips"]
    # One left at once, all others came at the start and are stuck: alone they would have been out after 35 s of 300.
    trips.loc[0, "delay"] = 0.0
    trips.loc[1:, ["arrived", "entered", "free_travel_time"]] = 0.0, 0.0, 35.0
    trips.loc[1:, ["left", "delay"]] = math.nan
    stuck = len(trips) - 1
    expected = 265.0 * stuck / (stuck + 1)
    assert assess_risk(recording).summary()["mean_delay"] == pytest.approx(expected)


def test_who_has_only_just_come_has_no_delay_yet() -> None:
    recording = calm()
    trips = recording.tables["trips"]
    trips.loc[:, ["arrived", "entered", "free_travel_time"]] = 290.0, 290.0, 35.0
    trips.loc[:, ["left", "delay"]] = math.nan
    assert assess_risk(recording).summary()["mean_delay"] == 0.0


def test_who_waits_outside_counts_in_the_mean_delay_from_arriving_on() -> None:
    recording = calm()
    trips = recording.tables["trips"]
    trips.loc[:, "arrived"] = 200.0
    trips.loc[:, ["entered", "left", "delay", "free_travel_time"]] = math.nan
    assert assess_risk(recording).summary()["mean_delay"] == pytest.approx(100.0)


def test_the_wait_outside_counts_for_who_has_come_in_and_not_left() -> None:
    recording = calm()
    trips = recording.tables["trips"]
    trips.loc[:, ["arrived", "entered", "free_travel_time"]] = 100.0, 290.0, 35.0
    trips.loc[:, ["left", "delay"]] = math.nan
    assert assess_risk(recording).summary()["mean_delay"] == pytest.approx(190.0)


def test_delays_of_a_run_that_is_not_over_are_not_known() -> None:
    recording = calm(completed=False)
    recording.tables["trips"] = recording.tables["trips"][:80]
    assert assess_risk(recording).summary()["mean_delay"] is None


def test_waits_of_a_run_that_is_not_over_are_not_known() -> None:
    """Who still is inside may have waited longer than all who have left."""
    assert assess_risk(crush()).waits is not None
    assert assess_risk(crush(completed=False)).waits is None


def test_thresholds_may_be_overridden_when_assessing() -> None:
    assert assess_risk(calm(), overrides={"caution": 0.7}).summary()["highest_level"] == "caution"


def test_a_zone_may_have_thresholds_of_its_own() -> None:
    zones = assess_risk(calm(), overrides={"west": {"caution": 0.7}}).zones
    assert {zone.name: zone.highest for zone in zones} == {"west": 1, "east": 0, "middle-area": 0, "venue": 0}


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(ScenarioError, match="unknown alert preset"):
        assess_risk(calm(), "soul-train")


def test_a_queue_is_judged_by_fruins_letters_for_queues() -> None:
    from dataclasses import replace

    recording = calm(density=1.5)
    zones = tuple(
        replace(zone, kinds=zone.kinds | {"queue"}) if zone.name == "west" else zone for zone in recording.venue.zones
    )
    recording.venue = replace(recording.venue, zones=zones)
    letters = {zone.name: zone.service for zone in assess_risk(recording).zones}
    assert (letters["west"], letters["east"]) == ("C", "E")


def test_warnings_of_the_model_are_told_once() -> None:
    assert assess_risk(crush()).summary()["warnings"] == [
        "(0.4, 22.3): bodies overlap by 17% of a diameter; forces are uncertain"
    ]


def test_the_crowded_evening_is_assessed_in_under_two_seconds() -> None:
    import time

    recording = crush()
    begin = time.perf_counter()
    assess_risk(recording)
    assert time.perf_counter() - begin < 2.0


def test_force_is_an_order_of_magnitude_only_above_the_jamming_density() -> None:
    assert assess_risk(crush()).summary()["force_is_order_of_magnitude"] is True
    assert assess_risk(calm()).summary()["force_is_order_of_magnitude"] is False


def test_force_is_an_order_of_magnitude_if_nobody_recorded_where_discs_jam() -> None:
    assert assess_risk(calm(contact={})).above_jamming
