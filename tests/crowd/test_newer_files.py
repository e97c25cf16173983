"""Files of a later version of the program: told as that, whatever else in them is new; never read half."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from crowd.cli import app
from tests.conftest import TINY, write_tiny


def assert_newer(*words: str | Path, file: str, reads: int = 1) -> None:
    """Check for exit code 2 and the one line that says which file is newer: by one than what is read."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    newer = f"written by a newer inpa (schema {reads + 1}); this one reads {reads}: update inpa"
    assert f"{file}: {newer}" in result.stderr


def test_a_newer_scenario(tmp_path: Path) -> None:
    text = TINY.replace("schema_version = 1", 'schema_version = 2\nweather = "rain"', 1)
    assert_newer("run", write_tiny(tmp_path, text=text), "--out", tmp_path / "out", file="tiny.toml")


@pytest.mark.parametrize("command", [["venue", "check"], ["venue", "show", "--out", "map.png"]])
def test_a_newer_venue(command: list[str], tmp_path: Path) -> None:
    write_tiny(tmp_path)
    path = tmp_path / "tiny.geojson"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["inpa"] = {"schema_version": 2, "title": "coordinates are elsewhere now"}
    path.write_text(json.dumps(document), encoding="utf-8")
    assert_newer(*command, path, file="tiny.geojson")


@pytest.mark.parametrize("command", ["report", "resume", "force-range"])
def test_a_newer_recording(command: str, tiny_run: Path, tmp_path: Path) -> None:
    run_dir = Path(shutil.copytree(tiny_run, tmp_path / "run"))
    (run_dir / "manifest.json").write_text('{"schema_version": 2, "begun": "2031-01-01"}', encoding="utf-8")
    assert_newer(command, run_dir, file="manifest.json")


def test_a_newer_checkpoint_is_not_called_damaged(tiny_run: Path, tmp_path: Path) -> None:
    run_dir = Path(shutil.copytree(tiny_run, tmp_path / "run"))
    manifest: dict[str, Any] = json.loads((run_dir / "manifest.json").read_text(encoding="utf-8"))
    (run_dir / "manifest.json").write_text(json.dumps({**manifest, "completed": False}), encoding="utf-8")
    with (run_dir / "checkpoint").open("wb") as file:
        np.savez(file, header=np.frombuffer(b'{"schema_version": 5}', dtype=np.uint8))
    assert_newer("resume", run_dir, file="checkpoint", reads=4)
