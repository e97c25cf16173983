"""Measured trajectories -> a recording with the tables of a run, so that the same code judges both.

Holds: the instants (snapshots) of a measured run, and the loop that shows them to the recorder. Every half second
between two frames is on the straight line between them. Forces are nan: nobody measured them.
Not here: reading and checking the file (`crowd.trajectories`), the rows (`crowd.recording.recorder`).
"""

from __future__ import annotations

import hashlib
import math
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numba
import numpy as np
import pyarrow as pa
import shapely

import crowd
from crowd.alert_levels import DEFAULT_PRESET
from crowd.errors import TrajectoryError, no_such
from crowd.kernels.crossings import line_crossings
from crowd.measurement import FIELD_SPACING, Probes
from crowd.population import Status
from crowd.recording import Recording
from crowd.recording.manifest import Manifest, Measured
from crowd.recording.provenance import cpu_model, library_versions
from crowd.recording.recorder import Recorder
from crowd.recording.run_directory import PART_SECONDS, VENUE, RunDirectory
from crowd.recording.tables import HALF_SECOND
from crowd.snapshot import TRIP, Event, Snapshot
from crowd.trajectories import Trajectories, load_trajectories
from venues import Gate, MeasurementArea, MeasurementLine, Venue, write_venue
from venues.refusals import either, told

HEAD_LEAN = 0.25  # [m] assumed: heads, which cameras see, lean over a wall by half a body
STANDS = 0.5  # [m] assumed: who ends nearer to where they began has no direction
ON_LINE = 0.0  # [m] from one side of a line to the other is a crossing, as PedPy counts
START = datetime(1970, 1, 1, tzinfo=UTC)  # what the clock shows if nobody says when it was
NO_FORCES = "no forces in measured trajectories"


@dataclass(frozen=True)
class _Name:
    name: str


@dataclass(frozen=True)
class _Measurement:
    """What a recorder must know of a measured run."""

    venue: Venue
    areas: tuple[MeasurementArea, ...] = ()
    lines: tuple[MeasurementLine, ...] = ()
    journeys: tuple[_Name, ...] = (_Name("measured"),)
    profiles: tuple[_Name, ...] = (_Name("measured"),)


def assess_trajectories(
    path: str | Path,
    venue: Venue,
    *,
    out: str | Path,
    frame_rate: float | None = None,
    unit: str | None = None,
    level: str | None = None,
    start: datetime | None = None,
) -> Recording:
    """Turn measured trajectories into a recording.

    Args:
        path: text file `id frame x y z` of the archive, or JuPedSim's sqlite.
        venue: the place, in the coordinates of the trajectories.
        out: directory to make; it must not hold anything.
        frame_rate, unit: [1/s], "m" or "cm", if the file does not say.
        level: where people walked; None: on the only level.
        start: date and time of the first frame with its offset from UTC; None: not known, said so as a warning.

    Raises:
        TrajectoryError, RecordingError: nothing has been written.
        DiskFull: nothing is left behind.
    """
    began = time.perf_counter()
    directory = RunDirectory(Path(out))
    directory.check_vacant()
    if start is not None and start.tzinfo is None:
        raise TrajectoryError(
            told("start {start} has no offset from UTC; write it like 2009-05-12T10:00:00+02:00", start=start)
        )
    index = _level_index(venue, level)
    data = load_trajectories(path, frame_rate=frame_rate, unit=unit)
    off = _count_off_floor(data, venue, index)
    instants = _Instants(data, venue, index, _warnings(data, off, dated=start is not None))
    recorder = Recorder(_Measurement(venue), Probes.nowhere(venue), record="full")
    with np.errstate(invalid="ignore"):  # forces are nan
        parts = _observe(recorder, instants)
    manifest = _manifest(data, venue, start or START, instants.count * HALF_SECOND, recorder.warnings)
    made = not directory.path.exists()
    manifest = directory.create(manifest, lambda folder: write_venue(venue, folder / VENUE))
    try:
        for number, tables in enumerate(parts):
            directory.write_part(number, tables)
        done = {"completed": True, "wall_seconds": time.perf_counter() - began}
        directory.write_manifest(manifest.model_copy(update=done))
    except BaseException:
        shutil.rmtree(directory.path, ignore_errors=True)
        if not made:
            directory.path.mkdir(exist_ok=True)
        raise
    return Recording(directory.path)


def _observe(recorder: Recorder, instants: _Instants) -> list[dict[str, pa.Table]]:
    """Show all instants to the recorder and return the parts of its tables."""
    parts = []
    for snapshot in instants:
        recorder.observe(snapshot)
        last = recorder.half_seconds == instants.count
        if last:
            recorder.finish(snapshot, instants.open_trips())
        if last or snapshot.time % PART_SECONDS == 0.0:
            parts.append(recorder.take_part())
    return parts


def _level_index(venue: Venue, level: str | None) -> int:
    names = [item.name for item in venue.planes]
    if level is None and len(names) > 1:
        raise TrajectoryError(
            told(
                "venue {venue!r} has {count} levels; say which: --level {known}",
                venue=venue.name,
                count=len(names),
                known=either(names),
            )
        )
    if level is not None and level not in names:
        raise TrajectoryError(no_such("level", level, names))
    return 0 if level is None else names.index(level)


