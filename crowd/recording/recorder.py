"""The recorder: it watches a run, half second by half second, and turns what it sees into rows of tables.

Holds: when each table gets its rows, and everything that must survive from one part to the next.
Not here: the columns (`crowd.recording.tables`), where parts are kept (`crowd.recording.run_directory`), the loop
(`crowd.run`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import pyarrow as pa

from crowd.measurement import Probes
from crowd.recording.observed_areas import ObservedAreas, ObservedLines, areas_of
from crowd.recording.observed_fields import ObservedFields, ProbeSecond
from crowd.recording.tables import HALF_SECOND, INTERVAL, SCHEMAS, Rows, table_names, to_arrow
from crowd.snapshot import SOURCE_COUNTS, Snapshot
from venues import MeasurementArea, MeasurementLine, Venue

PER_SECOND = round(1.0 / HALF_SECOND)  # half seconds
PER_INTERVAL = round(INTERVAL / HALF_SECOND)  # half seconds


class Named(Protocol):
    """Something with a name."""

    @property
    def name(self) -> str:
        """Its name."""


class Observed(Protocol):
    """What a recorder must know of what it watches: a scenario, or a measured run."""

    @property
    def venue(self) -> Venue:
        """The place."""

    @property
    def areas(self) -> Sequence[MeasurementArea]:
        """Measurement areas besides those of the venue."""

    @property
    def lines(self) -> Sequence[MeasurementLine]:
        """Lines besides those of the venue."""

    @property
    def journeys(self) -> Sequence[Named]:
        """What trips name by index."""

    @property
    def profiles(self) -> Sequence[Named]:
        """What trips name by index."""


class Recorder:
    """Observes every snapshot of a run and gives its rows, part by part.

    Args:
        scenario: what is run, or was measured.
        probes: points of the floor where fields are computed; more come where people come.
        record: `full`, or `fields` which leaves the people out.

    Attributes:
        half_seconds: number of snapshots seen.
        peak_level_density: largest level density of the run so far [1/m2].
        zones: the rows of `zones` of the last second; empty before the first.
        warnings: texts of the events whose kind begins with `warning`, each once, in order.
    """

    def __init__(self, scenario: Observed, probes: Probes, *, record: str) -> None:
        venue = scenario.venue
        self.record = record
        self.half_seconds = 0
        self.peak_level_density = 0.0
        self.zones: Rows = {}
        self.warnings: list[str] = []
        self._journeys = [journey.name for journey in scenario.journeys]
        self._profiles = [profile.name for profile in scenario.profiles]
        probes, areas = areas_of(venue, probes, scenario.areas)
        self._fields = ObservedFields(probes)
        self._areas = ObservedAreas(areas, probes)
        self._lines = ObservedLines(venue, scenario.lines)
        self._chunks: dict[str, list[Rows]] = {name: [] for name in table_names(record="fields")}
        self._people: list[pa.Table] = []

    def observe(self, snapshot: Snapshot) -> None:
        """Take in one snapshot; they come every half second, the first at 0.5 s."""
        self.half_seconds += 1
        self._fields.half_second(snapshot)
        self._areas.half_second(snapshot)
        if self.record == "full":
            self._people.append(to_arrow("people", [_people(snapshot)]))
        if len(snapshot.trips):
            self._chunks["trips"].append(self._trips(snapshot.trips, snapshot.sources))
        self._note_events(snapshot)
        if self.half_seconds % PER_SECOND == 0:
            self._second(snapshot, self._fields.second(snapshot))
        if self.half_seconds % PER_INTERVAL == 0:
            self._interval(snapshot.time)

    def finish(self, snapshot: Snapshot, open_trips: np.ndarray) -> None:
        """Close the run after its last snapshot.

        Args:
            snapshot: the last one.
            open_trips: rows like `Snapshot.trips` of everyone who has not left.
        """
        if self.half_seconds % PER_INTERVAL:
            self._interval(snapshot.time)
        if len(open_trips):
            self._chunks["trips"].append(self._trips(open_trips, snapshot.sources))

    def take_people(self) -> pa.Table:
        """Hand over the rows of `people` since they were last taken, and forget them: of all rows most are these."""
        people = pa.concat_tables([*self._people, SCHEMAS["people"].empty_table()]).combine_chunks()
        self._people = []
        return people

    def take_part(self) -> dict[str, pa.Table]:
        """Hand over all rows since the last part, one Arrow table per table, and forget them."""
        tables = {name: to_arrow(name, chunks) for name, chunks in self._chunks.items()}
        self._chunks = {name: [] for name in self._chunks}
        return {"people": self.take_people(), **tables} if self.record == "full" else tables

    def state(self) -> dict[str, np.ndarray]:
        """Everything the rows to come depend on; taken at the end of a part."""
        warnings = np.frombuffer("\n".join(self.warnings).encode(), dtype=np.uint8)
        return {
            "half_seconds": np.array(self.half_seconds),
            "peak_level_density": np.array(self.peak_level_density),
            "warnings": warnings,
            **self._fields.state(),
            **self._areas.state(),
            **self._lines.state(),
        }

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Go on from what `state` gave.

        Raises:
            ValueError, KeyError: it is of another venue, or damaged.
        """
        self._fields.restore(state)
        self._areas.restore(state)
        self._lines.restore(state)
        self.half_seconds = int(state["half_seconds"])
        self.peak_level_density = float(state["peak_level_density"])
        self.warnings = [text for text in state["warnings"].tobytes().decode().split("\n") if text]

    def _second(self, snapshot: Snapshot, seen: ProbeSecond) -> None:
        self.zones = zones = self._areas.second(snapshot, seen)
        self._chunks["zones"].append(zones)
        self._chunks["lines"].append(self._lines.second(snapshot))
        self._chunks["counts"].append(_counts(snapshot))
        self.peak_level_density = max(self.peak_level_density, float(np.max(zones["level_density"])))

    def _interval(self, time: float) -> None:
        fields, walls = self._fields.interval(time)
        self._chunks["fields"].append(fields)
        self._chunks["walls"].append(walls)

    def _note_events(self, snapshot: Snapshot) -> None:
        for event in snapshot.events:
            row = {name: [getattr(event, name)] for name in ("time", "kind", "place", "detail")}
            self._chunks["events"].append(row)
            text = f"{event.place}: {event.detail}" if event.place else event.detail
            if event.kind.startswith("warning") and text not in self.warnings:
                self.warnings.append(text)

    def _trips(self, trips: np.ndarray, sources: Sequence[str]) -> Rows:
        delay = trips["left"] - trips["arrived"] - trips["free_travel_time"]
        plain = ("id", "arrived", "entered", "left", "free_travel_time", "diverted")
        return {
            **{name: trips[name] for name in plain},
            "source": [sources[i] for i in trips["source"]],
            "journey": [self._journeys[i] for i in trips["journey"]],
            "profile": [self._profiles[i] for i in trips["profile"]],
            "delay": delay,
        }


def _people(s: Snapshot) -> Rows:
    return {
        "time": np.full(len(s.id), s.time),
        "id": s.id,
        "x": s.x,
        "y": s.y,
        "level": s.level,
        "speed": s.speed,
        "contact_force_mean": s.contact_force_mean,
        "contact_force_max": s.contact_force_max,
        "dose": s.dose,
    }


def _counts(snapshot: Snapshot) -> Rows:
    columns = {name: snapshot.source_counts[:, i] for i, name in enumerate(SOURCE_COUNTS)}
    return {"time": snapshot.time, "source": list(snapshot.sources), **columns}
