"""Why the truth may be worse than the numbers: holes in the data, a run cut short, danger still growing.

A wrong "all clear" can kill. Every doubt found here stands in the headline of a report, so that no level
reached is never read as safe. Not here: the words (`crowd.report`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from crowd.alert_levels import Preset
from crowd.journeys import Watch, zones_of
from crowd.recording.tables import HARMFUL_FORCE
from crowd.risk.lines import LineFlow
from crowd.risk.people import PeopleCounts
from crowd.risk.tables import numbers
from crowd.risk.zones import ZoneRisk
from venues.places import STANDING_KINDS
from venues.venue import WHOLE_VENUE, Venue

OUTSIDE_AT_END = 10
"""People still outside at the end from which on it is a doubt; fewer wait for a free spot, assumed."""

UNKNOWN_TIME = 10.0
"""Time without a level density above which nobody can say that a zone stayed below a level [s], assumed."""

NEAR = 0.8
"""Share of the lowest threshold from which "not reached" is too close to call and a rise matters, assumed."""

SHORT_RUN = 300.0
"""A run shorter than this ends before density has settled: any rise at its end matters [s], assumed."""


SERIOUS = "serious"
"""Level below which opposed streams make a result doubtful; the highest of a preset that has none of that name."""

SENSES = {1: "left", -1: "right", 0: "to_and_fro"}
"""Sense of an oscillation -> the end of its doubt's kind."""


@dataclass(frozen=True)
class Doubt:
    """One reason to distrust a good result.

    Args:
        kind: what is wrong, one word of `crowd/data/report/*.toml`.
        details: the numbers and names that belong to it.
    """

    kind: str
    details: Mapping[str, float | int | str | tuple[str, ...] | None] = field(default_factory=dict)


@dataclass(frozen=True)
class RunState:
    """How far a recording got.

    Args:
        simulated: how much was simulated [s].
        duration: how much should have been [s].
        completed: whether the run was ended in order, and not broken off.
        missing: tables that are absent, damaged, or empty though they must not be.
        scenario_lost: whether the scenario beside the tables cannot be read (its own thresholds are lost).
        measured: whether people were measured, not simulated.
        whole_duration: of the scenario [s], where only its beginning was to be simulated; else None.
    """

    simulated: float
    duration: float
    completed: bool
    missing: tuple[str, ...]
    scenario_lost: bool = False
    measured: bool = False
    whole_duration: float | None = None

    @property
    def finished(self) -> bool:
        """Whether it got to the end of what was to be simulated; a run closed early is complete, but not finished."""
        return self.completed and self.simulated >= self.duration - 1.0


def find_doubts(
    zones: Sequence[ZoneRisk],
    lines: Sequence[LineFlow],
    people: PeopleCounts | None,
    *,
    preset: Preset,
    run: RunState,
    outside_warning: float,
) -> tuple[Doubt, ...]:
    """Every reason why the situation may be worse than the numbers say, the gravest first.

    Args:
        zones: as judged, empty if there is no table.
        lines: as judged.
        people: None if there is no table.
        preset: the alert levels.
        run: how far the recording got.
        outside_warning: people outside above which the model warned [persons].
    """
    return (
        *_doubts_of_the_run(run),
        *_doubts_of_the_zones(zones),
        *_doubts_of_the_end(zones, people, preset=preset, simulated=run.simulated),
        *_doubts_of_the_people(people, outside_warning),
        *_opposed_streams(zones, lines, preset=preset, run=run),
        *_dangers_besides_density(zones, lines),
        *_nearness(zones, preset),
    )


def find_disagreement(zones: Sequence[ZoneRisk], fields: pd.DataFrame | None) -> Iterable[Doubt]:
    """A map that is denser than any zone: one of the two tables is wrong, and levels come from the zones.

    Args:
        zones: as judged.
        fields: the table `fields/`, None if there is none.
    """
    peaks = [peak.value for zone in zones if (peak := zone.peaks["level_density"]) is not None]
    mapped = numbers(fields, "level_density_max") if fields is not None else np.zeros(0)
    mapped = mapped[np.isfinite(mapped)]
    if peaks and len(mapped) and mapped.max() > 1.01 * max(peaks):
        yield Doubt("disagree", {"density": float(mapped.max()), "density_of_zones": max(peaks)})


def find_force_doubt(force_range: Mapping[str, Any] | None) -> Iterable[Doubt]:
    """Other bodies than assumed that would be squeezed with a harmful force for 10 s.

    Args:
        force_range: with `high_10s` [N], None if nobody ran other bodies.
    """
    highest = (force_range or {}).get("high_10s", 0.0)
    if highest > HARMFUL_FORCE:
        yield Doubt("body_size", {"newtons": round(highest)})


def find_empty_places(scenario: Any, venue: Venue) -> Iterable[Doubt]:
    """Zones to stand in to which nobody goes: a crowd that gathers there in truth is not in the numbers.

    Zones that nobody may enter, and stages that are only watched, are meant to be empty.

    Args:
        scenario: what was run; None if the recording does not carry it.
        venue: the place.
    """
    if scenario is None:
        return
    stages = {journey.name: journey.stages for journey in scenario.journeys}
    coming = [demand for demand in scenario.demands if demand.expected(0.0, scenario.duration) > 0.0]
    taken = [stage for demand in coming for stage in stages[demand.journey]]
    used = {demand.source for demand in coming} | {zone for stage in taken for zone in zones_of(stage)}
    used |= {stage.towards for stage in taken if isinstance(stage, Watch)}
    meant = [zone for zone in venue.zones if zone.kinds & STANDING_KINDS and "no-go" not in zone.kinds]
    empty = tuple(zone.name for zone in meant if zone.name not in used)
    if empty:
        yield Doubt("nobody_goes", {"places": empty})


