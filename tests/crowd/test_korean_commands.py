"""What an officer reads on the terminal between a map and a report can be read in Korean."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from crowd.cli import app
from crowd.command_line.run_commands import tell_result
from crowd.command_line.terminal import print_rows
from crowd.force_range import VARIANTS
from crowd.sentences import sentences
from tests.conftest import TINY, write_tiny
from tests.made_recording import calm

#: Words that a Korean line may hold: commands, files, units, names of the tiny scenario and of options.
OURS = re.compile(
    r"crowd(?: [a-z]+)+|--lang ko|--\S+|\S+\.(?:toml|csv|geojson)|\S*/\S*|west|east|adult|leave_by|tiny|"
    r"m²|GB|CP949|UTF-8|CSV|HSG195"
)


def crowd(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def english(text: str) -> list[str]:
    """Return the English words in a text."""
    return re.findall(r"[A-Za-z]{2,}", OURS.sub(" ", text))


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_a_scenario_is_made_in_korean(tmp_path: Path, encoding: str) -> None:
    write_tiny(tmp_path)
    (tmp_path / "counts.csv").write_bytes("시각,west\n18:00,10\n18:05,20\n".encode(encoding))
    words: list[str | Path] = ["--demand", tmp_path / "counts.csv", "--out", tmp_path / "S.toml", "--lang", "ko"]
    result = crowd("scenario", "new", tmp_path / "tiny.geojson", *words)
    assert result.exit_code == 0
    assert english(result.stderr + result.stdout) == []
    assert ("CP949" in result.stderr) is (encoding == "cp949")
    assert result.stdout.rstrip().endswith("--lang ko")
    head = [line for line in (tmp_path / "S.toml").read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    assert english("\n".join(head)) == []


def test_a_run_tells_its_progress_and_its_result_in_korean(tmp_path: Path) -> None:
    file = write_tiny(tmp_path)
    result = crowd("run", file, "--until", "40 s", "--out", tmp_path / "out", "--lang", "ko")
    assert result.exit_code == 0
    assert english(result.stderr + result.stdout) == []
    assert "단계 미도달" in result.stderr
    assert "내부" in result.stderr
    assert f"crowd report {tmp_path / 'out'} --lang ko" in result.stdout
    again = crowd("resume", tmp_path / "out", "--lang", "ko")
    assert "이어서 실행할 것이 없음" in again.stderr


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_every_variant_of_the_force_range_has_a_name_in_both_languages(lang: str) -> None:
    assert set(sentences(lang)["variants"]) == set(VARIANTS)


def test_the_times_of_a_table_are_told_as_people_write_them(tmp_path: Path) -> None:
    write_tiny(tmp_path)
    (tmp_path / "counts.csv").write_text("time,west\n2026-05-01 18:00,10\n2026-05-01 18:05,20\n", encoding="utf-8")
    words: list[str | Path] = ["--demand", tmp_path / "counts.csv", "--out", tmp_path / "S.toml", "--lang", "ko"]
    result = crowd("scenario", "new", tmp_path / "tiny.geojson", *words)
    assert "표의 기간: 2026-05-01 18:00~2026-05-01 18:10." in result.stderr


def test_rows_with_hangul_stand_in_columns(capsys: pytest.CaptureFixture[str]) -> None:
    """A letter of Hangul is as wide as two of Latin."""
    print_rows([("인원", "a"), ("made", "b")])
    assert capsys.readouterr().out.splitlines() == ["인원  a", "made  b"]


@pytest.mark.parametrize(
    ("place", "lang", "said"),
    [
        (
            "(0.4, 22.3)",
            "ko",
            "주의: 신체 겹침이 접촉 모형의 허용 범위를 넘음 (0.4, 22.3): 신체가",
        ),
        (
            "west",
            "en",
            "warning: bodies overlap more than the contact model is meant for (west): bodies",
        ),
    ],
)
def test_a_warning_of_the_model_is_told_with_the_result(
    place: str, lang: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    detail = "bodies overlap by 17% of a diameter; forces are uncertain"
    made = calm(warnings=[f"{place}: {detail}"])
    events = {"time": [9.0], "kind": ["warning: overlap"], "place": [place], "detail": [detail]}
    made.tables["events"] = pd.DataFrame(events)
    tell_result(made, lang=lang, as_json=False)  # type: ignore[arg-type]
    assert said in capsys.readouterr().out


def test_the_module_of_the_command_is_the_command() -> None:
    found = subprocess.run([sys.executable, "-m", "crowd.cli", "--version"], capture_output=True, text=True, check=True)
    assert found.stdout.startswith("inpa ")


def test_progress_names_no_level_where_zones_have_densities_of_their_own(tmp_path: Path) -> None:
    text = TINY + '\n[alert_levels.west]\ncaution = "0.1/m2"\n'
    scenario = write_tiny(tmp_path, text=text)
    told = crowd("run", scenario, "--until", "4 s", "--out", tmp_path / "r", "--lang", "ko").stderr
    assert "단계는 구역별 기준에 따라 보고서에서 판정" in told
    assert "단계 미도달" not in told