def _count_off_floor(data: Trajectories, venue: Venue, level: int) -> int:
    """How many rows lie beside the floor within `HEAD_LEAN`; refuse rows farther off."""
    floor = venue.planes[level].floor
    shapely.prepare(floor)
    off = np.flatnonzero(~np.asarray(shapely.intersects_xy(floor, data.x, data.y)))
    distance = np.asarray(shapely.distance(shapely.points(data.x[off], data.y[off]), floor))
    far = off[distance > HEAD_LEAN]
    if len(far):
        k = int(far[np.argmin(data.row[far])])
        raise TrajectoryError(
            told(
                "{where}: id {id} frame {frame} at ({x:.2f}, {y:.2f}) m is {off:.2f} m off the floor of {venue!r}; "
                "{far:,} of {rows:,} rows are: check --unit and the venue's coordinates",
                where=data.where(int(data.row[k])),
                id=data.id[k],
                frame=data.frame[k],
                x=data.x[k],
                y=data.y[k],
                off=distance[off == k][0],
                venue=venue.name,
                far=len(far),
                rows=len(data.x),
            )
        )
    return len(off)


def _warnings(data: Trajectories, off_floor: int, *, dated: bool) -> list[str]:
    """What a reader of the tables must know."""
    said = [NO_FORCES]
    frames = np.diff(data.frame)[np.diff(data.id) == 0]
    gaps, single = int((frames > 1).sum()), int((np.unique(data.id, return_counts=True)[1] == 1).sum())
    rest = (data.frame.max() - data.frame.min()) / data.frame_rate % 1.0
    if not dated:
        said.append("date and time of day are not known: the clock begins at 1970-01-01 00:00")
    if off_floor:
        said.append(f"{off_floor} of {len(data.x)} positions lie beside the floor, up to {HEAD_LEAN:g} m: heads lean")
    if gaps:
        said.append(f"{gaps} gaps between frames of a person are bridged in a straight line")
    if single:
        said.append(f"{single} people were seen in one frame only: their speed is set to 0")
    if rest > 1e-6:
        said.append(f"the last {rest:.2f} s are left out: tables hold whole seconds")
    return said


