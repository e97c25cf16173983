"""A tiny scenario that every test may run: a corridor, thirty people from one end and ten from the other."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from venues import write_venue
from venues.shapes import corridor

# Tests run side by side, so each takes one thread, but may ask for three; numba wants to know before it is imported.
os.environ["NUMBA_NUM_THREADS"] = "3"

TINY = """\
schema_version = 1
name = "tiny"
labels = { en = "Tiny corridor", ko = "작은 통로" }
venue = "tiny.geojson"
start = 2022-10-29T21:50:00+09:00
duration = "130 s"
seed = 7

[[demand]]
name = "east"
source = "west"
journey = "east"
rate = "12/min"

[[demand]]
name = "back"
source = "east"
journey = "west"
rate = "6/min"

[[journeys]]
name = "east"
stages = [{ leave_by = "east" }]

[[journeys]]
name = "west"
stages = [{ leave_by = "west" }]
"""


def write_tiny(folder: Path, *, name: str = "tiny.toml", text: str = TINY) -> Path:
    """Write the tiny scenario and its venue into a folder and return the scenario's file."""
    write_venue(corridor(length=15.0, width=3.0), folder / "tiny.geojson")
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def table_digests(run_dir: Path) -> dict[str, str]:
    """SHA-256 of every part of every table of a run, by its path in the directory."""
    parts = sorted(run_dir.glob("*/part-*"))
    return {str(p.relative_to(run_dir)): hashlib.sha256(p.read_bytes()).hexdigest() for p in parts}


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Begin every test with one thread, whatever the test before asked for."""
    import numba

    numba.set_num_threads(1)


@pytest.fixture
def tiny_file(tmp_path: Path) -> Path:
    """File of the tiny scenario."""
    return write_tiny(tmp_path)


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Directory of an unbroken run of the tiny scenario; not to be written to."""
    from crowd.run import run
    from crowd.scenario import Scenario

    folder = tmp_path_factory.mktemp("tiny")
    run(Scenario.read(write_tiny(folder)), out=folder / "run")
    return folder / "run"


@pytest.fixture(scope="session")
def digests() -> Callable[[Path], dict[str, str]]:
    """The function `table_digests`."""
    return table_digests
