"""The assessment of a recording on disk is that of its tables, and knows the measures of its scenario."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from shapely import box

from crowd.recording import Recording
from crowd.recording.manifest import Manifest
from crowd.recording.run_directory import RunDirectory
from crowd.recording.tables import SCHEMAS, to_arrow
from crowd.report import report_data
from crowd.risk import assess_risk
from crowd.risk.doubts import find_empty_places
from crowd.run import run
from crowd.scenario import Scenario
from tests.conftest import write_tiny
from tests.made_recording import MadeRecording, crush
from venues.geojson import write_venue
from venues.places import Zone
from venues.shapes import corridor


def on_disk(made: MadeRecording, path: Path, *, scenario: str) -> Recording:
    """Write made tables as a run leaves them: a part for each minute."""
    directory = RunDirectory(path)
    directory.create(Manifest(**made.manifest), Scenario.read(scenario).write_resolved)
    for number in range(round(made.manifest["simulated_seconds"] / 60.0)):
        directory.write_part(number, {name: to_arrow(name, _rows(made, name, number)) for name in SCHEMAS})
    return Recording(path)


def _rows(made: MadeRecording, name: str, number: int) -> list[dict[str, np.ndarray]]:
    """Rows of the minute that ends at 60 (number + 1); trips carry no time and go into the first part."""
    frame = made.tables.get(name)
    if frame is None or (name == "trips" and number):
        return []
    if name != "trips":
        frame = frame[(frame["time"] > 60.0 * number) & (frame["time"] <= 60.0 * (number + 1))]
    return [_filled(frame, SCHEMAS[name].names)] if len(frame) else []


def _filled(frame: pd.DataFrame, names: list[str]) -> dict[str, np.ndarray]:
    extra = {"level": 0, "profile": "adult", "journey": "through"}
    return {name: frame[name].to_numpy() if name in frame else np.full(len(frame), extra[name]) for name in names}


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return on_disk(crush(), tmp_path_factory.mktemp("runs") / "evening", scenario="itaewon-one-way")


def test_the_summary_from_disk_is_the_summary_from_memory(recording: Recording) -> None:
    disk, memory = assess_risk(recording).summary(), assess_risk(crush()).summary()
    assert disk.pop("run_dir") == str(recording.path)
    memory.pop("run_dir")
    for key in (
        "peak_density",
        "peak_contact_force",
        "peak_contact_force_10s",
        "crowd_pressure_peak",
        "mean_delay",
    ):
        assert disk.pop(key) == pytest.approx(memory.pop(key), rel=1e-6)
    for key in ("peak_density_at", "peak_contact_force_at"):
        at, there = disk.pop(key), memory.pop(key)
        assert (at["place"], at["level"], at["time"]) == (there["place"], there["level"], there["time"])
    assert [doubt["kind"] for doubt in disk.pop("doubts")] == [doubt["kind"] for doubt in memory.pop("doubts")]
    assert disk == memory


@pytest.mark.parametrize(("lang", "word"), [("en", "Measure: one-way"), ("ko", "일방통행")])
def test_the_measures_of_the_scenario_are_among_the_assumptions(lang: str, word: str, recording: Recording) -> None:
    said = report_data([assess_risk(recording)], lang)["runs"][0]["assumptions"]
    assert any(word in text for text in said)


def test_a_scenario_without_measures_says_that_there_are_none(tmp_path: Path) -> None:
    plain = on_disk(crush(120), tmp_path / "plain", scenario="itaewon-two-way")
    said = report_data([assess_risk(plain)], "en")["runs"][0]["assumptions"]
    assert any("No measures are in force" in text for text in said)


def test_a_damaged_part_is_a_missing_table_and_no_all_clear(tmp_path: Path) -> None:
    broken = on_disk(crush(120), tmp_path / "broken", scenario="itaewon-two-way")
    (broken.path / "zones" / "part-00000.parquet").write_bytes(b"PAR1 but no more")
    assert assess_risk(broken).verdict == "unknown"


def test_a_damaged_scenario_is_a_doubt(tmp_path: Path) -> None:
    broken = on_disk(crush(120), tmp_path / "broken", scenario="itaewon-two-way")
    (broken.path / "scenario.toml").write_text("not = [toml", encoding="utf-8")
    assert "scenario_lost" in [doubt.kind for doubt in assess_risk(broken).doubts]


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "only the first 5 s of the scenario's 2 min 10 s were run; danger that comes later is not seen"),
        ("ko", "시나리오 전체 2분 10초 중 처음 5초만 모의함 — 그 뒤에 생기는 위험은 이 보고서에 나타나지 않음"),
    ],
)
def test_a_run_of_the_beginning_of_a_scenario_is_never_reported_as_the_whole(
    lang: str, said: str, tiny_file: Path, tmp_path: Path
) -> None:
    begun = run(Scenario.read(tiny_file).with_until(5.0), out=tmp_path / "run")
    headline = report_data([assess_risk(begun)], lang)["runs"][0]["headline"]
    assert said == headline["doubts"][0]
    assert said in headline["text"]


@pytest.fixture
def square(tmp_path: Path) -> Recording:
    """A corridor where people only walk through, past a place to wait and a stage."""
    venue = corridor(length=15.0, width=3.0)
    level = venue.levels[0].name
    added = (
        Zone("square", level, box(4, 0, 8, 3), frozenset({"waiting"}), {"en": "Square", "ko": "광장"}),
        Zone("pit", level, box(9, 0, 10, 1), frozenset({"stage"}), {"en": "Front of stage", "ko": "무대 앞"}),
        Zone("behind", level, box(10, 0, 11, 1), frozenset({"stage", "no-go"}), {"en": "Stage", "ko": "무대"}),
    )
    file = write_tiny(tmp_path)
    write_venue(replace(venue, zones=(*venue.zones, *added)), tmp_path / "tiny.geojson")
    return run(Scenario.read(file).with_until(2.0), out=tmp_path / "run")


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "nobody goes to: Square, Front of stage; no journey of the scenario leads there"),
        ("ko", "다음 구역에는 아무도 가지 않는 것으로 가정함: 광장, 무대 앞 — "),
    ],
)
def test_places_to_stand_in_where_nobody_goes_are_named_in_the_head(square: Recording, lang: str, said: str) -> None:
    risk = assess_risk(square)
    headline = report_data([risk], lang)["runs"][0]["headline"]
    assert any(doubt.startswith(said) for doubt in headline["doubts"])
    assert said in headline["text"]
    assert json.loads(json.dumps(risk.summary()))["doubts"][0]["places"] == ["square", "pit"]


@pytest.mark.parametrize("name", ["plaza-concert", "market-holiday"])
def test_no_place_is_called_empty_where_people_queue_or_watch(name: str) -> None:
    scenario = Scenario.read(name)
    assert list(find_empty_places(scenario, scenario.venue)) == []
