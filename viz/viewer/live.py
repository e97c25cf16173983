"""Frames of a run while it is computed and recorded, in a thread of its own.

The thread waits when it is two frames ahead, so a paused window pauses the run; the numbers do not depend on it.
Not here: the loop (`crowd.run`), what is recorded (`crowd.recording`).
"""

from __future__ import annotations

import queue
import threading
from pathlib import Path

import numpy as np

from crowd.alert_levels import load_preset
from crowd.recording import Recording
from crowd.recording.recorder import Recorder
from crowd.recording.run_directory import RunDirectory
from crowd.run import probes_of, run
from crowd.scenario import Scenario
from crowd.snapshot import SOURCE_COUNTS, Snapshot
from viz.viewer.frames import (
    ALERT_WINDOW,
    Frame,
    LinesNow,
    LocalDensity,
    alert_now,
    empty_frame,
    measures_in_force,
)

#: Frames that may wait to be shown.
AHEAD = 1
#: How often a waiting thread looks whether the window was closed [s].
LOOK = 0.05


class Live:
    """A run under way.

    Args:
        scenario: what to run.
        out: directory of the recording.
        threads: for the kernels.

    Raises:
        BadInput: an alert preset or a directory that cannot be used.
    """

    def __init__(self, scenario: Scenario, *, out: str | Path, threads: int | None = None) -> None:
        self._scenario, self._out, self._threads = scenario, Path(out), threads
        self._preset = load_preset(scenario.alert_preset, scenario.alert_levels)
        RunDirectory(self._out).check_vacant()
        self._lines = LinesNow(scenario.venue, scenario.measures)
        self._in_force: tuple[str, ...] = ()
        self._seconds: list[tuple[float, np.ndarray]] = []
        self._alert, self._densest = (0, ""), 0.0
        self._counts = dict.fromkeys(SOURCE_COUNTS, 0)
        self._ready: queue.Queue[Frame] = queue.Queue(maxsize=AHEAD)
        self._next: Frame | None = None
        self._closing = threading.Event()
        self._recording: Recording | None = None
        self._error: BaseException | None = None
        self.frame = empty_frame(0.0, self._lines.enforce(())[0])
        self._thread = threading.Thread(target=self._run, name="run", daemon=True)
        self._thread.start()

    @property
    def at_end(self) -> bool:
        """Whether no later frame will come."""
        return not self._thread.is_alive() and self._next is None and self._ready.empty()

    @property
    def failed(self) -> bool:
        """Whether the run broke off by itself; `close` says why."""
        return self._error is not None

    def follow(self, time: float) -> None:
        """Show the newest instant that is computed and not after a time [s]."""
        while self._fetch(0.0) and self._next is not None and self._next.time <= time + 1e-9:
            self.frame, self._next = self._next, None

    def advance(self, count: int) -> int:
        """Show the instant so many on and wait for it; how many there were, if the run has fewer."""
        done = 0
        while done < count and not self.at_end:
            if self._fetch(LOOK) and self._next is not None:
                self.frame, self._next = self._next, None
                done += 1
        return done

    def close(self) -> Recording:
        """End the run at the end of the second under way, and return its recording.

        Raises:
            DiskFull, ModelError, BadInput: what broke the run off.
        """
        self._closing.set()
        self._thread.join()
        if self._error is not None:
            raise self._error
        assert self._recording is not None
        return self._recording

    def _fetch(self, wait: float) -> bool:
        if self._next is None:
            try:
                self._next = self._ready.get(timeout=wait) if wait else self._ready.get_nowait()
            except queue.Empty:
                return False
        return True

    def _run(self) -> None:
        try:
            self._density = LocalDensity(probes_of(self._scenario.venue, self._scenario.measures))
            self._recording = run(
                self._scenario,
                out=self._out,
                threads=self._threads,
                observers=[self._observe],
                end_now=self._closing.is_set,
            )
        except BaseException as error:
            self._error = error

    def _observe(self, snapshot: Snapshot, recorder: Recorder) -> None:
        if self._closing.is_set():
            return
        self._note_second(snapshot, recorder)
        frame = self._frame_of(snapshot, recorder)
        while not self._closing.is_set():
            try:
                return self._ready.put(frame, timeout=LOOK)
            except queue.Full:
                continue

    def _note_second(self, snapshot: Snapshot, recorder: Recorder) -> None:
        """Take the counts and work out the alert level when a second is over."""
        for event in snapshot.events:
            if event.kind == "measure":
                self._in_force = measures_in_force(self._in_force, event.place, event.detail)
        if recorder.half_seconds % 2:
            return
        self._counts = dict(zip(SOURCE_COUNTS, snapshot.source_counts.sum(axis=0).tolist(), strict=True))
        density = np.asarray(recorder.zones["level_density"], float)
        self._densest = float(density.max())
        self._seconds = [*self._seconds, (snapshot.time, density)][-ALERT_WINDOW:]
        times, levels = (np.array(part) for part in zip(*self._seconds, strict=True))
        self._alert = alert_now(times, levels, zones=recorder.zones["zone"], preset=self._preset)

    def _frame_of(self, snapshot: Snapshot, recorder: Recorder) -> Frame:
        lines, closed = self._lines.enforce(self._in_force)
        return Frame(
            time=snapshot.time,
            x=snapshot.x,
            y=snapshot.y,
            level=snapshot.level,
            density=self._density.around(snapshot.x, snapshot.y, snapshot.level, closed=closed),
            entered=self._counts["entered"],
            left=self._counts["left"],
            waiting_outside=self._counts["waiting_outside"],
            densest=self._densest,
            densest_so_far=recorder.peak_level_density,
            alert=self._alert[0],
            alert_zone=self._alert[1],
            lines=lines,
        )
