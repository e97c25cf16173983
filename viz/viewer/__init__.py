"""A window on a run, live or replayed: people as discs coloured by the density around them.

It looks and never touches: nothing flows back into the model. Here: the ways in. Not here: the camera (`camera.py`),
what keys do (`view_model.py`), where frames come from (`live.py`, `replay.py`), how they look (`scene.py`, `panel.py`),
the window (`window.py`). pygame is imported only once a window is wanted.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from viz.viewer.screen import Photo, prepare_screen

if TYPE_CHECKING:
    from crowd.recording import Recording
    from crowd.scenario import Scenario

__all__ = ["Photo", "view_live", "view_recording"]


def view_live(
    scenario: Scenario, *, out: str | Path, threads: int | None = None, lang: str = "en", photo: Photo | None = None
) -> Recording:
    """Run a scenario in a window and record it.

    Args:
        scenario: what to run.
        out: directory of the recording, which must not hold anything.
        threads: for the kernels; None: as many as numba was given.
        lang: "en" or "ko".
        photo: take this picture and end, without a person.

    Returns:
        The recording; complete up to the second in which the window was closed.

    Raises:
        BadInput: no pygame, no screen, or something wrong with the input; nothing has been written.
        DiskFull: the run can be resumed.
    """
    prepare_screen(photo)
    from viz.viewer.live import Live
    from viz.viewer.window import open_window

    title = f"{scenario.name}, recorded in {out}"
    with open_window(scenario.venue, scenario, lang=lang, title=title, recorded=None) as window:
        live = Live(scenario, out=out, threads=threads)
        try:
            window.show(live, photo)
        finally:
            window.say_ending()
            recording = live.close()
    return recording


def view_recording(recording: Recording, *, lang: str = "en", photo: Photo | None = None) -> None:
    """Replay a recording in a window.

    Args:
        recording: with people.
        lang, photo: as in `view_live`.

    Raises:
        RecordingError: people were not recorded, or no second is complete.
        BadInput: no pygame, or no screen.
    """
    from viz.viewer.replay import Replay

    replay = Replay(recording)
    prepare_screen(photo)
    from viz.viewer.window import open_window

    title = str(recording.path)
    with open_window(recording.venue, replay.facts, lang=lang, title=title, recorded=replay.end) as window:
        window.show(replay, photo)
