"""Frames of a recording, any instant of it; people are read part by part, so that long recordings can be replayed.

Not here: how a recording is kept (`crowd.recording`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np

from crowd.alert_levels import load_preset
from crowd.errors import RecordingError
from crowd.recording import Recording
from crowd.recording.run_directory import PART_SECONDS
from crowd.recording.tables import HALF_SECOND
from crowd.run import probes_of
from crowd.triggers import Measure
from venues.refusals import told
from viz.viewer.frames import (
    ALERT_WINDOW,
    Frame,
    LinesNow,
    LocalDensity,
    alert_now,
    measures_in_force,
)

#: Frames in a part, and parts kept in memory.
PART_FRAMES, PARTS_KEPT = round(PART_SECONDS / HALF_SECOND), 4
COLUMNS = ("time", "x", "y", "level")
COUNTS = ("entered", "left", "waiting_outside")

People = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class RecordedFacts:
    """What is known of a recorded run as a whole, as `frames.Facts` asks."""

    name: str
    labels: Mapping[str, str]
    start: datetime
    duration: float
    alert_preset: str
    alert_levels: Mapping[str, float | Mapping[str, float]]


class Replay:
    """A recording as frames.

    Args:
        recording: with people.

    Attributes:
        frame: the instant shown; the first to begin with.
        count: number of instants, half a second apart; the last is at `end` [s].

    Raises:
        RecordingError: people were not recorded, or no second is complete.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording, manifest = recording, recording.manifest
        self.end = manifest.simulated_seconds
        self.count = round(self.end / HALF_SECOND)
        if self.count < 1:
            raise RecordingError(
                told("{path} holds no complete minute yet; first: crowd resume {path}", path=recording.path)
            )
        recording.part("people", 0, ["time"])
        measured = manifest.measured is not None
        measures: Sequence[Measure] = () if measured else recording.scenario.measures
        overrides = {} if measured else recording.scenario.alert_levels
        self.facts = RecordedFacts(
            manifest.scenario, manifest.labels, datetime.fromisoformat(manifest.start), manifest.duration,
            manifest.alert_preset, overrides,
        )  # fmt: skip
        self._preset = load_preset(manifest.alert_preset, overrides)
        self._density = LocalDensity(probes_of(recording.venue, measures))
        self._lines = LinesNow(recording.venue, measures)
        events = recording.table("events")
        self._measures = events[events["kind"] == "measure"]
        self._read_seconds()
        self._people_of = lru_cache(PARTS_KEPT)(self._read_people)
        self._shown = 0
        self.frame = self._frame_of(1)

    @property
    def at_end(self) -> bool:
        """Whether the last instant is shown."""
        return self._shown == self.count

    @property
    def failed(self) -> bool:
        """Never: a recording that cannot be read raises."""
        return False

    def follow(self, time: float) -> None:
        """Show the newest instant that is not after a time [s], the first if there is none."""
        self._show(int(np.clip(np.floor(time / HALF_SECOND + 1e-9), 1, self.count)))

    def advance(self, count: int) -> int:
        """Show the instant so many on, at first from before the first; how many there were, if there are fewer."""
        before = self._shown
        self._show(min(before + count, self.count))
        return self._shown - before

    def _show(self, number: int) -> None:
        if number != self._shown:
            self.frame, self._shown = self._frame_of(number), number

    def _read_seconds(self) -> None:
        """Read what is recorded once a second: level density of each zone, counts."""
        zones = self._recording.table("zones", ["time", "zone", "level_density"])
        levels = zones.pivot(index="time", columns="zone", values="level_density")
        self._times, self._zones = levels.index.to_numpy(float), [str(name) for name in levels.columns]
        self._levels = levels.to_numpy(float)
        self._densest = self._levels.max(axis=1)
        counts = self._recording.table("counts", ["time", *COUNTS]).groupby("time").sum()
        self._counts = counts.reindex(self._times).to_numpy()

    def _read_people(self, part: int) -> tuple[People, np.ndarray]:
        """People of a part, x, y [m] and level, and where each of its frames begins."""
        table = self._recording.part("people", part, COLUMNS)
        time, x, y, level = (table[name].to_numpy() for name in COLUMNS)
        number = np.rint(time / HALF_SECOND).astype(np.int64) - part * PART_FRAMES
        starts = np.searchsorted(number, np.arange(1, PART_FRAMES + 2))
        return (x.astype(np.float64), y.astype(np.float64), level.astype(np.int64)), starts

    def _frame_of(self, number: int) -> Frame:
        """The frame with a number, from 1."""
        part, offset = divmod(number - 1, PART_FRAMES)
        people, starts = self._people_of(part)
        x, y, level = (column[starts[offset] : starts[offset + 1]] for column in people)
        time = number * HALF_SECOND
        lines, closed = self._lines.enforce(self._in_force(time))
        return Frame(
            time=time,
            x=x,
            y=y,
            level=level,
            density=self._density.around(x, y, level, closed=closed),
            lines=lines,
            **self._numbers(time),
        )

    def _numbers(self, time: float) -> dict:
        """Counts, densities and alert level of the last whole second."""
        last = int(np.searchsorted(self._times, time + 1e-9))
        if last == 0:
            return {}
        recent = slice(max(0, last - ALERT_WINDOW), last)
        entered, left, outside = (int(value) for value in self._counts[last - 1])
        levels = self._levels[recent]
        alert, zone = alert_now(self._times[recent], levels, zones=self._zones, preset=self._preset)
        return {
            "entered": entered,
            "left": left,
            "waiting_outside": outside,
            "densest": float(self._densest[last - 1]),
            "densest_so_far": float(self._densest[:last].max()),
            "alert": alert,
            "alert_zone": zone,
        }

    def _in_force(self, time: float) -> tuple[str, ...]:
        names: tuple[str, ...] = ()
        for event in self._measures[self._measures["time"] <= time + 1e-9].itertuples():
            names = measures_in_force(names, str(event.place), str(event.detail))
        return names
