"""Reading runs: where everybody was at every tick, when they left, when they crossed a line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely

from crowd.model import CrowdModel
from crowd.scenario import Scenario


@dataclass(frozen=True)
class Tracks:
    """Everybody at every frame of a run; one entry for each person and frame, by frame, then person.

    Attributes:
        step: time between frames [s]. frame, id, level: indices. x, y: [m].
        left: (people,) when each left [s], nan: never. entered: (people,) [s]. speed: (people,) free speed [m/s].
        crossings: line or gate -> (times [s], +1 forward or -1 backward).
        off_floor: positions that were not on the floor (1 mm allowed).
    """

    step: float
    frame: np.ndarray
    id: np.ndarray
    level: np.ndarray
    x: np.ndarray
    y: np.ndarray
    left: np.ndarray
    entered: np.ndarray
    speed: np.ndarray
    crossings: dict[str, tuple[np.ndarray, np.ndarray]]
    off_floor: int

    @property
    def time(self) -> np.ndarray:
        """Time of each entry [s]."""
        return (self.frame + 1) * self.step

    @property
    def time_of_last(self) -> float:
        """When the last one left [s]; inf if somebody has not."""
        return float(np.max(np.where(np.isnan(self.left), np.inf, self.left)))

    def speeds(self, half: int = 5) -> tuple[np.ndarray, np.ndarray]:
        """Velocity of each entry from the displacement over +-`half` frames, one-sided at the ends: vx, vy [m/s]."""
        order = np.lexsort((self.frame, self.id))
        person, frame, x, y = (a[order] for a in (self.id, self.frame, self.x, self.y))
        n = person.size
        first = np.searchsorted(person, person, side="left")
        last = np.searchsorted(person, person, side="right") - 1
        before = np.maximum(np.arange(n) - half, first)
        after = np.minimum(np.arange(n) + half, last)
        span = np.maximum(frame[after] - frame[before], 1) * self.step
        vx, vy = np.empty(n), np.empty(n)
        vx[order] = (x[after] - x[before]) / span
        vy[order] = (y[after] - y[before]) / span
        return vx, vy


def track(scenario: Scenario, *, every: int = 1, stop: Callable[[CrowdModel], bool] = lambda model: False) -> Tracks:
    """Run a scenario and keep where everybody was.

    Args:
        every: ticks between frames. stop: ends the run early when it says so. A run in which everybody has left ends.
    """
    model = CrowdModel(scenario)
    people = model.people
    floors = [level.floor.buffer(1e-3) for level in scenario.venue.planes]
    shapely.prepare(floors)
    kept: list[tuple[np.ndarray, ...]] = []
    times: dict[str, list[tuple[float, int]]] = {name: [] for name in model.line_names}
    counts = model.line_counts.copy()
    off = 0
    frame = 0
    while model.running and not stop(model) and not np.isfinite(people.left).all():
        model.step()
        for line, name in enumerate(model.line_names):
            for side, way in ((0, 1), (1, -1)):
                times[name] += [(model.time, way)] * int(model.line_counts[line, side] - counts[line, side])
        counts = model.line_counts.copy()
        if model.step_index % every:
            continue
        rows = people.present()
        x, y, level = people.x[rows].copy(), people.y[rows].copy(), people.level[rows].copy()
        for k, floor in enumerate(floors):
            here = level == k
            off += int((~shapely.contains_xy(floor, x[here], y[here])).sum())
        kept.append((np.full(rows.size, frame), rows, level, x, y))
        frame += 1
    columns = [np.concatenate(part) for part in zip(*kept, strict=True)] if kept else [np.empty(0)] * 5
    crossings = {
        name: (np.array([t for t, _ in found]), np.array([way for _, way in found])) for name, found in times.items()
    }
    keys = ("frame", "id", "level", "x", "y")
    return Tracks(
        step=model.tick * every,
        **dict(zip(keys, columns, strict=True)),
        left=people.left.copy(),
        entered=people.entered.copy(),
        speed=people.speed.copy(),
        crossings=crossings,
        off_floor=off,
    )


def flow(times: np.ndarray, *, low: float = 0.0, high: float = 1.0) -> float:
    """(N - 1) / (t_N - t_1) over a share of the crossings, by default all: [1/s], nan for fewer than two."""
    chosen = np.sort(times)[int(low * times.size) : max(int(high * times.size), int(low * times.size))]
    return float((chosen.size - 1) / (chosen[-1] - chosen[0])) if chosen.size > 1 else float("nan")
