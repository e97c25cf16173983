"""What happens in the zones and at the lines of a venue, second by second: rows of `zones` and `lines`.

Holds: who is inside which area, the floor of areas, the floor on both sides of a line.
Not here: fields over the floor (`crowd.recording.observed_fields`), what is dangerous (`crowd.risk`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from crowd.measurement import Probes
from crowd.quantities import EXPOSURE_DENSITIES
from crowd.recording.observed_fields import RUNNING_MEAN, ProbeSecond
from crowd.recording.tables import (
    HARMFUL_FORCE,
    LONG_EXPOSURE_FORCE,
    OPPOSED_DENSITY,
    OPPOSED_SHARE,
    PACKED_DENSITY,
    Rows,
)
from crowd.snapshot import Snapshot
from venues import Gate, MeasurementArea, MeasurementLine, Venue, Zone
from venues.venue import WHOLE_VENUE

SIDE_DEPTH = 2.0  # [m] how far from a line the densities of its sides are taken (definition)


@dataclass(frozen=True)
class Area:
    """A zone or measurement area, ready for counting.

    Args:
        name: of the zone, or `venue`.
        level: index of its level; -1: all of them.
        shape: its floor [m], or None: everywhere.
        floor: [m2].
        probes: indices of the probes in it, at least one.
    """

    name: str
    level: int
    shape: BaseGeometry | None
    floor: float
    probes: np.ndarray


def members(areas: Sequence[Area], x: np.ndarray, y: np.ndarray, level: np.ndarray) -> list[np.ndarray]:
    """Return for each area which of some places (n,) are in it, its edge included: indices, ascending."""
    order = np.argsort(x, kind="stable")
    ordered = x[order]
    found = []
    for area in areas:
        if area.shape is None:
            found.append(np.arange(x.size))
            continue
        west, _, east, _ = area.shape.bounds
        first, last = np.searchsorted(ordered, west, side="left"), np.searchsorted(ordered, east, side="right")
        near = order[first:last]
        found.append(np.sort(near[inside(area.shape, area.level, x=x[near], y=y[near], levels=level[near])]))
    return found


def inside(shape: BaseGeometry, level: int, *, x: np.ndarray, y: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Return a (k,) mask of the people on a level whose centres are in a shape or on its edge."""
    x0, y0, x1, y1 = shape.bounds
    mask = (levels == level) & (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)
    near = np.flatnonzero(mask)
    mask[near] = shapely.intersects_xy(shape, x[near], y[near])
    return mask


def areas_of(venue: Venue, probes: Probes, extra: Iterable[MeasurementArea]) -> tuple[Probes, tuple[Area, ...]]:
    """List every area that gets rows: zones, measurement areas, the scenario's own, and the whole venue.

    Args:
        venue: the place.
        probes: its probes.
        extra: measurement areas of the scenario.

    Returns:
        The probes and those in the middle of each area, and the areas.
    """
    items: tuple[Zone | MeasurementArea, ...] = (*venue.zones, *venue.areas, *extra)
    shapes = [item.polygon.intersection(venue.level(item.level).floor) for item in items]
    shapes.append(venue.levels[0].floor)
    levels = np.array([*(venue.level_index(item.level) for item in items), 0], np.int8)
    middles = shapely.get_coordinates([shape.representative_point() for shape in shapes])
    probes = probes.covering(levels, *middles.T)
    places = zip(items, shapes, levels, probes.index_at(levels, *middles.T), strict=False)
    found = [_area(item, shape, probes, int(level), at) for item, shape, level, at in places]
    floor = float(sum(level.floor.area for level in venue.planes))
    return probes, (*found, Area(WHOLE_VENUE, -1, None, floor, np.arange(probes.size)))


def _area(item: Zone | MeasurementArea, shape: BaseGeometry, probes: Probes, level: int, middle: int) -> Area:
    within = np.flatnonzero(probes.inside(level, shape))
    shapely.prepare(shape)
    return Area(item.name, level, shape, float(shape.area), within if within.size else np.array([middle]))


