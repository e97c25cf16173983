"""Recordings made by hand, so that risk and report are tested against numbers somebody wrote down.

`calm()` is a quiet corridor whose tables tests change; `crush()` is a bad evening in the shipped alley.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import shapely

from crowd.errors import RecordingError, no_such
from crowd.recording.tables import SCHEMAS
from venues import Venue, load_venue, shapes

START = "2022-10-29T21:50:00+09:00"


@dataclass
class MadeRecording:
    """The three things an assessment reads of a recording, in memory."""

    manifest: dict[str, Any]
    venue: Venue
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    path: str = "runs/made"

    def table(self, name: str) -> pd.DataFrame:
        if name not in self.tables:
            raise RecordingError(no_such("table", name, self.tables))
        return self.tables[name].copy()

    def set_zone(self, zone: str, **columns: Any) -> None:
        """Write values, or functions of time, into the rows of one zone."""
        table = self.tables["zones"]
        rows = table["zone"] == zone
        for column, value in columns.items():
            table[column] = table[column].astype(float)
            given = value(table.loc[rows, "time"].to_numpy()) if callable(value) else value
            table.loc[rows, column] = given

    def set_line(self, line: str, **columns: Any) -> None:
        table = self.tables["lines"]
        rows = table["line"] == line
        for column, value in columns.items():
            table[column] = table[column].astype(float)
            given = value(table.loc[rows, "time"].to_numpy()) if callable(value) else value
            table.loc[rows, column] = given


def manifest(seconds: float, **changes: Any) -> dict[str, Any]:
    made = {
        "schema_version": 1,
        "inpa": "0.1.0",
        "versions": {
            "python": "3.12.1",
            "numpy": "2.3.0",
            "numba": "0.63.0",
            "mesa": "3.3.1",
            "pyarrow": "20.0.0",
        },
        "cpu": "Made CPU 9000",
        "threads": 2,
        "seed": 1,
        "scenario": "made",
        "labels": {"en": "Made evening", "ko": "만들어진 저녁"},
        "start": START,
        "duration": float(seconds),
        "simulated_seconds": float(seconds),
        "completed": True,
        "wall_seconds": 12.5,
        "record": "full",
        "field_spacing": 0.5,
        "levels": ["ground"],
        "alert_preset": "seoul",
        "hashes": {name: name[0] * 64 for name in ("scenario", "venue", "parameters", "demand")},
        "contact": {
            "step": 0.005,
            "stiffness": 2e4,
            "mass_min": 40.0,
            "jamming_density": 9.0,
            "friction": 0.15,
        },
        "warnings": [],
    }
    return {**made, **changes}


def calm(seconds: int = 300, *, density: float = 0.8, **changes: Any) -> MadeRecording:
    """A corridor in which nothing happens: `density` everywhere, one person a second, all one way."""
    venue = shapes.corridor(length=20.0, width=3.0)
    times = np.arange(1.0, seconds + 1.0)
    names = [zone.name for zone in venue.zones] + [area.name for area in venue.areas] + ["venue"]
    zones = [zone_rows(name, times, density=lambda t: np.full(len(t), density)) for name in names]
    tables = {
        "zones": interleaved(zones),
        "lines": interleaved([line_rows("middle", times, forward=1, backward=0, beside=density)]),
        "fields": field_rows(venue, times, lambda x, y: np.full(len(x), density), lambda x, y: 40.0 + 0 * x),
        "counts": interleaved([count_rows("west", times, rate=1.0)]),
        "trips": trip_rows("west", n=seconds - 30, transit=20.0),
        "events": pd.DataFrame({name: pd.Series(dtype=object) for name in SCHEMAS["events"].names}),
    }
    return MadeRecording(manifest(seconds, levels=[venue.levels[0].name], **changes), venue, tables)


def interleaved(frames: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(frames).sort_values("time", kind="stable", ignore_index=True)


def zone_rows(
    name: str,
    times: np.ndarray,
    *,
    density: Callable[[np.ndarray], np.ndarray],
    floor: float = 20.0,
    place: tuple[float, float] = (10.0, 1.5),
    force: Callable[[np.ndarray], np.ndarray] | None = None,
) -> pd.DataFrame:
    level = np.maximum(0.0, density(times))
    pushed = force(times) if force else 20.0 * level
    people = np.round(level * floor).astype(int)
    above = {f"above_{limit}": np.where(level > limit, people // 2, 0) for limit in (2, 3, 4, 5, 7)}
    return pd.DataFrame(
        {
            "time": times,
            "zone": name,
            "people": people,
            "density": 0.7 * level,
            "level_density": level,
            "level_x": place[0],
            "level_y": place[1],
            "local_density_max": 1.1 * level,
            "speed_mean": 1.2 - 0.1 * level,
            "crowd_pressure_max": 0.005 * level,
            "turbulent_area": np.where(level > 7.0, 3.0, 0.0),
            "congestion_number": np.full(len(times), 0.0625),
            "opposed_people": 0,
            "dense_people": np.where(level >= 5.0, people, 0),
            "dense_vx": np.where(level >= 5.0, 0.0, np.nan),
            "dense_vy": np.where(level >= 5.0, 0.0, np.nan),
            "contact_force_max": pushed,
            "contact_force_10s_max": 0.6 * pushed,
            "dose_max": np.cumsum(np.where(0.6 * pushed > 600.0, 1.0 / 200.0, 0.0)),
            **above,
            "above_600_N": np.where(0.6 * pushed > 600.0, 12, 0),
            "between_100_600_N": np.where(0.6 * pushed > 100.0, 30, 0),
        }
    )


def line_rows(name: str, times: np.ndarray, *, forward: Any, backward: Any, beside: float | np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "time": times,
            "line": name,
            "forward": forward,
            "backward": backward,
            "density_left": beside,
            "density_right": beside,
        }
    )


def count_rows(
    name: str, times: np.ndarray, *, rate: float, outside: Callable[[np.ndarray], np.ndarray] | None = None
) -> pd.DataFrame:
    waiting = np.round(outside(times)).astype(int) if outside else np.zeros(len(times), dtype=int)
    expected = np.floor(rate * times).astype(int)
    entered = expected - waiting
    left = np.maximum(0, entered - np.minimum(entered, 60))
    return pd.DataFrame(
        {
            "time": times,
            "source": name,
            "expected": expected,
            "entered": entered,
            "left": left,
            "waiting_outside": waiting,
            "diverted": 0,
        }
    )


def trip_rows(name: str, *, n: int, transit: float, wait: float = 0.0) -> pd.DataFrame:
    arrived = np.arange(float(n))
    return pd.DataFrame(
        {
            "id": np.arange(n),
            "source": name,
            "journey": "through",
            "profile": "adult",
            "arrived": arrived,
            "entered": arrived + wait,
            "left": arrived + wait + transit,
            "free_travel_time": transit - 5.0,
            "diverted": False,
            "delay": wait + 5.0,
        }
    )


Field = Callable[[np.ndarray, np.ndarray], np.ndarray]


def field_rows(venue: Venue, times: np.ndarray, density: Field, force: Field) -> pd.DataFrame:
    """Probe points every 0.5 m on the floor of the first level, at the last moment and half of it before."""
    floor = venue.levels[0].floor
    west, south, east, north = floor.bounds
    x, y = (
        axis.ravel() for axis in np.meshgrid(np.arange(west, east, 0.5) + 0.25, np.arange(south, north, 0.5) + 0.25)
    )
    on_floor = shapely.contains_xy(floor, x, y)
    x, y = x[on_floor], y[on_floor]
    frames = []
    for time, share in ((times[len(times) // 2], 0.5), (times[-1], 1.0)):
        frames.append(
            pd.DataFrame(
                {
                    "time": time,
                    "level": 0,
                    "x": x.astype(np.float32),
                    "y": y.astype(np.float32),
                    "density": share * density(x, y),
                    "density_max": 1.1 * share * density(x, y),
                    "level_density_max": share * density(x, y),
                    "speed": 0.8,
                    "vx": 0.0,
                    "vy": 0.0,
                    "crowd_pressure_max": 0.01,
                    "contact_force_mean": 0.3 * share * force(x, y),
                    "contact_force_max": share * force(x, y),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def crush(seconds: int = 1500, **changes: Any) -> MadeRecording:
    """A bad evening in the shipped alley: the middle fills, then gridlock, and a queue outside."""
    venue = load_venue("itaewon-alley")
    times = np.arange(1.0, seconds + 1.0)
    wave = 0.12 * np.sin(times / 9.0)

    def ramp(start: float, end: float, top: float, base: float) -> Callable[[np.ndarray], np.ndarray]:
        return lambda t: base + (top - base) / (1.0 + np.exp(-(t - (start + end) / 2) / ((end - start) / 8))) + wave

    squeezed = ramp(420, 1100, 9.6, 0.8)
    levels = {
        "alley": squeezed, "alley-middle": squeezed, "collapse-area": squeezed,
        "alley-lower": ramp(560, 1300, 6.3, 0.8), "alley-upper": ramp(500, 1200, 7.4, 0.8),
        "t-junction": ramp(700, 1400, 4.4, 0.7), "footway": ramp(700, 1400, 2.2, 0.5),
    }  # fmt: skip
    named = [zone.name for zone in venue.zones] + [area.name for area in venue.areas]
    levels |= {name: ramp(700, 1400, 1.7, 0.5) for name in named if name not in levels}
    levels["venue"] = squeezed
    pressing = lambda t: 30.0 + 3900.0 / (1.0 + np.exp(-(t - 1000.0) / 60.0))  # noqa: E731
    inside = {"alley", "alley-middle", "collapse-area", "venue"}
    zones = [
        zone_rows(
            name,
            times,
            density=density,
            place=(0.4, 22.3),
            floor=60.0,
            force=pressing if name in inside else None,
        )
        for name, density in levels.items()
    ]

    def queue(t: np.ndarray) -> np.ndarray:
        return np.maximum(0.0, (t - 900.0) * 0.22)

    rng = np.random.default_rng(4)
    slow = 1.0 / (1.0 + np.exp((times - 820.0) / 40.0))
    crossings = {
        "alley-low": 1.5,
        "alley-mid": 1.4,
        "alley-high": 1.5,
        "upper-west-line": 2.0,
        "detour-line": 0.2,
    }
    lines = [
        line_rows(
            name, times,
            forward=rng.poisson(rate * (slow if "alley" in name else 1.0), seconds),
            backward=rng.poisson(0.8 * rate * (slow if "alley" in name else 1.0), seconds),
            beside=levels["alley-middle"](times) if "alley" in name else np.full(seconds, 1.1),
        )
        for name, rate in crossings.items()
    ]  # fmt: skip
    tables = {
        "zones": interleaved(zones),
        "lines": interleaved(lines),
        "fields": field_rows(
            venue, times,
            lambda x, y: 0.5 + 9.1 * np.exp(-((x - 0.4) ** 2) / 40.0 - ((y - 22.3) / 16.0) ** 2),
            lambda x, y: 15.0 + 3915.0 * np.exp(-((x - 0.4) ** 2) / 8.0 - ((y - 22.3) / 7.0) ** 2),
        ),
        "counts": interleaved([
            count_rows("station-exit-1", times, rate=3.2, outside=queue),
            count_rows("upper-west", times, rate=1.5), count_rows("upper-east", times, rate=1.5),
        ]),
        "trips": pd.concat([
            trip_rows("station-exit-1", n=900, transit=75.0, wait=25.0),
            trip_rows("upper-west", n=700, transit=90.0),
        ], ignore_index=True),
        "events": pd.DataFrame({
            "time": [300.0, 1010.0], "kind": ["measure", "warning: overlap"],
            "place": ["close detour", "(0.4, 22.3)"],
            "detail": ["in force", "bodies overlap by 17% of a diameter; forces are uncertain"],
        }),
    }  # fmt: skip
    made = {
        "scenario": "itaewon-two-way",
        "labels": {"en": "Itaewon alley, two-way", "ko": "이태원 골목 양방향 통행"},
        "levels": ["street"],
        "warnings": ["(0.4, 22.3): bodies overlap by 17% of a diameter; forces are uncertain"],
    }
    return MadeRecording(manifest(seconds, **{**made, **changes}), venue, tables, path="runs/itaewon-two-way")
