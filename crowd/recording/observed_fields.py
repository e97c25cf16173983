"""What the probes of a venue see: densities, velocities, pressures and forces over its floor, and wall loads.

Holds: the running mean behind the level density, and the peaks and means of each 10 s interval.
Not here: where probes stand and what a density is (`crowd.measurement`), zones (`crowd.recording.observed_areas`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from crowd.kernels.probe_sums import add_second
from crowd.measurement import Fields, Probes, Streams
from crowd.movement.tiles import Growing, doubled
from crowd.recording.tables import TURBULENT_DENSITY, TURBULENT_PRESSURE, TURBULENT_TIME, Rows
from crowd.snapshot import Snapshot

RUNNING_MEAN = 10  # [s] of the level density (definition of the quantity)


@dataclass(frozen=True)
class ProbeSecond:
    """What the probes see in one second.

    Args:
        probes: the points, those of before first; arrays below go by them.
        fields: of the people's places at the end of the second; arrays of shape (P,).
        level_density: (P,) [1/m2] people per visible floor in a 3 x 3 m window, mean of up to 10 s; nan where
            no window holds enough floor.
        turbulent: (P,) whether crowd pressure marks turbulence.
        probe_of_person: (k,) index of each person's probe.
        streams: what people meet; arrays of shape (k,).
    """

    probes: Probes
    fields: Fields
    level_density: np.ndarray
    turbulent: np.ndarray
    probe_of_person: np.ndarray
    streams: Streams


class ObservedFields:
    """Follows the probes through a run; `second` and `interval` are called when those are over.

    Args:
        probes: those to begin with. More come where people come: where nobody has been near, all is 0.
    """

    def __init__(self, probes: Probes) -> None:
        self.probes = probes
        count = probes.size
        self._recent = np.zeros((RUNNING_MEAN, count))
        self._seconds = 0
        self._dense_for = np.zeros(count, dtype=np.int32)
        self._dense_room = Growing()
        self._interval = _Interval(count)
        self._walls = _WallInterval()

    def _cover(self, level: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
        """Take in the probes around people."""
        before = self.probes.size
        self.probes = self.probes.covering(level, x, y)
        new = self.probes.size - before
        if new:
            # Until now nobody was there.
            windowed = self.probes.halves[before:] > 0.0
            while self._recent.shape[1] < self.probes.size:
                self._recent = doubled(self._recent, axis=1)
            self._recent[:, before : self.probes.size] = np.where(windowed, 0.0, np.nan)
            self._dense_for = self._dense_room.append(self._dense_for, np.zeros(new, np.int32))
            self._interval.extend(windowed)

    def half_second(self, snapshot: Snapshot) -> None:
        """Keep the force peaks of a half second: samples at 1 Hz would lose them."""
        s = snapshot
        if s.closed != self.probes.closed:
            self.probes = self.probes.behind(s.closed)
        self._cover(np.append(s.level, s.gone_level), np.append(s.x, s.gone_x), np.append(s.y, s.gone_y))
        at = self.probes.index_at(s.level, s.x, s.y)
        self._interval.add_people(at, s.contact_force_mean, s.contact_force_max)
        self._interval.add_peaks(self.probes.index_at(s.gone_level, s.gone_x, s.gone_y), s.gone_force_max)
        self._walls.add(snapshot)

    def second(self, snapshot: Snapshot) -> ProbeSecond:
        """Compute the fields at the end of a second and the running means over the last ten."""
        s = snapshot
        fields = self.probes.compute(
            x=s.x,
            y=s.y,
            level=s.level,
            vx=s.vx,
            vy=s.vy,
            group=s.group,
            force_mean=s.contact_force_mean,
            force_max=s.contact_force_max,
        )
        row = self._seconds % RUNNING_MEAN
        self._seconds += 1
        self._interval.seconds += 1
        level_density, turbulent = add_second(
            fields.density, fields.window_density, fields.crowd_pressure, fields.speed, fields.vx, fields.vy,
            self._recent, row, min(self._seconds, RUNNING_MEAN), self._dense_for, self._interval.by_second,
            TURBULENT_DENSITY, TURBULENT_PRESSURE, TURBULENT_TIME,
        )  # fmt: skip
        at = self.probes.index_at(s.level, s.x, s.y)
        streams = self.probes.streams(x=s.x, y=s.y, level=s.level, vx=s.vx, vy=s.vy)
        return ProbeSecond(self.probes, fields, level_density, turbulent, at, streams)

    def interval(self, time: float) -> tuple[Rows, Rows]:
        """Close an interval.

        Args:
            time: its end [s].

        Returns:
            Rows of the tables `fields` and `walls`.
        """
        fields = self._interval.rows(time, self.probes)
        walls = self._walls.rows(time)
        self._interval = _Interval(self.probes.size)
        self._walls = _WallInterval()
        return fields, walls

    def state(self) -> dict[str, np.ndarray]:
        """Everything that outlives an interval; taken at the end of one, plane by plane and row by row."""
        order = np.argsort(self.probes.rank, kind="stable")
        return {
            "tiles": np.sort(self.probes.tiles),
            "recent": self._recent[:, order],
            "seconds": np.array(self._seconds),
            "dense_for": self._dense_for[order],
        }

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Go on from what `state` gave."""
        probes = self.probes.grown(np.setdiff1d(state["tiles"], self.probes.tiles))
        for name, shape in (("recent", (RUNNING_MEAN, probes.size)), ("dense_for", (probes.size,))):
            if state[name].shape != shape or state[name].dtype != getattr(self, f"_{name}").dtype:
                raise ValueError(f"{name} has shape {state[name].shape}, these probes need {shape}")
        place = np.argsort(np.argsort(probes.rank, kind="stable"))
        self.probes, self._interval = probes, _Interval(probes.size)
        # In memory row by row, as a run that was not broken has it.
        self._recent = np.ascontiguousarray(state["recent"][:, place])
        self._dense_for = state["dense_for"][place]
        self._seconds = int(state["seconds"])