class ObservedAreas:
    """Counts people in areas; peaks of contact force are kept over both half seconds of a second."""

    def __init__(self, areas: tuple[Area, ...], probes: Probes) -> None:
        self.areas = areas
        self._known = probes.size
        self._recent = np.zeros((RUNNING_MEAN, len(areas)))
        self._seconds = 0
        self._force_max = np.zeros(len(areas))
        self._members: list[np.ndarray] = []

    def _take_in(self, probes: Probes) -> None:
        """Sort new probes into the areas."""
        if probes.size > self._known:
            new = members(self.areas, *(values[self._known :] for values in (probes.x, probes.y, probes.level)))
            self.areas = tuple(
                replace(area, probes=np.append(area.probes, self._known + more)) if more.size else area
                for area, more in zip(self.areas, new, strict=True)
            )
            self._known = probes.size

    def half_second(self, snapshot: Snapshot) -> None:
        """Keep the force peaks of a half second."""
        s = snapshot
        self._members = members(self.areas, s.x, s.y, s.level)
        peaks = [float(s.contact_force_max[m].max(initial=0.0)) for m in self._members]
        self._force_max = np.maximum(self._force_max, peaks)
        if len(s.gone_x):
            left = members(self.areas, s.gone_x, s.gone_y, s.gone_level)
            gone = [float(s.gone_force_max[m].max(initial=0.0)) for m in left]
            self._force_max = np.maximum(self._force_max, gone)

    def second(self, snapshot: Snapshot, seen: ProbeSecond) -> Rows:
        """Close a second and return its rows of `zones`; `half_second` has had the same snapshot."""
        self._take_in(seen.probes)
        people = np.array([own.size for own in self._members])
        density = people / np.array([area.floor for area in self.areas])
        self._recent[self._seconds % RUNNING_MEAN] = density
        self._seconds += 1
        means = self._recent[: min(self._seconds, RUNNING_MEAN)].mean(axis=0)
        found: dict[str, object] = {
            "time": snapshot.time,
            "zone": [area.name for area in self.areas],
            "people": people,
            "density": density,
            "contact_force_max": self._force_max,
        }
        per_area = list(zip(self.areas, self._members, means, strict=True))
        measured = [
            {
                **self._floor_row(area, seen, mean),
                **_people_row(own, snapshot, seen),
                **_stream_row(own, snapshot, seen),
            }
            for area, own, mean in per_area
        ]
        found |= {key: np.array([row[key] for row in measured]) for key in measured[0]}
        self._force_max = np.zeros(len(self.areas))
        return found

    def state(self) -> dict[str, np.ndarray]:
        """Everything that outlives a second."""
        return {"area_recent": self._recent.copy(), "area_seconds": np.array(self._seconds)}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Go on from what `state` gave."""
        recent = state["area_recent"]
        if recent.shape != self._recent.shape or recent.dtype != self._recent.dtype:
            raise ValueError(f"area_recent has shape {recent.shape}, not {self._recent.shape}")
        self._recent = recent.copy()
        self._seconds = int(state["area_seconds"])

    def _floor_row(self, area: Area, seen: ProbeSecond, mean_density: float) -> dict[str, float]:
        """What the floor of an area says; without room for a window its mean density is its level density."""
        at, probes = area.probes, seen.probes
        level_density = seen.level_density[at]
        worst = np.fmax.reduce(level_density)
        known = not np.isnan(worst)
        # Of several the first, plane by plane and row by row; where none is known the one in the middle.
        ties = _in_rows(at[level_density == worst] if known else at, probes)
        place = ties[0] if known else ties[len(at) // 2]
        return {
            "level_density": float(worst) if known else mean_density,
            "level_x": probes.x[place],
            "level_y": probes.y[place],
            "local_density_max": seen.fields.density[at].max(),
            "crowd_pressure_max": seen.fields.crowd_pressure[at].max(),
            "turbulent_area": probes.area[_in_rows(at[seen.turbulent[at]], probes)].sum(),
        }


def _in_rows(points: np.ndarray, probes: Probes) -> np.ndarray:
    """Some probes, ascending, plane by plane and row by row; those of one square stay in their order."""
    ordered: np.ndarray = points[np.argsort(probes.rank[points], kind="stable")]
    return ordered


def _people_row(own: np.ndarray, s: Snapshot, seen: ProbeSecond) -> dict[str, float]:
    """What the people in an area, indices (n,), say."""
    densities = seen.fields.density[seen.probe_of_person[own]]
    forces = s.contact_force_10s[own]
    return {
        "speed_mean": _mean(s.speed[own]),
        "contact_force_10s_max": forces.max(initial=0.0),
        "dose_max": s.dose[own].max(initial=0.0),
        **{f"above_{step}": int((densities > step).sum()) for step in EXPOSURE_DENSITIES},
        "above_600_N": int((forces > HARMFUL_FORCE).sum()),
        "between_100_600_N": int(((forces >= LONG_EXPOSURE_FORCE) & (forces <= HARMFUL_FORCE)).sum()),
    }


def _stream_row(own: np.ndarray, s: Snapshot, seen: ProbeSecond) -> dict[str, float]:
    """How the people in an area, indices (n,), move among each other, and those who are packed as a whole."""
    densities = seen.fields.density[seen.probe_of_person[own]]
    packed = densities >= PACKED_DENSITY
    numbers = seen.streams.congestion_number[own]
    met = (densities >= OPPOSED_DENSITY) & (seen.streams.opposed[own] >= OPPOSED_SHARE)
    return {
        "congestion_number": _mean(numbers[np.isfinite(numbers)]),
        "opposed_people": int(met.sum()),
        "dense_people": int(packed.sum()),
        "dense_vx": _mean(s.vx[own][packed]),
        "dense_vy": _mean(s.vy[own][packed]),
    }


def _mean(values: np.ndarray) -> float:
    """The mean, nan of nothing."""
    return float(values.mean()) if values.size else np.nan


class ObservedLines:
    """Counts people over lines and gates, and how dense it is on both sides."""

    def __init__(self, venue: Venue, extra: Iterable[MeasurementLine]) -> None:
        items: tuple[MeasurementLine | Gate, ...] = (*venue.lines, *extra, *venue.gates)
        self._sides = {
            item.name: (venue.level_index(item.level), *_sides(item.line, venue.level(item.level).floor))
            for item in items
        }
        self._counts: np.ndarray | None = None

    def second(self, snapshot: Snapshot) -> Rows:
        """Close a second and return its rows of `lines`."""
        counts = np.asarray(snapshot.line_counts, dtype=np.int64)
        before = np.zeros_like(counts) if self._counts is None else self._counts
        self._counts = counts.copy()
        sides = np.array([self._densities(name, snapshot) for name in snapshot.line_names]).reshape(-1, 2)
        return {
            "time": snapshot.time,
            "line": list(snapshot.line_names),
            "forward": counts[:, 0] - before[:, 0],
            "backward": counts[:, 1] - before[:, 1],
            "density_left": sides[:, 0],
            "density_right": sides[:, 1],
        }

    def state(self) -> dict[str, np.ndarray]:
        """Counts at the end of the last second."""
        return {"line_counts": np.zeros((0, 2), np.int64) if self._counts is None else self._counts.copy()}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Go on from what `state` gave."""
        if state["line_counts"].shape not in ((0, 2), (len(self._sides), 2)):
            raise ValueError(f"line_counts has shape {state['line_counts'].shape}")
        self._counts = state["line_counts"].copy() if len(state["line_counts"]) else None

    def _densities(self, name: str, snapshot: Snapshot) -> tuple[float, float]:
        level, left, right = self._sides[name]
        return _density(left, level, snapshot), _density(right, level, snapshot)


def _density(side: BaseGeometry, level: int, snapshot: Snapshot) -> float:
    if side.area == 0.0:
        return 0.0
    people = inside(side, level, x=snapshot.x, y=snapshot.y, levels=snapshot.level).sum()
    return float(people / side.area)


def _sides(line: BaseGeometry, floor: BaseGeometry) -> tuple[BaseGeometry, BaseGeometry]:
    """Return the floor within 2 m left and right of a line, without floor that a wall parts from it."""
    found = []
    for depth in (SIDE_DEPTH, -SIDE_DEPTH):
        strip = line.buffer(depth, cap_style="flat", single_sided=True).intersection(floor)
        touching = [p for p in shapely.get_parts(strip) if p.area > 0.0 and p.distance(line) < 1e-6]
        found.append(shapely.union_all(touching) if touching else shapely.Polygon())
        shapely.prepare(found[-1])
    return found[0], found[1]
