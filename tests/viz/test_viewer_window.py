"""The viewer in a real window, on an X server of its own, with keys and wheel as a person's hands send them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import ImageGrab

from crowd.recording import Recording
from tests.conftest import TINY, write_tiny

PATIENCE = 90.0  # [s] for a loaded machine
pytestmark = pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("xdotool")),
    reason="needs Xvfb and xdotool (apt-get install xvfb xdotool)",
)


@pytest.fixture
def display() -> Iterator[str]:
    """An X server nobody looks at."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x900x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        yield f":{number}"
        server.terminate()


def wait_for(what: str, true: Callable[[], bool]) -> None:
    """Ask again and again until it is true, or fail."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"{what} did not happen within {PATIENCE:g} s"


def test_a_person_opens_pauses_zooms_and_quits_and_has_a_recording(tmp_path: Path, display: str) -> None:
    file = write_tiny(tmp_path, text=TINY.replace('"12/min"', '"120/min"'))
    environment = {k: v for k, v in os.environ.items() if k not in ("SDL_VIDEODRIVER", "WAYLAND_DISPLAY")}
    environment |= {"DISPLAY": display, "NUMBA_NUM_THREADS": "1"}

    def hands(*words: str) -> str:
        done = subprocess.run(["xdotool", *words], env=environment, capture_output=True, text=True, timeout=PATIENCE)
        return done.stdout

    def picture() -> np.ndarray:
        return np.asarray(ImageGrab.grab(xdisplay=display))

    def still() -> bool:
        before = picture()
        hands("sleep", "0.7")  # more than a frame of the run at its first speed
        return bool((before == picture()).all())

    command = [sys.executable, "-c", "from crowd.cli import app; app()", "view", str(file)]
    command += ["--record", str(tmp_path / "run")]
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environment, **pipes) as viewer:
        try:
            wait_for("a window", lambda: bool(hands("sleep", "0.3", "search", "--class", "^inpa$")))
            wait_for("the run", lambda: (tmp_path / "run" / "manifest.json").exists() and not still())
            hands("mousemove", "500", "500", "key", "space")
            wait_for("a pause", still)
            paused = picture()
            hands("click", "4")
            wait_for("the zoom", lambda: bool((picture()[100:700, 100:900] != paused[100:700, 100:900]).any()))
            hands("key", "q")
            said, errors = viewer.communicate(timeout=PATIENCE)
        finally:
            viewer.kill()
    assert (viewer.returncode, errors) == (0, "")
    assert "crowd report" in said
    recording = Recording(tmp_path / "run")
    assert recording.manifest.completed
    assert recording.table("people")["time"].max() == recording.manifest.simulated_seconds < 130.0