class _Instants:
    """Iterates over the snapshots of a measured run, each half second; `count` of them.

    Frames count from the first one of the file; a person is there from their first frame to their last, both included.
    """

    def __init__(self, data: Trajectories, venue: Venue, level: int, warnings: list[str]) -> None:
        self._x, self._y, self._level = data.x, data.y, level
        self._frame = data.frame - data.frame.min()
        self._span = int(self._frame.max()) + 1
        self._per_half = data.frame_rate * HALF_SECOND
        self._rate = data.frame_rate
        self.count = 2 * math.floor((self._span - 1) / data.frame_rate + 1e-9)
        ids, starts, self._person = np.unique(data.id, return_index=True, return_inverse=True)
        ends = np.append(starts[1:], len(data.id)) - 1
        self._ids = ids.astype(np.int32)
        self._first, self._last = self._frame[starts], self._frame[ends]
        self._end = ends
        self._key = self._person * self._span + self._frame
        self._group = _direction_groups(data.x[ends] - data.x[starts], data.y[ends] - data.y[starts])
        lines: tuple[MeasurementLine | Gate, ...] = (*venue.lines, *venue.gates)
        self._line_names = tuple(line.name for line in lines)
        self._line_counts = self._count_crossings(lines, venue)
        self._events = tuple(Event(HALF_SECOND, "warning: measured", "", text) for text in warnings)

    def __iter__(self) -> Iterator[Snapshot]:
        for number in range(1, self.count + 1):
            yield self._snapshot(number)

    def open_trips(self) -> np.ndarray:
        """Trips of everyone who was there at the last instant."""
        now = self._frame_at(self.count)
        trips = self._trips(np.flatnonzero((self._first <= now) & (self._last >= now)))
        trips["left"] = np.nan
        return trips

    def _frame_at(self, number: int) -> float:
        """Half second -> frames since the first one; whole where it is one but for rounding."""
        frame = number * self._per_half
        return float(round(frame)) if abs(frame - round(frame)) < 1e-6 else frame

    def _snapshot(self, number: int) -> Snapshot:
        now, before = self._frame_at(number), self._frame_at(number - 1)
        here = np.flatnonzero((self._first <= now) & (self._last >= now))
        gone = np.flatnonzero((self._last < now) & (self._last >= before))
        x, y = self._places(here, np.full(len(here), now))
        vx, vy = self._velocities(here, now, before)
        unknown = np.full(len(here), np.nan)
        entered, left = int((self._first <= now).sum()), int((self._last < now).sum())
        nothing = np.zeros(0)
        return Snapshot(
            time=number * HALF_SECOND, step_index=number, id=self._ids[here], x=x, y=y,
            level=np.full(len(here), self._level, np.int8), vx=vx, vy=vy, speed=np.hypot(vx, vy),
            contact_force_mean=unknown, contact_force_max=unknown, contact_force_10s=unknown, dose=unknown,
            group=self._group[here], status=np.full(len(here), Status.WALKING, np.int8),
            line_names=self._line_names, line_counts=self._line_counts[number - 1],
            sources=("measured",), source_counts=np.array([[entered, entered, left, 0, 0]], np.int64),
            wall_bins=np.zeros((0, 4)), wall_level=np.zeros(0, np.int8), wall_load_mean=nothing, wall_load_max=nothing,
            closed=(), trips=self._trips(gone), gone_x=self._x[self._end[gone]], gone_y=self._y[self._end[gone]],
            gone_level=np.full(len(gone), self._level, np.int8), gone_force_max=np.full(len(gone), np.nan),
            events=self._events if number == 1 else (),
        )  # fmt: skip

    def _places(self, people: np.ndarray, frame: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where people are at a frame each has, whole or not [m]."""
        low = np.searchsorted(self._key, people * self._span + np.floor(frame).astype(np.int64), side="right") - 1
        high = np.minimum(low + 1, self._end[people])
        step = np.maximum(self._frame[high] - self._frame[low], 1)
        share = (frame - self._frame[low]) / step
        places = [a[low] + share * (a[high] - a[low]) for a in (self._x, self._y)]
        return places[0], places[1]

    def _velocities(self, people: np.ndarray, now: float, before: float) -> tuple[np.ndarray, np.ndarray]:
        """Displacement over the last half second, of who has just come over what is known of it, else of the next."""
        start = np.maximum(self._first[people], before)
        end = np.where(start < now, now, np.minimum(self._last[people], now + self._per_half))
        x0, y0 = self._places(people, start)
        x1, y1 = self._places(people, end)
        span = np.maximum(end - start, 1e-9) / self._rate
        return (x1 - x0) / span, (y1 - y0) / span

    def _trips(self, people: np.ndarray) -> np.ndarray:
        trips = np.zeros(len(people), TRIP)
        trips["id"] = self._ids[people]
        trips["arrived"] = trips["entered"] = self._first[people] / self._rate
        trips["left"] = self._last[people] / self._rate
        trips["free_travel_time"] = np.nan
        return trips

    def _count_crossings(self, lines: tuple[MeasurementLine | Gate, ...], venue: Venue) -> np.ndarray:
        """(count, l, 2) crossings forward and backward up to each instant, from every frame."""
        counts = np.zeros((self.count, len(lines), 2), np.int64)
        ends = np.array([np.ravel(line.line.coords) for line in lines]).reshape(-1, 4)
        levels = np.array([venue.level_index(line.level) for line in lines], np.int64)
        sides = np.zeros((len(self._ids), len(lines)), np.int8)
        order = np.argsort(self._frame, kind="stable")
        times = [self._frame_at(number) for number in range(1, self.count + 1)]
        stops = np.searchsorted(self._frame[order], times, side="right")
        for number, (first, last) in enumerate(zip([0, *stops[:-1]], stops, strict=True)):
            rows = order[first:last]
            here = np.full(len(rows), self._level, np.int8)
            people = self._person[rows]
            found = line_crossings(self._x[rows], self._y[rows], here, people, ends, levels, ON_LINE, sides)
            counts[number] = found
        return counts.cumsum(axis=0)


def _direction_groups(dx: np.ndarray, dy: np.ndarray) -> np.ndarray:
    """Direction group of each person from their whole displacement: along the main axis, across it, or none.

    The main axis is the mean of the doubled angles, weighted with length: streams against each other share it.

    Returns:
        (n,) int8: 0 and 2 along and against the axis, 1 and 3 across it, 4 for who ends where they began.
    """
    double = np.sum((dx + 1j * dy) ** 2 / np.maximum(np.hypot(dx, dy), 1e-9))
    angle = np.arctan2(dy, dx) - 0.5 * np.angle(double)
    quarter = np.round(angle / (0.5 * np.pi)).astype(np.int64) % 4
    return np.where(np.hypot(dx, dy) < STANDS, 4, quarter).astype(np.int8)


def _manifest(data: Trajectories, venue: Venue, start: datetime, duration: float, warnings: list[str]) -> Manifest:
    with open(data.file, "rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    people = len(np.unique(data.id))
    return Manifest(
        inpa=crowd.__version__,
        versions=library_versions(),
        cpu=cpu_model(),
        threads=int(numba.get_num_threads()),
        seed=0,
        scenario=data.file.stem,
        labels={},
        start=start.isoformat(),
        duration=duration,
        simulated_seconds=duration,
        completed=False,
        wall_seconds=0.0,
        record="full",
        field_spacing=FIELD_SPACING,
        levels=[level.name for level in venue.planes],
        alert_preset=DEFAULT_PRESET,
        hashes={"trajectories": digest, "venue": venue.digest()},
        contact={},
        warnings=list(warnings),
        measured=Measured(
            file=data.file.name, frame_rate=data.frame_rate, unit=data.unit, people=people, rows=len(data.id)
        ),
    )