def _doubts_of_the_run(run: RunState) -> Iterable[Doubt]:
    if run.whole_duration is not None:
        yield Doubt("cut", {"simulated": run.simulated, "duration": run.whole_duration})
    if not run.finished:
        yield Doubt("incomplete", {"simulated": run.simulated, "duration": run.duration})
    if run.missing:
        yield Doubt("missing_tables", {"tables": ", ".join(run.missing)})
    if run.scenario_lost:
        yield Doubt("scenario_lost")


def _doubts_of_the_zones(zones: Sequence[ZoneRisk]) -> Iterable[Doubt]:
    blind = [zone for zone in zones if zone.unknown > UNKNOWN_TIME]
    if blind:
        worst = max(blind, key=lambda zone: zone.unknown)
        yield Doubt("missing_values", {"zone": worst.name, "seconds": worst.unknown, "zones": len(blind)})
    if zones and all(zone.name != WHOLE_VENUE for zone in zones):
        yield Doubt("no_whole_venue")


def _doubts_of_the_end(
    zones: Sequence[ZoneRisk], people: PeopleCounts | None, *, preset: Preset, simulated: float
) -> Iterable[Doubt]:
    """Density rising towards a level, or in a short run at all; between low densities it is noise."""
    short = simulated < SHORT_RUN
    rising = [z for z in zones if z.rising and (short or z.trend[0] >= NEAR * preset.thresholds(z.name)[0])]
    if rising:
        worst = max(rising, key=lambda zone: zone.trend[0])
        yield Doubt("rising", {"zone": worst.name, "before": worst.trend[1], "last": worst.trend[0]})
    if people is not None and people.queue_grows:
        yield Doubt("queue_grows", {"people": people.waiting_outside})


def _doubts_of_the_people(people: PeopleCounts | None, outside_warning: float) -> Iterable[Doubt]:
    if people is None:
        return
    peak = people.peak_outside
    if peak is not None and (peak.value > outside_warning or people.waiting_outside >= OUTSIDE_AT_END):
        details = {"people": int(peak.value), "time": peak.time, "at_end": people.waiting_outside}
        yield Doubt("outside", details)
    if people.unaccounted:
        yield Doubt("unaccounted", {"people": people.unaccounted})


def _opposed_streams(
    zones: Sequence[ZoneRisk], lines: Sequence[LineFlow], *, preset: Preset, run: RunState
) -> Iterable[Doubt]:
    """A calm result where people walk against each other: the model lets dense ones walk faster than people do."""
    serious = preset.keys.index(SERIOUS) + 1 if SERIOUS in preset.keys else len(preset.keys)
    if run.measured or max((zone.highest for zone in zones), default=0) >= serious:
        return
    met = [zone for zone in zones if zone.opposed.substantial]
    crossed = [line for line in lines if line.opposed.substantial]
    if met:
        worst = max(met, key=lambda zone: (zone.name != WHOLE_VENUE, zone.opposed.time, zone.opposed.people))
        details = {"people": worst.opposed.people, "seconds": worst.opposed.time}
        named = worst.name != WHOLE_VENUE
        yield Doubt("opposed", {"zone": worst.name, **details}) if named else Doubt("opposed_venue", details)
    elif crossed:
        line = max(crossed, key=lambda line: (line.opposed.time, line.opposed.people))
        crossing = line.opposed
        yield Doubt("opposed_line", {"line": line.name, "people": crossing.people, "seconds": crossing.time})


def _dangers_besides_density(zones: Sequence[ZoneRisk], lines: Sequence[LineFlow]) -> Iterable[Doubt]:
    gridlocks = [gridlock for line in lines for gridlock in line.gridlocks]
    if gridlocks:
        first = min(gridlocks, key=lambda gridlock: gridlock.start)
        yield Doubt("gridlock", {"line": first.place, "start": first.start, "end": first.end})
    forces = [(peak, zone) for zone in zones if (peak := zone.peaks["contact_force_10s_max"]) is not None]
    if forces:
        peak, zone = max(forces, key=lambda pair: pair[0].value)
        if peak.value > HARMFUL_FORCE:
            yield Doubt("force", {"zone": zone.name, "force": peak.value, "time": peak.time})
    swaying = [(zone.name != WHOLE_VENUE, sway.ratio, zone.name, sway) for zone in zones if (sway := zone.oscillation)]
    if swaying:
        _, _, name, sway = max(swaying, key=lambda found: found[:2])
        yield Doubt(f"oscillation_{SENSES[sway.sense]}", {
            "zone": name, "start": sway.start, "end": sway.end,
            "seconds": sway.period, "radius": f"{sway.radius:.1f}",
        })  # fmt: skip


def _nearness(zones: Sequence[ZoneRisk], preset: Preset) -> Iterable[Doubt]:
    near = [
        (peak.value / preset.thresholds(zone.name)[0], peak, zone)
        for zone in zones
        if (peak := zone.peaks["level_density"]) is not None
    ]
    if not near:
        return
    share, peak, zone = max(near, key=lambda entry: entry[0])
    if NEAR <= share < 1.0:
        threshold = preset.thresholds(zone.name)[0]
        yield Doubt("near", {"zone": zone.name, "density": peak.value, "threshold": threshold})
