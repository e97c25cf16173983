"""A read-only instant of a run, and the tallies in it: what observers (recorder, viewer, progress bar) see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crowd.movement.floor import ClosedLine
from crowd.population import Population, Status

#: Columns of `Snapshot.source_counts`.
SOURCE_COUNTS = ("expected", "entered", "left", "waiting_outside", "diverted")

#: A person who left, as recorded: `Snapshot.trips`.
TRIP = np.dtype(
    [
        ("id", np.int32), ("source", np.int16), ("journey", np.int16), ("profile", np.int16), ("arrived", np.float64),
        ("entered", np.float64), ("left", np.float64), ("free_travel_time", np.float64), ("diverted", np.bool_),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class Event:
    """Something worth a line in the record: time [s], kind, place (a name, or empty), detail."""

    time: float
    kind: str
    place: str
    detail: str


@dataclass(frozen=True)
class Snapshot:
    """People and counters at one time, every 0.5 s; forces are those of the interval since the one before.

    Attributes:
        time: [s]. step_index: ticks done.
        id, x, y, level, vx, vy, speed: (k,) people in the venue, ascending id; velocity [m/s] is displacement over
            the interval / its length, so that a trembling body is not taken for a walking one.
        contact_force_mean, contact_force_max: (k,) over the interval [N]. contact_force_10s: (k,) 10 s mean [N].
        dose: (k,) [-]. group: (k,) direction group. status: (k,) `population.Status`.
        line_names: lines, then gates. line_counts: (l, 2) cumulative crossings forward and backward.
        sources: names. source_counts: (s, 5) cumulative, columns `SOURCE_COUNTS`.
        wall_bins: (b, 4) pieces of wall [m]. wall_level: (b,). wall_load_mean, wall_load_max: (b,) [N/m].
        closed: lines that are walls at the moment (shut or metered gates, barriers).
        trips: (t,) people who left in the interval, dtype `TRIP`. gone_x, gone_y, gone_level, gone_force_max: (t,)
            where they were last [m] and the largest force on them in the interval [N].
        events: since the snapshot before.
    """

    time: float
    step_index: int
    id: np.ndarray
    x: np.ndarray
    y: np.ndarray
    level: np.ndarray
    vx: np.ndarray
    vy: np.ndarray
    speed: np.ndarray
    contact_force_mean: np.ndarray
    contact_force_max: np.ndarray
    contact_force_10s: np.ndarray
    dose: np.ndarray
    group: np.ndarray
    status: np.ndarray
    line_names: tuple[str, ...]
    line_counts: np.ndarray
    sources: tuple[str, ...]
    source_counts: np.ndarray
    wall_bins: np.ndarray
    wall_level: np.ndarray
    wall_load_mean: np.ndarray
    wall_load_max: np.ndarray
    closed: tuple[ClosedLine, ...]
    trips: np.ndarray
    gone_x: np.ndarray
    gone_y: np.ndarray
    gone_level: np.ndarray
    gone_force_max: np.ndarray
    events: tuple[Event, ...]


def count_by_source(people: Population, sources: int, time: float) -> np.ndarray:
    """Cumulative counts at a time [s] by source: (sources, 5), columns `SOURCE_COUNTS`."""
    inside_or_left = people.status != Status.EXPECTED
    expected = (people.arrival <= time) | inside_or_left
    parts = (expected, inside_or_left, people.status == Status.LEFT, expected & ~inside_or_left, people.diverted)
    return np.column_stack([np.bincount(people.source[part], minlength=sources) for part in parts]).astype(np.int64)


def trips_of(people: Population, rows: np.ndarray) -> np.ndarray:
    """Trips of some people, dtype `TRIP`; `left` is nan for those who have not left."""
    out = np.zeros(rows.size, TRIP)
    out["id"], out["arrived"] = rows, people.arrival[rows]
    for name in ("source", "journey", "profile", "entered", "left", "free_travel_time", "diverted"):
        out[name] = getattr(people, name)[rows]
    return out
