"""The report says which cameras see the densest place, and when none does; how full an emergency lane became."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point, box

from crowd.report import report_data
from crowd.risk import assess_risk
from tests.made_recording import MadeRecording, calm
from venues import Camera, Loudspeaker, Sign, Venue, Zone
from venues.shapes import stairs


def dense_at(x: float, y: float, venue: Venue | None = None) -> MadeRecording:
    """A quiet corridor of 3 m width that gets dense at one spot."""
    recording = calm()
    recording.venue = venue or recording.venue
    recording.set_zone("venue", level_density=lambda t: np.where(t > 100.0, 5.5, 0.8), level_x=x, level_y=y)
    recording.tables["fields"] = recording.tables["fields"].iloc[:0]
    return recording


def equipped() -> Venue:
    """The corridor with a camera at its western end that sees 10 m, a loudspeaker and a first aid post in the east."""
    venue = calm().venue
    level = venue.levels[0].name
    return replace(
        venue,
        zones=(
            *venue.zones,
            Zone("post", level, box(18, 0, 19, 1), frozenset({"first-aid"})),
            Zone("lane", level, box(3, 0, 18, 3), frozenset({"emergency-lane"})),
        ),
        cameras=(Camera("camera-west", level, Point(0, 1.5), 90.0, 90.0, 10.0, {"ko": "서쪽 카메라"}),),
        loudspeakers=(Loudspeaker("speaker-east", level, Point(18, 1.5), 6.0),),
        signs=(Sign("board", level, Point(5, 0), 4.0),),
    )


def said(recording: MadeRecording, lang: str = "en") -> list[str]:
    site: list[str] = report_data([assess_risk(recording)], lang)["runs"][0]["site"]
    return site


def test_the_camera_that_sees_the_densest_place_is_named_in_both_languages() -> None:
    seen = dense_at(6.0, 1.0, equipped())
    assert any(text.startswith("Cameras that see") and "camera-west" in text for text in said(seen))
    assert any("서쪽 카메라" in text for text in said(seen, "ko"))


def test_it_is_said_that_no_camera_sees_the_densest_place() -> None:
    texts = said(dense_at(15.0, 1.5, equipped()))
    assert any(text.startswith("No camera is known to see the densest place") for text in texts)
    assert "Loudspeakers that reach the densest place: speaker-east." in texts
    assert any(text.startswith("No sign can be read") for text in texts)


def test_the_way_to_first_aid_is_measured_from_the_densest_place() -> None:
    assert any("first aid post (post): 3 m as" in text for text in said(dense_at(15.0, 0.5, equipped())))


def test_an_emergency_lane_is_measured_as_the_zone_it_is() -> None:
    recording = dense_at(15.0, 1.5, equipped())
    assert "Emergency lane lane: how many people were on it is not known." in said(recording)
    table = recording.tables["zones"]
    own = table[table["zone"] == "venue"].assign(zone="lane", people=0.0, level_density=0.0)
    recording.tables["zones"] = pd.concat([table, own])
    assert "Emergency lane lane: nobody stepped on it." in said(recording)
    recording.set_zone("lane", people=lambda t: np.where(t > 50.0, 31.0, 2.0), level_density=3.25)
    assert any("up to 31 people on it" in text and "3.2" in text for text in said(recording))


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_venue_without_equipment_has_no_word_on_it(lang: str) -> None:
    assert said(dense_at(15.0, 1.5), lang) == []


def test_a_place_that_is_not_known_is_seen_by_nobody() -> None:
    recording = dense_at(float("nan"), float("nan"), equipped())
    assert "Where it was densest is not known" in said(recording)[0]


def test_the_report_says_who_cannot_leave_by_which_exit() -> None:
    recording = dense_at(5.0, 0.5, stairs(width=2.0))
    assert said(recording) == [
        "Who takes no steps cannot leave by west from: east.",
        "Who takes no steps cannot leave by east from: west.",
    ]
    assert "나갈 수 없다: " in said(recording, "ko")[0]
