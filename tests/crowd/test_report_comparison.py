"""Runs side by side: nothing reads as safe that is not known, and what differs is said."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from crowd.alert_levels import Overrides
from crowd.report import comparison, report_data
from crowd.report.words import LANGUAGES, sentences
from crowd.risk import assess_risk
from tests.made_recording import MadeRecording, calm


def first_column(recording: MadeRecording, lang: str = "en") -> dict[str, str]:
    """Label of each row and what it says of the recording, beside a calm run."""
    data = report_data([assess_risk(recording), assess_risk(calm())], lang)
    return {row["label"]: row["values"][0] for row in data["comparison"]["rows"]}


def without_lines() -> MadeRecording:
    recording = calm()
    recording.tables["lines"] = recording.tables["lines"].iloc[:0]
    return recording


def broken_off_at_once() -> MadeRecording:
    recording = calm(completed=False, simulated_seconds=0.0)
    recording.tables = {name: table.iloc[:0] for name, table in recording.tables.items()}
    return recording


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("recording", [without_lines(), broken_off_at_once()], ids=["no lines", "broken off"])
def test_gridlock_that_nobody_could_look_for_is_not_known(recording: MadeRecording, lang: str) -> None:
    said = sentences(lang)
    assert first_column(recording, lang)[said["comparison"]["gridlock"]] == said["unknown"]


def test_a_run_with_lines_and_no_gridlock_has_none_found() -> None:
    assert first_column(calm())["Gridlock"] == "none found"


def test_lines_that_could_not_be_judged_are_named_beside_the_gridlock() -> None:
    recording = calm()
    recording.set_line("middle", density_left=math.nan)
    assert first_column(recording)["Gridlock"] == "none found; could not be judged at middle"


def test_the_first_time_of_a_level_is_not_known_where_levels_are_not() -> None:
    times = {label: text for label, text in first_column(broken_off_at_once()).items() if label.startswith("First")}
    assert len(times) == 3
    assert set(times.values()) == {"not known"}


def test_a_level_that_a_known_run_never_reached_has_a_dash() -> None:
    assert first_column(calm())["First time of Serious"] == "–"


def closed_early() -> MadeRecording:
    """Ended in order by whoever watched it, after 5 of 25 minutes."""
    return calm(duration=1500.0)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_run_that_was_closed_early_is_not_finished(lang: str) -> None:
    said, risk = sentences(lang), assess_risk(closed_early())
    assert first_column(closed_early(), lang)[said["comparison"]["completed"]] == said["comparison"]["no"]
    data = report_data([risk, assess_risk(calm())], lang)
    assert said["comparison"]["unfinished"] in data["comparison"]["notes"]
    early, calm_run = data["runs"]
    assert (early["completed"], calm_run["completed"]) == (False, True)
    assert early["limits"][0].startswith(said["limits"]["incomplete"].partition("{")[0])
    assert not risk.summary()["completed"]


def notes(*recordings: MadeRecording, overrides: Sequence[Overrides | None] = (None, None), lang: str = "en") -> str:
    assessments = [assess_risk(made, overrides=own) for made, own in zip(recordings, overrides, strict=True)]
    return " ".join(report_data(assessments, lang)["comparison"]["notes"])


@pytest.mark.parametrize(
    ("own", "differ"),
    [({"middle-area": {"caution": 2.5}}, True), ({"middle-area": {"caution": 2.0}}, False), (None, False)],
    ids=["another threshold", "the same said twice", "none"],
)
def test_runs_whose_zones_have_other_thresholds_are_judged_by_different_levels(own: Overrides, differ: bool) -> None:
    said = notes(calm(), calm(), overrides=(None, own))
    assert ("The runs are judged by different alert levels." in said) is differ


def measured(seed: int = 0) -> MadeRecording:
    seen = {"file": "walk.txt", "frame_rate": 16.0, "unit": "m", "people": 270, "rows": 9000}
    return calm(measured=seen, seed=seed, contact={}, hashes={"trajectories": "t" * 64, "venue": "v" * 64})


@pytest.mark.parametrize("other", [measured(), calm(seed=0)], ids=["measured", "simulated"])
def test_nothing_is_said_of_the_seed_of_measured_people(other: MadeRecording) -> None:
    assert "seed" not in notes(measured(), other)
    assert "constants" not in notes(measured(), other)


@pytest.mark.parametrize(("seed", "said"), [(1, "use seed 1"), (2, "different seeds")])
def test_simulated_runs_are_compared_by_their_seeds(seed: int, said: str) -> None:
    assert said in notes(calm(seed=1), calm(seed=seed))


def test_measured_people_have_no_seed_in_the_head_of_their_column() -> None:
    data = report_data([assess_risk(measured()), assess_risk(calm(seed=0))], "en")
    assert [head["seed"] for head in data["comparison"]["runs"]] == [None, 0]


def test_a_row_stands_for_each_density_whose_exposure_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "EXPOSURE_DENSITIES", (4, 7))
    assert [label for label in first_column(calm()) if label.endswith("people/m²")] == [
        "Exposure above 4 people/m²", "Exposure above 7 people/m²",
    ]  # fmt: skip


@pytest.mark.parametrize(("demands", "same"), [(("a", "a"), True), (("a", "b"), False)])
def test_the_same_seed_brings_the_same_people_only_of_the_same_demand(demands: tuple[str, str], same: bool) -> None:
    recordings = [calm() for _ in demands]
    for recording, demand in zip(recordings, demands, strict=True):
        recording.manifest["hashes"]["demand"] = demand
    notes = report_data([assess_risk(one) for one in recordings], "en")["comparison"]["notes"]
    assert any("the same people come" in note for note in notes) is same
    assert any("seed" in note for note in notes)