class _Interval:
    """Sums and peaks over one interval, at P probes: rows of one array, which has room for more probes."""

    def __init__(self, count: int) -> None:
        self.seconds = 0
        self._room = np.zeros((11, count))
        self._room[9:] = np.nan
        self._name_rows(count)

    @property
    def by_second(self) -> np.ndarray:
        """What `add_second` adds to, and room for more."""
        return self._room[3:]

    def _name_rows(self, count: int) -> None:
        """Say where the values at so many probes are."""
        rows = self._room[:, :count]
        self.visits, self.force_sum, self.force_max, self.density_sum, self.density_max, self.moving = rows[:6]
        self.velocity_sums = rows[6:9]
        self.level_density_max, self.pressure_max = rows[9:]

    def extend(self, windowed: np.ndarray) -> None:
        """Take in new probes (n,) where nobody was until now; whether they have a window."""
        before = self.visits.size
        while self._room.shape[1] < before + windowed.size:
            self._room = doubled(self._room, axis=1)
        self._name_rows(before + windowed.size)
        self._room[:, before : self.visits.size] = 0.0
        self.level_density_max[before:] = np.where(windowed & (self.seconds > 0), 0.0, np.nan)
        self.pressure_max[before:] = 0.0 if self.seconds else np.nan

    def add_people(self, at: np.ndarray, force_mean: np.ndarray, force_max: np.ndarray) -> None:
        self.visits += np.bincount(at, minlength=len(self.visits))
        self.force_sum += np.bincount(at, weights=force_mean, minlength=len(self.visits))
        self.add_peaks(at, force_max)

    def add_peaks(self, at: np.ndarray, force_max: np.ndarray) -> None:
        np.maximum.at(self.force_max, at, force_max)

    def rows(self, time: float, probes: Probes) -> Rows:
        seen = np.flatnonzero(self.visits)
        seen = seen[np.argsort(probes.rank[seen], kind="stable")]
        with np.errstate(invalid="ignore", divide="ignore"):
            speed, vx, vy = self.velocity_sums[:, seen] / self.moving[seen]
        return {
            "time": np.full(len(seen), time),
            "level": probes.level[seen],
            "x": probes.x[seen],
            "y": probes.y[seen],
            "density": self.density_sum[seen] / max(self.seconds, 1),
            "density_max": self.density_max[seen],
            "level_density_max": self.level_density_max[seen],
            "speed": speed,
            "vx": vx,
            "vy": vy,
            "crowd_pressure_max": self.pressure_max[seen],
            "contact_force_mean": self.force_sum[seen] / self.visits[seen],
            "contact_force_max": self.force_max[seen],
        }


class _WallInterval:
    """Mean and peak load of each wall bin over one interval; bins that a measure adds come at the end."""

    def __init__(self) -> None:
        self.half_seconds = 0
        self.bins = np.empty((0, 4))
        self.level = np.empty(0, dtype=np.int8)
        self.load_sum = np.empty(0)
        self.load_max = np.empty(0)

    def add(self, snapshot: Snapshot) -> None:
        self.half_seconds += 1
        count = max(len(self.load_sum), len(snapshot.wall_load_mean))
        load_sum, load_max = np.zeros(count), np.zeros(count)
        load_sum[: len(self.load_sum)] = self.load_sum
        load_max[: len(self.load_max)] = self.load_max
        load_sum[: len(snapshot.wall_load_mean)] += snapshot.wall_load_mean
        now = load_max[: len(snapshot.wall_load_max)]
        np.maximum(now, snapshot.wall_load_max, out=now)
        self.load_sum, self.load_max = load_sum, load_max
        if len(snapshot.wall_bins) == count:
            self.bins, self.level = snapshot.wall_bins, snapshot.wall_level

    def rows(self, time: float) -> Rows:
        loaded = np.flatnonzero(self.load_max > 0.0)
        x0, y0, x1, y1 = self.bins[loaded].T
        return {
            "time": np.full(len(loaded), time),
            "level": self.level[loaded],
            "x0": x0,
            "y0": y0,
            "x1": x1,
            "y1": y1,
            "load_mean": self.load_sum[loaded] / max(self.half_seconds, 1),
            "load_max": self.load_max[loaded],
        }
