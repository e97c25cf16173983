"""Hangul and spaces in every path that a command takes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crowd.cli import app
from tests.conftest import TINY, write_tiny


def crowd(*words: str | Path) -> str:
    """Run a command that must succeed and return what it printed."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, result.stderr
    return result.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "여의도 불꽃축제 (2026년)"
    path.mkdir()
    return path


@pytest.fixture
def run_dir(tiny_run: Path, folder: Path) -> Path:
    return Path(shutil.copytree(tiny_run, folder / "결과 1"))


def test_a_map_is_checked_and_drawn(folder: Path) -> None:
    write_tiny(folder)
    map_file = (folder / "tiny.geojson").rename(folder / "광장 지도.geojson")
    assert "no problems found" in crowd("venue", "check", map_file)
    assert crowd("venue", "show", map_file, "--out", folder / "평면 도.png").strip() == str(folder / "평면 도.png")
    assert (folder / "평면 도.png").stat().st_size > 1000


def test_a_scenario_names_a_map_and_a_table_in_hangul(folder: Path) -> None:
    text = TINY.replace("tiny.geojson", "광장 지도.geojson", 1)
    text = text.replace('rate = "12/min"', 'table = "표/유동 인구.csv"\ncolumn = "서쪽 입구"', 1)
    file = write_tiny(folder, name="시나리오 1.toml", text=text)
    (folder / "tiny.geojson").rename(folder / "광장 지도.geojson")
    (folder / "표").mkdir()
    (folder / "표" / "유동 인구.csv").write_text("time,서쪽 입구\n21:50,60\n22:00,60\n", encoding="utf-8")
    assert f"recorded in {folder / '실행 1'}" in crowd("run", file, "--until", "4 s", "--out", folder / "실행 1")


def test_a_recording_is_reported_resumed_and_exported(run_dir: Path) -> None:
    assert crowd("report", run_dir, "--lang", "ko", "--out", run_dir.parent / "보고 서").strip().endswith("report.html")
    assert "recorded in" in crowd("resume", run_dir)
    sqlite = run_dir.parent / "내보낸 궤적.sqlite"
    assert crowd("export", run_dir, sqlite).strip() == str(sqlite)
    measured = run_dir.parent / "실측 1"
    told = crowd("assess", sqlite, "--venue", run_dir / "venue.geojson", "--out", measured)
    assert f"recorded in {measured}" in told
