"""The risk assessment of one recording: everything a report says, as numbers.

Puts zones, lines, people and doubts together. Not here: words, pictures, comparison of runs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import pandas as pd

from crowd.alert_levels import Overrides, Preset
from crowd.risk import lines as line_flows
from crowd.risk import people as counts
from crowd.risk import zones as zone_risk
from crowd.risk.barriers import COLUMNS as WALL_COLUMNS
from crowd.risk.barriers import BarrierLoad, assess_barriers
from crowd.risk.doubts import Doubt, find_disagreement, find_doubts, find_empty_places, find_force_doubt
from crowd.risk.lines import Gridlock, LineFlow
from crowd.risk.people import Journeys, PeopleCounts, Waits
from crowd.risk.places import Place, density_of, peaks_by_point, worst_place
from crowd.risk.source import Source, read_source
from crowd.risk.summary import summarise
from crowd.risk.tables import Peak, RecordingLike, read_table
from crowd.risk.trains import TrainCount, assess_trains
from crowd.risk.zones import ZoneRisk
from venues.venue import WHOLE_VENUE, Venue

Verdict = Literal["reached", "not_reached", "doubtful", "unknown"]
"""A level was reached; none was; none was, but it may be worse; the recording cannot tell."""


@dataclass(frozen=True)
class ModelWarning:
    """Something the model warned of: it was outside its validity, or someone could not get on.

    Args:
        time: first time [s]; None if only the manifest tells of it.
        kind: "warning: overlap" and the like; empty if only the manifest tells of it.
        place: where; may be empty.
        detail: in the model's own words.
    """

    time: float | None
    kind: str
    place: str
    detail: str

    @property
    def text(self) -> str:
        """Place and detail on one line, as the manifest has it."""
        return f"{self.place}: {self.detail}" if self.place else self.detail


@dataclass(frozen=True, eq=False)
class RiskAssessment:
    """What happened in one run, judged.

    Args:
        manifest: of the recording.
        simulated: how much was simulated [s].
        duration: how much should have been [s].
        finished: whether it got that far.
        scenario: what was run, None if the recording does not carry it.
        venue: the place.
        preset: the alert levels that were used.
        zones: one by one; the whole venue last.
        lines: flows and gridlock.
        people: None if there is no table `counts/`.
        waits: None if there is no table `trips/`, or the run is not over.
        journeys: likewise.
        worst_density: largest level density anywhere and where it was.
        worst_force: largest contact force anywhere and where it was.
        fields: largest values at each probe point (level, x, y and the three quantities), empty if none.
        events: recorded events (time, kind, place, detail).
        doubts: why it may be worse.
        force_range: lowest and highest peak force over assumed body sizes, if someone ran them.
        run_dir: where the recording is.
        barriers: the load on every named barrier, the highest first.
        trains: what became of each train's people; None if the recording cannot tell, empty where no trains come.
    """

    manifest: Mapping[str, Any]
    simulated: float
    duration: float
    finished: bool
    scenario: Any
    venue: Venue
    preset: Preset
    zones: tuple[ZoneRisk, ...]
    lines: tuple[LineFlow, ...]
    people: PeopleCounts | None
    waits: Waits | None
    journeys: Journeys | None
    worst_density: tuple[Peak, Place] | None
    worst_force: tuple[Peak, Place] | None
    fields: pd.DataFrame
    events: pd.DataFrame
    doubts: tuple[Doubt, ...]
    force_range: Mapping[str, Any] | None
    run_dir: str | None
    barriers: tuple[BarrierLoad, ...]
    trains: tuple[TrainCount, ...] | None = None

    @cached_property
    def whole(self) -> ZoneRisk | None:
        """The whole venue, None if the recording has no rows for it."""
        return next((zone for zone in self.zones if zone.name == WHOLE_VENUE), None)

    @cached_property
    def worst_zone(self) -> ZoneRisk | None:
        """The zone with the highest level, the earlier of equals, then the smaller."""
        if not self.zones:
            return None
        return min(self.zones, key=lambda zone: (-zone.highest, _first(zone), self._size(zone.name)))

    @cached_property
    def sustained_force(self) -> tuple[Peak, str] | None:
        """Largest 10 s mean of the contact force on one person, and the zone; None if unknown."""
        peaks = [(zone.peaks["contact_force_10s_max"], zone.name) for zone in self.zones]
        known = [(peak, name) for peak, name in peaks if peak is not None]
        return max(known, key=lambda pair: (pair[0].value, -self._size(pair[1])), default=None)

    @property
    def force_density(self) -> float | None:
        """Level density not exceeded where and when the largest force of a moment was; None if unknown [1/m2]."""
        return None if self.worst_force is None else density_of(self.worst_force, self.zones, self.fields)

    @cached_property
    def zones_worst_first(self) -> tuple[ZoneRisk, ...]:
        """Zones by level, then by when they reached it, then by density; the whole venue last."""
        return tuple(sorted(self.zones, key=lambda zone: (zone.name == WHOLE_VENUE, -zone.highest, _first(zone))))

    def _size(self, zone: str) -> float:
        """Floor plan of a named place, infinite for the whole venue [m2]."""
        patches = (*self.venue.zones, *self.venue.areas, *getattr(self.scenario, "areas", ()))
        return next((patch.polygon.area for patch in patches if patch.name == zone), math.inf)

    @property
    def highest(self) -> int:
        """Highest level anywhere (0 none)."""
        return max((zone.highest for zone in self.zones), default=0)

    @cached_property
    def first_times(self) -> dict[str, float]:
        """First time of each level anywhere [s]."""
        reached = {
            key: [zone.first_times[key] for zone in self.zones if key in zone.first_times] for key in self.preset.keys
        }
        return {key: min(times) for key, times in reached.items() if times}

    @property
    def gridlocks(self) -> tuple[Gridlock, ...]:
        """All of them, by time."""
        found = [gridlock for line in self.lines for gridlock in line.gridlocks]
        return tuple(sorted(found, key=lambda gridlock: gridlock.start))

    @property
    def exposure(self) -> dict[str, float]:
        """Exposure over the whole venue [person s]; without its rows that of the worst zone (too low)."""
        if self.whole is not None:
            return dict(self.whole.exposure)
        names = zone_risk.EXPOSURES
        return {name: _largest([zone.exposure[name] for zone in self.zones]) for name in names}

    @cached_property
    def warnings(self) -> tuple[ModelWarning, ...]:
        """What the model warned of while it ran, each once: the events, then what only the manifest has."""
        events = self.events[self.events["kind"].astype(str).str.startswith("warning")]
        rows = zip(events["time"], events["kind"], events["place"], events["detail"], strict=True)
        found = {
            (str(kind), str(place), str(detail)): ModelWarning(float(time), str(kind), str(place), str(detail))
            for time, kind, place, detail in reversed(list(rows))
        }
        said = sorted(found.values(), key=lambda warning: warning.time or 0.0)
        texts = {warning.text for warning in said}
        noted = [str(text) for text in self.manifest.get("warnings") or ()]
        return (*said, *(ModelWarning(None, "", "", text) for text in noted if text not in texts))

    @property
    def verdict(self) -> Verdict:
        """What can be said about levels; a hole in the data never reads as safe."""
        if self.highest:
            return "reached"
        blind = max((zone.unknown for zone in self.zones), default=math.inf)
        if self.simulated <= 0.0 or blind > 0.5 * self.simulated:
            return "unknown"
        return "doubtful" if self.doubts else "not_reached"

    @property
    def jamming_density(self) -> float | None:
        """Density above which the assumed body size sets the force [1/m2]; None if it was not recorded."""
        value = (self.manifest.get("contact") or {}).get("jamming_density")
        return None if value is None else float(value)

    @property
    def above_jamming(self) -> bool:
        """Whether bodies were packed closer than their discs jam; True too if that cannot be ruled out."""
        densest = self.densest
        return self.jamming_density is None or math.isnan(densest) or densest > self.jamming_density

    @cached_property
    def densest(self) -> float:
        """Largest density of any kind anywhere, nan if none is known [1/m2]."""
        peaks = [zone.peaks[name] for zone in self.zones for name in ("level_density", "local_density_max")]
        mapped = [float(self.fields[name].max()) for name in ("density_max", "level_density_max")]
        return _largest([*(peak.value for peak in peaks if peak is not None), *mapped])

    def summary(self) -> dict[str, Any]:
        """The numbers of `crowd run --json`: plain data, None where a number is not known."""
        return summarise(self)


def assess_risk(
    recording: RecordingLike,
    preset: str | None = None,
    overrides: Overrides | None = None,
    *,
    force_range: Mapping[str, Any] | None = None,
) -> RiskAssessment:
    """Judge a recording.

    Args:
        recording: anything with a manifest, a venue and tables.
        preset: alert preset; None takes the one the scenario names, with the scenario's own thresholds.
        overrides: thresholds of this place (`crowd.alert_levels.load_preset`).
        force_range: `{"low": N, "high": N}` of the peak force over assumed body sizes, if known.

    Raises:
        ScenarioError: a preset that does not exist, or that needs thresholds.
    """
    source = read_source(recording)
    force_range = force_range or source.manifest.get("force_range")
    chosen = source.preset(preset, overrides)
    zones, lines, people = _judged(source, chosen)
    trips, fields = _all_trips(source), source.tables["fields"]
    return RiskAssessment(
        manifest=source.manifest,
        simulated=source.simulated,
        duration=source.state.duration,
        finished=source.state.finished,
        scenario=source.scenario,
        venue=source.venue,
        preset=chosen,
        zones=zones,
        lines=lines,
        people=people,
        waits=None if trips is None else counts.assess_waits(trips, until=source.simulated),
        journeys=None if trips is None else counts.assess_journeys(trips, until=source.simulated),
        worst_density=worst_place("level_density", zones, fields, venue=source.venue, levels=source.levels),
        worst_force=worst_place("contact_force_max", zones, fields, venue=source.venue, levels=source.levels),
        fields=peaks_by_point(fields),
        events=source.events,
        doubts=(
            *find_empty_places(source.scenario, source.venue),
            *find_doubts(zones, lines, people, preset=chosen, run=source.state, outside_warning=source.outside_warning),
            *find_disagreement(zones, fields),
            *find_force_doubt(force_range),
        ),
        force_range=force_range,
        run_dir=source.run_dir,
        barriers=_barriers(recording, source),
        trains=_trains(source),
    )


def _judged(source: Source, preset: Preset) -> tuple[tuple[ZoneRisk, ...], tuple[LineFlow, ...], PeopleCounts | None]:
    """Zones, lines and people of a recording; empty or None where its table is absent."""
    zones, lines, people = (source.tables[name] for name in ("zones", "lines", "counts"))
    return (
        () if zones is None else zone_risk.assess_zones(zones, source.venue, preset, until=source.simulated),
        () if lines is None else line_flows.assess_lines(lines, source.line_widths),
        None if people is None or not len(people) else counts.assess_counts(people),
    )


def _barriers(recording: RecordingLike, source: Source) -> tuple[BarrierLoad, ...]:
    """Loads on the named barriers; of a measured run none is known."""
    measured = source.manifest.get("measured") is not None
    table = None if measured else read_table(recording, "walls", WALL_COLUMNS)
    return assess_barriers(table, source.venue, source.levels)


def _all_trips(source: Source) -> pd.DataFrame | None:
    """The trips of everybody who came, or None: those of who has not left are written only when a run ends.

    Those who have left a run that is not over are the quick ones, who waited least.
    """
    return source.tables["trips"] if source.state.completed else None


def _trains(source: Source) -> tuple[TrainCount, ...] | None:
    """What became of each train's people."""
    if not getattr(source.scenario, "trains", ()):
        return ()
    trips = _all_trips(source)
    return None if trips is None else assess_trains(trips, source.scenario, until=source.simulated)


def _first(zone: ZoneRisk) -> float:
    """When a zone reached its highest level; for zones without one, the denser first."""
    if zone.highest:
        return list(zone.first_times.values())[zone.highest - 1]
    peak = zone.peaks["level_density"]
    return 0.0 if peak is None else -peak.value


def _largest(values: list[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return max(known, default=math.nan)
