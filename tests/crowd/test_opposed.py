"""A calm result where people walk against each other is doubted beside its headline."""

from __future__ import annotations

import numpy as np
import pytest

from crowd.report import report_data
from crowd.risk import RiskAssessment, assess_risk
from tests.made_recording import MadeRecording, calm

KINDS = ("opposed", "opposed_venue", "opposed_line")


def opposed(recording: MadeRecording, *, people: float = 40.0, seconds: float = 120.0, zone: str = "") -> MadeRecording:
    """Let people be opposed in a zone (the first one) for some time."""
    name = zone or recording.venue.zones[0].name
    recording.set_zone(name, people=100.0, opposed_people=lambda t: np.where(t <= seconds, people, 0.0))
    return recording


def doubts(risk: RiskAssessment) -> list[str]:
    return [doubt.kind for doubt in risk.doubts if doubt.kind in KINDS]


def test_a_calm_two_way_run_is_no_all_clear() -> None:
    risk = assess_risk(opposed(calm(density=1.2)))
    assert (risk.verdict, doubts(risk)) == ("doubtful", ["opposed"])


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", "people walk against each other in"), ("ko", "양방향 보행 흐름이 맞부딪침")],
)
def test_the_headline_itself_says_so(lang: str, words: str) -> None:
    headline = report_data([assess_risk(opposed(calm(density=1.2)))], lang)["runs"][0]["headline"]
    assert words in headline["text"]
    assert len([doubt for doubt in headline["doubts"] if words in doubt]) == 1


@pytest.mark.parametrize(("density", "said"), [(2.4, True), (3.5, True), (5.1, False)])
def test_below_serious_a_level_keeps_the_doubt(density: float, said: bool) -> None:
    risk = assess_risk(opposed(calm(density=density)))
    assert (risk.verdict, bool(doubts(risk))) == ("reached", said)


def test_a_preset_without_serious_keeps_the_doubt_up_to_its_highest_level() -> None:
    recordings = (opposed(calm(density=6.4)), opposed(calm(density=7.2)))
    assert [bool(doubts(assess_risk(one, "police-drill"))) for one in recordings] == [True, False]


@pytest.mark.parametrize(
    ("people", "seconds"),
    [(9.0, 120.0), (40.0, 59.0), (0.0, 120.0)],
    ids=["nine people", "59 seconds", "nobody"],
)
def test_a_few_people_or_a_short_time_raise_no_doubt(people: float, seconds: float) -> None:
    assert doubts(assess_risk(opposed(calm(density=1.2), people=people, seconds=seconds))) == []


def test_a_tenth_of_the_people_of_a_zone_must_be_opposed() -> None:
    recording = opposed(calm(density=1.2), people=15.0)
    recording.set_zone(recording.venue.zones[0].name, people=1000.0)
    assert doubts(assess_risk(recording)) == []


def test_measured_people_are_not_doubted_for_what_the_model_does() -> None:
    measured = {"file": "run.txt", "frame_rate": 25.0, "unit": "m"}
    assert doubts(assess_risk(opposed(calm(density=1.2, measured=measured)))) == []


def test_streams_outside_every_zone_are_said_without_a_place() -> None:
    assert doubts(assess_risk(opposed(calm(density=1.2), zone="venue"))) == ["opposed_venue"]


def two_way(*, density: float, backward: float = 1.0) -> MadeRecording:
    """A recording of before opposed people were counted, with both ways over a line."""
    recording = calm(density=density)
    recording.set_line("middle", backward=backward)
    recording.tables["zones"] = recording.tables["zones"].drop(columns="opposed_people")
    return recording


def test_a_recording_that_does_not_count_opposed_people_is_judged_by_its_lines() -> None:
    risk = assess_risk(two_way(density=1.2))
    assert doubts(risk) == ["opposed_line"]
    assert "both ways" in report_data([risk], "en")["runs"][0]["headline"]["text"]


@pytest.mark.parametrize(("density", "backward"), [(0.9, 1.0), (1.2, 0.2), (1.2, 0.0)])
def test_thin_or_one_sided_streams_over_a_line_raise_no_doubt(density: float, backward: float) -> None:
    assert doubts(assess_risk(two_way(density=density, backward=backward))) == []
